// SPDX-License-Identifier: GPL-2.0
/*
 * ENFILE: without room for one more open file in the system, each call that makes
 * a descriptor fails, after all its other checks, and leaves nothing behind.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/handle.h"
#include "../lib/nsset.h"
#include "../lib/procfs.h"

#include <linux/nshandle.h>

#define FILE_MAX "/proc/sys/fs/file-max"

FIXTURE(full)
{
	int max;	/* FILE_MAX */
	int fd;		/* to ask for another */
	char was[32];
};

FIXTURE_VARIANT(full)
{
	unsigned int cmd;
	bool of_set;
	bool of_procfs;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(full, set) { .cmd = PIDFD_GET_NSSET, };
FIXTURE_VARIANT_ADD(full, member) {
	.cmd = PIDFD_GET(LINK_UTS), .of_set = true,
};

FIXTURE_VARIANT_ADD(full, pid_namespace_of_procfs) {
	.cmd = PROCFS_GET_PID_NAMESPACE, .of_procfs = true,
};

/* clang-format on */

FIXTURE_SETUP(full)
{
	ssize_t len;

	if (variant->of_procfs)
		SKIP_WITHOUT_PIDNS();
	else
		skip_unless_nsset(_metadata);
	self->max = open(FILE_MAX, O_RDWR | O_CLOEXEC);
	if (self->max < 0)
		skip_test(_metadata, "needs to write to " FILE_MAX);
	len = read(self->max, self->was, sizeof(self->was));
	ASSERT_LT(0, len);
	ASSERT_GT((ssize_t)sizeof(self->was), len);
	if (variant->of_procfs)
		self->fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	else
		self->fd = pidfd_open(getpid(), 0);
	if (variant->of_set)
		self->fd = nsset_make(_metadata, self->fd, 0, 0);
	ASSERT_LE(0, self->fd);
}

/* Also when the test has died. */
FIXTURE_TEARDOWN_PARENT(full)
{
	if (self->was[0])
		write_at(_metadata, AT_FDCWD, FILE_MAX, self->was);
}

/* Returns the errno of the call made while no file can be opened. */
static int ask_when_full(struct __test_metadata *_metadata,
			 FIXTURE_DATA(full) * self, unsigned int cmd,
			 void *arg)
{
	size_t len = strlen(self->was);
	ssize_t none, back;
	int err;

	none = pwrite(self->max, "1", 1, 0);
	err = get_ioctl(self->fd, cmd, arg);
	back = pwrite(self->max, self->was, len, 0);
	ASSERT_EQ(1, none);
	ASSERT_EQ((ssize_t)len, back);
	return err;
}

TEST_F(full, enfile_comes_last)
{
	struct nsset_args args = { .size = sizeof(args), .types = ALL_NS };
	struct nsset_args wrong = { .size = sizeof(args), .types = 1 };
	bool makes_set = variant->cmd == PIDFD_GET_NSSET;
	void *good = makes_set ? &args : NULL;
	void *bad = makes_set ? &wrong : (void *)1;
	int fds = open_fds();

	/* whoever has it is not held to the limit */
	EXPECT_EQ(0, ask_when_full(_metadata, self, variant->cmd, good));
	cap_drop(_metadata, CAP_SYS_ADMIN);
	for (int i = 0; i < 100; i++)
		EXPECT_EQ(ENFILE, ask_when_full(_metadata, self, variant->cmd,
						good));
	EXPECT_EQ(EINVAL, ask_when_full(_metadata, self, variant->cmd, bad));
	EXPECT_EQ(0, get_ioctl(self->fd, variant->cmd, good));
	EXPECT_EQ(fds, open_fds());
}

TEST_HARNESS_MAIN
