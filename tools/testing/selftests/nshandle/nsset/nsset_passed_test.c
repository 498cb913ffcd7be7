// SPDX-License-Identifier: GPL-2.0
/*
 * A set goes wherever a descriptor goes, over a socket and by fork(2), but it can
 * be neither reopened nor mounted.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/handle.h"
#include "../lib/mounts.h"
#include "../lib/nsset.h"
#include "../lib/parcel.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/wait.h"

FIXTURE(passed) {
	struct container c;
	struct state home;
	int set, socks[2];
};

FIXTURE_SETUP(passed)
{
	SKIP_WITHOUT_NSSET();
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
	state_read_task(_metadata, self->c.proc, ".", &self->home);
	self->set = nsset_make(_metadata, self->c.pidfd, 0, 0);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				self->socks));
}

FIXTURE_TEARDOWN(passed)
{
	container_stop(_metadata, &self->c);
}

/* A child of the caller joins all of the set; the container may be gone. */
static void expect_usable(struct __test_metadata *_metadata, int set,
			  const struct state *home)
{
	struct state before;

	IN_CHILD {
		state_read(_metadata, &before);
		EXPECT_EQ(0, try_setns(set, 0));
		expect_there(_metadata, &before, ALL_NS, home);
		EXPECT_EQ(0, access(CONTAINER_MARKER, F_OK));
		EXPECT_LE(0, msgget(CONTAINER_MSG_KEY, 0));
	}
}

/* Its parent has exited, and the socket is its only descriptor. */
static void stranger(struct __test_metadata *_metadata,
		     const struct state *home, int sock)
{
	int set;

	sock = keep_only(_metadata, sock);
	byte_send(_metadata, sock, 'r');
	set = fd_receive(_metadata, sock);
	EXPECT_EQ(FD_CLOEXEC, fcntl(set, F_GETFD));
	expect_usable(_metadata, set, home);
	byte_send(_metadata, sock, 'd');
	_exit(0);
}

/* While it is on its way, the message is all that keeps the namespaces. */
TEST_F(passed, to_a_stranger)
{
	IN_CHILD {
		pid_t pid = fork();

		ASSERT_LE(0, pid);
		if (pid == 0)
			stranger(_metadata, &self->home, self->socks[1]);
	}
	close(self->socks[1]);
	byte_wait(_metadata, self->socks[0], 'r', "the stranger is ready");
	container_stop(_metadata, &self->c);
	fd_send(_metadata, self->socks[0], self->set);
	close(self->set);
	byte_wait(_metadata, self->socks[0], 'd', "the stranger has joined");
}

/* In all namespaces of the container, leaves some of them, and comes back. */
static void insider(struct __test_metadata *_metadata,
		    const struct state *home, int sock)
{
	struct state before;
	int set;

	sock = keep_only(_metadata, sock);
	set = fd_receive(_metadata, sock);
	state_read(_metadata, &before);
	EXPECT_EQ(0, try_setns(set, SETNS_ALL));
	EXPECT_NOTHING_MOVED(&before);
	EXPECT_EQ(EINVAL, try_setns(set, 0));
	EXPECT_NOTHING_MOVED(&before);

	ASSERT_EQ(0, unshare(BUT_NS(CLONE_NEWUSER)));
	EXPECT_EQ(0, try_setns(set, SETNS_ALL));
	expect_there(_metadata, &before, ALL_NS, home);
	EXPECT_EQ(0, access(CONTAINER_MARKER, F_OK));
	_exit(0);
}

TEST_F(passed, back_into_the_container)
{
	fd_send(_metadata, self->socks[0], self->set);
	IN_CHILD {
		ASSERT_EQ(0, try_setns(self->c.pidfd, ALL_NS));
		IN_CHILD {
			insider(_metadata, &self->home, self->socks[1]);
		}
	}
}

/* Which has a copy when the parent has closed its own. */
TEST_F(passed, to_a_child)
{
	int pipefd[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe2(pipefd, O_CLOEXEC));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		close(pipefd[1]);
		ASSERT_EQ(0, read(pipefd[0], &byte, 1));
		expect_usable(_metadata, self->set, &self->home);
		_exit(0);
	}
	container_stop(_metadata, &self->c);
	close(self->set);
	close(pipefd[1]);
	child_wait(_metadata, pid);
}

/* Close-on-exec: a program gets it only if that is cleared. */
TEST_F(passed, to_a_program)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->set);
	EXPECT_EQ(1, RUN("readlink", path));
	ASSERT_EQ(0, fcntl(self->set, F_SETFD, 0));
	EXPECT_EQ(0, RUN("readlink", path));
}

TEST_F(passed, by_dup)
{
	int copy = dup(self->set);

	ASSERT_LE(0, copy);
	close(self->set);
	container_stop(_metadata, &self->c);
	expect_usable(_metadata, copy, &self->home);
}

TEST_F(passed, by_pidfd_getfd)
{
	int pidfd = sys_pidfd_open(getpid(), 0), copy;

	copy = syscall(__NR_pidfd_getfd, pidfd, self->set, 0);
	ASSERT_LE(0, copy);
	close(self->set);
	container_stop(_metadata, &self->c);
	expect_usable(_metadata, copy, &self->home);
}

TEST_F(passed, not_by_opening_it_again)
{
	char path[64];
	int fds = open_fds();

	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->set);
	EXPECT_EQ(-1, open(path, O_RDONLY | O_CLOEXEC));
	EXPECT_EQ(ENXIO, errno);
	EXPECT_EQ(-1, open(path, O_RDWR | O_CLOEXEC));
	EXPECT_EQ(ENXIO, errno);
	EXPECT_EQ(fds, open_fds());
}

/* Mounts @fd on a file; returns 0 or the errno. */
static int try_bind(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return mount(path, "/tmp/handle", NULL, MS_BIND, NULL) ? errno : 0;
}

/* A member can be mounted: the row that differs in the file alone. */
TEST_F(passed, not_by_a_mount)
{
	int uts = pidfd_get(self->set, LINK_UTS);

	private_mounts(_metadata);
	close(open("/tmp/handle", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	EXPECT_EQ(EINVAL, try_bind(self->set));
	EXPECT_EQ(-1, syscall(__NR_open_tree, self->set, "",
			      AT_EMPTY_PATH | OPEN_TREE_CLONE));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, syscall(__NR_move_mount, self->set, "", AT_FDCWD,
			      "/tmp/handle", MOVE_MOUNT_F_EMPTY_PATH));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, umount2("/tmp/handle", 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, try_bind(uts));
	EXPECT_EQ(0, umount2("/tmp/handle", 0));
}

TEST_HARNESS_MAIN
