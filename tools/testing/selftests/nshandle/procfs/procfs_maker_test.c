// SPDX-License-Identifier: GPL-2.0
/*
 * The task that makes an instance needs CAP_SYS_ADMIN over the owner of pidns=,
 * in whatever pid namespace the task is.
 *
 * The opener of the context does not need it.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/procfs.h"
#include "../lib/world.h"

/* ----- Set by root of SELF, and made by another task, which sets nothing. */

FIXTURE(made_by_other) {
	struct world w;
	int fc;
};

FIXTURE_VARIANT(made_by_other) {
	enum ns sets;		/* what root sets */
	enum ns from;		/* the maker's pid namespace */
	enum caller caller;
	int err;
};

FIXTURE_VARIANT_ADD(made_by_other, beside) {
	.sets = CHILD,
};

FIXTURE_VARIANT_ADD(made_by_other, inside) {
	.sets = CHILD, .from = CHILD,
};

/* From a pid namespace where the task could not set it. */
FIXTURE_VARIANT_ADD(made_by_other, from_below) {
	.sets = CHILD, .from = GRANDCHILD,
};

FIXTURE_VARIANT_ADD(made_by_other, from_further_below) {
	.sets = SELF, .from = GRANDCHILD,
};

FIXTURE_VARIANT_ADD(made_by_other, from_aside) {
	.sets = CHILD, .from = BOX,
};

FIXTURE_VARIANT_ADD(made_by_other, from_below_only_admin) {
	.sets = CHILD, .from = GRANDCHILD, .caller = ONLY_ADMIN,
};

/* Without the right over the owner. */
FIXTURE_VARIANT_ADD(made_by_other, inside_no_admin) {
	.sets = CHILD, .from = CHILD, .caller = NO_ADMIN, .err = EPERM,
};

FIXTURE_VARIANT_ADD(made_by_other, from_below_no_admin) {
	.sets = CHILD, .from = GRANDCHILD, .caller = NO_ADMIN, .err = EPERM,
};

FIXTURE_VARIANT_ADD(made_by_other, from_below_other_userns) {
	.sets = CHILD, .from = GRANDCHILD, .caller = OTHER_USERNS,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(made_by_other, from_aside_box_root) {
	.sets = CHILD, .from = BOX, .caller = BOX_ROOT, .err = EPERM,
};

FIXTURE_VARIANT_ADD(made_by_other, from_aside_box_root_who_owns) {
	.sets = BOX, .from = CHILD, .caller = BOX_ROOT,
};

FIXTURE_SETUP(made_by_other)
{
	procfs_world_enter(_metadata, &self->w);
	self->fc = procfs_context(_metadata);
	ASSERT_EQ(0, try_pidns(self->fc, self->w.ns[variant->sets]));
	ASSERT_EQ(0, try_setns(self->w.ns[variant->from], CLONE_NEWPID));
}

FIXTURE_TEARDOWN_PARENT(made_by_other)
{
}

TEST_F(made_by_other, maker_counts)
{
	IN_CHILD {
		become_caller(_metadata, &self->w, variant->caller);
		EXPECT_EQ(variant->err, try_create(self->fc));
		EXPECT_NO_LOG(self->fc);
	}
	expect_created(_metadata, &self->w, self->fc, !variant->err,
		       variant->sets);
}

/* ----- Set and made by root, who may, after an opener who may not. */

FIXTURE(opened_by_other) {
	struct world w;
	int fc;
};

FIXTURE_SETUP(opened_by_other)
{
	procfs_world_enter(_metadata, &self->w);
	IN_CLONE(CLONE_FILES) {
		become_box_root(_metadata, &self->w);
		self->fc = procfs_context(_metadata);
		EXPECT_EQ(EPERM, try_pidns(self->fc, self->w.ns[CHILD]));
		EXPECT_ONLY_LOG(self->fc, LOG_NO_RIGHT);
		/* The opener has no right over SELF, the default, either. */
		EXPECT_EQ(EPERM, try_create(self->fc));
	}
}

FIXTURE_TEARDOWN_PARENT(opened_by_other)
{
}

TEST_F(opened_by_other, setter_and_maker_count)
{
	EXPECT_EQ(0, try_pidns(self->fc, self->w.ns[CHILD]));
	EXPECT_NO_LOG(self->fc);
	IN_CHILD {
		become_box_root(_metadata, &self->w);
		EXPECT_EQ(EPERM, try_create(self->fc));
	}
	expect_shows(_metadata, procfs_create(_metadata, self->fc), &self->w,
		     CHILD);
}

TEST_HARNESS_MAIN
