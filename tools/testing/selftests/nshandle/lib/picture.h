/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A picture of everything in a task that setns(2) could move: namespaces, root,
 * working directory, credentials, and the SysV undo list.
 */
#ifndef NSHANDLE_LIB_PICTURE_H
#define NSHANDLE_LIB_PICTURE_H

#include "test.h"
#include "types.h"

/* Between them, state_arm() makes an undo list, and a picture includes it. */
void undo_start(struct __test_metadata *_metadata);
void undo_stop(struct __test_metadata *_metadata);

/* For a caller whose semaphore is in another IPC namespace now. */
void undo_forget(void);

/* 1 while the task that has called state_arm() has its undo list. */
int undo_value(struct __test_metadata *_metadata);

struct place {
	__u64 dev, ino, mnt;
};

struct state {
	int proc;	/* /proc/TID, opened before anything moved */
	bool self;	/* the caller: only it can read the last four */
	struct place link[NR_LINKS];
	struct place root, cwd;
	unsigned int uid[4], gid[4];
	__u64 cap[5];
	int securebits, dumpable, pdeath, undo;
};

void place_read(struct __test_metadata *_metadata, int dir, const char *path,
		struct place *p);

/* Is it the same namespace, through whatever mount of nsfs? */
bool ns_same(const struct place *a, const struct place *b);
bool place_same(const struct place *a, const struct place *b);

/* Reads the task that @s is of again. */
void state_refresh(struct __test_metadata *_metadata, struct state *s);

/* Reads the calling thread. */
void state_read(struct __test_metadata *_metadata, struct state *s);

/*
 * Reads another task by its directory @dir, a path from @proc: of a container
 * "." from its ->proc, of a thread of a container "task/TID".
 */
void state_read_task(struct __test_metadata *_metadata, int proc,
		     const char *dir, struct state *s);

void state_close(struct state *s);

/* MOVED_* bits of what has moved since @before was read. */
unsigned int state_moved(struct __test_metadata *_metadata,
			 const struct state *before);
void moved_log(struct __test_metadata *_metadata, unsigned int expected,
	       unsigned int moved);

/* Exactly _mask has moved since *_before was read. */
#define EXPECT_MOVED(_before, _mask) do { \
	unsigned int __want = (_mask); \
	unsigned int __moved = state_moved(_metadata, _before); \
	EXPECT_EQ(__want, __moved) { \
		moved_log(_metadata, __want, __moved); \
	} \
} while (0)

#define EXPECT_NOTHING_MOVED(_before) EXPECT_MOVED(_before, 0)

/*
 * Gives the caller what a fresh task has not, so that a move can be seen: a
 * working directory that is not the root, an undo list, a parent-death signal
 * and, as far as its capabilities allow, an ambient and an inheritable capability
 * and a securebit. Then reads the state.
 */
void state_arm(struct __test_metadata *_metadata, struct state *s);

#endif /* NSHANDLE_LIB_PICTURE_H */
