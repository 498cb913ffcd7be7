// SPDX-License-Identifier: GPL-2.0
#include "facts.h"
#include "facts_probe.h"

/* A guest that knows its base kernel's version has it there. */
#define BASE_FILE "/vm/base"

static const char *const bases[] = {
#define BASE(_version) _version,
#define FACT(...)
#include "facts.inc"
#undef FACT
#undef BASE
};

static const struct {
	const char *name;
	const char *listed[ARRAY_LEN(bases)];
	fact_probe_fn *probe;
} facts[] = {
#define BASE(...)
#define FACT(_name, ...) { #_name, { __VA_ARGS__ }, probe_ ## _name },
#include "facts.inc"
#undef FACT
#undef BASE
};

/* The column of the list, or -1. Found out before a test has another root. */
static int column = -1;

static void __attribute__((constructor)) find_column(void)
{
	char base[16] = "";
	FILE *f = fopen(BASE_FILE, "re");

	if (!f)
		return;
	if (fscanf(f, "%15s", base) == 1)
		for (size_t i = 0; i < ARRAY_LEN(bases); i++)
			if (!strcmp(base, bases[i]))
				column = i;
	fclose(f);
	if (column < 0) {
		fprintf(stderr, "lists/facts.list has no base '%s'\n", base);
		abort();
	}
}

bool fact_base_known(void)
{
	return column >= 0;
}

const char *fact_name(enum fact f)
{
	return facts[f].name;
}

enum fact_answer fact_listed(enum fact f)
{
	const char *listed = facts[f].listed[column];

	if (!strcmp(listed, "x86"))
		return BUILT_FOR_X86 ? YES : NO;
	return strcmp(listed, "yes") ? NO : YES;
}

bool fact_has_probe(enum fact f)
{
	return facts[f].probe;
}

enum fact_answer fact_probed(struct __test_metadata *_metadata, enum fact f)
{
	return facts[f].probe ? facts[f].probe(_metadata) : UNKNOWN;
}

bool fact(struct __test_metadata *_metadata, enum fact f)
{
	enum fact_answer answer = fact_base_known() ? fact_listed(f) :
				  fact_probed(_metadata, f);
	char why[128];

	if (answer == UNKNOWN) {
		snprintf(why, sizeof(why), "not known of this kernel: %s",
			 facts[f].name);
		skip_test(_metadata, why);
	}
	return answer == YES;
}

void skip_unless_fact(struct __test_metadata *_metadata, enum fact f)
{
	char why[128];

	if (fact(_metadata, f))
		return;
	snprintf(why, sizeof(why), "%s: %s", fact_base_known() ?
		 "not on this base" : "not on this kernel", facts[f].name);
	skip_test(_metadata, why);
}
