/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the race tests share: numbers that look random and can be had again,
 * and two sides that are let go at the same time.
 */
#ifndef NSHANDLE_LIB_RACE_H
#define NSHANDLE_LIB_RACE_H

#include <stdatomic.h>

#include "test.h"

/* In FIXTURE_SETUP. NSHANDLE_SEED is the seed of an earlier run. */
void race_seed(struct __test_metadata *_metadata);

/* 0 to @below - 1. A child goes on from where its parent was. */
unsigned int race_rnd(unsigned int below);

/* For as short as a loop takes; nothing that the kernel would know of. */
void race_spin(long spins);

enum side {
	RUNNER,		/* whose call is tested; there may be several */
	MOVER,		/* who changes what the call is about */
};

/*
 * Both begin when the last one is there, and each waits for a while first. How
 * much longer the runner does, its @lead, follows from how it went: after a
 * round in which the mover was first it is less, else it is more. So about half
 * of the rounds end either way, near the edge, on a machine of any speed.
 */
struct duel {
	atomic_uint arrived;
	unsigned int parties;
	long wait[2];
	long lead, step;
	bool late;
};

void duel_init(struct duel *d, unsigned int parties);

/* Shared by all processes of a case. */
void *race_share(struct __test_metadata *_metadata, size_t size);

/* Before each round: one in four strays farther from the edge. */
void duel_draw(struct duel *d);

/*
 * Who does not find the others within a limit is not in a race, but then
 * somebody has failed already: the end of the process tells.
 */
void duel_go(struct duel *d, enum side side);

/* After a round: the runner was @late, or it was not. */
void duel_settle(struct duel *d, bool late);

/* Not for ever: the case's end is the end of a thread that does not end. */
void thread_join(struct __test_metadata *_metadata, pthread_t thread,
		 const char *what);

#endif /* NSHANDLE_LIB_RACE_H */
