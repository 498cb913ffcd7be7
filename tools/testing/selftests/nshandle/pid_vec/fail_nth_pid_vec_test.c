// SPDX-License-Identifier: GPL-2.0
/*
 * SET and GET fail at one point only, the copy of the vector, and leak nothing.
 *
 * Neither allocates memory.
 */
#include "../lib/test.h"
#include "../lib/faults.h"
#include "../lib/pid_vec.h"
#include "../lib/world.h"

FIXTURE(vec) {
	struct faults *f;
	struct scene s;
};

FIXTURE_VARIANT(vec) {
	const char *name;
	attempt_fn *attempt;
	__u32 nr;
};

struct request {
	const struct world *w;
	__u32 nr;
};

static void set_attempt(struct __test_metadata *_metadata, struct faults *f,
			const void *data, int n, int times)
{
	const struct request *r = data;
	struct pid_vec old = get_levels(_metadata, r->w, GRANDCHILD);
	struct pid_vec vec = new_vec(r->nr), want = old;
	int fd = r->w->ns[GRANDCHILD];

	nth_open(_metadata, f);
	FAIL_POINTS(f, n, times, try_set(fd, &vec));
	if (!f->err)
		memcpy(want.pid, vec.pid, r->nr * sizeof(vec.pid[0]));
	expect_levels(_metadata, r->w, GRANDCHILD, &want);
	ASSERT_EQ(0, try_set(fd, &old));
	close(f->nth);
}

static void get_attempt(struct __test_metadata *_metadata, struct faults *f,
			const void *data, int n, int times)
{
	const struct request *r = data;
	struct pid_vec want = get_levels(_metadata, r->w, GRANDCHILD);
	struct pid_vec vec = new_vec(r->nr), none = vec;

	nth_open(_metadata, f);
	FAIL_POINTS(f, n, times, try_get(r->w->ns[GRANDCHILD], &vec));
	memcpy(none.pid, f->err ? none.pid : want.pid,
	       r->nr * sizeof(vec.pid[0]));
	EXPECT_EQ(0, memcmp(&none, &vec, sizeof(vec)));
	close(f->nth);
}

FIXTURE_VARIANT_ADD(vec, set_1) {
	.name = "NS_SET_LAST_PID_VEC of 1 level",
	.attempt = set_attempt,
	.nr = 1,
};

FIXTURE_VARIANT_ADD(vec, set_2) {
	.name = "NS_SET_LAST_PID_VEC of 2 levels",
	.attempt = set_attempt,
	.nr = 2,
};

FIXTURE_VARIANT_ADD(vec, set_3) {
	.name = "NS_SET_LAST_PID_VEC of 3 levels",
	.attempt = set_attempt,
	.nr = 3,
};

FIXTURE_VARIANT_ADD(vec, get_1) {
	.name = "NS_GET_LAST_PID_VEC of 1 level",
	.attempt = get_attempt,
	.nr = 1,
};

FIXTURE_VARIANT_ADD(vec, get_2) {
	.name = "NS_GET_LAST_PID_VEC of 2 levels",
	.attempt = get_attempt,
	.nr = 2,
};

FIXTURE_VARIANT_ADD(vec, get_3) {
	.name = "NS_GET_LAST_PID_VEC of 3 levels",
	.attempt = get_attempt,
	.nr = 3,
};

FIXTURE_SETUP(vec)
{
	SKIP_WITHOUT_PID_VEC();
	self->f = faults_enter(_metadata);
	scene_enter(_metadata, &self->s);
}

FIXTURE_TEARDOWN_PARENT(vec)
{
	scene_left(_metadata, &self->s);
}

TEST_F(vec, out_of_reach)
{
	struct request r = { &self->s.w, variant->nr };
	struct sweep s = SWEEP(variant, &r);

	sweep(_metadata, self->f, &s);
	EXPECT_EQ(1, s.nr);
	EXPECT_EQ(COPY, s.outcomes[0].point);
	EXPECT_EQ(EFAULT, s.outcomes[0].err);
}

TEST_F(vec, leaks_nothing)
{
	struct request r = { &self->s.w, variant->nr };
	struct sweep s = SWEEP(variant, &r);

	sweep_leaks(_metadata, self->f, &s);
}

TEST_HARNESS_MAIN
