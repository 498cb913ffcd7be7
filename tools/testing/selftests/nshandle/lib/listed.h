/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which namespaces listns(2) lists: those that somebody is in or has open.
 */
#ifndef NSHANDLE_LIB_LISTED_H
#define NSHANDLE_LIB_LISTED_H

#include "test.h"
#include "box.h"
#include "types.h"

/* The namespaces of a container, by the ids that are never used again. */
struct roll {
	int flags;		/* the container's */
	__u64 id[NR_TYPES];	/* in the order of ns_types */
};

/*
 * Skips without containers, without listns(2), and for a caller that would not be
 * shown the namespaces of others.
 */
void skip_without_listns(struct __test_metadata *_metadata);

/* At the top of FIXTURE_SETUP. */
#define SKIP_WITHOUT_LISTNS() skip_without_listns(_metadata)

/* Leaves nothing open. */
void roll_read(struct __test_metadata *_metadata, struct roll *roll,
	       const struct container *c);

/* CLONE_NEW* of those that are listed now. */
int roll_listed(struct __test_metadata *_metadata, const struct roll *roll);

#define EXPECT_LISTED(_flags, _roll) \
	EXPECT_EQ(_flags, roll_listed(_metadata, _roll))

/* How often to make a call whose faults would add up. */
#define MANY	300

#endif /* NSHANDLE_LIB_LISTED_H */
