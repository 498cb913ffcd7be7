// SPDX-License-Identifier: GPL-2.0
/*
 * PROCFS_GET_PID_NAMESPACE: which pid namespace does an instance of procfs
 * show? Who may ask, and on which file.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/procfs.h"
#include "../lib/procfs_query.h"
#include "../lib/world.h"

/* Bit 32, where a long has one. */
#define LONG_BIT_32 ((unsigned long)(1ULL << 32))

/* ----- Who may: in the namespace or not, privileged over it or not. */

FIXTURE(who) {
	struct world w;
	int dir;	/* the instance's root directory */
	int other;	/* and something else in it */
};

FIXTURE_VARIANT(who) {
	enum ns of;		/* what the instance shows */
	enum ns from;		/* the caller's pid namespace */
	enum caller caller;
	int err;
};

/* In it and privileged; in it. */
FIXTURE_VARIANT_ADD(who, inside_root) {
	.of = SELF,
};

FIXTURE_VARIANT_ADD(who, inside_no_admin) {
	.of = SELF,
	.caller = NO_ADMIN,
};

FIXTURE_VARIANT_ADD(who, inside_user) {
	.of = SELF,
	.caller = BOX_MAKER,
};

FIXTURE_VARIANT_ADD(who, inside_other_userns) {
	.of = SELF,
	.caller = OTHER_USERNS,
};

FIXTURE_VARIANT_ADD(who, inside_child_root) {
	.of = CHILD,
	.from = CHILD,
};

FIXTURE_VARIANT_ADD(who, inside_child_user) {
	.of = CHILD,
	.from = CHILD,
	.caller = BOX_MAKER,
};

FIXTURE_VARIANT_ADD(who, inside_box_other_userns) {
	.of = BOX,
	.from = BOX,
	.caller = OTHER_USERNS,
};

/* Above it: only by privilege. */
FIXTURE_VARIANT_ADD(who, child_root) {
	.of = CHILD,
};

FIXTURE_VARIANT_ADD(who, child_only_admin) {
	.of = CHILD,
	.caller = ONLY_ADMIN,
};

FIXTURE_VARIANT_ADD(who, child_no_admin) {
	.of = CHILD,
	.caller = NO_ADMIN,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(who, child_other_userns) {
	.of = CHILD,
	.caller = OTHER_USERNS,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(who, child_box_root) {
	.of = CHILD,
	.caller = BOX_ROOT,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(who, grandchild_root) {
	.of = GRANDCHILD,
};

FIXTURE_VARIANT_ADD(who, grandchild_from_child_root) {
	.of = GRANDCHILD,
	.from = CHILD,
};

FIXTURE_VARIANT_ADD(who, grandchild_from_child_no_admin) {
	.of = GRANDCHILD,
	.from = CHILD,
	.caller = NO_ADMIN,
	.err = EPERM,
};

/* Nobody to ask inside. */
FIXTURE_VARIANT_ADD(who, dead_root) {
	.of = DEAD,
};

FIXTURE_VARIANT_ADD(who, dead_no_admin) {
	.of = DEAD,
	.caller = NO_ADMIN,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(who, unborn_root) {
	.of = UNBORN,
};

FIXTURE_VARIANT_ADD(who, unborn_no_admin) {
	.of = UNBORN,
	.caller = NO_ADMIN,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(who, orphan_root) {
	.of = ORPHAN,
};

/* Below it, or beside it: privilege is enough, descent is not asked for. */
FIXTURE_VARIANT_ADD(who, parent_root) {
	.of = PARENT,
};

FIXTURE_VARIANT_ADD(who, parent_no_admin) {
	.of = PARENT,
	.caller = NO_ADMIN,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(who, self_from_child_root) {
	.of = SELF,
	.from = CHILD,
};

FIXTURE_VARIANT_ADD(who, self_from_child_no_admin) {
	.of = SELF,
	.from = CHILD,
	.caller = NO_ADMIN,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(who, child_from_box_root) {
	.of = CHILD,
	.from = BOX,
};

FIXTURE_VARIANT_ADD(who, child_from_box_user) {
	.of = CHILD,
	.from = BOX,
	.caller = BOX_MAKER,
	.err = EPERM,
};

/* Privilege is over the owner: over a user namespace, from within or above. */
FIXTURE_VARIANT_ADD(who, box_root_of_host) {
	.of = BOX,
};

FIXTURE_VARIANT_ADD(who, box_no_admin) {
	.of = BOX,
	.caller = NO_ADMIN,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(who, box_its_root) {
	.of = BOX,
	.caller = BOX_ROOT,
};

FIXTURE_VARIANT_ADD(who, box_its_maker) {
	.of = BOX,
	.caller = BOX_MAKER,
};

FIXTURE_VARIANT_ADD(who, box_other_userns) {
	.of = BOX,
	.caller = OTHER_USERNS,
	.err = EPERM,
};

FIXTURE_SETUP(who)
{
	procfs_world_enter(_metadata, &self->w);
	/* PARENT's can't be made from here, but is here already. */
	self->dir = variant->of == PARENT ?
		    open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC) :
		    procfs_of(_metadata, &self->w, variant->of);
	ASSERT_LE(0, self->dir);
	self->other = openat(self->dir, "sys",
			     O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, self->other);
	if (variant->from != SELF)
		ASSERT_EQ(0, try_setns(self->w.ns[variant->from],
				       CLONE_NEWPID));
}

FIXTURE_TEARDOWN_PARENT(who)
{
}

TEST_F(who, asks_the_root_directory)
{
	IN_CHILD {
		become_caller(_metadata, &self->w, variant->caller);
		expect_answer(_metadata, ask_64, self->dir, variant->err,
			      self->w.ns[variant->of]);
	}
}

/* What it is comes before who asks. */
TEST_F(who, asks_another_file)
{
	IN_CHILD {
		become_caller(_metadata, &self->w, variant->caller);
		expect_answer(_metadata, ask_64, self->other, ENOTTY, -1);
	}
}

/* So does what is asked. */
TEST_F(who, asks_with_an_argument)
{
	IN_CHILD {
		become_caller(_metadata, &self->w, variant->caller);
		expect_refused(_metadata, ask_64, self->dir, 1, EINVAL);
		expect_refused(_metadata, ask_64, self->other, 1, ENOTTY);
		/* A bit that a call of 32 bits has not. */
		if (LONG_BIT_32)
			expect_refused(_metadata, ask_64, self->dir,
				       LONG_BIT_32, EINVAL);
	}
}

TEST_F(who, asks_by_a_32_bit_call)
{
	skip_without(_metadata, ask_32);
	IN_CHILD {
		become_caller(_metadata, &self->w, variant->caller);
		expect_answer(_metadata, ask_32, self->dir, variant->err,
			      self->w.ns[variant->of]);
		expect_answer(_metadata, ask_32, self->other, ENOTTY, -1);
		expect_refused(_metadata, ask_32, self->dir, 1, EINVAL);
		expect_refused(_metadata, ask_32, self->other, 1, ENOTTY);
	}
}

/* ----- On which file. */

#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

typedef int get_fn(struct __test_metadata *_metadata, int dir);

FIXTURE(file) {
	struct world w;
	int dir;	/* the root directory of an instance of SELF */
};

FIXTURE_VARIANT(file) {
	get_fn *get;
	int err;
};

/* The root directory, whatever has happened to it. */
static int get_from_below(struct __test_metadata *_metadata, int dir)
{
	return openat(dir, "sys/kernel/../..", OPEN_DIR);
}

FIXTURE_VARIANT_ADD(file, root_from_below) {
	.get = get_from_below,
};

static int get_attached(struct __test_metadata *_metadata, int dir)
{
	ASSERT_EQ(0, mount("proc", "/tmp/proc", "proc", 0, NULL));
	return open("/tmp/proc", OPEN_DIR);
}

FIXTURE_VARIANT_ADD(file, root_attached) {
	.get = get_attached,
};

static int get_unmounted(struct __test_metadata *_metadata, int dir)
{
	int fd = get_attached(_metadata, dir);

	ASSERT_EQ(0, umount2("/tmp/proc", MNT_DETACH));
	close(dir);
	return fd;
}

FIXTURE_VARIANT_ADD(file, root_unmounted) {
	.get = get_unmounted,
};

static int get_bound(struct __test_metadata *_metadata, int dir,
		     const char *what)
{
	close(get_attached(_metadata, dir));
	ASSERT_EQ(0, mount(what, "/tmp/bind", NULL, MS_BIND, NULL));
	return open("/tmp/bind", OPEN_DIR);
}

static int get_bound_root(struct __test_metadata *_metadata, int dir)
{
	return get_bound(_metadata, dir, "/tmp/proc");
}

FIXTURE_VARIANT_ADD(file, root_bound) {
	.get = get_bound_root,
};

static int get_read_only(struct __test_metadata *_metadata, int dir)
{
	close(get_bound_root(_metadata, dir));
	ASSERT_EQ(0, mount(NULL, "/tmp/bind", NULL,
			   MS_BIND | MS_REMOUNT | MS_RDONLY, NULL));
	return open("/tmp/bind", OPEN_DIR);
}

FIXTURE_VARIANT_ADD(file, root_read_only) {
	.get = get_read_only,
};

static int get_chrooted(struct __test_metadata *_metadata, int dir)
{
	close(get_attached(_metadata, dir));
	ASSERT_EQ(0, chroot("/tmp/proc"));
	return open("/", OPEN_DIR);
}

FIXTURE_VARIANT_ADD(file, root_chrooted) {
	.get = get_chrooted,
};

/* Who sees hardly a process may still ask. */
static int get_hiding(struct __test_metadata *_metadata, int dir)
{
	int fc = sys_fspick(dir);

	ASSERT_LE(0, fc);
	ASSERT_EQ(0, try_fsconfig(fc, FSCONFIG_SET_STRING, "hidepid",
				  "ptraceable", 0));
	ASSERT_EQ(0, try_fsconfig(fc, FSCONFIG_SET_STRING, "subset", "pid",
				  0));
	ASSERT_EQ(0, try_reconfigure(fc));
	close(fc);
	become(_metadata, 1000);
	return dir;
}

FIXTURE_VARIANT_ADD(file, root_hiding_most) {
	.get = get_hiding,
};

/* Nothing is open. */
static int get_o_path(struct __test_metadata *_metadata, int dir)
{
	return openat(dir, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

FIXTURE_VARIANT_ADD(file, root_o_path) {
	.get = get_o_path,
	.err = EBADF,
};

static int get_closed(struct __test_metadata *_metadata, int dir)
{
	close(dir);
	return dir;
}

FIXTURE_VARIANT_ADD(file, root_closed) {
	.get = get_closed,
	.err = EBADF,
};

/* The root directory of a mount, but not of the instance. */
static int get_bound_below(struct __test_metadata *_metadata, int dir)
{
	return get_bound(_metadata, dir, "/tmp/proc/sys");
}

FIXTURE_VARIANT_ADD(file, directory_bound) {
	.get = get_bound_below,
	.err = ENOTTY,
};

FIXTURE_SETUP(file)
{
	procfs_world_enter(_metadata, &self->w);
	self->dir = procfs_of(_metadata, &self->w, SELF);
	private_mounts(_metadata);
	ASSERT_EQ(0, mkdir("/tmp/proc", 0755));
	ASSERT_EQ(0, mkdir("/tmp/bind", 0755));
}

FIXTURE_TEARDOWN_PARENT(file)
{
}

TEST_F(file, asked)
{
	int fd = variant->get(_metadata, self->dir);

	ASSERT_LE(0, fd);
	expect_answer(_metadata, ask_64, fd, variant->err, self->w.ns[SELF]);
}

FIXTURE(other_file) {
	struct world w;
	int dir;
};

FIXTURE_SETUP(other_file)
{
	procfs_world_enter(_metadata, &self->w);
	self->dir = procfs_of(_metadata, &self->w, SELF);
	private_mounts(_metadata);
}

FIXTURE_TEARDOWN_PARENT(other_file)
{
}

static void expect_not_it(struct __test_metadata *_metadata, int fd,
			  const char *name)
{
	ASSERT_LE(0, fd) {
		TH_LOG("open %s: %s", name, strerror(errno));
	}
	EXPECT_EQ(-1, ask_64(fd, PROCFS_GET_PID_NAMESPACE, 0));
	EXPECT_EQ(ENOTTY, errno) {
		TH_LOG("asked %s: %s", name, strerror(errno));
	}
	close(fd);
}

TEST_F(other_file, asked_by_path)
{
	static const struct {
		const char *path;
		int flags;
	} others[] = {
		{ "sys", OPEN_DIR },
		{ "fs", OPEN_DIR },
		{ "net", OPEN_DIR },
		{ "filesystems", O_RDONLY },
		{ "sys/kernel/ostype", O_RDONLY },
		{ "self", OPEN_DIR },
		{ "thread-self", OPEN_DIR },
		{ "1", OPEN_DIR },
		{ "self/task", OPEN_DIR },
		{ "self/fd", OPEN_DIR },
		{ "self/ns", OPEN_DIR },
		{ "self/status", O_RDONLY },
		/* Has ioctls of the same letter. */
		{ "self/maps", O_RDONLY },
		/* Of other filesystems. */
		{ "self/ns/pid", O_RDONLY },
		{ "self/root", OPEN_DIR },
		{ "/tmp", OPEN_DIR },
		{ "/tmp/file", O_CREAT },
		{ "/dev/null", O_RDONLY },
	};

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		expect_not_it(_metadata,
			      openat(self->dir, others[i].path,
				     others[i].flags | O_CLOEXEC, 0600),
			      others[i].path);
}

TEST_F(other_file, asked_without_a_path)
{
	int pipefd[2];

	expect_not_it(_metadata, sys_pidfd_open(getpid(), 0), "pidfd");
	expect_not_it(_metadata, sys_fspick(self->dir), "context");
	expect_not_it(_metadata, socket(AF_UNIX, SOCK_STREAM, 0), "socket");
	expect_not_it(_metadata, eventfd(0, 0), "eventfd");
	ASSERT_EQ(0, pipe2(pipefd, O_CLOEXEC));
	expect_not_it(_metadata, pipefd[0], "pipe");
}

TEST_HARNESS_MAIN
