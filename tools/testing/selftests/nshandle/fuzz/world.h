/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The world: the real tasks, and the observer, who starts them, hands out steps
 * and keeps what they bring back.
 */
#ifndef NSHANDLE_FUZZ_WORLD_H
#define NSHANDLE_FUZZ_WORLD_H

#include "task.h"

/* A live task or a zombie, as the observer has it. */
struct slot {
	int sock;	/* the observer's end */
	int pidfd;
	int proc;		/* /proc/PID */
	int ns;			/* /proc/PID/ns */
	pid_t pid, tgid;
	int level_pid[MAX_DEPTH + 1];	/* as a new task's model has them */
	int levels;
};

extern struct slot slots[NR_TASKS];
extern int files[NR_FILES];
extern int places[NR_PLACES];
extern int sets[NR_SETS];

void world_prepare(void);
void world_start(void);
void world_stop(void);

/*
 * Returns false if there is no answer. @fd is the descriptor that came with it,
 * or -1: the caller's, unless the step is one to keep it.
 */
bool world_step(const struct step *s, struct answer *a, int *fd);

/* @parent is a slot of the process, if the new task is a thread of it. */
void world_adopt(int slot, int pidfd, int parent);

void world_await_exit(int slot, bool leader);

/* Maps all ids of the task's new user namespace, each to itself. */
bool world_map_ids(int slot);

#endif /* NSHANDLE_FUZZ_WORLD_H */
