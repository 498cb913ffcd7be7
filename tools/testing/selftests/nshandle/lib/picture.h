/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A picture of everything in a task that setns(2) could move.
 */
#ifndef NSHANDLE_LIB_PICTURE_H
#define NSHANDLE_LIB_PICTURE_H

#include "test.h"
#include "types.h"

void undo_start(struct __test_metadata *_metadata);

void undo_stop(struct __test_metadata *_metadata);

/* For a caller whose semaphore stays behind, in another IPC namespace. */
void undo_forget(void);

/* 1 while the undo list of the one task that has armed it is in place. */
int undo_value(struct __test_metadata *_metadata);

struct place {
	__u64 dev, ino, mnt;
};

struct state {
	int proc;	/* /proc/TID, opened before anything moved */
	bool self;	/* the last four are known of the caller alone */
	struct place link[NR_LINKS];
	struct place root, cwd;
	unsigned int uid[4], gid[4];
	__u64 cap[5];
	int securebits, dumpable, pdeath, undo;
};

void place_read(struct __test_metadata *_metadata, int dir, const char *path,
		struct place *p);

/* The same namespace: whatever mount of nsfs it was seen through. */
bool ns_same(const struct place *a, const struct place *b);

bool place_same(const struct place *a, const struct place *b);

/* Reads anew what s->proc and s->self name. */
void state_refresh(struct __test_metadata *_metadata, struct state *s);

/* The calling thread, as it is. */
void state_read(struct __test_metadata *_metadata, struct state *s);

/*
 * Another task, by its directory in /proc: that of a container is ->proc and
 * ".", of one of its threads ->proc and "task/TID".
 */
void state_read_task(struct __test_metadata *_metadata, int proc,
		     const char *dir, struct state *s);

void state_close(struct state *s);

/* Which of it has moved since @before was read: MOVED_* bits. */
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
 * Makes everything that a join can move different from what a fresh task has,
 * so that its move can be seen: a working directory that is not the root, an
 * undo list, a parent-death signal and, as far as we may, an ambient and an
 * inheritable capability and a securebit. Then reads the state.
 */
void state_arm(struct __test_metadata *_metadata, struct state *s);

#endif /* NSHANDLE_LIB_PICTURE_H */
