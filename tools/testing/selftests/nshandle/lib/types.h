/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The eight types of namespaces, and what can move in a task.
 */
#ifndef NSHANDLE_LIB_TYPES_H
#define NSHANDLE_LIB_TYPES_H

#include "test.h"

enum {
	LINK_CGROUP,
	LINK_IPC,
	LINK_MNT,
	LINK_NET,
	LINK_PID,
	LINK_PID_FOR_CHILDREN,
	LINK_TIME,
	LINK_TIME_FOR_CHILDREN,
	LINK_USER,
	LINK_UTS,
	NR_LINKS,
};

#define MOVED_CGROUP		BIT(LINK_CGROUP)
#define MOVED_IPC		BIT(LINK_IPC)
#define MOVED_MNT		BIT(LINK_MNT)
#define MOVED_NET		BIT(LINK_NET)
#define MOVED_PID		BIT(LINK_PID)
#define MOVED_PID_FOR_CHILDREN	BIT(LINK_PID_FOR_CHILDREN)
#define MOVED_TIME		BIT(LINK_TIME)
#define MOVED_TIME_FOR_CHILDREN	BIT(LINK_TIME_FOR_CHILDREN)
#define MOVED_USER		BIT(LINK_USER)
#define MOVED_UTS		BIT(LINK_UTS)
#define MOVED_ROOT		BIT(10)
#define MOVED_CWD		BIT(11)
#define MOVED_UID		BIT(12)
#define MOVED_GID		BIT(13)
#define MOVED_CAPS		BIT(14)
#define MOVED_SECUREBITS	BIT(15)
#define MOVED_DUMPABLE		BIT(16)
#define MOVED_PDEATH		BIT(17)
#define MOVED_UNDO		BIT(18)
#define NR_MOVED		19

/* The first NR_LINKS are the names in /proc/PID/ns as well. */
extern const char *const moved_names[NR_MOVED];

#define NR_TYPES 8
#define ALL_NS (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | \
		CLONE_NEWPID | CLONE_NEWCGROUP | CLONE_NEWNET | CLONE_NEWTIME)

/*
 * The eight types, in the order in which setns(2) checks them. @moved is what a
 * join moves in a caller that has called state_arm().
 */
struct ns_kind {
	const char *name;	/* of the link in /proc/PID/ns */
	int flag;
	unsigned int moved;
};

extern const struct ns_kind ns_types[NR_TYPES];

/* Bit i of @bits is ns_types[i]: 1 .. 255 are all non-empty masks. */
int mask_flags(unsigned int bits);

/* What a successful join of @flags moves. */
unsigned int moved_by(int flags);

#endif /* NSHANDLE_LIB_TYPES_H */
