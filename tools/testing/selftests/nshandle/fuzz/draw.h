/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random arguments of a step: mostly such as make sense where the model stands.
 */
#ifndef NSHANDLE_FUZZ_DRAW_H
#define NSHANDLE_FUZZ_DRAW_H

#include "model.h"

/* A task in that state; the first one if there is none. */
int draw_task(enum state wanted);

/* A slot for a new task; a used one if there is none. */
int draw_free_slot(void);

unsigned int draw_unshare_flags(void);

/* A set to be made: flags, and types, of which 0 means all. */
unsigned int draw_made_flags(void);

/* All arguments but the acting task, which is set. */
void draw_args(struct step *s);

#endif /* NSHANDLE_FUZZ_DRAW_H */
