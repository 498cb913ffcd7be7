/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is waited for, with a bound, and told if it does not come.
 */
#ifndef NSHANDLE_LIB_WAIT_H
#define NSHANDLE_LIB_WAIT_H

#include <sys/eventfd.h>

#include "test.h"

bool is_readable(int fd, int ms);

/* Is it over for @pidfd within @ms? */
bool has_exited(int pidfd, int ms);

/* Returns when child @pid can be waited for; that it dies is up to others. */
void expect_end(struct __test_metadata *_metadata, pid_t pid, int ms,
		const char *what);

/* As child_wait() for one that ends by itself. */
void child_end(struct __test_metadata *_metadata, pid_t pid, int ms,
	       const char *what);

/* What somebody has written to an eventfd. */
eventfd_t event_wait(struct __test_metadata *_metadata, int fd,
		     const char *what);

/* The next byte from a pipe or a socket is @want. */
void byte_wait(struct __test_metadata *_metadata, int fd, char want,
	       const char *what);

void byte_send(struct __test_metadata *_metadata, int fd, char byte);

#endif /* NSHANDLE_LIB_WAIT_H */
