// SPDX-License-Identifier: GPL-2.0
#include "exec.h"
#include "calls.h"
#include "wait.h"

#include <sys/sendfile.h>

void make_program(struct __test_metadata *_metadata, const char *path,
		  mode_t mode)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	ssize_t len;

	ASSERT_LE(0, from);
	ASSERT_LE(0, to);
	do {
		len = sendfile(to, from, NULL, 1 << 30);
	} while (len > 0);
	ASSERT_EQ(0, len);
	ASSERT_EQ(0, fchmod(to, mode));
	close(from);
	close(to);
}

void exec_target_fork(struct __test_metadata *_metadata, struct exec_target *t,
		      __u64 flags)
{
	struct clone_args args = {
		.flags = flags | CLONE_PIDFD,
		.pidfd = (uintptr_t)&t->pidfd,
		.exit_signal = SIGCHLD,
	};
	int steps[2], go[2];
	bool child;

	ASSERT_EQ(0, pipe(steps));
	ASSERT_EQ(0, pipe(go));
	t->pid = sys_clone3(&args);
	ASSERT_LE(0, t->pid);
	child = t->pid == 0;
	t->steps = steps[child];
	t->go = go[!child];
	close(steps[!child]);
	close(go[child]);
}

void exec_target_await(struct __test_metadata *_metadata,
		       struct exec_target *t, struct fuse_daemon *daemon,
		       char what)
{
	fuse_serve(_metadata, daemon, t->steps);
	byte_wait(_metadata, t->steps, what, "the target");
}

void program_exec(int steps, int go)
{
	char steps_arg[16], go_arg[16];

	snprintf(steps_arg, sizeof(steps_arg), "%d", steps);
	snprintf(go_arg, sizeof(go_arg), "%d", go);
	execl(PROGRAM, PROGRAM, "--hold", steps_arg, go_arg, NULL);
}

void program_main(int argc, char **argv)
{
	int steps, go;
	char byte;

	if (argc != 4 || strcmp(argv[1], "--hold"))
		return;
	steps = atoi(argv[2]);
	go = atoi(argv[3]);
	if (write(steps, "x", 1) == 1 && read(go, &byte, 1) == 1)
		program_exec(steps, go);
	_exit(KSFT_FAIL);
}
