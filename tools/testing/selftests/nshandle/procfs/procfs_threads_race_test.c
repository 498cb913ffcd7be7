// SPDX-License-Identifier: GPL-2.0
/*
 * An instance created while another thread sets pidns= has the owner of the pid
 * namespace that it shows.
 *
 * Bounded by counts. Two processors are needed to see anything.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/mounts.h"
#include "../lib/procfs.h"
#include "../lib/race.h"
#include "../lib/world.h"

#define ROUNDS 60

#define MAKER(_i) (1000 + (_i))

/* Two pid namespaces with different owners, which have different makers. */
FIXTURE(threads) {
	struct container c[2];
	int ns[2];
	int seen[2];
};

FIXTURE_SETUP(threads)
{
	SKIP_WITHOUT_CONTAINERS();
	SKIP_WITHOUT_PIDNS();
	race_seed(_metadata);
	private_mounts(_metadata);
	for (int i = 0; i < 2; i++) {
		self->c[i].flags = CLONE_NEWUSER | CLONE_NEWPID;
		self->c[i].owner = MAKER(i);
		container_start(_metadata, &self->c[i]);
		self->ns[i] = container_ns(_metadata, &self->c[i], "pid");
	}
}

FIXTURE_TEARDOWN(threads)
{
	for (int i = 0; i < 2; i++)
		container_stop(_metadata, &self->c[i]);
}

struct setter {
	pthread_t thread;
	int fc;
	const int *ns;
	atomic_int calls;
	int err;
};

/* Sets the two namespaces in turn until the context has an instance. */
static void *setter_run(void *data)
{
	struct setter *s = data;

	do {
		s->err = try_pidns(s->fc, s->ns[s->calls % 2]);
		atomic_fetch_add(&s->calls, 1);
	} while (!s->err);
	return NULL;
}

/* May the maker of a user namespace reconfigure the instance? */
static int try_as(struct __test_metadata *_metadata, int dir, uid_t maker)
{
	int fc = sys_fspick(dir), err;

	ASSERT_LE(0, fc);
	ASSERT_EQ(0, setresuid(-1, maker, -1));
	err = try_reconfigure(fc);
	ASSERT_EQ(0, setresuid(-1, 0, -1));
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
	close(fc);
	return err;
}

/* Returns which of the two it shows; its owner must be that one's. */
static int instance_of(struct __test_metadata *_metadata, int dir,
		       const int ns[2])
{
	int seen = procfs_get_pidns(dir), i;

	ASSERT_LE(0, seen);
	i = same_ns(_metadata, seen, ns[1]);
	EXPECT_TRUE(same_ns(_metadata, seen, ns[i]));
	EXPECT_EQ(0, try_as(_metadata, dir, MAKER(i)));
	EXPECT_EQ(EPERM, try_as(_metadata, dir, MAKER(!i)));
	close(seen);
	return i;
}

/* Creates while the setter runs; the setter ends when it is refused (EBUSY). */
static int create_beside(struct __test_metadata *_metadata, struct setter *s)
{
	ASSERT_EQ(0, pthread_create(&s->thread, NULL, setter_run, s));
	while (atomic_load(&s->calls) < 2)
		sched_yield();
	race_spin(race_rnd(1 << race_rnd(17)));
	EXPECT_EQ(0, try_create(s->fc));
	thread_join(_metadata, s->thread, "the setter");
	EXPECT_EQ(EBUSY, s->err);
	return procfs_mount(_metadata, s->fc);
}

TEST_F_TIMEOUT(threads, set_and_create, 60)
{
	int calls = 0, dir;

	for (int n = 0; n < ROUNDS && __test_passed(_metadata); n++) {
		struct setter s = {
			.fc = procfs_context(_metadata),
			.ns = self->ns,
		};

		dir = create_beside(_metadata, &s);
		self->seen[instance_of(_metadata, dir, self->ns)]++;
		calls += s.calls;
		close(dir);
		close(s.fc);
	}
	TH_LOG("A %d, B %d, %d calls", self->seen[0], self->seen[1], calls);
	EXPECT_LT(0, self->seen[0]);
	EXPECT_LT(0, self->seen[1]);
}

TEST_HARNESS_MAIN
