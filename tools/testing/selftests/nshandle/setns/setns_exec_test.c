// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) by the pidfd of a process in execve(2) goes by the old credentials.
 *
 * A task that executes a program has passed its point of no return, but still
 * has its old credentials, while it changes over to its new memory. A caller that
 * may access the task by those credentials joins at once, and gets the old
 * namespaces: the new program has not run yet, so it has no others. Any other
 * caller is refused at once.
 *
 * On a kernel whose setns(2) takes exec_update_lock, the callers in
 * program.*.during_exec do not return within their limit. The stock kernel does
 * not take it: there, these cases are regression tests.
 *
 * setns_race_exec_test shows that no caller gets the namespaces that the new
 * program enters, setns_thread_exec_test holds a target that has threads.
 */
#include "../lib/test.h"
#include "../lib/exec.h"
#include "../lib/exec_fuse.h"
#include "../lib/flags.h"
#include "../lib/join.h"

/* What the target becomes, and what a caller gets before that and after. */
FIXTURE(program)
{
	struct exec_scene scene;
};

FIXTURE_VARIANT(program)
{
	mode_t mode;
	uid_t caller;
	int during;	/* the errno while the target is in execve(2) */
	int after;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(program, set_uid) {
	/* clang-format on */
	.mode = 04755,
	.caller = UID,
	.during = 0,
	.after = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(program, unreadable) {
	/* clang-format on */
	.mode = 0711,
	.caller = UID,
	.during = 0,
	.after = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(program, ordinary) {
	/* clang-format on */
	.mode = 0755,
	.caller = UID,
	.during = 0,
	.after = 0,
};

/* The old credentials refuse as well. */
/* clang-format off */
FIXTURE_VARIANT_ADD(program, of_another_uid) {
	/* clang-format on */
	.mode = 0755,
	.caller = OTHER_UID,
	.during = EPERM,
	.after = EPERM,
};

FIXTURE_SETUP(program)
{
	exec_scene_start(_metadata, &self->scene, variant->mode);
}

FIXTURE_TEARDOWN(program)
{
	exec_scene_end(_metadata, &self->scene);
}

static struct join join_during(const FIXTURE_DATA(program) * self,
			       const FIXTURE_VARIANT(program) * variant)
{
	return (struct join){
		.fd = self->scene.t.pidfd,
		.uid = variant->caller,
		.err = variant->during,
		.there = &self->scene.home,
	};
}

/* The calls return at once: only the answer to the target ends the exec. */
TEST_F(program, during_exec)
{
	struct join j = join_during(self, variant);

	exec_stop(_metadata, &self->scene);
	expect_join_types(_metadata, j);
	expect_join_all(_metadata, j);
	expect_in_exec(_metadata, &self->scene);
	exec_finish(_metadata, &self->scene);
}

TEST_F(program, during_exec_by_flags)
{
	if (!have_setns_flags())
		SKIP(return, NO_SETNS_FLAGS);
	exec_stop(_metadata, &self->scene);
	expect_join_flags(_metadata, join_during(self, variant));
	expect_in_exec(_metadata, &self->scene);
	exec_finish(_metadata, &self->scene);
}

TEST_F(program, after_exec)
{
	struct join j = join_during(self, variant);

	j.err = variant->after;
	exec_stop(_metadata, &self->scene);
	exec_finish(_metadata, &self->scene);
	expect_join_types(_metadata, j);
	expect_join_all(_metadata, j);
}

int main(int argc, char **argv)
{
	program_main(argc, argv);
	return test_harness_run(argc, argv);
}
