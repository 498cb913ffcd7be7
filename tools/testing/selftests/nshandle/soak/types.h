/* SPDX-License-Identifier: GPL-2.0 */
/* The types of namespaces, by the names of their links in procfs. */
#ifndef NSHANDLE_SOAK_TYPES_H
#define NSHANDLE_SOAK_TYPES_H

#include <sched.h>

#define ARRAY_LEN(_a) (sizeof(_a) / sizeof((_a)[0]))
#define NR_TYPES 8
#define ALL_NS (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | \
		CLONE_NEWPID | CLONE_NEWCGROUP | CLONE_NEWNET | CLONE_NEWTIME)

#define PID_TYPE 4	/* in types[] */

extern const struct type {
	const char *name;
	int flag;
} types[NR_TYPES];

#endif /* NSHANDLE_SOAK_TYPES_H */
