// SPDX-License-Identifier: GPL-2.0
/*
 * The tracepoints of setns(2) have no target for a set, and all else as for a pidfd.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/jail.h"
#include "../lib/nsset.h"
#include "../lib/trace.h"
#include "../lib/types.h"

FIXTURE(trace)
{
	struct container c;
	struct trace tr;
	int set;
};

FIXTURE_VARIANT(trace)
{
	__u64 container;
	__u64 held;
	__u32 made;		/* flags of PIDFD_GET_NSSET */
	int flags;
	const char *first;	/* the events of a call */
	const char *second;	/* the events of the same call once more */
	int second_err;
};

#define REST_ON " uts:0 ipc:0 pid:0 cgroup:0 net:0 time:0"
#define REST_TYPES "mnt|uts|ipc|pid|cgroup|net|time"
#define ALL_TYPES "user|" REST_TYPES

/* With flags of 0, what was asked for is what the set holds. */
/* clang-format off */
FIXTURE_VARIANT_ADD(trace, all) {
	/* clang-format on */
	.container = ALL_NS,
	.first = "user:0 mnt:0" REST_ON COMMIT(ALL_TYPES, ALL_TYPES),
	.second = "user:-22",
	.second_err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(trace, all_with_root) {
	/* clang-format on */
	.container = ALL_NS,
	.made = SETNS_ROOT | SETNS_FOR_CHILDREN,
	.first = "user:0 mnt:0 root:0" REST_ON
		 COMMIT(ALL_TYPES "|root", ALL_TYPES "|root"),
	.second = "user:-22",
	.second_err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(trace, setns_all) {
	/* clang-format on */
	.container = BUT_NS(CLONE_NEWUSER),
	.flags = SETNS_ALL,
	.first = "mnt:0" REST_ON
		 COMMIT(ALL_TYPES "|skip_joined|supported", REST_TYPES),
	.second = "",
};

/* The types that SETNS_SUPPORTED leaves out do not show. */
/* clang-format off */
FIXTURE_VARIANT_ADD(trace, setns_all_of_two) {
	/* clang-format on */
	.container = ALL_NS,
	.held = CLONE_NEWUTS | CLONE_NEWIPC,
	.flags = SETNS_ALL,
	.first = "uts:0 ipc:0"
		 COMMIT("uts|ipc|skip_joined|supported", "uts|ipc"),
	.second = "",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(trace, dry_run) {
	/* clang-format on */
	.container = ALL_NS,
	.held = CLONE_NEWUTS,
	.flags = CLONE_NEWUTS | SETNS_DRY_RUN,
	.first = "uts:0",
	.second = "uts:0",
};

FIXTURE_SETUP(trace)
{
	SKIP_WITHOUT_NSSET();
	jail_make(_metadata);
	trace_open(_metadata, &self->tr);
	self->c.flags = variant->container;
	container_start(_metadata, &self->c);
	self->set = nsset_make(_metadata, self->c.pidfd, variant->held,
			       variant->made);
}

FIXTURE_TEARDOWN(trace)
{
	container_stop(_metadata, &self->c);
	trace_close(_metadata, &self->tr);
}

TEST_F(trace, twice)
{
	IN_CHILD {
		trace_me(_metadata, &self->tr);
		EXPECT_EQ(0, try_setns(self->set, variant->flags));
		EXPECT_TRACE(&self->tr, 0, variant->first);
		EXPECT_EQ(variant->second_err,
			  try_setns(self->set, variant->flags));
		EXPECT_TRACE(&self->tr, 0, variant->second);
	}
}

/* To make a set is no join: nothing is checked, and nothing committed. */
TEST_F(trace, making_one)
{
	IN_CHILD {
		trace_me(_metadata, &self->tr);
		close(nsset_make(_metadata, self->c.pidfd, 0, 0));
		EXPECT_TRACE(&self->tr, 0, "");
	}
}

TEST_HARNESS_MAIN
