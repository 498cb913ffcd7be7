// SPDX-License-Identifier: GPL-2.0
#include "pid_vec.h"
#include "box.h"
#include "calls.h"
#include "caps.h"

int try_set(int fd, const void *vec)
{
	return ioctl(fd, NS_SET_LAST_PID_VEC, vec) ? errno : 0;
}

int try_get(int fd, void *vec)
{
	return ioctl(fd, NS_GET_LAST_PID_VEC, vec) ? errno : 0;
}

bool have_pid_vec(void)
{
	int fd = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	bool have = try_set(fd, NULL) != ENOTTY;

	close(fd);
	return have;
}

void skip_without_pid_vec(struct __test_metadata *_metadata)
{
	skip_without_containers(_metadata);
	if (!have_pid_vec())
		skip_test(_metadata, NO_PID_VEC);
}

struct pid_vec vec_of(__u32 nr, pid_t pid)
{
	struct pid_vec vec = { .nr = nr };

	for (int i = 0; i <= MAX_PIDS; i++)
		vec.pid[i] = pid;
	return vec;
}

struct pid_vec vec_get(struct __test_metadata *_metadata, int fd, __u32 nr)
{
	struct pid_vec vec = vec_of(nr, -1);

	ASSERT_EQ(0, try_get(fd, &vec)) {
		TH_LOG("GET of %u: %s", nr, strerror(errno));
	}
	return vec;
}

/*
 * Other tasks fork in the machine's own namespace: while a test runs, its last
 * pid may move on by this much, and wrap at pid_max.
 */
#define OTHERS 200

void expect_pid(struct __test_metadata *_metadata, pid_t want, pid_t seen,
		bool shared)
{
	int max = shared ? read_pid_max(_metadata) : 0;

	if (shared && seen < want && want + OTHERS >= max)
		seen += max - RESERVED_PIDS;
	EXPECT_LE(want, seen);
	EXPECT_GE(want + (shared ? OTHERS : 0), seen);
}

void expect_vec(struct __test_metadata *_metadata, int fd,
		const struct pid_vec *want, int bottom)
{
	struct pid_vec vec = vec_get(_metadata, fd, want->nr);

	for (int i = 0; i < (int)want->nr; i++)
		expect_pid(_metadata, want->pid[i], vec.pid[i], i == bottom);
}

void *before_hole(struct __test_metadata *_metadata, size_t bytes, int prot)
{
	long size = sysconf(_SC_PAGESIZE);
	char *map = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, prot < 0 ? munmap(map + size, size) :
		  mprotect(map + size, size, prot));
	return map + size - bytes;
}

struct pid_vec new_vec(__u32 nr)
{
	struct pid_vec vec = { .nr = nr };

	for (int i = 0; i <= MAX_PIDS; i++)
		vec.pid[i] = LAST(i);
	return vec;
}

/* The number of levels from SELF down to @where. */
static int levels_to(enum ns where)
{
	switch (where) {
	case SIBLING:
	case PARENT:
		return 0;
	case SELF:
		return 1;
	case GRANDCHILD:
	case DEAD_CHILD:
	case ORPHAN:
		return 3;
	default:
		return 2;
	}
}

struct pid_vec get_levels(struct __test_metadata *_metadata,
			  const struct world *w, enum ns ns)
{
	struct pid_vec none = { .nr = 0 };

	return levels_to(ns) ? vec_get(_metadata, w->ns[ns], levels_to(ns)) :
	       none;
}

void expect_levels(struct __test_metadata *_metadata, const struct world *w,
		   enum ns where, const struct pid_vec *want)
{
	if (levels_to(where))
		expect_vec(_metadata, w->ns[where], want, -1);
}

/* The last pid of the harness's namespace. */
static pid_t last_of_host(struct __test_metadata *_metadata)
{
	int fd = ns_open_self(_metadata);
	pid_t last = vec_get(_metadata, fd, 1).pid[0];

	close(fd);
	return last;
}

void scene_enter(struct __test_metadata *_metadata, struct scene *s)
{
	SKIP_WITHOUT_PID_VEC();
	if (!have_pidfd_ioctls())
		skip_test(_metadata, NO_PIDFD_IOCTLS);
	s->host = last_of_host(_metadata);
	world_enter(_metadata, &s->w);
}

void scene_left(struct __test_metadata *_metadata, struct scene *s)
{
	expect_pid(_metadata, s->host, last_of_host(_metadata), true);
}

void keep_caps(struct __test_metadata *_metadata, enum keep keep)
{
	switch (keep) {
	case ALL_CAPS:
		break;
	case NO_CAPS:
		cap_keep_only(_metadata, -1);
		break;
	case CR_ALONE:
		cap_keep_only(_metadata, CAP_CHECKPOINT_RESTORE);
		break;
	case ADMIN_ALONE:
		cap_keep_only(_metadata, CAP_SYS_ADMIN);
		break;
	case ALL_BUT_BOTH:
		cap_drop(_metadata, CAP_SYS_ADMIN);
		cap_drop(_metadata, CAP_CHECKPOINT_RESTORE);
		break;
	}
}
