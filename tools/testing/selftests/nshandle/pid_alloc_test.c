// SPDX-License-Identifier: GPL-2.0
/*
 * Forks that a handle on a pid namespace makes possible: into a namespace
 * below a dead one, and two first ones at once into one without an init.
 *
 * Guards: "pid: refuse a fork below a dead pid namespace" and "pid: let the
 * first process of a pid namespace be its init". Without these, the kernel
 * goes on with an init that was freed, or with none. So no case goes on after
 * the first fork that came through and should not have: that one is harmless.
 *
 * To stop a fork half way: clone3(2) writes the pidfd of the child to be, by
 * CLONE_PIDFD, after it has taken the pids and before anybody can see the
 * child. To memory of a FUSE file, whose daemon we are.
 */
#include "fuse.h"
#include "pid_vec.h"

#include <stdatomic.h>

/* ----- Attempts. */

static pid_t set_tid_1(void)
{
	static const pid_t tid = 1;

	return clone_reporter(&tid, 1);
}

static pid_t set_tid_2(void)
{
	static const pid_t tid = 2;

	return clone_reporter(&tid, 1);
}

/* @pid, what one of them has returned, was a process. */
static void expect_born(struct __test_metadata *_metadata, pid_t pid)
{
	ASSERT_LT(0, pid) {
		TH_LOG("fork: %s", strerror(errno));
	}
	child_end(_metadata, pid, POLL_MS, "a new process");
}

static void expect_birth(struct __test_metadata *_metadata, pid_t want)
{
	expect_born(_metadata, fork_reporter());
	EXPECT_EQ(want, report->pid);
}

/* ----- A child namespace, without an init, of a dead one. */

FIXTURE(below_dead) {
	struct world w;
};

FIXTURE_VARIANT(below_dead) {
	reporter_fn *make;
};

FIXTURE_VARIANT_ADD(below_dead, fork) {
	.make = fork_reporter,
};

FIXTURE_VARIANT_ADD(below_dead, vfork) {
	.make = vfork_reporter,
};

FIXTURE_VARIANT_ADD(below_dead, clone3) {
	.make = clone3_reporter,
};

FIXTURE_VARIANT_ADD(below_dead, set_tid_1) {
	.make = set_tid_1,
};

FIXTURE_SETUP(below_dead)
{
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(below_dead)
{
}

TEST_F(below_dead, two_children)
{
	struct world *w = &self->w;

	ASSERT_EQ(0, try_setns(w->ns[ORPHAN], CLONE_NEWPID));
	expect_no_birth(_metadata, variant->make(), ENOMEM);
	expect_no_birth(_metadata, variant->make(), ENOMEM);
	/* It is not the caller that is at fault. */
	ASSERT_EQ(0, try_setns(w->ns[CHILD], CLONE_NEWPID));
	expect_birth(_metadata, 3);
}

/* ----- A fork that is held up with its pids taken. */

struct held_fork {
	struct fuse_daemon fuse;
	pid_t forker;
	int result;	/* from the forker: 'r', and the errno or 0 */
	int end;	/* closed: the child that was made shall end */
};

FIXTURE(held) {
	struct world w;
	struct held_fork f;
};

FIXTURE_SETUP(held)
{
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
	fuse_mount(_metadata, &self->f.fuse);
}

FIXTURE_TEARDOWN_PARENT(held)
{
}

static void forker_run(struct __test_metadata *_metadata, int ns, int result,
		       int end)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.exit_signal = SIGCHLD,
	};
	char byte;
	pid_t pid;
	int err;

	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	args.pidfd = (uintptr_t)fuse_map(_metadata);
	ASSERT_EQ(0, try_setns(ns, CLONE_NEWPID));
	ASSERT_EQ(1, write(result, "r", 1));
	pid = sys_clone3(&args);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(read(end, &byte, 1));
	}
	err = pid < 0 ? errno : 0;
	ASSERT_EQ((ssize_t)sizeof(err), write(result, &err, sizeof(err)));
	if (pid > 0)
		child_wait(_metadata, pid);
	_exit(0);
}

/* Returns when it is held up. */
static void hold_fork(struct __test_metadata *_metadata,
		      struct held_fork *f, int ns)
{
	int result[2], end[2];
	pid_t pid;

	ASSERT_EQ(0, pipe2(result, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(end, O_CLOEXEC));
	f->fuse.hold = FUSE_READ;
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		close(f->fuse.fd);
		close(end[1]);
		forker_run(_metadata, ns, result[1], end[0]);
	}
	close(result[1]);
	close(end[0]);
	f->forker = pid;
	f->result = result[0];
	f->end = end[1];
	fuse_serve(_metadata, &f->fuse, f->result);
	byte_wait(_metadata, f->result, 'r', "the forker is ready");
	while (!f->fuse.held.unique) {
		ASSERT_TRUE(is_readable(f->fuse.fd, POLL_MS)) {
			TH_LOG("the fork has not come to its pidfd");
		}
		fuse_serve_one(_metadata, &f->fuse);
	}
}

/* Lets it go on; its errno or 0. */
static int finish_fork(struct __test_metadata *_metadata,
		       struct held_fork *f)
{
	int err = -1;

	fuse_let_go(_metadata, &f->fuse);
	fuse_serve(_metadata, &f->fuse, f->result);
	ASSERT_EQ((ssize_t)sizeof(err), read(f->result, &err, sizeof(err))) {
		TH_LOG("the forker is gone without its result");
	}
	return err;
}

/*
 * Lets the child end that it has made, if so. With their memory goes what was
 * written to it, to us; their descriptors are closed after that.
 */
static void end_forker(struct __test_metadata *_metadata,
		       struct held_fork *f)
{
	close(f->end);
	fuse_serve(_metadata, &f->fuse, f->result);
	child_end(_metadata, f->forker, POLL_MS, "the forker");
}

/* Nobody is born beside a first process that is not there yet. */
TEST_F(held, second_first_fork)
{
	hold_fork(_metadata, &self->f, self->w.ns[UNBORN]);
	ASSERT_EQ(0, try_setns(self->w.ns[UNBORN], CLONE_NEWPID));
	expect_no_birth(_metadata, fork_reporter(), EINVAL);
	expect_no_birth(_metadata, vfork_reporter(), EINVAL);
	expect_no_birth(_metadata, clone3_reporter(), EINVAL);
	expect_no_birth(_metadata, set_tid_1(), EEXIST);
	expect_no_birth(_metadata, set_tid_2(), EINVAL);
	EXPECT_EQ(0, finish_fork(_metadata, &self->f));
	/* The pids that were refused are free. */
	expect_no_birth(_metadata, set_tid_1(), EEXIST);
	expect_born(_metadata, set_tid_2());
	expect_born(_metadata, fork_reporter());
	end_forker(_metadata, &self->f);
	expect_no_birth(_metadata, fork_reporter(), ENOMEM);
}

/* Then there will be no init, ever: the namespace is dead. */
TEST_F(held, first_fork_fails)
{
	hold_fork(_metadata, &self->f, self->w.ns[UNBORN]);
	self->f.fuse.fail_reads = -EIO;
	EXPECT_EQ(EFAULT, finish_fork(_metadata, &self->f));
	end_forker(_metadata, &self->f);
	ASSERT_EQ(0, try_setns(self->w.ns[UNBORN], CLONE_NEWPID));
	expect_no_birth(_metadata, fork_reporter(), ENOMEM);
	expect_no_birth(_metadata, vfork_reporter(), ENOMEM);
	expect_no_birth(_metadata, set_tid_1(), ENOMEM);
	expect_no_birth(_metadata, set_tid_2(), EINVAL);
}

/* Nor is there an init for who came meanwhile: it is refused for that. */
TEST_F(held, second_first_fork_then_the_first_fails)
{
	hold_fork(_metadata, &self->f, self->w.ns[UNBORN]);
	ASSERT_EQ(0, try_setns(self->w.ns[UNBORN], CLONE_NEWPID));
	expect_no_birth(_metadata, fork_reporter(), EINVAL);
	self->f.fuse.fail_reads = -EIO;
	EXPECT_EQ(EFAULT, finish_fork(_metadata, &self->f));
	end_forker(_metadata, &self->f);
	expect_no_birth(_metadata, fork_reporter(), ENOMEM);
	expect_no_birth(_metadata, set_tid_1(), ENOMEM);
}

/* A live namespace takes others meanwhile, and has them in order. */
TEST_F(held, second_fork_with_an_init)
{
	hold_fork(_metadata, &self->f, self->w.ns[CHILD]);
	ASSERT_EQ(0, try_setns(self->w.ns[CHILD], CLONE_NEWPID));
	expect_birth(_metadata, 4);
	EXPECT_EQ(0, finish_fork(_metadata, &self->f));
	expect_birth(_metadata, 5);
	end_forker(_metadata, &self->f);
}

/*
 * The parent of a namespace dies when the fork into that has its pids. The
 * parent's init has killed all it could see, and waits for the rest.
 */
TEST_F(held, parent_dies_meanwhile)
{
	struct world *w = &self->w;
	pid_t pid;
	int err;

	/* Anew, and alive; ORPHAN still may get an init. */
	pid = member_start(_metadata, w, DEAD, CLONE_NEWPID, dead_more);
	hold_fork(_metadata, &self->f, self->w.ns[ORPHAN]);
	ASSERT_EQ(0, sys_pidfd_send_signal(w->pidfd[DEAD], SIGKILL));
	ASSERT_TRUE(has_exited(w->pidfd[DEAD_CHILD], POLL_MS));
	EXPECT_FALSE(has_exited(w->pidfd[DEAD], 0));
	err = finish_fork(_metadata, &self->f);
	if (!err) {
		/* As expect_no_birth(): not by EXPECT. */
		TH_LOG("a process was born below a dying namespace");
		_exit(KSFT_FAIL);
	}
	EXPECT_EQ(ENOMEM, err);
	end_forker(_metadata, &self->f);
	expect_end(_metadata, pid, POLL_MS, "the init of DEAD");
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
}

/* The same with the namespace itself. */
TEST_F(held, namespace_dies_meanwhile)
{
	struct world *w = &self->w;

	hold_fork(_metadata, &self->f, self->w.ns[CHILD]);
	ASSERT_EQ(0, sys_pidfd_send_signal(w->pidfd[CHILD], SIGKILL));
	ASSERT_TRUE(has_exited(w->pidfd[GRANDCHILD], POLL_MS));
	EXPECT_FALSE(has_exited(w->pidfd[CHILD], 0));
	EXPECT_EQ(ENOMEM, finish_fork(_metadata, &self->f));
	end_forker(_metadata, &self->f);
	EXPECT_TRUE(has_exited(w->pidfd[CHILD], POLL_MS));
}

/* While the init is not there yet, there is no last pid to set. */
TEST_F(held, no_vector_before_the_init)
{
	struct pid_vec vec = vec_of(1, 40);

	if (!have_pid_vec())
		skip_test(_metadata, NO_PID_VEC);
	hold_fork(_metadata, &self->f, self->w.ns[UNBORN]);
	EXPECT_EQ(ESRCH, try_set(self->w.ns[UNBORN], &vec));
	vec = vec_get(_metadata, self->w.ns[UNBORN], 1);
	EXPECT_EQ(1, vec.pid[0]);
	EXPECT_EQ(0, finish_fork(_metadata, &self->f));
	vec.pid[0] = 40;
	EXPECT_EQ(0, try_set(self->w.ns[UNBORN], &vec));
	ASSERT_EQ(0, try_setns(self->w.ns[UNBORN], CLONE_NEWPID));
	expect_birth(_metadata, 41);
	end_forker(_metadata, &self->f);
	EXPECT_EQ(ESRCH, try_set(self->w.ns[UNBORN], &vec));
}

/* ----- Two first forks at once, held up by nothing. */

#define ROUNDS 100

struct racer {
	pid_t pid;		/* of the child, in there; 0 if there is none */
	int err;		/* or why not */
	bool has_init;		/* it has seen one when it was born */
};

struct round {
	struct racer racers[2];
	atomic_int ready;	/* racers, to fork at once */
	int born, end;		/* eventfds */
};

FIXTURE(first_forks) {
	struct world w;
	struct round r;
};

FIXTURE_SETUP(first_forks)
{
	/* Left to chance, a kernel without the series could pass it. */
	SKIP_WITHOUT_PID_VEC();
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(first_forks)
{
}

/* Returns at the same moment in both; it must not sleep for that. */
static void meet(struct __test_metadata *_metadata, atomic_int *ready)
{
	/* Less than who waits for us both waits, to tell it first. */
	long long end = now_ms(CLOCK_MONOTONIC) + POLL_MS / 2;

	atomic_fetch_add(ready, 1);
	for (int i = 1; atomic_load(ready) < 2; i++) {
		if (i % 1000)
			continue;
		ASSERT_LT(now_ms(CLOCK_MONOTONIC), end) {
			TH_LOG("the other racer has not come");
		}
	}
}

/*
 * One that is born stays until both have been, so that the init stays. By
 * vfork(2), which has less to copy before it comes to the pids.
 */
static void racer_run(struct __test_metadata *_metadata, int ns,
		      struct round *r, struct racer *me)
{
	pid_t pid;

	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	ASSERT_EQ(0, try_setns(ns, CLONE_NEWPID));
	meet(_metadata, &r->ready);
	pid = vfork();
	if (pid == 0) {
		me->has_init = !kill(1, 0);
		me->pid = getpid();
		eventfd_write(r->born, 1);
		is_readable(r->end, 2 * POLL_MS);
		_exit(0);
	}
	if (pid < 0) {
		me->err = errno;
		ASSERT_EQ(0, eventfd_write(r->born, 1));
	} else {
		ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	}
	_exit(0);
}

static int new_event(struct __test_metadata *_metadata)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE);

	ASSERT_LE(0, fd);
	return fd;
}

static void round_start(struct __test_metadata *_metadata, struct round *r)
{
	r->born = new_event(_metadata);
	r->end = new_event(_metadata);
	memset(r->racers, 0, sizeof(r->racers));
	atomic_store(&r->ready, 0);
}

/* One round, from a new namespace without an init to its death. */
static void race_first_forks(struct __test_metadata *_metadata,
			     struct world *w, struct round *r)
{
	pid_t maker, pids[2];

	maker = member_start(_metadata, w, UNBORN, 0, unborn_more);
	round_start(_metadata, r);
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		ASSERT_LE(0, pids[i]);
		if (pids[i] == 0)
			racer_run(_metadata, w->ns[UNBORN], r, &r->racers[i]);
	}
	for (int i = 0; i < 2; i++)
		event_wait(_metadata, r->born, "both racers have forked");
	ASSERT_EQ(0, eventfd_write(r->end, 2));
	for (int i = 0; i < 2; i++)
		child_end(_metadata, pids[i], POLL_MS, "a racer");
	member_kill(_metadata, maker);
	close(r->born);
	close(r->end);
	close(w->ns[UNBORN]);
	close(w->pidfd[UNBORN]);
	close(w->ready[UNBORN]);
	/* unborn_more() closes it. */
	w->ns[UNBORN] = -1;
}

/* One is pid 1; the other came too early, or is pid 2 and sees the init. */
TEST_F_TIMEOUT(first_forks, one_init, 90)
{
	int early = 0, late = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct racer *first = &self->r.racers[0];
		struct racer *other = &self->r.racers[1];

		race_first_forks(_metadata, &self->w, &self->r);
		if (other->pid == 1) {
			first = other;
			other = &self->r.racers[0];
		}
		EXPECT_EQ(1, first->pid);
		EXPECT_TRUE(first->has_init);
		EXPECT_EQ(other->pid ? 2 : 0, other->pid);
		EXPECT_EQ(other->pid ? 0 : EINVAL, other->err);
		EXPECT_EQ(other->pid == 2, other->has_init);
		early += !other->pid;
		late += other->pid == 2;
	}
	TH_LOG("of %d, %d came too early, %d were second", ROUNDS, early, late);
}

TEST_HARNESS_MAIN
