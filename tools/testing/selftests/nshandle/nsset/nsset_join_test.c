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

TEST_HARNESS_MAIN
