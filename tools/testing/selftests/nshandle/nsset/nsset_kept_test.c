// SPDX-License-Identifier: GPL-2.0
/*
 * A set keeps the namespaces that it holds, and no other, until it is closed.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/marked.h"
#include "../lib/mounts.h"
#include "../lib/nsset.h"
#include "../lib/picture.h"
#include "../lib/types.h"

FIXTURE(kept) {
	const struct kind *kind;
	__u32 made;
};

FIXTURE_VARIANT(kept) {
	int type;	/* index in ns_types */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kept, user) { .type = 0, };
FIXTURE_VARIANT_ADD(kept, mnt) { .type = 1, };
FIXTURE_VARIANT_ADD(kept, uts) { .type = 2, };
FIXTURE_VARIANT_ADD(kept, ipc) { .type = 3, };
FIXTURE_VARIANT_ADD(kept, pid) { .type = 4, };
FIXTURE_VARIANT_ADD(kept, cgroup) { .type = 5, };
FIXTURE_VARIANT_ADD(kept, net) { .type = 6, };
FIXTURE_VARIANT_ADD(kept, time) { .type = 7, };
/* clang-format on */

FIXTURE_SETUP(kept)
{
	SKIP_WITHOUT_NSSET();
	self->kind = kind_of(ns_types[variant->type].flag);
	if (self->kind->flag == CLONE_NEWNET && !have_dummy_device(_metadata))
		SKIP(return, "needs ip(8) and dummy network devices");
	if (self->kind->flag & (CLONE_NEWPID | CLONE_NEWTIME))
		self->made = SETNS_FOR_CHILDREN;
	private_mounts(_metadata);
}

FIXTURE_TEARDOWN(kept)
{
}

/* A set of @types, made of a process that is gone then. */
static int set_leave(struct __test_metadata *_metadata,
		     const struct kind *kind, bool mark, __u64 types,
		     __u32 made)
{
	pid_t pid = marked_start(_metadata, kind, mark, NULL);
	int pidfd = sys_pidfd_open(pid, 0), set;

	ASSERT_LE(0, pidfd);
	set = nsset_make(_metadata, pidfd, types, made);
	close(pidfd);
	stop_child(_metadata, pid);
	return set;
}

/* Without a cgroup of its own, a cgroup namespace has no mark. */
static void expect_marked(struct __test_metadata *_metadata,
			  const struct kind *kind, int set, int flags)
{
	bool marked = kind->flag != CLONE_NEWCGROUP;

	EXPECT_FALSE(kind->marked());
	IN_CHILD {
		EXPECT_EQ(0, try_setns(set, flags));
		EXPECT_EQ(marked, kind->marked());
	}
}

TEST_F(kept, by_the_set_alone)
{
	int flag = self->kind->flag, link, set;
	struct nsset_info info;
	struct state now;

	set = set_leave(_metadata, self->kind, true, flag, self->made);
	ASSERT_EQ(0, nsset_info(set, &info));
	link = flag == CLONE_NEWPID ? LINK_PID_FOR_CHILDREN :
	       nsset_link(variant->type, 0);
	IN_CHILD {
		EXPECT_EQ(0, try_setns(set, flag));
		state_read(_metadata, &now);
		EXPECT_EQ(info.ino[variant->type], now.link[link].ino);
	}
	expect_marked(_metadata, self->kind, set, 0);
}

/* All other types are those of the test itself. */
TEST_F(kept, in_a_set_of_all)
{
	int set = set_leave(_metadata, self->kind, true, 0,
			    SETNS_FOR_CHILDREN);

	expect_marked(_metadata, self->kind, set, SETNS_ALL);
}

/* In a user namespace that may have one namespace of the kind: set its limit. */
static void limit_enter(struct __test_metadata *_metadata,
			const struct kind *kind)
{
	char path[64];

	enter_userns(_metadata);
	snprintf(path, sizeof(path), "/proc/sys/user/max_%s_namespaces",
		 kind->name);
	write_at(_metadata, AT_FDCWD, path, "1");
}

/* A kernel worker frees some types, so it may take a while. */
static void expect_room(struct __test_metadata *_metadata,
			const struct kind *kind)
{
	long long end = now_ms(CLOCK_MONOTONIC) + POLL_MS;

	while (unshare(kind->flag)) {
		ASSERT_EQ(ENOSPC, errno);
		ASSERT_GT(end, now_ms(CLOCK_MONOTONIC));
		sched_yield();
	}
}

/* The namespace counts towards its owner's limit until the set is closed. */
TEST_F(kept, until_the_close)
{
	const struct kind *kind = self->kind;

	IN_CHILD {
		int set, copy;

		limit_enter(_metadata, kind);
		set = set_leave(_metadata, kind, false, kind->flag,
				self->made);
		copy = dup(set);
		EXPECT_EQ(-1, unshare(kind->flag));
		EXPECT_EQ(ENOSPC, errno);
		close(set);
		EXPECT_EQ(-1, unshare(kind->flag));
		EXPECT_EQ(ENOSPC, errno);
		close(copy);
		expect_room(_metadata, kind);
	}
}

/* A set of the seven other types does not keep it. */
TEST_F(kept, only_what_it_holds)
{
	const struct kind *kind = self->kind;

	IN_CHILD {
		struct nsset_info info;
		int set;

		limit_enter(_metadata, kind);
		set = set_leave(_metadata, kind, false, BUT_NS(kind->flag),
				SETNS_FOR_CHILDREN);
		expect_room(_metadata, kind);
		EXPECT_EQ(0, nsset_info(set, &info));
		EXPECT_EQ(0U, info.ino[variant->type]);
	}
}

/* ----- The process's own pid or time namespace does not keep the children's. */

FIXTURE(own) {
};

FIXTURE_VARIANT(own) {
	int flag;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(own, pid) { .flag = CLONE_NEWPID, };
FIXTURE_VARIANT_ADD(own, time) { .flag = CLONE_NEWTIME, };
/* clang-format on */

FIXTURE_SETUP(own)
{
	SKIP_WITHOUT_NSSET();
}

FIXTURE_TEARDOWN(own)
{
}

TEST_F(own, not_of_the_children)
{
	const struct kind *kind = kind_of(variant->flag);

	IN_CHILD {
		limit_enter(_metadata, kind);
		EXPECT_LE(0, set_leave(_metadata, kind, false, 0, 0));
		expect_room(_metadata, kind);
	}
}

TEST_HARNESS_MAIN
