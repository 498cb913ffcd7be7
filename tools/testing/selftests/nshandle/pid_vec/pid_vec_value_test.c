// SPDX-License-Identifier: GPL-2.0
/*
 * A SET of each kind of value decides the next two pids, or is refused and
 * changes nothing.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/chain.h"
#include "../lib/fork.h"
#include "../lib/pid_vec.h"
#include "../lib/wait.h"

#include <sys/eventfd.h>

/* pid_max + @_d: pid_max is read when the case runs. */
#define PID_MAX_DELTA(_d) (0x40000000 + (_d))

FIXTURE(value) {
	struct chain c;
	int fd;
	int max;
};

FIXTURE_VARIANT(value) {
	int last;
	pid_t taken;		/* if not 0: the pid of a live process */
	int err;
	pid_t next[2];
};

FIXTURE_VARIANT_ADD(value, minus_1) {
	.last = -1, .err = EINVAL, .next = { 2, 3 },
};

FIXTURE_VARIANT_ADD(value, int_min) {
	.last = INT_MIN, .err = EINVAL, .next = { 2, 3 },
};

/* The init has 1. */
FIXTURE_VARIANT_ADD(value, zero) {
	.last = 0, .next = { 2, 3 },
};

FIXTURE_VARIANT_ADD(value, one) {
	.last = 1, .next = { 2, 3 },
};

FIXTURE_VARIANT_ADD(value, below_reserved) {
	.last = 298, .next = { 299, 300 },
};

FIXTURE_VARIANT_ADD(value, reserved) {
	.last = 299, .next = { 300, 301 },
};

FIXTURE_VARIANT_ADD(value, above_reserved) {
	.last = 300, .next = { 301, 302 },
};

/* The highest pid is pid_max - 1; RESERVED_PIDS comes after it. */
FIXTURE_VARIANT_ADD(value, max_minus_2) {
	.last = PID_MAX_DELTA(-2), .next = { PID_MAX_DELTA(-1), 300 },
};

FIXTURE_VARIANT_ADD(value, max_minus_1) {
	.last = PID_MAX_DELTA(-1), .next = { 300, 301 },
};

FIXTURE_VARIANT_ADD(value, max) {
	.last = PID_MAX_DELTA(0), .next = { 300, 301 },
};

FIXTURE_VARIANT_ADD(value, max_plus_1) {
	.last = PID_MAX_DELTA(1), .err = EINVAL, .next = { 2, 3 },
};

FIXTURE_VARIANT_ADD(value, int_max) {
	.last = INT_MAX, .err = EINVAL, .next = { 2, 3 },
};

FIXTURE_VARIANT_ADD(value, taken) {
	.last = 499, .taken = 500, .next = { 501, 502 },
};

FIXTURE_VARIANT_ADD(value, second_is_taken) {
	.last = 498, .taken = 500, .next = { 499, 501 },
};

FIXTURE_VARIANT_ADD(value, last_is_taken) {
	.last = PID_MAX_DELTA(-2), .taken = PID_MAX_DELTA(-1),
	.next = { 300, 301 },
};

FIXTURE_VARIANT_ADD(value, wraps_to_taken) {
	.last = PID_MAX_DELTA(-1), .taken = 300, .next = { 301, 302 },
};

FIXTURE_SETUP(value)
{
	SKIP_WITHOUT_PID_VEC();
	chain_make(_metadata, &self->c, 1, NULL);
	self->fd = self->c.ns[1];
	self->max = self->c.pid_max[1];
}

FIXTURE_TEARDOWN_PARENT(value)
{
	chain_wait(_metadata, &self->c);
}

static int value_of(int max, int value)
{
	if (value >= PID_MAX_DELTA(-9) && value <= PID_MAX_DELTA(9))
		return max + (value - PID_MAX_DELTA(0));
	return value;
}

static void value_expect_next(struct __test_metadata *_metadata, pid_t want)
{
	pid_t pid = fork_reporter();

	ASSERT_LT(0, pid);
	child_end(_metadata, pid, POLL_MS, "a new process");
	EXPECT_EQ(want, report->pid);
}

/* Starts a process with the pid @want, which lives until we die. */
static void value_take(struct __test_metadata *_metadata, int fd, pid_t want)
{
	struct pid_vec vec = vec_of(1, want - 1);
	int born = eventfd(0, EFD_CLOEXEC);
	pid_t pid;

	ASSERT_LE(0, born);
	ASSERT_EQ(0, try_set(fd, &vec));
	pid = fork();
	ASSERT_LE(0, pid) {
		TH_LOG("fork: %s", strerror(errno));
	}
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		eventfd_write(born, getpid());
		for (;;)
			pause();
	}
	ASSERT_EQ((eventfd_t)want, event_wait(_metadata, born, "a birth"));
	close(born);
}

TEST_F(value, next_pids)
{
	struct pid_vec want = vec_of(1, value_of(self->max, variant->last));
	struct pid_vec vec = want;

	ASSERT_EQ(0, try_setns(self->fd, CLONE_NEWPID));
	if (variant->taken)
		value_take(_metadata, self->fd,
			   value_of(self->max, variant->taken));
	EXPECT_EQ(variant->err, try_set(self->fd, &vec));
	EXPECT_EQ(0, memcmp(&want, &vec, sizeof(vec)));
	/* After a refusal the last pid is still the init's. */
	if (variant->err)
		want.pid[0] = 1;
	expect_vec(_metadata, self->fd, &want, 1);
	for (int i = 0; i < 2; i++) {
		want.pid[0] = value_of(self->max, variant->next[i]);
		value_expect_next(_metadata, want.pid[0]);
		expect_vec(_metadata, self->fd, &want, 1);
	}
}

TEST_HARNESS_MAIN
