// SPDX-License-Identifier: GPL-2.0
#include "procfs_query.h"
#include "facts.h"
#include "procfs.h"
#include "world.h"

int ask_64(int fd, unsigned int cmd, unsigned long arg)
{
	return syscall(__NR_ioctl, fd, cmd, arg);
}

#ifdef __x86_64__
#define I386_NR_GETPID	20
#define I386_NR_IOCTL	54

/* As in a 32-bit program. Some kernels do not preserve the four registers. */
static int call_32(int nr, int fd, unsigned int cmd, unsigned int arg)
{
	long ret;

	asm volatile("int $0x80" : "=a" (ret)
		     : "a" (nr), "b" (fd), "c" (cmd), "d" (arg)
		     : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

int ask_32(int fd, unsigned int cmd, unsigned long arg)
{
	int ret = call_32(I386_NR_IOCTL, fd, cmd, arg);

	if (ret >= 0)
		return ret;
	errno = -ret;
	return -1;
}

/* A kernel without 32-bit system calls kills the caller by SIGSEGV. */
bool have_32(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(call_32(I386_NR_GETPID, 0, 0, 0) != getpid());
	waitpid(pid, &status, 0);
	return status == 0;
}
#else
int ask_32(int fd, unsigned int cmd, unsigned long arg)
{
	return ask_64(fd, cmd, arg);
}

/* In a program of 32 bits, each call is such a one. */
bool have_32(void)
{
	return sizeof(long) == 4;
}
#endif

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
