// SPDX-License-Identifier: GPL-2.0
#include "facts_probe.h"
#include "calls.h"
#include "caps.h"
#include "handle.h"
#include "procfs.h"
#include "procfs_query.h"

static enum fact_answer answer_of(bool yes)
{
	return yes ? YES : NO;
}

/* Of a number that no kernel knows, with an argument. */
enum fact_answer probe_PIDFD_ARGUMENT_FIRST(struct __test_metadata *_metadata)
{
	int pidfd = sys_pidfd_open(getpid(), 0);
	int err = ioctl(pidfd, _IO(0xFF, 0x7f), 1) < 0 ? errno : 0;

	close(pidfd);
	return have_pidfd_ioctls() ? answer_of(err == EINVAL) : UNKNOWN;
}

/* Asked by a user of a zombie of root's. */
enum fact_answer
probe_PIDFD_ACCESS_BEFORE_ZOMBIE(struct __test_metadata *_metadata)
{
	pid_t zombie = fork(), asker;
	int pidfd, status = 0;

	if (zombie == 0)
		_exit(0);
	waitid(P_PID, zombie, NULL, WEXITED | WNOWAIT);
	pidfd = sys_pidfd_open(zombie, 0);
	asker = fork();
	if (asker == 0) {
		become(_metadata, 1000);
		_exit(pidfd_get(pidfd, LINK_UTS) < 0 ? errno : 0);
	}
	waitpid(asker, &status, 0);
	waitpid(zombie, NULL, 0);
	close(pidfd);
	return have_pidfd_ioctls() ?
	       answer_of(WEXITSTATUS(status) == EACCES) : UNKNOWN;
}

enum fact_answer probe_PIDFD_OF_THREADS(struct __test_metadata *_metadata)
{
	int pidfd = sys_pidfd_open(getpid(), PIDFD_THREAD);

	if (pidfd >= 0)
		close(pidfd);
	return answer_of(pidfd >= 0);
}

enum fact_answer
probe_PIDFD_CAN_BE_REOPENED(struct __test_metadata *_metadata)
{
	int pidfd = sys_pidfd_open(getpid(), 0), fd;
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", pidfd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	close(pidfd);
	return answer_of(fd >= 0);
}

/* A parameter that is unknown: EINVAL, unless the descriptor is no good. */
enum fact_answer probe_FSCONFIG_TAKES_O_PATH(struct __test_metadata *_metadata)
{
	int fd = open("/", O_PATH | O_CLOEXEC), fc = sys_fsopen("proc");
	int err = try_fsconfig(fc, FSCONFIG_SET_FD, "nshandle", NULL, fd);

	close(fc);
	close(fd);
	return fc < 0 ? UNKNOWN : answer_of(err != EBADF);
}

static int set_subset(int fc)
{
	return try_fsconfig(fc, FSCONFIG_SET_STRING, "subset", "pid", 0);
}

/* On an instance that is mounted nowhere. */
enum fact_answer probe_PROCFS_SUBSET_IS_FIXED(struct __test_metadata *_metadata)
{
	int fc = sys_fsopen("proc"), mnt, err;

	if (try_create(fc))
		return UNKNOWN;
	mnt = sys_fsmount(fc);
	err = set_subset(fc) ?: try_reconfigure(fc);
	close(mnt);
	close(fc);
	return mnt < 0 ? UNKNOWN : answer_of(err == EINVAL);
}

/*
 * Into namespaces of a new user namespace, where a part of /proc is covered.
 * Returns in a child of pid 1, which has to _exit(2); false otherwise.
 */
static bool enter_covered(struct __test_metadata *_metadata)
{
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/proc/sys", "tmpfs", 0, NULL))
		return false;
	enter_userns(_metadata);
	return !unshare(CLONE_NEWNS | CLONE_NEWPID);
}

/* What the log of a context says in there of a mount that is refused. */
static enum fact_answer covered_answer(bool subset)
{
	int fc = sys_fsopen("proc");
	char line[64];

	if ((subset && set_subset(fc)) || try_create(fc))
		return UNKNOWN;
	if (sys_fsmount(fc) >= 0)
		return subset ? YES : UNKNOWN;
	if (errno != EPERM)
		return UNKNOWN;
	return answer_of(!subset && read(fc, line, sizeof(line)) > 0);
}

static enum fact_answer ask_covered(struct __test_metadata *_metadata,
				    bool subset)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (!enter_covered(_metadata))
			_exit(UNKNOWN);
		pid = fork();
		if (pid == 0)
			_exit(covered_answer(subset));
		waitpid(pid, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : UNKNOWN);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return UNKNOWN;
	return WEXITSTATUS(status);
}

enum fact_answer
probe_PROCFS_SUBSET_MAY_BE_COVERED(struct __test_metadata *_metadata)
{
	return ask_covered(_metadata, true);
}

enum fact_answer
probe_FSMOUNT_SAYS_TOO_REVEALING(struct __test_metadata *_metadata)
{
	return ask_covered(_metadata, false);
}

/* NS_GET_PID_IN_PIDNS, of the caller in its own pid namespace. */
enum fact_answer
probe_NSFS_TRANSLATES_PIDS(struct __test_metadata *_metadata)
{
	int ns = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	int pid = ioctl(ns, NS_GET_PID_IN_PIDNS, getpid());

	close(ns);
	return answer_of(pid == getpid());
}

/* Without a request, a kernel that has it says EFAULT. */
enum fact_answer probe_LISTNS(struct __test_metadata *_metadata)
{
	return answer_of(syscall(NR_LISTNS, NULL, NULL, 0, 0) < 0 &&
			 errno == EFAULT);
}

enum fact_answer probe_I386_CALLERS(struct __test_metadata *_metadata)
{
	return answer_of(have_32());
}
