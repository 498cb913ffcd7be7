/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSHANDLE_FUZZ_SHRINK_H
#define NSHANDLE_FUZZ_SHRINK_H

#include "step.h"

/*
 * Makes a program that differs short: takes out ever smaller pieces, lets one
 * task do the work of two, takes out bits of flags, as long as what remains
 * still differs. Any difference will do.
 */
void program_shrink(struct program *p);

#endif /* NSHANDLE_FUZZ_SHRINK_H */
