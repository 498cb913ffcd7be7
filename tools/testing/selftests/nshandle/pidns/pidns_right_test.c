// SPDX-License-Identifier: GPL-2.0
/*
 * Joining a pid namespace takes CAP_SYS_ADMIN in the user namespace that owns
 * it and in the caller's own.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/picture.h"
#include "../lib/world.h"

FIXTURE(right) {
	struct world w;
};

FIXTURE_VARIANT(right) {
	enum caller caller;
	enum ns to;
	int err;
};

FIXTURE_VARIANT_ADD(right, root_to_child) {
	.caller = ROOT, .to = CHILD,
};

FIXTURE_VARIANT_ADD(right, root_to_box) {
	.caller = ROOT, .to = BOX,
};

FIXTURE_VARIANT_ADD(right, only_admin_to_child) {
	.caller = ONLY_ADMIN, .to = CHILD,
};

FIXTURE_VARIANT_ADD(right, only_admin_to_box) {
	.caller = ONLY_ADMIN, .to = BOX,
};

/* Even to stay takes the right, which is checked before the direction. */
FIXTURE_VARIANT_ADD(right, no_admin_to_self) {
	.caller = NO_ADMIN, .to = SELF, .err = EPERM,
};

FIXTURE_VARIANT_ADD(right, no_admin_to_child) {
	.caller = NO_ADMIN, .to = CHILD, .err = EPERM,
};

FIXTURE_VARIANT_ADD(right, no_admin_to_parent) {
	.caller = NO_ADMIN, .to = PARENT, .err = EPERM,
};

FIXTURE_VARIANT_ADD(right, no_admin_to_sibling) {
	.caller = NO_ADMIN, .to = SIBLING, .err = EPERM,
};

FIXTURE_VARIANT_ADD(right, no_admin_to_dead) {
	.caller = NO_ADMIN, .to = DEAD, .err = EPERM,
};

FIXTURE_VARIANT_ADD(right, no_admin_to_unborn) {
	.caller = NO_ADMIN, .to = UNBORN, .err = EPERM,
};

/* Capabilities in another user namespace give no right over the host's. */
FIXTURE_VARIANT_ADD(right, other_userns_to_child) {
	.caller = OTHER_USERNS, .to = CHILD, .err = EPERM,
};

FIXTURE_VARIANT_ADD(right, other_userns_to_box) {
	.caller = OTHER_USERNS, .to = BOX, .err = EPERM,
};

/* A right over the target alone is not enough. */
FIXTURE_VARIANT_ADD(right, owner_to_box) {
	.caller = BOX_MAKER, .to = BOX, .err = EPERM,
};

FIXTURE_SETUP(right)
{
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(right)
{
}

TEST_F(right, join)
{
	struct world *w = &self->w;
	struct state before;
	int moved = variant->err ? 0 : MOVED_PID_FOR_CHILDREN;
	int fd = w->ns[variant->to];

	IN_CHILD {
		become_caller(_metadata, w, variant->caller);
		state_read(_metadata, &before);
		EXPECT_EQ(variant->err, try_setns(fd, CLONE_NEWPID));
		EXPECT_EQ(variant->err, try_setns(fd, 0));
		EXPECT_MOVED(&before, moved);
	}
}

TEST_HARNESS_MAIN
