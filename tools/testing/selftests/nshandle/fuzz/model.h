/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model: what there is, as far as the documentation makes it visible. It
 * says nothing about the kernel's own data, and knows nothing that the kernel
 * has answered but three kinds of names: the inode number of a new namespace,
 * the mount id of its file system, and the last pid where a failed fork(2) has
 * left it at a number that no documentation tells.
 */
#ifndef NSHANDLE_FUZZ_MODEL_H
#define NSHANDLE_FUZZ_MODEL_H

#include <linux/capability.h>

#include "step.h"

#define MAX_NS (NR_TYPES * (MAX_STEPS + 1))
#define UNKNOWN (-1)

struct ns {
	int type;
	int owner;		/* user namespace; for a user one its parent */
	__u64 ino;		/* 0: not seen yet */

	uid_t uid;		/* user: who made it */

	__u64 mnt_id;	/* mnt: of its file system; 0: not seen yet */

	int parent;		/* pid */
	int depth;		/* pid: 0 is the fuzzer's */
	int init;		/* pid: the process that is 1, or UNKNOWN */
	bool dead;		/* pid: that has ended */
	int last;		/* pid: that was given last, or UNKNOWN */
};

/* The fuzzer's own namespaces are 0 .. NR_TYPES - 1, by type. */
#define BASE_USER L_USER
#define BASE_PID L_PID

/* A directory, seen in a mount namespace. */
struct place {
	int mnt;
	int dir;
};

/* What a join is asked for: by types, and the paths. */
struct source {
	int ns[NR_TYPES];
	struct place root, cwd;
};

struct set {
	int types;		/* CLONE_NEW* that it holds; 0: there is none */
	int flags;		/* that it was made with */
	struct source src;	/* .ns UNKNOWN: not held */
};

struct fs {
	struct place root, cwd;
	int users;
};

struct mm {
	bool dumpable;
	int users;
};

enum state { NOT_YET, ALIVE, ZOMBIE, REAPED };

struct task {
	enum state state;
	int process;		/* threads of one process have the same */
	int parent;		/* a process, or OBSERVER */
	bool leader;
	uid_t ruid, euid, suid;
	__u64 effective, permitted;
	int ns[NR_LINKS];
	int pid[MAX_DEPTH + 1];	/* in the pid namespaces, by their depth */
	struct fs *fs;		/* of a live task */
	struct mm *mm;
	bool dumpable;		/* of a zombie, when it died */
};

struct model {
	int nr_ns, nr_processes, nr_fs, nr_mm;
	struct ns ns[MAX_NS];
	struct task task[NR_TASKS];
	int file[NR_FILES];		/* a namespace, or UNKNOWN */
	struct place place[NR_PLACES];	/* .mnt UNKNOWN: none */
	struct set set[NR_SETS];
	struct fs fs[MAX_STEPS * 2 + NR_FIRST];
	struct mm mm[MAX_STEPS + NR_FIRST];
};

/* What a step must answer. */
struct expect {
	int err;
	int create;	/* OP_PROCFS: errno of FSCONFIG_CMD_CREATE, */
	int query;	/* and of the query */
	int ns;		/* the descriptor that came is of this one */
	int set;	/* OP_SET: and is kept there */
	__u32 levels;	/* OP_VECGET of 0 levels: how many there are */
	int map;	/* a new user namespace, for which ids are to be mapped */
	int child;	/* slot of a new task */
	struct vec vec;	/* OP_VECGET */
};

/* What depends on the machine. */
struct machine {
	int level;	/* of the fuzzer's pid namespace */
	int pid_max;		/* of a new pid namespace */
	__u64 own_caps;		/* of the fuzzer */
	__u64 all_caps;		/* that there are */
	__u64 ino[NR_LINKS];
	__u64 mnt_id;
	bool unborn_linked;	/* a pid namespace without an init, in procfs */
	bool thread_pidfds;	/* there is a pidfd of a single thread */
	bool vm_is_of_one_time;	/* nobody shares it across time namespaces */
	bool zombie_first;	/* ESRCH of it, whoever asks for a handle */
};

extern struct machine machine;
extern struct model model;

/* ----- What all rules stand on: namespaces, and who may do what. */

int ns_new(int type, int owner);
bool ns_below(int ns, int top);
bool user_below(int user, int top);
bool may(const struct task *t, int user_ns, int cap);
bool may_look(const struct task *t, const struct task *at, bool by_fs_ids);
bool may_search(const struct task *t, int dir);
int fs_new(struct fs from);

#endif /* NSHANDLE_FUZZ_MODEL_H */
