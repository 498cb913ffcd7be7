/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A target that stops in the middle of execve(2), with exec_update_lock held,
 * until the test lets it go on.
 *
 * exec_mmap() takes exec_update_lock for writing, and then mmap_lock of the old
 * mm for reading. A process that shares the target's memory has that one for
 * writing: it maps something else over a shared, written mapping of a FUSE file
 * in writeback mode. For that the kernel writes the inode back, and asks the FUSE
 * server to set the time of the last modification. The test is the server.
 *
 * The target's own drop of the old mm would ask the server, too, but newer
 * kernels drop it when they have released exec_update_lock.
 */
#ifndef NSHANDLE_LIB_EXEC_FUSE_H
#define NSHANDLE_LIB_EXEC_FUSE_H

#include "test.h"
#include "exec.h"
#include "fuse.h"
#include "picture.h"

struct exec_scene {
	struct fuse_daemon daemon;
	struct exec_target t;
	struct state home;	/* where the target is */
};

/* @mode is that of PROGRAM. The target has all namespaces of its own but user. */
void exec_scene_start(struct __test_metadata *_metadata, struct exec_scene *s,
		      mode_t mode);

void exec_scene_end(struct __test_metadata *_metadata, struct exec_scene *s);

/* Lets the target call execve(2), and returns when it has stopped in it. */
void exec_stop(struct __test_metadata *_metadata, struct exec_scene *s);

void expect_in_exec(struct __test_metadata *_metadata, struct exec_scene *s);

/* Answers the target; returns when PROGRAM runs. */
void exec_finish(struct __test_metadata *_metadata, struct exec_scene *s);

#endif /* NSHANDLE_LIB_EXEC_FUSE_H */
