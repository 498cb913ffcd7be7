/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A target that again and again becomes root, goes to other namespaces or to
 * another root, comes back, and becomes UID again; and callers of UID, which may
 * join it only while it is UID.
 */
#ifndef NSHANDLE_LIB_PRIVILEGED_H
#define NSHANDLE_LIB_PRIVILEGED_H

#include "test.h"
#include "box.h"
#include "flags.h"
#include "picture.h"
#include "race.h"

/* All but user: the caller cannot come back from another user namespace. */
#define NS	BUT_NS(CLONE_NEWUSER)

/* Descriptors of the target, which a program inherits. */
enum {
	FD_SHARED = 100,
	FD_A,		/* the pidfd of container A, where the target lives */
	FD_B,		/* the pidfd of container B */
};

/* Where the target goes as root. */
enum leave {
	TO_CONTAINER,		/* B */
	TO_UTS,			/* a namespace of its own */
	TO_MANY,		/* several */
	TO_JAIL,		/* another root */
};

/* In a file that the target's programs map, too. */
struct privileged {
	struct duel duel;
	enum leave leave;
	long stay;		/* how long to stay away, in spins */
	atomic_int visits;
	atomic_bool stop;	/* for a target that loops by itself */
};

/* The target as root: it goes away and stays. Exits if that fails. */
void go_away(struct privileged *sh);

/* The target as root: it comes back, and becomes UID. Exits if that fails. */
void come_back(struct privileged *sh);

/* What the target does when the test says 'g'; does not return. */
typedef void privileged_fn(struct __test_metadata *_metadata,
			   struct privileged *sh);

struct privileged_scene {
	/* Chosen by the test. */
	enum leave leave;
	bool keep_caps;		/* when the target becomes UID at first */
	privileged_fn *run;

	/* Known after privileged_start(). */
	struct container a, b;
	struct privileged *sh;
	struct state home;	/* where the target is in A */
	pid_t target;
	int pidfd;
	int go;			/* a socket to the target */
};

/* /tmp of the test is a mount that the target sees as its /tmp, too. */
void privileged_start(struct __test_metadata *_metadata,
		      struct privileged_scene *s);
void privileged_stop(struct __test_metadata *_metadata,
		     struct privileged_scene *s);

/* The caller becomes UID, with all capabilities but CAP_SYS_PTRACE. */
void joiner_become(struct __test_metadata *_metadata);

/*
 * EPERM is the one error, for a target that is not UID at that moment. With
 * SETNS_ROOT there is EAGAIN, for a target that has another root by the end of
 * the call. The target never exits, so there is no ESRCH.
 */
void expect_joiner_refused(struct __test_metadata *_metadata, int err,
			   int flags);

#endif /* NSHANDLE_LIB_PRIVILEGED_H */
