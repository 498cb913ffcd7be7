// SPDX-License-Identifier: GPL-2.0
/* restore_pids /proc/PID/ns/pid 100 2000 COMMAND [ARGUMENT...]: as 100 there, 2000 here */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/nshandle.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int ns = open(argc > 4 ? argv[1] : "", O_RDONLY | O_CLOEXEC);
	int inner = argc > 4 ? atoi(argv[2]) : 0;
	int outer = argc > 4 ? atoi(argv[3]) : 0;
	struct { int nr, pid[2]; } last = { 2, { inner - 1, outer - 1 } };
	int child, status;

	if (ioctl(ns, NS_SET_LAST_PID_VEC, &last) || setns(ns, 0))
		err(1, "cannot set the last pids");
	child = fork();
	if (child == 0 && getpid() == inner)
		err(execvp(argv[4], argv + 4), "%s", argv[4]);
	if (child != outer)
		errx(1, "not these pids: try again");
	return waitpid(child, &status, 0) < 0 || status;
}
