// SPDX-License-Identifier: GPL-2.0
/*
 * An instance of procfs keeps its pid namespace until unmount and last close.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/procfs.h"
#include "../lib/procfs_life.h"
#include "../lib/procfs_mount.h"

typedef void make_fn(struct __test_metadata *_metadata, int ns);

/* Mounts an instance at MNT; only the mount keeps it. */
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

/* A lazy unmount changes nothing for a task that has files open there. */
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

TEST_HARNESS_MAIN
