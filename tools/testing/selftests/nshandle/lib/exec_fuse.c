// SPDX-License-Identifier: GPL-2.0
#include "exec_fuse.h"
#include "box.h"
#include "caps.h"
#include "child.h"
#include "flags.h"
#include "wait.h"

#include <sys/mman.h>

/* Returns with mmap_lock held for writing, as long as there is no answer. */
static int sharer_run(void *map)
{
	mmap(map, FILE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
	     -1, 0);
	return 0;
}

/* The first byte to go on starts the sharer, the second one execve(2). */
static void target_run(struct __test_metadata *_metadata,
		       const struct exec_scene *s)
{
	static char stack[16384];
	char *map, byte;

	/* A task that waits for an answer must not hold the device. */
	close(s->daemon.fd);
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	/* A page fault would wait for mmap_lock before there is an execve(2). */
	ASSERT_EQ(0, mlockall(MCL_CURRENT));
	become(_metadata, UID);
	map = fuse_map(_metadata);
	ASSERT_EQ(1, write(s->t.steps, "r", 1));
	ASSERT_EQ(1, read(s->t.go, &byte, 1));
	map[0] = 1;
	ASSERT_LT(0, clone(sharer_run, stack + sizeof(stack), CLONE_VM, map));
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
 * be one of the target's memory, which is locked before that.
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
 * The sharer holds mmap_lock when its request is there; the target has stopped
 * when it holds exec_update_lock.
 */
void exec_stop(struct __test_metadata *_metadata, struct exec_scene *s)
{
	pid_t prober;

	ASSERT_EQ(1, write(s->t.go, "g", 1));
	fuse_hold(_metadata, &s->daemon, FUSE_SETATTR);
	prober = prober_start(_metadata, s->t.pid);
	ASSERT_EQ(1, write(s->t.go, "g", 1));
	task_wait(_metadata, prober, prober, 'D');
	stop_child(_metadata, prober);
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
