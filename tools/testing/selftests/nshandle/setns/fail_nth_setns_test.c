// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) that runs out of memory, at any point, moves nothing and leaks nothing.
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
 * A uid without a process: the kernel must allocate its share of each limit.
 * Each child has another one, because the kernel frees the share of an earlier
 * child only after a grace period. The container's map has the uids below 65536,
 * and there are 32768 pids.
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
	int joined;		/* the types that move on success */
	unsigned int also;	/* what else moves */
	const char *link;	/* join by this file, not by the pidfd */
	void (*target)(struct __test_metadata *_metadata);
	void (*caller)(struct __test_metadata *_metadata, int fd);
	bool never_fails;	/* has no point that can fail */
	int last_err;		/* errno of the last point, if not ENOMEM */
};

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
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, all_but_user) {
	/* clang-format on */
	.name = "setns(pidfd, all but user)",
	.flags = BUT_NS(CLONE_NEWUSER),
	.joined = BUT_NS(CLONE_NEWUSER),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, user_and_mnt) {
	/* clang-format on */
	.name = "setns(pidfd, user and mnt)",
	.flags = CLONE_NEWUSER | CLONE_NEWNS,
	.joined = CLONE_NEWUSER | CLONE_NEWNS,
};

/*
 * The last point is the user's share of the limits; if that fails, the errno is
 * EINVAL, as on the base. The caller does not own the user namespace, and so gets
 * more capabilities than it had. Without mnt, which comes later and needs memory,
 * too, on some kernels.
 */
/* clang-format off */
FIXTURE_VARIANT_ADD(setns, unseen_uid) {
	/* clang-format on */
	.name = "setns(pidfd, all but mnt) by a new user",
	.flags = BUT_NS(CLONE_NEWNS),
	.joined = BUT_NS(CLONE_NEWNS),
	.also = MOVED_DUMPABLE | MOVED_PDEATH,
	.caller = become_unseen,
	.last_err = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, user) {
	/* clang-format on */
	.name = "setns(pidfd, user)",
	.flags = CLONE_NEWUSER,
	.joined = CLONE_NEWUSER,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, mnt) {
	/* clang-format on */
	.name = "setns(pidfd, mnt)",
	.flags = CLONE_NEWNS,
	.joined = CLONE_NEWNS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, uts) {
	/* clang-format on */
	.name = "setns(pidfd, uts)",
	.flags = CLONE_NEWUTS,
	.joined = CLONE_NEWUTS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, ipc) {
	/* clang-format on */
	.name = "setns(pidfd, ipc)",
	.flags = CLONE_NEWIPC,
	.joined = CLONE_NEWIPC,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, pid) {
	/* clang-format on */
	.name = "setns(pidfd, pid)",
	.flags = CLONE_NEWPID,
	.joined = CLONE_NEWPID,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, cgroup) {
	/* clang-format on */
	.name = "setns(pidfd, cgroup)",
	.flags = CLONE_NEWCGROUP,
	.joined = CLONE_NEWCGROUP,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, net) {
	/* clang-format on */
	.name = "setns(pidfd, net)",
	.flags = CLONE_NEWNET,
	.joined = CLONE_NEWNET,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, time) {
	/* clang-format on */
	.name = "setns(pidfd, time)",
	.flags = CLONE_NEWTIME,
	.joined = CLONE_NEWTIME,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, user_file) {
	/* clang-format on */
	.name = "setns(user file)",
	.flags = CLONE_NEWUSER,
	.joined = CLONE_NEWUSER,
	.link = "user",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, mnt_file) {
	/* clang-format on */
	.name = "setns(mnt file)",
	.flags = CLONE_NEWNS,
	.joined = CLONE_NEWNS,
	.link = "mnt",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, uts_file) {
	/* clang-format on */
	.name = "setns(uts file)",
	.flags = CLONE_NEWUTS,
	.joined = CLONE_NEWUTS,
	.link = "uts",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, ipc_file) {
	/* clang-format on */
	.name = "setns(ipc file)",
	.flags = CLONE_NEWIPC,
	.joined = CLONE_NEWIPC,
	.link = "ipc",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, pid_file) {
	/* clang-format on */
	.name = "setns(pid file)",
	.flags = CLONE_NEWPID,
	.joined = CLONE_NEWPID,
	.link = "pid",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, cgroup_file) {
	/* clang-format on */
	.name = "setns(cgroup file)",
	.flags = CLONE_NEWCGROUP,
	.joined = CLONE_NEWCGROUP,
	.link = "cgroup",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, net_file) {
	/* clang-format on */
	.name = "setns(net file)",
	.flags = CLONE_NEWNET,
	.joined = CLONE_NEWNET,
	.link = "net",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, time_file) {
	/* clang-format on */
	.name = "setns(time file)",
	.flags = CLONE_NEWTIME,
	.joined = CLONE_NEWTIME,
	.link = "time",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, skip_joined) {
	/* clang-format on */
	.name = "setns(pidfd, all | SKIP_JOINED)",
	.flags = ALL_NS | SETNS_SKIP_JOINED,
	.joined = ALL_NS,
};

/* There is nothing to do that could fail. */
/* clang-format off */
FIXTURE_VARIANT_ADD(setns, skip_all_joined) {
	/* clang-format on */
	.name = "setns(pidfd, all | SKIP_JOINED) of all joined",
	.flags = ALL_NS | SETNS_SKIP_JOINED,
	.caller = join_all,
	.never_fails = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, dry_run) {
	/* clang-format on */
	.name = "setns(pidfd, all | DRY_RUN)",
	.flags = ALL_NS | SETNS_DRY_RUN,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, for_children) {
	/* clang-format on */
	.name = "setns(pidfd, pid | time | FOR_CHILDREN)",
	.flags = CLONE_NEWPID | CLONE_NEWTIME | SETNS_FOR_CHILDREN,
	.joined = CLONE_NEWPID | CLONE_NEWTIME,
	.target = children_elsewhere,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, root) {
	/* clang-format on */
	.name = "setns(pidfd, mnt | ROOT)",
	.flags = NS_ROOT,
	.joined = CLONE_NEWNS,
	.target = jail_enter,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, root_and_user) {
	/* clang-format on */
	.name = "setns(pidfd, user | mnt | ROOT)",
	.flags = CLONE_NEWUSER | NS_ROOT,
	.joined = CLONE_NEWUSER | CLONE_NEWNS,
	.target = jail_enter,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, all_flags) {
	/* clang-format on */
	.name = "setns(pidfd, all | all flags)",
	.flags = ALL_NS | ALL_FLAGS,
	.target = children_elsewhere_jailed,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setns, all_flags_but_dry_run) {
	/* clang-format on */
	.name = "setns(pidfd, all | all flags but DRY_RUN)",
	.flags = ALL_NS | (ALL_FLAGS & ~SETNS_DRY_RUN),
	.joined = ALL_NS,
	.target = children_elsewhere_jailed,
};

FIXTURE_SETUP(setns)
{
	self->f = faults_enter(_metadata);
	if (variant->flags & ALL_FLAGS)
		skip_unless_flags(_metadata);
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

struct join {
	const FIXTURE_VARIANT(setns) * row;
	int fd;
};

/* In a child, because the last call succeeds and moves it. */
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
	EXPECT_EQ(variant->never_fails, s.failed == 0);
}

TEST_F(setns, leaks_nothing)
{
	SWEEP_OF_JOIN(s);

	sweep_leaks(_metadata, self->f, &s);
}

TEST_HARNESS_MAIN
