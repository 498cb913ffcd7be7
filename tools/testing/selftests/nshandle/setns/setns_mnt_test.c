// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) into a mount namespace sets root and working directory to its root.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/mounts.h"
#include "../lib/picture.h"
#include "../lib/types.h"

FIXTURE(mnt)
{
	struct container c;
};

FIXTURE_VARIANT(mnt)
{
	bool nsfs;
	int flags;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mnt, nsfs) {
	/* clang-format on */
	.nsfs = true,
	.flags = CLONE_NEWNS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mnt, pidfd) {
	/* clang-format on */
	.flags = CLONE_NEWNS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mnt, pidfd_uts) {
	/* clang-format on */
	.flags = CLONE_NEWNS | CLONE_NEWUTS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mnt, pidfd_all_but_user) {
	/* clang-format on */
	.flags = ALL_NS & ~CLONE_NEWUSER,
};

/* Two more file systems on top of the root. */
static void cover_root(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, mount("tmpfs", CONTAINER_MARKER, "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(CONTAINER_MARKER "/lower", 0755));
	ASSERT_EQ(0, mount(CONTAINER_MARKER, "/", NULL, MS_MOVE, NULL));
	ASSERT_EQ(0, mount("tmpfs", CONTAINER_MARKER, "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(CONTAINER_MARKER "/upper", 0755));
	ASSERT_EQ(0, mount(CONTAINER_MARKER, "/", NULL, MS_MOVE, NULL));
}

static void enter_chroot(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, mkdir("/tmp/jail", 0755));
	ASSERT_EQ(0, chroot("/tmp/jail"));
	ASSERT_EQ(0, chdir("/"));
}

/* Joins the container, or without @c the caller's own mount namespace. */
static int mnt_join(struct __test_metadata *_metadata, bool nsfs, int flags,
		    const struct container *c)
{
	int fd;

	if (nsfs && c)
		fd = container_ns(_metadata, c, "mnt");
	else if (nsfs)
		/* In the one case that needs it, /proc is the root. */
		fd = open("/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	else
		fd = c ? c->pidfd : sys_pidfd_open(getpid(), 0);
	ASSERT_LE(0, fd);
	return try_setns(fd, flags);
}

FIXTURE_SETUP(mnt)
{
	SKIP_WITHOUT_CONTAINERS();
	private_mounts(_metadata);
}

FIXTURE_TEARDOWN(mnt)
{
	container_stop(_metadata, &self->c);
}

/* To join the namespace that the caller is in leads out of any chroot(2). */
TEST_F(mnt, held_already)
{
	struct state before;

	IN_CHILD {
		ASSERT_EQ(0, chdir("/"));
		state_read(_metadata, &before);
		ASSERT_EQ(0, chroot("/proc"));
		ASSERT_EQ(0, chdir("/self"));
		EXPECT_MOVED(&before, MOVED_ROOT | MOVED_CWD);
		EXPECT_EQ(0, mnt_join(_metadata, variant->nsfs,
				      variant->flags, NULL));
		EXPECT_NOTHING_MOVED(&before);
	}
}

/* The root is that of the namespace, not that of the target. */
TEST_F(mnt, target_in_chroot)
{
	struct state before, host;
	struct place want;

	state_read(_metadata, &host);
	self->c.flags = ALL_NS & ~(CLONE_NEWUSER | CLONE_NEWNS);
	self->c.setup = enter_chroot;
	container_start(_metadata, &self->c);
	place_read(_metadata, self->c.proc, "root", &want);
	EXPECT_FALSE(place_same(&want, &host.root));
	IN_CHILD {
		state_read(_metadata, &before);
		EXPECT_EQ(0, mnt_join(_metadata, variant->nsfs,
				      variant->flags, &self->c));
		state_refresh(_metadata, &before);
		EXPECT_TRUE(place_same(&host.root, &before.root));
		EXPECT_TRUE(place_same(&host.root, &before.cwd));
	}
}

TEST_F(mnt, covered_root)
{
	struct state after;

	self->c.flags = ALL_NS & ~CLONE_NEWUSER;
	self->c.setup = cover_root;
	container_start(_metadata, &self->c);
	IN_CHILD {
		ASSERT_EQ(0, chdir("/tmp"));
		state_read(_metadata, &after);
		EXPECT_EQ(0, mnt_join(_metadata, variant->nsfs,
				      variant->flags, &self->c));
		EXPECT_EQ(0, access("/upper", F_OK));
		EXPECT_EQ(0, access("upper", F_OK));
		EXPECT_EQ(-1, access("/lower", F_OK));
		state_refresh(_metadata, &after);
		EXPECT_TRUE(place_same(&after.root, &after.cwd));
	}
}

TEST_HARNESS_MAIN
