// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) that runs out of memory, at each point where it can: the errno,
 * that nothing has moved, and that nothing is left behind.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/faults.h"
#include "../lib/flags.h"
#include "../lib/jail.h"
#include "../lib/picture.h"
#include "../lib/types.h"

/*
 * Has no process, so that its share of each limit has still to be made. Another
 * one for each child: that of the one before is gone after a grace period only.
 * The container knows those below 65536, and there are 32768 pids.
 */
#define FIRST_UNSEEN_UID 10000

FIXTURE(setns)
{
	struct faults *f;
	struct container c;
	int fd;
};

FIXTURE_VARIANT(setns)
{
	const char *name;
	int flags;
	int joined;		/* types that move if it succeeds */
	unsigned int also;	/* and what else does */
	const char *link;	/* the file of a namespace, not the pidfd */
	void (*target)(struct __test_metadata *_metadata);
	void (*caller)(struct __test_metadata *_metadata, int fd);
	bool fails;		/* there is something that can fail */
	int last_err;		/* and the last fails so, if not by ENOMEM */
};

/* The credentials get there what counts against the limits of a user. */
static void become_unseen(struct __test_metadata *_metadata, int fd)
{
	uid_t uid = FIRST_UNSEEN_UID + getpid();

	ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
	ASSERT_EQ(0, setresuid(uid, uid, uid));
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
}

static void join_all(struct __test_metadata *_metadata, int fd)
{
	undo_forget();
	ASSERT_EQ(0, try_setns(fd, ALL_NS));
}

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, all) {
	/* clang-format on */
	.name = "setns(pidfd, all)",
	.flags = ALL_NS,
	.joined = ALL_NS,
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, all_but_user) {
	/* clang-format on */
	.name = "setns(pidfd, all but user)",
	.flags = BUT_NS(CLONE_NEWUSER),
	.joined = BUT_NS(CLONE_NEWUSER),
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, user_and_mnt) {
	/* clang-format on */
	.name = "setns(pidfd, user and mnt)",
	.flags = CLONE_NEWUSER | CLONE_NEWNS,
	.joined = CLONE_NEWUSER | CLONE_NEWNS,
	.fails = true,
};

/*
 * The last is what counts the user's share of limits; without it the user
 * namespace says EINVAL, as it does on the base. Who is not its owner gets more
 * capabilities by it than he has had. Without mnt, which comes after it and may
 * need memory, too, on some kernels.
 */
/* clang-format off */
FIXTURE_VARIANT_ADD(setns, unseen_uid) {
	/* clang-format on */
	.name = "setns(pidfd, all but mnt) by a new user",
	.flags = BUT_NS(CLONE_NEWNS),
	.joined = BUT_NS(CLONE_NEWNS),
	.also = MOVED_DUMPABLE | MOVED_PDEATH,
	.caller = become_unseen,
	.fails = true,
	.last_err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, user) {
	/* clang-format on */
	.name = "setns(pidfd, user)",
	.flags = CLONE_NEWUSER,
	.joined = CLONE_NEWUSER,
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, mnt) {
	/* clang-format on */
	.name = "setns(pidfd, mnt)",
	.flags = CLONE_NEWNS,
	.joined = CLONE_NEWNS,
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, uts) {
	/* clang-format on */
	.name = "setns(pidfd, uts)",
	.flags = CLONE_NEWUTS,
	.joined = CLONE_NEWUTS,
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, ipc) {
	/* clang-format on */
	.name = "setns(pidfd, ipc)",
	.flags = CLONE_NEWIPC,
	.joined = CLONE_NEWIPC,
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, pid) {
	/* clang-format on */
	.name = "setns(pidfd, pid)",
	.flags = CLONE_NEWPID,
	.joined = CLONE_NEWPID,
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, cgroup) {
	/* clang-format on */
	.name = "setns(pidfd, cgroup)",
	.flags = CLONE_NEWCGROUP,
	.joined = CLONE_NEWCGROUP,
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, net) {
	/* clang-format on */
	.name = "setns(pidfd, net)",
	.flags = CLONE_NEWNET,
	.joined = CLONE_NEWNET,
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, time) {
	/* clang-format on */
	.name = "setns(pidfd, time)",
	.flags = CLONE_NEWTIME,
	.joined = CLONE_NEWTIME,
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, user_file) {
	/* clang-format on */
	.name = "setns(user file)",
	.flags = CLONE_NEWUSER,
	.joined = CLONE_NEWUSER,
	.link = "user",
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, mnt_file) {
	/* clang-format on */
	.name = "setns(mnt file)",
	.flags = CLONE_NEWNS,
	.joined = CLONE_NEWNS,
	.link = "mnt",
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, uts_file) {
	/* clang-format on */
	.name = "setns(uts file)",
	.flags = CLONE_NEWUTS,
	.joined = CLONE_NEWUTS,
	.link = "uts",
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, ipc_file) {
	/* clang-format on */
	.name = "setns(ipc file)",
	.flags = CLONE_NEWIPC,
	.joined = CLONE_NEWIPC,
	.link = "ipc",
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, pid_file) {
	/* clang-format on */
	.name = "setns(pid file)",
	.flags = CLONE_NEWPID,
	.joined = CLONE_NEWPID,
	.link = "pid",
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, cgroup_file) {
	/* clang-format on */
	.name = "setns(cgroup file)",
	.flags = CLONE_NEWCGROUP,
	.joined = CLONE_NEWCGROUP,
	.link = "cgroup",
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, net_file) {
	/* clang-format on */
	.name = "setns(net file)",
	.flags = CLONE_NEWNET,
	.joined = CLONE_NEWNET,
	.link = "net",
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, time_file) {
	/* clang-format on */
	.name = "setns(time file)",
	.flags = CLONE_NEWTIME,
	.joined = CLONE_NEWTIME,
	.link = "time",
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, skip_joined) {
	/* clang-format on */
	.name = "setns(pidfd, all | SKIP_JOINED)",
	.flags = ALL_NS | SETNS_SKIP_JOINED,
	.joined = ALL_NS,
	.fails = true,
};

/* Nothing is left to do, and so to fail. */
/* clang-format off */
FIXTURE_VARIANT_ADD(setns, skip_all_joined) {
	/* clang-format on */
	.name = "setns(pidfd, all | SKIP_JOINED) of all joined",
	.flags = ALL_NS | SETNS_SKIP_JOINED,
	.caller = join_all,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, dry_run) {
	/* clang-format on */
	.name = "setns(pidfd, all | DRY_RUN)",
	.flags = ALL_NS | SETNS_DRY_RUN,
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, for_children) {
	/* clang-format on */
	.name = "setns(pidfd, pid | time | FOR_CHILDREN)",
	.flags = CLONE_NEWPID | CLONE_NEWTIME | SETNS_FOR_CHILDREN,
	.joined = CLONE_NEWPID | CLONE_NEWTIME,
	.target = children_elsewhere,
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, root) {
	/* clang-format on */
	.name = "setns(pidfd, mnt | ROOT)",
	.flags = NS_ROOT,
	.joined = CLONE_NEWNS,
	.target = jail_enter,
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, root_and_user) {
	/* clang-format on */
	.name = "setns(pidfd, user | mnt | ROOT)",
	.flags = CLONE_NEWUSER | NS_ROOT,
	.joined = CLONE_NEWUSER | CLONE_NEWNS,
	.target = jail_enter,
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, all_flags) {
	/* clang-format on */
	.name = "setns(pidfd, all | all flags)",
	.flags = ALL_NS | ALL_FLAGS,
	.target = children_elsewhere_jailed,
	.fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, all_flags_but_dry_run) {
	/* clang-format on */
	.name = "setns(pidfd, all | all flags but DRY_RUN)",
	.flags = ALL_NS | (ALL_FLAGS & ~SETNS_DRY_RUN),
	.joined = ALL_NS,
	.target = children_elsewhere_jailed,
	.fails = true,
};

FIXTURE_SETUP(setns)
{
	self->f = faults_enter(_metadata);
	if ((variant->flags & ALL_FLAGS) && !have_setns_flags())
		skip_test(_metadata, NO_SETNS_FLAGS);
	if (variant->target)
		jail_make(_metadata);
	undo_start(_metadata);
	self->c.flags = ALL_NS;
	self->c.setup = variant->target;
	container_start(_metadata, &self->c);
	self->fd = variant->link ?
		   container_ns(_metadata, &self->c, variant->link) :
		   self->c.pidfd;
}

FIXTURE_TEARDOWN(setns)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

/* The call of a row, and what it is made on. */
struct join {
	const FIXTURE_VARIANT(setns) * row;
	int fd;
};

/* In a child, since it moves at last. */
static void join_attempt(struct __test_metadata *_metadata, struct faults *f,
			 const void *data, int n, int times)
{
	const struct join *j = data;

	IN_CHILD {
		struct state before;
		int err;

		nth_open(_metadata, f);
		if (j->row->caller)
			j->row->caller(_metadata, j->fd);
		state_arm(_metadata, &before);
		do {
			err = FAIL_POINT(f, n,
					 try_setns(j->fd, j->row->flags));
		} while (err && --times);
		EXPECT_MOVED(&before, err ? 0 : moved_by(j->row->joined) |
						j->row->also);
	}
}

#define SWEEP_OF_JOIN(_name) \
	struct join __join = { variant, self->fd }; \
	struct sweep _name = { \
		.name = variant->name, \
		.attempt = join_attempt, \
		.data = &__join, \
		.last_err = variant->last_err, \
	}

TEST_F(setns, out_of_memory)
{
	SWEEP_OF_JOIN(s);

	sweep(_metadata, self->f, &s);
	EXPECT_EQ(variant->fails, s.failed > 0);
}

TEST_F(setns, leaks_nothing)
{
	SWEEP_OF_JOIN(s);

	sweep_leaks(_metadata, self->f, &s);
}

TEST_HARNESS_MAIN
