// SPDX-License-Identifier: GPL-2.0
/*
 * The model's set descriptors, after include/uapi/linux/nshandle.h.
 */

#include "model_rules.h"

#define MADE_FLAGS (SETNS_FOR_CHILDREN | SETNS_ROOT)
#define JOIN_FLAGS (SETNS_SKIP_JOINED | SETNS_DRY_RUN | SETNS_SUPPORTED)

static struct set set_of(const struct task *at, int types, int flags)
{
	struct set set = {
		.types = types,
		.flags = flags,
		.src = model_source(at, flags),
	};

	for (int type = 0; type < NR_TYPES; type++)
		if (!(types & type_flags[type]))
			set.src.ns[type] = UNKNOWN;
	return set;
}

/* A root outside the mount namespace can't be joined, so it can't be held. */
static int check_paths(const struct task *at, int flags)
{
	int mnt = at->ns[L_MNT];

	if (!(flags & SETNS_ROOT) ||
	    (at->fs->root.mnt == mnt && at->fs->cwd.mnt == mnt))
		return 0;
	return -EAGAIN;
}

void model_set(struct task *t, const struct step *s, struct expect *e)
{
	const struct task *at = &model.task[s->arg[1]];
	int flags = s->arg[2] & SET_FLAGS, types = s->arg[2] & ~SET_FLAGS;

	if (!types)
		types = ALL_TYPES;
	if (!model_flags_valid(types | flags, ALL_TYPES | MADE_FLAGS))
		e->err = -EINVAL;
	else if (at->state == REAPED)
		e->err = -ESRCH;
	else if (!may_look(t, at, true))
		e->err = -EACCES;
	else if (at->state == ZOMBIE)
		e->err = -ESRCH;
	else
		e->err = check_paths(at, flags);
	if (e->err)
		return;
	model.set[s->arg[3]] = set_of(at, types, flags);
	e->set = s->arg[3];
}

/* The process is not asked for: it may be gone. */
void model_join_set(struct task *t, const struct step *s, struct expect *e)
{
	const struct set *set = &model.set[s->arg[1]];
	int held = set->types | (set->flags & SETNS_ROOT);
	int flags = s->arg[2] ?: held;

	if (model_flags_valid(flags, held | JOIN_FLAGS))
		e->err = model_enter(t, &set->src, flags & (held | JOIN_FLAGS));
	else
		e->err = -EINVAL;
}

/* With SETNS_FOR_CHILDREN, pid and time are those of the children. */
void model_member(struct task *t, const struct step *s, struct expect *e)
{
	const struct set *set = &model.set[s->arg[1]];
	int link = s->arg[2], type = link;
	bool children = link == L_PID_KIDS || link == L_TIME_KIDS;

	if (children)
		type = link == L_PID_KIDS ? L_PID : L_TIME;
	if (!(set->types & type_flags[type]) ||
	    ((type == L_PID || type == L_TIME) &&
	     children != !!(set->flags & SETNS_FOR_CHILDREN))) {
		e->err = -EOPNOTSUPP;
		return;
	}
	e->ns = set->src.ns[type];
	model.file[s->arg[3]] = e->ns;
}

void model_close(struct task *t, const struct step *s, struct expect *e)
{
	model.set[s->arg[1]].types = 0;
}
