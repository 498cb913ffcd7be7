/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Namespaces by handle: what kernel/, fs/ and net/ share of it.
 */
#ifndef _LINUX_NSHANDLE_H
#define _LINUX_NSHANDLE_H

#include <uapi/linux/nshandle.h>

struct fs_struct;
struct mnt_namespace;
struct ns_common;
struct nsset;

/* fs/nsset_mount.c: what setns(2) needs and only fs/ may see */
struct mnt_namespace *nsset_get_mnt_ns(struct mnt_namespace *ns);
int mntns_install(struct nsset *nsset, struct ns_common *ns);
void nsset_mount_commit(struct fs_struct *new);
void nsset_mount_put(struct fs_struct *new);

#endif /* _LINUX_NSHANDLE_H */
