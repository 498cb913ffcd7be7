// SPDX-License-Identifier: GPL-2.0
#include "world.h"
#include "message.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/nsfs.h>

struct slot slots[NR_TASKS];
int files[NR_FILES];
int places[NR_PLACES];
int sets[NR_SETS];

static int bad_fd[NR_BAD] = { -1, -1, -1, -1 };

/* How long anything may take; NSHANDLE_SLOW multiplies it for debug kernels. */
static int limit_ms(void)
{
	static int limit;

	if (!limit) {
		const char *slow = getenv("NSHANDLE_SLOW");
		int factor = slow ? atoi(slow) : 1;

		limit = 20000 * (factor > 0 ? factor : 1);
	}
	return limit;
}

/* Moves a descriptor to the numbers that only the observer uses. */
static int ours(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_OURS);

	if (high < 0)
		die("no descriptor: %m");
	close(fd);
	return high;
}

static void drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void world_prepare(void)
{
	int pair[2];

	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
		die("PR_SET_CHILD_SUBREAPER: %m");
	memset(files, -1, sizeof(files));
	memset(places, -1, sizeof(places));
	memset(sets, -1, sizeof(sets));
	for (int i = 0; i < NR_TASKS; i++) {
		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
			die("socketpair: %m");
		slots[i] = (struct slot){ .sock = ours(pair[0]),
			.pidfd = -1, .proc = -1, .ns = -1 };
		task_socks[i] = pair[1];
	}
	bad_fd[BAD_OPATH] = ours(open("/proc/self/ns/uts", O_PATH));
	bad_fd[BAD_DIR] = ours(open("/", O_RDONLY | O_DIRECTORY));
}

/* ----- Tasks. */

static void read_pids(struct slot *t)
{
	char name[64], buf[512], *line;
	ssize_t len;
	int fd;

	snprintf(name, sizeof(name), "/proc/self/fdinfo/%d", t->pidfd);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	len = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	buf[len > 0 ? len : 0] = '\0';
	line = strstr(buf, "\nNSpid:");
	if (!line)
		die("no NSpid in %s", name);
	line += strlen("\nNSpid:");
	for (t->levels = 0; *line == '\t' && t->levels <= MAX_DEPTH;)
		t->level_pid[t->levels++] = strtol(line, &line, 10);
	t->pid = t->level_pid[0];
}

void world_adopt(int slot, int pidfd, int parent)
{
	struct slot *t = &slots[slot];
	char name[32];

	drop(&t->pidfd);
	drop(&t->proc);
	drop(&t->ns);
	t->pidfd = ours(pidfd);
	read_pids(t);
	t->tgid = parent >= 0 ? slots[parent].tgid : t->pid;
	snprintf(name, sizeof(name), "/proc/%d", t->pid);
	t->proc = ours(open(name, O_PATH | O_DIRECTORY));
	t->ns = ours(openat(t->proc, "ns", O_PATH | O_DIRECTORY));
}

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static bool is_zombie(const struct slot *t)
{
	int fd = openat(t->proc, "stat", O_RDONLY | O_CLOEXEC);
	char buf[256], *end;
	ssize_t len = read(fd, buf, sizeof(buf) - 1);

	close(fd);
	buf[len > 0 ? len : 0] = '\0';
	end = strrchr(buf, ')');
	return end && !strncmp(end, ") Z", 3);
}

static bool is_gone(const struct slot *t)
{
	return syscall(__NR_tgkill, t->tgid, t->pid, 0) && errno == ESRCH;
}

/*
 * A leader becomes a zombie, which its pidfd does not show until all threads
 * have ended. Another thread is soon gone.
 */
void world_await_exit(int slot, bool leader)
{
	long long end = now_ms() + limit_ms();

	while (!(leader ? is_zombie : is_gone)(&slots[slot])) {
		if (now_ms() > end)
			die("T%d does not end", slot);
		sched_yield();
	}
}

void world_start(void)
{
	int pidfd;

	for (int i = 0; i < NR_FIRST; i++) {
		if (task_start(i, 0, &pidfd) < 0)
			die("clone: %m");
		world_adopt(i, pidfd, -1);
	}
}

static void drain(int sock)
{
	char buf[1024];

	/* A descriptor that comes with a message is dropped with it. */
	while (recv(sock, buf, sizeof(buf), MSG_DONTWAIT) >= 0)
		;
}

static void too_long(int sig)
{
	static const char text[] = "# the world does not end\n";

	if (write(STDOUT_FILENO, text, sizeof(text) - 1) > 0)
		_exit(2);
	_exit(2);
}

/* The observer is a subreaper: orphans become its children. */
void world_stop(void)
{
	signal(SIGALRM, too_long);
	alarm(limit_ms() / 1000);
	for (int i = 0; i < NR_TASKS; i++)
		if (slots[i].pidfd >= 0)
			syscall(__NR_pidfd_send_signal, slots[i].pidfd, SIGKILL,
				NULL, 0);
	while (waitpid(-1, NULL, __WALL) > 0)
		;
	alarm(0);
	for (int i = 0; i < NR_TASKS; i++) {
		drop(&slots[i].pidfd);
		drop(&slots[i].proc);
		drop(&slots[i].ns);
		drain(slots[i].sock);
		drain(task_socks[i]);
	}
	for (int i = 0; i < NR_FILES; i++)
		drop(&files[i]);
	for (int i = 0; i < NR_PLACES; i++)
		drop(&places[i]);
	for (int i = 0; i < NR_SETS; i++)
		drop(&sets[i]);
}

/* ----- Steps. */

/* The handle that a step is about. */
static int handle_of(const struct step *s)
{
	for (int i = 1; i < NR_ARGS && ops[s->op].args[i]; i++) {
		switch (ops[s->op].args[i]) {
		case 't':
			return slots[s->arg[i]].pidfd;
		case 'n':
			return files[s->arg[i]];
		case 'd':
			return places[s->arg[i]];
		case 'x':
			return sets[s->arg[i]];
		case 'b':
			return bad_fd[s->arg[i]];
		}
	}
	return -1;
}

static bool reap_own(const struct step *s, struct answer *a)
{
	siginfo_t info = {};

	a->err = waitid(P_PIDFD, handle_of(s), &info,
			WEXITED | WNOHANG | __WALL) ? -errno : 0;
	return true;
}

/* Where a step's descriptor is to be kept. */
static void keep(const struct step *s, int fd)
{
	int *where = NULL;

	if (s->op == OP_OPEN || s->op == OP_MEMBER)
		where = &files[s->arg[3]];
	if (s->op == OP_HOLD)
		where = &places[s->arg[1]];
	if (s->op == OP_SET)
		where = &sets[s->arg[3]];
	if (!where)
		return;
	drop(where);
	*where = fd;
}

static bool send_step(const struct step *s, int sock)
{
	if (!message_send(sock, s, sizeof(*s), handle_of(s)))
		return false;
	if (s->op == OP_CLOSE)
		drop(&sets[s->arg[1]]);
	return true;
}

bool world_step(const struct step *s, struct answer *a, int *fd)
{
	struct slot *t = &slots[s->arg[0]];
	struct pollfd p = { .events = POLLIN };

	*fd = -1;
	memset(a, 0, sizeof(*a));
	if (s->arg[0] == OBSERVER)
		return reap_own(s, a);
	p.fd = t->sock;
	if (!send_step(s, t->sock) ||
	    poll(&p, 1, limit_ms()) != 1 ||
	    !message_receive(t->sock, a, sizeof(*a), fd))
		return false;
	if (*fd >= 0) {
		*fd = ours(*fd);
		keep(s, *fd);
	}
	return true;
}

/* ----- Ids of new user namespaces. */

static bool write_map(pid_t pid, const char *name)
{
	static const char map[] = "0 0 4294967295";
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	n = write(fd, map, strlen(map));
	close(fd);
	return n == (ssize_t)strlen(map);
}

static bool write_maps(pid_t pid)
{
	return write_map(pid, "uid_map") && write_map(pid, "gid_map");
}

/* Only from the parent namespace can all ids be mapped. */
static bool write_maps_in(int user_ns, pid_t pid)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(setns(user_ns, CLONE_NEWUSER) || !write_maps(pid));
	return child > 0 && waitpid(child, &status, 0) == child && !status;
}

/* In the model, an id is the same everywhere. */
bool world_map_ids(int slot)
{
	int ns = openat(slots[slot].ns, "user", O_RDONLY | O_CLOEXEC);
	int parent = ioctl(ns, NS_GET_PARENT);
	struct stat st, own;
	bool done = false;

	if (parent >= 0 && !fstat(parent, &st) &&
	    !stat("/proc/self/ns/user", &own))
		done = st.st_ino == own.st_ino ? write_maps(slots[slot].pid) :
		       write_maps_in(parent, slots[slot].pid);
	close(parent);
	close(ns);
	return done;
}
