// SPDX-License-Identifier: GPL-2.0
#include "compare.h"
#include "setup.h"
#include "text.h"
#include "world.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

static struct {
	const struct step *step;
	int number;
	bool quiet, found;
} now;

void compare_start(const struct step *s, int number, bool quiet)
{
	now.step = s;
	now.number = number;
	now.quiet = quiet;
	now.found = false;
}

bool differs(void)
{
	return now.found;
}

void differ(const char *fmt, ...)
{
	va_list args;

	if (!now.found && !now.quiet) {
		printf("\nDIFFERENCE after step %d: ", now.number);
		step_print(stdout, now.step);
	}
	now.found = true;
	if (now.quiet)
		return;
	printf("  ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
}

static const char *errname(int err)
{
	return err == NOT_ASKED ? "not asked" :
	       err ? strerrorname_np(-err) : "0";
}

static void same_err(const char *what, int model_err, int kernel_err)
{
	if (model_err != kernel_err)
		differ("%s: model %s, kernel %s", what, errname(model_err),
		       errname(kernel_err));
}

static void same_number(const char *what, long long model_number,
			long long kernel_number)
{
	if (model_number != kernel_number)
		differ("%s: model %lld, kernel %lld", what, model_number,
		       kernel_number);
}

/* ----- Namespaces by inode number. */

/* Does a task or a descriptor hold the namespace, and so its inode number? */
static bool in_use(int ns)
{
	for (int i = 0; i < NR_FILES; i++)
		if (model.file[i] == ns)
			return true;
	for (int i = 0; i < NR_SETS; i++)
		if (model.set[i].types &&
		    model.set[i].src.ns[model.ns[ns].type] == ns)
			return true;
	for (int i = 0; i < NR_TASKS; i++) {
		if (model.task[i].state != ALIVE)
			continue;
		for (int link = 0; link < NR_LINKS; link++)
			if (model.task[i].ns[link] == ns)
				return true;
	}
	return ns < NR_TYPES;
}

/* The namespace in use that has this inode number, or UNKNOWN. */
static int ns_by_ino(__u64 ino)
{
	for (int ns = 0; ns < model.nr_ns; ns++)
		if (model.ns[ns].ino == ino && in_use(ns))
			return ns;
	return UNKNOWN;
}

static const char *ns_name(int ns, char buf[32])
{
	if (ns == UNKNOWN)
		snprintf(buf, 32, "unknown");
	else
		snprintf(buf, 32, "%s#%d", link_names[model.ns[ns].type], ns);
	return buf;
}

/* A namespace that is seen first must have a number that none in use has. */
static void same_ns(const char *what, int ns, __u64 ino)
{
	char want[32], got[32];
	int seen = ns_by_ino(ino);

	if (!model.ns[ns].ino && seen == UNKNOWN)
		model.ns[ns].ino = ino;
	if (model.ns[ns].ino != ino)
		differ("%s: model %s, kernel %s", what, ns_name(ns, want),
		       ns_name(seen, got));
}

static void same_ns_fd(const char *what, int ns, int fd)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		differ("%s: no descriptor", what);
	else if (ns == UNKNOWN)
		differ("%s: model has none, kernel has", what);
	else
		same_ns(what, ns, st.st_ino);
}

/* ----- What is in a set: the same all the time. */

static void compare_set(int i)
{
	const struct set *set = &model.set[i];
	struct nsset_info info = { .size = sizeof(info) };
	char what[32];

	if (ioctl(sets[i], NSSET_GET_INFO, &info)) {
		differ("S%d: %m", i);
		return;
	}
	same_number("flags of the set", set->flags, info.flags);
	same_number("types of the set", set->types, info.types);
	for (int type = 0; type < NR_TYPES && !now.found; type++) {
		snprintf(what, sizeof(what), "S%d %s", i, link_names[type]);
		if (set->types & type_flags[type])
			same_ns(what, set->src.ns[type], info.ino[type]);
		else
			same_number(what, 0, info.ino[type]);
	}
}

static void compare_sets(void)
{
	for (int i = 0; i < NR_SETS; i++)
		if (model.set[i].types)
			compare_set(i);
}

/* ----- Answers. */

static void compare_creds_of(const char *who, const struct task *t,
			     uid_t ruid, uid_t euid, uid_t suid,
			     __u64 effective, __u64 permitted)
{
	if (t->ruid != ruid || t->euid != euid || t->suid != suid)
		differ("%s uids: model %u %u %u, kernel %u %u %u", who,
		       t->ruid, t->euid, t->suid, ruid, euid, suid);
	if (t->effective != effective || t->permitted != permitted)
		differ("%s caps: model %#llx of %#llx, kernel %#llx of %#llx",
		       who, (long long)t->effective, (long long)t->permitted,
		       (long long)effective, (long long)permitted);
}

static void compare_vec(const struct vec *want, const struct vec *got, int ns)
{
	for (__u32 i = 0; i < want->nr; i++, ns = model.ns[ns].parent) {
		/* The model does not know this one, and takes the kernel's. */
		if (want->pid[i] == UNKNOWN && ns != BASE_PID)
			model.ns[ns].last = got->pid[i];
		if (want->pid[i] != UNKNOWN)
			same_number("last pid", want->pid[i], got->pid[i]);
	}
}

/* The pids, or for 0 levels the number of levels; nothing else is written. */
static void compare_vecget(const struct step *s, const struct expect *e,
			   const struct answer *a)
{
	compare_vec(&e->vec, &a->vec, e->ns);
	same_number("levels", s->vec.nr || e->err ? s->vec.nr : e->levels,
		    a->vec.nr);
	for (__u32 i = e->vec.nr; i < NR_VEC; i++)
		same_number("pid beyond", s->vec.pid[i], a->vec.pid[i]);
}

void compare_answer(const struct step *s, const struct expect *e,
		    const struct answer *a, int fd)
{
	const struct task *t = &model.task[s->arg[0]];

	same_err("errno", e->err, a->err);
	if (now.found)
		return;
	if (s->op == OP_PROCFS) {
		same_err("FSCONFIG_CMD_CREATE", e->create, a->create);
		same_err("PROCFS_GET_PID_NAMESPACE", e->query, a->query);
	}
	if (s->op == OP_VECGET)
		compare_vecget(s, e, a);
	else if (e->ns != UNKNOWN)
		same_ns_fd("descriptor", e->ns, fd);
	/* In a new user namespace ids have no numbers yet. */
	if (s->arg[0] == OBSERVER || e->map != UNKNOWN)
		return;
	compare_creds_of("actor's", t, a->ruid, a->euid, a->suid,
			 a->effective, a->permitted);
	if (s->op != OP_EXIT)
		same_number("dumpable", t->mm->dumpable, a->dumpable);
}

/* The pids that a new task was given, from the fuzzer's namespace down. */
void compare_pids(int slot)
{
	struct task *t = &model.task[slot];
	int ns = t->ns[L_PID], depth = model.ns[ns].depth;

	same_number("pid namespaces", depth + 1, slots[slot].levels);
	for (; ns != BASE_PID; ns = model.ns[ns].parent) {
		depth = model.ns[ns].depth;
		if (t->pid[depth] == UNKNOWN) {
			t->pid[depth] = slots[slot].level_pid[depth];
			model.ns[ns].last = t->pid[depth];
		}
		same_number("pid", t->pid[depth],
			    slots[slot].level_pid[depth]);
	}
}

/* ----- All tasks. */

/* 0 if it does not exist. */
static __u64 link_ino(int slot, int link)
{
	struct statx stx;

	if (!statx(slots[slot].ns, link_names[link], 0, STATX_INO, &stx))
		return stx.stx_ino;
	if (errno != ENOENT && errno != ESRCH)
		differ("T%d %s: %m", slot, link_names[link]);
	return 0;
}

/*
 * A zombie has its user and its pid namespace still. A pid namespace without
 * an init is in no link of Linux 6.12.
 */
static bool link_exists(const struct task *t, int link)
{
	if (t->state == ZOMBIE)
		return link == L_USER || link == L_PID;
	return link != L_PID_KIDS || machine.unborn_linked ||
	       model.ns[t->ns[link]].init != UNKNOWN;
}

static void compare_link(int slot, int link)
{
	const struct task *t = &model.task[slot];
	__u64 ino = link_ino(slot, link);
	bool exists = link_exists(t, link);
	char what[32];

	if (exists != !!ino)
		differ("T%d %s: model %s, kernel %s", slot, link_names[link],
		       exists ? "has it" : "has none", ino ? "has it" :
		       "has none");
	if (!exists || !ino)
		return;
	snprintf(what, sizeof(what), "T%d %s", slot, link_names[link]);
	same_ns(what, t->ns[link], ino);
}

static void compare_place(int slot, const char *name, struct place want)
{
	struct ns *ns = &model.ns[want.mnt];
	struct statx stx;
	int dir;

	if (statx(slots[slot].proc, name, 0, STATX_INO | STATX_MNT_ID, &stx)) {
		differ("T%d %s: %m", slot, name);
		return;
	}
	for (dir = 0; dir < NR_DIRS && dir_ino[dir] != stx.stx_ino; dir++)
		;
	if (dir != want.dir)
		differ("T%d %s: model '%s', kernel '%s'", slot, name,
		       dirs[want.dir].name,
		       dir < NR_DIRS ? dirs[dir].name : "another");
	for (int i = 0; i < model.nr_ns && !ns->mnt_id; i++)
		if (model.ns[i].mnt_id == stx.stx_mnt_id && in_use(i))
			differ("T%d %s is in mnt#%d", slot, name, i);
	if (!ns->mnt_id)
		ns->mnt_id = stx.stx_mnt_id;
	if (ns->mnt_id != stx.stx_mnt_id)
		differ("T%d %s is not in mnt#%d", slot, name, want.mnt);
}

void compare_world(void)
{
	compare_sets();
	for (int i = 0; i < NR_TASKS; i++) {
		const struct task *t = &model.task[i];

		if (t->state != ALIVE && t->state != ZOMBIE)
			continue;
		for (int link = 0; link < NR_LINKS; link++)
			compare_link(i, link);
		if (t->state != ALIVE)
			continue;
		compare_place(i, "root", t->fs->root);
		compare_place(i, "cwd", t->fs->cwd);
	}
}

/* ----- At the end of a program: what only the actor of a step has told. */

static bool read_status(int slot, char *buf, size_t size)
{
	int fd = openat(slots[slot].proc, "status", O_RDONLY | O_CLOEXEC);
	ssize_t len = read(fd, buf, size - 1);

	close(fd);
	buf[len > 0 ? len : 0] = '\0';
	return len > 0;
}

void compare_creds(void)
{
	unsigned long long effective, permitted;
	unsigned int ruid, euid, suid;
	char buf[4096], who[16], *uids, *caps;

	for (int i = 0; i < NR_TASKS; i++) {
		if (model.task[i].state != ALIVE)
			continue;
		snprintf(who, sizeof(who), "T%d", i);
		if (!read_status(i, buf, sizeof(buf))) {
			differ("%s has no status", who);
			continue;
		}
		uids = strstr(buf, "\nUid:");
		caps = strstr(buf, "\nCapPrm:");
		if (!uids || !caps ||
		    sscanf(uids, "\nUid: %u %u %u", &ruid, &euid, &suid) != 3 ||
		    sscanf(caps, "\nCapPrm: %llx CapEff: %llx", &permitted,
			   &effective) != 2)
			die("cannot read the status of T%d", i);
		compare_creds_of(who, &model.task[i], ruid, euid, suid,
				 effective, permitted);
	}
}
