/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PROCFS_GET_PID_NAMESPACE, by a system call of this program's kind and by a
 * 32-bit one, and what it must answer.
 */
#ifndef NSHANDLE_LIB_PROCFS_QUERY_H
#define NSHANDLE_LIB_PROCFS_QUERY_H

#include "test.h"

typedef int ask_fn(int fd, unsigned int cmd, unsigned long arg);

int ask_64(int fd, unsigned int cmd, unsigned long arg);

/* Not inline: skip_without() knows it by its address. */
int ask_32(int fd, unsigned int cmd, unsigned long arg);

/* Has the kernel system calls of 32-bit x86? */
bool have_32(void);

/* Skips if the machine can't @ask; after SKIP_WITHOUT_PIDNS(). */
void skip_without(struct __test_metadata *_metadata, ask_fn *ask);

/* The descriptor that the next call would return. */
int next_fd(struct __test_metadata *_metadata);

/* The call on @fd with @arg fails with @err, and makes no descriptor. */
void expect_refused(struct __test_metadata *_metadata, ask_fn *ask, int fd,
		    unsigned long arg, int err);

/* The call on @fd fails with @err, or if that is 0, returns namespace @want. */
void expect_answer(struct __test_metadata *_metadata, ask_fn *ask, int fd,
		   int err, int want);

#endif /* NSHANDLE_LIB_PROCFS_QUERY_H */
