/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What runs in the tasks of the world: one step after the other, as told over a
 * socket. A task may be a thread, or share its memory without the C library's
 * knowledge: no stdio, no allocation, and never two of them at work at the same
 * time.
 */
#ifndef NSHANDLE_FUZZ_TASK_H
#define NSHANDLE_FUZZ_TASK_H

#include "step.h"

/*
 * The observer's own descriptors have numbers from here on; a task closes them
 * first of all. So when the observer dies, each task reads the end of its
 * socket, and ends too.
 */
#define FIRST_OURS 100

struct answer {
	int err;
	int create, query;	/* OP_PROCFS */
	uid_t ruid, euid, suid;
	__u64 effective, permitted;
	int dumpable;
	struct vec vec;
};

/* The tasks' ends of their sockets, by slot. */
extern int task_socks[NR_TASKS];

/* By the observer or by another task; returns a pid or -1. */
int task_start(int slot, int flags, int *pidfd);

#endif /* NSHANDLE_FUZZ_TASK_H */
