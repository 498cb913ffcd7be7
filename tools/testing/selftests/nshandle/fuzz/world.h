/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The world: the real tasks, which do what they are told over a socket each,
 * and the observer, who tells them and looks at all of them from outside.
 */
#ifndef NSHANDLE_FUZZ_WORLD_H
#define NSHANDLE_FUZZ_WORLD_H

#include "fuzz.h"

/*
 * The observer's own descriptors have numbers from here on; a task closes them
 * first of all. So when the observer dies, each task reads the end of its
 * socket, and ends too.
 */
#define FIRST_OURS 100

struct answer {
	int err;
	int create, query;	/* OP_PROCFS */
	uid_t ruid, euid, suid;
	__u64 effective, permitted;
	int dumpable;
	struct vec vec;
};

/* A live task or a zombie, as the observer has it. */
struct slot {
	int ours, theirs;	/* the socket */
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
extern __u64 dir_ino[NR_DIRS];

/* world.c */
void world_prepare(void);
void world_start(void);
void world_stop(void);
bool world_step(const struct step *s, struct answer *a, int *fd);
void world_adopt(int slot, int pidfd, int parent);
void world_await_exit(int slot, bool leader);
bool world_map_ids(int slot);
int limit_ms(void);

/* setup.c */
void setup_machine(void);
void setup_root(void);

/* message.c */
bool message_send(int sock, const void *buf, size_t size, int fd);
bool message_receive(int sock, void *buf, size_t size, int *fd);

/* task.c: run by the tasks */
int task_start(int slot, int flags, int *pidfd);

/* compare.c */
struct expect;
void compare_start(const struct step *s, int number, bool quiet);
void compare_answer(const struct step *s, const struct expect *e,
		    const struct answer *a, int fd);
void compare_pids(int slot);
void compare_world(void);
void compare_creds(void);
[[gnu::format(printf, 1, 2)]] void differ(const char *fmt, ...);
bool differs(void);

#endif /* NSHANDLE_FUZZ_WORLD_H */
