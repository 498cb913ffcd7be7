/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Handles on namespaces: the ioctls on a pidfd that open one, and the nsfs file
 * behind a handle.
 */
#ifndef NSHANDLE_LIB_HANDLE_H
#define NSHANDLE_LIB_HANDLE_H

#include <linux/nsfs.h>

#include "test.h"
#include "types.h"

/* f_type of nsfs. */
#define NSFS_SUPER 0x6e736673

/* The PIDFD_GET_*_NAMESPACE that opens what the link LINK_* opens. */
#define PIDFD_GET(_link) _IO(0xFF, 1 + (_link))

/* The CLONE_NEW* flag of the namespace behind each link of /proc/PID/ns. */
extern const int link_flags[NR_LINKS];

/* By PIDFD_GET(@link): a descriptor, or -1. */
int pidfd_get(int pidfd, int link);

/* An ioctl that opens something, which is closed again. 0 or the errno. */
int get_ioctl(int fd, unsigned int cmd, void *arg);

/* @fd is open on the file that @st was read from. */
void expect_same_file(struct __test_metadata *_metadata, const struct stat *st,
		      int fd);

#endif /* NSHANDLE_LIB_HANDLE_H */
