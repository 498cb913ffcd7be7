// SPDX-License-Identifier: GPL-2.0
/*
 * The tracepoints nsset_check and nsset_commit say what setns(2) has checked and
 * joined.
 *
 * Each test has an instance of the trace buffer for itself, which takes the
 * events of the one child that calls setns(2).
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/jail.h"
#include "../lib/picture.h"
#include "../lib/trace.h"
#include "../lib/types.h"

/* ----- The layout of the events is ABI: programs read the raw buffer. */

#define CHECK_FIELDS \
	"pid_t target;unsigned int type;unsigned int ns;int error;"
#define COMMIT_FIELDS \
	"pid_t target;unsigned int flags;unsigned int joined;"

FIXTURE(format)
{
	struct trace tr;
};

FIXTURE_SETUP(format)
{
	SKIP_WITHOUT_FLAGS();
	jail_make(_metadata);
	trace_open(_metadata, &self->tr);
}

FIXTURE_TEARDOWN(format)
{
	trace_close(_metadata, &self->tr);
}

/* The fields of an event, without those that all events have. */
static void fields_of(struct __test_metadata *_metadata,
		      const struct trace *tr, const char *event, char *buf,
		      size_t size)
{
	char path[128], line[512], decl[128];
	size_t len = 0;
	FILE *f;
	int fd;

	snprintf(path, sizeof(path), "events/nsset/%s/format", event);
	fd = openat(tr->dir, path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	f = fdopen(fd, "r");
	ASSERT_NE(NULL, f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " field:%127[^;]", decl) != 1 ||
		    strstr(decl, " common_"))
			continue;
		len += snprintf(buf + len, size - len, "%s;", decl);
		ASSERT_GT(size, len);
	}
	fclose(f);
}

TEST_F(format, fields)
{
	char fields[512] = "";

	fields_of(_metadata, &self->tr, "nsset_check", fields,
		  sizeof(fields));
	EXPECT_STREQ(CHECK_FIELDS, fields);
	fields_of(_metadata, &self->tr, "nsset_commit", fields,
		  sizeof(fields));
	EXPECT_STREQ(COMMIT_FIELDS, fields);
}

/* ----- The events of a call. */

FIXTURE(trace)
{
	struct container c;
	struct trace tr;
	struct state target;
};

FIXTURE_VARIANT(trace)
{
	__u64 container;
	int flags;
	const char *first;	/* the events of a call */
	const char *second;	/* the events of the same call once more */
	int second_err;
};

#define REST_ON " uts:0 ipc:0 pid:0 cgroup:0 net:0 time:0"
#define ALL_CHECKS "process:0 user:0 mnt:0" REST_ON
#define ALL_CHECKS_ROOT "process:0 user:0 mnt:0 root:0" REST_ON
#define REST_TYPES "mnt|uts|ipc|pid|cgroup|net|time"
#define ALL_TYPES "user|" REST_TYPES

/* clang-format off */
FIXTURE_VARIANT_ADD(trace, all) {
	/* clang-format on */
	.container = ALL_NS,
	.flags = ALL_NS,
	.first = ALL_CHECKS COMMIT(ALL_TYPES, ALL_TYPES),
	.second = "process:0 user:-22",
	.second_err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(trace, root_and_for_children) {
	/* clang-format on */
	.container = ALL_NS,
	.flags = ALL_NS | SETNS_ROOT | SETNS_FOR_CHILDREN,
	.first = ALL_CHECKS_ROOT COMMIT(ALL_TYPES "|for_children|root",
				       ALL_TYPES "|root"),
	.second = "process:0 user:-22",
	.second_err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(trace, dry_run) {
	/* clang-format on */
	.container = ALL_NS,
	.flags = ALL_NS | SETNS_ROOT | SETNS_DRY_RUN,
	.first = ALL_CHECKS_ROOT,
	.second = ALL_CHECKS_ROOT,
};

/* Only the types that the caller is not in are checked, and joined. */
/* clang-format off */
FIXTURE_VARIANT_ADD(trace, skip_joined) {
	/* clang-format on */
	.container = BUT_NS(CLONE_NEWUSER),
	.flags = ALL_NS | SETNS_SKIP_JOINED,
	.first = "process:0 mnt:0" REST_ON
		 COMMIT(ALL_TYPES "|skip_joined", REST_TYPES),
	.second = "process:0",
};

/* The caller is in all of them: nothing is joined, so there is no commit. */
/* clang-format off */
FIXTURE_VARIANT_ADD(trace, skip_joined_all) {
	/* clang-format on */
	.flags = ALL_NS | SETNS_SKIP_JOINED,
	.first = "process:0",
	.second = "process:0",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(trace, skip_joined_root) {
	/* clang-format on */
	.container = CLONE_NEWUTS,
	.flags = ALL_NS | SETNS_SKIP_JOINED | SETNS_ROOT,
	.first = "process:0 root:0 uts:0"
		 COMMIT(ALL_TYPES "|skip_joined|root", "uts|root"),
	.second = "process:0 root:0"
		  COMMIT(ALL_TYPES "|skip_joined|root", "root"),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(trace, skip_joined_dry_run) {
	/* clang-format on */
	.container = CLONE_NEWUTS,
	.flags = ALL_NS | SETNS_SKIP_JOINED | SETNS_DRY_RUN,
	.first = "process:0 uts:0",
	.second = "process:0 uts:0",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(trace, one) {
	/* clang-format on */
	.container = CLONE_NEWUTS,
	.flags = CLONE_NEWUTS,
	.first = "process:0 uts:0" COMMIT("uts", "uts"),
	.second = "process:0 uts:0" COMMIT("uts", "uts"),
};

FIXTURE_SETUP(trace)
{
	SKIP_WITHOUT_FLAGS();
	jail_make(_metadata);
	trace_open(_metadata, &self->tr);
	self->c.flags = variant->container;
	container_start(_metadata, &self->c);
	state_read_task(_metadata, self->c.proc, ".", &self->target);
}

FIXTURE_TEARDOWN(trace)
{
	container_stop(_metadata, &self->c);
	trace_close(_metadata, &self->tr);
}

TEST_F(trace, twice)
{
	IN_CHILD {
		trace_me(_metadata, &self->tr);
		EXPECT_EQ(0, try_setns(self->c.pidfd, variant->flags));
	}
	EXPECT_TRACE(&self->tr, self->c.pid, variant->first);
	IN_CHILD {
		ASSERT_EQ(0, try_setns(self->c.pidfd, variant->flags));
		trace_me(_metadata, &self->tr);
		EXPECT_EQ(variant->second_err,
			  try_setns(self->c.pidfd, variant->flags));
	}
	EXPECT_TRACE(&self->tr, self->c.pid, variant->second);
}

/* The link in /proc/PID/ns of the namespace that a check of @type names. */
static int link_of(const char *type, int flags)
{
	if (!strcmp(type, "root"))
		return LINK_MNT;
	for (int i = 0; i < NR_LINKS; i++)
		if (!strcmp(type, moved_names[i]))
			return link_source(i, flags);
	return -1;
}

/* A check names the namespace by the inode number of its link. */
TEST_F(trace, inodes)
{
	struct event events[MAX_EVENTS];
	int nr;

	IN_CHILD {
		trace_me(_metadata, &self->tr);
		EXPECT_EQ(0, try_setns(self->c.pidfd, variant->flags));
	}
	nr = trace_read(_metadata, &self->tr, events);
	for (int i = 0; i < nr && !events[i].commit; i++) {
		int link = link_of(events[i].type, variant->flags);

		EXPECT_EQ(link < 0 ? 0 : self->target.link[link].ino,
			  events[i].ns) {
			TH_LOG("type %s", events[i].type);
		}
	}
}

TEST_HARNESS_MAIN
