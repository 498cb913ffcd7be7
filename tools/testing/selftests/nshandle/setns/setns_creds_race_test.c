// SPDX-License-Identifier: GPL-2.0
/*
 * A task of the container sees nothing of the host in a process that is joining.
 *
 * Guards: "setns(2) commits the credentials last". A task with all capabilities
 * in the container's user namespace may look at any process of that user
 * namespace through /proc/PID, as soon as the process has its credentials. If the
 * joiner still has the host's root, working directory or namespaces then, the
 * task gets hold of them.
 *
 * A watcher in the container tries to open the same link of each joiner, again
 * and again. It is refused until the joiner is in; what it gets then must be
 * the container's.
 *
 * setns(2) applies the joiner's SysV undo list in the middle of its commit. A
 * list that covers many semaphores makes the commit last long enough for the
 * watcher to look into it: a kernel that commits the credentials first is caught
 * in nearly every round. Root and working directory follow the credentials
 * within a few instructions there, so that these rows may hit or miss.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/picture.h"
#include "../lib/race.h"
#include "../lib/types.h"
#include "../lib/wait.h"
#include "../lib/world.h"

/* Whichever is over first. */
#define ROUNDS		1000
#define ROUNDS_MS	(5000 * slow())
#define MAX_SPINS	20000
#define NR_SEMS		32000		/* SEMMSL */

/* Shared by all processes of a case. */
struct shared {
	atomic_uint refused;	/* how often, in this round */
};

/* What the watcher says of a round. */
struct seen {
	int err;
	struct place place;	/* without an error, what the link led to */
};

FIXTURE(watched)
{
	struct container c;
	struct shared *shared;
	pid_t watcher;
	int sock, sem;
};

FIXTURE_VARIANT(watched)
{
	const char *link;	/* below /proc/PID */
	bool undo;		/* the joiner has a long undo list */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(watched, root) { .link = "root", };
FIXTURE_VARIANT_ADD(watched, cwd) { .link = "cwd", };
FIXTURE_VARIANT_ADD(watched, mnt) { .link = "ns/mnt", .undo = true, };
FIXTURE_VARIANT_ADD(watched, net) { .link = "ns/net", .undo = true, };
/* clang-format on */

/* ----- The watcher. */

/* What the link of @pid leads to, as soon as it may be opened. */
static void watch_one(struct shared *shared, pid_t pid, const char *link,
		      struct seen *seen)
{
	long long end = now_ms(CLOCK_MONOTONIC) + POLL_MS;
	struct statx stx = {};
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, link);
	while ((fd = open(path, O_PATH | O_CLOEXEC)) < 0 && errno == EACCES) {
		if (atomic_fetch_add(&shared->refused, 1) % 1024 == 1023 &&
		    now_ms(CLOCK_MONOTONIC) > end)
			break;
	}
	seen->err = fd < 0 || statx(fd, "", AT_EMPTY_PATH,
				    STATX_INO | STATX_MNT_ID, &stx) ? errno : 0;
	seen->place.dev = (__u64)stx.stx_dev_major << 32 | stx.stx_dev_minor;
	seen->place.ino = stx.stx_ino;
	seen->place.mnt = stx.stx_mnt_id;
	close(fd);
}

/* In all of the container's namespaces, with all capabilities there. */
static void watch(struct __test_metadata *_metadata,
		  const FIXTURE_DATA(watched) * self, const char *link,
		  int sock)
{
	struct seen seen;
	pid_t pid;

	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	ASSERT_EQ(0, try_setns(self->c.pidfd, self->c.flags));
	while (read(sock, &pid, sizeof(pid)) == sizeof(pid)) {
		watch_one(self->shared, pid, link, &seen);
		if (write(sock, &seen, sizeof(seen)) != sizeof(seen))
			break;
	}
	_exit(0);
}

FIXTURE_SETUP(watched)
{
	int socks[2];

	SKIP_WITHOUT_CONTAINERS();
	if (!variant->undo && !have_setns_flags())
		skip_test(_metadata, "a window that is hit or missed");
	race_seed(_metadata);
	self->shared = race_share(_metadata, sizeof(*self->shared));
	self->sem = semget(IPC_PRIVATE, NR_SEMS, 0600);
	ASSERT_LE(0, self->sem);
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	self->watcher = fork();
	ASSERT_LE(0, self->watcher);
	if (self->watcher == 0) {
		close(socks[0]);
		watch(_metadata, self, variant->link, socks[1]);
	}
	close(socks[1]);
	self->sock = socks[0];
}

FIXTURE_TEARDOWN(watched)
{
	if (self->watcher > 0)
		stop_child(_metadata, self->watcher);
	container_stop(_metadata, &self->c);
	semctl(self->sem, 0, IPC_RMID);
}

/* ----- The joiners. */

/* Joins once it is being watched, at any point of the watcher's loop. */
static void joiner_run(struct __test_metadata *_metadata,
		       const FIXTURE_DATA(watched) * self, bool undo,
		       long spins)
{
	struct sembuf up = { .sem_op = 1, .sem_flg = SEM_UNDO };

	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	if (undo)
		ASSERT_EQ(0, semop(self->sem, &up, 1));
	while (!atomic_load(&self->shared->refused))
		sched_yield();
	race_spin(spins);
	ASSERT_EQ(0, try_setns(self->c.pidfd, self->c.flags));
	for (;;)
		pause();
}

/* Where the link of a joiner first led to. */
static struct place joiner_seen(struct __test_metadata *_metadata,
				const FIXTURE_DATA(watched) * self, bool undo)
{
	long spins = race_rnd(MAX_SPINS);
	struct seen seen;
	pid_t pid;

	atomic_store(&self->shared->refused, 0);
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0)
		joiner_run(_metadata, self, undo, spins);
	ASSERT_EQ((ssize_t)sizeof(pid), write(self->sock, &pid, sizeof(pid)));
	ASSERT_TRUE(is_readable(self->sock, 2 * POLL_MS));
	ASSERT_EQ((ssize_t)sizeof(seen),
		  read(self->sock, &seen, sizeof(seen)));
	member_kill(_metadata, pid);
	ASSERT_EQ(0, seen.err) {
		TH_LOG("the watcher: %s", strerror(seen.err));
	}
	return seen.place;
}

TEST_F_TIMEOUT(watched, never_the_hosts, 60)
{
	long long end = now_ms(CLOCK_MONOTONIC) + ROUNDS_MS;
	int caught = 0, first = 0, n, proc;
	struct place host, seen;

	proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, proc);
	place_read(_metadata, proc, variant->link, &host);
	for (n = 0; n < ROUNDS && now_ms(CLOCK_MONOTONIC) < end; n++) {
		seen = joiner_seen(_metadata, self, variant->undo);
		if (place_same(&host, &seen) && !caught++)
			first = n + 1;
	}
	TH_LOG("the host's in %d of %d rounds, first in round %d", caught, n,
	       first);
	EXPECT_EQ(0, caught);
}

TEST_HARNESS_MAIN
