// SPDX-License-Identifier: GPL-2.0
#include "exec_fuse.h"
#include "box.h"
#include "caps.h"
#include "child.h"
#include "flags.h"
#include "wait.h"

static void target_run(struct __test_metadata *_metadata,
		       const struct exec_scene *s)
{
	char *map, byte;

	/* A task that waits for an answer must not hold the device. */
	close(s->daemon.fd);
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	become(_metadata, UID);
	map = fuse_map(_metadata);
	map[0] = 1;
	ASSERT_EQ(1, write(s->t.steps, "r", 1));
	ASSERT_EQ(1, read(s->t.go, &byte, 1));
	program_exec(s->t.steps, s->t.go);
	TH_LOG("exec: %s", strerror(errno));
	_metadata->exit_code = KSFT_FAIL;
	_exit(1);
}

static void target_start(struct __test_metadata *_metadata,
			 struct exec_scene *s)
{
	char dir[32];

	exec_target_fork(_metadata, &s->t, BUT_NS(CLONE_NEWUSER));
	if (s->t.pid == 0)
		target_run(_metadata, s);
	s->daemon.hold = FUSE_SETATTR;
	exec_target_await(_metadata, &s->t, &s->daemon, 'r');
	snprintf(dir, sizeof(dir), "/proc/%d", s->t.pid);
	state_read_task(_metadata, AT_FDCWD, dir, &s->home);
}

void exec_scene_start(struct __test_metadata *_metadata, struct exec_scene *s,
		      mode_t mode)
{
	SKIP_WITHOUT_CONTAINERS();
	/* The machine's own /tmp may be nosuid; this mount is not. */
	fuse_mount(_metadata, &s->daemon);
	make_program(_metadata, PROGRAM, mode);
	target_start(_metadata, s);
}

void exec_scene_end(struct __test_metadata *_metadata, struct exec_scene *s)
{
	/* Fails all requests that have no answer yet. */
	close(s->daemon.fd);
	if (s->t.pid > 0)
		stop_child(_metadata, s->t.pid);
	state_close(&s->home);
}

/*
 * A process that reads again and again what can be read only under
 * exec_update_lock: it stops when the target holds the lock. The file must not
 * be one of the target's memory: its reader would have a share in that, and
 * could be the last to drop it.
 */
static pid_t prober_start(struct __test_metadata *_metadata, pid_t target)
{
	char path[64], byte;
	pid_t pid;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/personality", target);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (pread(fd, &byte, 1, 0) == 1)
			;
		_exit(1);
	}
	close(fd);
	return pid;
}

/*
 * The target has stopped when it holds the lock and an answer is outstanding.
 * The request need not be the target's: if the kernel has begun to write the
 * inode back by itself, the target waits for that to end.
 */
void exec_stop(struct __test_metadata *_metadata, struct exec_scene *s)
{
	pid_t prober = prober_start(_metadata, s->t.pid);
	bool stopped = false;

	ASSERT_EQ(1, write(s->t.go, "g", 1));
	for (int i = 0; i < POLL_MS && !stopped; i++) {
		if (is_readable(s->daemon.fd, 1))
			fuse_serve_one(_metadata, &s->daemon);
		stopped = s->daemon.held.unique &&
			  task_state(_metadata, prober, prober) == 'D';
	}
	stop_child(_metadata, prober);
	ASSERT_TRUE(stopped) {
		TH_LOG("the target does not stop");
	}
}

void expect_in_exec(struct __test_metadata *_metadata, struct exec_scene *s)
{
	EXPECT_NE(0ULL, s->daemon.held.unique);
	EXPECT_FALSE(is_readable(s->t.steps, 0));
}

void exec_finish(struct __test_metadata *_metadata, struct exec_scene *s)
{
	fuse_let_go(_metadata, &s->daemon);
	exec_target_await(_metadata, &s->t, &s->daemon, 'x');
}
