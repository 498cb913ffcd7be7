// SPDX-License-Identifier: GPL-2.0
/*
 * A remount of procfs can change every option but pidns=, which is refused.
 */
#include "../lib/test.h"
#include "../lib/facts.h"
#include "../lib/procfs.h"
#include "../lib/procfs_mount.h"
#include "../lib/world.h"

#define KEPT_OPTIONS "rw,hidepid=noaccess"
#define CHANGED_OPTIONS "rw,gid=1234,hidepid=invisible"
#define LOG_SUBSET "e proc: subset=pid cannot be changed\n"

/* An instance of CHILD; @fc is its context, still open. */
struct mounted {
	struct world w;
	int fc, dir;
	bool subset_is_fixed;
};

static void mounted_setup(struct __test_metadata *_metadata, struct mounted *m)
{
	m->subset_is_fixed = fact(_metadata, PROCFS_SUBSET_IS_FIXED);
	mounts_world_enter(_metadata, &m->w);
	name_ns(_metadata, &m->w, CHILD);
	m->fc = procfs_context(_metadata);
	ASSERT_EQ(0, try_pidns(m->fc, m->w.ns[CHILD]));
	ASSERT_EQ(0, try_fsconfig(m->fc, FSCONFIG_SET_STRING, "hidepid",
				  "noaccess", 0));
	ASSERT_EQ(0, try_create(m->fc));
	m->dir = attach(_metadata, m->fc);
}

static void expect_kept(struct __test_metadata *_metadata,
			const struct mounted *m)
{
	EXPECT_OPTIONS(KEPT_OPTIONS);
	expect_shows(_metadata, m->dir, &m->w, CHILD);
}

/* The instance shows only processes, or all as before if @err. */
static void expect_subset(struct __test_metadata *_metadata,
			  const struct mounted *m, int err)
{
	EXPECT_EQ(m->subset_is_fixed ? EINVAL : 0, err);
	if (m->subset_is_fixed)
		EXPECT_OPTIONS(CHANGED_OPTIONS);
	else
		EXPECT_OPTIONS(CHANGED_OPTIONS ",subset=pid");
	expect_is_of(_metadata, m->dir, &m->w, CHILD);
	EXPECT_EQ(m->subset_is_fixed ? 0 : ENOENT,
		  try_access(m->dir, "filesystems"));
}

/* Other options can be changed by the same context that has refused pidns=. */
static void expect_options_change(struct __test_metadata *_metadata,
				  const struct mounted *m, int fc)
{
	EXPECT_EQ(2, user_count(_metadata, m->dir, 0));
	EXPECT_EQ(0, try_fsconfig(fc, FSCONFIG_SET_STRING, "hidepid",
				  "invisible", 0));
	EXPECT_EQ(0, try_fsconfig(fc, FSCONFIG_SET_STRING, "gid", "1234", 0));
	EXPECT_EQ(0, try_reconfigure(fc));
	EXPECT_OPTIONS(CHANGED_OPTIONS);
	expect_shows(_metadata, m->dir, &m->w, CHILD);
	EXPECT_EQ(0, user_count(_metadata, m->dir, 0));
	EXPECT_EQ(2, user_count(_metadata, m->dir, 1234));

	EXPECT_EQ(0, try_fsconfig(fc, FSCONFIG_SET_STRING, "subset", "pid",
				  0));
	expect_subset(_metadata, m, try_reconfigure(fc));
	if (m->subset_is_fixed)
		EXPECT_LOG(fc, LOG_SUBSET);
	EXPECT_NO_LOG(fc);
}

FIXTURE(kept) {
	struct mounted m;
};

FIXTURE_VARIANT(kept) {
	struct refusal {
		unsigned int cmd;
		const char *value;
		const char *aux;	/* opened for aux, if any */
		int err;		/* EBUSY if 0 */
		const char *log;	/* LOG_BUSY if NULL */
	} r;
};

FIXTURE_VARIANT_ADD(kept, fd_of_same) {
	.r.cmd = FSCONFIG_SET_FD,
	.r.aux = NS_PATH,
};

FIXTURE_VARIANT_ADD(kept, fd_of_other) {
	.r.cmd = FSCONFIG_SET_FD,
	.r.aux = "/proc/self/ns/pid",
};

FIXTURE_VARIANT_ADD(kept, fd_of_directory) {
	.r.cmd = FSCONFIG_SET_FD,
	.r.aux = "/tmp",
};

FIXTURE_VARIANT_ADD(kept, string_same) {
	.r.cmd = FSCONFIG_SET_STRING,
	.r.value = NS_PATH,
};

FIXTURE_VARIANT_ADD(kept, string_missing) {
	.r.cmd = FSCONFIG_SET_STRING,
	.r.value = "/tmp/missing",
};

FIXTURE_VARIANT_ADD(kept, path_other) {
	.r.cmd = FSCONFIG_SET_PATH,
	.r.value = "self/ns/pid",
	.r.aux = "/proc",
};

FIXTURE_VARIANT_ADD(kept, path_missing) {
	.r.cmd = FSCONFIG_SET_PATH,
	.r.value = "missing",
	.r.aux = "/tmp",
};

FIXTURE_VARIANT_ADD(kept, path_empty_same) {
	.r.cmd = FSCONFIG_SET_PATH_EMPTY,
	.r.value = "",
	.r.aux = NS_PATH,
};

FIXTURE_VARIANT_ADD(kept, path_empty_other_type) {
	.r.cmd = FSCONFIG_SET_PATH_EMPTY,
	.r.value = "",
	.r.aux = "/proc/self/ns/uts",
};

/* A flag is no value of pidns=: this check comes first. */
FIXTURE_VARIANT_ADD(kept, flag) {
	.r.cmd = FSCONFIG_SET_FLAG,
	.r.err = EINVAL,
	.r.log = LOG_BAD_VALUE,
};

FIXTURE_SETUP(kept)
{
	mounted_setup(_metadata, &self->m);
}

FIXTURE_TEARDOWN_PARENT(kept)
{
}

/* Refused twice: a change of other options between makes no difference. */
static void expect_refused(struct __test_metadata *_metadata,
			   const struct mounted *m, const struct refusal *r,
			   int fc)
{
	int aux = r->aux ? open(r->aux, O_RDONLY | O_CLOEXEC) : 0;

	ASSERT_LE(0, aux);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(r->err ?: EBUSY,
			  try_fsconfig(fc, r->cmd, "pidns", r->value, aux));
		EXPECT_ONLY_LOG(fc, r->log ?: LOG_BUSY);
		expect_kept(_metadata, m);
		EXPECT_EQ(0, try_reconfigure(fc));
		expect_kept(_metadata, m);
	}
}

TEST_F(kept, by_another_context)
{
	int fc = sys_fspick(self->m.dir);

	ASSERT_LE(0, fc);
	expect_refused(_metadata, &self->m, &variant->r, fc);
	expect_options_change(_metadata, &self->m, fc);
}

TEST_F(kept, by_the_context_that_made_it)
{
	expect_refused(_metadata, &self->m, &variant->r, self->m.fc);
	expect_options_change(_metadata, &self->m, self->m.fc);
}

/* Between create and fsmount(2) a context takes no setting at all. */
TEST_F(kept, by_a_context_not_yet_mounted)
{
	const struct refusal *r = &variant->r;
	int aux = r->aux ? open(r->aux, O_RDONLY | O_CLOEXEC) : 0;
	int fc = procfs_context(_metadata);

	ASSERT_LE(0, aux);
	ASSERT_EQ(0, try_pidns(fc, self->m.w.ns[GRANDCHILD]));
	ASSERT_EQ(0, try_create(fc));
	EXPECT_EQ(EBUSY, try_fsconfig(fc, r->cmd, "pidns", r->value, aux));
	EXPECT_NO_LOG(fc);
	expect_shows(_metadata, procfs_mount(_metadata, fc), &self->m.w,
		     GRANDCHILD);
}

FIXTURE(remount) {
	struct mounted m;
};

FIXTURE_VARIANT(remount) {
	const char *options;
	int err;
};

FIXTURE_VARIANT_ADD(remount, same) {
	.options = "pidns=" NS_PATH,
	.err = EBUSY,
};

FIXTURE_VARIANT_ADD(remount, other) {
	.options = "pidns=/proc/self/ns/pid",
	.err = EBUSY,
};

FIXTURE_VARIANT_ADD(remount, missing) {
	.options = "pidns=/tmp/missing",
	.err = EBUSY,
};

FIXTURE_VARIANT_ADD(remount, directory) {
	.options = "pidns=/tmp",
	.err = EBUSY,
};

FIXTURE_VARIANT_ADD(remount, empty) {
	.options = "pidns=",
	.err = EINVAL,
};

FIXTURE_VARIANT_ADD(remount, flag) {
	.options = "pidns",
	.err = EINVAL,
};

/* A remount changes all options or none. */
FIXTURE_VARIANT_ADD(remount, after_another) {
	.options = "hidepid=off,gid=1234,pidns=" NS_PATH,
	.err = EBUSY,
};

FIXTURE_VARIANT_ADD(remount, before_another) {
	.options = "pidns=" NS_PATH ",hidepid=off,gid=1234",
	.err = EBUSY,
};

FIXTURE_SETUP(remount)
{
	mounted_setup(_metadata, &self->m);
}

FIXTURE_TEARDOWN_PARENT(remount)
{
}

static int try_remount(const char *options)
{
	return mount(NULL, MNT, NULL, MS_REMOUNT, options) ? errno : 0;
}

TEST_F(remount, refused)
{
	EXPECT_EQ(variant->err, try_remount(variant->options));
	expect_kept(_metadata, &self->m);

	EXPECT_EQ(0, try_remount("gid=1234,hidepid=2"));
	EXPECT_OPTIONS(CHANGED_OPTIONS);
	expect_shows(_metadata, self->m.dir, &self->m.w, CHILD);
	EXPECT_EQ(0, user_count(_metadata, self->m.dir, 0));
	EXPECT_EQ(2, user_count(_metadata, self->m.dir, 1234));
	expect_subset(_metadata, &self->m, try_remount("subset=pid"));
}

TEST_HARNESS_MAIN
