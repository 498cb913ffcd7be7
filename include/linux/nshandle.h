/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Namespaces by handle: what kernel/, fs/ and net/ share of it.
 */
#ifndef _LINUX_NSHANDLE_H
#define _LINUX_NSHANDLE_H

#include <linux/compiler_types.h>
#include <linux/errno.h>
#include <linux/pid_namespace.h>
#include <uapi/linux/nshandle.h>

struct fs_struct;
struct mnt_namespace;
struct ns_common;
struct nsset;
struct path;

/* fs/nsset_mount.c: what setns(2) needs and only fs/ may see */
struct mnt_namespace *nsset_get_mnt_ns(struct mnt_namespace *ns);
int mntns_install(struct nsset *nsset, struct ns_common *ns);
void nsset_get_paths(struct fs_struct *fs, struct path *root, struct path *pwd);
int nsset_install_root(struct nsset *nsset, struct mnt_namespace *ns,
		       const struct path *root, const struct path *pwd);
void nsset_mount_commit(struct fs_struct *new);
void nsset_mount_put(struct fs_struct *new);

/* kernel/pid_vec.c: the ioctls of a pid namespace's file */
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

/* kernel/fork.c, kernel/pid.c: which pid namespaces take a new process */

/*
 * A pid namespace takes processes until its init dies, and none after that
 * of any ancestor of it.
 */
static inline bool pidns_takes_pids(const struct pid_namespace *ns)
{
	for (; ns; ns = ns->parent)
		/* copy_process() has no pidmap_lock: the count may change */
		if (!(data_race(READ_ONCE(ns->pid_allocated)) & PIDNS_ADDING))
			return false;
	return true;
}

/*
 * Of two first forks, one has pid 1 and may still fail: a task beside it might
 * never have a reaper. If it has failed, the namespace is dead, which
 * pidns_takes_pids() tells.
 */
static inline bool pidns_awaits_init(const struct pid_namespace *ns)
{
	return !READ_ONCE(ns->child_reaper) &&
	       (ns->pid_allocated & PIDNS_ADDING);
}

#endif /* _LINUX_NSHANDLE_H */
