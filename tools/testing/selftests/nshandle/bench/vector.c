// SPDX-License-Identifier: GPL-2.0
/*
 * The last pids of a whole stack of pid namespaces: by one call; by a helper in
 * each of them, which writes to ns_last_pid; and by clone3(set_tid), which sets
 * those of one new process, and of no more than 32 levels.
 */
#include <linux/nsfs.h>

#include "bench.h"

#define LEVELS	33

static struct {
	uint32_t nr;
	int32_t pid[LEVELS];
} vec;

/* From the innermost; the last one is bench's own. */
static int stack[LEVELS];

static void choose_pids(int n)
{
	vec.nr = arg;
	for (int i = 0; i < arg; i++)
		vec.pid[i] = 1000 + (n & 1);
}

static int set_vec(int n)
{
	return ioctl(stack[0], NS_SET_LAST_PID_VEC, &vec) ? errno : 0;
}

static int get_vec(int n)
{
	vec.nr = arg;
	return ioctl(stack[0], NS_GET_LAST_PID_VEC, &vec) ? errno : 0;
}

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
	{ "set-1", set_vec, choose_pids, .arg = 1, .today = "helpers-1" },
	{ "set-2", set_vec, choose_pids, .arg = 2, .today = "helpers-2" },
	{ "set-5", set_vec, choose_pids, .arg = 5, .today = "helpers-5" },
	{ "set-10", set_vec, choose_pids, .arg = 10, .today = "helpers-10" },
	{ "set-33", set_vec, choose_pids, .arg = 33, .today = "helpers-33" },
	{ "get-1", get_vec, .arg = 1 },
	{ "get-33", get_vec, .arg = 33 },
	{ "helpers-1", helpers, .after = leave, .arg = 1 },
	{ "helpers-2", helpers, .after = leave, .arg = 2 },
	{ "helpers-5", helpers, .after = leave, .arg = 5 },
	{ "helpers-10", helpers, .after = leave, .arg = 10 },
	{ "helpers-33", helpers, .after = leave, .arg = 33 },
	{ "clone-set-tid-0", clone_set_tid, enter, leave, .arg = 0 },
	{ "clone-set-tid-1", clone_set_tid, enter, leave, .arg = 1 },
	{ "clone-set-tid-10", clone_set_tid, enter, leave, .arg = 10 },
	{ "clone-set-tid-32", clone_set_tid, enter, leave, .arg = 32 },
};

void bench_vector(void)
{
	stack[0] = ns_open(start_idle(LEVELS - 1, CLONE_NEWPID), "pid");
	for (int i = 1; i < LEVELS; i++) {
		stack[i] = ioctl(stack[i - 1], NS_GET_PARENT);
		if (stack[i] < 0)
			err(1, "NS_GET_PARENT");
	}
	measure_all(rows, ARRAY_LEN(rows));
}
