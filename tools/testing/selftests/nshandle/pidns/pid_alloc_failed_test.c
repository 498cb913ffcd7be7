// SPDX-License-Identifier: GPL-2.0
/*
 * A first fork that fails leaves its pid namespace as it was: the next one
 * makes the init.
 *
 * Guards "pid: let a first fork that fails leave its pid namespace as it was".
 * Without it, a task with a handle on the namespace can take that away from the
 * task that made it.
 */
#include "../lib/test.h"
#include "../lib/birth.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/facts.h"
#include "../lib/fork.h"
#include "../lib/mounts.h"
#include "../lib/pid_vec.h"
#include "../lib/wait.h"
#include "../lib/world.h"

/* The process that has made a pid namespace, which has no init yet. */
struct maker {
	int sock;	/* to it */
	int ns;		/* the namespace file */
};

#define CGROUPS	"/tmp/cgroups"
#define CGROUP	CGROUPS "/nshandle_test"

struct failure {
	reporter_fn *make;
	int err;
	bool cgroup;	/* in a cgroup that takes no more processes */
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

/* The maker's child: lives until it is killed. */
static void maker_child(int sock)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	report_write(report);
	if (write(sock, "b", 1) != 1)
		_exit(1);
	_exit(idle(NULL));
}

/* Returns the child, or 0 and reports the errno. */
static pid_t maker_run_fork(struct __test_metadata *_metadata, int sock)
{
	pid_t pid = fork();

	if (pid == 0)
		maker_child(sock);
	if (pid > 0)
		return pid;
	report->pid = -errno;
	byte_send(_metadata, sock, 'b');
	return 0;
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
		if (what == 'f') {
			pid = maker_run_fork(_metadata, sock);
			first = first ?: pid;
			continue;
		}
		ASSERT_LT(0, first);
		ASSERT_EQ(0, kill(first, SIGKILL));
		while (waitpid(-1, NULL, 0) > 0)
			;
		byte_send(_metadata, sock, 'd');
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

/* The child's own pid, or the negated errno. */
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
	private_mounts(_metadata);
	ASSERT_EQ(0, mkdir(CGROUPS, 0755));
	if (mount("cgroup2", CGROUPS, "cgroup2", 0, NULL) ||
	    !write_file(CGROUPS "/cgroup.subtree_control", "+pids"))
		skip_test(_metadata, "no pids controller (CONFIG_CGROUP_PIDS)");
	/* An interrupted run may have left it. */
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

/* A process that has not made @ns joins it, and fails to fork @many times. */
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

/*
 * Forks once in SELF, and returns how many pids were used there since *@pid was
 * the latest one. Sets *@pid to the new one.
 */
static pid_t self_pids(struct __test_metadata *_metadata, pid_t *pid)
{
	pid_t before = *pid;

	expect_born(_metadata, fork_reporter());
	*pid = report->pid;
	return *pid - before - 1;
}

/* In the namespaces above, each fork that fails uses up a pid, as ever. */
TEST_F(failed, ancestors_lose_a_pid_each)
{
	pid_t pid = 0;

	self_pids(_metadata, &pid);
	fail_forks(_metadata, &variant->how, self->m.ns, 10);
	/* One for the process that forks. */
	EXPECT_EQ(1 + 10, self_pids(_metadata, &pid));
	IN_CHILD {
		for (int i = 0; i < 10; i++)
			expect_no_birth(_metadata, bad_pidfd(), EFAULT);
	}
	EXPECT_EQ(1 + 10, self_pids(_metadata, &pid));
}

/* Whichever way to fork comes after the failed ones. */
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
	ASSERT_EQ(0, world_join(&self->w, UNBORN));
	expect_no_birth(_metadata, bad_pidfd(), EFAULT);
	expect_no_birth(_metadata, set_tid_2(), EINVAL);
	expect_no_birth(_metadata, bad_pidfd_set_tid_1(), EFAULT);
	expect_born(_metadata, variant->make());
	EXPECT_EQ(1, report->pid);
	expect_no_birth(_metadata, variant->make(), ENOMEM);
}

static void expect_no_last_pid(struct __test_metadata *_metadata, int ns)
{
	EXPECT_EQ(0, vec_get(_metadata, ns, 1).pid[0]);
}

/* The namespace above is dead: no pid there, so none here. */
TEST_F(next, last_pid_stays_0_below_a_dead_one)
{
	if (!have_pid_vec())
		skip_test(_metadata, NO_PID_VEC);
	ASSERT_EQ(0, world_join(&self->w, ORPHAN));
	for (int i = 0; i < 2; i++) {
		expect_no_birth(_metadata, variant->make(), ENOMEM);
		expect_no_last_pid(_metadata, self->w.ns[ORPHAN]);
	}
}

/*
 * Leaves room for no more process in SELF: past RESERVED_PIDS, pids below are
 * not given again. Returns the child that has the last one.
 */
static pid_t self_fill(struct __test_metadata *_metadata, const struct world *w)
{
	struct pid_vec vec = vec_of(1, RESERVED_PIDS - 1);
	pid_t pid;

	if (!write_file("/proc/sys/kernel/pid_max", "301"))
		skip_test(_metadata, "so many processors that pid_max can't be 301");
	ASSERT_EQ(0, try_set(w->ns[SELF], &vec));
	pid = fork();
	if (pid == 0)
		_exit(idle(NULL));
	ASSERT_EQ(RESERVED_PIDS, pid);
	return pid;
}

/* The namespace above is full: the same, until there is room. */
TEST_F(next, is_the_init_when_there_is_room)
{
	pid_t pid;

	if (!have_pid_vec())
		skip_test(_metadata, NO_PID_VEC);
	skip_unless_fact(_metadata, PID_MAX_OF_NAMESPACE);
	pid = self_fill(_metadata, &self->w);
	ASSERT_EQ(0, world_join(&self->w, UNBORN));
	for (int i = 0; i < 2; i++) {
		expect_no_birth(_metadata, variant->make(), EAGAIN);
		expect_no_last_pid(_metadata, self->w.ns[UNBORN]);
	}
	stop_child(_metadata, pid);
	expect_born(_metadata, variant->make());
	EXPECT_EQ(1, report->pid);
}

TEST_HARNESS_MAIN
