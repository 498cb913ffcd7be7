// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) beside a target that exits or moves joins what the target had at one
 * moment, or nothing.
 *
 * The rounds are counted, and need two processors.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/picture.h"
#include "../lib/race.h"
#include "../lib/setns_race.h"
#include "../lib/types.h"
#include "../lib/wait.h"
#include "../lib/world.h"

#define ROUNDS 60

/* ----- Targets that go. */

/*
 * ESRCH is the one error: there is no task any more, or one without namespaces,
 * or (SETNS_ROOT) without a root. With SETNS_ROOT, a target that goes between
 * the snapshot and the last check is EAGAIN: it may have moved its root before.
 * Not EPERM: whoever has CAP_SYS_PTRACE may look at what is left of a task, too.
 */
FIXTURE(going) {
	struct container c;
	struct round *r;
	struct state home[2];
	int joined[2], refused[2], again[2];
};

FIXTURE_VARIANT(going) {
	move_fn *move;
	int joiners;
	bool leader;	/* the second one joins by the thread that lives on */
};

FIXTURE_VARIANT_ADD(going, exits) {
	.move = move_exit, .joiners = 1,
};

FIXTURE_VARIANT_ADD(going, exits_under_two) {
	.move = move_exit, .joiners = 2,
};

FIXTURE_VARIANT_ADD(going, loses_its_leader) {
	.move = move_leader, .joiners = 2, .leader = true,
};

FIXTURE_SETUP(going)
{
	SKIP_WITHOUT_CONTAINERS();
	race_seed(_metadata);
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
	self->r = round_new(_metadata, variant->joiners + 1);
	self->home[0] = target_home(_metadata, &self->c, true, self->r);
	self->home[1] = self->home[0];
}

FIXTURE_TEARDOWN(going)
{
	container_stop(_metadata, &self->c);
}

static int last_thread_pidfd(struct __test_metadata *_metadata, pid_t pid)
{
	char path[32];
	int proc, pidfd;

	snprintf(path, sizeof(path), "/proc/%d", pid);
	proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, proc);
	pidfd = thread_pidfd(_metadata, last_thread(_metadata, proc));
	close(proc);
	return pidfd;
}

/* All of them join by @pidfd, each its own. */
static void going_join(struct __test_metadata *_metadata,
		       FIXTURE_DATA(going) * self, int joiners,
		       const int pidfd[2])
{
	struct round *r = self->r;
	pid_t joiner[2];

	duel_draw(&r->duel);
	for (int i = 0; i < joiners; i++)
		joiner[i] = joiner_start(_metadata, r, i, pidfd[i],
					 draw_flags());
	for (int i = 0; i < joiners; i++)
		byte_wait(_metadata, r->joiner[0], 'd', "a joiner is done");
	for (int i = 0; i < joiners; i++) {
		joiner_end(_metadata, r, i, joiner[i], self->home);
		self->joined[i] += r->err[i] == 0;
		self->refused[i] += r->err[i] == ESRCH;
		self->again[i] += r->err[i] == EAGAIN &&
				  (r->flags[i] & SETNS_ROOT);
	}
	duel_settle(&r->duel, r->err[0] == ESRCH);
}

TEST_F_TIMEOUT(going, all_or_nothing, 60)
{
	for (int n = 0; n < ROUNDS && __test_passed(_metadata); n++) {
		struct target t = target_start(_metadata, &self->c, true,
					       self->r, variant->move);
		int pidfd[2] = { t.pidfd, t.pidfd };

		if (variant->leader)
			pidfd[1] = last_thread_pidfd(_metadata, t.pid);
		going_join(_metadata, self, variant->joiners, pidfd);
		if (variant->leader) {
			close(pidfd[1]);
			target_end(_metadata, &t);
			continue;
		}
		child_end(_metadata, t.pid, POLL_MS, "the target");
		close(t.pidfd);
	}
	TH_LOG("joined %d + %d, ESRCH %d + %d, EAGAIN %d + %d",
	       self->joined[0], self->joined[1], self->refused[0],
	       self->refused[1], self->again[0], self->again[1]);
	EXPECT_LT(0, self->joined[0]);
	EXPECT_LT(0, self->refused[0]);
	for (int i = 0; i < variant->joiners; i++)
		EXPECT_EQ(ROUNDS, self->joined[i] + self->refused[i] +
					  self->again[i]);
	/* A thread that lives on is there for whoever has a pidfd of it. */
	if (variant->leader)
		EXPECT_EQ(0, self->refused[1]);
}

/* ----- Targets that move. */

/*
 * From container A to namespaces of their own, or to container B. There is no
 * reason to refuse a joiner with all rights, but two:
 *
 * EAGAIN, with SETNS_ROOT, for a target whose root has moved and whose mount
 * namespace has not, or the other way round; EINVAL, for a target that is still
 * in the joiner's own user namespace.
 */
FIXTURE(moving) {
	struct container a, b;
	struct round *r;
	struct state home[2];
	int at[2], again, own_user;
};

FIXTURE_VARIANT(moving) {
	move_fn *move;
	uint64_t a;
	bool inside;
};

FIXTURE_VARIANT_ADD(moving, unshares) {
	.move = move_unshare, .a = ALL_NS, .inside = true,
};

/* From the host's user namespace: there is no way between two others. */
FIXTURE_VARIANT_ADD(moving, joins_elsewhere) {
	.move = move_away, .a = ALL_NS & ~CLONE_NEWUSER,
};

FIXTURE_SETUP(moving)
{
	SKIP_WITHOUT_CONTAINERS();
	race_seed(_metadata);
	self->a.flags = variant->a;
	self->b.flags = ALL_NS;
	container_start(_metadata, &self->a);
	container_start(_metadata, &self->b);
	self->r = round_new(_metadata, 2);
	self->r->away = self->b.pidfd;
	self->home[0] = target_home(_metadata, &self->a, variant->inside,
				    self->r);
}

FIXTURE_TEARDOWN(moving)
{
	container_stop(_metadata, &self->a);
	container_stop(_metadata, &self->b);
}

/* Something that tells one place from the other is always among it. */
static int draw_moving(void)
{
	return draw_flags() | CLONE_NEWUTS;
}

/* A network namespace takes its time: seldom. */
static int draw_unshare(void)
{
	int flags = mask_flags(race_rnd(256)) | CLONE_NEWUTS;

	return race_rnd(8) ? flags & ~CLONE_NEWNET : flags;
}

static void moving_count(struct __test_metadata *_metadata,
			 FIXTURE_DATA(moving) * self, bool own_user, int place)
{
	int err = self->r->err[0], flags = self->r->flags[0];

	if (place >= 0)
		self->at[place]++;
	/* The joiner was early, too, when the user namespace was its own. */
	if (place >= 0 || err == EINVAL)
		duel_settle(&self->r->duel, place == 1);
	self->again += err == EAGAIN;
	self->own_user += err == EINVAL;
	EXPECT_TRUE(!err || (err == EAGAIN && (flags & SETNS_ROOT)) ||
		    (err == EINVAL && own_user && (flags & CLONE_NEWUSER) &&
		     !(flags & SETNS_SKIP_JOINED))) {
		TH_LOG("flags %#x: %s", flags, strerror(err));
	}
}

TEST_F_TIMEOUT(moving, never_half_of_each, 60)
{
	bool own_user = !(variant->a & CLONE_NEWUSER);
	struct round *r = self->r;

	for (int n = 0; n < ROUNDS && __test_passed(_metadata); n++) {
		struct target t;
		pid_t joiner;

		r->unshare = draw_unshare();
		t = target_start(_metadata, &self->a, variant->inside, r,
				 variant->move);
		duel_draw(&r->duel);
		joiner = joiner_start(_metadata, r, 0, t.pidfd, draw_moving());
		byte_wait(_metadata, r->joiner[0], 'd', "the joiner is done");
		byte_wait(_metadata, r->target[0], 'm', "the target has moved");
		self->home[1] = task_read(_metadata, t.pid);
		moving_count(_metadata, self, own_user,
			     joiner_end(_metadata, r, 0, joiner, self->home));
		target_end(_metadata, &t);
	}
	TH_LOG("before %d, after %d, EAGAIN %d, EINVAL %d", self->at[0],
	       self->at[1], self->again, self->own_user);
	EXPECT_LT(0, self->at[0]);
	EXPECT_LT(0, self->at[1]);
}

/* ----- Joiners that are killed. */

/*
 * What they held is dropped, and the target is none the worse for it. That
 * nothing is left is seen by counting in /proc/slabinfo, afterwards.
 */
FIXTURE(killed) {
	struct container c;
	struct round *r;
	struct state home;
};

FIXTURE_SETUP(killed)
{
	SKIP_WITHOUT_CONTAINERS();
	race_seed(_metadata);
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
	state_read_task(_metadata, self->c.proc, ".", &self->home);
	self->r = round_new(_metadata, 2);
}

FIXTURE_TEARDOWN(killed)
{
	container_stop(_metadata, &self->c);
}

TEST_F_TIMEOUT(killed, while_joining, 60)
{
	int done = 0, cut_short = 0;
	struct round *r = self->r;

	for (int n = 0; n < ROUNDS && __test_passed(_metadata); n++) {
		pid_t joiner;

		duel_draw(&r->duel);
		joiner = joiner_start(_metadata, r, 0, self->c.pidfd,
				      draw_flags());
		duel_go(&r->duel, MOVER);
		member_kill(_metadata, joiner);
		done += r->err[0] == 0;
		cut_short += r->err[0] == -1;
		duel_settle(&r->duel, r->err[0] == -1);
	}
	TH_LOG("done %d, cut short %d", done, cut_short);
	EXPECT_LT(0, done);
	EXPECT_LT(0, cut_short);
	EXPECT_EQ(ROUNDS, done + cut_short);
	EXPECT_NOTHING_MOVED(&self->home);
	IN_CHILD {
		EXPECT_EQ(0, try_setns(self->c.pidfd, ALL_NS));
	}
}

TEST_HARNESS_MAIN
