// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2): move current to one namespace by its nsfs file, or to any set of a
 * process's eight namespaces by its pidfd or by a set descriptor: all of them or
 * none.
 *
 * A set changes the way that credentials do: take a snapshot of the source,
 * prepare private copies of what will change, let every namespace check the
 * copies, commit. Only the commit changes current, and it can't fail.
 *
 * Documentation/core-api/nshandle.rst explains the order of the steps.
 */

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs_struct.h>
#include <linux/ipc_namespace.h>
#include <linux/mnt_namespace.h>
#include <linux/nshandle.h>
#include <linux/nsproxy.h>
#include <linux/nsset.h>
#include <linux/path.h>
#include <linux/perf_event.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/proc_ns.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sem.h>
#include <linux/syscalls.h>
#include <linux/time_namespace.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <net/net_namespace.h>

#define CREATE_TRACE_POINTS
#include <trace/events/nsset.h>

/* What a set knows beside what it holds, and what a pidfd knows. */
#define NSSET_SET_FLAGS	(SETNS_SKIP_JOINED | SETNS_DRY_RUN | SETNS_SUPPORTED)
#define NSSET_PIDFD_FLAGS (NSSET_TYPES | NSSET_SET_FLAGS | \
			   SETNS_FOR_CHILDREN | SETNS_ROOT)

/**
 * nsset_source_put() - drop the references of a source
 * @src: a source, whatever it was filled with so far
 *
 * Context: may sleep.
 */
void nsset_source_put(struct nsset_source *src)
{
	if (src->root.mnt) {
		path_put(&src->pwd);
		path_put(&src->root);
	}
	if (src->pid_ns)
		put_pid_ns(src->pid_ns);
	put_user_ns(src->user_ns);
	if (src->nsproxy)
		put_nsproxy(src->nsproxy);
}

/*
 * Find the task that stands for the process of @pid. If a thread other than the
 * leader calls execve(2), de_thread() waits until all other threads are dead,
 * the leader included, and then takes over the leader's pid. The process is
 * alive all the time, so once the leader exits, return the thread that will
 * replace it. A pid that is not the leader's names that thread only.
 *
 * The caller holds rcu_read_lock(). de_thread() clears group_exec_task before
 * the new leader can exit, so a task read from there is not freed before
 * rcu_read_unlock(). de_thread() exchanges the pids before it clears
 * group_exec_task, so after a NULL the second pid_task() finds the new leader.
 */
static struct task_struct *source_task(struct pid *pid)
{
	struct task_struct *task = pid_task(pid, PIDTYPE_PID), *exec;

	/* PF_EXITING is set before the task gives up root and namespaces. */
	if (!task || !(data_race(READ_ONCE(task->flags)) & PF_EXITING) ||
	    !pid_has_task(pid, PIDTYPE_TGID))
		return task;

	/* Set under siglock, but cleared without it. */
	exec = data_race(smp_load_acquire(&task->signal->group_exec_task));
	return exec ?: pid_task(pid, PIDTYPE_PID);
}

/*
 * Read what task_lock() protects: while it is held, the nsproxy can be neither
 * replaced nor freed. If nsproxy or fs is NULL, the task is exiting and has
 * passed exit_fs() or exit_task_namespaces().
 *
 * Compare the credentials last. A task changes its nsproxy under task_lock()
 * and its root under the lock of its fs_struct. Both locks are taken here
 * before the comparison. So if this function reads a namespace or root that was
 * set after commit_creds(), it also reads the new credentials.
 */
static __always_inline int source_read_locked(struct nsset_source *src,
					      struct task_struct *task,
					      const struct cred *cred,
					      unsigned int flags)
{
	lockdep_assert_held(&task->alloc_lock);
	if (!task->nsproxy || ((flags & SETNS_ROOT) && !task_real_fs(task)))
		return -ESRCH;

	src->nsproxy = task->nsproxy;
	get_nsproxy(src->nsproxy);
	if (flags & SETNS_ROOT)
		nsset_get_paths(task_real_fs(task), &src->root, &src->pwd);
	return rcu_access_pointer(task->real_cred) == cred ? 0 : -EAGAIN;
}

/*
 * A task has two pid and two time namespaces: its own, and those of its
 * children. A published nsproxy never changes, so it needs no lock. If the task
 * has been reaped meanwhile, task_active_pid_ns() is NULL.
 */
static __always_inline int source_read_pid_time(struct nsset_source *src,
						struct task_struct *task,
						unsigned int flags)
{
	struct nsproxy *nsproxy = src->nsproxy;
	bool children = flags & SETNS_FOR_CHILDREN;

	src->time_ns = children ? nsproxy->time_ns_for_children :
				  nsproxy->time_ns;
	if (!(flags & NSSET_PID))
		return 0;

	src->pid_ns = children ? nsproxy->pid_ns_for_children :
				 task_active_pid_ns(task);
	if (!src->pid_ns)
		return -ESRCH;
	get_pid_ns(src->pid_ns);
	return 0;
}

/*
 * Ask whether current may look at the target, and take references on the
 * target's namespaces. -EAGAIN if the target's credentials change in between.
 * Objective credentials are freed by RCU, so while the caller holds
 * rcu_read_lock() an equal pointer means the same credentials, and they and
 * their user namespace stay valid.
 *
 * ptrace_may_access() takes task_lock() itself, so call it before task_lock(),
 * not under it. A zombie still has a user and a pid namespace, but -ESRCH for
 * any type is ABI.
 */
static __always_inline int source_read(struct nsset_source *src,
				       struct task_struct *task,
				       unsigned int flags, unsigned int mode)
{
	const struct cred *cred = __task_cred(task);
	int err;

	if (!ptrace_may_access(task, mode))
		return -EPERM;

	task_lock(task);
	err = source_read_locked(src, task, cred, flags);
	task_unlock(task);
	if (err)
		return err;

	if (flags & NSSET_USER)
		src->user_ns = get_user_ns(cred->user_ns);
	return source_read_pid_time(src, task, flags);
}

/*
 * Take the snapshot of a process. This and the three functions above are inlined
 * into both callers: calls would make a join of one type 4 % longer.
 *
 * Don't take exec_update_lock, which execve(2) of the target holds: a file
 * system of the target's can block that execve(2) for ever. Instead begin again
 * if the credentials have changed since the check, or if -ESRCH comes from a
 * task that no longer stands for the process. Each new round needs another
 * commit_creds() or de_thread() of the target within the few instructions of
 * the last round. If the target manages that for ever, a fatal signal still
 * ends the call; no program sees the return value then.
 */
static __always_inline int source_snapshot(struct nsset_source *src,
					   struct pid *pid, unsigned int flags,
					   unsigned int mode)
{
	struct task_struct *task;
	bool again;
	int err;

	for (;;) {
		*src = (struct nsset_source){ .pid = pid };
		rcu_read_lock();
		task = source_task(pid);
		err = task ? source_read(src, task, flags, mode) : -ESRCH;
		again = err == -EAGAIN ||
			(err == -ESRCH && source_task(pid) != task);
		rcu_read_unlock();
		if (likely(!again) || fatal_signal_pending(current))
			return err;
		nsset_source_put(src);
		cond_resched();
	}
}

/**
 * nsset_source_get() - take the snapshot of a process
 * @src: is filled with the namespaces of the process
 * @pid: the process, from its pidfd
 * @flags: the types asked for, and SETNS_FOR_CHILDREN and SETNS_ROOT
 * @mode: the PTRACE_MODE_* to ask for
 *
 * Context: may sleep. Drop @src with nsset_source_put(), also after an error.
 * Return: 0, or
 *
 * * -ESRCH if the process has been reaped, or has no namespaces, or no root, any
 *   more,
 * * -EPERM if current may not look at the process.
 */
int nsset_source_get(struct nsset_source *src, struct pid *pid,
		     unsigned int flags, unsigned int mode)
{
	return source_snapshot(src, pid, flags, mode);
}

/*
 * The types whose namespace current is in already. A join sets both the time
 * namespace of current and that of its children, so compare both. A join sets
 * only the pid namespace of current's children, so compare only that.
 */
static unsigned int nsset_joined(const struct nsset_source *src)
{
	const struct nsproxy *mine = current->nsproxy, *theirs = src->nsproxy;
	unsigned int joined = 0;

	if (src->user_ns == current_user_ns())
		joined |= NSSET_USER;
	if (theirs->mnt_ns == mine->mnt_ns)
		joined |= NSSET_MNT;
	if (theirs->uts_ns == mine->uts_ns)
		joined |= NSSET_UTS;
	if (theirs->ipc_ns == mine->ipc_ns)
		joined |= NSSET_IPC;
	if (src->pid_ns == mine->pid_ns_for_children)
		joined |= NSSET_PID;
	if (theirs->cgroup_ns == mine->cgroup_ns)
		joined |= NSSET_CGROUP;
	if (theirs->net_ns == mine->net_ns)
		joined |= NSSET_NET;
	if (src->time_ns == mine->time_ns &&
	    src->time_ns == mine->time_ns_for_children)
		joined |= NSSET_TIME;
	return joined;
}

/**
 * nsproxy_get_types() - take references on some namespaces of a nsproxy
 * @nsproxy: holds them, or is a copy of one that does
 * @types: CLONE_NEW* of those to take: of pid that of the children, of time both
 *	   its own and that of the children
 *
 * Context: any.
 */
void nsproxy_get_types(const struct nsproxy *nsproxy, unsigned int types)
{
	if (types & NSSET_MNT)
		nsset_get_mnt_ns(nsproxy->mnt_ns);
	if (types & NSSET_UTS)
		get_uts_ns(nsproxy->uts_ns);
	if (types & NSSET_IPC)
		get_ipc_ns(nsproxy->ipc_ns);
	if (types & NSSET_PID)
		get_pid_ns(nsproxy->pid_ns_for_children);
	if (types & NSSET_CGROUP)
		get_cgroup_ns(nsproxy->cgroup_ns);
	if (types & NSSET_NET)
		get_net(nsproxy->net_ns);
	if (types & NSSET_TIME) {
		get_time_ns(nsproxy->time_ns);
		get_time_ns(nsproxy->time_ns_for_children);
	}
}

static __always_inline void put_types(const struct nsproxy *nsproxy,
				      unsigned int types)
{
	if (types & NSSET_MNT)
		put_mnt_ns(nsproxy->mnt_ns);
	if (types & NSSET_UTS)
		put_uts_ns(nsproxy->uts_ns);
	if (types & NSSET_IPC)
		put_ipc_ns(nsproxy->ipc_ns);
	if (types & NSSET_PID)
		put_pid_ns(nsproxy->pid_ns_for_children);
	if (types & NSSET_CGROUP)
		put_cgroup_ns(nsproxy->cgroup_ns);
	if (types & NSSET_NET)
		put_net(nsproxy->net_ns);
	if (types & NSSET_TIME) {
		put_time_ns(nsproxy->time_ns);
		put_time_ns(nsproxy->time_ns_for_children);
	}
}

/**
 * nsproxy_put_types() - drop what nsproxy_get_types() has taken
 * @nsproxy: the nsproxy
 * @types: CLONE_NEW* of those to drop
 *
 * Context: may sleep.
 */
void nsproxy_put_types(const struct nsproxy *nsproxy, unsigned int types)
{
	put_types(nsproxy, types);
}

/*
 * Make a private copy of current's nsproxy. Only current changes its nsproxy,
 * so the old one can be read without a lock and stays valid.
 *
 * The copy holds references only on the namespaces of @types, which install()
 * replaces. It borrows the others from the old nsproxy, until
 * nsset_switch_nsproxy() moves or takes the references on them.
 */
static struct nsproxy *nsset_copy_nsproxy(unsigned int types)
{
	struct nsproxy *old = current->nsproxy, *new = create_nsproxy();

	if (!new)
		return NULL;

	new->uts_ns = old->uts_ns;
	new->ipc_ns = old->ipc_ns;
	new->mnt_ns = old->mnt_ns;
	new->pid_ns_for_children = old->pid_ns_for_children;
	new->net_ns = old->net_ns;
	new->time_ns = old->time_ns;
	new->time_ns_for_children = old->time_ns_for_children;
	new->cgroup_ns = old->cgroup_ns;
	nsproxy_get_types(new, types);
	return new;
}

/*
 * Make private copies of what the set is going to change, and of nothing else.
 * Each copy is in the set before the next step that can fail, so that
 * nsset_put() can undo any prefix of the work. The flags come first: they tell
 * nsset_put() whether set->cred is a copy.
 *
 * @fs is on the caller's stack and holds just the two paths. No task ever
 * shares it, so its lock and its count are not used.
 */
static int nsset_prepare(struct nsset *set, unsigned int flags,
			 struct fs_struct *fs)
{
	set->flags = flags;
	set->cred = current_cred();
	if (flags & NSSET_USER)
		set->cred = prepare_creds();
	if (!set->cred)
		return -ENOMEM;

	if (flags & NSSET_TYPES & ~NSSET_USER) {
		set->nsproxy = nsset_copy_nsproxy(flags);
		if (!set->nsproxy)
			return -ENOMEM;
	}

	if (flags & (NSSET_MNT | SETNS_ROOT)) {
		fs->root = (struct path){};
		fs->pwd = (struct path){};
		set->fs = fs;
	}
	return 0;
}

/* Let a namespace install itself into the private copies. */
static inline int nsset_install(struct nsset *set,
				const struct nsset_source *src,
				unsigned int type, struct ns_common *ns)
{
	int err = ns->ops->install(set, ns);

	trace_nsset_check(src->pid, type, ns, err);
	return err;
}

/*
 * Root and working directory are checked right after the mount namespace that
 * they must be in.
 */
static int nsset_check_root(struct nsset *set, const struct nsset_source *src)
{
	struct mnt_namespace *ns = src->nsproxy->mnt_ns;
	int err = nsset_install_root(set, ns, &src->root, &src->pwd);

	trace_nsset_check(src->pid, SETNS_ROOT, from_mnt_ns(ns), err);
	return err;
}

static bool task_has_root(struct task_struct *task, const struct path *root)
{
	struct fs_struct *fs;
	bool same;

	task_lock(task);
	fs = task_real_fs(task);
	same = fs && nsset_has_root(fs, root);
	task_unlock(task);
	return same;
}

/*
 * pivot_root(2) changes the root of every task that has the old root, but it
 * can't find the paths in a set. So ask last, after all checks that may sleep,
 * whether the target still has the root of the snapshot. If the target has no
 * root any more, its root may have changed before it exited: -EAGAIN as well.
 * As in the snapshot, ask again if the task no longer stands for the process. A
 * set descriptor has no target: it holds the root that it was made with.
 */
static int nsset_recheck_root(const struct nsset_source *src)
{
	struct task_struct *task;
	bool same;

	rcu_read_lock();
	do {
		task = source_task(src->pid);
		same = task && task_has_root(task, &src->root);
	} while (!same && source_task(src->pid) != task);
	rcu_read_unlock();
	if (same)
		return 0;

	trace_nsset_check(src->pid, SETNS_ROOT,
			  from_mnt_ns(src->nsproxy->mnt_ns), -EAGAIN);
	return -EAGAIN;
}

/*
 * The user namespace is first: the other types check capabilities in the user
 * namespace that the set moves to. The rest is the order of clone(2) and
 * unshare(2). If several types would refuse, the order decides the errno.
 */
static int nsset_check(struct nsset *set, const struct nsset_source *src)
{
	const struct nsproxy *nsproxy = src->nsproxy;
	unsigned int flags = set->flags;
	int err = 0;

	if (src->ns)
		return nsset_install(set, src, flags, src->ns);

	if (flags & NSSET_USER)
		err = nsset_install(set, src, NSSET_USER, &src->user_ns->ns);
	if (!err && (flags & NSSET_MNT))
		err = nsset_install(set, src, NSSET_MNT,
				    from_mnt_ns(nsproxy->mnt_ns));
	if (!err && (flags & SETNS_ROOT))
		err = nsset_check_root(set, src);
	if (!err && (flags & NSSET_UTS))
		err = nsset_install(set, src, NSSET_UTS, &nsproxy->uts_ns->ns);
	if (!err && (flags & NSSET_IPC))
		err = nsset_install(set, src, NSSET_IPC, &nsproxy->ipc_ns->ns);
	if (!err && (flags & NSSET_PID))
		err = nsset_install(set, src, NSSET_PID, &src->pid_ns->ns);
	if (!err && (flags & NSSET_CGROUP))
		err = nsset_install(set, src, NSSET_CGROUP,
				    &nsproxy->cgroup_ns->ns);
	if (!err && (flags & NSSET_NET))
		err = nsset_install(set, src, NSSET_NET, &nsproxy->net_ns->ns);
	if (!err && (flags & NSSET_TIME))
		err = nsset_install(set, src, NSSET_TIME, &src->time_ns->ns);
	if (!err && (flags & SETNS_ROOT) && src->pid)
		err = nsset_recheck_root(src);
	return err;
}

/*
 * Publish the new nsproxy and drop the old one. The new nsproxy still needs
 * references on the namespaces that current stays in. If only current had the
 * old nsproxy, its references move to the new one: nobody can find the old
 * nsproxy any more, so its count stays 1, and nsset_put() drops what is left of
 * it. If the old nsproxy is shared, take new references while current's
 * reference on the old nsproxy still keeps the namespaces.
 *
 * A nsproxy that a task has, or has had, holds an active reference on each of its
 * namespaces as well, where the kernel counts those. Take all of the new one
 * before it is published, and drop those of the old one while the references on
 * its memory are there: what current stays in is never inactive in between. Not
 * in nsset_put(): before the commit it sees a nsproxy that has none.
 */
static void nsset_switch_nsproxy(struct nsset *set)
{
	struct nsproxy *new = set->nsproxy, *old;

	nsproxy_ns_active_get(new);
	task_lock(current);
	old = current->nsproxy;
	current->nsproxy = new;
	task_unlock(current);

	set->nsproxy = old;
	if (refcount_read(&old->count) == 1) {
		/* Order this after the put_nsproxy() of the last other user. */
		smp_acquire__after_ctrl_dep();
		nsproxy_ns_active_put(old);
		return;
	}
	nsproxy_get_types(new, ~set->flags);
	put_nsproxy(old);
	set->nsproxy = NULL;
}

/*
 * The point of no return: nothing from here on can fail. The credentials are
 * last, as in unshare(2). Once current is in the new user namespace, another
 * task in there may open current's /proc/PID/root, which must not be the old
 * root then. So for a moment, observers can see the new nsproxy with the old
 * credentials: all or nothing is a promise about errors, not about observers.
 *
 * exit_sem() finds the semaphores of the undo list in current's ipc namespace,
 * so it comes before the switch. The vdso's time page must follow the time
 * namespace; a task that stays in its time namespace has the page already.
 */
static void nsset_commit(struct nsset *set)
{
	struct task_struct *me = current;

	if (set->fs)
		nsset_mount_commit(set->fs);

	if (set->flags & NSSET_IPC)
		exit_sem(me);

	if ((set->flags & NSSET_TIME) &&
	    set->nsproxy->time_ns != me->nsproxy->time_ns)
		timens_commit(me, set->nsproxy->time_ns);

	if (set->nsproxy)
		nsset_switch_nsproxy(set);

	if (set->flags & NSSET_USER) {
		commit_creds(nsset_cred(set));
		set->cred = NULL;
	}
}

/*
 * Drop what the set holds. Before the commit, that is all of its copies. After
 * the commit, it is the old root and working directory and, if nobody else had
 * the old nsproxy, that nsproxy with the namespaces that were replaced.
 */
static void nsset_put(struct nsset *set)
{
	if (set->nsproxy) {
		put_types(set->nsproxy, set->flags);
		nsproxy_cache_free(set->nsproxy);
	}
	if (set->fs)
		nsset_mount_put(set->fs);
	if (set->flags & NSSET_USER)
		put_cred(set->cred);
}

/*
 * Reduce, prepare, check, commit. The caller has checked @flags and filled
 * @src. A dry run does not commit the set. If nothing is left to join, because
 * of SETNS_SKIP_JOINED or SETNS_SUPPORTED, nothing has changed that a tracepoint
 * or perf should report.
 */
static int nsset_join(const struct nsset_source *src, unsigned int flags)
{
	unsigned int left = flags;
	struct nsset set = {};
	struct fs_struct fs __uninitialized;
	int err;

	if (flags & SETNS_SKIP_JOINED)
		left &= ~nsset_joined(src);
	left &= NSSET_TYPES | SETNS_ROOT;
	if (!left)
		return 0;

	err = nsset_prepare(&set, left, &fs);
	if (!err)
		err = nsset_check(&set, src);
	if (!err && !(flags & SETNS_DRY_RUN)) {
		nsset_commit(&set);
		trace_nsset_commit(src->pid, flags, set.flags);
		perf_event_namespaces(current);
	}
	nsset_put(&set);
	return err;
}

static int nsset_join_nsfs(struct file *file, unsigned int flags)
{
	struct ns_common *ns = get_proc_ns(file_inode(file));
	unsigned int type = proc_ns_type(ns);
	struct nsset_source src __uninitialized;

	if ((flags && flags != type) || !(type & NSSET_TYPES))
		return -EINVAL;

	/* A join by file reads no other member. */
	src.ns = ns;
	src.pid = NULL;
	return nsset_join(&src, type);
}

static int nsset_join_process(struct pid *pid, unsigned int flags)
{
	struct nsset_source src;
	int err;

	err = source_snapshot(&src, pid, flags, PTRACE_MODE_READ_REALCREDS);
	trace_nsset_check(pid, 0, NULL, err);
	if (!err)
		err = nsset_join(&src, flags);
	nsset_source_put(&src);
	return err;
}

/*
 * SETNS_FOR_CHILDREN was decided when the set was made, so it is not a flag
 * here. The set holds its namespaces, and the caller holds the set: there is no
 * snapshot to take and no reference to drop.
 */
static int nsset_join_set(const struct nsset_source *src, unsigned int flags)
{
	unsigned int held = src->held & ~SETNS_FOR_CHILDREN;

	if (!flags)
		flags = held;
	if (!nsset_flags_valid(flags, held | NSSET_SET_FLAGS))
		return -EINVAL;
	return nsset_join(src, flags & (held | NSSET_SET_FLAGS));
}

/**
 * sys_setns() - move current to namespaces by handle
 * @fd: an nsfs file, a pidfd, or a set descriptor
 * @flags: with an nsfs file, 0 or the file's type; with a pidfd, any set of
 *	CLONE_NEW* and SETNS_*, which include/uapi/linux/nshandle.h describes;
 *	with a set, the same out of what it holds, or 0 for all that it holds
 *
 * Either current joins all of the namespaces or nothing changes. A pid
 * namespace applies to current's future children only, the other types to
 * current at once.
 *
 * Errors, in this order:
 *
 * * -EBADF: @fd is not open, or open with O_PATH only.
 * * -EINVAL: @fd is none of the three; @flags is not the nsfs file's type; with
 *   a pidfd or a set, @flags has no type, a bit that this kernel does not know,
 *   SETNS_FOR_CHILDREN with neither CLONE_NEWPID nor CLONE_NEWTIME, or
 *   SETNS_ROOT without CLONE_NEWNS; with a set, @flags has SETNS_FOR_CHILDREN or
 *   something that the set does not hold.
 * * -ESRCH: the process has been reaped.
 * * -EPERM: current may not look at the process (PTRACE_MODE_READ_REALCREDS).
 * * -ESRCH: the process has no namespaces, or no root, any more.
 * * -ENOMEM: no memory for the copies.
 * * the error of the first type that refuses, in the order of nsset_check().
 *
 * A set has no process, so it never fails with -ESRCH, and asks no ptrace
 * permission: the checks of the types decide alone.
 *
 * Context: process context; may sleep.
 * Return: 0, or one of the above.
 */
SYSCALL_DEFINE2(setns, int, fd, int, flags)
{
	CLASS(fd, f)(fd);
	const struct nsset_source *set;
	struct pid *pid;

	if (fd_empty(f))
		return -EBADF;

	if (proc_ns_file(fd_file(f)))
		return nsset_join_nsfs(fd_file(f), flags);

	pid = pidfd_pid(fd_file(f));
	if (!IS_ERR(pid)) {
		/* A bad flag is EINVAL whatever has become of the process. */
		if (!nsset_flags_valid(flags, NSSET_PIDFD_FLAGS))
			return -EINVAL;
		return nsset_join_process(pid, flags & NSSET_PIDFD_FLAGS);
	}

	set = nsset_file_source(fd_file(f));
	return set ? nsset_join_set(set, flags) : -EINVAL;
}
