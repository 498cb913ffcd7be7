/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fs/nsset_mount.c: what setns(2) needs of mounts. struct mnt_namespace is
 * private to fs/.
 */
#ifndef _LINUX_NSSET_H
#define _LINUX_NSSET_H

#include <linux/types.h>

struct fs_struct;
struct mnt_namespace;
struct ns_common;
struct nsset;
struct path;

struct mnt_namespace *nsset_get_mnt_ns(struct mnt_namespace *ns);
int mntns_install(struct nsset *nsset, struct ns_common *ns);
void nsset_get_paths(struct fs_struct *fs, struct path *root, struct path *pwd);
bool nsset_has_root(struct fs_struct *fs, const struct path *root);
int nsset_install_root(struct nsset *nsset, struct mnt_namespace *ns,
		       const struct path *root, const struct path *pwd);
void nsset_mount_commit(struct fs_struct *new);
void nsset_mount_put(struct fs_struct *new);

#endif /* _LINUX_NSSET_H */
