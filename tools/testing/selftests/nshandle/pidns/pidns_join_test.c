// SPDX-License-Identifier: GPL-2.0
/*
 * Joining a pid namespace moves where the caller's children are born, only
 * downward, and leaves the caller itself.
 *
 * Every case runs as the caller of the world of lib/world.h.
 */
#include "../lib/test.h"
#include "../lib/birth.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/fork.h"
#include "../lib/picture.h"
#include "../lib/world.h"

FIXTURE(join) {
	struct world w;
	int fd;		/* what the variant joins by */
};

FIXTURE_VARIANT(join) {
	enum ns to;
	bool by_pidfd;
	int join;	/* errno of setns(2) with CLONE_NEWPID */
	int plain;	/* and of setns(2) with 0 */
	int thread;	/* then of pthread_create(3), unshare, CLONE_NEWPID */
	int fork;	/* of fork(2) and vfork(2) */
	int tid_one;	/* of clone3(2) with set_tid = { 1 } */
	int tid_free;	/* and with one that no process has */
	int depth;	/* how far below the caller its children are born */
	pid_t first;	/* pid of the first child there; 0: any */
};

/* The caller is there already: nothing changes. */
FIXTURE_VARIANT_ADD(join, self_file) {
	.to = SELF,
	.tid_one = EEXIST,
};

FIXTURE_VARIANT_ADD(join, self_pidfd) {
	.to = SELF,
	.by_pidfd = true,
	.plain = EINVAL,
	.tid_one = EEXIST,
};

/* Pids 1 and 2 of CHILD are its init and the init of GRANDCHILD. */
FIXTURE_VARIANT_ADD(join, child_file) {
	.to = CHILD,
	.thread = EINVAL,
	.tid_one = EEXIST,
	.depth = 1,
	.first = 3,
};

FIXTURE_VARIANT_ADD(join, child_pidfd) {
	.to = CHILD,
	.by_pidfd = true,
	.plain = EINVAL,
	.thread = EINVAL,
	.tid_one = EEXIST,
	.depth = 1,
	.first = 3,
};

FIXTURE_VARIANT_ADD(join, grandchild_file) {
	.to = GRANDCHILD,
	.thread = EINVAL,
	.tid_one = EEXIST,
	.depth = 2,
	.first = 2,
};

FIXTURE_VARIANT_ADD(join, grandchild_pidfd) {
	.to = GRANDCHILD,
	.by_pidfd = true,
	.plain = EINVAL,
	.thread = EINVAL,
	.tid_one = EEXIST,
	.depth = 2,
	.first = 2,
};

/* Neither sideways nor upward; the refused call has no effect. */
FIXTURE_VARIANT_ADD(join, sibling_file) {
	.to = SIBLING,
	.join = EINVAL,
	.plain = EINVAL,
	.tid_one = EEXIST,
};

FIXTURE_VARIANT_ADD(join, sibling_pidfd) {
	.to = SIBLING,
	.by_pidfd = true,
	.join = EINVAL,
	.plain = EINVAL,
	.tid_one = EEXIST,
};

FIXTURE_VARIANT_ADD(join, parent_file) {
	.to = PARENT,
	.join = EINVAL,
	.plain = EINVAL,
	.tid_one = EEXIST,
};

FIXTURE_VARIANT_ADD(join, parent_pidfd) {
	.to = PARENT,
	.by_pidfd = true,
	.join = EINVAL,
	.plain = EINVAL,
	.tid_one = EEXIST,
};

/* ENOMEM: no process can be born there any more. It is ABI. */
FIXTURE_VARIANT_ADD(join, dead_file) {
	.to = DEAD,
	.thread = EINVAL,
	.fork = ENOMEM,
	.tid_one = ENOMEM,
	.tid_free = ENOMEM,
};

FIXTURE_VARIANT_ADD(join, dead_pidfd) {
	.to = DEAD,
	.by_pidfd = true,
	.join = ESRCH,
	.plain = EINVAL,
	.tid_one = EEXIST,
};

FIXTURE_VARIANT_ADD(join, dead_child_file) {
	.to = DEAD_CHILD,
	.thread = EINVAL,
	.fork = ENOMEM,
	.tid_one = ENOMEM,
	.tid_free = ENOMEM,
};

FIXTURE_VARIANT_ADD(join, dead_child_pidfd) {
	.to = DEAD_CHILD,
	.by_pidfd = true,
	.join = ESRCH,
	.plain = EINVAL,
	.tid_one = EEXIST,
};

/* The first child of any task that has joined is the init: only pid 1. */
FIXTURE_VARIANT_ADD(join, unborn_file) {
	.to = UNBORN,
	.thread = EINVAL,
	.tid_free = EINVAL,
	.depth = 1,
	.first = 1,
};

/*
 * Below a dead namespace no process can be born, either, not even the first.
 * Each case tries it once: without the series, a second child would be fatal.
 */
FIXTURE_VARIANT_ADD(join, orphan_file) {
	.to = ORPHAN,
	.thread = EINVAL,
	.fork = ENOMEM,
	.tid_one = ENOMEM,
	.tid_free = EINVAL,
};

FIXTURE_SETUP(join)
{
	bool unborn = variant->to == UNBORN || variant->to == ORPHAN;

	SKIP_WITHOUT_CONTAINERS();
	if (unborn && !have_pidfd_ioctls())
		SKIP(return, NO_PIDFD_IOCTLS);
	world_enter(_metadata, &self->w);
	self->fd = variant->by_pidfd ? self->w.pidfd[variant->to] :
		   self->w.ns[variant->to];
}

FIXTURE_TEARDOWN_PARENT(join)
{
}

TEST_F(join, caller_stays)
{
	struct state before;
	pid_t pid = getpid(), ppid = getppid();

	state_arm(_metadata, &before);
	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	EXPECT_EQ(pid, getpid());
	EXPECT_EQ(ppid, getppid());
	expect_for_children(_metadata, &self->w,
			    variant->thread ? variant->to : SELF);
	EXPECT_MOVED(&before, variant->thread ? MOVED_PID_FOR_CHILDREN : 0);
}

TEST_F(join, without_type)
{
	bool moves = variant->thread && !variant->plain;

	EXPECT_EQ(variant->plain, try_setns(self->fd, 0));
	expect_for_children(_metadata, &self->w, moves ? variant->to : SELF);
}

/* What a reporter returned is 0 with @err, or a child @depth levels below. */
static void expect_outcome(struct __test_metadata *_metadata, pid_t pid,
			   int err, int depth, pid_t want)
{
	if (err)
		expect_no_birth(_metadata, pid, err);
	else
		expect_born_below(_metadata, pid, depth, want);
}

TEST_F(join, then_fork)
{
	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	expect_outcome(_metadata, fork_reporter(), variant->fork,
		       variant->depth, variant->first);
}

TEST_F(join, then_vfork)
{
	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	expect_outcome(_metadata, vfork_reporter(), variant->fork,
		       variant->depth, variant->first);
}

TEST_F(join, then_pthread_create)
{
	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	EXPECT_EQ(variant->thread, try_thread());
}

TEST_F(join, then_unshare)
{
	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	EXPECT_EQ(variant->thread, try_unshare());
}

TEST_F(join, then_clone_newpid)
{
	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	EXPECT_EQ(variant->thread, try_clone_newpid());
}

TEST_F(join, then_set_tid_one)
{
	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	expect_outcome(_metadata, set_tid_1(), variant->tid_one,
		       variant->depth, 1);
}

TEST_F(join, then_set_tid_free)
{
	static const pid_t tid = 77;

	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	expect_outcome(_metadata, clone_reporter(&tid, 1), variant->tid_free,
		       variant->depth, tid);
}

/* Joining its own namespace again undoes a join. */
TEST_F(join, then_back)
{
	struct state before;

	state_arm(_metadata, &before);
	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	EXPECT_EQ(0, world_join(&self->w, SELF));
	EXPECT_NOTHING_MOVED(&before);
	EXPECT_EQ(0, try_thread());
	expect_fork(_metadata, 0, 0);
	EXPECT_EQ(0, try_clone_newpid());
	EXPECT_EQ(0, try_unshare());
}

TEST_HARNESS_MAIN
