// SPDX-License-Identifier: GPL-2.0
/*
 * A link in /proc/PID/ns opens for a caller that may look at the process, as
 * long as the process has that namespace.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/child.h"
#include "../lib/subject.h"

FIXTURE(link) {
	struct subject s;
};

FIXTURE_VARIANT(link) {
	const char *link;
	int zombie;	/* errno of opening that of a zombie */
};

FIXTURE_VARIANT_ADD(link, cgroup) {
	.link = "ns/cgroup", .zombie = ENOENT,
};

FIXTURE_VARIANT_ADD(link, ipc) {
	.link = "ns/ipc", .zombie = ENOENT,
};

FIXTURE_VARIANT_ADD(link, mnt) {
	.link = "ns/mnt", .zombie = ENOENT,
};

FIXTURE_VARIANT_ADD(link, net) {
	.link = "ns/net", .zombie = ENOENT,
};

/* A zombie keeps its pid and its user namespace until it is reaped. */
FIXTURE_VARIANT_ADD(link, pid) {
	.link = "ns/pid", .zombie = 0,
};

FIXTURE_VARIANT_ADD(link, pid_for_children) {
	.link = "ns/pid_for_children", .zombie = ENOENT,
};

FIXTURE_VARIANT_ADD(link, time) {
	.link = "ns/time", .zombie = ENOENT,
};

FIXTURE_VARIANT_ADD(link, time_for_children) {
	.link = "ns/time_for_children", .zombie = ENOENT,
};

FIXTURE_VARIANT_ADD(link, user) {
	.link = "ns/user", .zombie = 0,
};

FIXTURE_VARIANT_ADD(link, uts) {
	.link = "ns/uts", .zombie = ENOENT,
};

FIXTURE_SETUP(link)
{
	SKIP_WITHOUT_CONTAINERS();
}

FIXTURE_TEARDOWN(link)
{
	subject_stop(_metadata, &self->s);
}

/* Returns 0 or the errno. */
static int try_open_at(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? errno : close(fd);
}

static void expect_open_as(struct __test_metadata *_metadata, int err,
			   enum asker asker, int proc, const char *link)
{
	IN_CHILD {
		become_asker(_metadata, asker);
		EXPECT_EQ(err, try_open_at(proc, link));
	}
}

TEST_F(link, of_a_live_process)
{
	subject_start(_metadata, &self->s, LIVE);
	expect_open_as(_metadata, 0, BY_ROOT, self->s.proc, variant->link);
	expect_open_as(_metadata, 0, BY_ROOT_PTRACE, self->s.proc,
		       variant->link);
	expect_open_as(_metadata, EACCES, BY_UID_1000, self->s.proc,
		       variant->link);
	expect_open_as(_metadata, EACCES, BY_FSUID_1000, self->s.proc,
		       variant->link);
}

TEST_F(link, of_a_zombie)
{
	subject_start(_metadata, &self->s, ZOMBIE);
	expect_open_as(_metadata, variant->zombie, BY_ROOT, self->s.proc,
		       variant->link);
	expect_open_as(_metadata, EACCES, BY_UID_1000, self->s.proc,
		       variant->link);
}

/* The leader is a zombie, its other thread is alive. */
TEST_F(link, of_a_headless_process)
{
	char path[64];
	pid_t tid;

	subject_start(_metadata, &self->s, HEADLESS);
	expect_open_as(_metadata, variant->zombie, BY_ROOT, self->s.proc,
		       variant->link);
	tid = last_thread(_metadata, self->s.proc);
	snprintf(path, sizeof(path), "task/%d/%s", tid, variant->link);
	expect_open_as(_metadata, 0, BY_ROOT, self->s.proc, path);
	expect_open_as(_metadata, EACCES, BY_UID_1000, self->s.proc, path);
}

/* A link found before the reaping gives EACCES, a new lookup ESRCH. */
TEST_F(link, of_a_reaped_process)
{
	char name[64];
	int fd;

	subject_start(_metadata, &self->s, LIVE);
	fd = openat(self->s.proc, variant->link,
		    O_PATH | O_NOFOLLOW | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_LT(0, readlinkat(fd, "", name, sizeof(name)));
	ASSERT_EQ(0, kill(self->s.pid, SIGKILL));
	ASSERT_EQ(self->s.pid, waitpid(self->s.pid, NULL, 0));
	self->s.pid = 0;
	EXPECT_EQ(-1, readlinkat(fd, "", name, sizeof(name)));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(ESRCH, try_open_at(self->s.proc, variant->link));
}

TEST_HARNESS_MAIN
