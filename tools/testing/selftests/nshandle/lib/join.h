/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Callers that may join a target but not trace it, and what they must get.
 */
#ifndef NSHANDLE_LIB_JOIN_H
#define NSHANDLE_LIB_JOIN_H

#include "test.h"
#include "picture.h"

/* A call of setns(2) by a process of @uid. */
struct join {
	int fd;
	int flags;
	uid_t uid;
	int err;
	const struct state *there;	/* where the caller is after success */
};

/* Starts the caller. The callers have no undo list. */
pid_t caller_start(struct __test_metadata *_metadata, const struct join *j);

/* Fails for a caller that does not end within the limit. */
void caller_end(struct __test_metadata *_metadata, pid_t pid);

void expect_join(struct __test_metadata *_metadata, struct join j);

/* Each type. The user namespace is the caller's own: EINVAL, if not @j.err. */
void expect_join_types(struct __test_metadata *_metadata, struct join j);

/* All types, without user and with it. */
void expect_join_all(struct __test_metadata *_metadata, struct join j);

/* With each of the SETNS_* flags. */
void expect_join_flags(struct __test_metadata *_metadata, struct join j);

#endif /* NSHANDLE_LIB_JOIN_H */
