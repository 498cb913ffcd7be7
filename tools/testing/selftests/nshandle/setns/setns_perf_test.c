// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) makes one PERF_RECORD_NAMESPACES if it has joined something.
 *
 * The record names the namespaces that the caller is in after the call.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/perf.h"

FIXTURE(perf)
{
	struct container c;
};

FIXTURE_VARIANT(perf)
{
	__u64 container;
	int flags;
	int first;		/* how many records a call makes */
	int second;		/* and the same call once more */
	int second_err;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(perf, all) {
	/* clang-format on */
	.container = ALL_NS,
	.flags = ALL_NS,
	.first = 1,
	.second = 0,
	.second_err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(perf, one) {
	/* clang-format on */
	.container = CLONE_NEWUTS,
	.flags = CLONE_NEWUTS,
	.first = 1,
	.second = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(perf, dry_run) {
	/* clang-format on */
	.container = ALL_NS,
	.flags = ALL_NS | SETNS_DRY_RUN,
	.first = 0,
	.second = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(perf, skip_joined) {
	/* clang-format on */
	.container = BUT_NS(CLONE_NEWUSER),
	.flags = ALL_NS | SETNS_SKIP_JOINED,
	.first = 1,
	.second = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(perf, skip_joined_all) {
	/* clang-format on */
	.flags = ALL_NS | SETNS_SKIP_JOINED,
	.first = 0,
	.second = 0,
};

FIXTURE_SETUP(perf)
{
	SKIP_WITHOUT_FLAGS();
	self->c.flags = variant->container;
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(perf)
{
	container_stop(_metadata, &self->c);
}

TEST_F(perf, twice)
{
	struct perf_event_mmap_page *perf;

	IN_CHILD {
		perf = perf_open(_metadata);
		EXPECT_EQ(0, try_setns(self->c.pidfd, variant->flags));
		EXPECT_EQ(variant->first, perf_read(_metadata, perf));
		EXPECT_EQ(variant->second_err,
			  try_setns(self->c.pidfd, variant->flags));
		EXPECT_EQ(variant->second, perf_read(_metadata, perf));
	}
}

TEST_HARNESS_MAIN
