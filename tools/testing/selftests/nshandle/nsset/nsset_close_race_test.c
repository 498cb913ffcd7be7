// SPDX-License-Identifier: GPL-2.0
/*
 * A join by a set beside its last close, or beside other joins by it, is whole.
 *
 * The rounds are counted, and need two processors.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/nsset.h"
#include "../lib/picture.h"
#include "../lib/race.h"
#include "../lib/setns_race.h"
#include "../lib/types.h"
#include "../lib/wait.h"

#define ROUNDS 60

FIXTURE(closed) {
	struct round *r;
	int joined, refused;
};

FIXTURE_SETUP(closed)
{
	SKIP_WITHOUT_NSSET();
	race_seed(_metadata);
	self->r = round_new(_metadata, 2);
}

FIXTURE_TEARDOWN(closed)
{
}

/* The set is all that keeps its own two namespaces. */
#define CLOSED_TYPES (CLONE_NEWUTS | CLONE_NEWIPC)

static int closed_set(struct __test_metadata *_metadata)
{
	int pipefd[2], pidfd, set;
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe2(pipefd, O_CLOEXEC));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		ASSERT_EQ(0, unshare(CLOSED_TYPES));
		_exit(idle(&pipefd[1]));
	}
	ASSERT_EQ(1, read(pipefd[0], &byte, 1));
	pidfd = sys_pidfd_open(pid, 0);
	ASSERT_LE(0, pidfd);
	set = nsset_make(_metadata, pidfd, 0, 0);
	stop_child(_metadata, pid);
	close(pidfd);
	close(pipefd[0]);
	close(pipefd[1]);
	return set;
}

/* Shares its descriptors with the process that closes the set. */
static void closed_join(struct __test_metadata *_metadata, struct round *r,
			int set, const struct nsset_info *info)
{
	struct state before, now;
	int err;

	state_read(_metadata, &before);
	duel_go(&r->duel, RUNNER);
	err = try_setns(set, SETNS_ALL);
	r->err[0] = err;
	EXPECT_EQ(err ? EBADF : 0, err);
	/* There is no undo list. */
	EXPECT_MOVED(&before, err ? 0 : moved_by(CLOSED_TYPES) & ~MOVED_UNDO);
	now = before;
	state_refresh(_metadata, &now);
	for (int i = 0; i < NR_TYPES && !err; i++)
		EXPECT_EQ(info->ino[i], now.link[nsset_link(i, 0)].ino);
	state_close(&before);
}

TEST_F_TIMEOUT(closed, while_joining, 60)
{
	struct round *r = self->r;

	for (int n = 0; n < ROUNDS && __test_passed(_metadata); n++) {
		int set = closed_set(_metadata);
		struct nsset_info info;
		struct child c;

		ASSERT_EQ(0, nsset_info(set, &info));
		duel_draw(&r->duel);
		c = child_fork(_metadata, CLONE_FILES);
		if (c.pid == 0) {
			closed_join(_metadata, r, set, &info);
			_exit(0);
		}
		duel_go(&r->duel, MOVER);
		EXPECT_EQ(0, close(set));
		/*
		 * The child has the same descriptors, and must not find another
		 * one by the number of the set: what child_end() opens gets a
		 * lower number, which closed_set() has left free.
		 */
		child_end(_metadata, c.pid, POLL_MS, "the joiner");
		self->joined += r->err[0] == 0;
		self->refused += r->err[0] == EBADF;
		duel_settle(&r->duel, r->err[0] == EBADF);
	}
	TH_LOG("joined %d, EBADF %d", self->joined, self->refused);
	EXPECT_LT(0, self->joined);
	EXPECT_LT(0, self->refused);
	EXPECT_EQ(ROUNDS, self->joined + self->refused);
}

#define THREADS	8
#define TURNS	100

#define OTHER_HOSTNAME "other"

/* What a process with several threads can join. */
#define THREAD_TYPES (CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | \
		      CLONE_NEWCGROUP)

FIXTURE(shared) {
	struct container c[2];
	int set[2];
	atomic_int joined;
};

static void name_other(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, sethostname(OTHER_HOSTNAME, strlen(OTHER_HOSTNAME)));
}

FIXTURE_SETUP(shared)
{
	SKIP_WITHOUT_NSSET();
	self->c[1].setup = name_other;
	for (int i = 0; i < 2; i++) {
		self->c[i].flags = ALL_NS;
		container_start(_metadata, &self->c[i]);
		self->set[i] = nsset_make(_metadata, self->c[i].pidfd,
					  THREAD_TYPES, 0);
		container_stop(_metadata, &self->c[i]);
	}
}

FIXTURE_TEARDOWN(shared)
{
}

/* No assertions: it counts. */
static void *to_and_fro(void *data)
{
	static const char *const names[] = {
		CONTAINER_HOSTNAME, OTHER_HOSTNAME,
	};
	FIXTURE_DATA(shared) * self = data;
	char name[65];

	for (int i = 0; i < TURNS; i++)
		if (!try_setns(self->set[i % 2], 0) &&
		    !gethostname(name, sizeof(name)) &&
		    !strcmp(name, names[i % 2]))
			atomic_fetch_add(&self->joined, 1);
	return NULL;
}

/* The reference counts of all of the namespaces go up and down at once. */
TEST_F_TIMEOUT(shared, by_threads, 60)
{
	pthread_t threads[THREADS];
	struct nsset_info info;

	for (int i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, to_and_fro,
					    self));
	for (int i = 0; i < THREADS; i++)
		thread_join(_metadata, threads[i], "a thread");
	EXPECT_EQ(THREADS * TURNS, atomic_load(&self->joined));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(0, nsset_info(self->set[i], &info));
		EXPECT_EQ((__u64)THREAD_TYPES, info.types);
		EXPECT_EQ(0, close(self->set[i]));
	}
}

TEST_HARNESS_MAIN
