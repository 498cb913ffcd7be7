/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Setups of a container: a jail, whose root and working directory are not those
 * of its mount namespace, and children that are born in other namespaces.
 */
#ifndef NSHANDLE_LIB_JAIL_H
#define NSHANDLE_LIB_JAIL_H

#include "test.h"

#define JAIL	"/tmp/jail"
#define CELL	"cell"

/*
 * Moves the test to a mount namespace of its own, mounts a tmpfs on /tmp, which
 * belongs to the host's user namespace, and makes the jail in there.
 */
void jail_make(struct __test_metadata *_metadata);

/* Unmounts what a container with mounts of its own has mounted on /tmp. */
void jail_uncover(struct __test_metadata *_metadata);

/* The working directory becomes a directory of the jail, not its root. */
void jail_enter(struct __test_metadata *_metadata);

/* The children get other pid and time namespaces; there are none yet. */
void children_unborn(struct __test_metadata *_metadata);

/* There is a child: the stock kernel has no link for a pid namespace without. */
void children_elsewhere(struct __test_metadata *_metadata);
void children_elsewhere_jailed(struct __test_metadata *_metadata);

#endif /* NSHANDLE_LIB_JAIL_H */
