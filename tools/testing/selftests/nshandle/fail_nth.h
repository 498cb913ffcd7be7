/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults on request: the 1st, 2nd, 3rd ... point of a system call at which
 * memory or user space can fail the kernel is made to fail, until the call has
 * no such point left. Each time it must have done all or nothing, and keep
 * nothing of it.
 *
 * The number that is written to /proc/thread-self/fail-nth counts down at each
 * point of the task, of whatever kind, and what reaches 0 fails. It can be read
 * back afterwards. Which kinds there are is set in debugfs; which of them it
 * was is told there by "times", of which one is used up.
 */
#ifndef NSHANDLE_FAIL_NTH_H
#define NSHANDLE_FAIL_NTH_H

#include "fail_nth_slabs.h"

#include <sys/mman.h>

/* The kinds of points. */
enum point {
	NO_POINT,
	OBJECT,		/* of a slab */
	COPY,		/* from or to user space; always counted */
	NR_POINTS,
};

static const struct {
	const char *name;
	const char *dir;
	int err;		/* of the call */
} points[NR_POINTS] = {
	[OBJECT] = { "object", "failslab", ENOMEM },
	[COPY] = { "copy", "fail_usercopy", EFAULT },
};

#define DEBUGFS		"/sys/kernel/debug"
#define FAIL_NTH	"/proc/thread-self/fail-nth"
#define MAX_POINTS	200

/* How often each failure is repeated, to see what it leaks. */
#define REPEATS		(2 * GROWN)
#define MAX_SHIFTS	8

/*
 * The counter of who makes the calls, and what the last one came to. Shared
 * with children, one of which it may have been.
 */
struct faults {
	int nth;
	bool hit;
	int err;
	int failed;	/* calls, so far */
};

/* ----- What may fail at all. */

/*
 * By default only what may not wait for memory can fail, and these calls mostly
 * may. Pages do not fail: these calls have them by way of objects only, and
 * whether an object needs one depends on what is left in its slab, which would
 * be another number of points each time. To the call it is the object that fails.
 */
static const struct {
	const char *path, *text;
} settings[] = {
	{ "failslab/ignore-gfp-wait", "N" },
	{ "failslab/cache-filter", "N" },
	{ "failslab/verbose", "0" },
	{ "failslab/times", "1000000" },
	{ "fail_page_alloc/min-order", "100" },
	{ "fail_usercopy/verbose", "0" },
	{ "fail_usercopy/times", "1000000" },
};

/* None of these makes anything fail without a counter that is armed. */
struct setting_value {
	char text[32];
};

static inline int setting_open(struct __test_metadata *_metadata, size_t i)
{
	char path[96];
	int fd;

	snprintf(path, sizeof(path), DEBUGFS "/%s", settings[i].path);
	fd = open(path, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd) {
		TH_LOG("open %s: %s", path, strerror(errno));
	}
	return fd;
}

static inline void settings_change(struct __test_metadata *_metadata,
				   struct setting_value *old)
{
	const char *text;
	ssize_t len;
	int fd;

	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		fd = setting_open(_metadata, i);
		len = read(fd, old[i].text, sizeof(old[i].text) - 1);
		ASSERT_LT(0, len);
		old[i].text[len] = '\0';
		text = settings[i].text;
		ASSERT_EQ((ssize_t)strlen(text), write(fd, text, strlen(text)));
		close(fd);
	}
}

static inline void settings_restore(struct __test_metadata *_metadata,
				    const struct setting_value *old)
{
	ssize_t len;
	int fd;

	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		len = strlen(old[i].text);
		fd = setting_open(_metadata, i);
		EXPECT_EQ(len, write(fd, old[i].text, len));
		close(fd);
	}
}

/* Mounted for the caller alone; the reason to skip, or NULL. */
static inline const char *no_faults(void)
{
	if (access(FAIL_NTH, F_OK))
		return "kernel without " FAIL_NTH;
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("debugfs", DEBUGFS, "debugfs", 0, NULL))
		return "kernel without debugfs at " DEBUGFS;
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		char path[96];

		snprintf(path, sizeof(path), DEBUGFS "/%s", settings[i].path);
		if (access(path, F_OK))
			return "kernel without failslab, fail_page_alloc and fail_usercopy";
	}
	return NULL;
}

/* In FIXTURE_SETUP: it returns in a mount namespace of its own. */
static inline struct faults *faults_enter(struct __test_metadata *_metadata)
{
	struct faults *f;
	const char *why;

	skip_without_containers(_metadata);
	why = no_faults();
	if (why)
		skip_test(_metadata, why);

	f = mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, f);
	return f;
}

/* ----- One call. */

/* The file's text is all that it has to say, in one go. */
static inline int read_number(struct __test_metadata *_metadata,
			      const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[32] = "";

	ASSERT_LE(0, fd) {
		TH_LOG("open %s: %s", path, strerror(errno));
	}
	ASSERT_LT(0, read(fd, text, sizeof(text) - 1));
	close(fd);
	return atoi(text);
}

/*
 * The calling thread's counter, and all of its memory in place: a page fault
 * has points, too.
 */
static inline void nth_open(struct __test_metadata *_metadata,
			    struct faults *f)
{
	f->nth = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, f->nth);
	ASSERT_EQ(0, mlockall(MCL_CURRENT | MCL_FUTURE));
}

static inline void nth_arm(struct __test_metadata *_metadata,
			   const struct faults *f, int n)
{
	char text[16];
	ssize_t len = snprintf(text, sizeof(text), "%d", n);

	ASSERT_EQ(len, pwrite(f->nth, text, len, 0));
}

/*
 * Has the point been hit? To read the counter and to set it are themselves
 * copies, and so points: each may be hit in its turn, and fails then. In any
 * case nothing is armed any more.
 */
static inline bool nth_disarm(struct __test_metadata *_metadata,
			      const struct faults *f)
{
	char left[16] = "";

	if (pread(f->nth, left, sizeof(left) - 1, 0) < 0) {
		ASSERT_EQ(EFAULT, errno);
		return false;
	}
	if (!atoi(left))
		return true;
	if (pwrite(f->nth, "0", 1, 0) < 0)
		ASSERT_EQ(EFAULT, errno);
	return false;
}

/*
 * @_call, a system call that returns 0 or an errno, with its @_n-th point
 * failing. Returns what that does; more of it is in @_f.
 */
#define FAIL_POINT(_f, _n, _call) ({ \
	struct faults *__f = (_f); \
	nth_arm(_metadata, __f, _n); \
	__f->err = (_call); \
	__f->hit = nth_disarm(_metadata, __f); \
	__f->failed += !!__f->err; \
	__f->err; \
})

/* ----- All of its points. */

/*
 * Makes the call @times times, each with its @n-th point failing, and looks
 * at what became of it: all or nothing. The outcome of the last is in @f.
 */
typedef void attempt_fn(struct __test_metadata *_metadata, struct faults *f,
			const void *data, int n, int times);

struct outcome {
	int point, err;
};

struct sweep {
	const char *name;
	attempt_fn *attempt;
	const void *data;
	int last_err;	/* of the last that fails, if not that of its kind */

	/* What has been found. */
	int nr, failed;
	struct outcome outcomes[MAX_POINTS];
};

static inline void sweep_judge(struct __test_metadata *_metadata,
			       const struct sweep *s)
{
	int failed = 0, want;

	for (int i = 0; i < s->nr; i++) {
		const struct outcome *o = &s->outcomes[i];

		/* What the kernel can do without: the call was made whole. */
		if (!o->err)
			continue;
		want = points[o->point].err;
		if (++failed == s->failed && s->last_err)
			want = s->last_err;
		EXPECT_EQ(want, o->err) {
			TH_LOG("%s: point %d, %s", s->name, i + 1,
			       points[o->point].name);
		}
	}
}

static inline void read_times(struct __test_metadata *_metadata,
			      int times[NR_POINTS])
{
	char path[64];

	for (int i = OBJECT; i < NR_POINTS; i++) {
		snprintf(path, sizeof(path), DEBUGFS "/%s/times",
			 points[i].dir);
		times[i] = read_number(_metadata, path);
	}
}

/* The kind of the point that has been hit since: the one with less left. */
static inline int point_hit(struct __test_metadata *_metadata,
			    const int before[NR_POINTS])
{
	int point = NO_POINT, times[NR_POINTS];

	read_times(_metadata, times);
	for (int i = OBJECT; i < NR_POINTS; i++) {
		if (times[i] == before[i])
			continue;
		ASSERT_EQ(before[i] - 1, times[i]);
		ASSERT_EQ(NO_POINT, point);
		point = i;
	}
	ASSERT_NE(NO_POINT, point);
	return point;
}

static inline void sweep_run(struct __test_metadata *_metadata,
			     struct faults *f, struct sweep *s)
{
	int times[NR_POINTS];

	for (;;) {
		read_times(_metadata, times);
		s->attempt(_metadata, f, s->data, s->nr + 1, 1);
		if (!f->hit)
			break;
		ASSERT_GT(MAX_POINTS, s->nr);
		s->outcomes[s->nr++] = (struct outcome) {
			.point = point_hit(_metadata, times),
			.err = f->err,
		};
		s->failed += !!f->err;
	}
	/* Without a fault it succeeds, or there is no point in all this. */
	EXPECT_EQ(0, f->err);
	sweep_judge(_metadata, s);
}

static inline void sweep_tell(struct __test_metadata *_metadata,
			      const struct sweep *s)
{
	int nr[NR_POINTS] = {};

	for (int i = 0; i < s->nr; i++)
		nr[s->outcomes[i].point]++;
	TH_LOG("%s: %d points (%d object, %d copy): %d failed whole, %d harmless",
	       s->name, s->nr, nr[OBJECT], nr[COPY], s->failed,
	       s->nr - s->failed);
}

/* The call with each of its points failing in its turn. */
static inline void sweep(struct __test_metadata *_metadata, struct faults *f,
			 struct sweep *s)
{
	struct setting_value old[ARRAY_LEN(settings)] = {};

	settings_change(_metadata, old);
	sweep_run(_metadata, f, s);
	settings_restore(_metadata, old);
	sweep_tell(_metadata, s);
}

/* ----- What is left of it. */

/* Some die in a work queue, or together with others: they get their time. */
static inline void expect_no_leak(struct __test_metadata *_metadata,
				  const struct slab_files *files,
				  const struct sweep *s)
{
	long long end = now_ms(CLOCK_MONOTONIC) + POLL_MS;
	int slab, by;

	do {
		slab = slabs_grown(_metadata, files, &by);
	} while (slab >= 0 && now_ms(CLOCK_MONOTONIC) < end);
	EXPECT_EQ(-1, slab) {
		TH_LOG("%s leaks: %d objects of %s in %d times %d calls",
		       s->name, by, slabs[slab], s->failed, REPEATS);
	}
}

/*
 * REPEATS failures with the @n-th point. A kernel that watches itself makes
 * objects for that now and then: another point is the @n-th then, and the call
 * may do without it.
 */
static inline void fail_again(struct __test_metadata *_metadata,
			      struct faults *f, const struct sweep *s, int n)
{
	f->failed = 0;
	for (int i = 0; i < MAX_SHIFTS && f->failed < REPEATS; i++)
		s->attempt(_metadata, f, s->data, n, REPEATS - f->failed);
	EXPECT_EQ(REPEATS, f->failed) {
		TH_LOG("%s: point %d does not fail any more", s->name, n);
	}
}

/*
 * Lets each point fail again and again where the call fails with it. One object
 * that stays behind each time, at one point, is too many to be anything else.
 */
static inline void sweep_leaks(struct __test_metadata *_metadata,
			       struct faults *f, struct sweep *s)
{
	struct setting_value old[ARRAY_LEN(settings)] = {};
	struct slab_files files;

	slabs_open(_metadata, &files);
	settings_change(_metadata, old);
	sweep_run(_metadata, f, s);
	slabs_begin(_metadata, &files);
	for (int i = 0; i < s->nr; i++)
		if (s->outcomes[i].err)
			fail_again(_metadata, f, s, i + 1);
	expect_no_leak(_metadata, &files, s);
	settings_restore(_metadata, old);
	slabs_close(&files);
	TH_LOG("%s: %d points failed %d times each", s->name, s->failed,
	       REPEATS);
}

#endif /* NSHANDLE_FAIL_NTH_H */
