// SPDX-License-Identifier: GPL-2.0
/*
 * SETNS_ROOT asks for the rights of chroot(2) and chdir(2) to the target's root
 * and working directory.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/jail.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/twin.h"

#define OTHER_UID 2000

/* The credentials that count are those that the call is about to give. */
FIXTURE(may)
{
	struct container c;
	struct state target;
};

FIXTURE_VARIANT(may)
{
	__u64 container;
	const char *map;
	uid_t owner;		/* of the user namespace */
	const char *closed;	/* a directory with the mode 0700 */
	uid_t closed_uid;	/* and whose it is */
	bool detached;		/* the target's working directory is */
	cap_value_t drop[2];	/* what the caller lacks */
	int sharer;		/* the caller shares this with a process */
	bool thread;
	int flags;
	int err;
};

#define NO_DAC { CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH }
#define CHROOT { CAP_SYS_CHROOT }

/* clang-format off */
FIXTURE_VARIANT_ADD(may, no_chroot_joined) {
	/* clang-format on */
	.drop = CHROOT,
	.flags = NS_ROOT | SETNS_SKIP_JOINED,
	.err = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(may, no_chroot) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.drop = CHROOT,
	.flags = NS_ROOT,
	.err = EPERM,
};

/* It is asked for in the new user namespace, which is the caller's. */
/* clang-format off */
FIXTURE_VARIANT_ADD(may, no_chroot_but_there) {
	/* clang-format on */
	.container = CLONE_NEWUSER,
	.drop = CHROOT,
	.flags = NS_ROOT | CLONE_NEWUSER | SETNS_SKIP_JOINED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(may, no_chroot_nor_there) {
	/* clang-format on */
	.container = CLONE_NEWUSER,
	.owner = OTHER_UID,
	.drop = CHROOT,
	.flags = NS_ROOT | CLONE_NEWUSER | SETNS_SKIP_JOINED,
	.err = EPERM,
};

/* Who shares it would move, too. */
/* clang-format off */
FIXTURE_VARIANT_ADD(may, shared_fs_joined) {
	/* clang-format on */
	.sharer = CLONE_FS,
	.flags = NS_ROOT | SETNS_SKIP_JOINED,
	.err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(may, threaded_joined) {
	/* clang-format on */
	.thread = true,
	.flags = NS_ROOT | SETNS_SKIP_JOINED,
	.err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(may, shared_fs) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.sharer = CLONE_FS,
	.flags = NS_ROOT,
	.err = EINVAL,
};

/* The right comes first, who is moved with the caller second. */
/* clang-format off */
FIXTURE_VARIANT_ADD(may, shared_fs_no_chroot) {
	/* clang-format on */
	.drop = CHROOT,
	.sharer = CLONE_FS,
	.flags = NS_ROOT | SETNS_SKIP_JOINED,
	.err = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(may, shared_vm) {
	/* clang-format on */
	.sharer = CLONE_VM,
	.flags = NS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(may, no_dac) {
	/* clang-format on */
	.drop = NO_DAC,
	.flags = NS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(may, root_closed) {
	/* clang-format on */
	.closed = JAIL,
	.closed_uid = OTHER_UID,
	.flags = NS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(may, root_closed_no_dac) {
	/* clang-format on */
	.closed = JAIL,
	.closed_uid = OTHER_UID,
	.drop = NO_DAC,
	.flags = NS_ROOT,
	.err = EACCES,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(may, root_closed_no_dac_own_mnt) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.closed = JAIL,
	.closed_uid = OTHER_UID,
	.drop = NO_DAC,
	.flags = NS_ROOT,
	.err = EACCES,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(may, root_closed_no_dac_joined) {
	/* clang-format on */
	.closed = JAIL,
	.closed_uid = OTHER_UID,
	.drop = NO_DAC,
	.flags = NS_ROOT | SETNS_SKIP_JOINED,
	.err = EACCES,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(may, cwd_closed_no_dac) {
	/* clang-format on */
	.closed = JAIL "/" CELL,
	.closed_uid = OTHER_UID,
	.drop = NO_DAC,
	.flags = NS_ROOT,
	.err = EACCES,
};

/* What is above is not asked: neither would fchdir(2). */
/* clang-format off */
FIXTURE_VARIANT_ADD(may, above_closed_no_dac) {
	/* clang-format on */
	.closed = "/tmp",
	.closed_uid = OTHER_UID,
	.drop = NO_DAC,
	.flags = NS_ROOT,
};

/* The old rights do not help with what the new ones don't reach. */
/* clang-format off */
FIXTURE_VARIANT_ADD(may, root_closed_beyond_new_userns) {
	/* clang-format on */
	.container = CLONE_NEWUSER,
	.map = "0 0 1",
	.closed = JAIL,
	.closed_uid = OTHER_UID,
	.flags = NS_ROOT | CLONE_NEWUSER,
	.err = EACCES,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(may, cwd_closed_beyond_new_userns) {
	/* clang-format on */
	.container = CLONE_NEWUSER,
	.map = "0 0 1",
	.closed = JAIL "/" CELL,
	.closed_uid = OTHER_UID,
	.flags = NS_ROOT | CLONE_NEWUSER,
	.err = EACCES,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(may, root_closed_but_old_userns) {
	/* clang-format on */
	.container = CLONE_NEWUSER,
	.map = "0 0 1",
	.closed = JAIL,
	.closed_uid = OTHER_UID,
	.flags = NS_ROOT,
};

/* And the new ones do where the old ones would not. */
/* clang-format off */
FIXTURE_VARIANT_ADD(may, root_closed_no_dac_new_userns) {
	/* clang-format on */
	.container = CLONE_NEWUSER,
	.closed = JAIL,
	.closed_uid = OTHER_UID,
	.drop = NO_DAC,
	.flags = NS_ROOT | CLONE_NEWUSER,
};

/* Where the target is comes before what the caller may. */
/* clang-format off */
FIXTURE_VARIANT_ADD(may, root_closed_no_dac_cwd_detached) {
	/* clang-format on */
	.closed = JAIL,
	.closed_uid = OTHER_UID,
	.detached = true,
	.drop = NO_DAC,
	.flags = NS_ROOT,
	.err = EAGAIN,
};

static void jail_enter_detached(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, mount("tmpfs", JAIL "/" CELL, "tmpfs", 0, NULL));
	jail_enter(_metadata);
	ASSERT_EQ(0, umount2("/" CELL, MNT_DETACH));
}

FIXTURE_SETUP(may)
{
	SKIP_WITHOUT_FLAGS();
	undo_start(_metadata);
	jail_make(_metadata);
	self->c.flags = variant->container;
	self->c.map = variant->map;
	self->c.owner = variant->owner;
	self->c.setup = variant->detached ? jail_enter_detached : jail_enter;
	container_start(_metadata, &self->c);
	state_read_task(_metadata, self->c.proc, ".", &self->target);
	if (!variant->closed)
		return;
	ASSERT_EQ(0, chmod(variant->closed, 0700));
	ASSERT_EQ(0, chown(variant->closed, variant->closed_uid, 0));
}

FIXTURE_TEARDOWN(may)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

static void may_become(struct __test_metadata *_metadata,
		       const FIXTURE_VARIANT(may) * row, struct state *before)
{
	for (size_t i = 0; i < ARRAY_LEN(row->drop); i++)
		if (row->drop[i])
			cap_drop(_metadata, row->drop[i]);
	state_arm(_metadata, before);
	if (row->thread)
		start_thread(_metadata);
	if (row->sharer)
		start_sharer(_metadata, row->sharer);
}

TEST_F(may, verdict)
{
	struct state before;

	IN_CHILD {
		may_become(_metadata, variant, &before);
		EXPECT_EQ(variant->err, SETNS(self->c.pidfd, variant->flags));
		if (variant->err) {
			EXPECT_NOTHING_MOVED(&before);
			continue;
		}
		EXPECT_MOVED(&before, MOVED_ROOT | MOVED_CWD |
			     moved_by(variant->flags & variant->container));
		expect_there(_metadata, &before, variant->flags,
			     &self->target);
	}
}

/*
 * Without the flag, all of it would be fine, but for what a join of the mount
 * namespace asks for by itself.
 */
TEST_F(may, verdict_without)
{
	bool mnt = !(variant->flags & SETNS_SKIP_JOINED);
	bool by_root = variant->err == EACCES || variant->err == EAGAIN;
	int err = mnt && !by_root ? variant->err : 0;
	struct state before;

	IN_CHILD {
		may_become(_metadata, variant, &before);
		EXPECT_EQ(err, SETNS(self->c.pidfd,
				     variant->flags & ~SETNS_ROOT));
		if (err)
			EXPECT_NOTHING_MOVED(&before);
	}
}

TEST_HARNESS_MAIN
