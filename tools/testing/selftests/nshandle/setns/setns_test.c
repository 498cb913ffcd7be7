// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) by pidfd and by nsfs file: who may join what, and what moves then.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/dry_twin.h"

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

/* The links of the joined types are those of @target. */
static void expect_joined(struct __test_metadata *_metadata,
			  const struct state *before, int flags,
			  const struct state *target)
{
	struct state now = { .proc = before->proc, .self = true };

	state_refresh(_metadata, &now);
	for (int i = 0; i < NR_LINKS; i++) {
		int from = i;

		if (!(moved_by(flags) & BIT(i)))
			continue;
		if (i == LINK_PID_FOR_CHILDREN)
			from = LINK_PID;
		if (i == LINK_TIME_FOR_CHILDREN)
			from = LINK_TIME;
		EXPECT_TRUE(ns_same(&target->link[from], &now.link[i])) {
			TH_LOG("%s is not the target's", moved_names[i]);
		}
	}
}

/*
 * Every mask that setns(2) knows, on a container that has all eight: it
 * succeeds, exactly what it names moves, and moves to the container.
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
			expect_joined(_metadata, &before, flags, &self->target);
		}
	}
}

/* One call after the other, each with one type: the same in the end. */
TEST_F(masks, one_by_one)
{
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		/* The user namespace last: it takes the rights for the rest. */
		for (int i = NR_TYPES - 1; i >= 0; i--) {
			EXPECT_EQ(0, try_setns(self->c.pidfd,
					       ns_types[i].flag));
		}
		EXPECT_MOVED(&before, moved_by(ALL_NS));
		expect_joined(_metadata, &before, ALL_NS, &self->target);
	}
}

/*
 * The truth table: a caller, a target, and the result for each type in the
 * order of ns_types, through a pidfd and through the namespace's file.
 */
FIXTURE(join)
{
	struct container c;
	struct state target;
	int pidfd;
	char dir[64];		/* in /proc, as seen from its directory */
};

FIXTURE_VARIANT(join)
{
	enum caller caller;
	enum target target;
	int pidfd_err[NR_TYPES];
	int nsfs_err[NR_TYPES];
};

#define ALL_EIGHT(_e) { [0 ... 7] = (_e) }
#define USER_REST(_u, _e) { [0] = (_u), [1 ... 7] = (_e) }
#define USER_MNT_REST(_u, _m, _e) { [0] = (_u), [1] = (_m), [2 ... 7] = (_e) }

/* The one user namespace that nobody may join is his own. */
/* clang-format off */
FIXTURE_VARIANT_ADD(join, root_plain) {
	/* clang-format on */
	.caller = ROOT,
	.target = PLAIN,
	.pidfd_err = USER_REST(EINVAL, 0),
	.nsfs_err = USER_REST(EINVAL, 0),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, root_full) {
	/* clang-format on */
	.caller = ROOT,
	.target = FULL,
	.pidfd_err = ALL_EIGHT(0),
	.nsfs_err = ALL_EIGHT(0),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, root_foreign) {
	/* clang-format on */
	.caller = ROOT,
	.target = FOREIGN,
	.pidfd_err = ALL_EIGHT(0),
	.nsfs_err = ALL_EIGHT(0),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, root_thread) {
	/* clang-format on */
	.caller = ROOT,
	.target = THREAD,
	.pidfd_err = ALL_EIGHT(0),
	.nsfs_err = ALL_EIGHT(0),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, root_self) {
	/* clang-format on */
	.caller = ROOT,
	.target = SELF,
	.pidfd_err = USER_REST(EINVAL, 0),
	.nsfs_err = USER_REST(EINVAL, 0),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, no_admin_plain) {
	/* clang-format on */
	.caller = NO_ADMIN,
	.target = PLAIN,
	.pidfd_err = USER_REST(EINVAL, EPERM),
	.nsfs_err = USER_REST(EINVAL, EPERM),
};

/* The owner of a user namespace needs no capability to join it. */
/* clang-format off */
FIXTURE_VARIANT_ADD(join, no_admin_full) {
	/* clang-format on */
	.caller = NO_ADMIN,
	.target = FULL,
	.pidfd_err = USER_REST(0, EPERM),
	.nsfs_err = USER_REST(0, EPERM),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, no_admin_foreign) {
	/* clang-format on */
	.caller = NO_ADMIN,
	.target = FOREIGN,
	.pidfd_err = ALL_EIGHT(EPERM),
	.nsfs_err = ALL_EIGHT(EPERM),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, no_admin_thread) {
	/* clang-format on */
	.caller = NO_ADMIN,
	.target = THREAD,
	.pidfd_err = USER_REST(0, EPERM),
	.nsfs_err = USER_REST(0, EPERM),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, no_admin_self) {
	/* clang-format on */
	.caller = NO_ADMIN,
	.target = SELF,
	.pidfd_err = USER_REST(EINVAL, EPERM),
	.nsfs_err = USER_REST(EINVAL, EPERM),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, no_chroot_plain) {
	/* clang-format on */
	.caller = NO_CHROOT,
	.target = PLAIN,
	.pidfd_err = USER_MNT_REST(EINVAL, EPERM, 0),
	.nsfs_err = USER_MNT_REST(EINVAL, EPERM, 0),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, no_chroot_full) {
	/* clang-format on */
	.caller = NO_CHROOT,
	.target = FULL,
	.pidfd_err = USER_MNT_REST(0, EPERM, 0),
	.nsfs_err = USER_MNT_REST(0, EPERM, 0),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, no_chroot_foreign) {
	/* clang-format on */
	.caller = NO_CHROOT,
	.target = FOREIGN,
	.pidfd_err = USER_MNT_REST(0, EPERM, 0),
	.nsfs_err = USER_MNT_REST(0, EPERM, 0),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, no_chroot_thread) {
	/* clang-format on */
	.caller = NO_CHROOT,
	.target = THREAD,
	.pidfd_err = USER_MNT_REST(0, EPERM, 0),
	.nsfs_err = USER_MNT_REST(0, EPERM, 0),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, no_chroot_self) {
	/* clang-format on */
	.caller = NO_CHROOT,
	.target = SELF,
	.pidfd_err = USER_MNT_REST(EINVAL, EPERM, 0),
	.nsfs_err = USER_MNT_REST(EINVAL, EPERM, 0),
};

/* By pidfd, the target must be one that the caller may trace as well. */
/* clang-format off */
FIXTURE_VARIANT_ADD(join, no_ptrace_plain) {
	/* clang-format on */
	.caller = NO_PTRACE,
	.target = PLAIN,
	.pidfd_err = ALL_EIGHT(EPERM),
	.nsfs_err = USER_REST(EINVAL, 0),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, no_ptrace_full) {
	/* clang-format on */
	.caller = NO_PTRACE,
	.target = FULL,
	.pidfd_err = ALL_EIGHT(0),
	.nsfs_err = ALL_EIGHT(0),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, no_ptrace_foreign) {
	/* clang-format on */
	.caller = NO_PTRACE,
	.target = FOREIGN,
	.pidfd_err = ALL_EIGHT(EPERM),
	.nsfs_err = ALL_EIGHT(0),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, no_ptrace_self) {
	/* clang-format on */
	.caller = NO_PTRACE,
	.target = SELF,
	.pidfd_err = USER_REST(EINVAL, 0),
	.nsfs_err = USER_REST(EINVAL, 0),
};

/* By pidfd nobody looks at the namespaces of a task he may not see. */
/* clang-format off */
FIXTURE_VARIANT_ADD(join, uid_1000_plain) {
	/* clang-format on */
	.caller = UID_1000,
	.target = PLAIN,
	.pidfd_err = ALL_EIGHT(EPERM),
	.nsfs_err = USER_REST(EINVAL, EPERM),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, uid_1000_full) {
	/* clang-format on */
	.caller = UID_1000,
	.target = FULL,
	.pidfd_err = ALL_EIGHT(EPERM),
	.nsfs_err = ALL_EIGHT(EPERM),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, uid_1000_foreign) {
	/* clang-format on */
	.caller = UID_1000,
	.target = FOREIGN,
	.pidfd_err = ALL_EIGHT(EPERM),
	.nsfs_err = ALL_EIGHT(EPERM),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, uid_1000_thread) {
	/* clang-format on */
	.caller = UID_1000,
	.target = THREAD,
	.pidfd_err = ALL_EIGHT(EPERM),
	.nsfs_err = ALL_EIGHT(EPERM),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, uid_1000_self) {
	/* clang-format on */
	.caller = UID_1000,
	.target = SELF,
	.pidfd_err = USER_REST(EINVAL, EPERM),
	.nsfs_err = USER_REST(EINVAL, EPERM),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, owner_foreign) {
	/* clang-format on */
	.caller = OWNER,
	.target = FOREIGN,
	.pidfd_err = USER_REST(0, EPERM),
	.nsfs_err = USER_REST(0, EPERM),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, child_root_plain) {
	/* clang-format on */
	.caller = CHILD_ROOT,
	.target = PLAIN,
	.pidfd_err = ALL_EIGHT(EPERM),
	.nsfs_err = ALL_EIGHT(EPERM),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, child_root_full) {
	/* clang-format on */
	.caller = CHILD_ROOT,
	.target = FULL,
	.pidfd_err = ALL_EIGHT(EPERM),
	.nsfs_err = ALL_EIGHT(EPERM),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, child_root_foreign) {
	/* clang-format on */
	.caller = CHILD_ROOT,
	.target = FOREIGN,
	.pidfd_err = ALL_EIGHT(EPERM),
	.nsfs_err = ALL_EIGHT(EPERM),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, child_root_thread) {
	/* clang-format on */
	.caller = CHILD_ROOT,
	.target = THREAD,
	.pidfd_err = ALL_EIGHT(EPERM),
	.nsfs_err = ALL_EIGHT(EPERM),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(join, child_root_self) {
	/* clang-format on */
	.caller = CHILD_ROOT,
	.target = SELF,
	.pidfd_err = USER_REST(EINVAL, EPERM),
	.nsfs_err = USER_REST(EINVAL, EPERM),
};

FIXTURE_SETUP(join)
{
	pid_t tid;

	SKIP_WITHOUT_CONTAINERS();
	if (variant->target == THREAD &&
	    sys_pidfd_open(getpid(), PIDFD_THREAD) < 0 && errno == EINVAL)
		skip_test(_metadata, "kernel without PIDFD_THREAD (6.9)");
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
		self->pidfd = sys_pidfd_open(tid, PIDFD_THREAD);
		ASSERT_LE(0, self->pidfd);
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

	/* What is held already stays; its side effects do not. */
	if (target == SELF)
		return moved & (MOVED_CWD | MOVED_UNDO);
	if (ns_types[i].flag != CLONE_NEWUSER)
		return moved;
	/* Without capabilities no securebit could be set before. */
	if (caller == OWNER)
		moved &= ~MOVED_SECUREBITS;
	/* New rights, over what was not ours: hide from the old kind. */
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
	ASSERT_LE(0, fd) {
		TH_LOG("open %s: %s", path, strerror(errno));
	}
	return fd;
}

/* In a fresh caller: joins type @i by @fd and checks all that follows. */
static void row_check(struct __test_metadata *_metadata, int fd, int i, int err,
		      unsigned int moved, const struct state *target)
{
	struct state before;

	state_arm(_metadata, &before);
	EXPECT_EQ(err, try_setns(fd, ns_types[i].flag)) {
		TH_LOG("type %s", ns_types[i].name);
	}
	EXPECT_MOVED(&before, err ? 0 : moved);
	if (!err && target)
		expect_joined(_metadata, &before, ns_types[i].flag, target);
}

TEST_F(join, by_pidfd)
{
	bool of_self = variant->target == SELF;

	for (int i = 0; i < NR_TYPES; i++) {
		IN_CHILD {
			caller_become(_metadata, variant->caller);
			if (of_self)
				self->pidfd = sys_pidfd_open(getpid(), 0);
			row_check(_metadata, self->pidfd, i,
				  variant->pidfd_err[i],
				  row_moved(variant->caller, variant->target,
					    i),
				  of_self ? NULL : &self->target);
		}
	}
}

TEST_F(join, by_nsfs)
{
	bool of_self = variant->target == SELF;
	int proc = self->c.proc;
	int fd = -1;

	for (int i = 0; i < NR_TYPES; i++) {
		/* Root opens it: the rights asked for are those to join. */
		if (!of_self)
			fd = row_open_ns(_metadata, proc, self->dir, i);
		IN_CHILD {
			caller_become(_metadata, variant->caller);
			if (of_self)
				fd = row_open_ns(_metadata, proc, self->dir, i);
			row_check(_metadata, fd, i, variant->nsfs_err[i],
				  row_moved(variant->caller, variant->target,
					    i),
				  of_self ? NULL : &self->target);
		}
		if (fd >= 0)
			close(fd);
	}
}

TEST_HARNESS_MAIN
