// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2), by file and by process, and the way of nsenter(1): each file of
 * /proc/PID/ns opened, joined and closed.
 */
#include "bench.h"

static struct box a, b, same, dead;
static int own_ns[NR_TYPES];

/* To and fro, so that each join is one. */
static const struct box *there(int n)
{
	return n & 1 ? &a : &b;
}

static int join(int fd, int flags)
{
	return syscall(__NR_setns, fd, flags) ? errno : 0;
}

static int join_file(int n)
{
	return join(there(n)->ns[arg], types[arg].flag);
}

static int join_process(int n)
{
	return join(there(n)->pidfd, arg);
}

static int join_a(int n)
{
	return join(a.pidfd, arg);
}

static int join_same(int n)
{
	return join(same.pidfd, arg);
}

static int join_dead(int n)
{
	return join(dead.pidfd, arg);
}

static int join_nothing(int n)
{
	return join(-1, arg);
}

/* User first, as the others then need no more than its capabilities. */
static int join_as_nsenter(int n)
{
	int fds[NR_TYPES], error = 0;
	pid_t pid = there(n)->pid;

	for (int i = 0; i < NR_TYPES; i++)
		if (arg & types[i].flag)
			fds[i] = ns_open(pid, types[i].name);
	for (int i = 0; i < NR_TYPES; i++) {
		if (!(arg & types[i].flag))
			continue;
		error = error ?: join(fds[i], types[i].flag);
		close(fds[i]);
	}
	return error;
}

/* ----- Before and after. */

#define FOUR (CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP | CLONE_NEWNET)

#define SIX (SEVEN & ~CLONE_NEWTIME)

static void half_joined(int n)
{
	if (join(b.pidfd, SEVEN & ~FOUR) || join(a.pidfd, FOUR))
		err(1, "setns");
}

static void go_back(int n)
{
	for (int i = MNT; i < NR_TYPES; i++)
		if (join(own_ns[i], types[i].flag))
			err(1, "setns back: %s", types[i].name);
}

static void drop_rights(int n)
{
	if (setresuid(65534, 65534, 65534))
		err(1, "setresuid");
}

/* ----- The rows. */

static const struct row rows[] = {
	{ "nsfd-user", join_file, .arg = USER, .apart = true },
	{ "nsfd-mnt", join_file, .arg = MNT },
	{ "nsfd-uts", join_file, .arg = UTS },
	{ "nsfd-ipc", join_file, .arg = IPC },
	{ "nsfd-pid", join_file, .arg = PID },
	{ "nsfd-cgroup", join_file, .arg = CGROUP },
	{ "nsfd-net", join_file, .arg = NET },
	{ "nsfd-time", join_file, .arg = TIME },
	{ "pidfd-user", join_process, .arg = CLONE_NEWUSER, .apart = true },
	{ "pidfd-mnt", join_process, .arg = CLONE_NEWNS },
	{ "pidfd-uts", join_process, .arg = CLONE_NEWUTS },
	{ "pidfd-ipc", join_process, .arg = CLONE_NEWIPC },
	{ "pidfd-pid", join_process, .arg = CLONE_NEWPID },
	{ "pidfd-cgroup", join_process, .arg = CLONE_NEWCGROUP },
	{ "pidfd-net", join_process, .arg = CLONE_NEWNET },
	{ "pidfd-time", join_process, .arg = CLONE_NEWTIME },
	{ "two", join_process, .arg = CLONE_NEWUTS | CLONE_NEWIPC },
	{ "four", join_process, .arg = FOUR },
	{ "six", join_process, .arg = SIX, .today = "six-nsenter" },
	{ "seven", join_process, .arg = SEVEN, .today = "seven-nsenter" },
	{ "eight", join_process, .arg = ALL_NS, .apart = true,
	  .today = "eight-nsenter" },
	{ "six-nsenter", join_as_nsenter, .arg = SIX },
	{ "seven-nsenter", join_as_nsenter, .arg = SEVEN },
	{ "eight-nsenter", join_as_nsenter, .arg = ALL_NS, .apart = true },
	{ "mnt-root", join_process, .arg = CLONE_NEWNS | SETNS_ROOT },
	{ "skip-half", join_a, half_joined, .arg = SEVEN | SETNS_SKIP_JOINED },
	{ "skip-all", join_same, go_back, .arg = ALL_NS | SETNS_SKIP_JOINED },
	{ "dry-uts", join_process, .arg = CLONE_NEWUTS | SETNS_DRY_RUN },
	{ "dry-seven", join_process, .arg = SEVEN | SETNS_DRY_RUN },
	{ "dry-eight", join_process, .arg = ALL_NS | SETNS_DRY_RUN },
	{ "refused-ebadf", join_nothing, .error = EBADF, .arg = CLONE_NEWUTS },
	{ "refused-einval", join_process, .error = EINVAL, .arg = 1 },
	{ "refused-esrch", join_dead, .error = ESRCH, .arg = CLONE_NEWUTS },
	{ "refused-eperm", join_process, drop_rights, .error = EPERM,
	  .apart = true, .arg = CLONE_NEWUTS },
};

void bench_setns(void)
{
	box_start(&a, ALL_NS);
	box_start(&b, ALL_NS);
	box_start(&same, 0);
	box_start(&dead, 0);
	kill(dead.pid, SIGKILL);
	waitpid(dead.pid, NULL, 0);
	for (int i = 0; i < NR_TYPES; i++)
		own_ns[i] = ns_open(getpid(), types[i].name);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		measure_all(&rows[i], 1);
		go_back(0);
	}
}
