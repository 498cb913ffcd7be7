// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) by the pidfd of a process in the middle of execve(2).
 *
 * Guards: "setns(2) by a pidfd never waits for its target".
 *
 * A task that executes a program is past its point of no return, but still has
 * its old credentials, for as long as it gets rid of its old memory. A caller
 * that may access the task by those credentials joins at once, and gets the old
 * namespaces: the new program has not run yet, so it has no others. Any other
 * caller is refused at once. setns(2) must take no lock that the target holds:
 * the target decides how long it stays there, and the caller may be the very
 * process that the target waits for.
 *
 * To hold a task at that place: exec_mmap() takes exec_update_lock for writing
 * and then drops the old mm. If that was the last one with a shared, written
 * mapping of a FUSE file in writeback mode, the mapping's close writes the
 * inode back, and asks the file system's daemon to set the time of its last
 * modification. We are the daemon, and answer when we like. (A close-on-exec
 * descriptor, the easier way to get a request sent, is closed before the lock
 * is taken on newer kernels.)
 *
 * On a kernel whose setns(2) takes exec_update_lock, the callers in
 * program.*.during_exec and held_up.* do not come back within their limit. The
 * stock kernel does not take it: there, these cases are regression tests. It
 * fails take_over.*, in which a thread other than the first calls execve(2).
 *
 * setns_race_exec_test shows that no caller gets the namespaces that the new
 * program enters, setns_thread_exec_test holds the target in the other case.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/exec.h"
#include "../lib/flags.h"
#include "../lib/fuse.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/wait.h"
#include "../lib/world.h"

/* ----- A target that stops in execve(2). */

#define PROGRAM		"/tmp/program"

struct scene {
	struct fuse_daemon daemon;
	struct state home;	/* of the target */
	pid_t target;
	int pidfd;
	int steps;		/* from the target: ready, executed */
	int go;			/* to the target */
};

/* Reports, and executes itself anew each time it is told to go on. */
static void linger(const char *steps, const char *go)
{
	char byte;

	if (write(atoi(steps), "x", 1) != 1)
		_exit(1);
	if (read(atoi(go), &byte, 1) == 1)
		execl(PROGRAM, PROGRAM, "--hold", steps, go, NULL);
	_exit(1);
}

/*
 * A written mapping, and no descriptor: when the last one is closed, all that
 * was written until then is flushed.
 */
static void dirty_mapping(struct __test_metadata *_metadata)
{
	char *map = fuse_map(_metadata);

	map[0] = 1;
}

static void run_target(struct __test_metadata *_metadata,
		       const struct fuse_daemon *daemon, int steps, int go)
{
	char steps_arg[16], go_arg[16], byte;

	/* Who holds the device while he waits for an answer waits for ever. */
	close(daemon->fd);
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	become(_metadata, UID);
	dirty_mapping(_metadata);
	ASSERT_EQ(1, write(steps, "r", 1));
	ASSERT_EQ(1, read(go, &byte, 1));
	snprintf(steps_arg, sizeof(steps_arg), "%d", steps);
	snprintf(go_arg, sizeof(go_arg), "%d", go);
	execl(PROGRAM, PROGRAM, "--hold", steps_arg, go_arg, NULL);
	TH_LOG("exec: %s", strerror(errno));
	_metadata->exit_code = KSFT_FAIL;
	_exit(1);
}

/* All namespaces of its own but user: there is something to join. */
static void start_target(struct __test_metadata *_metadata,
			 struct scene *scene)
{
	struct clone_args args = {
		.flags = BUT_NS(CLONE_NEWUSER) | CLONE_PIDFD,
		.pidfd = (uintptr_t)&scene->pidfd,
		.exit_signal = SIGCHLD,
	};
	int steps[2], go[2];
	char byte, dir[32];

	/* The program inherits its ends. */
	ASSERT_EQ(0, pipe(steps));
	ASSERT_EQ(0, pipe(go));
	scene->target = sys_clone3(&args);
	ASSERT_LE(0, scene->target);
	if (scene->target == 0) {
		close(steps[0]);
		close(go[1]);
		run_target(_metadata, &scene->daemon, steps[1], go[0]);
	}
	scene->daemon.hold = FUSE_SETATTR;
	close(steps[1]);
	close(go[0]);
	scene->steps = steps[0];
	scene->go = go[1];
	fuse_serve(_metadata, &scene->daemon, scene->steps);
	ASSERT_EQ(1, read(scene->steps, &byte, 1));
	snprintf(dir, sizeof(dir), "/proc/%d", scene->target);
	state_read_task(_metadata, AT_FDCWD, dir, &scene->home);
}

/*
 * A process that reads, again and again, what can be read only under the lock:
 * it stops when an exec holds it. Not something of the target's memory. Who
 * looks at that has a share in it, and could be the last to drop it.
 */
static pid_t start_prober(struct __test_metadata *_metadata, pid_t target)
{
	char path[64], byte;
	pid_t pid;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/personality", target);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (pread(fd, &byte, 1, 0) == 1)
			;
		_exit(1);
	}
	close(fd);
	return pid;
}

/*
 * Lets the target go on to execve(2), up to where it must wait for us: with
 * the lock, and an answer outstanding. It need not be the target that has
 * asked. If the kernel found it time to write the inode back by itself, the
 * target waits for that to end.
 */
static void stop_in_exec(struct __test_metadata *_metadata,
			 struct scene *scene)
{
	struct pollfd fuse = { .fd = scene->daemon.fd, .events = POLLIN };
	pid_t prober = start_prober(_metadata, scene->target);
	bool stopped = false;

	ASSERT_EQ(1, write(scene->go, "g", 1));
	for (int i = 0; i < POLL_MS && !stopped; i++) {
		if (poll(&fuse, 1, 1) > 0)
			fuse_serve_one(_metadata, &scene->daemon);
		stopped = scene->daemon.held.unique &&
			  task_state(_metadata, prober, prober) == 'D';
	}
	stop_child(_metadata, prober);
	ASSERT_TRUE(stopped) {
		TH_LOG("the target does not stop");
	}
}

/* Lets it come out of it. */
static void finish_exec(struct __test_metadata *_metadata,
			struct scene *scene)
{
	char byte;

	fuse_let_go(_metadata, &scene->daemon);
	fuse_serve(_metadata, &scene->daemon, scene->steps);
	ASSERT_EQ(1, read(scene->steps, &byte, 1));
	ASSERT_EQ('x', byte);
}

/* Without a written mapping, nothing but a lock could be in its way. */
static void exec_again(struct __test_metadata *_metadata, struct scene *scene)
{
	struct pollfd executed = { .fd = scene->steps, .events = POLLIN };
	char byte;

	ASSERT_EQ(1, write(scene->go, "g", 1));
	ASSERT_EQ(1, poll(&executed, 1, POLL_MS)) {
		TH_LOG("the next exec hangs");
	}
	ASSERT_EQ(1, read(scene->steps, &byte, 1));
	ASSERT_EQ('x', byte);
}

static void expect_in_exec(struct __test_metadata *_metadata,
			   struct scene *scene)
{
	struct pollfd executed = { .fd = scene->steps, .events = POLLIN };

	EXPECT_NE(0ULL, scene->daemon.held.unique);
	EXPECT_EQ(0, poll(&executed, 1, 0));
}

static void scene_setup(struct __test_metadata *_metadata,
			struct scene *scene)
{
	SKIP_WITHOUT_CONTAINERS();
	/* Not nosuid, as the machine's own /tmp may be. */
	fuse_mount(_metadata, &scene->daemon);
}

static void scene_teardown(struct __test_metadata *_metadata,
			   struct scene *scene)
{
	/* Fails all that is still waited for. */
	close(scene->daemon.fd);
	if (scene->target > 0)
		stop_child(_metadata, scene->target);
	state_close(&scene->home);
}

/* ----- The verdict. */

/*
 * What the target may become, and what a caller is told before that and after:
 * type by type and for all at once.
 */
FIXTURE(program)
{
	struct scene scene;
};

FIXTURE_VARIANT(program)
{
	mode_t mode;
	uid_t caller;
	int during;
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

/* Refused by the old credentials as well. */
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
	scene_setup(_metadata, &self->scene);
	make_program(_metadata, PROGRAM, variant->mode);
	start_target(_metadata, &self->scene);
}

FIXTURE_TEARDOWN(program)
{
	scene_teardown(_metadata, &self->scene);
}

static struct join join_during(const FIXTURE_DATA(program) * self,
			       const FIXTURE_VARIANT(program) * variant)
{
	return (struct join){
		.fd = self->scene.pidfd,
		.uid = variant->caller,
		.err = variant->during,
		.there = &self->scene.home,
	};
}

/* At once: nothing but our answer, which is still to come, ends the exec. */
TEST_F(program, during_exec)
{
	struct join j = join_during(self, variant);

	stop_in_exec(_metadata, &self->scene);
	expect_join_types(_metadata, j);
	expect_join_all(_metadata, j);
	expect_in_exec(_metadata, &self->scene);
	finish_exec(_metadata, &self->scene);
}

TEST_F(program, during_exec_by_flags)
{
	skip_unless_flags(_metadata);
	stop_in_exec(_metadata, &self->scene);
	expect_join_flags(_metadata, join_during(self, variant));
	expect_in_exec(_metadata, &self->scene);
	finish_exec(_metadata, &self->scene);
}

TEST_F(program, after_exec)
{
	struct join j = join_during(self, variant);

	j.err = variant->after;
	stop_in_exec(_metadata, &self->scene);
	finish_exec(_metadata, &self->scene);
	expect_join_types(_metadata, j);
	expect_join_all(_metadata, j);
}

/* ----- What else the exec does not hold up. */

FIXTURE(held_up)
{
	struct scene scene;
};

FIXTURE_SETUP(held_up)
{
	scene_setup(_metadata, &self->scene);
	make_program(_metadata, PROGRAM, 04755);
	start_target(_metadata, &self->scene);
	stop_in_exec(_metadata, &self->scene);
}

FIXTURE_TEARDOWN(held_up)
{
	scene_teardown(_metadata, &self->scene);
}

/*
 * A FUSE server joins its client while it owes the client an answer. If it
 * waited for the client, both would wait until the limit of the case.
 */
TEST_F(held_up, not_its_file_system)
{
	int flags = BUT_NS(CLONE_NEWUSER);
	struct state before;

	ASSERT_EQ(0, chdir("/proc"));
	state_read(_metadata, &before);
	EXPECT_EQ(0, try_setns(self->scene.pidfd, flags));
	EXPECT_MOVED(&before, moved_by(flags) & ~MOVED_UNDO);
	expect_there(_metadata, &before, flags, &self->scene.home);
	expect_in_exec(_metadata, &self->scene);
	finish_exec(_metadata, &self->scene);
}

/* The first caller does not hold up the second. */
TEST_F(held_up, not_two_callers)
{
	struct join j = {
		.fd = self->scene.pidfd,
		.flags = BUT_NS(CLONE_NEWUSER),
		.uid = UID,
		.there = &self->scene.home,
	};
	pid_t callers[2];

	for (int i = 0; i < 2; i++)
		callers[i] = caller_start(_metadata, &j);
	for (int i = 0; i < 2; i++)
		caller_end(_metadata, callers[i]);
	expect_in_exec(_metadata, &self->scene);
	finish_exec(_metadata, &self->scene);
}

/* Flags are looked at before the target is. */
TEST_F(held_up, not_wrong_flags)
{
	struct join j = {
		.fd = self->scene.pidfd,
		.uid = OTHER_UID,
		.err = EINVAL,
	};

	expect_join(_metadata, j);
	j.flags = CLONE_VM;
	expect_join(_metadata, j);
	expect_in_exec(_metadata, &self->scene);
	finish_exec(_metadata, &self->scene);
}

/* A target that is killed here lives on until it has the answer. */
TEST_F(held_up, killed)
{
	struct scene *scene = &self->scene;
	struct join j = {
		.fd = scene->pidfd,
		.flags = BUT_NS(CLONE_NEWUSER),
		.uid = UID,
		.there = &scene->home,
	};

	ASSERT_EQ(0, sys_pidfd_send_signal(scene->pidfd, SIGKILL));
	expect_join(_metadata, j);
	expect_in_exec(_metadata, scene);

	fuse_let_go(_metadata, &scene->daemon);
	fuse_serve(_metadata, &scene->daemon, scene->pidfd);
	EXPECT_EQ(ESRCH, try_setns(scene->pidfd, j.flags));
}

/*
 * No call leaves a lock or a reference behind that the next exec would wait
 * for: neither one that is refused, for its flags, for a namespace or for the
 * target, nor one that succeeds.
 */
TEST_F(held_up, not_the_next_exec)
{
	struct join j = {
		.fd = self->scene.pidfd,
		.uid = UID,
		.err = EINVAL,
		.there = &self->scene.home,
	};

	expect_join(_metadata, j);
	j.flags = CLONE_NEWUSER;
	expect_join(_metadata, j);
	j.flags = CLONE_NEWUTS;
	j.err = 0;
	expect_join(_metadata, j);
	j.uid = OTHER_UID;
	j.err = EPERM;
	expect_join(_metadata, j);
	finish_exec(_metadata, &self->scene);
	exec_again(_metadata, &self->scene);
}

/* ----- A thread that is not the first. */

/*
 * The threads of a process take over, one after the other, by execve(2), and a
 * caller joins it all the while. In each take-over there is a moment in which
 * the old leader is dead and the other thread has not taken its place. The
 * process lives, so no call may fail. The idle threads make that moment longer:
 * they must die first.
 */
#define TAKE_OVERS	"20"
#define IDLE_THREADS	8

FIXTURE(take_over)
{
	pid_t pid;
	int pidfd;
	int steps;		/* from the target, once: the last one runs */
	int go;			/* to the target: it may end */
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

/* A dying leader gives up its root before its namespaces. */
/* clang-format off */
FIXTURE_VARIANT_ADD(take_over, root) {
	/* clang-format on */
	.flags = NS_ROOT | SETNS_SKIP_JOINED,
};

struct again {
	char left[16];
	const char *steps, *go;
};

static void *again_thread(void *data)
{
	const struct again *a = data;

	execl("/proc/self/exe", "again", "--again", a->left, a->steps, a->go,
	      NULL);
	_exit(1);
}

static void again(const char *left, const char *steps, const char *go)
{
	static struct again a;
	pthread_t thread;
	char byte;

	if (!atoi(left)) {
		if (write(atoi(steps), "x", 1) != 1)
			_exit(1);
		_exit(read(atoi(go), &byte, 1) != 0);
	}
	snprintf(a.left, sizeof(a.left), "%d", atoi(left) - 1);
	a.steps = steps;
	a.go = go;
	for (int i = 0; i < IDLE_THREADS; i++)
		if (pthread_create(&thread, NULL, idle_thread, NULL))
			_exit(1);
	if (pthread_create(&thread, NULL, again_thread, &a))
		_exit(1);
	idle(NULL);
}

static void take_over_run(struct __test_metadata *_metadata, int steps, int go)
{
	struct again a = { .left = TAKE_OVERS };
	char steps_arg[16], go_arg[16];

	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	ASSERT_EQ(0, unshare(CLONE_NEWUTS));
	snprintf(steps_arg, sizeof(steps_arg), "%d", steps);
	snprintf(go_arg, sizeof(go_arg), "%d", go);
	a.steps = steps_arg;
	a.go = go_arg;
	again_thread(&a);
}

FIXTURE_SETUP(take_over)
{
	int steps[2], go[2];

	SKIP_WITHOUT_CONTAINERS();
	if (variant->flags & ALL_FLAGS)
		skip_unless_flags(_metadata);
	ASSERT_EQ(0, pipe(steps));
	ASSERT_EQ(0, pipe(go));
	self->pid = fork();
	ASSERT_LE(0, self->pid);
	if (self->pid == 0) {
		close(steps[0]);
		close(go[1]);
		take_over_run(_metadata, steps[1], go[0]);
	}
	close(steps[1]);
	close(go[0]);
	self->steps = steps[0];
	self->go = go[1];
	self->pidfd = sys_pidfd_open(self->pid, 0);
	ASSERT_LE(0, self->pidfd);
}

FIXTURE_TEARDOWN(take_over)
{
	close(self->pidfd);
}

TEST_F(take_over, by_threads)
{
	unsigned int calls = 0, refused = 0;
	int flags = variant->flags, err, last_err = 0;

	while (!is_readable(self->steps, 0)) {
		err = try_setns(self->pidfd, flags);
		calls++;
		refused += !!err;
		last_err = err ?: last_err;
	}
	TH_LOG("%u calls, %u refused", calls, refused);
	EXPECT_LT(0U, calls);
	EXPECT_EQ(0U, refused) {
		TH_LOG("setns: %s", strerror(last_err));
	}
	EXPECT_EQ(0, try_setns(self->pidfd, flags));

	close(self->go);
	expect_end(_metadata, self->pid, POLL_MS, "the last one");
	EXPECT_EQ(ESRCH, try_setns(self->pidfd, flags));
	child_wait(_metadata, self->pid);
	EXPECT_EQ(ESRCH, try_setns(self->pidfd, flags));
}

/* Two that join each other: neither holds what the other waits for. */
FIXTURE(each_other) {};

FIXTURE_SETUP(each_other)
{
	SKIP_WITHOUT_CONTAINERS();
}

FIXTURE_TEARDOWN(each_other)
{
}

static void join_often(struct __test_metadata *_metadata, pid_t pid)
{
	int pidfd = sys_pidfd_open(pid, 0);

	ASSERT_LE(0, pidfd);
	for (int i = 0; i < 300; i++)
		EXPECT_EQ(0, try_setns(pidfd, CLONE_NEWUTS));
	close(pidfd);
}

TEST_F(each_other, no_deadlock)
{
	int done[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe2(done, O_CLOEXEC));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		close(done[1]);
		join_often(_metadata, getppid());
		/* A zombie could not be joined: wait for the other. */
		ASSERT_EQ(0, read(done[0], &byte, 1));
		_exit(0);
	}
	join_often(_metadata, pid);
	close(done[1]);
	child_wait(_metadata, pid);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "--hold"))
		linger(argv[2], argv[3]);
	if (argc == 5 && !strcmp(argv[1], "--again"))
		again(argv[2], argv[3], argv[4]);
	return test_harness_run(argc, argv);
}
