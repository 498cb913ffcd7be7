/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A world of pid namespaces, one of each kind, with an ordinary process (not
 * pid 1) in the middle of it as the caller:
 *
 *	PARENT			the namespace of the harness
 *	|-- SIBLING
 *	`-- SELF		the caller, and the init that has made the rest
 *	    |-- CHILD
 *	    |   `-- GRANDCHILD
 *	    |-- DEAD		its init has been killed and reaped
 *	    |   |-- DEAD_CHILD	died with it
 *	    |   `-- ORPHAN	never had an init
 *	    |-- UNBORN		has no init yet
 *	    `-- BOX		of another user namespace, which uid 1000 has made
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

/* Who has made the user namespace that BOX belongs to. */
#define BOX_UID 1000

/*
 * Each names a member, which is a process, and its pid namespace. The maker of
 * UNBORN and BOX_OWNER, who has made BOX, live in SELF.
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
 * Shared by all processes of a case, as is their table of descriptors: what
 * one of them opens, every one made before the caller can use.
 */
struct world {
	int ready[NR_NS];
	int ns[NR_NS];		/* pid namespace files */
	int pidfd[NR_NS];	/* none for ORPHAN */
};

/* Without the ioctls an unpatched kernel has no name for UNBORN and ORPHAN. */
void skip_without_world(struct __test_metadata *_metadata);

#define SKIP_WITHOUT_WORLD() skip_without_world(_metadata)

int ns_open_self(struct __test_metadata *_metadata);

/*
 * By the ioctl, which opens a namespace without an init on every kernel that
 * has it. The link in procfs does so with the series only.
 */
int ns_for_children(int pidfd);

typedef void member_fn(struct __test_metadata *_metadata, struct world *w);

/* A process that does @more, if anything, and then nothing but live. */
pid_t member_start(struct __test_metadata *_metadata, struct world *w,
		   enum ns me, uint64_t flags, member_fn *more);

void member_kill(struct __test_metadata *_metadata, pid_t pid);

void dead_more(struct __test_metadata *_metadata, struct world *w);

void unborn_more(struct __test_metadata *_metadata, struct world *w);

/*
 * Makes the world and returns as its caller. The process that has called it
 * stays here until all of it is gone again.
 */
void world_enter(struct __test_metadata *_metadata, struct world *w);

enum caller {
	ROOT,
	ONLY_ADMIN,	/* root with CAP_SYS_ADMIN and nothing else */
	NO_ADMIN,	/* root with everything else */
	BOX_ROOT,	/* root in BOX's user namespace; own mount namespace */
	BOX_MAKER,	/* uid 1000, who has made that one and stands outside */
	OTHER_USERNS,	/* root in a user namespace of its own */
	NR_CALLERS,
};

/* Into the user namespace of BOX; its pid namespace stays SELF. */
void become_box_root(struct __test_metadata *_metadata, const struct world *w);

/* There is no way back: call it in a child. */
void become_caller(struct __test_metadata *_metadata, const struct world *w,
		   enum caller caller);

/* Joins by the namespace file; returns 0 or the errno. */
int world_join(const struct world *w, enum ns to);

/* Do both descriptors name the same namespace? */
bool same_ns(struct __test_metadata *_metadata, int fd1, int fd2);

#endif /* NSHANDLE_LIB_WORLD_H */
