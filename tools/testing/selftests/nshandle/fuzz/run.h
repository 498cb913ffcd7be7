/* SPDX-License-Identifier: GPL-2.0 */
/* A program in a world of its own, beside the model. */
#ifndef NSHANDLE_FUZZ_RUN_H
#define NSHANDLE_FUZZ_RUN_H

#include "step.h"

/* How often each call has had each outcome: an errno, or 0. */
#define OUTCOMES 134
extern long outcomes[NR_OPS][OUTCOMES];

long steps_done(void);

/* Returns true if model and kernel agree to the end. */
bool program_run(const struct program *p, bool quiet);

#endif /* NSHANDLE_FUZZ_RUN_H */
