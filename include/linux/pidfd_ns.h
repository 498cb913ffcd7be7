/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kernel/pidfd_ns.c: PIDFD_GET_*_NAMESPACE, for kernels that lack it.
 */
#ifndef _LINUX_PIDFD_NS_H
#define _LINUX_PIDFD_NS_H

struct pid;

long pidfd_open_ns(struct pid *pid, unsigned int cmd, unsigned long arg);

#endif /* _LINUX_PIDFD_NS_H */
