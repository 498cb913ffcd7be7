// SPDX-License-Identifier: GPL-2.0
#include "exec_thread.h"
#include "calls.h"
#include "child.h"
#include "flags.h"
#include "wait.h"

#include <sys/ptrace.h>

/* What the executing thread has of its own. */
#define THREAD_NS (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | \
		   CLONE_NEWCGROUP | CLONE_NEWNET)

/* In the target: where the executing thread says that it is ready. */
static int ready_pipe[2];

/*
 * System calls: the C library would change all threads, and wait for the one
 * that hangs. No assertions: a failed one would jump to another thread's stack.
 */
static void thread_become(uid_t uid)
{
	if (syscall(__NR_setgroups, 0, NULL) ||
	    syscall(__NR_setresgid, uid, uid, uid) ||
	    syscall(__NR_setresuid, uid, uid, uid))
		_exit(KSFT_FAIL);
}

static void *hanging_thread(void *data)
{
	const struct thread_target *t = data;

	if (!t->traced)
		open(MOUNTPOINT "/file", O_RDONLY | O_CLOEXEC);
	return idle_thread(NULL);
}

static void *executing_thread(void *data)
{
	const struct thread_target *t = data;
	char byte;

	if (unshare(THREAD_NS) || chdir("/tmp"))
		_exit(KSFT_FAIL);
	thread_become(t->exec_uid);
	if (write(ready_pipe[1], "e", 1) == 1 && read(t->t.go, &byte, 1) == 1)
		program_exec(t->t.steps, t->t.go);
	_exit(KSFT_FAIL);
	return NULL;
}

/*
 * The leader. A change of uid makes all threads unreadable, because they share
 * their memory.
 */
static void target_run(struct __test_metadata *_metadata,
		       struct thread_target *t)
{
	pthread_t thread;
	char byte;

	/* A task that waits for an answer must not hold the device. */
	close(t->daemon.fd);
	ASSERT_EQ(0, pipe2(ready_pipe, O_CLOEXEC));
	ASSERT_EQ(0, pthread_create(&thread, NULL, hanging_thread, t));
	ASSERT_EQ(0, pthread_create(&thread, NULL, executing_thread, t));
	ASSERT_EQ(1, read(ready_pipe[0], &byte, 1));
	thread_become(t->leader_uid);
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
	ASSERT_EQ(1, write(t->t.steps, "r", 1));
	if (t->leader_ends)
		syscall(__NR_exit, 0);
	idle(NULL);
}

/* procfs lists the threads in the order in which they were made. */
static void target_find_threads(struct __test_metadata *_metadata,
				struct thread_target *t)
{
	struct dirent *entry;
	char path[64];
	DIR *dir;
	int n = 0;

	snprintf(path, sizeof(path), "/proc/%d/task", t->t.pid);
	dir = opendir(path);
	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' && n < NR_THREADS)
			t->tid[n++] = atoi(entry->d_name);
	closedir(dir);
	ASSERT_EQ(NR_THREADS, n);
	ASSERT_EQ(t->t.pid, t->tid[LEADER]);
}

void thread_target_start(struct __test_metadata *_metadata,
			 struct thread_target *t)
{
	char dir[64];

	fuse_mount(_metadata, &t->daemon);
	make_program(_metadata, PROGRAM, 0755);
	exec_target_fork(_metadata, &t->t, BUT_NS(CLONE_NEWUSER));
	if (t->t.pid == 0)
		target_run(_metadata, t);
	if (!t->traced)
		fuse_hold(_metadata, &t->daemon, FUSE_OPEN);
	exec_target_await(_metadata, &t->t, &t->daemon, 'r');
	target_find_threads(_metadata, t);
	if (t->traced)
		ASSERT_EQ(0, ptrace(PTRACE_SEIZE, t->tid[HANGING], NULL, 0));
	snprintf(dir, sizeof(dir), "/proc/%d/task/%d", t->t.pid,
		 t->tid[EXECUTING]);
	state_read_task(_metadata, AT_FDCWD, dir, &t->home);
}

void thread_target_stop(struct __test_metadata *_metadata,
			struct thread_target *t)
{
	/* Fails all requests that have no answer yet. */
	close(t->daemon.fd);
	if (t->t.pid <= 0)
		return;
	ASSERT_EQ(0, kill(t->t.pid, SIGKILL));
	if (t->traced)
		waitpid(t->tid[HANGING], NULL, __WALL);
	expect_end(_metadata, t->t.pid, POLL_MS, "the target");
	ASSERT_EQ(t->t.pid, waitpid(t->t.pid, NULL, 0));
	close(t->t.pidfd);
	state_close(&t->home);
}

char thread_state(struct __test_metadata *_metadata,
		  const struct thread_target *t, int thread)
{
	return task_state(_metadata, t->t.pid, t->tid[thread]);
}

void thread_wait(struct __test_metadata *_metadata,
		 const struct thread_target *t, int thread, char want)
{
	task_wait(_metadata, t->t.pid, t->tid[thread], want);
}

/* A dead leader has given up its namespaces. */
void thread_exec_start(struct __test_metadata *_metadata,
		       struct thread_target *t)
{
	ASSERT_EQ(1, write(t->t.go, "g", 1));
	thread_wait(_metadata, t, LEADER, 'Z');
	if (t->traced)
		thread_wait(_metadata, t, HANGING, 'Z');
}

void expect_in_thread_exec(struct __test_metadata *_metadata,
			   struct thread_target *t)
{
	EXPECT_EQ('Z', thread_state(_metadata, t, LEADER));
	EXPECT_NE(0, thread_state(_metadata, t, HANGING));
	EXPECT_NE(0, thread_state(_metadata, t, EXECUTING));
	EXPECT_FALSE(is_readable(t->t.steps, 0));
}

void thread_exec_finish(struct __test_metadata *_metadata,
			struct thread_target *t)
{
	if (t->traced) {
		ASSERT_EQ(t->tid[HANGING],
			  waitpid(t->tid[HANGING], NULL, __WALL));
	} else {
		fuse_let_go(_metadata, &t->daemon);
	}
	exec_target_await(_metadata, &t->t, &t->daemon, 'x');
}
