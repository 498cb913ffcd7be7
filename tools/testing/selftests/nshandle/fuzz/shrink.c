// SPDX-License-Identifier: GPL-2.0
#include "shrink.h"
#include "run.h"

#include <string.h>

static bool fails(const struct program *p)
{
	return !program_run(p, true);
}

static struct program without(const struct program *p, int from, int nr)
{
	struct program q = *p;

	if (from + nr > p->nr)
		nr = p->nr - from;
	memmove(&q.step[from], &q.step[from + nr],
		(p->nr - from - nr) * sizeof(q.step[0]));
	q.nr -= nr;
	return q;
}

static bool cut_pieces(struct program *p, int size)
{
	bool any = false;

	for (int from = p->nr - size; from > -size; from -= size) {
		struct program q = without(p, from > 0 ? from : 0, size);

		if (q.nr == p->nr || !fails(&q))
			continue;
		*p = q;
		any = true;
	}
	return any;
}

static void cut_flags(struct program *p, int step, int arg)
{
	for (int bit = 0; bit < 32; bit++) {
		struct program q = *p;

		q.step[step].arg[arg] &= ~(1U << bit);
		if (q.step[step].arg[arg] == p->step[step].arg[arg])
			continue;
		if (fails(&q))
			*p = q;
	}
}

static struct program renamed(const struct program *p, int from, int to)
{
	struct program q = *p;
	const char *kinds;

	for (int i = 0; i < q.nr; i++) {
		kinds = ops[q.step[i].op].args;
		for (int arg = 0; kinds[arg]; arg++)
			if (strchr("ts", kinds[arg]) &&
			    q.step[i].arg[arg] == from)
				q.step[i].arg[arg] = to;
	}
	return q;
}

/* Lets one task do the work of two; a later cut removes the unused fork(2). */
static bool cut_tasks(struct program *p)
{
	bool any = false;

	for (int from = NR_TASKS - 1; from > 0; from--) {
		for (int to = 0; to < from; to++) {
			struct program q = renamed(p, from, to);

			if (!memcmp(&q, p, sizeof(q)) || !fails(&q))
				continue;
			*p = q;
			any = true;
			break;
		}
	}
	return any;
}

static void cut_steps(struct program *p)
{
	for (int size = p->nr / 2; size > 1; size /= 2)
		cut_pieces(p, size);
	while (p->nr > 1 && cut_pieces(p, 1))
		;
}

void program_shrink(struct program *p)
{
	const char *flags;

	cut_steps(p);
	if (cut_tasks(p))
		cut_steps(p);
	for (int i = 0; i < p->nr; i++) {
		flags = strchr(ops[p->step[i].op].args, 'f');
		if (flags)
			cut_flags(p, i, flags - ops[p->step[i].op].args);
	}
}
