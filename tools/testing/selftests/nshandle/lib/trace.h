/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The events nsset:nsset_check and nsset:nsset_commit, read back through an
 * instance of the trace buffer that a test has for itself; and the records of
 * perf about namespaces.
 */
#ifndef NSHANDLE_LIB_TRACE_H
#define NSHANDLE_LIB_TRACE_H

#include <linux/perf_event.h>

#include "test.h"
#include "world.h"

struct trace {
	char path[64];
	int dir;
};

/* In a mount namespace of the test's own: jail_make(). */
void trace_open(struct __test_metadata *_metadata, struct trace *tr);

void trace_close(struct __test_metadata *_metadata, struct trace *tr);

/* From here on the calling process, and no other, is traced. */
void trace_me(struct __test_metadata *_metadata, const struct trace *tr);

#define MAX_EVENTS 64

struct event {
	int target;
	bool commit;
	char type[16];		/* of a check */
	unsigned int ns;
	int error;
	char flags[128];	/* of a commit */
	char joined[128];
};

/* Reads all, and empties it; returns how many. */
int trace_read(struct __test_metadata *_metadata, const struct trace *tr,
	       struct event *events);

/* "process:0 uts:0 commit:uts/uts", in the order in which they came. */
void trace_text(struct __test_metadata *_metadata, const struct trace *tr,
		int target, char *buf, size_t size);

#define EXPECT_TRACE(_tr, _target, _want) do { \
	char __got[2048]; \
	trace_text(_metadata, _tr, _target, __got, sizeof(__got)); \
	EXPECT_STREQ(_want, __got); \
} while (0)

/* A buffer for what happens to the caller from here on. */
struct perf_event_mmap_page * perf_open(struct __test_metadata *_metadata);

/* Reads all records, which are of one kind; returns how many. */
int perf_read(struct __test_metadata *_metadata,
	      struct perf_event_mmap_page *map);

#endif /* NSHANDLE_LIB_TRACE_H */
