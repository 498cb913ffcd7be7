// SPDX-License-Identifier: GPL-2.0
/* exec_threaded PID COMMAND [ARGUMENT...]: run it there, from a program with threads */
#define _GNU_SOURCE
#include <err.h>
#include <linux/nshandle.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

static void *other(void *arg)
{
	return pause() ? arg : NULL;
}

int main(int argc, char **argv)
{
	int pidfd = pidfd_open(argc > 2 ? atoi(argv[1]) : 0, 0), status;

	if (pidfd < 0 || pthread_create(&(pthread_t){ 0 }, NULL, other, NULL))
		err(1, "cannot begin");
	if (vfork() == 0) {	/* a process with one thread, in our memory */
		if (setns(pidfd, SETNS_ALL & ~CLONE_NEWTIME) == 0 && vfork() == 0)
			execvp(argv[2], argv + 2);	/* in the pid namespace, too */
		_exit(wait(&status) > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 126);
	}
	return wait(&status) > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
