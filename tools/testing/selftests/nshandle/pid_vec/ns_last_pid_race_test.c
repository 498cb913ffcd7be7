// SPDX-License-Identifier: GPL-2.0
/*
 * A write to ns_last_pid beside forks is not lost.
 *
 * Guards "pid_namespace: write ns_last_pid under pidmap_lock".
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/pid_vec.h"
#include "../lib/pid_vec_race.h"
#include "../lib/wait.h"

/* Written in turn; too far apart for forks to lead from one to the other. */
#define LOW	1000
#define HIGH	20000

/* How many writes, on a slow kernel fewer. */
#define WRITES (20000 / slow())

FIXTURE(sysctl) {
	atomic_bool stop;
	atomic_int forks;	/* begun so far, by all forkers */
};

FIXTURE_SETUP(sysctl)
{
	SKIP_WITHOUT_CONTAINERS();
	skip_on_one_processor(_metadata);
	if (access("/proc/sys/kernel/ns_last_pid", W_OK))
		skip_test(_metadata, "kernel without ns_last_pid (CONFIG_CHECKPOINT_RESTORE)");
	if (read_pid_max(_metadata) <= HIGH + LOW)
		skip_test(_metadata, "pid_max is too small");
}

FIXTURE_TEARDOWN_PARENT(sysctl)
{
}

/*
 * Fork with little more work than allocating a pid: nothing is copied, and the
 * fork fails when it writes the pidfd.
 */
static void sysctl_fork(atomic_bool *stop, atomic_int *forks)
{
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			 CLONE_PIDFD,
		.pidfd = 1,
		.exit_signal = SIGCHLD,
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!atomic_load(stop)) {
		atomic_fetch_add(forks, 1);
		if (sys_clone3(&args) >= 0 || errno != EFAULT)
			_exit(1);
	}
	_exit(0);
}

/*
 * Writes @last, and returns whether the value read next is near it; or true if
 * too many forks came between to tell.
 */
static bool sysctl_keeps(struct __test_metadata *_metadata, int fd, int last,
			 atomic_int *forks)
{
	int before = atomic_load(forks);
	char text[16];
	ssize_t len = snprintf(text, sizeof(text), "%d", last);

	ASSERT_EQ(len, pwrite(fd, text, len, 0));
	len = pread(fd, text, sizeof(text) - 1, 0);
	ASSERT_LT(0, len);
	text[len] = '\0';
	if (atomic_load(forks) - before > LOW)
		return true;
	return (atoi(text) >= HIGH) == (last == HIGH);
}

/* Beside the forkers, in a new pid namespace. Returns the writes lost. */
static int sysctl_write(struct __test_metadata *_metadata, atomic_int *forks)
{
	int fd = open("/proc/sys/kernel/ns_last_pid", O_RDWR | O_CLOEXEC);
	long long end = loop_end();
	int lost = 0, i;

	ASSERT_LE(0, fd);
	for (i = 0; goes_on(i, WRITES, *forks >= WRITES, end); i++)
		lost += !sysctl_keeps(_metadata, fd, i % 2 ? HIGH : LOW, forks);
	EXPECT_LE(WRITES, i);
	EXPECT_LE(WRITES, *forks);
	TH_LOG("of %d writes beside %d forks, %d were lost", i, *forks, lost);
	close(fd);
	return lost;
}

/*
 * A fork reads the cursor, allocates a pid and writes the cursor. A write to
 * ns_last_pid between these steps would be undone by the last one.
 */
TEST_F_TIMEOUT(sysctl, no_write_is_lost, 90)
{
	IN_CLONE(CLONE_NEWPID) {
		pid_t forkers[2];

		for (int i = 0; i < 2; i++) {
			forkers[i] = fork();
			ASSERT_LE(0, forkers[i]);
			if (forkers[i] == 0)
				sysctl_fork(&self->stop, &self->forks);
		}
		EXPECT_EQ(0, sysctl_write(_metadata, &self->forks));
		atomic_store(&self->stop, true);
		for (int i = 0; i < 2; i++)
			child_end(_metadata, forkers[i], POLL_MS, "a forker");
	}
}

TEST_HARNESS_MAIN
