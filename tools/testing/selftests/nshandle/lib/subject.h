/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process whose namespaces are asked for, in each state that matters for the
 * answer, and the callers that ask.
 */
#ifndef NSHANDLE_LIB_SUBJECT_H
#define NSHANDLE_LIB_SUBJECT_H

#include "test.h"
#include "picture.h"

enum victim {
	LIVE,
	GUARDED,	/* live and not dumpable */
	ZOMBIE,
	REAPED,
	HEADLESS,	/* its first thread has exited, another lives */
};

struct subject {
	pid_t pid;	/* 0 once it is reaped */
	int pidfd;
	int proc;	/* /proc/PID */
	int pipefd[2];
};

/* Returns when the subject is in the state @victim. */
void subject_start(struct __test_metadata *_metadata, struct subject *s,
		   enum victim victim);

void subject_stop(struct __test_metadata *_metadata, struct subject *s);

enum asker {
	BY_ROOT,
	BY_UID_1000,
	BY_ROOT_NO_CAPS,
	BY_ROOT_PTRACE,	/* CAP_SYS_PTRACE and nothing else */
	BY_FSUID_1000,	/* root but for fsuid; CAP_SYS_PTRACE lowered */
};

/* There is no way back: call it in a child. */
void become_asker(struct __test_metadata *_metadata, enum asker asker);

/* What must be as before when an asker has been refused. */
struct asker_state {
	struct state before;
	int fds;
};

/* The caller becomes the asker. */
struct asker_state asker_begin(struct __test_metadata *_metadata,
			       enum asker asker);

/* Nothing has moved, and there are as many descriptors. */
void asker_end(struct __test_metadata *_metadata, const struct asker_state *s);

#endif /* NSHANDLE_LIB_SUBJECT_H */
