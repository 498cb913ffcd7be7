// SPDX-License-Identifier: GPL-2.0
#include "trace.h"
#include "chain.h"

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
