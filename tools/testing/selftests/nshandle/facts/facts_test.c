// SPDX-License-Identifier: GPL-2.0
/*
 * What lists/facts.list says of the base is true of the kernel that runs.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/facts.h"

FIXTURE(fact) {};

FIXTURE_VARIANT(fact) {
	enum fact fact;
};

#define BASE(...)
#define FACT(_name, ...) \
	FIXTURE_VARIANT_ADD(fact, _name) { .fact = _name };
#include "facts.inc"

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
