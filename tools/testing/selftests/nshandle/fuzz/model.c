// SPDX-License-Identifier: GPL-2.0
/*
 * The model's ground: namespaces, who may what, which step makes sense.
 * user_namespaces(7), ptrace(2) "Ptrace access mode checking" and
 * path_resolution(7) are what these rules are taken from.
 */

#include <string.h>

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

void model_start(void)
{
	memset(&model, 0, sizeof(model));
	for (int type = 0; type < NR_TYPES; type++) {
		ns_new(type, BASE_USER);
		model.ns[type].ino = machine.ino[type];
	}
	model.ns[BASE_USER].owner = UNKNOWN;
	model.ns[L_MNT].mnt_id = machine.mnt_id;
	model.ns[BASE_PID].parent = UNKNOWN;
	model.ns[BASE_PID].init = model.nr_processes++;	/* no task's */
	model.ns[BASE_PID].last = UNKNOWN;
	for (int i = 0; i < NR_FILES; i++)
		model.file[i] = UNKNOWN;
	for (int i = 0; i < NR_PLACES; i++)
		model.place[i].mnt = UNKNOWN;
	for (int i = 0; i < NR_FIRST; i++)
		model_first(i);
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

/* ----- Steps. */

static const struct rule {
	void (*step)(struct task *t, const struct step *s, struct expect *e);
} rules[NR_OPS] = {
	[OP_FORK] = { model_fork },
	[OP_FAULT] = { model_fault },
	[OP_EXIT] = { model_exit },
	[OP_REAP] = { model_reap },
	[OP_UNSHARE] = { model_unshare },
	[OP_SETNS] = { model_setns },
	[OP_JOIN] = { model_join },
	[OP_CAP] = { model_cap },
	[OP_UID] = { model_uid },
	[OP_DUMPABLE] = { model_dumpable },
	[OP_CHDIR] = { model_chdir },
	[OP_CHROOT] = { model_chroot },
	[OP_HOLD] = { model_hold },
	[OP_FCHDIR] = { model_fchdir },
	[OP_OPEN] = { model_open },
	[OP_PROCFS] = { model_procfs },
	[OP_VECSET] = { model_vecset },
	[OP_VECGET] = { model_vecget },
};

static bool slot_is_free(int slot)
{
	return model.task[slot].state == NOT_YET ||
	       model.task[slot].state == REAPED;
}

static bool fork_applies(const struct task *t)
{
	const struct ns *kids = &model.ns[t->ns[L_PID_KIDS]];

	/*
	 * Linux 6.12 makes a process below a dead pid namespace, and none after
	 * a first fork(2) that has failed.
	 */
	while (options.no_flags && kids->depth && !kids->dead)
		kids = &model.ns[kids->parent];
	return !options.no_flags || !kids->depth ||
	       model.ns[t->ns[L_PID_KIDS]].dead;
}

/* waitpid(2) would wait for others, and knows no threads. */
static bool reap_applies(int slot)
{
	const struct task *t = &model.task[slot];

	return t->state == ZOMBIE && t->leader &&
	       model_whole_process_dead(t->process);
}

static bool unshare_applies(const struct task *t, int flags)
{
	return !(flags & CLONE_NEWPID) ||
	       model.ns[t->ns[L_PID]].depth < MAX_DEPTH;
}

/* A number of levels is one that there is room for, or one too large. */
static bool vec_fits(const struct step *s)
{
	return s->vec.nr <= NR_VEC || s->vec.nr > 64;
}

static bool handles_exist(const struct step *s)
{
	for (int i = 0; i < NR_ARGS && ops[s->op].args[i]; i++) {
		switch (ops[s->op].args[i]) {
		case 't':
			if (model.task[s->arg[i]].state == NOT_YET)
				return false;
			break;
		case 'n':
			if (model.file[s->arg[i]] == UNKNOWN)
				return false;
			break;
		case 'd':
			if (model.place[s->arg[i]].mnt == UNKNOWN)
				return false;
			break;
		}
	}
	return true;
}

bool model_applies(const struct step *s)
{
	const struct task *t = &model.task[s->arg[0]];

	if (s->arg[0] == OBSERVER)
		return s->op == OP_REAP && reap_applies(s->arg[1]);
	if (t->state != ALIVE || !handles_exist(s))
		return false;

	switch (s->op) {
	case OP_FORK:
		return slot_is_free(s->arg[2]) && fork_applies(t);
	case OP_FAULT:
		return fork_applies(t);
	case OP_EXIT:
		return model_may_exit(t);
	case OP_REAP:
		return reap_applies(s->arg[1]);
	case OP_UNSHARE:
		return unshare_applies(t, s->arg[1]);
	case OP_VECSET:
		return vec_fits(s) && !model_vec_moves_base(s);
	case OP_VECGET:
		return vec_fits(s);
	default:
		return true;
	}
}

void model_step(const struct step *s, struct expect *e)
{
	struct task *t = s->arg[0] == OBSERVER ? NULL : &model.task[s->arg[0]];

	*e = (struct expect){ .ns = UNKNOWN, .map = UNKNOWN, .child = UNKNOWN };
	if (s->op == OP_BAD)
		e->err = s->arg[1] == BAD_CLOSED || s->arg[1] == BAD_OPATH ?
			 -EBADF : -EINVAL;
	else
		rules[s->op].step(t, s, e);
}
