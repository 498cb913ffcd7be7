// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) by pidfd or nsfs file joins what the caller may join, and moves
 * nothing else.
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

#define OTHER_UID 2000

enum target {
	PLAIN,		/* container in our user namespace */
	FULL,		/* container with a user namespace of ours */
	FOREIGN,	/* container with a user namespace of OTHER_UID */
	THREAD,		/* second thread of a full container */
	SELF,
};

enum caller {
	ROOT,
	NO_ADMIN,	/* root without CAP_SYS_ADMIN */
	NO_CHROOT,	/* root without CAP_SYS_CHROOT */
	NO_PTRACE,	/* root without CAP_SYS_PTRACE */
	UID_1000,
	OWNER,		/* OTHER_UID, no capabilities */
	CHILD_ROOT,	/* root of a user namespace below ours */
};

static void target_start(struct __test_metadata *_metadata,
			 struct container *c, enum target target)
{
	c->flags = ALL_NS;
	if (target == PLAIN)
		c->flags &= ~CLONE_NEWUSER;
	if (target == FOREIGN)
		c->owner = OTHER_UID;
	c->thread = target == THREAD;
	container_start(_metadata, c);
}

static void caller_become(struct __test_metadata *_metadata,
			  enum caller caller)
{
	switch (caller) {
	case ROOT:
		break;
	case NO_ADMIN:
		cap_drop(_metadata, CAP_SYS_ADMIN);
		break;
	case NO_CHROOT:
		cap_drop(_metadata, CAP_SYS_CHROOT);
		break;
	case NO_PTRACE:
		cap_drop(_metadata, CAP_SYS_PTRACE);
		break;
	case UID_1000:
		become(_metadata, 1000);
		break;
	case OWNER:
		become(_metadata, OTHER_UID);
		break;
	case CHILD_ROOT:
		enter_userns(_metadata);
		break;
	}
}

/*
 * Every mask of types, on a container that has all eight of its own: setns(2)
 * succeeds, and exactly what the mask names moves to the container.
 */
FIXTURE(masks)
{
	struct container c;
	struct state target;
};

FIXTURE_SETUP(masks)
{
	SKIP_WITHOUT_CONTAINERS();
	undo_start(_metadata);
	target_start(_metadata, &self->c, FULL);
	state_read_task(_metadata, self->c.proc, ".", &self->target);
}

FIXTURE_TEARDOWN(masks)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

TEST_F(masks, all_255)
{
	for (unsigned int bits = 1; bits < 256; bits += NEXT_ROW) {
		int flags = mask_flags(bits);

		IN_CHILD {
			struct state before;

			state_arm(_metadata, &before);
			EXPECT_EQ(0, try_setns(self->c.pidfd, flags)) {
				TH_LOG("flags %#x", flags);
			}
			EXPECT_MOVED(&before, moved_by(flags));
			expect_there(_metadata, &before, flags, &self->target);
		}
	}
}

/* One call for each type: the end is that of one call for all. */
TEST_F(masks, one_by_one)
{
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		/* The user namespace last: it takes the rights for the rest. */
		for (int i = NR_TYPES - 1; i >= 0; i--)
			EXPECT_EQ(0, try_setns(self->c.pidfd,
					       ns_types[i].flag));
		EXPECT_MOVED(&before, moved_by(ALL_NS));
		expect_there(_metadata, &before, ALL_NS, &self->target);
	}
}

/* The truth table: a row has the errno of each type, in the order of ns_types. */
FIXTURE(join)
{
	struct container c;
	struct state target;
	int pidfd;
	char dir[64];		/* of the target, below /proc/PID of @c */
};

FIXTURE_VARIANT(join)
{
	enum caller caller;
	enum target target;
	int err[2][NR_TYPES];	/* by pidfd, by nsfs file */
};

#define ALL_EIGHT(_e) { [0 ... 7] = (_e) }
#define USER_REST(_u, _e) { [0] = (_u), [1 ... 7] = (_e) }
#define USER_MNT_REST(_u, _m, _e) { [0] = (_u), [1] = (_m), [2 ... 7] = (_e) }
#define BOTH(_e) .err = { [0 ... 1] = _e }

/* clang-format off */
/* Nobody may join the user namespace that he is in. */
FIXTURE_VARIANT_ADD(join, root_plain) {
	.caller = ROOT, .target = PLAIN, BOTH(USER_REST(EINVAL, 0)),
};

FIXTURE_VARIANT_ADD(join, root_full) {
	.caller = ROOT, .target = FULL, BOTH(ALL_EIGHT(0)),
};

FIXTURE_VARIANT_ADD(join, root_foreign) {
	.caller = ROOT, .target = FOREIGN, BOTH(ALL_EIGHT(0)),
};

FIXTURE_VARIANT_ADD(join, root_thread) {
	.caller = ROOT, .target = THREAD, BOTH(ALL_EIGHT(0)),
};

FIXTURE_VARIANT_ADD(join, root_self) {
	.caller = ROOT, .target = SELF, BOTH(USER_REST(EINVAL, 0)),
};

FIXTURE_VARIANT_ADD(join, no_admin_plain) {
	.caller = NO_ADMIN, .target = PLAIN, BOTH(USER_REST(EINVAL, EPERM)),
};

/* The owner of a user namespace needs no capability to join it. */
FIXTURE_VARIANT_ADD(join, no_admin_full) {
	.caller = NO_ADMIN, .target = FULL, BOTH(USER_REST(0, EPERM)),
};

FIXTURE_VARIANT_ADD(join, no_admin_foreign) {
	.caller = NO_ADMIN, .target = FOREIGN, BOTH(ALL_EIGHT(EPERM)),
};

FIXTURE_VARIANT_ADD(join, no_admin_thread) {
	.caller = NO_ADMIN, .target = THREAD, BOTH(USER_REST(0, EPERM)),
};

FIXTURE_VARIANT_ADD(join, no_admin_self) {
	.caller = NO_ADMIN, .target = SELF, BOTH(USER_REST(EINVAL, EPERM)),
};

FIXTURE_VARIANT_ADD(join, no_chroot_plain) {
	.caller = NO_CHROOT, .target = PLAIN,
	BOTH(USER_MNT_REST(EINVAL, EPERM, 0)),
};

FIXTURE_VARIANT_ADD(join, no_chroot_full) {
	.caller = NO_CHROOT, .target = FULL, BOTH(USER_MNT_REST(0, EPERM, 0)),
};

FIXTURE_VARIANT_ADD(join, no_chroot_foreign) {
	.caller = NO_CHROOT, .target = FOREIGN,
	BOTH(USER_MNT_REST(0, EPERM, 0)),
};

FIXTURE_VARIANT_ADD(join, no_chroot_thread) {
	.caller = NO_CHROOT, .target = THREAD, BOTH(USER_MNT_REST(0, EPERM, 0)),
};

FIXTURE_VARIANT_ADD(join, no_chroot_self) {
	.caller = NO_CHROOT, .target = SELF,
	BOTH(USER_MNT_REST(EINVAL, EPERM, 0)),
};

/* By pidfd, the caller must have the right to trace the target, too. */
FIXTURE_VARIANT_ADD(join, no_ptrace_plain) {
	.caller = NO_PTRACE, .target = PLAIN,
	.err = { ALL_EIGHT(EPERM), USER_REST(EINVAL, 0) },
};

FIXTURE_VARIANT_ADD(join, no_ptrace_full) {
	.caller = NO_PTRACE, .target = FULL, BOTH(ALL_EIGHT(0)),
};

FIXTURE_VARIANT_ADD(join, no_ptrace_foreign) {
	.caller = NO_PTRACE, .target = FOREIGN,
	.err = { ALL_EIGHT(EPERM), ALL_EIGHT(0) },
};

FIXTURE_VARIANT_ADD(join, no_ptrace_self) {
	.caller = NO_PTRACE, .target = SELF, BOTH(USER_REST(EINVAL, 0)),
};

/* By pidfd, EPERM for the target comes before EINVAL for a namespace. */
FIXTURE_VARIANT_ADD(join, uid_1000_plain) {
	.caller = UID_1000, .target = PLAIN,
	.err = { ALL_EIGHT(EPERM), USER_REST(EINVAL, EPERM) },
};

FIXTURE_VARIANT_ADD(join, uid_1000_full) {
	.caller = UID_1000, .target = FULL, BOTH(ALL_EIGHT(EPERM)),
};

FIXTURE_VARIANT_ADD(join, uid_1000_foreign) {
	.caller = UID_1000, .target = FOREIGN, BOTH(ALL_EIGHT(EPERM)),
};

FIXTURE_VARIANT_ADD(join, uid_1000_thread) {
	.caller = UID_1000, .target = THREAD, BOTH(ALL_EIGHT(EPERM)),
};

FIXTURE_VARIANT_ADD(join, uid_1000_self) {
	.caller = UID_1000, .target = SELF, BOTH(USER_REST(EINVAL, EPERM)),
};

FIXTURE_VARIANT_ADD(join, owner_foreign) {
	.caller = OWNER, .target = FOREIGN, BOTH(USER_REST(0, EPERM)),
};

FIXTURE_VARIANT_ADD(join, child_root_plain) {
	.caller = CHILD_ROOT, .target = PLAIN, BOTH(ALL_EIGHT(EPERM)),
};

FIXTURE_VARIANT_ADD(join, child_root_full) {
	.caller = CHILD_ROOT, .target = FULL, BOTH(ALL_EIGHT(EPERM)),
};

FIXTURE_VARIANT_ADD(join, child_root_foreign) {
	.caller = CHILD_ROOT, .target = FOREIGN, BOTH(ALL_EIGHT(EPERM)),
};

FIXTURE_VARIANT_ADD(join, child_root_thread) {
	.caller = CHILD_ROOT, .target = THREAD, BOTH(ALL_EIGHT(EPERM)),
};

FIXTURE_VARIANT_ADD(join, child_root_self) {
	.caller = CHILD_ROOT, .target = SELF, BOTH(USER_REST(EINVAL, EPERM)),
};

/* clang-format on */

FIXTURE_SETUP(join)
{
	pid_t tid;

	SKIP_WITHOUT_CONTAINERS();
	if (variant->target == THREAD)
		close(thread_pidfd(_metadata, getpid()));
	undo_start(_metadata);
	if (variant->target == SELF) {
		snprintf(self->dir, sizeof(self->dir), "/proc/self");
		return;
	}
	target_start(_metadata, &self->c, variant->target);
	self->pidfd = self->c.pidfd;
	snprintf(self->dir, sizeof(self->dir), ".");
	if (variant->target == THREAD) {
		tid = container_thread_tid(_metadata, &self->c);
		self->pidfd = thread_pidfd(_metadata, tid);
		snprintf(self->dir, sizeof(self->dir), "task/%d", tid);
	}
	state_read_task(_metadata, self->c.proc, self->dir, &self->target);
}

FIXTURE_TEARDOWN(join)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

/* What moves in a row of the table when type @i is joined. */
static unsigned int row_moved(enum caller caller, enum target target, int i)
{
	unsigned int moved = ns_types[i].moved;

	/* The namespaces stay; the side effects of a join happen. */
	if (target == SELF)
		return moved & (MOVED_CWD | MOVED_UNDO);
	if (ns_types[i].flag != CLONE_NEWUSER)
		return moved;
	/* Without capabilities, state_arm() cannot set a securebit. */
	if (caller == OWNER)
		moved &= ~MOVED_SECUREBITS;
	/* More capabilities than before: the kernel resets both. */
	if (target == FOREIGN && caller != OWNER)
		moved |= MOVED_DUMPABLE | MOVED_PDEATH;
	return moved;
}

/* The file of type @i in @dir, a path from @proc or an absolute one. */
static int row_open_ns(struct __test_metadata *_metadata, int proc,
		       const char *dir, int i)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/ns/%s", dir, ns_types[i].name);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	return fd;
}

/* In a child of the caller's kind: joins type @i by @fd. */
static void row_check(struct __test_metadata *_metadata,
		      const FIXTURE_VARIANT(join) * row, int fd, int i, int err,
		      const struct state *target)
{
	unsigned int moved = row_moved(row->caller, row->target, i);
	struct state before;

	state_arm(_metadata, &before);
	EXPECT_EQ(err, try_setns(fd, ns_types[i].flag)) {
		TH_LOG("type %s", ns_types[i].name);
	}
	EXPECT_MOVED(&before, err ? 0 : moved);
	if (!err && row->target != SELF)
		expect_there(_metadata, &before, ns_types[i].flag, target);
}

TEST_F(join, by_pidfd)
{
	for (int i = 0; i < NR_TYPES; i++)
		IN_CHILD {
			caller_become(_metadata, variant->caller);
			if (variant->target == SELF)
				self->pidfd = sys_pidfd_open(getpid(), 0);
			row_check(_metadata, variant, self->pidfd, i,
				  variant->err[0][i], &self->target);
		}
}

TEST_F(join, by_nsfs)
{
	bool of_self = variant->target == SELF;
	int proc = self->c.proc;
	int fd = -1;

	for (int i = 0; i < NR_TYPES; i++) {
		/* Root opens the file: only the join asks for rights. */
		if (!of_self)
			fd = row_open_ns(_metadata, proc, self->dir, i);
		IN_CHILD {
			caller_become(_metadata, variant->caller);
			if (of_self)
				fd = row_open_ns(_metadata, proc, self->dir, i);
			row_check(_metadata, variant, fd, i,
				  variant->err[1][i], &self->target);
		}
		if (fd >= 0)
			close(fd);
	}
}

TEST_HARNESS_MAIN
