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
 * SETNS_SKIP_JOINED: a namespace that the caller is in already is left alone: no
 * permission is asked for it, and it has no side effect. For CLONE_NEWPID that
 * is the one of the caller's children, for CLONE_NEWTIME both its own and that
 * of its children. If nothing is left, the call succeeds.
 *
 * SETNS_DRY_RUN: nothing changes; returns 0 or fails as the call would now.
 *
 * SETNS_FOR_CHILDREN: CLONE_NEWPID and CLONE_NEWTIME name the namespaces that
 * the children of the process are born in. EINVAL without either.
 *
 * SETNS_ROOT: the caller's root and working directory become those of the
 * process, not the root of the mount namespace; also if SETNS_SKIP_JOINED
 * leaves the mount namespace itself alone. EINVAL without CLONE_NEWNS, and if
 * the caller shares root and working directory with another task; EPERM
 * without CAP_SYS_CHROOT; EACCES without search permission, and what the file
 * system says of it; EAGAIN if one of the two is not in that mount namespace,
 * for good or, during an unshare(2) or setns(2) of the process, for a moment,
 * and if the process has changed its root, or ended, meanwhile. May sleep in a
 * file system of the process.
 */
#define SETNS_SKIP_JOINED	0x01
#define SETNS_DRY_RUN		0x02
#define SETNS_FOR_CHILDREN	0x04
#define SETNS_ROOT		0x08

/**
 * DOC: PROCFS_GET_PID_NAMESPACE
 *
 * An ioctl on the root directory of a procfs instance; the argument must be 0:
 * a new descriptor, close-on-exec, of the pid namespace whose processes the
 * instance shows. For a caller in that pid namespace, or with CAP_SYS_ADMIN
 * in the user namespace that owns it.
 *
 * Fails with EPERM for any other caller, EINVAL with another argument, ENOTTY on
 * any other file and on kernels without it, EOPNOTSUPP on kernels built without
 * pid namespaces, EMFILE or ENFILE when there are too many descriptors, ENOMEM.
 */
#define PROCFS_GET_PID_NAMESPACE	_IO('f', 32)

/**
 * struct ns_ioc_pid_vec - the last pids of a pid namespace and its ancestors
 * @nr: entries in @pid: 1 to the namespace's level + 1, for GET also 0
 * @pid: innermost namespace first, then its parent, and so on. The next process
 *	gets the first free pid above: 0 stands for a namespace that has had none
 *
 * For ioctl(2) on a descriptor of a pid namespace. No level may be above the
 * caller's active pid namespace (EPERM).
 *
 * NS_SET_LAST_PID_VEC sets them in one step, or fails with nothing changed. In
 * each user namespace that owns one of the levels, the caller needs
 * CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN (EPERM). A pid is 0 to pid_max
 * (EINVAL). A level without an init, not yet or not any more, is ESRCH.
 *
 * NS_GET_LAST_PID_VEC reads them in one step; the caller sets @nr. With @nr 0
 * it reads no pid, but writes to @nr how many levels the caller may name.
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
