/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSHANDLE_FUZZ_GENERATE_H
#define NSHANDLE_FUZZ_GENERATE_H

#include "step.h"

/*
 * A random program: a step is drawn until one makes sense where it stands. The
 * model alone decides that, so a seed gives the same program on every kernel.
 */
void program_generate(struct program *p);

#endif /* NSHANDLE_FUZZ_GENERATE_H */
