/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rounds in which setns(2) by a pidfd races with the process: a target, in all
 * namespaces of a container, and one or two joiners begin at the same time. At
 * the end of a round nobody moves any more, and the test looks where they are.
 */
#ifndef NSHANDLE_LIB_SETNS_RACE_H
#define NSHANDLE_LIB_SETNS_RACE_H

#include "test.h"
#include "box.h"
#include "picture.h"
#include "race.h"

/* Shared by all processes of a case. */
struct round {
	struct duel duel;
	int pidfd[2];		/* of each joiner: what it joins by */
	int flags[2];
	int err[2];		/* -1 until the call is over */
	int unshare;		/* the flags of move_unshare() */
	int away;		/* the pidfd that move_away() joins */
	int target[2];		/* pipes: 'r'eady, 'm'oved */
	int joiner[2];		/* 'd'one */
};

struct target {
	pid_t pid;
	int pidfd;
};

struct round *round_new(struct __test_metadata *_metadata,
			unsigned int parties);

/* What the target does in a round. */
typedef void move_fn(struct __test_metadata *_metadata, struct round *r);

void move_exit(struct __test_metadata *_metadata, struct round *r);
/* The leader exits; the process lives on with its other thread. */
void move_leader(struct __test_metadata *_metadata, struct round *r);
void move_unshare(struct __test_metadata *_metadata, struct round *r);
void move_away(struct __test_metadata *_metadata, struct round *r);

/*
 * Returns when the target is in all namespaces of @c. With @inside, the target
 * itself is born in the pid namespace, otherwise only its children are.
 */
struct target target_start(struct __test_metadata *_metadata,
			   const struct container *c, bool inside,
			   struct round *r, move_fn *move);

void target_end(struct __test_metadata *_metadata, struct target *t);

/* Where a task is now. */
struct state task_read(struct __test_metadata *_metadata, pid_t pid);

/* Where a target is before it moves. */
struct state target_home(struct __test_metadata *_metadata,
			 const struct container *c, bool inside,
			 struct round *r);

/* Any mask of types, each eighth time all, and any flags that go with it. */
int draw_flags(void);

/* Joiner @i: what it does not join must not move. */
pid_t joiner_start(struct __test_metadata *_metadata, struct round *r, int i,
		   int pidfd, int flags);

/* Ends joiner @i. Returns which @home it has moved to, or -1 if it has not. */
int joiner_end(struct __test_metadata *_metadata, struct round *r, int i,
	       pid_t pid, const struct state home[2]);

#endif /* NSHANDLE_LIB_SETNS_RACE_H */
