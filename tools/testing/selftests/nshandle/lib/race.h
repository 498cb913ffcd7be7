/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the race tests share: random numbers that a seed reproduces, two sides
 * that begin at the same time, memory for both, and a bounded pthread_join(3).
 */
#ifndef NSHANDLE_LIB_RACE_H
#define NSHANDLE_LIB_RACE_H

#include <stdatomic.h>

#include "test.h"

/* In FIXTURE_SETUP. Takes NSHANDLE_SEED, or a new seed, and logs it. */
void race_seed(struct __test_metadata *_metadata);

/* 0 to @below - 1. A child continues the sequence of its parent. */
unsigned int race_rnd(unsigned int below);

/* A delay of @spins empty loops, without a system call. */
void race_spin(long spins);

/* Shared by all processes of a case. */
void *race_share(struct __test_metadata *_metadata, size_t size);

enum side {
	RUNNER,		/* makes the call that is tested; may be several */
	MOVER,		/* changes what that call works on */
};

/*
 * All parties begin when the last one has arrived, and each first spins for its
 * wait[]. The runner spins longer by about @lead. duel_settle() makes @lead
 * less after a round in which the mover was first, else more. So about half of
 * the rounds end either way, near the edge, on a machine of any speed.
 */
struct duel {
	atomic_uint arrived;	/* of all rounds */
	unsigned int parties;
	long wait[2];		/* of each enum side */
	long lead, step;	/* step: what the next change of lead is */
	bool late;		/* in the last round */
};

void duel_init(struct duel *d, unsigned int parties);

/* Before each round: draws wait[]. One in four is farther from the edge. */
void duel_draw(struct duel *d);

/*
 * Waits for the other parties, then spins. If they do not arrive in POLL_MS,
 * one of them has failed already: then it exits with KSFT_FAIL.
 */
void duel_go(struct duel *d, enum side side);

/* After a round: the runner was @late, or it was not. */
void duel_settle(struct duel *d, bool late);

/* Fails after POLL_MS; a thread that has not ended ends with the case. */
void thread_join(struct __test_metadata *_metadata, pthread_t thread,
		 const char *what);

#endif /* NSHANDLE_LIB_RACE_H */
