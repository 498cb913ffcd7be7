// SPDX-License-Identifier: GPL-2.0
#include "handle.h"

const int link_flags[NR_LINKS] = {
	[LINK_CGROUP] = CLONE_NEWCGROUP,
	[LINK_IPC] = CLONE_NEWIPC,
	[LINK_MNT] = CLONE_NEWNS,
	[LINK_NET] = CLONE_NEWNET,
	[LINK_PID] = CLONE_NEWPID,
	[LINK_PID_FOR_CHILDREN] = CLONE_NEWPID,
	[LINK_TIME] = CLONE_NEWTIME,
	[LINK_TIME_FOR_CHILDREN] = CLONE_NEWTIME,
	[LINK_USER] = CLONE_NEWUSER,
	[LINK_UTS] = CLONE_NEWUTS,
};

int pidfd_get(int pidfd, int link)
{
	return ioctl(pidfd, PIDFD_GET(link), 0);
}

void expect_same_file(struct __test_metadata *_metadata, const struct stat *st,
		      int fd)
{
	struct stat now;

	ASSERT_EQ(0, fstat(fd, &now));
	EXPECT_EQ(st->st_dev, now.st_dev);
	EXPECT_EQ(st->st_ino, now.st_ino);
}

int get_ioctl(int fd, unsigned int cmd, void *arg)
{
	int got = ioctl(fd, cmd, arg);

	return got < 0 ? errno : close(got);
}
