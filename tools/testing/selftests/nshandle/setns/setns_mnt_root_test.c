// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) fails with the error of the file system at the mount namespace's root,
 * and moves nothing.
 *
 * The root is on a network file system that must revalidate it (9P), or on one
 * that another is just being mounted on (autofs).
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/facts.h"
#include "../lib/picture.h"
#include "../lib/types.h"

#include <linux/auto_fs.h>
#include <linux/mount.h>

#define MOUNTPOINT	"/tmp/root"

static void skip_without_filesystem(struct __test_metadata *_metadata,
				    const char *type)
{
	char why[64];
	int fd;

	SKIP_WITHOUT_CONTAINERS();
	fd = syscall(__NR_fsopen, type, FSOPEN_CLOEXEC);
	if (fd < 0) {
		snprintf(why, sizeof(why), "fsopen(%s): %s", type,
			 strerror(errno));
		skip_test(_metadata, why);
	}
	close(fd);
}

/* ----- 9P: a server as small as it goes, of a single directory. */

#define P9_SIZE		8192

enum {	/* requests; the answer's number is one more */
	P9_ERROR = 6,
	P9_GETATTR = 24,
	P9_SETATTR = 26,
	P9_VERSION = 100,
	P9_ATTACH = 104,
	P9_CLUNK = 120,
};

/* On the wire nothing is aligned. */
#pragma pack(push, 1)

struct p9_qid {
	__u8 type;
	__u32 version;
	__u64 path;
};

struct p9_attr {
	__u64 valid;
	struct p9_qid qid;
	__u32 mode, uid, gid;
	__u64 nlink, rdev, size, block_size, blocks, times[8];
	__u64 generation, version;
};

struct p9_message {
	__u32 size;
	__u8 type;
	__u16 tag;
	union {
		struct p9_qid qid;
		struct p9_attr attr;
		__u32 error;
		char data[P9_SIZE];
	};
};

#pragma pack(pop)

#define P9_HEADER offsetof(struct p9_message, data)

static const struct p9_qid p9_root = { .type = 0x80, .path = 1 };

/* Makes the request an answer; returns the size of what follows the header. */
static size_t p9_handle(struct p9_message *msg, int getattr_error)
{
	int error = msg->type == P9_GETATTR ? getattr_error : 0;

	switch (error ? P9_ERROR : msg->type++) {
	case P9_VERSION:
		return msg->size - P9_HEADER;
	case P9_ATTACH:
		msg->qid = p9_root;
		return sizeof(msg->qid);
	case P9_GETATTR:
		msg->attr = (struct p9_attr){
			.valid = 0x7ff, .qid = p9_root,
			.mode = S_IFDIR | 0755, .nlink = 2,
		};
		return sizeof(msg->attr);
	case P9_SETATTR:
	case P9_CLUNK:
		return 0;
	default:
		msg->type = P9_ERROR + 1;
		msg->error = error ?: EOPNOTSUPP;
		return sizeof(msg->error);
	}
}

/* Once the directory has been changed, whoever asks for it gets @error. */
static void p9_serve(int sock, int error)
{
	struct p9_message msg;
	int getattr_error = 0;
	size_t rest;

	while (recv(sock, &msg, P9_HEADER, MSG_WAITALL) == P9_HEADER) {
		rest = msg.size - P9_HEADER;
		if (rest && recv(sock, msg.data, rest, MSG_WAITALL) !=
		    (ssize_t)rest)
			break;
		if (msg.type == P9_SETATTR)
			getattr_error = error;
		msg.size = P9_HEADER + p9_handle(&msg, getattr_error);
		if (write(sock, &msg, msg.size) != (ssize_t)msg.size)
			break;
	}
	_exit(0);
}

/*
 * The server ends with the mount, which holds the other end: so it must not be
 * what holds the mount, and has left its namespace before it is there.
 */
static int p9_start(struct __test_metadata *_metadata, int error)
{
	int socks[2];
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		close(socks[0]);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ASSERT_EQ(0, unshare(CLONE_NEWNS));
		p9_serve(socks[1], error);
	}
	close(socks[1]);
	return socks[0];
}

FIXTURE(asked)
{
	struct container c;
	int setns;
};

FIXTURE_VARIANT(asked)
{
	bool changed;		/* the attributes that we have are no good */
	int error;		/* what the server says of them */
	int setns;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(asked, known) {
	/* clang-format on */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(asked, still_there) {
	/* clang-format on */
	.changed = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(asked, gone) {
	/* clang-format on */
	.changed = true,
	.error = ENOENT,
	.setns = ESTALE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(asked, broken) {
	/* clang-format on */
	.changed = true,
	.error = EIO,
	.setns = EIO,		/* ESTALE if P9_ERROR_IS_STALE */
};

static FIXTURE_VARIANT(asked) asked_row;

/* In the container: what it has at the root is not its own root. */
static void mount_9p(struct __test_metadata *_metadata)
{
	int sock = p9_start(_metadata, asked_row.error);
	char options[128];

	snprintf(options, sizeof(options),
		 "trans=fd,rfdno=%d,wfdno=%d,version=9p2000.L,cache=loose,access=any",
		 sock, sock);
	ASSERT_EQ(0, mkdir(MOUNTPOINT, 0755));
	ASSERT_EQ(0, mount("nshandle", MOUNTPOINT, "9p", 0, options)) {
		TH_LOG("mount 9p: %s", strerror(errno));
	}
	close(sock);
	ASSERT_EQ(0, mount(MOUNTPOINT, "/", NULL, MS_BIND, NULL));
	if (asked_row.changed)
		ASSERT_EQ(0, chmod(MOUNTPOINT, 0711));
}

FIXTURE_SETUP(asked)
{
	skip_without_filesystem(_metadata, "9p");
	asked_row = *variant;
	self->setns = variant->setns;
	if (self->setns == EIO && fact(_metadata, P9_ERROR_IS_STALE))
		self->setns = ESTALE;
	self->c.flags = CLONE_NEWNS;
	self->c.setup = mount_9p;
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(asked)
{
	container_stop(_metadata, &self->c);
}

TEST_F(asked, join)
{
	struct state before;

	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(self->setns, try_setns(self->c.pidfd, CLONE_NEWNS));
		EXPECT_MOVED(&before,
			     self->setns ? 0 : moved_by(CLONE_NEWNS));
	}
}

/* ----- autofs: somebody waits for a mount on the root, which fails. */

FIXTURE(awaited)
{
	struct container c;
	int daemon;		/* the directory, as the daemon has it */
};

static int awaited_pipe[2];

/* The daemon is whoever is in our process group. */
static void mount_autofs(struct __test_metadata *_metadata)
{
	char options[128];

	snprintf(options, sizeof(options),
		 "fd=%d,pgrp=%d,minproto=5,maxproto=5,direct",
		 awaited_pipe[1], getpgrp());
	ASSERT_EQ(0, mkdir(MOUNTPOINT, 0755));
	ASSERT_EQ(0, mount("nshandle", MOUNTPOINT, "autofs", 0, options)) {
		TH_LOG("mount autofs: %s", strerror(errno));
	}
	/* A private one may serve its own mount namespace only. */
	ASSERT_EQ(0, mount(NULL, MOUNTPOINT, NULL, MS_SHARED, NULL));
	ASSERT_EQ(0, mount(MOUNTPOINT, "/", NULL, MS_BIND, NULL));
}

FIXTURE_SETUP(awaited)
{
	skip_without_filesystem(_metadata, "autofs");
	ASSERT_EQ(0, pipe2(awaited_pipe, O_CLOEXEC));
	self->c.flags = CLONE_NEWNS;
	self->c.setup = mount_autofs;
	container_start(_metadata, &self->c);
	self->daemon = openat(self->c.proc, "root" MOUNTPOINT,
			      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, self->daemon);
}

FIXTURE_TEARDOWN(awaited)
{
	container_stop(_metadata, &self->c);
	close(self->daemon);
}

static struct child start_outsider(struct __test_metadata *_metadata)
{
	struct child child = child_fork(_metadata, 0);

	if (child.pid == 0) {
		ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
		ASSERT_EQ(0, setpgid(0, 0));
	}
	return child;
}

TEST_F(awaited, mount_fails)
{
	struct pollfd asks = { .fd = awaited_pipe[0], .events = POLLIN };
	struct child visitor, caller;
	struct autofs_v5_packet packet;
	struct state before;

	visitor = start_outsider(_metadata);
	if (visitor.pid == 0) {
		EXPECT_EQ(-1, openat(self->c.proc, "root" MOUNTPOINT,
				     O_RDONLY | O_DIRECTORY | O_CLOEXEC));
		EXPECT_EQ(ENOENT, errno);
		_exit(0);
	}
	ASSERT_EQ(1, poll(&asks, 1, POLL_MS));
	ASSERT_EQ((ssize_t)sizeof(packet),
		  read(asks.fd, &packet, sizeof(packet)));
	EXPECT_EQ(autofs_ptype_missing_direct, packet.hdr.type);

	caller = start_outsider(_metadata);
	if (caller.pid == 0) {
		state_arm(_metadata, &before);
		EXPECT_EQ(ENOENT, try_setns(self->c.pidfd, CLONE_NEWNS));
		EXPECT_NOTHING_MOVED(&before);
		_exit(0);
	}
	/* The caller waits for the daemon, and only SIGKILL could end that. */
	task_wait(_metadata, caller.pid, caller.pid, 'D');
	ASSERT_EQ(0, ioctl(self->daemon, AUTOFS_IOC_FAIL,
			   packet.wait_queue_token));
	child_wait(_metadata, visitor.pid);
	child_wait(_metadata, caller.pid);
}

/* Nobody waits: the directory itself will do. */
TEST_F(awaited, nobody)
{
	struct state before;

	IN_CHILD {
		ASSERT_EQ(0, setpgid(0, 0));
		state_arm(_metadata, &before);
		EXPECT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWNS));
		EXPECT_MOVED(&before, moved_by(CLONE_NEWNS));
	}
}

TEST_HARNESS_MAIN
