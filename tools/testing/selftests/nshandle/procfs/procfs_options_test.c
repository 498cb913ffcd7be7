// SPDX-License-Identifier: GPL-2.0
/*
 * The other options of procfs, and its rules for user namespaces, hold with
 * pidns=, too.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/facts.h"
#include "../lib/procfs.h"
#include "../lib/procfs_mount.h"
#include "../lib/world.h"

/* ----- hidepid=, gid=, subset=, before and after pidns=. */

#define GROUP 1234

FIXTURE(beside) {
	struct world w;
};

/*
 * An instance of CHILD, which has two processes of root. A task in CHILD also
 * sees itself.
 */
struct look {
	const char *shown;	/* options in mountinfo */
	int user;		/* how many processes a user sees, */
	int member;		/* and one who is in GROUP */
	bool only_pids;
};

FIXTURE_VARIANT(beside) {
	const char *options;
	struct look look;
};

FIXTURE_VARIANT_ADD(beside, nothing) {
	.options = "pidns=" NS_PATH,
	.look.shown = "rw",
	.look.user = 2,
	.look.member = 2,
};

FIXTURE_VARIANT_ADD(beside, hidepid_first) {
	.options = "hidepid=2,pidns=" NS_PATH,
	.look.shown = "rw,hidepid=invisible",
};

FIXTURE_VARIANT_ADD(beside, hidepid_last) {
	.options = "pidns=" NS_PATH ",hidepid=2",
	.look.shown = "rw,hidepid=invisible",
};

FIXTURE_VARIANT_ADD(beside, gid_first) {
	.options = "gid=1234,hidepid=invisible,pidns=" NS_PATH,
	.look.shown = "rw,gid=1234,hidepid=invisible",
	.look.member = 2,
};

FIXTURE_VARIANT_ADD(beside, gid_last) {
	.options = "pidns=" NS_PATH ",hidepid=invisible,gid=1234",
	.look.shown = "rw,gid=1234,hidepid=invisible",
	.look.member = 2,
};

/* With this value, gid= makes no difference. */
FIXTURE_VARIANT_ADD(beside, ptraceable_around) {
	.options = "gid=1234,pidns=" NS_PATH ",hidepid=ptraceable",
	.look.shown = "rw,gid=1234,hidepid=ptraceable",
};

FIXTURE_VARIANT_ADD(beside, subset_first) {
	.options = "subset=pid,pidns=" NS_PATH,
	.look.shown = "rw,subset=pid",
	.look.user = 2,
	.look.member = 2,
	.look.only_pids = true,
};

FIXTURE_VARIANT_ADD(beside, subset_last) {
	.options = "pidns=" NS_PATH ",subset=pid",
	.look.shown = "rw,subset=pid",
	.look.user = 2,
	.look.member = 2,
	.look.only_pids = true,
};

FIXTURE_VARIANT_ADD(beside, all_first) {
	.options = "subset=pid,hidepid=2,gid=1234,pidns=" NS_PATH,
	.look.shown = "rw,gid=1234,hidepid=invisible,subset=pid",
	.look.member = 2,
	.look.only_pids = true,
};

FIXTURE_VARIANT_ADD(beside, all_last) {
	.options = "pidns=" NS_PATH ",gid=1234,hidepid=2,subset=pid",
	.look.shown = "rw,gid=1234,hidepid=invisible,subset=pid",
	.look.member = 2,
	.look.only_pids = true,
};

FIXTURE_SETUP(beside)
{
	mounts_world_enter(_metadata, &self->w);
	name_ns(_metadata, &self->w, CHILD);
}

FIXTURE_TEARDOWN_PARENT(beside)
{
}

static void expect_inside(struct __test_metadata *_metadata,
			  const struct world *w, int dir, int others)
{
	ASSERT_EQ(0, try_setns(w->ns[CHILD], CLONE_NEWPID));
	IN_CHILD {
		EXPECT_EQ(getpid(), procfs_self(_metadata, dir));
		EXPECT_EQ(3, procfs_count(_metadata, dir));
		become(_metadata, 1000);
		EXPECT_EQ(getpid(), procfs_self(_metadata, dir));
		EXPECT_EQ(others + 1, procfs_count(_metadata, dir));
	}
}

static void expect_beside(struct __test_metadata *_metadata,
			  const struct world *w, const struct look *look,
			  int dir)
{
	EXPECT_OPTIONS(look->shown);
	expect_is_of(_metadata, dir, w, CHILD);
	EXPECT_EQ(0, procfs_self(_metadata, dir));
	EXPECT_EQ(2, procfs_count(_metadata, dir));
	EXPECT_EQ(look->user, user_count(_metadata, dir, 0));
	EXPECT_EQ(look->member, user_count(_metadata, dir, GROUP));
	EXPECT_EQ(look->only_pids ? ENOENT : 0, try_access(dir, "filesystems"));
	EXPECT_EQ(look->only_pids ? ENOENT : 0, try_access(dir, "sys/kernel"));
	expect_inside(_metadata, w, dir, look->user);
}

TEST_F(beside, by_mount)
{
	ASSERT_EQ(0, mount("proc", MNT, "proc", 0, variant->options));
	expect_beside(_metadata, &self->w, &variant->look,
		      open_dir(_metadata, MNT));
}

/* The same, with one fsconfig(2) for each option. */
TEST_F(beside, by_context)
{
	int fc = procfs_context(_metadata);
	char options[128], *rest = options, *key, *value;

	snprintf(options, sizeof(options), "%s", variant->options);
	while ((key = strsep(&rest, ","))) {
		value = strchr(key, '=');
		*value++ = '\0';
		ASSERT_EQ(0, try_fsconfig(fc, FSCONFIG_SET_STRING, key, value,
					  0));
	}
	ASSERT_EQ(0, try_create(fc));
	expect_beside(_metadata, &self->w, &variant->look,
		      attach(_metadata, fc));
}

/* ----- gid= is a group of the maker's user namespace. */

FIXTURE(group) {
	struct world w;
};

/* Group 0 of BOX's user namespace is group 1000 here. */
FIXTURE_VARIANT(group) {
	enum caller setter;
	enum caller maker;
	const char *shown;
};

FIXTURE_VARIANT_ADD(group, of_root) {
	.setter = ROOT,
	.maker = ROOT,
	.shown = "rw",
};

FIXTURE_VARIANT_ADD(group, of_box_root_set_by_root) {
	.setter = ROOT,
	.maker = BOX_ROOT,
	.shown = "rw,gid=1000",
};

FIXTURE_VARIANT_ADD(group, of_root_set_by_box_root) {
	.setter = BOX_ROOT,
	.maker = ROOT,
	.shown = "rw",
};

FIXTURE_VARIANT_ADD(group, of_box_root) {
	.setter = BOX_ROOT,
	.maker = BOX_ROOT,
	.shown = "rw,gid=1000",
};

FIXTURE_SETUP(group)
{
	mounts_world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(group)
{
}

TEST_F(group, is_the_makers)
{
	int fc = procfs_context(_metadata);

	IN_CHILD {
		become_caller(_metadata, &self->w, variant->setter);
		ASSERT_EQ(0, try_fsconfig(fc, FSCONFIG_SET_STRING, "gid", "0",
					  0));
		ASSERT_EQ(0, try_pidns(fc, self->w.ns[BOX]));
	}
	IN_CHILD {
		become_caller(_metadata, &self->w, variant->maker);
		ASSERT_EQ(0, try_create(fc));
	}
	expect_is_of(_metadata, attach(_metadata, fc), &self->w, BOX);
	EXPECT_OPTIONS(variant->shown);
}

/* ----- A user namespace whose root is in a pid namespace of another owner. */

FIXTURE(userns) {
	struct world w;
	int err;		/* of fsmount(2) or mount(2) */
	const char *log;	/* what the context says of that */
	const char *shown;
};

/*
 * The caller is root of BOX's user namespace and has its own mount namespace:
 * procfs may not show it what is covered by mounts there.
 */
FIXTURE_VARIANT(userns) {
	bool covered;
	const char *subset;
};

FIXTURE_VARIANT_ADD(userns, uncovered) {
};

FIXTURE_VARIANT_ADD(userns, uncovered_subset) {
	.subset = "pid",
};

FIXTURE_VARIANT_ADD(userns, covered) {
	.covered = true,
};

FIXTURE_VARIANT_ADD(userns, covered_subset) {
	.covered = true,
	.subset = "pid",
};

static void expect_of_kernel(struct __test_metadata *_metadata,
			     FIXTURE_DATA(userns) * self,
			     const FIXTURE_VARIANT(userns) * variant)
{
	bool may = fact(_metadata, PROCFS_SUBSET_MAY_BE_COVERED);
	bool says = fact(_metadata, FSMOUNT_SAYS_TOO_REVEALING);

	self->log = "";
	if (variant->covered && !(variant->subset && may)) {
		self->err = EPERM;
		self->log = says ? "e VFS: Mount too revealing" : "";
		self->shown = "";
	} else {
		self->shown = variant->subset ? "rw,subset=pid" : "rw";
	}
}

FIXTURE_SETUP(userns)
{
	expect_of_kernel(_metadata, self, variant);
	mounts_world_enter(_metadata, &self->w);
	if (variant->covered)
		ASSERT_EQ(0, mount("tmpfs", "/proc/sys", "tmpfs", 0, NULL));
	name_ns(_metadata, &self->w, BOX);
	become_box_root(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(userns)
{
}

static int userns_context(struct __test_metadata *_metadata,
			  const char *subset)
{
	int fc = procfs_context(_metadata);

	if (subset)
		EXPECT_EQ(0, try_fsconfig(fc, FSCONFIG_SET_STRING, "subset",
					  subset, 0));
	return fc;
}

/* Mounts the instance of @ns that @fc has made, if it may be mounted. */
static void expect_mounts(struct __test_metadata *_metadata, int fc, int ns,
			  const FIXTURE_DATA(userns) * self)
{
	int answer;

	if (self->err) {
		EXPECT_EQ(-1, sys_fsmount(fc));
		EXPECT_EQ(self->err, errno);
	} else {
		answer = procfs_get_pidns(attach(_metadata, fc));
		ASSERT_LE(0, answer);
		EXPECT_TRUE(same_ns(_metadata, answer, ns));
	}
	EXPECT_LOG(fc, self->log);
	EXPECT_NO_LOG(fc);
	EXPECT_OPTIONS(self->shown);
}

/* The caller's own pid namespace belongs to another owner: EPERM. */
TEST_F(userns, has_none_without_pidns)
{
	int fc = userns_context(_metadata, variant->subset);

	EXPECT_EQ(EPERM, try_create(fc));
	EXPECT_NO_LOG(fc);
	EXPECT_EQ(EPERM, try_pidns(fc, self->w.ns[SELF]));
	EXPECT_ONLY_LOG(fc, LOG_NO_RIGHT);
	EXPECT_EQ(EPERM, try_create(fc));
	EXPECT_EQ(-1, mount("proc", MNT, "proc", 0, variant->subset ?
			    "subset=pid" : NULL));
	EXPECT_EQ(EPERM, errno);
	EXPECT_OPTIONS("");
}

TEST_F(userns, has_one_of_its_pidns_by_context)
{
	int fc = userns_context(_metadata, variant->subset);

	EXPECT_EQ(0, try_pidns(fc, self->w.ns[BOX]));
	EXPECT_EQ(0, try_create(fc));
	expect_mounts(_metadata, fc, self->w.ns[BOX], self);
}

TEST_F(userns, has_one_of_its_pidns_by_mount)
{
	char options[64];
	int err;

	snprintf(options, sizeof(options), "pidns=" NS_PATH "%s%s",
		 variant->subset ? ",subset=" : "", variant->subset ?: "");
	err = mount("proc", MNT, "proc", 0, options) ? errno : 0;
	EXPECT_EQ(self->err, err);
	if (!err)
		expect_is_of(_metadata, open_dir(_metadata, MNT), &self->w,
			     BOX);
	EXPECT_OPTIONS(self->shown);
}

/* As a container runtime that sets everything up before it forks. */
TEST_F(userns, has_one_of_a_namespace_not_born)
{
	int fc = userns_context(_metadata, variant->subset);
	int own, pidfd = sys_pidfd_open(getpid(), 0);

	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	own = ns_for_children(pidfd);
	ASSERT_LE(0, own);
	EXPECT_EQ(0, try_pidns(fc, own));
	EXPECT_EQ(0, try_create(fc));
	expect_mounts(_metadata, fc, own, self);
}

/* The same by path: procfs has a link to that namespace. */
TEST_F(userns, has_one_of_a_namespace_not_born_by_path)
{
	int fc = userns_context(_metadata, variant->subset);
	int own, pidfd = sys_pidfd_open(getpid(), 0);

	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	own = ns_for_children(pidfd);
	ASSERT_LE(0, own);
	EXPECT_EQ(0, try_fsconfig(fc, FSCONFIG_SET_STRING, "pidns",
				  "/proc/self/ns/pid_for_children", 0));
	EXPECT_EQ(0, try_create(fc));
	expect_mounts(_metadata, fc, own, self);
}

TEST_HARNESS_MAIN
