// SPDX-License-Identifier: GPL-2.0
/*
 * systemd's protocol for descriptors that a program inherits: sd_listen_fds(3)
 * describes it. They are numbered from 3, and three variables announce them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "nshandle.h"

static void forget_all(void)
{
	/* The last one is of newer versions of systemd, which alone can set it. */
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	unsetenv("LISTEN_PIDFDID");
}

/*
 * Announce LISTEN_FIRST, and no other descriptor, to the program that this
 * process becomes by execve(2). False: no memory.
 */
bool listen_announce(const char *name)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	forget_all();
	return !setenv("LISTEN_PID", pid, 1) && !setenv("LISTEN_FDS", "1", 1) &&
	       !setenv("LISTEN_FDNAMES", name, 1);
}

/*
 * COMMAND will not inherit @fd. If @fd is one of those announced, announce none:
 * the protocol allows no gap, and LISTEN_PID may be the process id of COMMAND.
 */
void listen_forget(int fd)
{
	const char *count = getenv("LISTEN_FDS");
	int number;

	if (count && parse_number(count, 1, &number) && fd >= LISTEN_FIRST &&
	    fd - LISTEN_FIRST < number)
		forget_all();
}
