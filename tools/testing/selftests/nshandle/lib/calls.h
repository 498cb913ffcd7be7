/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System calls by number, whether the kernel has some of them, clocks, and
 * /proc/PID of a pidfd.
 */
#ifndef NSHANDLE_LIB_CALLS_H
#define NSHANDLE_LIB_CALLS_H

#include "test.h"

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

/* Returns 0 or the (positive) errno: EXPECT_EQ(EPERM, try_setns(fd, flags)). */
int try_setns(int fd, int flags);

int sys_pidfd_open(pid_t pid, unsigned int flags);
int sys_pidfd_send_signal(int pidfd, int sig);

/* The pidfd of a thread. Skips the test on a kernel without. */
int thread_pidfd(struct __test_metadata *_metadata, pid_t tid);

/* Without a stack, the child goes on as after a fork(2). */
pid_t sys_clone3(struct clone_args *args);

/* 6.1 has no ioctls on a pidfd. */
#define NO_PIDFD_IOCTLS "kernel without PIDFD_GET_*_NAMESPACE"
bool have_pidfd_ioctls(void);

/* How many descriptors the process has, of numbers below 1024. */
int open_fds(void);

/* By the system call, not by the vDSO. */
long long now_ms(clockid_t clock);

/* /proc/PID of a pidfd, whatever pid namespace procfs is of. */
int proc_of_pidfd(struct __test_metadata *_metadata, int pidfd);

#endif /* NSHANDLE_LIB_CALLS_H */
