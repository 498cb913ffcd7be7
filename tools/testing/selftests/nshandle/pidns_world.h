/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A world of pid namespaces, one of each kind, with an ordinary process (not
 * pid 1) in the middle of it as the caller:
 *
 *	PARENT			the namespace of the harness
 *	|-- SIBLING
 *	`-- SELF		the caller, and the init that has made the rest
 *	    |-- CHILD
 *	    |   `-- GRANDCHILD
 *	    |-- DEAD		its init has been killed and reaped
 *	    |   |-- DEAD_CHILD	died with it
 *	    |   `-- ORPHAN	never had an init
 *	    |-- UNBORN		has no init yet
 *	    `-- BOX		of another user namespace, which uid 1000 has made
 *
 * In FIXTURE_SETUP:
 *
 *	SKIP_WITHOUT_WORLD();
 *	world_enter(_metadata, &self->w);
 *
 * Teardown must be FIXTURE_TEARDOWN_PARENT(), which runs outside of the world
 * and after its end; with it the processes of the world share self.
 */
#ifndef NSHANDLE_PIDNS_WORLD_H
#define NSHANDLE_PIDNS_WORLD_H

#include "common.h"

#include <sys/eventfd.h>

#ifndef PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE
#define PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE _IO(0xFF, 6)
#endif

/* Who has made the user namespace that BOX belongs to. */
#define BOX_UID 1000

/*
 * Each names a member, which is a process, and its pid namespace. The maker of
 * UNBORN and BOX_OWNER, who has made BOX, live in SELF.
 */
enum ns {
	SELF,
	CHILD,
	GRANDCHILD,
	SIBLING,
	PARENT,
	DEAD,
	DEAD_CHILD,
	UNBORN,
	ORPHAN,
	BOX_OWNER,
	BOX,
	NR_NS,
};

/*
 * Shared by all processes of a case, as is their table of descriptors: what
 * one of them opens, every one made before the caller can use.
 */
struct world {
	int ready[NR_NS];
	int ns[NR_NS];		/* pid namespace files */
	int pidfd[NR_NS];	/* none for ORPHAN */
};

/* Without the ioctls an unpatched kernel has no name for UNBORN and ORPHAN. */
static inline void skip_without_world(struct __test_metadata *_metadata)
{
	skip_without_containers(_metadata);
	if (!have_pidfd_ioctls())
		skip_test(_metadata, NO_PIDFD_IOCTLS);
}

#define SKIP_WITHOUT_WORLD() skip_without_world(_metadata)

static inline int ns_open_self(struct __test_metadata *_metadata)
{
	int fd = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	return fd;
}

/*
 * By the ioctl, which opens a namespace without an init on every kernel that
 * has it. The link in procfs does so with the series only.
 */
static inline int ns_for_children(int pidfd)
{
	return ioctl(pidfd, PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE, 0);
}

/* ----- Waiting, but not for ever: what does not come is told by name. */

static inline bool is_readable(int fd, int ms)
{
	struct pollfd fds = { .fd = fd, .events = POLLIN };

	return poll(&fds, 1, ms) == 1;
}

/* Is it over for @pidfd within @ms? */
static inline bool has_exited(int pidfd, int ms)
{
	return is_readable(pidfd, ms);
}

/* Returns when child @pid can be waited for; that it dies is up to others. */
static inline void expect_end(struct __test_metadata *_metadata, pid_t pid,
			      int ms, const char *what)
{
	int pidfd = sys_pidfd_open(pid, 0);

	ASSERT_LE(0, pidfd);
	ASSERT_TRUE(has_exited(pidfd, ms)) {
		TH_LOG("%s (process %d) has not ended after %d ms", what, pid,
		       ms);
	}
	close(pidfd);
}

/* ----- The members. */

typedef void member_fn(struct __test_metadata *_metadata, struct world *w);

static inline void member_run(struct __test_metadata *_metadata,
			      struct world *w, enum ns me, member_fn *more)
{
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	w->ns[me] = ns_open_self(_metadata);
	if (more)
		more(_metadata, w);
	ASSERT_EQ(0, eventfd_write(w->ready[me], 1));
	for (;;)
		pause();
}

/* A process that does @more, if anything, and then nothing but live. */
static inline pid_t member_start(struct __test_metadata *_metadata,
				 struct world *w, enum ns me, uint64_t flags,
				 member_fn *more)
{
	struct clone_args args = {
		.flags = flags | CLONE_FILES | CLONE_PIDFD,
		.pidfd = (uintptr_t)&w->pidfd[me],
		.exit_signal = SIGCHLD,
	};
	struct pollfd fds[2];
	pid_t pid;

	/* One each: who makes a member may be waited for, too. */
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

static inline void member_kill(struct __test_metadata *_metadata, pid_t pid)
{
	ASSERT_EQ(0, kill(pid, SIGKILL));
	expect_end(_metadata, pid, POLL_MS, "what was killed");
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
}

static inline void child_more(struct __test_metadata *_metadata,
			      struct world *w)
{
	member_start(_metadata, w, GRANDCHILD, CLONE_NEWPID, NULL);
}

static inline void unborn_make(struct __test_metadata *_metadata,
			       struct world *w, enum ns maker, enum ns unborn)
{
	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	w->ns[unborn] = ns_for_children(w->pidfd[maker]);
	if (w->ns[unborn] < 0)
		ASSERT_EQ(ENOTTY, errno);
}

static inline void dead_more(struct __test_metadata *_metadata,
			     struct world *w)
{
	member_start(_metadata, w, DEAD_CHILD, CLONE_NEWPID, NULL);
	unborn_make(_metadata, w, DEAD, ORPHAN);
}

static inline void unborn_more(struct __test_metadata *_metadata,
			       struct world *w)
{
	close(w->ns[UNBORN]);
	unborn_make(_metadata, w, UNBORN, UNBORN);
}

/* Into a user namespace of BOX_UID's making, as its root. */
static inline void box_owner_more(struct __test_metadata *_metadata,
				  struct world *w)
{
	/* Some systems let only the privileged make user namespaces. */
	ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
	become(_metadata, BOX_UID);
	enter_userns(_metadata);
	member_start(_metadata, w, BOX, CLONE_NEWPID, NULL);
}

/* The init of SELF; returns in the caller, which it has forked. */
static inline void world_init(struct __test_metadata *_metadata,
			      struct world *w)
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
	 * No assertion: one that has failed in the caller, whose metadata are
	 * ours, would abort us here. As an init, by a fault in the kernel's log.
	 */
	if (waitpid(pid, &status, 0) != pid)
		_exit(KSFT_FAIL);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : KSFT_FAIL);
}

/*
 * Makes the world and returns as its caller. The process that has called it
 * stays here until all of it is gone again.
 */
static inline void world_enter(struct __test_metadata *_metadata,
			       struct world *w)
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

/* ----- Who may. */

enum caller {
	ROOT,
	ONLY_ADMIN,	/* root with CAP_SYS_ADMIN and nothing else */
	NO_ADMIN,	/* root with everything else */
	BOX_ROOT,	/* root in BOX's user namespace; own mount namespace */
	BOX_MAKER,	/* uid 1000, who has made that one and stands outside */
	OTHER_USERNS,	/* root in a user namespace of its own */
	NR_CALLERS,
};

/* Into the user namespace of BOX; its pid namespace stays SELF. */
static inline void become_box_root(struct __test_metadata *_metadata,
				   const struct world *w)
{
	ASSERT_EQ(0, try_setns(w->pidfd[BOX_OWNER], CLONE_NEWUSER));
	ASSERT_EQ(0, setresgid(0, 0, 0));
	ASSERT_EQ(0, setresuid(0, 0, 0));
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
}

/* There is no way back: call it in a child. */
static inline void become_caller(struct __test_metadata *_metadata,
				 const struct world *w, enum caller caller)
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

/* Do both descriptors name the same namespace? */
static inline bool same_ns(struct __test_metadata *_metadata, int fd1, int fd2)
{
	struct stat st1, st2;

	ASSERT_EQ(0, fstat(fd1, &st1));
	ASSERT_EQ(0, fstat(fd2, &st2));
	return st1.st_dev == st2.st_dev && st1.st_ino == st2.st_ino;
}

#endif /* NSHANDLE_PIDNS_WORLD_H */
