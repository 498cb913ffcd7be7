// SPDX-License-Identifier: GPL-2.0
/*
 * The model's setns(2), after Documentation/userspace-api/nshandle.rst, and
 * unshare(2), after its manual page and those of the namespaces.
 */

#include "model_rules.h"

static int threads_of(int process)
{
	int n = 0;

	for (int i = 0; i < NR_TASKS; i++)
		n += model.task[i].process == process &&
		     (model.task[i].state == ALIVE ||
		      model.task[i].state == ZOMBIE);
	return n;
}

/* A leader that has ended is a thread still. */
static bool multithreaded(const struct task *t)
{
	return threads_of(t->process) > 1;
}

/* ----- The checks, one for each type. */

static bool may_enter(const struct task *t, int ns, int user)
{
	return (options.wrong || may(t, model.ns[ns].owner, CAP_SYS_ADMIN)) &&
	       may(t, user, CAP_SYS_ADMIN);
}

static int check_user(const struct task *t, int ns)
{
	if (ns == t->ns[L_USER] || multithreaded(t) || t->fs->users > 1)
		return -EINVAL;
	return may(t, ns, CAP_SYS_ADMIN) ? 0 : -EPERM;
}

static int check_mnt(const struct task *t, int ns, int user)
{
	if (!may_enter(t, ns, user) || !may(t, user, CAP_SYS_CHROOT))
		return -EPERM;
	return t->fs->users > 1 ? -EINVAL : 0;
}

/* @user_joined: all capabilities come with the user namespace. */
static int check_root(const struct task *t, const struct source *src, int user,
		      bool user_joined)
{
	int mnt = src->ns[L_MNT];

	if (!may(t, user, CAP_SYS_CHROOT))
		return -EPERM;
	if (t->fs->users > 1)
		return -EINVAL;
	if (src->root.mnt != mnt || src->cwd.mnt != mnt)
		return -EAGAIN;
	if (user_joined || (may_search(t, src->root.dir) &&
			    may_search(t, src->cwd.dir)))
		return 0;
	return -EACCES;
}

static int check_type(const struct task *t, const struct source *src, int type,
		      int user)
{
	int ns = src->ns[type];

	switch (type) {
	case L_USER:
		return check_user(t, ns);
	case L_MNT:
		return check_mnt(t, ns, user);
	case L_TIME:
		if (t->mm->users > 1)
			return -EUSERS;
		break;
	}
	if (!may_enter(t, ns, user))
		return -EPERM;
	return type == L_PID && !ns_below(ns, t->ns[L_PID]) ? -EINVAL : 0;
}

static int check(const struct task *t, const struct source *src, int flags)
{
	bool user_joined = flags & CLONE_NEWUSER;
	int user = user_joined ? src->ns[L_USER] : t->ns[L_USER], err;

	for (int type = 0; type < NR_TYPES; type++) {
		if (flags & type_flags[type]) {
			err = check_type(t, src, type, user);
			if (err)
				return err;
		}
		if (type != L_MNT || !(flags & SETNS_ROOT))
			continue;
		err = check_root(t, src, user, user_joined);
		if (err)
			return err;
	}
	return 0;
}

/* ----- The move. */

/*
 * prctl(2) PR_SET_DUMPABLE: who gains capabilities is not dumpable any more.
 * These are no gain for who has made the namespace, or one that it is in.
 */
static void enter_user(struct task *t, int ns)
{
	bool gain = true;
	int i;

	for (i = ns; i != BASE_USER; i = model.ns[i].owner)
		if (model.ns[i].owner == t->ns[L_USER] &&
		    model.ns[i].uid == t->euid)
			gain = false;
	if (gain)
		t->mm->dumpable = false;
	t->ns[L_USER] = ns;
	t->effective = machine.all_caps;
	t->permitted = machine.all_caps;
}

static void commit(struct task *t, const struct source *src, int flags)
{
	if (flags & CLONE_NEWUSER)
		enter_user(t, src->ns[L_USER]);
	if (flags & CLONE_NEWNS) {
		t->fs->root = (struct place){ src->ns[L_MNT], D_TOP };
		t->fs->cwd = t->fs->root;
	}
	if (flags & SETNS_ROOT) {
		t->fs->root = src->root;
		t->fs->cwd = src->cwd;
	}
	for (int type = L_MNT; type < NR_TYPES; type++)
		if (flags & type_flags[type] && type != L_PID)
			t->ns[type] = src->ns[type];
	if (flags & CLONE_NEWPID)
		t->ns[L_PID_KIDS] = src->ns[L_PID];
	if (flags & CLONE_NEWTIME)
		t->ns[L_TIME_KIDS] = src->ns[L_TIME];
}

/* SETNS_SKIP_JOINED */
static int reduce(const struct task *t, const struct source *src, int flags)
{
	for (int type = 0; type < NR_TYPES; type++) {
		bool joined = src->ns[type] == t->ns[type];

		if (type == L_PID)
			joined = src->ns[type] == t->ns[L_PID_KIDS];
		if (type == L_TIME)
			joined &= src->ns[type] == t->ns[L_TIME_KIDS];
		if (joined)
			flags &= ~type_flags[type];
	}
	return flags;
}

/* ----- The calls. */

/*
 * @allowed: the types that there are to join, and the flags. SETNS_SUPPORTED
 * allows the other types as well.
 */
bool model_flags_valid(int flags, int allowed)
{
	if (flags & allowed & SETNS_SUPPORTED)
		allowed |= ALL_TYPES;
	if (!(flags & ALL_TYPES) || flags & ~allowed)
		return false;
	if (flags & SETNS_FOR_CHILDREN &&
	    !(flags & (CLONE_NEWPID | CLONE_NEWTIME)))
		return false;
	return !(flags & SETNS_ROOT) || flags & CLONE_NEWNS;
}

struct source model_source(const struct task *at, int flags)
{
	struct source src = { .root = at->fs->root, .cwd = at->fs->cwd };

	for (int type = 0; type < NR_TYPES; type++)
		src.ns[type] = at->ns[type];
	if (flags & SETNS_FOR_CHILDREN) {
		src.ns[L_PID] = at->ns[L_PID_KIDS];
		src.ns[L_TIME] = at->ns[L_TIME_KIDS];
	}
	return src;
}

/* What is left of valid flags: the source has every type among them. */
int model_enter(struct task *t, const struct source *src, int flags)
{
	int left = flags & SETNS_SKIP_JOINED ? reduce(t, src, flags) : flags;
	int err = check(t, src, left);

	if (!err && !(flags & SETNS_DRY_RUN))
		commit(t, src, left);
	return err;
}

void model_setns(struct task *t, const struct step *s, struct expect *e)
{
	struct task *at = &model.task[s->arg[1]];
	int flags = s->arg[2];
	struct source src;

	if (!model_flags_valid(flags, ALL_TYPES | ALL_FLAGS))
		e->err = -EINVAL;
	else if (at->state == REAPED)
		e->err = -ESRCH;
	else if (!may_look(t, at, false))
		e->err = -EPERM;
	else if (at->state == ZOMBIE)
		e->err = -ESRCH;
	if (e->err)
		return;

	src = model_source(at, flags);
	e->err = model_enter(t, &src, flags);
}

/* setns(2) with the file of a namespace. */
void model_join(struct task *t, const struct step *s, struct expect *e)
{
	int ns = model.file[s->arg[1]], flags = s->arg[2];
	int type = model.ns[ns].type;
	struct source src = {};

	if (flags && flags != (int)type_flags[type]) {
		e->err = -EINVAL;
		return;
	}
	src.ns[type] = ns;
	e->err = model_enter(t, &src, type_flags[type]);
}

/* ----- unshare(2). */

static bool chrooted(const struct task *t)
{
	return t->fs->root.mnt != t->ns[L_MNT] || t->fs->root.dir != D_TOP;
}

/*
 * A user namespace is made first, and gives all capabilities for the rest. A
 * pid namespace belongs to the user namespace of who makes it, which must not
 * be above that of its parent.
 */
static int check_unshare(const struct task *t, int flags)
{
	int parent = t->ns[L_PID];

	if (flags & ~(ALL_TYPES | CLONE_FS))
		return -EINVAL;
	if (flags & CLONE_NEWUSER) {
		if (multithreaded(t))
			return -EINVAL;
		if (chrooted(t))
			return -EPERM;
	} else if (flags & ALL_TYPES &&
		   !may(t, t->ns[L_USER], CAP_SYS_ADMIN)) {
		return -EPERM;
	}
	if (!(flags & CLONE_NEWPID))
		return 0;
	if (t->ns[L_PID_KIDS] != parent)
		return -EINVAL;
	/* A new user namespace is below all that the present one is below. */
	return user_below(t->ns[L_USER], model.ns[parent].owner) ? 0 : -EINVAL;
}

static void unshare_fs(struct task *t)
{
	if (t->fs->users == 1)
		return;
	t->fs->users--;
	t->fs = &model.fs[fs_new(*t->fs)];
}

static void unshare_mnt(struct task *t)
{
	int old = t->ns[L_MNT], new = ns_new(L_MNT, t->ns[L_USER]);

	t->ns[L_MNT] = new;
	if (t->fs->root.mnt == old)
		t->fs->root.mnt = new;
	if (t->fs->cwd.mnt == old)
		t->fs->cwd.mnt = new;
}

static void unshare_pid(struct task *t)
{
	int new = ns_new(L_PID, t->ns[L_USER]);

	model.ns[new].parent = t->ns[L_PID];
	model.ns[new].depth = model.ns[t->ns[L_PID]].depth + 1;
	t->ns[L_PID_KIDS] = new;
}

static int unshare_user(struct task *t)
{
	int new = ns_new(L_USER, t->ns[L_USER]);

	model.ns[new].uid = t->euid;
	enter_user(t, new);
	return new;
}

void model_unshare(struct task *t, const struct step *s, struct expect *e)
{
	int flags = s->arg[1];

	e->err = check_unshare(t, flags);
	if (e->err)
		return;
	if (flags & (CLONE_FS | CLONE_NEWNS | CLONE_NEWUSER))
		unshare_fs(t);
	if (flags & CLONE_NEWUSER)
		e->map = unshare_user(t);
	if (flags & CLONE_NEWNS)
		unshare_mnt(t);
	if (flags & CLONE_NEWPID)
		unshare_pid(t);
	if (flags & CLONE_NEWTIME)
		t->ns[L_TIME_KIDS] = ns_new(L_TIME, t->ns[L_USER]);
	for (int type = L_UTS; type < L_TIME; type++)
		if (flags & type_flags[type] && type != L_PID)
			t->ns[type] = ns_new(type, t->ns[L_USER]);
}
