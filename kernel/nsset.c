// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2): attach current to one namespace by its nsfs file, or to any set of
 * a process's eight namespaces by its pidfd, all of them or none.
 *
 * A set is taken like credentials are changed: snapshot what is asked for,
 * prepare private copies of what will change, check every namespace on the
 * copies, commit. Only the commit touches current, and it can't fail.
 *
 * Documentation/core-api/nshandle.rst tells the whole order and why.
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

/**
 * struct nsset_source - the namespaces that setns(2) was asked to join
 * @ns: the one namespace of an nsfs file; borrowed from the file, which the
 *	system call holds. NULL if the source is a process.
 * @pid: the process, borrowed likewise
 * @nsproxy: its namespaces, all but the next three
 * @user_ns: its user namespace, if asked for
 * @pid_ns: its active pid namespace or that of its children, if asked for
 * @time_ns: its time namespace or that of its children; borrowed from @nsproxy
 * @root: its root directory, if asked for
 * @pwd: its working directory, if asked for
 *
 * Those that are not borrowed hold a reference each, which source_put() drops.
 */
struct nsset_source {
	struct ns_common *ns;
	struct pid *pid;
	struct nsproxy *nsproxy;
	struct user_namespace *user_ns;
	struct pid_namespace *pid_ns;
	struct time_namespace *time_ns;
	struct path root;
	struct path pwd;
};

#define NSSET_TYPE(type, config) (IS_ENABLED(CONFIG_##config) ? (type) : 0)

#define NSSET_USER	NSSET_TYPE(CLONE_NEWUSER, USER_NS)
#define NSSET_MNT	CLONE_NEWNS
#define NSSET_UTS	NSSET_TYPE(CLONE_NEWUTS, UTS_NS)
#define NSSET_IPC	NSSET_TYPE(CLONE_NEWIPC, IPC_NS)
#define NSSET_PID	NSSET_TYPE(CLONE_NEWPID, PID_NS)
#define NSSET_CGROUP	NSSET_TYPE(CLONE_NEWCGROUP, CGROUPS)
#define NSSET_NET	NSSET_TYPE(CLONE_NEWNET, NET_NS)
#define NSSET_TIME	NSSET_TYPE(CLONE_NEWTIME, TIME_NS)

/* What this kernel was built with: a type compiled out is an unknown bit. */
#define NSSET_TYPES	(NSSET_USER | NSSET_MNT | NSSET_UTS | NSSET_IPC | \
			 NSSET_PID | NSSET_CGROUP | NSSET_NET | NSSET_TIME)

/* What goes with the types of a process, in bits that clone(2) leaves free. */
#define NSSET_FLAGS	(SETNS_SKIP_JOINED | SETNS_DRY_RUN | \
			 SETNS_FOR_CHILDREN | SETNS_ROOT)

static void source_put(struct nsset_source *src)
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
 * The task that is the process of @pid now. An execve(2) of a thread that is
 * not the first waits in de_thread() until all others are dead, the leader
 * included, before it takes over their pid. The process is alive all the time:
 * once the leader exits, take the thread that becomes it. The pid of a thread
 * that is not the first names that thread and no other.
 *
 * The caller holds rcu_read_lock(). de_thread() clears group_exec_task before
 * its task can exit, so a task read from it is not freed before the unlock.
 * It exchanges the pids before that, so where the pointer is NULL again, the
 * second pid_task() finds the new leader.
 */
static struct task_struct *source_task(struct pid *pid)
{
	struct task_struct *task = pid_task(pid, PIDTYPE_PID), *exec;

	/* Set before the task gives up its root and its namespaces. */
	if (!task || !(data_race(READ_ONCE(task->flags)) & PF_EXITING) ||
	    !pid_has_task(pid, PIDTYPE_TGID))
		return task;

	/* Written under siglock, and cleared without. */
	exec = data_race(smp_load_acquire(&task->signal->group_exec_task));
	return exec ?: pid_task(pid, PIDTYPE_PID);
}

/*
 * Read what only task_lock() makes safe: while it is held, the nsproxy can
 * be neither replaced nor freed. If nsproxy or fs is NULL, the task is exiting
 * and has passed exit_fs() or exit_task_namespaces().
 *
 * Compare the credentials last. A task changes its nsproxy under task_lock() and
 * its root under the lock of its fs_struct, and both are taken here before. So
 * if this function reads a namespace or root that was set after commit_creds(),
 * it also reads the new credentials.
 */
static int source_read_locked(struct nsset_source *src,
			      struct task_struct *task, const struct cred *cred,
			      unsigned int flags)
{
	lockdep_assert_held(&task->alloc_lock);
	if (!task->nsproxy || ((flags & SETNS_ROOT) && !task->fs))
		return -ESRCH;

	src->nsproxy = task->nsproxy;
	get_nsproxy(src->nsproxy);
	if (flags & SETNS_ROOT)
		nsset_get_paths(task->fs, &src->root, &src->pwd);
	return rcu_access_pointer(task->real_cred) == cred ? 0 : -EAGAIN;
}

/*
 * A task has two pid and two time namespaces: its own, and those of its children.
 * A published nsproxy does not change any more. A task that is reaped meanwhile
 * has lost its struct pid, and its active pid namespace with it.
 */
static int source_read_pid_time(struct nsset_source *src,
				struct task_struct *task, unsigned int flags)
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
 * Read the target's namespaces, with a reference on each: those that it has
 * with the very credentials that ptrace_may_access() looks at, else -EAGAIN.
 * Objective credentials are freed by RCU, so while the caller holds
 * rcu_read_lock() an equal pointer means the same credentials, and they and
 * their user namespace stay valid.
 *
 * ptrace_may_access() takes task_lock() itself, so it comes before, not
 * inside. A zombie still has a user and a pid namespace, but ESRCH for any
 * type of it is ABI.
 */
static int source_read(struct nsset_source *src, struct task_struct *task,
		       unsigned int flags)
{
	const struct cred *cred = __task_cred(task);
	int err;

	if (!ptrace_may_access(task, PTRACE_MODE_READ_REALCREDS))
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
 * Take the snapshot of a process, without a lock that its execve(2) holds: a
 * file system of the target's can keep it there for ever. Instead begin again if
 * the credentials have changed since they were checked, or if ESRCH is the
 * answer of a task that is not the process any more. Each new round needs another
 * commit_creds() or de_thread() of the target within the few instructions of the
 * last one. A fatal signal ends the call even if the target manages that for
 * ever; no program sees what the call returns then.
 */
static int source_snapshot(struct nsset_source *src, struct pid *pid,
			   unsigned int flags)
{
	struct task_struct *task;
	bool again;
	int err;

	for (;;) {
		rcu_read_lock();
		task = source_task(pid);
		err = task ? source_read(src, task, flags) : -ESRCH;
		again = err == -EAGAIN ||
			(err == -ESRCH && source_task(pid) != task);
		rcu_read_unlock();
		if (likely(!again) || fatal_signal_pending(current))
			return err;
		source_put(src);
		cond_resched();
		*src = (struct nsset_source){ .pid = pid };
	}
}

/*
 * Only types of this kernel, at least one, and each flag with a type that it
 * speaks of.
 */
static bool nsset_flags_valid(unsigned int flags)
{
	if (!(flags & NSSET_TYPES) || (flags & ~(NSSET_TYPES | NSSET_FLAGS)))
		return false;
	if ((flags & SETNS_FOR_CHILDREN) && !(flags & (NSSET_PID | NSSET_TIME)))
		return false;
	return !(flags & SETNS_ROOT) || (flags & NSSET_MNT);
}

/*
 * The types that there is nothing to join of, since current is there already.
 * In a time namespace it is when its children will be, too: a join sets both.
 * The pid namespace is that of its children, as a join changes no other.
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

static void nsproxy_get_types(const struct nsproxy *nsproxy, unsigned int types)
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

static void nsproxy_put_types(const struct nsproxy *nsproxy, unsigned int types)
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

/*
 * A private copy of current's nsproxy. Only current changes its nsproxy, so
 * the old one can be read without a lock and outlives the copying.
 *
 * The copy holds references on the namespaces of @types, which their install()
 * exchanges. The others are those of the old one, and go with it or move to
 * the copy when it is committed.
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
 * Make what the set is going to change, and only that: every member is in the
 * set before the next step that can fail, so that nsset_put() undoes any
 * prefix. The flags come first, as they tell whose the credentials are.
 *
 * @fs is on the caller's stack and holds just the two paths: no task ever
 * shares it, so its lock and its count mean nothing.
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
 * Root and working directory bring no namespace. They come right after the
 * mount namespace that they must be in.
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
	bool same;

	task_lock(task);
	same = task->fs && nsset_has_root(task->fs, root);
	task_unlock(task);
	return same;
}

/*
 * pivot_root(2) of the target moves the root of each task that has the old
 * one, but can't find the paths of a set. So ask last, when no check sleeps any
 * more, whether the target still has the root that the snapshot took. A target
 * that has none any more may have moved it before it exited: EAGAIN as well. But
 * as in the snapshot, a task that is not the process any more does not count.
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
 * The user namespace is first: the others ask for capabilities in the one that
 * the set moves to. The rest is the order of clone(2) and unshare(2), and
 * decides which errno is seen when several would refuse.
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
	if (!err && (flags & SETNS_ROOT))
		err = nsset_recheck_root(src);
	return err;
}

/*
 * Let others find current in the new nsproxy. The old one is dropped, and the
 * namespaces that stay pass to the new one. If the old one was current's alone,
 * so do its references on them: nobody can find it any more, so the count stays 1,
 * and what is left of it is for nsset_put(), as it would be of the new one. If
 * it is shared, the new one gets references of its own, while current's on the
 * old one still holds all of them.
 */
static void nsset_switch_nsproxy(struct nsset *set)
{
	struct nsproxy *new = set->nsproxy, *old;

	task_lock(current);
	old = current->nsproxy;
	current->nsproxy = new;
	task_unlock(current);

	set->nsproxy = old;
	if (refcount_read(&old->count) == 1) {
		/* Who has dropped it last is done with it. */
		smp_acquire__after_ctrl_dep();
		return;
	}
	nsproxy_get_types(new, ~set->flags);
	put_nsproxy(old);
	set->nsproxy = NULL;
}

/*
 * The point of no return: nothing from here on can fail. The credentials are
 * last, as in unshare(2): once current is in the new user namespace, a task of
 * it may look at current and open its /proc/PID/root, which must not be the
 * old one then. Observers can see the new nsproxy with the old credentials for
 * a moment: all or nothing is a promise about errors, not about observers.
 *
 * The semaphores that an undo list names are out of reach once the ipc
 * namespace has changed, and the vdso's time page must follow the time
 * namespace. A task that stays in its time namespace has that page already.
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
 * Drop what the set still holds: all of its copies if it was not committed,
 * else the old root and working directory, and of the old nsproxy, if nobody
 * else has it, what has been replaced.
 */
static void nsset_put(struct nsset *set)
{
	if (set->nsproxy) {
		nsproxy_put_types(set->nsproxy, set->flags);
		nsproxy_cache_free(set->nsproxy);
	}
	if (set->fs)
		nsset_mount_put(set->fs);
	if (set->flags & NSSET_USER)
		put_cred(set->cred);
}

/*
 * Reduce, prepare, check, commit: @flags and @src have been judged already. A
 * dry run is a set that is put and not committed. If nothing is left to join,
 * nothing has happened that a tracepoint or perf should tell.
 */
static int nsset_join(const struct nsset_source *src, unsigned int flags)
{
	unsigned int left = flags;
	struct nsset set = {};
	struct fs_struct fs;
	int err;

	if (flags & SETNS_SKIP_JOINED) {
		left &= ~nsset_joined(src);
		if (!(left & (NSSET_TYPES | SETNS_ROOT)))
			return 0;
	}
	err = nsset_prepare(&set, left & (NSSET_TYPES | SETNS_ROOT), &fs);
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
	struct nsset_source src = { .ns = get_proc_ns(file_inode(file)) };
	unsigned int type = proc_ns_type(src.ns);

	if ((flags && flags != type) || !(type & NSSET_TYPES))
		return -EINVAL;
	return nsset_join(&src, type);
}

static int nsset_join_process(struct pid *pid, unsigned int flags)
{
	struct nsset_source src = { .pid = pid };
	int err;

	err = source_snapshot(&src, pid, flags);
	trace_nsset_check(pid, 0, NULL, err);
	if (!err)
		err = nsset_join(&src, flags);
	source_put(&src);
	return err;
}

/**
 * sys_setns() - attach current to namespaces by handle
 * @fd: an nsfs file, or a pidfd
 * @flags: with an nsfs file 0 or its type, with a pidfd any set of CLONE_NEW*
 *	and of the SETNS_* of include/uapi/linux/nshandle.h, which says what
 *	these mean
 *
 * Either all of the namespaces are joined or nothing has changed. A joined
 * pid namespace is the one of current's future children; the others are its
 * own, at once.
 *
 * The first of these that applies is returned:
 *
 * * -EBADF: @fd is not open, or open with O_PATH only.
 * * -EINVAL: @fd is neither of the two; @flags does not name the file's type;
 *   for a pidfd, it has no type, a bit that this kernel does not know,
 *   SETNS_FOR_CHILDREN without CLONE_NEWPID and CLONE_NEWTIME, or SETNS_ROOT
 *   without CLONE_NEWNS.
 * * -ESRCH: the process has been reaped.
 * * -EPERM: current may not look at the process (PTRACE_MODE_READ_REALCREDS).
 * * -ESRCH: the process has no namespaces, or no root, any more.
 * * -ENOMEM: no memory for the copies.
 * * what the first type to refuse says, in the order of nsset_check().
 *
 * Context: process context; may sleep.
 * Return: 0, or one of the above.
 */
SYSCALL_DEFINE2(setns, int, fd, int, flags)
{
	CLASS(fd, f)(fd);
	struct pid *pid;

	if (fd_empty(f))
		return -EBADF;

	if (proc_ns_file(fd_file(f)))
		return nsset_join_nsfs(fd_file(f), flags);

	/*
	 * The flags are judged before the process is looked at: a bad one is
	 * EINVAL whatever has become of the process.
	 */
	pid = pidfd_pid(fd_file(f));
	if (IS_ERR(pid) || !nsset_flags_valid(flags))
		return -EINVAL;
	return nsset_join_process(pid, flags);
}
