// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) beside setresuid(2) joins what the target had before it was root.
 *
 * Guards: "what setns(2) joins is what the target had with the credentials that
 * were checked".
 *
 * The target becomes root by setresuid(2), which takes no lock that setns(2)
 * could have taken, goes elsewhere and comes back. A caller of its first uid must
 * get the namespaces that the target is in with that uid, or EPERM. A round is so
 * short that both sides run freely. The calls are counted, and need two
 * processors. setns_race_exec_test has a target that becomes root by a set-id
 * program.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/exec.h"
#include "../lib/flags.h"
#include "../lib/picture.h"
#include "../lib/privileged.h"
#include "../lib/race.h"
#include "../lib/types.h"
#include "../lib/wait.h"
#include "../lib/twin.h"

#define CALLS	(100000 / NEXT_ROW)

/*
 * A change of uid closes the target to callers of UID, until PR_SET_DUMPABLE. As
 * root it has the gid 0, for the right to join A again. It has no more
 * capabilities than the caller, which could not access it otherwise.
 */
static void start_raised(struct __test_metadata *_metadata,
			 struct privileged *sh)
{
	cap_drop(_metadata, CAP_SYS_PTRACE);
	while (!atomic_load(&sh->stop)) {
		race_spin(race_rnd(1 << 16));
		if (setresuid(0, 0, 0))
			_exit(KSFT_FAIL);
		go_away(sh);
		if (setresgid(0, 0, 0))
			_exit(KSFT_FAIL);
		come_back(sh);
		if (prctl(PR_SET_DUMPABLE, 1))
			_exit(KSFT_FAIL);
	}
	_exit(0);
}

FIXTURE(raised)
{
	struct privileged_scene scene;
};

FIXTURE_VARIANT(raised)
{
	enum leave leave;
	int flags;
	int link;		/* what shows where the caller is; NR_LINKS: its root */
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
	self->scene.leave = variant->leave;
	self->scene.keep_caps = true;
	self->scene.run = start_raised;
	privileged_start(_metadata, &self->scene);
}

FIXTURE_TEARDOWN(raised)
{
	privileged_stop(_metadata, &self->scene);
}

/* Reads only what shows where the caller is: there are many calls. */
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

/* The caller need not go back in between: it is in A after each success. */
static int join_freely(struct __test_metadata *_metadata, struct privileged_scene *s,
		       const FIXTURE_VARIANT(raised) * variant)
{
	int flags = variant->flags, joined = 0, err;
	struct state now;

	state_read(_metadata, &now);
	for (int n = 0; n < CALLS && __test_passed(_metadata); n++) {
		err = try_setns(s->pidfd, flags);
		if (err) {
			expect_joiner_refused(_metadata, err, flags);
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
	struct privileged_scene *s = &self->scene;
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
	/* The target exits with 0 if all of its calls succeeded. */
	atomic_store(&s->sh->stop, true);
	child_end(_metadata, s->target, POLL_MS, "the target");
	s->target = 0;
}

TEST_HARNESS_MAIN
