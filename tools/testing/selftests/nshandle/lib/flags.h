/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of setns(2)'s own flags share: the flags, a jail that shows
 * where root and working directory are taken from, targets whose children are
 * born elsewhere, and a setns() that is tried before it is done.
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
		   SETNS_ROOT)

/* The one goes with the other only. */
#define NS_ROOT (CLONE_NEWNS | SETNS_ROOT)

/* All types but these. */
#define BUT_NS(_type) (ALL_NS & ~(_type))

#define NO_SETNS_FLAGS "kernel without SETNS_* flags of setns(2)"

bool have_setns_flags(void);

void skip_unless_flags(struct __test_metadata *_metadata);

/* The same for a test that needs containers, too. */
void skip_without_flags(struct __test_metadata *_metadata);

/* At the top of FIXTURE_SETUP. */
#define SKIP_WITHOUT_FLAGS() skip_without_flags(_metadata)

/*
 * setns(2) after a dry run of the same, which must come to the same verdict;
 * and if that is to succeed, it must move nothing since @before was read. Who
 * expects a failure looks for himself, after both. Returns 0 or the errno of
 * the real one.
 */
int setns_dry_first(struct __test_metadata *_metadata, int fd, int flags,
		    const struct state *before);

/* The same for a caller that can see itself in /proc. */
int setns_dry_seen(struct __test_metadata *_metadata, int fd, int flags);

/* For a caller that cannot see itself in /proc, none of whose calls succeeds. */
int setns_dry_unseen(struct __test_metadata *_metadata, int fd, int flags);

#define SETNS(_fd, _flags) setns_dry_seen(_metadata, _fd, _flags)

/* The link of the target that our link @i must be after a join of @flags. */
int link_source(int i, int flags);

/*
 * We are where @target is, as far as @flags asked for it: also in what did not
 * have to move for that.
 */
void expect_there(struct __test_metadata *_metadata, const struct state *before,
		  int flags, const struct state *target);

#endif /* NSHANDLE_LIB_FLAGS_H */
