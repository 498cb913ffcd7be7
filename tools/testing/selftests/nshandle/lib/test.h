/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every test has: the harness, and how long a wait may last.
 *
 * Everything asserts by itself, hence the _metadata in most signatures. Use
 * TEST_F only: the metadata of TEST is not shared with forked children, so
 * that an assertion which fails in one of them would be lost.
 */
#ifndef NSHANDLE_LIB_TEST_H
#define NSHANDLE_LIB_TEST_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/sched.h>
#include <linux/securebits.h>

/*
 * How many times longer than usual a wait may last: NSHANDLE_SLOW, for a kernel
 * that looks at each of its own accesses. The harness's limits are alarms.
 */
int slow(void);

/*
 * From one to the next of a long list of rows: all of them, or on a slow kernel,
 * where any row shows what it looks for, each seventeenth.
 */
#define NEXT_ROW (slow() > 1 ? 17 : 1)

/* What a slow machine may take. */
#define POLL_MS (10000 * slow())

#define alarm(_seconds) alarm((_seconds) * slow())

/*
 * The harness is made for programs of one object. What it defines is unused in
 * the objects of the library; of the four symbols that are not static, the
 * program's own is linked.
 */
#pragma weak _fixture_global
#pragma weak __active_test
#pragma weak __wait_for_test
#pragma weak __run_test
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include "../../kselftest_harness.h"
#pragma GCC diagnostic pop

#define BIT(_n) (1U << (_n))
#define ARRAY_LEN(_a) (sizeof(_a) / sizeof((_a)[0]))

/*
 * Ends the test here, without FIXTURE_TEARDOWN(); @why is the reason that the
 * report gives.
 */
void skip_test(struct __test_metadata *_metadata, const char *why);

/* Writes @text in one go to an existing file, @path below @dir. */
void write_at(struct __test_metadata *_metadata, int dir, const char *path,
	      const char *text);

#endif /* NSHANDLE_LIB_TEST_H */
