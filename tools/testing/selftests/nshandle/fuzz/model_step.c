// SPDX-License-Identifier: GPL-2.0
#include "model_step.h"
#include "model_rules.h"

#include <string.h>

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
	[OP_SET] = { model_set },
	[OP_JOIN_SET] = { model_join_set },
	[OP_MEMBER] = { model_member },
	[OP_CLOSE] = { model_close },
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

/* waitpid(2) waits for a whole process, and for no single thread. */
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

/* The number of levels has room in struct vec, or is one that is refused. */
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
		case 'x':
			if (!model.set[s->arg[i]].types)
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

	*e = (struct expect){ .ns = UNKNOWN, .set = UNKNOWN, .map = UNKNOWN,
		.child = UNKNOWN };
	if (s->op == OP_BAD)
		e->err = s->arg[1] == BAD_CLOSED || s->arg[1] == BAD_OPATH ?
			 -EBADF : -EINVAL;
	else
		rules[s->op].step(t, s, e);
}
