// SPDX-License-Identifier: GPL-2.0
/*
 * The children of a task that has joined a pid namespace are ordinary processes
 * of it, and the task's other threads stay.
 */
#include "../lib/test.h"
#include "../lib/birth.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/fork.h"
#include "../lib/picture.h"
#include "../lib/world.h"

FIXTURE(world) {
	struct world w;
};

FIXTURE_SETUP(world)
{
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(world)
{
}

/* The check compares with where the caller is, not with what it has joined. */
TEST_F(world, join_again_from_joined)
{
	static const enum ns way[] = { GRANDCHILD, CHILD, DEAD, GRANDCHILD };
	struct state before;

	for (size_t i = 0; i < ARRAY_LEN(way); i++) {
		EXPECT_EQ(0, world_join(&self->w, way[i]));
		expect_for_children(_metadata, &self->w, way[i]);
	}
	state_read(_metadata, &before);
	EXPECT_EQ(EINVAL, world_join(&self->w, SIBLING));
	EXPECT_EQ(EINVAL, world_join(&self->w, PARENT));
	EXPECT_NOTHING_MOVED(&before);
	expect_fork(_metadata, 2, 2);
}

/* A pidfd names the namespace that its process is in, not its children's. */
TEST_F(world, pidfd_is_the_active_namespace)
{
	EXPECT_EQ(0, world_join(&self->w, CHILD));
	EXPECT_EQ(0, try_setns(self->w.pidfd[UNBORN], CLONE_NEWPID));
	expect_for_children(_metadata, &self->w, SELF);
}

/* A child of the joiner is an ordinary process of the joined namespace. */
TEST_F(world, grandchildren_are_natives)
{
	struct world *w = &self->w;

	EXPECT_EQ(0, world_join(w, CHILD));
	IN_CHILD {
		EXPECT_EQ(EINVAL, world_join(w, SELF));
		EXPECT_EQ(0, world_join(w, GRANDCHILD));
		EXPECT_EQ(0, world_join(w, CHILD));
		IN_CHILD {
			report_write(report);
		}
		EXPECT_EQ(getpid(), report->ppid);
		EXPECT_EQ(getpid() + 1, report->pid);
		EXPECT_EQ(0, try_thread());
	}
}

/* Its child, when orphaned, goes to the init of that namespace, not to ours. */
TEST_F(world, grandchildren_reparent_inside)
{
	int alone[2], done[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(alone));
	ASSERT_EQ(0, pipe(done));
	EXPECT_EQ(0, world_join(&self->w, CHILD));
	IN_CHILD {
		pid = fork();
		ASSERT_LE(0, pid);
		if (pid == 0) {
			close(alone[1]);
			/* EOF: its parent is dead and reaped. */
			ASSERT_EQ(0, read(alone[0], &byte, 1));
			report_write(report);
			ASSERT_EQ(1, write(done[1], "d", 1));
			_exit(0);
		}
	}
	close(alone[1]);
	close(done[1]);
	ASSERT_EQ(1, read(done[0], &byte, 1));
	EXPECT_EQ(1, report->ppid);
}

TEST_F(world, set_tid_on_every_level)
{
	static const pid_t tids[] = { 77, 88, 99 };
	pid_t pid;

	EXPECT_EQ(0, world_join(&self->w, GRANDCHILD));
	pid = clone_reporter(tids, 3);
	ASSERT_EQ(99, pid);
	expect_born_below(_metadata, pid, 2, 77);
	EXPECT_NE(NULL, strstr(report->status, "\t99\t88\t77\n"));
}

static void *thread_join_child(void *data)
{
	struct world *w = data;

	return (void *)(intptr_t)(world_join(w, CHILD) ?: try_thread());
}

/* The join is of the calling thread alone. */
TEST_F(world, other_threads_stay)
{
	struct state before;
	pthread_t thread;
	void *ret;

	state_read(_metadata, &before);
	ASSERT_EQ(0, pthread_create(&thread, NULL, thread_join_child,
				    &self->w));
	ASSERT_EQ(0, pthread_join(thread, &ret));
	EXPECT_EQ(EINVAL, (intptr_t)ret);
	EXPECT_NOTHING_MOVED(&before);
	EXPECT_EQ(0, try_thread());
	expect_fork(_metadata, 0, 0);
}

TEST_HARNESS_MAIN
