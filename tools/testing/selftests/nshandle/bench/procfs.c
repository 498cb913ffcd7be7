// SPDX-License-Identifier: GPL-2.0
/*
 * A procfs of another pid namespace: by pidns= in each form, and the way
 * without it, two forks of which the second mounts.
 */
#include <linux/mount.h>

#include "bench.h"

#define DIR	"/tmp/bench-proc"
#define DANCE	"mount-by-forks"

static struct box a;
static char path[64], option[80];
static int path_fd, dir_fd, made;

enum { PLAIN, BY_FD, BY_STRING, BY_PATH, BY_PATH_EMPTY };

static int fs_config(int fc, unsigned int cmd, const char *key,
		     const void *value, int aux)
{
	return syscall(__NR_fsconfig, fc, cmd, key, value, aux);
}

static int set_pidns(int fc)
{
	switch (arg) {
	case BY_FD:
		return fs_config(fc, FSCONFIG_SET_FD, "pidns", NULL, a.ns[PID]);
	case BY_STRING:
		return fs_config(fc, FSCONFIG_SET_STRING, "pidns", path, 0);
	case BY_PATH:
		return fs_config(fc, FSCONFIG_SET_PATH, "pidns", "pid", dir_fd);
	case BY_PATH_EMPTY:
		return fs_config(fc, FSCONFIG_SET_PATH_EMPTY, "pidns", "",
				 path_fd);
	}
	return 0;
}

/* A mount that nobody has attached, as a runtime makes it. */
static int new_mount(int n)
{
	int fc = syscall(__NR_fsopen, "proc", FSOPEN_CLOEXEC), error = 0;

	made = -1;
	if (fc < 0)
		return errno;
	if (set_pidns(fc) ||
	    fs_config(fc, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		error = errno;
	else
		made = syscall(__NR_fsmount, fc, FSMOUNT_CLOEXEC, 0);
	if (made < 0 && !error)
		error = errno;
	close(fc);
	return error;
}

static void put_mount(int n)
{
	close(made);
}

static void plain_instead(int n)
{
	arg = PLAIN;
	if (new_mount(n))
		err(1, "fsmount");
	put_mount(n);
}

/* @arg: without options, with one of the base, with pidns=. */
static int old_mount(int n)
{
	const char *const options[] = { NULL, "hidepid=0", option };

	return mount("proc", DIR, "proc", 0, options[arg]) ? errno : 0;
}

static void unmount(int n)
{
	if (umount(DIR))
		err(1, "umount");
}

static void old_instead(int n)
{
	arg = 0;
	if (old_mount(n))
		err(1, "mount");
	unmount(n);
}

/* What a caller does who has no descriptor: the walk that a path costs. */
static int open_ns(int n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 || close(fd) ? errno : 0;
}

/* setns(2) moves the children only: it takes one of them to be there. */
static int dance(int n)
{
	pid_t pid = fork();

	if (pid)
		return exit_status(pid);
	if (syscall(__NR_setns, a.ns[PID], CLONE_NEWPID))
		_exit(errno);
	pid = fork();
	if (pid == 0)
		_exit(old_mount(n));
	_exit(exit_status(pid));
}

/* ----- What does an instance show? */

static void keep_mount(int n)
{
	int mount_fd;

	new_mount(n);
	mount_fd = made;
	made = openat(mount_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(mount_fd);
}

static int query_fd;

static int query(int n)
{
	query_fd = ioctl(made, PROCFS_GET_PID_NAMESPACE, 0);
	return query_fd < 0 ? errno : 0;
}

static void put_query(int n)
{
	close(query_fd);
	close(made);
}

#define NEW_MOUNT(_arg) new_mount, .after = put_mount, .arg = _arg, \
	.instead = plain_instead, .today = DANCE

static const struct row rows[] = {
	{ "fsmount-plain", new_mount, .after = put_mount, .many = true,
	  .arg = PLAIN },
	{ "fsmount-fd", NEW_MOUNT(BY_FD) },
	{ "fsmount-string", NEW_MOUNT(BY_STRING) },
	{ "fsmount-path", NEW_MOUNT(BY_PATH) },
	{ "fsmount-path-empty", NEW_MOUNT(BY_PATH_EMPTY) },
	{ "mount-plain", old_mount, .after = unmount, .arg = 0 },
	{ "mount-hidepid", old_mount, .after = unmount, .arg = 1 },
	{ "mount-pidns", old_mount, .after = unmount, .arg = 2,
	  .instead = old_instead, .today = DANCE },
	{ DANCE, dance, .after = unmount },
	{ "open-ns", .call = open_ns },
	{ "query", query, keep_mount, put_query, .arg = PLAIN,
	  .instead = plain_instead },
};

/*
 * A mount takes per-CPU memory. If that comes out of the largest free piece, the
 * base searches for the next largest, for 26,000 instructions; if or when it does
 * depends on all that has been before. Leave holes for all mounts that may wait to
 * be freed, which are taken first.
 */
static pid_t leave_holes(void)
{
	int mounts[512], status;
	pid_t pid = fork();

	if (pid == 0) {
		arg = PLAIN;
		for (size_t i = 0; i < ARRAY_LEN(mounts); i++) {
			if (new_mount(0))
				err(1, "fsmount");
			mounts[i] = made;
		}
		for (size_t i = 0; i < ARRAY_LEN(mounts); i += 2)
			close(mounts[i]);
		raise(SIGSTOP);
	}
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		errx(1, "no holes");
	return pid;
}

void bench_procfs(void)
{
	pid_t holes = leave_holes();

	box_start(&a, ALL_NS & ~CLONE_NEWNS);
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", a.pid);
	snprintf(option, sizeof(option), "pidns=%s", path);
	path_fd = open(path, O_PATH | O_CLOEXEC);
	*strrchr(path, '/') = 0;
	dir_fd = open(path, O_PATH | O_CLOEXEC);
	strcat(path, "/pid");
	mkdir(DIR, 0755);
	/* In turn: what remains of it then does not meet one of them only. */
	measure_in_turn(rows, ARRAY_LEN(rows));
	rmdir(DIR);
	kill(holes, SIGKILL);
	exit_status(holes);
}
