/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which pid namespaces take a new process: asked by fork(2), and by
 * NS_SET_LAST_PID_VEC for the pid that the new process gets.
 */
#ifndef _LINUX_PIDNS_FORK_H
#define _LINUX_PIDNS_FORK_H

#include <linux/compiler.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>

static inline bool pidns_is_adding(const struct pid_namespace *ns)
{
	/*
	 * copy_process() calls this without pidmap_lock, under which the count
	 * changes. PIDNS_ADDING is cleared once, and zap_pid_ns_processes()
	 * kills after that.
	 */
	return data_race(READ_ONCE(ns->pid_allocated)) & PIDNS_ADDING;
}

/*
 * A pid namespace takes new processes until its own init or the init of an
 * ancestor dies.
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
 * an init, the end of an ancestor kills that init, and the end of the init
 * kills the task: ask the innermost namespace only. The init itself has no init
 * that would kill it: ask every ancestor.
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
 * other would have no reaper. Called under pidmap_lock; child_reaper is set
 * under tasklist_lock, so the accesses to it are marked. False for a dead
 * namespace, which pidns_takes_pids() refuses.
 */
static inline bool pidns_awaits_init(const struct pid_namespace *ns)
{
	return !READ_ONCE(ns->child_reaper) &&
	       (ns->pid_allocated & PIDNS_ADDING);
}

#endif /* _LINUX_PIDNS_FORK_H */
