// SPDX-License-Identifier: GPL-2.0
/*
 * SETNS_SKIP_JOINED leaves alone the namespaces that the caller is in already.
 *
 * It asks for no right over them, and moves nothing of them; other types are
 * checked as without it.
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

/*
 * A mask of all eight, on containers with and without a user namespace of
 * their own, once and once more.
 */
FIXTURE(eight)
{
	struct container c;
	struct state target;
};

FIXTURE_VARIANT(eight)
{
	__u64 flags;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(eight, with_userns) { .flags = ALL_NS, };
FIXTURE_VARIANT_ADD(eight, no_userns) { .flags = BUT_NS(CLONE_NEWUSER), };
/* clang-format on */

FIXTURE_SETUP(eight)
{
	SKIP_WITHOUT_FLAGS();
	undo_start(_metadata);
	self->c.flags = variant->flags;
	container_start(_metadata, &self->c);
	state_read_task(_metadata, self->c.proc, ".", &self->target);
}

FIXTURE_TEARDOWN(eight)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

TEST_F(eight, twice)
{
	int flags = ALL_NS | SETNS_SKIP_JOINED;
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, SETNS(self->c.pidfd, flags));
		EXPECT_MOVED(&before, moved_by(variant->flags));
		expect_there(_metadata, &before, flags, &self->target);
		ASSERT_EQ(0, chdir("/proc"));
		state_read(_metadata, &before);
		EXPECT_EQ(0, SETNS(self->c.pidfd, flags));
		EXPECT_NOTHING_MOVED(&before);
		EXPECT_EQ(EINVAL, SETNS(self->c.pidfd, ALL_NS));
		EXPECT_NOTHING_MOVED(&before);
	}
}

/* Joined already, the user namespace has no rights to give away. */
TEST_F(eight, no_capabilities_back)
{
	int flags = ALL_NS | SETNS_SKIP_JOINED;
	struct state before;

	IN_CHILD {
		ASSERT_EQ(0, try_setns(self->c.pidfd, flags));
		cap_keep_only(_metadata, CAP_SYS_PTRACE);
		state_read(_metadata, &before);
		EXPECT_EQ(0, SETNS(self->c.pidfd, flags));
		EXPECT_EQ(0, SETNS(self->c.pidfd,
				   CLONE_NEWUSER | SETNS_SKIP_JOINED));
		EXPECT_NOTHING_MOVED(&before);
		EXPECT_FALSE(have_cap(CAP_SYS_ADMIN));
	}
}

/* Whoever may not look at a process may not find out where it is. */
TEST_F(eight, not_traceable)
{
	struct state before;

	IN_CHILD {
		ASSERT_EQ(0, try_setns(self->c.pidfd,
				       ALL_NS | SETNS_SKIP_JOINED));
		cap_keep_only(_metadata, -1);
		state_read(_metadata, &before);
		for (unsigned int bits = 1; bits < 256; bits += NEXT_ROW) {
			EXPECT_EQ(EPERM, SETNS(self->c.pidfd,
					       mask_flags(bits) |
					       SETNS_SKIP_JOINED));
		}
		EXPECT_NOTHING_MOVED(&before);
	}
}

/*
 * Each type by itself: the one that is joined and would refuse, and the one
 * that is not joined. The caller is root in a user namespace of its own and
 * has no rights over what is still the host's.
 */
FIXTURE(one)
{
	struct container joined_but;	/* all its own but the type */
	struct container not_but;	/* none its own but the type */
};

FIXTURE_VARIANT(one)
{
	int type;
	int err;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(one, user) { .type = CLONE_NEWUSER, .err = EINVAL, };
FIXTURE_VARIANT_ADD(one, mnt) { .type = CLONE_NEWNS, .err = EPERM, };
FIXTURE_VARIANT_ADD(one, uts) { .type = CLONE_NEWUTS, .err = EPERM, };
FIXTURE_VARIANT_ADD(one, ipc) { .type = CLONE_NEWIPC, .err = EPERM, };
FIXTURE_VARIANT_ADD(one, pid) { .type = CLONE_NEWPID, .err = EPERM, };
FIXTURE_VARIANT_ADD(one, cgroup) { .type = CLONE_NEWCGROUP, .err = EPERM, };
FIXTURE_VARIANT_ADD(one, net) { .type = CLONE_NEWNET, .err = EPERM, };
FIXTURE_VARIANT_ADD(one, time) { .type = CLONE_NEWTIME, .err = EPERM, };
/* clang-format on */

FIXTURE_SETUP(one)
{
	SKIP_WITHOUT_FLAGS();
	undo_start(_metadata);
	enter_userns(_metadata);
	self->joined_but.flags = BUT_NS(variant->type);
	self->joined_but.map = "0 0 1";
	container_start(_metadata, &self->joined_but);
	self->not_but.flags = variant->type;
	self->not_but.map = "0 0 1";
	container_start(_metadata, &self->not_but);
}

FIXTURE_TEARDOWN(one)
{
	container_stop(_metadata, &self->not_but);
	container_stop(_metadata, &self->joined_but);
	undo_stop(_metadata);
}

TEST_F(one, joined)
{
	int pidfd = self->joined_but.pidfd;
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(variant->err, SETNS(pidfd, variant->type));
		EXPECT_EQ(variant->err, SETNS(pidfd, ALL_NS));
		EXPECT_NOTHING_MOVED(&before);
		EXPECT_EQ(0, SETNS(pidfd, variant->type | SETNS_SKIP_JOINED));
		EXPECT_NOTHING_MOVED(&before);
		EXPECT_EQ(0, SETNS(pidfd, ALL_NS | SETNS_SKIP_JOINED));
		EXPECT_MOVED(&before, moved_by(BUT_NS(variant->type)));
	}
}

TEST_F(one, not_joined)
{
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, SETNS(self->not_but.pidfd,
				   ALL_NS | SETNS_SKIP_JOINED));
		EXPECT_MOVED(&before, moved_by(variant->type));
	}
}

/*
 * A caller that is not where its children are going to be. The target is in
 * all of the caller's own namespaces.
 */
FIXTURE(apart)
{
	struct container plain;
	struct container full;
};

FIXTURE_SETUP(apart)
{
	SKIP_WITHOUT_FLAGS();
	container_start(_metadata, &self->plain);
	self->full.flags = ALL_NS;
	container_start(_metadata, &self->full);
}

FIXTURE_TEARDOWN(apart)
{
	container_stop(_metadata, &self->full);
	container_stop(_metadata, &self->plain);
}

/* The caller's children are not in the namespace that it is in itself. */
TEST_F(apart, pid)
{
	int flags = CLONE_NEWPID | SETNS_SKIP_JOINED;
	struct state first, before;

	IN_CHILD {
		state_read(_metadata, &first);
		ASSERT_EQ(0, try_setns(self->full.pidfd, CLONE_NEWPID));
		state_read(_metadata, &before);
		EXPECT_EQ(0, SETNS(self->full.pidfd, flags));
		EXPECT_NOTHING_MOVED(&before);
		EXPECT_EQ(0, SETNS(self->plain.pidfd, flags));
		EXPECT_MOVED(&before, MOVED_PID_FOR_CHILDREN);
		EXPECT_NOTHING_MOVED(&first);
	}
}

TEST_F(apart, pid_unborn)
{
	struct state first;

	IN_CHILD {
		state_read(_metadata, &first);
		ASSERT_EQ(0, unshare(CLONE_NEWPID));
		EXPECT_EQ(0, SETNS(self->plain.pidfd,
				   CLONE_NEWPID | SETNS_SKIP_JOINED));
		EXPECT_NOTHING_MOVED(&first);
	}
}

TEST_F(apart, time_of_children)
{
	struct state first;

	IN_CHILD {
		state_read(_metadata, &first);
		ASSERT_EQ(0, unshare(CLONE_NEWTIME));
		EXPECT_MOVED(&first, MOVED_TIME_FOR_CHILDREN);
		EXPECT_EQ(0, SETNS(self->plain.pidfd,
				   CLONE_NEWTIME | SETNS_SKIP_JOINED));
		EXPECT_NOTHING_MOVED(&first);
	}
}

/* Where its children are, but not the caller. */
TEST_F(apart, time_of_caller)
{
	struct state before;
	int pidfd;
	pid_t pid;

	IN_CHILD {
		ASSERT_EQ(0, unshare(CLONE_NEWTIME));
		pid = start_sharer(_metadata, 0);
		pidfd = sys_pidfd_open(pid, 0);
		state_read(_metadata, &before);
		EXPECT_EQ(0, SETNS(pidfd, CLONE_NEWTIME | SETNS_SKIP_JOINED));
		EXPECT_MOVED(&before, MOVED_TIME);
		stop_child(_metadata, pid);
	}
}

/* None of this is joined: the rights are asked for. */
TEST_F(apart, refused)
{
	int flags = SETNS_SKIP_JOINED;
	struct state before;

	IN_CHILD {
		ASSERT_EQ(0, unshare(CLONE_NEWPID | CLONE_NEWTIME));
		cap_drop(_metadata, CAP_SYS_ADMIN);
		state_read(_metadata, &before);
		EXPECT_EQ(EPERM, SETNS(self->plain.pidfd,
				       CLONE_NEWPID | flags));
		EXPECT_EQ(EPERM, SETNS(self->plain.pidfd,
				       CLONE_NEWTIME | flags));
		EXPECT_EQ(EPERM, SETNS(self->plain.pidfd, ALL_NS | flags));
		EXPECT_EQ(0, SETNS(self->plain.pidfd,
				   BUT_NS(CLONE_NEWPID | CLONE_NEWTIME) |
				   flags));
		EXPECT_NOTHING_MOVED(&before);
	}
}

/* A caller that could join little, or whose root is not that of the mounts. */
TEST_F(apart, shared)
{
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		start_sharer(_metadata, CLONE_FS | CLONE_VM);
		EXPECT_EQ(0, SETNS(self->plain.pidfd,
				   ALL_NS | SETNS_SKIP_JOINED));
		EXPECT_NOTHING_MOVED(&before);
		EXPECT_EQ(EINVAL, SETNS(self->plain.pidfd, CLONE_NEWUSER));
		EXPECT_EQ(EINVAL, SETNS(self->plain.pidfd, CLONE_NEWNS));
		EXPECT_EQ(EUSERS, SETNS(self->plain.pidfd, CLONE_NEWTIME));
		EXPECT_NOTHING_MOVED(&before);
	}
}

TEST_F(apart, changed_root_stays)
{
	struct state before;
	int dir = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	jail_make(_metadata);
	/* A plain target of the mount namespace that we have just made. */
	container_stop(_metadata, &self->plain);
	container_start(_metadata, &self->plain);
	IN_CHILD {
		state_read(_metadata, &before);
		ASSERT_EQ(0, fchdir(dir));
		jail_enter(_metadata);
		EXPECT_MOVED(&before, MOVED_ROOT | MOVED_CWD);
		EXPECT_EQ(0, try_setns(self->plain.pidfd,
				       CLONE_NEWNS | SETNS_SKIP_JOINED));
		EXPECT_MOVED(&before, MOVED_ROOT | MOVED_CWD);
		EXPECT_EQ(0, try_setns(self->plain.pidfd, CLONE_NEWNS));
		EXPECT_MOVED(&before, MOVED_CWD);
	}
}

TEST_HARNESS_MAIN
