// SPDX-License-Identifier: GPL-2.0
/*
 * SETNS_ROOT of a target whose root or working directory is in a FUSE file
 * system of its own: the permission checks ask its server, and sleep until the
 * server answers. The test is the server.
 *
 * Guards: the call asks again after the permission checks. A target can detach
 * the mount, pivot or change its root while the caller sleeps. A kernel that
 * trusts what it has seen before returns 0, with a root that is in no mount
 * namespace or that pivot_root(2) has not moved.
 *
 * Also says who can hold up a caller, for how long, and which errno a server
 * that has died stands for.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/fuse.h"
#include "../lib/jail.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/wait.h"

/* As the target sees them in its jail. */
#define FUSE_DIR	"/fuse"
#define NEW_DIR		"/new"		/* a mount */
#define OLD_DIR		"/new/old"

enum place_of_fuse {
	FUSE_CWD,	/* the working directory is in the FUSE file system */
	FUSE_ROOT,	/* the root is, and the working directory is not */
};

typedef void move_fn(struct __test_metadata *_metadata);

/* Shared by all processes of a case. */
struct shared {
	int device;		/* /dev/fuse, a descriptor of the target's */
	struct state home;	/* where the target is */
};

struct scene {
	struct fuse_daemon daemon;
	struct shared *shared;
	struct container c;
	pid_t target;
	int pidfd;		/* of the target */
	int ctl;
	int pin;
};

/* ----- The target. */

/*
 * A jail that is a mount, as pivot_root(2) demands of a root, and in it the
 * FUSE file system and a mount that can become the root.
 */
static int target_mount(struct __test_metadata *_metadata)
{
	int device = fuse_open(_metadata);

	jail_uncover(_metadata);
	ASSERT_EQ(0, mount("tmpfs", JAIL, "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(JAIL FUSE_DIR, 0755));
	ASSERT_EQ(0, mkdir(JAIL NEW_DIR, 0755));
	ASSERT_EQ(0, mount("tmpfs", JAIL NEW_DIR, "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(JAIL OLD_DIR, 0755));
	fuse_mount_at(_metadata, device, JAIL FUSE_DIR);
	return device;
}

static void target_settle(struct __test_metadata *_metadata,
			  enum place_of_fuse where)
{
	int jail;

	ASSERT_EQ(0, chroot(JAIL));
	ASSERT_EQ(0, chdir("/"));
	if (where == FUSE_CWD) {
		ASSERT_EQ(0, chdir(FUSE_DIR));
		return;
	}
	jail = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, jail);
	ASSERT_EQ(0, chroot(FUSE_DIR));
	ASSERT_EQ(0, fchdir(jail));
	close(jail);
}

/*
 * The device is handed over before the first request is sent. Whoever has it
 * open keeps the server alive.
 */
static void target_run(struct __test_metadata *_metadata, struct scene *s,
		       enum place_of_fuse where, move_fn *move, int ctl)
{
	struct state *home = &s->shared->home;

	if (s->c.flags)
		ASSERT_EQ(0, try_setns(s->c.pidfd, s->c.flags));
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	s->shared->device = target_mount(_metadata);
	byte_send(_metadata, ctl, 'd');
	byte_wait(_metadata, ctl, 'd', "the test has the device");
	close(s->shared->device);
	state_read(_metadata, home);
	target_settle(_metadata, where);
	state_refresh(_metadata, home);
	byte_send(_metadata, ctl, 'r');
	byte_wait(_metadata, ctl, 'm', "the target may move");
	if (move)
		move(_metadata);
	state_refresh(_metadata, home);
	byte_send(_metadata, ctl, 'm');
	for (;;)
		pause();
}

/* Serves until the target says @what. */
static void target_await(struct __test_metadata *_metadata, struct scene *s,
			 char what)
{
	fuse_serve(_metadata, &s->daemon, s->ctl);
	byte_wait(_metadata, s->ctl, what, "the target");
}

/* Keeps the file system there for the server until the scene is over. */
static int target_pin(struct __test_metadata *_metadata, struct scene *s,
		      enum place_of_fuse where)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", s->target,
		 where == FUSE_CWD ? "cwd" : "root");
	fd = open(path, O_PATH | O_CLOEXEC);
	ASSERT_LE(0, fd);
	return fd;
}

static void target_start(struct __test_metadata *_metadata, struct scene *s,
			 enum place_of_fuse where, move_fn *move)
{
	int socks[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	s->target = fork();
	ASSERT_LE(0, s->target);
	if (s->target == 0) {
		close(socks[0]);
		target_run(_metadata, s, where, move, socks[1]);
	}
	close(socks[1]);
	s->ctl = socks[0];
	s->pidfd = sys_pidfd_open(s->target, 0);
	ASSERT_LE(0, s->pidfd);
	byte_wait(_metadata, s->ctl, 'd', "the target has mounted FUSE");
	s->daemon.fd = syscall(__NR_pidfd_getfd, s->pidfd, s->shared->device,
			       0);
	ASSERT_LE(0, s->daemon.fd);
	byte_send(_metadata, s->ctl, 'd');
	target_await(_metadata, s, 'r');
	s->pin = target_pin(_metadata, s, where);
}

/* ----- The scene. */

/* With namespaces @container, the target is the only process in them. */
static void scene_start(struct __test_metadata *_metadata, struct scene *s,
			__u64 container, enum place_of_fuse where,
			move_fn *move)
{
	SKIP_WITHOUT_FLAGS();
	close(fuse_open(_metadata));
	s->shared = mmap(NULL, sizeof(*s->shared), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, s->shared);
	jail_make(_metadata);
	s->c.flags = container;
	if (container)
		container_start(_metadata, &s->c);
	target_start(_metadata, s, where, move);
	container_stop(_metadata, &s->c);
}

/* The server's end is the end of all that still wait for it. */
static void scene_end(struct __test_metadata *_metadata, struct scene *s)
{
	close(s->daemon.fd);
	if (s->target > 0)
		stop_child(_metadata, s->target);
	container_stop(_metadata, &s->c);
	close(s->pin);
	close(s->ctl);
	close(s->pidfd);
}

/* ----- Callers. */

/*
 * A process that joins the target by @flags, must get @err, and without one
 * be where the target is now, when the call begins.
 */
static pid_t caller_start(struct __test_metadata *_metadata, struct scene *s,
			  int flags, int err)
{
	unsigned int moved = moved_by(flags & s->c.flags) | MOVED_ROOT |
			     MOVED_CWD;
	struct state before, want = s->shared->home;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (pid)
		return pid;
	close(s->daemon.fd);
	state_arm(_metadata, &before);
	EXPECT_EQ(err, try_setns(s->pidfd, flags)) {
		TH_LOG("flags %#x", flags);
	}
	if (err || (flags & SETNS_DRY_RUN)) {
		EXPECT_NOTHING_MOVED(&before);
		_exit(0);
	}
	EXPECT_MOVED(&before, moved);
	expect_there(_metadata, &before, flags, &want);
	_exit(0);
}

/* Serves until a caller has come to its end by itself. */
static void caller_end(struct __test_metadata *_metadata, struct scene *s,
		       pid_t pid)
{
	int pidfd = sys_pidfd_open(pid, 0);

	ASSERT_LE(0, pidfd);
	fuse_serve(_metadata, &s->daemon, pidfd);
	close(pidfd);
	child_wait(_metadata, pid);
}

/* A call from its begin to its end, with nothing in its way. */
static void caller_run(struct __test_metadata *_metadata, struct scene *s,
		       int flags, int err)
{
	caller_end(_metadata, s, caller_start(_metadata, s, flags, err));
}

/* ----- What the target does while a caller sleeps. */

static void unmount_cwd(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, umount2(FUSE_DIR, MNT_DETACH));
}

/* From the working directory, which is above the root. */
static void unmount_root(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, umount2("." FUSE_DIR, MNT_DETACH));
}

static void pivot(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, syscall(__NR_pivot_root, NEW_DIR, OLD_DIR)) {
		TH_LOG("pivot_root: %s", strerror(errno));
	}
}

static void change_root(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, chroot(NEW_DIR));
}

static void change_cwd(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, chdir(NEW_DIR));
}

/* Root and working directory go along. */
static void unshare_mnt(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
}

static void leave(struct __test_metadata *_metadata)
{
	(void)_metadata;
	_exit(0);
}

FIXTURE(held)
{
	struct scene s;
};

FIXTURE_VARIANT(held)
{
	__u64 container;
	enum place_of_fuse where;
	move_fn *move;
	bool reap;
	int flags;
	int err;
	int again;	/* what the next call gets */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, cwd_stays) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_CWD,
	.flags = NS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, root_stays) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_ROOT,
	.flags = NS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, cwd_unmounted) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_CWD,
	.move = unmount_cwd,
	.flags = NS_ROOT,
	.err = EAGAIN,
	.again = EAGAIN,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, root_unmounted) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_ROOT,
	.move = unmount_root,
	.flags = NS_ROOT,
	.err = EAGAIN,
	.again = EAGAIN,
};

/* The old root is still in the mount namespace, but not the root any more. */
/* clang-format off */
FIXTURE_VARIANT_ADD(held, pivots) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_CWD,
	.move = pivot,
	.flags = NS_ROOT,
	.err = EAGAIN,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, changes_root) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_CWD,
	.move = change_root,
	.flags = NS_ROOT,
	.err = EAGAIN,
};

/* It is the working directory of when the call began that counts. */
/* clang-format off */
FIXTURE_VARIANT_ADD(held, changes_cwd) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_CWD,
	.move = change_cwd,
	.flags = NS_ROOT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, unshares) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_CWD,
	.move = unshare_mnt,
	.flags = NS_ROOT,
	.err = EAGAIN,
};

/* It may have moved its root before: nobody can tell any more. */
/* clang-format off */
FIXTURE_VARIANT_ADD(held, exits) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_CWD,
	.move = leave,
	.flags = NS_ROOT,
	.err = EAGAIN,
	.again = ESRCH,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, exits_and_is_reaped) {
	/* clang-format on */
	.container = CLONE_NEWNS,
	.where = FUSE_ROOT,
	.move = leave,
	.reap = true,
	.flags = NS_ROOT,
	.err = EAGAIN,
	.again = ESRCH,
};

/* In the caller's own mount namespace, which is left alone. */
/* clang-format off */
FIXTURE_VARIANT_ADD(held, joined_stays) {
	/* clang-format on */
	.where = FUSE_CWD,
	.flags = NS_ROOT | SETNS_SKIP_JOINED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, joined_cwd_unmounted) {
	/* clang-format on */
	.where = FUSE_CWD,
	.move = unmount_cwd,
	.flags = NS_ROOT | SETNS_SKIP_JOINED,
	.err = EAGAIN,
	.again = EAGAIN,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, joined_changes_root) {
	/* clang-format on */
	.where = FUSE_CWD,
	.move = change_root,
	.flags = NS_ROOT | SETNS_SKIP_JOINED,
	.err = EAGAIN,
};

/* Mounted in a user namespace that the caller joins, too. */
/* clang-format off */
FIXTURE_VARIANT_ADD(held, userns_stays) {
	/* clang-format on */
	.container = CLONE_NEWUSER | CLONE_NEWNS,
	.where = FUSE_CWD,
	.flags = NS_ROOT | CLONE_NEWUSER,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, userns_cwd_unmounted) {
	/* clang-format on */
	.container = CLONE_NEWUSER | CLONE_NEWNS,
	.where = FUSE_CWD,
	.move = unmount_cwd,
	.flags = NS_ROOT | CLONE_NEWUSER,
	.err = EAGAIN,
	.again = EAGAIN,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(held, userns_pivots) {
	/* clang-format on */
	.container = CLONE_NEWUSER | CLONE_NEWNS,
	.where = FUSE_CWD,
	.move = pivot,
	.flags = NS_ROOT | CLONE_NEWUSER,
	.err = EAGAIN,
};

FIXTURE_SETUP(held)
{
	scene_start(_metadata, &self->s, variant->container, variant->where,
		    variant->move);
}

FIXTURE_TEARDOWN(held)
{
	scene_end(_metadata, &self->s);
}

/* Lets the target move, and returns when it has. */
static void held_move(struct __test_metadata *_metadata, struct scene *s,
		      const FIXTURE_VARIANT(held) * row)
{
	byte_send(_metadata, s->ctl, 'm');
	if (row->move != leave) {
		target_await(_metadata, s, 'm');
		return;
	}
	ASSERT_TRUE(has_exited(s->pidfd, POLL_MS)) {
		TH_LOG("the target does not exit");
	}
	if (row->reap) {
		child_wait(_metadata, s->target);
		s->target = 0;
	}
}

/* The target moves while the caller sleeps. */
static void held_call(struct __test_metadata *_metadata, struct scene *s,
		      const FIXTURE_VARIANT(held) * row, int flags)
{
	pid_t pid = caller_start(_metadata, s, flags, row->err);

	fuse_hold(_metadata, &s->daemon, FUSE_ACCESS);
	held_move(_metadata, s, row);
	fuse_let_go(_metadata, &s->daemon);
	caller_end(_metadata, s, pid);
}

TEST_F(held, verdict)
{
	held_call(_metadata, &self->s, variant, variant->flags);
}

TEST_F(held, dry_run)
{
	held_call(_metadata, &self->s, variant, variant->flags | SETNS_DRY_RUN);
}

/* Once more, with a target that has come to rest. */
TEST_F(held, again)
{
	held_call(_metadata, &self->s, variant, variant->flags);
	caller_run(_metadata, &self->s, variant->flags, variant->again);
}

/* ----- A server that dies. */

enum death {
	DIES_BEFORE,	/* the call */
	DIES_UNREAD,	/* while the caller waits, without reading its request */
	DIES_READ,	/* after it */
};

FIXTURE(dead)
{
	struct scene s;
};

FIXTURE_VARIANT(dead)
{
	enum place_of_fuse where;
	enum death when;
	int err;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(dead, cwd_before) {
	.where = FUSE_CWD, .when = DIES_BEFORE, .err = ENOTCONN,
};

FIXTURE_VARIANT_ADD(dead, cwd_unread) {
	.where = FUSE_CWD, .when = DIES_UNREAD, .err = ECONNABORTED,
};

FIXTURE_VARIANT_ADD(dead, cwd_read) {
	.where = FUSE_CWD, .when = DIES_READ, .err = ECONNABORTED,
};

FIXTURE_VARIANT_ADD(dead, root_before) {
	.where = FUSE_ROOT, .when = DIES_BEFORE, .err = ENOTCONN,
};

FIXTURE_VARIANT_ADD(dead, root_unread) {
	.where = FUSE_ROOT, .when = DIES_UNREAD, .err = ECONNABORTED,
};

FIXTURE_VARIANT_ADD(dead, root_read) {
	.where = FUSE_ROOT, .when = DIES_READ, .err = ECONNABORTED,
};

/* clang-format on */

FIXTURE_SETUP(dead)
{
	scene_start(_metadata, &self->s, CLONE_NEWNS, variant->where, NULL);
}

FIXTURE_TEARDOWN(dead)
{
	scene_end(_metadata, &self->s);
}

static void server_die(struct scene *s)
{
	close(s->daemon.fd);
	s->daemon.fd = -1;
}

static void dead_call(struct __test_metadata *_metadata, struct scene *s,
		      const FIXTURE_VARIANT(dead) * row, int flags)
{
	pid_t pid;

	if (row->when == DIES_BEFORE)
		server_die(s);
	pid = caller_start(_metadata, s, flags, row->err);
	if (row->when == DIES_UNREAD)
		ASSERT_TRUE(is_readable(s->daemon.fd, POLL_MS));
	if (row->when == DIES_READ)
		fuse_hold(_metadata, &s->daemon, FUSE_ACCESS);
	if (row->when != DIES_BEFORE)
		server_die(s);
	child_end(_metadata, pid, POLL_MS, "the caller of a dead server");
}

TEST_F(dead, verdict)
{
	dead_call(_metadata, &self->s, variant, NS_ROOT);
}

TEST_F(dead, dry_run)
{
	dead_call(_metadata, &self->s, variant, NS_ROOT | SETNS_DRY_RUN);
}

/* The mount namespace can be joined all the same. */
TEST_F(dead, without_root)
{
	struct state before;

	dead_call(_metadata, &self->s, variant, NS_ROOT);
	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, SETNS(self->s.pidfd, CLONE_NEWNS));
		EXPECT_MOVED(&before, MOVED_MNT | MOVED_ROOT | MOVED_CWD);
	}
}

/* ----- Who can hold up a caller, and for how long. */

FIXTURE(sleeper)
{
	struct scene s;
};

FIXTURE_SETUP(sleeper)
{
	scene_start(_metadata, &self->s, CLONE_NEWNS, FUSE_CWD, NULL);
}

FIXTURE_TEARDOWN(sleeper)
{
	scene_end(_metadata, &self->s);
}

/* The state letter of a process: what follows its name. */
static char state_letter(struct __test_metadata *_metadata, pid_t pid)
{
	char path[64], buf[256] = "", *name_end;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, buf, sizeof(buf) - 1));
	close(fd);
	name_end = strrchr(buf, ')');
	ASSERT_NE(NULL, name_end);
	return name_end[2];
}

/* A caller whose request has been read; a signal has come too late for it. */
static pid_t sleeper_start(struct __test_metadata *_metadata, struct scene *s)
{
	pid_t pid = caller_start(_metadata, s, NS_ROOT, 0);
	char state = 0;

	fuse_hold(_metadata, &s->daemon, FUSE_ACCESS);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	/* It has seen the signal, and tells the server so. */
	while (s->daemon.interrupted != s->daemon.held.unique)
		fuse_serve_next(_metadata, &s->daemon);
	for (int i = 0; i < POLL_MS && state != 'D' && state != 'Z'; i++) {
		poll(NULL, 0, 1);
		state = state_letter(_metadata, pid);
	}
	EXPECT_EQ('D', state);
	return pid;
}

/* @pid ends, or has ended, by SIGKILL. */
static void expect_killed(struct __test_metadata *_metadata, pid_t pid)
{
	int status;

	expect_end(_metadata, pid, POLL_MS, "a caller that was killed");
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(SIGKILL, WTERMSIG(status));
}

/* The request is taken back, and the next caller's is as good as the first. */
TEST_F(sleeper, killed_before_the_server_has_read)
{
	struct scene *s = &self->s;
	pid_t pid = caller_start(_metadata, s, NS_ROOT, 0);

	ASSERT_TRUE(is_readable(s->daemon.fd, POLL_MS));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	expect_killed(_metadata, pid);
	EXPECT_FALSE(is_readable(s->daemon.fd, 0));
	caller_run(_metadata, s, NS_ROOT, 0);
}

TEST_F(sleeper, not_killed_until_the_server_answers)
{
	pid_t pid = sleeper_start(_metadata, &self->s);

	fuse_let_go(_metadata, &self->s.daemon);
	expect_killed(_metadata, pid);
	caller_run(_metadata, &self->s, NS_ROOT, 0);
}

TEST_F(sleeper, not_killed_until_the_server_dies)
{
	pid_t pid = sleeper_start(_metadata, &self->s);

	server_die(&self->s);
	expect_killed(_metadata, pid);
}

/* Without the flag nobody is asked, so nobody has to answer. */
TEST_F(sleeper, not_without_root)
{
	IN_CHILD {
		EXPECT_EQ(0, SETNS(self->s.pidfd, CLONE_NEWNS));
	}
	EXPECT_FALSE(is_readable(self->s.daemon.fd, 0));
}

/* Nor does a caller that sleeps hold up others, or the target. */
TEST_F(sleeper, alone)
{
	struct scene *s = &self->s;
	pid_t pid = caller_start(_metadata, s, NS_ROOT, 0);

	fuse_hold(_metadata, &s->daemon, FUSE_ACCESS);
	IN_CHILD {
		EXPECT_EQ(0, SETNS(s->pidfd, CLONE_NEWNS));
	}
	IN_CHILD {
		EXPECT_EQ(0, SETNS(sys_pidfd_open(pid, 0), CLONE_NEWUTS));
	}
	byte_send(_metadata, s->ctl, 'm');
	target_await(_metadata, s, 'm');
	caller_run(_metadata, s, NS_ROOT, 0);
	fuse_let_go(_metadata, &s->daemon);
	caller_end(_metadata, s, pid);
}

/*
 * A file system of a user namespace does not deal with callers of outside: they
 * are refused without a question. See held.userns_stays.
 */
FIXTURE(outside)
{
	struct scene s;
};

FIXTURE_SETUP(outside)
{
	scene_start(_metadata, &self->s, CLONE_NEWUSER | CLONE_NEWNS, FUSE_CWD,
		    NULL);
}

FIXTURE_TEARDOWN(outside)
{
	scene_end(_metadata, &self->s);
}

TEST_F(outside, not_asked)
{
	struct state before;

	IN_CHILD {
		state_read(_metadata, &before);
		EXPECT_EQ(EACCES, SETNS(self->s.pidfd, NS_ROOT));
		EXPECT_NOTHING_MOVED(&before);
		EXPECT_EQ(0, SETNS(self->s.pidfd, CLONE_NEWNS));
		EXPECT_MOVED(&before, MOVED_MNT | MOVED_ROOT | MOVED_CWD);
	}
	EXPECT_FALSE(is_readable(self->s.daemon.fd, 0));
}

TEST_HARNESS_MAIN
