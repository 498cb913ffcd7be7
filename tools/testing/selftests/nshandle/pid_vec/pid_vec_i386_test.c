// SPDX-License-Identifier: GPL-2.0
/*
 * A 32-bit caller gets the same answers to SET and GET as a 64-bit one.
 *
 * The caller is the program pid_vec_i386, beside this one. Every case runs in
 * the world of lib/world.h.
 */
#include "../lib/test.h"
#include "../lib/child.h"
#include "../lib/i386.h"
#include "../lib/pid_vec.h"
#include "../lib/world.h"

FIXTURE(bits32) {
	struct scene s;
	int dir;	/* of this program and pid_vec_i386 */
};

FIXTURE_SETUP(bits32)
{
	SKIP_WITHOUT_PID_VEC();
	self->dir = i386_dir(_metadata, "pid_vec_i386");
	scene_enter(_metadata, &self->s);
}

FIXTURE_TEARDOWN_PARENT(bits32)
{
	scene_left(_metadata, &self->s);
}

/* Returns the program's exit status: see pid_vec_i386.c. */
static int run_32(struct __test_metadata *_metadata, int dir, int fd,
		  char *command, char *nr, char *pid0, char *pid1)
{
	char fd_arg[16];
	char *const argv[] = {
		"pid_vec_i386", fd_arg, command, nr, pid0, pid1, NULL,
	};

	snprintf(fd_arg, sizeof(fd_arg), "%d", fd);
	return i386_run(_metadata, dir, fd, argv);
}

#define RUN_32(...) run_32(_metadata, self->dir, __VA_ARGS__)

TEST_F(bits32, set_and_get)
{
	int fd = self->s.w.ns[GRANDCHILD];
	struct pid_vec want = vec_get(_metadata, fd, 3), vec;

	EXPECT_EQ(0, RUN_32(fd, "set", "2", "1234", "2345"));
	want.pid[0] = 1234;
	want.pid[1] = 2345;
	want.pid[2]++;
	expect_vec(_metadata, fd, &want, -1);
	EXPECT_EQ(0, RUN_32(fd, "get", "2", "1234", "2345"));
	vec = vec_of(2, 3456);
	EXPECT_EQ(0, try_set(fd, &vec));
	EXPECT_EQ(0, RUN_32(fd, "get", "2", "3456", "3456"));
	EXPECT_EQ(100, RUN_32(fd, "get", "2", "3456", "3457"));
}

/* GET of 0 levels. */
TEST_F(bits32, levels)
{
	struct world *w = &self->s.w;
	int uts = open("/proc/self/ns/uts", O_RDONLY);

	EXPECT_EQ(0, RUN_32(w->ns[SELF], "levels", "0", "1", "0"));
	EXPECT_EQ(0, RUN_32(w->ns[GRANDCHILD], "levels", "0", "3", "0"));
	EXPECT_EQ(100, RUN_32(w->ns[GRANDCHILD], "levels", "0", "2", "0"));
	EXPECT_EQ(EPERM, RUN_32(w->ns[PARENT], "levels", "0", "1", "0"));
	EXPECT_EQ(EINVAL, RUN_32(uts, "levels", "0", "1", "0"));
	EXPECT_EQ(EFAULT, RUN_32(w->ns[SELF], "levels", "-", "1", "0"));
}

TEST_F(bits32, errors)
{
	struct world *w = &self->s.w;
	int fd = w->ns[CHILD], uts = open("/proc/self/ns/uts", O_RDONLY);
	struct pid_vec want = vec_get(_metadata, fd, 2);
	char *const commands[] = { "set", "get" };

	for (int i = 0; i < 2; i++) {
		char *do_it = commands[i];

		EXPECT_EQ(EINVAL, RUN_32(uts, do_it, "1", "8", "9"));
		EXPECT_EQ(EINVAL, RUN_32(fd, do_it, "4", "8", "9"));
		EXPECT_EQ(EINVAL, RUN_32(fd, do_it, "-1", "8", "9"));
		EXPECT_EQ(EPERM, RUN_32(fd, do_it, "3", "8", "9"));
		/* "-" is a vector at address 0. */
		EXPECT_EQ(EFAULT, RUN_32(fd, do_it, "-", "8", "9"));
	}
	EXPECT_EQ(EINVAL, RUN_32(fd, "set", "0", "8", "9"));
	EXPECT_EQ(EINVAL, RUN_32(fd, "set", "2", "-1", "9"));
	EXPECT_EQ(EINVAL, RUN_32(fd, "set", "2", "8", "2147483647"));
	EXPECT_EQ(ESRCH, RUN_32(w->ns[UNBORN], "set", "1", "8", "9"));
	want.pid[1] += 14;
	expect_vec(_metadata, fd, &want, -1);
}

TEST_HARNESS_MAIN
