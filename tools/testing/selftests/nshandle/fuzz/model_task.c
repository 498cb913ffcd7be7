// SPDX-License-Identifier: GPL-2.0
/*
 * The model's tasks: fork(2), exit(2), wait(2), capabilities and ids. After
 * clone(2), pid_namespaces(7), capabilities(7) "Effect of user ID changes on
 * capabilities", prctl(2) PR_SET_DUMPABLE and setresuid(2).
 */

#include "model_rules.h"

#define RESERVED_PIDS 300

static struct mm *mm_new(bool dumpable)
{
	struct mm *mm = &model.mm[model.nr_mm++];

	*mm = (struct mm){ .dumpable = dumpable, .users = 1 };
	return mm;
}

/* A task that the fuzzer itself begins with. */
void model_first(int slot)
{
	struct task *t = &model.task[slot];
	struct place top = { L_MNT, D_TOP };

	*t = (struct task){
		.state = ALIVE,
		.process = model.nr_processes++,
		.parent = OBSERVER,
		.leader = true,
		.effective = machine.own_caps,
		.permitted = machine.own_caps,
		.fs = &model.fs[fs_new((struct fs){ top, top, 1 })],
		.mm = mm_new(true),
	};
	for (int link = 0; link < NR_TYPES; link++)
		t->ns[link] = link;
	t->ns[L_PID_KIDS] = L_PID;
	t->ns[L_TIME_KIDS] = L_TIME;
}

/* ----- Pids. */

static bool pid_taken(int ns, int pid)
{
	int depth = model.ns[ns].depth;

	for (int i = 0; i < NR_TASKS; i++) {
		const struct task *t = &model.task[i];

		if ((t->state == ALIVE || t->state == ZOMBIE) &&
		    ns_below(t->ns[L_PID], ns) && t->pid[depth] == pid)
			return true;
	}
	return false;
}

/*
 * The first free one above the last; past pid_max it begins again above the
 * reserved. Nobody knows what goes on in the fuzzer's own pid namespace.
 */
static int pid_next(int ns)
{
	int pid = model.ns[ns].last + 1;

	if (model.ns[ns].last == UNKNOWN)
		return UNKNOWN;
	for (;; pid++) {
		if (pid >= machine.pid_max)
			pid = RESERVED_PIDS;
		if (!pid_taken(ns, pid))
			return pid;
	}
}

static void pids_give(struct task *t)
{
	int ns = t->ns[L_PID];

	for (; ns != BASE_PID; ns = model.ns[ns].parent) {
		t->pid[model.ns[ns].depth] = pid_next(ns);
		model.ns[ns].last = t->pid[model.ns[ns].depth];
	}
}

/* How far a fork(2) that fails gets with its pids is not documented. */
static void pids_lose(int ns)
{
	for (; ns != BASE_PID; ns = model.ns[ns].parent)
		model.ns[ns].last = UNKNOWN;
}

static bool pid_ns_dead(int ns)
{
	for (; ns != UNKNOWN; ns = model.ns[ns].parent)
		if (model.ns[ns].dead)
			return true;
	return false;
}

/* ----- fork(2) and what it shares. */

static void fork_ns(struct task *c, const struct task *t, int kind)
{
	for (int link = 0; link < NR_LINKS; link++)
		c->ns[link] = t->ns[link];
	c->ns[L_PID] = t->ns[L_PID_KIDS];
	/* The time is in the memory: who shares that stays. */
	if (!(kind_flags[kind] & CLONE_VM))
		c->ns[L_TIME] = t->ns[L_TIME_KIDS];
}

static void fork_shared(struct task *c, struct task *t, int kind)
{
	if (kind_flags[kind] & CLONE_FS)
		t->fs->users++;
	else
		c->fs = &model.fs[fs_new(*t->fs)];
	if (kind_flags[kind] & CLONE_VM)
		t->mm->users++;
	else
		c->mm = mm_new(t->mm->dumpable);
}

/*
 * It fails with its pids taken. A pid namespace without an init is then as it
 * was before: the next fork(2) may make its init.
 */
void model_fault(struct task *t, const struct step *s, struct expect *e)
{
	int kids = t->ns[L_PID_KIDS];

	e->err = pid_ns_dead(kids) ? -ENOMEM : -EFAULT;
	if (model.ns[kids].init == UNKNOWN && !pid_ns_dead(kids))
		kids = model.ns[kids].parent;
	pids_lose(kids);
}

void model_fork(struct task *t, const struct step *s, struct expect *e)
{
	int kind = s->arg[1], kids = t->ns[L_PID_KIDS];
	bool thread = kind_flags[kind] & CLONE_THREAD;
	struct task *c = &model.task[s->arg[2]];

	if ((kind_flags[kind] & CLONE_VM) && machine.vm_is_of_one_time &&
	    t->ns[L_TIME] != t->ns[L_TIME_KIDS]) {
		e->err = -EINVAL;
		return;
	}
	if (thread && (kids != t->ns[L_PID] || !machine.thread_pidfds)) {
		e->err = -EINVAL;
		return;
	}
	if (pid_ns_dead(kids)) {
		pids_lose(kids);
		e->err = -ENOMEM;
		return;
	}
	*c = *t;
	fork_ns(c, t, kind);
	fork_shared(c, t, kind);
	c->leader = !thread;
	if (!thread) {
		c->process = model.nr_processes++;
		c->parent = t->process;
	}
	c->state = NOT_YET;	/* has no pids yet */
	pids_give(c);
	c->state = ALIVE;
	if (model.ns[kids].init == UNKNOWN)
		model.ns[kids].init = c->process;
	e->child = s->arg[2];
}

/* ----- exit(2) and wait(2). */

static bool threads_left(int process)
{
	for (int i = 0; i < NR_TASKS; i++)
		if (model.task[i].process == process &&
		    model.task[i].state == ALIVE)
			return true;
	return false;
}

bool model_whole_process_dead(int process)
{
	return !threads_left(process);
}

/* Is there a process, not this one, that is a child or in a pid namespace? */
static bool has_others(const struct task *t, int pid_ns)
{
	for (int i = 0; i < NR_TASKS; i++) {
		const struct task *o = &model.task[i];

		if ((o->state != ALIVE && o->state != ZOMBIE) ||
		    o->process == t->process)
			continue;
		if (o->parent == t->process ||
		    (pid_ns != UNKNOWN && ns_below(o->ns[L_PID], pid_ns)))
			return true;
	}
	return false;
}

/*
 * Left out: a process that ends before its children, who would get another
 * parent, and a pid namespace's init that takes others with it, or waits for
 * them. The last thread stands for the process.
 */
bool model_may_exit(const struct task *t)
{
	int pid_ns = t->ns[L_PID], alive = 0;

	for (int i = 0; i < NR_TASKS; i++)
		alive += model.task[i].process == t->process &&
			 model.task[i].state == ALIVE;
	if (alive > 1)
		return true;
	if (model.ns[pid_ns].init != t->process)
		pid_ns = UNKNOWN;
	return !has_others(t, pid_ns);
}

void model_exit(struct task *t, const struct step *s, struct expect *e)
{
	struct ns *pid_ns = &model.ns[t->ns[L_PID]];

	t->dumpable = t->mm->dumpable;
	t->mm->users--;
	t->fs->users--;
	t->state = t->leader ? ZOMBIE : REAPED;
	if (pid_ns->init == t->process && !threads_left(t->process))
		pid_ns->dead = true;
}

void model_reap(struct task *t, const struct step *s, struct expect *e)
{
	struct task *child = &model.task[s->arg[1]];

	if (child->parent != (t ? t->process : OBSERVER))
		e->err = -ECHILD;
	else
		child->state = REAPED;
}

/* ----- Capabilities and ids. */

void model_cap(struct task *t, const struct step *s, struct expect *e)
{
	__u64 mask = cap_names[s->arg[1]].mask;
	int level = s->arg[2];

	if (mask == EVERY_CAP)
		mask = t->permitted;
	if (level != CAP_LOST && mask & ~t->permitted) {
		e->err = -EPERM;
		return;
	}
	if (level == CAP_LOST)
		t->permitted &= ~mask;
	t->effective &= ~mask;
	if (level == CAP_AWAKE)
		t->effective |= mask;
}

static bool uid_free(const struct task *t, int uid)
{
	return uid == -1 || uid == (int)t->ruid || uid == (int)t->euid ||
	       uid == (int)t->suid;
}

static bool any_root(const struct task *t)
{
	return !t->ruid || !t->euid || !t->suid;
}

void model_uid(struct task *t, const struct step *s, struct expect *e)
{
	struct task old = *t;

	if (!may(t, t->ns[L_USER], CAP_SETUID) &&
	    !(uid_free(t, s->arg[1]) && uid_free(t, s->arg[2]) &&
	      uid_free(t, s->arg[3]))) {
		e->err = -EPERM;
		return;
	}
	if (s->arg[1] != -1)
		t->ruid = s->arg[1];
	if (s->arg[2] != -1)
		t->euid = s->arg[2];
	if (s->arg[3] != -1)
		t->suid = s->arg[3];

	if (any_root(&old) && !any_root(t))
		t->permitted = 0;
	if (t->euid && (!old.euid || !t->permitted))
		t->effective = 0;
	if (!t->euid && old.euid)
		t->effective = t->permitted;
	if (t->euid != old.euid)
		t->mm->dumpable = false;
}

void model_dumpable(struct task *t, const struct step *s, struct expect *e)
{
	t->mm->dumpable = s->arg[1];
}
