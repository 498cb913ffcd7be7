// SPDX-License-Identifier: GPL-2.0
/*
 * Below a pid namespace that is dead or dies meanwhile, a fork fails or its
 * child dies with its own init.
 *
 * Guards "pid: refuse a fork below a dead pid namespace".
 */
#include "../lib/test.h"
#include "../lib/birth.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/fork.h"
#include "../lib/fuse.h"
#include "../lib/held_fork.h"
#include "../lib/wait.h"
#include "../lib/world.h"

FIXTURE(below_dead) {
	struct world w;
};

FIXTURE_VARIANT(below_dead) {
	reporter_fn *make;
};

FIXTURE_VARIANT_ADD(below_dead, fork) {
	.make = fork_reporter,
};

FIXTURE_VARIANT_ADD(below_dead, vfork) {
	.make = vfork_reporter,
};

FIXTURE_VARIANT_ADD(below_dead, clone3) {
	.make = clone3_reporter,
};

FIXTURE_VARIANT_ADD(below_dead, set_tid_1) {
	.make = set_tid_1,
};

FIXTURE_SETUP(below_dead)
{
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(below_dead)
{
}

TEST_F(below_dead, two_children)
{
	struct world *w = &self->w;

	ASSERT_EQ(0, world_join(w, ORPHAN));
	expect_no_birth(_metadata, variant->make(), ENOMEM);
	expect_no_birth(_metadata, variant->make(), ENOMEM);
	/* The same caller can fork elsewhere. */
	ASSERT_EQ(0, world_join(w, CHILD));
	expect_birth(_metadata, 3);
}

FIXTURE(held) {
	struct world w;
	struct held_fork f;
};

FIXTURE_SETUP(held)
{
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
	fuse_mount(_metadata, &self->f.fuse);
}

FIXTURE_TEARDOWN_PARENT(held)
{
}

/*
 * The namespace above dies while the fork is held up. Its init has killed all
 * processes that it could see, and waits for the one that it could not.
 */
TEST_F(held, parent_dies_meanwhile)
{
	struct world *w = &self->w;
	pid_t pid;
	int err;

	/* DEAD made anew is alive, so ORPHAN below it can still get an init. */
	pid = member_start(_metadata, w, DEAD, CLONE_NEWPID, dead_more);
	hold_fork(_metadata, &self->f, self->w.ns[ORPHAN]);
	ASSERT_EQ(0, sys_pidfd_send_signal(w->pidfd[DEAD], SIGKILL));
	ASSERT_TRUE(has_exited(w->pidfd[DEAD_CHILD], POLL_MS));
	EXPECT_FALSE(has_exited(w->pidfd[DEAD], 0));
	err = finish_fork(_metadata, &self->f);
	if (!err) {
		/* Not by EXPECT: see expect_no_birth(). */
		TH_LOG("a process was born below a dying namespace");
		_exit(KSFT_FAIL);
	}
	EXPECT_EQ(ENOMEM, err);
	end_forker(_metadata, &self->f);
	expect_end(_metadata, pid, POLL_MS, "the init of DEAD");
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
}

#define STUCK "/tmp/stuck"

/* /dev/fuse of both daemons. */
static int devices[2];

static void get_stuck(int sig)
{
	access(STUCK, R_OK);
}

/*
 * SIGKILL does not interrupt a request that the FUSE daemon has read: only the
 * last close of the device ends it. So that our exit is that close, the init
 * must not have the devices.
 */
static void stuck_more(struct __test_metadata *_metadata, struct world *w)
{
	ASSERT_EQ(0, unshare(CLONE_FILES));
	close(devices[0]);
	close(devices[1]);
	ASSERT_NE(SIG_ERR, signal(SIGUSR1, get_stuck));
}

static void parent_more(struct __test_metadata *_metadata, struct world *w)
{
	member_start(_metadata, w, DEAD_CHILD, CLONE_NEWPID, stuck_more);
}

/*
 * Makes DEAD and DEAD_CHILD anew, and stops the init of DEAD_CHILD in a request
 * to @stuck: it can't be killed meanwhile. Returns the init of DEAD.
 */
static pid_t stuck_start(struct __test_metadata *_metadata, struct world *w,
			 struct fuse_daemon *fuse, struct fuse_daemon *stuck)
{
	pid_t pid;

	ASSERT_EQ(0, mkdir(STUCK, 0755));
	stuck->fd = fuse_open(_metadata);
	fuse_mount_at(_metadata, stuck->fd, STUCK);
	devices[0] = fuse->fd;
	devices[1] = stuck->fd;
	pid = member_start(_metadata, w, DEAD, CLONE_NEWPID, parent_more);
	ASSERT_EQ(0, sys_pidfd_send_signal(w->pidfd[DEAD_CHILD], SIGUSR1));
	fuse_hold(_metadata, stuck, FUSE_ACCESS);
	return pid;
}

/* A child of ours in @ns, which the exit of the init of @ns kills. */
static pid_t witness_start(struct __test_metadata *_metadata, int ns)
{
	pid_t pid;

	ASSERT_EQ(0, try_setns(ns, CLONE_NEWPID));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0)
		_exit(idle(NULL));
	return pid;
}

/*
 * The namespace above dies while the fork is held up, but the init of the
 * namespace itself can't die yet. The new process comes too late to be killed
 * with the others of the namespace above. It dies with its own init.
 */
TEST_F(held, parent_dies_before_the_init)
{
	struct fuse_daemon stuck = {};
	struct world *w = &self->w;
	pid_t dead, witness;

	dead = stuck_start(_metadata, w, &self->f.fuse, &stuck);
	hold_fork(_metadata, &self->f, w->ns[DEAD_CHILD]);
	witness = witness_start(_metadata, w->ns[DEAD]);
	ASSERT_EQ(0, sys_pidfd_send_signal(w->pidfd[DEAD], SIGKILL));
	expect_end(_metadata, witness, POLL_MS, "another process of DEAD");
	EXPECT_EQ(witness, waitpid(witness, NULL, 0));
	EXPECT_FALSE(has_exited(w->pidfd[DEAD_CHILD], 0));
	EXPECT_EQ(0, finish_fork(_metadata, &self->f));
	fuse_let_go(_metadata, &stuck);
	/* We have not told the new process to end: its init kills it. */
	fuse_serve(_metadata, &self->f.fuse, w->pidfd[DEAD_CHILD]);
	EXPECT_EQ(SIGKILL, end_forker(_metadata, &self->f));
	expect_end(_metadata, dead, POLL_MS, "the init of DEAD");
	EXPECT_EQ(dead, waitpid(dead, NULL, 0));
}

/* The namespace itself dies while the fork is held up. */
TEST_F(held, namespace_dies_meanwhile)
{
	struct world *w = &self->w;

	hold_fork(_metadata, &self->f, self->w.ns[CHILD]);
	ASSERT_EQ(0, sys_pidfd_send_signal(w->pidfd[CHILD], SIGKILL));
	ASSERT_TRUE(has_exited(w->pidfd[GRANDCHILD], POLL_MS));
	EXPECT_FALSE(has_exited(w->pidfd[CHILD], 0));
	EXPECT_EQ(ENOMEM, finish_fork(_metadata, &self->f));
	end_forker(_metadata, &self->f);
	EXPECT_TRUE(has_exited(w->pidfd[CHILD], POLL_MS));
}

TEST_HARNESS_MAIN
