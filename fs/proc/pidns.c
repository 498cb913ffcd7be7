// SPDX-License-Identifier: GPL-2.0
/*
 * The pid namespace that an instance of procfs shows. The mount option pidns=
 * chooses it; an ioctl on the instance's root directory returns it.
 *
 * It never changes while the instance lives: all of procfs reads it without a
 * lock.
 */

#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/nshandle.h>
#include <linux/path.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/proc_ns.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>

#include "../internal.h"
#include "internal.h"

/*
 * Recognise a namespace file by its dentry operations, which only nsfs uses.
 * This also accepts a file opened with O_PATH. The caller holds @path, which
 * keeps the namespace.
 */
static struct pid_namespace *path_to_pid_ns(const struct path *path)
{
	struct ns_common *ns;

	if (path->dentry->d_op != &ns_dentry_operations)
		return NULL;
	ns = get_proc_ns(d_inode(path->dentry));
	if (proc_ns_type(ns) != CLONE_NEWPID)
		return NULL;
	/* not to_pid_ns(), which a kernel without pid namespaces may lack */
	return container_of(ns, struct pid_namespace, ns);
}

/*
 * Make the checks for joining a pid namespace, in the same order. They use the
 * caller's current credentials, not those of the task that opened the context.
 */
static int may_show_pid_ns(struct fs_context *fc, struct pid_namespace *ns)
{
	if (!ns_capable(ns->user_ns, CAP_SYS_ADMIN)) {
		errorfc(fc, "pidns: CAP_SYS_ADMIN over the owner of the pid namespace is needed");
		return -EPERM;
	}
	if (!pidns_is_ancestor(ns, task_active_pid_ns(current)))
		return invalfc(fc, "pidns: neither the active pid namespace nor below it");
	return 0;
}

/**
 * proc_set_pidns() - take the value of pidns=
 * @fc: the context of the instance that is to be made
 * @param: a value that fs_param_is_file_or_path() has accepted
 * @pid_ns: the context's pid namespace, replaced on success
 *
 * The superblock's user namespace becomes the owner of the pid namespace, as
 * it is for an instance mounted from within. So the task that makes the
 * instance needs CAP_SYS_ADMIN there, too.
 *
 * The value is looked up and the caller is checked at once. After that, the
 * context may pass to another task, and keeps the pid namespace. Only the task
 * that sets pidns= must be in the pid namespace or in an ancestor of it; the
 * task that makes the instance need not be.
 *
 * Context: may sleep; called under fc->uapi_mutex, or with a context that
 * only the caller knows.
 * Return: 0, or, with a line in the context's log and @fc unchanged,
 *
 * * -EOPNOTSUPP if the kernel has no pid namespaces,
 * * -EBUSY if the instance exists already, whatever the value is,
 * * the error of the path lookup,
 * * -EINVAL if the file is not a pid namespace, or is one that is neither the
 *   caller's active one nor below that,
 * * -EPERM without CAP_SYS_ADMIN over the owner of the pid namespace.
 */
int proc_set_pidns(struct fs_context *fc, struct fs_parameter *param,
		   struct pid_namespace **pid_ns)
{
	struct pid_namespace *new;
	struct path path;
	int err;

	if (!IS_ENABLED(CONFIG_PID_NS)) {
		errorfc(fc, "pidns: the kernel has no pid namespaces");
		return -EOPNOTSUPP;
	}
	if (fc->purpose == FS_CONTEXT_FOR_RECONFIGURE) {
		errorfc(fc, "pidns: can't be changed on a mounted instance");
		return -EBUSY;
	}

	err = fs_param_get_path(fc, param, &path);
	if (err)
		return err;
	new = path_to_pid_ns(&path);
	err = new ? may_show_pid_ns(fc, new) :
		    invalfc(fc, "pidns: not a pid namespace");
	if (err)
		goto out;

	put_user_ns(fc->user_ns);
	fc->user_ns = get_user_ns(new->user_ns);
	put_pid_ns(*pid_ns);
	*pid_ns = get_pid_ns(new);
out:
	path_put(&path);
	return err;
}

static struct ns_common *get_ns_of_pid_ns(struct ns_common *ns)
{
	get_pid_ns(container_of(ns, struct pid_namespace, ns));
	return ns;
}

/**
 * proc_root_ioctl() - ioctl(2) on the root directory of an instance
 * @file: the directory
 * @cmd: PROCFS_GET_PID_NAMESPACE
 * @arg: must be 0; reserved
 *
 * A caller in the instance's pid namespace can open it as /proc/self/ns/pid
 * anyway; a caller with CAP_SYS_ADMIN over its owner may join it. Refuse all
 * others, since the descriptor keeps the namespace.
 *
 * Context: may sleep.
 * Return: a close-on-exec descriptor of the pid namespace, or
 *
 * * -ENOTTY for another @cmd,
 * * -EINVAL if @arg is not 0,
 * * -EOPNOTSUPP if the kernel has no pid namespaces,
 * * -EPERM for any other caller,
 * * -EMFILE, -ENFILE or -ENOMEM if there is no room for a descriptor.
 */
long proc_root_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct pid_namespace *ns = proc_pid_ns(file_inode(file)->i_sb);

	if (cmd != PROCFS_GET_PID_NAMESPACE)
		return -ENOTTY;
	if (arg)
		return -EINVAL;
	if (!IS_ENABLED(CONFIG_PID_NS))
		return -EOPNOTSUPP;
	if (ns != task_active_pid_ns(current) &&
	    !ns_capable(ns->user_ns, CAP_SYS_ADMIN))
		return -EPERM;
	return open_related_ns(&ns->ns, get_ns_of_pid_ns);
}
