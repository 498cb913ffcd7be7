// SPDX-License-Identifier: GPL-2.0
/*
 * PIDFD_GET_*_NAMESPACE checks argument, access, process and number, each in its
 * turn.
 *
 * The rows have the order in which the argument is first and the number last. The
 * other one has the number first, then whether the process is reaped.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/facts.h"
#include "../lib/handle.h"
#include "../lib/subject.h"
#include "../lib/types.h"

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
	bool argument_first, access_before_zombie;
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

static int errno_of(const FIXTURE_DATA(ask) * self,
		    const FIXTURE_VARIANT(ask) * variant, bool known)
{
	bool zombie = variant->victim == ZOMBIE || variant->victim == HEADLESS;

	int err = known ? variant->known : variant->unknown;

	if (!self->access_before_zombie && zombie && variant->known == EACCES)
		err = ESRCH;
	if (!self->argument_first && variant->victim == REAPED)
		err = ESRCH;
	if (!self->argument_first && !known)
		err = ENOTTY;
	return err;
}

FIXTURE_SETUP(ask)
{
	SKIP_WITHOUT_CONTAINERS();
	if (!have_pidfd_ioctls())
		SKIP(return, NO_PIDFD_IOCTLS);
	self->argument_first = fact(_metadata, PIDFD_ARGUMENT_FIRST);
	self->access_before_zombie = fact(_metadata,
					  PIDFD_ACCESS_BEFORE_ZOMBIE);
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
			EXPECT_EQ(errno_of(self, variant, true),
				  try_ioctl(self->s.pidfd, PIDFD_GET(i),
					    variant->arg)) {
				TH_LOG("of %s", moved_names[i]);
			}
		}
		EXPECT_EQ(errno_of(self, variant, false),
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
	pidfd = thread_pidfd(_metadata, tid);
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
