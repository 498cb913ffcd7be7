/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The number of objects in the kernel's slabs, before and after many calls that
 * must leave none there.
 *
 * (soak/count.c counts all slabs of the machine, for a million calls and with a
 * slack for each; here are the few that these calls use.)
 */
#ifndef NSHANDLE_LIB_SLABS_H
#define NSHANDLE_LIB_SLABS_H

#include <linux/membarrier.h>

#include "test.h"

/* A growth of this many objects is a leak; less may be coincidence. */
#define GROWN	32

#define NR_SLABS 23

/*
 * The slabs of the objects that these calls make. Those by size begin at 64:
 * the slab that a CPU works on counts as full, and a slab of smaller objects
 * has more of them than the growth that is looked for. (A write to sysfs makes
 * such objects, too.)
 */
extern const char *const slabs[NR_SLABS];

/*
 * The two sysfs files of each slab, -1 if there is none. They stay open,
 * because open(2) makes an object that lives for seconds after the close.
 */
struct slab_files {
	int shrink[NR_SLABS], objects[NR_SLABS];
	int before[NR_SLABS];
};

/*
 * Does each slab have its own objects only? A kernel without slab_nomerge on its
 * command line puts objects of others into it.
 */
#define NO_SLABS "kernel with merged slabs, or none in /sys/kernel/slab"
bool slabs_apart(void);

void slabs_open(struct __test_metadata *_metadata, struct slab_files *s);

void slabs_close(const struct slab_files *s);

/* The lowest of several counts: what is about to be freed would hide a leak. */
void slabs_begin(struct __test_metadata *_metadata, struct slab_files *s);

/* Returns a slab that has grown by GROWN or more, and @by how much; or -1. */
int slabs_grown(struct __test_metadata *_metadata, const struct slab_files *s,
		int *by);

#endif /* NSHANDLE_LIB_SLABS_H */
