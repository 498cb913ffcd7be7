/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Chains of pid namespaces.
 */
#ifndef NSHANDLE_LIB_CHAIN_H
#define NSHANDLE_LIB_CHAIN_H

#include "test.h"
#include "world.h"

/* A limit of the kernel: MAX_PID_NS_LEVEL. */
#define MAX_LEVEL 32

/*
 * One namespace in the other, each with an init that does nothing, from the
 * harness's downward. In a shared self, as for the world of pidns_world.h.
 */
struct chain {
	pid_t top;		/* the first init */
	int ready;
	int ns[MAX_LEVEL + 1];
	int bottom;		/* level of the last */
	int err;		/* why there is none below it, or 0 */
};

typedef void chain_fn(struct __test_metadata *_metadata, struct chain *c);

bool in_init_pidns(void);

/*
 * In FIXTURE_SETUP. @bottom links, or, with more than MAX_LEVEL, as many as
 * there can be. Level 0 is the machine's own, where the caller stays.
 */
void chain_make(struct __test_metadata *_metadata, struct chain *c, int bottom,
		chain_fn *end);

/*
 * In FIXTURE_TEARDOWN_PARENT. The chain dies with the test's process, but
 * takes its time for it.
 */
void chain_wait(struct __test_metadata *_metadata, const struct chain *c);

#endif /* NSHANDLE_LIB_CHAIN_H */
