// SPDX-License-Identifier: GPL-2.0
#include "parcel.h"
#include "wait.h"

union parcel_control {
	struct cmsghdr align;
	char buf[CMSG_SPACE(sizeof(struct parcel))];
};

static struct msghdr parcel_message(struct iovec *iov,
				    union parcel_control *control)
{
	static char byte;

	*iov = (struct iovec){ .iov_base = &byte, .iov_len = 1 };
	memset(control, 0, sizeof(*control));
	return (struct msghdr){
		.msg_iov = iov,
		.msg_iovlen = 1,
		.msg_control = control->buf,
		.msg_controllen = sizeof(control->buf),
	};
}

static void fds_send(struct __test_metadata *_metadata, int sock,
		     const void *fds, size_t size)
{
	union parcel_control control;
	struct iovec iov;
	struct msghdr msg = parcel_message(&iov, &control);
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	msg.msg_controllen = CMSG_SPACE(size);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(cmsg), fds, size);
	ASSERT_EQ(1, sendmsg(sock, &msg, MSG_NOSIGNAL)) {
		TH_LOG("sendmsg: %s", strerror(errno));
	}
}

static void fds_receive(struct __test_metadata *_metadata, int sock, void *fds,
			size_t size)
{
	union parcel_control control;
	struct iovec iov;
	struct msghdr msg = parcel_message(&iov, &control);

	ASSERT_TRUE(is_readable(sock, POLL_MS)) {
		TH_LOG("no descriptors within %d ms", POLL_MS);
	}
	ASSERT_EQ(1, recvmsg(sock, &msg, MSG_CMSG_CLOEXEC)) {
		TH_LOG("the other end is closed");
	}
	ASSERT_NE(NULL, CMSG_FIRSTHDR(&msg));
	ASSERT_EQ(CMSG_LEN(size), CMSG_FIRSTHDR(&msg)->cmsg_len);
	memcpy(fds, CMSG_DATA(CMSG_FIRSTHDR(&msg)), size);
}

void parcel_send(struct __test_metadata *_metadata, int sock,
		 const struct parcel *p)
{
	fds_send(_metadata, sock, p, sizeof(*p));
}

struct parcel parcel_receive(struct __test_metadata *_metadata, int sock)
{
	struct parcel p = { -1, -1 };

	fds_receive(_metadata, sock, &p, sizeof(p));
	return p;
}

void fd_send(struct __test_metadata *_metadata, int sock, int fd)
{
	fds_send(_metadata, sock, &fd, sizeof(fd));
}

int fd_receive(struct __test_metadata *_metadata, int sock)
{
	int fd = -1;

	fds_receive(_metadata, sock, &fd, sizeof(fd));
	return fd;
}

int keep_only(struct __test_metadata *_metadata, int sock)
{
	ASSERT_EQ(3, dup2(sock, 3));
	ASSERT_EQ(0, syscall(__NR_close_range, 4, ~0U, 0));
	return 3;
}
