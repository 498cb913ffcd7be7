// SPDX-License-Identifier: GPL-2.0
#include "chain.h"
#include "calls.h"
#include "wait.h"

/* The inode number of the namespace of the machine's first process. */
#define INIT_PIDNS_INO 0xEFFFFFFCU

bool in_init_pidns(void)
{
	struct stat st;

	return !stat("/proc/self/ns/pid", &st) && st.st_ino == INIT_PIDNS_INO;
}

int read_pid_max(struct __test_metadata *_metadata)
{
	FILE *f = fopen("/proc/sys/kernel/pid_max", "re");
	int max;

	ASSERT_NE(NULL, f);
	ASSERT_EQ(1, fscanf(f, "%d", &max));
	fclose(f);
	return max;
}

/* Each init makes the next one, down to @bottom; the last one runs @end. */
static void chain_grow(struct __test_metadata *_metadata, struct chain *c,
		       int bottom, chain_fn *end)
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
		c->pid_max[level] = read_pid_max(_metadata);
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

void chain_make(struct __test_metadata *_metadata, struct chain *c, int bottom,
		chain_fn *end)
{
	if (!in_init_pidns())
		skip_test(_metadata, "not in the initial pid namespace");
	c->ns[0] = ns_open_self(_metadata);
	c->pid_max[0] = read_pid_max(_metadata);
	if (!bottom)
		return;
	c->ready = eventfd(0, EFD_CLOEXEC);
	ASSERT_LE(0, c->ready);
	chain_grow(_metadata, c, bottom, end);
	event_wait(_metadata, c->ready, "the chain is made");
}

void chain_wait(struct __test_metadata *_metadata, const struct chain *c)
{
	int pidfd = c->top ? sys_pidfd_open(c->top, 0) : -1;

	if (pidfd >= 0)
		EXPECT_TRUE(has_exited(pidfd, POLL_MS));
	close(pidfd);
}
