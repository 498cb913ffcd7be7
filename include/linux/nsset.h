/* SPDX-License-Identifier: GPL-2.0 */
/*
 * setns(2): what kernel/nsset.c, kernel/nsset_file.c and fs/nsset_mount.c share.
 */
#ifndef _LINUX_NSSET_H
#define _LINUX_NSSET_H

#include <linux/ioctl.h>
#include <linux/nshandle.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/types.h>

struct file;
struct fs_struct;
struct mnt_namespace;
struct ns_common;
struct nsproxy;
struct nsset;
struct pid;
struct pid_namespace;
struct time_namespace;
struct user_namespace;

#define NSSET_TYPE(type, config) (IS_ENABLED(CONFIG_##config) ? (type) : 0)

#define NSSET_USER	NSSET_TYPE(CLONE_NEWUSER, USER_NS)
#define NSSET_MNT	CLONE_NEWNS
#define NSSET_UTS	NSSET_TYPE(CLONE_NEWUTS, UTS_NS)
#define NSSET_IPC	NSSET_TYPE(CLONE_NEWIPC, IPC_NS)
#define NSSET_PID	NSSET_TYPE(CLONE_NEWPID, PID_NS)
#define NSSET_CGROUP	NSSET_TYPE(CLONE_NEWCGROUP, CGROUPS)
#define NSSET_NET	NSSET_TYPE(CLONE_NEWNET, NET_NS)
#define NSSET_TIME	NSSET_TYPE(CLONE_NEWTIME, TIME_NS)

/* The types that this kernel was built with. */
#define NSSET_TYPES	(NSSET_USER | NSSET_MNT | NSSET_UTS | NSSET_IPC | \
			 NSSET_PID | NSSET_CGROUP | NSSET_NET | NSSET_TIME)

/* The types that a kernel can be built with. */
#define NSSET_ALL_TYPES	(SETNS_ALL & ~(SETNS_SKIP_JOINED | SETNS_SUPPORTED))

/**
 * struct nsset_source - the namespaces that setns(2) was asked to join
 * @ns: the one namespace of an nsfs file; borrowed from the file, which the
 *	system call holds. NULL for any other source.
 * @pid: the process; borrowed from the pidfd. NULL for any other source.
 * @nsproxy: its namespaces, except those of the next three members. Of a set
 *	descriptor, its own copy, with NULL for a type that the set does not hold.
 *	NULL for an nsfs file.
 * @user_ns: its user namespace, if asked for
 * @pid_ns: its active pid namespace or that of its children, if asked for
 * @time_ns: its time namespace or that of its children; borrowed from @nsproxy
 * @root: its root directory, if asked for
 * @pwd: its working directory, if asked for
 * @held: of a set descriptor: the types that it holds, and the flags that it was
 *	made with, which are SETNS_FOR_CHILDREN and SETNS_ROOT
 *
 * Each member that is not borrowed holds a reference, which nsset_source_put()
 * drops.
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
	unsigned int held;
};

/**
 * nsset_flags_valid() - check the flags of a call
 * @flags: CLONE_NEW* types and SETNS_* flags
 * @allowed: the types and flags that the source knows
 *
 * At least one type, and no other bit than @allowed. SETNS_SUPPORTED allows the
 * types that the source does not have; the caller then leaves them out. Each
 * flag needs a type that it applies to.
 *
 * Return: true if the call may go on with @flags & @allowed.
 */
static inline bool nsset_flags_valid(unsigned int flags, unsigned int allowed)
{
	if ((flags & allowed) & SETNS_SUPPORTED)
		allowed |= NSSET_ALL_TYPES;
	if (!(flags & NSSET_ALL_TYPES) || (flags & ~allowed))
		return false;
	if ((flags & SETNS_FOR_CHILDREN) &&
	    !(flags & (CLONE_NEWPID | CLONE_NEWTIME)))
		return false;
	return !(flags & SETNS_ROOT) || (flags & NSSET_MNT);
}

/* A struct that carries its size may grow; so the size in @cmd may differ. */
static inline bool nsset_same_cmd(unsigned int cmd, unsigned int known)
{
	return !((cmd ^ known) & ~IOCSIZE_MASK);
}

/* kernel/nsset.c */
int nsset_source_get(struct nsset_source *src, struct pid *pid,
		     unsigned int flags, unsigned int mode);
void nsset_source_put(struct nsset_source *src);
void nsproxy_get_types(const struct nsproxy *nsproxy, unsigned int types);
void nsproxy_put_types(const struct nsproxy *nsproxy, unsigned int types);

/*
 * kernel/nsset_file.c. Only a commit before the one with that file is without it,
 * and nothing calls pidfd_get_nsset() there.
 */
#ifdef CONFIG_NSSET_FILE
const struct nsset_source *nsset_file_source(const struct file *file);
long pidfd_get_nsset(struct pid *pid, struct nsset_args __user *uargs);
#else
static inline const struct nsset_source *
nsset_file_source(const struct file *file)
{
	return NULL;
}
#endif

/* fs/nsset_mount.c; struct mnt_namespace is private to fs/ */
struct mnt_namespace *nsset_get_mnt_ns(struct mnt_namespace *ns);
int mntns_install(struct nsset *nsset, struct ns_common *ns);
void nsset_get_paths(struct fs_struct *fs, struct path *root, struct path *pwd);
bool nsset_has_root(struct fs_struct *fs, const struct path *root);
bool nsset_paths_in(const struct path *root, const struct path *pwd,
		    struct mnt_namespace *ns);
int nsset_install_root(struct nsset *nsset, struct mnt_namespace *ns,
		       const struct path *root, const struct path *pwd);
void nsset_mount_commit(struct fs_struct *new);
void nsset_mount_put(struct fs_struct *new);

#endif /* _LINUX_NSSET_H */
