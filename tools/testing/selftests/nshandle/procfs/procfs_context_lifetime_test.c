// SPDX-License-Identifier: GPL-2.0
/*
 * A context keeps the pid namespace that pidns= is set to, and no other one.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/procfs.h"
#include "../lib/procfs_life.h"
#include "../lib/world.h"

FIXTURE(context) {
	struct life l;
	int fc;
};

FIXTURE_SETUP(context)
{
	SKIP_WITHOUT_CONTAINERS();
	SKIP_WITHOUT_PIDNS();
	life_start(_metadata, &self->l);
	self->fc = procfs_context(_metadata);
	ASSERT_EQ(0, try_pidns(self->fc, self->l.ns));
}

FIXTURE_TEARDOWN(context)
{
	container_stop(_metadata, &self->l.c);
}

/* A thousand times. */
static void expect_refused(struct __test_metadata *_metadata, int fc, int ns,
			   int err)
{
	int refused = 0;

	for (int i = 0; i < 1000; i++)
		refused += try_pidns(fc, ns) == err;
	EXPECT_EQ(1000, refused);
}

TEST_F(context, holds_the_namespace)
{
	let_go(_metadata, &self->l);
	expect_held(_metadata, &self->l);
	close(self->fc);
	expect_freed(_metadata, &self->l);
}

TEST_F(context, makes_an_instance_of_what_is_long_dead)
{
	int dir;

	let_go(_metadata, &self->l);
	expect_held(_metadata, &self->l);
	dir = procfs_create(_metadata, self->fc);
	close(self->fc);
	expect_deserted(_metadata, dir);
	expect_held(_metadata, &self->l);
	close(dir);
	expect_freed(_metadata, &self->l);
}

TEST_F(context, lets_go_of_what_another_setting_replaces)
{
	int own = ns_open_self(_metadata);

	EXPECT_EQ(0, try_pidns(self->fc, own));
	let_go(_metadata, &self->l);
	expect_freed(_metadata, &self->l);
	close(self->fc);
}

TEST_F(context, holds_once_what_is_set_a_thousand_times)
{
	int own = ns_open_self(_metadata);

	for (int i = 0; i < 1000; i++) {
		ASSERT_EQ(0, try_pidns(self->fc, own));
		ASSERT_EQ(0, try_pidns(self->fc, self->l.ns));
		ASSERT_EQ(0, try_pidns(self->fc, self->l.ns));
	}
	let_go(_metadata, &self->l);
	expect_held(_metadata, &self->l);
	close(self->fc);
	expect_freed(_metadata, &self->l);
}

TEST_F(context, holds_nothing_that_was_refused)
{
	int own = ns_open_self(_metadata);

	ASSERT_EQ(0, try_pidns(self->fc, own));
	IN_CHILD {
		become(_metadata, 1000);
		expect_refused(_metadata, self->fc, self->l.ns, EPERM);
		EXPECT_LOG(self->fc, LOG_NO_RIGHT);
	}
	let_go(_metadata, &self->l);
	expect_freed(_metadata, &self->l);
	close(self->fc);
}

TEST_F(context, that_made_an_instance_nobody_mounts)
{
	ASSERT_EQ(0, try_create(self->fc));
	let_go(_metadata, &self->l);
	expect_held(_metadata, &self->l);
	close(self->fc);
	expect_freed(_metadata, &self->l);
}

/* The context of a mounted instance keeps the namespace by way of the mount. */
TEST_F(context, that_is_refused_a_change_a_thousand_times)
{
	int dir = procfs_create(_metadata, self->fc);

	expect_refused(_metadata, self->fc, self->l.ns, EBUSY);
	EXPECT_LOG(self->fc, LOG_BUSY);
	let_go(_metadata, &self->l);
	expect_held(_metadata, &self->l);
	close(dir);
	expect_held(_metadata, &self->l);
	close(self->fc);
	expect_freed(_metadata, &self->l);
}

/* ----- Kept by the descriptor that PROCFS_GET_PID_NAMESPACE returns. */

TEST_F(context, makes_an_instance_whose_answer_holds_it)
{
	int dir = procfs_create(_metadata, self->fc);
	int answer = procfs_get_pidns(dir);

	ASSERT_LE(0, answer);
	let_go(_metadata, &self->l);
	close(self->fc);
	close(dir);
	expect_held(_metadata, &self->l);
	close(answer);
	expect_freed(_metadata, &self->l);
}

TEST_F(context, makes_an_instance_that_is_asked_a_thousand_times)
{
	int dir = procfs_create(_metadata, self->fc);

	for (int i = 0; i < 1000; i++) {
		int answer = procfs_get_pidns(dir);

		ASSERT_LE(0, answer);
		close(answer);
	}
	IN_CHILD {
		become(_metadata, 1000);
		for (int i = 0; i < 1000; i++) {
			ASSERT_EQ(-1, procfs_get_pidns(dir));
			ASSERT_EQ(EPERM, errno);
		}
	}
	let_go(_metadata, &self->l);
	close(self->fc);
	close(dir);
	expect_freed(_metadata, &self->l);
}

TEST_HARNESS_MAIN
