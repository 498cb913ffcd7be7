/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Set descriptors: making one, and what is in it.
 */
#ifndef NSHANDLE_LIB_NSSET_H
#define NSHANDLE_LIB_NSSET_H

#include <linux/nshandle.h>

#include "test.h"

#define NO_NSSET "kernel without set descriptors (PIDFD_GET_NSSET)"

/* PIDFD_GET_NSSET: a descriptor, or -1. A @types of 0 means all. */
int nsset_get(int pidfd, __u64 types, __u32 flags);

/* The same; a failure ends the test. */
int nsset_make(struct __test_metadata *_metadata, int pidfd, __u64 types,
	       __u32 flags);

/* NSSET_GET_INFO: 0 or the errno. */
int nsset_info(int set, struct nsset_info *info);

bool have_nsset(void);

void skip_unless_nsset(struct __test_metadata *_metadata);

/* Skips also if containers cannot be made. */
void skip_without_nsset(struct __test_metadata *_metadata);

/* At the top of FIXTURE_SETUP. */
#define SKIP_WITHOUT_NSSET() skip_without_nsset(_metadata)

#endif /* NSHANDLE_LIB_NSSET_H */
