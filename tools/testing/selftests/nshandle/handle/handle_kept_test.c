// SPDX-License-Identifier: GPL-2.0
/*
 * A descriptor, a bind mount or a message keeps a namespace that no process is
 * in, and the namespace can still be joined.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/handle.h"
#include "../lib/marked.h"
#include "../lib/mounts.h"
#include "../lib/parcel.h"

#include <sys/vfs.h>

#define CGROUP_MOUNT	"/tmp/cgroup"

FIXTURE(kept) {
	const struct kind *kind;
	char cgroup[PATH_MAX];	/* made for the test, or "" */
	int fd;			/* the handle */
	struct stat st;
};

FIXTURE_VARIANT(kept) {
	int flag;
};

FIXTURE_VARIANT_ADD(kept, user) {
	.flag = CLONE_NEWUSER,
};

FIXTURE_VARIANT_ADD(kept, mnt) {
	.flag = CLONE_NEWNS,
};

FIXTURE_VARIANT_ADD(kept, uts) {
	.flag = CLONE_NEWUTS,
};

FIXTURE_VARIANT_ADD(kept, ipc) {
	.flag = CLONE_NEWIPC,
};

FIXTURE_VARIANT_ADD(kept, pid) {
	.flag = CLONE_NEWPID,
};

FIXTURE_VARIANT_ADD(kept, cgroup) {
	.flag = CLONE_NEWCGROUP,
};

FIXTURE_VARIANT_ADD(kept, net) {
	.flag = CLONE_NEWNET,
};

FIXTURE_VARIANT_ADD(kept, time) {
	.flag = CLONE_NEWTIME,
};

/*
 * A cgroup below our own, for the child that makes the cgroup namespace: that
 * namespace's root is the child's cgroup, and we are above it.
 */
static bool cgroup_make(struct __test_metadata *_metadata, char *path,
			size_t size)
{
	char own[PATH_MAX / 2];

	ASSERT_EQ(0, mkdir(CGROUP_MOUNT, 0755));
	if (!own_cgroup(own, sizeof(own)) ||
	    mount("cgroup2", CGROUP_MOUNT, "cgroup2", 0, NULL))
		return false;
	snprintf(path, size, "%s%s/nshandle.%d", CGROUP_MOUNT, own, getpid());
	return !mkdir(path, 0755);
}

FIXTURE_SETUP(kept)
{
	const struct kind *kind = kind_of(variant->flag);
	char procs[PATH_MAX + 16];

	SKIP_WITHOUT_CONTAINERS();
	if (!kind->link && !have_pidfd_ioctls())
		SKIP(return, NO_PIDFD_IOCTLS);
	if (kind->flag == CLONE_NEWNET && !have_dummy_device(_metadata))
		SKIP(return, "needs ip(8) and dummy network devices");
	private_mounts(_metadata);
	if (kind->flag == CLONE_NEWCGROUP &&
	    !cgroup_make(_metadata, self->cgroup, sizeof(self->cgroup)))
		SKIP(return, "needs a cgroup2 hierarchy to make a group in");
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", self->cgroup);
	self->kind = kind;
	self->fd = marked_leave(_metadata, kind, true,
				self->cgroup[0] ? procs : NULL);
	ASSERT_EQ(0, fstat(self->fd, &self->st));
}

FIXTURE_TEARDOWN(kept)
{
	if (self->cgroup[0])
		EXPECT_EQ(0, rmdir(self->cgroup));
}

/* A task is in the marked namespace when it has joined @fd, and only then. */
static void expect_marked(struct __test_metadata *_metadata,
			  const struct kind *kind, int fd)
{
	EXPECT_FALSE(kind->marked());
	IN_CHILD {
		EXPECT_EQ(0, try_setns(fd, kind->flag));
		EXPECT_TRUE(kind->marked());
	}
	EXPECT_FALSE(kind->marked());
}

TEST_F(kept, by_a_descriptor_alone)
{
	EXPECT_EQ(variant->flag, ioctl(self->fd, NS_GET_NSTYPE));
	expect_marked(_metadata, self->kind, self->fd);
}

TEST_F(kept, by_a_bind_mount_alone)
{
	const char *path = "/tmp/handle";
	struct statfs fs;
	char from[64];
	int fd;

	snprintf(from, sizeof(from), "/proc/self/fd/%d", self->fd);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	ASSERT_EQ(0, mount(from, path, NULL, MS_BIND, NULL));
	close(self->fd);

	ASSERT_EQ(0, statfs(path, &fs));
	EXPECT_EQ(NSFS_SUPER, fs.f_type);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	expect_same_file(_metadata, &self->st, fd);
	expect_marked(_metadata, self->kind, fd);
	/* The descriptor keeps the namespace without the mount, too. */
	ASSERT_EQ(0, umount2(path, MNT_DETACH));
	expect_same_file(_metadata, &self->st, fd);
	EXPECT_EQ(0, close(fd));
}

TEST_F(kept, by_a_reopened_descriptor)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_NE(self->fd, fd);
	close(self->fd);
	expect_same_file(_metadata, &self->st, fd);
	expect_marked(_metadata, self->kind, fd);
}

/*
 * Runs in a process whose parent has exited and which has no descriptor of the
 * namespace but the one that it receives.
 */
static void stranger(struct __test_metadata *_metadata,
		     const struct kind *kind, const struct stat *st, int sock,
		     pid_t us)
{
	pid_t parent = getppid();
	int fd;

	ASSERT_EQ(1, write(sock, "p", 1));
	fd = fd_receive(_metadata, sock);
	EXPECT_NE(parent, getppid());
	EXPECT_NE(us, getppid());
	expect_same_file(_metadata, st, fd);
	expect_marked(_metadata, kind, fd);
	ASSERT_EQ(1, write(sock, "d", 1));
	_exit(0);
}

TEST_F(kept, in_a_message_to_a_stranger)
{
	pid_t us = getpid();
	int socks[2];
	char byte;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	IN_CHILD {
		pid_t pid = fork();

		ASSERT_LE(0, pid);
		if (pid == 0) {
			close(self->fd);
			close(socks[0]);
			stranger(_metadata, self->kind, &self->st,
				 socks[1], us);
		}
		/* Exit only after the stranger has read its parent's pid. */
		close(socks[1]);
		ASSERT_EQ(1, read(socks[0], &byte, 1));
	}
	close(socks[1]);
	/* From here on, the message in the socket is the only handle. */
	fd_send(_metadata, socks[0], self->fd);
	close(self->fd);
	ASSERT_EQ(1, read(socks[0], &byte, 1));
	EXPECT_EQ('d', byte);
}

/*
 * The namespace counts towards its owner's limit until the handle is closed. A
 * kernel worker frees some types, so it may take a while.
 */
TEST_F(kept, and_gone_when_closed)
{
	const struct kind *kind = self->kind;
	long long end;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/user/max_%s_namespaces",
		 kind->name);
	IN_CHILD {
		enter_userns(_metadata);
		write_at(_metadata, AT_FDCWD, path, "1");
		fd = marked_leave(_metadata, kind, false, NULL);
		EXPECT_EQ(-1, unshare(kind->flag));
		EXPECT_EQ(ENOSPC, errno);
		close(fd);
		end = now_ms(CLOCK_MONOTONIC) + POLL_MS;
		while (unshare(kind->flag)) {
			ASSERT_EQ(ENOSPC, errno);
			ASSERT_GT(end, now_ms(CLOCK_MONOTONIC));
			sched_yield();
		}
	}
}

TEST_HARNESS_MAIN
