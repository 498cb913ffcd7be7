// SPDX-License-Identifier: GPL-2.0
/*
 * What lists/facts.list says of the base is true of the kernel that runs.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/facts.h"

#include <assert.h>

FIXTURE(fact) {};

FIXTURE_VARIANT(fact) {
	enum fact fact;
};

FIXTURE_VARIANT_ADD(fact, PIDFD_ARGUMENT_FIRST) {
	.fact = PIDFD_ARGUMENT_FIRST,
};

FIXTURE_VARIANT_ADD(fact, PIDFD_ACCESS_BEFORE_ZOMBIE) {
	.fact = PIDFD_ACCESS_BEFORE_ZOMBIE,
};

FIXTURE_VARIANT_ADD(fact, PIDFD_OF_THREADS) {
	.fact = PIDFD_OF_THREADS,
};

FIXTURE_VARIANT_ADD(fact, PIDFD_CAN_BE_REOPENED) {
	.fact = PIDFD_CAN_BE_REOPENED,
};

FIXTURE_VARIANT_ADD(fact, EXEC_ENTERS_TIMENS) {
	.fact = EXEC_ENTERS_TIMENS,
};

FIXTURE_VARIANT_ADD(fact, FSCONFIG_TAKES_O_PATH) {
	.fact = FSCONFIG_TAKES_O_PATH,
};

FIXTURE_VARIANT_ADD(fact, PROCFS_SUBSET_IS_FIXED) {
	.fact = PROCFS_SUBSET_IS_FIXED,
};

FIXTURE_VARIANT_ADD(fact, PROCFS_SUBSET_MAY_BE_COVERED) {
	.fact = PROCFS_SUBSET_MAY_BE_COVERED,
};

FIXTURE_VARIANT_ADD(fact, FSMOUNT_SAYS_TOO_REVEALING) {
	.fact = FSMOUNT_SAYS_TOO_REVEALING,
};

FIXTURE_VARIANT_ADD(fact, P9_ERROR_IS_STALE) {
	.fact = P9_ERROR_IS_STALE,
};

FIXTURE_VARIANT_ADD(fact, NSFS_TRANSLATES_PIDS) {
	.fact = NSFS_TRANSLATES_PIDS,
};

FIXTURE_VARIANT_ADD(fact, PID_MAX_OF_NAMESPACE) {
	.fact = PID_MAX_OF_NAMESPACE,
};

FIXTURE_VARIANT_ADD(fact, LISTNS) {
	.fact = LISTNS,
};

FIXTURE_VARIANT_ADD(fact, I386_CALLERS) {
	.fact = I386_CALLERS,
};

static_assert(NR_FACTS == 14, "a variant for each fact");

FIXTURE_SETUP(fact)
{
	SKIP_WITHOUT_CONTAINERS();
	if (!fact_base_known())
		SKIP(return, "this kernel is none of the bases");
}

FIXTURE_TEARDOWN(fact)
{
}

/* Of a fact without a probe, the tests that ask for it see whether it is so. */
TEST_F(fact, is_as_listed)
{
	enum fact_answer probed = fact_probed(_metadata, variant->fact);

	if (!fact_has_probe(variant->fact))
		return;
	if (probed == UNKNOWN)
		SKIP(return, "kernel without what would be asked");
	EXPECT_EQ(fact_listed(variant->fact), probed);
}

TEST_HARNESS_MAIN
