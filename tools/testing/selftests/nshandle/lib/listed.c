// SPDX-License-Identifier: GPL-2.0
#include "listed.h"
#include "facts_probe.h"

/* Of the initial pid namespace, on each kernel. */
#define INITIAL_PID_INO	0xeffffffcU

/* Headers before 6.18 do not have it. */
#define GET_ID		_IOR(0xb7, 13, __u64)

/* The struct ns_id_req of newer headers. */
struct list_request {
	__u32 size;
	__u32 spare;
	__u64 after;		/* list what has a greater id */
	__u32 types;
	__u32 spare2;
	__u64 owner;		/* of any, if 0 */
};

static long sys_listns(const struct list_request *request, __u64 *ids,
		       size_t nr)
{
	return syscall(NR_LISTNS, request, ids, nr, 0);
}

void skip_without_listns(struct __test_metadata *_metadata)
{
	struct stat st;

	skip_without_containers(_metadata);
	skip_unless_fact(_metadata, LISTNS);
	ASSERT_EQ(0, stat("/proc/self/ns/pid", &st));
	if (st.st_ino != INITIAL_PID_INO)
		skip_test(_metadata, "not in the initial pid namespace");
}

void roll_read(struct __test_metadata *_metadata, struct roll *roll,
	       const struct container *c)
{
	int fd;

	roll->flags = c->flags;
	for (int i = 0; i < NR_TYPES; i++) {
		fd = container_ns(_metadata, c, ns_types[i].name);
		ASSERT_EQ(0, ioctl(fd, GET_ID, &roll->id[i]));
		close(fd);
	}
}

static bool is_listed(struct __test_metadata *_metadata, int type, __u64 id)
{
	struct list_request request = {
		.size = sizeof(request),
		.after = id - 1,
		.types = type,
	};
	__u64 next = 0;
	long nr = sys_listns(&request, &next, 1);

	if (nr < 0)
		ASSERT_EQ(ENOENT, errno);
	return nr == 1 && next == id;
}

int roll_listed(struct __test_metadata *_metadata, const struct roll *roll)
{
	int listed = 0;

	for (int i = 0; i < NR_TYPES; i++)
		if ((roll->flags & ns_types[i].flag) &&
		    is_listed(_metadata, ns_types[i].flag, roll->id[i]))
			listed |= ns_types[i].flag;
	return listed;
}
