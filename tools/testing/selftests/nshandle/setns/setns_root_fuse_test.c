// SPDX-License-Identifier: GPL-2.0
/*
 * SETNS_ROOT says EAGAIN if the target's root moves while the caller waits for a
 * FUSE server.
 *
 * The root or the working directory of the target is in a FUSE file system. The
 * permission checks of SETNS_ROOT ask the server of that file system, and sleep
 * until it answers. The test is the server.
 *
 * Guards: setns(2) checks the root again after the permission checks. While the
 * caller sleeps, the target can detach the mount, pivot or change its root. A
 * kernel without the second check returns 0, with a root that is in no mount
 * namespace or that pivot_root(2) has not moved.
 */
#include "../lib/test.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/fuse.h"
#include "../lib/fuse_target.h"
#include "../lib/wait.h"

/* What the target does while the caller sleeps. */

static void unmount_cwd(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, umount2(FUSE_DIR, MNT_DETACH));
}

/* The working directory is above the root. */
static void unmount_root(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, umount2("." FUSE_DIR, MNT_DETACH));
}

static void pivot(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, syscall(__NR_pivot_root, NEW_DIR, OLD_DIR)) {
		TH_LOG("pivot_root: %s", strerror(errno));
	}
}

static void change_root(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, chroot(NEW_DIR));
}

static void change_cwd(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, chdir(NEW_DIR));
}

/* Its root and its working directory move to the new namespace. */
static void unshare_mnt(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
}

static void leave(struct __test_metadata *_metadata)
{
	(void)_metadata;
	_exit(0);
}

FIXTURE(held)
{
	struct fuse_scene s;
};

FIXTURE_VARIANT(held)
{
	__u64 container;
	enum place_of_fuse where;
	target_move_fn *move;
	bool reap;
	int flags;
	int err;
	int again;	/* the errno of the next call */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, cwd_stays) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_CWD,
	.flags = NS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, root_stays) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_ROOT,
	.flags = NS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, cwd_unmounted) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_CWD,
	.move = unmount_cwd,
	.flags = NS_ROOT,
	.err = EAGAIN,
	.again = EAGAIN,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, root_unmounted) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_ROOT,
	.move = unmount_root,
	.flags = NS_ROOT,
	.err = EAGAIN,
	.again = EAGAIN,
};

/* The old root stays in the mount namespace, but is no longer the root. */
/* clang-format off */
FIXTURE_VARIANT_ADD(held, pivots) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_CWD,
	.move = pivot,
	.flags = NS_ROOT,
	.err = EAGAIN,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, changes_root) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_CWD,
	.move = change_root,
	.flags = NS_ROOT,
	.err = EAGAIN,
};

/* The working directory is that of the start of the call. */
/* clang-format off */
FIXTURE_VARIANT_ADD(held, changes_cwd) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_CWD,
	.move = change_cwd,
	.flags = NS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, unshares) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_CWD,
	.move = unshare_mnt,
	.flags = NS_ROOT,
	.err = EAGAIN,
};

/* The target may have moved its root before it exited. */
/* clang-format off */
FIXTURE_VARIANT_ADD(held, exits) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_CWD,
	.move = leave,
	.flags = NS_ROOT,
	.err = EAGAIN,
	.again = ESRCH,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, exits_and_is_reaped) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_ROOT,
	.move = leave,
	.reap = true,
	.flags = NS_ROOT,
	.err = EAGAIN,
	.again = ESRCH,
};

/* The target is in the mount namespace of the caller. */
/* clang-format off */
FIXTURE_VARIANT_ADD(held, joined_stays) {
	/* clang-format on */
	.where = FUSE_CWD,
	.flags = NS_ROOT | SETNS_SKIP_JOINED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, joined_cwd_unmounted) {
	/* clang-format on */
	.where = FUSE_CWD,
	.move = unmount_cwd,
	.flags = NS_ROOT | SETNS_SKIP_JOINED,
	.err = EAGAIN,
	.again = EAGAIN,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, joined_changes_root) {
	/* clang-format on */
	.where = FUSE_CWD,
	.move = change_root,
	.flags = NS_ROOT | SETNS_SKIP_JOINED,
	.err = EAGAIN,
};

/* The caller joins the user namespace that owns the FUSE mount, too. */
/* clang-format off */
FIXTURE_VARIANT_ADD(held, userns_stays) {
	/* clang-format on */
	.container = CLONE_NEWUSER | CLONE_NEWNS,
	.where = FUSE_CWD,
	.flags = NS_ROOT | CLONE_NEWUSER,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, userns_cwd_unmounted) {
	/* clang-format on */
	.container = CLONE_NEWUSER | CLONE_NEWNS,
	.where = FUSE_CWD,
	.move = unmount_cwd,
	.flags = NS_ROOT | CLONE_NEWUSER,
	.err = EAGAIN,
	.again = EAGAIN,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, userns_pivots) {
	/* clang-format on */
	.container = CLONE_NEWUSER | CLONE_NEWNS,
	.where = FUSE_CWD,
	.move = pivot,
	.flags = NS_ROOT | CLONE_NEWUSER,
	.err = EAGAIN,
};

FIXTURE_SETUP(held)
{
	fuse_scene_start(_metadata, &self->s, variant->container, variant->where,
			 variant->move);
}

FIXTURE_TEARDOWN(held)
{
	fuse_scene_end(_metadata, &self->s);
}

/* Returns when the target has moved. */
static void held_move(struct __test_metadata *_metadata, struct fuse_scene *s,
		      const FIXTURE_VARIANT(held) * row)
{
	byte_send(_metadata, s->ctl, 'm');
	if (row->move != leave) {
		fuse_target_await(_metadata, s, 'm');
		return;
	}
	ASSERT_TRUE(has_exited(s->pidfd, POLL_MS)) {
		TH_LOG("the target does not exit");
	}
	if (row->reap) {
		child_wait(_metadata, s->target);
		s->target = 0;
	}
}

/* The target moves while the caller sleeps. */
static void held_call(struct __test_metadata *_metadata, struct fuse_scene *s,
		      const FIXTURE_VARIANT(held) * row, int flags)
{
	pid_t pid = fuse_caller_start(_metadata, s, flags, row->err);

	fuse_hold(_metadata, &s->daemon, FUSE_ACCESS);
	held_move(_metadata, s, row);
	fuse_let_go(_metadata, &s->daemon);
	fuse_caller_end(_metadata, s, pid);
}

TEST_F(held, verdict)
{
	held_call(_metadata, &self->s, variant, variant->flags);
}

TEST_F(held, dry_run)
{
	held_call(_metadata, &self->s, variant, variant->flags | SETNS_DRY_RUN);
}

/* The next call, for which the target stays where it is. */
TEST_F(held, again)
{
	held_call(_metadata, &self->s, variant, variant->flags);
	fuse_caller_run(_metadata, &self->s, variant->flags, variant->again);
}

TEST_HARNESS_MAIN
