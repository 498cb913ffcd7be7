// SPDX-License-Identifier: GPL-2.0
/*
 * A call on a set that runs out of memory, at any point, makes no descriptor, moves
 * nothing and leaks nothing.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/faults.h"
#include "../lib/flags.h"
#include "../lib/handle.h"
#include "../lib/nsset.h"
#include "../lib/picture.h"
#include "../lib/types.h"

/* What a row calls, with its fixture's descriptors. */
struct request {
	int pidfd, set;
	__u64 types;
	__u32 flags, size;
	int link;
};

FIXTURE(nsset)
{
	struct faults *f;
	struct container c;
	struct request r;
};

FIXTURE_VARIANT(nsset)
{
	const char *name;
	attempt_fn *attempt;
	__u64 types;	/* of the new set, or to join */
	__u32 flags;	/* likewise */
	__u32 size;	/* of the struct, if it is longer */
	int link;	/* the member */
	int points;	/* there are exactly so many, if not 0 */
};

/* A new descriptor in @fd, or the errno. */
static int open_set(const struct request *r, int *fd)
{
	union {
		struct nsset_args args;
		char bytes[4096];
	} u = {
		.args = {
			.size = r->size ?: sizeof(u.args),
			.flags = r->flags,
			.types = r->types,
		},
	};

	*fd = ioctl(r->pidfd, PIDFD_GET_NSSET, &u);
	return *fd < 0 ? errno : 0;
}

static int open_member(const struct request *r, int *fd)
{
	*fd = pidfd_get(r->set, r->link);
	return *fd < 0 ? errno : 0;
}

/* A descriptor more after success, and after an error none. */
static void open_attempt(struct __test_metadata *_metadata, struct faults *f,
			 const struct request *r, int n, int times,
			 int (*call)(const struct request *r, int *fd))
{
	int fds, fd = -1;

	nth_open(_metadata, f);
	fds = open_fds();
	FAIL_POINTS(f, n, times, call(r, &fd));
	EXPECT_EQ(f->err ? fds : fds + 1, open_fds());
	close(fd);
	close(f->nth);
}

static void get_attempt(struct __test_metadata *_metadata, struct faults *f,
			const void *data, int n, int times)
{
	open_attempt(_metadata, f, data, n, times, open_set);
}

static void member_attempt(struct __test_metadata *_metadata, struct faults *f,
			   const void *data, int n, int times)
{
	open_attempt(_metadata, f, data, n, times, open_member);
}

static int read_info(const struct request *r, void *info)
{
	*(__u32 *)info = r->size ?: NSSET_INFO_SIZE_VER0;
	return ioctl(r->set, NSSET_GET_INFO, info) ? errno : 0;
}

static void info_attempt(struct __test_metadata *_metadata, struct faults *f,
			 const void *data, int n, int times)
{
	union {
		struct nsset_info info;
		char bytes[4096];
	} u = {};

	nth_open(_metadata, f);
	FAIL_POINTS(f, n, times, read_info(data, &u));
	EXPECT_EQ(f->err ? 0ULL : ALL_NS, u.info.types);
	close(f->nth);
}

/* In a child, because the last call succeeds and moves it. */
static void join_attempt(struct __test_metadata *_metadata, struct faults *f,
			 const void *data, int n, int times)
{
	const struct request *r = data;
	int flags = r->types | r->flags;

	IN_CHILD {
		struct state before;
		bool moved;

		nth_open(_metadata, f);
		state_arm(_metadata, &before);
		FAIL_POINTS(f, n, times, try_setns(r->set, flags));
		moved = !f->err && !(flags & SETNS_DRY_RUN);
		EXPECT_MOVED(&before, moved ? moved_by(flags ?: ALL_NS) : 0);
	}
}

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, get_all) {
	/* clang-format on */
	.name = "PIDFD_GET_NSSET of all",
	.attempt = get_attempt,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, get_all_flags) {
	/* clang-format on */
	.name = "PIDFD_GET_NSSET of all | FOR_CHILDREN | ROOT",
	.attempt = get_attempt,
	.flags = SETNS_FOR_CHILDREN | SETNS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, get_uts) {
	/* clang-format on */
	.name = "PIDFD_GET_NSSET of uts",
	.attempt = get_attempt,
	.types = CLONE_NEWUTS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, get_user_and_pid) {
	/* clang-format on */
	.name = "PIDFD_GET_NSSET of user and pid",
	.attempt = get_attempt,
	.types = CLONE_NEWUSER | CLONE_NEWPID,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, get_by_a_longer_struct) {
	/* clang-format on */
	.name = "PIDFD_GET_NSSET by a longer struct",
	.attempt = get_attempt,
	.size = 4096,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, info) {
	/* clang-format on */
	.name = "NSSET_GET_INFO",
	.attempt = info_attempt,
	.points = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, info_by_a_longer_struct) {
	/* clang-format on */
	.name = "NSSET_GET_INFO by a longer struct",
	.attempt = info_attempt,
	.size = 4096,
	.points = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, member_user) {
	/* clang-format on */
	.name = "PIDFD_GET_USER_NAMESPACE of a set",
	.attempt = member_attempt,
	.link = LINK_USER,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, member_mnt) {
	/* clang-format on */
	.name = "PIDFD_GET_MNT_NAMESPACE of a set",
	.attempt = member_attempt,
	.link = LINK_MNT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, member_uts) {
	/* clang-format on */
	.name = "PIDFD_GET_UTS_NAMESPACE of a set",
	.attempt = member_attempt,
	.link = LINK_UTS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, member_ipc) {
	/* clang-format on */
	.name = "PIDFD_GET_IPC_NAMESPACE of a set",
	.attempt = member_attempt,
	.link = LINK_IPC,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, member_pid) {
	/* clang-format on */
	.name = "PIDFD_GET_PID_NAMESPACE of a set",
	.attempt = member_attempt,
	.link = LINK_PID,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, member_cgroup) {
	/* clang-format on */
	.name = "PIDFD_GET_CGROUP_NAMESPACE of a set",
	.attempt = member_attempt,
	.link = LINK_CGROUP,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, member_net) {
	/* clang-format on */
	.name = "PIDFD_GET_NET_NAMESPACE of a set",
	.attempt = member_attempt,
	.link = LINK_NET,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, member_time) {
	/* clang-format on */
	.name = "PIDFD_GET_TIME_NAMESPACE of a set",
	.attempt = member_attempt,
	.link = LINK_TIME,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, join_all) {
	/* clang-format on */
	.name = "setns(set, 0)",
	.attempt = join_attempt,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, join_all_but_user) {
	/* clang-format on */
	.name = "setns(set, all but user)",
	.attempt = join_attempt,
	.types = BUT_NS(CLONE_NEWUSER),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, join_uts) {
	/* clang-format on */
	.name = "setns(set, uts)",
	.attempt = join_attempt,
	.types = CLONE_NEWUTS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, join_root) {
	/* clang-format on */
	.name = "setns(set, mnt | ROOT)",
	.attempt = join_attempt,
	.types = CLONE_NEWNS,
	.flags = SETNS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, join_supported) {
	/* clang-format on */
	.name = "setns(set, SETNS_ALL)",
	.attempt = join_attempt,
	.types = SETNS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsset, join_dry_run) {
	/* clang-format on */
	.name = "setns(set, all | DRY_RUN)",
	.attempt = join_attempt,
	.types = ALL_NS,
	.flags = SETNS_DRY_RUN,
};

/* The set that rows use has everything, of a container that is gone. */
FIXTURE_SETUP(nsset)
{
	SKIP_WITHOUT_NSSET();
	self->f = faults_enter(_metadata);
	undo_start(_metadata);
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
	self->r = (struct request) {
		.pidfd = self->c.pidfd,
		.set = nsset_make(_metadata, self->c.pidfd, 0, SETNS_ROOT),
		.types = variant->types,
		.flags = variant->flags,
		.size = variant->size,
		.link = variant->link,
	};
	if (variant->attempt != get_attempt)
		container_stop(_metadata, &self->c);
}

FIXTURE_TEARDOWN(nsset)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

TEST_F(nsset, out_of_memory)
{
	struct sweep s = SWEEP(variant, &self->r);

	sweep(_metadata, self->f, &s);
	EXPECT_LT(0, s.failed);
	if (variant->points)
		EXPECT_EQ(variant->points, s.nr);
}

TEST_F(nsset, leaks_nothing)
{
	struct sweep s = SWEEP(variant, &self->r);

	sweep_leaks(_metadata, self->f, &s);
}

TEST_HARNESS_MAIN
