// SPDX-License-Identifier: GPL-2.0
#include "types.h"

const char *const moved_names[NR_MOVED] = {
	"cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time",
	"time_for_children", "user", "uts", "root", "cwd", "uid", "gid",
	"capabilities", "securebits", "dumpable", "pdeath_signal", "undo list",
};

const struct ns_kind ns_types[NR_TYPES] = {
	{ "user", CLONE_NEWUSER, MOVED_USER | MOVED_CAPS | MOVED_SECUREBITS },
	{ "mnt", CLONE_NEWNS, MOVED_MNT | MOVED_ROOT | MOVED_CWD },
	{ "uts", CLONE_NEWUTS, MOVED_UTS },
	{ "ipc", CLONE_NEWIPC, MOVED_IPC | MOVED_UNDO },
	{ "pid", CLONE_NEWPID, MOVED_PID_FOR_CHILDREN },
	{ "cgroup", CLONE_NEWCGROUP, MOVED_CGROUP },
	{ "net", CLONE_NEWNET, MOVED_NET },
	{ "time", CLONE_NEWTIME, MOVED_TIME | MOVED_TIME_FOR_CHILDREN },
};

int mask_flags(unsigned int bits)
{
	int flags = 0;

	for (int i = 0; i < NR_TYPES; i++)
		if (bits & BIT(i))
			flags |= ns_types[i].flag;
	return flags;
}

unsigned int moved_by(int flags)
{
	unsigned int moved = 0;

	for (int i = 0; i < NR_TYPES; i++)
		if (flags & ns_types[i].flag)
			moved |= ns_types[i].moved;
	return moved;
}
