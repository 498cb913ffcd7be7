/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Other tasks: children whose assertions count, programs, tasks that share with
 * the test, threads, and the state of a task.
 */
#ifndef NSHANDLE_LIB_CHILD_H
#define NSHANDLE_LIB_CHILD_H

#include "test.h"

struct child {
	pid_t pid;
	bool ran;
};

/* Waits for a child that must exit with 0; its failed assertions count. */
void child_wait(struct __test_metadata *_metadata, pid_t pid);

/* The two steps of IN_CHILD and IN_CLONE. */
struct child child_fork(struct __test_metadata *_metadata, __u64 flags);
bool child_step(struct __test_metadata *_metadata, struct child *c);

/*
 * IN_CHILD { ... } runs the block in a fresh child and waits for it. The block
 * sees copies of all variables; its assertions count. Leave it by its end or
 * by continue, never by return or break.
 */
#define IN_CHILD IN_CLONE(0)

/* The same with flags of clone3(2), for instance CLONE_FS or CLONE_NEWPID. */
#define IN_CLONE(_flags) \
	for (struct child __child = child_fork(_metadata, _flags); \
	     child_step(_metadata, &__child);)

/*
 * Runs a program without output, found by PATH or in /sbin and /usr/sbin, which
 * the PATH of a test runner need not have. Returns its exit status, or 127 if
 * there is no such program.
 */
int run_program(struct __test_metadata *_metadata, char *const argv[]);

#define RUN(...) \
	run_program(_metadata, (char *const []){ __VA_ARGS__, NULL })

/* Does nothing, and ends with its maker. Writes to *@data when that is so. */
int idle(void *data);

/*
 * A process that does nothing but share with the caller what @flags of clone(2)
 * say (CLONE_FS, CLONE_VM). It ends with the caller, and is ready for that when
 * this returns: one left over would hold stdout open for ever.
 */
pid_t start_sharer(struct __test_metadata *_metadata, int flags);

void stop_child(struct __test_metadata *_metadata, pid_t pid);

/* A thread that does nothing. */
void *idle_thread(void *data);
void start_thread(struct __test_metadata *_metadata);

/*
 * The newest thread of a process, by the process's directory in /proc: with two
 * threads, the one that is not the leader.
 */
pid_t last_thread(struct __test_metadata *_metadata, int proc);

/* The state letter of /proc/PID/task/TID/stat, or 0 if the task is gone. */
char task_state(struct __test_metadata *_metadata, pid_t pid, pid_t tid);

/* Waits until a task is in the state @want. */
void task_wait(struct __test_metadata *_metadata, pid_t pid, pid_t tid,
	       char want);

#endif /* NSHANDLE_LIB_CHILD_H */
