// SPDX-License-Identifier: GPL-2.0
/* procfs_whose DIRECTORY: which pid namespace does this procfs show? */
#include <err.h>
#include <fcntl.h>
#include <linux/nshandle.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	int proc = open(argc == 2 ? argv[1] : "", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ns = ioctl(proc, PROCFS_GET_PID_NAMESPACE, 0);
	struct stat st;

	if (ns < 0 || fstat(ns, &st) < 0)
		err(1, "no procfs");
	printf("pid:[%lu]\n", (unsigned long)st.st_ino);
	return 0;
}
