/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel has in its slabs, before and after many calls that should
 * leave nothing there.
 */
#ifndef NSHANDLE_LIB_SLABS_H
#define NSHANDLE_LIB_SLABS_H

#include <linux/membarrier.h>

#include "test.h"

/* From so many objects more it is no coincidence. */
#define GROWN	32

#define NR_SLABS 21

/*
 * What these calls make. Those by size stop at 64: a slab of smaller ones holds
 * so many that one at which a CPU is at work, which counts as full, is more
 * than what is looked for. (And a write to sysfs makes such ones itself.)
 */
extern const char *const slabs[NR_SLABS];

/*
 * The two files of each in sysfs, -1 if it has none. They stay open: to open
 * one makes an object that lives on for seconds after the close.
 */
struct slab_files {
	int shrink[NR_SLABS], objects[NR_SLABS];
	int before[NR_SLABS];
};

void slabs_open(struct __test_metadata *_metadata, struct slab_files *s);

void slabs_close(const struct slab_files *s);

/* The least of several, since what is about to be freed would hide a leak. */
void slabs_begin(struct __test_metadata *_metadata, struct slab_files *s);

/* One that has grown too much for coincidence, and by how much; or -1. */
int slabs_grown(struct __test_metadata *_metadata, const struct slab_files *s,
		int *by);

#endif /* NSHANDLE_LIB_SLABS_H */
