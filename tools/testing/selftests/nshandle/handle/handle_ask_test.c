// SPDX-License-Identifier: GPL-2.0
/*
 * PIDFD_GET_*_NAMESPACE checks the argument, then the caller's access, then the
 * state of the process, then the number.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/handle.h"
#include "../lib/subject.h"
#include "../lib/types.h"

#include <sys/utsname.h>

/* A number that no kernel knows. */
#define PIDFD_GET_UNKNOWN _IO(0xFF, 0x7f)

/* Closes what the ioctl opens; returns 0 or the errno. */
static int try_ioctl(int pidfd, unsigned int cmd, unsigned long arg)
{
	int fd = ioctl(pidfd, cmd, arg);

	return fd < 0 ? errno : close(fd);
}

FIXTURE(ask) {
	struct subject s;
};

FIXTURE_VARIANT(ask) {
	enum victim victim;
	enum asker asker;
	unsigned long arg;
	int known;	/* errno of each of the ten ioctls */
	int unknown;	/* and of PIDFD_GET_UNKNOWN */
};

FIXTURE_VARIANT_ADD(ask, live_by_root) {
	.victim = LIVE, .asker = BY_ROOT,
	.known = 0, .unknown = ENOTTY,
};

FIXTURE_VARIANT_ADD(ask, live_by_ptrace_capable) {
	.victim = LIVE, .asker = BY_ROOT_PTRACE,
	.known = 0, .unknown = ENOTTY,
};

FIXTURE_VARIANT_ADD(ask, guarded_by_root) {
	.victim = GUARDED, .asker = BY_ROOT,
	.known = 0, .unknown = ENOTTY,
};

FIXTURE_VARIANT_ADD(ask, guarded_by_ptrace_capable) {
	.victim = GUARDED, .asker = BY_ROOT_PTRACE,
	.known = 0, .unknown = ENOTTY,
};

/* The access check comes before the number. */
FIXTURE_VARIANT_ADD(ask, live_by_other_uid) {
	.victim = LIVE, .asker = BY_UID_1000,
	.known = EACCES, .unknown = EACCES,
};

FIXTURE_VARIANT_ADD(ask, live_by_less_capable) {
	.victim = LIVE, .asker = BY_ROOT_NO_CAPS,
	.known = EACCES, .unknown = EACCES,
};

FIXTURE_VARIANT_ADD(ask, guarded_by_less_capable) {
	.victim = GUARDED, .asker = BY_ROOT_NO_CAPS,
	.known = EACCES, .unknown = EACCES,
};

/* The access check uses the fsuid. */
FIXTURE_VARIANT_ADD(ask, live_by_other_fsuid) {
	.victim = LIVE, .asker = BY_FSUID_1000,
	.known = EACCES, .unknown = EACCES,
};

/* A zombie has none of the ten, not even the user and the pid namespace. */
FIXTURE_VARIANT_ADD(ask, zombie_by_root) {
	.victim = ZOMBIE, .asker = BY_ROOT,
	.known = ESRCH, .unknown = ESRCH,
};

FIXTURE_VARIANT_ADD(ask, zombie_by_other_uid) {
	.victim = ZOMBIE, .asker = BY_UID_1000,
	.known = EACCES, .unknown = EACCES,
};

FIXTURE_VARIANT_ADD(ask, headless_by_root) {
	.victim = HEADLESS, .asker = BY_ROOT,
	.known = ESRCH, .unknown = ESRCH,
};

FIXTURE_VARIANT_ADD(ask, headless_by_other_uid) {
	.victim = HEADLESS, .asker = BY_UID_1000,
	.known = EACCES, .unknown = EACCES,
};

FIXTURE_VARIANT_ADD(ask, reaped_by_root) {
	.victim = REAPED, .asker = BY_ROOT,
	.known = ESRCH, .unknown = ESRCH,
};

FIXTURE_VARIANT_ADD(ask, reaped_by_other_uid) {
	.victim = REAPED, .asker = BY_UID_1000,
	.known = ESRCH, .unknown = ESRCH,
};

/* The argument is checked before everything else. */
FIXTURE_VARIANT_ADD(ask, live_by_root_with_arg) {
	.victim = LIVE, .asker = BY_ROOT, .arg = 1,
	.known = EINVAL, .unknown = EINVAL,
};

FIXTURE_VARIANT_ADD(ask, live_by_root_with_high_arg) {
	.victim = LIVE, .asker = BY_ROOT, .arg = ~(~0UL >> 1),
	.known = EINVAL, .unknown = EINVAL,
};

FIXTURE_VARIANT_ADD(ask, live_by_other_uid_with_arg) {
	.victim = LIVE, .asker = BY_UID_1000, .arg = 1,
	.known = EINVAL, .unknown = EINVAL,
};

FIXTURE_VARIANT_ADD(ask, zombie_by_root_with_arg) {
	.victim = ZOMBIE, .asker = BY_ROOT, .arg = 1,
	.known = EINVAL, .unknown = EINVAL,
};

FIXTURE_VARIANT_ADD(ask, zombie_by_other_uid_with_arg) {
	.victim = ZOMBIE, .asker = BY_UID_1000, .arg = 1,
	.known = EINVAL, .unknown = EINVAL,
};

FIXTURE_VARIANT_ADD(ask, headless_by_root_with_arg) {
	.victim = HEADLESS, .asker = BY_ROOT, .arg = 1,
	.known = EINVAL, .unknown = EINVAL,
};

FIXTURE_VARIANT_ADD(ask, reaped_by_root_with_arg) {
	.victim = REAPED, .asker = BY_ROOT, .arg = 1,
	.known = EINVAL, .unknown = EINVAL,
};

FIXTURE_VARIANT_ADD(ask, reaped_by_other_uid_with_arg) {
	.victim = REAPED, .asker = BY_UID_1000, .arg = 1,
	.known = EINVAL, .unknown = EINVAL,
};

/*
 * Later kernels check the number first. This asks for the version, not for what
 * the kernel does: up to 6.12 it must be this order.
 */
static bool newer_than_6_12(void)
{
	struct utsname name;
	int major, minor;

	if (uname(&name) || sscanf(name.release, "%d.%d", &major, &minor) != 2)
		return false;
	return major > 6 || (major == 6 && minor > 12);
}

FIXTURE_SETUP(ask)
{
	SKIP_WITHOUT_CONTAINERS();
	if (newer_than_6_12())
		SKIP(return, "the order of checks is that of Linux 6.12");
	if (!have_pidfd_ioctls())
		SKIP(return, NO_PIDFD_IOCTLS);
	subject_start(_metadata, &self->s, variant->victim);
}

FIXTURE_TEARDOWN(ask)
{
	subject_stop(_metadata, &self->s);
}

TEST_F(ask, all_ten_and_another)
{
	IN_CHILD {
		become_asker(_metadata, variant->asker);
		for (int i = 0; i < NR_LINKS; i++) {
			EXPECT_EQ(variant->known,
				  try_ioctl(self->s.pidfd, PIDFD_GET(i),
					    variant->arg)) {
				TH_LOG("of %s", moved_names[i]);
			}
		}
		EXPECT_EQ(variant->unknown,
			  try_ioctl(self->s.pidfd, PIDFD_GET_UNKNOWN,
				    variant->arg));
	}
}

FIXTURE(asked) {
	struct subject s;
};

FIXTURE_SETUP(asked)
{
	SKIP_WITHOUT_CONTAINERS();
	if (!have_pidfd_ioctls())
		SKIP(return, NO_PIDFD_IOCTLS);
}

FIXTURE_TEARDOWN(asked)
{
	subject_stop(_metadata, &self->s);
}

/* setns(2) checks access by the real uid, the ioctl by the fsuid. */
TEST_F(asked, by_fsuid_unlike_setns)
{
	subject_start(_metadata, &self->s, LIVE);
	IN_CHILD {
		become_asker(_metadata, BY_FSUID_1000);
		EXPECT_EQ(EACCES, try_ioctl(self->s.pidfd, PIDFD_GET(LINK_UTS),
					    0));
		EXPECT_EQ(0, try_setns(self->s.pidfd, CLONE_NEWUTS));
	}
}

/*
 * After unshare(2) the ioctl for the children, which is the next link, opens
 * another namespace than the one for the process itself.
 */
TEST_F(asked, for_children)
{
	struct stat own, children;
	int pidfd, fd;

	IN_CHILD {
		ASSERT_EQ(0, unshare(CLONE_NEWPID | CLONE_NEWTIME));
		pidfd = sys_pidfd_open(getpid(), 0);
		ASSERT_LE(0, pidfd);
		for (int i = LINK_PID; i <= LINK_TIME; i += 2) {
			fd = pidfd_get(pidfd, i);
			ASSERT_EQ(0, fstat(fd, &own));
			fd = pidfd_get(pidfd, i + 1);
			ASSERT_EQ(0, fstat(fd, &children));
			EXPECT_EQ(own.st_dev, children.st_dev);
			EXPECT_NE(own.st_ino, children.st_ino);
		}
	}
}

/* The leader is a zombie and gives nothing; its living thread gives all. */
TEST_F(asked, of_a_living_thread)
{
	char path[64];
	struct stat st;
	pid_t tid;
	int pidfd, fd;

	subject_start(_metadata, &self->s, HEADLESS);
	tid = last_thread(_metadata, self->s.proc);
	pidfd = sys_pidfd_open(tid, PIDFD_THREAD);
	if (pidfd < 0 && errno == EINVAL)
		SKIP(return, "kernel without PIDFD_THREAD");
	ASSERT_LE(0, pidfd);
	for (int i = 0; i < NR_LINKS; i++) {
		EXPECT_EQ(ESRCH, try_ioctl(self->s.pidfd, PIDFD_GET(i), 0));
		snprintf(path, sizeof(path), "task/%d/ns/%s", tid,
			 moved_names[i]);
		ASSERT_EQ(0, fstatat(self->s.proc, path, &st, 0));
		fd = pidfd_get(pidfd, i);
		ASSERT_LE(0, fd);
		expect_same_file(_metadata, &st, fd);
	}
}

/* A directory in procfs names a process, but is no pidfd. */
TEST_F(asked, of_no_pidfd)
{
	int fd = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	for (int i = 0; i < NR_LINKS; i++)
		EXPECT_EQ(ENOTTY, try_ioctl(fd, PIDFD_GET(i), 0));
}

TEST_HARNESS_MAIN
