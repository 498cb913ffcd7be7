// SPDX-License-Identifier: GPL-2.0
/*
 * Handles on namespaces: descriptors from /proc/PID/ns and from the
 * PIDFD_GET_*_NAMESPACE ioctls. A handle keeps its namespace after the last
 * process has gone, can be bound to a path, reopened, passed on and joined by
 * whoever has it and the right to.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/picture.h"
#include "../lib/types.h"

#include <net/if.h>
#include <sys/fsuid.h>
#include <sys/shm.h>
#include <sys/utsname.h>
#include <sys/vfs.h>

#include <linux/nsfs.h>

#define PIDFD_GET(_nr) _IO(0xFF, _nr)

/* A number that no base knows. */
#define PIDFD_GET_UNKNOWN PIDFD_GET(0x7f)

#define NSFS_SUPER 0x6e736673

/* The ten ioctls, with the link that each of them is the twin of. */
static const struct twin {
	unsigned int cmd;
	const char *link;
	int flag;
} twins[] = {
	{ PIDFD_GET(1), "cgroup", CLONE_NEWCGROUP },
	{ PIDFD_GET(2), "ipc", CLONE_NEWIPC },
	{ PIDFD_GET(3), "mnt", CLONE_NEWNS },
	{ PIDFD_GET(4), "net", CLONE_NEWNET },
	{ PIDFD_GET(5), "pid", CLONE_NEWPID },
	{ PIDFD_GET(6), "pid_for_children", CLONE_NEWPID },
	{ PIDFD_GET(7), "time", CLONE_NEWTIME },
	{ PIDFD_GET(8), "time_for_children", CLONE_NEWTIME },
	{ PIDFD_GET(9), "user", CLONE_NEWUSER },
	{ PIDFD_GET(10), "uts", CLONE_NEWUTS },
};

static int pidfd_get(int pidfd, unsigned int cmd)
{
	return ioctl(pidfd, cmd, 0);
}

/* 0 or the errno, for callers who do not want the descriptor. */
static int try_get(int pidfd, unsigned int cmd, unsigned long arg)
{
	int fd = ioctl(pidfd, cmd, arg);

	return fd < 0 ? errno : close(fd);
}

static int try_open_at(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? errno : close(fd);
}

static void expect_same_file(struct __test_metadata *_metadata,
			     const struct stat *st, int fd)
{
	struct stat now;

	ASSERT_EQ(0, fstat(fd, &now));
	EXPECT_EQ(st->st_dev, now.st_dev);
	EXPECT_EQ(st->st_ino, now.st_ino);
}

/* A mount namespace of our own, with an empty /tmp to work in. */
static void enter_workshop(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
}

/* ----- Marks: state of a namespace by which it is known again. */

#define MARK_NAME	"nshandle-mark"
#define MARK_DIR	"/tmp/marked"
#define MARK_KEY	0x6e73686b
#define MARK_DEVICE	"nsmark0"
#define MARK_UID	77
#define MARK_SECONDS	1000000
#define CGROUP_MOUNT	"/tmp/cgroup"

typedef void mark_fn(struct __test_metadata *_metadata);

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

/* Of the three that it takes: ip(8), the driver and a new namespace. */
static bool have_dummy_device(struct __test_metadata *_metadata)
{
	pid_t pid = fork();
	int status;

	ASSERT_LE(0, pid);
	/* The device goes with the namespace, and that with the process. */
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

/* The part of /proc/self/cgroup that is about the second version. */
static bool own_cgroup(char *path, size_t size)
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
 * The root of a cgroup namespace is the group of its maker. Whoever comes from
 * above sees itself above.
 */
static bool marked_cgroup(void)
{
	char path[PATH_MAX];

	return own_cgroup(path, sizeof(path)) && !strncmp(path, "/..", 3);
}

/* Only the first child in a namespace that is alive can be that. */
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

/* Without an offset, the monotonic clock is never ahead of this one. */
static bool marked_time(void)
{
	return now_ms(CLOCK_MONOTONIC) >
	       now_ms(CLOCK_BOOTTIME) + MARK_SECONDS / 2 * 1000LL;
}

/* ----- A namespace without any process. */

/* Where its maker shows it: nobody has to be in it for that. */
struct kind {
	int flag;
	const char *link;	/* of the maker; NULL: only the ioctl can */
	const char *limit;	/* in /proc/sys/user */
	mark_fn *mark;		/* NULL: to be there is enough */
	bool (*marked)(void);
};

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
		fd = pidfd_get(pidfd, PIDFD_GET(6));
	}
	ASSERT_LE(0, fd) {
		TH_LOG("no handle: %s", strerror(errno));
	}
	close(pidfd);
	return fd;
}

/* @cgroup: whose cgroup.procs the maker writes itself to; may be NULL. */
static void kind_make(struct __test_metadata *_metadata,
		      const struct kind *kind, const char *cgroup, int ready)
{
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	if (cgroup)
		write_at(_metadata, AT_FDCWD, cgroup, "0");
	ASSERT_EQ(0, unshare(kind->flag));
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	if (kind->mark)
		kind->mark(_metadata);
	ASSERT_EQ(1, write(ready, "r", 1));
	for (;;)
		pause();
}

/*
 * A handle on a namespace whose maker, the only process that has ever been in
 * it or could have been, is dead and reaped.
 */
static int kind_leave(struct __test_metadata *_metadata,
		      const struct kind *kind, const char *cgroup)
{
	int pipefd[2], fd;
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe2(pipefd, O_CLOEXEC));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0)
		kind_make(_metadata, kind, cgroup, pipefd[1]);
	close(pipefd[1]);
	ASSERT_EQ(1, read(pipefd[0], &byte, 1));
	close(pipefd[0]);
	fd = kind_open(_metadata, kind, pid);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	return fd;
}

FIXTURE(kept) {
	char cgroup[PATH_MAX];	/* a group of the test's own */
	int fd;
	struct stat st;
};

FIXTURE_VARIANT(kept) {
	struct kind kind;
};

FIXTURE_VARIANT_ADD(kept, user) {
	.kind = {
		.flag = CLONE_NEWUSER,
		.link = "user",
		.limit = "max_user_namespaces",
		.mark = mark_user,
		.marked = marked_user,
	},
};

FIXTURE_VARIANT_ADD(kept, mnt) {
	.kind = {
		.flag = CLONE_NEWNS,
		.link = "mnt",
		.limit = "max_mnt_namespaces",
		.mark = mark_mnt,
		.marked = marked_mnt,
	},
};

FIXTURE_VARIANT_ADD(kept, uts) {
	.kind = {
		.flag = CLONE_NEWUTS,
		.link = "uts",
		.limit = "max_uts_namespaces",
		.mark = mark_uts,
		.marked = marked_uts,
	},
};

FIXTURE_VARIANT_ADD(kept, ipc) {
	.kind = {
		.flag = CLONE_NEWIPC,
		.link = "ipc",
		.limit = "max_ipc_namespaces",
		.mark = mark_ipc,
		.marked = marked_ipc,
	},
};

/* Not born yet, so that a fork can show that it is alive. */
FIXTURE_VARIANT_ADD(kept, pid) {
	.kind = {
		.flag = CLONE_NEWPID,
		.limit = "max_pid_namespaces",
		.marked = marked_pid,
	},
};

FIXTURE_VARIANT_ADD(kept, cgroup) {
	.kind = {
		.flag = CLONE_NEWCGROUP,
		.link = "cgroup",
		.limit = "max_cgroup_namespaces",
		.marked = marked_cgroup,
	},
};

FIXTURE_VARIANT_ADD(kept, net) {
	.kind = {
		.flag = CLONE_NEWNET,
		.link = "net",
		.limit = "max_net_namespaces",
		.mark = mark_net,
		.marked = marked_net,
	},
};

FIXTURE_VARIANT_ADD(kept, time) {
	.kind = {
		.flag = CLONE_NEWTIME,
		.link = "time_for_children",
		.limit = "max_time_namespaces",
		.mark = mark_time,
		.marked = marked_time,
	},
};

/* A group below our own, since a namespace's root is the maker's group. */
static bool cgroup_make(struct __test_metadata *_metadata, char *path,
			size_t size)
{
	char own[PATH_MAX / 2];

	ASSERT_EQ(0, mkdir(CGROUP_MOUNT, 0755));
	if (!own_cgroup(own, sizeof(own)) ||
	    mount("cgroup2", CGROUP_MOUNT, "cgroup2", 0, NULL))
		return false;
	snprintf(path, size, "%s%s/nshandle.%d", CGROUP_MOUNT, own, getpid());
	return !mkdir(path, 0755);
}

FIXTURE_SETUP(kept)
{
	const struct kind *kind = &variant->kind;
	char procs[PATH_MAX + 16];

	SKIP_WITHOUT_CONTAINERS();
	if (!kind->link && !have_pidfd_ioctls())
		SKIP(return, NO_PIDFD_IOCTLS);
	if (kind->flag == CLONE_NEWNET && !have_dummy_device(_metadata))
		SKIP(return, "needs ip(8) and dummy network devices");
	enter_workshop(_metadata);
	if (kind->flag == CLONE_NEWCGROUP &&
	    !cgroup_make(_metadata, self->cgroup, sizeof(self->cgroup)))
		SKIP(return, "needs a cgroup2 hierarchy to make a group in");
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", self->cgroup);
	self->fd = kind_leave(_metadata, kind, self->cgroup[0] ? procs : NULL);
	ASSERT_EQ(0, fstat(self->fd, &self->st));
}

FIXTURE_TEARDOWN(kept)
{
	if (self->cgroup[0])
		EXPECT_EQ(0, rmdir(self->cgroup));
}

/* @fd leads to the marked namespace, and nothing else does. */
static void expect_marked(struct __test_metadata *_metadata,
			  const struct kind *kind, int fd)
{
	EXPECT_FALSE(kind->marked());
	IN_CHILD {
		EXPECT_EQ(0, try_setns(fd, kind->flag));
		EXPECT_TRUE(kind->marked());
	}
	EXPECT_FALSE(kind->marked());
}

TEST_F(kept, by_a_descriptor_alone)
{
	EXPECT_EQ(variant->kind.flag, ioctl(self->fd, NS_GET_NSTYPE));
	expect_marked(_metadata, &variant->kind, self->fd);
}

TEST_F(kept, by_a_bind_mount_alone)
{
	const char *path = "/tmp/handle";
	struct statfs fs;
	char from[64];
	int fd;

	snprintf(from, sizeof(from), "/proc/self/fd/%d", self->fd);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	ASSERT_EQ(0, mount(from, path, NULL, MS_BIND, NULL));
	close(self->fd);

	ASSERT_EQ(0, statfs(path, &fs));
	EXPECT_EQ(NSFS_SUPER, fs.f_type);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	expect_same_file(_metadata, &self->st, fd);
	expect_marked(_metadata, &variant->kind, fd);
	/* The descriptor is not the mount's: it stays when that goes. */
	ASSERT_EQ(0, umount2(path, MNT_DETACH));
	expect_same_file(_metadata, &self->st, fd);
	EXPECT_EQ(0, close(fd));
}

TEST_F(kept, by_a_reopened_descriptor)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_NE(self->fd, fd);
	close(self->fd);
	expect_same_file(_metadata, &self->st, fd);
	expect_marked(_metadata, &variant->kind, fd);
}

static void fd_send(struct __test_metadata *_metadata, int sock, int fd)
{
	char control[CMSG_SPACE(sizeof(fd))] = {}, byte = 'f';
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	ASSERT_EQ(1, sendmsg(sock, &msg, 0));
}

static int fd_receive(struct __test_metadata *_metadata, int sock)
{
	char control[CMSG_SPACE(sizeof(int))] = {}, byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	int fd;

	ASSERT_EQ(1, recvmsg(sock, &msg, MSG_CMSG_CLOEXEC));
	cmsg = CMSG_FIRSTHDR(&msg);
	ASSERT_NE(NULL, cmsg);
	ASSERT_EQ(SCM_RIGHTS, cmsg->cmsg_type);
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(fd));
	return fd;
}

/* Whose parent is gone, and who has no descriptor but the socket's. */
static void stranger(struct __test_metadata *_metadata,
		     const struct kind *kind, const struct stat *st, int sock,
		     pid_t us)
{
	pid_t parent = getppid();
	int fd;

	ASSERT_EQ(1, write(sock, "p", 1));
	fd = fd_receive(_metadata, sock);
	EXPECT_NE(parent, getppid());
	EXPECT_NE(us, getppid());
	expect_same_file(_metadata, st, fd);
	expect_marked(_metadata, kind, fd);
	ASSERT_EQ(1, write(sock, "d", 1));
	_exit(0);
}

TEST_F(kept, in_a_message_to_a_stranger)
{
	pid_t us = getpid();
	int socks[2];
	char byte;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	IN_CHILD {
		pid_t pid = fork();

		ASSERT_LE(0, pid);
		if (pid == 0) {
			close(self->fd);
			close(socks[0]);
			stranger(_metadata, &variant->kind, &self->st,
				 socks[1], us);
		}
		/* It must know us before it can see us go. */
		close(socks[1]);
		ASSERT_EQ(1, read(socks[0], &byte, 1));
	}
	close(socks[1]);
	/* From here on, the message in the socket is the only handle. */
	fd_send(_metadata, socks[0], self->fd);
	close(self->fd);
	ASSERT_EQ(1, read(socks[0], &byte, 1));
	EXPECT_EQ('d', byte);
}

/*
 * A handle counts as one namespace of its owner's, and no more once closed.
 * Some types are taken down by a kernel worker, hence the time to wait.
 */
TEST_F(kept, and_gone_when_closed)
{
	struct kind plain = variant->kind;
	long long end;
	char path[64];
	int fd;

	plain.mark = NULL;
	snprintf(path, sizeof(path), "/proc/sys/user/%s", plain.limit);
	IN_CHILD {
		enter_userns(_metadata);
		write_at(_metadata, AT_FDCWD, path, "1");
		fd = kind_leave(_metadata, &plain, NULL);
		EXPECT_EQ(-1, unshare(plain.flag));
		EXPECT_EQ(ENOSPC, errno);
		close(fd);
		end = now_ms(CLOCK_MONOTONIC) + POLL_MS;
		while (unshare(plain.flag)) {
			ASSERT_EQ(ENOSPC, errno);
			ASSERT_GT(end, now_ms(CLOCK_MONOTONIC));
			sched_yield();
		}
	}
}

/* ----- The ioctls give what procfs gives. */

FIXTURE(get) {
	struct container c;
};

FIXTURE_VARIANT(get) {
	int twin;	/* of twins[] */
};

FIXTURE_VARIANT_ADD(get, cgroup) {
	.twin = 0,
};

FIXTURE_VARIANT_ADD(get, ipc) {
	.twin = 1,
};

FIXTURE_VARIANT_ADD(get, mnt) {
	.twin = 2,
};

FIXTURE_VARIANT_ADD(get, net) {
	.twin = 3,
};

FIXTURE_VARIANT_ADD(get, pid) {
	.twin = 4,
};

FIXTURE_VARIANT_ADD(get, pid_for_children) {
	.twin = 5,
};

FIXTURE_VARIANT_ADD(get, time) {
	.twin = 6,
};

FIXTURE_VARIANT_ADD(get, time_for_children) {
	.twin = 7,
};

FIXTURE_VARIANT_ADD(get, user) {
	.twin = 8,
};

FIXTURE_VARIANT_ADD(get, uts) {
	.twin = 9,
};

FIXTURE_SETUP(get)
{
	SKIP_WITHOUT_CONTAINERS();
	if (!have_pidfd_ioctls())
		SKIP(return, NO_PIDFD_IOCTLS);
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(get)
{
	container_stop(_metadata, &self->c);
}

TEST_F(get, is_the_link)
{
	const struct twin *twin = &twins[variant->twin];
	char path[64];
	struct stat st, own;
	int fd;

	fd = container_ns(_metadata, &self->c, twin->link);
	ASSERT_EQ(0, fstat(fd, &st));
	close(fd);
	fd = pidfd_get(self->c.pidfd, twin->cmd);
	ASSERT_LE(0, fd);
	expect_same_file(_metadata, &st, fd);
	EXPECT_EQ(twin->flag, ioctl(fd, NS_GET_NSTYPE));
	snprintf(path, sizeof(path), "/proc/self/ns/%s", twin->link);
	ASSERT_EQ(0, stat(path, &own));
	EXPECT_EQ(own.st_dev, st.st_dev);
	EXPECT_NE(own.st_ino, st.st_ino);
}

TEST_F(get, is_the_link_of_ourselves)
{
	const struct twin *twin = &twins[variant->twin];
	int pidfd = sys_pidfd_open(getpid(), 0), fd;
	char path[64];
	struct stat st;

	ASSERT_LE(0, pidfd);
	snprintf(path, sizeof(path), "/proc/self/ns/%s", twin->link);
	ASSERT_EQ(0, stat(path, &st));
	fd = pidfd_get(pidfd, twin->cmd);
	ASSERT_LE(0, fd);
	expect_same_file(_metadata, &st, fd);
}

TEST_F(get, is_cloexec_and_read_only)
{
	int fd = pidfd_get(self->c.pidfd, twins[variant->twin].cmd);

	ASSERT_LE(0, fd);
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_EQ(O_RDONLY, fcntl(fd, F_GETFL) & O_ACCMODE);
}

TEST_F(get, can_be_joined)
{
	const struct twin *twin = &twins[variant->twin];
	int fd = pidfd_get(self->c.pidfd, twin->cmd);
	struct state before;

	ASSERT_LE(0, fd);
	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, try_setns(fd, twin->flag));
		/* Nobody has armed an undo list. */
		EXPECT_MOVED(&before, moved_by(twin->flag) & ~MOVED_UNDO);
	}
}

/* ----- Who is asked about, by whom: what the ioctls answer. */

enum victim {
	LIVE,
	GUARDED,	/* live and not dumpable */
	ZOMBIE,
	REAPED,
	HEADLESS,	/* its first thread has exited, another lives */
};

enum asker {
	ROOT,
	UID_1000,
	ROOT_NO_CAPS,
	ROOT_PTRACE,	/* CAP_SYS_PTRACE and nothing else */
	FSUID_1000,	/* root but for the fsuid, CAP_SYS_PTRACE lowered */
};

struct subject {
	pid_t pid;
	int pidfd;
	int proc;	/* /proc/PID */
	int pipefd[2];
};

static void *thread_pause(void *data)
{
	for (;;)
		pause();
	return data;
}

static void subject_run(struct __test_metadata *_metadata,
			struct subject *s, enum victim victim)
{
	pthread_t thread;

	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	if (victim == GUARDED)
		ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 0));
	if (victim == HEADLESS)
		ASSERT_EQ(0, pthread_create(&thread, NULL, thread_pause, NULL));
	ASSERT_EQ(1, write(s->pipefd[1], "r", 1));
	/* The thread alone, not all of the process. */
	if (victim == HEADLESS)
		syscall(__NR_exit, 0);
	while (victim == LIVE || victim == GUARDED)
		pause();
	_exit(0);
}

static char proc_state(struct __test_metadata *_metadata, int proc)
{
	int fd = openat(proc, "stat", O_RDONLY | O_CLOEXEC);
	char buf[512], *p;
	ssize_t len;

	ASSERT_LE(0, fd);
	len = read(fd, buf, sizeof(buf) - 1);
	ASSERT_LT(0, len);
	buf[len] = '\0';
	close(fd);
	/* "PID (COMMAND) STATE ...", where the command may hold anything. */
	p = strrchr(buf, ')');
	ASSERT_NE(NULL, p);
	return p[2];
}

static void wait_for_zombie(struct __test_metadata *_metadata, int proc)
{
	long long end = now_ms(CLOCK_MONOTONIC) + POLL_MS;

	while (proc_state(_metadata, proc) != 'Z') {
		ASSERT_GT(end, now_ms(CLOCK_MONOTONIC));
		sched_yield();
	}
}

static void subject_start(struct __test_metadata *_metadata,
			  struct subject *s, enum victim victim)
{
	char byte;

	ASSERT_EQ(0, pipe2(s->pipefd, O_CLOEXEC));
	s->pid = fork();
	ASSERT_LE(0, s->pid);
	if (s->pid == 0)
		subject_run(_metadata, s, victim);
	s->pidfd = sys_pidfd_open(s->pid, 0);
	ASSERT_LE(0, s->pidfd);
	s->proc = proc_of_pidfd(_metadata, s->pidfd);
	ASSERT_EQ(1, read(s->pipefd[0], &byte, 1));
	if (victim == ZOMBIE || victim == HEADLESS)
		wait_for_zombie(_metadata, s->proc);
	if (victim == REAPED) {
		ASSERT_EQ(s->pid, waitpid(s->pid, NULL, 0));
		s->pid = 0;
	}
}

static void subject_stop(struct __test_metadata *_metadata,
			 struct subject *s)
{
	if (!s->pid)
		return;
	kill(s->pid, SIGKILL);
	EXPECT_EQ(s->pid, waitpid(s->pid, NULL, 0));
}

/* Permitted it stays: setns(2) compares those sets, where it uses the uid. */
static void ptrace_cap_lower(struct __test_metadata *_metadata)
{
	cap_value_t cap = CAP_SYS_PTRACE;
	cap_t caps = cap_get_proc();

	ASSERT_NE(NULL, caps);
	ASSERT_EQ(0, cap_set_flag(caps, CAP_EFFECTIVE, 1, &cap, CAP_CLEAR));
	ASSERT_EQ(0, cap_set_proc(caps));
	cap_free(caps);
}

static void become_asker(struct __test_metadata *_metadata, enum asker asker)
{
	switch (asker) {
	case ROOT:
		break;
	case UID_1000:
		become(_metadata, 1000);
		break;
	case ROOT_NO_CAPS:
		cap_keep_only(_metadata, -1);
		break;
	case ROOT_PTRACE:
		cap_keep_only(_metadata, CAP_SYS_PTRACE);
		break;
	case FSUID_1000:
		setfsuid(1000);
		ASSERT_EQ(1000, setfsuid(-1));
		ptrace_cap_lower(_metadata);
		break;
	}
}

FIXTURE(ask) {
	struct subject s;
};

FIXTURE_VARIANT(ask) {
	enum victim victim;
	enum asker asker;
	unsigned long arg;
	int known, unknown;	/* errno of the ten, and of another number */
};

FIXTURE_VARIANT_ADD(ask, live_by_root) {
	.victim = LIVE, .asker = ROOT,
	.known = 0, .unknown = ENOTTY,
};

FIXTURE_VARIANT_ADD(ask, live_by_ptrace_capable) {
	.victim = LIVE, .asker = ROOT_PTRACE,
	.known = 0, .unknown = ENOTTY,
};

FIXTURE_VARIANT_ADD(ask, guarded_by_root) {
	.victim = GUARDED, .asker = ROOT,
	.known = 0, .unknown = ENOTTY,
};

FIXTURE_VARIANT_ADD(ask, guarded_by_ptrace_capable) {
	.victim = GUARDED, .asker = ROOT_PTRACE,
	.known = 0, .unknown = ENOTTY,
};

/* Access comes before the number. */
FIXTURE_VARIANT_ADD(ask, live_by_other_uid) {
	.victim = LIVE, .asker = UID_1000,
	.known = EACCES, .unknown = EACCES,
};

FIXTURE_VARIANT_ADD(ask, live_by_less_capable) {
	.victim = LIVE, .asker = ROOT_NO_CAPS,
	.known = EACCES, .unknown = EACCES,
};

FIXTURE_VARIANT_ADD(ask, guarded_by_less_capable) {
	.victim = GUARDED, .asker = ROOT_NO_CAPS,
	.known = EACCES, .unknown = EACCES,
};

/* The check is by the uid that files are opened with. */
FIXTURE_VARIANT_ADD(ask, live_by_other_fsuid) {
	.victim = LIVE, .asker = FSUID_1000,
	.known = EACCES, .unknown = EACCES,
};

/* A zombie has no namespaces to give, not even those of user and pid. */
FIXTURE_VARIANT_ADD(ask, zombie_by_root) {
	.victim = ZOMBIE, .asker = ROOT,
	.known = ESRCH, .unknown = ESRCH,
};

FIXTURE_VARIANT_ADD(ask, zombie_by_other_uid) {
	.victim = ZOMBIE, .asker = UID_1000,
	.known = EACCES, .unknown = EACCES,
};

FIXTURE_VARIANT_ADD(ask, headless_by_root) {
	.victim = HEADLESS, .asker = ROOT,
	.known = ESRCH, .unknown = ESRCH,
};

FIXTURE_VARIANT_ADD(ask, headless_by_other_uid) {
	.victim = HEADLESS, .asker = UID_1000,
	.known = EACCES, .unknown = EACCES,
};

FIXTURE_VARIANT_ADD(ask, reaped_by_root) {
	.victim = REAPED, .asker = ROOT,
	.known = ESRCH, .unknown = ESRCH,
};

FIXTURE_VARIANT_ADD(ask, reaped_by_other_uid) {
	.victim = REAPED, .asker = UID_1000,
	.known = ESRCH, .unknown = ESRCH,
};

/* The argument comes before everything. */
FIXTURE_VARIANT_ADD(ask, live_by_root_with_arg) {
	.victim = LIVE, .asker = ROOT, .arg = 1,
	.known = EINVAL, .unknown = EINVAL,
};

FIXTURE_VARIANT_ADD(ask, live_by_root_with_high_arg) {
	.victim = LIVE, .asker = ROOT, .arg = ~(~0UL >> 1),
	.known = EINVAL, .unknown = EINVAL,
};

FIXTURE_VARIANT_ADD(ask, live_by_other_uid_with_arg) {
	.victim = LIVE, .asker = UID_1000, .arg = 1,
	.known = EINVAL, .unknown = EINVAL,
};

FIXTURE_VARIANT_ADD(ask, zombie_by_root_with_arg) {
	.victim = ZOMBIE, .asker = ROOT, .arg = 1,
	.known = EINVAL, .unknown = EINVAL,
};

FIXTURE_VARIANT_ADD(ask, zombie_by_other_uid_with_arg) {
	.victim = ZOMBIE, .asker = UID_1000, .arg = 1,
	.known = EINVAL, .unknown = EINVAL,
};

FIXTURE_VARIANT_ADD(ask, headless_by_root_with_arg) {
	.victim = HEADLESS, .asker = ROOT, .arg = 1,
	.known = EINVAL, .unknown = EINVAL,
};

FIXTURE_VARIANT_ADD(ask, reaped_by_root_with_arg) {
	.victim = REAPED, .asker = ROOT, .arg = 1,
	.known = EINVAL, .unknown = EINVAL,
};

FIXTURE_VARIANT_ADD(ask, reaped_by_other_uid_with_arg) {
	.victim = REAPED, .asker = UID_1000, .arg = 1,
	.known = EINVAL, .unknown = EINVAL,
};

/*
 * Later bases look at the number before all else. The bases that this is about
 * are not asked what they do: they must do this.
 */
static bool newer_than_6_12(void)
{
	struct utsname name;
	int major, minor;

	if (uname(&name) || sscanf(name.release, "%d.%d", &major, &minor) != 2)
		return false;
	return major > 6 || (major == 6 && minor > 12);
}

FIXTURE_SETUP(ask)
{
	SKIP_WITHOUT_CONTAINERS();
	if (newer_than_6_12())
		SKIP(return, "the order of checks is that of Linux 6.12");
	if (!have_pidfd_ioctls())
		SKIP(return, NO_PIDFD_IOCTLS);
	subject_start(_metadata, &self->s, variant->victim);
}

FIXTURE_TEARDOWN(ask)
{
	subject_stop(_metadata, &self->s);
}

TEST_F(ask, all_ten_and_another)
{
	IN_CHILD {
		become_asker(_metadata, variant->asker);
		for (size_t i = 0; i < ARRAY_LEN(twins); i++) {
			EXPECT_EQ(variant->known,
				  try_get(self->s.pidfd, twins[i].cmd,
					  variant->arg)) {
				TH_LOG("of %s", twins[i].link);
			}
		}
		EXPECT_EQ(variant->unknown,
			  try_get(self->s.pidfd, PIDFD_GET_UNKNOWN,
				  variant->arg));
	}
}

/* ----- Other ways to ask. */

FIXTURE(asked) {
	struct subject s;
};

FIXTURE_SETUP(asked)
{
	SKIP_WITHOUT_CONTAINERS();
	if (!have_pidfd_ioctls())
		SKIP(return, NO_PIDFD_IOCTLS);
}

FIXTURE_TEARDOWN(asked)
{
	subject_stop(_metadata, &self->s);
}

/* setns(2) goes by the real uid, the ioctl by the one for files. */
TEST_F(asked, by_fsuid_unlike_setns)
{
	subject_start(_metadata, &self->s, LIVE);
	IN_CHILD {
		become_asker(_metadata, FSUID_1000);
		EXPECT_EQ(EACCES, try_get(self->s.pidfd, PIDFD_GET(10), 0));
		EXPECT_EQ(0, try_setns(self->s.pidfd, CLONE_NEWUTS));
	}
}

/* What the children will get is not what the process has. */
TEST_F(asked, for_children)
{
	struct stat own, children;
	int pidfd, fd;

	IN_CHILD {
		ASSERT_EQ(0, unshare(CLONE_NEWPID | CLONE_NEWTIME));
		pidfd = sys_pidfd_open(getpid(), 0);
		ASSERT_LE(0, pidfd);
		for (int nr = 5; nr <= 7; nr += 2) {
			fd = pidfd_get(pidfd, PIDFD_GET(nr));
			ASSERT_EQ(0, fstat(fd, &own));
			fd = pidfd_get(pidfd, PIDFD_GET(nr + 1));
			ASSERT_EQ(0, fstat(fd, &children));
			EXPECT_EQ(own.st_dev, children.st_dev);
			EXPECT_NE(own.st_ino, children.st_ino);
		}
	}
}

/* Where the process has no answer any more, its living thread has. */
TEST_F(asked, of_a_living_thread)
{
	char path[64];
	struct stat st;
	pid_t tid;
	int pidfd, fd;

	subject_start(_metadata, &self->s, HEADLESS);
	tid = last_thread(_metadata, self->s.proc);
	pidfd = sys_pidfd_open(tid, PIDFD_THREAD);
	if (pidfd < 0 && errno == EINVAL)
		SKIP(return, "kernel without PIDFD_THREAD");
	ASSERT_LE(0, pidfd);
	for (size_t i = 0; i < ARRAY_LEN(twins); i++) {
		EXPECT_EQ(ESRCH, try_get(self->s.pidfd, twins[i].cmd, 0));
		snprintf(path, sizeof(path), "task/%d/ns/%s", tid,
			 twins[i].link);
		ASSERT_EQ(0, fstatat(self->s.proc, path, &st, 0));
		fd = pidfd_get(pidfd, twins[i].cmd);
		ASSERT_LE(0, fd);
		expect_same_file(_metadata, &st, fd);
	}
}

/* A directory of procfs stands for a process, too, but is no pidfd. */
TEST_F(asked, of_no_pidfd)
{
	int fd = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	for (size_t i = 0; i < ARRAY_LEN(twins); i++)
		EXPECT_EQ(ENOTTY, try_get(fd, twins[i].cmd, 0));
}

/* ----- What procfs opens, of whom, and for whom. */

FIXTURE(link) {
	struct subject s;
};

FIXTURE_VARIANT(link) {
	const char *link;
	int zombie;	/* errno of opening it, of a zombie */
};

FIXTURE_VARIANT_ADD(link, cgroup) {
	.link = "ns/cgroup", .zombie = ENOENT,
};

FIXTURE_VARIANT_ADD(link, ipc) {
	.link = "ns/ipc", .zombie = ENOENT,
};

FIXTURE_VARIANT_ADD(link, mnt) {
	.link = "ns/mnt", .zombie = ENOENT,
};

FIXTURE_VARIANT_ADD(link, net) {
	.link = "ns/net", .zombie = ENOENT,
};

/* These two are not given up before the zombie itself is. */
FIXTURE_VARIANT_ADD(link, pid) {
	.link = "ns/pid", .zombie = 0,
};

FIXTURE_VARIANT_ADD(link, pid_for_children) {
	.link = "ns/pid_for_children", .zombie = ENOENT,
};

FIXTURE_VARIANT_ADD(link, time) {
	.link = "ns/time", .zombie = ENOENT,
};

FIXTURE_VARIANT_ADD(link, time_for_children) {
	.link = "ns/time_for_children", .zombie = ENOENT,
};

FIXTURE_VARIANT_ADD(link, user) {
	.link = "ns/user", .zombie = 0,
};

FIXTURE_VARIANT_ADD(link, uts) {
	.link = "ns/uts", .zombie = ENOENT,
};

FIXTURE_SETUP(link)
{
	SKIP_WITHOUT_CONTAINERS();
}

FIXTURE_TEARDOWN(link)
{
	subject_stop(_metadata, &self->s);
}

static void expect_open_as(struct __test_metadata *_metadata, int err,
			   enum asker asker, int proc, const char *link)
{
	IN_CHILD {
		become_asker(_metadata, asker);
		EXPECT_EQ(err, try_open_at(proc, link));
	}
}

TEST_F(link, of_a_live_process)
{
	subject_start(_metadata, &self->s, LIVE);
	expect_open_as(_metadata, 0, ROOT, self->s.proc, variant->link);
	expect_open_as(_metadata, 0, ROOT_PTRACE, self->s.proc, variant->link);
	expect_open_as(_metadata, EACCES, UID_1000, self->s.proc,
		       variant->link);
	expect_open_as(_metadata, EACCES, FSUID_1000, self->s.proc,
		       variant->link);
}

TEST_F(link, of_a_zombie)
{
	subject_start(_metadata, &self->s, ZOMBIE);
	expect_open_as(_metadata, variant->zombie, ROOT, self->s.proc,
		       variant->link);
	expect_open_as(_metadata, EACCES, UID_1000, self->s.proc,
		       variant->link);
}

/* The leader is a zombie, its thread is as alive as any. */
TEST_F(link, of_a_headless_process)
{
	char path[64];
	pid_t tid;

	subject_start(_metadata, &self->s, HEADLESS);
	expect_open_as(_metadata, variant->zombie, ROOT, self->s.proc,
		       variant->link);
	tid = last_thread(_metadata, self->s.proc);
	snprintf(path, sizeof(path), "task/%d/%s", tid, variant->link);
	expect_open_as(_metadata, 0, ROOT, self->s.proc, path);
	expect_open_as(_metadata, EACCES, UID_1000, self->s.proc, path);
}

/* Looked up anew it is not there; looked up before, it is refused. */
TEST_F(link, of_a_reaped_process)
{
	char name[64];
	int fd;

	subject_start(_metadata, &self->s, LIVE);
	fd = openat(self->s.proc, variant->link,
		    O_PATH | O_NOFOLLOW | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_LT(0, readlinkat(fd, "", name, sizeof(name)));
	ASSERT_EQ(0, kill(self->s.pid, SIGKILL));
	ASSERT_EQ(self->s.pid, waitpid(self->s.pid, NULL, 0));
	self->s.pid = 0;
	EXPECT_EQ(-1, readlinkat(fd, "", name, sizeof(name)));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(ESRCH, try_open_at(self->s.proc, variant->link));
}

/* ----- Where a mount namespace file may be mounted. */

FIXTURE(loop) {
	int older, own;
	struct container c;	/* with a newer one */
};

FIXTURE_SETUP(loop)
{
	SKIP_WITHOUT_CONTAINERS();
	self->older = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->older);
	enter_workshop(_metadata);
	self->own = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->own);
	self->c.flags = CLONE_NEWNS | CLONE_NEWUTS;
	container_start(_metadata, &self->c);
	close(open("/tmp/handle", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

FIXTURE_TEARDOWN(loop)
{
	container_stop(_metadata, &self->c);
}

/* Onto a file of our mount namespace: 0 or the errno. */
static int try_bind(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return mount(path, "/tmp/handle", NULL, MS_BIND, NULL) ? errno : 0;
}

TEST_F(loop, own_is_refused)
{
	EXPECT_EQ(EINVAL, try_bind(self->own));
}

TEST_F(loop, older_is_refused)
{
	EXPECT_EQ(EINVAL, try_bind(self->older));
}

TEST_F(loop, newer_can_be_mounted)
{
	int fd = container_ns(_metadata, &self->c, "mnt");
	struct stat st;

	ASSERT_EQ(0, fstat(fd, &st));
	EXPECT_EQ(0, try_bind(fd));
	close(fd);
	fd = open("/tmp/handle", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	expect_same_file(_metadata, &st, fd);
	container_stop(_metadata, &self->c);
	IN_CHILD {
		EXPECT_NE(0, access(CONTAINER_MARKER, F_OK));
		EXPECT_EQ(0, try_setns(fd, CLONE_NEWNS));
		EXPECT_EQ(0, access(CONTAINER_MARKER, F_OK));
	}
}

/* The same file, seen from the namespace that it stands for. */
TEST_F(loop, newer_is_refused_from_within)
{
	int fd = container_ns(_metadata, &self->c, "mnt");

	IN_CHILD {
		ASSERT_EQ(0, try_setns(fd, CLONE_NEWNS));
		close(open("/tmp/handle", O_CREAT | O_WRONLY | O_CLOEXEC,
			   0600));
		EXPECT_EQ(EINVAL, try_bind(fd));
		EXPECT_EQ(EINVAL, try_bind(self->own));
	}
}

/* A copy of our mounts would be newer than what it holds: left out. */
TEST_F(loop, not_copied_into_a_newer_one)
{
	struct statfs fs;

	ASSERT_EQ(0, try_bind(container_ns(_metadata, &self->c, "mnt")));
	ASSERT_EQ(0, statfs("/tmp/handle", &fs));
	EXPECT_EQ(NSFS_SUPER, fs.f_type);
	IN_CHILD {
		ASSERT_EQ(0, unshare(CLONE_NEWNS));
		ASSERT_EQ(0, statfs("/tmp/handle", &fs));
		EXPECT_NE(NSFS_SUPER, fs.f_type);
	}
}

/* Only mount namespaces can make a loop; others go anywhere, and along. */
TEST_F(loop, other_types_are_free)
{
	struct statfs fs;
	int fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, try_bind(fd));
	IN_CHILD {
		ASSERT_EQ(0, unshare(CLONE_NEWNS));
		ASSERT_EQ(0, statfs("/tmp/handle", &fs));
		EXPECT_EQ(NSFS_SUPER, fs.f_type);
	}
}

TEST_HARNESS_MAIN
