/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one call costs, in ticks of the TSC: under QEMU's icount an instruction
 * each. A row is measured many times; its minimum and its median are printed.
 */
#ifndef NSHANDLE_BENCH_H
#define NSHANDLE_BENCH_H

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/nsfs.h>
#include <linux/nshandle.h>
#include <linux/sched.h>

#define ARRAY_LEN(_a) (sizeof(_a) / sizeof((_a)[0]))

/*
 * Odd: the median is one of them. A tick of the timer spoils a few at most. What
 * is freed by RCU comes back with the end of a grace period: that long does it
 * take until forks cost the same. How the slabs are filled at that point still
 * makes 101 forks or mounts dearer or cheaper by half a percent, but not 801.
 */
#define SAMPLES		101
#define MANY_SAMPLES	801
#define WARM_UP		64
#define MAX_ROWS	16
#define LEVELS		33

enum { USER, MNT, UTS, IPC, PID, CGROUP, NET, TIME, NR_TYPES };

extern const struct type {
	const char *name;
	int flag;
} types[NR_TYPES];

#define ALL_NS (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | \
		CLONE_NEWPID | CLONE_NEWCGROUP | CLONE_NEWNET | CLONE_NEWTIME)
#define SEVEN (ALL_NS & ~CLONE_NEWUSER)

/* A process that does nothing, and its namespaces. */
struct box {
	pid_t pid;
	int pidfd;
	int ns[NR_TYPES];
};

/* How many pid namespaces down the containers are, that of bench not counted. */
extern int levels;

pid_t start_idle(int levels, uint64_t flags);
void box_start(struct box *box, uint64_t flags);
int ns_open(pid_t pid, const char *type);
int exit_status(pid_t pid);

/* Of LEVELS pid namespaces, from the innermost; the last one is bench's own. */
void open_levels(int stack[LEVELS]);

static inline uint64_t ticks(void)
{
	uint32_t low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

/*
 * A row: @call is measured, and returns 0 or an errno, @error if all is well.
 * @before and @after, if any, are not. With @apart each sample is taken in a
 * process of its own, since there is no way back from what the call does.
 * With @many, MANY_SAMPLES of them are taken rather than SAMPLES; the first row
 * decides for all that are measured in turn.
 * @instead takes the call's place on a kernel that refuses it, so that the rows
 * beside it have the same history. @today names the row of what users do without
 * the interface.
 */
struct row {
	const char *name;
	int (*call)(int n);
	void (*before)(int n), (*after)(int n), (*instead)(int n);
	int error;
	bool apart, many;
	int arg;
	const char *today;
};

extern int arg;		/* of the row that is being measured */

/* One row after the other, or one call of each after the other. */
void measure_all(const struct row *rows, size_t nr);
void measure_in_turn(const struct row *rows, size_t nr);

void bench_null(void);
void bench_fork(void);
void bench_command(void);
void bench_procfs(void);
void bench_setns(void);
void bench_nsset(void);
void bench_vector(void);

#endif /* NSHANDLE_BENCH_H */
