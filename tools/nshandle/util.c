// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "nshandle.h"

/* The same numbers on every architecture but alpha, which has headers. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal	424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open		434
#endif

int try_help(const char *command)
{
	fprintf(stderr, "Try 'nshandle %s%s--help'.\n",
		command ? command : "", command ? " " : "");
	return EXIT_USAGE;
}

/* Help that could not be written, to a full disk say, was not shown. */
int show(const char *text)
{
	if (fputs(text, stdout) == EOF || fflush(stdout) == EOF)
		return complain(EXIT_FAILED, "cannot write: %s",
				strerror(errno));
	return EXIT_SUCCESS;
}

bool parse_pid(const char *text, pid_t *pid)
{
	char *end;
	long value;

	/* strtol() would also take blanks and signs. */
	if (!isdigit((unsigned char)text[0]))
		return false;

	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || *end || value <= 0 || value > INT_MAX)
		return false;
	*pid = value;
	return true;
}

bool kernel_older_than(int major, int minor)
{
	struct utsname name;
	int has_major, has_minor;

	if (uname(&name) ||
	    sscanf(name.release, "%d.%d", &has_major, &has_minor) != 2)
		return false;
	return has_major < major ||
	       (has_major == major && has_minor < minor);
}

int sys_pidfd_open(pid_t pid)
{
	return syscall(SYS_pidfd_open, pid, 0);
}

/* True once all threads are gone, whether or not the parent has waited. */
bool pidfd_exited(int pidfd)
{
	struct pollfd poll_for = { .fd = pidfd, .events = POLLIN };

	return poll(&poll_for, 1, 0) == 1 && (poll_for.revents & POLLIN);
}

bool pidfd_reaped(int pidfd)
{
	return syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) &&
	       errno == ESRCH;
}
