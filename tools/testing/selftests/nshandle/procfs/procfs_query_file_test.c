// SPDX-License-Identifier: GPL-2.0
/*
 * PROCFS_GET_PID_NAMESPACE works on the root directory of an instance only.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/mounts.h"
#include "../lib/procfs.h"
#include "../lib/procfs_query.h"
#include "../lib/world.h"

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

/* The root directory, on every path and mount that leads there. */
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

/*
 * A user to whom the instance shows hardly a process may still ask. It is made
 * anew, as some kernels do not change subset= any more.
 */
static int get_hiding(struct __test_metadata *_metadata, int dir)
{
	int fc = procfs_context(_metadata);

	ASSERT_EQ(0, try_pidns(fc, procfs_get_pidns(dir)));
	ASSERT_EQ(0, try_fsconfig(fc, FSCONFIG_SET_STRING, "hidepid",
				  "ptraceable", 0));
	ASSERT_EQ(0, try_fsconfig(fc, FSCONFIG_SET_STRING, "subset", "pid",
				  0));
	dir = procfs_create(_metadata, fc);
	close(fc);
	become(_metadata, 1000);
	return dir;
}

FIXTURE_VARIANT_ADD(file, root_hiding_most) {
	.get = get_hiding,
};

/* No file is open. */
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

/* ----- Other files. */

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
		/* This file has ioctls of the same letter. */
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
