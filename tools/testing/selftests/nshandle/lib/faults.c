// SPDX-License-Identifier: GPL-2.0
#include "faults.h"
#include "box.h"
#include "calls.h"
#include "slabs.h"

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

/* How often each failure is repeated to see a leak. */
#define REPEATS		(2 * GROWN)

#define MAX_SHIFTS	8

/*
 * By default only allocations that may not sleep can fail; most of these may.
 * Page allocations do not fail: these calls need them for slabs only, and
 * whether an object needs one depends on what its slab has left, so that the
 * number of points would vary. The call sees the object fail in any case.
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

/* A setting as it was. None lets anything fail without an armed counter. */
struct setting_value {
	char text[32];
};

static int setting_open(struct __test_metadata *_metadata, size_t i)
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

static void settings_change(struct __test_metadata *_metadata,
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

static void settings_restore(struct __test_metadata *_metadata,
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

/* Mounts debugfs for the caller alone; returns the reason to skip, or NULL. */
static const char *no_faults(void)
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

struct faults *faults_enter(struct __test_metadata *_metadata)
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

static int read_number(struct __test_metadata *_metadata, const char *path)
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

void nth_open(struct __test_metadata *_metadata, struct faults *f)
{
	f->nth = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, f->nth);
	ASSERT_EQ(0, mlockall(MCL_CURRENT | MCL_FUTURE));
}

void nth_arm(struct __test_metadata *_metadata, const struct faults *f, int n)
{
	char text[16];
	ssize_t len = snprintf(text, sizeof(text), "%d", n);

	ASSERT_EQ(len, pwrite(f->nth, text, len, 0));
}

bool nth_disarm(struct __test_metadata *_metadata, const struct faults *f)
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

static void sweep_judge(struct __test_metadata *_metadata,
			const struct sweep *s)
{
	int failed = 0, want;

	for (int i = 0; i < s->nr; i++) {
		const struct outcome *o = &s->outcomes[i];

		/* The kernel can do without this one: the call succeeded. */
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

static void read_times(struct __test_metadata *_metadata, int times[NR_POINTS])
{
	char path[64];

	for (int i = OBJECT; i < NR_POINTS; i++) {
		snprintf(path, sizeof(path), DEBUGFS "/%s/times",
			 points[i].dir);
		times[i] = read_number(_metadata, path);
	}
}

/* The kind of the point that has failed: its "times" is one less. */
static int point_hit(struct __test_metadata *_metadata,
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

/*
 * One call without a fault: what the allocator wants for itself and does not get,
 * it asks for again in each call.
 */
static void attempt_plain(struct __test_metadata *_metadata, struct faults *f,
			  const struct sweep *s)
{
	int failed = f->failed;

	s->attempt(_metadata, f, s->data, 10 * MAX_POINTS, 1);
	f->failed = failed;
}

static struct outcome attempt_once(struct __test_metadata *_metadata,
				   struct faults *f, const struct sweep *s,
				   int n)
{
	int times[NR_POINTS];

	attempt_plain(_metadata, f, s);
	read_times(_metadata, times);
	s->attempt(_metadata, f, s->data, n, 1);
	return (struct outcome) {
		.point = f->hit ? point_hit(_metadata, times) : NO_POINT,
		.err = f->err,
	};
}

/*
 * What the @n-th point does twice in a row: the allocator now and then takes an
 * object for itself, and another point is the @n-th.
 */
static struct outcome attempt_twice(struct __test_metadata *_metadata,
				    struct faults *f, const struct sweep *s,
				    int n)
{
	struct outcome last, now = attempt_once(_metadata, f, s, n);

	do {
		last = now;
		now = attempt_once(_metadata, f, s, n);
	} while (now.point != last.point || now.err != last.err);
	return now;
}

static void sweep_run(struct __test_metadata *_metadata, struct faults *f,
		      struct sweep *s)
{
	struct outcome o;

	for (;;) {
		o = attempt_twice(_metadata, f, s, s->nr + 1);
		if (o.point == NO_POINT)
			break;
		ASSERT_GT(MAX_POINTS, s->nr);
		s->outcomes[s->nr++] = o;
		s->failed += !!o.err;
	}
	/* Without a fault the call succeeds. */
	EXPECT_EQ(0, o.err);
	sweep_judge(_metadata, s);
}

static void sweep_tell(struct __test_metadata *_metadata, const struct sweep *s)
{
	int nr[NR_POINTS] = {};

	for (int i = 0; i < s->nr; i++)
		nr[s->outcomes[i].point]++;
	TH_LOG("%s: %d points (%d object, %d copy): %d failed whole, %d harmless",
	       s->name, s->nr, nr[OBJECT], nr[COPY], s->failed,
	       s->nr - s->failed);
}

void sweep(struct __test_metadata *_metadata, struct faults *f, struct sweep *s)
{
	struct setting_value old[ARRAY_LEN(settings)] = {};

	settings_change(_metadata, old);
	sweep_run(_metadata, f, s);
	settings_restore(_metadata, old);
	sweep_tell(_metadata, s);
}

/* Waits for objects that are freed by a work queue, or together with others. */
static void expect_no_leak(struct __test_metadata *_metadata,
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
 * REPEATS failures with the @n-th point. If another point is the @n-th for once,
 * the call may succeed.
 */
static void fail_again(struct __test_metadata *_metadata, struct faults *f,
		       const struct sweep *s, int n)
{
	f->failed = 0;
	for (int i = 0; i < MAX_SHIFTS && f->failed < REPEATS; i++) {
		attempt_plain(_metadata, f, s);
		s->attempt(_metadata, f, s->data, n, REPEATS - f->failed);
	}
	EXPECT_EQ(REPEATS, f->failed) {
		TH_LOG("%s: point %d does not fail any more", s->name, n);
	}
}

void sweep_leaks(struct __test_metadata *_metadata, struct faults *f,
		 struct sweep *s)
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
