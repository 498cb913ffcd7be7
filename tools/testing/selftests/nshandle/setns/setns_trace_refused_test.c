// SPDX-License-Identifier: GPL-2.0
/*
 * The tracepoint nsset_check says which namespace has refused setns(2).
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/jail.h"
#include "../lib/trace.h"

/*
 * The namespace of one type refuses: the caller is root of a user namespace, and
 * of the namespaces of the container, just that one is still the host's. The
 * types after it are not checked.
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

/* Calls that fail for the target as a whole, for its root, or for the arguments. */
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

/* Wrong arguments are no check of a namespace. */
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

TEST_HARNESS_MAIN
