// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) joins a process that a thread takes over by execve(2) as that thread.
 *
 * Guards: "setns(2) by a pidfd says ESRCH only when the process is gone".
 *
 * While the thread waits for the others to die, the process lives, and the
 * thread is what the process is going to be: its credentials decide, and setns(2)
 * joins its namespaces. The leader has no namespaces any more; its credentials
 * must neither permit nor refuse anything.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/exec.h"
#include "../lib/exec_thread.h"
#include "../lib/flags.h"
#include "../lib/join.h"

FIXTURE(taken_over)
{
	struct thread_target target;
	struct join join;
};

FIXTURE_VARIANT(taken_over)
{
	uid_t leader;	/* the uid of the leader */
	uid_t exec;	/* the uid of the executing thread */
	bool traced;
	int err;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(taken_over, in_fuse) {
	/* clang-format on */
	.leader = UID,
	.exec = UID,
	.err = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(taken_over, traced) {
	/* clang-format on */
	.leader = UID,
	.exec = UID,
	.traced = true,
	.err = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(taken_over, by_thread_of_another_uid) {
	/* clang-format on */
	.leader = UID,
	.exec = OTHER_UID,
	.err = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(taken_over, from_leader_of_another_uid) {
	/* clang-format on */
	.leader = OTHER_UID,
	.exec = UID,
	.err = 0,
};

FIXTURE_SETUP(taken_over)
{
	SKIP_WITHOUT_CONTAINERS();
	self->target.leader_uid = variant->leader;
	self->target.exec_uid = variant->exec;
	self->target.traced = variant->traced;
	thread_target_start(_metadata, &self->target);
	self->join.fd = self->target.t.pidfd;
	self->join.uid = UID;
	self->join.err = variant->err;
	self->join.there = &self->target.home;
	thread_exec_start(_metadata, &self->target);
}

FIXTURE_TEARDOWN(taken_over)
{
	thread_target_stop(_metadata, &self->target);
}

TEST_F(taken_over, each_type)
{
	expect_join_types(_metadata, self->join);
	expect_in_thread_exec(_metadata, &self->target);
}

TEST_F(taken_over, all_types)
{
	expect_join_all(_metadata, self->join);
	expect_in_thread_exec(_metadata, &self->target);
}

TEST_F(taken_over, by_flags)
{
	if (!have_setns_flags())
		SKIP(return, NO_SETNS_FLAGS);
	expect_join_flags(_metadata, self->join);
	expect_in_thread_exec(_metadata, &self->target);
}

/* The execve(2) goes on, and the pidfd is that of the new program. */
TEST_F(taken_over, then_executed)
{
	self->join.flags = BUT_NS(CLONE_NEWUSER);
	expect_join(_metadata, self->join);
	expect_in_thread_exec(_metadata, &self->target);
	thread_exec_finish(_metadata, &self->target);
	expect_join(_metadata, self->join);
}

/* setns(2) checks the flags before the target. */
TEST_F(taken_over, wrong_flags)
{
	self->join.err = EINVAL;
	expect_join(_metadata, self->join);
	self->join.flags = CLONE_VM;
	expect_join(_metadata, self->join);
	expect_in_thread_exec(_metadata, &self->target);
}

int main(int argc, char **argv)
{
	program_main(argc, argv);
	return test_harness_run(argc, argv);
}
