// SPDX-License-Identifier: GPL-2.0
#include "fork.h"
#include "calls.h"
#include "chain.h"

struct report *report;

struct report *report_new(void)
{
	void *r = mmap(NULL, sizeof(struct report), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (r == MAP_FAILED)
		abort();
	return r;
}

static void __attribute__((constructor)) report_share(void)
{
	report = report_new();
}

void report_write(struct report *r)
{
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t len = read(fd, r->status, sizeof(r->status) - 1);

	close(fd);
	r->status[len > 0 ? len : 0] = '\0';
	r->ppid = getppid();
	r->sid = getsid(0);
	r->pgid = getpgid(0);
	r->pid = getpid();
}

int report_nspid(struct __test_metadata *_metadata, const struct report *r,
		 pid_t *pids)
{
	char *p = strstr(r->status, "\nNSpid:"), *end;
	int n = 0;

	ASSERT_NE(NULL, p);
	for (p += strlen("\nNSpid:"); *p == '\t'; p = end) {
		ASSERT_GE(MAX_LEVEL, n);
		pids[n++] = strtol(p, &end, 10);
	}
	ASSERT_EQ('\n', *p);
	return n;
}

pid_t fork_reporter(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		report_write(report);
		_exit(0);
	}
	return pid < 0 ? 0 : pid;
}

pid_t vfork_reporter(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		report_write(report);
		_exit(0);
	}
	return pid < 0 ? 0 : pid;
}

static pid_t clone3_of(struct clone_args args)
{
	pid_t pid;

	args.exit_signal = SIGCHLD;
	pid = sys_clone3(&args);
	if (pid == 0) {
		report_write(report);
		_exit(0);
	}
	return pid < 0 ? 0 : pid;
}

pid_t clone3_reporter(void)
{
	return clone3_of((struct clone_args){});
}

pid_t clone_reporter(const pid_t *tids, size_t nr)
{
	return clone3_of((struct clone_args){
		.set_tid = (uintptr_t)tids,
		.set_tid_size = nr,
	});
}

static const pid_t one = 1, two = 2;

pid_t set_tid_1(void)
{
	return clone_reporter(&one, 1);
}

pid_t set_tid_2(void)
{
	return clone_reporter(&two, 1);
}

pid_t bad_pidfd(void)
{
	return clone3_of((struct clone_args){
		.flags = CLONE_PIDFD,
		.pidfd = 1,
	});
}

pid_t bad_pidfd_set_tid_1(void)
{
	return clone3_of((struct clone_args){
		.flags = CLONE_PIDFD,
		.pidfd = 1,
		.set_tid = (uintptr_t)&one,
		.set_tid_size = 1,
	});
}

static void *thread_nop(void *data)
{
	return data;
}

int try_thread(void)
{
	pthread_t thread;
	int err = pthread_create(&thread, NULL, thread_nop, NULL);

	return err ?: pthread_join(thread, NULL);
}

int try_clone_newpid(void)
{
	struct clone_args args = {
		.flags = CLONE_NEWPID,
		.exit_signal = SIGCHLD,
	};
	pid_t pid = sys_clone3(&args);

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return errno;
	return waitpid(pid, NULL, 0) == pid ? 0 : ECHILD;
}

int try_unshare(void)
{
	return unshare(CLONE_NEWPID) ? errno : 0;
}
