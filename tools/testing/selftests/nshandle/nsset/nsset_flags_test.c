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
#include "../lib/jail.h"
#include "../lib/nsset.h"
#include "../lib/nsset_join.h"
#include "../lib/picture.h"
#include "../lib/types.h"

#define PID_TIME (CLONE_NEWPID | CLONE_NEWTIME)

/* Nothing else can be wrong: the caller may join all of it. */
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

FIXTURE_VARIANT_ADD(flags, mnt_uts_root) {
	.types = CLONE_NEWNS | CLONE_NEWUTS, .made = SETNS_ROOT,
};

FIXTURE_VARIANT_ADD(flags, user) { .types = CLONE_NEWUSER, };
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
