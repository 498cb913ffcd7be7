/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What /proc/PID/stat says of a task.
 */
#ifndef NSHANDLE_LIB_TASK_STAT_H
#define NSHANDLE_LIB_TASK_STAT_H

#include "test.h"

/* From the kernel's sched.h: the task has begun to exit. */
#define PF_EXITING 0x4

struct task_stat {
	char state;		/* the letter */
	unsigned int flags;	/* PF_* */
};

/* @proc: the task's directory in procfs. */
struct task_stat task_stat(struct __test_metadata *_metadata, int proc);

#endif /* NSHANDLE_LIB_TASK_STAT_H */
