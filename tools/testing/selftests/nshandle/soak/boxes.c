// SPDX-License-Identifier: GPL-2.0
#include "boxes.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/sched.h>

static pid_t sys_clone3(struct clone_args *args)
{
	return syscall(__NR_clone3, args, sizeof(*args));
}

int ns_open(pid_t pid, const char *type)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, type);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

int idle(void *data)
{
	(void)data;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
	return 0;
}

struct box box_start(uint64_t flags)
{
	struct box box = { };
	struct clone_args args = {
		.flags = flags | CLONE_PIDFD,
		.pidfd = (uintptr_t)&box.pidfd,
		.exit_signal = SIGCHLD,
	};

	box.pid = sys_clone3(&args);
	if (box.pid < 0)
		err(1, "clone3");
	if (box.pid == 0)
		idle(NULL);
	for (size_t i = 0; i < NR_TYPES; i++)
		box.ns[i] = ns_open(box.pid, types[i].name);
	return box;
}

void box_kill(const struct box *box)
{
	kill(box->pid, SIGKILL);
	waitpid(box->pid, NULL, 0);
}

struct box a, b, dead;

int sys_setns(int fd, int flags)
{
	return syscall(__NR_setns, fd, flags);
}

long rnd(long below)
{
	static uint64_t state = 1;

	state *= 6364136223846793005ULL;
	state += 1442695040888963407ULL;
	return (state >> 33) % below;
}

void expect(const char *what, int ret, int error)
{
	int seen = ret < 0 ? errno : 0;

	if (seen != error)
		errx(1, "%s: %s, not %s", what, strerror(seen),
		     strerror(error));
}
