// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) by the pidfd of a process that becomes root, goes to other
 * namespaces or another root at once, and comes back, again and again.
 *
 * Guards: "what setns(2) joins is what the target had with the credentials that
 * were checked".
 *
 * A caller of the target's first uid may access the target for as long as it
 * has that uid. It must get the namespaces of that time, or EPERM: never those
 * that the target is in as root. setns_exec_test holds the target in the middle
 * of execve(2) and shows what must happen there; here, nobody is held. All
 * cases are bounded by counts, and need two processors to be worth their while.
 *
 * In set_id.* the target executes a set-id program. Three stages, of which the
 * first happens once:
 *
 *	start	root, enters container A, becomes UID
 *	plain	UID in container A, open to callers of that uid
 *	set-id	root; goes elsewhere, comes back, becomes UID again: all the
 *		while closed to them, as it is until it executes "plain"
 *
 * In raised.* it changes its uid by setresuid(2), which takes no lock that
 * setns(2) could have taken. A round is so short there that both sides run
 * freely.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/exec.h"
#include "../lib/flags.h"
#include "../lib/jail.h"
#include "../lib/picture.h"
#include "../lib/race.h"
#include "../lib/types.h"
#include "../lib/wait.h"
#include "../lib/world.h"

#define ROUNDS	60	/* of set_id */
#define TRIES	3	/* in each of them */
#define CALLS	(100000 / NEXT_ROW) /* of raised */

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

/* Where to, when it is root. */
enum leave {
	TO_CONTAINER,		/* B */
	TO_UTS,			/* a namespace of its own */
	TO_MANY,		/* several */
	TO_JAIL,		/* another root */
};

/* Of all stages, in a file that each of them maps. */
struct shared {
	struct duel duel;
	enum leave leave;
	long stay;		/* how long to be there, in spins */
	atomic_int visits;
	atomic_bool stop;	/* of raised */
};

/* ----- The target. */

static int go_away(enum leave leave)
{
	switch (leave) {
	case TO_CONTAINER:
		return try_setns(FD_B, NS);
	case TO_UTS:
		return unshare(CLONE_NEWUTS);
	case TO_MANY:
		return unshare(CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWNET);
	case TO_JAIL:
		return chroot(JAIL);
	}
	return -1;
}

/* From wherever, root and working directory included. */
static int come_back(enum leave leave)
{
	return try_setns(FD_A, leave == TO_UTS ? CLONE_NEWUTS : NS);
}

static void stay_away(struct shared *sh)
{
	if (go_away(sh->leave))
		_exit(KSFT_FAIL);
	atomic_fetch_add(&sh->visits, 1);
	race_spin(sh->stay);
}

static void stage_plain(struct shared *sh)
{
	duel_go(&sh->duel, MOVER);
	execl(SET_ID, SET_ID, "--stage", NULL);
	_exit(KSFT_FAIL);
}

static void stage_set_id(struct shared *sh)
{
	stay_away(sh);
	if (come_back(sh->leave) || setresgid(UID, UID, UID) ||
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

/*
 * By setresuid(2), up and down. A change of uid closes the target to its old
 * kind, until it says otherwise. The gid is for who is joined on the way back.
 */
static void raised_run(struct shared *sh)
{
	while (!atomic_load(&sh->stop)) {
		race_spin(race_rnd(1 << 16));
		if (setresuid(0, 0, 0))
			_exit(KSFT_FAIL);
		stay_away(sh);
		if (setresgid(0, 0, 0) || come_back(sh->leave) ||
		    setresgid(UID, UID, UID) || setresuid(UID, UID, UID) ||
		    prctl(PR_SET_DUMPABLE, 1))
			_exit(KSFT_FAIL);
	}
	_exit(0);
}

/* ----- The scene. */

typedef void start_fn(struct __test_metadata *_metadata, struct shared *sh);

struct scene {
	struct container a, b;
	struct shared *sh;
	struct state home;	/* of the target, when it is in A */
	pid_t target;
	int pidfd;
	int go;
};

static void start_plain(struct __test_metadata *_metadata, struct shared *sh)
{
	execl(PLAIN, PLAIN, "--stage", NULL);
	TH_LOG("exec: %s", strerror(errno));
	_exit(KSFT_FAIL);
}

/* With no more capabilities than the caller, who may not access it else. */
static void start_raised(struct __test_metadata *_metadata, struct shared *sh)
{
	cap_drop(_metadata, CAP_SYS_PTRACE);
	raised_run(sh);
}

static void target_run(struct __test_metadata *_metadata, struct shared *sh,
		       int go, start_fn *start)
{
	char byte;

	ASSERT_EQ(0, try_setns(FD_A, NS));
	if (start == start_raised)
		ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
	become(_metadata, UID);
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	byte_send(_metadata, go, 'r');
	ASSERT_EQ(1, read(go, &byte, 1));
	start(_metadata, sh);
}

static void scene_share(struct __test_metadata *_metadata, struct scene *s)
{
	int fd = memfd_create("shared", MFD_CLOEXEC);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, sizeof(*s->sh)));
	s->sh = mmap(NULL, sizeof(*s->sh), PROT_READ | PROT_WRITE, MAP_SHARED,
		     fd, 0);
	ASSERT_NE(MAP_FAILED, s->sh);
	duel_init(&s->sh->duel, 2);
	ASSERT_EQ(FD_SHARED, dup2(fd, FD_SHARED));
	ASSERT_EQ(FD_A, dup2(s->a.pidfd, FD_A));
	ASSERT_EQ(FD_B, dup2(s->b.pidfd, FD_B));
}

/* Without the capability that the target lacks, who is to join it. */
static void container_prepare(struct __test_metadata *_metadata)
{
	jail_uncover(_metadata);
	cap_drop(_metadata, CAP_SYS_PTRACE);
}

static void container_make(struct __test_metadata *_metadata,
			   struct container *c)
{
	c->flags = NS;
	c->setup = container_prepare;
	container_start(_metadata, c);
}

static void scene_start(struct __test_metadata *_metadata, struct scene *s,
			enum leave leave, start_fn *start)
{
	char dir[32];
	int socks[2];

	race_seed(_metadata);
	jail_make(_metadata);
	make_program(_metadata, PLAIN, 0755);
	make_program(_metadata, SET_ID, 04755);
	container_make(_metadata, &s->a);
	container_make(_metadata, &s->b);
	scene_share(_metadata, s);
	s->sh->leave = leave;
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	s->target = fork();
	ASSERT_LE(0, s->target);
	if (s->target == 0)
		target_run(_metadata, s->sh, socks[1], start);
	s->go = socks[0];
	byte_wait(_metadata, s->go, 'r', "the target is in A");
	s->pidfd = sys_pidfd_open(s->target, 0);
	ASSERT_LE(0, s->pidfd);
	snprintf(dir, sizeof(dir), "/proc/%d", s->target);
	state_read_task(_metadata, AT_FDCWD, dir, &s->home);
}

static void scene_stop(struct __test_metadata *_metadata, struct scene *s)
{
	if (s->target > 0)
		member_kill(_metadata, s->target);
	container_stop(_metadata, &s->a);
	container_stop(_metadata, &s->b);
}

/* Of the target's uid, with all rights but the one to trace. */
static void joiner_become(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
	become(_metadata, UID);
	cap_drop(_metadata, CAP_SYS_PTRACE);
}

/*
 * EPERM is the one error, for a target that is not open at that moment; and
 * with its root there is EAGAIN, for one that was open and has another root by
 * the end of the call. It never ends: no ESRCH.
 */
static void expect_refused(struct __test_metadata *_metadata, int err,
			   int flags)
{
	if (err != EAGAIN || !(flags & SETNS_ROOT))
		EXPECT_EQ(EPERM, err);
}

/* ----- By a set-id program. */

FIXTURE(set_id)
{
	struct scene scene;
};

FIXTURE_VARIANT(set_id)
{
	enum leave leave;
	int always;		/* in the caller's flags */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(set_id, joins) {
	/* clang-format on */
	.leave = TO_CONTAINER,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(set_id, unshares) {
	/* clang-format on */
	.leave = TO_UTS,
	.always = CLONE_NEWUTS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(set_id, unshares_many) {
	/* clang-format on */
	.leave = TO_MANY,
	.always = CLONE_NEWNET,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(set_id, chroots) {
	/* clang-format on */
	.leave = TO_JAIL,
	.always = NS_ROOT,
};

FIXTURE_SETUP(set_id)
{
	SKIP_WITHOUT_FLAGS();
	scene_start(_metadata, &self->scene, variant->leave, start_plain);
}

FIXTURE_TEARDOWN(set_id)
{
	scene_stop(_metadata, &self->scene);
}

static int draw_flags(int always)
{
	int flags = always | (mask_flags(1 + race_rnd(255)) & NS);

	flags |= flags ? 0 : CLONE_NEWUTS;
	flags |= race_rnd(2) ? 0 : SETNS_SKIP_JOINED;
	if (flags & CLONE_NEWNS)
		flags |= race_rnd(2) ? 0 : SETNS_ROOT;
	return flags;
}

/* Joins, and goes back by @back. It must be A where it came to, if anywhere. */
static bool try_once(struct __test_metadata *_metadata, const struct scene *s,
		     int flags, int back, int *visits)
{
	struct state before;
	int err;

	state_read(_metadata, &before);
	err = try_setns(s->pidfd, flags);
	*visits = s->sh->visits;
	if (err) {
		expect_refused(_metadata, err, flags);
		EXPECT_NOTHING_MOVED(&before);
	} else {
		expect_there(_metadata, &before, flags, &s->home);
		ASSERT_EQ(0, try_setns(back, flags & NS));
	}
	state_close(&before);
	return !err;
}

/*
 * A few tries, of which the first is the duel's; returns how many joined. Also
 * who finds the target open again, after the visit of this round, was late.
 */
static int try_round(struct __test_metadata *_metadata, const struct scene *s,
		     int always, int back, int round)
{
	struct duel *d = &s->sh->duel;
	int joined = 0, visits;
	bool got;

	duel_draw(d);
	s->sh->stay = race_rnd(1 << race_rnd(16));
	for (int i = 0; i < TRIES; i++) {
		int flags = draw_flags(always);

		if (i)
			race_spin(race_rnd(1 << race_rnd(16)));
		else
			duel_go(d, RUNNER);
		got = try_once(_metadata, s, flags, back, &visits);
		if (!i)
			duel_settle(d, !got || visits > round);
		joined += got;
	}
	return joined;
}

TEST_F_TIMEOUT(set_id, never_the_privileged_one, 60)
{
	struct scene *s = &self->scene;
	int joined = 0, back;

	byte_send(_metadata, s->go, 'g');
	IN_CHILD {
		joiner_become(_metadata);
		back = sys_pidfd_open(start_sharer(_metadata, 0), 0);
		for (int n = 0; n < ROUNDS && __test_passed(_metadata); n++)
			joined += try_round(_metadata, s, variant->always, back,
					    n);
		TH_LOG("joined %d, refused %d, %d visits", joined,
		       ROUNDS * TRIES - joined, s->sh->visits);
		EXPECT_LT(0, joined);
		EXPECT_GT(ROUNDS * TRIES, joined);
	}
	EXPECT_LE(ROUNDS - 1, s->sh->visits);
}

/* ----- By setresuid(2). */

FIXTURE(raised)
{
	struct scene scene;
};

FIXTURE_VARIANT(raised)
{
	enum leave leave;
	int flags;
	int link;		/* of struct state, that shows it; or the root */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raised, unshares) {
	/* clang-format on */
	.leave = TO_UTS,
	.flags = CLONE_NEWUTS,
	.link = LINK_UTS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raised, chroots) {
	/* clang-format on */
	.leave = TO_JAIL,
	.flags = NS_ROOT | SETNS_SKIP_JOINED,
	.link = NR_LINKS,
};

FIXTURE_SETUP(raised)
{
	SKIP_WITHOUT_FLAGS();
	scene_start(_metadata, &self->scene, variant->leave, start_raised);
}

FIXTURE_TEARDOWN(raised)
{
	scene_stop(_metadata, &self->scene);
}

/* Only what shows where we are: there are many calls. */
static bool is_home(struct __test_metadata *_metadata, const struct state *now,
		    const struct state *home, int link)
{
	const struct place *want = &home->root;
	char path[64] = "root";
	struct place p;

	if (link < NR_LINKS) {
		want = &home->link[link];
		snprintf(path, sizeof(path), "ns/%s", moved_names[link]);
	}
	place_read(_metadata, now->proc, path, &p);
	return p.dev == want->dev && p.ino == want->ino;
}

/* Once there, it can only be led away: a caller need not go back in between. */
static int join_freely(struct __test_metadata *_metadata, struct scene *s,
		       const FIXTURE_VARIANT(raised) * variant)
{
	int flags = variant->flags, joined = 0, err;
	struct state now;

	state_read(_metadata, &now);
	for (int n = 0; n < CALLS && __test_passed(_metadata); n++) {
		err = try_setns(s->pidfd, flags);
		if (err) {
			expect_refused(_metadata, err, flags);
			continue;
		}
		joined++;
		EXPECT_TRUE(is_home(_metadata, &now, &s->home, variant->link)) {
			TH_LOG("call %d", n);
		}
	}
	state_close(&now);
	return joined;
}

TEST_F_TIMEOUT(raised, never_the_privileged_one, 60)
{
	struct scene *s = &self->scene;
	int joined;

	byte_send(_metadata, s->go, 'g');
	IN_CHILD {
		joiner_become(_metadata);
		joined = join_freely(_metadata, s, variant);
		TH_LOG("joined %d, refused %d, %d visits", joined,
		       CALLS - joined, s->sh->visits);
		EXPECT_LT(0, joined);
		EXPECT_GT(CALLS, joined);
	}
	EXPECT_LT(0, s->sh->visits);
	/* Nothing that the target did failed. */
	atomic_store(&s->sh->stop, true);
	child_end(_metadata, s->target, POLL_MS, "the target");
	s->target = 0;
}

TEST_HARNESS_MAIN
