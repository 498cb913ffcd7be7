// SPDX-License-Identifier: GPL-2.0
/* The last pids of a whole stack of pid namespaces, set and read by one call. */
#include "bench.h"

static struct {
	uint32_t nr;
	int32_t pid[LEVELS];
} vec;

static int stack[LEVELS];

static void choose_pids(int n)
{
	vec.nr = arg;
	for (int i = 0; i < arg; i++)
		vec.pid[i] = 1000 + (n & 1);
}

static int set_vec(int n)
{
	return ioctl(stack[0], NS_SET_LAST_PID_VEC, &vec) ? errno : 0;
}

static int get_vec(int n)
{
	vec.nr = arg;
	return ioctl(stack[0], NS_GET_LAST_PID_VEC, &vec) ? errno : 0;
}

static const struct row rows[] = {
	{ "set-1", set_vec, choose_pids, .arg = 1, .today = "helpers-1" },
	{ "set-2", set_vec, choose_pids, .arg = 2, .today = "helpers-2" },
	{ "set-5", set_vec, choose_pids, .arg = 5, .today = "helpers-5" },
	{ "set-10", set_vec, choose_pids, .arg = 10, .today = "helpers-10" },
	{ "set-33", set_vec, choose_pids, .arg = 33, .today = "helpers-33" },
	{ "get-1", get_vec, .arg = 1 },
	{ "get-33", get_vec, .arg = 33 },
};

void bench_vector(void)
{
	open_levels(stack);
	measure_all(rows, ARRAY_LEN(rows));
}
