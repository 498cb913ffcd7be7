// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) says ESRCH for threads and processes that die in execve(2).
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/exec.h"
#include "../lib/exec_thread.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/twin.h"

FIXTURE(one_thread)
{
	struct thread_target target;
};

FIXTURE_SETUP(one_thread)
{
	SKIP_WITHOUT_CONTAINERS();
	self->target.traced = true;
	thread_target_start(_metadata, &self->target);
}

FIXTURE_TEARDOWN(one_thread)
{
	thread_target_stop(_metadata, &self->target);
}

/* The caller is root on the host: nothing else can refuse it. */
static void expect_setns(struct __test_metadata *_metadata, int err, int pidfd)
{
	struct state before;

	IN_CHILD {
		state_read(_metadata, &before);
		EXPECT_EQ(err, try_setns(pidfd, CLONE_NEWUTS));
		EXPECT_MOVED(&before, err ? 0 : MOVED_UTS);
	}
}

/* The pidfd of a thread never becomes that of the thread that takes over. */
TEST_F(one_thread, that_the_exec_kills)
{
	int hanging = thread_pidfd(_metadata, self->target.tid[HANGING]);
	int executing = thread_pidfd(_metadata, self->target.tid[EXECUTING]);

	expect_setns(_metadata, 0, hanging);
	thread_exec_start(_metadata, &self->target);
	expect_setns(_metadata, ESRCH, hanging);
	expect_setns(_metadata, 0, executing);
	expect_in_thread_exec(_metadata, &self->target);
}

/* A killed process is gone as soon as the executing thread is. */
FIXTURE(killed)
{
	struct thread_target target;
};

FIXTURE_SETUP(killed)
{
	SKIP_WITHOUT_CONTAINERS();
	thread_target_start(_metadata, &self->target);
	thread_exec_start(_metadata, &self->target);
}

FIXTURE_TEARDOWN(killed)
{
	thread_target_stop(_metadata, &self->target);
}

TEST_F(killed, in_exec)
{
	struct thread_target *t = &self->target;

	expect_setns(_metadata, 0, t->t.pidfd);
	ASSERT_EQ(0, sys_pidfd_send_signal(t->t.pidfd, SIGKILL));
	thread_wait(_metadata, t, EXECUTING, 0);
	EXPECT_NE(0, thread_state(_metadata, t, HANGING));
	expect_setns(_metadata, ESRCH, t->t.pidfd);
}

/*
 * After the leader has exited by itself, the process has threads, but setns(2)
 * says ESRCH until one of them executes. That is ABI.
 */
FIXTURE(leader_ended)
{
	struct thread_target target;
};

FIXTURE_SETUP(leader_ended)
{
	SKIP_WITHOUT_CONTAINERS();
	self->target.traced = true;
	self->target.leader_ends = true;
	thread_target_start(_metadata, &self->target);
	thread_wait(_metadata, &self->target, LEADER, 'Z');
}

FIXTURE_TEARDOWN(leader_ended)
{
	thread_target_stop(_metadata, &self->target);
}

TEST_F(leader_ended, nobody_executes)
{
	struct thread_target *t = &self->target;

	expect_setns(_metadata, ESRCH, t->t.pidfd);
	expect_setns(_metadata, 0, thread_pidfd(_metadata, t->tid[HANGING]));
	expect_setns(_metadata, 0, thread_pidfd(_metadata, t->tid[EXECUTING]));
}

TEST_F(leader_ended, another_executes)
{
	struct thread_target *t = &self->target;

	thread_exec_start(_metadata, t);
	expect_setns(_metadata, 0, t->t.pidfd);
	expect_in_thread_exec(_metadata, t);
	thread_exec_finish(_metadata, t);
	expect_setns(_metadata, 0, t->t.pidfd);
}

int main(int argc, char **argv)
{
	program_main(argc, argv);
	return test_harness_run(argc, argv);
}
