// SPDX-License-Identifier: GPL-2.0
/*
 * Forks that a handle on a pid namespace makes possible: into a namespace
 * below a dead one; two first ones at once into a namespace without an init;
 * and first ones that fail.
 *
 * Guards: "pid: refuse a fork below a dead pid namespace", "pid: let the first
 * process of a pid namespace be its init" and "pid: let a first fork that fails
 * leave its pid namespace as it was". Without the first two, the kernel goes on
 * with an init that was freed, or with none. So no case goes on after the first
 * fork that succeeded and should not have: that one is harmless. Without the
 * third, a task with a handle can take a pid namespace away from its maker.
 *
 * To stop a fork half way: clone3(2) with CLONE_PIDFD writes the pidfd of the
 * new child after it has allocated the pids and before the child is visible.
 * The test gives it memory of a FUSE file, and is the FUSE daemon.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/fork.h"
#include "../lib/fuse.h"
#include "../lib/pid_vec.h"
#include "../lib/wait.h"
#include "../lib/world.h"

#include <stdatomic.h>

/* ----- Attempts. */

static pid_t set_tid_1(void)
{
	static const pid_t tid = 1;

	return clone_reporter(&tid, 1);
}

static pid_t set_tid_2(void)
{
	static const pid_t tid = 2;

	return clone_reporter(&tid, 1);
}

/*
 * Fails after the pids are allocated: there is no memory at the address of the
 * pidfd.
 */
static pid_t bad_pidfd_with(const pid_t *tids, size_t nr)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = 1,
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)tids,
		.set_tid_size = nr,
	};
	pid_t pid = sys_clone3(&args);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? 0 : pid;
}

static pid_t bad_pidfd(void)
{
	return bad_pidfd_with(NULL, 0);
}

static pid_t bad_pidfd_set_tid_1(void)
{
	static const pid_t tid = 1;

	return bad_pidfd_with(&tid, 1);
}

/* @pid, what one of them has returned, was a process. */
static void expect_born(struct __test_metadata *_metadata, pid_t pid)
{
	ASSERT_LT(0, pid) {
		TH_LOG("fork: %s", strerror(errno));
	}
	child_end(_metadata, pid, POLL_MS, "a new process");
}

static void expect_birth(struct __test_metadata *_metadata, pid_t want)
{
	expect_born(_metadata, fork_reporter());
	EXPECT_EQ(want, report->pid);
}

/* ----- A child namespace, without an init, of a dead one. */

FIXTURE(below_dead) {
	struct world w;
};

FIXTURE_VARIANT(below_dead) {
	reporter_fn *make;
};

FIXTURE_VARIANT_ADD(below_dead, fork) {
	.make = fork_reporter,
};

FIXTURE_VARIANT_ADD(below_dead, vfork) {
	.make = vfork_reporter,
};

FIXTURE_VARIANT_ADD(below_dead, clone3) {
	.make = clone3_reporter,
};

FIXTURE_VARIANT_ADD(below_dead, set_tid_1) {
	.make = set_tid_1,
};

FIXTURE_SETUP(below_dead)
{
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(below_dead)
{
}

TEST_F(below_dead, two_children)
{
	struct world *w = &self->w;

	ASSERT_EQ(0, try_setns(w->ns[ORPHAN], CLONE_NEWPID));
	expect_no_birth(_metadata, variant->make(), ENOMEM);
	expect_no_birth(_metadata, variant->make(), ENOMEM);
	/* It is not the caller that is at fault. */
	ASSERT_EQ(0, try_setns(w->ns[CHILD], CLONE_NEWPID));
	expect_birth(_metadata, 3);
}

/* ----- A fork that is held up with its pids taken. */

struct held_fork {
	struct fuse_daemon fuse;
	pid_t forker;
	/*
	 * From the forker: 'r', the errno or 0, how the child has ended. From
	 * the child between these: what it has read in ns_last_pid.
	 */
	int result;
	/* To the child: a byte asks for ns_last_pid, the end is its end. */
	int end;
};

FIXTURE(held) {
	struct world w;
	struct held_fork f;
};

FIXTURE_SETUP(held)
{
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
	fuse_mount(_metadata, &self->f.fuse);
}

FIXTURE_TEARDOWN_PARENT(held)
{
}

static int read_last_pid(void)
{
	char text[16] = "";
	int fd = open("/proc/sys/kernel/ns_last_pid", O_RDONLY | O_CLOEXEC);
	ssize_t len = read(fd, text, sizeof(text) - 1);

	close(fd);
	return len > 0 ? atoi(text) : -1;
}

static void held_child(int result, int end)
{
	char byte;
	int last;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(end, &byte, 1) == 1) {
		last = read_last_pid();
		if (write(result, &last, sizeof(last)) != sizeof(last))
			_exit(1);
	}
	_exit(0);
}

static void forker_run(struct __test_metadata *_metadata, int ns, int result,
		       int end)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.exit_signal = SIGCHLD,
	};
	int err, status;
	pid_t pid;

	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	args.pidfd = (uintptr_t)fuse_map(_metadata);
	ASSERT_EQ(0, try_setns(ns, CLONE_NEWPID));
	ASSERT_EQ(1, write(result, "r", 1));
	pid = sys_clone3(&args);
	if (pid == 0)
		held_child(result, end);
	err = pid < 0 ? errno : 0;
	ASSERT_EQ((ssize_t)sizeof(err), write(result, &err, sizeof(err)));
	if (pid < 0)
		_exit(0);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ((ssize_t)sizeof(status),
		  write(result, &status, sizeof(status)));
	_exit(0);
}

/* Serves until @fuse has got the request that it is to hold. */
static void wait_held(struct __test_metadata *_metadata,
		      struct fuse_daemon *fuse, const char *what)
{
	while (!fuse->held.unique) {
		ASSERT_TRUE(is_readable(fuse->fd, POLL_MS)) {
			TH_LOG("no request within %d ms: %s", POLL_MS, what);
		}
		fuse_serve_one(_metadata, fuse);
	}
}

/* Returns when it is held up. */
static void hold_fork(struct __test_metadata *_metadata,
		      struct held_fork *f, int ns)
{
	int result[2], end[2];
	pid_t pid;

	ASSERT_EQ(0, pipe2(result, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(end, O_CLOEXEC));
	f->fuse.hold = FUSE_READ;
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		close(f->fuse.fd);
		close(end[1]);
		forker_run(_metadata, ns, result[1], end[0]);
	}
	close(result[1]);
	close(end[0]);
	f->forker = pid;
	f->result = result[0];
	f->end = end[1];
	fuse_serve(_metadata, &f->fuse, f->result);
	byte_wait(_metadata, f->result, 'r', "the forker is ready");
	wait_held(_metadata, &f->fuse, "the fork writes its pidfd");
}

/* The next number from the forker or its child; false if they are gone. */
static bool next_result(struct __test_metadata *_metadata,
			struct held_fork *f, int *number)
{
	ssize_t len;

	fuse_serve(_metadata, &f->fuse, f->result);
	len = read(f->result, number, sizeof(*number));
	if (!len)
		return false;
	ASSERT_EQ((ssize_t)sizeof(*number), len);
	return true;
}

/* Lets it go on; its errno or 0. */
static int finish_fork(struct __test_metadata *_metadata,
		       struct held_fork *f)
{
	int err = -1;

	fuse_let_go(_metadata, &f->fuse);
	ASSERT_TRUE(next_result(_metadata, f, &err)) {
		TH_LOG("the forker is gone without its result");
	}
	return err;
}

/* What the child, a process of the namespace, reads in ns_last_pid. */
static int held_last_pid(struct __test_metadata *_metadata,
			 struct held_fork *f)
{
	int last = -1;

	ASSERT_EQ(1, write(f->end, "?", 1));
	ASSERT_TRUE(next_result(_metadata, f, &last));
	return last;
}

/*
 * Lets the child end, if there is one; returns its wait status, or 0. When the
 * forker's and the child's memory is released, what was written to it comes to
 * our daemon; their ends of the pipe are closed after that.
 */
static int end_forker(struct __test_metadata *_metadata,
		      struct held_fork *f)
{
	int status = 0, more;

	close(f->end);
	if (next_result(_metadata, f, &status))
		ASSERT_FALSE(next_result(_metadata, f, &more));
	child_end(_metadata, f->forker, POLL_MS, "the forker");
	return status;
}

/* Nobody is born beside a first process that is not there yet. */
TEST_F(held, second_first_fork)
{
	hold_fork(_metadata, &self->f, self->w.ns[UNBORN]);
	ASSERT_EQ(0, try_setns(self->w.ns[UNBORN], CLONE_NEWPID));
	expect_no_birth(_metadata, fork_reporter(), EINVAL);
	expect_no_birth(_metadata, vfork_reporter(), EINVAL);
	expect_no_birth(_metadata, clone3_reporter(), EINVAL);
	expect_no_birth(_metadata, set_tid_1(), EEXIST);
	expect_no_birth(_metadata, set_tid_2(), EINVAL);
	EXPECT_EQ(0, finish_fork(_metadata, &self->f));
	/* The pids that were refused are free. */
	expect_no_birth(_metadata, set_tid_1(), EEXIST);
	expect_born(_metadata, set_tid_2());
	expect_born(_metadata, fork_reporter());
	end_forker(_metadata, &self->f);
	expect_no_birth(_metadata, fork_reporter(), ENOMEM);
}

/* A fork that is refused gives its pid back, and the next one gets it. */
TEST_F(held, refusals_burn_no_pid)
{
	int fd = self->w.ns[UNBORN];

	hold_fork(_metadata, &self->f, fd);
	ASSERT_EQ(0, try_setns(fd, CLONE_NEWPID));
	/* RESERVED_PIDS of them would take the cursor to where it wraps. */
	for (int i = 0; i < RESERVED_PIDS + 10; i++)
		expect_no_birth(_metadata, fork_reporter(), EINVAL);
	EXPECT_EQ(0, finish_fork(_metadata, &self->f));
	if (have_pid_vec())
		EXPECT_EQ(1, vec_get(_metadata, fd, 1).pid[0]);
	EXPECT_EQ(1, held_last_pid(_metadata, &self->f));
	expect_birth(_metadata, 2);
	EXPECT_EQ(2, held_last_pid(_metadata, &self->f));
	EXPECT_EQ(0, end_forker(_metadata, &self->f));
}

/* The namespace is as it was: the next fork may make its init. */
TEST_F(held, first_fork_fails)
{
	hold_fork(_metadata, &self->f, self->w.ns[UNBORN]);
	self->f.fuse.fail_reads = -EIO;
	EXPECT_EQ(EFAULT, finish_fork(_metadata, &self->f));
	end_forker(_metadata, &self->f);
	ASSERT_EQ(0, try_setns(self->w.ns[UNBORN], CLONE_NEWPID));
	expect_no_birth(_metadata, set_tid_2(), EINVAL);
	expect_birth(_metadata, 1);
	/* Which has ended. */
	expect_no_birth(_metadata, fork_reporter(), ENOMEM);
}

/* Also if another fork was refused while the first one had pid 1. */
TEST_F(held, second_first_fork_then_the_first_fails)
{
	hold_fork(_metadata, &self->f, self->w.ns[UNBORN]);
	ASSERT_EQ(0, try_setns(self->w.ns[UNBORN], CLONE_NEWPID));
	expect_no_birth(_metadata, fork_reporter(), EINVAL);
	expect_no_birth(_metadata, set_tid_1(), EEXIST);
	self->f.fuse.fail_reads = -EIO;
	EXPECT_EQ(EFAULT, finish_fork(_metadata, &self->f));
	end_forker(_metadata, &self->f);
	expect_birth(_metadata, 1);
}

/* A live namespace takes others meanwhile, and has them in order. */
TEST_F(held, second_fork_with_an_init)
{
	hold_fork(_metadata, &self->f, self->w.ns[CHILD]);
	ASSERT_EQ(0, try_setns(self->w.ns[CHILD], CLONE_NEWPID));
	expect_birth(_metadata, 4);
	EXPECT_EQ(0, finish_fork(_metadata, &self->f));
	expect_birth(_metadata, 5);
	end_forker(_metadata, &self->f);
}

/*
 * The parent of a namespace dies when the fork into that has its pids. The
 * parent's init has killed all it could see, and waits for the rest.
 */
TEST_F(held, parent_dies_meanwhile)
{
	struct world *w = &self->w;
	pid_t pid;
	int err;

	/* Anew, and alive; ORPHAN still may get an init. */
	pid = member_start(_metadata, w, DEAD, CLONE_NEWPID, dead_more);
	hold_fork(_metadata, &self->f, self->w.ns[ORPHAN]);
	ASSERT_EQ(0, sys_pidfd_send_signal(w->pidfd[DEAD], SIGKILL));
	ASSERT_TRUE(has_exited(w->pidfd[DEAD_CHILD], POLL_MS));
	EXPECT_FALSE(has_exited(w->pidfd[DEAD], 0));
	err = finish_fork(_metadata, &self->f);
	if (!err) {
		/* As expect_no_birth(): not by EXPECT. */
		TH_LOG("a process was born below a dying namespace");
		_exit(KSFT_FAIL);
	}
	EXPECT_EQ(ENOMEM, err);
	end_forker(_metadata, &self->f);
	expect_end(_metadata, pid, POLL_MS, "the init of DEAD");
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
}

/* ----- An init that can't be killed for a while. */

#define STUCK "/tmp/stuck"

/* The devices of both daemons. */
static int devices[2];

static void get_stuck(int sig)
{
	access(STUCK, R_OK);
}

/*
 * A request that a FUSE daemon has read can't be interrupted, not even by
 * SIGKILL. So that our end ends it, it must not hold the devices itself.
 */
static void stuck_more(struct __test_metadata *_metadata, struct world *w)
{
	ASSERT_EQ(0, unshare(CLONE_FILES));
	close(devices[0]);
	close(devices[1]);
	ASSERT_NE(SIG_ERR, signal(SIGUSR1, get_stuck));
}

static void parent_more(struct __test_metadata *_metadata, struct world *w)
{
	member_start(_metadata, w, DEAD_CHILD, CLONE_NEWPID, stuck_more);
}

/* DEAD anew, with DEAD_CHILD, whose init waits for @stuck; DEAD's init. */
static pid_t stuck_start(struct __test_metadata *_metadata, struct world *w,
			 struct fuse_daemon *fuse, struct fuse_daemon *stuck)
{
	pid_t pid;

	ASSERT_EQ(0, mkdir(STUCK, 0755));
	stuck->fd = fuse_open(_metadata);
	fuse_mount_at(_metadata, stuck->fd, STUCK);
	devices[0] = fuse->fd;
	devices[1] = stuck->fd;
	pid = member_start(_metadata, w, DEAD, CLONE_NEWPID, parent_more);
	stuck->hold = FUSE_ACCESS;
	ASSERT_EQ(0, sys_pidfd_send_signal(w->pidfd[DEAD_CHILD], SIGUSR1));
	wait_held(_metadata, stuck, "the init is stuck");
	return pid;
}

/* A child of ours in @ns, which whoever kills all of @ns kills. */
static pid_t witness_start(struct __test_metadata *_metadata, int ns)
{
	pid_t pid;

	ASSERT_EQ(0, try_setns(ns, CLONE_NEWPID));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0)
		_exit(idle(NULL));
	return pid;
}

/*
 * The parent namespace dies when the fork into a namespace with an init has its
 * pids, and that init is not dead yet. The new process comes too late to be
 * killed with the parent's others. It dies with its own init.
 */
TEST_F(held, parent_dies_before_the_init)
{
	struct fuse_daemon stuck = {};
	struct world *w = &self->w;
	pid_t dead, witness;

	dead = stuck_start(_metadata, w, &self->f.fuse, &stuck);
	hold_fork(_metadata, &self->f, w->ns[DEAD_CHILD]);
	witness = witness_start(_metadata, w->ns[DEAD]);
	ASSERT_EQ(0, sys_pidfd_send_signal(w->pidfd[DEAD], SIGKILL));
	expect_end(_metadata, witness, POLL_MS, "another process of DEAD");
	EXPECT_EQ(witness, waitpid(witness, NULL, 0));
	EXPECT_FALSE(has_exited(w->pidfd[DEAD_CHILD], 0));
	EXPECT_EQ(0, finish_fork(_metadata, &self->f));
	fuse_let_go(_metadata, &stuck);
	/* Nobody has told the new process to end, yet. */
	fuse_serve(_metadata, &self->f.fuse, w->pidfd[DEAD_CHILD]);
	EXPECT_EQ(SIGKILL, end_forker(_metadata, &self->f));
	expect_end(_metadata, dead, POLL_MS, "the init of DEAD");
	EXPECT_EQ(dead, waitpid(dead, NULL, 0));
}

/* The same with the namespace itself. */
TEST_F(held, namespace_dies_meanwhile)
{
	struct world *w = &self->w;

	hold_fork(_metadata, &self->f, self->w.ns[CHILD]);
	ASSERT_EQ(0, sys_pidfd_send_signal(w->pidfd[CHILD], SIGKILL));
	ASSERT_TRUE(has_exited(w->pidfd[GRANDCHILD], POLL_MS));
	EXPECT_FALSE(has_exited(w->pidfd[CHILD], 0));
	EXPECT_EQ(ENOMEM, finish_fork(_metadata, &self->f));
	end_forker(_metadata, &self->f);
	EXPECT_TRUE(has_exited(w->pidfd[CHILD], POLL_MS));
}

/* While the init is not there yet, there is no last pid to set. */
TEST_F(held, no_vector_before_the_init)
{
	struct pid_vec vec = vec_of(1, 40);

	if (!have_pid_vec())
		skip_test(_metadata, NO_PID_VEC);
	hold_fork(_metadata, &self->f, self->w.ns[UNBORN]);
	EXPECT_EQ(ESRCH, try_set(self->w.ns[UNBORN], &vec));
	vec = vec_get(_metadata, self->w.ns[UNBORN], 1);
	EXPECT_EQ(1, vec.pid[0]);
	EXPECT_EQ(0, finish_fork(_metadata, &self->f));
	vec.pid[0] = 40;
	EXPECT_EQ(0, try_set(self->w.ns[UNBORN], &vec));
	ASSERT_EQ(0, try_setns(self->w.ns[UNBORN], CLONE_NEWPID));
	expect_birth(_metadata, 41);
	end_forker(_metadata, &self->f);
	EXPECT_EQ(ESRCH, try_set(self->w.ns[UNBORN], &vec));
}

/* ----- First forks that fail, of a task that has the namespace by a handle. */

/* A pid namespace without an init, and the task that has made it. */
struct maker {
	int sock;
	int ns;
};

#define CGROUPS	"/tmp/cgroups"
#define CGROUP	CGROUPS "/nshandle_test"

struct failure {
	reporter_fn *make;
	int err;
	bool cgroup;	/* in one that takes no more processes */
};

FIXTURE(failed) {
	struct world w;
	struct maker m;
};

FIXTURE_VARIANT(failed) {
	struct failure how;
};

FIXTURE_VARIANT_ADD(failed, bad_pidfd) {
	.how = { .make = bad_pidfd, .err = EFAULT },
};

FIXTURE_VARIANT_ADD(failed, bad_pidfd_set_tid_1) {
	.how = { .make = bad_pidfd_set_tid_1, .err = EFAULT },
};

FIXTURE_VARIANT_ADD(failed, pids_max) {
	.how = { .make = fork_reporter, .err = EAGAIN, .cgroup = true },
};

/* The maker's child: stays until it is killed. */
static void maker_child(int sock)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	report_write(report);
	if (write(sock, "b", 1) != 1)
		_exit(1);
	_exit(idle(NULL));
}

/* 'f': fork; 'k': kill the first child, and reap all of them. */
static void maker_run(struct __test_metadata *_metadata, int sock)
{
	pid_t pid, first = 0;
	char what;

	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	byte_send(_metadata, sock, 'r');
	while (read(sock, &what, 1) == 1) {
		if (what == 'k') {
			ASSERT_LT(0, first);
			ASSERT_EQ(0, kill(first, SIGKILL));
			while (waitpid(-1, NULL, 0) > 0)
				;
			byte_send(_metadata, sock, 'd');
			continue;
		}
		pid = fork();
		if (pid == 0)
			maker_child(sock);
		if (pid > 0) {
			first = first ?: pid;
			continue;
		}
		report->pid = -errno;
		byte_send(_metadata, sock, 'b');
	}
	_exit(0);
}

static void maker_start(struct __test_metadata *_metadata, struct maker *m)
{
	int socks[2], pidfd;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		close(socks[0]);
		maker_run(_metadata, socks[1]);
	}
	close(socks[1]);
	m->sock = socks[0];
	byte_wait(_metadata, m->sock, 'r', "the maker is ready");
	pidfd = sys_pidfd_open(pid, 0);
	m->ns = ns_for_children(pidfd);
	ASSERT_LE(0, m->ns);
	close(pidfd);
}

/* The child's pid in there, or the negated errno. */
static pid_t maker_fork(struct __test_metadata *_metadata, struct maker *m)
{
	byte_send(_metadata, m->sock, 'f');
	byte_wait(_metadata, m->sock, 'b', "the maker has forked");
	return report->pid;
}

static void maker_kill(struct __test_metadata *_metadata, struct maker *m)
{
	byte_send(_metadata, m->sock, 'k');
	byte_wait(_metadata, m->sock, 'd', "the maker's children are dead");
}

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len = write(fd, text, strlen(text));

	close(fd);
	return len == (ssize_t)strlen(text);
}

/* A cgroup that has room for one process. */
static void cgroup_make(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(CGROUPS, 0755));
	if (mount("cgroup2", CGROUPS, "cgroup2", 0, NULL) ||
	    !write_file(CGROUPS "/cgroup.subtree_control", "+pids"))
		skip_test(_metadata, "no pids controller (CONFIG_CGROUP_PIDS)");
	/* It may be left from a run that was broken off. */
	if (mkdir(CGROUP, 0755))
		ASSERT_EQ(EEXIST, errno);
	ASSERT_TRUE(write_file(CGROUP "/pids.max", "1"));
}

FIXTURE_SETUP(failed)
{
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
	maker_start(_metadata, &self->m);
}

FIXTURE_TEARDOWN_PARENT(failed)
{
}

/* A stranger joins @ns, and fails to fork @many times. */
static void fail_forks(struct __test_metadata *_metadata,
		       const struct failure *how, int ns, int many)
{
	if (how->cgroup)
		cgroup_make(_metadata);
	IN_CHILD {
		if (how->cgroup)
			ASSERT_TRUE(write_file(CGROUP "/cgroup.procs", "0"));
		ASSERT_EQ(0, try_setns(ns, CLONE_NEWPID));
		for (int i = 0; i < many; i++)
			expect_no_birth(_metadata, how->make(), how->err);
	}
	if (how->cgroup)
		EXPECT_EQ(0, rmdir(CGROUP));
}

TEST_F(failed, then_the_maker_makes_the_init)
{
	fail_forks(_metadata, &variant->how, self->m.ns, 1);
	ASSERT_EQ(1, maker_fork(_metadata, &self->m));
	/* It is an init as any other. */
	EXPECT_EQ(2, maker_fork(_metadata, &self->m));
	maker_kill(_metadata, &self->m);
	EXPECT_EQ(-ENOMEM, maker_fork(_metadata, &self->m));
}

TEST_F(failed, a_hundred_times)
{
	fail_forks(_metadata, &variant->how, self->m.ns, 100);
	EXPECT_EQ(1, maker_fork(_metadata, &self->m));
	EXPECT_EQ(2, maker_fork(_metadata, &self->m));
}

TEST_F(failed, last_pid_stays_0)
{
	int ns = self->m.ns;

	if (!have_pid_vec())
		skip_test(_metadata, NO_PID_VEC);
	EXPECT_EQ(0, vec_get(_metadata, ns, 1).pid[0]);
	fail_forks(_metadata, &variant->how, ns, 3);
	EXPECT_EQ(0, vec_get(_metadata, ns, 1).pid[0]);
	EXPECT_EQ(1, maker_fork(_metadata, &self->m));
	EXPECT_EQ(1, vec_get(_metadata, ns, 1).pid[0]);
}

/* How many pids of SELF are used by what comes after it; from a first @pid. */
static pid_t self_pids(struct __test_metadata *_metadata, pid_t *pid)
{
	pid_t before = *pid;

	expect_born(_metadata, fork_reporter());
	*pid = report->pid;
	return *pid - before - 1;
}

/* A fork that fails uses up a pid of each ancestor, as it ever did. */
TEST_F(failed, ancestors_lose_a_pid_each)
{
	pid_t pid = 0;

	self_pids(_metadata, &pid);
	fail_forks(_metadata, &variant->how, self->m.ns, 10);
	/* The stranger has one of them. */
	EXPECT_EQ(1 + 10, self_pids(_metadata, &pid));
	IN_CHILD {
		for (int i = 0; i < 10; i++)
			expect_no_birth(_metadata, bad_pidfd(), EFAULT);
	}
	EXPECT_EQ(1 + 10, self_pids(_metadata, &pid));
}

/* ----- The fork after one that has failed, in every way to fork. */

FIXTURE(next) {
	struct world w;
};

FIXTURE_VARIANT(next) {
	reporter_fn *make;
};

FIXTURE_VARIANT_ADD(next, fork) {
	.make = fork_reporter,
};

FIXTURE_VARIANT_ADD(next, vfork) {
	.make = vfork_reporter,
};

FIXTURE_VARIANT_ADD(next, clone3) {
	.make = clone3_reporter,
};

FIXTURE_VARIANT_ADD(next, set_tid_1) {
	.make = set_tid_1,
};

FIXTURE_SETUP(next)
{
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(next)
{
}

TEST_F(next, is_the_init)
{
	ASSERT_EQ(0, try_setns(self->w.ns[UNBORN], CLONE_NEWPID));
	expect_no_birth(_metadata, bad_pidfd(), EFAULT);
	expect_no_birth(_metadata, set_tid_2(), EINVAL);
	expect_no_birth(_metadata, bad_pidfd_set_tid_1(), EFAULT);
	expect_born(_metadata, variant->make());
	EXPECT_EQ(1, report->pid);
	expect_no_birth(_metadata, variant->make(), ENOMEM);
}

/* ----- Two first forks at once, held up by nothing. */

#define ROUNDS 100

struct racer {
	pid_t pid;		/* of the child, in there; 0 if there is none */
	int err;		/* or why not */
	bool has_init;		/* it has seen one when it was born */
};

struct round {
	struct racer racers[2];
	atomic_int ready;	/* racers, to fork at once */
	int born, end;		/* eventfds */
};

FIXTURE(first_forks) {
	struct world w;
	struct round r;
};

FIXTURE_SETUP(first_forks)
{
	/* Left to chance, a kernel without the series could pass it. */
	SKIP_WITHOUT_PID_VEC();
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(first_forks)
{
}

/* Returns at the same moment in both; it must not sleep for that. */
static void meet(struct __test_metadata *_metadata, atomic_int *ready)
{
	/* Less than who waits for us both waits, to tell it first. */
	long long end = now_ms(CLOCK_MONOTONIC) + POLL_MS / 2;

	atomic_fetch_add(ready, 1);
	for (int i = 1; atomic_load(ready) < 2; i++) {
		if (i % 1000)
			continue;
		ASSERT_LT(now_ms(CLOCK_MONOTONIC), end) {
			TH_LOG("the other racer has not come");
		}
	}
}

/*
 * One that is born stays until both have been, so that the init stays. By
 * vfork(2), which has less to copy before it comes to the pids.
 */
static void racer_run(struct __test_metadata *_metadata, int ns,
		      struct round *r, struct racer *me)
{
	pid_t pid;

	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	ASSERT_EQ(0, try_setns(ns, CLONE_NEWPID));
	meet(_metadata, &r->ready);
	pid = vfork();
	if (pid == 0) {
		me->has_init = !kill(1, 0);
		me->pid = getpid();
		eventfd_write(r->born, 1);
		is_readable(r->end, 2 * POLL_MS);
		_exit(0);
	}
	if (pid < 0) {
		me->err = errno;
		ASSERT_EQ(0, eventfd_write(r->born, 1));
	} else {
		ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	}
	_exit(0);
}

static int new_event(struct __test_metadata *_metadata)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE);

	ASSERT_LE(0, fd);
	return fd;
}

static void round_start(struct __test_metadata *_metadata, struct round *r)
{
	r->born = new_event(_metadata);
	r->end = new_event(_metadata);
	memset(r->racers, 0, sizeof(r->racers));
	atomic_store(&r->ready, 0);
}

/* One round, from a new namespace without an init to its death. */
static void race_first_forks(struct __test_metadata *_metadata,
			     struct world *w, struct round *r)
{
	pid_t maker, pids[2];

	maker = member_start(_metadata, w, UNBORN, 0, unborn_more);
	round_start(_metadata, r);
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		ASSERT_LE(0, pids[i]);
		if (pids[i] == 0)
			racer_run(_metadata, w->ns[UNBORN], r, &r->racers[i]);
	}
	for (int i = 0; i < 2; i++)
		event_wait(_metadata, r->born, "both racers have forked");
	ASSERT_EQ(0, eventfd_write(r->end, 2));
	for (int i = 0; i < 2; i++)
		child_end(_metadata, pids[i], POLL_MS, "a racer");
	member_kill(_metadata, maker);
	close(r->born);
	close(r->end);
	close(w->ns[UNBORN]);
	close(w->pidfd[UNBORN]);
	close(w->ready[UNBORN]);
	/* unborn_more() closes it. */
	w->ns[UNBORN] = -1;
}

/* One is pid 1; the other came too early, or is pid 2 and sees the init. */
TEST_F_TIMEOUT(first_forks, one_init, 90)
{
	int early = 0, late = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct racer *first = &self->r.racers[0];
		struct racer *other = &self->r.racers[1];

		race_first_forks(_metadata, &self->w, &self->r);
		if (other->pid == 1) {
			first = other;
			other = &self->r.racers[0];
		}
		EXPECT_EQ(1, first->pid);
		EXPECT_TRUE(first->has_init);
		EXPECT_EQ(other->pid ? 2 : 0, other->pid);
		EXPECT_EQ(other->pid ? 0 : EINVAL, other->err);
		EXPECT_EQ(other->pid == 2, other->has_init);
		early += !other->pid;
		late += other->pid == 2;
	}
	TH_LOG("of %d, %d came too early, %d were second", ROUNDS, early, late);
}

TEST_HARNESS_MAIN
