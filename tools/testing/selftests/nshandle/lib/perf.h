/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The records of perf about the namespaces of a task.
 */
#ifndef NSHANDLE_LIB_PERF_H
#define NSHANDLE_LIB_PERF_H

#include <linux/perf_event.h>

#include "test.h"

/* A buffer for the records of the caller, from here on. */
struct perf_event_mmap_page *perf_open(struct __test_metadata *_metadata);

/*
 * Reads all records, and returns how many there are. Each must be a
 * PERF_RECORD_NAMESPACES with the namespaces that the caller is in now.
 */
int perf_read(struct __test_metadata *_metadata,
	      struct perf_event_mmap_page *map);

#endif /* NSHANDLE_LIB_PERF_H */
