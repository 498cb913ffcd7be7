/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A fork into a pid namespace that is held up when its pids are allocated and
 * its child is not visible yet.
 *
 * clone3(2) with CLONE_PIDFD writes the pidfd at that point. A process, the
 * forker, gives it memory of a FUSE file, and the test is the FUSE daemon.
 */
#ifndef NSHANDLE_LIB_HELD_FORK_H
#define NSHANDLE_LIB_HELD_FORK_H

#include "test.h"
#include "fuse.h"

struct held_fork {
	struct fuse_daemon fuse;	/* of fuse_mount(), in FIXTURE_SETUP */
	pid_t forker;
	/*
	 * A pipe from the forker: 'r', the errno of clone3(2) or 0, the child's
	 * wait status; and from the child: the ns_last_pid that it has read.
	 */
	int result;
	/* A pipe to the child: a byte asks for ns_last_pid, EOF ends it. */
	int end;
};

/* Returns when the fork into the pid namespace file @ns is held up. */
void hold_fork(struct __test_metadata *_metadata, struct held_fork *f, int ns);

/* Lets the fork go on; returns its errno or 0. */
int finish_fork(struct __test_metadata *_metadata, struct held_fork *f);

/* What the child, which is in the namespace, reads in ns_last_pid. */
int held_last_pid(struct __test_metadata *_metadata, struct held_fork *f);

/* Lets the child end, if there is one; returns its wait status, or 0. */
int end_forker(struct __test_metadata *_metadata, struct held_fork *f);

#endif /* NSHANDLE_LIB_HELD_FORK_H */
