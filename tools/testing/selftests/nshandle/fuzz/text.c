// SPDX-License-Identifier: GPL-2.0
#include "text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

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
	{ "SUPPORTED", SETNS_SUPPORTED }, { "FS", CLONE_FS },
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
	else if (strchr("xy", kind))
		fprintf(f, "S%d", arg);
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

static bool parse_number(const char *text, long long min, long long max,
			 int *number)
{
	char *end;
	long long n = strtoll(text, &end, 0);

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
	case 'x':
	case 'y':
		return parse_slot('S', NR_SETS, text, arg);
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

static bool step_parse(struct step *s, char *line)
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
