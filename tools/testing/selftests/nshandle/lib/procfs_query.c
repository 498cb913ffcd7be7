// SPDX-License-Identifier: GPL-2.0
#include "procfs_query.h"
#include "facts.h"
#include "procfs.h"
#include "world.h"

int ask_64(int fd, unsigned int cmd, unsigned long arg)
{
	return syscall(__NR_ioctl, fd, cmd, arg);
}

void skip_without(struct __test_metadata *_metadata, ask_fn *ask)
{
	if (ask != ask_32)
		return;
	skip_unless_fact(_metadata, I386_CALLERS);
	if (!have_32())
		skip_test(_metadata, "no 32-bit system calls");
}

int next_fd(struct __test_metadata *_metadata)
{
	int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);

	ASSERT_LE(0, fd);
	close(fd);
	return fd;
}

void expect_refused(struct __test_metadata *_metadata, ask_fn *ask, int fd,
		    unsigned long arg, int err)
{
	int next = next_fd(_metadata);

	EXPECT_EQ(-1, ask(fd, PROCFS_GET_PID_NAMESPACE, arg));
	EXPECT_EQ(err, errno) {
		TH_LOG("argument %#lx: %s", arg, strerror(errno));
	}
	EXPECT_EQ(next, next_fd(_metadata));
}

void expect_answer(struct __test_metadata *_metadata, ask_fn *ask, int fd,
		   int err, int want)
{
	int next, ns;

	if (err) {
		expect_refused(_metadata, ask, fd, 0, err);
		return;
	}
	next = next_fd(_metadata);
	ns = ask(fd, PROCFS_GET_PID_NAMESPACE, 0);
	ASSERT_EQ(next, ns) {
		TH_LOG("PROCFS_GET_PID_NAMESPACE: %s", strerror(errno));
	}
	EXPECT_TRUE(same_ns(_metadata, ns, want));
	close(ns);
}
