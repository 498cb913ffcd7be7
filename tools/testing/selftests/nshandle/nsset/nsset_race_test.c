// SPDX-License-Identifier: GPL-2.0
/*
 * A set that is made beside a target that exits or moves holds what the target had
 * at one moment.
 *
 * EAGAIN, with SETNS_ROOT, for a target whose root has moved and whose mount
 * namespace has not, or the other way round.
 *
 * The rounds are counted, and need two processors.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/facts.h"
#include "../lib/nsset.h"
#include "../lib/picture.h"
#include "../lib/race.h"
#include "../lib/setns_race.h"
#include "../lib/types.h"
#include "../lib/wait.h"
#include "../lib/world.h"

#define ROUNDS 60

FIXTURE(made) {
	struct container a, b;
	struct round *r;
	int at[2], refused, again;
};

FIXTURE_VARIANT(made) {
	move_fn *move;
	uint64_t a;
	bool inside;
	bool goes;	/* there is nothing to make a set of after the move */
	int tell;	/* a type that tells one place from the other */
	int moved;	/* the byte, or 0: the end of the file exec_pipe[0] */
	__u32 flags;	/* any of these */
};

static int exec_pipe[2];

/* Into the time namespace of its children, and nowhere else. */
static void move_exec(struct __test_metadata *_metadata, struct round *r)
{
	close(exec_pipe[0]);
	ASSERT_EQ(0, unshare(CLONE_NEWTIME));
	ASSERT_EQ(1, write(r->target[1], "r", 1));
	duel_go(&r->duel, MOVER);
	execlp("sleep", "sleep", "1000", NULL);
	_exit(1);
}

/* clang-format off */
FIXTURE_VARIANT_ADD(made, exits) {
	/* clang-format on */
	.move = move_exit,
	.a = ALL_NS,
	.inside = true,
	.goes = true,
	.flags = SETNS_FOR_CHILDREN | SETNS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(made, loses_its_leader) {
	/* clang-format on */
	.move = move_leader,
	.a = ALL_NS,
	.inside = true,
	.goes = true,
	.flags = SETNS_FOR_CHILDREN | SETNS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(made, unshares) {
	/* clang-format on */
	.move = move_unshare,
	.a = ALL_NS,
	.inside = true,
	.tell = CLONE_NEWUTS,
	.moved = 'm',
	.flags = SETNS_FOR_CHILDREN | SETNS_ROOT,
};

/* From the host's user namespace: there is no way between two others. */
/* clang-format off */
FIXTURE_VARIANT_ADD(made, joins_elsewhere) {
	/* clang-format on */
	.move = move_away,
	.a = ALL_NS & ~CLONE_NEWUSER,
	.tell = CLONE_NEWUTS,
	.moved = 'm',
	.flags = SETNS_FOR_CHILDREN | SETNS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(made, executes) {
	/* clang-format on */
	.move = move_exec,
	.a = ALL_NS & ~CLONE_NEWUSER,
	.inside = true,
	.tell = CLONE_NEWTIME,
	.flags = SETNS_ROOT,
};

FIXTURE_SETUP(made)
{
	SKIP_WITHOUT_NSSET();
	race_seed(_metadata);
	self->a.flags = variant->a;
	self->b.flags = ALL_NS;
	container_start(_metadata, &self->a);
	container_start(_metadata, &self->b);
	self->r = round_new(_metadata, 2);
	self->r->away = self->b.pidfd;
}

FIXTURE_TEARDOWN(made)
{
	container_stop(_metadata, &self->a);
	container_stop(_metadata, &self->b);
}

/* A network namespace takes its time: seldom. */
static int draw_unshare(void)
{
	int flags = mask_flags(race_rnd(256)) | CLONE_NEWUTS;

	return race_rnd(8) ? flags & ~CLONE_NEWNET : flags;
}

/* Each of @flags, or not, as far as it goes with the types. */
static __u32 draw_made(__u64 types, __u32 flags)
{
	if (race_rnd(2))
		flags &= ~SETNS_ROOT;
	if (race_rnd(2))
		flags &= ~SETNS_FOR_CHILDREN;
	return nsset_valid(types, flags) ? flags : 0;
}

/*
 * All types but user must be of one place. The user namespace may be of the
 * other: the target's own move is not one step for others.
 */
static int set_place(struct __test_metadata *_metadata, int set,
		     const struct state home[2])
{
	bool at[2] = { true, true };
	struct nsset_info info;
	__u64 ino[2];

	ASSERT_EQ(0, nsset_info(set, &info));
	for (int i = 0; i < NR_TYPES; i++) {
		if (!(info.types & ns_types[i].flag))
			continue;
		for (int n = 0; n < 2; n++)
			ino[n] = home[n].link[nsset_link(i, info.flags)].ino;
		EXPECT_TRUE(info.ino[i] == ino[0] || info.ino[i] == ino[1]);
		if (ns_types[i].flag == CLONE_NEWUSER)
			continue;
		at[0] &= info.ino[i] == ino[0];
		at[1] &= info.ino[i] == ino[1];
	}
	EXPECT_TRUE(at[0] || at[1]) {
		TH_LOG("half of each, types %#llx, flags %#x", info.types,
		       info.flags);
	}
	return !at[0];
}

/* Returns when the target has moved, or gone. */
static struct state moved_wait(struct __test_metadata *_metadata,
			       const FIXTURE_VARIANT(made) * row,
			       const struct round *r, pid_t pid)
{
	char byte;

	if (row->moved) {
		byte_wait(_metadata, r->target[0], row->moved, "a move");
	} else {
		ASSERT_TRUE(is_readable(exec_pipe[0], POLL_MS));
		ASSERT_EQ(0, read(exec_pipe[0], &byte, 1));
	}
	return task_read(_metadata, pid);
}

static void make_beside(struct __test_metadata *_metadata,
			FIXTURE_DATA(made) * self,
			const FIXTURE_VARIANT(made) * row)
{
	__u64 types = mask_flags(1 + race_rnd(255)) | row->tell;
	__u32 flags = draw_made(types, row->flags);
	struct state home[2];
	struct target t;
	int set, err;
	bool late;

	ASSERT_EQ(0, pipe2(exec_pipe, O_CLOEXEC));
	t = target_start(_metadata, &self->a, row->inside, self->r, row->move);
	close(exec_pipe[1]);
	home[0] = task_read(_metadata, t.pid);
	duel_draw(&self->r->duel);
	duel_go(&self->r->duel, RUNNER);
	set = nsset_get(t.pidfd, types, flags);
	err = set < 0 ? errno : 0;
	home[1] = row->goes ? home[0] :
		  moved_wait(_metadata, row, self->r, t.pid);
	if (err)
		EXPECT_EQ(row->goes ? ESRCH :
			  row->moved && (flags & SETNS_ROOT) ? EAGAIN : 0, err);
	self->refused += err == ESRCH;
	self->again += err == EAGAIN;
	late = err || set_place(_metadata, set, home);
	self->at[late] += !err;
	if (err != EAGAIN)
		duel_settle(&self->r->duel, late);
	close(set);
	close(exec_pipe[0]);
	target_end(_metadata, &t);
}

TEST_F_TIMEOUT(made, never_half_of_each, 60)
{
	bool moves = variant->move != move_exec ||
		     fact(_metadata, EXEC_ENTERS_TIMENS);

	for (int n = 0; n < ROUNDS && __test_passed(_metadata); n++) {
		self->r->unshare = draw_unshare();
		make_beside(_metadata, self, variant);
	}
	TH_LOG("before %d, after %d, ESRCH %d, EAGAIN %d", self->at[0],
	       self->at[1], self->refused, self->again);
	EXPECT_LT(0, self->at[0]);
	EXPECT_EQ(moves, 0 < (variant->goes ? self->refused : self->at[1]));
	EXPECT_EQ(ROUNDS, self->at[0] + self->at[1] + self->refused +
			  self->again);
}

TEST_HARNESS_MAIN
