/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Steps and programs: the calls, what their arguments can be, and the names of
 * all that.
 *
 * A step that makes no sense where it stands (its actor is gone, say) does
 * nothing, in the model as in the kernel. So every program stays a program when
 * a step is taken out.
 */
#ifndef NSHANDLE_FUZZ_STEP_H
#define NSHANDLE_FUZZ_STEP_H

#include <sched.h>

#include <linux/nshandle.h>
#include <linux/sched.h>

#include "base.h"

#define NR_TASKS	8	/* slots; a slot is used again after a reaping */
#define NR_FIRST	2	/* tasks that a world begins with */
#define NR_FILES	6	/* descriptors of namespaces that are kept */
#define NR_PLACES	3	/* descriptors of directories that are kept */
#define NR_SETS		4	/* set descriptors that are kept */
#define NR_VEC		16	/* entries of a vector of pids */
#define MAX_DEPTH	8	/* pid namespaces below the fuzzer's own */
#define MAX_STEPS	64	/* of a program */
#define NOT_ASKED	1	/* beside 0 and the negated errnos */
#define OBSERVER	(-1)	/* the fuzzer itself, parent of the first */

/*
 * The links in /proc/PID/ns. The first eight are the types, in the order in
 * which setns(2) checks them.
 */
enum {
	L_USER, L_MNT, L_UTS, L_IPC, L_PID, L_CGROUP, L_NET, L_TIME,
	NR_TYPES,
	L_PID_KIDS = NR_TYPES, L_TIME_KIDS,
	NR_LINKS,
};

extern const char *const link_names[NR_LINKS];
extern const unsigned int type_flags[NR_TYPES];

#define ALL_TYPES (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | \
		   CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWCGROUP | \
		   CLONE_NEWNET | CLONE_NEWTIME)
#define ALL_FLAGS (SETNS_SKIP_JOINED | SETNS_DRY_RUN | \
		   SETNS_FOR_CHILDREN | SETNS_ROOT | SETNS_SUPPORTED)

/* Of the flags of OP_SET: nsset_args.flags; the rest is nsset_args.types. */
#define SET_FLAGS 0x7f

/* The directories of the world's only file system. */
enum { D_TOP, D_JAIL, D_CELL, D_SHUT, D_SHUT_CELL, NR_DIRS };

extern const struct dir {
	const char *name;
	int parent;
	mode_t mode;
} dirs[NR_DIRS];

#define NR_PATHS 7
#define PATH_SHUT 5
extern const char *const paths[NR_PATHS];

enum { KIND_PLAIN, KIND_FS, KIND_VM, KIND_THREAD, NR_KINDS };
extern const char *const kind_names[NR_KINDS];
extern const unsigned long kind_flags[NR_KINDS];

/* What setns(2) can be given that is no handle. */
enum { BAD_CLOSED, BAD_OPATH, BAD_DIR, BAD_SOCKET, NR_BAD };
extern const char *const bad_names[NR_BAD];

enum { CAPS_DAC = 6, CAPS_ALL, NR_CAPS };
#define EVERY_CAP (~0ULL)	/* of those that are permitted */
extern const struct capname {
	const char *name;
	__u64 mask;
} cap_names[NR_CAPS];

/* What there is of a capability: nothing, permitted, effective as well. */
enum { CAP_LOST, CAP_ASLEEP, CAP_AWAKE, NR_CAP_LEVELS };
extern const char *const cap_levels[NR_CAP_LEVELS];

enum op {
	OP_FORK,	/* task kind slot */
	OP_FAULT,	/* task: clone(2) with no memory for the pidfd */
	OP_EXIT,	/* task */
	OP_REAP,	/* task|O task */
	OP_UNSHARE,	/* task flags */
	OP_SETNS,	/* task, target, flags */
	OP_JOIN,	/* task file flags: setns(2) with the file */
	OP_BAD,		/* task what flags: setns(2) with no handle */
	OP_CAP,		/* task capability level */
	OP_UID,		/* task real effective saved */
	OP_DUMPABLE,	/* task 0|1 */
	OP_CHDIR,	/* task path */
	OP_CHROOT,	/* task path */
	OP_HOLD,	/* task place: keep the working directory open */
	OP_FCHDIR,	/* task place */
	OP_OPEN,	/* task, target, link, file: PIDFD_GET_*_NAMESPACE */
	OP_PROCFS,	/* task file argument: fsopen ... pidns= ... GET */
	OP_VECSET,	/* task file vector */
	OP_VECGET,	/* task file vector: only the number of levels counts */
	OP_SET,		/* task, target, flags, set: PIDFD_GET_NSSET */
	OP_JOIN_SET,	/* task set flags: setns(2) with the set */
	OP_MEMBER,	/* task set link file: PIDFD_GET_*_NAMESPACE */
	OP_CLOSE,	/* task set: the task has the last descriptor of it */
	NR_OPS,
};

#define NR_ARGS 4

/*
 * How a step is written: @args has a letter for each of its arguments, the
 * first of which is the acting task.
 */
extern const struct op_desc {
	const char *name;
	const char *args;
} ops[NR_OPS];

struct vec {
	__u32 nr;
	__s32 pid[NR_VEC];
};

struct step {
	enum op op;
	int arg[NR_ARGS];
	struct vec vec;
};

struct program {
	int nr;
	struct step step[MAX_STEPS];
};

#endif /* NSHANDLE_FUZZ_STEP_H */
