// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) never fails for a live process whose threads call execve(2).
 *
 * The threads of a process take over, one after the other, by execve(2), and a
 * caller joins the process all the while. In each take-over there is a moment in
 * which the old leader is dead and the other thread has not taken its place.
 * The stock kernel says ESRCH in that moment. The idle threads make it longer:
 * they must die first.
 *
 * setns_thread_exec_test holds the target in that moment.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/exec.h"
#include "../lib/flags.h"
#include "../lib/wait.h"
#include "../lib/twin.h"

#define TAKE_OVERS	"20"
#define IDLE_THREADS	8

/* The arguments of the next program, which the next thread executes. */
struct again {
	char left[16], steps[16], go[16];
};

static void *again_thread(void *data)
{
	const struct again *a = data;

	execl("/proc/self/exe", "again", "--again", a->left, a->steps, a->go,
	      NULL);
	_exit(KSFT_FAIL);
}

/* The last program reports, and stays until the test closes its pipe. */
static void again_last(int steps, int go)
{
	char byte;

	if (write(steps, "x", 1) != 1)
		_exit(KSFT_FAIL);
	_exit(read(go, &byte, 1) != 0);
}

static void again(int left, int steps, int go)
{
	static struct again a;
	pthread_t thread;

	if (!left)
		again_last(steps, go);
	snprintf(a.left, sizeof(a.left), "%d", left - 1);
	snprintf(a.steps, sizeof(a.steps), "%d", steps);
	snprintf(a.go, sizeof(a.go), "%d", go);
	for (int i = 0; i < IDLE_THREADS; i++)
		if (pthread_create(&thread, NULL, idle_thread, NULL))
			_exit(KSFT_FAIL);
	if (pthread_create(&thread, NULL, again_thread, &a))
		_exit(KSFT_FAIL);
	idle(NULL);
}

static void take_over_run(struct __test_metadata *_metadata,
			  const struct exec_target *t)
{
	struct again a = { .left = TAKE_OVERS };

	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	ASSERT_EQ(0, unshare(CLONE_NEWUTS));
	snprintf(a.steps, sizeof(a.steps), "%d", t->steps);
	snprintf(a.go, sizeof(a.go), "%d", t->go);
	again_thread(&a);
}

FIXTURE(take_over)
{
	struct exec_target t;
};

FIXTURE_VARIANT(take_over)
{
	int flags;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(take_over, uts) {
	/* clang-format on */
	.flags = CLONE_NEWUTS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(take_over, all) {
	/* clang-format on */
	.flags = BUT_NS(CLONE_NEWUSER),
};

/* A leader that exits gives up its root before its namespaces. */
/* clang-format off */
FIXTURE_VARIANT_ADD(take_over, root) {
	/* clang-format on */
	.flags = NS_ROOT | SETNS_SKIP_JOINED,
};

FIXTURE_SETUP(take_over)
{
	SKIP_WITHOUT_CONTAINERS();
	if (variant->flags & ALL_FLAGS)
		skip_unless_flags(_metadata);
	exec_target_fork(_metadata, &self->t, 0);
	if (self->t.pid == 0)
		take_over_run(_metadata, &self->t);
}

FIXTURE_TEARDOWN(take_over)
{
	close(self->t.pidfd);
}

TEST_F(take_over, by_threads)
{
	unsigned int calls = 0, refused = 0;
	int flags = variant->flags, err, last_err = 0;

	while (!is_readable(self->t.steps, 0)) {
		err = try_setns(self->t.pidfd, flags);
		calls++;
		refused += !!err;
		last_err = err ?: last_err;
	}
	TH_LOG("%u calls, %u refused", calls, refused);
	EXPECT_LT(0U, calls);
	EXPECT_EQ(0U, refused) {
		TH_LOG("setns: %s", strerror(last_err));
	}
	EXPECT_EQ(0, try_setns(self->t.pidfd, flags));

	close(self->t.go);
	expect_end(_metadata, self->t.pid, POLL_MS, "the last one");
	EXPECT_EQ(ESRCH, try_setns(self->t.pidfd, flags));
	child_wait(_metadata, self->t.pid);
	EXPECT_EQ(ESRCH, try_setns(self->t.pidfd, flags));
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "--again"))
		again(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]));
	return test_harness_run(argc, argv);
}
