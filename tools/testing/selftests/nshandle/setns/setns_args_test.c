// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) by a pidfd checks the flags first, and says ESRCH for what has exited.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/twin.h"

/*
 * Wrong flags are EINVAL for any caller and any target. The SETNS_* flags go with
 * a type only: alone they are wrong on every kernel. They are in the low byte,
 * which without CLONE_NEWTIME is clone(2)'s for the signal.
 */
enum life { LIVE, ZOMBIE, REAPED };

FIXTURE(flags)
{
	pid_t pid;
	int pidfd;
};

FIXTURE_VARIANT(flags)
{
	enum life life;
	uid_t uid;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, live) {
	/* clang-format on */
	.life = LIVE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, zombie) {
	/* clang-format on */
	.life = ZOMBIE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, reaped) {
	/* clang-format on */
	.life = REAPED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, live_not_ours) {
	/* clang-format on */
	.life = LIVE,
	.uid = 1000,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, zombie_not_ours) {
	/* clang-format on */
	.life = ZOMBIE,
	.uid = 1000,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, reaped_not_ours) {
	/* clang-format on */
	.life = REAPED,
	.uid = 1000,
};

/* A child of @uid in the given state, and its pidfd. */
static pid_t child_in_life(struct __test_metadata *_metadata, enum life life,
			   uid_t uid, int *pidfd)
{
	siginfo_t info;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (pid == 0) {
		if (uid)
			become(_metadata, uid);
		if (life == LIVE)
			idle(NULL);
		_exit(0);
	}
	*pidfd = sys_pidfd_open(pid, 0);
	ASSERT_LE(0, *pidfd);
	if (life == ZOMBIE)
		ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	if (life == REAPED)
		ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	return pid;
}

static void life_end(struct __test_metadata *_metadata, enum life life,
		     pid_t pid)
{
	if (pid > 0 && life != REAPED)
		stop_child(_metadata, pid);
}

FIXTURE_SETUP(flags)
{
	SKIP_WITHOUT_CONTAINERS();
	self->pid = child_in_life(_metadata, variant->life, 0, &self->pidfd);
}

FIXTURE_TEARDOWN(flags)
{
	life_end(_metadata, variant->life, self->pid);
}

TEST_F(flags, zero)
{
	struct state before;

	IN_CHILD {
		if (variant->uid)
			become(_metadata, variant->uid);
		state_arm(_metadata, &before);
		EXPECT_EQ(EINVAL, try_setns(self->pidfd, 0));
		EXPECT_NOTHING_MOVED(&before);
	}
}

TEST_F(flags, unknown_bit_alone)
{
	struct state before;

	IN_CHILD {
		if (variant->uid)
			become(_metadata, variant->uid);
		state_arm(_metadata, &before);
		for (unsigned int flag = 1; flag; flag <<= 1) {
			if (flag & ALL_NS)
				continue;
			EXPECT_EQ(EINVAL, try_setns(self->pidfd, flag)) {
				TH_LOG("flag %#x", flag);
			}
		}
		for (int flags = 1; flags <= ALL_FLAGS; flags++)
			EXPECT_EQ(EINVAL, try_setns(self->pidfd, flags));
		EXPECT_NOTHING_MOVED(&before);
	}
}

TEST_F(flags, unknown_bit_mixed)
{
	struct state before;

	IN_CHILD {
		if (variant->uid)
			become(_metadata, variant->uid);
		state_arm(_metadata, &before);
		for (unsigned int flag = 1; flag; flag <<= 1) {
			if (flag & (ALL_NS | ALL_FLAGS))
				continue;
			for (int i = 0; i < NR_TYPES; i++)
				EXPECT_EQ(EINVAL,
					  try_setns(self->pidfd, flag |
						    ns_types[i].flag));
			EXPECT_EQ(EINVAL, try_setns(self->pidfd,
						    flag | ALL_NS));
			EXPECT_EQ(EINVAL, try_setns(self->pidfd, flag | ALL_NS |
						    ALL_FLAGS));
		}
		EXPECT_EQ(EINVAL, try_setns(self->pidfd, -1));
		EXPECT_NOTHING_MOVED(&before);
	}
}

/*
 * A target that has exited has none of its namespaces, not even those that a
 * zombie still has in other ways (user, pid): ESRCH. A caller that may not access
 * the zombie gets EPERM.
 */
FIXTURE(gone)
{
	pid_t pid;
	int pidfd;
};

FIXTURE_VARIANT(gone)
{
	uid_t caller;
	uid_t target;
	enum life life;
	int err;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gone, zombie) {
	/* clang-format on */
	.life = ZOMBIE,
	.err = ESRCH,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gone, zombie_of_uid_1000) {
	/* clang-format on */
	.target = 1000,
	.life = ZOMBIE,
	.err = ESRCH,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gone, uid_1000_zombie_of_root) {
	/* clang-format on */
	.caller = 1000,
	.life = ZOMBIE,
	.err = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gone, uid_1000_zombie_of_uid_1000) {
	/* clang-format on */
	.caller = 1000,
	.target = 1000,
	.life = ZOMBIE,
	.err = ESRCH,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gone, reaped) {
	/* clang-format on */
	.life = REAPED,
	.err = ESRCH,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gone, uid_1000_reaped) {
	/* clang-format on */
	.caller = 1000,
	.life = REAPED,
	.err = ESRCH,
};

FIXTURE_SETUP(gone)
{
	SKIP_WITHOUT_CONTAINERS();
	undo_start(_metadata);
	self->pid = child_in_life(_metadata, variant->life, variant->target,
				  &self->pidfd);
}

FIXTURE_TEARDOWN(gone)
{
	life_end(_metadata, variant->life, self->pid);
	undo_stop(_metadata);
}

TEST_F(gone, every_mask)
{
	struct state before;

	IN_CHILD {
		if (variant->caller)
			become(_metadata, variant->caller);
		state_arm(_metadata, &before);
		for (unsigned int bits = 1; bits < 256; bits += NEXT_ROW) {
			EXPECT_EQ(variant->err, try_setns(self->pidfd,
							  mask_flags(bits))) {
				TH_LOG("flags %#x", mask_flags(bits));
			}
		}
		EXPECT_NOTHING_MOVED(&before);
	}
}

TEST_HARNESS_MAIN
