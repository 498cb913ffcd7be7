// SPDX-License-Identifier: GPL-2.0
/*
 * The init of a pid namespace can't end until each process there that has its
 * parent outside is dead and reaped. Such a process is a foreigner below.
 */
#include "../lib/test.h"
#include "../lib/birth.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/fork.h"
#include "../lib/task_stat.h"
#include "../lib/wait.h"
#include "../lib/world.h"

FIXTURE(held) {
	struct world w;
	int init;	/* /proc/PID of the init of CHILD */
};

FIXTURE_SETUP(held)
{
	SKIP_WITHOUT_CONTAINERS();
	world_enter(_metadata, &self->w);
	self->init = proc_of_pidfd(_metadata, self->w.pidfd[CHILD]);
}

FIXTURE_TEARDOWN_PARENT(held)
{
}

/*
 * The init has nothing left to do but to wait for foreigners: it exits, its own
 * children are dead, and it sleeps, interruptibly ('S') or idle ('I').
 */
static bool is_held(struct __test_metadata *_metadata, const struct world *w,
		    int init)
{
	struct task_stat st;

	if (!sys_pidfd_send_signal(w->pidfd[GRANDCHILD], 0) || errno != ESRCH)
		return false;
	st = task_stat(_metadata, init);
	return (st.flags & PF_EXITING) && (st.state == 'I' || st.state == 'S');
}

/* Kills the init of CHILD, and returns when its exit is held up. */
static void held_kill_init(struct __test_metadata *_metadata,
			   const struct world *w, int init)
{
	long long end = now_ms(CLOCK_MONOTONIC) + POLL_MS;

	ASSERT_EQ(0, sys_pidfd_send_signal(w->pidfd[CHILD], SIGKILL));
	while (!is_held(_metadata, w, init)) {
		ASSERT_GT(end, now_ms(CLOCK_MONOTONIC));
		sched_yield();
	}
	EXPECT_FALSE(has_exited(w->pidfd[CHILD], 0));
}

/* A dead child of ours, born in CHILD, that is not reaped. */
static pid_t held_zombie(struct __test_metadata *_metadata, struct world *w)
{
	siginfo_t info;
	pid_t pid;

	EXPECT_EQ(0, world_join(w, CHILD));
	pid = fork_reporter();
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	return pid;
}

TEST_F(held, released_when_reaped)
{
	pid_t pid = held_zombie(_metadata, &self->w);

	held_kill_init(_metadata, &self->w, self->init);
	/* The namespace takes no more processes, though its init is there. */
	expect_no_birth(_metadata, fork_reporter(), ENOMEM);
	EXPECT_FALSE(has_exited(self->w.pidfd[CHILD], 0));
	EXPECT_TRUE(is_held(_metadata, &self->w, self->init));
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_TRUE(has_exited(self->w.pidfd[CHILD], POLL_MS));
}

/* When the zombie's parent exits, its reaper inherits it, and must reap it. */
TEST_F(held, inherited_by_the_parents_reaper)
{
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	IN_CHILD {
		held_zombie(_metadata, &self->w);
		held_kill_init(_metadata, &self->w, self->init);
	}
	EXPECT_TRUE(is_held(_metadata, &self->w, self->init));
	EXPECT_FALSE(has_exited(self->w.pidfd[CHILD], 0));
	EXPECT_LT(0, waitpid(-1, NULL, 0));
	EXPECT_TRUE(has_exited(self->w.pidfd[CHILD], POLL_MS));
}

/* A living foreigner is killed, and then holds the init until it is reaped. */
TEST_F(held, living_child_is_killed_and_held)
{
	siginfo_t info;
	pid_t pid;

	EXPECT_EQ(0, world_join(&self->w, CHILD));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0)
		for (;;)
			pause();
	held_kill_init(_metadata, &self->w, self->init);
	ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	EXPECT_EQ(CLD_KILLED, info.si_code);
	EXPECT_EQ(SIGKILL, info.si_status);
	EXPECT_FALSE(has_exited(self->w.pidfd[CHILD], 0));
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_TRUE(has_exited(self->w.pidfd[CHILD], POLL_MS));
}

/* A foreigner that is reaped already holds nothing. */
TEST_F(held, not_held_without_foreigners)
{
	struct world *w = &self->w;

	EXPECT_EQ(0, world_join(w, CHILD));
	expect_fork(_metadata, 1, 3);
	ASSERT_EQ(0, sys_pidfd_send_signal(w->pidfd[CHILD], SIGKILL));
	EXPECT_TRUE(has_exited(w->pidfd[CHILD], POLL_MS));
}

TEST_HARNESS_MAIN
