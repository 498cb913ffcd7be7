// SPDX-License-Identifier: GPL-2.0
/* procfs_of PID FILE: print FILE of a procfs of the process's pid namespace */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <unistd.h>
#ifndef PIDFD_GET_PID_NAMESPACE		/* of <linux/pidfd.h> */
#define PIDFD_GET_PID_NAMESPACE _IO(0xFF, 5)
#endif

int main(int argc, char **argv)
{
	int ns = ioctl(pidfd_open(argc == 3 ? atoi(argv[1]) : 0, 0), PIDFD_GET_PID_NAMESPACE, 0);
	int fs = fsopen("proc", FSOPEN_CLOEXEC), file;
	char text[4096] = "";

	if (fsconfig(fs, FSCONFIG_SET_FD, "pidns", NULL, ns) < 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		errx(1, "cannot mount: %.*s", (int)read(fs, text, sizeof(text)) - 1, text);
	file = openat(fsmount(fs, FSMOUNT_CLOEXEC, 0), argv[2], O_RDONLY | O_CLOEXEC);
	if (file < 0 || read(file, text, sizeof(text) - 1) < 0)
		err(1, "%s", argv[2]);
	return fputs(text, stdout) < 0;
}
