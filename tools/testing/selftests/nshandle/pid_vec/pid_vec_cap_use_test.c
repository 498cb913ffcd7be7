// SPDX-License-Identifier: GPL-2.0
/*
 * Only a SET that gets to the capability check records the use of a capability.
 *
 * Every case runs as the caller of the world of lib/world.h.
 */
#include "../lib/test.h"
#include "../lib/child.h"
#include "../lib/pid_vec.h"
#include "../lib/world.h"

/* From the kernel: a task that has used a capability; fork(2) clears it. */
#define PF_SUPERPRIV 0x100

FIXTURE(recorded) {
	struct scene s;
};

FIXTURE_VARIANT(recorded) {
	enum ns ns;
	__u32 nr;
	pid_t pid;
	int err;
	bool used;
};

/* Levels out of reach are refused before the capability check. */
FIXTURE_VARIANT_ADD(recorded, above_self) {
	.ns = SELF, .nr = 2, .err = EPERM,
};

FIXTURE_VARIANT_ADD(recorded, above_child) {
	.ns = CHILD, .nr = 3, .err = EPERM,
};

FIXTURE_VARIANT_ADD(recorded, parent) {
	.ns = PARENT, .nr = 1, .err = EPERM,
};

FIXTURE_VARIANT_ADD(recorded, sibling) {
	.ns = SIBLING, .nr = 1, .err = EPERM,
};

/* So is a number that is too large. */
FIXTURE_VARIANT_ADD(recorded, too_many_levels) {
	.ns = CHILD, .nr = MAX_PIDS + 1, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(recorded, in_reach) {
	.ns = CHILD, .nr = 2, .pid = 700, .used = true,
};

/* The capability check comes before the checks of pids and init. */
FIXTURE_VARIANT_ADD(recorded, in_reach_bad_pid) {
	.ns = CHILD, .nr = 2, .pid = -1, .err = EINVAL, .used = true,
};

FIXTURE_VARIANT_ADD(recorded, in_reach_unborn) {
	.ns = UNBORN, .nr = 1, .pid = 700, .err = ESRCH, .used = true,
};

FIXTURE_SETUP(recorded)
{
	scene_enter(_metadata, &self->s);
}

FIXTURE_TEARDOWN_PARENT(recorded)
{
	scene_left(_metadata, &self->s);
}

/* Has the caller used a capability since it was forked? */
static bool used_capability(struct __test_metadata *_metadata)
{
	FILE *f = fopen("/proc/thread-self/stat", "re");
	unsigned int flags;

	ASSERT_NE(NULL, f);
	ASSERT_EQ(1, fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %u",
			    &flags));
	fclose(f);
	return flags & PF_SUPERPRIV;
}

TEST_F(recorded, use_of_a_capability)
{
	struct pid_vec vec = vec_of(variant->nr, variant->pid);

	IN_CHILD {
		ASSERT_FALSE(used_capability(_metadata));
		EXPECT_EQ(variant->err, try_set(self->s.w.ns[variant->ns],
						&vec));
		EXPECT_EQ(variant->used, used_capability(_metadata));
	}
}

/* GET needs no capability. */
TEST_F(recorded, no_use_to_get)
{
	struct pid_vec vec = vec_of(variant->nr, 0);

	IN_CHILD {
		try_get(self->s.w.ns[variant->ns], &vec);
		EXPECT_FALSE(used_capability(_metadata));
	}
}

TEST_HARNESS_MAIN
