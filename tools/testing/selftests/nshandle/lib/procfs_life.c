// SPDX-License-Identifier: GPL-2.0
#include "procfs_life.h"
#include "calls.h"
#include "procfs.h"
#include "procfs_mount.h"

#define LIMIT "/proc/sys/user/max_pid_namespaces"

/* Makes a pid namespace there, which is gone again at once; 0 or the errno. */
static int try_new_ns(struct __test_metadata *_metadata, int userns)
{
	int status = -1;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (pid == 0)
		_exit(try_setns(userns, CLONE_NEWUSER) ?:
		      unshare(CLONE_NEWPID) ? errno : 0);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Waits until a released namespace is freed, which takes a grace period. */
static void expect_room(struct __test_metadata *_metadata, int userns)
{
	long long end = now_ms(CLOCK_MONOTONIC) + POLL_MS;
	int err;

	do {
		err = try_new_ns(_metadata, userns);
	} while (err == ENOSPC && now_ms(CLOCK_MONOTONIC) < end);
	ASSERT_EQ(0, err) {
		TH_LOG("no new pid namespace: %s", strerror(err));
	}
}

/*
 * Waits until everything released so far is freed. A processor frees in the
 * order of release, and we stay on one: when a pid namespace of the witness is
 * freed, everything released before it is. Several rounds, because the first
 * one finds room at once, and freeing a process may release a namespace.
 */
static void settle(struct __test_metadata *_metadata, int witness)
{
	for (int i = 0; i < 4; i++)
		expect_room(_metadata, witness);
}

static void stay_on_this_cpu(struct __test_metadata *_metadata)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(set), &set));
}

static void set_limit(struct __test_metadata *_metadata)
{
	write_at(_metadata, AT_FDCWD, LIMIT, "1");
}

static int witness_make(struct __test_metadata *_metadata)
{
	struct container c = { .flags = CLONE_NEWUSER, .setup = set_limit };
	int fd;

	container_start(_metadata, &c);
	fd = container_ns(_metadata, &c, "user");
	container_stop(_metadata, &c);
	return fd;
}

void life_start(struct __test_metadata *_metadata, struct life *l)
{
	stay_on_this_cpu(_metadata);
	mounts_setup(_metadata);
	l->witness = witness_make(_metadata);
	l->c.flags = CLONE_NEWUSER | CLONE_NEWPID;
	l->c.setup = set_limit;
	container_start(_metadata, &l->c);
	l->ns = container_ns(_metadata, &l->c, "pid");
	l->owner = container_ns(_metadata, &l->c, "user");
}

void let_go(struct __test_metadata *_metadata, struct life *l)
{
	container_stop(_metadata, &l->c);
	close(l->ns);
}

void expect_held(struct __test_metadata *_metadata, const struct life *l)
{
	settle(_metadata, l->witness);
	EXPECT_EQ(ENOSPC, try_new_ns(_metadata, l->owner));
}

void expect_freed(struct __test_metadata *_metadata, const struct life *l)
{
	expect_room(_metadata, l->owner);
}

ssize_t read_start(int fd)
{
	char buf[4096];

	return pread(fd, buf, sizeof(buf), 0);
}

void expect_deserted(struct __test_metadata *_metadata, int dir)
{
	int fd;

	EXPECT_EQ(0, procfs_count(_metadata, dir));
	EXPECT_EQ(ENOENT, try_access(dir, "1"));
	EXPECT_EQ(ENOENT, try_access(dir, "self"));
	EXPECT_EQ(ENOENT, try_access(dir, "thread-self"));
	fd = openat(dir, "uptime", O_RDONLY | O_CLOEXEC);
	EXPECT_LT(0, read_start(fd));
	close(fd);
	fd = openat(dir, "sys/kernel/ns_last_pid", O_RDONLY | O_CLOEXEC);
	EXPECT_LT(0, read_start(fd));
	close(fd);
}
