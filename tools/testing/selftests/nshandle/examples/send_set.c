// SPDX-License-Identifier: GPL-2.0
/* send_set PID SOCKET: take a set of the process's namespaces, and send it */
#include <err.h>
#include <linux/nshandle.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(int argc, char **argv)
{
	struct nsset_args args = { .size = sizeof(args) };	/* every type */
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	union { struct cmsghdr h; char room[CMSG_SPACE(sizeof(int))]; } c;
	struct msghdr m = { &to, sizeof(to), &(struct iovec){ "", 1 }, 1, &c, sizeof(c), 0 };
	int set = ioctl(pidfd_open(argc == 3 ? atoi(argv[1]) : 0, 0), PIDFD_GET_NSSET, &args);

	if (set < 0)
		err(1, "cannot take the set");
	snprintf(to.sun_path, sizeof(to.sun_path), "%s", argv[2]);
	c.h = (struct cmsghdr){ CMSG_LEN(sizeof(set)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(&c.h), &set, sizeof(set));
	if (sendmsg(socket(AF_UNIX, SOCK_DGRAM, 0), &m, 0) < 0)
		err(1, "cannot send it");
	return 0;	/* the set is in the receiver's queue now */
}
