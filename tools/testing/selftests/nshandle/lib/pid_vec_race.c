// SPDX-License-Identifier: GPL-2.0
#include "pid_vec_race.h"
#include "calls.h"
#include "race.h"

/* How long a loop goes on at the most. */
#define LOOP_MS (50000 * slow())

int levels_make(struct __test_metadata *_metadata, struct chain *c)
{
	struct pid_vec vec = vec_of(LEVELS, PID_A);

	SKIP_WITHOUT_PID_VEC();
	chain_make(_metadata, c, LEVELS, NULL);
	EXPECT_EQ(0, try_set(c->ns[LEVELS], &vec));
	return c->ns[LEVELS];
}

bool is_whole(const struct pid_vec *vec)
{
	for (__u32 i = 1; i < vec->nr; i++)
		if (vec->pid[i] != vec->pid[0])
			return false;
	return true;
}

void skip_on_one_processor(struct __test_metadata *_metadata)
{
	cpu_set_t cpus;

	ASSERT_EQ(0, sched_getaffinity(0, sizeof(cpus), &cpus));
	if (CPU_COUNT(&cpus) < 2)
		skip_test(_metadata, "one processor: nobody changes anything during a call");
}

long long loop_end(void)
{
	return now_ms(CLOCK_MONOTONIC) + LOOP_MS;
}

bool goes_on(int round, int many, bool seen, long long end)
{
	if (round >= many && seen)
		return false;
	return round % 100 || now_ms(CLOCK_MONOTONIC) < end;
}

static void *setter_run(void *data)
{
	struct setter *s = data;

	do {
		s->result = try_set(s->fd, &s->vec);
		s->calls++;
		if (s->result == s->until)
			break;
		if (s->result != s->instead)
			s->undocumented = s->result;
	} while (!atomic_load(&s->stop));
	return NULL;
}

void setter_start(struct __test_metadata *_metadata, struct setter *s,
		  int until, int instead)
{
	s->until = until;
	s->instead = instead;
	ASSERT_EQ(0, pthread_create(&s->thread, NULL, setter_run, s));
}

void setter_join(struct __test_metadata *_metadata, struct setter *s)
{
	thread_join(_metadata, s->thread, "a setter");
	EXPECT_EQ(0, s->undocumented);
	EXPECT_LT(0UL, s->calls);
}

void setter_stop(struct __test_metadata *_metadata, struct setter *s)
{
	atomic_store(&s->stop, true);
	setter_join(_metadata, s);
	EXPECT_EQ(0, s->result);
}
