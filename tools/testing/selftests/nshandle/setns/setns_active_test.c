// SPDX-License-Identifier: GPL-2.0
/*
 * A namespace is listed by listns(2) exactly while somebody is in it, however they
 * have come and gone by setns(2), and not because a join was tried.
 *
 * Others ask from outside. A kernel that counts one user too few hides a
 * namespace that is in use; one that counts one too many lists it until its
 * memory is freed.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/listed.h"
#include "../lib/nsset.h"
#include "../lib/types.h"
#include "../lib/wait.h"

/* What a guest can be told to do. It answers with 0 or an errno. */
enum what {
	JOIN,		/* by pidfd */
	JOIN_BY_FILE,	/* by the file of the namespace, of one type */
	JOIN_BY_SET,	/* by a set that is made for it */
	SHARE_MEMORY,	/* with another process, from here on */
	FORK,		/* a process that has the same namespaces */
	KILL,		/* that process */
};

struct order {
	enum what what;
	const struct container *to;
	int flags;
	int times;
};

/* A process outside of the containers, which joins them. */
struct guest {
	pid_t pid;
	int ctl;
	pid_t child;	/* in the guest only */
};

static int join_by_file(struct __test_metadata *_metadata,
			const struct order *o)
{
	int fd, err, i = 0;

	while (ns_types[i].flag != o->flags)
		i++;
	fd = container_ns(_metadata, o->to, ns_types[i].name);
	err = try_setns(fd, o->flags);
	close(fd);
	return err;
}

static int join_by_set(struct __test_metadata *_metadata,
		       const struct order *o)
{
	int set = nsset_make(_metadata, o->to->pidfd, o->flags & ALL_NS, 0);
	int err = try_setns(set, o->flags);

	close(set);
	return err;
}

static int obey(struct __test_metadata *_metadata, struct guest *guest,
		const struct order *o)
{
	switch (o->what) {
	case JOIN:
		return try_setns(o->to->pidfd, o->flags);
	case JOIN_BY_FILE:
		return join_by_file(_metadata, o);
	case JOIN_BY_SET:
		return join_by_set(_metadata, o);
	case SHARE_MEMORY:
		guest->child = start_sharer(_metadata, CLONE_VM);
		return 0;
	case FORK:
		guest->child = start_sharer(_metadata, 0);
		return 0;
	case KILL:
		stop_child(_metadata, guest->child);
	}
	return 0;
}

static void guest_run(struct __test_metadata *_metadata, struct guest *guest,
		      int ctl)
{
	struct order o;
	int err;

	while (read(ctl, &o, sizeof(o)) == sizeof(o)) {
		do {
			err = obey(_metadata, guest, &o);
		} while (--o.times);
		ASSERT_EQ((ssize_t)sizeof(err), write(ctl, &err, sizeof(err)));
	}
	_exit(0);
}

static void guest_start(struct __test_metadata *_metadata, struct guest *guest)
{
	int socks[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	guest->pid = fork();
	ASSERT_LE(0, guest->pid);
	if (guest->pid == 0) {
		close(socks[0]);
		guest_run(_metadata, guest, socks[1]);
	}
	close(socks[1]);
	guest->ctl = socks[0];
}

/* Ends the guest, and what it has forked. */
static void guest_stop(struct __test_metadata *_metadata, struct guest *guest)
{
	if (guest->pid <= 0)
		return;
	close(guest->ctl);
	child_end(_metadata, guest->pid, POLL_MS, "the guest does not end");
	guest->pid = 0;
}

/* Returns what the guest answers, after the last of @times. */
static int tell(struct __test_metadata *_metadata, const struct guest *guest,
		enum what what, const struct container *to, int flags,
		int times)
{
	const struct order o = { what, to, flags, times };
	int err = -1;

	ASSERT_EQ((ssize_t)sizeof(o), write(guest->ctl, &o, sizeof(o)));
	ASSERT_TRUE(is_readable(guest->ctl, POLL_MS));
	ASSERT_EQ((ssize_t)sizeof(err), read(guest->ctl, &err, sizeof(err)));
	return err;
}

#define TELL(_what, _to, _flags) \
	tell(_metadata, &self->guest, _what, _to, _flags, 1)

#define TELL_MANY(_what, _to, _flags) \
	tell(_metadata, &self->guest, _what, _to, _flags, MANY)

/* ----- A container with a user namespace, which owns all others. */

FIXTURE(owned) {
	struct container c;
	struct roll roll;
	struct guest guest;
};

FIXTURE_SETUP(owned)
{
	SKIP_WITHOUT_LISTNS();
	skip_unless_nsset(_metadata);
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
	roll_read(_metadata, &self->roll, &self->c);
	guest_start(_metadata, &self->guest);
}

FIXTURE_TEARDOWN(owned)
{
	guest_stop(_metadata, &self->guest);
	container_stop(_metadata, &self->c);
}

/* The list shows what the other cases look for: the control of all of them. */
TEST_F(owned, while_the_container_lives)
{
	EXPECT_LISTED(ALL_NS, &self->roll);
	container_stop(_metadata, &self->c);
	EXPECT_LISTED(0, &self->roll);
}

/* The guest has the namespaces of the test before, so it shares their nsproxy. */
TEST_F(owned, while_a_guest_is_in_all)
{
	EXPECT_EQ(0, TELL(JOIN, &self->c, ALL_NS));
	EXPECT_LISTED(ALL_NS, &self->roll);
	container_stop(_metadata, &self->c);
	EXPECT_LISTED(ALL_NS, &self->roll);
	guest_stop(_metadata, &self->guest);
	EXPECT_LISTED(0, &self->roll);
}

TEST_F(owned, while_a_guest_is_in_all_by_set)
{
	EXPECT_EQ(0, TELL(JOIN_BY_SET, &self->c, ALL_NS));
	container_stop(_metadata, &self->c);
	EXPECT_LISTED(ALL_NS, &self->roll);
	guest_stop(_metadata, &self->guest);
	EXPECT_LISTED(0, &self->roll);
}

/* A guest that has joined the set keeps its namespaces without it. */
TEST_F(owned, by_the_guest_after_the_set)
{
	int set = nsset_make(_metadata, self->c.pidfd, 0, 0);

	EXPECT_EQ(0, TELL(JOIN, &self->c, ALL_NS));
	container_stop(_metadata, &self->c);
	close(set);
	EXPECT_LISTED(ALL_NS, &self->roll);
	guest_stop(_metadata, &self->guest);
	EXPECT_LISTED(0, &self->roll);
}

/* And the owner with it. */
TEST_F(owned, while_a_guest_is_in_one)
{
	for (int i = 0; i < NR_TYPES; i++) {
		int flag = ns_types[i].flag;

		EXPECT_EQ(0, TELL(JOIN, &self->c, flag | CLONE_NEWUSER));
		container_stop(_metadata, &self->c);
		EXPECT_LISTED(flag | CLONE_NEWUSER, &self->roll);
		guest_stop(_metadata, &self->guest);
		EXPECT_LISTED(0, &self->roll);

		container_start(_metadata, &self->c);
		roll_read(_metadata, &self->roll, &self->c);
		guest_start(_metadata, &self->guest);
	}
}

TEST_F(owned, not_by_dry_runs)
{
	int flags = ALL_NS | SETNS_DRY_RUN;

	EXPECT_EQ(0, TELL_MANY(JOIN, &self->c, flags));
	EXPECT_EQ(0, TELL_MANY(JOIN_BY_SET, &self->c, flags));
	EXPECT_LISTED(ALL_NS, &self->roll);
	container_stop(_metadata, &self->c);
	EXPECT_LISTED(0, &self->roll);
}

/* The last type refuses, when all others have been installed. */
TEST_F(owned, not_by_refused_joins)
{
	EXPECT_EQ(0, TELL(SHARE_MEMORY, NULL, 0));
	EXPECT_EQ(EUSERS, TELL_MANY(JOIN, &self->c, ALL_NS));
	EXPECT_EQ(EUSERS, TELL_MANY(JOIN_BY_SET, &self->c, ALL_NS));
	EXPECT_LISTED(ALL_NS, &self->roll);
	container_stop(_metadata, &self->c);
	EXPECT_LISTED(0, &self->roll);
	EXPECT_EQ(0, TELL(KILL, NULL, 0));
}

/* ----- Two containers that a guest can go to and fro between. */

/*
 * The user namespace is ours, and so is the pid namespace: else the end of the
 * container would end what the guest has forked.
 */
#define SIX_NS	BUT_NS(CLONE_NEWUSER | CLONE_NEWPID)

FIXTURE(two) {
	struct container a, b;
	struct roll in_a, in_b;
	struct guest guest;
};

FIXTURE_SETUP(two)
{
	SKIP_WITHOUT_LISTNS();
	skip_unless_nsset(_metadata);
	self->a.flags = SIX_NS;
	container_start(_metadata, &self->a);
	roll_read(_metadata, &self->in_a, &self->a);
	self->b.flags = SIX_NS;
	container_start(_metadata, &self->b);
	roll_read(_metadata, &self->in_b, &self->b);
	guest_start(_metadata, &self->guest);
}

FIXTURE_TEARDOWN(two)
{
	guest_stop(_metadata, &self->guest);
	container_stop(_metadata, &self->a);
	container_stop(_metadata, &self->b);
}

/* With @what, the guest goes to b's uts namespace: it alone has its nsproxy. */
static void one_is_left(struct __test_metadata *_metadata,
			FIXTURE_DATA(two) * self, enum what what)
{
	EXPECT_EQ(0, TELL(JOIN, &self->a, SIX_NS));
	EXPECT_EQ(0, TELL(what, &self->b, CLONE_NEWUTS));
	container_stop(_metadata, &self->a);
	container_stop(_metadata, &self->b);
	EXPECT_LISTED(SIX_NS & ~CLONE_NEWUTS, &self->in_a);
	EXPECT_LISTED(CLONE_NEWUTS, &self->in_b);
	guest_stop(_metadata, &self->guest);
	EXPECT_LISTED(0, &self->in_a);
	EXPECT_LISTED(0, &self->in_b);
}

TEST_F(two, one_is_left_by_pidfd)
{
	one_is_left(_metadata, self, JOIN);
}

TEST_F(two, one_is_left_by_file)
{
	one_is_left(_metadata, self, JOIN_BY_FILE);
}

TEST_F(two, one_is_left_by_set)
{
	one_is_left(_metadata, self, JOIN_BY_SET);
}

TEST_F(two, all_are_left)
{
	EXPECT_EQ(0, TELL(JOIN, &self->a, SIX_NS));
	container_stop(_metadata, &self->a);
	EXPECT_LISTED(SIX_NS, &self->in_a);
	EXPECT_EQ(0, TELL(JOIN, &self->b, SIX_NS));
	EXPECT_LISTED(0, &self->in_a);
	EXPECT_LISTED(SIX_NS, &self->in_b);
}

/* A child of the guest shares the nsproxy that the guest leaves. */
TEST_F(two, a_child_stays)
{
	EXPECT_EQ(0, TELL(JOIN, &self->a, SIX_NS));
	EXPECT_EQ(0, TELL(FORK, NULL, 0));
	EXPECT_EQ(0, TELL(JOIN, &self->b, SIX_NS));
	container_stop(_metadata, &self->a);
	container_stop(_metadata, &self->b);
	EXPECT_LISTED(SIX_NS, &self->in_a);
	EXPECT_LISTED(SIX_NS, &self->in_b);
	EXPECT_EQ(0, TELL(KILL, NULL, 0));
	EXPECT_LISTED(0, &self->in_a);
	EXPECT_LISTED(SIX_NS, &self->in_b);
	guest_stop(_metadata, &self->guest);
	EXPECT_LISTED(0, &self->in_b);
}

/* And one type alone: the guest shares the other five with its child. */
TEST_F(two, a_child_stays_in_one)
{
	EXPECT_EQ(0, TELL(JOIN, &self->a, SIX_NS));
	EXPECT_EQ(0, TELL(FORK, NULL, 0));
	EXPECT_EQ(0, TELL(JOIN, &self->b, CLONE_NEWIPC));
	container_stop(_metadata, &self->a);
	container_stop(_metadata, &self->b);
	EXPECT_LISTED(SIX_NS, &self->in_a);
	EXPECT_LISTED(CLONE_NEWIPC, &self->in_b);
	EXPECT_EQ(0, TELL(KILL, NULL, 0));
	EXPECT_LISTED(SIX_NS & ~CLONE_NEWIPC, &self->in_a);
	EXPECT_LISTED(CLONE_NEWIPC, &self->in_b);
	guest_stop(_metadata, &self->guest);
	EXPECT_LISTED(0, &self->in_a);
	EXPECT_LISTED(0, &self->in_b);
}

/* Where the guest is already, and to and fro. */
TEST_F(two, many_joins)
{
	EXPECT_EQ(0, TELL_MANY(JOIN, &self->a, SIX_NS));
	EXPECT_LISTED(SIX_NS, &self->in_a);
	for (int i = 0; i < MANY; i++) {
		ASSERT_EQ(0, TELL(JOIN, &self->b, SIX_NS));
		ASSERT_EQ(0, TELL(JOIN, &self->a, SIX_NS));
	}
	EXPECT_LISTED(SIX_NS, &self->in_a);
	EXPECT_LISTED(SIX_NS, &self->in_b);
	container_stop(_metadata, &self->a);
	container_stop(_metadata, &self->b);
	EXPECT_LISTED(SIX_NS, &self->in_a);
	EXPECT_LISTED(0, &self->in_b);
	guest_stop(_metadata, &self->guest);
	EXPECT_LISTED(0, &self->in_a);
}

TEST_HARNESS_MAIN
