// SPDX-License-Identifier: GPL-2.0
#include "generate.h"
#include "draw.h"
#include "model_step.h"
#include "random.h"

#include <string.h>

#define PROGRAM_STEPS 48

static const unsigned char weights[NR_OPS] = {
	[OP_FORK] = 10, [OP_FAULT] = 4, [OP_EXIT] = 5, [OP_REAP] = 4,
	[OP_UNSHARE] = 17, [OP_SETNS] = 34, [OP_JOIN] = 10, [OP_BAD] = 1,
	[OP_CAP] = 7, [OP_UID] = 6, [OP_DUMPABLE] = 2, [OP_CHDIR] = 6,
	[OP_CHROOT] = 3, [OP_HOLD] = 4, [OP_FCHDIR] = 4, [OP_OPEN] = 26,
	[OP_PROCFS] = 20, [OP_VECSET] = 36, [OP_VECGET] = 24,
	[OP_SET] = 10, [OP_JOIN_SET] = 24, [OP_MEMBER] = 4, [OP_CLOSE] = 2,
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

static bool needs_patch(enum op op)
{
	return extension(op) || op == OP_SET || op == OP_JOIN_SET ||
	       op == OP_MEMBER || op == OP_CLOSE;
}

/*
 * Steps that teach little, and are mostly drawn again. The extensions fail with
 * a file that is not of a pid namespace, or is of the machine's own; so to open
 * that one is dull, too. A failing fork(2) is dull where there is an init.
 */
static bool dull(const struct step *s)
{
	int ns = UNKNOWN;
	bool pid = s->arg[2] == L_PID || s->arg[2] == L_PID_KIDS;

	if (s->op == OP_FAULT) {
		ns = model.task[s->arg[0]].ns[L_PID_KIDS];
		return model.ns[ns].init != UNKNOWN;
	}
	if (extension(s->op))
		ns = model.file[s->arg[1]];
	else if (s->op == OP_OPEN && pid)
		ns = model.task[s->arg[1]].ns[s->arg[2]];
	else if (s->op == OP_MEMBER && pid && model.set[s->arg[1]].types)
		ns = model.set[s->arg[1]].src.ns[L_PID];
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
		} while (options.no_flags && needs_patch(s->op));
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

/*
 * Makes a process with namespaces and a root of its own, and a set of them.
 * Then the process ends, and the set alone keeps them. Sometimes its working
 * directory is in its parent's mount namespace: EAGAIN for SETNS_ROOT.
 */
static void append_orphans(struct program *p)
{
	int t = draw_task(ALIVE), c = draw_free_slot(), set = draw(NR_SETS);
	int path = draw(NR_PATHS), place = draw(NR_PLACES);
	int root = chance(50) ? CLONE_NEWNS | SETNS_ROOT : 0;
	bool away = chance(20);
	const struct step steps[] = {
		{ .op = OP_HOLD, .arg = { t, place } },
		{ .op = OP_FORK, .arg = { t, KIND_PLAIN, c } },
		{ .op = OP_UNSHARE,
		  .arg = { c, draw_unshare_flags() | CLONE_NEWNS } },
		{ .op = OP_CHDIR, .arg = { c, path } },
		{ .op = OP_CHROOT, .arg = { c, path } },
		{ .op = OP_FCHDIR, .arg = { away ? c : t, place } },
		{ .op = OP_SET,
		  .arg = { t, c, draw_made_flags() | root, set } },
		{ .op = OP_EXIT, .arg = { c } },
		{ .op = OP_REAP, .arg = { t, c } },
	};

	if (!model_applies(&steps[1]))
		return;
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
		if (!options.no_flags && chance(2))
			append_orphans(p);
		do {
			draw_step(&s);
		} while (last_exit(&s) || !model_applies(&s));
		append(p, &s);
	}
}
