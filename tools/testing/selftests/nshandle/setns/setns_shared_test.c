// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) moves only the caller where tasks share an fs_struct or memory.
 *
 * What cannot move without the other tasks is refused.
 *
 * Guards: "mount: refuse setns() with a shared fs_struct again" (fs_sharer).
 * Without it, two types or more moved the root and the working directory of
 * tasks that stayed in their mount namespace.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/picture.h"
#include "../lib/types.h"

/* The callers are children that share root and working directory with us. */
FIXTURE(fs_sharer)
{
	struct container c;
	struct state sharer;
};

FIXTURE_VARIANT(fs_sharer)
{
	int flags;
	bool nsfs;
	int err;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fs_sharer, mnt) {
	/* clang-format on */
	.flags = CLONE_NEWNS,
	.err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fs_sharer, mnt_nsfs) {
	/* clang-format on */
	.flags = CLONE_NEWNS,
	.nsfs = true,
	.err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fs_sharer, mnt_uts) {
	/* clang-format on */
	.flags = CLONE_NEWNS | CLONE_NEWUTS,
	.err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fs_sharer, all_but_user) {
	/* clang-format on */
	.flags = ALL_NS & ~CLONE_NEWUSER,
	.err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fs_sharer, user) {
	/* clang-format on */
	.flags = CLONE_NEWUSER,
	.err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fs_sharer, user_mnt) {
	/* clang-format on */
	.flags = CLONE_NEWUSER | CLONE_NEWNS,
	.err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fs_sharer, all) {
	/* clang-format on */
	.flags = ALL_NS,
	.err = EINVAL,
};

/* Types that have nothing to do with root and working directory. */
/* clang-format off */
FIXTURE_VARIANT_ADD(fs_sharer, rest) {
	/* clang-format on */
	.flags = ALL_NS & ~(CLONE_NEWUSER | CLONE_NEWNS),
};

FIXTURE_SETUP(fs_sharer)
{
	SKIP_WITHOUT_CONTAINERS();
	undo_start(_metadata);
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
	/* state_arm() moves the callers there, and with them the test. */
	ASSERT_EQ(0, chdir("/proc"));
	state_read(_metadata, &self->sharer);
}

FIXTURE_TEARDOWN(fs_sharer)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

TEST_F(fs_sharer, sharer_stays)
{
	int fd = self->c.pidfd;
	struct state before;

	if (variant->nsfs)
		fd = container_ns(_metadata, &self->c, "mnt");
	IN_CLONE(CLONE_FS) {
		state_arm(_metadata, &before);
		EXPECT_EQ(variant->err, try_setns(fd, variant->flags));
		EXPECT_MOVED(&before,
			     variant->err ? 0 : moved_by(variant->flags));
	}
	EXPECT_NOTHING_MOVED(&self->sharer);
}

/* A caller that has ended the sharing by unshare(2) moves alone. */
TEST_F(fs_sharer, unshared_moves)
{
	int fd = self->c.pidfd;
	struct state before;

	if (variant->nsfs)
		fd = container_ns(_metadata, &self->c, "mnt");
	IN_CLONE(CLONE_FS) {
		state_arm(_metadata, &before);
		ASSERT_EQ(0, unshare(CLONE_FS));
		EXPECT_EQ(0, try_setns(fd, variant->flags));
		EXPECT_MOVED(&before, moved_by(variant->flags));
	}
	EXPECT_NOTHING_MOVED(&self->sharer);
}

/*
 * A process that shares memory but is no thread, such as a child of vfork(2). It
 * must not join a time namespace, which has a page in that memory.
 */
FIXTURE(mm_sharer)
{
	struct container c;
};

FIXTURE_VARIANT(mm_sharer)
{
	int clone_flags;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mm_sharer, vfork) {
	/* clang-format on */
	.clone_flags = CLONE_VM | CLONE_VFORK,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mm_sharer, clone_vm) {
	/* clang-format on */
	.clone_flags = CLONE_VM,
};

FIXTURE_SETUP(mm_sharer)
{
	SKIP_WITHOUT_CONTAINERS();
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(mm_sharer)
{
	container_stop(_metadata, &self->c);
}

/* It runs in the memory of the test: it asserts nothing, and reports here. */
struct mm_child {
	int fd, flags, err;
	struct state before;
	unsigned int moved;
	struct __test_metadata *_metadata;
};

static int mm_child_run(void *data)
{
	struct mm_child *child = data;

	state_read(child->_metadata, &child->before);
	child->err = try_setns(child->fd, child->flags);
	child->moved = state_moved(child->_metadata, &child->before);
	return 0;
}

static void mm_child_start(struct __test_metadata *_metadata, int clone_flags,
			   struct mm_child *child)
{
	static char stack[65536];
	pid_t pid;

	child->_metadata = _metadata;
	pid = clone(mm_child_run, stack + sizeof(stack), clone_flags | SIGCHLD,
		    child);
	ASSERT_LT(0, pid);
	child_wait(_metadata, pid);
}

TEST_F(mm_sharer, time_refused)
{
	static const int flags[] = {
		CLONE_NEWTIME, CLONE_NEWTIME | CLONE_NEWUTS,
		CLONE_NEWTIME | CLONE_NEWUSER, ALL_NS,
	};
	struct state before;

	state_read(_metadata, &before);
	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		struct mm_child child = {
			.fd = self->c.pidfd,
			.flags = flags[i],
		};

		mm_child_start(_metadata, variant->clone_flags, &child);
		EXPECT_EQ(EUSERS, child.err);
		EXPECT_EQ(0U, child.moved);
	}
	EXPECT_NOTHING_MOVED(&before);
}

TEST_F(mm_sharer, time_refused_nsfs)
{
	struct mm_child child = {
		.fd = container_ns(_metadata, &self->c, "time"),
	};
	struct state before;

	state_read(_metadata, &before);
	mm_child_start(_metadata, variant->clone_flags, &child);
	EXPECT_EQ(EUSERS, child.err);
	EXPECT_EQ(0U, child.moved);
	EXPECT_NOTHING_MOVED(&before);
}

TEST_F(mm_sharer, uts_moves)
{
	struct mm_child child = {
		.fd = self->c.pidfd,
		.flags = CLONE_NEWUTS,
	};
	struct state before;

	state_read(_metadata, &before);
	mm_child_start(_metadata, variant->clone_flags, &child);
	EXPECT_EQ(0, child.err);
	EXPECT_EQ(MOVED_UTS, child.moved);
	EXPECT_NOTHING_MOVED(&before);
}

/* After the sharer has exited, nobody shares the memory. */
TEST_F(mm_sharer, time_afterwards)
{
	struct state before;
	pid_t sharer;

	IN_CHILD {
		sharer = start_sharer(_metadata, CLONE_VM);
		state_read(_metadata, &before);
		EXPECT_EQ(EUSERS, try_setns(self->c.pidfd, CLONE_NEWTIME));
		EXPECT_NOTHING_MOVED(&before);
		stop_child(_metadata, sharer);
		EXPECT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWTIME));
		EXPECT_MOVED(&before, moved_by(CLONE_NEWTIME));
	}
}

TEST_HARNESS_MAIN
