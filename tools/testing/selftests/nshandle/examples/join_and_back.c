// SPDX-License-Identifier: GPL-2.0
/* join_and_back PID COMMAND: run the shell command there, come back, run it here */
#define _GNU_SOURCE
#include <err.h>
#include <linux/nshandle.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct nsset_args args = {
		.size = sizeof(args),
		.flags = SETNS_ROOT,		/* root and working directory, too */
		.types = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWNET,
	};
	int pidfd = pidfd_open(argc == 3 ? atoi(argv[1]) : 0, 0);
	int home = ioctl(pidfd_open(getpid(), 0), PIDFD_GET_NSSET, &args);

	if (pidfd < 0 || home < 0)
		err(1, "cannot open");
	if (setns(pidfd, args.types) < 0 || system(argv[2]) < 0)
		err(1, "cannot join");
	if (setns(home, args.types | SETNS_ROOT) < 0)
		err(1, "cannot come back");
	return system(argv[2]) != 0;
}
