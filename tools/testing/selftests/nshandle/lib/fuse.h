/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small FUSE daemon, which stops a task in the middle of a system call: the
 * task waits until the test answers its request.
 */
#ifndef NSHANDLE_LIB_FUSE_H
#define NSHANDLE_LIB_FUSE_H

#include <linux/fuse.h>

#include "test.h"

#define FILE_SIZE	4096
#define MOUNTPOINT	"/tmp/fuse"

struct fuse_daemon {
	int fd;
	__u32 hold;			/* opcode of the next request to hold */
	int fail_reads;			/* the answer to all reads, or 0 */
	struct fuse_in_header held;	/* the request, if ->unique is not 0 */
	__u64 interrupted;		/* the request whose caller got a signal */
};

/* Reads one request, and answers it unless it is to be held. */
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

/* Answers the request that is held. */
void fuse_let_go(struct __test_metadata *_metadata, struct fuse_daemon *daemon);

/* The device. Skips the test on a kernel without FUSE. */
int fuse_open(struct __test_metadata *_metadata);

/* @fd: the device, opened in the user namespace of the caller. */
void fuse_mount_at(struct __test_metadata *_metadata, int fd, const char *dir);

/*
 * Mounts it in a new mount namespace, on a new tmpfs. Close the device in
 * children: a task that holds the device and waits for an answer waits for ever.
 */
void fuse_mount(struct __test_metadata *_metadata, struct fuse_daemon *daemon);

/* A shared mapping of the file; no descriptor is left. */
char *fuse_map(struct __test_metadata *_metadata);

#endif /* NSHANDLE_LIB_FUSE_H */
