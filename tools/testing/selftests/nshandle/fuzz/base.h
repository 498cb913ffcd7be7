/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all of nshandle-fuzz uses: its options, and its end when it can't work.
 */
#ifndef NSHANDLE_FUZZ_BASE_H
#define NSHANDLE_FUZZ_BASE_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include <linux/types.h>

#define ARRAY_LEN(_a) (sizeof(_a) / sizeof((_a)[0]))
#define BIT(_n) (1ULL << (_n))

struct options {
	__u64 seed;
	long steps;
	long seconds;
	bool no_flags;	/* use nothing that an unpatched kernel lacks */
	bool wrong;	/* use a model that lacks a rule */
	bool verbose;
	const char *program;
};

extern struct options options;

/* Prints and exits with 2: the fuzzer can't work. */
[[gnu::format(printf, 1, 2), gnu::noreturn]] void die(const char *fmt, ...);

#endif /* NSHANDLE_FUZZ_BASE_H */
