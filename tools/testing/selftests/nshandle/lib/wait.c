// SPDX-License-Identifier: GPL-2.0
#include "wait.h"
#include "calls.h"
#include "child.h"

bool is_readable(int fd, int ms)
{
	struct pollfd fds = { .fd = fd, .events = POLLIN };

	return poll(&fds, 1, ms) == 1;
}

bool has_exited(int pidfd, int ms)
{
	return is_readable(pidfd, ms);
}

void expect_end(struct __test_metadata *_metadata, pid_t pid, int ms,
		const char *what)
{
	int pidfd = sys_pidfd_open(pid, 0);

	ASSERT_LE(0, pidfd);
	ASSERT_TRUE(has_exited(pidfd, ms)) {
		TH_LOG("%s (process %d) has not ended after %d ms", what, pid,
		       ms);
	}
	close(pidfd);
}

void child_end(struct __test_metadata *_metadata, pid_t pid, int ms,
	       const char *what)
{
	expect_end(_metadata, pid, ms, what);
	child_wait(_metadata, pid);
}

eventfd_t event_wait(struct __test_metadata *_metadata, int fd,
		     const char *what)
{
	eventfd_t value = 0;

	ASSERT_TRUE(is_readable(fd, POLL_MS)) {
		TH_LOG("no news within %d ms: %s", POLL_MS, what);
	}
	ASSERT_EQ(0, eventfd_read(fd, &value));
	return value;
}

void byte_wait(struct __test_metadata *_metadata, int fd, char want,
	       const char *what)
{
	char byte = 0;

	ASSERT_TRUE(is_readable(fd, POLL_MS)) {
		TH_LOG("nothing within %d ms: %s", POLL_MS, what);
	}
	ASSERT_EQ(1, read(fd, &byte, 1)) {
		TH_LOG("the other end is closed: %s", what);
	}
	ASSERT_EQ(want, byte) {
		TH_LOG("not '%c' but '%c': %s", want, byte, what);
	}
}

void byte_send(struct __test_metadata *_metadata, int fd, char byte)
{
	ASSERT_EQ(1, send(fd, &byte, 1, MSG_NOSIGNAL));
}
