// SPDX-License-Identifier: GPL-2.0
#include "race.h"
#include "calls.h"

static uint64_t race_state;

void race_seed(struct __test_metadata *_metadata)
{
	const char *seed = getenv("NSHANDLE_SEED");

	race_state = now_ms(CLOCK_REALTIME);
	if (seed)
		race_state = strtoull(seed, NULL, 0);
	TH_LOG("NSHANDLE_SEED=%llu", (unsigned long long)race_state);
}

unsigned int race_rnd(unsigned int below)
{
	race_state *= 6364136223846793005ULL;
	race_state += 1442695040888963407ULL;
	return (race_state >> 33) % below;
}

void race_spin(long spins)
{
	while (spins-- > 0)
		__asm__ volatile("" : : : "memory");
}

#define MAX_LEAD 64000000L

#define MIN_STEP 64L

void duel_init(struct duel *d, unsigned int parties)
{
	memset(d, 0, sizeof(*d));
	d->parties = parties;
	d->step = MIN_STEP;
}

void *race_share(struct __test_metadata *_metadata, size_t size)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, map);
	return map;
}

void duel_draw(struct duel *d)
{
	long reach = d->step * (race_rnd(4) ? 2 : 16);
	long lead = d->lead + (long)race_rnd(2 * reach + 1) - reach;

	d->wait[RUNNER] = lead > 0 ? lead : 0;
	d->wait[MOVER] = lead < 0 ? -lead : 0;
}

void duel_go(struct duel *d, enum side side)
{
	unsigned int ticket = atomic_fetch_add(&d->arrived, 1);
	unsigned int all = (ticket / d->parties + 1) * d->parties;
	long long end = now_ms(CLOCK_MONOTONIC) + POLL_MS;

	for (unsigned int i = 1; atomic_load(&d->arrived) < all; i++) {
		/* There may be fewer processors than sides. */
		if (i % 256 == 0)
			sched_yield();
		if (i % 65536 == 0 && now_ms(CLOCK_MONOTONIC) > end)
			_exit(KSFT_FAIL);
	}
	race_spin(d->wait[side]);
}

void duel_settle(struct duel *d, bool late)
{
	d->step = late == d->late ? d->step * 2 : d->step / 4;
	if (d->step < MIN_STEP)
		d->step = MIN_STEP;
	if (d->step > MAX_LEAD / 16)
		d->step = MAX_LEAD / 16;
	d->lead += late ? -d->step : d->step;
	if (labs(d->lead) > MAX_LEAD)
		d->lead = d->lead < 0 ? -MAX_LEAD : MAX_LEAD;
	d->late = late;
}

void thread_join(struct __test_metadata *_metadata, pthread_t thread,
		 const char *what)
{
	struct timespec end;

	ASSERT_EQ(0, clock_gettime(CLOCK_REALTIME, &end));
	end.tv_sec += POLL_MS / 1000;
	ASSERT_EQ(0, pthread_timedjoin_np(thread, NULL, &end)) {
		TH_LOG("%s has not ended after %d ms", what, POLL_MS);
	}
}
