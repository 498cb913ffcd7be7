/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The processes that the calls are about, random numbers, and the end when a
 * call does not return what it must.
 */
#ifndef NSHANDLE_SOAK_BOXES_H
#define NSHANDLE_SOAK_BOXES_H

#include <stdint.h>
#include <sys/types.h>

#include "types.h"

/* A process with namespaces of its own, which does nothing. */
struct box {
	pid_t pid;
	int pidfd;
	int ns[NR_TYPES];
};

/* All types are new in a and b; dead has ended, and left a pid namespace. */
extern struct box a, b, dead;

struct box box_start(uint64_t flags);

/* Its namespaces stay as long as their files are open. */
void box_kill(const struct box *box);

int ns_open(pid_t pid, const char *type);

/* What a process does that does nothing; it ends with its parent. */
int idle(void *data);

int sys_setns(int fd, int flags);

/* 0 to @below - 1; the same in each run. */
long rnd(long below);

/* Ends the program unless @ret is that of a call with this error, or 0. */
void expect(const char *what, int ret, int error);

#endif /* NSHANDLE_SOAK_BOXES_H */
