/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A probe for each fact: asks the kernel, as root, and leaves nothing behind.
 */
#ifndef NSHANDLE_LIB_FACTS_PROBE_H
#define NSHANDLE_LIB_FACTS_PROBE_H

#include "facts.h"

/* Headers before 6.18 do not have it. */
#define NR_LISTNS 470

typedef enum fact_answer fact_probe_fn(struct __test_metadata *_metadata);

fact_probe_fn probe_PIDFD_ARGUMENT_FIRST, probe_PIDFD_ACCESS_BEFORE_ZOMBIE,
	probe_PIDFD_OF_THREADS, probe_PIDFD_CAN_BE_REOPENED,
	probe_FSCONFIG_TAKES_O_PATH, probe_PROCFS_SUBSET_IS_FIXED,
	probe_PROCFS_SUBSET_MAY_BE_COVERED, probe_FSMOUNT_SAYS_TOO_REVEALING,
	probe_NSFS_TRANSLATES_PIDS, probe_LISTNS, probe_I386_CALLERS;

/*
 * One would need a program, one a server of the file system: the tests have them.
 * One would write a file that may be the whole machine's.
 */
#define probe_EXEC_ENTERS_TIMENS NULL
#define probe_P9_ERROR_IS_STALE NULL
#define probe_PID_MAX_OF_NAMESPACE NULL

#endif /* NSHANDLE_LIB_FACTS_PROBE_H */
