// SPDX-License-Identifier: GPL-2.0
/*
 * After setns(2), the caller sees what is in the namespace of each type.
 *
 * The link in /proc/PID/ns is one thing, the namespace at work another.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/picture.h"
#include "../lib/types.h"

FIXTURE(inside)
{
	struct container c;
};

FIXTURE_SETUP(inside)
{
	SKIP_WITHOUT_CONTAINERS();
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(inside)
{
	container_stop(_metadata, &self->c);
}

TEST_F(inside, uts_hostname)
{
	char name[64] = "";

	IN_CHILD {
		ASSERT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWUTS));
		ASSERT_EQ(0, gethostname(name, sizeof(name)));
		EXPECT_STREQ(CONTAINER_HOSTNAME, name);
	}
	ASSERT_EQ(0, gethostname(name, sizeof(name)));
	EXPECT_STRNE(CONTAINER_HOSTNAME, name);
}

TEST_F(inside, mnt_files)
{
	IN_CHILD {
		EXPECT_EQ(-1, access(CONTAINER_MARKER, F_OK));
		ASSERT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWNS));
		EXPECT_EQ(0, access(CONTAINER_MARKER, F_OK));
		/* Relative to the working directory, which has moved, too. */
		EXPECT_EQ(0, access(&CONTAINER_MARKER[1], F_OK));
	}
	EXPECT_EQ(-1, access(CONTAINER_MARKER, F_OK));
}

TEST_F(inside, ipc_queue)
{
	IN_CHILD {
		EXPECT_EQ(-1, msgget(CONTAINER_MSG_KEY, 0));
		ASSERT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWIPC));
		EXPECT_LE(0, msgget(CONTAINER_MSG_KEY, 0));
	}
	EXPECT_EQ(-1, msgget(CONTAINER_MSG_KEY, 0));
}

TEST_F(inside, net_device)
{
	if (RUN("ip", "-V") == 127)
		skip_test(_metadata, "needs ip(8)");
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	if (RUN("ip", "link", "add", "probe0", "type", "dummy"))
		skip_test(_metadata, "no dummy network devices (CONFIG_DUMMY)");
	IN_CHILD {
		ASSERT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWNET));
		ASSERT_EQ(0, RUN("ip", "link", "add", "inside0", "type",
				 "dummy"));
	}
	/* It is not in our namespace, and the next joiner sees it. */
	EXPECT_NE(0, RUN("ip", "link", "show", "inside0"));
	IN_CHILD {
		ASSERT_EQ(0, try_setns(self->c.pidfd, ALL_NS));
		EXPECT_EQ(0, RUN("ip", "link", "show", "inside0"));
		EXPECT_NE(0, RUN("ip", "link", "show", "probe0"));
	}
}

TEST_F(inside, pid_of_children)
{
	struct place want, child;

	place_read(_metadata, self->c.proc, "ns/pid", &want);
	IN_CHILD {
		pid_t pid = getpid();

		ASSERT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWPID));
		EXPECT_EQ(pid, getpid());
		IN_CHILD {
			/* The container has pid 1. */
			EXPECT_EQ(2, getpid());
			EXPECT_EQ(0, getppid());
			place_read(_metadata, AT_FDCWD, "/proc/self/ns/pid",
				   &child);
			EXPECT_TRUE(ns_same(&want, &child));
		}
	}
}

/* The caller gets all capabilities, and loses all securebits. */
TEST_F(inside, user_capabilities)
{
	struct state now = {};
	char buf[16] = "";
	__u64 full;
	int fd;

	fd = open("/proc/sys/kernel/cap_last_cap", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, buf, sizeof(buf) - 1));
	full = (2ULL << atoi(buf)) - 1;
	IN_CHILD {
		state_arm(_metadata, &now);
		cap_keep_only(_metadata, CAP_SYS_ADMIN);
		ASSERT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWUSER));
		state_refresh(_metadata, &now);
		EXPECT_EQ(0ULL, now.cap[0]);
		EXPECT_EQ(full, now.cap[1]);
		EXPECT_EQ(full, now.cap[2]);
		EXPECT_EQ(full, now.cap[3]);
		EXPECT_EQ(0ULL, now.cap[4]);
		EXPECT_EQ(SECUREBITS_DEFAULT, now.securebits);
		EXPECT_EQ(0U, geteuid());
	}
}

/* A caller that has no uid in the container's map can join, too. */
TEST_F(inside, user_unmapped)
{
	struct container c = { .flags = CLONE_NEWUSER,
			       .map = "0 100000 1000" };
	struct state before;

	container_start(_metadata, &c);
	IN_CHILD {
		state_arm(_metadata, &before);
		ASSERT_EQ(0, try_setns(c.pidfd, CLONE_NEWUSER));
		EXPECT_EQ(65534U, getuid());
		EXPECT_EQ(65534U, getgid());
		EXPECT_MOVED(&before, moved_by(CLONE_NEWUSER) | MOVED_UID |
				      MOVED_GID);
	}
	container_stop(_metadata, &c);
}

/* A day ahead, for the vDSO as for the system call. */
#define CLOCK_AHEAD 86400

static void clock_ahead(struct __test_metadata *_metadata)
{
	char text[64];
	int fd;

	ASSERT_EQ(0, unshare(CLONE_NEWTIME));
	snprintf(text, sizeof(text), "boottime %d 0", CLOCK_AHEAD);
	write_at(_metadata, AT_FDCWD, "/proc/self/timens_offsets", text);
	fd = open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, try_setns(fd, CLONE_NEWTIME));
	close(fd);
}

static time_t boottime_by_syscall(void)
{
	struct timespec ts = {};

	syscall(__NR_clock_gettime, CLOCK_BOOTTIME, &ts);
	return ts.tv_sec;
}

static time_t boottime(void)
{
	struct timespec ts = {};

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec;
}

/*
 * Does the vDSO's data page belong to a time namespace with offsets? Such a page
 * has the clock mode VDSO_CLOCKMODE_TIMENS, which is INT_MAX. Read the page
 * itself: on a machine without a good clock source, no clock of the vDSO shows
 * the difference. The read also maps the page, which the join must unmap.
 */
static bool vvar_of_time_ns(struct __test_metadata *_metadata)
{
	unsigned long start = 0;
	const int *page;
	char line[256];
	FILE *maps;

	maps = fopen("/proc/self/maps", "re");
	ASSERT_NE(NULL, maps);
	while (!start && fgets(line, sizeof(line), maps))
		if (strstr(line, "[vvar]"))
			start = strtoul(line, NULL, 16);
	fclose(maps);
	ASSERT_NE(0UL, start);
	page = (const int *)start;
	for (unsigned int i = 0; i < 4096 / sizeof(int); i++)
		if (page[i] == INT_MAX)
			return true;
	return false;
}

TEST_F(inside, time_offset)
{
	struct container c = { .setup = clock_ahead };
	time_t before = boottime();

	container_start(_metadata, &c);
	IN_CHILD {
		EXPECT_FALSE(vvar_of_time_ns(_metadata));
		ASSERT_EQ(0, try_setns(c.pidfd, CLONE_NEWTIME));
		EXPECT_TRUE(vvar_of_time_ns(_metadata));
		EXPECT_LE(before + CLOCK_AHEAD, boottime());
		EXPECT_LE(before + CLOCK_AHEAD, boottime_by_syscall());
		/* Back to the namespace of the parent. */
		ASSERT_EQ(0, try_setns(sys_pidfd_open(getppid(), 0),
				       CLONE_NEWTIME));
		EXPECT_FALSE(vvar_of_time_ns(_metadata));
		EXPECT_GT(before + CLOCK_AHEAD, boottime());
		EXPECT_GT(before + CLOCK_AHEAD, boottime_by_syscall());
	}
	EXPECT_GT(before + CLOCK_AHEAD, boottime());
	container_stop(_metadata, &c);
}

/* Only a join of IPC ends the undo list. */
TEST_F(inside, ipc_undo)
{
	struct state before;

	undo_start(_metadata);
	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(1, undo_value(_metadata));
		EXPECT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWUTS));
		EXPECT_EQ(1, undo_value(_metadata));
		/* Refused: it is the user namespace of the caller. */
		EXPECT_EQ(EINVAL, try_setns(sys_pidfd_open(getpid(), 0),
					    CLONE_NEWUSER | CLONE_NEWIPC));
		EXPECT_EQ(1, undo_value(_metadata));
		EXPECT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWIPC));
		EXPECT_EQ(0, undo_value(_metadata));
	}
	undo_stop(_metadata);
}

/*
 * The capabilities that count are those from before the call. A caller can join
 * at once a user namespace and a network namespace that belongs to the caller's
 * old one; one after the other, it cannot.
 */
TEST_F(inside, user_with_net_of_ours)
{
	struct container c = { .flags = CLONE_NEWUSER };
	struct state before;

	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	container_start(_metadata, &c);
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, try_setns(c.pidfd, CLONE_NEWUSER | CLONE_NEWNET));
		EXPECT_MOVED(&before, moved_by(CLONE_NEWUSER | CLONE_NEWNET));
	}
	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, try_setns(c.pidfd, CLONE_NEWUSER));
		EXPECT_EQ(EPERM, try_setns(c.pidfd, CLONE_NEWNET));
		EXPECT_MOVED(&before, moved_by(CLONE_NEWUSER));
	}
	container_stop(_metadata, &c);
}

TEST_HARNESS_MAIN
