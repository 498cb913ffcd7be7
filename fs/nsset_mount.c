// SPDX-License-Identifier: GPL-2.0
/*
 * The mount side of setns(2): struct mnt_namespace is private to fs/, so the
 * reference, the new root and the exchange of root and working directory that
 * kernel/nsset.c asks for are made here.
 */

#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs_struct.h>
#include <linux/mnt_namespace.h>
#include <linux/namei.h>
#include <linux/nshandle.h>
#include <linux/nsproxy.h>
#include <linux/path.h>
#include <linux/proc_ns.h>
#include <linux/sched.h>
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
