// SPDX-License-Identifier: GPL-2.0
/*
 * pidns= in the life of a file system context: which setting counts, who may
 * make it and who may use it, what stands beside it, and that an instance
 * keeps its pid namespace once it is there.
 */
#include "procfs_mount.h"

/* ----- An instance keeps its pid namespace. */

#define KEPT_OPTIONS "rw,hidepid=noaccess"

/* An instance of CHILD; @fc is its context, still open. */
struct mounted {
	struct world w;
	int fc, dir;
};

static void mounted_setup(struct __test_metadata *_metadata, struct mounted *m)
{
	world_enter(_metadata, &m->w);
	mounts_setup(_metadata);
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

/* The rest changes as ever, by the same context that has refused pidns=. */
static void expect_options_change(struct __test_metadata *_metadata,
				  const struct mounted *m, int fc)
{
	EXPECT_EQ(2, user_count(_metadata, m->dir, 0));
	EXPECT_EQ(0, try_fsconfig(fc, FSCONFIG_SET_STRING, "hidepid",
				  "invisible", 0));
	EXPECT_EQ(0, try_fsconfig(fc, FSCONFIG_SET_STRING, "gid", "1234", 0));
	EXPECT_EQ(0, try_reconfigure(fc));
	EXPECT_OPTIONS("rw,gid=1234,hidepid=invisible");
	expect_shows(_metadata, m->dir, &m->w, CHILD);
	EXPECT_EQ(0, user_count(_metadata, m->dir, 0));
	EXPECT_EQ(2, user_count(_metadata, m->dir, 1234));

	EXPECT_EQ(0, try_fsconfig(fc, FSCONFIG_SET_STRING, "subset", "pid",
				  0));
	EXPECT_EQ(0, try_reconfigure(fc));
	EXPECT_OPTIONS("rw,gid=1234,hidepid=invisible,subset=pid");
	expect_is_of(_metadata, m->dir, &m->w, CHILD);
	EXPECT_EQ(ENOENT, try_access(m->dir, "filesystems"));
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

/* No kind of value for it: this comes first. */
FIXTURE_VARIANT_ADD(kept, flag) {
	.r.cmd = FSCONFIG_SET_FLAG,
	.r.err = EINVAL,
	.r.log = LOG_BAD_VALUE,
};

FIXTURE_SETUP(kept)
{
	SKIP_WITHOUT_WORLD();
	SKIP_WITHOUT_PIDNS();
	mounted_setup(_metadata, &self->m);
	name_ns(_metadata, &self->m.w, CHILD);
}

FIXTURE_TEARDOWN_PARENT(kept)
{
}

/* Twice: that other options have changed between makes no difference. */
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

/* Between its making and its mounting a context takes nothing at all. */
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

/* All of it or nothing. */
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
	SKIP_WITHOUT_WORLD();
	SKIP_WITHOUT_PIDNS();
	mounted_setup(_metadata, &self->m);
	name_ns(_metadata, &self->m.w, CHILD);
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
	EXPECT_OPTIONS("rw,gid=1234,hidepid=invisible");
	expect_shows(_metadata, self->m.dir, &self->m.w, CHILD);
	EXPECT_EQ(0, user_count(_metadata, self->m.dir, 0));
	EXPECT_EQ(2, user_count(_metadata, self->m.dir, 1234));
	EXPECT_EQ(0, try_remount("subset=pid"));
	EXPECT_OPTIONS("rw,gid=1234,hidepid=invisible,subset=pid");
	expect_is_of(_metadata, self->m.dir, &self->m.w, CHILD);
}

/* ----- The last setting that was accepted counts. */

enum form { BY_FD, BY_STRING, BY_PATH, BY_PATH_EMPTY };

FIXTURE(sequence) {
	struct world w;
};

#define MAX_STEPS 4

FIXTURE_VARIANT(sequence) {
	struct {
		enum form form;
		enum ns ns;
		int err;
		const char *log;
	} steps[MAX_STEPS];
	int nr;
	enum ns shows;
};

FIXTURE_VARIANT_ADD(sequence, none) {
	.shows = SELF,
};

FIXTURE_VARIANT_ADD(sequence, down_and_back) {
	.steps = {
		{ BY_FD, CHILD },
		{ BY_STRING, GRANDCHILD },
		{ BY_PATH_EMPTY, SELF },
	},
	.nr = 3,
	.shows = SELF,
};

FIXTURE_VARIANT_ADD(sequence, back_and_down) {
	.steps = {
		{ BY_PATH, SELF },
		{ BY_PATH_EMPTY, CHILD },
		{ BY_FD, GRANDCHILD },
	},
	.nr = 3,
	.shows = GRANDCHILD,
};

FIXTURE_VARIANT_ADD(sequence, the_same_again) {
	.steps = {
		{ BY_STRING, CHILD },
		{ BY_PATH, CHILD },
		{ BY_FD, CHILD },
		{ BY_PATH_EMPTY, CHILD },
	},
	.nr = 4,
	.shows = CHILD,
};

/* From owner to owner and back. */
FIXTURE_VARIANT_ADD(sequence, of_several_owners) {
	.steps = {
		{ BY_FD, BOX },
		{ BY_PATH, CHILD },
		{ BY_STRING, BOX },
	},
	.nr = 3,
	.shows = BOX,
};

FIXTURE_VARIANT_ADD(sequence, refused_first) {
	.steps = {
		{ BY_FD, PARENT, EINVAL, LOG_NOT_BELOW },
	},
	.nr = 1,
	.shows = SELF,
};

FIXTURE_VARIANT_ADD(sequence, refused_last) {
	.steps = {
		{ BY_PATH_EMPTY, GRANDCHILD },
		{ BY_STRING, SIBLING, EINVAL, LOG_NOT_BELOW },
		{ BY_FD, PARENT, EINVAL, LOG_NOT_BELOW },
	},
	.nr = 3,
	.shows = GRANDCHILD,
};

FIXTURE_VARIANT_ADD(sequence, refused_between) {
	.steps = {
		{ BY_FD, CHILD },
		{ BY_PATH, SIBLING, EINVAL, LOG_NOT_BELOW },
		{ BY_STRING, GRANDCHILD },
		{ BY_PATH_EMPTY, PARENT, EINVAL, LOG_NOT_BELOW },
	},
	.nr = 4,
	.shows = GRANDCHILD,
};

FIXTURE_SETUP(sequence)
{
	SKIP_WITHOUT_WORLD();
	SKIP_WITHOUT_PIDNS();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(sequence)
{
}

static int try_form(struct __test_metadata *_metadata, int fc, enum form form,
		    const struct world *w, enum ns ns)
{
	int fds, err;

	name_ns(_metadata, w, ns);
	switch (form) {
	case BY_STRING:
		return try_fsconfig(fc, FSCONFIG_SET_STRING, "pidns", NS_PATH,
				    0);
	case BY_PATH:
		fds = open_dir(_metadata, "/proc/self/fd");
		err = try_fsconfig(fc, FSCONFIG_SET_PATH, "pidns", NS_FD, fds);
		close(fds);
		return err;
	case BY_PATH_EMPTY:
		return try_fsconfig(fc, FSCONFIG_SET_PATH_EMPTY, "pidns", "",
				    w->ns[ns]);
	default:
		return try_pidns(fc, w->ns[ns]);
	}
}

TEST_F(sequence, the_last_accepted_counts)
{
	int fc = procfs_context(_metadata);

	for (int i = 0; i < variant->nr; i++) {
		EXPECT_EQ(variant->steps[i].err,
			  try_form(_metadata, fc, variant->steps[i].form,
				   &self->w, variant->steps[i].ns));
		EXPECT_ONLY_LOG(fc, variant->steps[i].log ?: "");
	}
	expect_shows(_metadata, procfs_create(_metadata, fc), &self->w,
		     variant->shows);
}

/* ----- A context gives nobody else's rights. */

FIXTURE(passed) {
	struct world w;
	int fc;
};

/*
 * Root has opened the context and set CHILD. Another task then sets @sets, and
 * makes an instance of what is set by now. If it may not, root can.
 */
FIXTURE_VARIANT(passed) {
	enum ns from;		/* that task's pid namespace */
	enum caller caller;
	enum ns sets;
	int err;
	const char *log;
	int create;
	enum ns shows;
};

FIXTURE_VARIANT_ADD(passed, to_root) {
	.sets = GRANDCHILD,
	.shows = GRANDCHILD,
};

FIXTURE_VARIANT_ADD(passed, to_no_admin) {
	.caller = NO_ADMIN,
	.sets = GRANDCHILD,
	.err = EPERM,
	.log = LOG_NO_RIGHT,
	.create = EPERM,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, to_user) {
	.caller = BOX_MAKER,
	.sets = CHILD,
	.err = EPERM,
	.log = LOG_NO_RIGHT,
	.create = EPERM,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, to_user_own) {
	.caller = BOX_MAKER,
	.sets = SELF,
	.err = EPERM,
	.log = LOG_NO_RIGHT,
	.create = EPERM,
	.shows = CHILD,
};

/* The namespace is the user's to show, and so is then the context. */
FIXTURE_VARIANT_ADD(passed, to_user_who_owns) {
	.caller = BOX_MAKER,
	.sets = BOX,
	.shows = BOX,
};

FIXTURE_VARIANT_ADD(passed, to_other_userns) {
	.caller = OTHER_USERNS,
	.sets = CHILD,
	.err = EPERM,
	.log = LOG_NO_RIGHT,
	.create = EPERM,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, to_other_userns_a_box) {
	.caller = OTHER_USERNS,
	.sets = BOX,
	.err = EPERM,
	.log = LOG_NO_RIGHT,
	.create = EPERM,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, to_box_root) {
	.caller = BOX_ROOT,
	.sets = CHILD,
	.err = EPERM,
	.log = LOG_NO_RIGHT,
	.create = EPERM,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, to_box_root_who_owns) {
	.caller = BOX_ROOT,
	.sets = BOX,
	.shows = BOX,
};

/* "Below" is below the setter: whoever opened the context is above. */
FIXTURE_VARIANT_ADD(passed, down) {
	.from = CHILD,
	.sets = CHILD,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, down_to_see_up) {
	.from = CHILD,
	.sets = SELF,
	.err = EINVAL,
	.log = LOG_NOT_BELOW,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, down_to_see_aside) {
	.from = GRANDCHILD,
	.sets = BOX,
	.err = EINVAL,
	.log = LOG_NOT_BELOW,
	.shows = CHILD,
};

FIXTURE_SETUP(passed)
{
	SKIP_WITHOUT_WORLD();
	SKIP_WITHOUT_PIDNS();
	world_enter(_metadata, &self->w);
	self->fc = procfs_context(_metadata);
	ASSERT_EQ(0, try_pidns(self->fc, self->w.ns[CHILD]));
	if (variant->from != SELF)
		ASSERT_EQ(0, try_setns(self->w.ns[variant->from],
				       CLONE_NEWPID));
}

FIXTURE_TEARDOWN_PARENT(passed)
{
}

TEST_F(passed, setter_and_maker_count)
{
	IN_CHILD {
		become_caller(_metadata, &self->w, variant->caller);
		EXPECT_EQ(variant->err,
			  try_pidns(self->fc, self->w.ns[variant->sets]));
		EXPECT_ONLY_LOG(self->fc, variant->log ?: "");
		EXPECT_EQ(variant->create, try_create(self->fc));
		EXPECT_NO_LOG(self->fc);
	}
	if (variant->create)
		EXPECT_EQ(0, try_create(self->fc));
	expect_shows(_metadata, procfs_mount(_metadata, self->fc), &self->w,
		     variant->shows);
}

/* The other way round: root may what the opener may not. */
FIXTURE(opened_by_other) {
	struct world w;
	int fc;
};

FIXTURE_SETUP(opened_by_other)
{
	SKIP_WITHOUT_WORLD();
	SKIP_WITHOUT_PIDNS();
	world_enter(_metadata, &self->w);
	IN_CLONE(CLONE_FILES) {
		become_box_root(_metadata, &self->w);
		self->fc = procfs_context(_metadata);
		EXPECT_EQ(EPERM, try_pidns(self->fc, self->w.ns[CHILD]));
		EXPECT_ONLY_LOG(self->fc, LOG_NO_RIGHT);
		/* What it begins with, SELF, isn't the opener's either. */
		EXPECT_EQ(EPERM, try_create(self->fc));
	}
}

FIXTURE_TEARDOWN_PARENT(opened_by_other)
{
}

TEST_F(opened_by_other, setter_and_maker_count)
{
	EXPECT_EQ(0, try_pidns(self->fc, self->w.ns[CHILD]));
	EXPECT_NO_LOG(self->fc);
	IN_CHILD {
		become_box_root(_metadata, &self->w);
		EXPECT_EQ(EPERM, try_create(self->fc));
	}
	expect_shows(_metadata, procfs_create(_metadata, self->fc), &self->w,
		     CHILD);
}

TEST_HARNESS_MAIN
