// SPDX-License-Identifier: GPL-2.0
#include "perf.h"
#include "picture.h"
#include "types.h"

struct perf_namespaces {
	struct perf_event_header header;
	__u32 pid, tid;
	__u64 nr;
	struct perf_ns_link_info link[NR_NAMESPACES];
};

struct perf_event_mmap_page *perf_open(struct __test_metadata *_metadata)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.namespaces = 1,
	};
	int fd = syscall(__NR_perf_event_open, &attr, 0, -1, -1,
			 PERF_FLAG_FD_CLOEXEC);
	void *map;

	ASSERT_LE(0, fd) {
		TH_LOG("perf_event_open: %s", strerror(errno));
	}
	/* The buffer is one page, behind the one that describes it. */
	map = mmap(NULL, 2 * sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE,
		   MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	close(fd);
	return map;
}

/* Each namespace of the record is one that the caller is in now. */
static void perf_check(struct __test_metadata *_metadata,
		       const struct perf_namespaces *record)
{
	static const int links[] = {
		[NET_NS_INDEX] = LINK_NET,	 [UTS_NS_INDEX] = LINK_UTS,
		[IPC_NS_INDEX] = LINK_IPC,	 [PID_NS_INDEX] = LINK_PID,
		[USER_NS_INDEX] = LINK_USER,	 [MNT_NS_INDEX] = LINK_MNT,
		[CGROUP_NS_INDEX] = LINK_CGROUP,
	};
	struct state now;

	state_read(_metadata, &now);
	ASSERT_LE(ARRAY_LEN(links), record->nr);
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		EXPECT_EQ(now.link[links[i]].ino, record->link[i].ino) {
			TH_LOG("%s", moved_names[links[i]]);
		}
	}
	state_close(&now);
}

int perf_read(struct __test_metadata *_metadata,
	      struct perf_event_mmap_page *map)
{
	const char *data = (const char *)map + map->data_offset;
	__u64 head = __atomic_load_n(&map->data_head, __ATOMIC_ACQUIRE);
	const struct perf_namespaces *record;
	int nr = 0;

	while (map->data_tail < head) {
		record = (const void *)(data + map->data_tail);
		ASSERT_EQ((__u32)PERF_RECORD_NAMESPACES, record->header.type);
		perf_check(_metadata, record);
		map->data_tail += record->header.size;
		nr++;
	}
	return nr;
}
