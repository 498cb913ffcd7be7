/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A target in an execve(2) that another thread than its first one has called,
 * stopped until the test lets it go on.
 *
 * The thread in execve(2) kills all other threads, the leader included, waits
 * until they are dead, and then takes over the leader's pid. The test keeps one
 * thread from dying, in one of two ways: it is a FUSE server that has read the
 * thread's request and does not answer, or a tracer that does not wait for the
 * thread.
 *
 * The leader has given up its namespaces by the time that it is a zombie, and
 * the execve(2) cannot end before the test lets the other thread go. So no case
 * depends on time.
 */
#ifndef NSHANDLE_LIB_EXEC_THREAD_H
#define NSHANDLE_LIB_EXEC_THREAD_H

#include "test.h"
#include "exec.h"
#include "fuse.h"
#include "picture.h"

enum {
	LEADER,
	HANGING,	/* the thread that cannot die */
	EXECUTING,
	NR_THREADS,
};

struct thread_target {
	/* Chosen by the test. */
	uid_t leader_uid;
	uid_t exec_uid;
	bool traced;		/* the hanging thread, instead of in FUSE */
	bool leader_ends;	/* by itself, before the execve(2) */

	/* Known after thread_target_start(). */
	struct fuse_daemon daemon;
	struct exec_target t;
	struct state home;	/* where the executing thread is */
	pid_t tid[NR_THREADS];
};

/* Returns when the target can call execve(2). */
void thread_target_start(struct __test_metadata *_metadata,
			 struct thread_target *t);

void thread_target_stop(struct __test_metadata *_metadata,
			struct thread_target *t);

char thread_state(struct __test_metadata *_metadata,
		  const struct thread_target *t, int thread);

void thread_wait(struct __test_metadata *_metadata,
		 const struct thread_target *t, int thread, char want);

/* Lets the target call execve(2), and returns when its leader is dead. */
void thread_exec_start(struct __test_metadata *_metadata,
		       struct thread_target *t);

void expect_in_thread_exec(struct __test_metadata *_metadata,
			   struct thread_target *t);

/* Lets the hanging thread die; returns when PROGRAM runs. */
void thread_exec_finish(struct __test_metadata *_metadata,
			struct thread_target *t);

#endif /* NSHANDLE_LIB_EXEC_THREAD_H */
