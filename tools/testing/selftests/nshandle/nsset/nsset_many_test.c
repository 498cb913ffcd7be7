// SPDX-License-Identifier: GPL-2.0
/*
 * Ten thousand sets of one container are alike, and leave nothing when closed.
 */
#include <sys/resource.h>

#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/nsset.h"
#include "../lib/picture.h"
#include "../lib/slabs.h"

#define SETS (slow() > 1 ? 1000 : 10000)

FIXTURE(many) {
	struct container c;
	struct state home;
	struct slab_files slabs;
};

FIXTURE_VARIANT(many) {
	__u32 made;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(many, plain) { .made = 0, };
FIXTURE_VARIANT_ADD(many, with_root) { .made = SETNS_ROOT, };
/* clang-format on */

FIXTURE_SETUP(many)
{
	SKIP_WITHOUT_NSSET();
	if (!slabs_apart())
		SKIP(return, NO_SLABS);
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
	state_read_task(_metadata, self->c.proc, ".", &self->home);
	slabs_open(_metadata, &self->slabs);
}

FIXTURE_TEARDOWN(many)
{
	container_stop(_metadata, &self->c);
	slabs_close(&self->slabs);
}

static void make_sets(struct __test_metadata *_metadata, int pidfd,
		      __u32 made, int *sets)
{
	struct rlimit limit = {
		.rlim_cur = SETS + 1000,
		.rlim_max = SETS + 1000,
	};

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	for (int i = 0; i < SETS; i++)
		sets[i] = nsset_make(_metadata, pidfd, 0, made);
}

/* Each is as the first; the user namespace can be joined only once. */
static void use_sets(struct __test_metadata *_metadata, const int *sets,
		     __u32 made, const struct state *home)
{
	int again = BUT_NS(CLONE_NEWUSER) | made;
	struct nsset_info first, info;
	struct state before, joined;

	ASSERT_EQ(0, nsset_info(sets[0], &first));
	state_read(_metadata, &before);
	ASSERT_EQ(0, try_setns(sets[0], 0));
	expect_there(_metadata, &before, ALL_NS | made, home);
	joined = before;
	state_refresh(_metadata, &joined);
	for (int i = 1; i < SETS && __test_passed(_metadata); i++) {
		EXPECT_EQ(0, nsset_info(sets[i], &info));
		EXPECT_EQ(0, memcmp(&first, &info, sizeof(info)));
		EXPECT_EQ(0, try_setns(sets[i], again)) {
			TH_LOG("set %d", i);
		}
	}
	EXPECT_NOTHING_MOVED(&joined);
}

TEST_F_TIMEOUT(many, are_alike_and_leave_nothing, 120)
{
	static int sets[10000];
	long long end;
	int slab, by;

	slabs_begin(_metadata, &self->slabs);
	IN_CHILD {
		make_sets(_metadata, self->c.pidfd, variant->made, sets);
		use_sets(_metadata, sets, variant->made, &self->home);
		EXPECT_LE(0, slabs_grown(_metadata, &self->slabs, &by));
		for (int i = 0; i < SETS; i++)
			EXPECT_EQ(0, close(sets[i]));
	}
	end = now_ms(CLOCK_MONOTONIC) + POLL_MS;
	do {
		slab = slabs_grown(_metadata, &self->slabs, &by);
	} while (slab >= 0 && now_ms(CLOCK_MONOTONIC) < end);
	EXPECT_EQ(-1, slab) {
		TH_LOG("%d objects of %s after %d sets", by, slabs[slab],
		       SETS);
	}
}

TEST_HARNESS_MAIN
