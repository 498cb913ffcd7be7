// SPDX-License-Identifier: GPL-2.0
/*
 * NS_SET_LAST_PID_VEC and NS_GET_LAST_PID_VEC: what they take, what they
 * refuse, and which pids the next process gets. That a call which fails has
 * moved nothing is looked up by GET, and by the pids of a process made then.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/chain.h"
#include "../lib/fork.h"
#include "../lib/pid_vec.h"
#include "../lib/wait.h"
#include "../lib/world.h"

/* ----- Chains of 1, 2, 5 and 33 levels, and vectors of all of them. */

struct levels {
	struct chain c;
	pid_t last;	/* of level 0, when the case began */
	int bottom;	/* level of the innermost */
	int nr;		/* of levels */
	int fd;		/* of the innermost */
	int max;	/* pid_max */
};

FIXTURE(chain) {
	struct levels l;
};

FIXTURE_VARIANT(chain) {
	int bottom;
};

FIXTURE_VARIANT_ADD(chain, levels_1) {
	.bottom = 0,
};

FIXTURE_VARIANT_ADD(chain, levels_2) {
	.bottom = 1,
};

FIXTURE_VARIANT_ADD(chain, levels_5) {
	.bottom = 4,
};

FIXTURE_VARIANT_ADD(chain, levels_33) {
	.bottom = 32,
};

FIXTURE_SETUP(chain)
{
	SKIP_WITHOUT_PID_VEC();
	chain_make(_metadata, &self->l.c, variant->bottom, NULL);
	self->l.bottom = variant->bottom;
	self->l.nr = self->l.bottom + 1;
	self->l.fd = self->l.c.ns[self->l.bottom];
	self->l.max = read_pid_max(_metadata);
	self->l.last = vec_get(_metadata, self->l.c.ns[0], 1).pid[0];
}

/* The machine goes on with its own pids. */
FIXTURE_TEARDOWN_PARENT(chain)
{
	struct pid_vec vec = vec_of(1, self->l.last);

	EXPECT_EQ(0, try_set(ns_open_self(_metadata), &vec));
	chain_wait(_metadata, &self->l.c);
}

/* Pids that nobody has, other ones at each level and with each @round. */
static struct pid_vec fresh_vec(const struct levels *l, int round)
{
	struct pid_vec vec = { .nr = l->nr };

	for (int i = 0; i <= MAX_PIDS; i++)
		vec.pid[i] = l->max / 2 + 1000 * round + 10 * i;
	return vec;
}

static struct pid_vec get_all(struct __test_metadata *_metadata,
			      const struct levels *l)
{
	return vec_get(_metadata, l->fd, l->nr);
}

static void expect_all(struct __test_metadata *_metadata,
		       const struct levels *l,
		       const struct pid_vec *want)
{
	expect_vec(_metadata, l->fd, want, l->bottom);
}

/*
 * A child, born in the innermost namespace, must have the pids after @last's.
 * Returns whether that is so at level 0, where others may be quicker.
 */
static bool expect_next(struct __test_metadata *_metadata,
			const struct levels *l,
			const struct pid_vec *last, reporter_fn *make)
{
	pid_t pid, pids[MAX_PIDS];

	ASSERT_EQ(0, try_setns(l->fd, CLONE_NEWPID));
	pid = make();
	ASSERT_LT(0, pid) {
		TH_LOG("fork: %s", strerror(errno));
	}
	child_end(_metadata, pid, POLL_MS, "a new process");
	ASSERT_EQ(l->nr, report_nspid(_metadata, report, pids));
	EXPECT_EQ(pid, pids[0]);
	for (int level = 1; level < l->nr; level++) {
		EXPECT_EQ(last->pid[l->bottom - level] + 1, pids[level]) {
			TH_LOG("at level %d", level);
		}
	}
	expect_pid(_metadata, last->pid[l->bottom] + 1, pids[0], true);
	return pids[0] == last->pid[l->bottom] + 1;
}

/* As a restorer does: with other pids, when some are gone. */
static void expect_births(struct __test_metadata *_metadata,
			  const struct levels *l, reporter_fn *make)
{
	struct pid_vec vec;
	bool all = false;

	for (int round = 0; round < 10 && !all; round++) {
		vec = fresh_vec(l, round);
		EXPECT_EQ(0, try_set(l->fd, &vec));
		expect_all(_metadata, l, &vec);
		all = expect_next(_metadata, l, &vec, make);
	}
	EXPECT_TRUE(all);
	for (int i = 0; i < l->nr; i++)
		vec.pid[i]++;
	expect_all(_metadata, l, &vec);
}

TEST_F(chain, fork_gets_the_pids)
{
	expect_births(_metadata, &self->l, fork_reporter);
}

TEST_F(chain, vfork_gets_the_pids)
{
	expect_births(_metadata, &self->l, vfork_reporter);
}

TEST_F(chain, clone3_gets_the_pids)
{
	expect_births(_metadata, &self->l, clone3_reporter);
}

/* A short vector is of the innermost levels; the others stay. */
TEST_F(chain, every_number_of_levels)
{
	struct pid_vec want = get_all(_metadata, &self->l), vec;

	for (int nr = 1; nr <= self->l.nr; nr++) {
		vec = fresh_vec(&self->l, nr % 10);
		vec.nr = nr;
		EXPECT_EQ(0, try_set(self->l.fd, &vec));
		memcpy(want.pid, vec.pid, nr * sizeof(want.pid[0]));
		expect_all(_metadata, &self->l, &want);
	}
	expect_next(_metadata, &self->l, &want, fork_reporter);
}

/* What GET gives is a vector for SET: to set it changes nothing. */
TEST_F(chain, set_what_get_gave)
{
	struct pid_vec vec = get_all(_metadata, &self->l);

	EXPECT_EQ(0, try_set(self->l.fd, &vec));
	expect_all(_metadata, &self->l, &vec);
	expect_next(_metadata, &self->l, &vec, fork_reporter);
}

/* GET writes as many pids as it is asked for, and leaves the number. */
TEST_F(chain, get_writes_no_more)
{
	struct pid_vec all = get_all(_metadata, &self->l), vec;

	for (int nr = 1; nr <= self->l.nr; nr++) {
		vec = vec_of(nr, -77);
		EXPECT_EQ(0, try_get(self->l.fd, &vec));
		EXPECT_EQ((__u32)nr, vec.nr);
		for (int i = 0; i < nr; i++)
			expect_pid(_metadata, all.pid[i], vec.pid[i],
				   i == self->l.bottom);
		for (int i = nr; i <= MAX_PIDS; i++)
			EXPECT_EQ(-77, vec.pid[i]);
	}
}

TEST_F(chain, number_out_of_range)
{
	struct pid_vec before = get_all(_metadata, &self->l), vec, copy;
	const __u32 numbers[] = {
		self->l.nr + 1, MAX_PIDS + 1, INT_MAX, 1U << 31,
		/* Times four, these overflow to what would fit. */
		(1U << 30) + 1, 0xffffffff,
	};

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		vec = fresh_vec(&self->l, 0);
		vec.nr = numbers[i];
		copy = vec;
		EXPECT_EQ(EINVAL, try_set(self->l.fd, &vec));
		EXPECT_EQ(EINVAL, try_get(self->l.fd, &vec));
		EXPECT_EQ(0, memcmp(&copy, &vec, sizeof(vec)));
	}
	expect_all(_metadata, &self->l, &before);
	expect_next(_metadata, &self->l, &before, fork_reporter);
}

/* Nothing to set is no vector. */
TEST_F(chain, set_of_0_levels)
{
	struct pid_vec before = get_all(_metadata, &self->l);
	struct pid_vec vec = fresh_vec(&self->l, 0), copy;

	vec.nr = 0;
	copy = vec;
	EXPECT_EQ(EINVAL, try_set(self->l.fd, &vec));
	EXPECT_EQ(0, memcmp(&copy, &vec, sizeof(vec)));
	expect_all(_metadata, &self->l, &before);
}

/* GET of 0 levels tells how many there are, and no pid. */
TEST_F(chain, get_of_0_levels)
{
	struct pid_vec vec = vec_of(0, -77);

	EXPECT_EQ(0, try_get(self->l.fd, &vec));
	EXPECT_EQ((__u32)self->l.nr, vec.nr);
	for (int i = 0; i <= MAX_PIDS; i++)
		EXPECT_EQ(-77, vec.pid[i]);
	/* It is the number to ask with, and the largest. */
	EXPECT_EQ(0, try_get(self->l.fd, &vec));
	vec.nr++;
	EXPECT_EQ(EINVAL, try_get(self->l.fd, &vec));
}

/* It needs no more memory than the number. */
TEST_F(chain, get_of_0_levels_up_to_a_hole)
{
	const int prots[] = { -1, PROT_NONE, PROT_READ };
	__u32 *nr;

	for (size_t i = 0; i < ARRAY_LEN(prots); i++) {
		nr = before_hole(_metadata, sizeof(*nr), prots[i]);
		*nr = 0;
		EXPECT_EQ(0, try_get(self->l.fd, nr));
		EXPECT_EQ((__u32)self->l.nr, *nr);
	}
}

/* One bad value in each slot in turn: nothing moves at any level. */
TEST_F(chain, one_bad_pid)
{
	struct pid_vec before = get_all(_metadata, &self->l), vec;
	const int bad[] = { -1, INT_MIN, self->l.max + 1, INT_MAX };

	for (int slot = 0; slot < self->l.nr; slot++) {
		for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
			vec = fresh_vec(&self->l, 0);
			vec.pid[slot] = bad[i];
			EXPECT_EQ(EINVAL, try_set(self->l.fd, &vec)) {
				TH_LOG("%d in slot %d", bad[i], slot);
			}
		}
		expect_all(_metadata, &self->l, &before);
	}
	expect_next(_metadata, &self->l, &before, fork_reporter);
}

/* A pid beyond the vector is not looked at. */
TEST_F(chain, bad_pid_beyond_it)
{
	struct pid_vec vec = fresh_vec(&self->l, 0);

	for (int nr = 1; nr <= self->l.nr; nr++) {
		vec.nr = nr;
		vec.pid[nr] = -1;
		EXPECT_EQ(0, try_set(self->l.fd, &vec));
		vec.pid[nr] = 77;
	}
}

/* The array ends, as far as it can be reached, after each slot in turn. */
TEST_F(chain, array_across_a_hole)
{
	struct pid_vec before = get_all(_metadata, &self->l);
	struct pid_vec vec = fresh_vec(&self->l, 0), *edge;

	for (int n = 0; n < self->l.nr; n++) {
		size_t bytes = offsetof(struct pid_vec, pid[n]);

		edge = before_hole(_metadata, bytes, n & 1 ? PROT_NONE : -1);
		memcpy(edge, &vec, bytes);
		EXPECT_EQ(EFAULT, try_set(self->l.fd, edge));
		EXPECT_EQ(EFAULT, try_get(self->l.fd, edge));
		EXPECT_EQ((__u32)self->l.nr, edge->nr);
	}
	expect_all(_metadata, &self->l, &before);
	expect_next(_metadata, &self->l, &before, fork_reporter);
}

/* No byte more than the vector is read or written. */
TEST_F(chain, array_up_to_a_hole)
{
	size_t bytes = offsetof(struct pid_vec, pid[self->l.nr]);
	struct pid_vec vec = fresh_vec(&self->l, 0);
	struct pid_vec *edge = before_hole(_metadata, bytes, -1);

	memcpy(edge, &vec, bytes);
	EXPECT_EQ(0, try_set(self->l.fd, edge));
	memset(edge->pid, 0xff, self->l.nr * sizeof(edge->pid[0]));
	EXPECT_EQ(0, try_get(self->l.fd, edge));
	for (int i = 0; i < self->l.nr; i++)
		expect_pid(_metadata, vec.pid[i], edge->pid[i],
			   i == self->l.bottom);
}

/* SET does not write, and GET needs to: in a page that can only be read. */
TEST_F(chain, read_only_array)
{
	struct pid_vec vec = fresh_vec(&self->l, 0), *page;

	page = mmap(NULL, sizeof(vec), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, page);
	*page = vec;
	ASSERT_EQ(0, mprotect(page, sizeof(vec), PROT_READ));
	EXPECT_EQ(0, try_set(self->l.fd, page));
	expect_all(_metadata, &self->l, &vec);
	EXPECT_EQ(EFAULT, try_get(self->l.fd, page));
	EXPECT_EQ(0, memcmp(page, &vec, offsetof(struct pid_vec, pid[vec.nr])));
}

/* The number of levels can't be written there, either. */
TEST_F(chain, read_only_number)
{
	struct pid_vec before = get_all(_metadata, &self->l), vec, *page;
	size_t size = sizeof(*page);

	page = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, page);
	vec = vec_of(0, -77);
	*page = vec;
	ASSERT_EQ(0, mprotect(page, size, PROT_READ));
	EXPECT_EQ(EFAULT, try_get(self->l.fd, page));
	EXPECT_EQ(0, memcmp(page, &vec, size));
	expect_all(_metadata, &self->l, &before);
}

TEST_F(chain, number_unreadable)
{
	struct pid_vec before = get_all(_metadata, &self->l);
	void *const where[] = {
		NULL, (void *)-1L, (void *)LONG_MIN,
		before_hole(_metadata, 0, -1),
		before_hole(_metadata, 0, PROT_NONE),
		before_hole(_metadata, sizeof(__u32) - 1, -1),
	};

	for (size_t i = 0; i < ARRAY_LEN(where); i++) {
		EXPECT_EQ(EFAULT, try_set(self->l.fd, where[i]));
		EXPECT_EQ(EFAULT, try_get(self->l.fd, where[i]));
	}
	expect_all(_metadata, &self->l, &before);
}

/* ----- Single values, at level 1: what the next two processes get. */

#define PID_MAX_DELTA(_d) (0x40000000 + (_d))

FIXTURE(value) {
	struct chain c;
	int fd;
	int max;
};

FIXTURE_VARIANT(value) {
	int last;
	pid_t taken;		/* by a process that lives, if not 0 */
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

/* pid_max is no pid; after the last the first is RESERVED_PIDS. */
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
	self->max = read_pid_max(_metadata);
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

/* A process with the pid @want, which lives until we die. */
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
	/* When it was refused, the init's still is the last. */
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
