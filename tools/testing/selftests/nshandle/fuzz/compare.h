/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model and kernel side by side: the answer to a step, then what the links of
 * every task show. A difference is told once, under the step that made it.
 */
#ifndef NSHANDLE_FUZZ_COMPARE_H
#define NSHANDLE_FUZZ_COMPARE_H

#include "model.h"
#include "task.h"

void compare_start(const struct step *s, int number, bool quiet);
void compare_answer(const struct step *s, const struct expect *e,
		    const struct answer *a, int fd);
void compare_pids(int slot);
void compare_world(void);
void compare_creds(void);
[[gnu::format(printf, 1, 2)]] void differ(const char *fmt, ...);
bool differs(void);

#endif /* NSHANDLE_FUZZ_COMPARE_H */
