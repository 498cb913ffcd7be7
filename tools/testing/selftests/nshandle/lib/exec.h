/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A target that executes a program, which is a copy of the test, and two pipes
 * to it.
 */
#ifndef NSHANDLE_LIB_EXEC_H
#define NSHANDLE_LIB_EXEC_H

#include "test.h"
#include "fuse.h"

/* The uid of most targets and callers, and one that has no right to either. */
#define UID		1000
#define OTHER_UID	1001

#define PROGRAM		"/tmp/program"

/* A copy of this test. */
void make_program(struct __test_metadata *_metadata, const char *path,
		  mode_t mode);

struct exec_target {
	pid_t pid;
	int pidfd;
	int steps;	/* from the target: 'r'eady, e'x'ecuted */
	int go;		/* to the target: each byte lets it go on */
};

/*
 * Forks with @flags of clone3(2). In the child, @t->pid is 0 and the pipes are
 * its own ends, which a program inherits.
 */
void exec_target_fork(struct __test_metadata *_metadata, struct exec_target *t,
		      __u64 flags);

/* Serves FUSE until the target reports @what. */
void exec_target_await(struct __test_metadata *_metadata,
		       struct exec_target *t, struct fuse_daemon *daemon,
		       char what);

/* Executes PROGRAM; returns if that fails. No assertions. */
void program_exec(int steps, int go);

/*
 * For main(). PROGRAM reports 'x', and executes itself again for each byte from
 * @go. In the test itself, this returns at once.
 */
void program_main(int argc, char **argv);

#endif /* NSHANDLE_LIB_EXEC_H */
