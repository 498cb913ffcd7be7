// SPDX-License-Identifier: GPL-2.0
#include "step.h"

#include <linux/capability.h>

const char *const link_names[NR_LINKS] = {
	"user", "mnt", "uts", "ipc", "pid", "cgroup", "net", "time",
	"pid_for_children", "time_for_children",
};

const unsigned int type_flags[NR_TYPES] = {
	CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC,
	CLONE_NEWPID, CLONE_NEWCGROUP, CLONE_NEWNET, CLONE_NEWTIME,
};

const struct dir dirs[NR_DIRS] = {
	[D_TOP] = { "", D_TOP, 0755 },
	[D_JAIL] = { "jail", D_TOP, 0755 },
	[D_CELL] = { "cell", D_JAIL, 0755 },
	[D_SHUT] = { "shut", D_TOP, 0700 },
	[D_SHUT_CELL] = { "cell", D_SHUT, 0755 },
};

const char *const paths[NR_PATHS] = {
	"/", ".", "/jail", "/cell", "/jail/cell", [PATH_SHUT] = "/shut",
	"/shut/cell",
};

const char *const kind_names[NR_KINDS] = {
	"process", "fs", "vm", "thread"
};

const unsigned long kind_flags[NR_KINDS] = {
	[KIND_FS] = CLONE_FS,
	[KIND_VM] = CLONE_VM,
	[KIND_THREAD] = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			CLONE_THREAD,
};

const char *const bad_names[NR_BAD] = { "closed", "o_path", "dir", "socket" };

const struct capname cap_names[NR_CAPS] = {
	{ "sys_admin", BIT(CAP_SYS_ADMIN) },
	{ "sys_chroot", BIT(CAP_SYS_CHROOT) },
	{ "sys_ptrace", BIT(CAP_SYS_PTRACE) },
	{ "setuid", BIT(CAP_SETUID) },
	{ "checkpoint_restore", BIT(CAP_CHECKPOINT_RESTORE) },
	{ "dac_override", BIT(CAP_DAC_OVERRIDE) },
	[CAPS_DAC] = { "dac", BIT(CAP_DAC_OVERRIDE) |
			      BIT(CAP_DAC_READ_SEARCH) },
	[CAPS_ALL] = { "all", EVERY_CAP },
};

const char *const cap_levels[NR_CAP_LEVELS] = { "lost", "asleep", "awake" };

/*
 * t a task, s a slot for a new one; n, d and x descriptors that are kept, of a
 * namespace, a directory and a set; m, e and y the same where one is put;
 * f flags, k kind, l link, p path, c capability, v its level, b what is no
 * handle, i a number, V a vector.
 */
const struct op_desc ops[NR_OPS] = {
	[OP_FORK] = { "fork", "tks" },
	[OP_FAULT] = { "fork_fault", "t" },
	[OP_EXIT] = { "exit", "t" },
	[OP_REAP] = { "reap", "tt" },
	[OP_UNSHARE] = { "unshare", "tf" },
	[OP_SETNS] = { "setns", "ttf" },
	[OP_JOIN] = { "join", "tnf" },
	[OP_BAD] = { "setns_of", "tbf" },
	[OP_CAP] = { "cap", "tcv" },
	[OP_UID] = { "setresuid", "tiii" },
	[OP_DUMPABLE] = { "dumpable", "ti" },
	[OP_CHDIR] = { "chdir", "tp" },
	[OP_CHROOT] = { "chroot", "tp" },
	[OP_HOLD] = { "hold", "te" },
	[OP_FCHDIR] = { "fchdir", "td" },
	[OP_OPEN] = { "open", "ttlm" },
	[OP_PROCFS] = { "procfs", "tni" },
	[OP_VECSET] = { "set_pids", "tnV" },
	[OP_VECGET] = { "get_pids", "tnV" },
	[OP_SET] = { "make_set", "ttfy" },
	[OP_JOIN_SET] = { "setns_set", "txf" },
	[OP_MEMBER] = { "set_member", "txlm" },
	[OP_CLOSE] = { "close_set", "tx" },
};
