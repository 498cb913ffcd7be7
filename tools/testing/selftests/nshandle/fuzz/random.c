// SPDX-License-Identifier: GPL-2.0
#include "random.h"

static __u64 state;

/* SplitMix64, by Sebastiano Vigna: any seed will do, also 0. */
static __u64 draw64(void)
{
	__u64 z = (state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

void random_seed(__u64 seed)
{
	state = seed;
}

unsigned int draw(unsigned int below)
{
	return draw64() % below;
}

bool chance(unsigned int percent)
{
	return draw(100) < percent;
}
