// SPDX-License-Identifier: GPL-2.0
#include "child.h"
#include "calls.h"

void child_wait(struct __test_metadata *_metadata, pid_t pid)
{
	int status = 0;

	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	if (_metadata->aborted)
		__bail(1, _metadata);
	ASSERT_TRUE(WIFEXITED(status)) {
		TH_LOG("child ended by signal %d", WTERMSIG(status));
	}
	ASSERT_EQ(0, WEXITSTATUS(status));
}

struct child child_fork(struct __test_metadata *_metadata, __u64 flags)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
	struct child c = {};

	/* The C library's own fork where possible: it keeps its caches. */
	c.pid = flags ? sys_clone3(&args) : fork();
	ASSERT_LE(0, c.pid) {
		TH_LOG("fork with flags %#llx: %s", (unsigned long long)flags,
		       strerror(errno));
	}
	return c;
}

bool child_step(struct __test_metadata *_metadata, struct child *c)
{
	if (c->pid) {
		child_wait(_metadata, c->pid);
		return false;
	}
	if (c->ran)
		_exit(0);
	c->ran = true;
	return true;
}

int run_program(struct __test_metadata *_metadata, char *const argv[])
{
	int status, null;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (pid == 0) {
		null = open("/dev/null", O_RDWR);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		setenv("PATH", "/sbin:/usr/sbin:/bin:/usr/bin", 0);
		execvp(argv[0], argv);
		setenv("PATH", "/sbin:/usr/sbin", 1);
		execvp(argv[0], argv);
		_exit(127);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	return WEXITSTATUS(status);
}

int idle(void *data)
{
	const int *ready = data;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (ready && write(*ready, "r", 1) != 1)
		return 1;
	for (;;)
		pause();
	return 0;
}

pid_t start_sharer(struct __test_metadata *_metadata, int flags)
{
	static char stack[16384];
	int pipefd[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe2(pipefd, O_CLOEXEC));
	pid = clone(idle, stack + sizeof(stack), flags | SIGCHLD, &pipefd[1]);
	ASSERT_LT(0, pid);
	ASSERT_EQ(1, read(pipefd[0], &byte, 1));
	close(pipefd[0]);
	close(pipefd[1]);
	return pid;
}

void stop_child(struct __test_metadata *_metadata, pid_t pid)
{
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
}

void *idle_thread(void *data)
{
	(void)data;
	idle(NULL);
	return NULL;
}

void start_thread(struct __test_metadata *_metadata)
{
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, idle_thread, NULL));
}

pid_t last_thread(struct __test_metadata *_metadata, int proc)
{
	int fd = openat(proc, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	pid_t tid = 0;
	DIR *dir;

	ASSERT_LE(0, fd);
	dir = fdopendir(fd);
	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			tid = atoi(entry->d_name);
	closedir(dir);
	ASSERT_LT(0, tid);
	return tid;
}

char task_state(struct __test_metadata *_metadata, pid_t pid, pid_t tid)
{
	char path[64], buf[256] = "", *name_end;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		ASSERT_EQ(ENOENT, errno);
		return 0;
	}
	len = read(fd, buf, sizeof(buf) - 1);
	if (len < 0)
		ASSERT_EQ(ESRCH, errno);
	close(fd);
	name_end = strrchr(buf, ')');
	return name_end ? name_end[2] : 0;
}

void task_wait(struct __test_metadata *_metadata, pid_t pid, pid_t tid,
	       char want)
{
	char state = 0;

	for (int i = 0; i < POLL_MS; i++) {
		state = task_state(_metadata, pid, tid);
		if (state == want)
			return;
		poll(NULL, 0, 1);
	}
	ASSERT_EQ(want, state) {
		TH_LOG("task %d is not in state '%c' but '%c'", tid, want,
		       state);
	}
}
