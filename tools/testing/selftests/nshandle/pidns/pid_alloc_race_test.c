// SPDX-License-Identifier: GPL-2.0
/*
 * Of two first forks at once into a pid namespace, one makes the init; the
 * other is refused or makes the second process.
 *
 * Guards "pid: let the first process of a pid namespace be its init".
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/pid_vec.h"
#include "../lib/wait.h"
#include "../lib/world.h"

#include <stdatomic.h>

#define ROUNDS 100

struct racer {
	pid_t pid;		/* the child's own; 0 if there is none */
	int err;		/* or the errno */
	bool has_init;		/* the child has seen one */
};

struct round {
	struct racer racers[2];
	atomic_int ready;	/* how many racers are about to fork */
	int born, end;		/* eventfds */
};

FIXTURE(first_forks) {
	struct world w;
	struct round r;
};

FIXTURE_SETUP(first_forks)
{
	/* Without the series the outcome is left to chance: skip. */
	SKIP_WITHOUT_PID_VEC();
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(first_forks)
{
}

/* Returns at the same moment in both racers. So it must not sleep. */
static void meet(struct __test_metadata *_metadata, atomic_int *ready)
{
	/* Ends before event_wait() in the parent, to report first. */
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
 * The child lives until both racers have forked, so that the init is there. By
 * vfork(2), which has less to copy before it allocates the pids.
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

/* One round in a new namespace, which has no init before and none after. */
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
}

/* One child is pid 1; the other fork is refused, or its child is pid 2. */
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
