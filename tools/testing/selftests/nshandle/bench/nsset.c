// SPDX-License-Identifier: GPL-2.0
/*
 * Set descriptors: making one, closing one, and setns(2) by one, with no other
 * set in the system and with MANY_SETS.
 */
#include <sys/eventfd.h>
#include <sys/resource.h>

#include "bench.h"

#define MANY_SETS 10000

/* A box, and a set of all that it has. @made is what a row has opened. */
static struct set_box {
	struct box box;
	int set;
} a, b, same;

static int made[NR_TYPES];

static const struct set_box *there(int n)
{
	return n & 1 ? &a : &b;
}

static int make(int pidfd, uint64_t types)
{
	struct nsset_args args = { .size = sizeof(args), .types = types };

	return ioctl(pidfd, PIDFD_GET_NSSET, &args);
}

static int make_set(int n)
{
	made[0] = make(there(n)->box.pidfd, (unsigned int)arg);
	return made[0] < 0 ? errno : 0;
}

static void close_made(int n)
{
	close(made[0]);
}

static void make_before(int n)
{
	made[0] = make(there(n)->box.pidfd, (unsigned int)arg);
}

static int close_one(int n)
{
	return close(made[0]) ? errno : 0;
}

/* What a descriptor that holds nothing costs, made and closed. */
static int make_eventfd(int n)
{
	made[0] = eventfd(0, EFD_CLOEXEC);
	return made[0] < 0 ? errno : 0;
}

static void make_eventfd_before(int n)
{
	make_eventfd(n);
}

static int open_files(int n)
{
	for (int i = 0; i < NR_TYPES; i++)
		made[i] = ns_open(there(n)->box.pid, types[i].name);
	return 0;
}

static void close_files(int n)
{
	for (int i = 0; i < NR_TYPES; i++)
		close(made[i]);
}

static int join_set(int n)
{
	return syscall(__NR_setns, there(n)->set, arg) ? errno : 0;
}

static int join_same(int n)
{
	return syscall(__NR_setns, same.set, arg) ? errno : 0;
}

static const struct row rows[] = {
	{ "nsset-make-uts", make_set, .after = close_made, .arg = CLONE_NEWUTS },
	{ "nsset-make", make_set, .after = close_made, .today = "open-eight" },
	{ "nsset-close", close_one, .before = make_before },
	{ "eventfd-make", make_eventfd, .after = close_made },
	{ "eventfd-close", close_one, .before = make_eventfd_before },
	{ "open-eight", open_files, .after = close_files },
	{ "nsset-mnt", join_set, .arg = CLONE_NEWNS },
	{ "nsset-uts", join_set, .arg = CLONE_NEWUTS },
	{ "nsset-four", join_set, .arg = CLONE_NEWUTS | CLONE_NEWIPC |
					CLONE_NEWCGROUP | CLONE_NEWNET },
	{ "nsset-six", join_set, .arg = SEVEN & ~CLONE_NEWTIME,
	  .today = "six-nsenter" },
	{ "nsset-seven", join_set, .arg = SEVEN, .today = "seven-nsenter" },
	{ "nsset-eight", join_set, .apart = true, .today = "eight-nsenter" },
	{ "nsset-skip-all", join_same, .arg = ALL_NS | SETNS_SKIP_JOINED },
};

static const struct row beside[] = {
	{ "nsset-make-beside", make_set, .after = close_made },
	{ "nsset-close-beside", close_one, .before = make_before },
	{ "nsset-uts-beside", join_set, .arg = CLONE_NEWUTS },
	{ "nsset-seven-beside", join_set, .arg = SEVEN },
};

static void set_box_start(struct set_box *it, uint64_t flags)
{
	box_start(&it->box, flags);
	it->set = make(it->box.pidfd, 0);
}

static void make_many(void)
{
	struct rlimit limit = { MANY_SETS + 1000, MANY_SETS + 1000 };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		err(1, "setrlimit");
	for (int i = 0; i < MANY_SETS && make(a.box.pidfd, 0) >= 0; i++)
		;
}

static void measure_and_return(const struct row *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		measure_all(&list[i], 1);
		if (same.set >= 0 && syscall(__NR_setns, same.set, SEVEN))
			err(1, "setns back");
	}
}

/* Last: the many sets stay. */
void bench_nsset(void)
{
	set_box_start(&a, ALL_NS);
	set_box_start(&b, ALL_NS);
	set_box_start(&same, 0);
	measure_and_return(rows, ARRAY_LEN(rows));
	make_many();
	measure_and_return(beside, ARRAY_LEN(beside));
}
