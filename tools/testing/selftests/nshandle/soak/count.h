/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is left of many calls, before and after: the objects of each slab, the
 * namespaces that the caller's user is charged for, memory that the kernel can't
 * take back, threads. Needs slab_nomerge for the first; a kernel that keeps
 * freed objects for a while (KASAN) shows them as left.
 */
#ifndef NSHANDLE_SOAK_COUNT_H
#define NSHANDLE_SOAK_COUNT_H

#include <sched.h>

#define ARRAY_LEN(_a) (sizeof(_a) / sizeof((_a)[0]))
#define NR_TYPES 8
#define ALL_NS (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | \
		CLONE_NEWPID | CLONE_NEWCGROUP | CLONE_NEWNET | CLONE_NEWTIME)

extern const struct type {
	const char *name;
	int flag;
} types[NR_TYPES];

/* Counting by itself makes objects: the last of some rounds is what counts. */
void count_begin(void);

/*
 * What has been released is freed after grace periods and in work queues: count
 * until it is gone, for a while. Returns how much has grown after that.
 */
int count_end(void);

#endif /* NSHANDLE_SOAK_COUNT_H */
