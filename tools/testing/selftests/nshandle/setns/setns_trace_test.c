// SPDX-License-Identifier: GPL-2.0
/*
 * The tracepoints nsset:nsset_check and nsset:nsset_commit: who was asked, in
 * which order, who refused, and what has been joined in the end. And the
 * record of perf that says so.
 *
 * Each test has an instance of the trace buffer for itself, which takes the
 * events of the one child that calls setns(2).
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/jail.h"
#include "../lib/picture.h"
#include "../lib/trace.h"
#include "../lib/types.h"
#include "../lib/world.h"

/* ----- The layout is ABI for whoever reads the raw buffer. */

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

/* The declarations, without those that every event has. */
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

/* ----- What setns(2) tells. */

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
	const char *second;	/* and those of the same once more */
	int second_err;
};

#define REST_ON " uts:0 ipc:0 pid:0 cgroup:0 net:0 time:0"
#define ALL_CHECKS "process:0 user:0 mnt:0" REST_ON
#define ALL_CHECKS_ROOT "process:0 user:0 mnt:0 root:0" REST_ON
#define REST_TYPES "mnt|uts|ipc|pid|cgroup|net|time"
#define ALL_TYPES "user|" REST_TYPES
#define COMMIT(_flags, _joined) " commit:" _flags "/" _joined

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

/* Only what is left is asked, and joined. */
/* clang-format off */
FIXTURE_VARIANT_ADD(trace, skip_joined) {
	/* clang-format on */
	.container = BUT_NS(CLONE_NEWUSER),
	.flags = ALL_NS | SETNS_SKIP_JOINED,
	.first = "process:0 mnt:0" REST_ON
		 COMMIT(ALL_TYPES "|skip_joined", REST_TYPES),
	.second = "process:0",
};

/* Nothing is joined where nothing is left to join, so there is no commit. */
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

/* The link in /proc that an event of @type is about. */
static int link_of(const char *type, int flags)
{
	if (!strcmp(type, "root"))
		return LINK_MNT;
	for (int i = 0; i < NR_LINKS; i++)
		if (!strcmp(type, moved_names[i]))
			return link_source(i, flags);
	return -1;
}

/* The namespace of a check is the inode number of its link. */
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

/*
 * Who refused: for each type a container of which just that one is still the
 * host's, and a caller that is root below. What comes after is not asked.
 */
FIXTURE(refused)
{
	struct container c;
	struct trace tr;
};

#define UP_TO_IPC "process:0 user:0 mnt:0 uts:0 ipc:0"

FIXTURE_VARIANT(refused)
{
	int type;
	const char *events;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, user) {
	.type = CLONE_NEWUSER,
	.events = "process:0 user:-22",
};

FIXTURE_VARIANT_ADD(refused, mnt) {
	.type = CLONE_NEWNS,
	.events = "process:0 user:0 mnt:-1",
};

FIXTURE_VARIANT_ADD(refused, uts) {
	.type = CLONE_NEWUTS,
	.events = "process:0 user:0 mnt:0 uts:-1",
};

FIXTURE_VARIANT_ADD(refused, ipc) {
	.type = CLONE_NEWIPC,
	.events = "process:0 user:0 mnt:0 uts:0 ipc:-1",
};

FIXTURE_VARIANT_ADD(refused, pid) {
	.type = CLONE_NEWPID,
	.events = UP_TO_IPC " pid:-1",
};

FIXTURE_VARIANT_ADD(refused, cgroup) {
	.type = CLONE_NEWCGROUP,
	.events = UP_TO_IPC " pid:0 cgroup:-1",
};

FIXTURE_VARIANT_ADD(refused, net) {
	.type = CLONE_NEWNET,
	.events = UP_TO_IPC " pid:0 cgroup:0 net:-1",
};

FIXTURE_VARIANT_ADD(refused, time) {
	.type = CLONE_NEWTIME,
	.events = UP_TO_IPC " pid:0 cgroup:0 net:0 time:-1",
};

/* clang-format on */

FIXTURE_SETUP(refused)
{
	SKIP_WITHOUT_FLAGS();
	jail_make(_metadata);
	trace_open(_metadata, &self->tr);
	enter_userns(_metadata);
	self->c.flags = BUT_NS(variant->type);
	self->c.map = "0 0 1";
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(refused)
{
	container_stop(_metadata, &self->c);
	trace_close(_metadata, &self->tr);
}

TEST_F(refused, last_event)
{
	int err = variant->type == CLONE_NEWUSER ? EINVAL : EPERM;

	IN_CHILD {
		trace_me(_metadata, &self->tr);
		EXPECT_EQ(err, try_setns(self->c.pidfd, ALL_NS));
	}
	EXPECT_TRACE(&self->tr, self->c.pid, variant->events);
	IN_CHILD {
		trace_me(_metadata, &self->tr);
		EXPECT_EQ(err, try_setns(self->c.pidfd,
					 ALL_NS | SETNS_DRY_RUN));
	}
	EXPECT_TRACE(&self->tr, self->c.pid, variant->events);
}

/* The target as a whole; root and working directory; what is no question. */
FIXTURE(other)
{
	struct container c;
	struct trace tr;
};

FIXTURE_SETUP(other)
{
	SKIP_WITHOUT_FLAGS();
	jail_make(_metadata);
	trace_open(_metadata, &self->tr);
	self->c.flags = BUT_NS(CLONE_NEWUSER);
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(other)
{
	container_stop(_metadata, &self->c);
	trace_close(_metadata, &self->tr);
}

TEST_F(other, not_traceable)
{
	IN_CHILD {
		trace_me(_metadata, &self->tr);
		become(_metadata, 1000);
		EXPECT_EQ(EPERM, try_setns(self->c.pidfd, ALL_NS));
	}
	EXPECT_TRACE(&self->tr, self->c.pid, "process:-1");
}

TEST_F(other, zombie_and_reaped)
{
	pid_t pid = self->c.pid;
	siginfo_t info;

	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	IN_CHILD {
		trace_me(_metadata, &self->tr);
		EXPECT_EQ(ESRCH, try_setns(self->c.pidfd, ALL_NS));
	}
	EXPECT_TRACE(&self->tr, pid, "process:-3");
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	self->c.pid = 0;
	IN_CHILD {
		trace_me(_metadata, &self->tr);
		EXPECT_EQ(ESRCH, try_setns(self->c.pidfd, ALL_NS));
	}
	EXPECT_TRACE(&self->tr, pid, "process:-3");
}

TEST_F(other, root_refused)
{
	IN_CHILD {
		cap_drop(_metadata, CAP_SYS_CHROOT);
		ASSERT_EQ(0, unshare(CLONE_NEWUTS));
		trace_me(_metadata, &self->tr);
		EXPECT_EQ(EPERM, try_setns(self->c.pidfd, CLONE_NEWUTS |
					   CLONE_NEWNS | SETNS_ROOT));
	}
	EXPECT_TRACE(&self->tr, self->c.pid, "process:0 mnt:-1");
	container_stop(_metadata, &self->c);
	self->c.flags = CLONE_NEWUTS;
	container_start(_metadata, &self->c);
	IN_CHILD {
		cap_drop(_metadata, CAP_SYS_CHROOT);
		trace_me(_metadata, &self->tr);
		EXPECT_EQ(EPERM, try_setns(self->c.pidfd, CLONE_NEWUTS |
					   CLONE_NEWNS | SETNS_ROOT |
					   SETNS_SKIP_JOINED));
	}
	EXPECT_TRACE(&self->tr, self->c.pid, "process:0 root:-1");
}

/* Arguments are no question to a namespace. */
TEST_F(other, bad_flags)
{
	IN_CHILD {
		trace_me(_metadata, &self->tr);
		EXPECT_EQ(EINVAL, try_setns(self->c.pidfd, 0));
		EXPECT_EQ(EINVAL, try_setns(self->c.pidfd, -1));
		EXPECT_EQ(EINVAL, try_setns(self->c.pidfd, SETNS_ROOT |
					    CLONE_NEWUTS));
		EXPECT_EQ(EBADF, try_setns(-1, CLONE_NEWUTS));
	}
	EXPECT_TRACE(&self->tr, self->c.pid, "");
}

/* By the file of a namespace there is no target. */
TEST_F(other, nsfs)
{
	int fd = container_ns(_metadata, &self->c, "uts");

	IN_CHILD {
		trace_me(_metadata, &self->tr);
		EXPECT_EQ(0, try_setns(fd, 0));
		EXPECT_EQ(EINVAL, try_setns(fd, CLONE_NEWIPC));
		EXPECT_EQ(0, try_setns(fd, CLONE_NEWUTS));
	}
	EXPECT_TRACE(&self->tr, 0,
		     "uts:0" COMMIT("uts", "uts") " uts:0" COMMIT("uts", "uts"));
	IN_CHILD {
		trace_me(_metadata, &self->tr);
		cap_drop(_metadata, CAP_SYS_ADMIN);
		EXPECT_EQ(EPERM, try_setns(fd, 0));
	}
	EXPECT_TRACE(&self->tr, 0, "uts:-1");
}

/*
 * PERF_RECORD_NAMESPACES comes with each join that has joined something, and
 * names the namespaces of afterwards.
 */
FIXTURE(perf)
{
	struct container c;
};

FIXTURE_VARIANT(perf)
{
	__u64 container;
	int flags;
	int first;		/* records of a call */
	int second;		/* and those of the same once more */
	int second_err;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(perf, all) {
	/* clang-format on */
	.container = ALL_NS,
	.flags = ALL_NS,
	.first = 1,
	.second = 0,
	.second_err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(perf, one) {
	/* clang-format on */
	.container = CLONE_NEWUTS,
	.flags = CLONE_NEWUTS,
	.first = 1,
	.second = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(perf, dry_run) {
	/* clang-format on */
	.container = ALL_NS,
	.flags = ALL_NS | SETNS_DRY_RUN,
	.first = 0,
	.second = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(perf, skip_joined) {
	/* clang-format on */
	.container = BUT_NS(CLONE_NEWUSER),
	.flags = ALL_NS | SETNS_SKIP_JOINED,
	.first = 1,
	.second = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(perf, skip_joined_all) {
	/* clang-format on */
	.flags = ALL_NS | SETNS_SKIP_JOINED,
	.first = 0,
	.second = 0,
};

FIXTURE_SETUP(perf)
{
	SKIP_WITHOUT_FLAGS();
	self->c.flags = variant->container;
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(perf)
{
	container_stop(_metadata, &self->c);
}

TEST_F(perf, twice)
{
	struct perf_event_mmap_page *perf;

	IN_CHILD {
		perf = perf_open(_metadata);
		EXPECT_EQ(0, try_setns(self->c.pidfd, variant->flags));
		EXPECT_EQ(variant->first, perf_read(_metadata, perf));
		EXPECT_EQ(variant->second_err,
			  try_setns(self->c.pidfd, variant->flags));
		EXPECT_EQ(variant->second, perf_read(_metadata, perf));
	}
}

TEST_HARNESS_MAIN
