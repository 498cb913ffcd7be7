// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) by and on tasks that share: an fs_struct, a thread group, memory.
 * Only the calling task may move, and what cannot move without taking others
 * along is refused.
 *
 * Guards: "mount: refuse setns() with a shared fs_struct again" (fs_sharer and
 * thread.refused). Without it, two types or more moved the root and the
 * working directory of tasks that stayed in their mount namespace.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/picture.h"
#include "../lib/types.h"

/*
 * A process with which we share root and working directory, and nothing else.
 * All its callers are children that share with us.
 */
FIXTURE(fs_sharer)
{
	struct container c;
	struct state sharer;
};

FIXTURE_VARIANT(fs_sharer)
{
	int flags;
	bool nsfs;
	int err;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fs_sharer, mnt) {
	/* clang-format on */
	.flags = CLONE_NEWNS,
	.err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fs_sharer, mnt_nsfs) {
	/* clang-format on */
	.flags = CLONE_NEWNS,
	.nsfs = true,
	.err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fs_sharer, mnt_uts) {
	/* clang-format on */
	.flags = CLONE_NEWNS | CLONE_NEWUTS,
	.err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fs_sharer, all_but_user) {
	/* clang-format on */
	.flags = ALL_NS & ~CLONE_NEWUSER,
	.err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fs_sharer, user) {
	/* clang-format on */
	.flags = CLONE_NEWUSER,
	.err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fs_sharer, user_mnt) {
	/* clang-format on */
	.flags = CLONE_NEWUSER | CLONE_NEWNS,
	.err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fs_sharer, all) {
	/* clang-format on */
	.flags = ALL_NS,
	.err = EINVAL,
};

/* Types that have nothing to do with root and working directory. */
/* clang-format off */
FIXTURE_VARIANT_ADD(fs_sharer, rest) {
	/* clang-format on */
	.flags = ALL_NS & ~(CLONE_NEWUSER | CLONE_NEWNS),
};

FIXTURE_SETUP(fs_sharer)
{
	SKIP_WITHOUT_CONTAINERS();
	undo_start(_metadata);
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
	/* Where state_arm() leads the callers, and with them us. */
	ASSERT_EQ(0, chdir("/proc"));
	state_read(_metadata, &self->sharer);
}

FIXTURE_TEARDOWN(fs_sharer)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

TEST_F(fs_sharer, sharer_stays)
{
	int fd = self->c.pidfd;
	struct state before;

	if (variant->nsfs)
		fd = container_ns(_metadata, &self->c, "mnt");
	IN_CLONE(CLONE_FS) {
		state_arm(_metadata, &before);
		EXPECT_EQ(variant->err, try_setns(fd, variant->flags));
		EXPECT_MOVED(&before,
			     variant->err ? 0 : moved_by(variant->flags));
	}
	EXPECT_NOTHING_MOVED(&self->sharer);
}

/* Neither do they afterwards: a caller on his own moves alone. */
TEST_F(fs_sharer, unshared_moves)
{
	int fd = self->c.pidfd;
	struct state before;

	if (variant->nsfs)
		fd = container_ns(_metadata, &self->c, "mnt");
	IN_CLONE(CLONE_FS) {
		state_arm(_metadata, &before);
		ASSERT_EQ(0, unshare(CLONE_FS));
		EXPECT_EQ(0, try_setns(fd, variant->flags));
		EXPECT_MOVED(&before, moved_by(variant->flags));
	}
	EXPECT_NOTHING_MOVED(&self->sharer);
}

/*
 * A thread, and the leader that it must not take along; and a leader with a
 * thread. Joins are made by pidfd and by the namespace's file.
 */
FIXTURE(thread)
{
	struct container c;
};

FIXTURE_VARIANT(thread)
{
	bool leader;	/* is who calls, else the other one */
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

/* What the calling thread does, in front of another one. */
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

/* The leader calls while a thread looks on that must not move. */
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

/* A thread calls, the leader looks at himself. */
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

	/* By file there are but the five single ones. */
	for (size_t i = 0; i < (variant->nsfs ? 5 : ARRAY_LEN(flags)); i++) {
		struct thread_call call = { .flags = flags[i] };

		/* The undo list is the group's; its last user ends it. */
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

	/* By file there are but the three single ones. */
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
 * A process that shares memory but is no thread, such as a child of vfork(2):
 * a time namespace has a page in that memory.
 */
FIXTURE(mm_sharer)
{
	struct container c;
};

FIXTURE_VARIANT(mm_sharer)
{
	int clone_flags;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mm_sharer, vfork) {
	/* clang-format on */
	.clone_flags = CLONE_VM | CLONE_VFORK,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mm_sharer, clone_vm) {
	/* clang-format on */
	.clone_flags = CLONE_VM,
};

FIXTURE_SETUP(mm_sharer)
{
	SKIP_WITHOUT_CONTAINERS();
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(mm_sharer)
{
	container_stop(_metadata, &self->c);
}

/* In our memory: it leaves what it has found out there, and asserts nothing. */
struct mm_child {
	int fd, flags, err;
	struct state before;
	unsigned int moved;
	struct __test_metadata *_metadata;
};

static int mm_child_run(void *data)
{
	struct mm_child *child = data;

	state_read(child->_metadata, &child->before);
	child->err = try_setns(child->fd, child->flags);
	child->moved = state_moved(child->_metadata, &child->before);
	return 0;
}

static void mm_child_start(struct __test_metadata *_metadata, int clone_flags,
			   struct mm_child *child)
{
	static char stack[65536];
	pid_t pid;

	child->_metadata = _metadata;
	pid = clone(mm_child_run, stack + sizeof(stack), clone_flags | SIGCHLD,
		    child);
	ASSERT_LT(0, pid);
	child_wait(_metadata, pid);
}

TEST_F(mm_sharer, time_refused)
{
	static const int flags[] = {
		CLONE_NEWTIME, CLONE_NEWTIME | CLONE_NEWUTS,
		CLONE_NEWTIME | CLONE_NEWUSER, ALL_NS,
	};
	struct state before;

	state_read(_metadata, &before);
	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		struct mm_child child = {
			.fd = self->c.pidfd,
			.flags = flags[i],
		};

		mm_child_start(_metadata, variant->clone_flags, &child);
		EXPECT_EQ(EUSERS, child.err);
		EXPECT_EQ(0U, child.moved);
	}
	EXPECT_NOTHING_MOVED(&before);
}

TEST_F(mm_sharer, time_refused_nsfs)
{
	struct mm_child child = {
		.fd = container_ns(_metadata, &self->c, "time"),
	};
	struct state before;

	state_read(_metadata, &before);
	mm_child_start(_metadata, variant->clone_flags, &child);
	EXPECT_EQ(EUSERS, child.err);
	EXPECT_EQ(0U, child.moved);
	EXPECT_NOTHING_MOVED(&before);
}

TEST_F(mm_sharer, uts_moves)
{
	struct mm_child child = {
		.fd = self->c.pidfd,
		.flags = CLONE_NEWUTS,
	};
	struct state before;

	state_read(_metadata, &before);
	mm_child_start(_metadata, variant->clone_flags, &child);
	EXPECT_EQ(0, child.err);
	EXPECT_EQ(MOVED_UTS, child.moved);
	EXPECT_NOTHING_MOVED(&before);
}

/* Once it has gone, the memory is ours alone again. */
TEST_F(mm_sharer, time_afterwards)
{
	struct state before;
	pid_t sharer;

	IN_CHILD {
		sharer = start_sharer(_metadata, CLONE_VM);
		state_read(_metadata, &before);
		EXPECT_EQ(EUSERS, try_setns(self->c.pidfd, CLONE_NEWTIME));
		EXPECT_NOTHING_MOVED(&before);
		stop_child(_metadata, sharer);
		EXPECT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWTIME));
		EXPECT_MOVED(&before, moved_by(CLONE_NEWTIME));
	}
}

/*
 * A process whose leader has exited while another thread goes on: the leader's
 * pidfd leads to a task without namespaces, that of the thread to one with.
 */
FIXTURE(dead_leader)
{
	pid_t pid, tid;
	int pidfd;
	struct state live;
};

static void *outlive_leader(void *data)
{
	pid_t tid = sys_gettid();

	if (unshare(CLONE_NEWUTS) ||
	    write(*(int *)data, &tid, sizeof(tid)) != sizeof(tid))
		_exit(1);
	idle(NULL);
	return NULL;
}

/* The leader's side of it. */
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
	int thread;

	thread = sys_pidfd_open(self->tid, PIDFD_THREAD);
	if (thread < 0 && errno == EINVAL)
		skip_test(_metadata, "kernel without PIDFD_THREAD (6.9)");
	ASSERT_LE(0, thread);
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
