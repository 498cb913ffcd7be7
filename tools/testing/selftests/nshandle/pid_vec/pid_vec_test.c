// SPDX-License-Identifier: GPL-2.0
/*
 * A SET of all levels decides the next pids; a SET or GET that is refused
 * changes nothing.
 *
 * After a call that failed, GET and the pids of a new process show that no last
 * pid has moved.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/chain.h"
#include "../lib/fork.h"
#include "../lib/pid_vec.h"
#include "../lib/wait.h"

/* A chain of namespaces, each below the one before; the outermost is ours. */
struct levels {
	struct chain c;
	pid_t last;	/* last pid of level 0 when the case began */
	int bottom;	/* level of the innermost namespace */
	int nr;		/* number of levels */
	int fd;		/* the innermost namespace */
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
	self->l.last = vec_get(_metadata, self->l.c.ns[0], 1).pid[0];
}

/* Puts the last pid of level 0, the machine's own namespace, back. */
FIXTURE_TEARDOWN_PARENT(chain)
{
	struct pid_vec vec = vec_of(1, self->l.last);

	EXPECT_EQ(0, try_set(ns_open_self(_metadata), &vec));
	chain_wait(_metadata, &self->l.c);
}

/* Pids that no process has; they differ by level and by @round. */
static struct pid_vec fresh_vec(const struct levels *l, int round)
{
	struct pid_vec vec = { .nr = l->nr };

	for (int i = 0; i <= MAX_PIDS; i++)
		vec.pid[i] = l->c.pid_max[0] / 2 + 1000 * round + 10 * i;
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
 * Returns whether it has at level 0, where another process may take it first.
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

/* Tries again with other pids if one is taken, as a restorer does. */
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

/* A short vector sets the innermost levels; the others keep their last pids. */
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

/* A SET of the vector that GET returns changes nothing. */
TEST_F(chain, set_what_get_gave)
{
	struct pid_vec vec = get_all(_metadata, &self->l);

	EXPECT_EQ(0, try_set(self->l.fd, &vec));
	expect_all(_metadata, &self->l, &vec);
	expect_next(_metadata, &self->l, &vec, fork_reporter);
}

/* GET writes as many pids as it is asked for, and leaves the number alone. */
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
		/* Times four, these overflow to a size that fits. */
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

/* SET of 0 levels is invalid. */
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

/* GET of 0 levels writes the number of levels, and no pid. */
TEST_F(chain, get_of_0_levels)
{
	struct pid_vec vec = vec_of(0, -77);

	EXPECT_EQ(0, try_get(self->l.fd, &vec));
	EXPECT_EQ((__u32)self->l.nr, vec.nr);
	for (int i = 0; i <= MAX_PIDS; i++)
		EXPECT_EQ(-77, vec.pid[i]);
	/* That is the largest number that GET takes. */
	EXPECT_EQ(0, try_get(self->l.fd, &vec));
	vec.nr++;
	EXPECT_EQ(EINVAL, try_get(self->l.fd, &vec));
}

/* GET of 0 levels accesses no memory beyond the number. */
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

/* One bad value, in each slot in turn: no last pid moves at any level. */
TEST_F(chain, one_bad_pid)
{
	struct pid_vec before = get_all(_metadata, &self->l), vec;
	int bad[] = { -1, INT_MIN, 0, INT_MAX };

	for (int slot = 0; slot < self->l.nr; slot++) {
		bad[2] = self->l.c.pid_max[self->l.bottom - slot] + 1;
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

/* SET ignores a pid beyond the vector. */
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

/* The memory that can be accessed ends before each slot in turn. */
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

/* SET and GET access no byte beyond the vector. */
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

/* In a read-only page, SET works and GET fails. */
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

/* GET of 0 levels fails there, too. */
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

TEST_HARNESS_MAIN
