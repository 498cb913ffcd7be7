/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Set descriptors: making one, and what is in it.
 */
#ifndef NSHANDLE_LIB_NSSET_H
#define NSHANDLE_LIB_NSSET_H

#include <linux/nshandle.h>

#include "test.h"
#include "types.h"

#define NO_NSSET "kernel without set descriptors (PIDFD_GET_NSSET)"

/* The flags that a set is made with. */
#define MADE_FLAGS (SETNS_FOR_CHILDREN | SETNS_ROOT)

/* PIDFD_GET_NSSET: a descriptor, or -1. A @types of 0 means all. */
int nsset_get(int pidfd, __u64 types, __u32 flags);

/* The same; a failure ends the test. */
int nsset_make(struct __test_metadata *_metadata, int pidfd, __u64 types,
	       __u32 flags);

/* PIDFD_GET_NSSET with any pointer; closes the set. 0 or the errno. */
int try_nsset(int pidfd, void *args);

/*
 * The link of /proc/PID/ns that opens what a set, made with @flags, holds of the
 * type ns_types[@i].
 */
int nsset_link(int i, __u32 flags);

/* Does a set, made with @types and @flags, hold what the link LINK_* opens? */
bool nsset_holds(int link, __u64 types, __u32 flags);

/* PIDFD_GET_NSSET accepts this mask, not 0, with these flags. */
bool nsset_valid(__u64 types, __u32 flags);

/* NSSET_GET_INFO: 0 or the errno. */
int nsset_info(int set, struct nsset_info *info);

bool have_nsset(void);

void skip_unless_nsset(struct __test_metadata *_metadata);

/* Skips also if containers cannot be made. */
void skip_without_nsset(struct __test_metadata *_metadata);

/* At the top of FIXTURE_SETUP. */
#define SKIP_WITHOUT_NSSET() skip_without_nsset(_metadata)

#endif /* NSHANDLE_LIB_NSSET_H */
