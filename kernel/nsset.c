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
#include <linux/path.h>
#include <linux/perf_event.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/proc_ns.h>
#include <linux/ptrace.h>
#include <linux/rwsem.h>
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

static struct ns_common *source_user(const struct nsset_source *src)
{
	return &src->user_ns->ns;
}

static struct ns_common *source_mnt(const struct nsset_source *src)
{
	return from_mnt_ns(src->nsproxy->mnt_ns);
}

static struct ns_common *source_uts(const struct nsset_source *src)
{
	return &src->nsproxy->uts_ns->ns;
}

static struct ns_common *source_ipc(const struct nsset_source *src)
{
	return &src->nsproxy->ipc_ns->ns;
}

static struct ns_common *source_pid(const struct nsset_source *src)
{
	return &src->pid_ns->ns;
}

static struct ns_common *source_cgroup(const struct nsset_source *src)
{
	return &src->nsproxy->cgroup_ns->ns;
}

static struct ns_common *source_net(const struct nsset_source *src)
{
	return &src->nsproxy->net_ns->ns;
}

static struct ns_common *source_time(const struct nsset_source *src)
{
	return &src->time_ns->ns;
}

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

static int install_root(struct nsset *set, const struct nsset_source *src)
{
	return nsset_install_root(set, src->nsproxy->mnt_ns, &src->root,
				  &src->pwd);
}

/*
 * Every type, in the order in which it is checked. The user namespace is
 * first: the others ask for capabilities in the one that the set moves to.
 * The rest is the order of clone(2) and unshare(2), and decides which errno
 * is seen when several would refuse. A type compiled out matches no mask.
 *
 * @install is NULL for namespaces, which bring their own. Root and working
 * directory come right after the mount namespace that they must be in.
 */
static const struct nsset_type {
	unsigned int type;
	struct ns_common *(*source)(const struct nsset_source *src);
	int (*install)(struct nsset *set, const struct nsset_source *src);
} nsset_types[] = {
	{ NSSET_USER,	source_user },
	{ NSSET_MNT,	source_mnt },
	{ SETNS_ROOT,	source_mnt,	install_root },
	{ NSSET_UTS,	source_uts },
	{ NSSET_IPC,	source_ipc },
	{ NSSET_PID,	source_pid },
	{ NSSET_CGROUP,	source_cgroup },
	{ NSSET_NET,	source_net },
	{ NSSET_TIME,	source_time },
};

/*
 * What a task has under its task_lock(): the nsproxy can be neither replaced nor
 * freed meanwhile, and root and working directory belong to the nsproxy as
 * far as they ever do. A task without has passed exit_task_namespaces(), or
 * exit_fs() before it.
 */
static int source_read_locked(struct nsset_source *src,
			      struct task_struct *task, unsigned int flags)
{
	if (!task->nsproxy || ((flags & SETNS_ROOT) && !task->fs))
		return -ESRCH;

	src->nsproxy = task->nsproxy;
	get_nsproxy(src->nsproxy);
	if (flags & SETNS_ROOT)
		nsset_get_paths(task->fs, &src->root, &src->pwd);
	return 0;
}

/*
 * Those of a task's namespaces that have two of a kind, its own and that of
 * its children. A published nsproxy does not change any more. A task that is
 * reaped meanwhile has lost its struct pid, and its pid namespace with it.
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

	rcu_read_lock();
	src->pid_ns = children ? nsproxy->pid_ns_for_children :
				 task_active_pid_ns(task);
	if (src->pid_ns)
		get_pid_ns(src->pid_ns);
	rcu_read_unlock();
	return src->pid_ns ? 0 : -ESRCH;
}

/*
 * Read the target's namespaces, with a reference on each. The caller holds
 * the target's exec_update_lock.
 *
 * ptrace_may_access() takes task_lock() itself, so it comes before, not
 * inside. The user and pid namespace of a zombie are still there, but ESRCH
 * for any type of it is ABI.
 */
static int source_read(struct nsset_source *src, struct task_struct *task,
		       unsigned int flags)
{
	int err;

	if (!ptrace_may_access(task, PTRACE_MODE_READ_REALCREDS))
		return -EPERM;

	task_lock(task);
	err = source_read_locked(src, task, flags);
	task_unlock(task);
	if (err)
		return err;

	rcu_read_lock();
	if (flags & NSSET_USER)
		src->user_ns = get_user_ns(__task_cred(task)->user_ns);
	rcu_read_unlock();
	return source_read_pid_time(src, task, flags);
}

/*
 * Take the snapshot of a process. The permission check and the reads are one
 * step for an execve(2) of the target, which changes the credentials that the
 * check looked at: exec_update_lock, held for reading, keeps it out. The wait
 * for it is killable, as an execve(2) may hold it for as long as a slow file
 * system likes. Nothing under the lock sleeps.
 */
static int source_snapshot(struct nsset_source *src, struct pid *pid,
			   unsigned int flags)
{
	struct task_struct *task;
	int err;

	task = get_pid_task(pid, PIDTYPE_PID);
	if (!task)
		return -ESRCH;

	err = down_read_killable(&task->signal->exec_update_lock);
	if (!err) {
		err = source_read(src, task, flags);
		up_read(&task->signal->exec_update_lock);
	}
	put_task_struct(task);
	return err;
}

/*
 * Only types of this kernel, at least one, and each flag with a type that it
 * speaks of.
 */
static bool source_flags_valid(unsigned int flags)
{
	if (!(flags & NSSET_TYPES) || (flags & ~(NSSET_TYPES | NSSET_FLAGS)))
		return false;
	if ((flags & SETNS_FOR_CHILDREN) && !(flags & (NSSET_PID | NSSET_TIME)))
		return false;
	return !(flags & SETNS_ROOT) || (flags & NSSET_MNT);
}

static int source_from_nsfs(struct nsset_source *src, struct file *file,
			    unsigned int *flags)
{
	unsigned int type;

	src->ns = get_proc_ns(file_inode(file));
	type = proc_ns_type(src->ns);
	if ((*flags && *flags != type) || !(type & NSSET_TYPES))
		return -EINVAL;
	*flags = type;
	return 0;
}

/*
 * Find out what @file names and what of it is asked for. The flags are judged
 * before the process is looked at, so that a bad one is EINVAL whatever has
 * become of the process.
 */
static int source_get(struct nsset_source *src, struct file *file,
		      unsigned int *flags)
{
	struct pid *pid;
	int err;

	if (proc_ns_file(file))
		return source_from_nsfs(src, file, flags);

	pid = pidfd_pid(file);
	if (IS_ERR(pid) || !source_flags_valid(*flags))
		return -EINVAL;
	src->pid = pid;
	err = source_snapshot(src, pid, *flags);
	trace_nsset_check(pid, 0, NULL, err);
	return err;
}

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
 * What of @flags is left to do when the namespaces that current is in are left
 * alone. In a time namespace it is when its children will be, too: a join sets
 * both. The pid namespace is that of its children, as a join changes no other.
 */
static unsigned int nsset_reduce(const struct nsset_source *src,
				 unsigned int flags)
{
	struct nsproxy *nsproxy = current->nsproxy;
	struct nsset_source mine = {
		.nsproxy = nsproxy,
		.user_ns = current_user_ns(),
		.pid_ns = nsproxy->pid_ns_for_children,
		.time_ns = nsproxy->time_ns,
	};
	unsigned int types = NSSET_TYPES;
	const struct nsset_type *t;

	if (nsproxy->time_ns != nsproxy->time_ns_for_children)
		types &= ~NSSET_TIME;
	for (t = nsset_types; t < nsset_types + ARRAY_SIZE(nsset_types); t++)
		if ((flags & types & t->type) &&
		    t->source(&mine) == t->source(src))
			flags &= ~t->type;
	return flags;
}

/*
 * A private copy of current's nsproxy. Only current changes its nsproxy, so
 * the old one can be read without a lock and outlives the copying.
 */
static struct nsproxy *nsset_copy_nsproxy(void)
{
	struct nsproxy *old = current->nsproxy, *new = create_nsproxy();

	if (!new)
		return NULL;

	new->uts_ns = old->uts_ns;
	get_uts_ns(new->uts_ns);
	new->ipc_ns = get_ipc_ns(old->ipc_ns);
	new->mnt_ns = nsset_get_mnt_ns(old->mnt_ns);
	new->pid_ns_for_children = get_pid_ns(old->pid_ns_for_children);
	new->net_ns = get_net(old->net_ns);
	new->time_ns = get_time_ns(old->time_ns);
	new->time_ns_for_children = get_time_ns(old->time_ns_for_children);
	new->cgroup_ns = old->cgroup_ns;
	get_cgroup_ns(new->cgroup_ns);
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
		set->nsproxy = nsset_copy_nsproxy();
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

/* Let each namespace of the set install itself into the private copies. */
static int nsset_check(struct nsset *set, const struct nsset_source *src)
{
	unsigned int left = set->flags;
	const struct nsset_type *t;
	struct ns_common *ns;
	int err;

	/* All that is left is in the table, so the end is not looked for. */
	for (t = nsset_types; left; t++) {
		if (!(left & t->type))
			continue;
		left &= ~t->type;
		ns = src->ns ?: t->source(src);
		err = t->install ? t->install(set, src) :
				   ns->ops->install(set, ns);
		trace_nsset_check(src->pid, t->type, ns, err);
		if (err)
			return err;
	}
	return 0;
}

/*
 * The point of no return: nothing from here on can fail. The credentials
 * come first, since what follows is done in the name of the new ones; the
 * nsproxy is last, as from then on others find current in its namespaces.
 * An observer can see the time between the two: all or nothing holds for
 * errors, not for onlookers.
 *
 * The semaphores that an undo list names are out of reach once the ipc
 * namespace has changed, and the vdso's time page must follow the time
 * namespace. A task that stays in its time namespace has that page already.
 */
static void nsset_commit(struct nsset *set)
{
	struct task_struct *me = current;

	if (set->flags & NSSET_USER) {
		commit_creds(nsset_cred(set));
		set->cred = NULL;
	}

	if (set->fs)
		nsset_mount_commit(set->fs);

	if (set->flags & NSSET_IPC)
		exit_sem(me);

	if ((set->flags & NSSET_TIME) &&
	    set->nsproxy->time_ns != me->nsproxy->time_ns)
		timens_commit(me, set->nsproxy->time_ns);

	if (set->nsproxy) {
		switch_task_namespaces(me, set->nsproxy);
		set->nsproxy = NULL;
	}
}

/*
 * Drop what the set still holds: all of its copies if it was not committed,
 * else the old root and working directory. Its nsproxy was never published,
 * so it goes without the care that a task's own needs.
 */
static void nsset_put(struct nsset *set)
{
	if (set->nsproxy)
		nsproxy_free(set->nsproxy);
	if (set->fs)
		nsset_mount_put(set->fs);
	if (set->flags & NSSET_USER)
		put_cred(set->cred);
}

/*
 * Reduce, prepare, check, commit: @flags and @src have been judged already. A
 * dry run is a set that is put and not committed.
 */
static int nsset_join(const struct nsset_source *src, unsigned int flags)
{
	unsigned int left = flags;
	struct nsset set = {};
	struct fs_struct fs;
	int err;

	if (flags & SETNS_SKIP_JOINED)
		left = nsset_reduce(src, flags);
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
 * * -EINTR: current was killed while the process was in execve(2).
 * * -EPERM: current may not look at the process (PTRACE_MODE_READ_REALCREDS).
 * * -ESRCH: the process has no namespaces, or no root, any more.
 * * -ENOMEM: no memory for the copies.
 * * what the first type to refuse says, in the order of nsset_types.
 *
 * Context: process context; may sleep.
 * Return: 0, or one of the above.
 */
SYSCALL_DEFINE2(setns, int, fd, int, flags)
{
	CLASS(fd, f)(fd);
	struct nsset_source src = {};
	unsigned int mask = flags;
	int err;

	if (fd_empty(f))
		return -EBADF;

	err = source_get(&src, fd_file(f), &mask);
	if (!err)
		err = nsset_join(&src, mask);
	source_put(&src);
	return err;
}
