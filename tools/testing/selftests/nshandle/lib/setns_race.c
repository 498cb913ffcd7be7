// SPDX-License-Identifier: GPL-2.0
#include "setns_race.h"
#include "calls.h"
#include "child.h"
#include "flags.h"
#include "types.h"
#include "wait.h"
#include "world.h"

struct round *round_new(struct __test_metadata *_metadata, unsigned int parties)
{
	struct round *r = race_share(_metadata, sizeof(*r));

	duel_init(&r->duel, parties);
	ASSERT_EQ(0, pipe2(r->target, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(r->joiner, O_CLOEXEC));
	return r;
}

static void tell(struct __test_metadata *_metadata, const int pipefd[2],
		 char what)
{
	ASSERT_EQ(1, write(pipefd[1], &what, 1));
}

static void move_nowhere(struct __test_metadata *_metadata, struct round *r)
{
	tell(_metadata, r->target, 'r');
}

void move_exit(struct __test_metadata *_metadata, struct round *r)
{
	tell(_metadata, r->target, 'r');
	duel_go(&r->duel, MOVER);
	_exit(0);
}

void move_leader(struct __test_metadata *_metadata, struct round *r)
{
	start_thread(_metadata);
	tell(_metadata, r->target, 'r');
	duel_go(&r->duel, MOVER);
	syscall(__NR_exit, 0);
}

void move_unshare(struct __test_metadata *_metadata, struct round *r)
{
	tell(_metadata, r->target, 'r');
	duel_go(&r->duel, MOVER);
	ASSERT_EQ(0, unshare(r->unshare));
	tell(_metadata, r->target, 'm');
}

void move_away(struct __test_metadata *_metadata, struct round *r)
{
	tell(_metadata, r->target, 'r');
	duel_go(&r->duel, MOVER);
	ASSERT_EQ(0, try_setns(r->away, ALL_NS));
	tell(_metadata, r->target, 'm');
}

static void target_run(struct __test_metadata *_metadata,
		       const struct container *c, bool inside, struct round *r,
		       move_fn *move)
{
	int flags = c->flags & ~(inside ? CLONE_NEWPID : 0);

	ASSERT_EQ(0, try_setns(c->pidfd, flags));
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	move(_metadata, r);
	for (;;)
		pause();
}

struct target target_start(struct __test_metadata *_metadata,
			   const struct container *c, bool inside,
			   struct round *r, move_fn *move)
{
	int self = sys_pidfd_open(getpid(), 0);
	struct target t;

	if (inside)
		ASSERT_EQ(0, try_setns(c->pidfd, CLONE_NEWPID));
	t.pid = fork();
	ASSERT_LE(0, t.pid);
	if (t.pid == 0)
		target_run(_metadata, c, inside, r, move);
	if (inside)
		ASSERT_EQ(0, try_setns(self, CLONE_NEWPID));
	close(self);
	t.pidfd = sys_pidfd_open(t.pid, 0);
	ASSERT_LE(0, t.pidfd);
	byte_wait(_metadata, r->target[0], 'r', "the target is ready");
	return t;
}

void target_end(struct __test_metadata *_metadata, struct target *t)
{
	member_kill(_metadata, t->pid);
	close(t->pidfd);
}

struct state task_read(struct __test_metadata *_metadata, pid_t pid)
{
	struct state s;
	char dir[32];

	snprintf(dir, sizeof(dir), "/proc/%d", pid);
	state_read_task(_metadata, AT_FDCWD, dir, &s);
	state_close(&s);
	return s;
}

struct state target_home(struct __test_metadata *_metadata,
			 const struct container *c, bool inside,
			 struct round *r)
{
	struct target t = target_start(_metadata, c, inside, r, move_nowhere);
	struct state home = task_read(_metadata, t.pid);

	target_end(_metadata, &t);
	return home;
}

int draw_flags(void)
{
	int flags = mask_flags(race_rnd(8) ? 1 + race_rnd(255) : 255);

	if (!have_setns_flags())
		return flags;
	flags |= race_rnd(4) ? 0 : SETNS_DRY_RUN;
	flags |= race_rnd(2) ? 0 : SETNS_SKIP_JOINED;
	if (flags & (CLONE_NEWPID | CLONE_NEWTIME))
		flags |= race_rnd(2) ? 0 : SETNS_FOR_CHILDREN;
	if (flags & CLONE_NEWNS)
		flags |= race_rnd(2) ? 0 : SETNS_ROOT;
	return flags;
}

static void joiner_run(struct __test_metadata *_metadata, struct round *r,
		       int i)
{
	unsigned int moved, may = 0;
	struct state before;

	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	state_read(_metadata, &before);
	duel_go(&r->duel, RUNNER);
	r->err[i] = try_setns(r->pidfd[i], r->flags[i]);
	if (!r->err[i] && !(r->flags[i] & SETNS_DRY_RUN))
		may = moved_by(r->flags[i]);
	/* The target's new user namespace has no uid and gid map. */
	if (may & MOVED_USER)
		may |= MOVED_UID | MOVED_GID;
	moved = state_moved(_metadata, &before);
	EXPECT_EQ(0U, moved & ~may) {
		moved_log(_metadata, 0, moved & ~may);
		TH_LOG("flags %#x, error %d", r->flags[i], r->err[i]);
	}
	tell(_metadata, r->joiner, 'd');
	for (;;)
		pause();
}

pid_t joiner_start(struct __test_metadata *_metadata, struct round *r, int i,
		   int pidfd, int flags)
{
	pid_t pid;

	r->pidfd[i] = pidfd;
	r->flags[i] = flags;
	r->err[i] = -1;
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0)
		joiner_run(_metadata, r, i);
	return pid;
}

/* Is a joiner with @flags where the target was when it was at @home? */
static bool is_at(const struct state *now, int flags, const struct state *home)
{
	unsigned int moved = moved_by(flags & ~CLONE_NEWUSER);

	for (int i = 0; i < NR_LINKS; i++)
		if ((moved & BIT(i)) &&
		    !ns_same(&home->link[link_source(i, flags)],
			     &now->link[i]))
			return false;
	return !(flags & CLONE_NEWNS) ||
	       (place_same(&home->root, &now->root) &&
		place_same(&home->cwd, &now->cwd));
}

/*
 * At which of the target's two places is a joiner? All types but user must be of
 * one place. The user namespace may be of the other: the target's own move is not
 * one step for others.
 */
static int joiner_place(struct __test_metadata *_metadata, pid_t pid, int flags,
			const struct state home[2])
{
	struct state now = task_read(_metadata, pid);
	bool at[2] = { is_at(&now, flags, &home[0]),
		       is_at(&now, flags, &home[1]) };

	EXPECT_TRUE(at[0] || at[1]) {
		TH_LOG("half of each, flags %#x", flags);
	}
	EXPECT_EQ(0, memcmp(now.uid, home[0].uid, sizeof(now.uid)));
	EXPECT_EQ(0, memcmp(now.gid, home[0].gid, sizeof(now.gid)));
	if (flags & CLONE_NEWUSER)
		EXPECT_TRUE(ns_same(&now.link[LINK_USER],
				    &home[0].link[LINK_USER]) ||
			    ns_same(&now.link[LINK_USER],
				    &home[1].link[LINK_USER]));
	return !at[0];
}

int joiner_end(struct __test_metadata *_metadata, struct round *r, int i,
	       pid_t pid, const struct state home[2])
{
	int place = -1;

	if (!r->err[i] && !(r->flags[i] & SETNS_DRY_RUN))
		place = joiner_place(_metadata, pid, r->flags[i], home);
	member_kill(_metadata, pid);
	return place;
}
