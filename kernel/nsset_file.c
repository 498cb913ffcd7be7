// SPDX-License-Identifier: GPL-2.0
/*
 * A descriptor of a set of namespaces. PIDFD_GET_NSSET takes it from a process
 * in one snapshot, and setns(2) joins it in one step. It keeps the namespaces
 * when the process is gone, and holds nothing else of the process.
 *
 * A set never changes, so it needs no lock. It is an anonymous inode, which can't
 * be bind-mounted: a mount namespace can't hold, by a mount in itself, a set that
 * holds this mount namespace.
 */

#include <linux/anon_inodes.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/ipc_namespace.h>
#include <linux/mnt_namespace.h>
#include <linux/nshandle.h>
#include <linux/nsproxy.h>
#include <linux/nsset.h>
#include <linux/pid_namespace.h>
#include <linux/pidfd.h>
#include <linux/proc_ns.h>
#include <linux/ptrace.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/time_namespace.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <net/net_namespace.h>

/* What a set is made with, and keeps in nsset_source.held beside the types. */
#define NSSET_MADE_FLAGS	(SETNS_FOR_CHILDREN | SETNS_ROOT)

/**
 * struct nsset_held - what a set descriptor holds
 * @src: what setns(2) joins. Its nsproxy is @nsproxy.
 * @nsproxy: the namespaces that the set holds, except user, which is in @src; NULL
 *	for a type that the set does not hold. The reference on the pid namespace is
 *	that of @src. No task ever has this nsproxy, so its count is not used.
 */
struct nsset_held {
	struct nsset_source src;
	struct nsproxy nsproxy;
};

/* The order of nsset_info.ino, and of the checks of setns(2). */
static const struct {
	unsigned int type;
	const char *name;
} nsset_members[] = {
	{ CLONE_NEWUSER,	"user" },
	{ CLONE_NEWNS,		"mnt" },
	{ CLONE_NEWUTS,		"uts" },
	{ CLONE_NEWIPC,		"ipc" },
	{ CLONE_NEWPID,		"pid" },
	{ CLONE_NEWCGROUP,	"cgroup" },
	{ CLONE_NEWNET,		"net" },
	{ CLONE_NEWTIME,	"time" },
};

/* The set holds @type. */
static struct ns_common *nsset_ns(const struct nsset_source *src,
				  unsigned int type)
{
	const struct nsproxy *nsproxy = src->nsproxy;

	switch (type) {
	case CLONE_NEWUSER:
		return &src->user_ns->ns;
	case CLONE_NEWNS:
		return from_mnt_ns(nsproxy->mnt_ns);
	case CLONE_NEWUTS:
		return &nsproxy->uts_ns->ns;
	case CLONE_NEWIPC:
		return &nsproxy->ipc_ns->ns;
	case CLONE_NEWPID:
		return &src->pid_ns->ns;
	case CLONE_NEWCGROUP:
		return &nsproxy->cgroup_ns->ns;
	case CLONE_NEWNET:
		return &nsproxy->net_ns->ns;
	default:
		return &src->time_ns->ns;
	}
}

/* What nsset_get_ns() is to take a reference on. The set holds the type. */
struct nsset_member {
	const struct nsset_source *src;
	unsigned int type;
};

static struct ns_common *nsset_get_ns(void *member)
{
	const struct nsset_source *src = ((struct nsset_member *)member)->src;
	unsigned int type = ((struct nsset_member *)member)->type;

	if (type == CLONE_NEWUSER)
		get_user_ns(src->user_ns);
	else if (type == CLONE_NEWPID)
		get_pid_ns(src->pid_ns);
	else if (type == CLONE_NEWTIME)
		get_time_ns(src->time_ns);
	else
		nsproxy_get_types(src->nsproxy, type);
	return nsset_ns(src, type);
}

/*
 * Fill @set from the snapshot @src, whose references move to the set; those of
 * the target's nsproxy are taken, for the types that were asked for. Where the
 * kernel counts active references, the set holds one on each member, as an open
 * file of the namespace does: what can be joined is listed.
 */
static void nsset_hold(struct nsset_held *set, struct nsset_source *src,
		       unsigned int flags)
{
	const struct nsproxy *from = src->nsproxy;
	struct nsproxy *to = &set->nsproxy;

	*to = (struct nsproxy){};
	if (flags & NSSET_MNT)
		to->mnt_ns = from->mnt_ns;
	if (flags & NSSET_UTS)
		to->uts_ns = from->uts_ns;
	if (flags & NSSET_IPC)
		to->ipc_ns = from->ipc_ns;
	if (flags & NSSET_PID)
		to->pid_ns_for_children = src->pid_ns;
	if (flags & NSSET_CGROUP)
		to->cgroup_ns = from->cgroup_ns;
	if (flags & NSSET_NET)
		to->net_ns = from->net_ns;
	if (flags & NSSET_TIME) {
		to->time_ns = src->time_ns;
		to->time_ns_for_children = src->time_ns;
	}
	nsproxy_get_types(to, flags & ~NSSET_PID);
	nsproxy_ns_active_get(to);
	ns_ref_active_get(src->user_ns);

	set->src = *src;
	set->src.pid = NULL;
	set->src.nsproxy = to;
	set->src.time_ns = to->time_ns;
	set->src.held = flags;
	src->user_ns = NULL;
	src->pid_ns = NULL;
	src->root = (struct path){};
	src->pwd = (struct path){};
}

static void nsset_free(struct nsset_held *set)
{
	nsproxy_ns_active_put(&set->nsproxy);
	ns_ref_active_put(set->src.user_ns);
	set->src.nsproxy = NULL;
	nsset_source_put(&set->src);
	nsproxy_put_types(&set->nsproxy, set->src.held & ~NSSET_PID);
	kfree(set);
}

static int nsset_release(struct inode *inode, struct file *file)
{
	nsset_free(file->private_data);
	return 0;
}

/*
 * Read the size of an extensible struct, at its beginning. The caller goes by
 * this size, and not by what a second read of the struct may find there.
 */
static int nsset_get_size(u32 *size, u32 __user *usize, u32 ver0)
{
	if (get_user(*size, usize))
		return -EFAULT;
	if (*size < ver0)
		return -EINVAL;
	return *size > PAGE_SIZE ? -E2BIG : 0;
}

static long nsset_get_info(const struct nsset_source *src,
			   struct nsset_info __user *uinfo)
{
	struct nsset_info info = {};
	u32 size, copy;
	int err, i;

	BUILD_BUG_ON(sizeof(info) != NSSET_INFO_SIZE_VER0);
	BUILD_BUG_ON(ARRAY_SIZE(nsset_members) != ARRAY_SIZE(info.ino));
	err = nsset_get_size(&size, &uinfo->size, NSSET_INFO_SIZE_VER0);
	if (err)
		return err;

	copy = min_t(u32, size, sizeof(info));
	info.size = copy;
	info.flags = src->held & NSSET_MADE_FLAGS;
	info.types = src->held & NSSET_TYPES;
	for (i = 0; i < ARRAY_SIZE(info.ino); i++)
		if (src->held & nsset_members[i].type)
			info.ino[i] = nsset_ns(src, nsset_members[i].type)->inum;

	if (copy_to_user(uinfo, &info, copy) ||
	    clear_user((void __user *)uinfo + copy, size - copy))
		return -EFAULT;
	return 0;
}

/*
 * The type that a PIDFD_GET_*_NAMESPACE means, with SETNS_FOR_CHILDREN if it is
 * that of the children; 0 for any other command.
 */
static unsigned int nsset_cmd_type(unsigned int cmd)
{
	switch (cmd) {
	case PIDFD_GET_CGROUP_NAMESPACE:
		return CLONE_NEWCGROUP;
	case PIDFD_GET_IPC_NAMESPACE:
		return CLONE_NEWIPC;
	case PIDFD_GET_MNT_NAMESPACE:
		return CLONE_NEWNS;
	case PIDFD_GET_NET_NAMESPACE:
		return CLONE_NEWNET;
	case PIDFD_GET_PID_NAMESPACE:
		return CLONE_NEWPID;
	case PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE:
		return CLONE_NEWPID | SETNS_FOR_CHILDREN;
	case PIDFD_GET_TIME_NAMESPACE:
		return CLONE_NEWTIME;
	case PIDFD_GET_TIME_FOR_CHILDREN_NAMESPACE:
		return CLONE_NEWTIME | SETNS_FOR_CHILDREN;
	case PIDFD_GET_USER_NAMESPACE:
		return CLONE_NEWUSER;
	case PIDFD_GET_UTS_NAMESPACE:
		return CLONE_NEWUTS;
	default:
		return 0;
	}
}

static int nsset_open_nsfs(struct nsset_member *member)
{
	struct path path;
	struct file *file;
	int err, fd;

	err = ns_get_path_cb(&path, nsset_get_ns, member);
	if (err)
		return err;
	file = dentry_open(&path, O_RDONLY, current_cred());
	path_put(&path);
	if (IS_ERR(file))
		return PTR_ERR(file);

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		fput(file);
	else
		fd_install(fd, file);
	return fd;
}

/*
 * Don't ask ptrace: a set is passed on to give reach, and each use of the member
 * makes a check of its own.
 */
static long nsset_open_type(const struct nsset_source *src,
			    unsigned int asked)
{
	unsigned int type = asked & ~SETNS_FOR_CHILDREN;
	unsigned int held = src->held;

	if (!(type & (CLONE_NEWPID | CLONE_NEWTIME)))
		held &= ~SETNS_FOR_CHILDREN;
	if (!(held & type) || ((held ^ asked) & SETNS_FOR_CHILDREN))
		return -EOPNOTSUPP;
	return nsset_open_nsfs(&(struct nsset_member){ src, type });
}

static long nsset_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct nsset_held *set = file->private_data;
	unsigned int asked;

	if (nsset_same_cmd(cmd, NSSET_GET_INFO))
		return nsset_get_info(&set->src, (void __user *)arg);

	asked = nsset_cmd_type(cmd);
	if (!asked)
		return -ENOTTY;
	if (arg)
		return -EINVAL;
	return nsset_open_type(&set->src, asked);
}

#ifdef CONFIG_PROC_FS
/* With the names of the links in /proc/PID/ns. */
static void nsset_show_fdinfo(struct seq_file *m, struct file *file)
{
	const struct nsset_held *set = file->private_data;
	const struct nsset_source *src = &set->src;
	const char *before = "\t", *after;
	unsigned int type, i;

	seq_puts(m, "NSset:");
	for (i = 0; i < ARRAY_SIZE(nsset_members); i++) {
		type = nsset_members[i].type;
		if (!(src->held & type))
			continue;
		after = (src->held & SETNS_FOR_CHILDREN) &&
			(type & (CLONE_NEWPID | CLONE_NEWTIME)) ?
			"_for_children" : "";
		seq_printf(m, "%s%s%s:[%u]", before, nsset_members[i].name,
			   after, nsset_ns(src, type)->inum);
		before = " ";
	}
	seq_putc(m, '\n');
	if (src->held & SETNS_ROOT)
		seq_puts(m, "NSroot:\t1\n");
}
#endif

static const struct file_operations nsset_fops = {
	.release	= nsset_release,
	.llseek		= noop_llseek,
	.unlocked_ioctl	= nsset_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
#ifdef CONFIG_PROC_FS
	.show_fdinfo	= nsset_show_fdinfo,
#endif
};

/**
 * nsset_file_source() - what a set descriptor holds
 * @file: any file
 *
 * Context: any.
 * Return: what setns(2) joins, valid while the caller holds @file; NULL if @file
 * is not a set descriptor.
 */
const struct nsset_source *nsset_file_source(const struct file *file)
{
	const struct nsset_held *set;

	if (file->f_op != &nsset_fops)
		return NULL;
	set = file->private_data;
	return &set->src;
}

/* A @types of 0 means every type that this kernel has. */
static int nsset_args_flags(unsigned int *flags, const struct nsset_args *args)
{
	u64 types = args->types ?: NSSET_TYPES;

	if ((types & ~(u64)NSSET_TYPES) || (args->flags & ~NSSET_MADE_FLAGS))
		return -EINVAL;
	*flags = types | args->flags;
	return nsset_flags_valid(*flags, NSSET_TYPES | NSSET_MADE_FLAGS) ?
	       0 : -EINVAL;
}

/*
 * In the middle of an unshare(2) or setns(2), a process has the root of one mount
 * namespace and the nsproxy of another. setns(2) refuses such a pair with
 * -EAGAIN, so the root of such a set could never be joined: refuse it here.
 */
static int nsset_check_paths(const struct nsset_source *src, unsigned int flags)
{
	if (!(flags & SETNS_ROOT) ||
	    nsset_paths_in(&src->root, &src->pwd, src->nsproxy->mnt_ns))
		return 0;
	return -EAGAIN;
}

/* The new descriptor, with the references of @src; or all is as before. */
static int nsset_open(struct nsset_source *src, unsigned int flags)
{
	struct nsset_held *set = kmalloc(sizeof(*set), GFP_KERNEL_ACCOUNT);
	int fd;

	if (!set)
		return -ENOMEM;

	nsset_hold(set, src, flags);
	fd = anon_inode_getfd("[nsset]", &nsset_fops, set,
			      O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		nsset_free(set);
	return fd;
}

/**
 * pidfd_get_nsset() - PIDFD_GET_NSSET on a pidfd
 * @pid: the process, from its pidfd
 * @uargs: what the set is to hold
 *
 * The permission is that of PIDFD_GET_*_NAMESPACE, and so is its errno: a set
 * gives the caller no more than descriptors of the members. Unlike these, the
 * members are of one moment, and the call does not wait for an execve(2) of the
 * process.
 *
 * Context: may sleep.
 * Return: a close-on-exec descriptor, or
 *
 * * -EFAULT if @uargs is out of reach,
 * * -EINVAL, -E2BIG for its size; -E2BIG for a tail that is not zero,
 * * -EINVAL for its flags or types,
 * * -ESRCH if the process has been reaped,
 * * -EACCES if current may not look at it (PTRACE_MODE_READ_FSCREDS),
 * * -ESRCH if it has no namespaces, or no root, any more,
 * * -EAGAIN if SETNS_ROOT is asked for, and its root or working directory is not
 *   in its mount namespace,
 * * -ENOMEM, -EMFILE, -ENFILE if there is no room for the set.
 */
long pidfd_get_nsset(struct pid *pid, struct nsset_args __user *uargs)
{
	struct nsset_source src;
	struct nsset_args args;
	unsigned int flags;
	u32 size;
	int err;

	BUILD_BUG_ON(sizeof(args) != NSSET_ARGS_SIZE_VER0);
	err = nsset_get_size(&size, &uargs->size, NSSET_ARGS_SIZE_VER0);
	if (!err)
		err = copy_struct_from_user(&args, sizeof(args), uargs, size);
	if (!err)
		err = nsset_args_flags(&flags, &args);
	if (err)
		return err;

	err = nsset_source_get(&src, pid, flags, PTRACE_MODE_READ_FSCREDS);
	if (err == -EPERM)
		err = -EACCES;
	if (!err)
		err = nsset_check_paths(&src, flags);
	if (!err)
		err = nsset_open(&src, flags);
	nsset_source_put(&src);
	return err;
}
