/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs as text: a step is a line of words, its name and its arguments;
 * T is for tasks, N for kept namespaces, D for kept directories.
 *
 *	T0 unshare user|uts
 *	T1 setns T0 user|uts|SKIP
 */
#ifndef NSHANDLE_FUZZ_TEXT_H
#define NSHANDLE_FUZZ_TEXT_H

#include "step.h"

void step_print(FILE *f, const struct step *s);
void program_print(FILE *f, const struct program *p);

/*
 * Returns false if a line is no step, the last one counted in @p. Empty lines
 * and those that begin with # are left out.
 */
bool program_read(FILE *f, struct program *p);

#endif /* NSHANDLE_FUZZ_TEXT_H */
