// SPDX-License-Identifier: GPL-2.0
/*
 * procfs's "pidns" parameter and its query, at each point where they can run
 * out of memory or not reach the user's: the errno, that what was there before
 * is there still and nothing else, and that nothing is left behind.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/faults.h"
#include "../lib/procfs.h"
#include "../lib/procfs_mount.h"
#include "../lib/procfs_query.h"
#include "../lib/world.h"

#define DIR	"/tmp"
#define NAME	"ns"		/* in there, the file of GRANDCHILD */
#define PATH	DIR "/" NAME

enum aux {
	UNUSED,
	THE_NS,
	THE_NS_O_PATH,
	THE_DIR,
	INSTANCE,	/* of GRANDCHILD, or as ->unheld says */
	NR_AUX,
};

/* Shared with the end of the fixture, which is outside of the world. */
FIXTURE(procfs)
{
	struct faults *f;
	struct world w;
	int aux[NR_AUX];
	struct stat ns;		/* of INSTANCE */
};

FIXTURE_VARIANT(procfs)
{
	const char *name;
	attempt_fn *attempt;
	unsigned int cmd;	/* of fsconfig(2) */
	const char *value;
	enum aux aux;
	bool unheld;		/* nobody has INSTANCE's namespace open */
};

/* The call of a row, and what it is made on. */
struct call {
	const FIXTURE_VARIANT(procfs) * row;
	FIXTURE_DATA(procfs) * self;
};

/* The descriptor that the last call made. */
static int made;

/* 0 or the errno. */
static int keep(int fd)
{
	made = fd;
	return fd < 0 ? errno : 0;
}

/* Neither a descriptor nor, in the caller's namespace, a mount. */
static void expect_nothing_made(struct __test_metadata *_metadata, int next)
{
	EXPECT_EQ(next, next_fd(_metadata));
	EXPECT_OPTIONS("");
}

static void expect_instance(struct __test_metadata *_metadata, int fc,
			    const struct world *w, enum ns ns)
{
	int dir = procfs_mount(_metadata, fc);

	expect_shows(_metadata, dir, w, ns);
	close(dir);
}

static void fsopen_attempt(struct __test_metadata *_metadata, struct faults *f,
			   const void *data, int n, int times)
{
	const struct call *c = data;
	int next;

	nth_open(_metadata, f);
	next = next_fd(_metadata);
	do {
		FAIL_POINT(f, n, keep(sys_fsopen("proc")));
	} while (f->err && --times);
	if (f->err) {
		expect_nothing_made(_metadata, next);
	} else {
		ASSERT_EQ(0, try_create(made));
		expect_instance(_metadata, made, &c->self->w, SELF);
		close(made);
	}
	close(f->nth);
}

/* The context has a value, which the call replaces or not. */
static void set_attempt(struct __test_metadata *_metadata, struct faults *f,
			const void *data, int n, int times)
{
	const struct call *c = data;
	const struct world *w = &c->self->w;
	int fc = procfs_context(_metadata);

	nth_open(_metadata, f);
	ASSERT_EQ(0, try_pidns(fc, w->ns[CHILD]));
	do {
		FAIL_POINT(f, n,
			   try_fsconfig(fc, c->row->cmd, "pidns",
					c->row->value,
					c->self->aux[c->row->aux]));
	} while (f->err && --times);
	ASSERT_EQ(0, try_create(fc));
	expect_instance(_metadata, fc, w, f->err ? CHILD : GRANDCHILD);
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

/* A context that has failed at it once has nothing more to give. */
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
			expect_instance(_metadata, fc, &c->self->w,
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
	do {
		FAIL_POINT(f, n, try_mount(c->row->value));
	} while (f->err && --times);
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
	do {
		FAIL_POINT(f, n,
			   keep(procfs_get_pidns(c->self->aux[INSTANCE])));
	} while (f->err && --times);
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

/* clang-format off */
FIXTURE_VARIANT_ADD(procfs, fsopen) {
	/* clang-format on */
	.name = "fsopen(proc)",
	.attempt = fsopen_attempt,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(procfs, set_fd) {
	/* clang-format on */
	.name = "fsconfig(SET_FD)",
	.attempt = set_attempt,
	.cmd = FSCONFIG_SET_FD,
	.aux = THE_NS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(procfs, set_string) {
	/* clang-format on */
	.name = "fsconfig(SET_STRING, path)",
	.attempt = set_attempt,
	.cmd = FSCONFIG_SET_STRING,
	.value = PATH,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(procfs, set_string_magic) {
	/* clang-format on */
	.name = "fsconfig(SET_STRING, /proc/self/fd)",
	.attempt = set_attempt,
	.cmd = FSCONFIG_SET_STRING,
	.value = NS_PATH,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(procfs, set_path) {
	/* clang-format on */
	.name = "fsconfig(SET_PATH)",
	.attempt = set_attempt,
	.cmd = FSCONFIG_SET_PATH,
	.value = NAME,
	.aux = THE_DIR,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(procfs, set_path_empty) {
	/* clang-format on */
	.name = "fsconfig(SET_PATH_EMPTY)",
	.attempt = set_attempt,
	.cmd = FSCONFIG_SET_PATH_EMPTY,
	.value = "",
	.aux = THE_NS_O_PATH,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(procfs, create) {
	/* clang-format on */
	.name = "fsconfig(CMD_CREATE)",
	.attempt = create_attempt,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(procfs, fsmount) {
	/* clang-format on */
	.name = "fsmount",
	.attempt = fsmount_attempt,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(procfs, mount) {
	/* clang-format on */
	.name = "mount(2)",
	.attempt = mount_attempt,
	.value = "pidns=" PATH,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(procfs, query) {
	/* clang-format on */
	.name = "PROCFS_GET_PID_NAMESPACE",
	.attempt = query_attempt,
};

/* The file has to be made, too. */
/* clang-format off */
FIXTURE_VARIANT_ADD(procfs, query_unheld) {
	/* clang-format on */
	.name = "PROCFS_GET_PID_NAMESPACE, no other file",
	.attempt = query_attempt,
	.unheld = true,
};

/* The world has each of its namespaces open: this is another one. */
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

#define SWEEP_OF_CALL(_name) \
	struct call __call = { variant, self }; \
	struct sweep _name = { \
		.name = variant->name, \
		.attempt = variant->attempt, \
		.data = &__call, \
	}

TEST_F(procfs, out_of_memory)
{
	SWEEP_OF_CALL(s);

	sweep(_metadata, self->f, &s);
	EXPECT_LT(0, s.failed);
}

/* Two thousand mounts, on a slow machine. */
TEST_F_TIMEOUT(procfs, leaks_nothing, 60)
{
	SWEEP_OF_CALL(s);

	sweep_leaks(_metadata, self->f, &s);
}

TEST_HARNESS_MAIN
