/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Namespaces that no process is in, of each type, and the state ("mark") by
 * which a task that has joined one recognises it.
 */
#ifndef NSHANDLE_LIB_MARKED_H
#define NSHANDLE_LIB_MARKED_H

#include "test.h"

struct kind {
	int flag;		/* CLONE_NEW* */
	const char *name;	/* in max_NAME_namespaces of /proc/sys/user */
	/*
	 * The link in /proc/PID/ns of the process that made the namespace,
	 * which need not be in it. NULL: only the ioctl opens it.
	 */
	const char *link;
	void (*mark)(struct __test_metadata *_metadata);
	bool (*marked)(void);	/* the caller is in a marked namespace */
};

/* Of the type CLONE_NEW*. */
const struct kind *kind_of(int flag);

/*
 * Makes a namespace and its mark in a child, which does nothing more. In a pid
 * or time namespace only the child's children would be, of which there are none.
 *
 * @mark: or leave it as it was made. @cgroup: the child first moves to the
 * cgroup of this cgroup.procs; may be NULL.
 */
pid_t marked_start(struct __test_metadata *_metadata, const struct kind *kind,
		   bool mark, const char *cgroup);

/*
 * The same; returns a handle on it when that child is dead and reaped: no other
 * process has ever been in it.
 */
int marked_leave(struct __test_metadata *_metadata, const struct kind *kind,
		 bool mark, const char *cgroup);

/* What the mark of a network namespace needs: ip(8) and dummy devices. */
bool have_dummy_device(struct __test_metadata *_metadata);

/* The caller's cgroup of version 2, from its cgroup namespace's root. */
bool own_cgroup(char *path, size_t size);

#endif /* NSHANDLE_LIB_MARKED_H */
