// SPDX-License-Identifier: GPL-2.0
#include "birth.h"
#include "calls.h"
#include "chain.h"
#include "wait.h"

void expect_no_birth(struct __test_metadata *_metadata, pid_t pid, int err)
{
	int seen = errno;

	if (pid) {
		waitpid(pid, NULL, 0);
		TH_LOG("a process was born: %d", report->pid);
		_exit(KSFT_FAIL);
	}
	EXPECT_EQ(err, seen);
}

void expect_born(struct __test_metadata *_metadata, pid_t pid)
{
	ASSERT_LT(0, pid) {
		TH_LOG("fork: %s", strerror(errno));
	}
	child_end(_metadata, pid, POLL_MS, "a new process");
}

void expect_birth(struct __test_metadata *_metadata, pid_t want)
{
	expect_born(_metadata, fork_reporter());
	EXPECT_EQ(want, report->pid);
}

int levels_of_self(struct __test_metadata *_metadata)
{
	pid_t pids[MAX_LEVEL + 1];
	struct report r;

	report_write(&r);
	return report_nspid(_metadata, &r, pids);
}

void expect_born_below(struct __test_metadata *_metadata, pid_t pid, int depth,
		       pid_t want)
{
	int own = levels_of_self(_metadata), n;
	const struct report *r = report;
	pid_t pids[MAX_LEVEL + 1];

	expect_born(_metadata, pid);
	n = report_nspid(_metadata, r, pids);
	EXPECT_EQ(own + depth, n);
	EXPECT_EQ(pid, pids[own - 1]);
	EXPECT_EQ(r->pid, pids[n - 1]);
	/* What is above the namespace has no pid in it. */
	EXPECT_EQ(depth ? 0 : getpid(), r->ppid);
	EXPECT_EQ(depth ? 0 : 1, r->sid);
	EXPECT_EQ(depth ? 0 : 1, r->pgid);
	if (want)
		EXPECT_EQ(want, r->pid);
}

void expect_fork(struct __test_metadata *_metadata, int depth, pid_t want)
{
	expect_born_below(_metadata, fork_reporter(), depth, want);
}

void expect_for_children(struct __test_metadata *_metadata,
			 const struct world *w, enum ns where)
{
	int pidfd = sys_pidfd_open(getpid(), 0);
	int fd;

	ASSERT_LE(0, pidfd);
	fd = ns_for_children(pidfd);
	if (fd < 0) {
		/* Without the ioctl: by procfs, so not of UNBORN. */
		ASSERT_EQ(ENOTTY, errno);
		fd = open("/proc/thread-self/ns/pid_for_children",
			  O_RDONLY | O_CLOEXEC);
	}
	ASSERT_LE(0, fd);
	EXPECT_TRUE(same_ns(_metadata, fd, w->ns[where]));
	close(fd);
	close(pidfd);
}
