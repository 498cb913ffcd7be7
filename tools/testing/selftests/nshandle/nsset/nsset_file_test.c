// SPDX-License-Identifier: GPL-2.0
/*
 * No call takes a set for a pidfd or for the file of a namespace.
 */
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/facts.h"
#include "../lib/handle.h"
#include "../lib/nsset.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

/* Closes what the ioctl opens; returns 0 or the errno. */
FIXTURE(set) {
	int pidfd, set;
};

FIXTURE_SETUP(set)
{
	SKIP_WITHOUT_NSSET();
	self->pidfd = sys_pidfd_open(getpid(), 0);
	ASSERT_LE(0, self->pidfd);
	self->set = nsset_make(_metadata, self->pidfd, 0, 0);
}

FIXTURE_TEARDOWN(set)
{
}

/*
 * Every number below 0x30 of the pidfd's type, whatever its size says. The size in
 * the number of NSSET_GET_INFO does not count.
 */
TEST_F(set, other_ioctls)
{
	static const unsigned int directions[] = {
		_IOC_NONE, _IOC_READ, _IOC_WRITE, _IOC_READ | _IOC_WRITE,
	};
	char arg[256] = {};

	for (unsigned int n = 0; n < 4 * 0x30; n++) {
		for (int size = 0; size < 128; size += 8) {
			unsigned int cmd = _IOC(directions[n % 4], 0xFF, n / 4,
						size);

			if ((cmd & ~IOCSIZE_MASK) ==
			    (NSSET_GET_INFO & ~IOCSIZE_MASK) ||
			    (cmd >= PIDFD_GET(0) && cmd < PIDFD_GET(NR_LINKS)))
				continue;
			EXPECT_EQ(ENOTTY, get_ioctl(self->set, cmd, NULL)) {
				TH_LOG("ioctl %#x", cmd);
			}
			EXPECT_EQ(ENOTTY, get_ioctl(self->set, cmd, arg));
		}
	}
}

/* As it would be by a program whose struct is longer. */
TEST_F(set, ioctls_of_any_size)
{
	struct nsset_args args = { .size = sizeof(args) };
	struct nsset_info info;

	for (int size = 0; size <= _IOC_SIZEMASK; size++) {
		info.size = sizeof(info);
		EXPECT_EQ(0, get_ioctl(self->pidfd,
				       _IOC(_IOC_WRITE, 0xFF, 0x20, size),
				       &args)) {
			TH_LOG("size %d", size);
		}
		EXPECT_EQ(0, ioctl(self->set,
				   _IOC(_IOC_READ | _IOC_WRITE, 0xFF, 0x21,
					size), &info)) {
			TH_LOG("size %d", size);
		}
	}
}

/* Nor is it the file of a namespace. */
TEST_F(set, ioctls_of_nsfs)
{
	__u64 id;
	int value;

	EXPECT_EQ(ENOTTY, get_ioctl(self->set, NS_GET_USERNS, NULL));
	EXPECT_EQ(ENOTTY, get_ioctl(self->set, NS_GET_PARENT, NULL));
	EXPECT_EQ(ENOTTY, get_ioctl(self->set, NS_GET_NSTYPE, NULL));
	EXPECT_EQ(ENOTTY, get_ioctl(self->set, NS_GET_OWNER_UID, &value));
	EXPECT_EQ(ENOTTY, get_ioctl(self->set, _IOR(0xb7, 0x5, __u64), &id));
}

TEST_F(set, makes_no_set)
{
	struct nsset_args args = { .size = sizeof(args) };

	EXPECT_EQ(ENOTTY, try_nsset(self->set, &args));
	EXPECT_EQ(ENOTTY, try_nsset(self->set, NULL));
}

/* For a caller that has closed its standard input. */
TEST_F(set, may_be_descriptor_0)
{
	struct nsset_info info = { .size = sizeof(info) }, other = info;

	ASSERT_EQ(0, close(0));
	EXPECT_EQ(0, nsset_get(self->pidfd, 0, 0));
	EXPECT_EQ(0, nsset_info(0, &info));
	EXPECT_EQ(0, nsset_info(self->set, &other));
	EXPECT_EQ(0, memcmp(&info, &other, sizeof(info)));
	EXPECT_EQ(0, close(0));
}

/* A set is made of a pidfd only. */
TEST_F(set, made_of_other_files)
{
	struct nsset_args args = { .size = sizeof(args) };
	int nsfs = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	int memfd = memfd_create("file", MFD_CLOEXEC);

	EXPECT_EQ(0, try_nsset(self->pidfd, &args));
	EXPECT_EQ(ENOTTY, try_nsset(nsfs, &args));
	EXPECT_EQ(ENOTTY, try_nsset(memfd, &args));
	EXPECT_EQ(EBADF, try_nsset(-1, &args));
}

/* And no pidfd passes for a set. */
TEST_F(set, info_of_other_files)
{
	int nsfs = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	int memfd = memfd_create("file", MFD_CLOEXEC);
	struct nsset_info info;

	EXPECT_EQ(fact(_metadata, PIDFD_ARGUMENT_FIRST) ? EINVAL : ENOTTY,
		  nsset_info(self->pidfd, &info));
	EXPECT_EQ(ENOTTY, get_ioctl(self->pidfd, NSSET_GET_INFO, NULL));
	EXPECT_EQ(ENOTTY, nsset_info(nsfs, &info));
	EXPECT_EQ(ENOTTY, nsset_info(memfd, &info));
	EXPECT_EQ(EBADF, nsset_info(-1, &info));
}

/* What a call returns: 0 or the errno. */
#define ERRNO(_call) ((_call) < 0 ? errno : 0)

/* The calls that take a pidfd; each is right but for the descriptor. */
static void expect_no_pidfd(struct __test_metadata *_metadata, int fd, int err)
{
	struct iovec iov = { .iov_base = &iov, .iov_len = sizeof(iov) };
	siginfo_t info;

	EXPECT_EQ(err, ERRNO(sys_pidfd_send_signal(fd, 0)));
	EXPECT_EQ(err, ERRNO(waitid(P_PIDFD, fd, &info, WEXITED | WNOHANG)));
	EXPECT_EQ(err, ERRNO(syscall(__NR_pidfd_getfd, fd, 0, 0)));
	EXPECT_EQ(err, ERRNO(syscall(__NR_process_madvise, fd, &iov, 1,
				     MADV_COLD, 0)));
	EXPECT_EQ(err, ERRNO(syscall(__NR_process_mrelease, fd, 0)));
}

/* EBADF, as for any other file. */
TEST_F(set, in_calls_that_take_a_pidfd)
{
	int memfd = memfd_create("file", MFD_CLOEXEC);

	expect_no_pidfd(_metadata, self->set, EBADF);
	expect_no_pidfd(_metadata, memfd, EBADF);
	/* The first of them, with a pidfd. */
	EXPECT_EQ(0, ERRNO(sys_pidfd_send_signal(self->pidfd, 0)));
	EXPECT_EQ(0, ERRNO(syscall(__NR_pidfd_getfd, self->pidfd, 0, 0)));
}

/* There is nothing in it to read, write, map or wait for. */
TEST_F(set, in_calls_that_take_a_file)
{
	struct epoll_event event = { .events = EPOLLIN };
	char byte = 0;
	void *map;

	EXPECT_EQ(EINVAL, ERRNO(read(self->set, &byte, 1)));
	EXPECT_EQ(EBADF, ERRNO(write(self->set, &byte, 1)));
	EXPECT_EQ(0, lseek(self->set, 1, SEEK_SET));
	map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, self->set, 0);
	EXPECT_EQ(MAP_FAILED, map);
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(ENOTDIR, ERRNO(fchdir(self->set)));
	EXPECT_EQ(EPERM, ERRNO(epoll_ctl(epoll_create1(EPOLL_CLOEXEC),
					 EPOLL_CTL_ADD, self->set, &event)));
}

TEST_HARNESS_MAIN
