// SPDX-License-Identifier: GPL-2.0
/*
 * A SET uses the values it has checked while another thread changes the vector.
 */
#include "../lib/test.h"
#include "../lib/chain.h"
#include "../lib/pid_vec.h"
#include "../lib/pid_vec_race.h"
#include "../lib/race.h"

FIXTURE(changed) {
	struct chain c;
	int fd;
};

FIXTURE_VARIANT(changed) {
	int word;	/* index in the vector; 0 is the number of levels */
	__s32 bad;
};

FIXTURE_VARIANT_ADD(changed, number_to_0) {
	.word = 0, .bad = 0,
};

FIXTURE_VARIANT_ADD(changed, number_to_one_too_many) {
	.word = 0, .bad = LEVELS + 2,
};

FIXTURE_VARIANT_ADD(changed, number_to_most) {
	.word = 0, .bad = -1,
};

/* These differ in one byte only: memory may be copied byte by byte. */
FIXTURE_VARIANT_ADD(changed, first_pid_to_negative) {
	.word = 1, .bad = INT_MIN | PID_A,
};

FIXTURE_VARIANT_ADD(changed, last_pid_to_negative) {
	.word = LEVELS, .bad = INT_MIN | PID_A,
};

FIXTURE_VARIANT_ADD(changed, last_pid_to_too_large) {
	.word = LEVELS, .bad = 1 << 30 | PID_A,
};

FIXTURE_SETUP(changed)
{
	skip_on_one_processor(_metadata);
	self->fd = levels_make(_metadata, &self->c);
}

FIXTURE_TEARDOWN_PARENT(changed)
{
	chain_wait(_metadata, &self->c);
}

struct changer {
	pthread_t thread;
	atomic_int *word;
	int good, bad;
	atomic_bool stop;
};

static void *changer_run(void *data)
{
	struct changer *c = data;

	while (!atomic_load(&c->stop)) {
		atomic_store(c->word, c->bad);
		atomic_store(c->word, c->good);
	}
	return NULL;
}

/* Each SET takes the good vector whole or refuses it; no other value is set. */
TEST_F_TIMEOUT(changed, checked_is_used, 60)
{
	struct pid_vec vec = vec_of(LEVELS, PID_A), now = vec;
	struct changer c = {
		.word = (atomic_int *)&vec + variant->word,
		.good = variant->word ? PID_A : LEVELS,
		.bad = variant->bad,
	};
	int ok = 0, refused = 0, other = 0, torn = 0;
	long long end = loop_end();

	ASSERT_EQ(0, pthread_create(&c.thread, NULL, changer_run, &c));
	for (int i = 0; goes_on(i, 20000, ok && refused, end); i++) {
		int err = try_set(self->fd, &vec);

		ok += err == 0;
		refused += err == EINVAL;
		other += err && err != EINVAL;
		other += try_get(self->fd, &now) != 0;
		torn += !is_whole(&now) || now.pid[0] != PID_A;
	}
	atomic_store(&c.stop, true);
	thread_join(_metadata, c.thread, "the changer");
	EXPECT_EQ(0, other);
	EXPECT_EQ(0, torn);
	EXPECT_LT(0, ok);
	EXPECT_LT(0, refused);
	EXPECT_LE(20000, ok + refused);
}

TEST_HARNESS_MAIN
