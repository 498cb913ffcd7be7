/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sweeps of a system call over its fault points: each allocation, and each copy
 * from or to user space, fails in its turn until the call has none left. Each
 * time the call must do all or nothing, and leak nothing.
 *
 * The number in /proc/thread-self/fail-nth counts down at each point of the
 * task, of any kind; the point where it reaches 0 fails. It can be read back
 * afterwards. debugfs enables the kinds, and its "times" shows which kind has
 * failed: it is one less.
 */
#ifndef NSHANDLE_LIB_FAULTS_H
#define NSHANDLE_LIB_FAULTS_H

#include <sys/mman.h>

#include "test.h"

/* The kinds of points; struct sweep has a result for each point. */
enum point {
	NO_POINT,
	OBJECT,		/* of a slab */
	COPY,		/* from or to user space; always counted */
	NR_POINTS,
};

/* Shared with children, which may make the calls. */
struct faults {
	int nth;	/* the counter of the task that makes the calls */
	bool hit;	/* the last call has met its point */
	int err;	/* of the last call */
	int failed;	/* calls that have failed so far */
};

/* In FIXTURE_SETUP: it returns in a mount namespace of its own. */
struct faults *faults_enter(struct __test_metadata *_metadata);

/*
 * Opens the calling thread's counter, and locks its memory: a page fault has
 * points, too.
 */
void nth_open(struct __test_metadata *_metadata, struct faults *f);

void nth_arm(struct __test_metadata *_metadata, const struct faults *f, int n);

/*
 * Has the point been hit? Reading and writing the counter are copies, and so
 * points, which may fail, too. Nothing is armed on return.
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

/* The same up to @_times times, until the call succeeds. */
#define FAIL_POINTS(_f, _n, _times, _call) do { \
	int __left = (_times); \
	while (FAIL_POINT(_f, _n, _call) && --__left) \
		; \
} while (0)

/*
 * Makes the call @times times, each with its @n-th point failing, and checks
 * that it has done all or nothing. The outcome of the last is in @f.
 */
typedef void attempt_fn(struct __test_metadata *_metadata, struct faults *f,
			const void *data, int n, int times);

struct outcome {
	int point, err;
};

#define MAX_POINTS	200

struct sweep {
	const char *name;
	attempt_fn *attempt;
	const void *data;	/* for .attempt */
	int last_err;	/* if not 0: the errno of the last point that fails */

	/* The result. */
	int nr;		/* of points */
	int failed;	/* at so many of them the call fails */
	struct outcome outcomes[MAX_POINTS];
};

/* The sweep of a fixture's row, which has its name and its attempt. */
#define SWEEP(_row, _data) ({ \
	typeof(_row) __row = (_row); \
	(struct sweep) { \
		.name = __row->name, \
		.attempt = __row->attempt, \
		.data = (_data), \
	}; \
})

/* Lets each point of the call fail in its turn. */
void sweep(struct __test_metadata *_metadata, struct faults *f,
	   struct sweep *s);

/*
 * Lets each point at which the call fails do so again and again. If one object
 * leaks each time, the growth of its slab is too large to be coincidence.
 */
void sweep_leaks(struct __test_metadata *_metadata, struct faults *f,
		 struct sweep *s);

#endif /* NSHANDLE_LIB_FAULTS_H */
