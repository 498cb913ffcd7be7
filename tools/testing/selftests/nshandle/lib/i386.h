/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs of 32 bits, which are beside the test.
 */
#ifndef NSHANDLE_LIB_I386_H
#define NSHANDLE_LIB_I386_H

#include "test.h"

/*
 * The folder of this test, which must have @program too: skips the test where
 * that is not built.
 */
int i386_dir(struct __test_metadata *_metadata, const char *program);

/*
 * Runs @argv[0] in @dir with the descriptor @fd open. Returns its exit status;
 * skips the test on a kernel that can't run it.
 */
int i386_run(struct __test_metadata *_metadata, int dir, int fd,
	     char *const argv[]);

#endif /* NSHANDLE_LIB_I386_H */
