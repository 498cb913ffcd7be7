/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rounds in which setns(2) by a pidfd races with what the process does: a
 * target, in all of the namespaces of a container, and one or two joiners. They
 * begin at the same time. When it is over, nobody moves any more, and the test
 * looks where they are.
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
	int unshare;		/* what the target unshares, or */
	int away;		/* by which it goes away */
	int target[2];		/* pipes: 'r'eady, 'm'oved */
	int joiner[2];		/* 'd'one */
};

struct target {
	pid_t pid;
	int pidfd;
};

typedef void move_fn(struct __test_metadata *_metadata, struct round *r);

struct round *round_new(struct __test_metadata *_metadata,
			unsigned int parties);

void move_exit(struct __test_metadata *_metadata, struct round *r);

/* The process lives on, by its other thread. */
void move_leader(struct __test_metadata *_metadata, struct round *r);

void move_unshare(struct __test_metadata *_metadata, struct round *r);

void move_away(struct __test_metadata *_metadata, struct round *r);

/* With @inside it has been born in the pid namespace, else its children are. */
void target_run(struct __test_metadata *_metadata, const struct container *c,
		bool inside, struct round *r, move_fn *move);

/* Returns when it is in @c, and in what is @c's. */
struct target target_start(struct __test_metadata *_metadata,
			   const struct container *c, bool inside,
			   struct round *r, move_fn *move);

void target_end(struct __test_metadata *_metadata, struct target *t);

struct state task_read(struct __test_metadata *_metadata, pid_t pid);

/* Where a target is before it moves. */
struct state target_home(struct __test_metadata *_metadata,
			 const struct container *c, bool inside,
			 struct round *r);

/* Any mask, each eighth time all of it, and any flags that go with it. */
int draw_flags(void);

/* What was not asked for, or refused, has not moved. */
void joiner_run(struct __test_metadata *_metadata, struct round *r, int i);

pid_t joiner_start(struct __test_metadata *_metadata, struct round *r, int i,
		   int pidfd, int flags);

/* Where it is, if it has moved at all. */
int joiner_end(struct __test_metadata *_metadata, struct round *r, int i,
	       pid_t pid, const struct state home[2]);

#endif /* NSHANDLE_LIB_SETNS_RACE_H */
