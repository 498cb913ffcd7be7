/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ways to make a process, and the report that a new process writes of itself.
 */
#ifndef NSHANDLE_LIB_FORK_H
#define NSHANDLE_LIB_FORK_H

#include "test.h"

struct report {
	pid_t pid, ppid, sid, pgid;
	char status[4096];	/* /proc/self/status */
};

/* What the children below write to; shared by all processes of a case. */
extern struct report *report;

/* Another one, shared as well. */
struct report *report_new(void);

/* Makes system calls only, so that a child of vfork(2) may call it. */
void report_write(struct report *r);

/* The pids of the NSpid line, outermost first; returns how many. */
int report_nspid(struct __test_metadata *_metadata, const struct report *r,
		 pid_t *pids);

/*
 * Reporters: each makes a child that writes the report and ends. They return
 * its pid, or 0 and set errno.
 */
typedef pid_t reporter_fn(void);

pid_t fork_reporter(void);

pid_t vfork_reporter(void);

pid_t clone3_reporter(void);

/* By clone3(2) with set_tid. */
pid_t clone_reporter(const pid_t *tids, size_t nr);

pid_t set_tid_1(void);

pid_t set_tid_2(void);

/*
 * By clone3(2) that fails with EFAULT after the kernel has allocated the pids:
 * no memory is at the address for the pidfd.
 */
pid_t bad_pidfd(void);

pid_t bad_pidfd_set_tid_1(void);

/* Return 0 or the errno, and leave no process or thread behind. */
int try_thread(void);

int try_clone_newpid(void);

int try_unshare(void);

#endif /* NSHANDLE_LIB_FORK_H */
