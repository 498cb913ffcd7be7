// SPDX-License-Identifier: GPL-2.0
/*
 * SETNS_ROOT gives the caller the target's root and working directory.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/jail.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/twin.h"

/* Of the test's mount namespace, seen by no path from inside of another. */
static int host_dir = -1;

/* ----- What a target may have for root and working directory. */

/* As any process: no jail. */
static void at_root(struct __test_metadata *_metadata)
{
	jail_uncover(_metadata);
	ASSERT_EQ(0, chdir("/"));
}

/* The working directory is not below the root. */
static void cwd_outside(struct __test_metadata *_metadata)
{
	jail_uncover(_metadata);
	ASSERT_EQ(0, chdir("/tmp"));
	ASSERT_EQ(0, chroot(JAIL));
}

/* Root and working directory, or one of them, in the test's namespace. */
static void all_elsewhere(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, fchdir(host_dir));
	ASSERT_EQ(0, chroot("."));
}

static void cwd_elsewhere(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, fchdir(host_dir));
}

static void root_elsewhere(struct __test_metadata *_metadata)
{
	int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	all_elsewhere(_metadata);
	ASSERT_EQ(0, fchdir(fd));
	close(fd);
}

/* On a mount that is in no namespace any more. */
static void cwd_detached(struct __test_metadata *_metadata)
{
	jail_uncover(_metadata);
	ASSERT_EQ(0, mount("tmpfs", JAIL "/" CELL, "tmpfs", 0, NULL));
	ASSERT_EQ(0, chdir(JAIL "/" CELL));
	ASSERT_EQ(0, umount2(JAIL "/" CELL, MNT_DETACH));
}

static void all_detached(struct __test_metadata *_metadata)
{
	cwd_detached(_metadata);
	ASSERT_EQ(0, chroot("."));
}

static void root_detached(struct __test_metadata *_metadata)
{
	int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	all_detached(_metadata);
	ASSERT_EQ(0, fchdir(fd));
	close(fd);
}

/*
 * Targets of every kind, in the caller's mount namespace and in one of their
 * own, with and without a user namespace.
 */
FIXTURE(root)
{
	struct container c;
	struct state target;
};

FIXTURE_VARIANT(root)
{
	__u64 container;
	void (*setup)(struct __test_metadata *_metadata);
	int err;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(root, same_mnt_plain) {
	.setup = at_root,
};

FIXTURE_VARIANT_ADD(root, same_mnt_jail) {
	.setup = jail_enter,
};

FIXTURE_VARIANT_ADD(root, same_mnt_cwd_outside) {
	.setup = cwd_outside,
};

FIXTURE_VARIANT_ADD(root, same_mnt_jail_userns) {
	.container = CLONE_NEWUSER,
	.setup = jail_enter,
};

FIXTURE_VARIANT_ADD(root, same_mnt_all_detached) {
	.setup = all_detached,
	.err = EAGAIN,
};

FIXTURE_VARIANT_ADD(root, same_mnt_cwd_detached) {
	.setup = cwd_detached,
	.err = EAGAIN,
};

FIXTURE_VARIANT_ADD(root, same_mnt_root_detached) {
	.setup = root_detached,
	.err = EAGAIN,
};

FIXTURE_VARIANT_ADD(root, own_mnt_plain) {
	.container = CLONE_NEWNS,
	.setup = at_root,
};

FIXTURE_VARIANT_ADD(root, own_mnt_jail) {
	.container = CLONE_NEWNS,
	.setup = jail_enter,
};

FIXTURE_VARIANT_ADD(root, own_mnt_cwd_outside) {
	.container = CLONE_NEWNS,
	.setup = cwd_outside,
};

FIXTURE_VARIANT_ADD(root, own_mnt_jail_userns) {
	.container = CLONE_NEWNS | CLONE_NEWUSER,
	.setup = jail_enter,
};

FIXTURE_VARIANT_ADD(root, own_mnt_all_elsewhere) {
	.container = CLONE_NEWNS,
	.setup = all_elsewhere,
	.err = EAGAIN,
};

FIXTURE_VARIANT_ADD(root, own_mnt_cwd_elsewhere) {
	.container = CLONE_NEWNS,
	.setup = cwd_elsewhere,
	.err = EAGAIN,
};

FIXTURE_VARIANT_ADD(root, own_mnt_root_elsewhere) {
	.container = CLONE_NEWNS,
	.setup = root_elsewhere,
	.err = EAGAIN,
};

FIXTURE_VARIANT_ADD(root, own_mnt_all_detached) {
	.container = CLONE_NEWNS,
	.setup = all_detached,
	.err = EAGAIN,
};

FIXTURE_VARIANT_ADD(root, own_mnt_cwd_detached) {
	.container = CLONE_NEWNS,
	.setup = cwd_detached,
	.err = EAGAIN,
};

FIXTURE_VARIANT_ADD(root, own_mnt_root_detached) {
	.container = CLONE_NEWNS,
	.setup = root_detached,
	.err = EAGAIN,
};

FIXTURE_VARIANT_ADD(root, full_jail) {
	.container = ALL_NS,
	.setup = jail_enter,
};

FIXTURE_VARIANT_ADD(root, full_cwd_elsewhere) {
	.container = ALL_NS,
	.setup = cwd_elsewhere,
	.err = EAGAIN,
};

/* clang-format on */

FIXTURE_SETUP(root)
{
	SKIP_WITHOUT_FLAGS();
	undo_start(_metadata);
	jail_make(_metadata);
	host_dir = open(JAIL, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, host_dir);
	self->c.flags = variant->container;
	self->c.setup = variant->setup;
	container_start(_metadata, &self->c);
	state_read_task(_metadata, self->c.proc, ".", &self->target);
}

FIXTURE_TEARDOWN(root)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

/* Without a type that the container has not, which only would be refused. */
static int own_mask(__u64 container)
{
	return container | CLONE_NEWNS;
}

/* What a join of @mask moves if the target's own are @container. */
static unsigned int own_moved(int mask, __u64 container)
{
	return moved_by(mask & container) | MOVED_ROOT | MOVED_CWD;
}

/*
 * Joins with @flags, and looks where that has led. The plain target's root is
 * ours, if its mounts are.
 */
static void root_check(struct __test_metadata *_metadata,
		       const FIXTURE_DATA(root) * self, __u64 container,
		       int flags, int err)
{
	struct state before;
	unsigned int moved;

	state_arm(_metadata, &before);
	EXPECT_EQ(err, SETNS(self->c.pidfd, flags));
	if (err) {
		EXPECT_NOTHING_MOVED(&before);
		return;
	}
	moved = own_moved(flags & ALL_NS, container);
	if (place_same(&before.root, &self->target.root))
		moved &= ~MOVED_ROOT;
	EXPECT_MOVED(&before, moved);
	expect_there(_metadata, &before, flags, &self->target);
}

TEST_F(root, mnt)
{
	IN_CHILD {
		root_check(_metadata, self, variant->container, NS_ROOT,
			   variant->err);
	}
}

TEST_F(root, own)
{
	IN_CHILD {
		root_check(_metadata, self, variant->container,
			   own_mask(variant->container) | SETNS_ROOT,
			   variant->err);
	}
}

/* Also where the mount namespace itself is left alone. */
TEST_F(root, skip_joined)
{
	IN_CHILD {
		root_check(_metadata, self, variant->container,
			   NS_ROOT | SETNS_SKIP_JOINED, variant->err);
	}
	IN_CHILD {
		root_check(_metadata, self, variant->container,
			   ALL_NS | SETNS_ROOT | SETNS_SKIP_JOINED,
			   variant->err);
	}
}

/* And once more, from where it has led or failed to lead. */
TEST_F(root, again)
{
	int flags = NS_ROOT | SETNS_SKIP_JOINED;
	struct state before;

	IN_CHILD {
		state_read(_metadata, &before);
		ASSERT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWNS));
		state_refresh(_metadata, &before);
		EXPECT_EQ(variant->err,
			  setns_dry_first(_metadata, self->c.pidfd, flags,
					  &before));
		if (variant->err) {
			EXPECT_NOTHING_MOVED(&before);
			continue;
		}
		expect_there(_metadata, &before, flags, &self->target);
		state_refresh(_metadata, &before);
		EXPECT_EQ(0, setns_dry_first(_metadata, self->c.pidfd, flags,
					     &before));
		EXPECT_NOTHING_MOVED(&before);
	}
}

/* Without the flag the root of the mounts: nobody cares for the target's. */
TEST_F(root, not_asked_for)
{
	struct place root, cwd;
	struct state now;

	IN_CHILD {
		EXPECT_EQ(0, SETNS(self->c.pidfd, CLONE_NEWNS));
		state_read(_metadata, &now);
		expect_there(_metadata, &now, CLONE_NEWNS, &self->target);
		place_read(_metadata, AT_FDCWD, "/", &root);
		place_read(_metadata, AT_FDCWD, ".", &cwd);
		EXPECT_TRUE(place_same(&root, &cwd));
		EXPECT_TRUE(place_same(&root, &now.root));
		/* Nothing above, and the jail is below. */
		place_read(_metadata, AT_FDCWD, "/..", &cwd);
		EXPECT_TRUE(place_same(&root, &cwd));
		EXPECT_EQ(0, access("/tmp", F_OK));
	}
}

/* A caller in a jail gets out of it, if it may. */
TEST_F(root, from_a_jail)
{
	int flags = NS_ROOT | SETNS_SKIP_JOINED;
	struct state before;

	IN_CHILD {
		state_read(_metadata, &before);
		ASSERT_EQ(0, chroot("/proc"));
		ASSERT_EQ(0, chdir("/sys"));
		state_refresh(_metadata, &before);
		EXPECT_EQ(variant->err,
			  setns_dry_first(_metadata, self->c.pidfd, flags,
					  &before));
		if (variant->err)
			EXPECT_NOTHING_MOVED(&before);
		else
			expect_there(_metadata, &before, flags, &self->target);
	}
}

TEST_HARNESS_MAIN
