// SPDX-License-Identifier: GPL-2.0
/*
 * nshandle join: what COMMAND takes from the process by its directory in /proc: the
 * root and the working directory, the environment, the control group. All of it is
 * opened or read before the join.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "nshandle.h"

#define CGROUP2		0x63677270

/*
 * The directory of a process in /proc: it never becomes that of another one. -1
 * after a message.
 */
int place_open_process(const struct target *target)
{
	char path[32];
	int dir;

	if (target_is_set(target))
		return complain(-1,
				"join: %s has no process to take anything from but namespaces and its root",
				target->name);
	snprintf(path, sizeof(path), "/proc/%d", ns_procfs_pid(target->fd));
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return complain(-1, "cannot open %s of %s: %s", path,
				target->name, strerror(errno));
	/* If so, the number may have been reused before the open. */
	if (pidfd_reaped(target->fd))
		return complain(-1, "cannot open %s: %s (it is gone)",
				target->name, strerror(ESRCH));
	return dir;
}

/*
 * @path: a directory, as the caller sees it, or "": that of the process, @name in
 * its directory of /proc. -1 after a message.
 */
static int open_dir(const struct join *join, const char *path,
		    const char *name)
{
	int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
	int dir = path[0] ? open(path, flags) :
			    openat(join->process, name, flags);

	if (dir < 0)
		warn("cannot open %s%s%s", path[0] ? path : name,
		     path[0] ? "" : " of ", path[0] ? "" : join->target.name);
	return dir;
}

static int read_environ(struct join *join)
{
	int fd = openat(join->process, "environ", O_RDONLY | O_CLOEXEC);
	size_t length = 0, got = 1;
	FILE *file = fd < 0 ? NULL : fdopen(fd, "re");

	if (!file)
		return complain(EXIT_FAILED, "cannot open the environment of %s: %s",
				join->target.name, strerror(errno));
	while (got) {
		/* two bytes more: the last string may have been cut */
		join->env = realloc(join->env, length + 4096 + 2);
		if (!join->env)
			return complain(EXIT_FAILED, "%s", strerror(ENOMEM));
		got = fread(join->env + length, 1, 4096, file);
		length += got;
	}
	memset(join->env + length, '\0', 2);
	if (ferror(file))
		return complain(EXIT_FAILED, "cannot read the environment of %s: %s",
				join->target.name, strerror(errno));
	fclose(file);
	return -1;
}

/* Of its line "0::PATH", PATH from the root of the caller's cgroup namespace. */
static bool read_cgroup(const struct join *join, char path[512])
{
	int fd = openat(join->process, "cgroup", O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "re");
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(path, 512, file))
		found = !strncmp(path, "0::/", 4);
	fclose(file);
	path[strcspn(path, "\n")] = '\0';
	return found;
}

/* Unified, or beside the hierarchies of version 1. */
static int open_cgroup_procs(const char *path)
{
	static const char * const mounts[] = {
		"/sys/fs/cgroup", "/sys/fs/cgroup/unified",
	};
	char name[600];
	struct statfs fs;

	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		if (statfs(mounts[i], &fs) || fs.f_type != CGROUP2)
			continue;
		snprintf(name, sizeof(name), "%s%s/cgroup.procs", mounts[i],
			 path);
		return open(name, O_WRONLY | O_CLOEXEC);
	}
	errno = ENODEV;
	return -1;
}

static int open_cgroup(struct join *join)
{
	char line[512];

	if (!read_cgroup(join, line))
		return complain(EXIT_FAILED, "cannot find out the control group of %s",
				join->target.name);
	join->run.cgroup = open_cgroup_procs(line + strlen("0::"));
	if (join->run.cgroup >= 0)
		return -1;
	return complain(EXIT_FAILED, "cannot open the control group %s of %s: %s%s",
			line + strlen("0::"), join->target.name, strerror(errno),
			errno != ENODEV ? "" :
			" (no cgroup2 is mounted on /sys/fs/cgroup)");
}

/* Before the join. */
int place_open(struct join *join)
{
	int status = -1;

	if (join->root)
		join->root_fd = open_dir(join, join->root, "root");
	if (join->wd)
		join->wd_fd = open_dir(join, join->wd, "cwd");
	if ((join->root && join->root_fd < 0) || (join->wd && join->wd_fd < 0))
		return EXIT_FAILED;
	if (join->take_env)
		status = read_environ(join);
	if (status < 0 && join->take_cgroup)
		status = open_cgroup(join);
	return status;
}

/* After the join: a new root is the working directory, too, unless one is given. */
int place_take(const struct join *join)
{
	const char *what = NULL;

	if (join->root && (fchdir(join->root_fd) || chroot(".")))
		what = "the root directory";
	else if (join->wd && fchdir(join->wd_fd))
		what = "the working directory";
	else if (join->wdns && chdir(join->wdns))
		what = join->wdns;
	if (!what)
		return -1;
	return complain(EXIT_FAILED, "cannot change to %s: %s", what,
			strerror(errno));
}

/* Nothing but the strings that the process has. */
int place_set_environ(const struct join *join)
{
	if (!join->take_env)
		return -1;
	clearenv();
	for (char *string = join->env; *string; string += strlen(string) + 1)
		if (strchr(string, '=') && putenv(string))
			return complain(EXIT_FAILED, "%s", strerror(errno));
	return -1;
}
