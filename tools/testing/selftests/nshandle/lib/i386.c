// SPDX-License-Identifier: GPL-2.0
#include "i386.h"
#include "facts.h"

int i386_dir(struct __test_metadata *_metadata, const char *program)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	int dir;

	skip_unless_fact(_metadata, I386_CALLERS);
	ASSERT_LT(0, len);
	path[len] = '\0';
	*strrchr(path, '/') = '\0';
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, dir);
	if (faccessat(dir, program, X_OK, 0)) {
		snprintf(path, sizeof(path),
			 "%s is not built for this machine", program);
		skip_test(_metadata, path);
	}
	return dir;
}

/* No program of ours exits with these. */
#define NO_IA32	102
#define NO_EXEC	103

int i386_run(struct __test_metadata *_metadata, int dir, int fd,
	     char *const argv[])
{
	int status;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (pid == 0) {
		fcntl(fd, F_SETFD, 0);
		syscall(__NR_execveat, dir, argv[0], argv, environ, 0);
		_exit(errno == ENOEXEC ? NO_IA32 : NO_EXEC);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_IA32)
		skip_test(_metadata, "kernel without IA32 emulation");
	return WEXITSTATUS(status);
}
