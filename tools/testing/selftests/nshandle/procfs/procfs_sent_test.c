// SPDX-License-Identifier: GPL-2.0
/*
 * A task that receives a context of procfs sets only what the task itself may
 * set.
 *
 * Root of BOX has opened the context. Each task receives it, and a descriptor
 * of a pid namespace, over a socket.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/parcel.h"
#include "../lib/procfs.h"
#include "../lib/world.h"

FIXTURE(sent) {
	struct world w;
	int socks[2];
	struct parcel p;	/* the context and the opener's pid namespace */
};

FIXTURE_SETUP(sent)
{
	procfs_world_enter(_metadata, &self->w);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				self->socks));
	ASSERT_EQ(0, try_setns(self->w.ns[BOX], CLONE_NEWPID));
	IN_CHILD {
		struct parcel own;

		become_box_root(_metadata, &self->w);
		own.fc = procfs_context(_metadata);
		own.ns = ns_open_self(_metadata);
		parcel_send(_metadata, self->socks[1], &own);
	}
	self->p = parcel_receive(_metadata, self->socks[0]);
}

FIXTURE_TEARDOWN_PARENT(sent)
{
}

/* The default is the opener's pid namespace, if the maker has the right. */
TEST_F(sent, shows_the_openers_if_not_set)
{
	EXPECT_TRUE(same_ns(_metadata, self->p.ns, self->w.ns[BOX]));
	IN_CHILD {
		become_caller(_metadata, &self->w, NO_ADMIN);
		EXPECT_EQ(EPERM, try_create(self->p.fc));
	}
	expect_shows(_metadata, procfs_create(_metadata, self->p.fc),
		     &self->w, BOX);
}

/* Each task sets the namespace that it receives, and sends the context on. */
static const struct hop {
	enum ns from;		/* the setter's pid namespace */
	enum caller caller;
	enum ns sets;
	int err;
	const char *log;
} hops[] = {
	{ BOX, BOX_ROOT, BOX, 0, "" },
	/* From beside, above and below the namespace. */
	{ CHILD, ROOT, BOX, EINVAL, LOG_NOT_BELOW },
	{ SELF, ROOT, PARENT, EINVAL, LOG_NOT_BELOW },
	{ CHILD, ROOT, SELF, EINVAL, LOG_NOT_BELOW },
	{ CHILD, ROOT, GRANDCHILD, 0, "" },
	/* A namespace that is set already is checked again. */
	{ BOX, BOX_ROOT, GRANDCHILD, EPERM, LOG_NO_RIGHT },
	{ CHILD, NO_ADMIN, GRANDCHILD, EPERM, LOG_NO_RIGHT },
	{ SELF, NO_ADMIN, CHILD, EPERM, LOG_NO_RIGHT },
	{ SELF, BOX_MAKER, SELF, EPERM, LOG_NO_RIGHT },
	{ SELF, OTHER_USERNS, BOX, EPERM, LOG_NO_RIGHT },
	{ GRANDCHILD, ROOT, CHILD, EINVAL, LOG_NOT_BELOW },
	{ SELF, ONLY_ADMIN, CHILD, 0, "" },
	{ GRANDCHILD, BOX_ROOT, CHILD, EPERM, LOG_NO_RIGHT },
};

static void hop_make(struct __test_metadata *_metadata, const struct world *w,
		     const struct hop *hop, int sock)
{
	struct parcel p;

	become_caller(_metadata, w, hop->caller);
	sock = keep_only(_metadata, sock);
	p = parcel_receive(_metadata, sock);
	EXPECT_EQ(hop->err, try_pidns(p.fc, p.ns));
	EXPECT_ONLY_LOG(p.fc, hop->log);
	/* Nor may this task make an instance of the value set before. */
	if (hop->err == EPERM)
		EXPECT_EQ(EPERM, try_create(p.fc));
	EXPECT_NO_LOG(p.fc);
	parcel_send(_metadata, sock, &p);
}

TEST_F(sent, each_setter_counts)
{
	struct parcel p = self->p;

	for (size_t i = 0; i < ARRAY_LEN(hops); i++) {
		const struct hop *hop = &hops[i];

		close(p.ns);
		p.ns = self->w.ns[hop->sets];
		parcel_send(_metadata, self->socks[0], &p);
		close(p.fc);
		ASSERT_EQ(0, try_setns(self->w.ns[hop->from], CLONE_NEWPID));
		IN_CHILD {
			hop_make(_metadata, &self->w, hop, self->socks[1]);
		}
		if (!__test_passed(_metadata))
			TH_LOG("in hop %zu", i);
		p = parcel_receive(_metadata, self->socks[0]);
	}
	expect_shows(_metadata, procfs_create(_metadata, p.fc), &self->w,
		     CHILD);
}

TEST_HARNESS_MAIN
