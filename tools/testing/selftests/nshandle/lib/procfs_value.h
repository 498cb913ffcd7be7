/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Settings of procfs's "pidns" parameter, one after the other: what each one
 * names, how and by whom it is given, and what comes of it.
 *
 * Refused: the errno, the line in the context's log, and an instance of the
 * caller's own namespace if the context is made one nevertheless. Accepted:
 * what the instance shows, and to whom it belongs. In any case, nothing that
 * was named has been opened.
 */
#ifndef NSHANDLE_LIB_PROCFS_VALUE_H
#define NSHANDLE_LIB_PROCFS_VALUE_H

#include <sys/inotify.h>
#include <sys/sysmacros.h>

#include "test.h"
#include "world.h"

enum verdict {
	OK,
	/* What procfs says. */
	BAD_VALUE,
	NOT_PIDNS,
	NO_RIGHT,
	NOT_BELOW,
	/* What the lookup says. */
	MISSING,
	NOT_DIR,
	LOOP,
	NO_ACCESS,
	NO_DIRFD,
	TOO_LONG,
	/* What the system call says, before there is somebody to log it. */
	NO_VALUE,
	NO_PATH,
	NO_FILE,
	NO_MOUNT,
};

/* The columns of a row, in the order of enum caller. */
#define NR_COLUMNS (BOX_ROOT + 1)

#define ALL(_verdict) { [ROOT ... BOX_ROOT] = _verdict }
#define DIR_CWD		"/tmp/cwd"	/* the working directory ... */
#define DIR_STDIN	"/tmp/stdin"	/* ... and standard input */
#define DIR_CLOSED	"/tmp/closed"	/* without search permission */

/* One row of a table, given in one way by one caller. */
struct attempt {
	char name[64];
	unsigned int cmd;	/* for fsconfig(2), or BY_MOUNT */
	const char *value;
	int aux;
	enum verdict want;
	enum ns ns;
	int fc;		/* the context, of fsconfig(2) */
	int dir;	/* the instance, of mount(2) */
};

#define BY_MOUNT ~0U

/* Shared by all processes of a case. */
struct files {
	struct world w;
	int watch;	/* inotify: who opens what a row names */
	size_t nr;
	struct attempt attempts[32];
	const struct attempt *at;	/* for teardown, should it fail */
};

/* Of exactly that many bytes; they name CHILD, the last one nothing. */
extern char path_255[256], path_256[257], path_long[300];

/*
 * In FIXTURE_SETUP. Returns as the caller of the world, below whose /tmp the
 * files are.
 */
void files_make(struct __test_metadata *_metadata, struct files *f);

struct attempt *attempt_add(struct __test_metadata *_metadata, struct files *f,
			    const char *name, enum verdict want, enum ns ns);

int try_mount(const char *value);

/* Ends at the first that is not as it should be, for teardown to tell. */
void check_attempts(struct __test_metadata *_metadata, struct files *f,
		    enum caller who);

void tell_attempt(struct __test_metadata *_metadata, const struct files *f);

#endif /* NSHANDLE_LIB_PROCFS_VALUE_H */
