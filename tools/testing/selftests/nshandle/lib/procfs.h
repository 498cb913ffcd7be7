/* SPDX-License-Identifier: GPL-2.0 */
/*
 * procfs's "pidns" parameter: contexts and their logs, instances that are
 * mounted nowhere, and what such an instance must show.
 *
 * An instance is a descriptor of its root directory. It lives on a detached
 * mount, so that nothing is left when the descriptor is closed.
 */
#ifndef NSHANDLE_LIB_PROCFS_H
#define NSHANDLE_LIB_PROCFS_H

#include "test.h"
#include "world.h"

#ifndef PROCFS_GET_PID_NAMESPACE
#define PROCFS_GET_PID_NAMESPACE _IO('f', 32)
#endif

/* ----- The system calls: descriptors or -1. */

int sys_fsopen(const char *type);

/* The descriptor is as of open(2) with O_PATH. */
int sys_fsmount(int fc);

/* A context to reconfigure the instance that @dir is the root directory of. */
int sys_fspick(int dir);

/* Attaches a detached mount to the directory @to. */
int sys_move_mount(int mnt, const char *to);

/* A descriptor of the pid namespace that the instance shows. */
int procfs_get_pidns(int dir);

/* ----- fsconfig(2): 0 or the (positive) errno. */

int try_fsconfig(int fc, unsigned int cmd, const char *key, const void *value,
		 int aux);

/* pidns= by descriptor, as most tests set it. */
int try_pidns(int fc, int fd);

int try_create(int fc);

int try_reconfigure(int fc);

/* ----- The log of a context. */

#define LOG_SIZE 512
#define LOG_BAD_VALUE	"e proc: Bad value for 'pidns'"
#define LOG_BUSY	"e proc: pidns: can't be changed on a mounted instance"
#define LOG_NOT_PIDNS	"e proc: pidns: not a pid namespace"
#define LOG_NO_RIGHT \
	"e proc: pidns: CAP_SYS_ADMIN over the owner of the pid namespace is needed"
#define LOG_NOT_BELOW \
	"e proc: pidns: neither the active pid namespace nor below it"

/* Takes the oldest line out of the log, without its newline; "" if none. */
void log_read(struct __test_metadata *_metadata, int fc, char line[LOG_SIZE]);

/* The oldest line, which is taken out of the log, is @_text. */
#define EXPECT_LOG(_fc, _text) do { \
	char __line[LOG_SIZE]; \
	log_read(_metadata, _fc, __line); \
	EXPECT_STREQ(_text, __line); \
} while (0)

/* The log is empty: read(2) says ENODATA. */
#define EXPECT_NO_LOG(_fc) EXPECT_LOG(_fc, "")

/* The log's only line is @_text. */
#define EXPECT_ONLY_LOG(_fc, _text) do { \
	int __fc = (_fc); \
	EXPECT_LOG(__fc, _text); \
	EXPECT_NO_LOG(__fc); \
} while (0)

/* ----- FIXTURE_SETUP. */

/*
 * Mainline has a pidns= since 6.17 that opens paths, takes no O_PATH descriptor
 * and has other words for what it refuses. PROCFS_GET_PID_NAMESPACE goes with
 * ours.
 */
#define OTHER_PIDNS "kernel with another pidns= (no PROCFS_GET_PID_NAMESPACE)"

bool have_any_pidns(void);
bool have_pidns(void);

/* In place of SKIP_WITHOUT_WORLD(). */
void skip_without_pidns(struct __test_metadata *_metadata);

#define SKIP_WITHOUT_PIDNS() skip_without_pidns(_metadata)

/* The whole setup of a fixture that needs the world only. */
void procfs_world_enter(struct __test_metadata *_metadata, struct world *w);

/* ----- Contexts and instances. */

/* A new context of procfs. */
int procfs_context(struct __test_metadata *_metadata);

/* Mounts a created context, and returns the root directory. */
int procfs_mount(struct __test_metadata *_metadata, int fc);

/* Creates and mounts; the context stays open. */
int procfs_create(struct __test_metadata *_metadata, int fc);

/* An instance of a namespace of the world. */
int procfs_of(struct __test_metadata *_metadata, const struct world *w,
	      enum ns ns);

/* ----- What an instance shows. */

/* The pid that "self" names, 0 if it names none (ENOENT). */
pid_t procfs_self(struct __test_metadata *_metadata, int dir);

/* Is there a process with that pid? */
bool procfs_has(struct __test_metadata *_metadata, int dir, pid_t pid);

/* How many processes the directory lists. */
int procfs_count(struct __test_metadata *_metadata, int dir);

/* Is process 1 of the instance a process of @ns, a namespace of the world? */
bool procfs_init_is_of(struct __test_metadata *_metadata, int dir,
		       const struct world *w, enum ns ns);

/* The instance shows @ns to the caller of the world. */
void expect_shows(struct __test_metadata *_metadata, int dir,
		  const struct world *w, enum ns ns);

/*
 * Mounts the context, which is @created or is created now; the instance shows
 * @ns.
 */
void expect_created(struct __test_metadata *_metadata, const struct world *w,
		    int fc, bool created, enum ns ns);

#endif /* NSHANDLE_LIB_PROCFS_H */
