// SPDX-License-Identifier: GPL-2.0
/*
 * A 32-bit caller makes, asks, opens and joins a set as a 64-bit one does.
 *
 * The caller is the program nsset_i386, beside this one.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/facts.h"
#include "../lib/flags.h"
#include "../lib/handle.h"
#include "../lib/i386.h"
#include "../lib/nsset.h"
#include "../lib/picture.h"
#include "../lib/types.h"

/* The exit status for an answer that differs. */
#define DIFFERS 100

FIXTURE(bits32) {
	struct container c;
	struct state home;
	int dir;	/* of this program and nsset_i386 */
};

FIXTURE_SETUP(bits32)
{
	SKIP_WITHOUT_NSSET();
	self->dir = i386_dir(_metadata, "nsset_i386");
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
	state_read_task(_metadata, self->c.proc, ".", &self->home);
}

FIXTURE_TEARDOWN(bits32)
{
	container_stop(_metadata, &self->c);
}

/* The four numbers of the command line. */
struct numbers {
	unsigned int n[4];
};

/* As the first of them: a null pointer instead of a struct. */
#define NO_STRUCT 0xdead

/* Returns the program's exit status: see nsset_i386.c. */
static int run_32(struct __test_metadata *_metadata, int dir, int fd,
		  char *command, struct numbers numbers)
{
	char text[5][16];
	char *const argv[] = {
		"nsset_i386", text[0], command,
		numbers.n[0] == NO_STRUCT ? "-" : text[1], text[2], text[3],
		text[4], NULL,
	};

	snprintf(text[0], sizeof(text[0]), "%d", fd);
	for (int i = 0; i < 4; i++)
		snprintf(text[1 + i], sizeof(text[0]), "%u", numbers.n[i]);
	return i386_run(_metadata, dir, fd, argv);
}

#define RUN_32(_fd, _command, ...) \
	run_32(_metadata, self->dir, _fd, _command, \
	       (struct numbers){ { __VA_ARGS__ } })

TEST_F(bits32, get)
{
	int pidfd = self->c.pidfd;

	EXPECT_EQ(0, RUN_32(pidfd, "get", 16));
	EXPECT_EQ(0, RUN_32(pidfd, "get", 4096, SETNS_ROOT));
	EXPECT_EQ(0, RUN_32(pidfd, "get", 16, 0, CLONE_NEWUTS));
	EXPECT_EQ(0, RUN_32(pidfd, "get", 16, SETNS_FOR_CHILDREN, ALL_NS));
	EXPECT_EQ(EFAULT, RUN_32(pidfd, "get", NO_STRUCT));
	EXPECT_EQ(EINVAL, RUN_32(pidfd, "get", 15));
	EXPECT_EQ(E2BIG, RUN_32(pidfd, "get", 4097));
	EXPECT_EQ(EINVAL, RUN_32(pidfd, "get", 16, SETNS_SUPPORTED));
	EXPECT_EQ(EINVAL, RUN_32(pidfd, "get", 16, 0, CLONE_VM));
	/* The upper half of the types is in the same place. */
	EXPECT_EQ(EINVAL, RUN_32(pidfd, "get", 16, 0, CLONE_NEWUTS, 1));
	IN_CHILD {
		become(_metadata, 1000);
		EXPECT_EQ(EACCES, RUN_32(pidfd, "get", 16));
	}
}

TEST_F(bits32, info)
{
	int set = nsset_make(_metadata, self->c.pidfd,
			     CLONE_NEWNS | CLONE_NEWTIME,
			     SETNS_FOR_CHILDREN | SETNS_ROOT);
	int all = nsset_make(_metadata, self->c.pidfd, 0, 0);
	int types = CLONE_NEWNS | CLONE_NEWTIME;
	int flags = SETNS_FOR_CHILDREN | SETNS_ROOT;

	EXPECT_EQ(0, RUN_32(set, "info", 80, flags, types));
	EXPECT_EQ(0, RUN_32(set, "info", 4096, flags, types));
	EXPECT_EQ(0, RUN_32(all, "info", 80, 0, ALL_NS));
	EXPECT_EQ(DIFFERS, RUN_32(all, "info", 80, flags, types));
	EXPECT_EQ(EFAULT, RUN_32(set, "info", NO_STRUCT));
	EXPECT_EQ(EINVAL, RUN_32(set, "info", 79));
	EXPECT_EQ(E2BIG, RUN_32(set, "info", 4097));
	EXPECT_EQ(fact(_metadata, PIDFD_ARGUMENT_FIRST) ? EINVAL : ENOTTY,
		  RUN_32(self->c.pidfd, "info", 80));
}

TEST_F(bits32, members)
{
	int few = nsset_make(_metadata, self->c.pidfd, CLONE_NEWUTS, 0);
	int all = nsset_make(_metadata, self->c.pidfd, 0, 0);

	for (int i = 0; i < NR_LINKS; i++) {
		unsigned int ino = self->home.link[i].ino;

		EXPECT_EQ(nsset_holds(i, ALL_NS, 0) ? 0 : EOPNOTSUPP,
			  RUN_32(all, "member", 1 + i, 0, ino));
		EXPECT_EQ(i == LINK_UTS ? 0 : EOPNOTSUPP,
			  RUN_32(few, "member", 1 + i, 0, ino));
		EXPECT_EQ(EINVAL, RUN_32(all, "member", 1 + i, 1, ino));
	}
	EXPECT_EQ(DIFFERS, RUN_32(few, "member", 1 + LINK_UTS, 0, 1));
	EXPECT_EQ(ENOTTY, RUN_32(all, "member", 1 + NR_LINKS));
}

TEST_F(bits32, join)
{
	unsigned int there = self->home.link[LINK_UTS].ino, here;
	int all = nsset_make(_metadata, self->c.pidfd, 0, 0);
	struct state own;

	state_read(_metadata, &own);
	here = own.link[LINK_UTS].ino;
	container_stop(_metadata, &self->c);
	EXPECT_EQ(0, RUN_32(all, "join", 0, there));
	EXPECT_EQ(0, RUN_32(all, "join", CLONE_NEWUTS, there));
	EXPECT_EQ(0, RUN_32(all, "join", SETNS_ALL, there));
	EXPECT_EQ(0, RUN_32(all, "join", CLONE_NEWIPC, here));
	EXPECT_EQ(0, RUN_32(all, "join", SETNS_ALL | SETNS_DRY_RUN, here));
	EXPECT_EQ(EINVAL, RUN_32(all, "join", CLONE_NEWNS | SETNS_ROOT, 0));
	EXPECT_EQ(EINVAL, RUN_32(all, "join", CLONE_VM, 0));
}

TEST_HARNESS_MAIN
