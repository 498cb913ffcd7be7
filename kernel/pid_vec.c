// SPDX-License-Identifier: GPL-2.0
/*
 * The last-pid vector: the last pid that was allocated in a pid namespace and
 * in each of its ancestors, set and read in one step. The next fork(2)
 * continues from these pids, so a program that restores a process can choose
 * the pid that it gets at every level.
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
 * Innermost namespace first. On the stack, so that no call allocates memory.
 * Not initialized: a call reads only the levels that it has written.
 */
struct pid_vec {
	pid_t pid[MAX_PID_NS_LEVEL + 1];
};

static_assert(sizeof(struct pid_vec) <= 256);

/*
 * The first checks of SET and GET: is @ns a pid namespace, and does it have as
 * many levels as the caller names? Read that number once, here, and return it.
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

/* The topmost of @nr levels. With @nr 0, the innermost. */
static struct pid_namespace *pid_vec_top(struct pid_namespace *ns, u32 nr)
{
	for (; nr > 1; nr--)
		ns = ns->parent;
	return ns;
}

/*
 * No caller may read or set a level above its active pid namespace, whatever
 * capabilities it has: a container that shares its host's user namespace must
 * not reach the host's pids. The levels are a chain, so it is enough to check
 * the topmost.
 */
static bool pid_vec_in_reach(struct pid_namespace *top)
{
	return pidns_is_ancestor(top, task_active_pid_ns(current));
}

/* The number of levels from @ns, in reach, up to the caller's active one. */
static u32 pid_vec_levels(const struct pid_namespace *ns)
{
	return ns->level - task_active_pid_ns(current)->level + 1;
}

/*
 * Check each owner once. The owner of a level is the owner of the level above
 * or a descendant of that owner. So once the loop meets the owner of the
 * topmost level, all further levels have that owner, too. Called after
 * pid_vec_in_reach(): audit and security modules record each check, and should
 * not see a namespace out of the caller's reach.
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

/* Return the topmost level, and check on the way that the pids are in range. */
static struct pid_namespace *pid_vec_judge(struct pid_namespace *ns, u32 nr,
					   const struct pid_vec *vec,
					   bool *in_range)
{
	const pid_t *pid = vec->pid, *last = pid + nr - 1;

	*in_range = true;
	for (;; pid++, ns = ns->parent) {
		/* as u32, a negative pid is too large as well */
		if ((u32)*pid > pidns_pid_max(ns))
			*in_range = false;
		if (pid == last)
			return ns;
	}
}

/*
 * Does every level have a live init? Without an init, the next process must get
 * pid 1; in a dead namespace, there is no next process. Only the innermost
 * level can lack an init, since the task that made a namespace lived in the one
 * above it. A live namespace has PIDNS_ADDING set and counts at least one
 * process. zap_pid_ns_processes() takes pidmap_lock to clear PIDNS_ADDING.
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
 * @uvec: the number of levels, and the last pid of each, innermost first
 *
 * All levels change under one hold of pidmap_lock: two vectors never mix, and
 * no reader sees half of one. fork(2) may let the lock go between two levels, so
 * a fork(2) at the same time may get its pid from before the change at one level
 * and from after it at another.
 *
 * The next pid of a level is the first free one after its last pid, or, past
 * pid_max, from RESERVED_PIDS on.
 *
 * Context: may sleep; takes pidmap_lock.
 * Return: 0, or, with nothing changed, the first that applies:
 *
 * * -EINVAL if @ns is not a pid namespace,
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
 * @uvec: the number of levels; receives the last pid of each, innermost first
 *
 * ns_set_last_pid_vec() with the result makes the next pids the same again. A
 * level that has had no process reads as 0. Needs neither a capability nor a
 * live namespace.
 *
 * With 0 levels, reads no pid and writes to @uvec->nr how many levels the
 * caller may name: from @ns up to the caller's active pid namespace.
 *
 * Context: may sleep; takes pidmap_lock.
 * Return: 0, or the first that applies:
 *
 * * -EINVAL if @ns is not a pid namespace,
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
