// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) by a pidfd never waits for its target, not even in execve(2).
 *
 * setns(2) must take no lock that the target holds: the target decides how long
 * it stays in execve(2), and the caller may be the process that it waits for.
 *
 * On a kernel whose setns(2) takes exec_update_lock, the callers in held_up.*
 * do not return within their limit. The stock kernel does not take it: there,
 * these cases are regression tests.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/exec.h"
#include "../lib/exec_fuse.h"
#include "../lib/flags.h"
#include "../lib/join.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/wait.h"
#include "../lib/twin.h"

FIXTURE(held_up)
{
	struct exec_scene scene;
};

FIXTURE_SETUP(held_up)
{
	SKIP_WITHOUT_CONTAINERS();
	exec_scene_start(_metadata, &self->scene, 04755);
	exec_stop(_metadata, &self->scene);
}

FIXTURE_TEARDOWN(held_up)
{
	exec_scene_end(_metadata, &self->scene);
}

/*
 * A FUSE server joins its client before it answers the client. If setns(2)
 * waited for the client, both would wait for ever.
 */
TEST_F(held_up, not_its_file_system)
{
	int flags = BUT_NS(CLONE_NEWUSER);
	struct state before;

	ASSERT_EQ(0, chdir("/proc"));
	state_read(_metadata, &before);
	EXPECT_EQ(0, try_setns(self->scene.t.pidfd, flags));
	EXPECT_MOVED(&before, moved_by(flags) & ~MOVED_UNDO);
	expect_there(_metadata, &before, flags, &self->scene.home);
	expect_in_exec(_metadata, &self->scene);
	exec_finish(_metadata, &self->scene);
}

TEST_F(held_up, not_two_callers)
{
	struct join j = {
		.fd = self->scene.t.pidfd,
		.flags = BUT_NS(CLONE_NEWUSER),
		.uid = UID,
		.there = &self->scene.home,
	};
	pid_t callers[2];

	for (int i = 0; i < 2; i++)
		callers[i] = caller_start(_metadata, &j);
	for (int i = 0; i < 2; i++)
		caller_end(_metadata, callers[i]);
	expect_in_exec(_metadata, &self->scene);
	exec_finish(_metadata, &self->scene);
}

/* setns(2) checks the flags before the target. */
TEST_F(held_up, not_wrong_flags)
{
	struct join j = {
		.fd = self->scene.t.pidfd,
		.uid = OTHER_UID,
		.err = EINVAL,
	};

	expect_join(_metadata, j);
	j.flags = CLONE_VM;
	expect_join(_metadata, j);
	expect_in_exec(_metadata, &self->scene);
	exec_finish(_metadata, &self->scene);
}

/* A killed target lives on until it has the answer: its exit waits for it, too. */
TEST_F(held_up, killed)
{
	struct exec_scene *scene = &self->scene;
	struct join j = {
		.fd = scene->t.pidfd,
		.flags = BUT_NS(CLONE_NEWUSER),
		.uid = UID,
		.there = &scene->home,
	};

	ASSERT_EQ(0, sys_pidfd_send_signal(scene->t.pidfd, SIGKILL));
	expect_join(_metadata, j);
	expect_in_exec(_metadata, scene);

	fuse_let_go(_metadata, &scene->daemon);
	fuse_serve(_metadata, &scene->daemon, scene->t.pidfd);
	EXPECT_EQ(ESRCH, try_setns(scene->t.pidfd, j.flags));
}

/* Without a written mapping, only a lock could stop the target. */
static void exec_again(struct __test_metadata *_metadata,
		       struct exec_scene *scene)
{
	ASSERT_EQ(1, write(scene->t.go, "g", 1));
	byte_wait(_metadata, scene->t.steps, 'x', "the next exec");
}

/*
 * No call leaves a lock or a reference that the next exec would wait for: no call
 * that succeeds, and none that is refused for its flags, for a namespace or for
 * the target.
 */
TEST_F(held_up, not_the_next_exec)
{
	struct join j = {
		.fd = self->scene.t.pidfd,
		.uid = UID,
		.err = EINVAL,
		.there = &self->scene.home,
	};

	expect_join(_metadata, j);
	j.flags = CLONE_NEWUSER;
	expect_join(_metadata, j);
	j.flags = CLONE_NEWUTS;
	j.err = 0;
	expect_join(_metadata, j);
	j.uid = OTHER_UID;
	j.err = EPERM;
	expect_join(_metadata, j);
	exec_finish(_metadata, &self->scene);
	exec_again(_metadata, &self->scene);
}

/* Two processes join each other: neither holds a lock that the other needs. */
FIXTURE(each_other) {};

FIXTURE_SETUP(each_other)
{
	SKIP_WITHOUT_CONTAINERS();
}

FIXTURE_TEARDOWN(each_other)
{
}

static void join_often(struct __test_metadata *_metadata, pid_t pid)
{
	int pidfd = sys_pidfd_open(pid, 0);

	ASSERT_LE(0, pidfd);
	for (int i = 0; i < 300; i++)
		EXPECT_EQ(0, try_setns(pidfd, CLONE_NEWUTS));
	close(pidfd);
}

TEST_F(each_other, no_deadlock)
{
	int done[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe2(done, O_CLOEXEC));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		close(done[1]);
		join_often(_metadata, getppid());
		/* The other could not join a zombie: wait for it. */
		ASSERT_EQ(0, read(done[0], &byte, 1));
		_exit(0);
	}
	join_often(_metadata, pid);
	close(done[1]);
	child_wait(_metadata, pid);
}

int main(int argc, char **argv)
{
	program_main(argc, argv);
	return test_harness_run(argc, argv);
}
