/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of setns(2) by the pidfd of a process in execve(2) share: a
 * program to execute, and callers that may join but not trace.
 */
#ifndef NSHANDLE_LIB_EXEC_H
#define NSHANDLE_LIB_EXEC_H

#include <sys/sendfile.h>

#include "test.h"
#include "picture.h"

/* The uid of most targets and callers, and of those that have no right. */
#define UID		1000

#define OTHER_UID	1001

/* A copy of this test. */
void make_program(struct __test_metadata *_metadata, const char *path,
		  mode_t mode);

/* What a caller asks for, and what it must get. */
struct join {
	int fd;
	int flags;
	uid_t uid;
	int err;
	const struct state *there;	/* where it is after a success */
};

/* Of @uid, with the right to join and no right to trace. */
void caller_become(struct __test_metadata *_metadata, uid_t uid);

/* Without an undo list; "/proc" is a working directory that is not the root. */
void caller_run(struct __test_metadata *_metadata, const struct join *j);

pid_t caller_start(struct __test_metadata *_metadata, const struct join *j);

/* A caller that waits for the target does not end within the limit. */
void caller_end(struct __test_metadata *_metadata, pid_t pid);

void expect_join(struct __test_metadata *_metadata, struct join j);

/* Each type; user is the caller's, which no privilege helps to join again. */
void expect_join_types(struct __test_metadata *_metadata, struct join j);

/* All types, with user and without. */
void expect_join_all(struct __test_metadata *_metadata, struct join j);

/* By setns(2)'s own flags: there is no error that is theirs. */
void expect_join_flags(struct __test_metadata *_metadata, struct join j);

void skip_unless_flags(struct __test_metadata *_metadata);

#endif /* NSHANDLE_LIB_EXEC_H */
