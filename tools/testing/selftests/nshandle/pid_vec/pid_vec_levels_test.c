// SPDX-License-Identifier: GPL-2.0
/*
 * NS_GET_LAST_PID_VEC of 0 levels returns how many levels the caller may name.
 *
 * Every case begins as the caller of the world of lib/world.h.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/pid_vec.h"
#include "../lib/world.h"

FIXTURE(levels) {
	struct scene s;
};

FIXTURE_VARIANT(levels) {
	enum caller caller;
	enum keep keep;
	enum ns from;		/* the caller's active pid namespace */
	enum ns ns;
	__u32 levels;		/* 0: EPERM */
};

FIXTURE_VARIANT_ADD(levels, self) {
	.ns = SELF, .levels = 1,
};

FIXTURE_VARIANT_ADD(levels, child) {
	.ns = CHILD, .levels = 2,
};

FIXTURE_VARIANT_ADD(levels, grandchild) {
	.ns = GRANDCHILD, .levels = 3,
};

FIXTURE_VARIANT_ADD(levels, above) {
	.ns = PARENT,
};

FIXTURE_VARIANT_ADD(levels, beside) {
	.ns = SIBLING,
};

/* The namespace needs no init. */
FIXTURE_VARIANT_ADD(levels, unborn) {
	.ns = UNBORN, .levels = 2,
};

FIXTURE_VARIANT_ADD(levels, dead_child) {
	.ns = DEAD_CHILD, .levels = 3,
};

FIXTURE_VARIANT_ADD(levels, orphan) {
	.ns = ORPHAN, .levels = 3,
};

/* The caller needs no capability. */
FIXTURE_VARIANT_ADD(levels, no_capability) {
	.keep = NO_CAPS, .ns = GRANDCHILD, .levels = 3,
};

FIXTURE_VARIANT_ADD(levels, no_capability_above) {
	.keep = NO_CAPS, .ns = PARENT,
};

FIXTURE_VARIANT_ADD(levels, other_userns) {
	.caller = OTHER_USERNS, .ns = CHILD, .levels = 2,
};

FIXTURE_VARIANT_ADD(levels, box_root) {
	.caller = BOX_ROOT, .ns = BOX, .levels = 2,
};

/* Levels are counted from the caller's active pid namespace. */
FIXTURE_VARIANT_ADD(levels, inside_child) {
	.from = CHILD, .ns = CHILD, .levels = 1,
};

FIXTURE_VARIANT_ADD(levels, inside_child_below) {
	.from = CHILD, .ns = GRANDCHILD, .levels = 2,
};

FIXTURE_VARIANT_ADD(levels, inside_child_above) {
	.from = CHILD, .ns = SELF,
};

FIXTURE_VARIANT_ADD(levels, inside_child_beside) {
	.from = CHILD, .ns = BOX,
};

FIXTURE_VARIANT_ADD(levels, inside_box) {
	.from = BOX, .caller = BOX_ROOT, .ns = BOX, .levels = 1,
};

FIXTURE_SETUP(levels)
{
	scene_enter(_metadata, &self->s);
}

FIXTURE_TEARDOWN_PARENT(levels)
{
	scene_left(_metadata, &self->s);
}

TEST_F(levels, get_of_0)
{
	struct world *w = &self->s.w;
	int fd = w->ns[variant->ns];
	struct pid_vec vec = { .nr = 0 }, before;

	ASSERT_EQ(0, try_setns(w->ns[variant->from], CLONE_NEWPID));
	IN_CHILD {
		become_caller(_metadata, w, variant->caller);
		keep_caps(_metadata, variant->keep);
		vec.pid[0] = -77;
		EXPECT_EQ(variant->levels ? 0 : EPERM, try_get(fd, &vec));
		EXPECT_EQ(variant->levels, vec.nr);
		EXPECT_EQ(-77, vec.pid[0]);
		if (!variant->levels)
			continue;
		/* This many can be read, and no more. */
		before = vec_get(_metadata, fd, vec.nr);
		vec.nr++;
		EXPECT_EQ(EPERM, try_get(fd, &vec));
		vec.nr = 0;
		EXPECT_EQ(EINVAL, try_set(fd, &vec));
		expect_vec(_metadata, fd, &before, -1);
	}
}

TEST_HARNESS_MAIN
