// SPDX-License-Identifier: GPL-2.0
/*
 * The values of procfs's "pidns" parameter: everything that a descriptor or a
 * path can name, given in every way, by callers of different rights.
 *
 * Each row of the tables is one setting. Refused: the errno, the line in the
 * context's log, and an instance of the caller's own namespace if the context
 * is made one nevertheless. Accepted: what the instance shows, and to whom it
 * belongs. In any case, nothing that was named has been opened.
 */
#include "procfs.h"

#include <sys/inotify.h>
#include <sys/sysmacros.h>

/* How the value is given; but for mount(2), by fsconfig(2). */
enum form {
	FD,
	STRING,
	MOUNT,
	PATH,
	PATH_EMPTY,
};

enum verdict {
	OK,
	/* What procfs says. */
	BAD_VALUE,
	NOT_PIDNS,
	NO_RIGHT,
	NOT_BELOW,
	/* What the lookup says. */
	MISSING,
	NOT_DIR,
	LOOP,
	NO_ACCESS,
	NO_DIRFD,
	TOO_LONG,
	/* What the system call says, before there is somebody to log it. */
	NO_VALUE,
	NO_PATH,
	NO_FILE,
	NO_MOUNT,
};

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

/* The columns of a row, in the order of enum caller. */
#define NR_COLUMNS (BOX_ROOT + 1)
#define ALL(_verdict) { [ROOT ... BOX_ROOT] = _verdict }

struct row {
	const char *path;
	enum ns ns;		/* shown if OK */
	enum verdict want[NR_COLUMNS];
};

/* ----- The files. */

/* All in a /tmp of the test's own. */
#define DIR_CWD		"/tmp/cwd"	/* the working directory ... */
#define DIR_STDIN	"/tmp/stdin"	/* ... and standard input */
#define DIR_CLOSED	"/tmp/closed"	/* without search permission */
#define MOUNT_POINT	"/tmp/mnt"

/* Not open in any test. */
#define CLOSED_FD 900

/* One row of a table, given in one way by one caller. */
struct attempt {
	char name[64];
	unsigned int cmd;	/* for fsconfig(2), or BY_MOUNT */
	const char *value;
	int aux;
	enum verdict want;
	enum ns ns;
	int fc;		/* the context, of fsconfig(2) */
	int dir;	/* the instance, of mount(2) */
};

#define BY_MOUNT ~0U

/* Shared by all processes of a case. */
struct files {
	struct world w;
	int watch;	/* inotify: who opens what a row names */
	size_t nr;
	struct attempt attempts[32];
	const struct attempt *at;	/* for teardown, should it fail */
};

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

/* Of exactly that many bytes; they name CHILD, the last one nothing. */
static char path_255[256], path_256[257], path_long[300];

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

/* From here on every open(2) of a file is seen, as a first one of each is. */
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

/* Returns as the caller of the world, below whose /tmp the files are. */
static void files_make(struct __test_metadata *_metadata, struct files *f)
{
	int fd;

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

/* ----- Attempts. */

static struct attempt *attempt_add(struct __test_metadata *_metadata,
				   struct files *f, const char *name,
				   enum verdict want, enum ns ns)
{
	struct attempt *a = &f->attempts[f->nr];

	ASSERT_GT(ARRAY_LEN(f->attempts), f->nr);
	snprintf(a->name, sizeof(a->name), "%zu: %s", f->nr++, name);
	a->want = want;
	a->ns = ns;
	/* From root, so that who may not make one has it, too. */
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

static int try_mount(const char *value)
{
	char data[512];

	snprintf(data, sizeof(data), "pidns%s%s", value ? "=" : "",
		 value ?: "");
	return mount("proc", MOUNT_POINT, "proc", 0, data) ? errno : 0;
}

/* Of what mount(2) has made, only a->dir remains. */
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

/* The setting itself, and all that the caller can see of it. */
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

/* What has come of it; if refused, then of the context without it. */
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

/* Ends at the first that is not as it should be, for teardown to tell. */
static void check_attempts(struct __test_metadata *_metadata, struct files *f,
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

static void tell_attempt(struct __test_metadata *_metadata,
			 const struct files *f)
{
	if (!__test_passed(_metadata) && f->at)
		TH_LOG("in row %s", f->at->name);
}

/* ----- Tables of paths, and of the files found there. */

static void attempt_give(struct __test_metadata *_metadata,
			 struct attempt *a, enum form how, const char *path)
{
	a->value = path;
	switch (how) {
	case FD:
		a->cmd = FSCONFIG_SET_FD;
		a->value = NULL;
		a->aux = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		ASSERT_LE(0, a->aux);
		break;
	case STRING:
		a->cmd = FSCONFIG_SET_STRING;
		break;
	case MOUNT:
		a->cmd = BY_MOUNT;
		break;
	case PATH:
		a->cmd = FSCONFIG_SET_PATH;
		a->aux = AT_FDCWD;
		break;
	case PATH_EMPTY:
		a->cmd = FSCONFIG_SET_PATH_EMPTY;
		a->value = "";
		a->aux = open(path, O_PATH | O_CLOEXEC);
		ASSERT_LE(0, a->aux);
		break;
	}
}

/* Where the form decides. */
static const struct {
	const char *path;
	enum form form;
	enum verdict want;
} exceptions[] = {
	/* It takes what is before the comma, and nothing has that name. */
	{ "/tmp/a,b", MOUNT, MISSING },
	{ "", PATH, NO_PATH },
	{ path_256, STRING, NO_VALUE },
	{ path_long, STRING, NO_VALUE },
};

static enum verdict verdict_of(const struct row *row, enum form form,
			       enum caller who)
{
	/* mount(2) looks at nothing before it has asked who calls. */
	if (form == MOUNT && who == NO_ADMIN)
		return NO_MOUNT;
	for (size_t i = 0; i < ARRAY_LEN(exceptions); i++)
		if (exceptions[i].form == form &&
		    !strcmp(exceptions[i].path, row->path))
			return exceptions[i].want;
	return row->want[who];
}

static void check_rows(struct __test_metadata *_metadata, struct files *f,
		       enum form form, enum caller who, const struct row *rows,
		       size_t nr)
{
	const struct row *row;
	struct attempt *a;

	for (row = rows; row < rows + nr; row++) {
		a = attempt_add(_metadata, f, row->path,
				verdict_of(row, form, who), row->ns);
		attempt_give(_metadata, a, form, row->path);
	}
	check_attempts(_metadata, f, who);
}

/* ----- Whatever can be opened, given in all five ways. */

FIXTURE(value) {
	struct files f;
};

FIXTURE_VARIANT(value) {
	enum form form;
};

FIXTURE_VARIANT_ADD(value, fd) {
	.form = FD,
};

FIXTURE_VARIANT_ADD(value, string) {
	.form = STRING,
};

FIXTURE_VARIANT_ADD(value, mount) {
	.form = MOUNT,
};

FIXTURE_VARIANT_ADD(value, path) {
	.form = PATH,
};

FIXTURE_VARIANT_ADD(value, path_empty) {
	.form = PATH_EMPTY,
};

FIXTURE_SETUP(value)
{
	SKIP_WITHOUT_PIDNS();
	files_make(_metadata, &self->f);
}

FIXTURE_TEARDOWN_PARENT(value)
{
	tell_attempt(_metadata, &self->f);
}

/*
 * As for joining: first what it is, then who asks, then where it is. What an
 * instance shows that is not wanted, does not matter.
 */
static const struct row values[] = {
	/*		   root, only admin, no admin, box's root */
	{ "/tmp/self", SELF, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/child", CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/grandchild", GRANDCHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/sibling", 0, { NOT_BELOW, NOT_BELOW, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/parent", 0, { NOT_BELOW, NOT_BELOW, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/dead", DEAD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/dead_child", DEAD_CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/unborn", UNBORN, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/orphan", ORPHAN, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/box", BOX, { OK, OK, NO_RIGHT, OK } },
	{ "/tmp/bound", CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/uts", 0, ALL(NOT_PIDNS) },
	{ "/tmp/user", 0, ALL(NOT_PIDNS) },
	{ "/tmp/file", 0, ALL(NOT_PIDNS) },
	{ "/tmp/directory", 0, ALL(NOT_PIDNS) },
	{ "/tmp/fifo", 0, ALL(NOT_PIDNS) },
	{ "/tmp/device", 0, ALL(NOT_PIDNS) },
	{ "/tmp/pidfd", 0, ALL(NOT_PIDNS) },
	{ "/proc/self/status", 0, ALL(NOT_PIDNS) },
};

TEST_F(value, by_root)
{
	check_rows(_metadata, &self->f, variant->form, ROOT, values,
		   ARRAY_LEN(values));
}

TEST_F(value, by_only_admin)
{
	check_rows(_metadata, &self->f, variant->form, ONLY_ADMIN, values,
		   ARRAY_LEN(values));
}

TEST_F(value, by_no_admin)
{
	check_rows(_metadata, &self->f, variant->form, NO_ADMIN, values,
		   ARRAY_LEN(values));
}

TEST_F(value, by_box_root)
{
	check_rows(_metadata, &self->f, variant->form, BOX_ROOT, values,
		   ARRAY_LEN(values));
}

/* ----- Whatever a path can be, in the three ways to give one. */

FIXTURE(name) {
	struct files f;
};

FIXTURE_VARIANT(name) {
	enum form form;
};

FIXTURE_VARIANT_ADD(name, string) {
	.form = STRING,
};

FIXTURE_VARIANT_ADD(name, mount) {
	.form = MOUNT,
};

FIXTURE_VARIANT_ADD(name, path) {
	.form = PATH,
};

FIXTURE_SETUP(name)
{
	SKIP_WITHOUT_PIDNS();
	files_make(_metadata, &self->f);
}

FIXTURE_TEARDOWN_PARENT(name)
{
	tell_attempt(_metadata, &self->f);
}

static const struct row names[] = {
	/* The process's own link asks for the right to trace it ... */
	{ "/tmp/link", CHILD, { OK, NO_ACCESS, NO_RIGHT, NO_ACCESS } },
	/* ... and a directory for the right to search it. */
	{ DIR_CLOSED "/child", CHILD, { OK, NO_ACCESS, NO_RIGHT, NO_ACCESS } },
	{ "/tmp/opath", CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/missing", 0, ALL(MISSING) },
	{ "/tmp/missing/child", 0, ALL(MISSING) },
	{ "/tmp/dangling", 0, ALL(MISSING) },
	{ "/tmp/loop", 0, ALL(LOOP) },
	{ "/tmp/file/child", 0, ALL(NOT_DIR) },
	{ "/tmp/child/", 0, ALL(NOT_DIR) },
	{ "/tmp/directory/", 0, ALL(NOT_PIDNS) },
	/* From the working directory; in that of stdin is another "ns". */
	{ "ns", CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "../box", BOX, { OK, OK, NO_RIGHT, OK } },
	{ "other", 0, ALL(MISSING) },
	{ ".", 0, ALL(NOT_PIDNS) },
	{ "/tmp/a,b", CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "", 0, ALL(BAD_VALUE) },
	{ path_255, CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ path_256, CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ path_long, 0, ALL(TOO_LONG) },
};

TEST_F(name, by_root)
{
	check_rows(_metadata, &self->f, variant->form, ROOT, names,
		   ARRAY_LEN(names));
}

TEST_F(name, by_only_admin)
{
	check_rows(_metadata, &self->f, variant->form, ONLY_ADMIN, names,
		   ARRAY_LEN(names));
}

TEST_F(name, by_no_admin)
{
	check_rows(_metadata, &self->f, variant->form, NO_ADMIN, names,
		   ARRAY_LEN(names));
}

TEST_F(name, by_box_root)
{
	check_rows(_metadata, &self->f, variant->form, BOX_ROOT, names,
		   ARRAY_LEN(names));
}

/* ----- The commands of fsconfig(2), and odd descriptors. */

enum descriptor {
	UNUSED,
	MINUS_ONE,
	CWD,		/* AT_FDCWD */
	CLOSED,
	DIR_FD,		/* of DIR_STDIN, whose "ns" is GRANDCHILD */
	DIR_O_PATH,
	FILE_FD,
	CHILD_O_PATH,
	LINK_O_PATH,	/* of a symbolic link itself */
	NR_DESCRIPTORS,
};

FIXTURE(command) {
	struct files f;
	int fd[NR_DESCRIPTORS];
};

FIXTURE_SETUP(command)
{
	int *fd = self->fd;

	SKIP_WITHOUT_PIDNS();
	files_make(_metadata, &self->f);
	fd[MINUS_ONE] = -1;
	fd[CWD] = AT_FDCWD;
	fd[CLOSED] = CLOSED_FD;
	fd[DIR_FD] = open(DIR_STDIN, O_RDONLY | O_CLOEXEC);
	fd[DIR_O_PATH] = open(DIR_STDIN, O_PATH | O_CLOEXEC);
	fd[FILE_FD] = open("/tmp/file", O_RDONLY | O_CLOEXEC);
	fd[CHILD_O_PATH] = open("/tmp/child", O_PATH | O_CLOEXEC);
	fd[LINK_O_PATH] = open("/tmp/child", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	for (int i = DIR_FD; i < NR_DESCRIPTORS; i++)
		ASSERT_LE(0, fd[i]);
}

FIXTURE_TEARDOWN_PARENT(command)
{
	tell_attempt(_metadata, &self->f);
}

#define SET_FD FSCONFIG_SET_FD
#define SET_PATH FSCONFIG_SET_PATH
#define SET_PATH_EMPTY FSCONFIG_SET_PATH_EMPTY

static const struct command {
	unsigned int cmd;
	const char *value;
	enum descriptor aux;
	enum ns ns;
	enum verdict want[NR_COLUMNS];
} commands[] = {
	{ SET_FD, NULL, MINUS_ONE, 0, ALL(NO_VALUE) },
	{ SET_FD, NULL, CWD, 0, ALL(NO_VALUE) },
	{ SET_FD, NULL, CLOSED, 0, ALL(NO_FILE) },
	{ SET_FD, NULL, CHILD_O_PATH, 0, ALL(NO_FILE) },
	{ SET_PATH, "ns", MINUS_ONE, 0, ALL(NO_VALUE) },
	{ SET_PATH, "ns", CLOSED, 0, ALL(NO_DIRFD) },
	{ SET_PATH, "ns", FILE_FD, 0, ALL(NOT_DIR) },
	{ SET_PATH, "ns", CHILD_O_PATH, 0, ALL(NOT_DIR) },
	{ SET_PATH, "ns", CWD, CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ SET_PATH, "ns", DIR_FD, GRANDCHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ SET_PATH, "../box", DIR_O_PATH, BOX, { OK, OK, NO_RIGHT, OK } },
	/* Nobody asks for the directory if the path needs none. */
	{ SET_PATH, "/tmp/box", CLOSED, BOX, { OK, OK, NO_RIGHT, OK } },
	{ SET_PATH, "", CHILD_O_PATH, 0, ALL(NO_PATH) },
	{ SET_PATH_EMPTY, "", MINUS_ONE, 0, ALL(NO_VALUE) },
	{ SET_PATH_EMPTY, "", CLOSED, 0, ALL(NO_DIRFD) },
	{ SET_PATH_EMPTY, "", CWD, 0, ALL(NOT_PIDNS) },
	{ SET_PATH_EMPTY, "", DIR_FD, 0, ALL(NOT_PIDNS) },
	{ SET_PATH_EMPTY, "", LINK_O_PATH, 0, ALL(NOT_PIDNS) },
	{ SET_PATH_EMPTY, "missing", DIR_FD, 0, ALL(MISSING) },
	{ SET_PATH_EMPTY, "ns", DIR_O_PATH, GRANDCHILD,
	  { OK, OK, NO_RIGHT, NO_RIGHT } },
	/* Kinds of values that name nothing. */
	{ FSCONFIG_SET_FLAG, NULL, UNUSED, 0, ALL(BAD_VALUE) },
	{ FSCONFIG_SET_BINARY, "/tmp/child", UNUSED, 0, ALL(BAD_VALUE) },
	{ FSCONFIG_SET_BINARY, "/tmp/missing", UNUSED, 0, ALL(BAD_VALUE) },
	{ FSCONFIG_SET_BINARY, "", UNUSED, 0, ALL(NO_VALUE) },
	{ FSCONFIG_SET_STRING, NULL, UNUSED, 0, ALL(NO_VALUE) },
	{ BY_MOUNT, NULL, UNUSED, 0,
	  { BAD_VALUE, BAD_VALUE, NO_MOUNT, BAD_VALUE } },
};

static void check_commands(struct __test_metadata *_metadata, struct files *f,
			   enum caller who, const int *fd)
{
	const struct command *c = commands;
	struct attempt *a;

	for (; c < commands + ARRAY_LEN(commands); c++) {
		a = attempt_add(_metadata, f, c->value ?: "", c->want[who],
				c->ns);
		a->cmd = c->cmd;
		a->value = c->value;
		a->aux = fd[c->aux];
		if (c->cmd == FSCONFIG_SET_BINARY)
			a->aux = strlen(c->value);
	}
	check_attempts(_metadata, f, who);
}

TEST_F(command, by_root)
{
	check_commands(_metadata, &self->f, ROOT, self->fd);
}

TEST_F(command, by_only_admin)
{
	check_commands(_metadata, &self->f, ONLY_ADMIN, self->fd);
}

TEST_F(command, by_no_admin)
{
	check_commands(_metadata, &self->f, NO_ADMIN, self->fd);
}

TEST_F(command, by_box_root)
{
	check_commands(_metadata, &self->f, BOX_ROOT, self->fd);
}

TEST_HARNESS_MAIN
