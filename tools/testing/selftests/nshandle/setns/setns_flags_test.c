// SPDX-License-Identifier: GPL-2.0
/*
 * Every combination of SETNS_* flags with every mask of types does what a small
 * model says.
 *
 * The caller is in the namespaces of the target already, is not, or is refused.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/jail.h"
#include "../lib/picture.h"
#include "../lib/types.h"

#define OTHER_UID 2000

/* Each mask of types with each of flags. */
#define ROWS (256 * FLAG_ROWS)

enum caller {
	ROOT,
	NO_ADMIN,	/* without CAP_SYS_ADMIN */
	NO_RIGHTS,	/* without CAP_SYS_ADMIN and CAP_SYS_CHROOT */
	UID_1000,
	THREADED,
};

enum life { LIVE, ZOMBIE, REAPED };

FIXTURE(matrix)
{
	struct container c;
	struct state target;
};

FIXTURE_VARIANT(matrix)
{
	__u64 container;	/* its namespaces: the others are joined */
	uid_t owner;		/* of its user namespace */
	bool children;		/* its children are born in others */
	enum life life;
	enum caller caller;
	int process;		/* what is said of the target as a whole */
	int err[NR_TYPES];	/* of a type, unless it is skipped */
	int root;		/* of SETNS_ROOT */
};

#define ALL_EIGHT(_e) { [0 ... 7] = (_e) }
#define USER_REST(_u, _e) { [0] = (_u), [1 ... 7] = (_e) }

/* clang-format off */
FIXTURE_VARIANT_ADD(matrix, none_joined) {
	/* clang-format on */
	.container = ALL_NS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(matrix, none_joined_children_elsewhere) {
	/* clang-format on */
	.container = ALL_NS,
	.children = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(matrix, user_joined) {
	/* clang-format on */
	.container = BUT_NS(CLONE_NEWUSER),
	.err = USER_REST(EINVAL, 0),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(matrix, mnt_ipc_cgroup_time_joined) {
	/* clang-format on */
	.container = CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNET,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(matrix, user_uts_pid_net_joined) {
	/* clang-format on */
	.container = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWCGROUP |
		     CLONE_NEWTIME,
	.err = USER_REST(EINVAL, 0),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(matrix, all_joined) {
	/* clang-format on */
	.err = USER_REST(EINVAL, 0),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(matrix, all_joined_children_elsewhere) {
	/* clang-format on */
	.children = true,
	.err = USER_REST(EINVAL, 0),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(matrix, all_refused) {
	/* clang-format on */
	.container = ALL_NS,
	.owner = OTHER_UID,
	.caller = NO_ADMIN,
	.err = ALL_EIGHT(EPERM),
};

/* What is left alone can't refuse. */
/* clang-format off */
FIXTURE_VARIANT_ADD(matrix, all_joined_and_refused) {
	/* clang-format on */
	.caller = NO_ADMIN,
	.err = USER_REST(EINVAL, EPERM),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(matrix, all_joined_and_refused_and_root) {
	/* clang-format on */
	.caller = NO_RIGHTS,
	.err = USER_REST(EINVAL, EPERM),
	.root = EPERM,
};

/* But for those of the target's children. */
/* clang-format off */
FIXTURE_VARIANT_ADD(matrix, all_joined_and_refused_children_elsewhere) {
	/* clang-format on */
	.children = true,
	.caller = NO_ADMIN,
	.err = USER_REST(EINVAL, EPERM),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(matrix, all_joined_threaded) {
	/* clang-format on */
	.caller = THREADED,
	.err = { [0] = EINVAL, [1] = EINVAL, [7] = EUSERS },
	.root = EINVAL,
};

/* Whom the caller may not look at says no to all, also to nothing. */
/* clang-format off */
FIXTURE_VARIANT_ADD(matrix, all_joined_not_traceable) {
	/* clang-format on */
	.caller = UID_1000,
	.process = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(matrix, zombie) {
	/* clang-format on */
	.life = ZOMBIE,
	.process = ESRCH,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(matrix, reaped) {
	/* clang-format on */
	.life = REAPED,
	.process = ESRCH,
};

FIXTURE_SETUP(matrix)
{
	siginfo_t info;
	pid_t pid;

	SKIP_WITHOUT_FLAGS();
	undo_start(_metadata);
	jail_make(_metadata);
	self->c.flags = variant->container;
	self->c.owner = variant->owner;
	self->c.setup = variant->children ? children_elsewhere_jailed :
					    jail_enter;
	container_start(_metadata, &self->c);
	if (variant->life == LIVE) {
		state_read_task(_metadata, self->c.proc, ".", &self->target);
		return;
	}
	pid = self->c.pid;
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	if (variant->life == REAPED) {
		ASSERT_EQ(pid, waitpid(pid, NULL, 0));
		self->c.pid = 0;
	}
}

FIXTURE_TEARDOWN(matrix)
{
	container_stop(_metadata, &self->c);
	undo_stop(_metadata);
}

/* ----- The model. */

static bool flags_valid(int flags)
{
	if (!(flags & ALL_NS))
		return false;
	if (flags & SETNS_FOR_CHILDREN &&
	    !(flags & (CLONE_NEWPID | CLONE_NEWTIME)))
		return false;
	return !(flags & SETNS_ROOT) || flags & CLONE_NEWNS;
}

/* Is the caller in the namespace of this @type that @flags speak of? */
static bool is_joined(const FIXTURE_VARIANT(matrix) * row, int flags,
		      int type)
{
	if (type & (CLONE_NEWPID | CLONE_NEWTIME) && row->children &&
	    flags & SETNS_FOR_CHILDREN)
		return false;
	return !(row->container & type);
}

static bool is_skipped(const FIXTURE_VARIANT(matrix) * row, int flags,
		       int type)
{
	return flags & SETNS_SKIP_JOINED && is_joined(row, flags, type);
}

static int model_err(const FIXTURE_VARIANT(matrix) * row, int flags)
{
	int err = flags_valid(flags) ? row->process : EINVAL;

	if (err)
		return err;
	for (int i = 0; i < NR_TYPES; i++) {
		int type = ns_types[i].flag;

		if (!(flags & type))
			continue;
		if (row->err[i] && !is_skipped(row, flags, type))
			return row->err[i];
		if (type == CLONE_NEWNS && flags & SETNS_ROOT && row->root)
			return row->root;
	}
	return 0;
}

/* What a namespace that is joined again moves are the side effects only. */
static unsigned int model_moved(const FIXTURE_VARIANT(matrix) * row,
				int flags)
{
	unsigned int moved = 0;

	for (int i = 0; i < NR_TYPES; i++) {
		int type = ns_types[i].flag;

		if (!(flags & type) || is_skipped(row, flags, type))
			continue;
		moved |= is_joined(row, flags, type) ?
			 ns_types[i].moved & (MOVED_CWD | MOVED_UNDO) :
			 ns_types[i].moved;
	}
	if (flags & SETNS_ROOT)
		moved |= MOVED_ROOT | MOVED_CWD;
	/* A task that shares its undo list only lets go of it. */
	if (row->caller == THREADED)
		moved &= ~MOVED_UNDO;
	return moved;
}

/* ----- The kernel against it. */

static void caller_become(struct __test_metadata *_metadata,
			  enum caller caller, struct state *before)
{
	if (caller == NO_ADMIN || caller == NO_RIGHTS)
		cap_drop(_metadata, CAP_SYS_ADMIN);
	if (caller == NO_RIGHTS)
		cap_drop(_metadata, CAP_SYS_CHROOT);
	if (caller == UID_1000)
		become(_metadata, 1000);
	state_arm(_metadata, before);
	if (caller == THREADED)
		start_thread(_metadata);
}

/* Every mask with every combination that fails or is a dry run. */
TEST_F(matrix, nothing_moves)
{
	struct state before;

	IN_CHILD {
		caller_become(_metadata, variant->caller, &before);
		for (unsigned int n = 0; n < ROWS; n += NEXT_ROW) {
			int flags = mask_flags(n / FLAG_ROWS) |
				    n % FLAG_ROWS;
			int err = model_err(variant, flags);

			if (err || flags & SETNS_DRY_RUN) {
				EXPECT_EQ(err, try_setns(self->c.pidfd,
							 flags)) {
					TH_LOG("flags %#x", flags);
				}
			}
			/* What moves can't move back: one look for a mask. */
			if (n % FLAG_ROWS == ALL_FLAGS)
				EXPECT_NOTHING_MOVED(&before);
		}
	}
}

/*
 * One type, all but one, all: what is left moves, and to the right place. The
 * kernel has all types, so SETNS_SUPPORTED leaves out nothing: with it, all.
 */
static bool is_sample(unsigned int bits, int flags)
{
	int n = __builtin_popcount(bits);

	if (flags & SETNS_SUPPORTED)
		return n == NR_TYPES;
	return n == 1 || n >= NR_TYPES - 1;
}

TEST_F(matrix, moves)
{
	for (unsigned int n = 0; n < ROWS; n += NEXT_ROW) {
		int flags = mask_flags(n / FLAG_ROWS) | n % FLAG_ROWS;
		struct state before;

		if (!is_sample(n / FLAG_ROWS, flags) ||
		    flags & SETNS_DRY_RUN || model_err(variant, flags))
			continue;
		IN_CHILD {
			caller_become(_metadata, variant->caller, &before);
			EXPECT_EQ(0, SETNS(self->c.pidfd, flags)) {
				TH_LOG("flags %#x", flags);
			}
			EXPECT_MOVED(&before, model_moved(variant, flags));
			expect_there(_metadata, &before, flags, &self->target);
		}
	}
}

TEST_HARNESS_MAIN
