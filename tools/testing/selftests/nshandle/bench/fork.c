// SPDX-License-Identifier: GPL-2.0
/*
 * What forks: a child at 1 and at 33 levels of pid namespaces; one in each level,
 * which writes to ns_last_pid, today's way to set the last pids of a stack; and
 * clone3(set_tid), which sets those of one new process, in 32 levels at most.
 */
#include "bench.h"

/* From the innermost; the last one is bench's own. */
static int stack[LEVELS];

/* The file is about the namespace of who writes: it takes a process there. */
static int write_last_pid(void)
{
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, "1000", 4) != 4 ? errno : 0;
}

static int helpers(int n)
{
	int error = 0;
	pid_t pid;

	for (int i = 0; i < arg && !error; i++) {
		if (syscall(__NR_setns, stack[i], CLONE_NEWPID))
			return errno;
		pid = fork();
		if (pid == 0)
			_exit(write_last_pid());
		error = exit_status(pid);
	}
	return error;
}

static void enter(int n)
{
	if (syscall(__NR_setns, stack[0], CLONE_NEWPID))
		err(1, "setns");
}

static void leave(int n)
{
	if (syscall(__NR_setns, stack[LEVELS - 1], CLONE_NEWPID))
		err(1, "setns");
}

/* Born and buried. */
static int plain_fork(int n)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return exit_status(pid);
}

/* With the pids of its @arg innermost levels chosen, born and buried. */
static int clone_set_tid(int n)
{
	pid_t tids[LEVELS], pid;
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = arg ? (uintptr_t)tids : 0,
		.set_tid_size = arg,
	};

	for (int i = 0; i < arg; i++)
		tids[i] = 2000;
	pid = syscall(__NR_clone3, &args, sizeof(args));
	if (pid == 0)
		_exit(0);
	return exit_status(pid);
}

static const struct row rows[] = {
	{ "fork-1", .call = plain_fork, .many = true },
	{ "fork-33", plain_fork, enter, .after = leave, .many = true },
	{ "helpers-1", helpers, .after = leave, .many = true, .arg = 1 },
	{ "helpers-2", helpers, .after = leave, .many = true, .arg = 2 },
	{ "helpers-5", helpers, .after = leave, .many = true, .arg = 5 },
	{ "helpers-10", helpers, .after = leave, .many = true, .arg = 10 },
	{ "helpers-33", helpers, .after = leave, .many = true, .arg = 33 },
	{ "clone-set-tid-0", clone_set_tid, enter, leave, .many = true,
	  .arg = 0 },
	{ "clone-set-tid-1", clone_set_tid, enter, leave, .many = true,
	  .arg = 1 },
	{ "clone-set-tid-10", clone_set_tid, enter, leave, .many = true,
	  .arg = 10 },
	{ "clone-set-tid-32", clone_set_tid, enter, leave, .many = true,
	  .arg = 32 },
};

void bench_fork(void)
{
	open_levels(stack);
	measure_all(rows, ARRAY_LEN(rows));
}
