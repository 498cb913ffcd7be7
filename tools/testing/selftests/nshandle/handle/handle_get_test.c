// SPDX-License-Identifier: GPL-2.0
/*
 * Each PIDFD_GET_*_NAMESPACE opens the namespace that its link in /proc/PID/ns
 * opens.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/handle.h"
#include "../lib/picture.h"
#include "../lib/types.h"

FIXTURE(get) {
	struct container c;
};

FIXTURE_VARIANT(get) {
	int link;	/* LINK_* */
};

FIXTURE_VARIANT_ADD(get, cgroup) {
	.link = LINK_CGROUP,
};

FIXTURE_VARIANT_ADD(get, ipc) {
	.link = LINK_IPC,
};

FIXTURE_VARIANT_ADD(get, mnt) {
	.link = LINK_MNT,
};

FIXTURE_VARIANT_ADD(get, net) {
	.link = LINK_NET,
};

FIXTURE_VARIANT_ADD(get, pid) {
	.link = LINK_PID,
};

FIXTURE_VARIANT_ADD(get, pid_for_children) {
	.link = LINK_PID_FOR_CHILDREN,
};

FIXTURE_VARIANT_ADD(get, time) {
	.link = LINK_TIME,
};

FIXTURE_VARIANT_ADD(get, time_for_children) {
	.link = LINK_TIME_FOR_CHILDREN,
};

FIXTURE_VARIANT_ADD(get, user) {
	.link = LINK_USER,
};

FIXTURE_VARIANT_ADD(get, uts) {
	.link = LINK_UTS,
};

FIXTURE_SETUP(get)
{
	SKIP_WITHOUT_CONTAINERS();
	if (!have_pidfd_ioctls())
		SKIP(return, NO_PIDFD_IOCTLS);
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(get)
{
	container_stop(_metadata, &self->c);
}

TEST_F(get, is_the_link)
{
	const char *name = moved_names[variant->link];
	char path[64];
	struct stat st, own;
	int fd;

	fd = container_ns(_metadata, &self->c, name);
	ASSERT_EQ(0, fstat(fd, &st));
	close(fd);
	fd = pidfd_get(self->c.pidfd, variant->link);
	ASSERT_LE(0, fd);
	expect_same_file(_metadata, &st, fd);
	EXPECT_EQ(link_flags[variant->link], ioctl(fd, NS_GET_NSTYPE));
	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	ASSERT_EQ(0, stat(path, &own));
	EXPECT_EQ(own.st_dev, st.st_dev);
	EXPECT_NE(own.st_ino, st.st_ino);
}

TEST_F(get, is_the_link_of_ourselves)
{
	const char *name = moved_names[variant->link];
	int pidfd = sys_pidfd_open(getpid(), 0), fd;
	char path[64];
	struct stat st;

	ASSERT_LE(0, pidfd);
	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	ASSERT_EQ(0, stat(path, &st));
	fd = pidfd_get(pidfd, variant->link);
	ASSERT_LE(0, fd);
	expect_same_file(_metadata, &st, fd);
}

TEST_F(get, is_cloexec_and_read_only)
{
	int fd = pidfd_get(self->c.pidfd, variant->link);

	ASSERT_LE(0, fd);
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_EQ(O_RDONLY, fcntl(fd, F_GETFL) & O_ACCMODE);
}

TEST_F(get, can_be_joined)
{
	int flag = link_flags[variant->link];
	int fd = pidfd_get(self->c.pidfd, variant->link);
	struct state before;

	ASSERT_LE(0, fd);
	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, try_setns(fd, flag));
		/* Nobody has armed an undo list. */
		EXPECT_MOVED(&before, moved_by(flag) & ~MOVED_UNDO);
	}
}

TEST_HARNESS_MAIN
