// SPDX-License-Identifier: GPL-2.0
#include "run.h"
#include "compare.h"
#include "model_step.h"
#include "text.h"
#include "world.h"

#include <unistd.h>

long outcomes[NR_OPS][OUTCOMES];
static long done;

long steps_done(void)
{
	return done;
}

/* A thread belongs to the process of its maker. */
static void adopt_child(const struct step *s, const struct expect *e, int fd)
{
	bool thread = kind_flags[s->arg[1]] & CLONE_THREAD;

	world_adopt(e->child, fd, thread ? s->arg[0] : -1);
	compare_pids(e->child);
}

/* What the observer does when model and kernel agree on the answer. */
static void follow_up(const struct step *s, const struct expect *e, int fd)
{
	if (e->child != UNKNOWN)
		adopt_child(s, e, fd);
	else if (s->op == OP_EXIT)
		world_await_exit(s->arg[0], model.task[s->arg[0]].leader);
	else if (s->op == OP_PROCFS && fd >= 0)
		close(fd);
	if (e->map == UNKNOWN)
		return;
	if (!world_map_ids(s->arg[0]))
		die("cannot map the ids of T%d", s->arg[0]);
	compare_creds();
}

static void run_step(const struct step *s)
{
	struct expect e;
	struct answer a;
	int fd;

	model_step(s, &e);
	if (!world_step(s, &a, &fd)) {
		differ("T%d does not answer", s->arg[0]);
		return;
	}
	done++;
	outcomes[s->op][a.err > -OUTCOMES ? -a.err : OUTCOMES - 1]++;
	compare_answer(s, &e, &a, fd);
	if (differs())
		return;
	follow_up(s, &e, fd);
	compare_world();
}

bool program_run(const struct program *p, bool quiet)
{
	bool same = true;

	model_start();
	world_start();
	for (int i = 0; i < p->nr && same; i++) {
		const struct step *s = &p->step[i];

		if (!model_applies(s)) {
			if (options.verbose && !quiet)
				printf("# skipped: ");
			if (options.verbose && !quiet)
				step_print(stdout, s);
			continue;
		}
		if (options.verbose && !quiet)
			step_print(stdout, s);
		compare_start(s, i + 1, quiet);
		run_step(s);
		if (i == p->nr - 1 && !differs())
			compare_creds();
		same = !differs();
	}
	world_stop();
	return same;
}
