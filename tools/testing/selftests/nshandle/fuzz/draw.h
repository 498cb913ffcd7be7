/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random arguments of a step: mostly such as make sense where the model stands.
 */
#ifndef NSHANDLE_FUZZ_DRAW_H
#define NSHANDLE_FUZZ_DRAW_H

#include "model.h"

/* A task in that state; the first one if there is none. */
int draw_task(enum state wanted);

/* All arguments but the acting task, which is set. */
void draw_args(struct step *s);

#endif /* NSHANDLE_FUZZ_DRAW_H */
