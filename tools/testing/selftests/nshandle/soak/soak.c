// SPDX-License-Identifier: GPL-2.0
/*
 * soak joins N | mounts N | vectors N: makes the same calls over and over, also
 * such as fail, and checks that nothing is left of them. Not one of the tests:
 * a million takes minutes.
 */
#include "soak.h"
#include "boxes.h"
#include "count.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct soak {
	const char *name;
	void (*run)(long from, long to);
} soaks[] = {
	{ "joins", soak_joins },
	{ "mounts", soak_mounts },
	{ "vectors", soak_vectors },
};

static void boxes_start(void)
{
	a = box_start(ALL_NS);
	b = box_start(ALL_NS);
	dead = box_start(CLONE_NEWPID);
	box_kill(&dead);
	vectors_start();
}

static void soak(const struct soak *s, long n)
{
	time_t start;

	/* Objects that are made once and kept for good are made now. */
	s->run(0, n / 100);
	count_begin();
	start = time(NULL);
	for (long i = 0; i < 10; i++) {
		s->run(n / 10 * i, n / 10 * (i + 1));
		printf("%s: %ld %%, %ld s\n", s->name, 10 * (i + 1),
		       (long)(time(NULL) - start));
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	long n = argc == 3 ? atol(argv[2]) : 0;

	for (size_t i = 0; i < ARRAY_LEN(soaks) && n >= 10000; i++) {
		if (strcmp(argv[1], soaks[i].name))
			continue;
		boxes_start();
		soak(&soaks[i], n);
		if (count_end())
			errx(1, "%s: something is left", argv[1]);
		printf("soak %s: %ld done, nothing left\n", argv[1], n);
		return 0;
	}
	fprintf(stderr, "usage: soak joins|mounts|vectors N\n"
		"N is 10000 at least, and a multiple of that\n");
	return 2;
}
