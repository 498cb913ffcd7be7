/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Settings of procfs's "pidns" parameter, one after the other: the files that
 * they name, the calls, and the checks of each.
 *
 * A refused setting is checked for its errno, the line in the context's log,
 * and that an instance of the context shows the caller's own pid namespace. An
 * accepted setting is checked for what the instance shows, and for its owner.
 * Neither may open the file that it names.
 */
#ifndef NSHANDLE_LIB_PROCFS_VALUE_H
#define NSHANDLE_LIB_PROCFS_VALUE_H

#include "test.h"
#include "world.h"

enum verdict {
	OK,
	/* By procfs. */
	BAD_VALUE,
	NOT_PIDNS,
	NO_RIGHT,
	NOT_BELOW,
	/* By the lookup of a path. */
	MISSING,
	NOT_DIR,
	LOOP,
	NO_ACCESS,
	NO_DIRFD,
	TOO_LONG,
	/* By the system call, without a log line. */
	NO_VALUE,
	NO_PATH,
	NO_FILE,
	NO_MOUNT,
};

/* The columns of a row, in the order of enum caller. */
#define NR_COLUMNS (BOX_ROOT + 1)

#define ALL(_verdict) { [ROOT ... BOX_ROOT] = _verdict }

/* Standard input, and a directory without search permission. */
#define DIR_STDIN	"/tmp/stdin"
#define DIR_CLOSED	"/tmp/closed"

/* One setting: a row of a table, given in one way by one caller. */
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
	int watch;	/* inotify: sees every open(2) of a named file */
	size_t nr;
	struct attempt attempts[32];
	const struct attempt *at;	/* present, for tell_attempt() */
};

/* Paths of so many bytes, which name CHILD; path_long names nothing. */
extern char path_255[256], path_256[257], path_long[300];

/*
 * In FIXTURE_SETUP. Returns as the caller of the world, below whose /tmp the
 * files are.
 */
void files_make(struct __test_metadata *_metadata, struct files *f);

struct attempt *attempt_add(struct __test_metadata *_metadata, struct files *f,
			    const char *name, enum verdict want, enum ns ns);

int try_mount(const char *value);

/* Makes and checks all attempts, up to the first that fails. */
void check_attempts(struct __test_metadata *_metadata, struct files *f,
		    enum caller who);

/* In FIXTURE_TEARDOWN_PARENT: tells which attempt has failed. */
void tell_attempt(struct __test_metadata *_metadata, const struct files *f);

#endif /* NSHANDLE_LIB_PROCFS_VALUE_H */
