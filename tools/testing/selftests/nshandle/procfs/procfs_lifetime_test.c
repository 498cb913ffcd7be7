// SPDX-License-Identifier: GPL-2.0
/*
 * How long a pid namespace lives that is the value of pidns=: as long as the
 * context or the instance, whatever became of its processes and descriptors,
 * and not longer.
 *
 * Whether it does is seen by the limit on pid namespaces of the user namespace
 * that owns it: there may be one there, so as long as that one exists no other
 * can be made (ENOSPC).
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/procfs.h"
#include "../lib/procfs_mount.h"
#include "../lib/world.h"

struct life {
	struct container c;	/* a process of the namespace, its init */
	int ns;			/* the namespace */
	int owner;		/* its user namespace, with room for one only */
	int witness;		/* another such user namespace, still empty */
};

/* ----- The limit. */

#define LIMIT "/proc/sys/user/max_pid_namespaces"

/* Whether a pid namespace can be made there; it is gone again at once. */
static int try_new_ns(struct __test_metadata *_metadata, int userns)
{
	int status = -1;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (pid == 0)
		_exit(try_setns(userns, CLONE_NEWUSER) ?:
		      unshare(CLONE_NEWPID) ? errno : 0);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* What was released is freed after a grace period: wait until it is. */
static void expect_room(struct __test_metadata *_metadata, int userns)
{
	long long end = now_ms(CLOCK_MONOTONIC) + POLL_MS;
	int err;

	do {
		err = try_new_ns(_metadata, userns);
	} while (err == ENOSPC && now_ms(CLOCK_MONOTONIC) < end);
	ASSERT_EQ(0, err) {
		TH_LOG("no new pid namespace: %s", strerror(err));
	}
}

/*
 * Waits until all is freed that has been released so far. A processor frees
 * in the order of release, and we stay on one: so when a namespace of the
 * witness's is gone again, what was released before it is gone as well. First
 * there is room from before; and freeing a process may release a namespace.
 */
static void settle(struct __test_metadata *_metadata, int witness)
{
	for (int i = 0; i < 4; i++)
		expect_room(_metadata, witness);
}

static void stay_on_this_cpu(struct __test_metadata *_metadata)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(set), &set));
}

static void set_limit(struct __test_metadata *_metadata)
{
	write_at(_metadata, AT_FDCWD, LIMIT, "1");
}

static int witness_make(struct __test_metadata *_metadata)
{
	struct container c = { .flags = CLONE_NEWUSER, .setup = set_limit };
	int fd;

	container_start(_metadata, &c);
	fd = container_ns(_metadata, &c, "user");
	container_stop(_metadata, &c);
	return fd;
}

static void life_start(struct __test_metadata *_metadata, struct life *l)
{
	stay_on_this_cpu(_metadata);
	mounts_setup(_metadata);
	l->witness = witness_make(_metadata);
	l->c.flags = CLONE_NEWUSER | CLONE_NEWPID;
	l->c.setup = set_limit;
	container_start(_metadata, &l->c);
	l->ns = container_ns(_metadata, &l->c, "pid");
	l->owner = container_ns(_metadata, &l->c, "user");
}

/* No process is left of the namespace, and no descriptor. */
static void let_go(struct __test_metadata *_metadata, struct life *l)
{
	container_stop(_metadata, &l->c);
	close(l->ns);
}

/* And yet it is there. */
static void expect_held(struct __test_metadata *_metadata,
			const struct life *l)
{
	settle(_metadata, l->witness);
	EXPECT_EQ(ENOSPC, try_new_ns(_metadata, l->owner));
}

static void expect_freed(struct __test_metadata *_metadata,
			 const struct life *l)
{
	expect_room(_metadata, l->owner);
}

/* ----- Held by an instance, however it was made. */

typedef void make_fn(struct __test_metadata *_metadata, int ns);

/* Mounts an instance of @ns at MNT, for nothing but umount(2) to let go. */
static void make_with(struct __test_metadata *_metadata, unsigned int cmd,
		      const char *value, int aux)
{
	int fc = procfs_context(_metadata);

	ASSERT_EQ(0, try_fsconfig(fc, cmd, "pidns", value, aux));
	ASSERT_EQ(0, try_create(fc));
	close(attach(_metadata, fc));
	close(fc);
}

static void make_by_descriptor(struct __test_metadata *_metadata, int ns)
{
	make_with(_metadata, FSCONFIG_SET_FD, NULL, ns);
}

static void make_by_string(struct __test_metadata *_metadata, int ns)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", ns);
	make_with(_metadata, FSCONFIG_SET_STRING, path, 0);
}

static void make_by_mount(struct __test_metadata *_metadata, int ns)
{
	char options[64];

	snprintf(options, sizeof(options), "pidns=/proc/self/fd/%d", ns);
	ASSERT_EQ(0, mount("proc", MNT, "proc", 0, options));
}

FIXTURE(instance) {
	struct life l;
};

FIXTURE_VARIANT(instance) {
	make_fn *make;
};

FIXTURE_VARIANT_ADD(instance, by_descriptor) {
	.make = make_by_descriptor,
};

FIXTURE_VARIANT_ADD(instance, by_string) {
	.make = make_by_string,
};

FIXTURE_VARIANT_ADD(instance, by_mount) {
	.make = make_by_mount,
};

FIXTURE_SETUP(instance)
{
	SKIP_WITHOUT_CONTAINERS();
	SKIP_WITHOUT_PIDNS();
	life_start(_metadata, &self->l);
}

FIXTURE_TEARDOWN(instance)
{
	container_stop(_metadata, &self->l.c);
}

static ssize_t read_start(int fd)
{
	char buf[4096];

	return pread(fd, buf, sizeof(buf), 0);
}

/* What is not about a process works on; processes there are none. */
static void expect_deserted(struct __test_metadata *_metadata, int dir)
{
	int fd;

	EXPECT_EQ(0, procfs_count(_metadata, dir));
	EXPECT_EQ(ENOENT, try_access(dir, "1"));
	EXPECT_EQ(ENOENT, try_access(dir, "self"));
	EXPECT_EQ(ENOENT, try_access(dir, "thread-self"));
	fd = openat(dir, "uptime", O_RDONLY | O_CLOEXEC);
	EXPECT_LT(0, read_start(fd));
	close(fd);
	fd = openat(dir, "sys/kernel/ns_last_pid", O_RDONLY | O_CLOEXEC);
	EXPECT_LT(0, read_start(fd));
	close(fd);
}

TEST_F(instance, holds_the_namespace)
{
	struct stat before, after;
	int dir, ns;

	ASSERT_EQ(0, fstat(self->l.ns, &before));
	variant->make(_metadata, self->l.ns);
	let_go(_metadata, &self->l);
	expect_held(_metadata, &self->l);
	dir = open_dir(_metadata, MNT);
	expect_deserted(_metadata, dir);
	ns = procfs_get_pidns(dir);
	ASSERT_LE(0, ns);
	ASSERT_EQ(0, fstat(ns, &after));
	EXPECT_EQ(before.st_ino, after.st_ino);
	close(ns);
	close(dir);

	ASSERT_EQ(0, umount2(MNT, 0));
	expect_freed(_metadata, &self->l);
}

/* Unmounted lazily under a reader: for him nothing happens. */
TEST_F(instance, serves_the_last_reader)
{
	int dir, process, status;

	variant->make(_metadata, self->l.ns);
	dir = open_dir(_metadata, MNT);
	process = openat(dir, "1", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	status = openat(process, "status", O_RDONLY | O_CLOEXEC);
	ASSERT_LT(0, read_start(status));
	ASSERT_EQ(0, umount2(MNT, MNT_DETACH));
	EXPECT_OPTIONS("");
	EXPECT_LT(0, read_start(status));
	EXPECT_EQ(0, try_access(process, "status"));
	EXPECT_EQ(1, procfs_count(_metadata, dir));

	let_go(_metadata, &self->l);
	EXPECT_EQ(-1, read_start(status));
	EXPECT_EQ(ESRCH, errno);
	EXPECT_EQ(ESRCH, try_access(process, "status"));
	expect_deserted(_metadata, dir);
	close(dir);
	close(status);
	expect_held(_metadata, &self->l);
	close(process);
	expect_freed(_metadata, &self->l);
}

#define SLOW_SECONDS 300

TEST_F_TIMEOUT(instance, leaves_nothing_a_thousand_times, SLOW_SECONDS)
{
	for (int i = 0; i < 1000; i++) {
		variant->make(_metadata, self->l.ns);
		ASSERT_EQ(0, umount2(MNT, 0));
	}
	expect_held(_metadata, &self->l);
	let_go(_metadata, &self->l);
	expect_freed(_metadata, &self->l);
}

/* ----- Held by a context; and what holds it no more. */

FIXTURE(context) {
	struct life l;
	int fc;
};

FIXTURE_SETUP(context)
{
	SKIP_WITHOUT_CONTAINERS();
	SKIP_WITHOUT_PIDNS();
	life_start(_metadata, &self->l);
	self->fc = procfs_context(_metadata);
	ASSERT_EQ(0, try_pidns(self->fc, self->l.ns));
}

FIXTURE_TEARDOWN(context)
{
	container_stop(_metadata, &self->l.c);
}

static void expect_refused(struct __test_metadata *_metadata, int fc, int ns,
			   int err)
{
	int refused = 0;

	for (int i = 0; i < 1000; i++)
		refused += try_pidns(fc, ns) == err;
	EXPECT_EQ(1000, refused);
}

TEST_F(context, holds_the_namespace)
{
	let_go(_metadata, &self->l);
	expect_held(_metadata, &self->l);
	close(self->fc);
	expect_freed(_metadata, &self->l);
}

TEST_F(context, makes_an_instance_of_what_is_long_dead)
{
	int dir;

	let_go(_metadata, &self->l);
	expect_held(_metadata, &self->l);
	dir = procfs_create(_metadata, self->fc);
	close(self->fc);
	expect_deserted(_metadata, dir);
	expect_held(_metadata, &self->l);
	close(dir);
	expect_freed(_metadata, &self->l);
}

TEST_F(context, lets_go_of_what_another_setting_replaces)
{
	int own = ns_open_self(_metadata);

	EXPECT_EQ(0, try_pidns(self->fc, own));
	let_go(_metadata, &self->l);
	expect_freed(_metadata, &self->l);
	close(self->fc);
}

TEST_F(context, holds_once_what_is_set_a_thousand_times)
{
	int own = ns_open_self(_metadata);

	for (int i = 0; i < 1000; i++) {
		ASSERT_EQ(0, try_pidns(self->fc, own));
		ASSERT_EQ(0, try_pidns(self->fc, self->l.ns));
		ASSERT_EQ(0, try_pidns(self->fc, self->l.ns));
	}
	let_go(_metadata, &self->l);
	expect_held(_metadata, &self->l);
	close(self->fc);
	expect_freed(_metadata, &self->l);
}

TEST_F(context, holds_nothing_that_was_refused)
{
	int own = ns_open_self(_metadata);

	ASSERT_EQ(0, try_pidns(self->fc, own));
	IN_CHILD {
		become(_metadata, 1000);
		expect_refused(_metadata, self->fc, self->l.ns, EPERM);
		EXPECT_LOG(self->fc, LOG_NO_RIGHT);
	}
	let_go(_metadata, &self->l);
	expect_freed(_metadata, &self->l);
	close(self->fc);
}

TEST_F(context, that_made_an_instance_nobody_mounts)
{
	ASSERT_EQ(0, try_create(self->fc));
	let_go(_metadata, &self->l);
	expect_held(_metadata, &self->l);
	close(self->fc);
	expect_freed(_metadata, &self->l);
}

/* The context of a mounted instance holds the mount, not the namespace. */
TEST_F(context, that_is_refused_a_change_a_thousand_times)
{
	int dir = procfs_create(_metadata, self->fc);

	expect_refused(_metadata, self->fc, self->l.ns, EBUSY);
	EXPECT_LOG(self->fc, LOG_BUSY);
	let_go(_metadata, &self->l);
	expect_held(_metadata, &self->l);
	close(dir);
	expect_held(_metadata, &self->l);
	close(self->fc);
	expect_freed(_metadata, &self->l);
}

/* ----- Held by the answer to PROCFS_GET_PID_NAMESPACE. */

TEST_F(context, makes_an_instance_whose_answer_holds_it)
{
	int dir = procfs_create(_metadata, self->fc);
	int answer = procfs_get_pidns(dir);

	ASSERT_LE(0, answer);
	let_go(_metadata, &self->l);
	close(self->fc);
	close(dir);
	expect_held(_metadata, &self->l);
	close(answer);
	expect_freed(_metadata, &self->l);
}

TEST_F(context, makes_an_instance_that_is_asked_a_thousand_times)
{
	int dir = procfs_create(_metadata, self->fc);

	for (int i = 0; i < 1000; i++) {
		int answer = procfs_get_pidns(dir);

		ASSERT_LE(0, answer);
		close(answer);
	}
	IN_CHILD {
		become(_metadata, 1000);
		for (int i = 0; i < 1000; i++) {
			ASSERT_EQ(-1, procfs_get_pidns(dir));
			ASSERT_EQ(EPERM, errno);
		}
	}
	let_go(_metadata, &self->l);
	close(self->fc);
	close(dir);
	expect_freed(_metadata, &self->l);
}

TEST_HARNESS_MAIN
