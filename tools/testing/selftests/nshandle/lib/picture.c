// SPDX-License-Identifier: GPL-2.0
#include "picture.h"
#include "caps.h"

/*
 * A task that has joined another IPC namespace cannot look at the semaphore
 * that it left behind: a watcher that stays behind does so for it.
 */
static struct {
	pid_t pid;
	int sem;
	int sock;
} undo_watch = { .pid = -1, .sem = -1, .sock = -1 };

static void undo_serve(int sock, int sem)
{
	char byte;
	int value;

	while (read(sock, &byte, 1) == 1) {
		value = semctl(sem, 0, GETVAL);
		if (write(sock, &value, sizeof(value)) != sizeof(value))
			break;
	}
	/* Not in the maker, which may be in another IPC namespace. */
	semctl(sem, 0, IPC_RMID);
	_exit(0);
}

void undo_start(struct __test_metadata *_metadata)
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

void undo_stop(struct __test_metadata *_metadata)
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

void undo_forget(void)
{
	undo_watch.sock = -1;
}

int undo_value(struct __test_metadata *_metadata)
{
	int value = -1;

	if (undo_watch.sock < 0)
		return 0;
	ASSERT_EQ(1, write(undo_watch.sock, "?", 1));
	ASSERT_EQ((ssize_t)sizeof(value),
		  read(undo_watch.sock, &value, sizeof(value)));
	return value;
}

void place_read(struct __test_metadata *_metadata, int dir, const char *path,
		struct place *p)
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

bool ns_same(const struct place *a, const struct place *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

bool place_same(const struct place *a, const struct place *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->mnt == b->mnt;
}

/* The four ids (real, effective, saved, file system) that follow @key. */
static void status_ids(struct __test_metadata *_metadata, const char *status,
		       const char *key, unsigned int *ids)
{
	const char *line = strstr(status, key);
	int n;

	ASSERT_NE(NULL, line);
	n = sscanf(line + strlen(key), "%u %u %u %u", &ids[0], &ids[1],
		   &ids[2], &ids[3]);
	ASSERT_EQ(4, n);
}

/* The ids and the five sets of capabilities. */
static void state_read_status(struct __test_metadata *_metadata,
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

void state_refresh(struct __test_metadata *_metadata, struct state *s)
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

void state_read(struct __test_metadata *_metadata, struct state *s)
{
	memset(s, 0, sizeof(*s));
	s->self = true;
	s->proc = open("/proc/thread-self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, s->proc);
	state_refresh(_metadata, s);
}

void state_read_task(struct __test_metadata *_metadata, int proc,
		     const char *dir, struct state *s)
{
	memset(s, 0, sizeof(*s));
	s->proc = openat(proc, dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, s->proc) {
		TH_LOG("open %s: %s", dir, strerror(errno));
	}
	state_refresh(_metadata, s);
}

void state_close(struct state *s)
{
	close(s->proc);
}

unsigned int state_moved(struct __test_metadata *_metadata,
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

void moved_log(struct __test_metadata *_metadata, unsigned int expected,
	       unsigned int moved)
{
	for (size_t i = 0; i < ARRAY_LEN(moved_names); i++)
		if ((expected ^ moved) & BIT(i))
			TH_LOG("%s %s", moved_names[i], moved & BIT(i) ?
			       "moved" : "did not move");
}

void state_arm(struct __test_metadata *_metadata, struct state *s)
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
