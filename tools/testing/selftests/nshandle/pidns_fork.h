/* SPDX-License-Identifier: GPL-2.0 */
/*
 * New processes, and what they see of themselves; and chains of pid namespaces
 * for them to be born in.
 */
#ifndef NSHANDLE_PIDNS_FORK_H
#define NSHANDLE_PIDNS_FORK_H

#include "pidns_world.h"

/* A limit of the kernel: MAX_PID_NS_LEVEL. */
#define MAX_LEVEL 32

/* ----- More that is waited for, and told by @what if it does not come. */

/* As child_wait() for one that ends by itself. */
static inline void child_end(struct __test_metadata *_metadata, pid_t pid,
			     int ms, const char *what)
{
	expect_end(_metadata, pid, ms, what);
	child_wait(_metadata, pid);
}

/* What somebody has written to an eventfd. */
static inline eventfd_t event_wait(struct __test_metadata *_metadata, int fd,
				   const char *what)
{
	eventfd_t value = 0;

	ASSERT_TRUE(is_readable(fd, POLL_MS)) {
		TH_LOG("no news within %d ms: %s", POLL_MS, what);
	}
	ASSERT_EQ(0, eventfd_read(fd, &value));
	return value;
}

/* The next byte from a pipe or a socket is @want. */
static inline void byte_wait(struct __test_metadata *_metadata, int fd,
			     char want, const char *what)
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

static inline void byte_send(struct __test_metadata *_metadata, int fd,
			     char byte)
{
	ASSERT_EQ(1, send(fd, &byte, 1, MSG_NOSIGNAL));
}

/* ----- What a new process sees of itself. */

struct report {
	pid_t pid, ppid, sid, pgid;
	char status[4096];
};

/* Shared by all processes of a case. */
static struct report *report;

static inline struct report *report_new(void)
{
	void *r = mmap(NULL, sizeof(struct report), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (r == MAP_FAILED)
		abort();
	return r;
}

static void __attribute__((constructor)) report_share(void)
{
	report = report_new();
}

/* System calls only: a vfork child may do this, too. */
static inline void report_write(struct report *r)
{
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t len = read(fd, r->status, sizeof(r->status) - 1);

	close(fd);
	r->status[len > 0 ? len : 0] = '\0';
	r->ppid = getppid();
	r->sid = getsid(0);
	r->pgid = getpgid(0);
	r->pid = getpid();
}

/* The pids of the NSpid line, outermost first; returns how many. */
static inline int report_nspid(struct __test_metadata *_metadata,
			       const struct report *r, pid_t *pids)
{
	char *p = strstr(r->status, "\nNSpid:"), *end;
	int n = 0;

	ASSERT_NE(NULL, p);
	for (p += strlen("\nNSpid:"); *p == '\t'; p = end) {
		ASSERT_GE(MAX_LEVEL, n);
		pids[n++] = strtol(p, &end, 10);
	}
	ASSERT_EQ('\n', *p);
	return n;
}

/* ----- New processes: their pid, or 0 with errno set. */

typedef pid_t reporter_fn(void);

static inline pid_t fork_reporter(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		report_write(report);
		_exit(0);
	}
	return pid < 0 ? 0 : pid;
}

static inline pid_t vfork_reporter(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		report_write(report);
		_exit(0);
	}
	return pid < 0 ? 0 : pid;
}

static inline pid_t clone_reporter(const pid_t *tids, size_t nr)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)tids,
		.set_tid_size = nr,
	};
	pid_t pid = sys_clone3(&args);

	if (pid == 0) {
		report_write(report);
		_exit(0);
	}
	return pid < 0 ? 0 : pid;
}

static inline pid_t clone3_reporter(void)
{
	return clone_reporter(NULL, 0);
}

/*
 * @pid, what one of them has returned, must be 0, and errno @err. Otherwise the
 * case is over, but not by EXPECT or ASSERT: what these leave is shared by all
 * processes of the case, and could strike the next assertion of another one.
 */
static inline void expect_no_birth(struct __test_metadata *_metadata,
				   pid_t pid, int err)
{
	int seen = errno;

	if (pid) {
		waitpid(pid, NULL, 0);
		TH_LOG("a process was born: %d", report->pid);
		_exit(KSFT_FAIL);
	}
	EXPECT_EQ(err, seen);
}

/* ----- Chains. */

/*
 * One namespace in the other, each with an init that does nothing, from the
 * harness's downward. In a shared self, as for the world of pidns_world.h.
 */
struct chain {
	pid_t top;		/* the first init */
	int ready;
	int ns[MAX_LEVEL + 1];
	int bottom;		/* level of the last */
	int err;		/* why there is none below it, or 0 */
};

typedef void chain_fn(struct __test_metadata *_metadata, struct chain *c);

/* The inode number of the namespace of the machine's first process. */
#define INIT_PIDNS_INO 0xEFFFFFFCU

static inline bool in_init_pidns(void)
{
	struct stat st;

	return !stat("/proc/self/ns/pid", &st) && st.st_ino == INIT_PIDNS_INO;
}

/* Each link makes the next, down to @bottom; the last one does @end. */
static inline void chain_grow(struct __test_metadata *_metadata,
			      struct chain *c, int bottom, chain_fn *end)
{
	struct clone_args args = {
		.flags = CLONE_NEWPID | CLONE_FILES,
		.exit_signal = SIGCHLD,
	};
	int level = 0;
	pid_t pid = 0;

	while (level < bottom && (pid = sys_clone3(&args)) == 0) {
		ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
		level++;
		/* Room for no more, should the kernel forget to refuse. */
		ASSERT_GE(MAX_LEVEL, level);
		c->ns[level] = ns_open_self(_metadata);
		c->bottom = level;
	}
	if (level == 0) {
		ASSERT_LT(0, pid);
		c->top = pid;
		return;
	}
	if (pid <= 0) {
		c->err = pid ? errno : 0;
		if (end)
			end(_metadata, c);
		ASSERT_EQ(0, eventfd_write(c->ready, 1));
	}
	for (;;)
		pause();
}

/*
 * In FIXTURE_SETUP. @bottom links, or, with more than MAX_LEVEL, as many as
 * there can be. Level 0 is the machine's own, where the caller stays.
 */
static inline void chain_make(struct __test_metadata *_metadata,
			      struct chain *c, int bottom, chain_fn *end)
{
	if (!in_init_pidns())
		skip_test(_metadata, "not in the initial pid namespace");
	c->ns[0] = ns_open_self(_metadata);
	if (!bottom)
		return;
	c->ready = eventfd(0, EFD_CLOEXEC);
	ASSERT_LE(0, c->ready);
	chain_grow(_metadata, c, bottom, end);
	event_wait(_metadata, c->ready, "the chain is made");
}

/*
 * In FIXTURE_TEARDOWN_PARENT. The chain dies with the test's process, but
 * takes its time for it.
 */
static inline void chain_wait(struct __test_metadata *_metadata,
			      const struct chain *c)
{
	int pidfd = c->top ? sys_pidfd_open(c->top, 0) : -1;

	if (pidfd >= 0)
		EXPECT_TRUE(has_exited(pidfd, POLL_MS));
	close(pidfd);
}

#endif /* NSHANDLE_PIDNS_FORK_H */
