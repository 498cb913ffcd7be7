/* SPDX-License-Identifier: GPL-2.0 */
/* What the world stands on: a root of its own, and what the machine is like. */
#ifndef NSHANDLE_FUZZ_SETUP_H
#define NSHANDLE_FUZZ_SETUP_H

#include "step.h"

extern __u64 dir_ino[NR_DIRS];

/* Makes the directories, in a mount namespace of our own, and fills dir_ino. */
void setup_root(void);

/* Fills in struct machine, which the model reads. */
void setup_machine(void);

#endif /* NSHANDLE_FUZZ_SETUP_H */
