// SPDX-License-Identifier: GPL-2.0
#include "procfs.h"

int sys_fsopen(const char *type)
{
	return syscall(__NR_fsopen, type, FSOPEN_CLOEXEC);
}

int sys_fsmount(int fc)
{
	return syscall(__NR_fsmount, fc, FSMOUNT_CLOEXEC, 0);
}

int sys_fspick(int dir)
{
	return syscall(__NR_fspick, dir, "",
		       FSPICK_CLOEXEC | FSPICK_EMPTY_PATH);
}

int sys_move_mount(int mnt, const char *to)
{
	return syscall(__NR_move_mount, mnt, "", AT_FDCWD, to,
		       MOVE_MOUNT_F_EMPTY_PATH);
}

int try_fsconfig(int fc, unsigned int cmd, const char *key, const void *value,
		 int aux)
{
	return syscall(__NR_fsconfig, fc, cmd, key, value, aux) ? errno : 0;
}

int try_pidns(int fc, int fd)
{
	return try_fsconfig(fc, FSCONFIG_SET_FD, "pidns", NULL, fd);
}

int try_create(int fc)
{
	return try_fsconfig(fc, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
}

int try_reconfigure(int fc)
{
	return try_fsconfig(fc, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0);
}

int procfs_get_pidns(int dir)
{
	return ioctl(dir, PROCFS_GET_PID_NAMESPACE, 0);
}

#define LOG_UNKNOWN	"e proc: Unknown parameter 'pidns'"

void log_read(struct __test_metadata *_metadata, int fc, char line[LOG_SIZE])
{
	ssize_t len = read(fc, line, LOG_SIZE - 1);

	if (len < 0) {
		ASSERT_EQ(ENODATA, errno);
		len = 0;
	} else {
		ASSERT_LT(1, len);
		ASSERT_EQ('\n', line[--len]);
	}
	line[len] = '\0';
}

int procfs_context(struct __test_metadata *_metadata)
{
	int fc = sys_fsopen("proc");

	ASSERT_LE(0, fc) {
		TH_LOG("fsopen: %s", strerror(errno));
	}
	return fc;
}

int procfs_mount(struct __test_metadata *_metadata, int fc)
{
	int mnt = sys_fsmount(fc), dir;

	ASSERT_LE(0, mnt) {
		TH_LOG("fsmount: %s", strerror(errno));
	}
	dir = openat(mnt, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, dir);
	close(mnt);
	return dir;
}

int procfs_create(struct __test_metadata *_metadata, int fc)
{
	ASSERT_EQ(0, try_create(fc));
	return procfs_mount(_metadata, fc);
}

int procfs_of(struct __test_metadata *_metadata, const struct world *w,
	      enum ns ns)
{
	int fc = procfs_context(_metadata), dir;

	ASSERT_EQ(0, try_pidns(fc, w->ns[ns]));
	dir = procfs_create(_metadata, fc);
	close(fc);
	return dir;
}

/* A flag is no value of pidns=: EINVAL on every kernel, and the log tells why. */
bool have_any_pidns(void)
{
	char line[LOG_SIZE] = "";
	int fc = sys_fsopen("proc");
	bool known;

	try_fsconfig(fc, FSCONFIG_SET_FLAG, "pidns", NULL, 0);
	known = read(fc, line, sizeof(line) - 1) > 0 &&
		strcmp(line, LOG_UNKNOWN "\n");
	close(fc);
	return known;
}

/* With an argument that is wrong, a kernel that has the ioctl says EINVAL. */
bool have_pidns(void)
{
	int fc = sys_fsopen("proc"), mnt, dir, err;

	if (try_create(fc))
		return false;
	mnt = sys_fsmount(fc);
	dir = openat(mnt, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = ioctl(dir, PROCFS_GET_PID_NAMESPACE, 1) ? errno : 0;
	close(dir);
	close(mnt);
	close(fc);
	return err == EINVAL;
}

void skip_without_pidns(struct __test_metadata *_metadata)
{
	skip_without_world(_metadata);
	if (!have_any_pidns())
		skip_test(_metadata, "kernel without pidns= of procfs");
	if (!have_pidns())
		skip_test(_metadata, OTHER_PIDNS);
}

void procfs_world_enter(struct __test_metadata *_metadata, struct world *w)
{
	skip_without_pidns(_metadata);
	world_enter(_metadata, w);
}

pid_t procfs_self(struct __test_metadata *_metadata, int dir)
{
	char name[16];
	ssize_t len = readlinkat(dir, "self", name, sizeof(name) - 1);

	if (len < 0) {
		ASSERT_EQ(ENOENT, errno);
		return 0;
	}
	name[len] = '\0';
	return atoi(name);
}

bool procfs_has(struct __test_metadata *_metadata, int dir, pid_t pid)
{
	char name[16];

	snprintf(name, sizeof(name), "%d", pid);
	if (!faccessat(dir, name, F_OK, 0))
		return true;
	ASSERT_EQ(ENOENT, errno);
	return false;
}

int procfs_count(struct __test_metadata *_metadata, int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), n = 0;
	struct dirent *entry;
	DIR *list;

	ASSERT_LE(0, fd);
	list = fdopendir(fd);
	ASSERT_NE(NULL, list);
	while ((entry = readdir(list)))
		if (entry->d_name[0] > '0' && entry->d_name[0] <= '9')
			n++;
	closedir(list);
	return n;
}

bool procfs_init_is_of(struct __test_metadata *_metadata, int dir,
		       const struct world *w, enum ns ns)
{
	struct stat st, want;

	ASSERT_EQ(0, fstat(w->ns[ns], &want));
	ASSERT_EQ(0, fstatat(dir, "1/ns/pid", &st, 0)) {
		TH_LOG("stat 1/ns/pid: %s", strerror(errno));
	}
	return st.st_dev == want.st_dev && st.st_ino == want.st_ino;
}

/*
 * How many processes live in a namespace and below it, with the caller but
 * without children of its own. (Nobody knows what else runs in PARENT.)
 */
static const int ns_population[NR_NS] = {
	[SELF] = 7,	/* init, CHILD's two, UNBORN's maker, BOX's two, caller */
	[CHILD] = 2,
	[GRANDCHILD] = 1,
	[SIBLING] = 1,
	[BOX] = 1,
};

void expect_shows(struct __test_metadata *_metadata, int dir,
		  const struct world *w, enum ns ns)
{
	int fd = procfs_get_pidns(dir);
	bool alive = ns_population[ns];

	ASSERT_LE(0, fd) {
		TH_LOG("PROCFS_GET_PID_NAMESPACE: %s", strerror(errno));
	}
	EXPECT_TRUE(same_ns(_metadata, fd, w->ns[ns]));
	close(fd);
	/* The caller has a pid in SELF, and in no namespace below it. */
	EXPECT_EQ(ns == SELF ? getpid() : 0, procfs_self(_metadata, dir));
	EXPECT_EQ(ns_population[ns], procfs_count(_metadata, dir));
	EXPECT_EQ(alive, procfs_has(_metadata, dir, 1));
	if (alive)
		EXPECT_TRUE(procfs_init_is_of(_metadata, dir, w, ns));
	/* Files that are not about a process are always there. */
	EXPECT_EQ(0, faccessat(dir, "filesystems", F_OK, 0));
}

void expect_created(struct __test_metadata *_metadata, const struct world *w,
		    int fc, bool created, enum ns ns)
{
	int dir;

	if (!created)
		EXPECT_EQ(0, try_create(fc));
	dir = procfs_mount(_metadata, fc);
	expect_shows(_metadata, dir, w, ns);
	close(dir);
}
