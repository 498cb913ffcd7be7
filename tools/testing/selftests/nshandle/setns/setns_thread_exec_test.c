// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) by the pidfd of a process in the middle of an execve(2) that another
 * thread than its first one has called.
 *
 * Guards: "setns(2) by a pidfd says ESRCH only when the process is gone".
 *
 * Such a thread kills all other threads, the leader included, waits until they
 * are dead, and then takes over the leader's pid. It waits for as long as one
 * of them can't die. The process lives all the time, and the thread in
 * execve(2) is what it is going to be: its credentials decide, and its
 * namespaces are joined. The leader has no namespaces any more; its credentials
 * must neither permit nor refuse anything.
 *
 * We keep a thread from dying in two ways, each for as long as we like: we are
 * a FUSE daemon that has read the thread's request and does not answer it, or
 * a tracer that does not wait for the thread.
 *
 * The leader has given up its namespaces by the time that it is a zombie, and
 * the execve(2) can't end before we let the other thread go. So no case depends
 * on time.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/exec.h"
#include "../lib/flags.h"
#include "../lib/fuse.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/wait.h"

#include <sys/ptrace.h>

#define PROGRAM		"/tmp/program"

/* What the thread in execve(2) has for itself. */
#define THREAD_NS (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | \
		   CLONE_NEWCGROUP | CLONE_NEWNET)

/* ----- The target: a leader, a thread that hangs, a thread that executes. */

enum {
	LEADER,
	HANGING,
	EXECUTING,
	NR_THREADS,
};

struct target {
	/* Chosen by the test. */
	uid_t leader_uid;
	uid_t exec_uid;
	bool traced;		/* the hanging thread, instead of in FUSE */
	bool leader_ends;	/* by itself, before anybody executes */

	/* Known after target_start(). */
	struct fuse_daemon daemon;
	struct state home;	/* of the thread that executes */
	pid_t pid;
	int pidfd;
	pid_t tid[NR_THREADS];
	int steps;		/* from the target: ready, executed */
	int go;			/* to the target */
};

/* Of the target's own side: what the program inherits, and what it does not. */
static int target_steps, target_go, target_executor;

/*
 * The C library would change all threads, and wait for one that hangs. No
 * assertions: these threads are not where a failed one jumps to.
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
	const struct target *t = data;

	if (!t->traced)
		open(MOUNTPOINT "/file", O_RDONLY | O_CLOEXEC);
	return idle_thread(NULL);
}

static void *executing_thread(void *data)
{
	const struct target *t = data;
	char steps[16], go[16], byte;

	if (unshare(THREAD_NS) || chdir("/tmp"))
		_exit(KSFT_FAIL);
	thread_become(t->exec_uid);
	snprintf(steps, sizeof(steps), "%d", target_steps);
	snprintf(go, sizeof(go), "%d", target_go);
	if (write(target_executor, "e", 1) == 1 &&
	    read(target_go, &byte, 1) == 1)
		execl(PROGRAM, PROGRAM, "--hold", steps, go, NULL);
	_exit(KSFT_FAIL);
	return NULL;
}

/* The program: says that it runs, and stays. */
static void hold(const char *steps, const char *go)
{
	char byte;

	if (write(atoi(steps), "x", 1) != 1)
		_exit(KSFT_FAIL);
	while (read(atoi(go), &byte, 1) == 1)
		;
	_exit(0);
}

/* A change of uid makes all threads unreadable, as they share their memory. */
static void target_run(struct __test_metadata *_metadata, struct target *t)
{
	pthread_t thread;
	int executor[2];
	char byte;

	/* Who holds the device while he waits for an answer waits for ever. */
	close(t->daemon.fd);
	ASSERT_EQ(0, pipe2(executor, O_CLOEXEC));
	target_executor = executor[1];
	ASSERT_EQ(0, pthread_create(&thread, NULL, hanging_thread, t));
	ASSERT_EQ(0, pthread_create(&thread, NULL, executing_thread, t));
	ASSERT_EQ(1, read(executor[0], &byte, 1));
	thread_become(t->leader_uid);
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
	ASSERT_EQ(1, write(target_steps, "r", 1));
	if (t->leader_ends)
		syscall(__NR_exit, 0);
	idle(NULL);
}

static void target_clone(struct __test_metadata *_metadata, struct target *t)
{
	struct clone_args args = {
		.flags = BUT_NS(CLONE_NEWUSER) | CLONE_PIDFD,
		.pidfd = (uintptr_t)&t->pidfd,
		.exit_signal = SIGCHLD,
	};
	int steps[2], go[2];

	ASSERT_EQ(0, pipe(steps));
	ASSERT_EQ(0, pipe(go));
	t->pid = sys_clone3(&args);
	ASSERT_LE(0, t->pid);
	if (t->pid == 0) {
		close(steps[0]);
		close(go[1]);
		target_steps = steps[1];
		target_go = go[0];
		target_run(_metadata, t);
	}
	close(steps[1]);
	close(go[0]);
	t->steps = steps[0];
	t->go = go[1];
}

/* In the order in which they were made. */
static void target_find_threads(struct __test_metadata *_metadata,
				struct target *t)
{
	struct dirent *entry;
	char path[64];
	DIR *dir;
	int n = 0;

	snprintf(path, sizeof(path), "/proc/%d/task", t->pid);
	dir = opendir(path);
	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' && n < NR_THREADS)
			t->tid[n++] = atoi(entry->d_name);
	closedir(dir);
	ASSERT_EQ(NR_THREADS, n);
	ASSERT_EQ(t->pid, t->tid[LEADER]);
}

/* Returns when nothing is missing but the order to execute. */
static void target_start(struct __test_metadata *_metadata, struct target *t)
{
	char byte, dir[64];

	fuse_mount(_metadata, &t->daemon);
	make_program(_metadata, PROGRAM, 0755);
	target_clone(_metadata, t);
	if (!t->traced)
		fuse_hold(_metadata, &t->daemon, FUSE_OPEN);
	fuse_serve(_metadata, &t->daemon, t->steps);
	ASSERT_EQ(1, read(t->steps, &byte, 1));
	ASSERT_EQ('r', byte);
	target_find_threads(_metadata, t);
	if (t->traced)
		ASSERT_EQ(0, ptrace(PTRACE_SEIZE, t->tid[HANGING], NULL, 0));
	snprintf(dir, sizeof(dir), "/proc/%d/task/%d", t->pid,
		 t->tid[EXECUTING]);
	state_read_task(_metadata, AT_FDCWD, dir, &t->home);
}

static void target_stop(struct __test_metadata *_metadata, struct target *t)
{
	/* Fails what is still waited for; a tracer lets go when it ends. */
	close(t->daemon.fd);
	if (t->pid <= 0)
		return;
	ASSERT_EQ(0, kill(t->pid, SIGKILL));
	if (t->traced)
		waitpid(t->tid[HANGING], NULL, __WALL);
	expect_end(_metadata, t->pid, POLL_MS, "the target");
	ASSERT_EQ(t->pid, waitpid(t->pid, NULL, 0));
	close(t->pidfd);
	state_close(&t->home);
}

static char thread_state(struct __test_metadata *_metadata,
			 const struct target *t, int thread)
{
	return task_state(_metadata, t->pid, t->tid[thread]);
}

static void wait_for_state(struct __test_metadata *_metadata,
			   const struct target *t, int thread, char want)
{
	task_wait(_metadata, t->pid, t->tid[thread], want);
}

/*
 * A leader that is dead has given up its namespaces. It dies because the other
 * thread executes, and that can't go on while the third one hangs.
 */
static void start_exec(struct __test_metadata *_metadata, struct target *t)
{
	ASSERT_EQ(1, write(t->go, "g", 1));
	wait_for_state(_metadata, t, LEADER, 'Z');
	if (t->traced)
		wait_for_state(_metadata, t, HANGING, 'Z');
}

static void expect_in_exec(struct __test_metadata *_metadata, struct target *t)
{
	EXPECT_EQ('Z', thread_state(_metadata, t, LEADER));
	EXPECT_NE(0, thread_state(_metadata, t, HANGING));
	EXPECT_NE(0, thread_state(_metadata, t, EXECUTING));
	EXPECT_FALSE(is_readable(t->steps, 0));
}

static void finish_exec(struct __test_metadata *_metadata, struct target *t)
{
	char byte;

	if (t->traced) {
		ASSERT_EQ(t->tid[HANGING],
			  waitpid(t->tid[HANGING], NULL, __WALL));
	} else {
		fuse_let_go(_metadata, &t->daemon);
	}
	fuse_serve(_metadata, &t->daemon, t->steps);
	ASSERT_EQ(1, read(t->steps, &byte, 1));
	ASSERT_EQ('x', byte);
}

/* ----- Who may join. */

FIXTURE(taken_over)
{
	struct target target;
	struct join join;
};

FIXTURE_VARIANT(taken_over)
{
	uid_t leader;
	uid_t exec;
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
	target_start(_metadata, &self->target);
	self->join.fd = self->target.pidfd;
	self->join.uid = UID;
	self->join.err = variant->err;
	self->join.there = &self->target.home;
	start_exec(_metadata, &self->target);
}

FIXTURE_TEARDOWN(taken_over)
{
	target_stop(_metadata, &self->target);
}

TEST_F(taken_over, each_type)
{
	expect_join_types(_metadata, self->join);
	expect_in_exec(_metadata, &self->target);
}

TEST_F(taken_over, all_types)
{
	expect_join_all(_metadata, self->join);
	expect_in_exec(_metadata, &self->target);
}

TEST_F(taken_over, by_flags)
{
	skip_unless_flags(_metadata);
	expect_join_flags(_metadata, self->join);
	expect_in_exec(_metadata, &self->target);
}

/* The exec is none the worse for it, and the pidfd names what comes of it. */
TEST_F(taken_over, then_executed)
{
	self->join.flags = BUT_NS(CLONE_NEWUSER);
	expect_join(_metadata, self->join);
	expect_in_exec(_metadata, &self->target);
	finish_exec(_metadata, &self->target);
	expect_join(_metadata, self->join);
}

/* Flags are looked at before the target is. */
TEST_F(taken_over, wrong_flags)
{
	self->join.err = EINVAL;
	expect_join(_metadata, self->join);
	self->join.flags = CLONE_VM;
	expect_join(_metadata, self->join);
	expect_in_exec(_metadata, &self->target);
}

/* ----- What is gone. */

FIXTURE(one_thread)
{
	struct target target;
};

FIXTURE_SETUP(one_thread)
{
	SKIP_WITHOUT_CONTAINERS();
	self->target.traced = true;
	target_start(_metadata, &self->target);
}

FIXTURE_TEARDOWN(one_thread)
{
	target_stop(_metadata, &self->target);
}

/* As the root of the host, for which there is no other reason to be refused. */
static void expect_setns(struct __test_metadata *_metadata, int err, int pidfd)
{
	struct state before;

	IN_CHILD {
		state_read(_metadata, &before);
		EXPECT_EQ(err, try_setns(pidfd, CLONE_NEWUTS));
		EXPECT_MOVED(&before, err ? 0 : MOVED_UTS);
	}
}

static int thread_pidfd(struct __test_metadata *_metadata,
			const struct target *t, int thread)
{
	int pidfd = sys_pidfd_open(t->tid[thread], PIDFD_THREAD);

	if (pidfd < 0 && errno == EINVAL)
		skip_test(_metadata, "kernel without PIDFD_THREAD");
	ASSERT_LE(0, pidfd);
	return pidfd;
}

/* A pidfd of one thread is never one of the thread that takes over. */
TEST_F(one_thread, that_the_exec_kills)
{
	int hanging = thread_pidfd(_metadata, &self->target, HANGING);
	int executing = thread_pidfd(_metadata, &self->target, EXECUTING);

	expect_setns(_metadata, 0, hanging);
	start_exec(_metadata, &self->target);
	expect_setns(_metadata, ESRCH, hanging);
	expect_setns(_metadata, 0, executing);
	expect_in_exec(_metadata, &self->target);
}

/* A process that is killed is gone when the thread that was to become it is. */
FIXTURE(killed)
{
	struct target target;
};

FIXTURE_SETUP(killed)
{
	SKIP_WITHOUT_CONTAINERS();
	target_start(_metadata, &self->target);
	start_exec(_metadata, &self->target);
}

FIXTURE_TEARDOWN(killed)
{
	target_stop(_metadata, &self->target);
}

TEST_F(killed, in_exec)
{
	struct target *t = &self->target;

	expect_setns(_metadata, 0, t->pidfd);
	ASSERT_EQ(0, sys_pidfd_send_signal(t->pidfd, SIGKILL));
	wait_for_state(_metadata, t, EXECUTING, 0);
	EXPECT_NE(0, thread_state(_metadata, t, HANGING));
	expect_setns(_metadata, ESRCH, t->pidfd);
}

/*
 * A leader that has ended by itself leaves a process that has threads and no
 * namespaces to join: ABI, for as long as none of them executes.
 */
FIXTURE(leader_ended)
{
	struct target target;
};

FIXTURE_SETUP(leader_ended)
{
	SKIP_WITHOUT_CONTAINERS();
	self->target.traced = true;
	self->target.leader_ends = true;
	target_start(_metadata, &self->target);
	wait_for_state(_metadata, &self->target, LEADER, 'Z');
}

FIXTURE_TEARDOWN(leader_ended)
{
	target_stop(_metadata, &self->target);
}

TEST_F(leader_ended, nobody_executes)
{
	struct target *t = &self->target;

	expect_setns(_metadata, ESRCH, t->pidfd);
	expect_setns(_metadata, 0, thread_pidfd(_metadata, t, HANGING));
	expect_setns(_metadata, 0, thread_pidfd(_metadata, t, EXECUTING));
}

TEST_F(leader_ended, another_executes)
{
	struct target *t = &self->target;

	start_exec(_metadata, t);
	expect_setns(_metadata, 0, t->pidfd);
	expect_in_exec(_metadata, t);
	finish_exec(_metadata, t);
	expect_setns(_metadata, 0, t->pidfd);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "--hold"))
		hold(argv[2], argv[3]);
	return test_harness_run(argc, argv);
}
