/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Namespaces by handle: what kernel/, fs/ and net/ share of it.
 */
#ifndef _LINUX_NSHANDLE_H
#define _LINUX_NSHANDLE_H

#include <linux/compiler_types.h>
#include <linux/errno.h>
#include <linux/pid.h>
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
bool nsset_has_root(struct fs_struct *fs, const struct path *root);
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

static inline bool pidns_is_adding(const struct pid_namespace *ns)
{
	/*
	 * copy_process() asks without pidmap_lock, under which the count
	 * changes. The bit changes once, and zap_pid_ns_processes() kills after
	 * that.
	 */
	return data_race(READ_ONCE(ns->pid_allocated)) & PIDNS_ADDING;
}

/*
 * A pid namespace takes processes until its init dies, and none after the
 * init of an ancestor has died.
 */
static inline bool pidns_takes_pids(const struct pid_namespace *ns)
{
	for (; ns; ns = ns->parent)
		if (!pidns_is_adding(ns))
			return false;
	return true;
}

/*
 * May copy_process() make a task with this pid visible? Where the namespace has
 * an init, the end of an ancestor kills that init, and the end of the init kills
 * the task: ask the innermost namespace only. The init itself has no init that
 * would kill it: ask every ancestor.
 */
static inline bool pid_takes_task(struct pid *pid)
{
	if (is_child_reaper(pid))
		return pidns_takes_pids(ns_of_pid(pid));
	return pidns_is_adding(ns_of_pid(pid));
}

/*
 * Two tasks may fork at once into a pid namespace that has no init. Until the
 * one with pid 1 has succeeded, refuse the other: if the first fork fails, the
 * other would have no reaper. Called under pidmap_lock; child_reaper is set under
 * tasklist_lock, so the accesses to it are marked. A dead namespace awaits no
 * init; pidns_takes_pids() tells.
 */
static inline bool pidns_awaits_init(const struct pid_namespace *ns)
{
	return !READ_ONCE(ns->child_reaper) &&
	       (ns->pid_allocated & PIDNS_ADDING);
}

#endif /* _LINUX_NSHANDLE_H */
