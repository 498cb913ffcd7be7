// SPDX-License-Identifier: GPL-2.0
/*
 * A pid namespace without an init can be joined, its link in procfs opened, and
 * the first child born in it is the init.
 */
#include "../lib/test.h"
#include "../lib/birth.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/fork.h"
#include "../lib/world.h"

FIXTURE(unborn) {
	struct world w;
};

FIXTURE_SETUP(unborn)
{
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(unborn)
{
}

/* Forks the init, which lives until it is killed; returns it. */
static pid_t unborn_give_init(struct __test_metadata *_metadata,
			      struct world *w)
{
	int pipefd[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(pipefd));
	EXPECT_EQ(0, world_join(w, UNBORN));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ASSERT_EQ(1, getpid());
		ASSERT_EQ(1, write(pipefd[1], "i", 1));
		for (;;)
			pause();
	}
	close(pipefd[1]);
	ASSERT_EQ(1, read(pipefd[0], &byte, 1));
	close(pipefd[0]);
	return pid;
}

TEST_F(unborn, second_child_has_pid_2)
{
	unborn_give_init(_metadata, &self->w);
	expect_fork(_metadata, 1, 2);
}

/* Two tasks share it that did not make it. */
TEST_F(unborn, two_foreigners_share_it)
{
	struct world *w = &self->w;

	unborn_give_init(_metadata, w);
	EXPECT_EQ(0, world_join(w, SELF));
	IN_CHILD {
		EXPECT_EQ(0, world_join(w, UNBORN));
		expect_fork(_metadata, 1, 2);
	}
}

TEST_F(unborn, dies_with_its_first_child)
{
	pid_t pid = unborn_give_init(_metadata, &self->w);

	member_kill(_metadata, pid);
	expect_no_birth(_metadata, fork_reporter(), ENOMEM);
	EXPECT_EQ(0, world_join(&self->w, SELF));
	EXPECT_EQ(0, world_join(&self->w, UNBORN));
	expect_no_birth(_metadata, fork_reporter(), ENOMEM);
}

/* A fork that is refused its pid leaves the next one free to be the init. */
TEST_F(unborn, refused_set_tid_leaves_it_unborn)
{
	static const pid_t tid = 5;

	EXPECT_EQ(0, world_join(&self->w, UNBORN));
	EXPECT_EQ(0, clone_reporter(&tid, 1));
	EXPECT_EQ(EINVAL, errno);
	expect_fork(_metadata, 1, 1);
}

static void expect_link(struct __test_metadata *_metadata, int proc, int ns)
{
	char want[32], name[32];
	struct stat st;
	ssize_t len;
	int fd;

	fd = openat(proc, "ns/pid_for_children", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd) {
		TH_LOG("open pid_for_children: %s", strerror(errno));
	}
	EXPECT_TRUE(same_ns(_metadata, fd, ns));
	close(fd);
	ASSERT_EQ(0, fstat(ns, &st));
	snprintf(want, sizeof(want), "pid:[%lu]", (unsigned long)st.st_ino);
	len = readlinkat(proc, "ns/pid_for_children", name, sizeof(name) - 1);
	ASSERT_LT(0, len);
	name[len] = '\0';
	EXPECT_STREQ(want, name);
}

/* The link is there before the init, and names what the ioctl opens. */
TEST_F(unborn, procfs_link)
{
	struct world *w = &self->w;
	int maker = proc_of_pidfd(_metadata, w->pidfd[UNBORN]);
	int own = open("/proc/thread-self", O_PATH | O_DIRECTORY | O_CLOEXEC);

	expect_link(_metadata, maker, w->ns[UNBORN]);
	EXPECT_EQ(0, world_join(w, UNBORN));
	expect_link(_metadata, own, w->ns[UNBORN]);
}

/* Also below a dead namespace, where no init can be made any more. */
TEST_F(unborn, procfs_link_below_a_dead_one)
{
	int own = open("/proc/thread-self", O_PATH | O_DIRECTORY | O_CLOEXEC);

	EXPECT_EQ(0, world_join(&self->w, ORPHAN));
	expect_link(_metadata, own, self->w.ns[ORPHAN]);
}

/* What is opened by the link can be joined. */
TEST_F(unborn, procfs_link_can_be_joined)
{
	int maker = proc_of_pidfd(_metadata, self->w.pidfd[UNBORN]);
	int fd = openat(maker, "ns/pid_for_children", O_RDONLY | O_CLOEXEC);

	EXPECT_EQ(0, try_setns(fd, CLONE_NEWPID));
	expect_fork(_metadata, 1, 1);
}

TEST_F(unborn, procfs_link_with_an_init)
{
	int maker = proc_of_pidfd(_metadata, self->w.pidfd[UNBORN]);
	pid_t pid = unborn_give_init(_metadata, &self->w);

	expect_link(_metadata, maker, self->w.ns[UNBORN]);
	member_kill(_metadata, pid);
	expect_link(_metadata, maker, self->w.ns[UNBORN]);
}

TEST_HARNESS_MAIN
