// SPDX-License-Identifier: GPL-2.0
/*
 * The mount side of setns(2): struct mnt_namespace is private to fs/, so the
 * reference, the new root and the exchange of root and working directory that
 * kernel/nsset.c asks for are made here.
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
 * The root of a mount namespace as a task in it sees it: the topmost of the
 * mounts on the root mount. They are followed directly, since a lookup of "/"
 * would walk no component. A file system that must be asked whether its root
 * is still good (DCACHE_OP_WEAK_REVALIDATE) gets the lookup, which asks, and
 * asks again when the answer was stale.
 *
 * The caller holds @ns, so its root mount can't go away; what is mounted on
 * top may, and follow_down() takes its references against that.
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
 * Nothing of current changes: the namespace goes to the set's nsproxy, its
 * root to the set's fs, both to be committed, or put, with the set.
 *
 * The test for a shared fs_struct looks at current's own: the set's is never
 * shared, and a task that shares root and working directory with another one
 * must not move the other to a mount namespace that it is not in. Only
 * current can begin to share its fs_struct, so the answer stays true until
 * the commit.
 *
 * Context: may sleep.
 * Return: 0, or
 * * -EPERM without CAP_SYS_ADMIN over the owner of @ns, or without
 *   CAP_SYS_ADMIN and CAP_SYS_CHROOT in the set's user namespace,
 * * -EINVAL if @ns is anonymous or current shares its fs_struct,
 * * what the file system says of the root, if it can't be reached.
 */
int mntns_install(struct nsset *nsset, struct ns_common *ns)
{
	struct user_namespace *user_ns = nsset->cred->user_ns;
	struct mnt_namespace *mnt_ns = to_mnt_ns(ns);
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
 * The namespace of a mount is changed under namespace_sem, and read without it
 * here: only the pointer counts, and what it says may be out of date at once.
 */
static bool path_in_mnt_ns(const struct path *path, struct mnt_namespace *ns)
{
	return READ_ONCE(real_mount(path->mnt)->mnt_ns) == ns;
}

static bool paths_in_mnt_ns(const struct path *root, const struct path *pwd,
			    struct mnt_namespace *ns)
{
	return path_in_mnt_ns(root, ns) && path_in_mnt_ns(pwd, ns);
}

/*
 * What chroot(2) and chdir(2) ask for, and in the name of the new credentials:
 * a task that joins first and changes its root then is asked no less.
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
 * A task that has been looked at in the middle of an unshare(2) or setns(2)
 * can have a root of one mount namespace and a nsproxy of another. Nothing is
 * wrong with such a task, but the pair may not be joined.
 *
 * A shared fs_struct is refused here, too, since mntns_install() has not been
 * asked if current stays in its mount namespace: who else uses it would move.
 *
 * Context: may sleep.
 * Return: 0, or
 * * -EPERM without CAP_SYS_CHROOT in the set's user namespace,
 * * -EINVAL if current shares its fs_struct,
 * * -EAGAIN if @root or @pwd is not, or not any more, in @ns,
 * * -EACCES if one of them may not be searched,
 * * what the file system or an LSM says.
 */
int nsset_install_root(struct nsset *nsset, struct mnt_namespace *ns,
		       const struct path *root, const struct path *pwd)
{
	int err;

	if (!ns_capable(nsset->cred->user_ns, CAP_SYS_CHROOT))
		return -EPERM;

	if (current->fs->users != 1)
		return -EINVAL;

	if (!paths_in_mnt_ns(root, pwd, ns))
		return -EAGAIN;

	err = paths_permission(nsset->cred, root, pwd);
	if (err)
		return err;

	/* A file system that was asked may have taken its time. */
	if (!paths_in_mnt_ns(root, pwd, ns))
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
 * Both change under one hold of the lock: no reader sees the root of one
 * mount namespace with the working directory of another. The references move
 * with the paths, so there is nothing here that could fail; nsset_mount_put()
 * drops the old ones, which may sleep, when the lock is gone.
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
