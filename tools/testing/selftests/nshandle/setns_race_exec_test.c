// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) by the pidfd of a process that executes a set-id program, and comes
 * out of it, again and again. What it does as root it does in namespaces of
 * its own choice: those, no caller of its first uid may ever have.
 *
 * setns_exec_test holds the target in the middle of execve(2) and shows what
 * must happen there; here, nobody is held. Bounded by counts; needs two
 * processors to be worth its while.
 *
 * Three stages, of which the first happens once:
 *
 *	start	root, enters container A, becomes UID
 *	plain	UID in container A, open to callers of that uid
 *	set-id	root; enters container B, comes back, becomes UID again: all the
 *		while closed to them, as it is until it executes "plain"
 */
#include "race.h"
#include "setns_flags.h"

#include <sys/sendfile.h>

#define UID	1000
#define ROUNDS	60
#define TRIES	3	/* in each round */

/* All but user: the way back from that is not open to the caller. */
#define NS	BUT_NS(CLONE_NEWUSER)

/* Where the jail's file system is in both containers. */
#define PLAIN	"/tmp/plain"
#define SET_ID	"/tmp/set-id"

/* Descriptors that go through execve(2). */
enum {
	FD_SHARED = 100,
	FD_A,
	FD_B,
};

/* Of all stages, in a file that each of them maps. */
struct shared {
	struct duel duel;
	long stay;		/* how long to be in B, in spins */
	atomic_int visits;	/* to B */
};

/* ----- The stages of the target. */

static void stage_plain(struct shared *sh)
{
	duel_go(&sh->duel, MOVER);
	execl(SET_ID, SET_ID, "--stage", NULL);
	_exit(KSFT_FAIL);
}

static void stage_set_id(struct shared *sh)
{
	if (try_setns(FD_B, NS))
		_exit(KSFT_FAIL);
	atomic_fetch_add(&sh->visits, 1);
	race_spin(sh->stay);
	if (try_setns(FD_A, NS) || setresgid(UID, UID, UID) ||
	    setresuid(UID, UID, UID))
		_exit(KSFT_FAIL);
	execl(PLAIN, PLAIN, "--stage", NULL);
	_exit(KSFT_FAIL);
}

/*
 * Comes before the other constructors, which would make namespaces, and before
 * main(): a stage goes on to the next and never returns.
 */
static void __attribute__((constructor(101))) stage(int argc, char **argv)
{
	struct shared *sh;

	if (argc != 2 || strcmp(argv[1], "--stage"))
		return;
	sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED,
		  FD_SHARED, 0);
	if (sh == MAP_FAILED || prctl(PR_SET_PDEATHSIG, SIGKILL))
		_exit(KSFT_FAIL);
	if (geteuid())
		stage_plain(sh);
	else
		stage_set_id(sh);
}

/* ----- The scene. */

FIXTURE(set_id) {
	struct container a, b;
	struct shared *sh;
	struct state home;	/* of the target, when it is in A */
	pid_t target;
	int pidfd;
	int go;
};

/* A copy of ourselves. */
static void make_program(struct __test_metadata *_metadata, const char *path,
			 mode_t mode)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	ssize_t len;

	ASSERT_LE(0, from);
	ASSERT_LE(0, to);
	do {
		len = sendfile(to, from, NULL, 1 << 30);
	} while (len > 0);
	ASSERT_EQ(0, len);
	ASSERT_EQ(0, fchmod(to, mode));
	close(from);
	close(to);
}

static void stage_start(struct __test_metadata *_metadata, int go)
{
	char byte;

	ASSERT_EQ(0, try_setns(FD_A, NS));
	become(_metadata, UID);
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	byte_send(_metadata, go, 'r');
	ASSERT_EQ(1, read(go, &byte, 1));
	execl(PLAIN, PLAIN, "--stage", NULL);
	TH_LOG("exec: %s", strerror(errno));
	_exit(KSFT_FAIL);
}

static void scene_share(struct __test_metadata *_metadata,
			FIXTURE_DATA(set_id) * self)
{
	int fd = memfd_create("shared", MFD_CLOEXEC);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, sizeof(*self->sh)));
	self->sh = mmap(NULL, sizeof(*self->sh), PROT_READ | PROT_WRITE,
			MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, self->sh);
	duel_init(&self->sh->duel, 2);
	ASSERT_EQ(FD_SHARED, dup2(fd, FD_SHARED));
	ASSERT_EQ(FD_A, dup2(self->a.pidfd, FD_A));
	ASSERT_EQ(FD_B, dup2(self->b.pidfd, FD_B));
}

static void container_make(struct __test_metadata *_metadata,
			   struct container *c)
{
	c->flags = NS;
	c->setup = jail_uncover;
	container_start(_metadata, c);
}

FIXTURE_SETUP(set_id)
{
	char dir[32];
	int socks[2];

	SKIP_WITHOUT_FLAGS();
	race_seed(_metadata);
	jail_make(_metadata);
	make_program(_metadata, PLAIN, 0755);
	make_program(_metadata, SET_ID, 04755);
	container_make(_metadata, &self->a);
	container_make(_metadata, &self->b);
	scene_share(_metadata, self);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	self->target = fork();
	ASSERT_LE(0, self->target);
	if (self->target == 0)
		stage_start(_metadata, socks[1]);
	self->go = socks[0];
	byte_wait(_metadata, self->go, 'r', "the target is in A");
	self->pidfd = sys_pidfd_open(self->target, 0);
	ASSERT_LE(0, self->pidfd);
	snprintf(dir, sizeof(dir), "/proc/%d", self->target);
	state_read_task(_metadata, AT_FDCWD, dir, &self->home);
}

FIXTURE_TEARDOWN(set_id)
{
	if (self->target > 0)
		member_kill(_metadata, self->target);
	container_stop(_metadata, &self->a);
	container_stop(_metadata, &self->b);
}

/* ----- The caller. */

/* Of the target's uid, with the right to join and no right to trace. */
static void caller_become(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
	become(_metadata, UID);
	cap_drop(_metadata, CAP_SYS_PTRACE);
}

static int draw_flags(void)
{
	int flags = mask_flags(1 + race_rnd(255)) & NS;

	flags |= flags ? 0 : CLONE_NEWUTS;
	flags |= race_rnd(2) ? 0 : SETNS_SKIP_JOINED;
	if (flags & CLONE_NEWNS)
		flags |= race_rnd(2) ? 0 : SETNS_ROOT;
	return flags;
}

/*
 * Joins, and goes back by @home. It must be A where it came to, if anywhere:
 * EPERM is the one error, for a target that is not open at that moment. As
 * long as it is open it neither ends nor moves: no ESRCH, no EAGAIN.
 */
static bool try_once(struct __test_metadata *_metadata,
		     const FIXTURE_DATA(set_id) * self, int home,
		     const struct state *before, int *visits)
{
	int flags = draw_flags(), err = try_setns(self->pidfd, flags);

	*visits = self->sh->visits;
	if (err) {
		EXPECT_EQ(EPERM, err);
		EXPECT_NOTHING_MOVED(before);
		return false;
	}
	expect_there(_metadata, before, flags, &self->home);
	ASSERT_EQ(0, try_setns(home, flags & NS));
	return true;
}

/*
 * A few tries, of which the first is the duel's; returns how many joined. Also
 * who finds the target open again, after the visit of this round, was late.
 */
static int try_round(struct __test_metadata *_metadata,
		     const FIXTURE_DATA(set_id) * self, int home, int round)
{
	struct duel *d = &self->sh->duel;
	struct state before;
	int joined = 0, visits;
	bool got;

	duel_draw(d);
	self->sh->stay = race_rnd(1 << race_rnd(16));
	for (int i = 0; i < TRIES; i++) {
		state_read(_metadata, &before);
		if (i)
			race_spin(race_rnd(1 << race_rnd(16)));
		else
			duel_go(d, RUNNER);
		got = try_once(_metadata, self, home, &before, &visits);
		if (!i)
			duel_settle(d, !got || visits > round);
		joined += got;
		state_close(&before);
	}
	return joined;
}

TEST_F_TIMEOUT(set_id, never_the_privileged_one, 60)
{
	int joined = 0, home;

	byte_send(_metadata, self->go, 'g');
	IN_CHILD {
		caller_become(_metadata);
		home = sys_pidfd_open(start_sharer(_metadata, 0), 0);
		for (int n = 0; n < ROUNDS && __test_passed(_metadata); n++)
			joined += try_round(_metadata, self, home, n);
		TH_LOG("joined %d, EPERM %d, %d visits to B", joined,
		       ROUNDS * TRIES - joined, self->sh->visits);
		EXPECT_LT(0, joined);
		EXPECT_GT(ROUNDS * TRIES, joined);
	}
	EXPECT_LE(ROUNDS - 1, self->sh->visits);
}

TEST_HARNESS_MAIN
