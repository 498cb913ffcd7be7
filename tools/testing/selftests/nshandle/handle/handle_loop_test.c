// SPDX-License-Identifier: GPL-2.0
/*
 * A mount namespace file can be mounted only in an older mount namespace, so
 * that no loop can arise.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/handle.h"
#include "../lib/mounts.h"

#include <sys/vfs.h>

FIXTURE(loop) {
	int older, own;		/* mount namespaces */
	struct container c;	/* in a newer one */
};

FIXTURE_SETUP(loop)
{
	SKIP_WITHOUT_CONTAINERS();
	self->older = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->older);
	private_mounts(_metadata);
	self->own = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->own);
	self->c.flags = CLONE_NEWNS | CLONE_NEWUTS;
	container_start(_metadata, &self->c);
	close(open("/tmp/handle", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

FIXTURE_TEARDOWN(loop)
{
	container_stop(_metadata, &self->c);
}

/* Mounts @fd on a file; returns 0 or the errno. */
static int try_bind(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return mount(path, "/tmp/handle", NULL, MS_BIND, NULL) ? errno : 0;
}

TEST_F(loop, own_is_refused)
{
	EXPECT_EQ(EINVAL, try_bind(self->own));
}

TEST_F(loop, older_is_refused)
{
	EXPECT_EQ(EINVAL, try_bind(self->older));
}

TEST_F(loop, newer_can_be_mounted)
{
	int fd = container_ns(_metadata, &self->c, "mnt");
	struct stat st;

	ASSERT_EQ(0, fstat(fd, &st));
	EXPECT_EQ(0, try_bind(fd));
	close(fd);
	fd = open("/tmp/handle", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	expect_same_file(_metadata, &st, fd);
	container_stop(_metadata, &self->c);
	IN_CHILD {
		EXPECT_NE(0, access(CONTAINER_MARKER, F_OK));
		EXPECT_EQ(0, try_setns(fd, CLONE_NEWNS));
		EXPECT_EQ(0, access(CONTAINER_MARKER, F_OK));
	}
}

/* In that newer namespace its own file is refused, and so is an older one. */
TEST_F(loop, newer_is_refused_from_within)
{
	int fd = container_ns(_metadata, &self->c, "mnt");

	IN_CHILD {
		ASSERT_EQ(0, try_setns(fd, CLONE_NEWNS));
		close(open("/tmp/handle", O_CREAT | O_WRONLY | O_CLOEXEC,
			   0600));
		EXPECT_EQ(EINVAL, try_bind(fd));
		EXPECT_EQ(EINVAL, try_bind(self->own));
	}
}

/*
 * A copy of our mount namespace is newer than the one that is mounted here, so
 * the copy leaves this mount out.
 */
TEST_F(loop, not_copied_into_a_newer_one)
{
	struct statfs fs;

	ASSERT_EQ(0, try_bind(container_ns(_metadata, &self->c, "mnt")));
	ASSERT_EQ(0, statfs("/tmp/handle", &fs));
	EXPECT_EQ(NSFS_SUPER, fs.f_type);
	IN_CHILD {
		ASSERT_EQ(0, unshare(CLONE_NEWNS));
		ASSERT_EQ(0, statfs("/tmp/handle", &fs));
		EXPECT_NE(NSFS_SUPER, fs.f_type);
	}
}

/* Only mount namespaces can form a loop: others are mounted and copied. */
TEST_F(loop, other_types_are_free)
{
	struct statfs fs;
	int fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, try_bind(fd));
	IN_CHILD {
		ASSERT_EQ(0, unshare(CLONE_NEWNS));
		ASSERT_EQ(0, statfs("/tmp/handle", &fs));
		EXPECT_EQ(NSFS_SUPER, fs.f_type);
	}
}

TEST_HARNESS_MAIN
