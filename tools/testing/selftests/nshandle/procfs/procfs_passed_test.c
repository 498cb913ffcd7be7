// SPDX-License-Identifier: GPL-2.0
/*
 * A task with a context of procfs from root needs rights of its own to set pidns=
 * and to make the instance.
 *
 * The task that sets pidns= needs CAP_SYS_ADMIN over the owner of the pid
 * namespace, which must be its active one or below. The context keeps that
 * namespace. The task that makes the instance needs CAP_SYS_ADMIN over the
 * owner, too. The context's opener and sender need nothing.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/parcel.h"
#include "../lib/procfs.h"
#include "../lib/world.h"

FIXTURE(passed) {
	struct world w;
	int fc;
};

/*
 * Root of SELF has opened the context and set CHILD. Another task then sets
 * .sets, and makes an instance. If it may not, root makes it.
 */
FIXTURE_VARIANT(passed) {
	enum ns from;		/* that task's pid namespace */
	enum caller caller;
	enum ns sets;
	int err;		/* of setting it */
	const char *log;
	int create;		/* errno of making the instance */
	enum ns shows;
};

FIXTURE_VARIANT_ADD(passed, to_root) {
	.sets = GRANDCHILD,
	.shows = GRANDCHILD,
};

FIXTURE_VARIANT_ADD(passed, to_no_admin) {
	.caller = NO_ADMIN,
	.sets = GRANDCHILD,
	.err = EPERM,
	.log = LOG_NO_RIGHT,
	.create = EPERM,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, to_user) {
	.caller = BOX_MAKER,
	.sets = CHILD,
	.err = EPERM,
	.log = LOG_NO_RIGHT,
	.create = EPERM,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, to_user_own) {
	.caller = BOX_MAKER,
	.sets = SELF,
	.err = EPERM,
	.log = LOG_NO_RIGHT,
	.create = EPERM,
	.shows = CHILD,
};

/* The user owns the namespace, and so may make an instance of it. */
FIXTURE_VARIANT_ADD(passed, to_user_who_owns) {
	.caller = BOX_MAKER,
	.sets = BOX,
	.shows = BOX,
};

FIXTURE_VARIANT_ADD(passed, to_other_userns) {
	.caller = OTHER_USERNS,
	.sets = CHILD,
	.err = EPERM,
	.log = LOG_NO_RIGHT,
	.create = EPERM,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, to_other_userns_a_box) {
	.caller = OTHER_USERNS,
	.sets = BOX,
	.err = EPERM,
	.log = LOG_NO_RIGHT,
	.create = EPERM,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, to_box_root) {
	.caller = BOX_ROOT,
	.sets = CHILD,
	.err = EPERM,
	.log = LOG_NO_RIGHT,
	.create = EPERM,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, to_box_root_who_owns) {
	.caller = BOX_ROOT,
	.sets = BOX,
	.shows = BOX,
};

/* The namespace must be below the setter's, not below the opener's. */
FIXTURE_VARIANT_ADD(passed, down) {
	.from = CHILD,
	.sets = CHILD,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, down_to_see_up) {
	.from = CHILD,
	.sets = SELF,
	.err = EINVAL,
	.log = LOG_NOT_BELOW,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, down_to_see_aside) {
	.from = GRANDCHILD,
	.sets = BOX,
	.err = EINVAL,
	.log = LOG_NOT_BELOW,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, down_to_see_further_up) {
	.from = CHILD,
	.sets = PARENT,
	.err = EINVAL,
	.log = LOG_NOT_BELOW,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, down_to_no_admin) {
	.from = CHILD,
	.caller = NO_ADMIN,
	.sets = CHILD,
	.err = EPERM,
	.log = LOG_NO_RIGHT,
	.create = EPERM,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, down_to_box_root) {
	.from = BOX,
	.caller = BOX_ROOT,
	.sets = CHILD,
	.err = EPERM,
	.log = LOG_NO_RIGHT,
	.create = EPERM,
	.shows = CHILD,
};

FIXTURE_VARIANT_ADD(passed, down_to_box_root_who_owns) {
	.from = BOX,
	.caller = BOX_ROOT,
	.sets = BOX,
	.shows = BOX,
};

FIXTURE_SETUP(passed)
{
	procfs_world_enter(_metadata, &self->w);
	self->fc = procfs_context(_metadata);
	ASSERT_EQ(0, try_pidns(self->fc, self->w.ns[CHILD]));
	if (variant->from != SELF)
		ASSERT_EQ(0, try_setns(self->w.ns[variant->from],
				       CLONE_NEWPID));
}

FIXTURE_TEARDOWN_PARENT(passed)
{
}

/* What the other task does, and what it must get. */
static void use_context(struct __test_metadata *_metadata, int fc, int ns,
			int err, const char *log, int create)
{
	EXPECT_EQ(err, try_pidns(fc, ns));
	EXPECT_ONLY_LOG(fc, log ?: "");
	EXPECT_EQ(create, try_create(fc));
	EXPECT_NO_LOG(fc);
}

TEST_F(passed, setter_and_maker_count)
{
	IN_CHILD {
		become_caller(_metadata, &self->w, variant->caller);
		use_context(_metadata, self->fc, self->w.ns[variant->sets],
			    variant->err, variant->log, variant->create);
	}
	expect_created(_metadata, &self->w, self->fc, !variant->create,
		       variant->shows);
}

TEST_F(passed, over_a_socket)
{
	struct parcel p = { self->fc, self->w.ns[variant->sets] };
	int socks[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	parcel_send(_metadata, socks[0], &p);
	IN_CHILD {
		become_caller(_metadata, &self->w, variant->caller);
		p = parcel_receive(_metadata, keep_only(_metadata, socks[1]));
		use_context(_metadata, p.fc, p.ns, variant->err, variant->log,
			    variant->create);
	}
	expect_created(_metadata, &self->w, self->fc, !variant->create,
		       variant->shows);
}

TEST_HARNESS_MAIN
