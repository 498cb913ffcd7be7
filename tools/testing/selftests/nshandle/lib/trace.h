/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The events nsset:nsset_check and nsset:nsset_commit, read through an instance
 * of the trace buffer that the test has for itself.
 */
#ifndef NSHANDLE_LIB_TRACE_H
#define NSHANDLE_LIB_TRACE_H

#include "test.h"

struct trace {
	char path[64];
	int dir;
};

/* Needs a /tmp of the test's own: jail_make(). */
void trace_open(struct __test_metadata *_metadata, struct trace *tr);
void trace_close(struct __test_metadata *_metadata, struct trace *tr);

/* From here on, the calling process is traced, and no other. */
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

/* Reads all events and empties the buffer; returns how many there are. */
int trace_read(struct __test_metadata *_metadata, const struct trace *tr,
	       struct event *events);

/* The events in their order: "process:0 uts:0 commit:uts/uts". */
void trace_text(struct __test_metadata *_metadata, const struct trace *tr,
		int target, char *buf, size_t size);

#define COMMIT(_flags, _joined) " commit:" _flags "/" _joined

#define EXPECT_TRACE(_tr, _target, _want) do { \
	char __got[2048]; \
	trace_text(_metadata, _tr, _target, __got, sizeof(__got)); \
	EXPECT_STREQ(_want, __got); \
} while (0)

#endif /* NSHANDLE_LIB_TRACE_H */
