/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Namespaces by handle: what programs include.
 */
#ifndef _UAPI_LINUX_NSHANDLE_H
#define _UAPI_LINUX_NSHANDLE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: SETNS_SKIP_JOINED, SETNS_DRY_RUN, SETNS_FOR_CHILDREN, SETNS_ROOT
 *
 * Flags of setns(2) with a pidfd, beside the CLONE_NEW* types and in any
 * combination. EINVAL with the file of a namespace, and on kernels without
 * them.
 *
 * SETNS_SKIP_JOINED: leave alone each namespace that the caller is in already:
 * no permission check, no side effect. CLONE_NEWPID compares the pid namespace
 * of the caller's children, CLONE_NEWTIME both the caller's time namespace and
 * that of its children. If nothing is left to join, the call succeeds.
 *
 * SETNS_DRY_RUN: change nothing; return 0, or fail as the call would now.
 *
 * SETNS_FOR_CHILDREN: CLONE_NEWPID and CLONE_NEWTIME mean the namespaces that
 * the children of the process are born in. EINVAL with neither of the two.
 *
 * SETNS_ROOT: the caller's root and working directory become those of the
 * process, not the root of the mount namespace; also if SETNS_SKIP_JOINED
 * leaves the mount namespace itself alone. EINVAL without CLONE_NEWNS, or if
 * the caller shares root and working directory with another task; EPERM
 * without CAP_SYS_CHROOT; EACCES without search permission; other errors of
 * the file system. EAGAIN if root or working directory is not in that mount
 * namespace: for good, or for a moment during an unshare(2) or setns(2) of the
 * process. EAGAIN also if the process changes its root, or ends, during the
 * call. May sleep in a file system of the process.
 */
#define SETNS_SKIP_JOINED	0x01
#define SETNS_DRY_RUN		0x02
#define SETNS_FOR_CHILDREN	0x04
#define SETNS_ROOT		0x08

/**
 * DOC: PROCFS_GET_PID_NAMESPACE
 *
 * An ioctl on the root directory of a procfs instance; the argument must be 0.
 * Returns a new descriptor, close-on-exec, of the pid namespace whose processes
 * the instance shows. The caller must be in that pid namespace, or have
 * CAP_SYS_ADMIN in the user namespace that owns it.
 *
 * Fails with EPERM for any other caller, EINVAL with another argument, ENOTTY
 * on any other file and on kernels without it, EOPNOTSUPP on kernels without
 * CONFIG_PID_NS, EMFILE or ENFILE for too many descriptors, ENOMEM.
 */
#define PROCFS_GET_PID_NAMESPACE	_IO('f', 32)

/**
 * struct ns_ioc_pid_vec - the last pids of a pid namespace and its ancestors
 * @nr: entries in @pid: 1 to the namespace's level + 1, for GET also 0
 * @pid: innermost namespace first, then its parent, and so on. The next process
 *	gets the first free pid above it. 0: there has been no process yet
 *
 * For ioctl(2) on a descriptor of a pid namespace. No level may be above the
 * caller's active pid namespace (EPERM).
 *
 * NS_SET_LAST_PID_VEC sets all pids in one step, or fails and changes nothing.
 * The caller needs CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN in each user
 * namespace that owns one of the levels (EPERM). Each pid must be 0 to pid_max
 * (EINVAL). Each level must have a live init (ESRCH).
 *
 * NS_GET_LAST_PID_VEC reads all pids in one step; the caller sets @nr. With @nr
 * 0 it reads no pid, but writes to @nr how many levels the caller may name.
 *
 * Both: EINVAL for @nr out of range and for namespaces of another type, EFAULT
 * for memory out of reach, ENOTTY on kernels without them.
 */
struct ns_ioc_pid_vec {
	__u32 nr;
	__s32 pid[];
};

#define NS_SET_LAST_PID_VEC	_IOW(0xb7, 0x20, struct ns_ioc_pid_vec)
#define NS_GET_LAST_PID_VEC	_IOWR(0xb7, 0x21, struct ns_ioc_pid_vec)

#endif /* _UAPI_LINUX_NSHANDLE_H */
