/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kernel/pid_vec.c: two ioctls on a pid namespace's descriptor
 */
#ifndef _LINUX_PID_VEC_H
#define _LINUX_PID_VEC_H

#include <linux/compiler_types.h>
#include <linux/errno.h>

struct ns_common;
struct ns_ioc_pid_vec;

#ifdef CONFIG_PID_NS
int ns_set_last_pid_vec(struct ns_common *ns, struct ns_ioc_pid_vec __user *uvec);
int ns_get_last_pid_vec(struct ns_common *ns, struct ns_ioc_pid_vec __user *uvec);
#else
static inline int ns_set_last_pid_vec(struct ns_common *ns,
				      struct ns_ioc_pid_vec __user *uvec)
{
	return -ENOTTY;
}

static inline int ns_get_last_pid_vec(struct ns_common *ns,
				      struct ns_ioc_pid_vec __user *uvec)
{
	return -ENOTTY;
}
#endif

#endif /* _LINUX_PID_VEC_H */
