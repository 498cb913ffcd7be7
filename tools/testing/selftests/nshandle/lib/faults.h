/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults on request: the 1st, 2nd, 3rd ... point of a system call at which
 * memory or user space can fail the kernel is made to fail, until the call has
 * no such point left. Each time it must have done all or nothing, and keep
 * nothing of it.
 *
 * The number that is written to /proc/thread-self/fail-nth counts down at each
 * point of the task, of whatever kind, and what reaches 0 fails. It can be read
 * back afterwards. Which kinds there are is set in debugfs; which of them it
 * was is told there by "times", of which one is used up.
 */
#ifndef NSHANDLE_LIB_FAULTS_H
#define NSHANDLE_LIB_FAULTS_H

#include <sys/mman.h>

#include "test.h"

/* The kinds of points. */
enum point {
	NO_POINT,
	OBJECT,		/* of a slab */
	COPY,		/* from or to user space; always counted */
	NR_POINTS,
};

#define MAX_POINTS	200

/*
 * The counter of who makes the calls, and what the last one came to. Shared
 * with children, one of which it may have been.
 */
struct faults {
	int nth;
	bool hit;
	int err;
	int failed;	/* calls, so far */
};

/* In FIXTURE_SETUP: it returns in a mount namespace of its own. */
struct faults *faults_enter(struct __test_metadata *_metadata);

/*
 * The calling thread's counter, and all of its memory in place: a page fault
 * has points, too.
 */
void nth_open(struct __test_metadata *_metadata, struct faults *f);

void nth_arm(struct __test_metadata *_metadata, const struct faults *f, int n);

/*
 * Has the point been hit? To read the counter and to set it are themselves
 * copies, and so points: each may be hit in its turn, and fails then. In any
 * case nothing is armed any more.
 */
bool nth_disarm(struct __test_metadata *_metadata, const struct faults *f);

/*
 * @_call, a system call that returns 0 or an errno, with its @_n-th point
 * failing. Returns what that does; more of it is in @_f.
 */
#define FAIL_POINT(_f, _n, _call) ({ \
	struct faults *__f = (_f); \
	nth_arm(_metadata, __f, _n); \
	__f->err = (_call); \
	__f->hit = nth_disarm(_metadata, __f); \
	__f->failed += !!__f->err; \
	__f->err; \
})

/*
 * Makes the call @times times, each with its @n-th point failing, and looks
 * at what became of it: all or nothing. The outcome of the last is in @f.
 */
typedef void attempt_fn(struct __test_metadata *_metadata, struct faults *f,
			const void *data, int n, int times);

struct outcome {
	int point, err;
};

struct sweep {
	const char *name;
	attempt_fn *attempt;
	const void *data;
	int last_err;	/* of the last that fails, if not that of its kind */

	/* What has been found. */
	int nr, failed;
	struct outcome outcomes[MAX_POINTS];
};

/* The call with each of its points failing in its turn. */
void sweep(struct __test_metadata *_metadata, struct faults *f,
	   struct sweep *s);

/*
 * Lets each point fail again and again where the call fails with it. One object
 * that stays behind each time, at one point, is too many to be anything else.
 */
void sweep_leaks(struct __test_metadata *_metadata, struct faults *f,
		 struct sweep *s);

#endif /* NSHANDLE_LIB_FAULTS_H */
