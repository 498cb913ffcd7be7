// SPDX-License-Identifier: GPL-2.0
/*
 * nshandle takes the id of a thread that is not the first of its process, and means
 * the namespaces of that thread.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/child.h"
#include "../lib/facts.h"
#include "../lib/nsset.h"

FIXTURE(thread)
{
	struct container box;
	char tid[16];
	char uts[64];		/* the thread's, as /proc has it */
};

FIXTURE_SETUP(thread)
{
	char path[64];
	ssize_t length;

	SKIP_WITHOUT_CONTAINERS();
	if (RUN("nshandle", "--version"))
		skip_test(_metadata, "nshandle is not in PATH");
	self->box = (struct container){ .flags = CLONE_NEWUTS, .thread = true };
	container_start(_metadata, &self->box);
	snprintf(self->tid, sizeof(self->tid), "%d",
		 container_thread_tid(_metadata, &self->box));
	snprintf(path, sizeof(path), "/proc/%s/ns/uts", self->tid);
	length = readlink(path, self->uts, sizeof(self->uts) - 1);
	ASSERT_LT(0, length);
}

FIXTURE_TEARDOWN(thread)
{
	container_stop(_metadata, &self->box);
}

TEST_F(thread, join)
{
	skip_unless_fact(_metadata, PIDFD_OF_THREADS);
	EXPECT_EQ(0, RUN("nshandle", "join", "-t", self->tid, "-u", "sh", "-c",
			 "[ $(readlink /proc/self/ns/uts) = \"$0\" ]",
			 self->uts));
}

TEST_F(thread, show)
{
	skip_unless_fact(_metadata, PIDFD_OF_THREADS);
	EXPECT_EQ(0, RUN("sh", "-c",
			 "nshandle show $0 | grep -q \"^uts  *$(echo $1 | tr -cd 0-9)  *other\"",
			 self->tid, self->uts));
}

TEST_F(thread, hold)
{
	skip_unless_fact(_metadata, PIDFD_OF_THREADS);
	if (!have_nsset())
		SKIP(return, NO_NSSET);
	EXPECT_EQ(0, RUN("sh", "-c",
			 "nshandle hold -t $0 -u nshandle show fd:3 | grep -q \"^uts  *$(echo $1 | tr -cd 0-9)  *other\"",
			 self->tid, self->uts));
}

/* The message says what it is. */
TEST_F(thread, refused)
{
	skip_unless_fact(_metadata, PIDFD_OF_THREADS);
	EXPECT_EQ(0, RUN("sh", "-c",
			 "[ \"$(setpriv --reuid 1000 --clear-groups nshandle join -t $0 -u true 2>&1)\" = \"nshandle: cannot join uts of thread $0: the process: Operation not permitted (needs read access as for ptrace)\" ]",
			 self->tid));
}

/* A process that goes on without the thread that has its number. */
static void leader_end(struct __test_metadata *_metadata)
{
	start_thread(_metadata);
	syscall(SYS_exit, 0);
}

TEST_F(thread, of_a_process_whose_first_one_has_ended)
{
	pid_t pid = fork();
	char number[16];

	if (pid == 0)
		leader_end(_metadata);
	ASSERT_LT(0, pid);
	task_wait(_metadata, pid, pid, 'Z');
	snprintf(number, sizeof(number), "%d", pid);
	EXPECT_EQ(0, RUN("sh", "-c",
			 "[ \"$(nshandle join -t $0 -u true 2>&1)\" = \"nshandle: cannot join uts of process $0: No such process (its first thread has ended)\" ]",
			 number));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

TEST_HARNESS_MAIN
