// SPDX-License-Identifier: GPL-2.0
#include "generate.h"
#include "draw.h"
#include "model_step.h"
#include "random.h"

#include <string.h>

#define PROGRAM_STEPS 48

static const unsigned char weights[NR_OPS] = {
	[OP_FORK] = 10, [OP_FAULT] = 4, [OP_EXIT] = 5, [OP_REAP] = 4,
	[OP_UNSHARE] = 14, [OP_SETNS] = 34, [OP_JOIN] = 10, [OP_BAD] = 1,
	[OP_CAP] = 7, [OP_UID] = 6, [OP_DUMPABLE] = 2, [OP_CHDIR] = 6,
	[OP_CHROOT] = 3, [OP_HOLD] = 4, [OP_FCHDIR] = 4, [OP_OPEN] = 16,
	[OP_PROCFS] = 12, [OP_VECSET] = 22, [OP_VECGET] = 14,
};

static enum op draw_op(void)
{
	int sum = 0, n;
	enum op op;

	for (op = 0; op < NR_OPS; op++)
		sum += weights[op];
	n = draw(sum);
	for (op = 0; n >= weights[op]; op++)
		n -= weights[op];
	return op;
}

static bool extension(enum op op)
{
	return op == OP_PROCFS || op == OP_VECSET || op == OP_VECGET;
}

/*
 * Steps that teach little, and are mostly drawn again. The extensions fail with
 * a file that is not of a pid namespace, or is of the machine's own; so an open
 * of that one is dull, too. A failing fork(2) is dull where there is an init.
 */
static bool dull(const struct step *s)
{
	int ns = UNKNOWN;

	if (s->op == OP_FAULT) {
		ns = model.task[s->arg[0]].ns[L_PID_KIDS];
		return model.ns[ns].init != UNKNOWN;
	}
	if (extension(s->op))
		ns = model.file[s->arg[1]];
	else if (s->op == OP_OPEN &&
		 (s->arg[2] == L_PID || s->arg[2] == L_PID_KIDS))
		ns = model.task[s->arg[1]].ns[s->arg[2]];
	else
		return false;
	return ns == UNKNOWN || !model.ns[ns].depth;
}

static void draw_step(struct step *s)
{
	do {
		memset(s, 0, sizeof(*s));
		do {
			s->op = draw_op();
		} while (options.no_flags && extension(s->op));
		s->arg[0] = draw_task(ALIVE);
		draw_args(s);
	} while (dull(s) && chance(95));
}

/* The last live task may not exit: no task would be left for other steps. */
static bool last_exit(const struct step *s)
{
	int alive = 0;

	for (int i = 0; i < NR_TASKS; i++)
		alive += model.task[i].state == ALIVE;
	return s->op == OP_EXIT && alive == 1;
}

static void append(struct program *p, const struct step *s)
{
	struct expect e;

	p->step[p->nr++] = *s;
	if (model_applies(s))
		model_step(s, &e);
}

/*
 * Makes a task with all capabilities but those to search closed directories. It
 * gets EACCES for SETNS_ROOT, which random steps hardly reach.
 */
static void append_walker(struct program *p)
{
	int t = draw_task(ALIVE);
	const struct step steps[] = {
		{ .op = OP_UID, .arg = { t, -1, 1000, -1 } },
		{ .op = OP_CAP, .arg = { t, CAPS_ALL, CAP_AWAKE } },
		{ .op = OP_CAP, .arg = { t, CAPS_DAC, CAP_ASLEEP } },
	};

	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		append(p, &steps[i]);
}

void program_generate(struct program *p)
{
	struct step s;

	model_start();
	p->nr = 0;
	while (p->nr < PROGRAM_STEPS) {
		if (chance(2))
			append_walker(p);
		do {
			draw_step(&s);
		} while (last_exit(&s) || !model_applies(&s));
		append(p, &s);
	}
}
