// SPDX-License-Identifier: GPL-2.0
/*
 * A set that is made with SETNS_ROOT keeps the root and working directory of that
 * moment, and keeps their mounts busy; a set that is not keeps neither.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/jail.h"
#include "../lib/nsset.h"
#include "../lib/nsset_join.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/wait.h"

/*
 * The target is in our mount namespace. Its root and its working directory are
 * each on a mount of their own.
 */
FIXTURE(root)
{
	struct container c;
	struct state target;
	int set;
};

FIXTURE_VARIANT(root)
{
	bool reaped;	/* before the set is joined */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(root, live) { .reaped = false, };
FIXTURE_VARIANT_ADD(root, reaped) { .reaped = true, };
/* clang-format on */

/* A pipe, in which the target says that it has changed its root. */
static int changed[2];

static void root_change(int sig)
{
	(void)sig;
	if (chroot("/" CELL) || chdir("/") || write(changed[1], "c", 1) != 1)
		_exit(1);
}

static void target_setup(struct __test_metadata *_metadata)
{
	jail_enter(_metadata);
	ASSERT_NE(SIG_ERR, signal(SIGUSR1, root_change));
}

FIXTURE_SETUP(root)
{
	SKIP_WITHOUT_NSSET();
	undo_start(_metadata);
	jail_make(_metadata);
	ASSERT_EQ(0, mount("tmpfs", JAIL, "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(JAIL "/" CELL, 0755));
	ASSERT_EQ(0, mount("tmpfs", JAIL "/" CELL, "tmpfs", 0, NULL));
	ASSERT_EQ(0, pipe2(changed, O_CLOEXEC));
	self->c.setup = target_setup;
	container_start(_metadata, &self->c);
	state_read_task(_metadata, self->c.proc, ".", &self->target);
	self->set = nsset_make(_metadata, self->c.pidfd, CLONE_NEWNS,
			       SETNS_ROOT);
}

FIXTURE_TEARDOWN(root)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

/* A join by @set with @flags has moved only root and working directory. */
static void expect_root(struct __test_metadata *_metadata, int set, int flags,
			const struct state *target)
{
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, try_setns(set, flags));
		EXPECT_MOVED(&before, MOVED_ROOT | MOVED_CWD);
		expect_there(_metadata, &before, NS_ROOT, target);
	}
}

TEST_F(root, as_it_was)
{
	if (variant->reaped)
		container_stop(_metadata, &self->c);
	expect_root(_metadata, self->set, 0, &self->target);
	expect_root(_metadata, self->set, NS_ROOT, &self->target);
	expect_root(_metadata, self->set, NS_ROOT | SETNS_SKIP_JOINED,
		    &self->target);
}

/* By pidfd it is the new root, by set the old one. */
TEST_F(root, changed_since)
{
	struct state now;

	ASSERT_EQ(0, sys_pidfd_send_signal(self->c.pidfd, SIGUSR1));
	byte_wait(_metadata, changed[0], 'c', "the change of the root");
	state_read_task(_metadata, self->c.proc, ".", &now);
	EXPECT_FALSE(place_same(&self->target.root, &now.root));
	expect_root(_metadata, self->c.pidfd, NS_ROOT, &now);
	if (variant->reaped)
		container_stop(_metadata, &self->c);
	expect_root(_metadata, self->set, 0, &self->target);
	expect_root(_metadata, self->set, NS_ROOT | SETNS_SKIP_JOINED,
		    &self->target);
}

/* Without SETNS_ROOT, the set is still good. */
static void expect_detached(struct __test_metadata *_metadata, int set)
{
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(EAGAIN, try_setns(set, 0));
		EXPECT_EQ(EAGAIN, SETNS(set, NS_ROOT));
		EXPECT_EQ(EAGAIN, SETNS(set, NS_ROOT | SETNS_SKIP_JOINED));
		EXPECT_NOTHING_MOVED(&before);
		EXPECT_EQ(0, SETNS(set, CLONE_NEWNS));
		EXPECT_MOVED(&before, MOVED_CWD);
	}
}

TEST_F(root, detached)
{
	if (variant->reaped)
		container_stop(_metadata, &self->c);
	ASSERT_EQ(0, umount2(JAIL, MNT_DETACH));
	expect_detached(_metadata, self->set);
}

TEST_F(root, cwd_detached)
{
	if (variant->reaped)
		container_stop(_metadata, &self->c);
	ASSERT_EQ(0, umount2(JAIL "/" CELL, MNT_DETACH));
	expect_detached(_metadata, self->set);
}

/* What could never be joined is not made. */
TEST_F(root, detached_before)
{
	int pidfd = dup(self->c.pidfd);

	ASSERT_LE(0, pidfd);
	if (variant->reaped)
		container_stop(_metadata, &self->c);
	ASSERT_EQ(0, umount2(JAIL "/" CELL, MNT_DETACH));
	EXPECT_EQ(-1, nsset_get(pidfd, CLONE_NEWNS, SETNS_ROOT));
	EXPECT_EQ(variant->reaped ? ESRCH : EAGAIN, errno);
}

/* The target has ended: only the set keeps the mounts, also after a join. */
TEST_F(root, busy)
{
	if (!variant->reaped)
		expect_root(_metadata, self->set, 0, &self->target);
	container_stop(_metadata, &self->c);
	EXPECT_EQ(-1, umount2(JAIL "/" CELL, 0));
	EXPECT_EQ(EBUSY, errno);
	close(self->set);
	EXPECT_EQ(0, umount2(JAIL "/" CELL, 0));
	EXPECT_EQ(0, umount2(JAIL, 0));
}

TEST_F(root, not_held_not_busy)
{
	int set = nsset_make(_metadata, self->c.pidfd, 0, 0);

	container_stop(_metadata, &self->c);
	close(self->set);
	EXPECT_EQ(0, umount2(JAIL "/" CELL, 0));
	EXPECT_EQ(0, umount2(JAIL, 0));
	close(set);
}

TEST_HARNESS_MAIN
