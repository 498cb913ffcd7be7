// SPDX-License-Identifier: GPL-2.0
#include "trace.h"
#include "chain.h"
#include "picture.h"
#include "types.h"

#define TRACEFS "/tmp/trace"

static void trace_write(struct __test_metadata *_metadata,
			const struct trace *tr, const char *file,
			const char *text)
{
	write_at(_metadata, tr->dir, file, text);
}

void trace_open(struct __test_metadata *_metadata, struct trace *tr)
{
	if (!in_init_pidns())
		skip_test(_metadata, "not in the initial pid namespace");
	ASSERT_EQ(0, mkdir(TRACEFS, 0700));
	if (mount("tracefs", TRACEFS, "tracefs", 0, NULL)) {
		ASSERT_EQ(ENODEV, errno);
		skip_test(_metadata, "kernel without tracefs");
	}
	snprintf(tr->path, sizeof(tr->path), TRACEFS "/instances/nshandle-%d",
		 getpid());
	ASSERT_EQ(0, mkdir(tr->path, 0700));
	tr->dir = open(tr->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, tr->dir);
}

void trace_close(struct __test_metadata *_metadata, struct trace *tr)
{
	if (!tr->path[0])
		return;
	trace_write(_metadata, tr, "events/nsset/enable", "0");
	close(tr->dir);
	EXPECT_EQ(0, rmdir(tr->path)) {
		TH_LOG("rmdir: %s", strerror(errno));
	}
}

void trace_me(struct __test_metadata *_metadata, const struct trace *tr)
{
	char filter[64];

	snprintf(filter, sizeof(filter), "common_pid == %d", getpid());
	trace_write(_metadata, tr, "events/nsset/filter", filter);
	trace_write(_metadata, tr, "events/nsset/enable", "1");
}

/* "flags=a|b joined=": either may be empty. */
static bool event_parse_commit(const char *p, struct event *e)
{
	size_t n;

	if (sscanf(p, "target=%d", &e->target) != 1)
		return false;
	p = strstr(p, " flags=");
	if (!p)
		return false;
	p += strlen(" flags=");
	n = strcspn(p, " ");
	snprintf(e->flags, sizeof(e->flags), "%.*s", (int)n, p);
	p += n;
	if (strncmp(p, " joined=", strlen(" joined=")))
		return false;
	p += strlen(" joined=");
	n = strcspn(p, "\n");
	snprintf(e->joined, sizeof(e->joined), "%.*s", (int)n, p);
	return true;
}

static bool event_parse_check(const char *p, struct event *e)
{
	return sscanf(p, "target=%d type=%15s ns=%u error=%d", &e->target,
		      e->type, &e->ns, &e->error) == 4;
}

static bool event_parse(struct __test_metadata *_metadata, const char *line,
			struct event *e)
{
	const char *check = strstr(line, " nsset_check: ");
	const char *commit = strstr(line, " nsset_commit: ");

	memset(e, 0, sizeof(*e));
	if (check)
		ASSERT_TRUE(event_parse_check(strchr(check, ':') + 2, e)) {
			TH_LOG("%s", line);
		}
	if (commit) {
		e->commit = true;
		ASSERT_TRUE(event_parse_commit(strchr(commit, ':') + 2, e)) {
			TH_LOG("%s", line);
		}
	}
	return check || commit;
}

int trace_read(struct __test_metadata *_metadata, const struct trace *tr,
	       struct event *events)
{
	char line[512];
	int nr = 0, fd;
	FILE *f;

	fd = openat(tr->dir, "trace", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	f = fdopen(fd, "r");
	ASSERT_NE(NULL, f);
	while (fgets(line, sizeof(line), f)) {
		ASSERT_GT(MAX_EVENTS, nr);
		if (line[0] != '#' &&
		    event_parse(_metadata, line, &events[nr]))
			nr++;
	}
	fclose(f);
	fd = openat(tr->dir, "trace", O_WRONLY | O_TRUNC | O_CLOEXEC);
	ASSERT_LE(0, fd);
	close(fd);
	return nr;
}

void trace_text(struct __test_metadata *_metadata, const struct trace *tr,
		int target, char *buf, size_t size)
{
	struct event events[MAX_EVENTS];
	int nr = trace_read(_metadata, tr, events);
	size_t len = 0;

	buf[0] = '\0';
	for (int i = 0; i < nr; i++) {
		const struct event *e = &events[i];

		EXPECT_EQ(target, e->target);
		if (e->commit)
			len += snprintf(buf + len, size - len, "%scommit:%s/%s",
					i ? " " : "", e->flags, e->joined);
		else
			len += snprintf(buf + len, size - len, "%s%s:%d",
					i ? " " : "", e->type, e->error);
		ASSERT_GT(size, len);
	}
}

struct perf_namespaces {
	struct perf_event_header header;
	__u32 pid, tid;
	__u64 nr;
	struct perf_ns_link_info link[NR_NAMESPACES];
};

struct perf_event_mmap_page * perf_open(struct __test_metadata *_metadata)
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
