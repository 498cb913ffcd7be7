/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A pid namespace whose end can be seen, and instances of procfs without a
 * process.
 *
 * The namespace's user namespace has a limit of one pid namespace. So as long
 * as the namespace exists, no other can be made there (ENOSPC).
 */
#ifndef NSHANDLE_LIB_PROCFS_LIFE_H
#define NSHANDLE_LIB_PROCFS_LIFE_H

#include "test.h"
#include "box.h"

struct life {
	struct container c;	/* the namespace's init */
	int ns;			/* the pid namespace */
	int owner;		/* its user namespace, with that limit */
	int witness;		/* another such user namespace, still empty */
};

/*
 * In FIXTURE_SETUP. Returns in a mount namespace of its own, with MNT of
 * procfs_mount.h to mount on.
 */
void life_start(struct __test_metadata *_metadata, struct life *l);

/* Ends the namespace's processes, and closes its descriptor. */
void let_go(struct __test_metadata *_metadata, struct life *l);

/* The namespace exists nevertheless. */
void expect_held(struct __test_metadata *_metadata, const struct life *l);

void expect_freed(struct __test_metadata *_metadata, const struct life *l);

/* pread(2) of the beginning of the file. */
ssize_t read_start(int fd);

/* The instance shows no process; files that are not about one still work. */
void expect_deserted(struct __test_metadata *_metadata, int dir);

#endif /* NSHANDLE_LIB_PROCFS_LIFE_H */
