// SPDX-License-Identifier: GPL-2.0
/*
 * SETNS_ROOT waits for the FUSE server of the target's root for as long as the
 * server lives.
 *
 * SIGKILL ends the wait only before the server has read the request. A server
 * that dies ends it with ENOTCONN or ECONNABORTED. Nobody else waits.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/fuse.h"
#include "../lib/fuse_target.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/wait.h"

/* ----- A server that dies. */

enum death {
	DIES_BEFORE,	/* before the call */
	DIES_UNREAD,	/* while the caller waits, its request not read */
	DIES_READ,	/* while the caller waits, its request read */
};

FIXTURE(dead)
{
	struct fuse_scene s;
};

FIXTURE_VARIANT(dead)
{
	enum place_of_fuse where;
	enum death when;
	int err;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(dead, cwd_before) {
	.where = FUSE_CWD, .when = DIES_BEFORE, .err = ENOTCONN,
};

FIXTURE_VARIANT_ADD(dead, cwd_unread) {
	.where = FUSE_CWD, .when = DIES_UNREAD, .err = ECONNABORTED,
};

FIXTURE_VARIANT_ADD(dead, cwd_read) {
	.where = FUSE_CWD, .when = DIES_READ, .err = ECONNABORTED,
};

FIXTURE_VARIANT_ADD(dead, root_before) {
	.where = FUSE_ROOT, .when = DIES_BEFORE, .err = ENOTCONN,
};

FIXTURE_VARIANT_ADD(dead, root_unread) {
	.where = FUSE_ROOT, .when = DIES_UNREAD, .err = ECONNABORTED,
};

FIXTURE_VARIANT_ADD(dead, root_read) {
	.where = FUSE_ROOT, .when = DIES_READ, .err = ECONNABORTED,
};

/* clang-format on */

FIXTURE_SETUP(dead)
{
	fuse_scene_start(_metadata, &self->s, CLONE_NEWNS, variant->where, NULL);
}

FIXTURE_TEARDOWN(dead)
{
	fuse_scene_end(_metadata, &self->s);
}

static void server_die(struct fuse_scene *s)
{
	close(s->daemon.fd);
	s->daemon.fd = -1;
}

static void dead_call(struct __test_metadata *_metadata, struct fuse_scene *s,
		      const FIXTURE_VARIANT(dead) * row, int flags)
{
	pid_t pid;

	if (row->when == DIES_BEFORE)
		server_die(s);
	pid = fuse_caller_start(_metadata, s, flags, row->err);
	if (row->when == DIES_UNREAD)
		ASSERT_TRUE(is_readable(s->daemon.fd, POLL_MS));
	if (row->when == DIES_READ)
		fuse_hold(_metadata, &s->daemon, FUSE_ACCESS);
	if (row->when != DIES_BEFORE)
		server_die(s);
	child_end(_metadata, pid, POLL_MS, "the caller of a dead server");
}

TEST_F(dead, verdict)
{
	dead_call(_metadata, &self->s, variant, NS_ROOT);
}

TEST_F(dead, dry_run)
{
	dead_call(_metadata, &self->s, variant, NS_ROOT | SETNS_DRY_RUN);
}

/* Without SETNS_ROOT, the caller can join the mount namespace. */
TEST_F(dead, without_root)
{
	struct state before;

	dead_call(_metadata, &self->s, variant, NS_ROOT);
	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, SETNS(self->s.pidfd, CLONE_NEWNS));
		EXPECT_MOVED(&before, MOVED_MNT | MOVED_ROOT | MOVED_CWD);
	}
}

/* ----- A server that does not answer. */

FIXTURE(sleeper)
{
	struct fuse_scene s;
};

FIXTURE_SETUP(sleeper)
{
	fuse_scene_start(_metadata, &self->s, CLONE_NEWNS, FUSE_CWD, NULL);
}

FIXTURE_TEARDOWN(sleeper)
{
	fuse_scene_end(_metadata, &self->s);
}

/* A caller that is killed after the server has read its request. */
static pid_t sleeper_start(struct __test_metadata *_metadata, struct fuse_scene *s)
{
	pid_t pid = fuse_caller_start(_metadata, s, NS_ROOT, 0);
	char state = 0;

	fuse_hold(_metadata, &s->daemon, FUSE_ACCESS);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	/* The caller has seen the signal: it sends FUSE_INTERRUPT. */
	while (s->daemon.interrupted != s->daemon.held.unique)
		fuse_serve_next(_metadata, &s->daemon);
	for (int i = 0; i < POLL_MS && state != 'D' && state != 'Z'; i++) {
		poll(NULL, 0, 1);
		state = task_state(_metadata, pid, pid);
	}
	EXPECT_EQ('D', state);
	return pid;
}

static void expect_killed(struct __test_metadata *_metadata, pid_t pid)
{
	int status;

	expect_end(_metadata, pid, POLL_MS, "a caller that was killed");
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(SIGKILL, WTERMSIG(status));
}

/* The kernel withdraws the request, and the next call succeeds. */
TEST_F(sleeper, killed_before_the_server_has_read)
{
	struct fuse_scene *s = &self->s;
	pid_t pid = fuse_caller_start(_metadata, s, NS_ROOT, 0);

	ASSERT_TRUE(is_readable(s->daemon.fd, POLL_MS));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	expect_killed(_metadata, pid);
	EXPECT_FALSE(is_readable(s->daemon.fd, 0));
	fuse_caller_run(_metadata, s, NS_ROOT, 0);
}

TEST_F(sleeper, not_killed_until_the_server_answers)
{
	pid_t pid = sleeper_start(_metadata, &self->s);

	fuse_let_go(_metadata, &self->s.daemon);
	expect_killed(_metadata, pid);
	fuse_caller_run(_metadata, &self->s, NS_ROOT, 0);
}

TEST_F(sleeper, not_killed_until_the_server_dies)
{
	pid_t pid = sleeper_start(_metadata, &self->s);

	server_die(&self->s);
	expect_killed(_metadata, pid);
}

/* Without SETNS_ROOT, setns(2) sends no request. */
TEST_F(sleeper, not_without_root)
{
	IN_CHILD {
		EXPECT_EQ(0, SETNS(self->s.pidfd, CLONE_NEWNS));
	}
	EXPECT_FALSE(is_readable(self->s.daemon.fd, 0));
}

/* A caller that sleeps delays neither other callers nor the target. */
TEST_F(sleeper, alone)
{
	struct fuse_scene *s = &self->s;
	pid_t pid = fuse_caller_start(_metadata, s, NS_ROOT, 0);

	fuse_hold(_metadata, &s->daemon, FUSE_ACCESS);
	IN_CHILD {
		EXPECT_EQ(0, SETNS(s->pidfd, CLONE_NEWNS));
	}
	IN_CHILD {
		EXPECT_EQ(0, SETNS(sys_pidfd_open(pid, 0), CLONE_NEWUTS));
	}
	byte_send(_metadata, s->ctl, 'm');
	fuse_target_await(_metadata, s, 'm');
	fuse_caller_run(_metadata, s, NS_ROOT, 0);
	fuse_let_go(_metadata, &s->daemon);
	fuse_caller_end(_metadata, s, pid);
}

/*
 * A FUSE file system that was mounted in a user namespace refuses callers that
 * are not in it, without a request. A caller that joins that user namespace as
 * well is in held.userns_stays of setns_root_fuse_test.
 */
FIXTURE(outside)
{
	struct fuse_scene s;
};

FIXTURE_SETUP(outside)
{
	fuse_scene_start(_metadata, &self->s, CLONE_NEWUSER | CLONE_NEWNS,
			 FUSE_CWD, NULL);
}

FIXTURE_TEARDOWN(outside)
{
	fuse_scene_end(_metadata, &self->s);
}

TEST_F(outside, not_asked)
{
	struct state before;

	IN_CHILD {
		state_read(_metadata, &before);
		EXPECT_EQ(EACCES, SETNS(self->s.pidfd, NS_ROOT));
		EXPECT_NOTHING_MOVED(&before);
		EXPECT_EQ(0, SETNS(self->s.pidfd, CLONE_NEWNS));
		EXPECT_MOVED(&before, MOVED_MNT | MOVED_ROOT | MOVED_CWD);
	}
	EXPECT_FALSE(is_readable(self->s.daemon.fd, 0));
}

TEST_HARNESS_MAIN
