// SPDX-License-Identifier: GPL-2.0
/*
 * Beside two setters a GET reads whole vectors, and a fork gets pids they set.
 *
 * Bounded by counts. Two processors are needed to see anything.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/chain.h"
#include "../lib/child.h"
#include "../lib/fork.h"
#include "../lib/pid_vec.h"
#include "../lib/pid_vec_race.h"
#include "../lib/wait.h"

/* How long forkers, which are slow, may take. */
#define FORKERS_MS (60000 * slow())

/* How many reads of the vector, on a slow kernel fewer. */
#define READS (1000000 / slow())

FIXTURE(race) {
	struct chain c;
	int fd;
};

FIXTURE_SETUP(race)
{
	self->fd = levels_make(_metadata, &self->c);
}

FIXTURE_TEARDOWN_PARENT(race)
{
	chain_wait(_metadata, &self->c);
}

/* Counts what it reads: an EXPECT for each GET would take most of the time. */
TEST_F_TIMEOUT(race, only_whole_vectors, 150)
{
	struct setter a = { .fd = self->fd, .vec = vec_of(LEVELS, PID_A) };
	struct setter b = { .fd = self->fd, .vec = vec_of(LEVELS, PID_B) };
	int torn = 0, other = 0, failed = 0, seen_a = 0, seen_b = 0;
	struct pid_vec vec = vec_of(LEVELS, 0);
	long long end = loop_end();

	setter_start(_metadata, &a, -1, 0);
	setter_start(_metadata, &b, -1, 0);
	for (int i = 0; goes_on(i, READS, seen_a && seen_b, end); i++) {
		failed += try_get(self->fd, &vec) != 0;
		torn += !is_whole(&vec);
		seen_a += vec.pid[0] == PID_A;
		seen_b += vec.pid[0] == PID_B;
		other += vec.pid[0] != PID_A && vec.pid[0] != PID_B;
	}
	setter_stop(_metadata, &a);
	setter_stop(_metadata, &b);
	EXPECT_EQ(0, failed);
	EXPECT_EQ(0, torn);
	EXPECT_EQ(0, other);
	EXPECT_LT(0, seen_a);
	EXPECT_LT(0, seen_b);
	EXPECT_LE(READS, seen_a + seen_b);
	TH_LOG("%lu + %lu SETs, GET saw %d + %d", a.calls, b.calls, seen_a,
	       seen_b);
}

/* ----- Beside forks. */

#define FORKS 200

/* At each level below the machine's, the child's pid follows PID_A or PID_B. */
static void expect_between(struct __test_metadata *_metadata,
			   const struct report *r)
{
	pid_t pids[MAX_PIDS];
	int n = report_nspid(_metadata, r, pids);

	EXPECT_EQ(LEVELS + 1, n);
	for (int i = 1; i < n; i++) {
		bool a = pids[i] > PID_A && pids[i] <= PID_A + 2 * FORKS;
		bool b = pids[i] > PID_B && pids[i] <= PID_B + 2 * FORKS;

		EXPECT_TRUE(a || b) {
			TH_LOG("pid %d at level %d", pids[i], i);
		}
	}
}

static pid_t forker_start(struct __test_metadata *_metadata, int fd,
			  struct report *r)
{
	pid_t pid = fork(), child;

	ASSERT_LE(0, pid);
	if (pid)
		return pid;
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	ASSERT_EQ(0, try_setns(fd, CLONE_NEWPID));
	for (int i = 0; i < FORKS; i++) {
		child = fork();
		ASSERT_LE(0, child) {
			TH_LOG("fork: %s", strerror(errno));
		}
		if (child == 0) {
			report_write(r);
			_exit(0);
		}
		child_end(_metadata, child, POLL_MS, "a forker's child");
		expect_between(_metadata, r);
	}
	_exit(0);
}

/*
 * A fork(2) beside a SET may get the old pid at one level and the new one at
 * another, but no third one at any level.
 */
TEST_F_TIMEOUT(race, setters_and_forkers, 150)
{
	struct setter a = { .fd = self->fd, .vec = vec_of(LEVELS, PID_A) };
	struct setter b = { .fd = self->fd, .vec = vec_of(LEVELS, PID_B) };
	pid_t forkers[2];

	setter_start(_metadata, &a, -1, 0);
	setter_start(_metadata, &b, -1, 0);
	for (int i = 0; i < 2; i++)
		forkers[i] = forker_start(_metadata, self->fd, report_new());
	for (int i = 0; i < 2; i++)
		child_end(_metadata, forkers[i], FORKERS_MS, "a forker");
	setter_stop(_metadata, &a);
	setter_stop(_metadata, &b);
}

TEST_HARNESS_MAIN
