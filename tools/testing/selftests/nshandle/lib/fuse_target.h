/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A target whose root or working directory is in a FUSE file system of its own,
 * and callers that join it with SETNS_ROOT. The test is the FUSE server: it can
 * hold a caller in the middle of the call.
 */
#ifndef NSHANDLE_LIB_FUSE_TARGET_H
#define NSHANDLE_LIB_FUSE_TARGET_H

#include "test.h"
#include "box.h"
#include "fuse.h"
#include "picture.h"

/* As the target sees them in its jail. */
#define FUSE_DIR	"/fuse"
#define NEW_DIR		"/new"		/* a mount */
#define OLD_DIR		"/new/old"

enum place_of_fuse {
	FUSE_CWD,	/* the working directory is in the FUSE file system */
	FUSE_ROOT,	/* the root is, and the working directory is not */
};

/* What the target does when the test sends it an 'm'. */
typedef void target_move_fn(struct __test_metadata *_metadata);

/* Shared by all processes of a case. */
struct fuse_shared {
	int device;		/* /dev/fuse, a descriptor of the target's */
	struct state home;	/* where the target is */
};

struct fuse_scene {
	struct fuse_daemon daemon;
	struct fuse_shared *shared;
	struct container c;
	pid_t target;
	int pidfd;		/* of the target */
	int ctl;		/* a socket to the target */
	int pin;		/* keeps the file system until the scene ends */
};

/* With the namespaces @container, the target is the only process in them. */
void fuse_scene_start(struct __test_metadata *_metadata, struct fuse_scene *s,
		      __u64 container, enum place_of_fuse where,
		      target_move_fn *move);

void fuse_scene_end(struct __test_metadata *_metadata, struct fuse_scene *s);

/* Serves until the target reports @what. */
void fuse_target_await(struct __test_metadata *_metadata, struct fuse_scene *s,
		       char what);

/*
 * Starts a process that joins the target by @flags. It must get @err; if that
 * is 0, it must then be where the target is at the start of the call.
 */
pid_t fuse_caller_start(struct __test_metadata *_metadata,
			struct fuse_scene *s, int flags, int err);

/* Serves until a caller has exited by itself. */
void fuse_caller_end(struct __test_metadata *_metadata, struct fuse_scene *s,
		     pid_t pid);

/* A caller from start to end: every request is answered at once. */
void fuse_caller_run(struct __test_metadata *_metadata, struct fuse_scene *s,
		     int flags, int err);

#endif /* NSHANDLE_LIB_FUSE_TARGET_H */
