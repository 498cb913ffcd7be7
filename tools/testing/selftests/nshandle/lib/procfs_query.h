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

/* Skips if the machine can't @ask; after SKIP_WITHOUT_PIDNS(). */
void skip_without(struct __test_metadata *_metadata, ask_fn *ask);

#ifdef __x86_64__
#define I386_NR_GETPID	20
#define I386_NR_IOCTL	54

/* As in a 32-bit program. Some kernels do not preserve the four registers. */
static inline int call_32(int nr, int fd, unsigned int cmd, unsigned int arg)
{
	long ret;

	asm volatile("int $0x80" : "=a" (ret)
		     : "a" (nr), "b" (fd), "c" (cmd), "d" (arg)
		     : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

static inline int ask_32(int fd, unsigned int cmd, unsigned long arg)
{
	int ret = call_32(I386_NR_IOCTL, fd, cmd, arg);

	if (ret >= 0)
		return ret;
	errno = -ret;
	return -1;
}

/* A kernel without 32-bit system calls kills the caller by SIGSEGV. */
static inline bool have_32(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(call_32(I386_NR_GETPID, 0, 0, 0) != getpid());
	waitpid(pid, &status, 0);
	return status == 0;
}
#else
/* A function of its own, that @ask of a case can be compared with. */
static inline int ask_32(int fd, unsigned int cmd, unsigned long arg)
{
	return ask_64(fd, cmd, arg);
}

/* In a program of 32 bits, each call is such a one. */
static inline bool have_32(void)
{
	return sizeof(long) == 4;
}
#endif

/* The descriptor that the next call would return. */
int next_fd(struct __test_metadata *_metadata);

/* The call on @fd with @arg fails with @err, and makes no descriptor. */
void expect_refused(struct __test_metadata *_metadata, ask_fn *ask, int fd,
		    unsigned long arg, int err);

/* The call on @fd fails with @err, or if that is 0, returns namespace @want. */
void expect_answer(struct __test_metadata *_metadata, ask_fn *ask, int fd,
		   int err, int want);

#endif /* NSHANDLE_LIB_PROCFS_QUERY_H */
