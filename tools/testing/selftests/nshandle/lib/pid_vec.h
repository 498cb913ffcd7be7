/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NS_SET_LAST_PID_VEC and NS_GET_LAST_PID_VEC, as the tests call them.
 *
 * A vector in here is innermost first, as the kernel has it; levels are
 * numbered from the machine's own namespace, which is 0.
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

/* Return 0 or the (positive) errno. */
int try_set(int fd, const void *vec);

int try_get(int fd, void *vec);

#define NO_PID_VEC "kernel without NS_SET_LAST_PID_VEC"

bool have_pid_vec(void);

void skip_without_pid_vec(struct __test_metadata *_metadata);

#define SKIP_WITHOUT_PID_VEC() skip_without_pid_vec(_metadata)

struct pid_vec vec_of(__u32 nr, pid_t pid);

struct pid_vec vec_get(struct __test_metadata *_metadata, int fd, __u32 nr);

/* From the kernel: an automatic pid wraps to this one. */
#define RESERVED_PIDS 300

int read_pid_max(struct __test_metadata *_metadata);

void expect_pid(struct __test_metadata *_metadata, pid_t want, pid_t seen,
		bool shared);

/* The last pids of @fd are @want's; the one of level 0 may have gone on. */
void expect_vec(struct __test_metadata *_metadata, int fd,
		const struct pid_vec *want, int bottom);

/*
 * Two pages: of the first all but the last @bytes are out of the way, and the
 * second is @prot, or not there with -1. What the kernel reads or writes
 * beyond these bytes, it does in the second page.
 */
void *before_hole(struct __test_metadata *_metadata, size_t bytes, int prot);

/* The pid to set in slot @i: nobody has those. */
#define LAST(_i) (700 + 10 * (int)(_i))

struct pid_vec new_vec(__u32 nr);

struct pid_vec get_levels(struct __test_metadata *_metadata,
			  const struct world *w, enum ns ns);

void expect_levels(struct __test_metadata *_metadata, const struct world *w,
		   enum ns where, const struct pid_vec *want);

/* The world with what all these fixtures have in common. */
struct scene {
	struct world w;
	pid_t host;	/* last pid of the harness's namespace before */
};

void scene_enter(struct __test_metadata *_metadata, struct scene *s);

/* In FIXTURE_TEARDOWN_PARENT: nothing but a few processes more up there. */
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
