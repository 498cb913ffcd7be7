// SPDX-License-Identifier: GPL-2.0
#include "fuse.h"

/* Nodes of the file system: a directory with a single file in it. */
#define NODE_FILE	2

union fuse_reply {
	struct fuse_init_out init;
	struct fuse_entry_out entry;
	struct fuse_attr_out attr;
	struct fuse_open_out open;
	struct fuse_write_out write;
	char data[FILE_SIZE];
};

/* @size: of the answer, or an error. */
static void fuse_answer(struct __test_metadata *_metadata, int fd, __u64 unique,
			const void *data, int size)
{
	char buf[sizeof(struct fuse_out_header) + sizeof(union fuse_reply)];
	struct fuse_out_header *out = (void *)buf;

	out->len = sizeof(*out) + (size < 0 ? 0 : size);
	out->error = size < 0 ? size : 0;
	out->unique = unique;
	memcpy(out + 1, data, out->len - sizeof(*out));
	ASSERT_EQ((ssize_t)out->len, write(fd, buf, out->len)) {
		TH_LOG("answer to FUSE: %s", strerror(errno));
	}
}

static void fuse_fill_attr(struct fuse_attr *attr, __u64 node)
{
	attr->ino = node;
	attr->nlink = 1;
	attr->mode = node == NODE_FILE ? S_IFREG | 0666 : S_IFDIR | 0755;
	attr->size = FILE_SIZE;
	attr->blksize = FILE_SIZE;
}

/* The size of the answer, or an error. */
static int fuse_handle(const struct fuse_daemon *daemon,
		       const struct fuse_in_header *in, union fuse_reply *reply)
{
	const struct fuse_write_in *write = (const void *)(in + 1);

	switch (in->opcode) {
	case FUSE_INIT:
		reply->init.major = FUSE_KERNEL_VERSION;
		reply->init.minor = FUSE_KERNEL_MINOR_VERSION;
		reply->init.flags = FUSE_WRITEBACK_CACHE | FUSE_BIG_WRITES;
		reply->init.max_write = FILE_SIZE;
		reply->init.time_gran = 1;
		return sizeof(reply->init);
	case FUSE_LOOKUP:
		reply->entry.nodeid = NODE_FILE;
		reply->entry.entry_valid = 3600;
		reply->entry.attr_valid = 3600;
		fuse_fill_attr(&reply->entry.attr, NODE_FILE);
		return sizeof(reply->entry);
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		reply->attr.attr_valid = 3600;
		fuse_fill_attr(&reply->attr.attr, in->nodeid);
		return sizeof(reply->attr);
	case FUSE_OPEN:
		return sizeof(reply->open);
	case FUSE_READ:
		return daemon->fail_reads ?: FILE_SIZE;
	case FUSE_WRITE:
		reply->write.size = write->size;
		return sizeof(reply->write);
	case FUSE_ACCESS:
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

void fuse_serve_one(struct __test_metadata *_metadata,
		    struct fuse_daemon *daemon)
{
	char buf[FUSE_MIN_READ_BUFFER + FILE_SIZE];
	const struct fuse_interrupt_in *interrupt;
	struct fuse_in_header *in = (void *)buf;
	union fuse_reply reply = {};
	int size;

	ASSERT_LT(0, read(daemon->fd, buf, sizeof(buf))) {
		TH_LOG("request of FUSE: %s", strerror(errno));
	}
	if (in->opcode == FUSE_INTERRUPT) {
		interrupt = (const void *)(in + 1);
		daemon->interrupted = interrupt->unique;
		return;
	}
	if (in->opcode == FUSE_FORGET || in->opcode == FUSE_BATCH_FORGET)
		return;
	if (daemon->hold && in->opcode == daemon->hold) {
		daemon->held = *in;
		daemon->hold = 0;
		return;
	}
	size = fuse_handle(daemon, in, &reply);
	fuse_answer(_metadata, daemon->fd, in->unique, &reply, size);
}

void fuse_serve_next(struct __test_metadata *_metadata,
		     struct fuse_daemon *daemon)
{
	struct pollfd fds = { .fd = daemon->fd, .events = POLLIN };

	ASSERT_EQ(1, poll(&fds, 1, POLL_MS)) {
		TH_LOG("no request within %d ms", POLL_MS);
	}
	fuse_serve_one(_metadata, daemon);
}

void fuse_hold(struct __test_metadata *_metadata, struct fuse_daemon *daemon,
	       __u32 opcode)
{
	daemon->hold = opcode;
	while (!daemon->held.unique)
		fuse_serve_next(_metadata, daemon);
}

void fuse_serve(struct __test_metadata *_metadata, struct fuse_daemon *daemon,
		int fd)
{
	struct pollfd fds[] = {
		{ .fd = daemon->fd, .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};

	for (;;) {
		ASSERT_LT(0, poll(fds, 2, POLL_MS)) {
			TH_LOG("nothing happens");
		}
		if (fds[1].revents)
			return;
		fuse_serve_one(_metadata, daemon);
	}
}

void fuse_let_go(struct __test_metadata *_metadata, struct fuse_daemon *daemon)
{
	union fuse_reply reply = {};
	int size = fuse_handle(daemon, &daemon->held, &reply);

	fuse_answer(_metadata, daemon->fd, daemon->held.unique, &reply, size);
	daemon->held.unique = 0;
}

int fuse_open(struct __test_metadata *_metadata)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		skip_test(_metadata, "no /dev/fuse (CONFIG_FUSE_FS)");
	return fd;
}

void fuse_mount_at(struct __test_metadata *_metadata, int fd, const char *dir)
{
	char options[128];

	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
	ASSERT_EQ(0, mount("nshandle", dir, "fuse", 0, options)) {
		TH_LOG("mount FUSE on %s: %s", dir, strerror(errno));
	}
}

void fuse_mount(struct __test_metadata *_metadata, struct fuse_daemon *daemon)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	daemon->fd = fuse_open(_metadata);
	ASSERT_EQ(0, mount("tmpfs", "/tmp", "tmpfs", 0, "mode=0755"));
	ASSERT_EQ(0, mkdir(MOUNTPOINT, 0755));
	fuse_mount_at(_metadata, daemon->fd, MOUNTPOINT);
}

char *fuse_map(struct __test_metadata *_metadata)
{
	char *map;
	int fd;

	fd = open(MOUNTPOINT "/file", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd) {
		TH_LOG("open on FUSE: %s", strerror(errno));
	}
	map = mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	close(fd);
	return map;
}
