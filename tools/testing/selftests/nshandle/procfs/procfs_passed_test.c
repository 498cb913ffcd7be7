// SPDX-License-Identifier: GPL-2.0
/*
 * pidns= of a file system context that goes from task to task, by fork(2) and
 * over a socket. The task that sets pidns= needs CAP_SYS_ADMIN over the owner
 * of the pid namespace, which must be its active one or below. The context
 * keeps that namespace. The task that makes the instance needs CAP_SYS_ADMIN
 * over the owner as well, but may be anywhere: ancestry is asked of the setter
 * only. Nothing is asked of the task that has opened the context, nor of the
 * one that has sent it or the descriptor of the pid namespace.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/procfs.h"
#include "../lib/wait.h"
#include "../lib/world.h"

/* ----- Descriptors over a socket. */

/* A context, and what to set in it. */
struct parcel {
	int fc, ns;
};

union parcel_control {
	struct cmsghdr align;
	char buf[CMSG_SPACE(sizeof(struct parcel))];
};

static struct msghdr parcel_message(struct iovec *iov,
				    union parcel_control *control)
{
	static char byte;

	*iov = (struct iovec){ .iov_base = &byte, .iov_len = 1 };
	memset(control, 0, sizeof(*control));
	return (struct msghdr){
		.msg_iov = iov,
		.msg_iovlen = 1,
		.msg_control = control->buf,
		.msg_controllen = sizeof(control->buf),
	};
}

static void parcel_send(struct __test_metadata *_metadata, int sock,
			const struct parcel *p)
{
	union parcel_control control;
	struct iovec iov;
	struct msghdr msg = parcel_message(&iov, &control);
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(*p));
	memcpy(CMSG_DATA(cmsg), p, sizeof(*p));
	ASSERT_EQ(1, sendmsg(sock, &msg, MSG_NOSIGNAL)) {
		TH_LOG("sendmsg: %s", strerror(errno));
	}
}

static struct parcel parcel_receive(struct __test_metadata *_metadata,
				    int sock)
{
	union parcel_control control;
	struct parcel p = { -1, -1 };
	struct iovec iov;
	struct msghdr msg = parcel_message(&iov, &control);

	ASSERT_TRUE(is_readable(sock, POLL_MS)) {
		TH_LOG("no descriptors within %d ms", POLL_MS);
	}
	ASSERT_EQ(1, recvmsg(sock, &msg, MSG_CMSG_CLOEXEC)) {
		TH_LOG("the other end is closed");
	}
	ASSERT_EQ(CMSG_LEN(sizeof(p)), CMSG_FIRSTHDR(&msg)->cmsg_len);
	memcpy(&p, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(p));
	return p;
}

/* Closes all else, so that what a child has, it was sent. Returns @sock. */
static int keep_only(struct __test_metadata *_metadata, int sock)
{
	ASSERT_EQ(3, dup2(sock, 3));
	ASSERT_EQ(0, syscall(__NR_close_range, 4, ~0U, 0));
	return 3;
}

/* ----- Opened by root of SELF, and passed on. */

FIXTURE(passed) {
	struct world w;
	int fc;
};

/*
 * Root has opened the context and set CHILD. Another task then sets @sets, and
 * makes an instance of what is set by now. If it may not, root can.
 */
FIXTURE_VARIANT(passed) {
	enum ns from;		/* that task's pid namespace */
	enum caller caller;
	enum ns sets;
	int err;
	const char *log;
	int create;
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

/* The namespace is the user's to show, and so is then the context. */
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

/* "Below" is below the setter: whoever opened the context is above. */
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

/* What the other task does. */
static void use_context(struct __test_metadata *_metadata, int fc, int ns,
			int err, const char *log, int create)
{
	EXPECT_EQ(err, try_pidns(fc, ns));
	EXPECT_ONLY_LOG(fc, log ?: "");
	EXPECT_EQ(create, try_create(fc));
	EXPECT_NO_LOG(fc);
}

/* In the end there is an instance: @made by the other task, or else by us. */
static void expect_instance(struct __test_metadata *_metadata,
			    const struct world *w, int fc, bool made,
			    enum ns ns)
{
	if (!made)
		EXPECT_EQ(0, try_create(fc));
	expect_shows(_metadata, procfs_mount(_metadata, fc), w, ns);
}

TEST_F(passed, setter_and_maker_count)
{
	IN_CHILD {
		become_caller(_metadata, &self->w, variant->caller);
		use_context(_metadata, self->fc, self->w.ns[variant->sets],
			    variant->err, variant->log, variant->create);
	}
	expect_instance(_metadata, &self->w, self->fc, !variant->create,
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
	expect_instance(_metadata, &self->w, self->fc, !variant->create,
			variant->shows);
}

/* ----- Set by root of SELF, and made by another task, which sets nothing. */

FIXTURE(made_by_other) {
	struct world w;
	int fc;
};

FIXTURE_VARIANT(made_by_other) {
	enum ns sets;		/* what root sets */
	enum ns from;		/* the maker's pid namespace */
	enum caller caller;
	int err;
};

FIXTURE_VARIANT_ADD(made_by_other, beside) {
	.sets = CHILD,
};

FIXTURE_VARIANT_ADD(made_by_other, inside) {
	.sets = CHILD, .from = CHILD,
};

/* Where it could not set it: it is not asked where it is. */
FIXTURE_VARIANT_ADD(made_by_other, from_below) {
	.sets = CHILD, .from = GRANDCHILD,
};

FIXTURE_VARIANT_ADD(made_by_other, from_further_below) {
	.sets = SELF, .from = GRANDCHILD,
};

FIXTURE_VARIANT_ADD(made_by_other, from_aside) {
	.sets = CHILD, .from = BOX,
};

FIXTURE_VARIANT_ADD(made_by_other, from_below_only_admin) {
	.sets = CHILD, .from = GRANDCHILD, .caller = ONLY_ADMIN,
};

/* But for its right over the owner it is. */
FIXTURE_VARIANT_ADD(made_by_other, inside_no_admin) {
	.sets = CHILD, .from = CHILD, .caller = NO_ADMIN, .err = EPERM,
};

FIXTURE_VARIANT_ADD(made_by_other, from_below_no_admin) {
	.sets = CHILD, .from = GRANDCHILD, .caller = NO_ADMIN, .err = EPERM,
};

FIXTURE_VARIANT_ADD(made_by_other, from_below_other_userns) {
	.sets = CHILD, .from = GRANDCHILD, .caller = OTHER_USERNS,
	.err = EPERM,
};

FIXTURE_VARIANT_ADD(made_by_other, from_aside_box_root) {
	.sets = CHILD, .from = BOX, .caller = BOX_ROOT, .err = EPERM,
};

FIXTURE_VARIANT_ADD(made_by_other, from_aside_box_root_who_owns) {
	.sets = BOX, .from = CHILD, .caller = BOX_ROOT,
};

FIXTURE_SETUP(made_by_other)
{
	procfs_world_enter(_metadata, &self->w);
	self->fc = procfs_context(_metadata);
	ASSERT_EQ(0, try_pidns(self->fc, self->w.ns[variant->sets]));
	ASSERT_EQ(0, try_setns(self->w.ns[variant->from], CLONE_NEWPID));
}

FIXTURE_TEARDOWN_PARENT(made_by_other)
{
}

TEST_F(made_by_other, maker_counts)
{
	IN_CHILD {
		become_caller(_metadata, &self->w, variant->caller);
		EXPECT_EQ(variant->err, try_create(self->fc));
		EXPECT_NO_LOG(self->fc);
	}
	expect_instance(_metadata, &self->w, self->fc, !variant->err,
			variant->sets);
}

/* The other way round: root may what the opener may not. */
FIXTURE(opened_by_other) {
	struct world w;
	int fc;
};

FIXTURE_SETUP(opened_by_other)
{
	procfs_world_enter(_metadata, &self->w);
	IN_CLONE(CLONE_FILES) {
		become_box_root(_metadata, &self->w);
		self->fc = procfs_context(_metadata);
		EXPECT_EQ(EPERM, try_pidns(self->fc, self->w.ns[CHILD]));
		EXPECT_ONLY_LOG(self->fc, LOG_NO_RIGHT);
		/* What it begins with, SELF, isn't the opener's either. */
		EXPECT_EQ(EPERM, try_create(self->fc));
	}
}

FIXTURE_TEARDOWN_PARENT(opened_by_other)
{
}

TEST_F(opened_by_other, setter_and_maker_count)
{
	EXPECT_EQ(0, try_pidns(self->fc, self->w.ns[CHILD]));
	EXPECT_NO_LOG(self->fc);
	IN_CHILD {
		become_box_root(_metadata, &self->w);
		EXPECT_EQ(EPERM, try_create(self->fc));
	}
	expect_shows(_metadata, procfs_create(_metadata, self->fc), &self->w,
		     CHILD);
}

/* ----- Opened by root of BOX, in there, and sent from one to the other. */

FIXTURE(sent) {
	struct world w;
	int socks[2];
	struct parcel p;	/* the context, and the opener's namespace */
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

/* Nothing is set: the opener's namespace, if the maker may. */
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

/* Each one sets what is sent to it along with the context, and passes it on. */
static const struct hop {
	enum ns from;		/* the setter's pid namespace */
	enum caller caller;
	enum ns sets;
	int err;
	const char *log;
} hops[] = {
	{ BOX, BOX_ROOT, BOX, 0, "" },
	/* From aside, from above, and from below. */
	{ CHILD, ROOT, BOX, EINVAL, LOG_NOT_BELOW },
	{ SELF, ROOT, PARENT, EINVAL, LOG_NOT_BELOW },
	{ CHILD, ROOT, SELF, EINVAL, LOG_NOT_BELOW },
	{ CHILD, ROOT, GRANDCHILD, 0, "" },
	/* What is set now does not help who would set it again. */
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
	/* Nor may it make what is set by now. */
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
