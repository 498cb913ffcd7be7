/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Chains of pid namespaces, each nested in the one before it.
 */
#ifndef NSHANDLE_LIB_CHAIN_H
#define NSHANDLE_LIB_CHAIN_H

#include "test.h"
#include "world.h"

/* The kernel's MAX_PID_NS_LEVEL. */
#define MAX_LEVEL 32

/*
 * From the pid namespace of the harness, level 0, downward. Each has an init
 * that does nothing. Shared by all processes of a case, as struct world is.
 */
struct chain {
	pid_t top;		/* the init of level 1 */
	int ready;
	int ns[MAX_LEVEL + 1];	/* pid namespace files */
	int pid_max[MAX_LEVEL + 1];
	int bottom;		/* the last level */
	int err;		/* errno of making one below it, or 0 */
};

typedef void chain_fn(struct __test_metadata *_metadata, struct chain *c);

/* The pid_max of the caller's own pid namespace, which may be all's. */
int read_pid_max(struct __test_metadata *_metadata);

/* Is the caller in the machine's initial pid namespace? */
bool in_init_pidns(void);

/*
 * In FIXTURE_SETUP. Makes the levels up to @bottom, or, if that is more than
 * MAX_LEVEL, as many as the kernel allows. The init of the last one runs @end.
 * The caller stays in level 0, which must be the machine's initial one.
 */
void chain_make(struct __test_metadata *_metadata, struct chain *c, int bottom,
		chain_fn *end);

/*
 * In FIXTURE_TEARDOWN_PARENT. Waits for the end of the chain, which dies when
 * the process of the case has ended.
 */
void chain_wait(struct __test_metadata *_metadata, const struct chain *c);

#endif /* NSHANDLE_LIB_CHAIN_H */
