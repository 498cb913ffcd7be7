// SPDX-License-Identifier: GPL-2.0
#include "task_stat.h"

struct task_stat task_stat(struct __test_metadata *_metadata, int proc)
{
	int fd = openat(proc, "stat", O_RDONLY | O_CLOEXEC);
	char buf[512], *name_end;
	struct task_stat st;
	int fields;
	ssize_t len;

	ASSERT_LE(0, fd);
	len = read(fd, buf, sizeof(buf) - 1);
	ASSERT_LT(0, len);
	buf[len] = '\0';
	close(fd);
	/* "PID (NAME) STATE ..."; NAME may hold any character. */
	name_end = strrchr(buf, ')');
	ASSERT_NE(NULL, name_end);
	fields = sscanf(name_end, ") %c %*d %*d %*d %*d %*d %u", &st.state,
			&st.flags);
	ASSERT_EQ(2, fields);
	return st;
}
