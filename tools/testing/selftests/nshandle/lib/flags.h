/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The SETNS_* flags of setns(2): a call that follows a dry run of the same, and
 * where a caller must be after a join with flags.
 */
#ifndef NSHANDLE_LIB_FLAGS_H
#define NSHANDLE_LIB_FLAGS_H

#include <sys/mman.h>
#include <linux/nsfs.h>
#include <linux/nshandle.h>

#include "test.h"
#include "picture.h"
#include "types.h"

#define ALL_FLAGS (SETNS_SKIP_JOINED | SETNS_DRY_RUN | SETNS_FOR_CHILDREN | \
		   SETNS_ROOT | SETNS_SUPPORTED)

/* Each number below it is one combination of the flags. */
#define FLAG_ROWS (ALL_FLAGS + 1)

/* SETNS_ROOT goes with CLONE_NEWNS only. */
#define NS_ROOT (CLONE_NEWNS | SETNS_ROOT)

/* All types but these. */
#define BUT_NS(_type) (ALL_NS & ~(_type))

#define NO_SETNS_FLAGS "kernel without SETNS_* flags of setns(2)"

bool have_setns_flags(void);
void skip_unless_flags(struct __test_metadata *_metadata);

/* Skips also if containers cannot be made. */
void skip_without_flags(struct __test_metadata *_metadata);

/* At the top of FIXTURE_SETUP. */
#define SKIP_WITHOUT_FLAGS() skip_without_flags(_metadata)

/* Is it the file of a namespace? setns(2) of one takes none of the flags. */
bool is_nsfs(int fd);

/*
 * setns(2) after a dry run of the same call, which must have the same result. A
 * dry run that succeeds must have moved nothing since @before was read; after a
 * failure, the test itself checks that. Returns 0 or the errno of the real call.
 */
int setns_dry_first(struct __test_metadata *_metadata, int fd, int flags,
		    const struct state *before);

/* The same for a caller that can see itself in /proc. */
int setns_dry_seen(struct __test_metadata *_metadata, int fd, int flags);

/*
 * For a caller that cannot see itself in /proc, or need not look: it does not see
 * what a dry run that succeeds has moved.
 */
int setns_dry_unseen(struct __test_metadata *_metadata, int fd, int flags);

#define SETNS(_fd, _flags) setns_dry_seen(_metadata, _fd, _flags)

/* Which link of the target is the caller's link @i after a join of @flags. */
int link_source(int i, int flags);

/*
 * The caller is where @target is, in all that @flags name: also in what did not
 * have to move for that.
 */
void expect_there(struct __test_metadata *_metadata, const struct state *before,
		  int flags, const struct state *target);

#endif /* NSHANDLE_LIB_FLAGS_H */
