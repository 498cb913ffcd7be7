// SPDX-License-Identifier: GPL-2.0
/*
 * PROCFS_GET_PID_NAMESPACE takes no argument, and answers tasks in that pid
 * namespace or with CAP_SYS_ADMIN over it.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/procfs.h"
#include "../lib/procfs_query.h"
#include "../lib/world.h"

/* Bit 32 where a long has it, else 0. */
#define LONG_BIT_32 ((unsigned long)(1ULL << 32))

FIXTURE(who) {
	struct world w;
	int dir;	/* the instance's root directory */
	int other;	/* and something else in it */
};

FIXTURE_VARIANT(who) {
	enum ns of;		/* what the instance shows */
	enum ns from;		/* the caller's pid namespace */
	enum caller caller;
	int err;
};

/* Inside the namespace, with privilege or without. */
FIXTURE_VARIANT_ADD(who, inside_root) {
	.of = SELF,
};

FIXTURE_VARIANT_ADD(who, inside_no_admin) {
	.of = SELF,
	.caller = NO_ADMIN,
};

FIXTURE_VARIANT_ADD(who, inside_user) {
	.of = SELF,
	.caller = BOX_MAKER,
};

FIXTURE_VARIANT_ADD(who, inside_other_userns) {
	.of = SELF,
	.caller = OTHER_USERNS,
};

FIXTURE_VARIANT_ADD(who, inside_child_root) {
	.of = CHILD,
	.from = CHILD,
};

FIXTURE_VARIANT_ADD(who, inside_child_user) {
	.of = CHILD,
	.from = CHILD,
	.caller = BOX_MAKER,
};

FIXTURE_VARIANT_ADD(who, inside_box_other_userns) {
	.of = BOX,
	.from = BOX,
	.caller = OTHER_USERNS,
};

/* Above the namespace: privilege is needed. */
FIXTURE_VARIANT_ADD(who, child_root) {
	.of = CHILD,
};

FIXTURE_VARIANT_ADD(who, child_only_admin) {
	.of = CHILD,
	.caller = ONLY_ADMIN,
};

FIXTURE_VARIANT_ADD(who, child_no_admin) {
	.of = CHILD,
	.caller = NO_ADMIN,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(who, child_other_userns) {
	.of = CHILD,
	.caller = OTHER_USERNS,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(who, child_box_root) {
	.of = CHILD,
	.caller = BOX_ROOT,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(who, grandchild_root) {
	.of = GRANDCHILD,
};

FIXTURE_VARIANT_ADD(who, grandchild_from_child_root) {
	.of = GRANDCHILD,
	.from = CHILD,
};

FIXTURE_VARIANT_ADD(who, grandchild_from_child_no_admin) {
	.of = GRANDCHILD,
	.from = CHILD,
	.caller = NO_ADMIN,
	.err = EPERM,
};

/* The namespace has no process. */
FIXTURE_VARIANT_ADD(who, dead_root) {
	.of = DEAD,
};

FIXTURE_VARIANT_ADD(who, dead_no_admin) {
	.of = DEAD,
	.caller = NO_ADMIN,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(who, unborn_root) {
	.of = UNBORN,
};

FIXTURE_VARIANT_ADD(who, unborn_no_admin) {
	.of = UNBORN,
	.caller = NO_ADMIN,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(who, orphan_root) {
	.of = ORPHAN,
};

/* Below or beside the namespace: privilege is enough. */
FIXTURE_VARIANT_ADD(who, parent_root) {
	.of = PARENT,
};

FIXTURE_VARIANT_ADD(who, parent_no_admin) {
	.of = PARENT,
	.caller = NO_ADMIN,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(who, self_from_child_root) {
	.of = SELF,
	.from = CHILD,
};

FIXTURE_VARIANT_ADD(who, self_from_child_no_admin) {
	.of = SELF,
	.from = CHILD,
	.caller = NO_ADMIN,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(who, child_from_box_root) {
	.of = CHILD,
	.from = BOX,
};

FIXTURE_VARIANT_ADD(who, child_from_box_user) {
	.of = CHILD,
	.from = BOX,
	.caller = BOX_MAKER,
	.err = EPERM,
};

/* Privilege is over the user namespace that owns it, from inside or above. */
FIXTURE_VARIANT_ADD(who, box_root_of_host) {
	.of = BOX,
};

FIXTURE_VARIANT_ADD(who, box_no_admin) {
	.of = BOX,
	.caller = NO_ADMIN,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(who, box_its_root) {
	.of = BOX,
	.caller = BOX_ROOT,
};

FIXTURE_VARIANT_ADD(who, box_its_maker) {
	.of = BOX,
	.caller = BOX_MAKER,
};

FIXTURE_VARIANT_ADD(who, box_other_userns) {
	.of = BOX,
	.caller = OTHER_USERNS,
	.err = EPERM,
};

FIXTURE_SETUP(who)
{
	procfs_world_enter(_metadata, &self->w);
	/* No instance of PARENT can be made from here, but /proc is one. */
	self->dir = variant->of == PARENT ?
		    open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC) :
		    procfs_of(_metadata, &self->w, variant->of);
	ASSERT_LE(0, self->dir);
	self->other = openat(self->dir, "sys",
			     O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, self->other);
	if (variant->from != SELF)
		ASSERT_EQ(0, try_setns(self->w.ns[variant->from],
				       CLONE_NEWPID));
}

FIXTURE_TEARDOWN_PARENT(who)
{
}

TEST_F(who, asks_the_root_directory)
{
	IN_CHILD {
		become_caller(_metadata, &self->w, variant->caller);
		expect_answer(_metadata, ask_64, self->dir, variant->err,
			      self->w.ns[variant->of]);
	}
}

/* The check of the file comes before that of the caller. */
TEST_F(who, asks_another_file)
{
	IN_CHILD {
		become_caller(_metadata, &self->w, variant->caller);
		expect_answer(_metadata, ask_64, self->other, ENOTTY, -1);
	}
}

/* So does the check of the argument. */
TEST_F(who, asks_with_an_argument)
{
	IN_CHILD {
		become_caller(_metadata, &self->w, variant->caller);
		expect_refused(_metadata, ask_64, self->dir, 1, EINVAL);
		expect_refused(_metadata, ask_64, self->other, 1, ENOTTY);
		/* A bit that a 32-bit argument does not have. */
		if (LONG_BIT_32)
			expect_refused(_metadata, ask_64, self->dir,
				       LONG_BIT_32, EINVAL);
	}
}

TEST_F(who, asks_by_a_32_bit_call)
{
	skip_without(_metadata, ask_32);
	IN_CHILD {
		become_caller(_metadata, &self->w, variant->caller);
		expect_answer(_metadata, ask_32, self->dir, variant->err,
			      self->w.ns[variant->of]);
		expect_answer(_metadata, ask_32, self->other, ENOTTY, -1);
		expect_refused(_metadata, ask_32, self->dir, 1, EINVAL);
		expect_refused(_metadata, ask_32, self->other, 1, ENOTTY);
	}
}

TEST_HARNESS_MAIN
