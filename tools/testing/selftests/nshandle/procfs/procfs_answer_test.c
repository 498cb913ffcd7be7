// SPDX-License-Identifier: GPL-2.0
/*
 * PROCFS_GET_PID_NAMESPACE returns a descriptor that works as any of nsfs does.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/procfs.h"
#include "../lib/procfs_query.h"
#include "../lib/world.h"

#include <sys/resource.h>
#include <sys/vfs.h>

#include <linux/magic.h>
#include <linux/nsfs.h>

FIXTURE(answer) {
	struct world w;
	int dir;	/* the root directory of an instance of CHILD */
	int ns;		/* the answer */
};

FIXTURE_VARIANT(answer) {
	ask_fn *ask;
};

FIXTURE_VARIANT_ADD(answer, of_64_bit_call) {
	.ask = ask_64,
};

FIXTURE_VARIANT_ADD(answer, of_32_bit_call) {
	.ask = ask_32,
};

FIXTURE_SETUP(answer)
{
	SKIP_WITHOUT_PIDNS();
	skip_without(_metadata, variant->ask);
	world_enter(_metadata, &self->w);
	self->dir = procfs_of(_metadata, &self->w, CHILD);
	self->ns = variant->ask(self->dir, PROCFS_GET_PID_NAMESPACE, 0);
	ASSERT_LE(0, self->ns);
}

FIXTURE_TEARDOWN_PARENT(answer)
{
}

TEST_F(answer, is_an_ordinary_namespace_file)
{
	char name[64], want[64], link[64];
	struct statfs fs;
	struct stat st;
	ssize_t len;

	EXPECT_EQ(FD_CLOEXEC, fcntl(self->ns, F_GETFD));
	EXPECT_EQ(O_RDONLY, fcntl(self->ns, F_GETFL) & O_ACCMODE);
	ASSERT_EQ(0, fstatfs(self->ns, &fs));
	EXPECT_EQ(NSFS_MAGIC, fs.f_type);
	ASSERT_EQ(0, fstat(self->ns, &st));
	snprintf(want, sizeof(want), "pid:[%lu]", (unsigned long)st.st_ino);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", self->ns);
	len = readlink(name, link, sizeof(link) - 1);
	ASSERT_LT(0, len);
	link[len] = '\0';
	EXPECT_STREQ(want, link);
}

TEST_F(answer, is_the_same_as_by_procfs)
{
	struct stat by_ioctl, by_link;

	ASSERT_EQ(0, fstat(self->ns, &by_ioctl));
	ASSERT_EQ(0, fstatat(self->dir, "1/ns/pid", &by_link, 0));
	EXPECT_EQ(by_link.st_dev, by_ioctl.st_dev);
	EXPECT_EQ(by_link.st_ino, by_ioctl.st_ino);
	EXPECT_TRUE(same_ns(_metadata, self->ns, self->w.ns[CHILD]));
}

TEST_F(answer, is_a_new_descriptor_each_time)
{
	int again = variant->ask(self->dir, PROCFS_GET_PID_NAMESPACE, 0);

	ASSERT_LE(0, again);
	EXPECT_NE(self->ns, again);
	close(self->ns);
	EXPECT_TRUE(same_ns(_metadata, again, self->w.ns[CHILD]));
}

TEST_F(answer, can_be_joined)
{
	ASSERT_EQ(0, try_setns(self->ns, CLONE_NEWPID));
	IN_CHILD {
		int own = ns_open_self(_metadata);

		EXPECT_TRUE(same_ns(_metadata, own, self->w.ns[CHILD]));
	}
}

TEST_F(answer, can_be_asked_for_its_relatives)
{
	int owner = ioctl(self->ns, NS_GET_USERNS);
	int parent = ioctl(self->ns, NS_GET_PARENT);
	int user = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);

	EXPECT_EQ(CLONE_NEWPID, ioctl(self->ns, NS_GET_NSTYPE));
	ASSERT_LE(0, owner);
	EXPECT_TRUE(same_ns(_metadata, owner, user));
	ASSERT_LE(0, parent);
	EXPECT_TRUE(same_ns(_metadata, parent, self->w.ns[SELF]));
}

TEST_F(answer, is_a_value_of_pidns)
{
	int fc = procfs_context(_metadata);
	int dir;

	ASSERT_EQ(0, try_pidns(fc, self->ns));
	dir = procfs_create(_metadata, fc);
	expect_shows(_metadata, dir, &self->w, CHILD);
}

TEST_F(answer, outlives_the_instance)
{
	close(self->dir);
	EXPECT_TRUE(same_ns(_metadata, self->ns, self->w.ns[CHILD]));
	EXPECT_EQ(0, try_setns(self->ns, CLONE_NEWPID));
}

/* The argument must be 0, so that other values can get a meaning. */
TEST_F(answer, needs_the_argument_0)
{
	static const unsigned long args[] = {
		1, CLONE_NEWPID, INT_MAX, 1UL << 31, UINT_MAX, ULONG_MAX,
	};

	for (size_t i = 0; i < ARRAY_LEN(args); i++)
		expect_refused(_metadata, variant->ask, self->dir, args[i],
			       EINVAL);
	expect_answer(_metadata, variant->ask, self->dir, 0,
		      self->w.ns[CHILD]);
}

/* The check of the command comes before that of its argument. */
TEST_F(answer, needs_the_right_number_with_an_argument)
{
	EXPECT_EQ(-1, variant->ask(self->dir, _IO('f', 33), 1));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(-1, variant->ask(self->dir, _IOR('f', 32, int), 1));
	EXPECT_EQ(ENOTTY, errno);
}

/* The root directory has no other ioctl. */
TEST_F(answer, needs_the_right_number)
{
	static const unsigned int sized[] = {
		_IOR('f', 32, int), _IOW('f', 32, int), _IOWR('f', 32, int),
		_IO('F', 32), _IO('e', 32), _IO(0xb7, 32), 32,
	};

	for (unsigned int nr = 0; nr < 256; nr++) {
		if (_IO('f', nr) == PROCFS_GET_PID_NAMESPACE)
			continue;
		ASSERT_EQ(-1, variant->ask(self->dir, _IO('f', nr), 0));
		ASSERT_EQ(ENOTTY, errno) {
			TH_LOG("number %u", nr);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(sized); i++) {
		EXPECT_EQ(-1, variant->ask(self->dir, sized[i], 0));
		EXPECT_EQ(ENOTTY, errno);
	}
}

/* A reference lost each time would overflow, or keep CHILD for ever. */
TEST_F(answer, needs_room_for_a_descriptor)
{
	struct rlimit limit, none;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	none = limit;
	none.rlim_cur = next_fd(_metadata);
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	for (int i = 0; i < 1000; i++) {
		ASSERT_EQ(-1, variant->ask(self->dir,
					   PROCFS_GET_PID_NAMESPACE, 0));
		ASSERT_EQ(EMFILE, errno);
	}
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_EQ((int)none.rlim_cur, next_fd(_metadata));
	expect_answer(_metadata, variant->ask, self->dir, 0,
		      self->w.ns[CHILD]);
}

TEST_HARNESS_MAIN
