// SPDX-License-Identifier: GPL-2.0
/*
 * A set joins, whatever becomes of its process, what the process's pidfd joined
 * while the process lived.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/jail.h"
#include "../lib/nsset.h"
#include "../lib/nsset_join.h"
#include "../lib/picture.h"
#include "../lib/types.h"

#define PID_TIME (CLONE_NEWPID | CLONE_NEWTIME)

/*
 * The target has a root of its own, and its children are born in other
 * namespaces than it is in. The init of its pid namespace is another process,
 * so that the namespace can outlive the target.
 */
enum life {
	LIVE,
	HEADLESS,	/* the leader of the thread group has exited */
	ZOMBIE,
	REAPED,
	INIT_DEAD,	/* the init and, with it, the target; both reaped */
};

FIXTURE(dead)
{
	struct container init;
	struct container c;
};

FIXTURE_VARIANT(dead)
{
	enum life life;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(dead, live) { .life = LIVE, };
FIXTURE_VARIANT_ADD(dead, headless) { .life = HEADLESS, };
FIXTURE_VARIANT_ADD(dead, zombie) { .life = ZOMBIE, };
FIXTURE_VARIANT_ADD(dead, reaped) { .life = REAPED, };
FIXTURE_VARIANT_ADD(dead, init_dead) { .life = INIT_DEAD, };
/* clang-format on */

/* ----- The target, and how it ends. */

static void thread_exit(int sig)
{
	(void)sig;
	syscall(__NR_exit, 0);
}

/* SIGUSR1 ends the leader, and the other thread stays. */
static void target_setup(struct __test_metadata *_metadata)
{
	sigset_t usr1;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	ASSERT_EQ(0, sigprocmask(SIG_BLOCK, &usr1, NULL));
	start_thread(_metadata);
	ASSERT_NE(SIG_ERR, signal(SIGUSR1, thread_exit));
	ASSERT_EQ(0, sigprocmask(SIG_UNBLOCK, &usr1, NULL));
	children_elsewhere_jailed(_metadata);
}

/* A child of the caller, in the pid namespace of @init. */
static void target_start(struct __test_metadata *_metadata, struct container *c,
			 const struct container *init)
{
	int self = sys_pidfd_open(getpid(), 0);

	c->flags = BUT_NS(CLONE_NEWPID);
	c->setup = target_setup;
	ASSERT_EQ(0, try_setns(init->pidfd, CLONE_NEWPID));
	container_start(_metadata, c);
	ASSERT_EQ(0, try_setns(self, CLONE_NEWPID));
	close(self);
}

static void kill_and_wait(struct __test_metadata *_metadata,
			  struct container *c, bool reap)
{
	siginfo_t info;

	ASSERT_EQ(0, kill(c->pid, SIGKILL));
	ASSERT_EQ(0, waitid(P_PID, c->pid, &info,
			    WEXITED | (reap ? 0 : WNOWAIT)));
	if (reap)
		c->pid = 0;
}

static void target_end(struct __test_metadata *_metadata,
		       FIXTURE_DATA(dead) * self, enum life life)
{
	switch (life) {
	case LIVE:
		break;
	case HEADLESS:
		ASSERT_EQ(0, kill(self->c.pid, SIGUSR1));
		task_wait(_metadata, self->c.pid, self->c.pid, 'Z');
		break;
	case ZOMBIE:
		kill_and_wait(_metadata, &self->c, false);
		break;
	case REAPED:
		kill_and_wait(_metadata, &self->c, true);
		break;
	case INIT_DEAD:
		/* An init waits for all processes of its namespace. */
		ASSERT_EQ(0, kill(self->init.pid, SIGKILL));
		kill_and_wait(_metadata, &self->c, true);
		kill_and_wait(_metadata, &self->init, true);
		break;
	}
}

FIXTURE_SETUP(dead)
{
	SKIP_WITHOUT_NSSET();
	undo_start(_metadata);
	jail_make(_metadata);
	self->init.flags = CLONE_NEWPID;
	container_start(_metadata, &self->init);
	target_start(_metadata, &self->c, &self->init);
}

FIXTURE_TEARDOWN(dead)
{
	container_stop(_metadata, &self->c);
	container_stop(_metadata, &self->init);
	undo_stop(_metadata);
}

/* ----- The rows: each by pidfd, by a set of its own, and out of a set of all. */

#define MAX_ROWS NR_TYPES

struct rows {
	int nr;
	int made;		/* the flags that the sets are made with */
	int all;		/* a set of all types */
	int types[MAX_ROWS];
	int set[MAX_ROWS];	/* of just these types */
	struct state *there;	/* of the caller that has joined by pidfd */
};

static void rows_begin(struct __test_metadata *_metadata, struct rows *rows,
		       int pidfd, int made)
{
	rows->nr = 0;
	rows->made = made;
	rows->all = nsset_make(_metadata, pidfd, 0, made);
	rows->there = states_share(_metadata, MAX_ROWS);
}

/* While the target lives. */
static void row_add(struct __test_metadata *_metadata, struct rows *rows,
		    int pidfd, int types)
{
	struct state mine;
	int n = rows->nr++;

	ASSERT_GT(MAX_ROWS, n);
	rows->types[n] = types;
	rows->set[n] = nsset_make(_metadata, pidfd, types, rows->made);
	IN_CHILD {
		state_arm(_metadata, &mine);
		ASSERT_EQ(0, try_setns(pidfd, types | rows->made));
		state_refresh(_metadata, &mine);
		rows->there[n] = mine;
	}
}

static void expect_gone(struct __test_metadata *_metadata, int pidfd)
{
	struct state before;

	state_read(_metadata, &before);
	EXPECT_EQ(ESRCH, try_setns(pidfd, ALL_NS));
	EXPECT_EQ(ESRCH, try_setns(pidfd, ALL_NS | MADE_FLAGS));
	EXPECT_EQ(-1, nsset_get(pidfd, 0, 0));
	EXPECT_EQ(ESRCH, errno);
	EXPECT_NOTHING_MOVED(&before);
}

static void rows_check(struct __test_metadata *_metadata,
		       const struct rows *rows)
{
	struct state before;

	for (int i = 0; i < rows->nr; i++) {
		int flags = rows->types[i] | (rows->made & SETNS_ROOT);

		IN_CHILD {
			state_arm(_metadata, &before);
			EXPECT_EQ(0, try_setns(rows->set[i], 0)) {
				TH_LOG("a set of %#x", rows->types[i]);
			}
			EXPECT_SAME_STATE(&before, &rows->there[i]);
		}
		IN_CHILD {
			state_arm(_metadata, &before);
			EXPECT_EQ(0, SETNS(rows->all, flags)) {
				TH_LOG("flags %#x", flags);
			}
			EXPECT_SAME_STATE(&before, &rows->there[i]);
		}
	}
}

static void rows_end(struct __test_metadata *_metadata,
		     FIXTURE_DATA(dead) * self, enum life life,
		     const struct rows *rows)
{
	target_end(_metadata, self, life);
	if (life != LIVE)
		expect_gone(_metadata, self->c.pidfd);
	rows_check(_metadata, rows);
}

/* ----- The cases. */

TEST_F(dead, one_type)
{
	int pidfd = self->c.pidfd;
	struct rows rows;

	rows_begin(_metadata, &rows, pidfd, 0);
	for (int i = 0; i < NR_TYPES; i++)
		row_add(_metadata, &rows, pidfd, ns_types[i].flag);
	rows_end(_metadata, self, variant->life, &rows);
}

TEST_F(dead, all_but_one)
{
	int pidfd = self->c.pidfd;
	struct rows rows;

	rows_begin(_metadata, &rows, pidfd, 0);
	for (int i = 0; i < NR_TYPES; i++)
		row_add(_metadata, &rows, pidfd, BUT_NS(ns_types[i].flag));
	rows_end(_metadata, self, variant->life, &rows);
}

TEST_F(dead, all)
{
	struct rows rows;

	rows_begin(_metadata, &rows, self->c.pidfd, 0);
	row_add(_metadata, &rows, self->c.pidfd, ALL_NS);
	rows_end(_metadata, self, variant->life, &rows);
}

TEST_F(dead, for_children)
{
	int pidfd = self->c.pidfd;
	struct rows rows;

	rows_begin(_metadata, &rows, pidfd, SETNS_FOR_CHILDREN);
	row_add(_metadata, &rows, pidfd, CLONE_NEWPID);
	row_add(_metadata, &rows, pidfd, CLONE_NEWTIME);
	row_add(_metadata, &rows, pidfd, PID_TIME);
	row_add(_metadata, &rows, pidfd, BUT_NS(CLONE_NEWPID));
	row_add(_metadata, &rows, pidfd, ALL_NS);
	rows_end(_metadata, self, variant->life, &rows);
}

TEST_F(dead, root)
{
	int pidfd = self->c.pidfd;
	struct rows rows;

	rows_begin(_metadata, &rows, pidfd, SETNS_ROOT);
	row_add(_metadata, &rows, pidfd, CLONE_NEWNS);
	row_add(_metadata, &rows, pidfd, CLONE_NEWUSER | CLONE_NEWNS);
	row_add(_metadata, &rows, pidfd, ALL_NS);
	rows_end(_metadata, self, variant->life, &rows);
}

TEST_F(dead, for_children_and_root)
{
	int pidfd = self->c.pidfd;
	struct rows rows;

	rows_begin(_metadata, &rows, pidfd, MADE_FLAGS);
	row_add(_metadata, &rows, pidfd, CLONE_NEWNS | PID_TIME);
	row_add(_metadata, &rows, pidfd, ALL_NS);
	rows_end(_metadata, self, variant->life, &rows);
}

/* A child is born there, unless the namespace is dead: then a fork is ENOMEM. */
TEST_F(dead, fork)
{
	int set = nsset_make(_metadata, self->c.pidfd, CLONE_NEWPID, 0);
	struct place theirs, mine;
	pid_t pid;

	place_read(_metadata, self->c.proc, "ns/pid", &theirs);
	target_end(_metadata, self, variant->life);
	IN_CHILD {
		ASSERT_EQ(0, try_setns(set, 0));
		if (variant->life == INIT_DEAD) {
			pid = fork();
			ASSERT_NE(0, pid);
			EXPECT_EQ(-1, pid);
			EXPECT_EQ(ENOMEM, errno);
			continue;
		}
		IN_CHILD {
			EXPECT_LT(1, getpid());
			place_read(_metadata, AT_FDCWD, "/proc/self/ns/pid",
				   &mine);
			EXPECT_TRUE(ns_same(&theirs, &mine));
		}
	}
}

TEST_HARNESS_MAIN
