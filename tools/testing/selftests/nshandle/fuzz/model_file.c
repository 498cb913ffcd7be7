// SPDX-License-Identifier: GPL-2.0
/*
 * The model's directories and descriptors: chdir(2) and chroot(2), handles of
 * namespaces, instances of procfs, last-pid vectors. After path_resolution(7)
 * and Documentation/userspace-api/nshandle.rst.
 */

#include <string.h>

#include "model_rules.h"

/* ----- Directories. */

static int dir_child(int dir, const char *name, size_t len)
{
	for (int i = 0; i < NR_DIRS; i++)
		if (i != D_TOP && dirs[i].parent == dir &&
		    strlen(dirs[i].name) == len &&
		    !memcmp(dirs[i].name, name, len))
			return i;
	return UNKNOWN;
}

/*
 * A path, which is "." or begins with "/". Each directory that a name is
 * looked up in must be searchable, and so must the last: it is to be entered.
 */
static int resolve(const struct task *t, const char *path, struct place *to)
{
	size_t len;

	*to = *path == '/' ? t->fs->root : t->fs->cwd;
	for (path++; *path; path += len + (path[len] == '/')) {
		if (!may_search(t, to->dir))
			return -EACCES;
		len = strcspn(path, "/");
		to->dir = dir_child(to->dir, path, len);
		if (to->dir == UNKNOWN)
			return -ENOENT;
	}
	return may_search(t, to->dir) ? 0 : -EACCES;
}

void model_chdir(struct task *t, const struct step *s, struct expect *e)
{
	struct place to;

	e->err = resolve(t, paths[s->arg[1]], &to);
	if (!e->err)
		t->fs->cwd = to;
}

void model_chroot(struct task *t, const struct step *s, struct expect *e)
{
	struct place to;

	e->err = resolve(t, paths[s->arg[1]], &to);
	if (!e->err && !may(t, t->ns[L_USER], CAP_SYS_CHROOT))
		e->err = -EPERM;
	if (!e->err)
		t->fs->root = to;
}

/* "." is a name, too, that is looked up in the directory. */
void model_hold(struct task *t, const struct step *s, struct expect *e)
{
	if (may_search(t, t->fs->cwd.dir))
		model.place[s->arg[1]] = t->fs->cwd;
	else
		e->err = -EACCES;
}

void model_fchdir(struct task *t, const struct step *s, struct expect *e)
{
	struct place to = model.place[s->arg[1]];

	if (may_search(t, to.dir))
		t->fs->cwd = to;
	else
		e->err = -EACCES;
}

/* ----- Handles. */

void model_open(struct task *t, const struct step *s, struct expect *e)
{
	const struct task *at = &model.task[s->arg[1]];

	if (at->state == REAPED)
		e->err = -ESRCH;
	else if (!may_look(t, at, true) &&
		 !(at->state == ZOMBIE && machine.zombie_first))
		e->err = -EACCES;
	else if (at->state == ZOMBIE)
		e->err = -ESRCH;
	if (e->err)
		return;
	e->ns = at->ns[s->arg[2]];
	model.file[s->arg[3]] = e->ns;
}

/* ----- procfs: fsopen, pidns= by descriptor, create, fsmount, query. */

static int check_pidns(const struct task *t, int ns)
{
	if (model.ns[ns].type != L_PID)
		return -EINVAL;
	if (!may(t, model.ns[ns].owner, CAP_SYS_ADMIN))
		return -EPERM;
	return ns_below(ns, t->ns[L_PID]) ? 0 : -EINVAL;
}

/*
 * A refused pidns= leaves the context as it was: it makes an instance of the
 * active pid namespace, if that may be. The /proc of the world is in full view
 * in each mount namespace, so nothing else forbids it. Who may make an instance
 * may also ask it, with the argument 0.
 */
void model_procfs(struct task *t, const struct step *s, struct expect *e)
{
	int ns = t->ns[L_PID];

	if (!may(t, model.ns[t->ns[L_MNT]].owner, CAP_SYS_ADMIN)) {
		e->err = -EPERM;
		e->create = NOT_ASKED;
		return;
	}
	e->err = check_pidns(t, model.file[s->arg[1]]);
	if (!e->err)
		ns = model.file[s->arg[1]];
	if (!may(t, model.ns[ns].owner, CAP_SYS_ADMIN))
		e->create = -EPERM;
	else if (s->arg[2])
		e->query = -EINVAL;
	else
		e->ns = ns;
}

/* ----- Last-pid vectors. */

static int level_of(int ns)
{
	return machine.level + model.ns[ns].depth;
}

/* Up by so many; UNKNOWN above the fuzzer's own. */
static int ancestor(int ns, int up)
{
	for (; up && ns != UNKNOWN; up--)
		ns = model.ns[ns].parent;
	return ns;
}

static int check_vec(int ns, __u32 nr)
{
	if (model.ns[ns].type != L_PID || nr > (__u32)level_of(ns) + 1)
		return -EINVAL;
	return 0;
}

/*
 * No level may be above the caller's, of none not the namespace itself; nobody
 * is above the fuzzer.
 */
static bool in_reach(const struct task *t, int ns, __u32 nr)
{
	int top = ancestor(ns, nr ? nr - 1 : 0);

	return top != UNKNOWN && ns_below(top, t->ns[L_PID]);
}

static int check_level(int ns, int pid)
{
	const struct ns *level = &model.ns[ns];

	if (pid < 0 || pid > machine.pid_max)
		return -EINVAL;
	return level->init == UNKNOWN || level->dead ? -ESRCH : 0;
}

static bool may_set(const struct task *t, int ns)
{
	return may(t, model.ns[ns].owner, CAP_CHECKPOINT_RESTORE) ||
	       may(t, model.ns[ns].owner, CAP_SYS_ADMIN);
}

static int check_vecset(const struct task *t, int ns, const struct vec *vec)
{
	int err = check_vec(ns, vec->nr), dead = 0;

	if (!err && !vec->nr)
		err = -EINVAL;
	if (err)
		return err;
	if (!in_reach(t, ns, vec->nr))
		return -EPERM;
	for (__u32 i = 0; i < vec->nr; i++)
		if (!may_set(t, ancestor(ns, i)))
			return -EPERM;
	for (__u32 i = 0; i < vec->nr; i++) {
		err = check_level(ancestor(ns, i), vec->pid[i]);
		if (err == -EINVAL)
			return err;
		dead |= err;
	}
	return dead;
}

/* The machine's own pids are left alone. */
bool model_vec_moves_base(const struct step *s)
{
	const struct task *t = &model.task[s->arg[0]];
	int ns = model.file[s->arg[1]];

	return !check_vecset(t, ns, &s->vec) &&
	       ancestor(ns, s->vec.nr - 1) == BASE_PID;
}

void model_vecset(struct task *t, const struct step *s, struct expect *e)
{
	int ns = model.file[s->arg[1]];

	e->err = check_vecset(t, ns, &s->vec);
	for (__u32 i = 0; !e->err && i < s->vec.nr; i++)
		model.ns[ancestor(ns, i)].last = s->vec.pid[i];
}

void model_vecget(struct task *t, const struct step *s, struct expect *e)
{
	int ns = model.file[s->arg[1]];

	e->err = check_vec(ns, s->vec.nr);
	if (!e->err && !in_reach(t, ns, s->vec.nr))
		e->err = -EPERM;
	if (e->err)
		return;
	if (!s->vec.nr)
		e->levels = model.ns[ns].depth -
			    model.ns[t->ns[L_PID]].depth + 1;
	e->ns = ns;
	e->vec.nr = s->vec.nr;
	for (__u32 i = 0; i < s->vec.nr; i++)
		e->vec.pid[i] = model.ns[ancestor(ns, i)].last;
}
