// SPDX-License-Identifier: GPL-2.0
/*
 * SETNS_ROOT of a target that exits, moves or pivots joins one root, or nothing.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/jail.h"
#include "../lib/picture.h"
#include "../lib/types.h"

/*
 * A target that has exited; and one that exits after the join: the caller keeps
 * its root and working directory.
 */
FIXTURE(gone)
{
	struct container c;
};

FIXTURE_VARIANT(gone)
{
	__u64 container;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gone, same_mnt) { .container = 0, };
FIXTURE_VARIANT_ADD(gone, own_mnt) { .container = CLONE_NEWNS, };
/* clang-format on */

FIXTURE_SETUP(gone)
{
	SKIP_WITHOUT_FLAGS();
	jail_make(_metadata);
	self->c.flags = variant->container;
	self->c.setup = jail_enter;
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(gone)
{
	container_stop(_metadata, &self->c);
}

TEST_F(gone, before)
{
	struct state before;
	siginfo_t info;

	state_read(_metadata, &before);
	ASSERT_EQ(0, kill(self->c.pid, SIGKILL));
	ASSERT_EQ(0, waitid(P_PID, self->c.pid, &info, WEXITED | WNOWAIT));
	EXPECT_EQ(ESRCH, SETNS(self->c.pidfd, NS_ROOT));
	EXPECT_EQ(ESRCH, SETNS(self->c.pidfd, NS_ROOT | SETNS_SKIP_JOINED));
	EXPECT_NOTHING_MOVED(&before);
}

TEST_F(gone, afterwards)
{
	struct state target, before;

	state_read_task(_metadata, self->c.proc, ".", &target);
	state_read(_metadata, &before);
	EXPECT_EQ(0, SETNS(self->c.pidfd, NS_ROOT));
	container_stop(_metadata, &self->c);
	expect_there(_metadata, &before, NS_ROOT, &target);
	EXPECT_EQ(0, mkdir("made-in-cell", 0755));
	EXPECT_EQ(0, access("/" CELL "/made-in-cell", F_OK));
	EXPECT_EQ(-1, access("/tmp", F_OK));
}

/* The references are the caller's: no more are left than it holds. */
TEST_F(gone, references)
{
	IN_CHILD {
		for (int i = 0; i < 100; i++)
			EXPECT_EQ(0, try_setns(self->c.pidfd, NS_ROOT));
	}
	container_stop(_metadata, &self->c);
	EXPECT_EQ(0, umount2("/tmp", 0)) {
		TH_LOG("umount: %s", strerror(errno));
	}
}

/*
 * A target that does nothing but go back and forth between two mount
 * namespaces, taking root and working directory with it. It is seen on the
 * way, with a root of the one in the other: EAGAIN, or all of the same.
 */
#define TRIES 1000

FIXTURE(moving)
{
	struct container c[2];
	struct state home[2];
	pid_t pid;
	int pidfd;
};

static void mover_run(const struct container *c, int ready)
{
	bool told = false;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		for (int i = 0; i < 2; i++)
			if (try_setns(c[i].pidfd, NS_ROOT))
				_exit(1);
		if (!told && write(ready, "r", 1) != 1)
			_exit(1);
		told = true;
	}
}

FIXTURE_SETUP(moving)
{
	int pipefd[2];
	char byte;

	SKIP_WITHOUT_FLAGS();
	jail_make(_metadata);
	for (int i = 0; i < 2; i++) {
		self->c[i].flags = CLONE_NEWNS;
		self->c[i].setup = jail_enter;
		container_start(_metadata, &self->c[i]);
		state_read_task(_metadata, self->c[i].proc, ".",
				&self->home[i]);
	}
	ASSERT_EQ(0, pipe2(pipefd, O_CLOEXEC));
	self->pid = fork();
	ASSERT_LE(0, self->pid);
	if (self->pid == 0)
		mover_run(self->c, pipefd[1]);
	close(pipefd[1]);
	ASSERT_EQ(1, read(pipefd[0], &byte, 1));
	self->pidfd = sys_pidfd_open(self->pid, 0);
	ASSERT_LE(0, self->pidfd);
}

FIXTURE_TEARDOWN(moving)
{
	if (self->pid > 0)
		stop_child(_metadata, self->pid);
	for (int i = 0; i < 2; i++)
		container_stop(_metadata, &self->c[i]);
}

/* Is the caller in @home with everything? */
static bool is_home(struct __test_metadata *_metadata, int proc,
		    const struct state *home)
{
	struct place mnt, root, cwd;

	place_read(_metadata, proc, "ns/mnt", &mnt);
	place_read(_metadata, proc, "root", &root);
	place_read(_metadata, proc, "cwd", &cwd);
	return ns_same(&mnt, &home->link[LINK_MNT]) &&
	       place_same(&root, &home->root) && place_same(&cwd, &home->cwd);
}

TEST_F(moving, never_mixed)
{
	struct state before;
	int err;

	IN_CHILD {
		state_read(_metadata, &before);
		for (int i = 0; i < TRIES; i++) {
			err = try_setns(self->pidfd, NS_ROOT);
			if (err) {
				ASSERT_EQ(EAGAIN, err);
				continue;
			}
			ASSERT_TRUE(is_home(_metadata, before.proc,
					    &self->home[0]) ||
				    is_home(_metadata, before.proc,
					    &self->home[1]));
		}
	}
}

/*
 * A target that does nothing but pivot_root(2), back and forth between two
 * mounts. Its working directory is on the first. Whoever joins it has a root
 * that the target has had. It is not a promise that this is the one of now:
 * pivot_root(2) can come between the last comparison and the commit.
 */
#define OTHER	"other"

FIXTURE(pivoting)
{
	struct container c;
};

/* Shared with the target: its two roots, and its working directory. */
static struct place *pivot_roots;

static void *pivoting_thread(void *data)
{
	(void)data;
	for (;;) {
		if (syscall(__NR_pivot_root, "/" OTHER, "/" OTHER "/" CELL))
			_exit(1);
		if (syscall(__NR_pivot_root, "/" CELL, "/" CELL "/" OTHER))
			_exit(1);
	}
	return NULL;
}

/* A jail that is a mount, and the other one in it. */
static void pivot_for_ever(struct __test_metadata *_metadata)
{
	pthread_t thread;

	jail_uncover(_metadata);
	ASSERT_EQ(0, mount("tmpfs", JAIL, "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(JAIL "/" CELL, 0755));
	ASSERT_EQ(0, mkdir(JAIL "/" OTHER, 0755));
	ASSERT_EQ(0, mount("tmpfs", JAIL "/" OTHER, "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(JAIL "/" OTHER "/" CELL, 0755));
	ASSERT_EQ(0, chroot(JAIL));
	ASSERT_EQ(0, chdir("/" CELL));
	place_read(_metadata, AT_FDCWD, "/", &pivot_roots[0]);
	place_read(_metadata, AT_FDCWD, "/" OTHER, &pivot_roots[1]);
	place_read(_metadata, AT_FDCWD, ".", &pivot_roots[2]);
	ASSERT_EQ(0, pthread_create(&thread, NULL, pivoting_thread, NULL));
}

FIXTURE_SETUP(pivoting)
{
	SKIP_WITHOUT_FLAGS();
	pivot_roots = mmap(NULL, 3 * sizeof(*pivot_roots),
			   PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			   -1, 0);
	ASSERT_NE(MAP_FAILED, pivot_roots);
	jail_make(_metadata);
	self->c.flags = CLONE_NEWNS;
	self->c.setup = pivot_for_ever;
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(pivoting)
{
	container_stop(_metadata, &self->c);
}

TEST_F_TIMEOUT(pivoting, one_of_its_roots, 60)
{
	struct place root, cwd;
	struct state before;
	int err, joined = 0;

	IN_CHILD {
		state_read(_metadata, &before);
		for (int i = 0; i < TRIES; i++) {
			err = try_setns(self->c.pidfd, NS_ROOT);
			ASSERT_TRUE(!err || err == EAGAIN);
			if (err)
				continue;
			place_read(_metadata, before.proc, "root", &root);
			place_read(_metadata, before.proc, "cwd", &cwd);
			ASSERT_TRUE(place_same(&root, &pivot_roots[0]) ||
				    place_same(&root, &pivot_roots[1]));
			ASSERT_TRUE(place_same(&cwd, &pivot_roots[2]));
			joined++;
		}
		EXPECT_LT(0, joined);
		TH_LOG("joined %d of %d times", joined, TRIES);
	}
}

/* A thread that has a root of its own; the process has another one. */
FIXTURE(thread)
{
	struct container c;
	struct state target;
	int pidfd;
};

static void *jailed_thread(void *data)
{
	const int *ready = data;

	if (unshare(CLONE_FS) || chroot(JAIL) || chdir("/" CELL) ||
	    write(*ready, "r", 1) != 1)
		_exit(1);
	for (;;)
		pause();
	return NULL;
}

static void thread_enter_jail(struct __test_metadata *_metadata)
{
	static int pipefd[2];
	pthread_t thread;
	char byte;

	ASSERT_EQ(0, pipe2(pipefd, O_CLOEXEC));
	ASSERT_EQ(0, pthread_create(&thread, NULL, jailed_thread, &pipefd[1]));
	ASSERT_EQ(1, read(pipefd[0], &byte, 1));
}

FIXTURE_SETUP(thread)
{
	char dir[64];
	pid_t tid;

	SKIP_WITHOUT_FLAGS();
	jail_make(_metadata);
	self->c.setup = thread_enter_jail;
	container_start(_metadata, &self->c);
	tid = container_thread_tid(_metadata, &self->c);
	self->pidfd = thread_pidfd(_metadata, tid);
	snprintf(dir, sizeof(dir), "task/%d", tid);
	state_read_task(_metadata, self->c.proc, dir, &self->target);
}

FIXTURE_TEARDOWN(thread)
{
	container_stop(_metadata, &self->c);
}

TEST_F(thread, own_root)
{
	int flags = NS_ROOT | SETNS_SKIP_JOINED;
	struct state before;

	IN_CHILD {
		state_read(_metadata, &before);
		EXPECT_EQ(0, SETNS(self->pidfd, flags));
		EXPECT_MOVED(&before, MOVED_ROOT | MOVED_CWD);
		expect_there(_metadata, &before, flags, &self->target);
	}
	IN_CHILD {
		state_read(_metadata, &before);
		EXPECT_EQ(0, SETNS(self->c.pidfd, flags));
		EXPECT_NOTHING_MOVED(&before);
	}
}

/* So may a thread take one, as long as it is its own. */
static void *joining_thread(void *data)
{
	const int *pidfd = data;

	if (unshare(CLONE_FS))
		return (void *)(intptr_t)-1;
	return (void *)(intptr_t)try_setns(*pidfd, NS_ROOT | SETNS_SKIP_JOINED);
}

TEST_F(thread, of_the_caller)
{
	struct state before;
	pthread_t thread;
	void *err;

	IN_CHILD {
		state_read(_metadata, &before);
		ASSERT_EQ(0, pthread_create(&thread, NULL, joining_thread,
					    &self->pidfd));
		ASSERT_EQ(0, pthread_join(thread, &err));
		EXPECT_EQ(0, (intptr_t)err);
		EXPECT_NOTHING_MOVED(&before);
	}
}

TEST_HARNESS_MAIN
