// SPDX-License-Identifier: GPL-2.0
/*
 * A SET beside the birth or death of an init fails (ESRCH) exactly while there
 * is no live one.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/fork.h"
#include "../lib/pid_vec.h"
#include "../lib/pid_vec_race.h"
#include "../lib/wait.h"
#include "../lib/world.h"

#define ROUNDS 100

FIXTURE(life) {
	struct world w;
};

FIXTURE_SETUP(life)
{
	SKIP_WITHOUT_PID_VEC();
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(life)
{
}

/* SET returns 0 until the init begins to die, and ESRCH from then on. */
TEST_F_TIMEOUT(life, set_beside_death, 90)
{
	struct world *w = &self->w;
	struct pid_vec vec = vec_of(1, PID_B);

	for (int i = 0; i < ROUNDS; i++) {
		struct setter s = { .vec = vec_of(1, PID_A) };
		pid_t pid = member_start(_metadata, w, CHILD, CLONE_NEWPID,
					 NULL);

		s.fd = w->ns[CHILD];
		EXPECT_EQ(0, try_set(s.fd, &s.vec));
		setter_start(_metadata, &s, ESRCH, 0);
		member_kill(_metadata, pid);
		setter_join(_metadata, &s);
		EXPECT_EQ(ESRCH, s.result);
		EXPECT_EQ(ESRCH, try_set(s.fd, &vec));
		vec = vec_get(_metadata, s.fd, 1);
		EXPECT_EQ(PID_A, vec.pid[0]);
		close(s.fd);
		close(w->pidfd[CHILD]);
		close(w->ready[CHILD]);
	}
}

/* Lives until it or its parent is killed. */
static void birth_live(int sock)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	report->pid = getpid();
	if (write(sock, "b", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* The maker of a new pid namespace forks into it twice, when told. */
static void birth_make(struct __test_metadata *_metadata, int sock)
{
	pid_t pid[2];

	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	for (int i = 0; i < 2; i++) {
		byte_send(_metadata, sock, 'r');
		byte_wait(_metadata, sock, 'g', "the word to fork");
		pid[i] = fork();
		ASSERT_LE(0, pid[i]) {
			TH_LOG("fork: %s", strerror(errno));
		}
		if (pid[i] == 0)
			birth_live(sock);
		byte_wait(_metadata, sock, 'g', "the word to go on");
	}
	member_kill(_metadata, pid[1]);
	member_kill(_metadata, pid[0]);
	_exit(0);
}

/* Returns the maker, ready to fork; @sock is the test's end of the socket. */
static pid_t maker_start(struct __test_metadata *_metadata, int *sock)
{
	int socks[2];
	pid_t maker;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	maker = fork();
	ASSERT_LE(0, maker);
	if (maker == 0) {
		close(socks[0]);
		birth_make(_metadata, socks[1]);
	}
	close(socks[1]);
	*sock = socks[0];
	byte_wait(_metadata, *sock, 'r', "the maker is ready");
	return maker;
}

/* Makes the maker fork; returns the child's pid in the new namespace. */
static pid_t birth(struct __test_metadata *_metadata, int sock)
{
	byte_send(_metadata, sock, 'g');
	byte_wait(_metadata, sock, 'b', "a process is born");
	return report->pid;
}

/*
 * SET returns ESRCH until there is an init, and 0 from then on. However SET and
 * fork interleave, the first process is pid 1, and the second has the pid set.
 */
TEST_F_TIMEOUT(life, set_beside_birth, 90)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct setter s = { .vec = vec_of(1, PID_A) };
		int sock, pidfd;
		pid_t maker;

		maker = maker_start(_metadata, &sock);
		pidfd = sys_pidfd_open(maker, 0);
		s.fd = ns_for_children(pidfd);
		ASSERT_LE(0, s.fd);
		EXPECT_EQ(ESRCH, try_set(s.fd, &s.vec));
		setter_start(_metadata, &s, 0, ESRCH);
		EXPECT_EQ(1, birth(_metadata, sock));
		setter_join(_metadata, &s);
		EXPECT_EQ(0, s.result);
		byte_send(_metadata, sock, 'g');
		byte_wait(_metadata, sock, 'r', "the maker is ready again");
		EXPECT_EQ(PID_A + 1, birth(_metadata, sock));
		byte_send(_metadata, sock, 'g');
		child_end(_metadata, maker, POLL_MS, "the maker");
		close(s.fd);
		close(pidfd);
		close(sock);
	}
}

TEST_HARNESS_MAIN
