/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where root, working directory and children of a container may be.
 */
#ifndef NSHANDLE_LIB_JAIL_H
#define NSHANDLE_LIB_JAIL_H

#include "test.h"

#define JAIL	"/tmp/jail"
#define CELL	"cell"

/*
 * A mount namespace of the test's own, its /tmp a file system of the host's
 * user namespace, and the jail in there. Nothing is left of it at the end.
 */
void jail_make(struct __test_metadata *_metadata);

/* A container with mounts of its own has covered /tmp. */
void jail_uncover(struct __test_metadata *_metadata);

/* As a container's setup: its working directory is not its root. */
void jail_enter(struct __test_metadata *_metadata);

/* The first of them has still to come. */
void children_unborn(struct __test_metadata *_metadata);

/* Their pid namespace has an init, so that its link in /proc shows it. */
void children_elsewhere(struct __test_metadata *_metadata);

void children_elsewhere_jailed(struct __test_metadata *_metadata);

#endif /* NSHANDLE_LIB_JAIL_H */
