// SPDX-License-Identifier: GPL-2.0
/*
 * A set gives its holder reach, but no authority: each type asks the joiner for
 * the capabilities that it asks for by pidfd.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/nsset.h"
#include "../lib/nsset_join.h"
#include "../lib/picture.h"
#include "../lib/types.h"

#define OTHER_UID 2000

/* Whose set it is. Root of the test's user namespace has made it. */
enum target {
	PLAIN,		/* container in our user namespace */
	FULL,		/* container with a user namespace of ours */
	FOREIGN,	/* container with a user namespace of OTHER_UID */
	NET_OF_HOST,	/* plain, but in our network namespace */
};

enum joiner {
	ROOT,
	NO_ADMIN,	/* root without CAP_SYS_ADMIN */
	NO_CHROOT,	/* root without CAP_SYS_CHROOT */
	NO_PTRACE,	/* root without CAP_SYS_PTRACE */
	ONLY_PTRACE,	/* root with CAP_SYS_PTRACE and nothing else */
	NO_CAPS,	/* root without capabilities */
	UID_1000,
	OWNER,		/* OTHER_UID, no capabilities */
	CHILD_ROOT,	/* root of a user namespace below ours */
	INSIDE,		/* root of the target's user namespace */
};

FIXTURE(may)
{
	struct container c;
	struct state target;
	int set;
};

/* A row has the errno of each type, in the order of ns_types. */
FIXTURE_VARIANT(may)
{
	enum joiner joiner;
	enum target target;
	bool below;		/* all of it is in a user namespace of its own */
	int err[2][NR_TYPES];	/* by pidfd, by set */
};

#define ALL_EIGHT(_e) { [0 ... 7] = (_e) }
#define USER_REST(_u, _e) { [0] = (_u), [1 ... 7] = (_e) }
#define USER_MNT_REST(_u, _m, _e) { [0] = (_u), [1] = (_m), [2 ... 7] = (_e) }
#define BOTH(_e) .err = { [0 ... 1] = _e }

/* clang-format off */
/* The joiner may trace the target: by set it is as by pidfd. */
FIXTURE_VARIANT_ADD(may, root_plain) {
	.joiner = ROOT, .target = PLAIN, BOTH(USER_REST(EINVAL, 0)),
};

FIXTURE_VARIANT_ADD(may, root_full) {
	.joiner = ROOT, .target = FULL, BOTH(ALL_EIGHT(0)),
};

FIXTURE_VARIANT_ADD(may, root_foreign) {
	.joiner = ROOT, .target = FOREIGN, BOTH(ALL_EIGHT(0)),
};

FIXTURE_VARIANT_ADD(may, no_admin_plain) {
	.joiner = NO_ADMIN, .target = PLAIN, BOTH(USER_REST(EINVAL, EPERM)),
};

/* The owner of a user namespace needs no capability to join it. */
FIXTURE_VARIANT_ADD(may, no_admin_full) {
	.joiner = NO_ADMIN, .target = FULL, BOTH(USER_REST(0, EPERM)),
};

FIXTURE_VARIANT_ADD(may, no_admin_foreign) {
	.joiner = NO_ADMIN, .target = FOREIGN, BOTH(ALL_EIGHT(EPERM)),
};

FIXTURE_VARIANT_ADD(may, no_chroot_plain) {
	.joiner = NO_CHROOT, .target = PLAIN,
	BOTH(USER_MNT_REST(EINVAL, EPERM, 0)),
};

FIXTURE_VARIANT_ADD(may, no_chroot_full) {
	.joiner = NO_CHROOT, .target = FULL, BOTH(USER_MNT_REST(0, EPERM, 0)),
};

FIXTURE_VARIANT_ADD(may, only_ptrace_plain) {
	.joiner = ONLY_PTRACE, .target = PLAIN, BOTH(USER_REST(EINVAL, EPERM)),
};

FIXTURE_VARIANT_ADD(may, only_ptrace_foreign) {
	.joiner = ONLY_PTRACE, .target = FOREIGN, BOTH(ALL_EIGHT(EPERM)),
};

FIXTURE_VARIANT_ADD(may, owner_foreign) {
	.joiner = OWNER, .target = FOREIGN, BOTH(USER_REST(0, EPERM)),
};

FIXTURE_VARIANT_ADD(may, inside_full) {
	.joiner = INSIDE, .target = FULL, BOTH(USER_REST(EINVAL, 0)),
};

FIXTURE_VARIANT_ADD(may, inside_foreign) {
	.joiner = INSIDE, .target = FOREIGN, BOTH(USER_REST(EINVAL, 0)),
};

/* By pidfd refused, since the joiner may not trace; by set too, by each type. */
FIXTURE_VARIANT_ADD(may, no_caps_plain) {
	.joiner = NO_CAPS, .target = PLAIN,
	.err = { ALL_EIGHT(EPERM), USER_REST(EINVAL, EPERM) },
};

FIXTURE_VARIANT_ADD(may, uid_1000_plain) {
	.joiner = UID_1000, .target = PLAIN,
	.err = { ALL_EIGHT(EPERM), USER_REST(EINVAL, EPERM) },
};

FIXTURE_VARIANT_ADD(may, uid_1000_full) {
	.joiner = UID_1000, .target = FULL, BOTH(ALL_EIGHT(EPERM)),
};

FIXTURE_VARIANT_ADD(may, uid_1000_foreign) {
	.joiner = UID_1000, .target = FOREIGN, BOTH(ALL_EIGHT(EPERM)),
};

FIXTURE_VARIANT_ADD(may, child_root_plain) {
	.joiner = CHILD_ROOT, .target = PLAIN, BOTH(ALL_EIGHT(EPERM)),
};

FIXTURE_VARIANT_ADD(may, child_root_full) {
	.joiner = CHILD_ROOT, .target = FULL, BOTH(ALL_EIGHT(EPERM)),
};

FIXTURE_VARIANT_ADD(may, child_root_foreign) {
	.joiner = CHILD_ROOT, .target = FOREIGN, BOTH(ALL_EIGHT(EPERM)),
};

/* By pidfd refused, since the joiner may not trace; by set the types decide. */
FIXTURE_VARIANT_ADD(may, no_ptrace_plain) {
	.joiner = NO_PTRACE, .target = PLAIN,
	.err = { ALL_EIGHT(EPERM), USER_REST(EINVAL, 0) },
};

FIXTURE_VARIANT_ADD(may, no_ptrace_foreign) {
	.joiner = NO_PTRACE, .target = FOREIGN,
	.err = { ALL_EIGHT(EPERM), ALL_EIGHT(0) },
};

/* The same in a user namespace: it has no authority over the host's. */
FIXTURE_VARIANT_ADD(may, below_no_ptrace_plain) {
	.joiner = NO_PTRACE, .target = PLAIN, .below = true,
	.err = { ALL_EIGHT(EPERM), USER_REST(EINVAL, 0) },
};

FIXTURE_VARIANT_ADD(may, below_no_ptrace_net_of_host) {
	.joiner = NO_PTRACE, .target = NET_OF_HOST, .below = true,
	.err = { ALL_EIGHT(EPERM), { [0] = EINVAL, [6] = EPERM } },
};

FIXTURE_VARIANT_ADD(may, below_no_caps_plain) {
	.joiner = NO_CAPS, .target = PLAIN, .below = true,
	.err = { ALL_EIGHT(EPERM), USER_REST(EINVAL, EPERM) },
};

/* clang-format on */

static void target_start(struct __test_metadata *_metadata,
			 struct container *c, enum target target)
{
	c->flags = ALL_NS;
	if (target == PLAIN || target == NET_OF_HOST)
		c->flags &= ~CLONE_NEWUSER;
	if (target == NET_OF_HOST)
		c->flags &= ~CLONE_NEWNET;
	if (target == FOREIGN)
		c->owner = OTHER_UID;
	container_start(_metadata, c);
}

FIXTURE_SETUP(may)
{
	SKIP_WITHOUT_NSSET();
	undo_start(_metadata);
	if (variant->below)
		enter_userns(_metadata);
	target_start(_metadata, &self->c, variant->target);
	state_read_task(_metadata, self->c.proc, ".", &self->target);
	self->set = nsset_make(_metadata, self->c.pidfd, 0, 0);
}

FIXTURE_TEARDOWN(may)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

static void joiner_become(struct __test_metadata *_metadata,
			  enum joiner joiner, int set)
{
	switch (joiner) {
	case ROOT:
		break;
	case NO_ADMIN:
		cap_drop(_metadata, CAP_SYS_ADMIN);
		break;
	case NO_CHROOT:
		cap_drop(_metadata, CAP_SYS_CHROOT);
		break;
	case NO_PTRACE:
		cap_drop(_metadata, CAP_SYS_PTRACE);
		break;
	case ONLY_PTRACE:
		cap_keep_only(_metadata, CAP_SYS_PTRACE);
		break;
	case NO_CAPS:
		cap_keep_only(_metadata, -1);
		break;
	case UID_1000:
		become(_metadata, 1000);
		break;
	case OWNER:
		become(_metadata, OTHER_UID);
		break;
	case CHILD_ROOT:
		enter_userns(_metadata);
		break;
	case INSIDE:
		ASSERT_EQ(0, try_setns(set, CLONE_NEWUSER));
		ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
		break;
	}
}

/* What moves in a row of the table when type @i is joined. */
static unsigned int row_moved(const FIXTURE_VARIANT(may) * row, int i)
{
	unsigned int moved = ns_types[i].moved;

	if (row->target == NET_OF_HOST && ns_types[i].flag == CLONE_NEWNET)
		return 0;
	if (ns_types[i].flag != CLONE_NEWUSER)
		return moved;
	/* Without capabilities, state_arm() cannot set a securebit. */
	if (row->joiner == OWNER)
		moved &= ~MOVED_SECUREBITS;
	/* More capabilities than before: the kernel resets both. */
	if (row->target == FOREIGN && row->joiner != OWNER)
		moved |= MOVED_DUMPABLE | MOVED_PDEATH;
	return moved;
}

/* Each type by @fd, in a joiner of its own. */
static void expect_row(struct __test_metadata *_metadata,
		       const FIXTURE_VARIANT(may) * row,
		       FIXTURE_DATA(may) * self, int fd, const int *err)
{
	struct state before;

	for (int i = 0; i < NR_TYPES; i++) {
		int type = ns_types[i].flag;

		IN_CHILD {
			joiner_become(_metadata, row->joiner, self->set);
			state_arm(_metadata, &before);
			EXPECT_EQ(err[i], SETNS(fd, type)) {
				TH_LOG("type %s", ns_types[i].name);
			}
			EXPECT_MOVED(&before, err[i] ? 0 : row_moved(row, i));
			if (!err[i])
				expect_there(_metadata, &before, type,
					     &self->target);
		}
	}
}

TEST_F(may, by_pidfd)
{
	expect_row(_metadata, variant, self, self->c.pidfd, variant->err[0]);
}

TEST_F(may, by_set)
{
	expect_row(_metadata, variant, self, self->set, variant->err[1]);
}

/* Whoever may join a set may do so when its process is gone, and nobody else. */
TEST_F(may, by_set_of_the_dead)
{
	container_stop(_metadata, &self->c);
	expect_row(_metadata, variant, self, self->set, variant->err[1]);
}

/* The types of @bits in one call. With user, the joiner gets the rights for the rest. */
static int mask_err(const int *err, unsigned int bits)
{
	if (bits & 1)
		return err[0];
	for (int i = 1; i < NR_TYPES; i++)
		if (bits & BIT(i) && err[i])
			return err[i];
	return 0;
}

/* All in one call; without user, if the joiner may not join that. */
TEST_F(may, all)
{
	unsigned int bits = variant->err[1][0] ? 254 : 255;
	int types = mask_flags(bits);
	struct state *there = states_share(_metadata, 1);
	struct state before;
	int by_pidfd = mask_err(variant->err[0], bits);
	int by_set = mask_err(variant->err[1], bits);

	IN_CHILD {
		joiner_become(_metadata, variant->joiner, self->set);
		state_arm(_metadata, &before);
		EXPECT_EQ(by_pidfd, SETNS(self->c.pidfd, types));
		state_refresh(_metadata, &before);
		*there = before;
	}
	IN_CHILD {
		joiner_become(_metadata, variant->joiner, self->set);
		state_arm(_metadata, &before);
		EXPECT_EQ(by_set, SETNS(self->set, types));
		if (by_set)
			EXPECT_NOTHING_MOVED(&before);
		else if (by_pidfd)
			expect_there(_metadata, &before, types, &self->target);
		else
			EXPECT_SAME_STATE(&before, there);
	}
}

/* All masks: those that the joiner may join as a dry run only. */
TEST_F(may, nothing_moves)
{
	const int *err = variant->err[1];
	struct state before;

	IN_CHILD {
		joiner_become(_metadata, variant->joiner, self->set);
		state_arm(_metadata, &before);
		for (unsigned int bits = 1; bits < 256; bits += NEXT_ROW) {
			int flags = mask_flags(bits), want = mask_err(err, bits);

			EXPECT_EQ(want, try_setns(self->set,
						  flags | SETNS_DRY_RUN)) {
				TH_LOG("flags %#x", flags);
			}
			if (want)
				EXPECT_EQ(want, try_setns(self->set, flags));
		}
		if (err[0])
			EXPECT_EQ(err[0], try_setns(self->set, 0));
		EXPECT_NOTHING_MOVED(&before);
	}
}

TEST_HARNESS_MAIN
