// SPDX-License-Identifier: GPL-2.0
/*
 * The arguments of setns(2): flags that there are not, targets that have gone,
 * descriptors of something else.
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/dry_twin.h"

/*
 * Flags come before the target: a wrong one is EINVAL whoever asks, and
 * whether there is a target or not. The low byte without CLONE_NEWTIME is
 * what clone(2) uses for the signal.
 */
enum life { LIVE, ZOMBIE, REAPED };

FIXTURE(flags)
{
	pid_t pid;
	int pidfd;
};

FIXTURE_VARIANT(flags)
{
	enum life life;
	uid_t uid;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, live) {
	/* clang-format on */
	.life = LIVE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, zombie) {
	/* clang-format on */
	.life = ZOMBIE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, reaped) {
	/* clang-format on */
	.life = REAPED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, live_not_ours) {
	/* clang-format on */
	.life = LIVE,
	.uid = 1000,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, zombie_not_ours) {
	/* clang-format on */
	.life = ZOMBIE,
	.uid = 1000,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, reaped_not_ours) {
	/* clang-format on */
	.life = REAPED,
	.uid = 1000,
};

/* A child of @uid in the given state, and its pidfd. */
static pid_t child_in_life(struct __test_metadata *_metadata, enum life life,
			   uid_t uid, int *pidfd)
{
	siginfo_t info;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (pid == 0) {
		if (uid)
			become(_metadata, uid);
		if (life == LIVE)
			idle(NULL);
		_exit(0);
	}
	*pidfd = sys_pidfd_open(pid, 0);
	ASSERT_LE(0, *pidfd);
	if (life == ZOMBIE)
		ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	if (life == REAPED)
		ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	return pid;
}

static void child_end(struct __test_metadata *_metadata, enum life life,
		      pid_t pid)
{
	if (pid > 0 && life != REAPED)
		stop_child(_metadata, pid);
}

FIXTURE_SETUP(flags)
{
	SKIP_WITHOUT_CONTAINERS();
	self->pid = child_in_life(_metadata, variant->life, 0, &self->pidfd);
}

FIXTURE_TEARDOWN(flags)
{
	child_end(_metadata, variant->life, self->pid);
}

static bool is_type(unsigned int flag)
{
	return ALL_NS & flag;
}

/*
 * The low bits that setns_flags_test is about. They go with a type and a
 * pidfd only: alone and with the file of a namespace, they are refused by
 * every kernel.
 */
#define SETNS_FLAGS 0x0f

TEST_F(flags, zero)
{
	struct state before;

	IN_CHILD {
		if (variant->uid)
			become(_metadata, variant->uid);
		state_arm(_metadata, &before);
		EXPECT_EQ(EINVAL, try_setns(self->pidfd, 0));
		EXPECT_NOTHING_MOVED(&before);
	}
}

TEST_F(flags, unknown_bit_alone)
{
	struct state before;

	IN_CHILD {
		if (variant->uid)
			become(_metadata, variant->uid);
		state_arm(_metadata, &before);
		for (unsigned int flag = 1; flag; flag <<= 1) {
			if (is_type(flag))
				continue;
			EXPECT_EQ(EINVAL, try_setns(self->pidfd, flag)) {
				TH_LOG("flag %#x", flag);
			}
		}
		for (int flags = 1; flags <= SETNS_FLAGS; flags++)
			EXPECT_EQ(EINVAL, try_setns(self->pidfd, flags));
		EXPECT_NOTHING_MOVED(&before);
	}
}

TEST_F(flags, unknown_bit_mixed)
{
	struct state before;

	IN_CHILD {
		if (variant->uid)
			become(_metadata, variant->uid);
		state_arm(_metadata, &before);
		for (unsigned int flag = 1; flag; flag <<= 1) {
			if (is_type(flag) || flag & SETNS_FLAGS)
				continue;
			for (int i = 0; i < NR_TYPES; i++)
				EXPECT_EQ(EINVAL,
					  try_setns(self->pidfd, flag |
						    ns_types[i].flag));
			EXPECT_EQ(EINVAL, try_setns(self->pidfd,
						    flag | ALL_NS));
			EXPECT_EQ(EINVAL, try_setns(self->pidfd, flag | ALL_NS |
						    SETNS_FLAGS));
		}
		EXPECT_EQ(EINVAL, try_setns(self->pidfd, -1));
		EXPECT_NOTHING_MOVED(&before);
	}
}

/*
 * A target that has gone. Its namespaces have left with its exit, all of them,
 * also those that a zombie still has by other ways (user, pid). Who may not
 * see it is not told even that.
 */
FIXTURE(gone)
{
	pid_t pid;
	int pidfd;
};

FIXTURE_VARIANT(gone)
{
	uid_t caller;
	uid_t target;
	enum life life;
	int err;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gone, zombie) {
	/* clang-format on */
	.life = ZOMBIE,
	.err = ESRCH,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gone, zombie_of_uid_1000) {
	/* clang-format on */
	.target = 1000,
	.life = ZOMBIE,
	.err = ESRCH,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gone, uid_1000_zombie_of_root) {
	/* clang-format on */
	.caller = 1000,
	.life = ZOMBIE,
	.err = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gone, uid_1000_zombie_of_uid_1000) {
	/* clang-format on */
	.caller = 1000,
	.target = 1000,
	.life = ZOMBIE,
	.err = ESRCH,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gone, reaped) {
	/* clang-format on */
	.life = REAPED,
	.err = ESRCH,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gone, uid_1000_reaped) {
	/* clang-format on */
	.caller = 1000,
	.life = REAPED,
	.err = ESRCH,
};

FIXTURE_SETUP(gone)
{
	SKIP_WITHOUT_CONTAINERS();
	undo_start(_metadata);
	self->pid = child_in_life(_metadata, variant->life, variant->target,
				  &self->pidfd);
}

FIXTURE_TEARDOWN(gone)
{
	child_end(_metadata, variant->life, self->pid);
	undo_stop(_metadata);
}

TEST_F(gone, every_mask)
{
	struct state before;

	IN_CHILD {
		if (variant->caller)
			become(_metadata, variant->caller);
		state_arm(_metadata, &before);
		for (unsigned int bits = 1; bits < 256; bits += NEXT_ROW) {
			EXPECT_EQ(variant->err, try_setns(self->pidfd,
							  mask_flags(bits))) {
				TH_LOG("flags %#x", mask_flags(bits));
			}
		}
		EXPECT_NOTHING_MOVED(&before);
	}
}

/*
 * The file of a namespace: flags are 0 or exactly its type. One that names
 * more, or another, is refused, even where a pidfd would do it.
 */
FIXTURE(nsfs)
{
	struct container c;
	int fd;
};

FIXTURE_VARIANT(nsfs)
{
	int type;	/* index in ns_types */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nsfs, user) { .type = 0, };
FIXTURE_VARIANT_ADD(nsfs, mnt) { .type = 1, };
FIXTURE_VARIANT_ADD(nsfs, uts) { .type = 2, };
FIXTURE_VARIANT_ADD(nsfs, ipc) { .type = 3, };
FIXTURE_VARIANT_ADD(nsfs, pid) { .type = 4, };
FIXTURE_VARIANT_ADD(nsfs, cgroup) { .type = 5, };
FIXTURE_VARIANT_ADD(nsfs, net) { .type = 6, };
FIXTURE_VARIANT_ADD(nsfs, time) { .type = 7, };
/* clang-format on */

FIXTURE_SETUP(nsfs)
{
	SKIP_WITHOUT_CONTAINERS();
	undo_start(_metadata);
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
	self->fd = container_ns(_metadata, &self->c,
				ns_types[variant->type].name);
}

FIXTURE_TEARDOWN(nsfs)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

TEST_F(nsfs, flags_zero)
{
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, try_setns(self->fd, 0));
		EXPECT_MOVED(&before, ns_types[variant->type].moved);
	}
}

TEST_F(nsfs, flags_exact)
{
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, try_setns(self->fd,
				       ns_types[variant->type].flag));
		EXPECT_MOVED(&before, ns_types[variant->type].moved);
	}
}

TEST_F(nsfs, flags_other)
{
	int exact = ns_types[variant->type].flag;
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		for (unsigned int bits = 1; bits < 256; bits += NEXT_ROW) {
			if (mask_flags(bits) == exact)
				continue;
			EXPECT_EQ(EINVAL, try_setns(self->fd,
						    mask_flags(bits))) {
				TH_LOG("flags %#x", mask_flags(bits));
			}
		}
		for (unsigned int flag = 1; flag; flag <<= 1) {
			if (is_type(flag))
				continue;
			EXPECT_EQ(EINVAL, try_setns(self->fd, flag));
			EXPECT_EQ(EINVAL, try_setns(self->fd, flag | exact));
		}
		for (int flags = 1; flags <= SETNS_FLAGS; flags++) {
			EXPECT_EQ(EINVAL, try_setns(self->fd, flags | exact));
			EXPECT_EQ(EINVAL, try_setns(self->fd, flags | ALL_NS));
		}
		EXPECT_NOTHING_MOVED(&before);
	}
}

/* A descriptor that only names the file gives no access to it. */
TEST_F(nsfs, o_path)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "ns/%s", ns_types[variant->type].name);
	fd = openat(self->c.proc, path, O_PATH | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(EBADF, try_setns(fd, 0));
	EXPECT_EQ(EBADF, try_setns(fd, ns_types[variant->type].flag));
	close(fd);
}

/* Files that are neither: EINVAL, whatever the flags. EBADF is for none. */
FIXTURE(file)
{
	int fd;
};

FIXTURE_VARIANT(file)
{
	int (*open)(void);
	int err;
};

static int open_closed(void)
{
	int fd = open("/", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

static int open_negative(void)
{
	return -1;
}

static int open_o_path(void)
{
	return open("/proc/self/status", O_PATH | O_CLOEXEC);
}

static int open_regular(void)
{
	return memfd_create("regular", MFD_CLOEXEC);
}

static int open_procfs(void)
{
	return open("/proc/self/status", O_RDONLY | O_CLOEXEC);
}

static int open_directory(void)
{
	return open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Some calls take it for a pidfd. This one does not. */
static int open_proc_pid(void)
{
	return open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int open_device(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static int open_pipe(void)
{
	int fds[2];

	return pipe2(fds, O_CLOEXEC) ? -1 : fds[0];
}

static int open_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* Like a pidfd of old, an anonymous inode. */
static int open_epoll(void)
{
	return epoll_create1(EPOLL_CLOEXEC);
}

static int open_eventfd(void)
{
	return eventfd(0, EFD_CLOEXEC);
}

/* clang-format off */
FIXTURE_VARIANT_ADD(file, closed) { .open = open_closed, .err = EBADF, };
FIXTURE_VARIANT_ADD(file, negative) { .open = open_negative, .err = EBADF, };
FIXTURE_VARIANT_ADD(file, o_path) { .open = open_o_path, .err = EBADF, };
FIXTURE_VARIANT_ADD(file, regular) { .open = open_regular, .err = EINVAL, };
FIXTURE_VARIANT_ADD(file, procfs) { .open = open_procfs, .err = EINVAL, };
FIXTURE_VARIANT_ADD(file, directory) { .open = open_directory, .err = EINVAL, };
FIXTURE_VARIANT_ADD(file, proc_pid) { .open = open_proc_pid, .err = EINVAL, };
FIXTURE_VARIANT_ADD(file, device) { .open = open_device, .err = EINVAL, };
FIXTURE_VARIANT_ADD(file, pipe) { .open = open_pipe, .err = EINVAL, };
FIXTURE_VARIANT_ADD(file, socket) { .open = open_socket, .err = EINVAL, };
FIXTURE_VARIANT_ADD(file, epoll) { .open = open_epoll, .err = EINVAL, };
FIXTURE_VARIANT_ADD(file, eventfd) { .open = open_eventfd, .err = EINVAL, };
/* clang-format on */

FIXTURE_SETUP(file)
{
	self->fd = variant->open();
	if (variant->err == EINVAL)
		ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(file)
{
	close(self->fd);
}

TEST_F(file, refused)
{
	struct state before;

	state_read(_metadata, &before);
	EXPECT_EQ(variant->err, try_setns(self->fd, 0));
	for (int i = 0; i < NR_TYPES; i++)
		EXPECT_EQ(variant->err,
			  try_setns(self->fd, ns_types[i].flag));
	EXPECT_EQ(variant->err, try_setns(self->fd, ALL_NS));
	EXPECT_EQ(variant->err, try_setns(self->fd, CLONE_VM));
	EXPECT_EQ(variant->err, try_setns(self->fd, -1));
	EXPECT_NOTHING_MOVED(&before);
}

TEST_HARNESS_MAIN
