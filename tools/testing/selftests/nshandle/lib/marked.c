// SPDX-License-Identifier: GPL-2.0
#include "marked.h"
#include "calls.h"
#include "child.h"
#include "handle.h"

#include <net/if.h>
#include <sys/shm.h>

#define MARK_NAME	"nshandle-mark"
#define MARK_DIR	"/tmp/marked"
#define MARK_KEY	0x6e73686b
#define MARK_DEVICE	"nsmark0"
#define MARK_UID	77
#define MARK_SECONDS	1000000

static void mark_uts(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, sethostname(MARK_NAME, strlen(MARK_NAME)));
}

static bool marked_uts(void)
{
	char name[65] = "";

	return !gethostname(name, sizeof(name)) && !strcmp(name, MARK_NAME);
}

static void mark_ipc(struct __test_metadata *_metadata)
{
	int id = shmget(MARK_KEY, 4096, IPC_CREAT | 0600);
	char *text;

	ASSERT_LE(0, id);
	text = shmat(id, NULL, 0);
	ASSERT_NE((void *)-1, text);
	memcpy(text, MARK_NAME, sizeof(MARK_NAME));
	ASSERT_EQ(0, shmdt(text));
}

static bool marked_ipc(void)
{
	int id = shmget(MARK_KEY, 4096, 0);
	char *text;

	if (id < 0)
		return false;
	text = shmat(id, NULL, SHM_RDONLY);
	return text != (void *)-1 && !strcmp(text, MARK_NAME);
}

bool have_dummy_device(struct __test_metadata *_metadata)
{
	pid_t pid = fork();
	int status;

	ASSERT_LE(0, pid);
	/* The device ends with the namespace, and that with the child. */
	if (pid == 0)
		_exit(unshare(CLONE_NEWNET) ||
		      RUN("ip", "link", "add", MARK_DEVICE, "type", "dummy"));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	return status == 0;
}

static void mark_net(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, RUN("ip", "link", "add", MARK_DEVICE, "type", "dummy"));
}

static bool marked_net(void)
{
	return if_nametoindex(MARK_DEVICE) != 0;
}

static void mark_mnt(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(MARK_DIR, 0755));
}

static bool marked_mnt(void)
{
	return !access(MARK_DIR, F_OK);
}

static void mark_user(struct __test_metadata *_metadata)
{
	char map[32];

	snprintf(map, sizeof(map), "%d 0 1", MARK_UID);
	write_at(_metadata, AT_FDCWD, "/proc/self/uid_map", map);
}

static bool marked_user(void)
{
	return geteuid() == MARK_UID;
}

bool own_cgroup(char *path, size_t size)
{
	char line[PATH_MAX];
	bool found = false;
	FILE *f = fopen("/proc/self/cgroup", "re");

	while (f && !found && fgets(line, sizeof(line), f)) {
		found = !strncmp(line, "0::", 3);
		line[strcspn(line, "\n")] = '\0';
	}
	if (f)
		fclose(f);
	if (found)
		snprintf(path, size, "%s", line + 3);
	return found;
}

/*
 * The root of a cgroup namespace is the cgroup of the process that made it. A
 * task whose cgroup is above that root sees its own path begin with "/..".
 */
static bool marked_cgroup(void)
{
	char path[PATH_MAX];

	return own_cgroup(path, sizeof(path)) && !strncmp(path, "/..", 3);
}

/* A child gets pid 1 only in a pid namespace that has no init yet. */
static bool marked_pid(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(getpid() == 1 ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void mark_time(struct __test_metadata *_metadata)
{
	char text[32];

	snprintf(text, sizeof(text), "monotonic %d 0", MARK_SECONDS);
	write_at(_metadata, AT_FDCWD, "/proc/self/timens_offsets", text);
}

/* Without an offset, CLOCK_MONOTONIC is never ahead of CLOCK_BOOTTIME. */
static bool marked_time(void)
{
	return now_ms(CLOCK_MONOTONIC) >
	       now_ms(CLOCK_BOOTTIME) + MARK_SECONDS / 2 * 1000LL;
}

static const struct kind kinds[NR_TYPES] = {
	{ CLONE_NEWUSER, "user", "user", mark_user, marked_user },
	{ CLONE_NEWNS, "mnt", "mnt", mark_mnt, marked_mnt },
	{ CLONE_NEWUTS, "uts", "uts", mark_uts, marked_uts },
	{ CLONE_NEWIPC, "ipc", "ipc", mark_ipc, marked_ipc },
	{ CLONE_NEWPID, "pid", NULL, NULL, marked_pid },
	{ CLONE_NEWCGROUP, "cgroup", "cgroup", NULL, marked_cgroup },
	{ CLONE_NEWNET, "net", "net", mark_net, marked_net },
	{ CLONE_NEWTIME, "time", "time_for_children", mark_time, marked_time },
};

const struct kind *kind_of(int flag)
{
	const struct kind *kind = kinds;

	while (kind->flag != flag)
		kind++;
	return kind;
}

static int kind_open(struct __test_metadata *_metadata,
		     const struct kind *kind, pid_t maker)
{
	int pidfd = sys_pidfd_open(maker, 0);
	char path[64];
	int fd, proc;

	ASSERT_LE(0, pidfd);
	if (kind->link) {
		proc = proc_of_pidfd(_metadata, pidfd);
		snprintf(path, sizeof(path), "ns/%s", kind->link);
		fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
		close(proc);
	} else {
		fd = pidfd_get(pidfd, LINK_PID_FOR_CHILDREN);
	}
	ASSERT_LE(0, fd) {
		TH_LOG("no handle: %s", strerror(errno));
	}
	close(pidfd);
	return fd;
}

static void kind_make(struct __test_metadata *_metadata,
		      const struct kind *kind, bool mark, const char *cgroup,
		      int ready)
{
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	if (cgroup)
		write_at(_metadata, AT_FDCWD, cgroup, "0");
	ASSERT_EQ(0, unshare(kind->flag));
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	if (mark && kind->mark)
		kind->mark(_metadata);
	ASSERT_EQ(1, write(ready, "r", 1));
	for (;;)
		pause();
}

pid_t marked_start(struct __test_metadata *_metadata, const struct kind *kind,
		   bool mark, const char *cgroup)
{
	int pipefd[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe2(pipefd, O_CLOEXEC));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0)
		kind_make(_metadata, kind, mark, cgroup, pipefd[1]);
	close(pipefd[1]);
	ASSERT_EQ(1, read(pipefd[0], &byte, 1));
	close(pipefd[0]);
	return pid;
}

int marked_leave(struct __test_metadata *_metadata, const struct kind *kind,
		 bool mark, const char *cgroup)
{
	pid_t pid = marked_start(_metadata, kind, mark, cgroup);
	int fd = kind_open(_metadata, kind, pid);

	stop_child(_metadata, pid);
	return fd;
}
