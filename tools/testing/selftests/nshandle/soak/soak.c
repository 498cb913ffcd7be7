// SPDX-License-Identifier: GPL-2.0
/*
 * soak joins N | mounts N | vectors N: the same calls over and over, those that
 * fail among them, and then a look at what is left of it. Not one of the tests:
 * a million takes minutes.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/nshandle.h>
#include <linux/sched.h>

#include "count.h"

/* ----- Who is there. */

struct box {
	pid_t pid;
	int pidfd;
	int ns[NR_TYPES];
};

static pid_t sys_clone3(struct clone_args *args)
{
	return syscall(__NR_clone3, args, sizeof(*args));
}

static int ns_open(pid_t pid, const char *type)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, type);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static int idle(void *data)
{
	(void)data;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
	return 0;
}

/* A process with namespaces of its own, which does nothing. */
static struct box box_start(uint64_t flags)
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

/* Its namespaces stay where they are held. */
static void box_kill(const struct box *box)
{
	kill(box->pid, SIGKILL);
	waitpid(box->pid, NULL, 0);
}

static struct box a, b, dead;

static long rnd(long below)
{
	static uint64_t state = 1;

	state *= 6364136223846793005ULL;
	state += 1442695040888963407ULL;
	return (state >> 33) % below;
}

static void expect(const char *what, int ret, int error)
{
	int seen = ret < 0 ? errno : 0;

	if (seen != error)
		errx(1, "%s: %s, not %s", what, strerror(seen),
		     strerror(error));
}

/* ----- Joins, to and fro. */

#define PER_WORKER 1000

static int sys_setns(int fd, int flags)
{
	return syscall(__NR_setns, fd, flags);
}

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

/* With shared memory, time is what the last of eight types fails by. */
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
		expect("setns, bad flag", sys_setns(a.pidfd, 0x10), EINVAL);
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

static void soak_joins(long from, long to)
{
	int status;
	pid_t pid;

	for (long i = from; i < to; i += PER_WORKER) {
		/* Its numbers are others than those of the last one. */
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

/* ----- Instances of procfs. */

#define PID_TYPE 4	/* in types[] */

static int sys_fsconfig(int fc, unsigned int cmd, const char *key,
			const void *value, int aux)
{
	return syscall(__NR_fsconfig, fc, cmd, key, value, aux);
}

static void set_pidns(int fc, int ns)
{
	char path[32];

	if (!rnd(8))
		expect("pidns=, a uts namespace",
		       sys_fsconfig(fc, FSCONFIG_SET_FD, "pidns", NULL,
				    a.ns[2]), EINVAL);
	if (rnd(2)) {
		expect("pidns=, file",
		       sys_fsconfig(fc, FSCONFIG_SET_FD, "pidns", NULL, ns), 0);
		return;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ns);
	expect("pidns=, path",
	       sys_fsconfig(fc, FSCONFIG_SET_STRING, "pidns", path, 0), 0);
}

/* What nobody mounts is freed with its context. */
static void mount_once(int ns)
{
	int fc = syscall(__NR_fsopen, "proc", FSOPEN_CLOEXEC), mnt, dir, asked;

	expect("fsopen", fc, 0);
	set_pidns(fc, ns);
	expect("create",
	       sys_fsconfig(fc, FSCONFIG_CMD_CREATE, NULL, NULL, 0), 0);
	if (rnd(16)) {
		mnt = syscall(__NR_fsmount, fc, FSMOUNT_CLOEXEC, 0);
		expect("fsmount", mnt, 0);
		dir = openat(mnt, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		expect("open", dir, 0);
		asked = ioctl(dir, PROCFS_GET_PID_NAMESPACE, 0);
		expect("PROCFS_GET_PID_NAMESPACE", asked, 0);
		close(asked);
		close(dir);
		close(mnt);
	}
	close(fc);
}

static void soak_mounts(long from, long to)
{
	const int ns[] = { a.ns[PID_TYPE], b.ns[PID_TYPE], dead.ns[PID_TYPE] };

	for (long i = from; i < to; i++)
		mount_once(ns[i % 3]);
}

/* ----- Vectors. */

struct vec {
	uint32_t nr;
	int32_t pid[2];
};

/* Of a pid namespace in another one: two levels where nobody else forks. */
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

static void below_start(void)
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

static void soak_vectors(long from, long to)
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

/* ----- The program. */

static const struct soak {
	const char *name;
	void (*run)(long from, long to);
} soaks[] = {
	{ "joins", soak_joins },
	{ "mounts", soak_mounts },
	{ "vectors", soak_vectors },
};

static void boxes_start(void)
{
	a = box_start(ALL_NS);
	b = box_start(ALL_NS);
	dead = box_start(CLONE_NEWPID);
	box_kill(&dead);
	below_start();
}

static void soak(const struct soak *s, long n)
{
	time_t start;

	/* What is made once and kept for good is made now. */
	s->run(0, n / 100);
	count_begin();
	start = time(NULL);
	for (long i = 0; i < 10; i++) {
		s->run(n / 10 * i, n / 10 * (i + 1));
		printf("%s: %ld %%, %ld s\n", s->name, 10 * (i + 1),
		       (long)(time(NULL) - start));
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	long n = argc == 3 ? atol(argv[2]) : 0;

	for (size_t i = 0; i < ARRAY_LEN(soaks) && n >= 10000; i++) {
		if (strcmp(argv[1], soaks[i].name))
			continue;
		boxes_start();
		soak(&soaks[i], n);
		if (count_end())
			errx(1, "%s: something is left", argv[1]);
		printf("soak %s: %ld done, nothing left\n", argv[1], n);
		return 0;
	}
	fprintf(stderr, "usage: soak joins|mounts|vectors N\n"
		"N is 10000 at least, and a multiple of that\n");
	return 2;
}
