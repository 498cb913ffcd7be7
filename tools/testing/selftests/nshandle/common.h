/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the nshandle tests share: raw system calls, the table of the eight
 * namespace types, a picture of everything that a setns(2) could move,
 * containers, callers with fewer rights.
 *
 * Everything asserts by itself, hence the _metadata in most signatures. Use
 * TEST_F only: the metadata of TEST is not shared with forked children, so
 * that an assertion which fails in one of them would be lost.
 */
#ifndef NSHANDLE_COMMON_H
#define NSHANDLE_COMMON_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/sched.h>
#include <linux/securebits.h>

/*
 * How many times longer than usual a wait may last: NSHANDLE_SLOW, for a kernel
 * that looks at each of its own accesses. The harness's limits are alarms.
 */
static inline int slow(void)
{
	const char *times = getenv("NSHANDLE_SLOW");

	return times && atoi(times) > 1 ? atoi(times) : 1;
}

/*
 * From one to the next of a long list of rows: all of them, or on a slow kernel,
 * where any row shows what it looks for, each seventeenth.
 */
#define NEXT_ROW (slow() > 1 ? 17 : 1)

#define alarm(_seconds) alarm((_seconds) * slow())

/* What a slow machine may take. */
#define POLL_MS (10000 * slow())

#include "../kselftest_harness.h"

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

#define BIT(_n) (1U << (_n))
#define ARRAY_LEN(_a) (sizeof(_a) / sizeof((_a)[0]))

/* ----- System calls: 0 or a descriptor, or for setns the errno itself. */

/* Returns 0 or the (positive) errno: EXPECT_EQ(EPERM, try_setns(fd, flags)). */
static inline int try_setns(int fd, int flags)
{
	return syscall(__NR_setns, fd, flags) ? errno : 0;
}

static inline int sys_pidfd_open(pid_t pid, unsigned int flags)
{
	return syscall(__NR_pidfd_open, pid, flags);
}

static inline int sys_pidfd_send_signal(int pidfd, int sig)
{
	return syscall(__NR_pidfd_send_signal, pidfd, sig, NULL, 0);
}

/* Without a stack, the child goes on as after a fork(2). */
static inline pid_t sys_clone3(struct clone_args *args)
{
	return syscall(__NR_clone3, args, sizeof(*args));
}

static inline pid_t sys_gettid(void)
{
	return syscall(__NR_gettid);
}

/* 6.1 has no ioctls on a pidfd. */
#define NO_PIDFD_IOCTLS "kernel without PIDFD_GET_*_NAMESPACE"

static inline bool have_pidfd_ioctls(void)
{
	int pidfd = sys_pidfd_open(getpid(), 0);
	int fd = ioctl(pidfd, _IO(0xFF, 1), 0);
	bool have = fd >= 0 || errno != ENOTTY;

	close(fd);
	close(pidfd);
	return have;
}

static inline long long now_ms(clockid_t clock)
{
	struct timespec ts = {};

	/* Not the vDSO: what the kernel tells is what is asked for. */
	syscall(__NR_clock_gettime, clock, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* ----- What can move, one bit each. */

enum {
	LINK_CGROUP,
	LINK_IPC,
	LINK_MNT,
	LINK_NET,
	LINK_PID,
	LINK_PID_FOR_CHILDREN,
	LINK_TIME,
	LINK_TIME_FOR_CHILDREN,
	LINK_USER,
	LINK_UTS,
	NR_LINKS,
};

#define MOVED_CGROUP		BIT(LINK_CGROUP)
#define MOVED_IPC		BIT(LINK_IPC)
#define MOVED_MNT		BIT(LINK_MNT)
#define MOVED_NET		BIT(LINK_NET)
#define MOVED_PID		BIT(LINK_PID)
#define MOVED_PID_FOR_CHILDREN	BIT(LINK_PID_FOR_CHILDREN)
#define MOVED_TIME		BIT(LINK_TIME)
#define MOVED_TIME_FOR_CHILDREN	BIT(LINK_TIME_FOR_CHILDREN)
#define MOVED_USER		BIT(LINK_USER)
#define MOVED_UTS		BIT(LINK_UTS)
#define MOVED_ROOT		BIT(10)
#define MOVED_CWD		BIT(11)
#define MOVED_UID		BIT(12)
#define MOVED_GID		BIT(13)
#define MOVED_CAPS		BIT(14)
#define MOVED_SECUREBITS	BIT(15)
#define MOVED_DUMPABLE		BIT(16)
#define MOVED_PDEATH		BIT(17)
#define MOVED_UNDO		BIT(18)

/* The first NR_LINKS are the names in /proc/PID/ns as well. */
static const char *const moved_names[] = {
	"cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time",
	"time_for_children", "user", "uts", "root", "cwd", "uid", "gid",
	"capabilities", "securebits", "dumpable", "pdeath_signal", "undo list",
};

/*
 * The eight types, in the order in which setns(2) checks them. @moved is what
 * a join moves in a caller that went through state_arm().
 */
static const struct ns_type {
	const char *name;	/* of the link in /proc/PID/ns */
	int flag;
	unsigned int moved;
} ns_types[] = {
	{ "user", CLONE_NEWUSER, MOVED_USER | MOVED_CAPS | MOVED_SECUREBITS },
	{ "mnt", CLONE_NEWNS, MOVED_MNT | MOVED_ROOT | MOVED_CWD },
	{ "uts", CLONE_NEWUTS, MOVED_UTS },
	{ "ipc", CLONE_NEWIPC, MOVED_IPC | MOVED_UNDO },
	{ "pid", CLONE_NEWPID, MOVED_PID_FOR_CHILDREN },
	{ "cgroup", CLONE_NEWCGROUP, MOVED_CGROUP },
	{ "net", CLONE_NEWNET, MOVED_NET },
	{ "time", CLONE_NEWTIME, MOVED_TIME | MOVED_TIME_FOR_CHILDREN },
};

#define NR_TYPES 8
#define ALL_NS (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | \
		CLONE_NEWPID | CLONE_NEWCGROUP | CLONE_NEWNET | CLONE_NEWTIME)

/* Bit i of @bits is ns_types[i]: 1 .. 255 are all non-empty masks. */
static inline int mask_flags(unsigned int bits)
{
	int flags = 0;

	for (int i = 0; i < NR_TYPES; i++)
		if (bits & BIT(i))
			flags |= ns_types[i].flag;
	return flags;
}

/* What a successful join of @flags moves. */
static inline unsigned int moved_by(int flags)
{
	unsigned int moved = 0;

	for (int i = 0; i < NR_TYPES; i++)
		if (flags & ns_types[i].flag)
			moved |= ns_types[i].moved;
	return moved;
}

/* ----- Reasons to skip. */

/*
 * Whether containers can be made at all is found out once, before the first
 * test: 0, or why not.
 */
static int container_errno;
static const char *missing_ns;

static void __attribute__((constructor)) probe_containers(void)
{
	struct clone_args args = { .flags = ALL_NS, .exit_signal = SIGCHLD };
	char path[64];
	pid_t pid;

	for (int i = 0; i < NR_TYPES; i++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s",
			 ns_types[i].name);
		if (access(path, F_OK))
			missing_ns = ns_types[i].name;
	}
	pid = sys_clone3(&args);
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	else
		container_errno = errno;
}

static inline bool have_cap(cap_value_t cap)
{
	cap_flag_value_t value = CAP_CLEAR;
	cap_t caps = cap_get_proc();

	if (caps) {
		cap_get_flag(caps, cap, CAP_EFFECTIVE, &value);
		cap_free(caps);
	}
	return value == CAP_SET;
}

/* Ends the test here; @why is the reason that the report gives. */
static inline void skip_test(struct __test_metadata *_metadata,
			     const char *why)
{
	SKIP(longjmp(_metadata->env, 1), "%s", why);
}

static inline void skip_without_containers(struct __test_metadata *_metadata)
{
	char why[128];

	if (geteuid() || !have_cap(CAP_SYS_ADMIN))
		skip_test(_metadata, "needs root with CAP_SYS_ADMIN");
	if (missing_ns) {
		snprintf(why, sizeof(why), "kernel without %s namespaces",
			 missing_ns);
		skip_test(_metadata, why);
	}
	if (container_errno) {
		snprintf(why, sizeof(why),
			 "cannot make all eight namespaces: %s",
			 strerror(container_errno));
		skip_test(_metadata, why);
	}
}

/* At the top of FIXTURE_SETUP. */
#define SKIP_WITHOUT_CONTAINERS() skip_without_containers(_metadata)

/* ----- Assertions in children. */

struct child {
	pid_t pid;
	bool ran;
};

/* Waits for a child that must exit with 0; its failed assertions are ours. */
static inline void child_wait(struct __test_metadata *_metadata, pid_t pid)
{
	int status = 0;

	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	if (_metadata->aborted)
		__bail(1, _metadata);
	ASSERT_TRUE(WIFEXITED(status)) {
		TH_LOG("child ended by signal %d", WTERMSIG(status));
	}
	ASSERT_EQ(0, WEXITSTATUS(status));
}

static inline struct child child_fork(struct __test_metadata *_metadata,
				      __u64 flags)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
	struct child c = {};

	/* The C library's own fork where possible: it keeps its caches. */
	c.pid = flags ? sys_clone3(&args) : fork();
	ASSERT_LE(0, c.pid) {
		TH_LOG("fork with flags %#llx: %s", (unsigned long long)flags,
		       strerror(errno));
	}
	return c;
}

static inline bool child_step(struct __test_metadata *_metadata,
			      struct child *c)
{
	if (c->pid) {
		child_wait(_metadata, c->pid);
		return false;
	}
	if (c->ran)
		_exit(0);
	c->ran = true;
	return true;
}

/*
 * IN_CHILD { ... } runs the block in a fresh child and waits for it. The block
 * sees copies of all variables; its assertions count. Leave it by its end or
 * by continue, never by return or break.
 */
#define IN_CHILD IN_CLONE(0)

/* The same with flags of clone3(2), for instance CLONE_FS or CLONE_NEWPID. */
#define IN_CLONE(_flags) \
	for (struct child __child = child_fork(_metadata, _flags); \
	     child_step(_metadata, &__child);)

/*
 * Runs a program quietly, found by PATH (or in /sbin and /usr/sbin, which the
 * PATH of a test runner need not have). Its exit status, 127 if there is none.
 */
static inline int run_program(struct __test_metadata *_metadata,
			      char *const argv[])
{
	int status, null;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (pid == 0) {
		null = open("/dev/null", O_RDWR);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		setenv("PATH", "/sbin:/usr/sbin:/bin:/usr/bin", 0);
		execvp(argv[0], argv);
		setenv("PATH", "/sbin:/usr/sbin", 1);
		execvp(argv[0], argv);
		_exit(127);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#define RUN(...) \
	run_program(_metadata, (char *const []){ __VA_ARGS__, NULL })

/* ----- The SysV undo list, seen from outside. */

/*
 * A task that has joined another IPC namespace cannot look at the semaphore
 * that it left behind: a watcher that stays behind does so for it.
 */
static struct {
	pid_t pid;
	int sem;
	int sock;
} undo_watch = { .pid = -1, .sem = -1, .sock = -1 };

static inline void undo_serve(int sock, int sem)
{
	char byte;
	int value;

	while (read(sock, &byte, 1) == 1) {
		value = semctl(sem, 0, GETVAL);
		if (write(sock, &value, sizeof(value)) != sizeof(value))
			break;
	}
	/* Here rather than in who made it: he may have moved. */
	semctl(sem, 0, IPC_RMID);
	_exit(0);
}

static inline void undo_start(struct __test_metadata *_metadata)
{
	int socks[2];

	undo_watch.sem = semget(IPC_PRIVATE, 1, 0666);
	ASSERT_LE(0, undo_watch.sem);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	undo_watch.pid = fork();
	ASSERT_LE(0, undo_watch.pid);
	if (undo_watch.pid == 0) {
		close(socks[0]);
		undo_serve(socks[1], undo_watch.sem);
	}
	close(socks[1]);
	undo_watch.sock = socks[0];
}

static inline void undo_stop(struct __test_metadata *_metadata)
{
	if (undo_watch.pid < 0)
		return;
	/* Not close(): some child may hold the socket as well. */
	EXPECT_EQ(0, shutdown(undo_watch.sock, SHUT_RDWR));
	EXPECT_EQ(undo_watch.pid, waitpid(undo_watch.pid, NULL, 0));
	close(undo_watch.sock);
	undo_watch.pid = -1;
	undo_watch.sock = -1;
}

/* 1 while the undo list of the one task that has armed it is in place. */
static inline int undo_value(struct __test_metadata *_metadata)
{
	int value = -1;

	if (undo_watch.sock < 0)
		return 0;
	ASSERT_EQ(1, write(undo_watch.sock, "?", 1));
	ASSERT_EQ((ssize_t)sizeof(value),
		  read(undo_watch.sock, &value, sizeof(value)));
	return value;
}

/* ----- Everything that could move. */

struct place {
	__u64 dev, ino, mnt;
};

struct state {
	int proc;	/* /proc/TID, opened before anything moved */
	bool self;	/* the last four are known of the caller alone */
	struct place link[NR_LINKS];
	struct place root, cwd;
	unsigned int uid[4], gid[4];
	__u64 cap[5];
	int securebits, dumpable, pdeath, undo;
};

static inline void place_read(struct __test_metadata *_metadata, int dir,
			      const char *path, struct place *p)
{
	struct statx stx = {};
	int err = statx(dir, path, 0, STATX_INO | STATX_MNT_ID, &stx) ?
		  errno : 0;

	/*
	 * Without the series, a pid namespace without an init has no link: a
	 * place of its own.
	 */
	if (err == ENOENT && !strcmp(path, "ns/pid_for_children"))
		err = 0;
	ASSERT_EQ(0, err) {
		TH_LOG("statx %s: %s", path, strerror(err));
	}
	p->dev = (__u64)stx.stx_dev_major << 32 | stx.stx_dev_minor;
	p->ino = stx.stx_ino;
	p->mnt = stx.stx_mnt_id;
}

/* The same namespace: whatever mount of nsfs it was seen through. */
static inline bool ns_same(const struct place *a, const struct place *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

static inline bool place_same(const struct place *a, const struct place *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->mnt == b->mnt;
}

/* The four ids (real, effective, saved, file system) that follow @key. */
static inline void status_ids(struct __test_metadata *_metadata,
			      const char *status, const char *key,
			      unsigned int *ids)
{
	const char *line = strstr(status, key);
	int n;

	ASSERT_NE(NULL, line);
	n = sscanf(line + strlen(key), "%u %u %u %u", &ids[0], &ids[1],
		   &ids[2], &ids[3]);
	ASSERT_EQ(4, n);
}

/* The ids and the five sets of capabilities. */
static inline void state_read_status(struct __test_metadata *_metadata,
				     struct state *s)
{
	static const char *const sets[] = {
		"\nCapInh:", "\nCapPrm:", "\nCapEff:", "\nCapBnd:", "\nCapAmb:",
	};
	char buf[4096], *line;
	ssize_t len;
	int fd;

	fd = openat(s->proc, "status", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	len = read(fd, buf, sizeof(buf) - 1);
	ASSERT_LT(0, len);
	buf[len] = '\0';
	close(fd);

	status_ids(_metadata, buf, "\nUid:", s->uid);
	status_ids(_metadata, buf, "\nGid:", s->gid);
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		line = strstr(buf, sets[i]);
		ASSERT_NE(NULL, line);
		s->cap[i] = strtoull(line + strlen(sets[i]), NULL, 16);
	}
}

/* Reads anew what s->proc and s->self name. */
static inline void state_refresh(struct __test_metadata *_metadata,
				 struct state *s)
{
	char path[64];

	for (int i = 0; i < NR_LINKS; i++) {
		snprintf(path, sizeof(path), "ns/%s", moved_names[i]);
		place_read(_metadata, s->proc, path, &s->link[i]);
	}
	place_read(_metadata, s->proc, "root", &s->root);
	place_read(_metadata, s->proc, "cwd", &s->cwd);
	state_read_status(_metadata, s);
	if (!s->self)
		return;
	s->securebits = prctl(PR_GET_SECUREBITS);
	s->dumpable = prctl(PR_GET_DUMPABLE);
	prctl(PR_GET_PDEATHSIG, &s->pdeath);
	s->undo = undo_value(_metadata);
}

/* The calling thread, as it is. */
static inline void state_read(struct __test_metadata *_metadata,
			      struct state *s)
{
	memset(s, 0, sizeof(*s));
	s->self = true;
	s->proc = open("/proc/thread-self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, s->proc);
	state_refresh(_metadata, s);
}

/*
 * Another task, by its directory in /proc: that of a container is ->proc and
 * ".", of one of its threads ->proc and "task/TID".
 */
static inline void state_read_task(struct __test_metadata *_metadata, int proc,
				   const char *dir, struct state *s)
{
	memset(s, 0, sizeof(*s));
	s->proc = openat(proc, dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, s->proc) {
		TH_LOG("open %s: %s", dir, strerror(errno));
	}
	state_refresh(_metadata, s);
}

static inline void state_close(struct state *s)
{
	close(s->proc);
}

/* Which of it has moved since @before was read: MOVED_* bits. */
static inline unsigned int state_moved(struct __test_metadata *_metadata,
				       const struct state *before)
{
	struct state now = { .proc = before->proc, .self = before->self };
	unsigned int moved = 0;

	state_refresh(_metadata, &now);
	for (int i = 0; i < NR_LINKS; i++)
		if (!ns_same(&now.link[i], &before->link[i]))
			moved |= BIT(i);
	if (!place_same(&now.root, &before->root))
		moved |= MOVED_ROOT;
	if (!place_same(&now.cwd, &before->cwd))
		moved |= MOVED_CWD;
	if (memcmp(now.uid, before->uid, sizeof(now.uid)))
		moved |= MOVED_UID;
	if (memcmp(now.gid, before->gid, sizeof(now.gid)))
		moved |= MOVED_GID;
	if (memcmp(now.cap, before->cap, sizeof(now.cap)))
		moved |= MOVED_CAPS;
	if (now.securebits != before->securebits)
		moved |= MOVED_SECUREBITS;
	if (now.dumpable != before->dumpable)
		moved |= MOVED_DUMPABLE;
	if (now.pdeath != before->pdeath)
		moved |= MOVED_PDEATH;
	if (now.undo != before->undo)
		moved |= MOVED_UNDO;
	return moved;
}

static inline void moved_log(struct __test_metadata *_metadata,
			     unsigned int expected, unsigned int moved)
{
	for (size_t i = 0; i < ARRAY_LEN(moved_names); i++)
		if ((expected ^ moved) & BIT(i))
			TH_LOG("%s %s", moved_names[i], moved & BIT(i) ?
			       "moved" : "did not move");
}

/* Exactly _mask has moved since *_before was read. */
#define EXPECT_MOVED(_before, _mask) do { \
	unsigned int __want = (_mask); \
	unsigned int __moved = state_moved(_metadata, _before); \
	EXPECT_EQ(__want, __moved) { \
		moved_log(_metadata, __want, __moved); \
	} \
} while (0)

#define EXPECT_NOTHING_MOVED(_before) EXPECT_MOVED(_before, 0)

/* ----- Callers and their rights. */

/* Takes @cap out of every set but the bounding one. */
static inline void cap_drop(struct __test_metadata *_metadata, cap_value_t cap)
{
	cap_t caps = cap_get_proc();

	ASSERT_NE(NULL, caps);
	ASSERT_EQ(0, cap_set_flag(caps, CAP_EFFECTIVE, 1, &cap, CAP_CLEAR));
	ASSERT_EQ(0, cap_set_flag(caps, CAP_PERMITTED, 1, &cap, CAP_CLEAR));
	ASSERT_EQ(0, cap_set_flag(caps, CAP_INHERITABLE, 1, &cap, CAP_CLEAR));
	ASSERT_EQ(0, cap_set_proc(caps));
	cap_free(caps);
}

/* Leaves @cap and nothing else; none at all with -1. */
static inline void cap_keep_only(struct __test_metadata *_metadata,
				 cap_value_t cap)
{
	cap_t caps = cap_init();

	ASSERT_NE(NULL, caps);
	if (cap >= 0) {
		ASSERT_EQ(0, cap_set_flag(caps, CAP_EFFECTIVE, 1, &cap,
					  CAP_SET));
		ASSERT_EQ(0, cap_set_flag(caps, CAP_PERMITTED, 1, &cap,
					  CAP_SET));
	}
	ASSERT_EQ(0, cap_set_proc(caps));
	cap_free(caps);
}

/* All three uids and gids; the capabilities go unless SECBIT_KEEP_CAPS. */
static inline void become(struct __test_metadata *_metadata, uid_t uid)
{
	ASSERT_EQ(0, setgroups(0, NULL));
	ASSERT_EQ(0, setresgid(uid, uid, uid));
	ASSERT_EQ(0, setresuid(uid, uid, uid));
	/* A change of uid made us unreadable for our own kind. */
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
}

static inline void write_at(struct __test_metadata *_metadata, int dir,
			    const char *path, const char *text)
{
	int fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
	ssize_t len = strlen(text);

	ASSERT_LE(0, fd) {
		TH_LOG("open %s: %s", path, strerror(errno));
	}
	ASSERT_EQ(len, write(fd, text, len)) {
		TH_LOG("write %s: %s", path, strerror(errno));
	}
	close(fd);
}

/* Into a user namespace of our own, as its root; for the outside as before. */
static inline void enter_userns(struct __test_metadata *_metadata)
{
	char map[64];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	write_at(_metadata, AT_FDCWD, "/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	write_at(_metadata, AT_FDCWD, "/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	write_at(_metadata, AT_FDCWD, "/proc/self/gid_map", map);
}

/*
 * Makes everything that a join can move different from what a fresh task has,
 * so that its move can be seen: a working directory that is not the root, an
 * undo list, a parent-death signal and, as far as we may, an ambient and an
 * inheritable capability and a securebit. Then reads the state.
 */
static inline void state_arm(struct __test_metadata *_metadata,
			     struct state *s)
{
	struct sembuf up = { .sem_op = 1, .sem_flg = SEM_UNDO };

	ASSERT_EQ(0, chdir("/proc"));
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	if (undo_watch.sock >= 0)
		ASSERT_EQ(0, semop(undo_watch.sem, &up, 1));
	if (have_cap(CAP_SETPCAP) && have_cap(CAP_KILL)) {
		cap_value_t cap = CAP_KILL;
		cap_t caps = cap_get_proc();

		ASSERT_NE(NULL, caps);
		ASSERT_EQ(0, cap_set_flag(caps, CAP_INHERITABLE, 1, &cap,
					  CAP_SET));
		ASSERT_EQ(0, cap_set_proc(caps));
		cap_free(caps);
		ASSERT_EQ(0, cap_set_ambient(CAP_KILL, CAP_SET));
		ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
	}
	state_read(_metadata, s);
}

/* ----- Other tasks that stand in the way. */

/* @data: where to say that the end of our creator is ours too, or NULL. */
static inline int idle(void *data)
{
	const int *ready = data;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (ready && write(*ready, "r", 1) != 1)
		return 1;
	for (;;)
		pause();
	return 0;
}

/*
 * A process that does nothing but share with us what @flags of clone(2) say
 * (CLONE_FS, CLONE_VM). It ends with us, or by kill(2): we go on only when it
 * is ready for that. One left over would hold our stdout open for ever.
 */
static inline pid_t start_sharer(struct __test_metadata *_metadata, int flags)
{
	static char stack[16384];
	int pipefd[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe2(pipefd, O_CLOEXEC));
	pid = clone(idle, stack + sizeof(stack), flags | SIGCHLD, &pipefd[1]);
	ASSERT_LT(0, pid);
	ASSERT_EQ(1, read(pipefd[0], &byte, 1));
	close(pipefd[0]);
	close(pipefd[1]);
	return pid;
}

static inline void stop_child(struct __test_metadata *_metadata, pid_t pid)
{
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
}

static inline void *idle_thread(void *data)
{
	(void)data;
	idle(NULL);
	return NULL;
}

static inline void start_thread(struct __test_metadata *_metadata)
{
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, idle_thread, NULL));
}

/*
 * The last thread in the order in which they were made, which with two is the
 * one that is not the leader, of a process by its directory in /proc.
 */
static inline pid_t last_thread(struct __test_metadata *_metadata, int proc)
{
	int fd = openat(proc, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	pid_t tid = 0;
	DIR *dir;

	ASSERT_LE(0, fd);
	dir = fdopendir(fd);
	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			tid = atoi(entry->d_name);
	closedir(dir);
	ASSERT_LT(0, tid);
	return tid;
}

/* ----- Containers. */

#define CONTAINER_HOSTNAME	"container"
#define THREAD_HOSTNAME		"thread"
#define CONTAINER_MSG_KEY	0x6e736864	/* of a message queue there */
#define CONTAINER_MARKER	"/tmp/in-container"
#define CONTAINER_MAP		"0 0 65536"

/*
 * A child with the namespaces @flags of its own, set up when
 * container_start() returns: host name, a tmpfs with a marker on /tmp, a SysV
 * message queue. It does nothing until container_stop().
 */
struct container {
	/* Chosen by the test. */
	__u64 flags;
	bool thread;		/* with a thread in another uts namespace */
	uid_t owner;		/* of its user namespace */
	const char *map;	/* uid and gid map, CONTAINER_MAP if NULL */
	void (*setup)(struct __test_metadata *_metadata);

	/* Known after container_start(). */
	pid_t pid;
	int pidfd;
	int proc;		/* /proc/PID, whatever our pid namespace is */
	int ctl;
};

static inline void *container_thread(void *data)
{
	int *ctl = data;

	if (unshare(CLONE_NEWUTS) ||
	    sethostname(THREAD_HOSTNAME, strlen(THREAD_HOSTNAME)))
		_exit(1);
	if (write(*ctl, "t", 1) != 1)
		_exit(1);
	for (;;)
		pause();
	return NULL;
}

static inline void container_setup(struct __test_metadata *_metadata,
				   struct container *c)
{
	if (c->flags & CLONE_NEWUTS)
		ASSERT_EQ(0, sethostname(CONTAINER_HOSTNAME,
					 strlen(CONTAINER_HOSTNAME)));
	if (c->flags & CLONE_NEWIPC)
		ASSERT_LE(0, msgget(CONTAINER_MSG_KEY, IPC_CREAT | 0666));
	if (c->flags & CLONE_NEWNS) {
		ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
		ASSERT_EQ(0, mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
		ASSERT_EQ(0, mkdir(CONTAINER_MARKER, 0755));
	}
	if (c->setup)
		c->setup(_metadata);
}

/* The container's own side; never returns. */
static inline void container_run(struct __test_metadata *_metadata,
				 struct container *c, int ctl)
{
	pthread_t thread;
	char byte;

	ASSERT_EQ(1, read(ctl, &byte, 1));
	ASSERT_EQ(0, setresgid(0, 0, 0));
	ASSERT_EQ(0, setresuid(0, 0, 0));
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	container_setup(_metadata, c);
	if (c->thread) {
		/* It reports in our place. */
		ASSERT_EQ(0, pthread_create(&thread, NULL, container_thread,
					    &ctl));
	} else {
		ASSERT_EQ(1, write(ctl, "r", 1));
	}
	/* End of file when nobody is left who could want us. */
	while (read(ctl, &byte, 1) == 1)
		;
	_exit(0);
}

/* /proc/PID of a pidfd: by the pid that procfs shows, not by ours. */
static inline int proc_of_pidfd(struct __test_metadata *_metadata, int pidfd)
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

/* The owner of a user namespace is the effective uid of who made it. */
static inline pid_t container_clone(struct __test_metadata *_metadata,
				    struct container *c)
{
	struct clone_args args = {
		.flags = c->flags | CLONE_PIDFD,
		.pidfd = (uintptr_t)&c->pidfd,
		.exit_signal = SIGCHLD,
	};
	pid_t pid;

	if (c->owner)
		ASSERT_EQ(0, setresuid(-1, c->owner, -1));
	pid = sys_clone3(&args);
	if (pid && c->owner) {
		ASSERT_EQ(0, setresuid(-1, 0, -1));
		ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
	}
	ASSERT_LE(0, pid) {
		TH_LOG("clone3: %s", strerror(errno));
	}
	return pid;
}

static inline void container_start(struct __test_metadata *_metadata,
				   struct container *c)
{
	const char *map = c->map ?: CONTAINER_MAP;
	int socks[2];
	char byte;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	c->pid = container_clone(_metadata, c);
	if (c->pid == 0) {
		close(socks[0]);
		container_run(_metadata, c, socks[1]);
	}
	close(socks[1]);
	c->ctl = socks[0];
	c->proc = proc_of_pidfd(_metadata, c->pidfd);
	if (c->flags & CLONE_NEWUSER) {
		if (strcmp(map, CONTAINER_MAP))
			write_at(_metadata, c->proc, "setgroups", "deny");
		write_at(_metadata, c->proc, "uid_map", map);
		write_at(_metadata, c->proc, "gid_map", map);
	}
	ASSERT_EQ(1, write(c->ctl, "g", 1));
	ASSERT_EQ(1, read(c->ctl, &byte, 1)) {
		TH_LOG("container died while it was set up");
	}
}

static inline void container_stop(struct __test_metadata *_metadata,
				  struct container *c)
{
	if (c->pid <= 0)
		return;
	EXPECT_EQ(0, sys_pidfd_send_signal(c->pidfd, SIGKILL));
	EXPECT_EQ(c->pid, waitpid(c->pid, NULL, 0));
	close(c->pidfd);
	close(c->proc);
	close(c->ctl);
	c->pid = 0;
}

/* A namespace file of the container: @link as in /proc/PID/ns. */
static inline int container_ns(struct __test_metadata *_metadata,
			       const struct container *c, const char *link)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "ns/%s", link);
	fd = openat(c->proc, path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd) {
		TH_LOG("open %s: %s", path, strerror(errno));
	}
	return fd;
}

/* The thread of a container that has one, as procfs numbers it. */
static inline pid_t container_thread_tid(struct __test_metadata *_metadata,
					 const struct container *c)
{
	return last_thread(_metadata, c->proc);
}

#endif /* NSHANDLE_COMMON_H */
