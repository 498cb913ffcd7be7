// SPDX-License-Identifier: GPL-2.0
/*
 * A seccomp filter on the types of setns(2) sees whatever a pidfd or a set joins.
 *
 * The filter is that of systemd's RestrictNamespaces=: setns(2) is refused if
 * its second argument has the bit of a forbidden type, or is 0.
 */
#include <stddef.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/nsset.h"
#include "../lib/picture.h"
#include "../lib/types.h"

/* No errno of setns(2). */
#define FILTERED EXFULL

FIXTURE(filtered)
{
	struct container c;
	int fd;
};

FIXTURE_VARIANT(filtered)
{
	bool by_set;
	__u32 made;	/* flags of PIDFD_GET_NSSET */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(filtered, process) {
	/* clang-format on */
	.by_set = false,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(filtered, set) {
	/* clang-format on */
	.by_set = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(filtered, set_with_root) {
	/* clang-format on */
	.by_set = true,
	.made = SETNS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(filtered, set_for_children) {
	/* clang-format on */
	.by_set = true,
	.made = SETNS_FOR_CHILDREN,
};

FIXTURE_SETUP(filtered)
{
	SKIP_WITHOUT_NSSET();
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
	self->fd = variant->by_set ?
		   nsset_make(_metadata, self->c.pidfd, 0, variant->made) :
		   self->c.pidfd;
}

FIXTURE_TEARDOWN(filtered)
{
	container_stop(_metadata, &self->c);
}

static void forbid(struct __test_metadata *_metadata, int types)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_setns, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, types, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | FILTERED),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { ARRAY_LEN(code), code };

	ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	ASSERT_EQ(0, prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter));
}

/* No flag joins a type whose bit is not there. */
TEST_F(filtered, no_way_around)
{
	IN_CHILD {
		struct state before;
		unsigned int moved = 0;

		state_read(_metadata, &before);
		forbid(_metadata, CLONE_NEWNET | CLONE_NEWIPC);
		EXPECT_EQ(FILTERED, try_setns(self->fd, 0));
		for (int flags = 1; flags <= 0xff; flags++) {
			if (flags & CLONE_NEWTIME)
				continue;
			EXPECT_EQ(EINVAL, try_setns(self->fd, flags));
			EXPECT_NOTHING_MOVED(&before);
		}
		for (int flags = 1; flags <= ALL_FLAGS; flags++) {
			if (!try_setns(self->fd, CLONE_NEWUTS | flags))
				moved = MOVED_UTS;
			EXPECT_MOVED(&before, moved);
		}
		EXPECT_EQ((unsigned int)MOVED_UTS, moved);
	}
}

/* What is not forbidden goes on. */
TEST_F(filtered, other_types)
{
	IN_CHILD {
		int but_net = SETNS_ALL & ~CLONE_NEWNET;
		struct state before, there;

		state_read(_metadata, &before);
		state_read_task(_metadata, self->c.proc, ".", &there);
		forbid(_metadata, CLONE_NEWNET);
		EXPECT_EQ(FILTERED, try_setns(self->fd, SETNS_ALL));
		EXPECT_NOTHING_MOVED(&before);
		EXPECT_EQ(0, try_setns(self->fd, but_net));
		EXPECT_EQ(0U, state_moved(_metadata, &before) & MOVED_NET);
		expect_there(_metadata, &before, BUT_NS(CLONE_NEWNET), &there);
	}
}

TEST_HARNESS_MAIN
