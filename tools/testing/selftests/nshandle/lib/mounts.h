/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mount namespace of the test's own.
 */
#ifndef NSHANDLE_LIB_MOUNTS_H
#define NSHANDLE_LIB_MOUNTS_H

#include "test.h"

/* Unshares the mount namespace, makes it private, and mounts a tmpfs on /tmp. */
void private_mounts(struct __test_metadata *_metadata);

#endif /* NSHANDLE_LIB_MOUNTS_H */
