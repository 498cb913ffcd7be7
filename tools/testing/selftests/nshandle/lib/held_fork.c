// SPDX-License-Identifier: GPL-2.0
#include "held_fork.h"
#include "calls.h"
#include "wait.h"

static int read_last_pid(void)
{
	char text[16] = "";
	int fd = open("/proc/sys/kernel/ns_last_pid", O_RDONLY | O_CLOEXEC);
	ssize_t len = read(fd, text, sizeof(text) - 1);

	close(fd);
	return len > 0 ? atoi(text) : -1;
}

static void held_child(int result, int end)
{
	char byte;
	int last;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(end, &byte, 1) == 1) {
		last = read_last_pid();
		if (write(result, &last, sizeof(last)) != sizeof(last))
			_exit(1);
	}
	_exit(0);
}

static void forker_run(struct __test_metadata *_metadata, int ns, int result,
		       int end)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.exit_signal = SIGCHLD,
	};
	int err, status;
	pid_t pid;

	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	args.pidfd = (uintptr_t)fuse_map(_metadata);
	ASSERT_EQ(0, try_setns(ns, CLONE_NEWPID));
	ASSERT_EQ(1, write(result, "r", 1));
	pid = sys_clone3(&args);
	if (pid == 0)
		held_child(result, end);
	err = pid < 0 ? errno : 0;
	ASSERT_EQ((ssize_t)sizeof(err), write(result, &err, sizeof(err)));
	if (pid < 0)
		_exit(0);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ((ssize_t)sizeof(status),
		  write(result, &status, sizeof(status)));
	_exit(0);
}

void hold_fork(struct __test_metadata *_metadata, struct held_fork *f, int ns)
{
	int result[2], end[2];
	pid_t pid;

	ASSERT_EQ(0, pipe2(result, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(end, O_CLOEXEC));
	/* Before the fork: its read may be served by fuse_serve() already. */
	f->fuse.hold = FUSE_READ;
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		close(f->fuse.fd);
		close(end[1]);
		forker_run(_metadata, ns, result[1], end[0]);
	}
	close(result[1]);
	close(end[0]);
	f->forker = pid;
	f->result = result[0];
	f->end = end[1];
	fuse_serve(_metadata, &f->fuse, f->result);
	byte_wait(_metadata, f->result, 'r', "the forker is ready");
	while (!f->fuse.held.unique)
		fuse_serve_next(_metadata, &f->fuse);
}

/* The next number from @f->result; false if forker and child are gone. */
static bool next_result(struct __test_metadata *_metadata,
			struct held_fork *f, int *number)
{
	ssize_t len;

	fuse_serve(_metadata, &f->fuse, f->result);
	len = read(f->result, number, sizeof(*number));
	if (!len)
		return false;
	ASSERT_EQ((ssize_t)sizeof(*number), len);
	return true;
}

int finish_fork(struct __test_metadata *_metadata, struct held_fork *f)
{
	int err = -1;

	fuse_let_go(_metadata, &f->fuse);
	ASSERT_TRUE(next_result(_metadata, f, &err)) {
		TH_LOG("the forker is gone without its result");
	}
	return err;
}

int held_last_pid(struct __test_metadata *_metadata, struct held_fork *f)
{
	int last = -1;

	ASSERT_EQ(1, write(f->end, "?", 1));
	ASSERT_TRUE(next_result(_metadata, f, &last));
	return last;
}

int end_forker(struct __test_metadata *_metadata, struct held_fork *f)
{
	int status = 0, more;

	close(f->end);
	/*
	 * The exit of forker and child writes their memory back to our daemon,
	 * and then closes the pipe; next_result() serves until then.
	 */
	if (next_result(_metadata, f, &status))
		ASSERT_FALSE(next_result(_metadata, f, &more));
	child_end(_metadata, f->forker, POLL_MS, "the forker");
	return status;
}
