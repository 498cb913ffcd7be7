/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Containers: children with namespaces of their own.
 */
#ifndef NSHANDLE_LIB_BOX_H
#define NSHANDLE_LIB_BOX_H

#include "test.h"

void skip_without_containers(struct __test_metadata *_metadata);

/* At the top of FIXTURE_SETUP. */
#define SKIP_WITHOUT_CONTAINERS() skip_without_containers(_metadata)

#define CONTAINER_HOSTNAME	"container"
#define CONTAINER_MSG_KEY	0x6e736864	/* of a message queue there */
#define CONTAINER_MARKER	"/tmp/in-container"

/*
 * A child with the namespaces @flags of its own, set up when
 * container_start() returns: host name, a tmpfs with a marker on /tmp, a SysV
 * message queue. It does nothing until container_stop().
 */
struct container {
	/* Chosen by the test. */
	__u64 flags;
	bool thread;		/* with a thread in another uts namespace */
	uid_t owner;		/* of its user namespace */
	const char *map;	/* uid and gid map, CONTAINER_MAP if NULL */
	void (*setup)(struct __test_metadata *_metadata);

	/* Known after container_start(). */
	pid_t pid;
	int pidfd;
	int proc;		/* its directory in /proc */
	int ctl;		/* a socket; the container ends when we close it */
};

void container_start(struct __test_metadata *_metadata, struct container *c);
void container_stop(struct __test_metadata *_metadata, struct container *c);

/* A namespace file of the container: @link as in /proc/PID/ns. */
int container_ns(struct __test_metadata *_metadata, const struct container *c,
		 const char *link);

/* The thread of a container that has one, as procfs numbers it. */
pid_t container_thread_tid(struct __test_metadata *_metadata,
			   const struct container *c);

#endif /* NSHANDLE_LIB_BOX_H */
