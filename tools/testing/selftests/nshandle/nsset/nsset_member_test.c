// SPDX-License-Identifier: GPL-2.0
/*
 * PIDFD_GET_*_NAMESPACE on a set opens each namespace that the set holds, and no
 * other.
 */
#include <sys/resource.h>

#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/handle.h"
#include "../lib/jail.h"
#include "../lib/nsset.h"
#include "../lib/types.h"

/* Closes what the ioctl opens; returns 0 or the errno. */
/* The children of the process are born in other namespaces than its own. */
FIXTURE(member) {
	struct container c;
	struct stat st[NR_LINKS];	/* what the pidfd opens */
};

FIXTURE_VARIANT(member) {
	__u32 flags;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(member, plain) { .flags = 0, };
FIXTURE_VARIANT_ADD(member, for_children) { .flags = SETNS_FOR_CHILDREN, };
FIXTURE_VARIANT_ADD(member, root) { .flags = SETNS_ROOT, };
FIXTURE_VARIANT_ADD(member, for_children_and_root) {
	.flags = SETNS_FOR_CHILDREN | SETNS_ROOT, };
/* clang-format on */

FIXTURE_SETUP(member)
{
	SKIP_WITHOUT_NSSET();
	self->c.flags = ALL_NS;
	self->c.setup = children_elsewhere;
	container_start(_metadata, &self->c);
	for (int i = 0; i < NR_LINKS; i++) {
		int fd = pidfd_get(self->c.pidfd, i);

		ASSERT_EQ(0, fstat(fd, &self->st[i]));
		close(fd);
	}
}

FIXTURE_TEARDOWN(member)
{
	container_stop(_metadata, &self->c);
}

/* Each of the ten is the file that the pidfd has opened, or EOPNOTSUPP. */
static void expect_members(struct __test_metadata *_metadata, int set,
			   const struct stat st[NR_LINKS], __u64 types,
			   __u32 flags)
{
	for (int i = 0; i < NR_LINKS; i++) {
		int fd = pidfd_get(set, i);
		int err = fd < 0 ? errno : 0;

		EXPECT_EQ(nsset_holds(i, types, flags) ? 0 : EOPNOTSUPP, err) {
			TH_LOG("%s, types %#llx, flags %#x", moved_names[i],
			       types, flags);
		}
		if (err)
			continue;
		expect_same_file(_metadata, &st[i], fd);
		EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
		close(fd);
	}
}

TEST_F(member, of_every_mask)
{
	int fds = open_fds(), set;

	for (unsigned int bits = 1; bits < 256; bits += NEXT_ROW) {
		__u64 types = mask_flags(bits);

		if (!nsset_valid(types, variant->flags))
			continue;
		set = nsset_make(_metadata, self->c.pidfd, types,
				 variant->flags);
		expect_members(_metadata, set, self->st, types,
			       variant->flags);
		close(set);
	}
	EXPECT_EQ(fds, open_fds());
}

/* The pidfd opens nothing any more. */
TEST_F(member, of_a_dead_process)
{
	int set = nsset_make(_metadata, self->c.pidfd, 0, variant->flags);
	int pidfd = dup(self->c.pidfd);

	container_stop(_metadata, &self->c);
	EXPECT_EQ(ESRCH, get_ioctl(pidfd, PIDFD_GET(LINK_UTS), NULL));
	expect_members(_metadata, set, self->st, ALL_NS, variant->flags);
}

/* The pidfd opens nothing for this caller. */
TEST_F(member, for_a_caller_that_may_not_look)
{
	int set = nsset_make(_metadata, self->c.pidfd, 0, variant->flags);

	IN_CHILD {
		become(_metadata, 1000);
		EXPECT_EQ(EACCES, get_ioctl(self->c.pidfd, PIDFD_GET(LINK_UTS),
					    NULL));
		expect_members(_metadata, set, self->st, ALL_NS,
			       variant->flags);
	}
}

/* The argument is checked first, also for what the set does not hold. */
TEST_F(member, with_an_argument)
{
	int all = nsset_make(_metadata, self->c.pidfd, 0, variant->flags);
	int few = nsset_make(_metadata, self->c.pidfd,
			     CLONE_NEWNS | CLONE_NEWPID, variant->flags);
	int fds = open_fds();

	for (int i = 0; i < NR_LINKS; i++) {
		EXPECT_EQ(EINVAL, get_ioctl(all, PIDFD_GET(i), (void *)1));
		EXPECT_EQ(EINVAL, get_ioctl(few, PIDFD_GET(i), (void *)1));
		EXPECT_EQ(EINVAL, get_ioctl(all, PIDFD_GET(i),
					    (void *)LONG_MIN));
		EXPECT_EQ(EINVAL, get_ioctl(all, PIDFD_GET(i), &all));
	}
	EXPECT_EQ(fds, open_fds());
}

TEST_F(member, without_room)
{
	int all = nsset_make(_metadata, self->c.pidfd, 0, variant->flags);
	int few = nsset_make(_metadata, self->c.pidfd,
			     CLONE_NEWNS | CLONE_NEWPID, variant->flags);
	struct rlimit limit = { .rlim_cur = few + 1, .rlim_max = few + 1 };

	IN_CHILD {
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
		for (int i = 0; i < NR_LINKS; i++) {
			EXPECT_EQ(nsset_holds(i, ALL_NS, variant->flags) ?
				  EMFILE : EOPNOTSUPP, get_ioctl(all,
								 PIDFD_GET(i),
								 NULL));
			EXPECT_EQ(EINVAL, get_ioctl(all, PIDFD_GET(i),
						    (void *)1));
		}
		EXPECT_EQ(EOPNOTSUPP, get_ioctl(few, PIDFD_GET(LINK_UTS),
						NULL));
	}
}

/* A member keeps its namespace when set and process are gone. */
TEST_F(member, outlives_the_set)
{
	int set = nsset_make(_metadata, self->c.pidfd, CLONE_NEWUTS |
			     CLONE_NEWNS | CLONE_NEWPID, variant->flags);
	int uts = pidfd_get(set, LINK_UTS);
	char name[65] = "";

	ASSERT_LE(0, uts);
	container_stop(_metadata, &self->c);
	close(set);
	IN_CHILD {
		EXPECT_EQ(0, try_setns(uts, CLONE_NEWUTS));
		EXPECT_EQ(0, gethostname(name, sizeof(name)));
		EXPECT_STREQ(CONTAINER_HOSTNAME, name);
	}
}

TEST_HARNESS_MAIN
