// SPDX-License-Identifier: GPL-2.0
/*
 * Programs as text: a step is a line of words, its name and its arguments;
 * T is for tasks, N for kept namespaces, D for kept directories.
 *
 *	T0 unshare user|uts
 *	T1 setns T0 user|uts|SKIP
 */

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <linux/capability.h>

#include "fuzz.h"

const char *const link_names[NR_LINKS] = {
	"user", "mnt", "uts", "ipc", "pid", "cgroup", "net", "time",
	"pid_for_children", "time_for_children",
};

const unsigned int type_flags[NR_TYPES] = {
	CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC,
	CLONE_NEWPID, CLONE_NEWCGROUP, CLONE_NEWNET, CLONE_NEWTIME,
};

const struct dir dirs[NR_DIRS] = {
	[D_TOP] = { "", D_TOP, 0755 },
	[D_JAIL] = { "jail", D_TOP, 0755 },
	[D_CELL] = { "cell", D_JAIL, 0755 },
	[D_SHUT] = { "shut", D_TOP, 0700 },
	[D_SHUT_CELL] = { "cell", D_SHUT, 0755 },
};

const char *const paths[NR_PATHS] = {
	"/", ".", "/jail", "/cell", "/jail/cell", [PATH_SHUT] = "/shut",
	"/shut/cell",
};

const char *const kind_names[NR_KINDS] = {
	"process", "fs", "vm", "thread"
};

const unsigned long kind_flags[NR_KINDS] = {
	[KIND_FS] = CLONE_FS,
	[KIND_VM] = CLONE_VM,
	[KIND_THREAD] = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			CLONE_THREAD,
};

const char *const bad_names[NR_BAD] = { "closed", "o_path", "dir", "socket" };

const struct capname cap_names[NR_CAPS] = {
	{ "sys_admin", BIT(CAP_SYS_ADMIN) },
	{ "sys_chroot", BIT(CAP_SYS_CHROOT) },
	{ "sys_ptrace", BIT(CAP_SYS_PTRACE) },
	{ "setuid", BIT(CAP_SETUID) },
	{ "checkpoint_restore", BIT(CAP_CHECKPOINT_RESTORE) },
	{ "dac_override", BIT(CAP_DAC_OVERRIDE) },
	[CAPS_DAC] = { "dac", BIT(CAP_DAC_OVERRIDE) |
			      BIT(CAP_DAC_READ_SEARCH) },
	[CAPS_ALL] = { "all", EVERY_CAP },
};

const char *const cap_levels[NR_CAP_LEVELS] = { "lost", "asleep", "awake" };

/*
 * t a task, s a slot for a new one, n and d descriptors that are kept, m and e
 * the same where one is put, f flags, k kind, l link, p path, c capability,
 * v its level, b what is no handle, i a number, V a vector.
 */
const struct op_desc ops[NR_OPS] = {
	[OP_FORK] = { "fork", "tks" },
	[OP_FAULT] = { "fork_fault", "t" },
	[OP_EXIT] = { "exit", "t" },
	[OP_REAP] = { "reap", "tt" },
	[OP_UNSHARE] = { "unshare", "tf" },
	[OP_SETNS] = { "setns", "ttf" },
	[OP_JOIN] = { "join", "tnf" },
	[OP_BAD] = { "setns_of", "tbf" },
	[OP_CAP] = { "cap", "tcv" },
	[OP_UID] = { "setresuid", "tiii" },
	[OP_DUMPABLE] = { "dumpable", "ti" },
	[OP_CHDIR] = { "chdir", "tp" },
	[OP_CHROOT] = { "chroot", "tp" },
	[OP_HOLD] = { "hold", "te" },
	[OP_FCHDIR] = { "fchdir", "td" },
	[OP_OPEN] = { "open", "ttlm" },
	[OP_PROCFS] = { "procfs", "tni" },
	[OP_VECSET] = { "set_pids", "tnV" },
	[OP_VECGET] = { "get_pids", "tnV" },
};

static const struct {
	const char *name;
	unsigned int flag;
} flag_names[] = {
	{ "user", CLONE_NEWUSER }, { "mnt", CLONE_NEWNS },
	{ "uts", CLONE_NEWUTS }, { "ipc", CLONE_NEWIPC },
	{ "pid", CLONE_NEWPID }, { "cgroup", CLONE_NEWCGROUP },
	{ "net", CLONE_NEWNET }, { "time", CLONE_NEWTIME },
	{ "SKIP", SETNS_SKIP_JOINED }, { "DRY", SETNS_DRY_RUN },
	{ "KIDS", SETNS_FOR_CHILDREN }, { "ROOT", SETNS_ROOT },
	{ "FS", CLONE_FS },
};

/* ----- Printing. */

static void print_flags(FILE *f, unsigned int flags)
{
	const char *bar = "";

	for (size_t i = 0; i < ARRAY_LEN(flag_names); i++) {
		if (!(flags & flag_names[i].flag))
			continue;
		fprintf(f, "%s%s", bar, flag_names[i].name);
		flags &= ~flag_names[i].flag;
		bar = "|";
	}
	if (flags || !*bar)
		fprintf(f, "%s%#x", bar, flags);
}

static void print_vec(FILE *f, const struct vec *vec)
{
	fprintf(f, "%u", vec->nr);
	for (__u32 i = 0; i < vec->nr && i < NR_VEC; i++)
		fprintf(f, ",%d", vec->pid[i]);
}

/* Words of which there is a list. */
static const char *word(char kind, int i)
{
	switch (kind) {
	case 'k':
		return kind_names[i];
	case 'l':
		return link_names[i];
	case 'p':
		return paths[i];
	case 'c':
		return cap_names[i].name;
	case 'v':
		return cap_levels[i];
	default:
		return bad_names[i];
	}
}

static int words(char kind)
{
	switch (kind) {
	case 'k':
		return NR_KINDS;
	case 'l':
		return NR_LINKS;
	case 'p':
		return NR_PATHS;
	case 'c':
		return NR_CAPS;
	case 'v':
		return NR_CAP_LEVELS;
	default:
		return NR_BAD;
	}
}

static void print_arg(FILE *f, char kind, const struct step *s, int i)
{
	int arg = s->arg[i];

	if (kind == 'V')
		print_vec(f, &s->vec);
	else if (kind == 'f')
		print_flags(f, arg);
	else if (kind == 'i')
		fprintf(f, "%d", arg);
	else if (strchr("ts", kind))
		fprintf(f, arg == OBSERVER ? "O" : "T%d", arg);
	else if (strchr("nm", kind))
		fprintf(f, "N%d", arg);
	else if (strchr("de", kind))
		fprintf(f, "D%d", arg);
	else
		fprintf(f, "%s", word(kind, arg));
}

void step_print(FILE *f, const struct step *s)
{
	const char *kinds = ops[s->op].args;

	print_arg(f, kinds[0], s, 0);
	fprintf(f, " %s", ops[s->op].name);
	for (int i = 1; kinds[i]; i++) {
		fputc(' ', f);
		print_arg(f, kinds[i], s, i);
	}
	fputc('\n', f);
}

void program_print(FILE *f, const struct program *p)
{
	for (int i = 0; i < p->nr; i++)
		step_print(f, &p->step[i]);
}

/* ----- Reading. */

static bool parse_number(const char *text, long min, long max, int *number)
{
	char *end;
	long n = strtol(text, &end, 0);

	*number = n;
	return *text && !*end && n >= min && n <= max;
}

static bool parse_flags(char *text, int *flags)
{
	char *save, *name = strtok_r(text, "|", &save);
	int number;
	size_t i;

	for (*flags = 0; name; name = strtok_r(NULL, "|", &save)) {
		for (i = 0; i < ARRAY_LEN(flag_names); i++)
			if (!strcmp(name, flag_names[i].name))
				break;
		if (i < ARRAY_LEN(flag_names))
			*flags |= flag_names[i].flag;
		else if (parse_number(name, 0, 0xffffffff, &number))
			*flags |= number;
		else
			return false;
	}
	return true;
}

static bool parse_vec(char *text, struct vec *vec)
{
	char *save, *word = strtok_r(text, ",", &save);
	int number;

	if (!word || !parse_number(word, 0, 0xffffffff, &number))
		return false;
	vec->nr = number;
	for (int i = 0; i < NR_VEC; i++) {
		word = strtok_r(NULL, ",", &save);
		if (word && !parse_number(word, INT_MIN, INT_MAX,
					  &vec->pid[i]))
			return false;
	}
	return true;
}

static bool parse_word(char kind, const char *text, int *arg)
{
	for (*arg = 0; *arg < words(kind); (*arg)++)
		if (!strcmp(text, word(kind, *arg)))
			return true;
	return false;
}

static bool parse_slot(char letter, int slots, const char *text, int *arg)
{
	return *text == letter && parse_number(text + 1, 0, slots - 1, arg);
}

static bool parse_arg(char kind, char *text, struct step *s, int i)
{
	int *arg = &s->arg[i];

	switch (kind) {
	case 'V':
		return parse_vec(text, &s->vec);
	case 'f':
		return parse_flags(text, arg);
	case 'i':
		return parse_number(text, -1, INT_MAX, arg);
	case 't':
	case 's':
		if (i == 0 && !strcmp(text, "O")) {
			*arg = OBSERVER;
			return true;
		}
		return parse_slot('T', NR_TASKS, text, arg);
	case 'n':
	case 'm':
		return parse_slot('N', NR_FILES, text, arg);
	case 'd':
	case 'e':
		return parse_slot('D', NR_PLACES, text, arg);
	default:
		return parse_word(kind, text, arg);
	}
}

static bool parse_op(const char *name, enum op *op)
{
	for (*op = 0; *op < NR_OPS; (*op)++)
		if (!strcmp(name, ops[*op].name))
			return true;
	return false;
}

bool step_parse(struct step *s, char *line)
{
	char *save, *actor = strtok_r(line, " \t\n", &save);
	char *name = strtok_r(NULL, " \t\n", &save), *text;
	const char *kinds;

	*s = (struct step){};
	if (!actor || !name || !parse_op(name, &s->op))
		return false;
	kinds = ops[s->op].args;
	if (!parse_arg(kinds[0], actor, s, 0))
		return false;
	for (int i = 1; kinds[i]; i++) {
		text = strtok_r(NULL, " \t\n", &save);
		if (!text || !parse_arg(kinds[i], text, s, i))
			return false;
	}
	return !strtok_r(NULL, " \t\n", &save);
}

/* Empty lines and those that begin with # are none. */
bool program_read(FILE *f, struct program *p)
{
	char line[256];

	p->nr = 0;
	while (fgets(line, sizeof(line), f)) {
		if (strspn(line, " \t\n") == strlen(line) || *line == '#')
			continue;
		if (p->nr == MAX_STEPS || !step_parse(&p->step[p->nr++], line))
			return false;
	}
	return true;
}
