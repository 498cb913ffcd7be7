// SPDX-License-Identifier: GPL-2.0
/*
 * A process without capabilities joins nothing by a set that it is sent.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/nsset.h"
#include "../lib/parcel.h"
#include "../lib/picture.h"
#include "../lib/types.h"

/*
 * A parcel is two descriptors: here the pidfd of a container, and a set of it. The
 * receiver has no other descriptor.
 */
FIXTURE(sent)
{
	struct container c;
	int set;
};

FIXTURE_SETUP(sent)
{
	SKIP_WITHOUT_NSSET();
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
	self->set = nsset_make(_metadata, self->c.pidfd, 0, 0);
}

FIXTURE_TEARDOWN(sent)
{
	container_stop(_metadata, &self->c);
}

TEST_F(sent, to_uid_1000)
{
	struct parcel p = { .fc = self->c.pidfd, .ns = self->set };
	struct state before;
	int socks[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	parcel_send(_metadata, socks[0], &p);
	IN_CHILD {
		int sock = keep_only(_metadata, socks[1]);

		become(_metadata, 1000);
		p = parcel_receive(_metadata, sock);
		state_arm(_metadata, &before);
		for (unsigned int bits = 1; bits < 256; bits += NEXT_ROW) {
			EXPECT_EQ(EPERM, try_setns(p.fc, mask_flags(bits)));
			EXPECT_EQ(EPERM, try_setns(p.ns, mask_flags(bits)));
		}
		EXPECT_EQ(EPERM, try_setns(p.ns, 0));
		EXPECT_EQ(EPERM, try_setns(p.ns, SETNS_ALL));
		EXPECT_NOTHING_MOVED(&before);
	}
}

/* Root can join what it is sent. */
TEST_F(sent, to_root)
{
	struct parcel p = { .fc = self->c.pidfd, .ns = self->set };
	struct state before;
	int socks[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	parcel_send(_metadata, socks[0], &p);
	IN_CHILD {
		int sock = keep_only(_metadata, socks[1]);

		p = parcel_receive(_metadata, sock);
		state_arm(_metadata, &before);
		EXPECT_EQ(0, try_setns(p.ns, 0));
		EXPECT_MOVED(&before, moved_by(ALL_NS) & ~MOVED_UNDO);
	}
}

/*
 * A process without rights that is in all of it already: SETNS_SKIP_JOINED has
 * nothing left to ask. By pidfd the right to look at the process comes first.
 */
TEST_F(sent, joined_and_no_rights)
{
	struct state before;

	IN_CHILD {
		ASSERT_EQ(0, try_setns(self->set, 0));
		cap_keep_only(_metadata, -1);
		state_arm(_metadata, &before);
		EXPECT_EQ(EPERM, try_setns(self->c.pidfd, SETNS_ALL));
		EXPECT_EQ(0, SETNS(self->set, SETNS_ALL));
		EXPECT_EQ(EPERM, try_setns(self->set, BUT_NS(CLONE_NEWUSER)));
		EXPECT_NOTHING_MOVED(&before);
	}
}

TEST_HARNESS_MAIN
