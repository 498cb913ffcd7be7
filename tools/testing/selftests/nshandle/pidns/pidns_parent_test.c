// SPDX-License-Identifier: GPL-2.0
/*
 * NS_GET_PARENT opens the parent of a pid namespace, live, dead or without an
 * init, if the caller sees that parent.
 */
#include "../lib/test.h"
#include "../lib/world.h"

#include <linux/nsfs.h>

FIXTURE(parent_of) {
	struct world w;
};

FIXTURE_VARIANT(parent_of) {
	enum ns ns, parent;
	int err;
};

FIXTURE_VARIANT_ADD(parent_of, child) {
	.ns = CHILD, .parent = SELF,
};

FIXTURE_VARIANT_ADD(parent_of, grandchild) {
	.ns = GRANDCHILD, .parent = CHILD,
};

FIXTURE_VARIANT_ADD(parent_of, dead) {
	.ns = DEAD, .parent = SELF,
};

FIXTURE_VARIANT_ADD(parent_of, dead_child) {
	.ns = DEAD_CHILD, .parent = DEAD,
};

FIXTURE_VARIANT_ADD(parent_of, unborn) {
	.ns = UNBORN, .parent = SELF,
};

FIXTURE_VARIANT_ADD(parent_of, orphan) {
	.ns = ORPHAN, .parent = DEAD,
};

/* The parent is neither the caller's namespace nor below it. */
FIXTURE_VARIANT_ADD(parent_of, self) {
	.ns = SELF, .err = EPERM,
};

FIXTURE_VARIANT_ADD(parent_of, sibling) {
	.ns = SIBLING, .err = EPERM,
};

FIXTURE_VARIANT_ADD(parent_of, parent) {
	.ns = PARENT, .err = EPERM,
};

FIXTURE_SETUP(parent_of)
{
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(parent_of)
{
}

TEST_F(parent_of, get_parent)
{
	int fd = ioctl(self->w.ns[variant->ns], NS_GET_PARENT);

	if (variant->err) {
		EXPECT_EQ(-1, fd);
		EXPECT_EQ(variant->err, errno);
	} else {
		ASSERT_LE(0, fd);
		EXPECT_TRUE(same_ns(_metadata, fd,
				    self->w.ns[variant->parent]));
	}
}

TEST_HARNESS_MAIN
