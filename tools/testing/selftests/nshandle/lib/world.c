// SPDX-License-Identifier: GPL-2.0
#include "world.h"
#include "box.h"
#include "calls.h"
#include "caps.h"
#include "wait.h"

void skip_without_world(struct __test_metadata *_metadata)
{
	skip_without_containers(_metadata);
	if (!have_pidfd_ioctls())
		skip_test(_metadata, NO_PIDFD_IOCTLS);
}

int ns_open_self(struct __test_metadata *_metadata)
{
	int fd = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	return fd;
}

int ns_for_children(int pidfd)
{
	return ioctl(pidfd, PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE, 0);
}

static void member_run(struct __test_metadata *_metadata, struct world *w,
		       enum ns me, member_fn *more)
{
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	w->ns[me] = ns_open_self(_metadata);
	if (more)
		more(_metadata, w);
	ASSERT_EQ(0, eventfd_write(w->ready[me], 1));
	for (;;)
		pause();
}

pid_t member_start(struct __test_metadata *_metadata, struct world *w,
		   enum ns me, uint64_t flags, member_fn *more)
{
	struct clone_args args = {
		.flags = flags | CLONE_FILES | CLONE_PIDFD,
		.pidfd = (uintptr_t)&w->pidfd[me],
		.exit_signal = SIGCHLD,
	};
	struct pollfd fds[2];
	pid_t pid;

	/* An eventfd for each, since a member may make another one. */
	w->ready[me] = eventfd(0, EFD_CLOEXEC);
	ASSERT_LE(0, w->ready[me]);
	pid = sys_clone3(&args);
	ASSERT_LE(0, pid) {
		TH_LOG("clone3 of member %d: %s", me, strerror(errno));
	}
	if (pid == 0)
		member_run(_metadata, w, me, more);
	fds[0] = (struct pollfd){ .fd = w->ready[me], .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = w->pidfd[me], .events = POLLIN };
	ASSERT_LT(0, poll(fds, 2, POLL_MS));
	ASSERT_EQ(POLLIN, fds[0].revents) {
		TH_LOG("member %d of the world died", me);
	}
	return pid;
}

void member_kill(struct __test_metadata *_metadata, pid_t pid)
{
	ASSERT_EQ(0, kill(pid, SIGKILL));
	expect_end(_metadata, pid, POLL_MS, "what was killed");
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
}

static void child_more(struct __test_metadata *_metadata, struct world *w)
{
	member_start(_metadata, w, GRANDCHILD, CLONE_NEWPID, NULL);
}

static void unborn_make(struct __test_metadata *_metadata, struct world *w,
			enum ns maker, enum ns unborn)
{
	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	w->ns[unborn] = ns_for_children(w->pidfd[maker]);
	if (w->ns[unborn] < 0)
		ASSERT_EQ(ENOTTY, errno);
}

void dead_more(struct __test_metadata *_metadata, struct world *w)
{
	member_start(_metadata, w, DEAD_CHILD, CLONE_NEWPID, NULL);
	unborn_make(_metadata, w, DEAD, ORPHAN);
}

void unborn_more(struct __test_metadata *_metadata, struct world *w)
{
	close(w->ns[UNBORN]);
	unborn_make(_metadata, w, UNBORN, UNBORN);
}

/* Into a user namespace of BOX_UID's making, as its root. */
static void box_owner_more(struct __test_metadata *_metadata, struct world *w)
{
	/* Some systems let only the privileged make user namespaces. */
	ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
	become(_metadata, BOX_UID);
	enter_userns(_metadata);
	member_start(_metadata, w, BOX, CLONE_NEWPID, NULL);
}

/* The init of SELF; returns in the caller, which it has forked. */
static void world_init(struct __test_metadata *_metadata, struct world *w)
{
	int status;
	pid_t pid;

	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	ASSERT_EQ(1, setsid());
	w->ns[SELF] = ns_open_self(_metadata);
	member_start(_metadata, w, CHILD, CLONE_NEWPID, child_more);
	member_kill(_metadata, member_start(_metadata, w, DEAD, CLONE_NEWPID,
					    dead_more));
	member_start(_metadata, w, UNBORN, 0, unborn_more);
	member_start(_metadata, w, BOX_OWNER, 0, box_owner_more);
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
		return;
	}
	/*
	 * No assertion here: the caller shares its metadata with us, so after a
	 * failed assertion there, one here would abort an init, and the kernel
	 * logs that.
	 */
	if (waitpid(pid, &status, 0) != pid)
		_exit(KSFT_FAIL);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : KSFT_FAIL);
}

void world_enter(struct __test_metadata *_metadata, struct world *w)
{
	struct clone_args args = {
		.flags = CLONE_NEWPID | CLONE_FILES | CLONE_PIDFD,
		.pidfd = (uintptr_t)&w->pidfd[SELF],
		.exit_signal = SIGCHLD,
	};
	pid_t sibling, pid;
	int status;

	w->ns[PARENT] = ns_open_self(_metadata);
	w->pidfd[PARENT] = sys_pidfd_open(getpid(), 0);
	ASSERT_LE(0, w->pidfd[PARENT]);
	sibling = member_start(_metadata, w, SIBLING, CLONE_NEWPID, NULL);
	pid = sys_clone3(&args);
	ASSERT_LE(0, pid);
	if (pid == 0) {
		world_init(_metadata, w);
		return;
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	member_kill(_metadata, sibling);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : KSFT_FAIL);
}

void become_box_root(struct __test_metadata *_metadata, const struct world *w)
{
	ASSERT_EQ(0, try_setns(w->pidfd[BOX_OWNER], CLONE_NEWUSER));
	ASSERT_EQ(0, setresgid(0, 0, 0));
	ASSERT_EQ(0, setresuid(0, 0, 0));
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
}

void become_caller(struct __test_metadata *_metadata, const struct world *w,
		   enum caller caller)
{
	switch (caller) {
	case NO_ADMIN:
		cap_drop(_metadata, CAP_SYS_ADMIN);
		break;
	case ONLY_ADMIN:
		cap_keep_only(_metadata, CAP_SYS_ADMIN);
		break;
	case OTHER_USERNS:
		enter_userns(_metadata);
		break;
	case BOX_ROOT:
		become_box_root(_metadata, w);
		break;
	case BOX_MAKER:
		become(_metadata, BOX_UID);
		break;
	default:
		break;
	}
}

int world_join(const struct world *w, enum ns to)
{
	return try_setns(w->ns[to], CLONE_NEWPID);
}

bool same_ns(struct __test_metadata *_metadata, int fd1, int fd2)
{
	struct stat st1, st2;

	ASSERT_EQ(0, fstat(fd1, &st1));
	ASSERT_EQ(0, fstat(fd2, &st2));
	return st1.st_dev == st2.st_dev && st1.st_ino == st2.st_ino;
}
