/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the bases, by name: lists/facts.list.
 */
#ifndef NSHANDLE_LIB_FACTS_H
#define NSHANDLE_LIB_FACTS_H

#include "test.h"

enum fact {
#define BASE(...)
#define FACT(_name, ...) _name,
#include "facts.inc"
#undef FACT
#undef BASE
	NR_FACTS,
};

/*
 * Is it true of this kernel? Of a base in a guest the list tells, of any other
 * kernel a probe; the test is skipped if there is none. For root, in
 * FIXTURE_SETUP or in the process of the case.
 */
bool fact(struct __test_metadata *_metadata, enum fact f);

/* Ends the test if the fact is not true of this kernel. */
void skip_unless_fact(struct __test_metadata *_metadata, enum fact f);

/* Is there a list for this kernel? What it says, and what a probe says. */
bool fact_base_known(void);

enum fact_answer {
	NO,
	YES,
	UNKNOWN,	/* there is no probe, or it cannot be made */
};

const char *fact_name(enum fact f);
enum fact_answer fact_listed(enum fact f);
bool fact_has_probe(enum fact f);
enum fact_answer fact_probed(struct __test_metadata *_metadata, enum fact f);

#endif /* NSHANDLE_LIB_FACTS_H */
