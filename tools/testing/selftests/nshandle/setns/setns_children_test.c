// SPDX-License-Identifier: GPL-2.0
/*
 * SETNS_FOR_CHILDREN joins the pid and time namespaces that the target's children
 * are born in.
 *
 * They need not be those that the target is in itself.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/jail.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/twin.h"

#define PID_TIME (CLONE_NEWPID | CLONE_NEWTIME)
#define OFFSET_S 1000000

FIXTURE(children)
{
	struct container c;
	struct state target;
};

FIXTURE_VARIANT(children)
{
	__u64 container;
	void (*setup)(struct __test_metadata *_metadata);
	pid_t pid;	/* that the next child of who joins gets */
};

/* Into one that another process has made. */
static void children_by_setns(struct __test_metadata *_metadata)
{
	pid_t pid = start_sharer(_metadata, CLONE_NEWPID);
	int pidfd = sys_pidfd_open(pid, 0);

	ASSERT_EQ(0, try_setns(pidfd, CLONE_NEWPID));
	ASSERT_EQ(0, unshare(CLONE_NEWTIME));
	close(pidfd);
}

/* clang-format off */
FIXTURE_VARIANT_ADD(children, of_container_unborn) {
	/* clang-format on */
	.container = ALL_NS,
	.setup = children_unborn,
	.pid = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(children, of_container_born) {
	/* clang-format on */
	.container = ALL_NS,
	.setup = children_elsewhere,
	.pid = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(children, of_container_by_setns) {
	/* clang-format on */
	.container = ALL_NS,
	.setup = children_by_setns,
	.pid = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(children, of_neighbour_unborn) {
	/* clang-format on */
	.setup = children_unborn,
	.pid = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(children, of_neighbour_born) {
	/* clang-format on */
	.setup = children_elsewhere,
	.pid = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(children, of_neighbour_by_setns) {
	/* clang-format on */
	.setup = children_by_setns,
	.pid = 2,
};

FIXTURE_SETUP(children)
{
	char offset[64];

	SKIP_WITHOUT_FLAGS();
	undo_start(_metadata);
	self->c.flags = variant->container;
	self->c.setup = variant->setup;
	container_start(_metadata, &self->c);
	/* Those that have an init have fixed theirs: it is in there, too. */
	if (variant->setup != children_elsewhere) {
		snprintf(offset, sizeof(offset), "monotonic %d 0", OFFSET_S);
		write_at(_metadata, self->c.proc, "timens_offsets", offset);
	}
	state_read_task(_metadata, self->c.proc, ".", &self->target);
}

FIXTURE_TEARDOWN(children)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

/* In a fresh child: is it the @pid of the namespace of @proc's children? */
static void expect_born(struct __test_metadata *_metadata, int proc, pid_t pid)
{
	struct place mine, theirs;

	EXPECT_EQ(pid, getpid());
	place_read(_metadata, AT_FDCWD, "/proc/self/ns/pid", &mine);
	place_read(_metadata, proc, "ns/pid_for_children", &theirs);
	EXPECT_TRUE(ns_same(&mine, &theirs));
}

TEST_F(children, pid)
{
	int flags = CLONE_NEWPID | SETNS_FOR_CHILDREN;
	struct state before;

	IN_CHILD {
		state_read(_metadata, &before);
		EXPECT_EQ(0, SETNS(self->c.pidfd, flags));
		EXPECT_MOVED(&before, MOVED_PID_FOR_CHILDREN);
		expect_there(_metadata, &before, flags, &self->target);
		IN_CHILD {
			expect_born(_metadata, self->c.proc, variant->pid);
		}
	}
}

TEST_F(children, time)
{
	int flags = CLONE_NEWTIME | SETNS_FOR_CHILDREN;
	long long ms = now_ms(CLOCK_MONOTONIC);
	struct state before;

	if (variant->setup != children_elsewhere)
		ms += OFFSET_S * 1000LL;
	IN_CHILD {
		state_read(_metadata, &before);
		EXPECT_EQ(0, SETNS(self->c.pidfd, flags));
		EXPECT_MOVED(&before, MOVED_TIME | MOVED_TIME_FOR_CHILDREN);
		expect_there(_metadata, &before, flags, &self->target);
		EXPECT_LE(ms, now_ms(CLOCK_MONOTONIC));
		IN_CHILD {
			EXPECT_LE(ms, now_ms(CLOCK_MONOTONIC));
		}
	}
}

/* Without the flag those that the target is in itself. */
TEST_F(children, not_asked_for)
{
	long long ms = now_ms(CLOCK_MONOTONIC) + OFFSET_S * 1000LL;
	int flags = variant->container ? ALL_NS : PID_TIME;
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, SETNS(self->c.pidfd, flags));
		EXPECT_MOVED(&before, moved_by(variant->container));
		expect_there(_metadata, &before, flags, &self->target);
		EXPECT_GT(ms, now_ms(CLOCK_MONOTONIC));
	}
}

/* The other six are the target's own with the flag as well. */
TEST_F(children, beside_the_rest)
{
	int flags = BUT_NS(CLONE_NEWUSER) | SETNS_FOR_CHILDREN;
	struct state before;

	IN_CHILD {
		state_read(_metadata, &before);
		EXPECT_EQ(0, SETNS(self->c.pidfd, flags));
		expect_there(_metadata, &before, flags, &self->target);
		IN_CHILD {
			expect_born(_metadata, self->c.proc, variant->pid);
		}
	}
}

/* Joined are those of the children or not at all. */
TEST_F(children, skip_joined)
{
	int flags = PID_TIME | SETNS_FOR_CHILDREN;
	struct state before;

	IN_CHILD {
		EXPECT_EQ(0, SETNS(self->c.pidfd, flags | SETNS_SKIP_JOINED));
		state_read(_metadata, &before);
		expect_there(_metadata, &before, flags, &self->target);
		cap_drop(_metadata, CAP_SYS_ADMIN);
		state_read(_metadata, &before);
		EXPECT_EQ(0, SETNS(self->c.pidfd, flags | SETNS_SKIP_JOINED));
		EXPECT_EQ(EPERM, SETNS(self->c.pidfd, flags));
		EXPECT_EQ(EPERM, SETNS(self->c.pidfd,
				       PID_TIME | SETNS_SKIP_JOINED));
		EXPECT_NOTHING_MOVED(&before);
	}
	/* Nor is who is where the target is where its children are. */
	IN_CHILD {
		ASSERT_EQ(0, try_setns(self->c.pidfd, PID_TIME));
		cap_drop(_metadata, CAP_SYS_ADMIN);
		state_read(_metadata, &before);
		EXPECT_EQ(EPERM, SETNS(self->c.pidfd,
				       flags | SETNS_SKIP_JOINED));
		EXPECT_EQ(0, SETNS(self->c.pidfd,
				   PID_TIME | SETNS_SKIP_JOINED));
		EXPECT_NOTHING_MOVED(&before);
	}
}

/* Below the caller, as any pid namespace that is joined. */
TEST_F(children, sideways)
{
	struct state before;

	IN_CLONE(CLONE_NEWPID) {
		state_read(_metadata, &before);
		EXPECT_EQ(EINVAL, SETNS(self->c.pidfd, CLONE_NEWPID |
					SETNS_FOR_CHILDREN));
		EXPECT_EQ(EINVAL, SETNS(self->c.pidfd, PID_TIME |
					SETNS_FOR_CHILDREN));
		EXPECT_NOTHING_MOVED(&before);
		EXPECT_EQ(0, SETNS(self->c.pidfd, CLONE_NEWTIME |
				   SETNS_FOR_CHILDREN));
		EXPECT_MOVED(&before, MOVED_TIME | MOVED_TIME_FOR_CHILDREN);
	}
}

TEST_HARNESS_MAIN
