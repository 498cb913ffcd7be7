// SPDX-License-Identifier: GPL-2.0
/*
 * The last-pid vector: the last pid that was given in a pid namespace and in
 * each of its ancestors, set and read as one. Where the next fork(2) goes on
 * from it decides the pids of a process at every level, as whoever restores
 * one wants them.
 */

#include <linux/capability.h>
#include <linux/idr.h>
#include <linux/minmax.h>
#include <linux/nshandle.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/pid_vec.h>
#include <linux/pidns_fork.h>
#include <linux/proc_ns.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

/*
 * Innermost namespace first. On the stack: not even a failing call allocates.
 * Only as many levels are read as have been written.
 */
struct pid_vec {
	pid_t pid[MAX_PID_NS_LEVEL + 1];
};

static_assert(sizeof(struct pid_vec) <= 256);

/*
 * What SET and GET begin with: is it a pid namespace, and has it as many levels
 * as the caller wants? The number is read here, once, and returned.
 */
static int pid_vec_size(struct ns_common *ns, struct ns_ioc_pid_vec __user *uvec)
{
	u32 nr;

	if (proc_ns_type(ns) != CLONE_NEWPID)
		return -EINVAL;
	if (get_user(nr, &uvec->nr))
		return -EFAULT;
	if (nr > to_pid_ns(ns)->level + 1)
		return -EINVAL;
	return nr;
}

/* The topmost of @nr levels; of none, the innermost. */
static struct pid_namespace *pid_vec_top(struct pid_namespace *ns, u32 nr)
{
	for (; nr > 1; nr--)
		ns = ns->parent;
	return ns;
}

/*
 * A level above the caller's active namespace is not the caller's to look at
 * or to move, whatever capabilities it has: a container that shares its
 * host's user namespace stays inside. The levels are a chain, so it is enough
 * to look at the topmost.
 */
static bool pid_vec_in_reach(struct pid_namespace *top)
{
	return pidns_is_ancestor(top, task_active_pid_ns(current));
}

/* How many levels there are from @ns, which is in reach, to where reach ends. */
static u32 pid_vec_levels(const struct pid_namespace *ns)
{
	return ns->level - task_active_pid_ns(current)->level + 1;
}

/*
 * Each owner is asked once. An owner is that of the level above or a descendant
 * of it: once the owner of the topmost level is reached, all further levels have
 * the same. Called after pid_vec_in_reach(): audit and security modules record
 * the question, and should hear of no namespace out of the caller's reach.
 */
static bool may_set_pid_vec(struct pid_namespace *ns, struct pid_namespace *top)
{
	struct user_namespace *owner = NULL;

	for (; owner != top->user_ns; ns = ns->parent) {
		if (ns->user_ns == owner)
			continue;
		owner = ns->user_ns;
		if (!checkpoint_restore_ns_capable(owner))
			return false;
	}
	return true;
}

/* The topmost level; and on the way there: are the pids in range? */
static struct pid_namespace *pid_vec_judge(struct pid_namespace *ns, u32 nr,
					   const struct pid_vec *vec,
					   bool *in_range)
{
	const pid_t *pid = vec->pid, *last = pid + nr - 1;

	*in_range = true;
	for (;; pid++, ns = ns->parent) {
		/* a negative one is large, too */
		if ((u32)*pid > pidns_pid_max(ns))
			*in_range = false;
		if (pid == last)
			return ns;
	}
}

/*
 * The first process of a pid namespace must get pid 1, and nobody gets one in
 * a dead namespace: neither has a last pid to set. Only the innermost can be
 * without an init, since whoever made a namespace lived in the one above it.
 * A live one has the bit, and counts its processes, of which there is one.
 * Under pidmap_lock, since zap_pid_ns_processes() takes that to end it.
 */
static bool pid_vec_is_live(struct pid_namespace *ns, u32 nr)
{
	lockdep_assert_held(&pidmap_lock);
	if (pidns_awaits_init(ns))
		return false;
	for (; nr; nr--, ns = ns->parent)
		if (ns->pid_allocated <= PIDNS_ADDING)
			return false;
	return true;
}

static void pid_vec_write(struct pid_namespace *ns, u32 nr,
			  const struct pid_vec *vec)
{
	for (const pid_t *pid = vec->pid; nr; nr--, pid++, ns = ns->parent)
		idr_set_cursor(&ns->idr, *pid + 1);
}

/**
 * ns_set_last_pid_vec() - set the last pids of a pid namespace and its ancestors
 * @ns: the namespace, which the caller holds
 * @uvec: how many levels, and for each the last pid, innermost first
 *
 * All levels change under one hold of pidmap_lock: two callers never mix, and
 * no reader sees half of a vector. A fork(2) takes the lock once a level, so
 * one that runs at the same time may still get a pid of before at one level
 * and one of after at another.
 *
 * The next pid of a level is the first free one after its last pid, or, past
 * pid_max, after RESERVED_PIDS.
 *
 * Context: may sleep; takes pidmap_lock.
 * Return: 0, or in this order, with nothing changed,
 * * -EINVAL if @ns is no pid namespace,
 * * -EFAULT if the number of levels can't be read,
 * * -EINVAL if it is 0 or more than @ns has,
 * * -EFAULT if the pids can't be read,
 * * -EPERM if a level is above the caller's active pid namespace, or without
 *   CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN over the owner of each level,
 * * -EINVAL if a pid is negative or above its level's pid_max,
 * * -ESRCH if a level has no init: not yet, or not any more.
 */
int ns_set_last_pid_vec(struct ns_common *ns, struct ns_ioc_pid_vec __user *uvec)
{
	struct pid_namespace *top, *pid_ns = to_pid_ns(ns);
	int nr = pid_vec_size(ns, uvec);
	struct pid_vec vec __uninitialized;
	bool in_range, live;

	if (nr < 0)
		return nr;
	if (!nr)
		return -EINVAL;
	if (copy_from_user(vec.pid, uvec->pid, nr * sizeof(vec.pid[0])))
		return -EFAULT;
	top = pid_vec_judge(pid_ns, nr, &vec, &in_range);
	if (!pid_vec_in_reach(top) || !may_set_pid_vec(pid_ns, top))
		return -EPERM;
	if (!in_range)
		return -EINVAL;

	spin_lock_irq(&pidmap_lock);
	live = pid_vec_is_live(pid_ns, nr);
	if (live)
		pid_vec_write(pid_ns, nr, &vec);
	spin_unlock_irq(&pidmap_lock);
	return live ? 0 : -ESRCH;
}

/**
 * ns_get_last_pid_vec() - read the last pids of a pid namespace and its ancestors
 * @ns: the namespace, which the caller holds
 * @uvec: how many levels; the last pid of each goes there, innermost first
 *
 * What ns_set_last_pid_vec() would have to be given for the same next pids: 0
 * for a level that has had no process. No capability is needed, nor a live
 * namespace.
 *
 * With 0 levels nothing is read: the number of levels that the caller may name,
 * @ns and those above it up to the caller's active pid namespace, is written to
 * @uvec->nr.
 *
 * Context: may sleep; takes pidmap_lock.
 * Return: 0, or in this order,
 * * -EINVAL if @ns is no pid namespace,
 * * -EFAULT if the number of levels can't be read,
 * * -EINVAL if it is more than @ns has,
 * * -EPERM if a level, or with 0 levels @ns itself, is neither the caller's
 *   active pid namespace nor below it,
 * * -EFAULT if the pids, or the number, can't be written.
 */
int ns_get_last_pid_vec(struct ns_common *ns, struct ns_ioc_pid_vec __user *uvec)
{
	struct pid_namespace *level = to_pid_ns(ns);
	int nr = pid_vec_size(ns, uvec);
	struct pid_vec vec __uninitialized;

	if (nr < 0)
		return nr;
	if (!pid_vec_in_reach(pid_vec_top(level, nr)))
		return -EPERM;
	if (!nr)
		return put_user(pid_vec_levels(level), &uvec->nr);

	spin_lock_irq(&pidmap_lock);
	/* The cursor is the next pid to try, and 0 before the first. */
	for (int i = 0; i < nr; i++, level = level->parent)
		vec.pid[i] = max(idr_get_cursor(&level->idr), 1U) - 1;
	spin_unlock_irq(&pidmap_lock);

	if (copy_to_user(uvec->pid, vec.pid, nr * sizeof(vec.pid[0])))
		return -EFAULT;
	return 0;
}
