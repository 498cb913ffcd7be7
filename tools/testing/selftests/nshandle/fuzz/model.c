// SPDX-License-Identifier: GPL-2.0
/*
 * After user_namespaces(7), ptrace(2) "Ptrace access mode checking" and
 * path_resolution(7).
 */
#include "model.h"

struct machine machine;
struct model model;

int ns_new(int type, int owner)
{
	struct ns *ns = &model.ns[model.nr_ns];

	if (model.nr_ns == MAX_NS)
		die("too many namespaces");
	*ns = (struct ns){ .type = type, .owner = owner, .init = UNKNOWN };
	return model.nr_ns++;
}

int fs_new(struct fs from)
{
	model.fs[model.nr_fs] = from;
	model.fs[model.nr_fs].users = 1;
	return model.nr_fs++;
}

/* Is a pid namespace @top or below it? */
bool ns_below(int ns, int top)
{
	while (ns != top && ns != UNKNOWN)
		ns = model.ns[ns].parent;
	return ns == top;
}

/* Is a user namespace @top or below it? */
bool user_below(int user, int top)
{
	while (user != top && user != UNKNOWN)
		user = model.ns[user].owner;
	return user == top;
}

/*
 * A capability in a user namespace: in one's own, if it is effective; in those
 * below, if it is, or all of them if one has made the next below one's own.
 */
bool may(const struct task *t, int user_ns, int cap)
{
	int mine = t->ns[L_USER];

	if (!user_below(user_ns, mine))
		return false;
	if (t->effective & BIT(cap))
		return true;
	if (user_ns == mine)
		return false;
	while (model.ns[user_ns].owner != mine)
		user_ns = model.ns[user_ns].owner;
	return model.ns[user_ns].uid == t->euid;
}

/*
 * ptrace(2), PTRACE_MODE_READ. All groups are 0. The memory of every task is
 * from the fuzzer's, so it belongs to the fuzzer's user namespace.
 */
bool may_look(const struct task *t, const struct task *at, bool by_fs_ids)
{
	int user = at->ns[L_USER];
	uid_t uid = by_fs_ids ? t->euid : t->ruid;
	__u64 caps = by_fs_ids ? t->effective : t->permitted;
	bool dumpable = at->state == ALIVE ? at->mm->dumpable : at->dumpable;
	bool powerful = may(t, user, CAP_SYS_PTRACE);

	if (at->process == t->process)
		return true;
	if ((uid != at->ruid || uid != at->euid || uid != at->suid) &&
	    !powerful)
		return false;
	if (!dumpable && !may(t, BASE_USER, CAP_SYS_PTRACE))
		return false;
	return powerful ||
	       (user == t->ns[L_USER] && !(at->permitted & ~caps));
}

/* All directories are root's. All ids are mapped in all user namespaces. */
bool may_search(const struct task *t, int dir)
{
	return dirs[dir].mode & 1 || t->euid == 0 ||
	       may(t, t->ns[L_USER], CAP_DAC_READ_SEARCH) ||
	       may(t, t->ns[L_USER], CAP_DAC_OVERRIDE);
}
