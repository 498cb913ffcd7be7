/* SPDX-License-Identifier: GPL-2.0 */
/*
 * New processes, and what they see of themselves; and chains of pid namespaces
 * for them to be born in.
 */
#ifndef NSHANDLE_LIB_FORK_H
#define NSHANDLE_LIB_FORK_H

#include "test.h"

struct report {
	pid_t pid, ppid, sid, pgid;
	char status[4096];
};

/* Shared by all processes of a case. */
extern struct report *report;

struct report *report_new(void);

/* System calls only: a vfork child may do this, too. */
void report_write(struct report *r);

/* The pids of the NSpid line, outermost first; returns how many. */
int report_nspid(struct __test_metadata *_metadata, const struct report *r,
		 pid_t *pids);

typedef pid_t reporter_fn(void);

pid_t fork_reporter(void);

pid_t vfork_reporter(void);

pid_t clone_reporter(const pid_t *tids, size_t nr);

pid_t clone3_reporter(void);

/*
 * @pid, what one of them has returned, must be 0, and errno @err. Otherwise the
 * case is over, but not by EXPECT or ASSERT: what these leave is shared by all
 * processes of the case, and could strike the next assertion of another one.
 */
void expect_no_birth(struct __test_metadata *_metadata, pid_t pid, int err);

#endif /* NSHANDLE_LIB_FORK_H */
