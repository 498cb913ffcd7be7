/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors sent over a socket: one, or a file system context and a pid
 * namespace.
 */
#ifndef NSHANDLE_LIB_PARCEL_H
#define NSHANDLE_LIB_PARCEL_H

#include "test.h"

struct parcel {
	int fc;
	int ns;		/* to set in the context */
};

void parcel_send(struct __test_metadata *_metadata, int sock,
		 const struct parcel *p);

struct parcel parcel_receive(struct __test_metadata *_metadata, int sock);

void fd_send(struct __test_metadata *_metadata, int sock, int fd);

int fd_receive(struct __test_metadata *_metadata, int sock);

/*
 * Closes all other descriptors, so that a child has only what it is sent.
 * Returns the new number of @sock.
 */
int keep_only(struct __test_metadata *_metadata, int sock);

#endif /* NSHANDLE_LIB_PARCEL_H */
