// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) beside a set-id program joins what the target had before it was root.
 *
 * Guards: "what setns(2) joins is what the target had with the credentials that
 * were checked".
 *
 * A caller of the target's first uid may access the target for as long as it has
 * that uid. It must get the namespaces of that time, or EPERM: never those that
 * the target is in as root. setns_exec_test holds the target in the middle of
 * execve(2); here nobody is held. The rounds are counted, and need two processors.
 *
 * The target executes two programs in turn:
 *
 *	plain	is UID, in container A: callers of that uid may join it
 *	set-id	is root: it goes elsewhere, comes back and becomes UID; callers may
 *		not join it until it executes "plain"
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/exec.h"
#include "../lib/flags.h"
#include "../lib/picture.h"
#include "../lib/privileged.h"
#include "../lib/race.h"
#include "../lib/types.h"
#include "../lib/wait.h"
#include "../lib/twin.h"

#define ROUNDS	60
#define TRIES	3	/* in each round */

/* Where the file system of the jail is in both containers. */
#define PLAIN	"/tmp/plain"
#define SET_ID	"/tmp/set-id"

static void start_plain(struct __test_metadata *_metadata,
			struct privileged *sh)
{
	execl(PLAIN, PLAIN, "--stage", NULL);
	TH_LOG("exec: %s", strerror(errno));
	_exit(KSFT_FAIL);
}

static void stage_plain(struct privileged *sh)
{
	duel_go(&sh->duel, MOVER);
	execl(SET_ID, SET_ID, "--stage", NULL);
	_exit(KSFT_FAIL);
}

static void stage_set_id(struct privileged *sh)
{
	go_away(sh);
	come_back(sh);
	execl(PLAIN, PLAIN, "--stage", NULL);
	_exit(KSFT_FAIL);
}

/*
 * Runs before the other constructors, which would make namespaces, and before
 * main(). A stage goes on to the next one and never returns.
 */
static void __attribute__((constructor(101))) stage(int argc, char **argv)
{
	struct privileged *sh;

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

FIXTURE(set_id)
{
	struct privileged_scene scene;
};

FIXTURE_VARIANT(set_id)
{
	enum leave leave;
	int always;		/* flags of each call */
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
	self->scene.leave = variant->leave;
	self->scene.run = start_plain;
	privileged_start(_metadata, &self->scene);
	make_program(_metadata, PLAIN, 0755);
	make_program(_metadata, SET_ID, 04755);
}

FIXTURE_TEARDOWN(set_id)
{
	privileged_stop(_metadata, &self->scene);
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

/* Joins, and goes back by @back. A call that succeeds must lead to A. */
static bool try_once(struct __test_metadata *_metadata, const struct privileged_scene *s,
		     int flags, int back, int *visits)
{
	struct state before;
	int err;

	state_read(_metadata, &before);
	err = try_setns(s->pidfd, flags);
	*visits = s->sh->visits;
	if (err) {
		expect_joiner_refused(_metadata, err, flags);
		EXPECT_NOTHING_MOVED(&before);
	} else {
		expect_there(_metadata, &before, flags, &s->home);
		ASSERT_EQ(0, try_setns(back, flags & NS));
	}
	state_close(&before);
	return !err;
}

/*
 * A few tries, of which the first is the duel's; returns how many joined. A
 * caller that joins after the visit of this round was late, too.
 */
static int try_round(struct __test_metadata *_metadata, const struct privileged_scene *s,
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
	struct privileged_scene *s = &self->scene;
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

TEST_HARNESS_MAIN
