/* SPDX-License-Identifier: GPL-2.0 */
/* Random numbers: the same for the same seed. */
#ifndef NSHANDLE_FUZZ_RANDOM_H
#define NSHANDLE_FUZZ_RANDOM_H

#include "base.h"

void random_seed(__u64 seed);

/* 0 to @below - 1. */
unsigned int draw(unsigned int below);

bool chance(unsigned int percent);

#endif /* NSHANDLE_FUZZ_RANDOM_H */
