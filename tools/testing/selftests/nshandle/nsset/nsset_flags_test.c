// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) by a set takes 0, or types that the set holds and flags that it knows.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/handle.h"
#include "../lib/nsset.h"
#include "../lib/picture.h"
#include "../lib/types.h"

FIXTURE(flags) {
	struct container c;
};

FIXTURE_VARIANT(flags) {
	__u64 types;
	__u32 made;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, of_all) { .types = ALL_NS, };
FIXTURE_VARIANT_ADD(flags, of_all_for_children) {
	.types = ALL_NS, .made = SETNS_FOR_CHILDREN, };
FIXTURE_VARIANT_ADD(flags, of_all_and_root) {
	.types = ALL_NS, .made = SETNS_ROOT, };
FIXTURE_VARIANT_ADD(flags, of_mnt_and_uts) {
	.types = CLONE_NEWNS | CLONE_NEWUTS, };
FIXTURE_VARIANT_ADD(flags, of_mnt_and_uts_and_root) {
	.types = CLONE_NEWNS | CLONE_NEWUTS, .made = SETNS_ROOT, };
FIXTURE_VARIANT_ADD(flags, of_uts) { .types = CLONE_NEWUTS, };
FIXTURE_VARIANT_ADD(flags, of_user) { .types = CLONE_NEWUSER, };
FIXTURE_VARIANT_ADD(flags, of_pid_and_time_for_children) {
	.types = CLONE_NEWPID | CLONE_NEWTIME, .made = SETNS_FOR_CHILDREN, };
/* clang-format on */

FIXTURE_SETUP(flags)
{
	SKIP_WITHOUT_NSSET();
	undo_start(_metadata);
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(flags)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

/*
 * What setns(2) must say to @flags, if not 0: the types that the set holds, the
 * flags that say how to join them, SETNS_ROOT if the set has it.
 */
static int flags_err(const FIXTURE_VARIANT(flags) * row, unsigned int flags)
{
	unsigned int types = flags & ALL_NS;
	unsigned int known = row->types | SETNS_SKIP_JOINED | SETNS_DRY_RUN |
			     SETNS_SUPPORTED | (row->made & SETNS_ROOT);
	bool root_alone = (flags & SETNS_ROOT) && !(types & CLONE_NEWNS);

	if (flags & SETNS_SUPPORTED)
		known |= ALL_NS;
	return !types || (flags & ~known) || root_alone ? EINVAL : 0;
}

/* All SETNS_* flags with all types, as a dry run where it would succeed. */
TEST_F(flags, each_with_each_mask)
{
	int pidfd = self->c.pidfd, set, err;
	struct state before;

	set = nsset_make(_metadata, pidfd, variant->types, variant->made);
	container_stop(_metadata, &self->c);
	IN_CHILD {
		state_arm(_metadata, &before);
		for (int n = 1; n < 32 * 256; n += NEXT_ROW) {
			unsigned int flags = n % 32 | mask_flags(n / 32);

			if (!flags)
				continue;
			err = flags_err(variant, flags);
			EXPECT_EQ(err, try_setns(set, err ? flags :
						 flags | SETNS_DRY_RUN)) {
				TH_LOG("flags %#x", flags);
			}
		}
		EXPECT_NOTHING_MOVED(&before);
	}
}

TEST_F(flags, unknown)
{
	int set = nsset_make(_metadata, self->c.pidfd, variant->types,
			     variant->made);
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		for (unsigned int flag = 1; flag; flag <<= 1) {
			if (flag & (ALL_NS | ALL_FLAGS))
				continue;
			EXPECT_EQ(EINVAL, try_setns(set, flag)) {
				TH_LOG("flag %#x", flag);
			}
			EXPECT_EQ(EINVAL, try_setns(set, flag |
						    variant->types));
			EXPECT_EQ(EINVAL, try_setns(set, flag | SETNS_ALL));
		}
		EXPECT_EQ(EINVAL, try_setns(set, -1));
		EXPECT_NOTHING_MOVED(&before);
	}
}

/* Types that it does not hold are left out, and the rest moves. */
TEST_F(flags, supported)
{
	int set = nsset_make(_metadata, self->c.pidfd, variant->types,
			     variant->made);
	int others = ALL_NS & ~variant->types;
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		if (others) {
			EXPECT_EQ(EINVAL, try_setns(set, others));
			EXPECT_EQ(0, try_setns(set, others | SETNS_SUPPORTED));
		}
		EXPECT_NOTHING_MOVED(&before);
		EXPECT_EQ(0, try_setns(set, ALL_NS | SETNS_SUPPORTED));
		EXPECT_MOVED(&before, moved_by(variant->types));
	}
}

/* No flags: all that it holds. */
TEST_F(flags, zero)
{
	int set = nsset_make(_metadata, self->c.pidfd, variant->types,
			     variant->made);
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, try_setns(set, 0));
		EXPECT_MOVED(&before, moved_by(variant->types));
	}
}

/* A descriptor with O_PATH gives no access to the file. */
TEST_F(flags, o_path)
{
	int set = nsset_make(_metadata, self->c.pidfd, variant->types,
			     variant->made), fd;
	struct nsset_info info;
	struct state before;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", set);
	fd = open(path, O_PATH | O_CLOEXEC);
	ASSERT_LE(0, fd);
	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(EBADF, try_setns(fd, 0));
		EXPECT_EQ(EBADF, try_setns(fd, variant->types));
		EXPECT_EQ(EBADF, nsset_info(fd, &info));
		EXPECT_EQ(-1, pidfd_get(fd, LINK_UTS));
		EXPECT_EQ(EBADF, errno);
		EXPECT_NOTHING_MOVED(&before);
	}
}

TEST_HARNESS_MAIN
