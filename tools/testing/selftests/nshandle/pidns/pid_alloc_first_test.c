// SPDX-License-Identifier: GPL-2.0
/*
 * While the first fork into a pid namespace is not done, other forks are
 * refused and use up no pid.
 *
 * Guards "pid: let the first process of a pid namespace be its init".
 */
#include "../lib/test.h"
#include "../lib/birth.h"
#include "../lib/calls.h"
#include "../lib/fork.h"
#include "../lib/fuse.h"
#include "../lib/held_fork.h"
#include "../lib/pid_vec.h"
#include "../lib/world.h"

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

/* While the first fork is held up, all others are refused. */
TEST_F(held, second_first_fork)
{
	hold_fork(_metadata, &self->f, self->w.ns[UNBORN]);
	ASSERT_EQ(0, world_join(&self->w, UNBORN));
	expect_no_birth(_metadata, fork_reporter(), EINVAL);
	expect_no_birth(_metadata, vfork_reporter(), EINVAL);
	expect_no_birth(_metadata, clone3_reporter(), EINVAL);
	expect_no_birth(_metadata, set_tid_1(), EEXIST);
	expect_no_birth(_metadata, set_tid_2(), EINVAL);
	EXPECT_EQ(0, finish_fork(_metadata, &self->f));
	/* The refused forks have given their pids back. */
	expect_no_birth(_metadata, set_tid_1(), EEXIST);
	expect_born(_metadata, set_tid_2());
	expect_born(_metadata, fork_reporter());
	end_forker(_metadata, &self->f);
	expect_no_birth(_metadata, fork_reporter(), ENOMEM);
}

/* A refused fork gives its pid back, and the next one gets that pid. */
TEST_F(held, refusals_burn_no_pid)
{
	int fd = self->w.ns[UNBORN];

	hold_fork(_metadata, &self->f, fd);
	ASSERT_EQ(0, try_setns(fd, CLONE_NEWPID));
	/* Enough to take the cursor past RESERVED_PIDS if each burnt a pid. */
	for (int i = 0; i < RESERVED_PIDS + 10; i++)
		expect_no_birth(_metadata, fork_reporter(), EINVAL);
	EXPECT_EQ(0, finish_fork(_metadata, &self->f));
	if (have_pid_vec())
		EXPECT_EQ(1, vec_get(_metadata, fd, 1).pid[0]);
	EXPECT_EQ(1, held_last_pid(_metadata, &self->f));
	expect_birth(_metadata, 2);
	EXPECT_EQ(2, held_last_pid(_metadata, &self->f));
	EXPECT_EQ(0, end_forker(_metadata, &self->f));
}

/* When the first fork has failed, the next one makes the init. */
TEST_F(held, first_fork_fails)
{
	hold_fork(_metadata, &self->f, self->w.ns[UNBORN]);
	self->f.fuse.fail_reads = -EIO;
	EXPECT_EQ(EFAULT, finish_fork(_metadata, &self->f));
	end_forker(_metadata, &self->f);
	ASSERT_EQ(0, world_join(&self->w, UNBORN));
	expect_no_birth(_metadata, set_tid_2(), EINVAL);
	expect_birth(_metadata, 1);
	/* The init has ended. */
	expect_no_birth(_metadata, fork_reporter(), ENOMEM);
}

/* The same after another fork was refused beside the first one. */
TEST_F(held, second_first_fork_then_the_first_fails)
{
	hold_fork(_metadata, &self->f, self->w.ns[UNBORN]);
	ASSERT_EQ(0, world_join(&self->w, UNBORN));
	expect_no_birth(_metadata, fork_reporter(), EINVAL);
	expect_no_birth(_metadata, set_tid_1(), EEXIST);
	self->f.fuse.fail_reads = -EIO;
	EXPECT_EQ(EFAULT, finish_fork(_metadata, &self->f));
	end_forker(_metadata, &self->f);
	expect_birth(_metadata, 1);
}

/* With an init, other forks go on beside the held one, pids in order. */
TEST_F(held, second_fork_with_an_init)
{
	hold_fork(_metadata, &self->f, self->w.ns[CHILD]);
	ASSERT_EQ(0, world_join(&self->w, CHILD));
	expect_birth(_metadata, 4);
	EXPECT_EQ(0, finish_fork(_metadata, &self->f));
	expect_birth(_metadata, 5);
	end_forker(_metadata, &self->f);
}

/* Until the init is there, the last pid can be read but not set. */
TEST_F(held, no_vector_before_the_init)
{
	struct pid_vec vec = vec_of(1, 40);

	if (!have_pid_vec())
		skip_test(_metadata, NO_PID_VEC);
	hold_fork(_metadata, &self->f, self->w.ns[UNBORN]);
	EXPECT_EQ(ESRCH, try_set(self->w.ns[UNBORN], &vec));
	vec = vec_get(_metadata, self->w.ns[UNBORN], 1);
	EXPECT_EQ(1, vec.pid[0]);
	EXPECT_EQ(0, finish_fork(_metadata, &self->f));
	vec.pid[0] = 40;
	EXPECT_EQ(0, try_set(self->w.ns[UNBORN], &vec));
	ASSERT_EQ(0, world_join(&self->w, UNBORN));
	expect_birth(_metadata, 41);
	end_forker(_metadata, &self->f);
	EXPECT_EQ(ESRCH, try_set(self->w.ns[UNBORN], &vec));
}

TEST_HARNESS_MAIN
