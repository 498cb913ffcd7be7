/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Instances of procfs that are mounted at MNT, the options that are shown for
 * them, and a fixed path of a namespace, to write an option with.
 */
#ifndef NSHANDLE_LIB_PROCFS_MOUNT_H
#define NSHANDLE_LIB_PROCFS_MOUNT_H

#include "test.h"
#include "world.h"

#define NS_FD	"200"
#define NS_PATH	"/proc/self/fd/" NS_FD
#define MNT	"/tmp/proc"

/* Makes NS_PATH name @ns. */
void name_ns(struct __test_metadata *_metadata, const struct world *w,
	     enum ns ns);

/* private_mounts(), with MNT to mount on. */
void mounts_setup(struct __test_metadata *_metadata);

/* In FIXTURE_SETUP: the world, and mounts_setup(). */
void mounts_world_enter(struct __test_metadata *_metadata, struct world *w);

int open_dir(struct __test_metadata *_metadata, const char *path);

/* Mounts a created context at MNT; returns its root directory. */
int attach(struct __test_metadata *_metadata, int fc);

/* The options of the superblock mounted at MNT; "" if there is none. */
void shown_options(struct __test_metadata *_metadata, char options[128]);

#define EXPECT_OPTIONS(_text) do { \
	char __options[128]; \
	shown_options(_metadata, __options); \
	EXPECT_STREQ(_text, __options); \
} while (0)

/* Returns 0 or the (positive) errno. */
int try_access(int dir, const char *name);

/* The instance shows @ns; its other options may hide most processes. */
void expect_is_of(struct __test_metadata *_metadata, int dir,
		  const struct world *w, enum ns ns);

/* How many processes an ordinary user sees, in @group if that is not 0. */
int user_count(struct __test_metadata *_metadata, int dir, gid_t group);

#endif /* NSHANDLE_LIB_PROCFS_MOUNT_H */
