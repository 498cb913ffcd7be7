/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What many calls leave behind: objects of each slab, namespaces charged to
 * the caller's user, unreclaimable memory, threads. Slabs need slab_nomerge. A
 * kernel that keeps freed objects for a while (KASAN) shows them as left.
 */
#ifndef NSHANDLE_SOAK_COUNT_H
#define NSHANDLE_SOAK_COUNT_H

/* Takes the last of several counts: counting makes objects, too. */
void count_begin(void);

/*
 * Counts until nothing has grown, for a while: grace periods and work queues
 * delay what is freed. Returns how many counts have grown then.
 */
int count_end(void);

#endif /* NSHANDLE_SOAK_COUNT_H */
