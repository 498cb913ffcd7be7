// SPDX-License-Identifier: GPL-2.0
/*
 * Who may set and read the last pids of which pid namespaces, how many levels a
 * caller may name, and which namespaces have no last pid to set: those without
 * an init.
 *
 * Every case runs as the caller of the world of pidns_world.h, which sees the
 * levels from SELF, its own, downward. What may not move above that, in the
 * machine's own namespace, is looked up before the world and after it.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/fork.h"
#include "../lib/pid_vec.h"
#include "../lib/wait.h"
#include "../lib/world.h"

/* ----- Who may. */

FIXTURE(right) {
	struct scene s;
};

FIXTURE_VARIANT(right) {
	enum caller caller;
	enum keep keep;
	bool inside;		/* the caller is a process of .ns */
	enum ns ns;
	__u32 nr;
	int set, get;		/* errno */
};

/* With every capability: as far up as its own namespace, and no further. */
FIXTURE_VARIANT_ADD(right, root_child) {
	.ns = CHILD, .nr = 1,
};

FIXTURE_VARIANT_ADD(right, root_child_self) {
	.ns = CHILD, .nr = 2,
};

FIXTURE_VARIANT_ADD(right, root_child_self_host) {
	.ns = CHILD, .nr = 3, .set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(right, root_grandchild_to_self) {
	.ns = GRANDCHILD, .nr = 3,
};

FIXTURE_VARIANT_ADD(right, root_grandchild_to_host) {
	.ns = GRANDCHILD, .nr = 4, .set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(right, root_self) {
	.ns = SELF, .nr = 1,
};

FIXTURE_VARIANT_ADD(right, root_self_host) {
	.ns = SELF, .nr = 2, .set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(right, root_host) {
	.ns = PARENT, .nr = 1, .set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(right, root_sibling) {
	.ns = SIBLING, .nr = 1, .set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(right, root_sibling_host) {
	.ns = SIBLING, .nr = 2, .set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(right, root_box_self) {
	.ns = BOX, .nr = 2,
};

/* A container with capabilities in the host's user namespace. */
FIXTURE_VARIANT_ADD(right, inside_child) {
	.inside = true, .ns = CHILD, .nr = 1,
};

FIXTURE_VARIANT_ADD(right, inside_child_self) {
	.inside = true, .ns = CHILD, .nr = 2, .set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(right, inside_grandchild_self) {
	.inside = true, .ns = GRANDCHILD, .nr = 3, .set = EPERM, .get = EPERM,
};

/* One of two capabilities is enough; to look takes none. */
FIXTURE_VARIANT_ADD(right, admin_alone) {
	.keep = ADMIN_ALONE, .ns = CHILD, .nr = 2,
};

FIXTURE_VARIANT_ADD(right, checkpoint_restore_alone) {
	.keep = CR_ALONE, .ns = CHILD, .nr = 2,
};

FIXTURE_VARIANT_ADD(right, checkpoint_restore_alone_host) {
	.keep = CR_ALONE, .ns = SELF, .nr = 2, .set = EPERM, .get = EPERM,
};

FIXTURE_VARIANT_ADD(right, all_but_admin) {
	.caller = NO_ADMIN, .ns = CHILD, .nr = 2,
};

FIXTURE_VARIANT_ADD(right, all_but_both) {
	.keep = ALL_BUT_BOTH, .ns = CHILD, .nr = 2, .set = EPERM,
};

FIXTURE_VARIANT_ADD(right, neither) {
	.keep = NO_CAPS, .ns = CHILD, .nr = 1, .set = EPERM,
};

FIXTURE_VARIANT_ADD(right, neither_self) {
	.keep = NO_CAPS, .ns = SELF, .nr = 1, .set = EPERM,
};

/* In the inner user namespace only: the outer level is not to be had. */
FIXTURE_VARIANT_ADD(right, box_root_box) {
	.caller = BOX_ROOT, .ns = BOX, .nr = 1,
};

FIXTURE_VARIANT_ADD(right, box_root_box_self) {
	.caller = BOX_ROOT, .ns = BOX, .nr = 2, .set = EPERM,
};

FIXTURE_VARIANT_ADD(right, box_root_self) {
	.caller = BOX_ROOT, .ns = SELF, .nr = 1, .set = EPERM,
};

FIXTURE_VARIANT_ADD(right, box_root_child) {
	.caller = BOX_ROOT, .ns = CHILD, .nr = 1, .set = EPERM,
};

FIXTURE_VARIANT_ADD(right, box_root_checkpoint_restore_alone) {
	.caller = BOX_ROOT, .keep = CR_ALONE, .ns = BOX, .nr = 1,
};

FIXTURE_VARIANT_ADD(right, box_root_neither) {
	.caller = BOX_ROOT, .keep = NO_CAPS, .ns = BOX, .nr = 1, .set = EPERM,
};

FIXTURE_VARIANT_ADD(right, inside_box) {
	.caller = BOX_ROOT, .inside = true, .ns = BOX, .nr = 1,
};

FIXTURE_VARIANT_ADD(right, inside_box_self) {
	.caller = BOX_ROOT, .inside = true, .ns = BOX, .nr = 2,
	.set = EPERM, .get = EPERM,
};

/* Who has made a user namespace has all capabilities in it, from outside. */
FIXTURE_VARIANT_ADD(right, box_maker_box) {
	.caller = BOX_MAKER, .ns = BOX, .nr = 1,
};

FIXTURE_VARIANT_ADD(right, box_maker_box_self) {
	.caller = BOX_MAKER, .ns = BOX, .nr = 2, .set = EPERM,
};

FIXTURE_VARIANT_ADD(right, other_userns_child) {
	.caller = OTHER_USERNS, .ns = CHILD, .nr = 1, .set = EPERM,
};

FIXTURE_VARIANT_ADD(right, other_userns_box) {
	.caller = OTHER_USERNS, .ns = BOX, .nr = 1, .set = EPERM,
};

FIXTURE_SETUP(right)
{
	scene_enter(_metadata, &self->s);
}

FIXTURE_TEARDOWN_PARENT(right)
{
	scene_left(_metadata, &self->s);
}

/*
 * What the levels from SELF downward hold after the one fork that follows,
 * which is of the process to make the call.
 */
static struct pid_vec right_fork(struct __test_metadata *_metadata,
				 const struct world *w, enum ns where,
				 bool inside)
{
	struct pid_vec vec = get_levels(_metadata, w, where);
	int bottom = vec.nr - 1;

	for (int i = 0; i <= bottom; i++)
		if (inside || i == bottom)
			vec.pid[i]++;
	if (inside)
		ASSERT_EQ(0, try_setns(w->ns[where], CLONE_NEWPID));
	return vec;
}

static void right_become(struct __test_metadata *_metadata,
			 const struct world *w, enum caller who,
			 enum keep keep)
{
	become_caller(_metadata, w, who);
	keep_caps(_metadata, keep);
}

TEST_F(right, set)
{
	struct world *w = &self->s.w;
	struct pid_vec vec = new_vec(variant->nr);
	struct pid_vec after = right_fork(_metadata, w, variant->ns,
					  variant->inside);

	IN_CHILD {
		right_become(_metadata, w, variant->caller, variant->keep);
		EXPECT_EQ(variant->set, try_set(w->ns[variant->ns], &vec));
	}
	if (!variant->set)
		memcpy(after.pid, vec.pid, vec.nr * sizeof(vec.pid[0]));
	expect_levels(_metadata, w, variant->ns, &after);
}

TEST_F(right, get)
{
	struct world *w = &self->s.w;
	struct pid_vec vec = new_vec(variant->nr);
	struct pid_vec after = right_fork(_metadata, w, variant->ns,
					  variant->inside);

	IN_CHILD {
		right_become(_metadata, w, variant->caller, variant->keep);
		EXPECT_EQ(variant->get, try_get(w->ns[variant->ns], &vec));
		for (__u32 i = 0; i < variant->nr; i++) {
			EXPECT_EQ(variant->get ? LAST(i) : after.pid[i],
				  vec.pid[i]);
		}
	}
}

/* ----- How many levels a caller may name: GET with 0. */

FIXTURE(levels) {
	struct scene s;
};

FIXTURE_VARIANT(levels) {
	enum caller caller;
	enum keep keep;
	enum ns from;		/* the caller's active pid namespace */
	enum ns ns;
	__u32 levels;		/* 0: EPERM */
};

FIXTURE_VARIANT_ADD(levels, self) {
	.ns = SELF, .levels = 1,
};

FIXTURE_VARIANT_ADD(levels, child) {
	.ns = CHILD, .levels = 2,
};

FIXTURE_VARIANT_ADD(levels, grandchild) {
	.ns = GRANDCHILD, .levels = 3,
};

FIXTURE_VARIANT_ADD(levels, above) {
	.ns = PARENT,
};

FIXTURE_VARIANT_ADD(levels, beside) {
	.ns = SIBLING,
};

/* No init is needed. */
FIXTURE_VARIANT_ADD(levels, unborn) {
	.ns = UNBORN, .levels = 2,
};

FIXTURE_VARIANT_ADD(levels, dead_child) {
	.ns = DEAD_CHILD, .levels = 3,
};

FIXTURE_VARIANT_ADD(levels, orphan) {
	.ns = ORPHAN, .levels = 3,
};

/* Nor a capability. */
FIXTURE_VARIANT_ADD(levels, no_capability) {
	.keep = NO_CAPS, .ns = GRANDCHILD, .levels = 3,
};

FIXTURE_VARIANT_ADD(levels, no_capability_above) {
	.keep = NO_CAPS, .ns = PARENT,
};

FIXTURE_VARIANT_ADD(levels, other_userns) {
	.caller = OTHER_USERNS, .ns = CHILD, .levels = 2,
};

FIXTURE_VARIANT_ADD(levels, box_root) {
	.caller = BOX_ROOT, .ns = BOX, .levels = 2,
};

/* It is the active namespace from which they are counted. */
FIXTURE_VARIANT_ADD(levels, inside_child) {
	.from = CHILD, .ns = CHILD, .levels = 1,
};

FIXTURE_VARIANT_ADD(levels, inside_child_below) {
	.from = CHILD, .ns = GRANDCHILD, .levels = 2,
};

FIXTURE_VARIANT_ADD(levels, inside_child_above) {
	.from = CHILD, .ns = SELF,
};

FIXTURE_VARIANT_ADD(levels, inside_child_beside) {
	.from = CHILD, .ns = BOX,
};

FIXTURE_VARIANT_ADD(levels, inside_box) {
	.from = BOX, .caller = BOX_ROOT, .ns = BOX, .levels = 1,
};

FIXTURE_SETUP(levels)
{
	scene_enter(_metadata, &self->s);
}

FIXTURE_TEARDOWN_PARENT(levels)
{
	scene_left(_metadata, &self->s);
}

TEST_F(levels, get_of_0)
{
	struct world *w = &self->s.w;
	int fd = w->ns[variant->ns];
	struct pid_vec vec = { .nr = 0 }, before;

	ASSERT_EQ(0, try_setns(w->ns[variant->from], CLONE_NEWPID));
	IN_CHILD {
		right_become(_metadata, w, variant->caller, variant->keep);
		vec.pid[0] = -77;
		EXPECT_EQ(variant->levels ? 0 : EPERM, try_get(fd, &vec));
		EXPECT_EQ(variant->levels, vec.nr);
		EXPECT_EQ(-77, vec.pid[0]);
		if (!variant->levels)
			continue;
		/* So many can be read, and no more. */
		before = vec_get(_metadata, fd, vec.nr);
		vec.nr++;
		EXPECT_EQ(EPERM, try_get(fd, &vec));
		vec.nr = 0;
		EXPECT_EQ(EINVAL, try_set(fd, &vec));
		expect_vec(_metadata, fd, &before, -1);
	}
}

/* ----- What is recorded of a call: the use of a capability. */

/* From the kernel: a flag of a task that has used one, which fork(2) clears. */
#define PF_SUPERPRIV 0x100

FIXTURE(recorded) {
	struct scene s;
};

FIXTURE_VARIANT(recorded) {
	enum ns ns;
	__u32 nr;
	pid_t pid;
	int err;
	bool used;
};

/* Out of reach: nobody is asked for a capability, so none is used. */
FIXTURE_VARIANT_ADD(recorded, above_self) {
	.ns = SELF, .nr = 2, .err = EPERM,
};

FIXTURE_VARIANT_ADD(recorded, above_child) {
	.ns = CHILD, .nr = 3, .err = EPERM,
};

FIXTURE_VARIANT_ADD(recorded, parent) {
	.ns = PARENT, .nr = 1, .err = EPERM,
};

FIXTURE_VARIANT_ADD(recorded, sibling) {
	.ns = SIBLING, .nr = 1, .err = EPERM,
};

/* Before the levels are known, too. */
FIXTURE_VARIANT_ADD(recorded, too_many_levels) {
	.ns = CHILD, .nr = MAX_PIDS + 1, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(recorded, in_reach) {
	.ns = CHILD, .nr = 2, .pid = 700, .used = true,
};

/* The capability comes before the pids and the init. */
FIXTURE_VARIANT_ADD(recorded, in_reach_bad_pid) {
	.ns = CHILD, .nr = 2, .pid = -1, .err = EINVAL, .used = true,
};

FIXTURE_VARIANT_ADD(recorded, in_reach_unborn) {
	.ns = UNBORN, .nr = 1, .pid = 700, .err = ESRCH, .used = true,
};

FIXTURE_SETUP(recorded)
{
	scene_enter(_metadata, &self->s);
}

FIXTURE_TEARDOWN_PARENT(recorded)
{
	scene_left(_metadata, &self->s);
}

/* Has the caller used a capability since it was forked? */
static bool used_capability(struct __test_metadata *_metadata)
{
	FILE *f = fopen("/proc/thread-self/stat", "re");
	unsigned int flags;

	ASSERT_NE(NULL, f);
	ASSERT_EQ(1, fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %u",
			    &flags));
	fclose(f);
	return flags & PF_SUPERPRIV;
}

TEST_F(recorded, use_of_a_capability)
{
	struct pid_vec vec = vec_of(variant->nr, variant->pid);

	IN_CHILD {
		ASSERT_FALSE(used_capability(_metadata));
		EXPECT_EQ(variant->err, try_set(self->s.w.ns[variant->ns],
						&vec));
		EXPECT_EQ(variant->used, used_capability(_metadata));
	}
}

/* To look takes none. */
TEST_F(recorded, no_use_to_get)
{
	struct pid_vec vec = vec_of(variant->nr, 0);

	IN_CHILD {
		try_get(self->s.w.ns[variant->ns], &vec);
		EXPECT_FALSE(used_capability(_metadata));
	}
}

/* ----- Two levels of one owner below one of another. */

FIXTURE(owners) {
	struct scene s;
	struct world below;	/* its CHILD is in BOX, and of BOX's owner */
};

static void more_in_box(struct __test_metadata *_metadata, struct world *w)
{
	member_start(_metadata, w, CHILD, CLONE_NEWPID, NULL);
}

static void more_as_box_root(struct __test_metadata *_metadata,
			     struct world *w)
{
	become_box_root(_metadata, w);
	ASSERT_EQ(0, try_setns(w->ns[BOX], CLONE_NEWPID));
	member_start(_metadata, w, BOX, 0, more_in_box);
}

FIXTURE_SETUP(owners)
{
	scene_enter(_metadata, &self->s);
	self->below = self->s.w;
	member_start(_metadata, &self->below, SIBLING, 0, more_as_box_root);
}

FIXTURE_TEARDOWN_PARENT(owners)
{
	scene_left(_metadata, &self->s);
}

TEST_F(owners, of_all)
{
	int fd = self->below.ns[CHILD];
	struct pid_vec vec = new_vec(3);

	EXPECT_EQ(0, try_set(fd, &vec));
	expect_vec(_metadata, fd, &vec, -1);
}

TEST_F(owners, of_the_lower)
{
	int fd = self->below.ns[CHILD];
	struct pid_vec vec = new_vec(3);

	IN_CHILD {
		struct pid_vec want;

		become_caller(_metadata, &self->s.w, BOX_ROOT);
		want = vec_get(_metadata, fd, 3);
		EXPECT_EQ(EPERM, try_set(fd, &vec));
		expect_vec(_metadata, fd, &want, -1);
		vec.nr = 2;
		EXPECT_EQ(0, try_set(fd, &vec));
		memcpy(want.pid, vec.pid, 2 * sizeof(vec.pid[0]));
		expect_vec(_metadata, fd, &want, -1);
	}
}

/* ----- Namespaces without an init. */

FIXTURE(lifeless) {
	struct scene s;
};

FIXTURE_VARIANT(lifeless) {
	enum ns ns;
	__u32 nr;
	pid_t last[2];	/* of the levels below SELF, as GET gives them */
};

FIXTURE_VARIANT_ADD(lifeless, unborn) {
	.ns = UNBORN, .nr = 1, .last = { 0 },
};

FIXTURE_VARIANT_ADD(lifeless, unborn_self) {
	.ns = UNBORN, .nr = 2, .last = { 0 },
};

/* It had an init, and that of DEAD_CHILD. */
FIXTURE_VARIANT_ADD(lifeless, dead) {
	.ns = DEAD, .nr = 1, .last = { 2 },
};

FIXTURE_VARIANT_ADD(lifeless, dead_self) {
	.ns = DEAD, .nr = 2, .last = { 2 },
};

FIXTURE_VARIANT_ADD(lifeless, child_of_dead) {
	.ns = DEAD_CHILD, .nr = 1, .last = { 1, 2 },
};

FIXTURE_VARIANT_ADD(lifeless, child_of_dead_to_self) {
	.ns = DEAD_CHILD, .nr = 3, .last = { 1, 2 },
};

FIXTURE_VARIANT_ADD(lifeless, unborn_child_of_dead) {
	.ns = ORPHAN, .nr = 1, .last = { 0, 2 },
};

FIXTURE_VARIANT_ADD(lifeless, unborn_child_of_dead_dead) {
	.ns = ORPHAN, .nr = 2, .last = { 0, 2 },
};

FIXTURE_VARIANT_ADD(lifeless, unborn_child_of_dead_to_self) {
	.ns = ORPHAN, .nr = 3, .last = { 0, 2 },
};

FIXTURE_SETUP(lifeless)
{
	scene_enter(_metadata, &self->s);
}

FIXTURE_TEARDOWN_PARENT(lifeless)
{
	scene_left(_metadata, &self->s);
}

/* Not even to what it is. */
TEST_F(lifeless, cannot_be_set)
{
	struct world *w = &self->s.w;
	int fd = w->ns[variant->ns];
	struct pid_vec before = get_levels(_metadata, w, variant->ns);
	struct pid_vec vec = new_vec(variant->nr), same = before;

	same.nr = variant->nr;
	EXPECT_EQ(ESRCH, try_set(fd, &vec));
	EXPECT_EQ(ESRCH, try_set(fd, &same));
	for (__u32 i = 0; i + 1 < before.nr; i++)
		EXPECT_EQ(variant->last[i], before.pid[i]);
	expect_levels(_metadata, w, variant->ns, &before);
}

/* A first process that is not pid 1 is what this is refused for. */
TEST_F(lifeless, first_process_as_before)
{
	bool unborn = variant->ns == UNBORN;
	struct world *w = &self->s.w;
	int fd = w->ns[variant->ns];
	struct pid_vec vec = new_vec(variant->nr);
	pid_t pid;

	EXPECT_EQ(ESRCH, try_set(fd, &vec));
	ASSERT_EQ(0, try_setns(fd, CLONE_NEWPID));
	pid = fork_reporter();
	if (unborn) {
		ASSERT_LT(0, pid);
		child_wait(_metadata, pid);
		EXPECT_EQ(1, report->pid);
	} else {
		ASSERT_EQ(0, pid);
		EXPECT_EQ(ENOMEM, errno);
	}
	/* Dead now, too. */
	EXPECT_EQ(ESRCH, try_set(fd, &vec));
}

FIXTURE(dying) {
	struct scene s;
};

FIXTURE_SETUP(dying)
{
	scene_enter(_metadata, &self->s);
}

FIXTURE_TEARDOWN_PARENT(dying)
{
	scene_left(_metadata, &self->s);
}

/*
 * Its init is there, but on its way out: it waits for us to reap a child that
 * was born with it. What it has killed before that, tells.
 */
TEST_F(dying, cannot_be_set)
{
	struct world *w = &self->s.w;
	struct pid_vec vec = new_vec(1), last;
	pid_t pid;

	ASSERT_EQ(0, try_setns(w->ns[CHILD], CLONE_NEWPID));
	EXPECT_EQ(0, try_set(w->ns[CHILD], &vec));
	pid = fork_reporter();
	ASSERT_LT(0, pid);
	expect_end(_metadata, pid, POLL_MS, "a process born in there");
	last = vec_get(_metadata, w->ns[CHILD], 2);
	EXPECT_EQ(LAST(0) + 1, last.pid[0]);

	ASSERT_EQ(0, sys_pidfd_send_signal(w->pidfd[CHILD], SIGKILL));
	ASSERT_TRUE(has_exited(w->pidfd[GRANDCHILD], POLL_MS));
	EXPECT_FALSE(has_exited(w->pidfd[CHILD], 0));
	for (__u32 nr = 1; nr <= 2; nr++) {
		vec.nr = nr;
		EXPECT_EQ(ESRCH, try_set(w->ns[CHILD], &vec));
	}
	expect_levels(_metadata, w, CHILD, &last);
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_TRUE(has_exited(w->pidfd[CHILD], POLL_MS));
}

TEST_HARNESS_MAIN
