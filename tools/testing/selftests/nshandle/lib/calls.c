// SPDX-License-Identifier: GPL-2.0
#include "calls.h"
#include "facts.h"

int try_setns(int fd, int flags)
{
	return syscall(__NR_setns, fd, flags) ? errno : 0;
}

int sys_pidfd_open(pid_t pid, unsigned int flags)
{
	return syscall(__NR_pidfd_open, pid, flags);
}

int thread_pidfd(struct __test_metadata *_metadata, pid_t tid)
{
	int pidfd;

	skip_unless_fact(_metadata, PIDFD_OF_THREADS);
	pidfd = sys_pidfd_open(tid, PIDFD_THREAD);
	ASSERT_LE(0, pidfd);
	return pidfd;
}

int sys_pidfd_send_signal(int pidfd, int sig)
{
	return syscall(__NR_pidfd_send_signal, pidfd, sig, NULL, 0);
}

pid_t sys_clone3(struct clone_args *args)
{
	return syscall(__NR_clone3, args, sizeof(*args));
}

bool have_pidfd_ioctls(void)
{
	int pidfd = sys_pidfd_open(getpid(), 0);
	int fd = ioctl(pidfd, _IO(0xFF, 1), 0);
	bool have = fd >= 0 || errno != ENOTTY;

	close(fd);
	close(pidfd);
	return have;
}

int open_fds(void)
{
	int nr = 0;

	for (int fd = 0; fd < 1024; fd++)
		nr += fcntl(fd, F_GETFD) >= 0;
	return nr;
}

long long now_ms(clockid_t clock)
{
	struct timespec ts = {};

	syscall(__NR_clock_gettime, clock, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

int proc_of_pidfd(struct __test_metadata *_metadata, int pidfd)
{
	char path[64], line[256];
	int pid = -1, fd;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	f = fopen(path, "re");
	ASSERT_NE(NULL, f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "Pid: %d", &pid) == 1)
			break;
	fclose(f);
	ASSERT_LT(0, pid);
	snprintf(path, sizeof(path), "/proc/%d", pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	return fd;
}
