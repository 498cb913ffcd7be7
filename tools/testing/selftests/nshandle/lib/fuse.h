/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A FUSE daemon as small as it goes, to stop a task inside of a system call:
 * the request that it waits for is answered when the test likes.
 */
#ifndef NSHANDLE_LIB_FUSE_H
#define NSHANDLE_LIB_FUSE_H

#include <linux/fuse.h>

#include "test.h"

#define FILE_SIZE	4096
#define MOUNTPOINT	"/tmp/fuse"

struct fuse_daemon {
	int fd;
	__u32 hold;			/* opcode not to be answered, once */
	int fail_reads;			/* an error for all of them, or 0 */
	struct fuse_in_header held;	/* what was not; ->unique is not 0 */
	__u64 interrupted;		/* the request whose caller got a signal */
};

/* Takes one request, and answers it unless it is the one to be held. */
void fuse_serve_one(struct __test_metadata *_metadata,
		    struct fuse_daemon *daemon);

/* Waits for the next request, and serves it. */
void fuse_serve_next(struct __test_metadata *_metadata,
		     struct fuse_daemon *daemon);

/* Serves until a request of the kind @opcode is held. */
void fuse_hold(struct __test_metadata *_metadata, struct fuse_daemon *daemon,
	       __u32 opcode);

/* Serves until @fd has something to read. */
void fuse_serve(struct __test_metadata *_metadata, struct fuse_daemon *daemon,
		int fd);

void fuse_let_go(struct __test_metadata *_metadata, struct fuse_daemon *daemon);

int fuse_open(struct __test_metadata *_metadata);

/* @fd: the device, opened in the user namespace that we are in. */
void fuse_mount_at(struct __test_metadata *_metadata, int fd, const char *dir);

/*
 * In a mount namespace of our own, on a tmpfs of our own: nothing of the
 * machine's is touched. Who else holds the device while he waits for an
 * answer waits for ever: close it in children.
 */
void fuse_mount(struct __test_metadata *_metadata, struct fuse_daemon *daemon);

/* A shared mapping of the file, and no descriptor. */
char *fuse_map(struct __test_metadata *_metadata);

#endif /* NSHANDLE_LIB_FUSE_H */
