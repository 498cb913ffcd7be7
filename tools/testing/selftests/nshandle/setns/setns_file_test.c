// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) by a namespace file takes 0 or its type, and refuses all other files.
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/twin.h"

/* Flags for the file of a namespace are 0 or its type, and nothing else. */
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
			if (flag & ALL_NS)
				continue;
			EXPECT_EQ(EINVAL, try_setns(self->fd, flag));
			EXPECT_EQ(EINVAL, try_setns(self->fd, flag | exact));
		}
		for (int flags = 1; flags <= ALL_FLAGS; flags++) {
			EXPECT_EQ(EINVAL, try_setns(self->fd, flags | exact));
			EXPECT_EQ(EINVAL, try_setns(self->fd, flags | ALL_NS));
		}
		EXPECT_NOTHING_MOVED(&before);
	}
}

/* A descriptor with O_PATH gives no access to the file. */
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

/* EINVAL for a file that is neither, EBADF without a file, whatever the flags. */
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

/* Some system calls take this for a pidfd; setns(2) does not. */
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

/* An anonymous inode, as the pidfds of older kernels are. */
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
