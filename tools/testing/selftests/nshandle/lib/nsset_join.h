/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Joining a set, beside the same join by pidfd.
 */
#ifndef NSHANDLE_LIB_NSSET_JOIN_H
#define NSHANDLE_LIB_NSSET_JOIN_H

#include "test.h"
#include "flags.h"
#include "nsset.h"
#include "picture.h"

/*
 * setns(2) of a set that is made of @fd, a pidfd, right before; of @fd itself if
 * that is the file of a namespace. @flags have a type: with a set, 0 means all.
 * A dry run of the join comes first and must have the same result. Returns 0 or
 * the errno, which may also be that of making the set: its EACCES counts as the
 * EPERM that setns(2) by pidfd has in the same place.
 */
int setns_by_set(struct __test_metadata *_metadata, int fd, int flags);

/*
 * In a caller that has called state_arm() with @before: a join of @types, by a set
 * made with the flags @made, has led where the target is, and nowhere else.
 */
void expect_joined(struct __test_metadata *_metadata,
		   const struct state *before, int types, int made,
		   const struct state *target);

/* Where callers are after a join, shared by all processes of a case. */
struct state *states_share(struct __test_metadata *_metadata, size_t nr);

/*
 * In a caller that has called state_arm() with @before: is it exactly where
 * another armed caller was when it read @there?
 */
#define EXPECT_SAME_STATE(_before, _there) do { \
	struct state __there = *(_there); \
	__there.proc = (_before)->proc; \
	EXPECT_NOTHING_MOVED(&__there); \
} while (0)

#endif /* NSHANDLE_LIB_NSSET_JOIN_H */
