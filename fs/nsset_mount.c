// SPDX-License-Identifier: GPL-2.0
/*
 * The mount side of setns(2). struct mnt_namespace is private to fs/, so
 * kernel/nsset.c calls this file for a reference on it, for the new root, and
 * to change root and working directory.
 */

#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/mnt_namespace.h>
#include <linux/namei.h>
#include <linux/nsproxy.h>
#include <linux/nsset.h>
#include <linux/path.h>
#include <linux/proc_ns.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <linux/user_namespace.h>

#include "mount.h"
#include "internal.h"

/**
 * nsset_get_mnt_ns() - take a reference on a mount namespace
 * @ns: the namespace, which the caller already holds by some other reference
 *
 * Context: any.
 * Return: @ns; release it with put_mnt_ns().
 */
struct mnt_namespace *nsset_get_mnt_ns(struct mnt_namespace *ns)
{
	get_mnt_ns(ns);
	return ns;
}

/*
 * Find the root that a task in the mount namespace sees: the topmost of the
 * mounts on the root mount. Follow the mounts directly, since a lookup of "/"
 * has no component to walk. But if the file system must be asked whether its
 * root is still valid (DCACHE_OP_WEAK_REVALIDATE), make the lookup: it asks,
 * and asks again if the root was stale.
 *
 * The caller holds @ns, which keeps the root mount. The mounts on top may go
 * away, so follow_down() takes references on them.
 */
static int mntns_root(struct mnt_namespace *ns, struct path *root)
{
	struct vfsmount *mnt = &ns->root->mnt;
	int err;

	root->mnt = mnt;
	root->dentry = mnt->mnt_root;
	path_get(root);

	err = follow_down(root, 0);
	if (!err && !(root->dentry->d_flags & DCACHE_OP_WEAK_REVALIDATE))
		return 0;

	path_put(root);
	if (err)
		return err;
	return vfs_path_lookup(mnt->mnt_root, mnt, "/", LOOKUP_DOWN, root);
}

/**
 * mntns_install() - check and prepare the join of a mount namespace
 * @nsset: the set that current is about to commit; its nsproxy and fs are
 *	   private copies
 * @ns: the mount namespace's common part
 *
 * Puts the namespace into the set's nsproxy and its root into the set's fs.
 * Nothing of current changes before the set is committed.
 *
 * The test for a shared fs_struct looks at current->fs, as the set's fs is
 * never shared. A task that shares its root and working directory must not move
 * the other users into a mount namespace that they have not joined. Only
 * current can begin to share its fs_struct, so the answer stays true until the
 * commit.
 *
 * Context: may sleep.
 * Return: 0, or
 *
 * * -EPERM without CAP_SYS_ADMIN over the owner of @ns, or without
 *   CAP_SYS_ADMIN and CAP_SYS_CHROOT in the set's user namespace,
 * * -EINVAL if @ns is anonymous or current shares its fs_struct,
 * * the error of the file system if the root can't be reached.
 */
int mntns_install(struct nsset *nsset, struct ns_common *ns)
{
	struct user_namespace *user_ns = nsset->cred->user_ns;
	/* not to_mnt_ns(), which not every kernel shares */
	struct mnt_namespace *mnt_ns = container_of(ns, struct mnt_namespace, ns);
	struct path root;
	int err;

	if (!ns_capable(mnt_ns->user_ns, CAP_SYS_ADMIN) ||
	    !ns_capable(user_ns, CAP_SYS_CHROOT) ||
	    !ns_capable(user_ns, CAP_SYS_ADMIN))
		return -EPERM;

	if (is_anon_ns(mnt_ns))
		return -EINVAL;

	if (current->fs->users != 1)
		return -EINVAL;

	err = mntns_root(mnt_ns, &root);
	if (err)
		return err;
	nsset->fs->root = root;
	nsset->fs->pwd = root;
	path_get(&nsset->fs->pwd);

	put_mnt_ns(nsset->nsproxy->mnt_ns);
	nsset->nsproxy->mnt_ns = nsset_get_mnt_ns(mnt_ns);
	return 0;
}

/**
 * nsset_get_paths() - read a task's root and working directory together
 * @fs: the task's fs_struct; the caller holds its task_lock()
 * @root: the root, with a reference
 * @pwd: the working directory, with a reference
 *
 * Context: takes @fs's lock.
 */
void nsset_get_paths(struct fs_struct *fs, struct path *root, struct path *pwd)
{
	fs_struct_read_lock(fs);
	*root = fs->root;
	*pwd = fs->pwd;
	path_get(root);
	path_get(pwd);
	fs_struct_read_unlock(fs);
}

/**
 * nsset_has_root() - is a path the root of a task now?
 * @fs: the task's fs_struct; the caller holds its task_lock()
 * @root: the path
 *
 * Context: takes @fs's lock.
 * Return: true if it is.
 */
bool nsset_has_root(struct fs_struct *fs, const struct path *root)
{
	bool same;

	fs_struct_read_lock(fs);
	same = path_equal(&fs->root, root);
	fs_struct_read_unlock(fs);
	return same;
}

/*
 * mnt_ns of a mount changes under namespace_sem. Read it without that lock: the
 * pointer is compared, not followed, and the answer may be outdated at once.
 */
static bool path_in_mnt_ns(const struct path *path, struct mnt_namespace *ns)
{
	return READ_ONCE(real_mount(path->mnt)->mnt_ns) == ns;
}

/**
 * nsset_paths_in() - are root and working directory in a mount namespace?
 * @root: the root
 * @pwd: the working directory
 * @ns: the mount namespace
 *
 * Context: any.
 * Return: true if both are now.
 */
bool nsset_paths_in(const struct path *root, const struct path *pwd,
		    struct mnt_namespace *ns)
{
	return path_in_mnt_ns(root, ns) && path_in_mnt_ns(pwd, ns);
}

/*
 * Make the checks of chroot(2) and chdir(2), with the new credentials: the same
 * as if the task called both after the join.
 */
static int paths_permission(const struct cred *cred, const struct path *root,
			    const struct path *pwd)
{
	const struct cred *old = override_creds(cred);
	int err;

	err = path_permission(root, MAY_EXEC | MAY_CHDIR);
	if (!err)
		err = security_path_chroot(root);
	if (!err)
		err = path_permission(pwd, MAY_EXEC | MAY_CHDIR);
	revert_creds(old);
	return err;
}

/**
 * nsset_install_root() - check and prepare the change of root and cwd
 * @nsset: the set that current is about to commit; its fs is a private copy,
 *	   empty or as mntns_install() has left it
 * @ns: the mount namespace that current is going to be in
 * @root: the root that current is to get
 * @pwd: the working directory that current is to get
 *
 * A snapshot in the middle of the target's unshare(2) or setns(2) can have the
 * root of one mount namespace and the nsproxy of another. That is legal for the
 * target, but such a pair must not be joined: -EAGAIN.
 *
 * A shared fs_struct is refused here, too, since its other users would move.
 * mntns_install() is not called if current stays in its mount namespace.
 *
 * Context: may sleep.
 * Return: 0, or
 *
 * * -EPERM without CAP_SYS_CHROOT in the set's user namespace,
 * * -EINVAL if current shares its fs_struct,
 * * -EAGAIN if @root or @pwd is not, or no longer, in @ns,
 * * -EACCES without search permission on one of them,
 * * the error of the file system or an LSM.
 */
int nsset_install_root(struct nsset *nsset, struct mnt_namespace *ns,
		       const struct path *root, const struct path *pwd)
{
	int err;

	if (!ns_capable(nsset->cred->user_ns, CAP_SYS_CHROOT))
		return -EPERM;

	if (current->fs->users != 1)
		return -EINVAL;

	if (!nsset_paths_in(root, pwd, ns))
		return -EAGAIN;

	err = paths_permission(nsset->cred, root, pwd);
	if (err)
		return err;

	/* The checks may have slept, and a path may be detached now. */
	if (!nsset_paths_in(root, pwd, ns))
		return -EAGAIN;

	nsset_mount_put(nsset->fs);
	nsset->fs->root = *root;
	nsset->fs->pwd = *pwd;
	path_get(&nsset->fs->root);
	path_get(&nsset->fs->pwd);
	return 0;
}

/**
 * nsset_mount_commit() - make a set's root and working directory current's
 * @new: the set's fs_struct; afterwards it holds the old paths
 *
 * Both change under one hold of the lock, so no reader sees the root of one
 * mount namespace with the working directory of another. The references move
 * with the paths, so nothing here can fail. nsset_mount_put() drops the old
 * paths after the lock is released, since that may sleep.
 *
 * Context: takes current->fs's lock, for writing.
 */
void nsset_mount_commit(struct fs_struct *new)
{
	struct fs_struct *fs = current->fs;

	fs_struct_write_lock(fs);
	swap(fs->root, new->root);
	swap(fs->pwd, new->pwd);
	fs_struct_write_unlock(fs);
}

/**
 * nsset_mount_put() - drop the paths that a set's fs_struct holds
 * @new: the set's fs_struct, empty, installed or committed
 *
 * Context: may sleep.
 */
void nsset_mount_put(struct fs_struct *new)
{
	path_put(&new->pwd);
	path_put(&new->root);
}
