// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) of a set joins all that the set holds, or what a mask names of it, and
 * moves nothing else.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/jail.h"
#include "../lib/nsset.h"
#include "../lib/nsset_join.h"
#include "../lib/picture.h"
#include "../lib/types.h"

#define PID_TIME (CLONE_NEWPID | CLONE_NEWTIME)

/* The container has all that a set can hold of its own. */
FIXTURE(join)
{
	struct container c;
	struct state target;
	int all;	/* a set of all types */
};

FIXTURE_VARIANT(join)
{
	int made;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, plain) { .made = 0, };
FIXTURE_VARIANT_ADD(join, for_children) { .made = SETNS_FOR_CHILDREN, };
FIXTURE_VARIANT_ADD(join, root) { .made = SETNS_ROOT, };
FIXTURE_VARIANT_ADD(join, both) { .made = MADE_FLAGS, };
/* clang-format on */

FIXTURE_SETUP(join)
{
	SKIP_WITHOUT_NSSET();
	undo_start(_metadata);
	jail_make(_metadata);
	self->c.flags = ALL_NS;
	self->c.setup = children_elsewhere_jailed;
	container_start(_metadata, &self->c);
	state_read_task(_metadata, self->c.proc, ".", &self->target);
	self->all = nsset_make(_metadata, self->c.pidfd, 0, variant->made);
}

FIXTURE_TEARDOWN(join)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

/* Can a set of @types be made with @made? */
static bool can_hold(int types, int made)
{
	if (made & SETNS_FOR_CHILDREN && !(types & PID_TIME))
		return false;
	return !(made & SETNS_ROOT) || types & CLONE_NEWNS;
}

/* A join of @types, made with @made, has led where the target is. */
static void expect_joined(struct __test_metadata *_metadata,
			  const struct state *before, int types, int made,
			  const struct state *target)
{
	EXPECT_MOVED(before, moved_by(types));
	expect_there(_metadata, before, types | made, target);
}

/* All masks of a plain set; with a flag: one type, all but one, all. */
static bool is_row(unsigned int bits, int made, int root)
{
	int n = __builtin_popcount(bits);

	if (!can_hold(mask_flags(bits), root))
		return false;
	return !made || n == 1 || n >= NR_TYPES - 1;
}

/* Each mask out of a set of all. */
TEST_F(join, mask)
{
	int root = variant->made & SETNS_ROOT;
	struct state before;

	for (unsigned int bits = 1; bits < 256; bits += NEXT_ROW) {
		int types = mask_flags(bits);

		if (!is_row(bits, variant->made, root))
			continue;
		IN_CHILD {
			state_arm(_metadata, &before);
			EXPECT_EQ(0, try_setns(self->all, types | root)) {
				TH_LOG("types %#x", types);
			}
			expect_joined(_metadata, &before, types, variant->made,
				      &self->target);
		}
	}
}

/* Each set, by flags 0. */
TEST_F(join, zero)
{
	struct state before;
	int set;

	for (unsigned int bits = 1; bits < 256; bits += NEXT_ROW) {
		int types = mask_flags(bits);

		if (!is_row(bits, variant->made, variant->made))
			continue;
		set = nsset_make(_metadata, self->c.pidfd, types,
				 variant->made);
		IN_CHILD {
			state_arm(_metadata, &before);
			EXPECT_EQ(0, try_setns(set, 0)) {
				TH_LOG("a set of %#x", types);
			}
			expect_joined(_metadata, &before, types, variant->made,
				      &self->target);
		}
		close(set);
	}
}

/* The set's root is joined if SETNS_ROOT is given or the flags are 0. */
TEST_F(join, root_not_asked_for)
{
	struct state *there = states_share(_metadata, 1);
	struct state mine;

	IN_CHILD {
		state_arm(_metadata, &mine);
		ASSERT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWNS));
		state_refresh(_metadata, &mine);
		*there = mine;
	}
	IN_CHILD {
		state_arm(_metadata, &mine);
		EXPECT_EQ(0, SETNS(self->all, CLONE_NEWNS));
		EXPECT_SAME_STATE(&mine, there);
	}
}

/* Nothing moves, also where all of it would. */
TEST_F(join, dry_run)
{
	int root = variant->made & SETNS_ROOT;
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		for (unsigned int bits = 1; bits < 256; bits += NEXT_ROW) {
			int flags = mask_flags(bits) | SETNS_DRY_RUN;

			if (flags & CLONE_NEWNS)
				flags |= root;
			EXPECT_EQ(0, try_setns(self->all, flags)) {
				TH_LOG("flags %#x", flags);
			}
			EXPECT_EQ(0, try_setns(self->all,
					       flags | SETNS_SUPPORTED));
		}
		EXPECT_NOTHING_MOVED(&before);
	}
}

/* What the caller is in already is left alone: no right, no side effect. */
TEST_F(join, skip_joined)
{
	int root = variant->made & SETNS_ROOT;
	int all = ALL_NS | SETNS_SKIP_JOINED;
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, SETNS(self->all, all | root));
		expect_joined(_metadata, &before, ALL_NS, variant->made,
			      &self->target);
		state_refresh(_metadata, &before);
		EXPECT_EQ(EINVAL, try_setns(self->all, 0));
		EXPECT_EQ(0, setns_dry_first(_metadata, self->all, all | root,
					     &before));
		EXPECT_NOTHING_MOVED(&before);
		cap_keep_only(_metadata, -1);
		state_refresh(_metadata, &before);
		EXPECT_EQ(0, setns_dry_first(_metadata, self->all, all,
					     &before));
		EXPECT_EQ(EPERM, try_setns(self->all, CLONE_NEWUTS));
		EXPECT_NOTHING_MOVED(&before);
	}
}

/* Some are joined, the rest moves. */
TEST_F(join, skip_some)
{
	struct state before;

	for (int i = 0; i < NR_TYPES; i++) {
		int one = ns_types[i].flag;

		IN_CHILD {
			ASSERT_EQ(0, try_setns(self->all, one));
			state_read(_metadata, &before);
			EXPECT_EQ(0, SETNS(self->all, BUT_NS(CLONE_NEWUSER) |
					   SETNS_SKIP_JOINED));
			expect_there(_metadata, &before,
				     one | BUT_NS(CLONE_NEWUSER) |
				     (variant->made & SETNS_FOR_CHILDREN),
				     &self->target);
		}
	}
}

/*
 * Flags that a set does not take. Nothing else can be wrong: the caller may join
 * all of it.
 */
FIXTURE(flags)
{
	struct container c;
	struct state target;
};

FIXTURE_VARIANT(flags)
{
	int types;	/* that the set holds */
	int made;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, uts) { .types = CLONE_NEWUTS, };
FIXTURE_VARIANT_ADD(flags, mnt) { .types = CLONE_NEWNS, };
FIXTURE_VARIANT_ADD(flags, mnt_root) {
	.types = CLONE_NEWNS, .made = SETNS_ROOT,
};

FIXTURE_VARIANT_ADD(flags, pid_time) { .types = PID_TIME, };
FIXTURE_VARIANT_ADD(flags, pid_time_for_children) {
	.types = PID_TIME, .made = SETNS_FOR_CHILDREN,
};

FIXTURE_VARIANT_ADD(flags, all_but_net) { .types = BUT_NS(CLONE_NEWNET), };
FIXTURE_VARIANT_ADD(flags, all) { .types = ALL_NS, };
FIXTURE_VARIANT_ADD(flags, all_for_children_root) {
	.types = ALL_NS, .made = MADE_FLAGS,
};

/* clang-format on */

FIXTURE_SETUP(flags)
{
	SKIP_WITHOUT_NSSET();
	undo_start(_metadata);
	jail_make(_metadata);
	self->c.flags = ALL_NS;
	self->c.setup = children_elsewhere_jailed;
	container_start(_metadata, &self->c);
	state_read_task(_metadata, self->c.proc, ".", &self->target);
}

FIXTURE_TEARDOWN(flags)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

/* Does a set of @held that was made with @made take @flags? */
static bool takes(int held, int made, int flags)
{
	int types = flags & ALL_NS;

	if (!types || flags & SETNS_FOR_CHILDREN)
		return false;
	if (types & ~held && !(flags & SETNS_SUPPORTED))
		return false;
	if (!(flags & SETNS_ROOT))
		return true;
	return made & SETNS_ROOT && types & CLONE_NEWNS;
}

/* Each combination of types and flags that fails, or is a dry run. */
TEST_F(flags, nothing_moves)
{
	int held = variant->types, made = variant->made;
	int set = nsset_make(_metadata, self->c.pidfd, held, made);
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		for (unsigned int n = 1; n < 256 * FLAG_ROWS; n += NEXT_ROW) {
			int flags = mask_flags(n / FLAG_ROWS) | n % FLAG_ROWS;

			bool valid = takes(held, made, flags);

			if (valid && !(flags & SETNS_DRY_RUN))
				continue;
			EXPECT_EQ(valid ? 0 : EINVAL, try_setns(set, flags)) {
				TH_LOG("flags %#x", flags);
			}
		}
		EXPECT_NOTHING_MOVED(&before);
	}
}

TEST_F(flags, unknown_bit)
{
	int held = variant->types;
	int set = nsset_make(_metadata, self->c.pidfd, held, variant->made);
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		for (unsigned int flag = 1; flag; flag <<= 1) {
			if (flag & (ALL_NS | ALL_FLAGS))
				continue;
			EXPECT_EQ(EINVAL, try_setns(set, flag));
			EXPECT_EQ(EINVAL, try_setns(set, flag | held));
			EXPECT_EQ(EINVAL, try_setns(set, flag | SETNS_ALL));
		}
		EXPECT_EQ(EINVAL, try_setns(set, -1));
		EXPECT_NOTHING_MOVED(&before);
	}
}

/* SETNS_SUPPORTED leaves out what the set does not hold, and nothing else. */
TEST_F(flags, supported)
{
	int held = variant->types;
	int set = nsset_make(_metadata, self->c.pidfd, held, variant->made);
	struct state before;

	for (int i = 0; i < NR_TYPES; i++) {
		int types = ns_types[i].flag | CLONE_NEWUTS | CLONE_NEWPID;

		IN_CHILD {
			state_arm(_metadata, &before);
			EXPECT_EQ(0, SETNS(set, types | SETNS_SUPPORTED));
			expect_joined(_metadata, &before, types & held,
				      variant->made & SETNS_FOR_CHILDREN,
				      &self->target);
		}
	}
}

/* One mask is right for each set. */
TEST_F(flags, setns_all)
{
	int held = variant->types;
	int set = nsset_make(_metadata, self->c.pidfd, held, variant->made);
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, SETNS(set, SETNS_ALL));
		expect_joined(_metadata, &before, held,
			      variant->made & SETNS_FOR_CHILDREN,
			      &self->target);
		state_refresh(_metadata, &before);
		EXPECT_EQ(0, SETNS(set, SETNS_ALL));
		EXPECT_NOTHING_MOVED(&before);
	}
}

/* A join does not use up the set. */
TEST_F(flags, again)
{
	int held = variant->types;
	int set = nsset_make(_metadata, self->c.pidfd, held, variant->made);
	struct state before;

	for (int i = 0; i < 3; i++)
		IN_CHILD {
			state_arm(_metadata, &before);
			EXPECT_EQ(0, try_setns(set, 0));
			expect_joined(_metadata, &before, held, variant->made,
				      &self->target);
		}
}

TEST_HARNESS_MAIN
