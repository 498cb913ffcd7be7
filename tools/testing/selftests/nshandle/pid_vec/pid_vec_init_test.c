// SPDX-License-Identifier: GPL-2.0
/*
 * Last pids of a pid namespace without a live init can be read, but not set.
 *
 * Every case runs as the caller of the world of lib/world.h.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/fork.h"
#include "../lib/pid_vec.h"
#include "../lib/wait.h"
#include "../lib/world.h"

/* ----- No init yet, or a dead one. */

FIXTURE(lifeless) {
	struct scene s;
};

FIXTURE_VARIANT(lifeless) {
	enum ns ns;
	__u32 nr;
	pid_t last[2];	/* of the levels below SELF, in the order of GET */
};

FIXTURE_VARIANT_ADD(lifeless, unborn) {
	.ns = UNBORN, .nr = 1, .last = { 0 },
};

FIXTURE_VARIANT_ADD(lifeless, unborn_self) {
	.ns = UNBORN, .nr = 2, .last = { 0 },
};

/* Two processes were born in DEAD: its init and that of DEAD_CHILD. */
FIXTURE_VARIANT_ADD(lifeless, dead) {
	.ns = DEAD, .nr = 1, .last = { 2 },
};

FIXTURE_VARIANT_ADD(lifeless, dead_self) {
	.ns = DEAD, .nr = 2, .last = { 2 },
};

FIXTURE_VARIANT_ADD(lifeless, child_of_dead) {
	.ns = DEAD_CHILD, .nr = 1, .last = { 1, 2 },
};

FIXTURE_VARIANT_ADD(lifeless, child_of_dead_to_self) {
	.ns = DEAD_CHILD, .nr = 3, .last = { 1, 2 },
};

FIXTURE_VARIANT_ADD(lifeless, unborn_child_of_dead) {
	.ns = ORPHAN, .nr = 1, .last = { 0, 2 },
};

FIXTURE_VARIANT_ADD(lifeless, unborn_child_of_dead_dead) {
	.ns = ORPHAN, .nr = 2, .last = { 0, 2 },
};

FIXTURE_VARIANT_ADD(lifeless, unborn_child_of_dead_to_self) {
	.ns = ORPHAN, .nr = 3, .last = { 0, 2 },
};

FIXTURE_SETUP(lifeless)
{
	scene_enter(_metadata, &self->s);
}

FIXTURE_TEARDOWN_PARENT(lifeless)
{
	scene_left(_metadata, &self->s);
}

/* The value that it has already is refused, too. */
TEST_F(lifeless, cannot_be_set)
{
	struct world *w = &self->s.w;
	int fd = w->ns[variant->ns];
	struct pid_vec before = get_levels(_metadata, w, variant->ns);
	struct pid_vec vec = new_vec(variant->nr), same = before;

	same.nr = variant->nr;
	EXPECT_EQ(ESRCH, try_set(fd, &vec));
	EXPECT_EQ(ESRCH, try_set(fd, &same));
	for (__u32 i = 0; i + 1 < before.nr; i++)
		EXPECT_EQ(variant->last[i], before.pid[i]);
	expect_levels(_metadata, w, variant->ns, &before);
}

/* The refusal keeps pid 1 for the first process. */
TEST_F(lifeless, first_process_as_before)
{
	bool unborn = variant->ns == UNBORN;
	struct world *w = &self->s.w;
	int fd = w->ns[variant->ns];
	struct pid_vec vec = new_vec(variant->nr);
	pid_t pid;

	EXPECT_EQ(ESRCH, try_set(fd, &vec));
	ASSERT_EQ(0, try_setns(fd, CLONE_NEWPID));
	pid = fork_reporter();
	if (unborn) {
		ASSERT_LT(0, pid);
		child_wait(_metadata, pid);
		EXPECT_EQ(1, report->pid);
	} else {
		ASSERT_EQ(0, pid);
		EXPECT_EQ(ENOMEM, errno);
	}
	/* UNBORN has died with its only process. */
	EXPECT_EQ(ESRCH, try_set(fd, &vec));
}

/* ----- A dying init. */

FIXTURE(dying) {
	struct scene s;
};

FIXTURE_SETUP(dying)
{
	scene_enter(_metadata, &self->s);
}

FIXTURE_TEARDOWN_PARENT(dying)
{
	scene_left(_metadata, &self->s);
}

/*
 * The init is exiting: it has killed the other processes, and waits until we
 * reap a child of ours that was born in the namespace.
 */
TEST_F(dying, cannot_be_set)
{
	struct world *w = &self->s.w;
	struct pid_vec vec = new_vec(1), last;
	pid_t pid;

	ASSERT_EQ(0, try_setns(w->ns[CHILD], CLONE_NEWPID));
	EXPECT_EQ(0, try_set(w->ns[CHILD], &vec));
	pid = fork_reporter();
	ASSERT_LT(0, pid);
	expect_end(_metadata, pid, POLL_MS, "a process born in there");
	last = vec_get(_metadata, w->ns[CHILD], 2);
	EXPECT_EQ(LAST(0) + 1, last.pid[0]);

	ASSERT_EQ(0, sys_pidfd_send_signal(w->pidfd[CHILD], SIGKILL));
	ASSERT_TRUE(has_exited(w->pidfd[GRANDCHILD], POLL_MS));
	EXPECT_FALSE(has_exited(w->pidfd[CHILD], 0));
	for (__u32 nr = 1; nr <= 2; nr++) {
		vec.nr = nr;
		EXPECT_EQ(ESRCH, try_set(w->ns[CHILD], &vec));
	}
	expect_levels(_metadata, w, CHILD, &last);
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_TRUE(has_exited(w->pidfd[CHILD], POLL_MS));
}

TEST_HARNESS_MAIN
