/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the races of the last-pid vector share: a chain of namespaces, a thread
 * that sets a vector again and again, and when a loop ends.
 */
#ifndef NSHANDLE_LIB_PID_VEC_RACE_H
#define NSHANDLE_LIB_PID_VEC_RACE_H

#include <stdatomic.h>

#include "test.h"
#include "chain.h"
#include "pid_vec.h"

/* Levels of a vector: of a chain of six, all but the machine's own. */
#define LEVELS 5

/* All levels are set to one of these. */
#define PID_A 1000
#define PID_B 2000

/* In FIXTURE_SETUP. Returns the innermost namespace, all levels set to A. */
int levels_make(struct __test_metadata *_metadata, struct chain *c);

/* Are all pids of the vector the same? */
bool is_whole(const struct pid_vec *vec);

/* In FIXTURE_SETUP. */
void skip_on_one_processor(struct __test_metadata *_metadata);

/* When a loop that has not seen everything ends nevertheless. */
long long loop_end(void);

/*
 * Has a loop another round? It has @many rounds, and more until it has @seen
 * all that it must see. At @end it ends in any case: the test then fails,
 * because its counts are too low.
 */
bool goes_on(int round, int many, bool seen, long long end);

/* A thread that makes the same SET again and again. */
struct setter {
	pthread_t thread;
	int fd;
	struct pid_vec vec;
	atomic_bool stop;
	int until;		/* it stops by itself at this result */
	int result;		/* of the last call */
	int undocumented;	/* a result neither .until nor .instead */
	int instead;		/* the result before .until */
	unsigned long calls;
};

/* Sets until the result is @until; before that it must be @instead. */
void setter_start(struct __test_metadata *_metadata, struct setter *s,
		  int until, int instead);

/* The result that the thread stops at is due by now. */
void setter_join(struct __test_metadata *_metadata, struct setter *s);

void setter_stop(struct __test_metadata *_metadata, struct setter *s);

#endif /* NSHANDLE_LIB_PID_VEC_RACE_H */
