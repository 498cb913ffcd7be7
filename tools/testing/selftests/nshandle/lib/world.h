/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A world of pid namespaces, one of each kind. Its caller, which runs the case,
 * is an ordinary process (not pid 1) in the middle of it:
 *
 *	PARENT			the namespace of the harness
 *	|-- SIBLING
 *	`-- SELF		the caller's; its init made the members below
 *	    |-- CHILD
 *	    |   `-- GRANDCHILD
 *	    |-- DEAD		its init has been killed and reaped
 *	    |   |-- DEAD_CHILD	died with it
 *	    |   `-- ORPHAN	never had an init
 *	    |-- UNBORN		has no init yet
 *	    `-- BOX		of another user namespace, made by uid 1000
 *
 * In FIXTURE_SETUP:
 *
 *	SKIP_WITHOUT_WORLD();
 *	world_enter(_metadata, &self->w);
 *
 * Teardown must be FIXTURE_TEARDOWN_PARENT(), which runs outside of the world
 * and after its end; with it the processes of the world share self.
 */
#ifndef NSHANDLE_LIB_WORLD_H
#define NSHANDLE_LIB_WORLD_H

#include <sys/eventfd.h>

#include "test.h"

#ifndef PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE
#define PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE _IO(0xFF, 6)
#endif

/* The owner of the user namespace that BOX belongs to. */
#define BOX_UID 1000

/*
 * Each names a member, which is a process, and its pid namespace. The process
 * UNBORN has made the namespace and lives in SELF. So does BOX_OWNER, which has
 * made BOX.
 */
enum ns {
	SELF,
	CHILD,
	GRANDCHILD,
	SIBLING,
	PARENT,
	DEAD,
	DEAD_CHILD,
	UNBORN,
	ORPHAN,
	BOX_OWNER,
	BOX,
	NR_NS,
};

/*
 * Shared by all processes of a case. The members share a table of descriptors,
 * too, and the caller starts with a copy of it.
 */
struct world {
	int ready[NR_NS];
	int ns[NR_NS];		/* pid namespace files */
	int pidfd[NR_NS];	/* none for ORPHAN */
};

/* Without the ioctls a kernel has no handle on UNBORN and ORPHAN. */
void skip_without_world(struct __test_metadata *_metadata);

#define SKIP_WITHOUT_WORLD() skip_without_world(_metadata)

/*
 * Makes the world and returns as its caller. The process that called it stays
 * in here until all of the world has ended.
 */
void world_enter(struct __test_metadata *_metadata, struct world *w);

/* Joins by the namespace file; returns 0 or the errno. */
int world_join(const struct world *w, enum ns to);

typedef void member_fn(struct __test_metadata *_metadata, struct world *w);

/*
 * Makes the member @me anew: by clone3(2) with @flags a process that runs @more
 * if that is not NULL, and then does nothing.
 */
pid_t member_start(struct __test_metadata *_metadata, struct world *w,
		   enum ns me, uint64_t flags, member_fn *more);

/* Kills and reaps any child. */
void member_kill(struct __test_metadata *_metadata, pid_t pid);

/* What the member DEAD does: it makes DEAD_CHILD and ORPHAN. */
void dead_more(struct __test_metadata *_metadata, struct world *w);

/* What the member UNBORN does: it makes a namespace without an init. */
void unborn_more(struct __test_metadata *_metadata, struct world *w);

enum caller {
	ROOT,
	ONLY_ADMIN,	/* root with CAP_SYS_ADMIN and nothing else */
	NO_ADMIN,	/* root with everything else */
	BOX_ROOT,	/* root in BOX's user namespace; own mount namespace */
	BOX_MAKER,	/* uid 1000, who owns that one and is outside of it */
	OTHER_USERNS,	/* root in a user namespace of its own */
	NR_CALLERS,
};

/* Into the user namespace of BOX; its pid namespace stays SELF. */
void become_box_root(struct __test_metadata *_metadata, const struct world *w);

/* There is no way back: call it in a child. */
void become_caller(struct __test_metadata *_metadata, const struct world *w,
		   enum caller caller);

/* The pid namespace file of the calling process. */
int ns_open_self(struct __test_metadata *_metadata);

/*
 * The pid namespace file for the children of @pidfd, by the ioctl, or -1. The
 * link in procfs opens a namespace without an init only with the series.
 */
int ns_for_children(int pidfd);

/* Do both descriptors name the same namespace? */
bool same_ns(struct __test_metadata *_metadata, int fd1, int fd2);

#endif /* NSHANDLE_LIB_WORLD_H */
