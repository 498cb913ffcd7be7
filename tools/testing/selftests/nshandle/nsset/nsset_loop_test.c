// SPDX-License-Identifier: GPL-2.0
/*
 * A set of a mount namespace, kept by a process inside of that mount namespace,
 * is freed with it when the process ends.
 */
#include <sys/un.h>

#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/nsset.h"
#include "../lib/parcel.h"
#include "../lib/slabs.h"

#define SOCKET	"/tmp/socket"
#define JAIL	"/tmp/jail"

FIXTURE(loop) {
};

FIXTURE_VARIANT(loop) {
	__u32 made;
	/* The process, in its own mount namespace, keeps its set there. */
	void (*keep)(struct __test_metadata *_metadata, int set);
};

static void keep_open(struct __test_metadata *_metadata, int set)
{
}

static void keep_queued(struct __test_metadata *_metadata, int set)
{
	int socks[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	fd_send(_metadata, socks[0], set);
	close(set);
}

/* The socket's file is on a mount of the mount namespace, which it holds. */
static void keep_queued_in_a_mount(struct __test_metadata *_metadata, int set)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = SOCKET };
	int to = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int from = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ASSERT_EQ(0, bind(to, (struct sockaddr *)&at, sizeof(at)));
	ASSERT_EQ(0, connect(from, (struct sockaddr *)&at, sizeof(at)));
	fd_send(_metadata, from, set);
	close(set);
	close(from);
}

/* Both sockets are queued in one of them, which nobody else has. */
static void keep_queued_in_a_cycle(struct __test_metadata *_metadata, int set)
{
	int socks[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	parcel_send(_metadata, socks[0], &(struct parcel){ socks[0], set });
	parcel_send(_metadata, socks[0], &(struct parcel){ socks[1], set });
	close(set);
	close(socks[0]);
	close(socks[1]);
}

/* clang-format off */
FIXTURE_VARIANT_ADD(loop, open) { .keep = keep_open, };
FIXTURE_VARIANT_ADD(loop, open_with_root) {
	.keep = keep_open, .made = SETNS_ROOT, };
FIXTURE_VARIANT_ADD(loop, queued) { .keep = keep_queued, };
FIXTURE_VARIANT_ADD(loop, queued_with_root) {
	.keep = keep_queued, .made = SETNS_ROOT, };
FIXTURE_VARIANT_ADD(loop, queued_in_a_mount) {
	.keep = keep_queued_in_a_mount, };
FIXTURE_VARIANT_ADD(loop, queued_in_a_mount_with_root) {
	.keep = keep_queued_in_a_mount, .made = SETNS_ROOT, };
FIXTURE_VARIANT_ADD(loop, queued_in_a_cycle) {
	.keep = keep_queued_in_a_cycle, };
FIXTURE_VARIANT_ADD(loop, queued_in_a_cycle_with_root) {
	.keep = keep_queued_in_a_cycle, .made = SETNS_ROOT, };
/* clang-format on */

FIXTURE_SETUP(loop)
{
	SKIP_WITHOUT_NSSET();
}

FIXTURE_TEARDOWN(loop)
{
}

/* Root and working directory are on a mount of the new mount namespace. */
static void keeper(struct __test_metadata *_metadata,
		   const FIXTURE_VARIANT(loop) * row, int ready)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(JAIL, 0755));
	ASSERT_EQ(0, mkdir(JAIL "/tmp", 0755));
	ASSERT_EQ(0, chroot(JAIL));
	ASSERT_EQ(0, chdir("/tmp"));
	row->keep(_metadata, nsset_make(_metadata,
					sys_pidfd_open(getpid(), 0),
					CLONE_NEWNS, row->made));
	_exit(idle(&ready));
}

static pid_t keeper_start(struct __test_metadata *_metadata,
			  const FIXTURE_VARIANT(loop) * row)
{
	int pipefd[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe2(pipefd, O_CLOEXEC));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0)
		keeper(_metadata, row, pipefd[1]);
	close(pipefd[1]);
	ASSERT_EQ(1, read(pipefd[0], &byte, 1));
	close(pipefd[0]);
	return pid;
}

/* The kernel looks for cycles of sockets when a socket is closed. */
static void socket_close(struct __test_metadata *_metadata)
{
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ASSERT_LE(0, sock);
	close(sock);
}

/* The user namespace may own one mount namespace; the test's is of another. */
TEST_F(loop, counts_until_the_end)
{
	IN_CHILD {
		long long end;
		pid_t pid;

		enter_userns(_metadata);
		write_at(_metadata, AT_FDCWD,
			 "/proc/sys/user/max_mnt_namespaces", "1");
		pid = keeper_start(_metadata, variant);
		EXPECT_EQ(-1, unshare(CLONE_NEWNS));
		EXPECT_EQ(ENOSPC, errno);
		stop_child(_metadata, pid);
		socket_close(_metadata);
		end = now_ms(CLOCK_MONOTONIC) + POLL_MS;
		while (unshare(CLONE_NEWNS)) {
			ASSERT_EQ(ENOSPC, errno);
			ASSERT_GT(end, now_ms(CLOCK_MONOTONIC));
			sched_yield();
		}
	}
}

TEST_F(loop, leaves_nothing)
{
	struct slab_files before;
	long long end;
	int slab, by;

	if (!slabs_apart())
		SKIP(return, NO_SLABS);
	slabs_open(_metadata, &before);
	/* The first one fills caches. */
	stop_child(_metadata, keeper_start(_metadata, variant));
	slabs_begin(_metadata, &before);
	for (int i = 0; i < 2 * GROWN; i++)
		stop_child(_metadata, keeper_start(_metadata, variant));
	socket_close(_metadata);
	end = now_ms(CLOCK_MONOTONIC) + POLL_MS;
	do {
		slab = slabs_grown(_metadata, &before, &by);
	} while (slab >= 0 && now_ms(CLOCK_MONOTONIC) < end);
	EXPECT_EQ(-1, slab) {
		TH_LOG("%d objects of %s after %d processes", by, slabs[slab],
		       2 * GROWN);
	}
}

TEST_HARNESS_MAIN
