// SPDX-License-Identifier: GPL-2.0
/*
 * SET takes CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN over each level, GET none;
 * neither reaches above the caller.
 *
 * Every case runs as the caller of the world of lib/world.h, which sees the
 * levels from SELF, its own, downward. The last pid above that, in the
 * harness's own namespace, is read before the world and after it: it must not
 * move.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/pid_vec.h"
#include "../lib/world.h"

FIXTURE(right) {
	struct scene s;
};

FIXTURE_VARIANT(right) {
	enum caller caller;
	enum keep keep;
	bool inside;		/* the caller's pid namespace is .ns */
	enum ns ns;
	__u32 nr;
	int set, get;		/* errno */
};

/* With every capability: up to the caller's own namespace, and no further. */
FIXTURE_VARIANT_ADD(right, root_child) {
	.ns = CHILD, .nr = 1,
};

FIXTURE_VARIANT_ADD(right, root_child_self) {
	.ns = CHILD, .nr = 2,
};

FIXTURE_VARIANT_ADD(right, root_child_self_host) {
	.ns = CHILD, .nr = 3, .set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(right, root_grandchild_to_self) {
	.ns = GRANDCHILD, .nr = 3,
};

FIXTURE_VARIANT_ADD(right, root_grandchild_to_host) {
	.ns = GRANDCHILD, .nr = 4, .set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(right, root_self) {
	.ns = SELF, .nr = 1,
};

FIXTURE_VARIANT_ADD(right, root_self_host) {
	.ns = SELF, .nr = 2, .set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(right, root_host) {
	.ns = PARENT, .nr = 1, .set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(right, root_sibling) {
	.ns = SIBLING, .nr = 1, .set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(right, root_sibling_host) {
	.ns = SIBLING, .nr = 2, .set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(right, root_box_self) {
	.ns = BOX, .nr = 2,
};

/* Inside a container, with capabilities in the host's user namespace. */
FIXTURE_VARIANT_ADD(right, inside_child) {
	.inside = true, .ns = CHILD, .nr = 1,
};

FIXTURE_VARIANT_ADD(right, inside_child_self) {
	.inside = true, .ns = CHILD, .nr = 2, .set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(right, inside_grandchild_self) {
	.inside = true, .ns = GRANDCHILD, .nr = 3, .set = EPERM, .get = EPERM,
};

/* SET needs one of two capabilities, GET needs none. */
FIXTURE_VARIANT_ADD(right, admin_alone) {
	.keep = ADMIN_ALONE, .ns = CHILD, .nr = 2,
};

FIXTURE_VARIANT_ADD(right, checkpoint_restore_alone) {
	.keep = CR_ALONE, .ns = CHILD, .nr = 2,
};

FIXTURE_VARIANT_ADD(right, checkpoint_restore_alone_host) {
	.keep = CR_ALONE, .ns = SELF, .nr = 2, .set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(right, all_but_admin) {
	.caller = NO_ADMIN, .ns = CHILD, .nr = 2,
};

FIXTURE_VARIANT_ADD(right, all_but_both) {
	.keep = ALL_BUT_BOTH, .ns = CHILD, .nr = 2, .set = EPERM,
};

FIXTURE_VARIANT_ADD(right, neither) {
	.keep = NO_CAPS, .ns = CHILD, .nr = 1, .set = EPERM,
};

FIXTURE_VARIANT_ADD(right, neither_self) {
	.keep = NO_CAPS, .ns = SELF, .nr = 1, .set = EPERM,
};

/* With capabilities in BOX's user namespace only: SET of its level alone. */
FIXTURE_VARIANT_ADD(right, box_root_box) {
	.caller = BOX_ROOT, .ns = BOX, .nr = 1,
};

FIXTURE_VARIANT_ADD(right, box_root_box_self) {
	.caller = BOX_ROOT, .ns = BOX, .nr = 2, .set = EPERM,
};

FIXTURE_VARIANT_ADD(right, box_root_self) {
	.caller = BOX_ROOT, .ns = SELF, .nr = 1, .set = EPERM,
};

FIXTURE_VARIANT_ADD(right, box_root_child) {
	.caller = BOX_ROOT, .ns = CHILD, .nr = 1, .set = EPERM,
};

FIXTURE_VARIANT_ADD(right, box_root_checkpoint_restore_alone) {
	.caller = BOX_ROOT, .keep = CR_ALONE, .ns = BOX, .nr = 1,
};

FIXTURE_VARIANT_ADD(right, box_root_neither) {
	.caller = BOX_ROOT, .keep = NO_CAPS, .ns = BOX, .nr = 1, .set = EPERM,
};

FIXTURE_VARIANT_ADD(right, inside_box) {
	.caller = BOX_ROOT, .inside = true, .ns = BOX, .nr = 1,
};

FIXTURE_VARIANT_ADD(right, inside_box_self) {
	.caller = BOX_ROOT, .inside = true, .ns = BOX, .nr = 2,
	.set = EPERM, .get = EPERM,
};

/* The maker of a user namespace has all capabilities in it, from outside. */
FIXTURE_VARIANT_ADD(right, box_maker_box) {
	.caller = BOX_MAKER, .ns = BOX, .nr = 1,
};

FIXTURE_VARIANT_ADD(right, box_maker_box_self) {
	.caller = BOX_MAKER, .ns = BOX, .nr = 2, .set = EPERM,
};

FIXTURE_VARIANT_ADD(right, other_userns_child) {
	.caller = OTHER_USERNS, .ns = CHILD, .nr = 1, .set = EPERM,
};

FIXTURE_VARIANT_ADD(right, other_userns_box) {
	.caller = OTHER_USERNS, .ns = BOX, .nr = 1, .set = EPERM,
};

FIXTURE_SETUP(right)
{
	scene_enter(_metadata, &self->s);
}

FIXTURE_TEARDOWN_PARENT(right)
{
	scene_left(_metadata, &self->s);
}

/*
 * Returns the last pids of the levels from SELF downward as they are after the
 * caller's next fork, which makes the process that makes the call.
 */
static struct pid_vec right_fork(struct __test_metadata *_metadata,
				 const struct world *w, enum ns where,
				 bool inside)
{
	struct pid_vec vec = get_levels(_metadata, w, where);
	int bottom = vec.nr - 1;

	for (int i = 0; i <= bottom; i++)
		if (inside || i == bottom)
			vec.pid[i]++;
	if (inside)
		ASSERT_EQ(0, try_setns(w->ns[where], CLONE_NEWPID));
	return vec;
}

TEST_F(right, set)
{
	struct world *w = &self->s.w;
	struct pid_vec vec = new_vec(variant->nr);
	struct pid_vec after = right_fork(_metadata, w, variant->ns,
					  variant->inside);

	IN_CHILD {
		become_caller(_metadata, w, variant->caller);
		keep_caps(_metadata, variant->keep);
		EXPECT_EQ(variant->set, try_set(w->ns[variant->ns], &vec));
	}
	if (!variant->set)
		memcpy(after.pid, vec.pid, vec.nr * sizeof(vec.pid[0]));
	expect_levels(_metadata, w, variant->ns, &after);
}

TEST_F(right, get)
{
	struct world *w = &self->s.w;
	struct pid_vec vec = new_vec(variant->nr);
	struct pid_vec after = right_fork(_metadata, w, variant->ns,
					  variant->inside);

	IN_CHILD {
		become_caller(_metadata, w, variant->caller);
		keep_caps(_metadata, variant->keep);
		EXPECT_EQ(variant->get, try_get(w->ns[variant->ns], &vec));
		for (__u32 i = 0; i < variant->nr; i++) {
			EXPECT_EQ(variant->get ? LAST(i) : after.pid[i],
				  vec.pid[i]);
		}
	}
}

/* ----- Two levels of BOX's owner, below SELF with another owner. */

FIXTURE(owners) {
	struct scene s;
	struct world below;	/* its CHILD is below BOX, of the same owner */
};

static void more_in_box(struct __test_metadata *_metadata, struct world *w)
{
	member_start(_metadata, w, CHILD, CLONE_NEWPID, NULL);
}

static void more_as_box_root(struct __test_metadata *_metadata,
			     struct world *w)
{
	become_box_root(_metadata, w);
	ASSERT_EQ(0, try_setns(w->ns[BOX], CLONE_NEWPID));
	member_start(_metadata, w, BOX, 0, more_in_box);
}

FIXTURE_SETUP(owners)
{
	scene_enter(_metadata, &self->s);
	self->below = self->s.w;
	member_start(_metadata, &self->below, SIBLING, 0, more_as_box_root);
}

FIXTURE_TEARDOWN_PARENT(owners)
{
	scene_left(_metadata, &self->s);
}

TEST_F(owners, of_all)
{
	int fd = self->below.ns[CHILD];
	struct pid_vec vec = new_vec(3);

	EXPECT_EQ(0, try_set(fd, &vec));
	expect_vec(_metadata, fd, &vec, -1);
}

TEST_F(owners, of_the_lower)
{
	int fd = self->below.ns[CHILD];
	struct pid_vec vec = new_vec(3);

	IN_CHILD {
		struct pid_vec want;

		become_caller(_metadata, &self->s.w, BOX_ROOT);
		want = vec_get(_metadata, fd, 3);
		EXPECT_EQ(EPERM, try_set(fd, &vec));
		expect_vec(_metadata, fd, &want, -1);
		vec.nr = 2;
		EXPECT_EQ(0, try_set(fd, &vec));
		memcpy(want.pid, vec.pid, 2 * sizeof(vec.pid[0]));
		expect_vec(_metadata, fd, &want, -1);
	}
}

TEST_HARNESS_MAIN
