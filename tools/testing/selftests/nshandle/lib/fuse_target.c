// SPDX-License-Identifier: GPL-2.0
#include "fuse_target.h"
#include "calls.h"
#include "child.h"
#include "flags.h"
#include "jail.h"
#include "types.h"
#include "wait.h"

/*
 * The jail is a mount, because pivot_root(2) demands that of a root. In it are
 * the FUSE file system and a mount that can become the root.
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
 * The target hands the device over and closes its own descriptor before it
 * sends the first request: any open descriptor keeps the server alive.
 */
static void target_run(struct __test_metadata *_metadata, struct fuse_scene *s,
		       enum place_of_fuse where, target_move_fn *move, int ctl)
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

void fuse_target_await(struct __test_metadata *_metadata, struct fuse_scene *s,
		       char what)
{
	fuse_serve(_metadata, &s->daemon, s->ctl);
	byte_wait(_metadata, s->ctl, what, "the target");
}

static int target_pin(struct __test_metadata *_metadata, struct fuse_scene *s,
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

static void target_start(struct __test_metadata *_metadata,
			 struct fuse_scene *s, enum place_of_fuse where,
			 target_move_fn *move)
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
	s->daemon.fd = syscall(__NR_pidfd_getfd, s->pidfd, s->shared->device, 0);
	ASSERT_LE(0, s->daemon.fd);
	byte_send(_metadata, s->ctl, 'd');
	fuse_target_await(_metadata, s, 'r');
	s->pin = target_pin(_metadata, s, where);
}

void fuse_scene_start(struct __test_metadata *_metadata, struct fuse_scene *s,
		      __u64 container, enum place_of_fuse where,
		      target_move_fn *move)
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

void fuse_scene_end(struct __test_metadata *_metadata, struct fuse_scene *s)
{
	/* The end of the server ends all requests. */
	close(s->daemon.fd);
	if (s->target > 0)
		stop_child(_metadata, s->target);
	container_stop(_metadata, &s->c);
	close(s->pin);
	close(s->ctl);
	close(s->pidfd);
}

pid_t fuse_caller_start(struct __test_metadata *_metadata,
			struct fuse_scene *s, int flags, int err)
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

void fuse_caller_end(struct __test_metadata *_metadata, struct fuse_scene *s,
		     pid_t pid)
{
	int pidfd = sys_pidfd_open(pid, 0);

	ASSERT_LE(0, pidfd);
	fuse_serve(_metadata, &s->daemon, pidfd);
	close(pidfd);
	child_wait(_metadata, pid);
}

void fuse_caller_run(struct __test_metadata *_metadata, struct fuse_scene *s,
		     int flags, int err)
{
	pid_t pid = fuse_caller_start(_metadata, s, flags, err);

	fuse_caller_end(_metadata, s, pid);
}

