// SPDX-License-Identifier: GPL-2.0
#include "types.h"

const struct type types[NR_TYPES] = {
	{ "user", CLONE_NEWUSER }, { "mnt", CLONE_NEWNS },
	{ "uts", CLONE_NEWUTS }, { "ipc", CLONE_NEWIPC },
	{ "pid", CLONE_NEWPID }, { "cgroup", CLONE_NEWCGROUP },
	{ "net", CLONE_NEWNET }, { "time", CLONE_NEWTIME },
};
