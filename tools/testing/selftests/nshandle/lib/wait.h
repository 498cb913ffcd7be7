/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting with a bound: for the end of a process, an event, a byte. What does
 * not come within POLL_MS, or @ms, fails the case, and @what tells it.
 */
#ifndef NSHANDLE_LIB_WAIT_H
#define NSHANDLE_LIB_WAIT_H

#include <sys/eventfd.h>

#include "test.h"

/* These two only return whether it came. */
bool is_readable(int fd, int ms);

/* Does the process of @pidfd end within @ms? */
bool has_exited(int pidfd, int ms);

/* Returns when child @pid has ended; does not reap it. */
void expect_end(struct __test_metadata *_metadata, pid_t pid, int ms,
		const char *what);

/* The same, and then child_wait(). */
void child_end(struct __test_metadata *_metadata, pid_t pid, int ms,
	       const char *what);

/* Reads an eventfd; returns its value. */
eventfd_t event_wait(struct __test_metadata *_metadata, int fd,
		     const char *what);

/* Reads a byte from a pipe or a socket; it must be @want. */
void byte_wait(struct __test_metadata *_metadata, int fd, char want,
	       const char *what);

/* To a socket. */
void byte_send(struct __test_metadata *_metadata, int fd, char byte);

#endif /* NSHANDLE_LIB_WAIT_H */
