// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) that fails has the right errno, of several the first, and moves nothing.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/twin.h"

#define OTHER_UID 2000

/* All types but these. */
#define BUT(_type) (ALL_NS & ~(_type))

/*
 * One type that fails beside all others that would not. Rows name the type,
 * the errno, and what makes it fail. Where the target holds namespaces that
 * the caller has no rights over, the caller is root of a user namespace of his
 * own, the container is one that he has made, and a single one of its
 * namespaces is still the host's.
 */
FIXTURE(one_fails)
{
	struct container c;
};

FIXTURE_VARIANT(one_fails)
{
	int type;
	int err;
	int mask;		/* of the types that are asked for */
	__u64 container;	/* its namespaces */
	uid_t owner;		/* of its user namespace */
	bool below;		/* the caller is root of a user namespace */
	__u64 caller;	/* flags of clone3(2) */
	cap_value_t drop;	/* what the caller lacks */
	bool thread;		/* the caller has a second one */
	int sharer;		/* the caller shares this with a process */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(one_fails, user_held) {
	/* clang-format on */
	.type = CLONE_NEWUSER,
	.err = EINVAL,
	.mask = ALL_NS,
	.container = BUT(CLONE_NEWUSER),
};

/* A shared fs_struct stands in the way of mnt as well, threads of time. */
/* clang-format off */
FIXTURE_VARIANT_ADD(one_fails, user_shared_fs) {
	/* clang-format on */
	.type = CLONE_NEWUSER,
	.err = EINVAL,
	.mask = BUT(CLONE_NEWNS),
	.container = ALL_NS,
	.sharer = CLONE_FS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(one_fails, user_threaded) {
	/* clang-format on */
	.type = CLONE_NEWUSER,
	.err = EINVAL,
	.mask = BUT(CLONE_NEWNS | CLONE_NEWTIME),
	.container = ALL_NS,
	.thread = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(one_fails, mnt_shared_fs) {
	/* clang-format on */
	.type = CLONE_NEWNS,
	.err = EINVAL,
	.mask = BUT(CLONE_NEWUSER),
	.container = ALL_NS,
	.sharer = CLONE_FS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(one_fails, mnt_threaded) {
	/* clang-format on */
	.type = CLONE_NEWNS,
	.err = EINVAL,
	.mask = BUT(CLONE_NEWUSER | CLONE_NEWTIME),
	.container = ALL_NS,
	.thread = true,
};

/* The new user namespace is the one that the right is asked for in. */
/* clang-format off */
FIXTURE_VARIANT_ADD(one_fails, mnt_no_chroot) {
	/* clang-format on */
	.type = CLONE_NEWNS,
	.err = EPERM,
	.mask = ALL_NS,
	.container = ALL_NS,
	.owner = OTHER_UID,
	.drop = CAP_SYS_CHROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(one_fails, mnt_of_host) {
	/* clang-format on */
	.type = CLONE_NEWNS,
	.err = EPERM,
	.mask = ALL_NS,
	.container = BUT(CLONE_NEWNS),
	.below = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(one_fails, uts_of_host) {
	/* clang-format on */
	.type = CLONE_NEWUTS,
	.err = EPERM,
	.mask = ALL_NS,
	.container = BUT(CLONE_NEWUTS),
	.below = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(one_fails, ipc_of_host) {
	/* clang-format on */
	.type = CLONE_NEWIPC,
	.err = EPERM,
	.mask = ALL_NS,
	.container = BUT(CLONE_NEWIPC),
	.below = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(one_fails, pid_of_host) {
	/* clang-format on */
	.type = CLONE_NEWPID,
	.err = EPERM,
	.mask = ALL_NS,
	.container = BUT(CLONE_NEWPID),
	.below = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(one_fails, pid_sideways) {
	/* clang-format on */
	.type = CLONE_NEWPID,
	.err = EINVAL,
	.mask = ALL_NS,
	.container = ALL_NS,
	.caller = CLONE_NEWPID,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(one_fails, pid_upwards) {
	/* clang-format on */
	.type = CLONE_NEWPID,
	.err = EINVAL,
	.mask = ALL_NS,
	.container = BUT(CLONE_NEWPID),
	.caller = CLONE_NEWPID,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(one_fails, cgroup_of_host) {
	/* clang-format on */
	.type = CLONE_NEWCGROUP,
	.err = EPERM,
	.mask = ALL_NS,
	.container = BUT(CLONE_NEWCGROUP),
	.below = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(one_fails, net_of_host) {
	/* clang-format on */
	.type = CLONE_NEWNET,
	.err = EPERM,
	.mask = ALL_NS,
	.container = BUT(CLONE_NEWNET),
	.below = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(one_fails, time_of_host) {
	/* clang-format on */
	.type = CLONE_NEWTIME,
	.err = EPERM,
	.mask = ALL_NS,
	.container = BUT(CLONE_NEWTIME),
	.below = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(one_fails, time_shared_mm) {
	/* clang-format on */
	.type = CLONE_NEWTIME,
	.err = EUSERS,
	.mask = ALL_NS,
	.container = ALL_NS,
	.sharer = CLONE_VM,
};

FIXTURE_SETUP(one_fails)
{
	SKIP_WITHOUT_CONTAINERS();
	undo_start(_metadata);
	if (variant->below) {
		enter_userns(_metadata);
		self->c.map = "0 0 1";
	}
	self->c.flags = variant->container;
	self->c.owner = variant->owner;
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(one_fails)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

/* In a fresh caller. */
static void one_fails_arm(struct __test_metadata *_metadata, cap_value_t drop,
			  bool thread, int sharer, struct state *before)
{
	if (drop)
		cap_drop(_metadata, drop);
	state_arm(_metadata, before);
	if (thread)
		start_thread(_metadata);
	if (sharer)
		start_sharer(_metadata, sharer);
}

TEST_F(one_fails, nothing_moves)
{
	struct state before;

	IN_CLONE(variant->caller) {
		one_fails_arm(_metadata, variant->drop, variant->thread,
			      variant->sharer, &before);
		for (unsigned int bits = 1; bits < 256; bits += NEXT_ROW) {
			int flags = mask_flags(bits);

			if (!(flags & variant->type) || flags & ~variant->mask)
				continue;
			EXPECT_EQ(variant->err,
				  try_setns(self->c.pidfd, flags)) {
				TH_LOG("flags %#x", flags);
			}
			EXPECT_NOTHING_MOVED(&before);
		}
	}
}

/* It was that type, and no other. */
TEST_F(one_fails, rest_moves)
{
	int rest = variant->mask & ~variant->type;
	unsigned int moved = moved_by(rest);
	struct state before;

	if (variant->owner && rest & CLONE_NEWUSER)
		moved |= MOVED_DUMPABLE | MOVED_PDEATH;
	/* A task that shares its undo list only lets go of it. */
	if (variant->thread)
		moved &= ~MOVED_UNDO;
	IN_CLONE(variant->caller) {
		one_fails_arm(_metadata, variant->drop, variant->thread,
			      variant->sharer, &before);
		EXPECT_EQ(0, try_setns(self->c.pidfd, rest));
		EXPECT_MOVED(&before, moved);
	}
}

/* The same by the namespace's file. */
TEST_F(one_fails, nsfs)
{
	struct state before;
	int fd = -1;

	for (int i = 0; i < NR_TYPES; i++)
		if (ns_types[i].flag == variant->type)
			fd = container_ns(_metadata, &self->c,
					  ns_types[i].name);
	IN_CLONE(variant->caller) {
		one_fails_arm(_metadata, variant->drop, variant->thread,
			      variant->sharer, &before);
		EXPECT_EQ(variant->err, try_setns(fd, variant->type));
		EXPECT_EQ(variant->err, try_setns(fd, 0));
		EXPECT_NOTHING_MOVED(&before);
	}
}

/*
 * Several types that fail: the errno is that of the first in the order user,
 * mnt, uts, ipc, pid, cgroup, net, time. uts and ipc, cgroup and net know
 * EPERM only: which of them comes first cannot be seen.
 */
FIXTURE(order)
{
	struct container c;
};

FIXTURE_VARIANT(order)
{
	__u64 container;
	int sharer;
	int err[NR_TYPES];
};

/* clang-format off */
FIXTURE_VARIANT_ADD(order, all_fail) {
	/* clang-format on */
	.container = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWTIME,
	.sharer = CLONE_FS | CLONE_VM,
	.err = { EINVAL, EINVAL, EPERM, EPERM, EINVAL, EPERM, EPERM, EUSERS },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(order, mnt_denied) {
	/* clang-format on */
	.container = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWTIME,
	.sharer = CLONE_FS | CLONE_VM,
	.err = { EINVAL, EPERM, EPERM, EPERM, EINVAL, EPERM, EPERM, EUSERS },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(order, pid_denied) {
	/* clang-format on */
	.container = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWTIME,
	.sharer = CLONE_FS | CLONE_VM,
	.err = { EINVAL, EINVAL, EPERM, EPERM, EPERM, EPERM, EPERM, EUSERS },
};

/* Also of those that fail behind others that do not. */
/* clang-format off */
FIXTURE_VARIANT_ADD(order, first_four_succeed) {
	/* clang-format on */
	.container = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS |
		     CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWTIME,
	.sharer = CLONE_VM,
	.err = { 0, 0, 0, 0, EINVAL, EPERM, EPERM, EUSERS },
};

FIXTURE_SETUP(order)
{
	SKIP_WITHOUT_CONTAINERS();
	undo_start(_metadata);
	enter_userns(_metadata);
	self->c.flags = variant->container;
	self->c.map = "0 0 1";
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(order)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

static int first_err(const int *err, unsigned int bits)
{
	for (int i = 0; i < NR_TYPES; i++)
		if (bits & BIT(i) && err[i])
			return err[i];
	return 0;
}

TEST_F(order, first_failure_wins)
{
	struct state before;

	IN_CLONE(CLONE_NEWPID) {
		state_arm(_metadata, &before);
		start_sharer(_metadata, variant->sharer);
		for (unsigned int bits = 1; bits < 256; bits += NEXT_ROW) {
			int err = first_err(variant->err, bits);

			if (!err)
				continue;
			EXPECT_EQ(err, try_setns(self->c.pidfd,
						 mask_flags(bits))) {
				TH_LOG("flags %#x", mask_flags(bits));
			}
			EXPECT_NOTHING_MOVED(&before);
		}
	}
}

TEST_HARNESS_MAIN
