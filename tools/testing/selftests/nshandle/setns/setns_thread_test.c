// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) moves the calling thread alone, and by the pidfd of a thread joins
 * what that thread is in.
 *
 * What cannot move without the other threads is refused.
 *
 * Guards: "mount: refuse setns() with a shared fs_struct again"
 * (thread.refused).
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/picture.h"
#include "../lib/types.h"

/*
 * A thread or the leader calls, by pidfd or by the namespace's file. The other
 * one must not move.
 */
FIXTURE(thread)
{
	struct container c;
};

FIXTURE_VARIANT(thread)
{
	bool leader;	/* calls, not the other thread */
	bool nsfs;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(thread, second_by_pidfd) {
	/* clang-format on */
	.leader = false,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(thread, second_by_nsfs) {
	/* clang-format on */
	.leader = false,
	.nsfs = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(thread, leader_by_pidfd) {
	/* clang-format on */
	.leader = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(thread, leader_by_nsfs) {
	/* clang-format on */
	.leader = true,
	.nsfs = true,
};

FIXTURE_SETUP(thread)
{
	SKIP_WITHOUT_CONTAINERS();
	undo_start(_metadata);
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(thread)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

/* A call, and what must come of it. */
struct thread_call {
	struct __test_metadata *_metadata;
	int fd;
	int flags;
	int err;
	unsigned int moved;
	struct state before;
};

static void *thread_join(void *data)
{
	struct thread_call *call = data;
	struct __test_metadata *_metadata = call->_metadata;

	state_read(_metadata, &call->before);
	EXPECT_EQ(call->err, try_setns(call->fd, call->flags)) {
		TH_LOG("flags %#x", call->flags);
	}
	EXPECT_MOVED(&call->before, call->moved);
	return NULL;
}

static void *thread_wait(void *data)
{
	pthread_barrier_t *barrier = data;

	pthread_barrier_wait(barrier);
	pthread_barrier_wait(barrier);
	return NULL;
}

/* The leader calls, while another thread waits that must not move. */
static void leader_calls(struct __test_metadata *_metadata,
			 struct thread_call *call)
{
	pthread_barrier_t barrier;
	struct state other;
	pthread_t thread;
	char path[64];
	int proc;

	ASSERT_EQ(0, pthread_barrier_init(&barrier, NULL, 2));
	ASSERT_EQ(0, pthread_create(&thread, NULL, thread_wait, &barrier));
	pthread_barrier_wait(&barrier);
	proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, proc);
	snprintf(path, sizeof(path), "task/%d", last_thread(_metadata, proc));
	state_read_task(_metadata, proc, path, &other);
	thread_join(call);
	EXPECT_NOTHING_MOVED(&other);
	pthread_barrier_wait(&barrier);
	ASSERT_EQ(0, pthread_join(thread, NULL));
}

static void second_calls(struct __test_metadata *_metadata,
			 struct thread_call *call)
{
	struct state leader;
	pthread_t thread;

	state_read(_metadata, &leader);
	ASSERT_EQ(0, pthread_create(&thread, NULL, thread_join, call));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_NOTHING_MOVED(&leader);
}

/* @nsfs: by the file of the one namespace that the flags name. */
static void thread_calls(struct __test_metadata *_metadata,
			 const struct container *c, bool leader, bool nsfs,
			 struct thread_call *call)
{
	struct state armed;

	call->_metadata = _metadata;
	call->fd = c->pidfd;
	for (int i = 0; nsfs && i < NR_TYPES; i++)
		if (ns_types[i].flag == call->flags)
			call->fd = container_ns(_metadata, c,
						ns_types[i].name);
	IN_CHILD {
		state_arm(_metadata, &armed);
		if (leader)
			leader_calls(_metadata, call);
		else
			second_calls(_metadata, call);
	}
}

TEST_F(thread, moves_alone)
{
	static const int flags[] = {
		CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWCGROUP,
		CLONE_NEWNET,
		CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWCGROUP |
			CLONE_NEWNET,
	};

	/* A file is of one type: the first five rows. */
	for (size_t i = 0; i < (variant->nsfs ? 5 : ARRAY_LEN(flags)); i++) {
		struct thread_call call = { .flags = flags[i] };

		/* The threads share an undo list: its last user ends it. */
		call.moved = moved_by(flags[i]) & ~MOVED_UNDO;
		thread_calls(_metadata, &self->c, variant->leader,
			     variant->nsfs, &call);
	}
}

TEST_F(thread, refused)
{
	static const struct {
		int flags, err;
	} rows[] = {
		{ CLONE_NEWUSER, EINVAL },
		{ CLONE_NEWNS, EINVAL },
		{ CLONE_NEWTIME, EUSERS },
		{ CLONE_NEWNS | CLONE_NEWUTS, EINVAL },
		{ CLONE_NEWTIME | CLONE_NEWUTS, EUSERS },
		{ CLONE_NEWUSER | CLONE_NEWUTS, EINVAL },
		{ ALL_NS & ~CLONE_NEWUSER, EINVAL },
		{ ALL_NS & ~(CLONE_NEWUSER | CLONE_NEWNS), EUSERS },
		{ ALL_NS, EINVAL },
	};

	/* A file is of one type: the first three rows. */
	for (size_t i = 0; i < (variant->nsfs ? 3 : ARRAY_LEN(rows)); i++) {
		struct thread_call call = {
			.flags = rows[i].flags,
			.err = rows[i].err,
		};

		thread_calls(_metadata, &self->c, variant->leader,
			     variant->nsfs, &call);
	}
}

/*
 * The leader of the target has exited and another thread goes on: the pidfd of
 * the leader is that of a task without namespaces.
 */
FIXTURE(dead_leader)
{
	pid_t pid, tid;
	int pidfd;
	struct state live;
};

static void *outlive_leader(void *data)
{
	pid_t tid = gettid();

	if (unshare(CLONE_NEWUTS) ||
	    write(*(int *)data, &tid, sizeof(tid)) != sizeof(tid))
		_exit(1);
	idle(NULL);
	return NULL;
}

static void lead_and_exit(struct __test_metadata *_metadata, int report)
{
	static int fd;
	pthread_t thread;

	fd = report;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	ASSERT_EQ(0, pthread_create(&thread, NULL, outlive_leader, &fd));
	syscall(__NR_exit, 0);
}

FIXTURE_SETUP(dead_leader)
{
	char path[64];
	int report[2];

	SKIP_WITHOUT_CONTAINERS();
	undo_start(_metadata);
	ASSERT_EQ(0, pipe2(report, O_CLOEXEC));
	self->pid = fork();
	ASSERT_LE(0, self->pid);
	if (self->pid == 0)
		lead_and_exit(_metadata, report[1]);
	self->pidfd = sys_pidfd_open(self->pid, 0);
	ASSERT_LE(0, self->pidfd);
	ASSERT_EQ((ssize_t)sizeof(self->tid),
		  read(report[0], &self->tid, sizeof(self->tid)));
	task_wait(_metadata, self->pid, self->pid, 'Z');
	snprintf(path, sizeof(path), "/proc/%d/task/%d", self->pid, self->tid);
	state_read_task(_metadata, AT_FDCWD, path, &self->live);
}

FIXTURE_TEARDOWN(dead_leader)
{
	stop_child(_metadata, self->pid);
	undo_stop(_metadata);
}

TEST_F(dead_leader, leader)
{
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		for (unsigned int bits = 1; bits < 256; bits += NEXT_ROW) {
			EXPECT_EQ(ESRCH, try_setns(self->pidfd,
						   mask_flags(bits)));
		}
		EXPECT_NOTHING_MOVED(&before);
	}
}

TEST_F(dead_leader, thread)
{
	struct state before;
	int thread = thread_pidfd(_metadata, self->tid);

	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, try_setns(thread, CLONE_NEWUTS));
		EXPECT_MOVED(&before, MOVED_UTS);
		state_refresh(_metadata, &before);
		EXPECT_TRUE(ns_same(&self->live.link[LINK_UTS],
				    &before.link[LINK_UTS]));
	}
}

TEST_HARNESS_MAIN
