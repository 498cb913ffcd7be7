/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Namespaces by handle: what programs include.
 */
#ifndef _UAPI_LINUX_NSHANDLE_H
#define _UAPI_LINUX_NSHANDLE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: SETNS_SKIP_JOINED, SETNS_DRY_RUN, SETNS_FOR_CHILDREN, SETNS_ROOT,
 * SETNS_SUPPORTED, SETNS_ALL
 *
 * Flags of setns(2) with a pidfd or a set descriptor, beside the CLONE_NEW*
 * types and in any combination. EINVAL without a type, with the file of a
 * namespace, and on kernels without them.
 *
 * SETNS_SKIP_JOINED: leave alone each namespace that the caller is in already:
 * no permission check, no side effect. CLONE_NEWPID compares the pid namespace
 * of the caller's children, CLONE_NEWTIME both the caller's time namespace and
 * that of its children. If nothing is left to join, the call succeeds.
 *
 * SETNS_DRY_RUN: change nothing; return 0, or fail as the call would now.
 *
 * SETNS_FOR_CHILDREN: CLONE_NEWPID and CLONE_NEWTIME mean the namespaces that
 * the children of the process are born in. EINVAL with neither of the two. EINVAL
 * with a set, too: give this flag to PIDFD_GET_NSSET instead.
 *
 * SETNS_ROOT: the caller's root and working directory become those of the
 * process, or those that the set holds, not the root of the mount namespace; also
 * if SETNS_SKIP_JOINED leaves the mount namespace itself alone. EINVAL without
 * CLONE_NEWNS, with a set that was made without it, or if the caller shares root
 * and working directory with another task; EPERM without CAP_SYS_CHROOT; EACCES
 * without search permission; other errors of the file system. EAGAIN if root or
 * working directory is not in that mount namespace: for good, which it always is
 * with a set, or for a moment during an unshare(2) or setns(2) of the process.
 * FD_FAILFS_ROOT, where it exists, is in no mount namespace.
 * EAGAIN also if the process changes its root, or ends, during the call. May
 * sleep in a file system of the process.
 *
 * SETNS_SUPPORTED: leave out each type that this kernel was built without or
 * that the set does not hold, instead of EINVAL. If nothing is left to join, the
 * call succeeds, once it has found the process and may look at it. SETNS_ROOT is
 * not a type.
 *
 * SETNS_ALL: all types, with SETNS_SKIP_JOINED and SETNS_SUPPORTED: right for
 * every process, on every configuration of kernels that have these flags.
 * CLONE_NEW* are in <linux/sched.h> and <sched.h>.
 */
#define SETNS_SKIP_JOINED	0x01
#define SETNS_DRY_RUN		0x02
#define SETNS_FOR_CHILDREN	0x04
#define SETNS_ROOT		0x08
#define SETNS_SUPPORTED		0x10

#define SETNS_ALL	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | \
			 CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWCGROUP | \
			 CLONE_NEWNET | CLONE_NEWTIME | \
			 SETNS_SKIP_JOINED | SETNS_SUPPORTED)

/**
 * struct nsset_args - what a set of namespaces is to hold
 * @size: of this struct, NSSET_ARGS_SIZE_VER0 or more; a part that the kernel
 *	does not know must be zero
 * @flags: SETNS_FOR_CHILDREN, SETNS_ROOT, both or none
 * @types: CLONE_NEW*; 0 for every type that this kernel has
 *
 * PIDFD_GET_NSSET, an ioctl on a pidfd, returns a new descriptor, close-on-exec,
 * of a set of the process's namespaces, all of one moment. The set keeps the
 * namespaces when the process is gone. It holds nothing else of the process but,
 * with SETNS_ROOT, its root and working directory, which keep their mounts busy. A
 * set can be sent over a socket, but not bind-mounted, and never changes.
 *
 * setns(2) joins all that a set holds (flags 0), or some of it (a mask of types
 * and SETNS_* flags). Use SETNS_ALL rather than 0 if the caller may be in one of
 * the namespaces already, since to join one's own user namespace is EINVAL; and
 * SETNS_ALL | SETNS_ROOT for a set with a root. The caller needs the same
 * capabilities as with a pidfd, but no permission to trace the process: a set
 * gives reach, not authority. The root of a set is the directory that it was when
 * the set was made, whatever pivot_root(2) the process has done since; EAGAIN
 * once it is detached.
 *
 * PIDFD_GET_*_NAMESPACE on a set, with an argument of 0, returns a descriptor of
 * one member, close-on-exec. EINVAL for another argument, EOPNOTSUPP if the set
 * does not hold it, ENOMEM, EMFILE or ENFILE. A set made with SETNS_FOR_CHILDREN
 * holds PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE and
 * PIDFD_GET_TIME_FOR_CHILDREN_NAMESPACE instead of the process's own. Any other
 * ioctl of a pidfd is ENOTTY.
 *
 * PIDFD_GET_NSSET fails, in this order, with EFAULT; EINVAL for @size below
 * NSSET_ARGS_SIZE_VER0; E2BIG for @size above the page size or a part that the
 * kernel does not know and that is not zero; EINVAL for an unknown bit in @flags
 * or @types, SETNS_ROOT without CLONE_NEWNS, SETNS_FOR_CHILDREN with neither
 * CLONE_NEWPID nor CLONE_NEWTIME; ESRCH if the process has been reaped; EACCES if
 * the caller may not look at the process (PTRACE_MODE_READ_FSCREDS); ESRCH if it
 * has no namespaces, or no root, any more; EAGAIN if its root or working
 * directory is not in its mount namespace, with SETNS_ROOT only; ENOMEM; EMFILE
 * or ENFILE. To see whether a kernel has it, call it with a null pointer on a
 * pidfd of the caller's own: EFAULT; ENOTTY on kernels without it. The struct may
 * grow: @size counts, and the kernel ignores the size in the command's number.
 */
struct nsset_args {
	__u32 size;
	__u32 flags;
	__u64 types;
};

#define NSSET_ARGS_SIZE_VER0	16

#define PIDFD_GET_NSSET		_IOW(0xFF, 0x20, struct nsset_args)

/**
 * struct nsset_info - what a set of namespaces holds
 * @size: in: of this struct, NSSET_INFO_SIZE_VER0 or more; out: how much of it
 *	the kernel has filled. The rest up to the size given is zero.
 * @flags: as in struct nsset_args
 * @types: CLONE_NEW* that it holds
 * @ino: inode numbers, in the order user, mnt, uts, ipc, pid, cgroup, net, time;
 *	0 for a type that it does not hold
 *
 * NSSET_GET_INFO, an ioctl on a set, fails with EFAULT; EINVAL for @size below
 * NSSET_INFO_SIZE_VER0; E2BIG for @size above the page size. ENOTTY or EINVAL on
 * anything but a set.
 */
struct nsset_info {
	__u32 size;
	__u32 flags;
	__u64 types;
	__u64 ino[8];
};

#define NSSET_INFO_SIZE_VER0	80

#define NSSET_GET_INFO		_IOWR(0xFF, 0x21, struct nsset_info)

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
