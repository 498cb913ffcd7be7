/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Namespaces by handle: what programs include.
 */
#ifndef _UAPI_LINUX_NSHANDLE_H
#define _UAPI_LINUX_NSHANDLE_H

#include <linux/ioctl.h>

/**
 * DOC: PROCFS_GET_PID_NAMESPACE
 *
 * An ioctl on the root directory of a procfs instance, without an argument:
 * a new descriptor, close-on-exec, of the pid namespace whose processes the
 * instance shows. For a caller in that pid namespace, or with CAP_SYS_ADMIN
 * in the user namespace that owns it.
 *
 * Fails with EPERM for any other caller, ENOTTY on any other file and on
 * kernels without it, EOPNOTSUPP on kernels built without pid namespaces,
 * EMFILE or ENFILE when there are too many descriptors, ENOMEM.
 */
#define PROCFS_GET_PID_NAMESPACE	_IO('f', 32)

#endif /* _UAPI_LINUX_NSHANDLE_H */
