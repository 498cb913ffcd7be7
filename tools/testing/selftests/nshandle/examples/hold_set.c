// SPDX-License-Identifier: GPL-2.0
/* hold_set PID COMMAND [ARGUMENT...]: run it there when the process has ended */
#define _GNU_SOURCE
#include <err.h>
#include <linux/nshandle.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct nsset_args args = { .size = sizeof(args) };
	struct nsset_info info = { .size = sizeof(info) };
	int pidfd = pidfd_open(argc > 2 ? atoi(argv[1]) : 0, 0);
	int set = ioctl(pidfd, PIDFD_GET_NSSET, &args);

	if (set < 0 || ioctl(set, NSSET_GET_INFO, &info) < 0)
		err(1, "cannot take the set");
	dprintf(1, "mnt:[%llu] uts:[%llu]\n", info.ino[1], info.ino[2]);
	if (poll(&(struct pollfd){ pidfd, POLLIN, 0 }, 1, -1) < 0 ||
	    setns(set, SETNS_ALL & ~CLONE_NEWPID) < 0)
		err(1, "cannot join");
	execvp(argv[2], argv + 2);
	err(127, "%s", argv[2]);
}
