/* SPDX-License-Identifier: GPL-2.0 */
/* What is soaked: each makes the calls number @from to @to. */
#ifndef NSHANDLE_SOAK_SOAK_H
#define NSHANDLE_SOAK_SOAK_H

void soak_joins(long from, long to);
void soak_mounts(long from, long to);
void soak_vectors(long from, long to);

/* Makes the pid namespace that soak_vectors() is about. */
void vectors_start(void);

#endif /* NSHANDLE_SOAK_SOAK_H */
