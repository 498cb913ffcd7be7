/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NS_SET_LAST_PID_VEC and NS_GET_LAST_PID_VEC: the calls, vectors and what they
 * must hold, and the world with what the fixtures need for them.
 *
 * A vector has the innermost level first, as in the kernel. Levels are numbered
 * from the machine's own namespace, which is 0.
 */
#ifndef NSHANDLE_LIB_PID_VEC_H
#define NSHANDLE_LIB_PID_VEC_H

#include <assert.h>
#include <linux/nsfs.h>

#include "test.h"
#include "chain.h"
#include "world.h"

#define MAX_PIDS (MAX_LEVEL + 1)

/* struct ns_ioc_pid_vec, with room for one pid more than there can be. */
struct pid_vec {
	__u32 nr;
	__s32 pid[MAX_PIDS + 1];
};

static_assert(offsetof(struct pid_vec, pid) ==
	      offsetof(struct ns_ioc_pid_vec, pid), "the kernel's layout");

/* SET and GET return 0 or the (positive) errno. */
int try_set(int fd, const void *vec);

int try_get(int fd, void *vec);

#define NO_PID_VEC "kernel without NS_SET_LAST_PID_VEC"

bool have_pid_vec(void);

/* In FIXTURE_SETUP. */
void skip_without_pid_vec(struct __test_metadata *_metadata);

#define SKIP_WITHOUT_PID_VEC() skip_without_pid_vec(_metadata)

/* ----- Vectors. */

/* All slots are @pid, also those beyond @nr. */
struct pid_vec vec_of(__u32 nr, pid_t pid);

/* The pid that new_vec() has in slot @_i; no process has it. */
#define LAST(_i) (700 + 10 * (int)(_i))

struct pid_vec new_vec(__u32 nr);

/* GET, which must work. */
struct pid_vec vec_get(struct __test_metadata *_metadata, int fd, __u32 nr);

/*
 * The last @bytes before a hole: the page after them is not mapped with @prot
 * -1, else mapped with @prot. The kernel accesses that page if it reads or
 * writes more than @bytes.
 */
void *before_hole(struct __test_metadata *_metadata, size_t bytes, int prot);

/* ----- What last pids must be. */

/* From the kernel: an automatic pid wraps to this one. */
#define RESERVED_PIDS 300

/* A @shared namespace is the machine's own: other tasks may fork there. */
void expect_pid(struct __test_metadata *_metadata, pid_t want, pid_t seen,
		bool shared);

/* The last pids of @fd are @want's; slot @bottom, if any, is level 0's. */
void expect_vec(struct __test_metadata *_metadata, int fd,
		const struct pid_vec *want, int bottom);

/* ----- In the world. */

/* The last pids of all levels from SELF down to @ns; none if not below SELF. */
struct pid_vec get_levels(struct __test_metadata *_metadata,
			  const struct world *w, enum ns ns);

void expect_levels(struct __test_metadata *_metadata, const struct world *w,
		   enum ns where, const struct pid_vec *want);

struct scene {
	struct world w;
	pid_t host;	/* last pid of the harness's namespace before */
};

/* In FIXTURE_SETUP, in place of SKIP_WITHOUT_WORLD() and world_enter(). */
void scene_enter(struct __test_metadata *_metadata, struct scene *s);

/* In FIXTURE_TEARDOWN_PARENT: no SET has moved the harness's last pid. */
void scene_left(struct __test_metadata *_metadata, struct scene *s);

/* What a caller keeps of the capabilities that it has. */
enum keep {
	ALL_CAPS,
	NO_CAPS,
	CR_ALONE,		/* CAP_CHECKPOINT_RESTORE */
	ADMIN_ALONE,		/* CAP_SYS_ADMIN */
	ALL_BUT_BOTH,
};

void keep_caps(struct __test_metadata *_metadata, enum keep keep);

#endif /* NSHANDLE_LIB_PID_VEC_H */
