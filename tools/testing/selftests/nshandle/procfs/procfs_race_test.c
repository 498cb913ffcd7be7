// SPDX-License-Identifier: GPL-2.0
/*
 * pidns=, procfs and joins of a pid namespace whose init dies at the same time
 * succeed, or fail as documented.
 *
 * Each round makes a pid namespace, whose init has one child. The init exits,
 * which takes a while, and the test makes its call at the same time. Bounded by
 * counts. Two processors are needed to see anything.
 *
 * For NS_SET_LAST_PID_VEC see pid_vec_life_race_test.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/mounts.h"
#include "../lib/procfs.h"
#include "../lib/race.h"
#include "../lib/wait.h"
#include "../lib/world.h"

#define ROUNDS 60

/* ----- A namespace that dies. */

struct dying {
	struct duel *duel;
	pid_t pid;		/* its init */
	int pidfd;
	int ns;
	int fc;			/* a context */
	int dir;		/* the root directory of an instance, or -1 */
};

/* The init: its exit kills its child, and waits for the child's end. */
static void dying_run(struct __test_metadata *_metadata, struct dying *d)
{
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	start_sharer(_metadata, 0);
	duel_go(d->duel, MOVER);
	_exit(0);
}

static void dying_start(struct __test_metadata *_metadata, struct dying *d)
{
	struct clone_args args = {
		.flags = CLONE_NEWPID | CLONE_PIDFD,
		.pidfd = (uintptr_t)&d->pidfd,
		.exit_signal = SIGCHLD,
	};
	char path[32];

	d->pid = sys_clone3(&args);
	ASSERT_LE(0, d->pid);
	if (d->pid == 0)
		dying_run(_metadata, d);
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", d->pid);
	d->ns = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, d->ns);
	d->fc = procfs_context(_metadata);
	d->dir = -1;
}

/* With SIGCHLD ignored the kernel reaps the init: ECHILD. */
static void dying_wait(struct __test_metadata *_metadata, struct dying *d)
{
	ASSERT_TRUE(has_exited(d->pidfd, POLL_MS));
	if (waitpid(d->pid, NULL, 0) != d->pid)
		ASSERT_EQ(ECHILD, errno);
}

static void dying_close(struct dying *d)
{
	close(d->pidfd);
	close(d->ns);
	close(d->fc);
	close(d->dir);
}

/*
 * With @set the instance shows the dead namespace, and no process. Else the
 * context was refused that value, and the instance shows @own.
 */
static void expect_instance_of(struct __test_metadata *_metadata,
			       const struct dying *d, bool set, int own)
{
	int seen = procfs_get_pidns(d->dir);

	ASSERT_LE(0, seen);
	EXPECT_TRUE(same_ns(_metadata, seen, set ? d->ns : own));
	EXPECT_EQ(!set, procfs_has(_metadata, d->dir, 1));
	EXPECT_EQ(set ? 0 : getpid(), procfs_self(_metadata, d->dir));
	if (set)
		EXPECT_EQ(0, procfs_count(_metadata, d->dir));
	EXPECT_EQ(0, faccessat(d->dir, "filesystems", F_OK, 0));
	close(seen);
}

/* ----- The calls: each returns 0, or an errno that its row allows. */

typedef int call_fn(struct __test_metadata *_metadata, struct dying *d);

static int call_set(struct __test_metadata *_metadata, struct dying *d)
{
	return try_pidns(d->fc, d->ns);
}

static int call_set_path(struct __test_metadata *_metadata, struct dying *d)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", d->pid);
	return try_fsconfig(d->fc, FSCONFIG_SET_STRING, "pidns", path, 0);
}

static int call_create(struct __test_metadata *_metadata, struct dying *d)
{
	return try_create(d->fc);
}

static int call_mount(struct __test_metadata *_metadata, struct dying *d)
{
	d->dir = procfs_mount(_metadata, d->fc);
	return 0;
}

static int call_ask(struct __test_metadata *_metadata, struct dying *d)
{
	int ns = procfs_get_pidns(d->dir);

	if (ns < 0)
		return errno;
	EXPECT_TRUE(same_ns(_metadata, ns, d->ns));
	close(ns);
	return 0;
}

/* Process 1 has a status, or none of it is there (any more). */
static bool see_init(struct __test_metadata *_metadata, int dir)
{
	int fd = openat(dir, "1/status", O_RDONLY | O_CLOEXEC), err;
	char buf[256];
	ssize_t len;

	if (fd < 0) {
		/* ESRCH: gone between the lookups of "1" and of "status". */
		EXPECT_TRUE(errno == ENOENT || errno == ESRCH);
		return false;
	}
	len = read(fd, buf, sizeof(buf));
	err = errno;
	close(fd);
	if (len > 0)
		return true;
	EXPECT_EQ(-1, len);
	EXPECT_EQ(ESRCH, err);
	return false;
}

/* A process that is gone stays gone, and there are two at most. */
static int call_read(struct __test_metadata *_metadata, struct dying *d)
{
	bool init = true;
	int last = 2;

	for (int i = 0; i < 16; i++) {
		bool now = see_init(_metadata, d->dir);
		int count = procfs_count(_metadata, d->dir);

		EXPECT_TRUE(init || !now);
		EXPECT_GE(last, count);
		EXPECT_EQ(0, procfs_self(_metadata, d->dir));
		init = now;
		last = count;
	}
	return 0;
}

/* A child of ours in the namespace may be killed at once, by SIGKILL only. */
static int fork_there(struct __test_metadata *_metadata)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return errno;
	if (pid == 0)
		_exit(0);
	expect_end(_metadata, pid, POLL_MS, "a child in there");
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(status == 0 ||
		    (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
	return 0;
}

/* Joins, forks, and goes back: later children are born in our own namespace. */
static int join_fork(struct __test_metadata *_metadata, int fd)
{
	int own = ns_open_self(_metadata);
	int err = try_setns(fd, CLONE_NEWPID);

	if (!err) {
		err = fork_there(_metadata);
		EXPECT_NE(ESRCH, err);
	}
	ASSERT_EQ(0, try_setns(own, CLONE_NEWPID));
	close(own);
	return err;
}

static int call_join_file(struct __test_metadata *_metadata, struct dying *d)
{
	return join_fork(_metadata, d->ns);
}

static int call_join_process(struct __test_metadata *_metadata,
			     struct dying *d)
{
	return join_fork(_metadata, d->pidfd);
}

/* The steps that the call needs before it. */
static void steps_before(struct __test_metadata *_metadata, struct dying *d,
			 call_fn *call)
{
	if (call == call_set || call == call_set_path)
		return;
	ASSERT_EQ(0, try_pidns(d->fc, d->ns));
	if (call == call_create)
		return;
	ASSERT_EQ(0, try_create(d->fc));
	if (call != call_mount)
		d->dir = procfs_mount(_metadata, d->fc);
}

/* The remaining steps to an instance: they work whatever the call returned. */
static void steps_after(struct __test_metadata *_metadata, struct dying *d,
			call_fn *call)
{
	if (call == call_set || call == call_set_path)
		ASSERT_EQ(0, try_create(d->fc));
	if (d->dir < 0)
		d->dir = procfs_mount(_metadata, d->fc);
}

FIXTURE(dying) {
	struct dying d;
	int own;
	int before, after, refused[3];
};

FIXTURE_VARIANT(dying) {
	call_fn *call;
	int err[3];	/* the errnos that the call may return */
};

FIXTURE_VARIANT_ADD(dying, set) {
	.call = call_set,
};

/*
 * ENOENT: there is no such process, or it has no namespace any more. ESRCH and
 * EACCES: it ended between two steps of the lookup.
 */
FIXTURE_VARIANT_ADD(dying, set_path) {
	.call = call_set_path, .err = { ENOENT, ESRCH, EACCES },
};

FIXTURE_VARIANT_ADD(dying, create) {
	.call = call_create,
};

FIXTURE_VARIANT_ADD(dying, mount) {
	.call = call_mount,
};

FIXTURE_VARIANT_ADD(dying, ask) {
	.call = call_ask,
};

FIXTURE_VARIANT_ADD(dying, read) {
	.call = call_read,
};

/* A dead namespace can be joined, but no process can be born in it. */
FIXTURE_VARIANT_ADD(dying, join_file) {
	.call = call_join_file, .err = { ENOMEM },
};

/* ESRCH: the init has exited too far to be joined. */
FIXTURE_VARIANT_ADD(dying, join_process) {
	.call = call_join_process, .err = { ESRCH, ENOMEM },
};

FIXTURE_SETUP(dying)
{
	SKIP_WITHOUT_CONTAINERS();
	SKIP_WITHOUT_PIDNS();
	race_seed(_metadata);
	private_mounts(_metadata);
	self->own = ns_open_self(_metadata);
	self->d.duel = race_share(_metadata, sizeof(*self->d.duel));
	duel_init(self->d.duel, 2);
	/* Without this the path would be there until we reap the init. */
	if (variant->call == call_set_path)
		signal(SIGCHLD, SIG_IGN);
}

FIXTURE_TEARDOWN(dying)
{
}

/* Returns the index of @err in @may. */
static int refusal(struct __test_metadata *_metadata, const int may[3], int err)
{
	for (int i = 0; i < 3; i++)
		if (may[i] == err)
			return i;
	ASSERT_EQ(0, err) {
		TH_LOG("%s", strerror(err));
	}
	return 0;
}

/* Returns what the call returns; @late is whether the init was first. */
static int dying_duel(struct __test_metadata *_metadata, struct dying *d,
		      call_fn *call, bool may_fail, bool *late)
{
	int err;

	duel_draw(d->duel);
	duel_go(d->duel, RUNNER);
	err = call(_metadata, d);
	*late = may_fail ? err != 0 : has_exited(d->pidfd, 0);
	duel_settle(d->duel, *late);
	return err;
}

TEST_F_TIMEOUT(dying, meanwhile, 60)
{
	bool late, may_fail = variant->err[0];
	struct dying *d = &self->d;
	int err;

	for (int n = 0; n < ROUNDS && __test_passed(_metadata); n++) {
		dying_start(_metadata, d);
		steps_before(_metadata, d, variant->call);
		err = dying_duel(_metadata, d, variant->call, may_fail, &late);
		self->before += !late;
		self->after += late;
		if (err)
			self->refused[refusal(_metadata, variant->err, err)]++;
		dying_wait(_metadata, d);
		steps_after(_metadata, d, variant->call);
		expect_instance_of(_metadata, d,
				   !err || variant->call != call_set_path,
				   self->own);
		dying_close(d);
	}
	TH_LOG("before %d, after %d: errors %d, %d, %d", self->before,
	       self->after, self->refused[0], self->refused[1],
	       self->refused[2]);
	EXPECT_LT(0, self->before);
	EXPECT_LT(0, self->after);
}

TEST_HARNESS_MAIN
