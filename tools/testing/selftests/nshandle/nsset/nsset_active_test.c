// SPDX-License-Identifier: GPL-2.0
/*
 * What a set holds is listed by listns(2) until the last descriptor of the set is
 * closed, and no longer.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/listed.h"
#include "../lib/nsset.h"
#include "../lib/types.h"

#include <sys/resource.h>

/* Of a container with a user namespace, which owns all others. */
FIXTURE(set) {
	struct container c;
	struct roll roll;
};

FIXTURE_SETUP(set)
{
	SKIP_WITHOUT_LISTNS();
	skip_unless_nsset(_metadata);
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
	roll_read(_metadata, &self->roll, &self->c);
}

FIXTURE_TEARDOWN(set)
{
	container_stop(_metadata, &self->c);
}

TEST_F(set, while_it_holds_all)
{
	int set = nsset_make(_metadata, self->c.pidfd, 0, 0);
	int copy = dup(set);

	container_stop(_metadata, &self->c);
	EXPECT_LISTED(ALL_NS, &self->roll);
	close(set);
	EXPECT_LISTED(ALL_NS, &self->roll);
	close(copy);
	EXPECT_LISTED(0, &self->roll);
}

/* It holds what the container's children would be in, which is the same. */
TEST_F(set, while_one_for_children_holds_all)
{
	int set = nsset_make(_metadata, self->c.pidfd, 0, SETNS_FOR_CHILDREN);

	container_stop(_metadata, &self->c);
	EXPECT_LISTED(ALL_NS, &self->roll);
	close(set);
	EXPECT_LISTED(0, &self->roll);
}

TEST_F(set, while_it_holds_one)
{
	for (int i = 0; i < NR_TYPES; i++) {
		int set = nsset_make(_metadata, self->c.pidfd,
				     ns_types[i].flag, 0);

		container_stop(_metadata, &self->c);
		EXPECT_LISTED(ns_types[i].flag | CLONE_NEWUSER, &self->roll);
		close(set);
		EXPECT_LISTED(0, &self->roll);

		container_start(_metadata, &self->c);
		roll_read(_metadata, &self->roll, &self->c);
	}
}

TEST_F(set, not_when_closed)
{
	for (int i = 0; i < MANY; i++)
		close(nsset_make(_metadata, self->c.pidfd, 0, 0));
	EXPECT_LISTED(ALL_NS, &self->roll);
	container_stop(_metadata, &self->c);
	EXPECT_LISTED(0, &self->roll);
}

/* There is no descriptor for the set that has been made. */
TEST_F(set, not_without_a_descriptor)
{
	struct rlimit limit, none;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	none = limit;
	none.rlim_cur = 0;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	for (int i = 0; i < MANY; i++) {
		ASSERT_EQ(-1, nsset_get(self->c.pidfd, 0, 0));
		ASSERT_EQ(EMFILE, errno);
	}
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_LISTED(ALL_NS, &self->roll);
	container_stop(_metadata, &self->c);
	EXPECT_LISTED(0, &self->roll);
}

TEST_HARNESS_MAIN
