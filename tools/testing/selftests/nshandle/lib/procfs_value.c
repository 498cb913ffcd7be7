// SPDX-License-Identifier: GPL-2.0
#include "procfs_value.h"
#include "calls.h"
#include "child.h"
#include "mounts.h"
#include "picture.h"
#include "procfs.h"

#include <sys/inotify.h>
#include <sys/sysmacros.h>

#define LOG_LOOKUP "e pidns: Lookup failure for '%s'"

static const struct {
	int err;
	const char *log;
} verdicts[] = {
	[OK] = { 0, "" },
	[BAD_VALUE] = { EINVAL, LOG_BAD_VALUE },
	[NOT_PIDNS] = { EINVAL, LOG_NOT_PIDNS },
	[NO_RIGHT] = { EPERM, LOG_NO_RIGHT },
	[NOT_BELOW] = { EINVAL, LOG_NOT_BELOW },
	[MISSING] = { ENOENT, LOG_LOOKUP },
	[NOT_DIR] = { ENOTDIR, LOG_LOOKUP },
	[LOOP] = { ELOOP, LOG_LOOKUP },
	[NO_ACCESS] = { EACCES, LOG_LOOKUP },
	[NO_DIRFD] = { EBADF, LOG_LOOKUP },
	[TOO_LONG] = { ENAMETOOLONG, LOG_LOOKUP },
	[NO_VALUE] = { EINVAL, "" },
	[NO_PATH] = { ENOENT, "" },
	[NO_FILE] = { EBADF, "" },
	[NO_MOUNT] = { EPERM, "" },
};

#define MOUNT_POINT	"/tmp/mnt"
#define DIR_CWD		"/tmp/cwd"	/* the working directory */

static const char *const ns_paths[NR_NS] = {
	[SELF] = "/tmp/self",
	[CHILD] = "/tmp/child",
	[GRANDCHILD] = "/tmp/grandchild",
	[SIBLING] = "/tmp/sibling",
	[PARENT] = "/tmp/parent",
	[DEAD] = "/tmp/dead",
	[DEAD_CHILD] = "/tmp/dead_child",
	[UNBORN] = "/tmp/unborn",
	[ORPHAN] = "/tmp/orphan",
	[BOX] = "/tmp/box",
};

static const char *const watched[] = {
	"/tmp/file", "/tmp/directory", "/tmp/fifo", "/tmp/device", "/tmp/self",
	"/tmp/child", "/tmp/unborn", "/tmp/sibling", "/tmp/box",
};

char path_255[256], path_256[257], path_long[300];

static void path_fill(char *path, size_t size)
{
	memset(path, '/', size);
	memcpy(path, "/tmp", strlen("/tmp"));
	memcpy(path + size - sizeof("child"), "child", sizeof("child"));
}

/* A magic link, which leads every caller to the same open file. */
static void make_link(struct __test_metadata *_metadata, int fd,
		      const char *below, const char *path)
{
	char target[64];

	snprintf(target, sizeof(target), "/proc/self/fd/%d%s", fd, below);
	ASSERT_EQ(0, symlink(target, path));
}

static void make_ns_links(struct __test_metadata *_metadata,
			  const struct world *w)
{
	int fd;

	for (int ns = 0; ns < NR_NS; ns++)
		if (ns_paths[ns])
			make_link(_metadata, w->ns[ns], "", ns_paths[ns]);
	make_link(_metadata, w->ns[CHILD], "", DIR_CWD "/ns");
	make_link(_metadata, w->ns[GRANDCHILD], "", DIR_STDIN "/ns");
	make_link(_metadata, w->ns[CHILD], "", DIR_STDIN "/other");
	make_link(_metadata, w->ns[CHILD], "", DIR_CLOSED "/child");
	make_link(_metadata, w->ns[CHILD], "", "/tmp/a,b");
	make_link(_metadata, w->pidfd[CHILD], "", "/tmp/pidfd");
	fd = proc_of_pidfd(_metadata, w->pidfd[CHILD]);
	make_link(_metadata, fd, "/ns/pid", "/tmp/link");
	fd = open("/tmp/child", O_PATH | O_CLOEXEC);
	ASSERT_LE(0, fd);
	make_link(_metadata, fd, "", "/tmp/opath");
	ASSERT_EQ(0, mknod("/tmp/bound", S_IFREG | 0600, 0));
	ASSERT_EQ(0, mount("/tmp/child", "/tmp/bound", NULL, MS_BIND, NULL));
}

static void make_others(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, symlink("/proc/self/ns/uts", "/tmp/uts"));
	ASSERT_EQ(0, symlink("/proc/self/ns/user", "/tmp/user"));
	ASSERT_EQ(0, symlink("/tmp/nothing", "/tmp/dangling"));
	ASSERT_EQ(0, symlink("/tmp/loop", "/tmp/loop"));
	ASSERT_EQ(0, mknod("/tmp/file", S_IFREG | 0600, 0));
	ASSERT_EQ(0, mkdir("/tmp/directory", 0755));
	ASSERT_EQ(0, mkfifo("/tmp/fifo", 0644));
	ASSERT_EQ(0, mknod("/tmp/device", S_IFCHR | 0644, makedev(1, 3)));
	ASSERT_EQ(0, mkdir(MOUNT_POINT, 0755));
	path_fill(path_255, sizeof(path_255));
	path_fill(path_256, sizeof(path_256));
	memset(path_long, 'x', sizeof(path_long) - 1);
}

/* Has anything been opened since the last call? */
static bool seen_open(struct __test_metadata *_metadata, const struct files *f)
{
	char events[4096];

	if (read(f->watch, events, sizeof(events)) > 0)
		return true;
	ASSERT_EQ(EAGAIN, errno);
	return false;
}

/* Watches the files, and checks that an open(2) of each is seen. */
static void watch_files(struct __test_metadata *_metadata, struct files *f)
{
	f->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	ASSERT_LE(0, f->watch);
	for (size_t i = 0; i < ARRAY_LEN(watched); i++) {
		ASSERT_LE(0, inotify_add_watch(f->watch, watched[i], IN_OPEN));
		close(open(watched[i], O_RDONLY | O_NONBLOCK));
		ASSERT_TRUE(seen_open(_metadata, f));
	}
}

void files_make(struct __test_metadata *_metadata, struct files *f)
{
	int fd;

	skip_without_pidns(_metadata);
	private_mounts(_metadata);
	world_enter(_metadata, &f->w);
	ASSERT_EQ(0, mkdir(DIR_CWD, 0755));
	ASSERT_EQ(0, mkdir(DIR_STDIN, 0755));
	ASSERT_EQ(0, mkdir(DIR_CLOSED, 0));
	make_ns_links(_metadata, &f->w);
	make_others(_metadata);
	ASSERT_EQ(0, chdir(DIR_CWD));
	fd = open(DIR_STDIN, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, dup2(fd, 0));
	close(fd);
	watch_files(_metadata, f);
}

struct attempt *attempt_add(struct __test_metadata *_metadata, struct files *f,
			    const char *name, enum verdict want, enum ns ns)
{
	struct attempt *a = &f->attempts[f->nr];

	ASSERT_GT(ARRAY_LEN(f->attempts), f->nr);
	snprintf(a->name, sizeof(a->name), "%zu: %s", f->nr++, name);
	a->want = want;
	a->ns = ns;
	/* Made by root, also for a caller that may not make one. */
	a->fc = procfs_context(_metadata);
	return a;
}

static int count_mounts(struct __test_metadata *_metadata)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	int c, n = 0;

	ASSERT_NE(NULL, file);
	while ((c = getc(file)) != EOF)
		n += c == '\n';
	fclose(file);
	return n;
}

int try_mount(const char *value)
{
	char data[512];

	snprintf(data, sizeof(data), "pidns%s%s", value ? "=" : "",
		 value ?: "");
	return mount("proc", MOUNT_POINT, "proc", 0, data) ? errno : 0;
}

/* Unmounts the instance again: only a->dir remains. */
static void attempt_mount(struct __test_metadata *_metadata, struct attempt *a)
{
	int mounts = count_mounts(_metadata), err;
	struct place before, now;

	place_read(_metadata, AT_FDCWD, MOUNT_POINT, &before);
	err = try_mount(a->value);
	ASSERT_EQ(verdicts[a->want].err, err);
	place_read(_metadata, AT_FDCWD, MOUNT_POINT, &now);
	EXPECT_EQ(err != 0, place_same(&before, &now));
	EXPECT_EQ(mounts + !err, count_mounts(_metadata));
	if (err)
		return;
	a->dir = open(MOUNT_POINT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, a->dir);
	ASSERT_EQ(0, umount2(MOUNT_POINT, MNT_DETACH));
}

/* The setting, and the checks that the caller makes. */
static void attempt_make(struct __test_metadata *_metadata, struct files *f,
			 struct attempt *a)
{
	seen_open(_metadata, f);
	if (a->cmd == BY_MOUNT)
		attempt_mount(_metadata, a);
	else
		EXPECT_EQ(verdicts[a->want].err,
			  try_fsconfig(a->fc, a->cmd, "pidns", a->value,
				       a->aux));
	EXPECT_FALSE(seen_open(_metadata, f));
}

/*
 * An instance's user namespace is the owner of the pid namespace it shows:
 * whoever has CAP_SYS_ADMIN there may reconfigure it, as BOX's maker has.
 */
static void expect_owner(struct __test_metadata *_metadata, int dir, bool box)
{
	int fc = sys_fspick(dir), err;

	ASSERT_LE(0, fc);
	ASSERT_EQ(0, setresuid(-1, BOX_UID, -1));
	err = try_reconfigure(fc);
	ASSERT_EQ(0, setresuid(-1, 0, -1));
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
	EXPECT_EQ(box ? 0 : EPERM, err);
	close(fc);
}

/* The checks outside: of the log, and of an instance of the context. */
static void attempt_check(struct __test_metadata *_metadata,
			  const struct files *f, const struct attempt *a)
{
	enum ns ns = a->want == OK ? a->ns : SELF;
	char line[LOG_SIZE];
	int dir = a->dir;

	if (a->cmd == BY_MOUNT && a->want != OK)
		return;
	if (a->cmd != BY_MOUNT) {
		snprintf(line, sizeof(line), verdicts[a->want].log, a->value);
		EXPECT_ONLY_LOG(a->fc, line);
		dir = procfs_create(_metadata, a->fc);
	}
	expect_shows(_metadata, dir, &f->w, ns);
	expect_owner(_metadata, dir, ns == BOX);
	close(dir);
}

void check_attempts(struct __test_metadata *_metadata, struct files *f,
		    enum caller who)
{
	IN_CLONE(CLONE_FILES) {
		become_caller(_metadata, &f->w, who);
		for (size_t i = 0; i < f->nr && __test_passed(_metadata); i++) {
			f->at = &f->attempts[i];
			attempt_make(_metadata, f, &f->attempts[i]);
		}
	}
	for (size_t i = 0; i < f->nr && __test_passed(_metadata); i++) {
		f->at = &f->attempts[i];
		attempt_check(_metadata, f, f->at);
	}
}

void tell_attempt(struct __test_metadata *_metadata, const struct files *f)
{
	if (!__test_passed(_metadata) && f->at)
		TH_LOG("in row %s", f->at->name);
}
