// SPDX-License-Identifier: GPL-2.0
/*
 * SET and GET have the right errno on each kind of file, of several the first.
 *
 * Every case runs as the caller of the world of lib/world.h.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/facts.h"
#include "../lib/pid_vec.h"
#include "../lib/world.h"

/* ----- Wrong descriptors. */

FIXTURE(descriptor) {
	struct scene s;
	int err;
};

FIXTURE_VARIANT(descriptor) {
	const char *path;	/* if not NULL, the file to open */
	int flags;
	bool pidfd;		/* a pidfd; without it and .path, -1 */
	bool no_arg;		/* NULL instead of a vector */
	int err;
};

FIXTURE_VARIANT_ADD(descriptor, pid) {
	.path = "/proc/self/ns/pid",
};

/* This link names a pid namespace, too. */
FIXTURE_VARIANT_ADD(descriptor, pid_for_children) {
	.path = "/proc/self/ns/pid_for_children",
};

FIXTURE_VARIANT_ADD(descriptor, user) {
	.path = "/proc/self/ns/user", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(descriptor, mnt) {
	.path = "/proc/self/ns/mnt", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(descriptor, uts) {
	.path = "/proc/self/ns/uts", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(descriptor, ipc) {
	.path = "/proc/self/ns/ipc", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(descriptor, cgroup) {
	.path = "/proc/self/ns/cgroup", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(descriptor, net) {
	.path = "/proc/self/ns/net", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(descriptor, time) {
	.path = "/proc/self/ns/time", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(descriptor, o_path) {
	.path = "/proc/self/ns/pid", .flags = O_PATH, .err = EBADF,
};

FIXTURE_VARIANT_ADD(descriptor, closed) {
	.err = EBADF,
};

/* ENOTTY if the kernel looks at the number first, else at the argument. */
FIXTURE_VARIANT_ADD(descriptor, pidfd) {
	.pidfd = true, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(descriptor, pidfd_no_argument) {
	.pidfd = true, .no_arg = true, .err = ENOTTY,
};

FIXTURE_VARIANT_ADD(descriptor, regular_file) {
	.path = "/proc/self/exe", .err = ENOTTY,
};

FIXTURE_VARIANT_ADD(descriptor, procfs_file) {
	.path = "/proc/self/status", .err = ENOTTY,
};

FIXTURE_VARIANT_ADD(descriptor, directory) {
	.path = "/proc/self/ns", .err = ENOTTY,
};

FIXTURE_VARIANT_ADD(descriptor, device) {
	.path = "/dev/null", .err = ENOTTY,
};

FIXTURE_SETUP(descriptor)
{
	self->err = variant->err;
	if (variant->pidfd && !fact(_metadata, PIDFD_ARGUMENT_FIRST))
		self->err = ENOTTY;
	scene_enter(_metadata, &self->s);
}

FIXTURE_TEARDOWN_PARENT(descriptor)
{
	scene_left(_metadata, &self->s);
}

TEST_F(descriptor, set_and_get)
{
	struct world *w = &self->s.w;
	struct pid_vec before = get_levels(_metadata, w, SELF);
	struct pid_vec vec = new_vec(1);
	void *arg = variant->no_arg ? NULL : &vec;
	int fd = -1;

	if (variant->path) {
		fd = open(variant->path, O_RDONLY | variant->flags);
		ASSERT_LE(0, fd);
	} else if (variant->pidfd) {
		fd = sys_pidfd_open(getpid(), 0);
		ASSERT_LE(0, fd);
	}
	EXPECT_EQ(self->err, try_set(fd, arg));
	if (!self->err)
		before = new_vec(1);
	expect_levels(_metadata, w, SELF, &before);
	vec.pid[0] = -77;
	EXPECT_EQ(self->err, try_get(fd, arg));
	EXPECT_EQ(self->err ? -77 : LAST(0), vec.pid[0]);
}

/* ----- Calls with two errors: which one is returned. */

/* How much of the vector's memory can be accessed. */
enum where {
	REACHED,	/* all of it */
	NO_NUMBER,	/* none */
	NO_ARRAY,	/* the number of levels only */
	READ_ONLY,	/* all of it, for reading */
};

FIXTURE(order) {
	struct scene s;
};

FIXTURE_VARIANT(order) {
	const char *link;	/* a namespace file instead of .ns */
	enum ns ns;
	enum keep keep;
	enum where where;
	__u32 nr;
	pid_t pid;
	int set, get;
};

FIXTURE_VARIANT_ADD(order, type_before_number_unreadable) {
	.link = "/proc/self/ns/uts", .where = NO_NUMBER,
	.set = EINVAL, .get = EINVAL,
};

FIXTURE_VARIANT_ADD(order, type_before_array_unreadable) {
	.link = "/proc/self/ns/uts", .where = NO_ARRAY, .nr = 1,
	.set = EINVAL, .get = EINVAL,
};

FIXTURE_VARIANT_ADD(order, type_before_right) {
	.link = "/proc/self/ns/uts", .keep = NO_CAPS, .nr = 1,
	.set = EINVAL, .get = EINVAL,
};

FIXTURE_VARIANT_ADD(order, number_unreadable_before_right) {
	.ns = PARENT, .keep = NO_CAPS, .where = NO_NUMBER,
	.set = EFAULT, .get = EFAULT,
};

FIXTURE_VARIANT_ADD(order, number_unreadable_before_init) {
	.ns = UNBORN, .where = NO_NUMBER,
	.set = EFAULT, .get = EFAULT,
};

FIXTURE_VARIANT_ADD(order, number_before_array_unreadable) {
	.ns = CHILD, .where = NO_ARRAY, .nr = 4,
	.set = EINVAL, .get = EINVAL,
};

FIXTURE_VARIANT_ADD(order, number_0_before_array_unreadable) {
	.ns = CHILD, .where = NO_ARRAY, .nr = 0,
	.set = EINVAL,
};

/* GET of 0 levels writes the number of levels, and accesses no pid. */
FIXTURE_VARIANT_ADD(order, type_before_number_0) {
	.link = "/proc/self/ns/uts", .nr = 0,
	.set = EINVAL, .get = EINVAL,
};

FIXTURE_VARIANT_ADD(order, type_before_number_0_read_only) {
	.link = "/proc/self/ns/uts", .where = READ_ONLY, .nr = 0,
	.set = EINVAL, .get = EINVAL,
};

FIXTURE_VARIANT_ADD(order, number_0_before_right) {
	.ns = PARENT, .keep = NO_CAPS, .nr = 0,
	.set = EINVAL, .get = EPERM,
};

FIXTURE_VARIANT_ADD(order, reach_before_number_0_read_only) {
	.ns = PARENT, .where = READ_ONLY, .nr = 0,
	.set = EINVAL, .get = EPERM,
};

FIXTURE_VARIANT_ADD(order, number_0_read_only) {
	.ns = CHILD, .where = READ_ONLY, .nr = 0,
	.set = EINVAL, .get = EFAULT,
};

FIXTURE_VARIANT_ADD(order, number_0_needs_no_right) {
	.ns = CHILD, .keep = NO_CAPS, .nr = 0,
	.set = EINVAL,
};

FIXTURE_VARIANT_ADD(order, number_0_needs_no_init) {
	.ns = UNBORN, .nr = 0,
	.set = EINVAL,
};

FIXTURE_VARIANT_ADD(order, reach_before_array_read_only) {
	.ns = CHILD, .where = READ_ONLY, .nr = 3,
	.set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(order, number_before_right) {
	.ns = PARENT, .keep = NO_CAPS, .nr = 2,
	.set = EINVAL, .get = EINVAL,
};

FIXTURE_VARIANT_ADD(order, number_before_init) {
	.ns = UNBORN, .nr = 4,
	.set = EINVAL, .get = EINVAL,
};

/* GET accesses the array last. */
FIXTURE_VARIANT_ADD(order, array_unreadable_before_capability) {
	.ns = CHILD, .keep = NO_CAPS, .where = NO_ARRAY, .nr = 1,
	.set = EFAULT, .get = EFAULT,
};

FIXTURE_VARIANT_ADD(order, array_unreadable_before_reach) {
	.ns = CHILD, .where = NO_ARRAY, .nr = 3,
	.set = EFAULT, .get = EPERM,
};

FIXTURE_VARIANT_ADD(order, array_unreadable_before_init) {
	.ns = UNBORN, .where = NO_ARRAY, .nr = 1,
	.set = EFAULT, .get = EFAULT,
};

FIXTURE_VARIANT_ADD(order, capability_before_pid) {
	.ns = CHILD, .keep = NO_CAPS, .nr = 1, .pid = -1,
	.set = EPERM,
};

FIXTURE_VARIANT_ADD(order, reach_before_pid) {
	.ns = CHILD, .nr = 3, .pid = -1,
	.set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(order, capability_before_init) {
	.ns = UNBORN, .keep = NO_CAPS, .nr = 1, .pid = 7,
	.set = EPERM,
};

FIXTURE_VARIANT_ADD(order, reach_before_init) {
	.ns = DEAD, .nr = 3, .pid = 7,
	.set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(order, pid_before_init) {
	.ns = UNBORN, .nr = 1, .pid = -1,
	.set = EINVAL,
};

FIXTURE_VARIANT_ADD(order, pid_before_dead) {
	.ns = DEAD, .nr = 1, .pid = INT_MAX,
	.set = EINVAL,
};

FIXTURE_SETUP(order)
{
	scene_enter(_metadata, &self->s);
}

FIXTURE_TEARDOWN_PARENT(order)
{
	scene_left(_metadata, &self->s);
}

static struct pid_vec *place_vec(struct __test_metadata *_metadata,
				 struct pid_vec *vec, enum where where)
{
	long size = sysconf(_SC_PAGESIZE);
	struct pid_vec *placed;

	switch (where) {
	case NO_NUMBER:
		return before_hole(_metadata, 0, -1);
	case NO_ARRAY:
		placed = before_hole(_metadata, sizeof(vec->nr), -1);
		placed->nr = vec->nr;
		return placed;
	case READ_ONLY:
		placed = before_hole(_metadata, size, -1);
		*placed = *vec;
		ASSERT_EQ(0, mprotect(placed, size, PROT_READ));
		return placed;
	default:
		return vec;
	}
}

TEST_F(order, set_and_get)
{
	struct world *w = &self->s.w;
	struct pid_vec want = get_levels(_metadata, w, variant->ns), *vec;
	struct pid_vec local = vec_of(variant->nr, variant->pid);
	int fd = w->ns[variant->ns];

	if (variant->link)
		fd = open(variant->link, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	vec = place_vec(_metadata, &local, variant->where);
	IN_CHILD {
		keep_caps(_metadata, variant->keep);
		EXPECT_EQ(variant->set, try_set(fd, vec));
		EXPECT_EQ(variant->get, try_get(fd, vec));
	}
	/* IN_CHILD forked once, in SELF. */
	if (want.nr)
		want.pid[want.nr - 1]++;
	expect_levels(_metadata, w, variant->ns, &want);
}

TEST_HARNESS_MAIN
