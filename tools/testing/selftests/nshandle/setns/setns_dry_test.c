// SPDX-License-Identifier: GPL-2.0
/*
 * SETNS_DRY_RUN leaves no trace in the caller, nor in the namespaces that it names.
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

#define RUNS 10000

/*
 * Many times: what one of them left behind would add up. The mounts are ours
 * to count; vm-run sees what is left in the slabs.
 */
FIXTURE(often)
{
	struct container c;
	int root;
};

FIXTURE_VARIANT(often)
{
	__u64 container;
	bool children;
	int flags;
	cap_value_t drop;	/* what the caller lacks */
	int sharer;		/* and shares with a process */
	int err;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(often, all) {
	/* clang-format on */
	.container = ALL_NS,
	.flags = ALL_NS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(often, all_and_all_flags) {
	/* clang-format on */
	.container = ALL_NS,
	.children = true,
	.flags = ALL_NS | ALL_FLAGS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(often, joined_and_root) {
	/* clang-format on */
	.flags = ALL_NS | SETNS_SKIP_JOINED | SETNS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(often, joined_again_and_root) {
	/* clang-format on */
	.flags = BUT_NS(CLONE_NEWUSER) | SETNS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(often, nothing_left) {
	/* clang-format on */
	.flags = ALL_NS | SETNS_SKIP_JOINED,
};

/* Some or all of it has been prepared when a check fails. */
/* clang-format off */
FIXTURE_VARIANT_ADD(often, refused_at_root) {
	/* clang-format on */
	.flags = ALL_NS | SETNS_SKIP_JOINED | SETNS_ROOT,
	.drop = CAP_SYS_CHROOT,
	.err = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(often, refused_at_time) {
	/* clang-format on */
	.container = ALL_NS,
	.children = true,
	.flags = ALL_NS | ALL_FLAGS,
	.sharer = CLONE_VM,
	.err = EUSERS,
};

FIXTURE_SETUP(often)
{
	SKIP_WITHOUT_FLAGS();
	undo_start(_metadata);
	jail_make(_metadata);
	self->c.flags = variant->container;
	self->c.setup = variant->children ? children_elsewhere_jailed :
					    jail_enter;
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(often)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

TEST_F(often, no_trace)
{
	struct state before;

	IN_CHILD {
		if (variant->drop)
			cap_drop(_metadata, variant->drop);
		state_arm(_metadata, &before);
		if (variant->sharer)
			start_sharer(_metadata, variant->sharer);
		for (int i = 0; i < RUNS; i += NEXT_ROW)
			ASSERT_EQ(variant->err,
				  try_setns(self->c.pidfd, variant->flags |
					    SETNS_DRY_RUN));
		EXPECT_NOTHING_MOVED(&before);
	}
	/* EBUSY as long as anything in it is still held. */
	container_stop(_metadata, &self->c);
	EXPECT_EQ(0, umount2("/tmp", 0)) {
		TH_LOG("umount: %s", strerror(errno));
	}
}

/*
 * Namespaces that nobody is in yet: whoever comes first fixes their offsets,
 * or becomes their init. A dry run does not come.
 */
FIXTURE(unborn)
{
	struct container c;
};

FIXTURE_SETUP(unborn)
{
	SKIP_WITHOUT_FLAGS();
	self->c.setup = children_unborn;
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(unborn)
{
	container_stop(_metadata, &self->c);
}

/* Returns 0 or the errno. */
static int offset_write(struct __test_metadata *_metadata, int proc,
			const char *text)
{
	int fd = openat(proc, "timens_offsets", O_WRONLY | O_CLOEXEC);
	ssize_t len = strlen(text);
	int err;

	ASSERT_LE(0, fd);
	err = write(fd, text, len) == len ? 0 : errno;
	close(fd);
	return err;
}

TEST_F(unborn, offsets)
{
	int flags = CLONE_NEWTIME | SETNS_FOR_CHILDREN;
	long long ms;

	IN_CHILD {
		EXPECT_EQ(0, try_setns(self->c.pidfd, flags | SETNS_DRY_RUN));
	}
	EXPECT_EQ(0, offset_write(_metadata, self->c.proc,
				  "monotonic 100000 0"));
	IN_CHILD {
		EXPECT_EQ(0, try_setns(self->c.pidfd, flags | SETNS_DRY_RUN));
		ms = now_ms(CLOCK_MONOTONIC);
		EXPECT_EQ(0, try_setns(self->c.pidfd, flags));
		EXPECT_LE(ms + 100000 * 1000, now_ms(CLOCK_MONOTONIC));
	}
	EXPECT_EQ(EACCES, offset_write(_metadata, self->c.proc,
				       "monotonic 1 0"));
}

TEST_F(unborn, init)
{
	int flags = CLONE_NEWPID | SETNS_FOR_CHILDREN;
	pid_t pid = getpid();

	IN_CHILD {
		EXPECT_EQ(0, try_setns(self->c.pidfd, flags | SETNS_DRY_RUN));
		IN_CHILD {
			EXPECT_LT(pid, getpid());
		}
		EXPECT_EQ(0, try_setns(self->c.pidfd, flags));
		IN_CHILD {
			EXPECT_EQ(1, getpid());
		}
	}
}

TEST_HARNESS_MAIN
