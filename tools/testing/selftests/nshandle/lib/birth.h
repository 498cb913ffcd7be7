/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is expected of a fork: that it fails, or in which pid namespace and with
 * which pid the child is born. The child is one of fork.h, which reports.
 */
#ifndef NSHANDLE_LIB_BIRTH_H
#define NSHANDLE_LIB_BIRTH_H

#include "test.h"
#include "fork.h"
#include "world.h"

/*
 * @pid, which a reporter has returned, is 0, and errno is @err.
 *
 * If a child was born, the case ends: without the series, the kernel may go on
 * with an init that was freed, or with none. It ends without EXPECT or ASSERT,
 * which would leave a failure in memory that all processes of the case share:
 * the next assertion of another process could abort that one.
 */
void expect_no_birth(struct __test_metadata *_metadata, pid_t pid, int err);

/* @pid, which a reporter has returned, is a child; waits for its end. */
void expect_born(struct __test_metadata *_metadata, pid_t pid);

/* fork(2) makes a child whose own pid is @want. */
void expect_birth(struct __test_metadata *_metadata, pid_t want);

/* In how many pid namespaces the caller has a pid. */
int levels_of_self(struct __test_metadata *_metadata);

/*
 * As expect_born(), for a child @depth levels below us, of any pid if @want
 * is 0. The caller's parent, session and group are those of the world.
 */
void expect_born_below(struct __test_metadata *_metadata, pid_t pid, int depth,
		       pid_t want);

/* fork(2) makes such a child. */
void expect_fork(struct __test_metadata *_metadata, int depth, pid_t want);

/* The next children of the caller are born in @where. */
void expect_for_children(struct __test_metadata *_metadata,
			 const struct world *w, enum ns where);

#endif /* NSHANDLE_LIB_BIRTH_H */
