// SPDX-License-Identifier: GPL-2.0
/* receive_set SOCKET COMMAND [ARGUMENT...]: receive a set, run the command there */
#define _GNU_SOURCE
#include <err.h>
#include <linux/nshandle.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un me = { .sun_family = AF_UNIX };
	union { struct cmsghdr h; char room[CMSG_SPACE(sizeof(int))]; } c;
	struct iovec byte = { &(char){ 0 }, 1 };
	struct msghdr m = { NULL, 0, &byte, 1, &c, sizeof(c), 0 };
	int sock = socket(AF_UNIX, SOCK_DGRAM, 0), set;

	snprintf(me.sun_path, sizeof(me.sun_path), "%s", argc > 2 ? argv[1] : "");
	if (bind(sock, (struct sockaddr *)&me, sizeof(me)) < 0 ||
	    recvmsg(sock, &m, MSG_CMSG_CLOEXEC) < 0 || !m.msg_controllen)
		err(1, "no set on %s", me.sun_path);
	memcpy(&set, CMSG_DATA(&c.h), sizeof(set));
	if (setns(set, SETNS_ALL & ~CLONE_NEWPID) < 0)	/* all or nothing */
		err(1, "cannot join");
	return execvp(argv[2], argv + 2);
}
