// SPDX-License-Identifier: GPL-2.0
/* Last-pid vectors, set and read, and such as fail. */
#include "soak.h"
#include "boxes.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <linux/nshandle.h>

struct vec {
	uint32_t nr;
	int32_t pid[2];
};

/* A pid namespace below another one: no other task forks in the two. */
static int below;

static void below_run(int ready)
{
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	expect("unshare", unshare(CLONE_NEWPID), 0);
	pid = fork();
	expect("fork", pid, 0);
	if (pid == 0)
		idle(NULL);
	expect("write", write(ready, "r", 1), 0);
	idle(NULL);
}

void vectors_start(void)
{
	int own = ns_open(getpid(), "pid"), ready[2];
	struct box above = box_start(CLONE_NEWPID);
	char byte;
	pid_t pid;

	expect("pipe", pipe2(ready, O_CLOEXEC), 0);
	expect("setns, pid", sys_setns(above.ns[PID_TYPE], CLONE_NEWPID), 0);
	pid = fork();
	expect("fork", pid, 0);
	if (pid == 0)
		below_run(ready[1]);
	expect("setns, own pid", sys_setns(own, CLONE_NEWPID), 0);
	close(own);
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		errx(1, "no namespace below");
	close(ready[0]);
	below = ns_open(pid, "pid_for_children");
}

static void vector_fail(void)
{
	struct vec none = { .nr = 0 }, bad = { .nr = 2, .pid = { 1, -1 } };

	expect("SET of none", ioctl(below, NS_SET_LAST_PID_VEC,
				    &none), EINVAL);
	expect("SET of -1", ioctl(below, NS_SET_LAST_PID_VEC,
				  &bad), EINVAL);
	bad.nr = 1;
	expect("SET, dead", ioctl(dead.ns[PID_TYPE], NS_SET_LAST_PID_VEC,
				  &bad), ESRCH);
	expect("GET, nowhere", ioctl(below, NS_GET_LAST_PID_VEC,
				     NULL), EFAULT);
}

void soak_vectors(long from, long to)
{
	for (long i = from; i < to; i++) {
		struct vec set = { .nr = 2, .pid = { i % 30000, i % 20000 } };
		struct vec get = { .nr = 2 };

		expect("SET", ioctl(below, NS_SET_LAST_PID_VEC,
				    &set), 0);
		expect("GET", ioctl(below, NS_GET_LAST_PID_VEC,
				    &get), 0);
		if (memcmp(&set, &get, sizeof(set)))
			errx(1, "GET is not what was SET");
		if (!rnd(8))
			vector_fail();
	}
}
