// SPDX-License-Identifier: GPL-2.0
#include "join.h"
#include "calls.h"
#include "caps.h"
#include "flags.h"
#include "types.h"
#include "wait.h"

static void caller_become(struct __test_metadata *_metadata, uid_t uid)
{
	cap_value_t keep[] = { CAP_SYS_ADMIN, CAP_SYS_CHROOT };
	cap_t caps = cap_init();

	ASSERT_NE(NULL, caps);
	ASSERT_EQ(0, cap_set_flag(caps, CAP_PERMITTED, 2, keep, CAP_SET));
	ASSERT_EQ(0, cap_set_flag(caps, CAP_EFFECTIVE, 2, keep, CAP_SET));
	ASSERT_EQ(0, prctl(PR_SET_KEEPCAPS, 1));
	become(_metadata, uid);
	ASSERT_EQ(0, cap_set_proc(caps));
	cap_free(caps);
}

/* "/proc" is a working directory that is not the root. */
static void caller_run(struct __test_metadata *_metadata, const struct join *j)
{
	unsigned int moved = moved_by(j->flags) & ~MOVED_UNDO;
	struct state before;
	int err;

	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	ASSERT_EQ(0, chdir("/proc"));
	caller_become(_metadata, j->uid);
	state_read(_metadata, &before);
	err = try_setns(j->fd, j->flags);
	EXPECT_EQ(j->err, err) {
		TH_LOG("flags %#x", j->flags);
	}
	if (err || (j->flags & SETNS_DRY_RUN)) {
		EXPECT_NOTHING_MOVED(&before);
		return;
	}
	/* The target has no user namespace of its own to move to. */
	EXPECT_MOVED(&before, moved & ~moved_by(CLONE_NEWUSER));
	if (j->there)
		expect_there(_metadata, &before, j->flags, j->there);
}

pid_t caller_start(struct __test_metadata *_metadata, const struct join *j)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (pid == 0) {
		caller_run(_metadata, j);
		_exit(0);
	}
	return pid;
}

void caller_end(struct __test_metadata *_metadata, pid_t pid)
{
	child_end(_metadata, pid, POLL_MS, "setns(2)");
}

void expect_join(struct __test_metadata *_metadata, struct join j)
{
	caller_end(_metadata, caller_start(_metadata, &j));
}

void expect_join_types(struct __test_metadata *_metadata, struct join j)
{
	int err = j.err;

	for (int i = 0; i < NR_TYPES; i++) {
		j.flags = ns_types[i].flag;
		j.err = j.flags == CLONE_NEWUSER ? err ?: EINVAL : err;
		expect_join(_metadata, j);
	}
}

void expect_join_all(struct __test_metadata *_metadata, struct join j)
{
	int err = j.err;

	j.flags = BUT_NS(CLONE_NEWUSER);
	expect_join(_metadata, j);
	j.flags = ALL_NS;
	j.err = err ?: EINVAL;
	expect_join(_metadata, j);
}

void expect_join_flags(struct __test_metadata *_metadata, struct join j)
{
	static const int flags[] = {
		ALL_NS | SETNS_SKIP_JOINED,
		BUT_NS(CLONE_NEWUSER) | SETNS_DRY_RUN,
		CLONE_NEWPID | CLONE_NEWTIME | SETNS_FOR_CHILDREN,
		NS_ROOT,
		ALL_NS | ALL_FLAGS,
	};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		j.flags = flags[i];
		expect_join(_metadata, j);
	}
}
