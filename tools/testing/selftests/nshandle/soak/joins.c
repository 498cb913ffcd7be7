// SPDX-License-Identifier: GPL-2.0
/* Joins, to and fro, and such as fail. */
#include "soak.h"
#include "boxes.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/nshandle.h>

#define PER_WORKER 1000

/* All but the types that are in @without. */
static int random_types(int without)
{
	int flags = 0;

	while (!flags)
		for (size_t i = 0; i < NR_TYPES; i++)
			if (rnd(2))
				flags |= types[i].flag & ~without;
	return flags;
}

/* By file or by process: never into a user namespace, there is no way back. */
static void join(const struct box *to, int without)
{
	int i = 1 + rnd(NR_TYPES - 1);

	without |= CLONE_NEWUSER;
	if (rnd(2) && !(types[i].flag & without)) {
		expect("setns, file", sys_setns(to->ns[i], types[i].flag), 0);
		return;
	}
	expect("setns, process",
	       sys_setns(to->pidfd, random_types(without) |
					    (rnd(2) ? SETNS_SKIP_JOINED : 0)),
	       0);
}

/* With shared memory, a join of all eight types fails by the last one, time. */
static void join_fail(int self, bool shared)
{
	int all = shared ? EUSERS : 0;

	switch (rnd(5)) {
	case 0:
		expect("setns, dead", sys_setns(dead.pidfd, CLONE_NEWUTS),
		       ESRCH);
		break;
	case 1:
		expect("setns, self", sys_setns(self, ALL_NS), EINVAL);
		break;
	case 2:
		expect("setns, bad flag", sys_setns(a.pidfd, 0x20), EINVAL);
		break;
	case 3:
		expect("setns, dry",
		       sys_setns(a.pidfd, ALL_NS | SETNS_DRY_RUN), all);
		break;
	default:
		if (shared)
			expect("setns, all", sys_setns(b.pidfd, ALL_NS), all);
		break;
	}
}

static void worker_run(bool shared)
{
	int self = syscall(__NR_pidfd_open, getpid(), 0);
	int without = shared ? CLONE_NEWTIME : 0;
	static char stack[16384];
	pid_t other = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (shared)
		other = clone(idle, stack + sizeof(stack), CLONE_VM | SIGCHLD,
			      NULL);
	for (int i = 1; i < PER_WORKER; i++) {
		join(i % 2 ? &a : &b, without);
		if (!rnd(8))
			join_fail(self, shared);
	}
	expect("setns, last", sys_setns(a.pidfd, ALL_NS & ~without), 0);
	if (other && kill(other, SIGKILL))
		err(1, "kill");
	_exit(0);
}

void soak_joins(long from, long to)
{
	int status;
	pid_t pid;

	for (long i = from; i < to; i += PER_WORKER) {
		/* Here, so that each worker has other random numbers. */
		bool shared = rnd(2);

		pid = fork();
		if (pid < 0)
			err(1, "fork");
		if (pid == 0)
			worker_run(shared);
		if (waitpid(pid, &status, 0) != pid || status)
			errx(1, "a worker ended with %#x", status);
	}
}
