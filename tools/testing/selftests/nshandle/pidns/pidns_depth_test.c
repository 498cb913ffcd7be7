// SPDX-License-Identifier: GPL-2.0
/*
 * Pid namespaces nest 32 levels deep; each level can be joined, and is reached
 * by set_tid and by NS_GET_PARENT.
 */
#include "../lib/test.h"
#include "../lib/birth.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/chain.h"
#include "../lib/child.h"
#include "../lib/fork.h"
#include "../lib/world.h"

#include <linux/nsfs.h>

struct deepest {
	struct chain c;
	int err_unshare;	/* errno of making one more, at the bottom */
	int err_up;		/* errno of joining the one above the bottom */
};

FIXTURE(depth) {
	struct deepest d;
};

static void depth_try_more(struct __test_metadata *_metadata, struct chain *c)
{
	/* c is its first member. */
	struct deepest *d = (void *)c;

	d->err_unshare = try_unshare();
	d->err_up = try_setns(c->ns[c->bottom - 1], CLONE_NEWPID);
}

FIXTURE_SETUP(depth)
{
	SKIP_WITHOUT_CONTAINERS();
	chain_make(_metadata, &self->d.c, MAX_LEVEL + 1, depth_try_more);
}

FIXTURE_TEARDOWN_PARENT(depth)
{
	chain_wait(_metadata, &self->d.c);
}

TEST_F(depth, no_more_than_32)
{
	EXPECT_EQ(MAX_LEVEL, self->d.c.bottom);
	EXPECT_EQ(ENOSPC, self->d.c.err);
	EXPECT_EQ(ENOSPC, self->d.err_unshare);
	EXPECT_EQ(EINVAL, self->d.err_up);
}

TEST_F(depth, join_every_level)
{
	pid_t pid = getpid();

	for (int level = MAX_LEVEL; level >= 0; level--) {
		EXPECT_EQ(0, try_setns(self->d.c.ns[level], CLONE_NEWPID));
		IN_CHILD {
			EXPECT_EQ(level + 1, levels_of_self(_metadata));
			EXPECT_EQ(level ? 0 : pid, getppid());
		}
	}
}

/* NS_GET_PARENT leads from the deepest to the root, one by one. */
TEST_F(depth, parents_lead_to_the_root)
{
	int fd = dup(self->d.c.ns[MAX_LEVEL]), parent;

	for (int level = MAX_LEVEL - 1; level >= 0; level--) {
		parent = ioctl(fd, NS_GET_PARENT);
		ASSERT_LE(0, parent);
		EXPECT_TRUE(same_ns(_metadata, parent, self->d.c.ns[level]));
		close(fd);
		fd = parent;
	}
	EXPECT_EQ(-1, ioctl(fd, NS_GET_PARENT));
	EXPECT_EQ(EPERM, errno);
}

/* clone3(2) takes 32 pids: enough for all levels but the root's. */
TEST_F(depth, set_tid_of_32_levels)
{
	pid_t tids[MAX_LEVEL + 1], pid;

	for (int i = 0; i <= MAX_LEVEL; i++)
		tids[i] = 1000 + i;
	EXPECT_EQ(0, try_setns(self->d.c.ns[MAX_LEVEL], CLONE_NEWPID));
	EXPECT_EQ(0, clone_reporter(tids, MAX_LEVEL + 1));
	EXPECT_EQ(EINVAL, errno);
	pid = clone_reporter(tids, MAX_LEVEL);
	ASSERT_LT(0, pid);
	child_wait(_metadata, pid);
	EXPECT_EQ(1000, report->pid);
	EXPECT_EQ(MAX_LEVEL + 1, report_nspid(_metadata, report,
					      tids));
	EXPECT_EQ(pid, tids[0]);
	for (int i = 1; i <= MAX_LEVEL; i++)
		EXPECT_EQ(1000 + MAX_LEVEL - i, tids[i]);
}

TEST_HARNESS_MAIN
