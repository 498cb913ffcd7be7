// SPDX-License-Identifier: GPL-2.0
/* Instances of procfs with pidns=, most of them mounted, and asked. */
#include "soak.h"
#include "boxes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/nshandle.h>

static int sys_fsconfig(int fc, unsigned int cmd, const char *key,
			const void *value, int aux)
{
	return syscall(__NR_fsconfig, fc, cmd, key, value, aux);
}

static void set_pidns(int fc, int ns)
{
	char path[32];

	if (!rnd(8))
		expect("pidns=, a uts namespace",
		       sys_fsconfig(fc, FSCONFIG_SET_FD, "pidns", NULL,
				    a.ns[2]), EINVAL);
	if (rnd(2)) {
		expect("pidns=, file",
		       sys_fsconfig(fc, FSCONFIG_SET_FD, "pidns", NULL, ns), 0);
		return;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ns);
	expect("pidns=, path",
	       sys_fsconfig(fc, FSCONFIG_SET_STRING, "pidns", path, 0), 0);
}

/* What nobody mounts is freed with its context. */
static void mount_once(int ns)
{
	int fc = syscall(__NR_fsopen, "proc", FSOPEN_CLOEXEC), mnt, dir, asked;

	expect("fsopen", fc, 0);
	set_pidns(fc, ns);
	expect("create",
	       sys_fsconfig(fc, FSCONFIG_CMD_CREATE, NULL, NULL, 0), 0);
	if (rnd(16)) {
		mnt = syscall(__NR_fsmount, fc, FSMOUNT_CLOEXEC, 0);
		expect("fsmount", mnt, 0);
		dir = openat(mnt, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		expect("open", dir, 0);
		asked = ioctl(dir, PROCFS_GET_PID_NAMESPACE, 0);
		expect("PROCFS_GET_PID_NAMESPACE", asked, 0);
		close(asked);
		close(dir);
		close(mnt);
	}
	close(fc);
}

void soak_mounts(long from, long to)
{
	const int ns[] = { a.ns[PID_TYPE], b.ns[PID_TYPE], dead.ns[PID_TYPE] };

	for (long i = from; i < to; i++)
		mount_once(ns[i % 3]);
}
