// SPDX-License-Identifier: GPL-2.0
/*
 * pidns= and its query change nothing and leak nothing when memory runs out.
 *
 * Each allocation, and each copy from or to user space, of each call fails in
 * its turn.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/faults.h"
#include "../lib/procfs.h"
#include "../lib/procfs_mount.h"
#include "../lib/procfs_query.h"
#include "../lib/world.h"

#define DIR	"/tmp"
#define NAME	"ns"		/* in DIR: the namespace file of GRANDCHILD */
#define PATH	DIR "/" NAME

enum aux {
	UNUSED,
	THE_NS,
	THE_NS_O_PATH,
	THE_DIR,
	INSTANCE,	/* of GRANDCHILD, or as .unheld says */
	NR_AUX,
};

FIXTURE(procfs) {
	struct faults *f;
	struct world w;
	int aux[NR_AUX];
	struct stat ns;		/* of INSTANCE's pid namespace */
};

FIXTURE_VARIANT(procfs) {
	const char *name;
	attempt_fn *attempt;
	unsigned int cmd;	/* of fsconfig(2) */
	const char *value;
	enum aux aux;
	bool unheld;		/* INSTANCE is of another namespace, not open */
};

struct call {
	const FIXTURE_VARIANT(procfs) * row;
	FIXTURE_DATA(procfs) * self;
};

/* The descriptor that the last call made. */
static int made;

/* Returns 0 or the errno of a call that returned @fd. */
static int keep(int fd)
{
	made = fd;
	return fd < 0 ? errno : 0;
}

/* The call has made neither a descriptor nor, at MNT, a mount. */
static void expect_nothing_made(struct __test_metadata *_metadata, int next)
{
	EXPECT_EQ(next, next_fd(_metadata));
	EXPECT_OPTIONS("");
}

static void fsopen_attempt(struct __test_metadata *_metadata, struct faults *f,
			   const void *data, int n, int times)
{
	const struct call *c = data;
	int next;

	nth_open(_metadata, f);
	next = next_fd(_metadata);
	FAIL_POINTS(f, n, times, keep(sys_fsopen("proc")));
	if (f->err) {
		expect_nothing_made(_metadata, next);
	} else {
		expect_created(_metadata, &c->self->w, made, false, SELF);
		close(made);
	}
	close(f->nth);
}

/* The context has the value CHILD, which the call replaces or not. */
static void set_attempt(struct __test_metadata *_metadata, struct faults *f,
			const void *data, int n, int times)
{
	const struct call *c = data;
	const struct world *w = &c->self->w;
	int fc = procfs_context(_metadata);

	nth_open(_metadata, f);
	ASSERT_EQ(0, try_pidns(fc, w->ns[CHILD]));
	FAIL_POINTS(f, n, times,
		    try_fsconfig(fc, c->row->cmd, "pidns", c->row->value,
				 c->self->aux[c->row->aux]));
	expect_created(_metadata, w, fc, false, f->err ? CHILD : GRANDCHILD);
	close(fc);
	close(f->nth);
}

static int grandchild_context(struct __test_metadata *_metadata,
			      const struct world *w)
{
	int fc = procfs_context(_metadata);

	ASSERT_EQ(0, try_pidns(fc, w->ns[GRANDCHILD]));
	return fc;
}

/* A context can't be created again after a failure. */
static void create_attempt(struct __test_metadata *_metadata, struct faults *f,
			   const void *data, int n, int times)
{
	const struct call *c = data;
	int fc;

	nth_open(_metadata, f);
	do {
		fc = grandchild_context(_metadata, &c->self->w);
		FAIL_POINT(f, n, try_create(fc));
		if (f->err) {
			EXPECT_EQ(-1, sys_fsmount(fc));
			EXPECT_EQ(EINVAL, errno);
			EXPECT_EQ(EBUSY, try_create(fc));
		} else {
			expect_created(_metadata, &c->self->w, fc, true,
				       GRANDCHILD);
		}
		close(fc);
	} while (f->err && --times);
	close(f->nth);
}

static void fsmount_attempt(struct __test_metadata *_metadata,
			    struct faults *f, const void *data, int n,
			    int times)
{
	const struct call *c = data;
	int fc, next, dir;

	nth_open(_metadata, f);
	do {
		fc = grandchild_context(_metadata, &c->self->w);
		ASSERT_EQ(0, try_create(fc));
		next = next_fd(_metadata);
		FAIL_POINT(f, n, keep(sys_fsmount(fc)));
		if (f->err) {
			expect_nothing_made(_metadata, next);
		} else {
			dir = openat(made, ".", O_RDONLY | O_CLOEXEC);
			ASSERT_LE(0, dir);
			expect_shows(_metadata, dir, &c->self->w, GRANDCHILD);
			close(dir);
			close(made);
		}
		close(fc);
	} while (f->err && --times);
	close(f->nth);
}

static int try_mount(const char *data)
{
	return mount("proc", MNT, "proc", 0, data) ? errno : 0;
}

static void mount_attempt(struct __test_metadata *_metadata, struct faults *f,
			  const void *data, int n, int times)
{
	const struct call *c = data;
	int dir;

	nth_open(_metadata, f);
	FAIL_POINTS(f, n, times, try_mount(c->row->value));
	if (f->err) {
		EXPECT_OPTIONS("");
	} else {
		dir = open_dir(_metadata, MNT);
		expect_shows(_metadata, dir, &c->self->w, GRANDCHILD);
		close(dir);
		ASSERT_EQ(0, umount(MNT));
	}
	close(f->nth);
}

static void query_attempt(struct __test_metadata *_metadata, struct faults *f,
			  const void *data, int n, int times)
{
	const struct call *c = data;
	struct stat st;
	int next;

	nth_open(_metadata, f);
	next = next_fd(_metadata);
	FAIL_POINTS(f, n, times,
		    keep(procfs_get_pidns(c->self->aux[INSTANCE])));
	if (f->err) {
		EXPECT_EQ(next, next_fd(_metadata));
	} else {
		ASSERT_EQ(0, fstat(made, &st));
		EXPECT_EQ(c->self->ns.st_dev, st.st_dev);
		EXPECT_EQ(c->self->ns.st_ino, st.st_ino);
		close(made);
	}
	close(f->nth);
}

FIXTURE_VARIANT_ADD(procfs, fsopen) {
	.name = "fsopen(proc)",
	.attempt = fsopen_attempt,
};

FIXTURE_VARIANT_ADD(procfs, set_fd) {
	.name = "fsconfig(SET_FD)",
	.attempt = set_attempt,
	.cmd = FSCONFIG_SET_FD,
	.aux = THE_NS,
};

FIXTURE_VARIANT_ADD(procfs, set_string) {
	.name = "fsconfig(SET_STRING, path)",
	.attempt = set_attempt,
	.cmd = FSCONFIG_SET_STRING,
	.value = PATH,
};

FIXTURE_VARIANT_ADD(procfs, set_string_magic) {
	.name = "fsconfig(SET_STRING, /proc/self/fd)",
	.attempt = set_attempt,
	.cmd = FSCONFIG_SET_STRING,
	.value = NS_PATH,
};

FIXTURE_VARIANT_ADD(procfs, set_path) {
	.name = "fsconfig(SET_PATH)",
	.attempt = set_attempt,
	.cmd = FSCONFIG_SET_PATH,
	.value = NAME,
	.aux = THE_DIR,
};

FIXTURE_VARIANT_ADD(procfs, set_path_empty) {
	.name = "fsconfig(SET_PATH_EMPTY)",
	.attempt = set_attempt,
	.cmd = FSCONFIG_SET_PATH_EMPTY,
	.value = "",
	.aux = THE_NS_O_PATH,
};

FIXTURE_VARIANT_ADD(procfs, create) {
	.name = "fsconfig(CMD_CREATE)",
	.attempt = create_attempt,
};

FIXTURE_VARIANT_ADD(procfs, fsmount) {
	.name = "fsmount",
	.attempt = fsmount_attempt,
};

FIXTURE_VARIANT_ADD(procfs, mount) {
	.name = "mount(2)",
	.attempt = mount_attempt,
	.value = "pidns=" PATH,
};

FIXTURE_VARIANT_ADD(procfs, query) {
	.name = "PROCFS_GET_PID_NAMESPACE",
	.attempt = query_attempt,
};

/* Here the query must make the namespace file, too. */
FIXTURE_VARIANT_ADD(procfs, query_unheld) {
	.name = "PROCFS_GET_PID_NAMESPACE, no other file",
	.attempt = query_attempt,
	.unheld = true,
};

/* An instance of a new namespace, since the world's have all an open file. */
static int unheld_instance(struct __test_metadata *_metadata, struct stat *ns)
{
	int pidfd = sys_pidfd_open(getpid(), 0), fd, fc, dir;

	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	fd = ns_for_children(pidfd);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fstat(fd, ns));
	fc = procfs_context(_metadata);
	ASSERT_EQ(0, try_pidns(fc, fd));
	dir = procfs_create(_metadata, fc);
	close(fc);
	close(fd);
	close(pidfd);
	return dir;
}

FIXTURE_SETUP(procfs)
{
	const struct world *w = &self->w;
	int *aux = self->aux;

	skip_without_pidns(_metadata);
	self->f = faults_enter(_metadata);
	mounts_world_enter(_metadata, &self->w);
	name_ns(_metadata, w, GRANDCHILD);
	ASSERT_EQ(0, mknod(PATH, S_IFREG | 0600, 0));
	ASSERT_EQ(0, mount(NS_PATH, PATH, NULL, MS_BIND, NULL));
	aux[THE_NS] = w->ns[GRANDCHILD];
	aux[THE_NS_O_PATH] = open(PATH, O_PATH | O_CLOEXEC);
	aux[THE_DIR] = open(DIR, O_PATH | O_CLOEXEC);
	ASSERT_EQ(0, fstat(w->ns[GRANDCHILD], &self->ns));
	aux[INSTANCE] = variant->unheld ?
			unheld_instance(_metadata, &self->ns) :
			procfs_of(_metadata, w, GRANDCHILD);
	for (int i = THE_NS; i < NR_AUX; i++)
		ASSERT_LE(0, aux[i]);
}

FIXTURE_TEARDOWN_PARENT(procfs)
{
}

TEST_F(procfs, out_of_memory)
{
	struct call c = { variant, self };
	struct sweep s = SWEEP(variant, &c);

	sweep(_metadata, self->f, &s);
	EXPECT_LT(0, s.failed);
}

/* Two thousand mounts, on a slow machine. */
TEST_F_TIMEOUT(procfs, leaks_nothing, 60)
{
	struct call c = { variant, self };
	struct sweep s = SWEEP(variant, &c);

	sweep_leaks(_metadata, self->f, &s);
}

TEST_HARNESS_MAIN
