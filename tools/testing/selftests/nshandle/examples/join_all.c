// SPDX-License-Identifier: GPL-2.0
/* join_all PID COMMAND [ARGUMENT...]: be where the process is, in every respect */
#define _GNU_SOURCE
#include <err.h>
#include <linux/nshandle.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int pidfd = pidfd_open(argc > 2 ? atoi(argv[1]) : 0, 0), status;
	pid_t child;

	if (pidfd < 0)
		err(1, "no such process");
	if (setns(pidfd, SETNS_ALL | SETNS_ROOT) < 0)
		err(1, "cannot join");		/* and nothing has changed */
	child = fork();				/* into the pid namespace, too */
	if (child == 0) {
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		err(1, "cannot fork");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
