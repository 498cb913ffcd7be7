// SPDX-License-Identifier: GPL-2.0
#include "draw.h"
#include "random.h"

int draw_task(enum state wanted)
{
	int slot = draw(NR_TASKS);

	for (int i = 0; i < NR_TASKS; i++, slot = (slot + 1) % NR_TASKS)
		if (model.task[slot].state == wanted)
			return slot;
	return 0;
}

/* Mostly a live task. */
static int draw_target(void)
{
	unsigned int n = draw(100);

	return draw_task(n < 88 ? ALIVE : n < 96 ? ZOMBIE : REAPED);
}

static int draw_file(void)
{
	int file = draw(NR_FILES);

	for (int i = 0; i < NR_FILES; i++, file = (file + 1) % NR_FILES)
		if (model.file[file] != UNKNOWN)
			return file;
	return 0;
}

static int draw_place(void)
{
	int place = draw(NR_PLACES);

	for (int i = 0; i < NR_PLACES; i++, place = (place + 1) % NR_PLACES)
		if (model.place[place].mnt != UNKNOWN)
			return place;
	return 0;
}

static int draw_set(void)
{
	int set = draw(NR_SETS);

	for (int i = 0; i < NR_SETS; i++, set = (set + 1) % NR_SETS)
		if (model.set[set].types)
			return set;
	return 0;
}

/* A file of a pid namespace, if there is one. */
static int draw_pid_file(void)
{
	int file = draw(NR_FILES);

	for (int i = 0; i < NR_FILES; i++, file = (file + 1) % NR_FILES)
		if (model.file[file] != UNKNOWN &&
		    model.ns[model.file[file]].type == L_PID)
			return file;
	return draw_file();
}

static unsigned int draw_types(int percent)
{
	unsigned int flags = 0;

	for (int type = 0; type < NR_TYPES; type++)
		if (chance(percent))
			flags |= type_flags[type];
	return flags;
}

static unsigned int draw_setns_flags(void)
{
	unsigned int n = draw(100), flags;

	if (n < 30)
		flags = type_flags[draw(NR_TYPES)];
	else if (n < 60)
		flags = draw_types(30);
	else if (n < 80)
		flags = draw_types(60) & ~CLONE_NEWUSER;
	else
		flags = ALL_TYPES;
	if (chance(2))
		flags |= 1U << draw(32);
	if (options.no_flags)
		return flags & ~ALL_FLAGS;
	if (chance(40))
		flags |= SETNS_SKIP_JOINED;
	if (chance(15))
		flags |= SETNS_DRY_RUN;
	if (chance(20))
		flags |= SETNS_FOR_CHILDREN;
	if (chance(flags & CLONE_NEWNS ? 35 : 3))
		flags |= SETNS_ROOT;
	if (chance(15))
		flags |= SETNS_SUPPORTED;
	return flags;
}

unsigned int draw_made_flags(void)
{
	unsigned int n = draw(100), flags = 0;

	if (n < 50)
		flags = draw_types(60);
	else if (n < 80)
		flags = ALL_TYPES;
	/* A task can't join a set with the user namespace that it is in. */
	if (chance(60))
		flags &= ~CLONE_NEWUSER;
	if (chance(25))
		flags |= SETNS_FOR_CHILDREN;
	if (chance(!flags || flags & CLONE_NEWNS ? 40 : 3))
		flags |= SETNS_ROOT;
	if (chance(3))
		flags |= 1U << draw(32);
	return flags;
}

/* All that the set holds, all types, or mostly some of what it holds. */
static unsigned int draw_join_set_flags(int set)
{
	unsigned int flags = draw_setns_flags(), n = draw(100);

	if (n < 20)
		return 0;
	if (n < 30)
		return SETNS_ALL;
	if (n < 50 && model.set[set].flags & SETNS_ROOT)
		return CLONE_NEWNS | SETNS_ROOT | (flags & SETNS_SKIP_JOINED);
	if (n < 90 && !(flags & SETNS_SUPPORTED))
		flags &= model.set[set].types | ~ALL_TYPES;
	if (chance(90))
		flags &= ~SETNS_FOR_CHILDREN;
	if (chance(90) && !(model.set[set].flags & SETNS_ROOT))
		flags &= ~SETNS_ROOT;
	return flags;
}

/* A network namespace costs more than all the others. */
unsigned int draw_unshare_flags(void)
{
	unsigned int flags = draw_types(22);

	if (chance(85))
		flags &= ~CLONE_NEWNET;
	if (chance(10))
		flags |= CLONE_FS;
	if (chance(1))
		flags |= CLONE_PARENT;
	return flags;
}

static int draw_pid(void)
{
	const int edge[] = { -1, 0, 1, 298, 299, 300, machine.pid_max - 2,
		machine.pid_max - 1, machine.pid_max, machine.pid_max + 1 };

	if (chance(30))
		return edge[draw(ARRAY_LEN(edge))];
	return draw(1000);
}

/*
 * The pid for the fuzzer's own level is invalid: a SET of it is refused, unless
 * the vector names a level above, which is refused before.
 */
static void draw_vec(struct vec *vec, int ns)
{
	int depth = model.ns[ns].depth;
	bool good = chance(70);

	vec->nr = chance(2) ? ~0U : draw(depth + 3);
	if (good && depth)
		vec->nr = 1 + draw(depth);
	if (chance(4))
		vec->nr = 0;
	for (int i = 0; i < NR_VEC; i++)
		vec->pid[i] = i >= depth ? -1 : good ? (int)draw(1000) :
			      draw_pid();
}

static int draw_cap_level(__u64 mask)
{
	unsigned int n = draw(mask == EVERY_CAP ? 90 : 100);

	return n < 45 ? CAP_AWAKE : n < 88 ? CAP_ASLEEP : CAP_LOST;
}

static void draw_uids(int arg[NR_ARGS])
{
	static const int uids[] = { -1, 0, 1000 };

	for (int i = 1; i <= 3; i++)
		arg[i] = uids[draw(ARRAY_LEN(uids))];
	if (chance(60))
		arg[3] = -1;
	if (chance(40))
		arg[1] = -1;
}

/* The flag of the file's type, none, or a wrong one. */
static int draw_join_flags(int file)
{
	int ns = model.file[file];

	if (chance(15))
		return type_flags[draw(NR_TYPES)];
	if (chance(5))
		return draw_setns_flags();
	return chance(50) || ns == UNKNOWN ? 0 : type_flags[model.ns[ns].type];
}

static int draw_link(void)
{
	if (chance(50))
		return chance(50) ? L_PID : L_PID_KIDS;
	return draw(NR_LINKS);
}

/* The parent of a child is its maker's process, or the fuzzer. */
static int draw_parent(int child)
{
	for (int i = 0; i < NR_TASKS; i++)
		if (model.task[i].state == ALIVE &&
		    model.task[i].process == model.task[child].parent)
			return i;
	return OBSERVER;
}

int draw_free_slot(void)
{
	int slot = draw_task(NOT_YET);

	return model.task[slot].state == NOT_YET ? slot : draw_task(REAPED);
}

static void draw_arg(struct step *s, int i)
{
	switch (ops[s->op].args[i]) {
	case 't':
		s->arg[i] = draw_target();
		break;
	case 's':
		s->arg[i] = draw_free_slot();
		break;
	case 'n':
		s->arg[i] = s->op == OP_JOIN || chance(10) ? draw_file() :
			    draw_pid_file();
		break;
	case 'm':
		s->arg[i] = draw(NR_FILES);
		break;
	case 'd':
		s->arg[i] = draw_place();
		break;
	case 'e':
		s->arg[i] = draw(NR_PLACES);
		break;
	case 'x':
		s->arg[i] = draw_set();
		break;
	case 'y':
		s->arg[i] = draw(NR_SETS);
		break;
	case 'k':
		s->arg[i] = chance(55) ? KIND_PLAIN : draw(NR_KINDS);
		break;
	case 'l':
		s->arg[i] = draw_link();
		break;
	case 'p':
		s->arg[i] = chance(25) ? PATH_SHUT : draw(NR_PATHS);
		break;
	case 'c':
		s->arg[i] = draw(NR_CAPS);
		break;
	case 'v':
		s->arg[i] = draw_cap_level(cap_names[s->arg[i - 1]].mask);
		break;
	case 'b':
		s->arg[i] = draw(NR_BAD);
		break;
	}
}

/* Arguments that depend on the call, not on their kind alone. */
static void draw_rest(struct step *s)
{
	switch (s->op) {
	case OP_REAP:
		s->arg[1] = draw_task(ZOMBIE);
		if (chance(80))
			s->arg[0] = draw_parent(s->arg[1]);
		break;
	case OP_UNSHARE:
		s->arg[1] = draw_unshare_flags();
		break;
	case OP_SETNS:
	case OP_BAD:
		s->arg[2] = draw_setns_flags();
		break;
	case OP_JOIN:
		s->arg[2] = draw_join_flags(s->arg[1]);
		break;
	case OP_SET:
		s->arg[2] = draw_made_flags();
		break;
	case OP_JOIN_SET:
		s->arg[2] = draw_join_set_flags(s->arg[1]);
		break;
	case OP_UID:
		draw_uids(s->arg);
		break;
	case OP_DUMPABLE:
		s->arg[1] = chance(60);
		break;
	case OP_PROCFS:
		s->arg[2] = chance(85) ? 0 : (int)draw(3) - 1;
		break;
	case OP_VECSET:
	case OP_VECGET:
		if (model.file[s->arg[1]] != UNKNOWN)
			draw_vec(&s->vec, model.file[s->arg[1]]);
		break;
	default:
		break;
	}
}

void draw_args(struct step *s)
{
	for (int i = 1; i < NR_ARGS && ops[s->op].args[i]; i++)
		draw_arg(s, i);
	draw_rest(s);
}
