// SPDX-License-Identifier: GPL-2.0
#include "setup.h"
#include "model.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/capability.h>

__u64 dir_ino[NR_DIRS];

static void dir_path(int dir, char *path, size_t size)
{
	if (dir == D_TOP) {
		*path = '\0';
		return;
	}
	dir_path(dirs[dir].parent, path, size);
	strncat(path, "/", size - strlen(path) - 1);
	strncat(path, dirs[dir].name, size - strlen(path) - 1);
}

static void make_dirs(void)
{
	char path[64];
	struct statx stx;

	for (int i = 0; i < NR_DIRS; i++) {
		dir_path(i, path, sizeof(path));
		if (i == D_TOP)
			snprintf(path, sizeof(path), "/");
		else if (mkdir(path, dirs[i].mode))
			die("mkdir %s: %m", path);
		if (chmod(path, dirs[i].mode) ||
		    statx(AT_FDCWD, path, 0, STATX_INO | STATX_MNT_ID, &stx))
			die("%s: %m", path);
		dir_ino[i] = stx.stx_ino;
		machine.mnt_id = stx.stx_mnt_id;
	}
}

/*
 * A mount namespace whose topmost mount is a small file system with the
 * directories and a /proc in full view: its root is where a join leads.
 */
void setup_root(void)
{
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/tmp", "tmpfs", 0, "mode=755") ||
	    mkdir("/tmp/proc", 0755) ||
	    mount("proc", "/tmp/proc", "proc", 0, NULL) ||
	    chdir("/tmp") || mount(".", "/", NULL, MS_MOVE, NULL) ||
	    chroot(".") || chdir("/"))
		die("cannot make a root directory: %m");
	umask(0);
	make_dirs();
}

static __u64 read_number(const char *path, const char *key, const char *fmt)
{
	__u64 number = 0;
	char line[256];
	FILE *f = fopen(path, "re");

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, strlen(key)) &&
		    sscanf(line + strlen(key), fmt, &number) == 1)
			break;
	if (f)
		fclose(f);
	if (!number)
		die("cannot read %s", path);
	return number;
}

/* How many pid namespaces are above? */
static int pid_level(void)
{
	struct {
		__u32 nr;
		__s32 pid[64];
	} vec = { .nr = 1 };
	int fd = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);

	while (!ioctl(fd, NS_GET_LAST_PID_VEC, &vec) || errno == EPERM)
		vec.nr++;
	close(fd);
	return vec.nr - 2;
}

/*
 * Does procfs open the link of a pid namespace without an init? It must, unless
 * the kernel may be an unpatched one.
 */
static bool unborn_is_linked(void)
{
	int status = 0;
	pid_t pid;

	if (!options.no_flags)
		return true;
	pid = fork();
	if (pid == 0)
		_exit(!unshare(CLONE_NEWPID) &&
		      !access("/proc/self/ns/pid_for_children", F_OK));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die("cannot look for pid_for_children: %m");
	return WEXITSTATUS(status);
}

/* In a child that is born in a new pid namespace: as 7.3 has one for each. */
static int new_pid_max(void)
{
	int pipefd[2], max = 0;
	pid_t pid;

	if (pipe(pipefd))
		die("pipe: %m");
	pid = syscall(__NR_clone, SIGCHLD | CLONE_NEWPID, 0, 0, 0, 0);
	if (pid == 0) {
		max = read_number("/proc/sys/kernel/pid_max", "", "%llu");
		_exit(write(pipefd[1], &max, sizeof(max)) != sizeof(max));
	}
	close(pipefd[1]);
	if (pid < 0 || read(pipefd[0], &max, sizeof(max)) != sizeof(max))
		die("cannot look for pid_max: %m");
	close(pipefd[0]);
	waitpid(pid, NULL, 0);
	return max;
}

#define PIDFD_GET_UTS _IO(0xFF, 10)

/* A user asks for a handle by the pidfd of a zombie of root's. */
static bool zombie_is_first(void)
{
	pid_t zombie = fork(), asker;
	int pidfd, status = 0;

	if (zombie == 0)
		_exit(0);
	waitid(P_PID, zombie, NULL, WEXITED | WNOWAIT);
	pidfd = syscall(__NR_pidfd_open, zombie, 0);
	asker = fork();
	if (asker == 0)
		_exit(setgid(1000) || setuid(1000) ||
		      ioctl(pidfd, PIDFD_GET_UTS, 0) >= 0 || errno == ESRCH);
	waitpid(asker, &status, 0);
	waitpid(zombie, NULL, 0);
	close(pidfd);
	return WEXITSTATUS(status);
}

static bool has_thread_pidfds(void)
{
	const unsigned int pidfd_thread = O_EXCL;
	int pidfd = syscall(__NR_pidfd_open, getpid(), pidfd_thread);

	if (pidfd >= 0)
		close(pidfd);
	return pidfd >= 0;
}

/* A child that is to be in another time namespace may not share memory. */
static bool vm_is_of_one_time(void)
{
	int status = 0;
	pid_t pid = fork(), child;

	if (pid == 0) {
		if (unshare(CLONE_NEWTIME))
			_exit(false);
		child = vfork();
		if (child == 0)
			_exit(0);
		_exit(child < 0 && errno == EINVAL);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

void setup_machine(void)
{
	char path[32];
	struct stat st;
	int last;

	for (int link = 0; link < NR_LINKS; link++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s",
			 link_names[link]);
		if (stat(path, &st))
			die("%s: %m", path);
		machine.ino[link] = st.st_ino;
	}
	machine.pid_max = new_pid_max();
	machine.own_caps = read_number("/proc/self/status", "CapEff:", "%llx");
	last = read_number("/proc/sys/kernel/cap_last_cap", "", "%llu");
	machine.all_caps = BIT(last + 1) - 1;
	machine.level = options.no_flags ? 0 : pid_level();
	machine.unborn_linked = unborn_is_linked();
	machine.zombie_first = zombie_is_first();
	machine.thread_pidfds = has_thread_pidfds();
	machine.vm_is_of_one_time = vm_is_of_one_time();
}
