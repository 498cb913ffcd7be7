/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Instances of procfs that are mounted somewhere, where their options can be
 * read; and namespaces that an option's text can name.
 */
#ifndef NSHANDLE_LIB_PROCFS_MOUNT_H
#define NSHANDLE_LIB_PROCFS_MOUNT_H

#include "test.h"
#include "world.h"

/* A fixed name for a namespace, so that options can be written down. */
#define NS_FD	"200"

#define NS_PATH	"/proc/self/fd/" NS_FD
#define MNT	"/tmp/proc"

void name_ns(struct __test_metadata *_metadata, const struct world *w,
	     enum ns ns);

void mounts_setup(struct __test_metadata *_metadata);

/* The world, with MNT to mount on. */
void mounts_world_enter(struct __test_metadata *_metadata, struct world *w);

int open_dir(struct __test_metadata *_metadata, const char *path);

/* Mounts what a created context holds; returns its root directory. */
int attach(struct __test_metadata *_metadata, int fc);

/* The options of the superblock mounted at MNT; "" if nothing is. */
void shown_options(struct __test_metadata *_metadata, char options[128]);

#define EXPECT_OPTIONS(_text) do { \
	char __options[128]; \
	shown_options(_metadata, __options); \
	EXPECT_STREQ(_text, __options); \
} while (0)

int try_access(int dir, const char *name);

/* What can be said of any instance, even one that hides most. */
void expect_is_of(struct __test_metadata *_metadata, int dir,
		  const struct world *w, enum ns ns);

/* How many processes a user sees who is nobody, or in a group. */
int user_count(struct __test_metadata *_metadata, int dir, gid_t group);

#endif /* NSHANDLE_LIB_PROCFS_MOUNT_H */
