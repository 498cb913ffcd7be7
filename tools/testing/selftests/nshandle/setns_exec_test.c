// SPDX-License-Identifier: GPL-2.0
/*
 * setns(2) by the pidfd of a process in the middle of execve(2).
 *
 * Guards: "setns(pidfd) looks at its target under exec_update_lock".
 *
 * A task that executes a set-id or unreadable program is past its point of no
 * return, but still has its old credentials, for as long as it gets rid of its
 * old memory. Without the lock, setns(2) takes those for the answer to whether
 * the caller may access the target, and gives him its namespaces; with it, the
 * caller waits, and is measured against what the target has become.
 *
 * To hold a task at that place: exec_mmap() takes exec_update_lock for writing
 * and then drops the old mm. If that was the last one with a shared, written
 * mapping of a FUSE file in writeback mode, the mapping's close writes the
 * inode back, and asks the file system's daemon to set the time of its last
 * modification. We are the daemon, and answer when we like. (A close-on-exec
 * descriptor, the easier way to get a request sent, is closed before the lock
 * is taken on newer kernels.)
 *
 * On a kernel that does not take the lock, program.*.during_exec,
 * held_up.killable and held_up.not_behind_a_waiting_caller fail. The others
 * say what taking it must not break, and pass on both.
 */
#include "fuse.h"

#define UID		1000

/* ----- A target that stops in execve(2). */

#define PROGRAM		"/tmp/program"

struct scene {
	struct fuse_daemon daemon;
	struct container bystander;
	pid_t target;
	int pidfd;
	int steps;		/* from the target: ready, executed */
	int go;			/* to the target */
};

/* A copy of ourselves: with --hold it says that it runs, see linger(). */
static void make_program(struct __test_metadata *_metadata, mode_t mode)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to = open(PROGRAM, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	char buf[65536];
	ssize_t len;

	ASSERT_LE(0, from);
	ASSERT_LE(0, to);
	while ((len = read(from, buf, sizeof(buf))) > 0)
		ASSERT_EQ(len, write(to, buf, len));
	ASSERT_EQ(0, len);
	ASSERT_EQ(0, fchmod(to, mode));
	close(from);
	close(to);
}

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
		.flags = (ALL_NS & ~CLONE_NEWUSER) | CLONE_PIDFD,
		.pidfd = (uintptr_t)&scene->pidfd,
		.exit_signal = SIGCHLD,
	};
	int steps[2], go[2];
	char byte;

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
}

/* The state letter of a process: what follows its name. */
static char task_state(struct __test_metadata *_metadata, pid_t pid)
{
	char path[64], buf[256] = "", *name_end;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, buf, sizeof(buf) - 1));
	close(fd);
	name_end = strrchr(buf, ')');
	ASSERT_NE(NULL, name_end);
	return name_end[2];
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
			  task_state(_metadata, prober) == 'D';
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
	container_stop(_metadata, &scene->bystander);
}

/* ----- Callers. */

/* Of the target's uid, with the right to join and no right to trace. */
static void caller_become(struct __test_metadata *_metadata)
{
	cap_value_t keep[] = { CAP_SYS_ADMIN, CAP_SYS_CHROOT };
	cap_t caps = cap_init();

	ASSERT_NE(NULL, caps);
	ASSERT_EQ(0, cap_set_flag(caps, CAP_PERMITTED, 2, keep, CAP_SET));
	ASSERT_EQ(0, cap_set_flag(caps, CAP_EFFECTIVE, 2, keep, CAP_SET));
	ASSERT_EQ(0, prctl(PR_SET_KEEPCAPS, 1));
	become(_metadata, UID);
	ASSERT_EQ(0, cap_set_proc(caps));
	cap_free(caps);
}

/*
 * A caller that joins @flags; returns when he is about to. He must get @err,
 * and without one have moved.
 */
static pid_t start_caller(struct __test_metadata *_metadata, int pidfd,
			  int flags, int err)
{
	struct state before;
	int ready[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
		ASSERT_EQ(0, chdir("/proc"));
		caller_become(_metadata);
		state_read(_metadata, &before);
		ASSERT_EQ(1, write(ready[1], "r", 1));
		EXPECT_EQ(err, try_setns(pidfd, flags)) {
			TH_LOG("flags %#x", flags);
		}
		EXPECT_MOVED(&before, err ? 0 : moved_by(flags) & ~MOVED_UNDO);
		_exit(0);
	}
	close(ready[1]);
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	close(ready[0]);
	return pid;
}

/* Sooner or later, a caller either waits, or is through. */
static bool caller_waits(struct __test_metadata *_metadata, pid_t pid)
{
	for (int i = 0; i < POLL_MS; i++) {
		char state = task_state(_metadata, pid);

		if (state == 'D' || state == 'Z')
			return state == 'D';
		poll(NULL, 0, 1);
	}
	return false;
}

/*
 * What the target may become, and what a caller of its old uid is told then,
 * type by type and for all at once.
 */
FIXTURE(program)
{
	struct scene scene;
};

FIXTURE_VARIANT(program)
{
	mode_t mode;
	int err;
	int user_err;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(program, set_uid) {
	/* clang-format on */
	.mode = 04755,
	.err = EPERM,
	.user_err = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(program, unreadable) {
	/* clang-format on */
	.mode = 0711,
	.err = EPERM,
	.user_err = EPERM,
};

/* It stays what it was: accessible, and in the caller's user namespace. */
/* clang-format off */
FIXTURE_VARIANT_ADD(program, ordinary) {
	/* clang-format on */
	.mode = 0755,
	.err = 0,
	.user_err = EINVAL,
};

FIXTURE_SETUP(program)
{
	scene_setup(_metadata, &self->scene);
	make_program(_metadata, variant->mode);
	start_target(_metadata, &self->scene);
}

FIXTURE_TEARDOWN(program)
{
	scene_teardown(_metadata, &self->scene);
}

/* The table's verdict, once the exec is over. */
TEST_F(program, after_exec)
{
	stop_in_exec(_metadata, &self->scene);
	finish_exec(_metadata, &self->scene);
	for (int i = 0; i < NR_TYPES; i++) {
		int err = i == 0 ? variant->user_err : variant->err;

		child_wait(_metadata,
			   start_caller(_metadata, self->scene.pidfd,
					ns_types[i].flag, err));
	}
	child_wait(_metadata, start_caller(_metadata, self->scene.pidfd, ALL_NS,
					   variant->user_err));
}

/* The same, asked while it goes on. */
TEST_F(program, during_exec)
{
	pid_t callers[NR_TYPES + 1];
	int n;

	stop_in_exec(_metadata, &self->scene);
	for (n = 0; n < NR_TYPES; n++)
		callers[n] = start_caller(_metadata, self->scene.pidfd,
					  ns_types[n].flag,
					  n == 0 ? variant->user_err :
						   variant->err);
	callers[n++] = start_caller(_metadata, self->scene.pidfd, ALL_NS,
				    variant->user_err);
	for (int i = 0; i < n; i++) {
		EXPECT_TRUE(caller_waits(_metadata, callers[i])) {
			TH_LOG("caller %d came through", i);
		}
	}
	expect_in_exec(_metadata, &self->scene);
	finish_exec(_metadata, &self->scene);
	for (int i = 0; i < n; i++)
		child_wait(_metadata, callers[i]);
}

/* What the lock must not do. */
FIXTURE(held_up)
{
	struct scene scene;
	int uts;
};

FIXTURE_SETUP(held_up)
{
	char path[64];

	scene_setup(_metadata, &self->scene);
	self->scene.bystander.flags = ALL_NS;
	container_start(_metadata, &self->scene.bystander);
	make_program(_metadata, 04755);
	start_target(_metadata, &self->scene);
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", self->scene.target);
	self->uts = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->uts);
	stop_in_exec(_metadata, &self->scene);
}

FIXTURE_TEARDOWN(held_up)
{
	scene_teardown(_metadata, &self->scene);
}

/* Who waits can be killed, and the target is none the worse for it. */
TEST_F(held_up, killable)
{
	pid_t pid = start_caller(_metadata, self->scene.pidfd, CLONE_NEWUTS, 0);
	int status;

	EXPECT_TRUE(caller_waits(_metadata, pid));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	expect_in_exec(_metadata, &self->scene);
	finish_exec(_metadata, &self->scene);
	exec_again(_metadata, &self->scene);
}

/* Flags are looked at before the target is. */
TEST_F(held_up, not_wrong_flags)
{
	IN_CHILD {
		EXPECT_EQ(EINVAL, try_setns(self->scene.pidfd, 0));
		EXPECT_EQ(EINVAL, try_setns(self->scene.pidfd, CLONE_VM));
	}
	expect_in_exec(_metadata, &self->scene);
	finish_exec(_metadata, &self->scene);
}

TEST_F(held_up, not_other_targets)
{
	struct state before;

	IN_CHILD {
		state_read(_metadata, &before);
		EXPECT_EQ(0, try_setns(sys_pidfd_open(getpid(), 0),
				       CLONE_NEWUTS));
		EXPECT_EQ(0, try_setns(self->scene.bystander.pidfd,
				       CLONE_NEWUTS));
		EXPECT_MOVED(&before, MOVED_UTS);
	}
	expect_in_exec(_metadata, &self->scene);
	finish_exec(_metadata, &self->scene);
}

/* A file of a namespace names no target. */
TEST_F(held_up, not_nsfs)
{
	struct state before;

	IN_CHILD {
		state_read(_metadata, &before);
		EXPECT_EQ(0, try_setns(self->uts, CLONE_NEWUTS));
		EXPECT_MOVED(&before, MOVED_UTS);
	}
	expect_in_exec(_metadata, &self->scene);
	finish_exec(_metadata, &self->scene);
}

/* A caller that waits is a target like any other. */
TEST_F(held_up, not_behind_a_waiting_caller)
{
	pid_t pid = start_caller(_metadata, self->scene.pidfd, CLONE_NEWUTS,
				 EPERM);

	EXPECT_TRUE(caller_waits(_metadata, pid));
	IN_CHILD {
		EXPECT_EQ(0, try_setns(sys_pidfd_open(pid, 0),
				       CLONE_NEWUTS | CLONE_NEWNET));
	}
	expect_in_exec(_metadata, &self->scene);
	finish_exec(_metadata, &self->scene);
	child_wait(_metadata, pid);
}

/*
 * The lock is free again for the next exec, whatever became of the call:
 * refused for its flags, for the target, for a namespace, or done.
 */
TEST_F(held_up, not_the_next_exec)
{
	int pidfd = self->scene.pidfd;
	pid_t pid;

	pid = start_caller(_metadata, pidfd, 0, EINVAL);
	child_wait(_metadata, pid);
	finish_exec(_metadata, &self->scene);
	exec_again(_metadata, &self->scene);

	pid = start_caller(_metadata, pidfd, CLONE_NEWUTS, EPERM);
	child_wait(_metadata, pid);
	exec_again(_metadata, &self->scene);

	IN_CHILD {
		EXPECT_EQ(EINVAL, try_setns(pidfd, CLONE_NEWUSER));
	}
	exec_again(_metadata, &self->scene);

	IN_CHILD {
		EXPECT_EQ(0, try_setns(pidfd, CLONE_NEWUTS));
	}
	exec_again(_metadata, &self->scene);
}

/*
 * A process whose threads, one after the other, take over by execve(2), and
 * a caller that joins it all the while. For a moment there is a dead leader
 * and no successor: ESRCH. There is no other reason to fail.
 */
#define TAKE_OVERS "20"

FIXTURE(take_over)
{
	pid_t pid;
	int pidfd;
};

static void *again_thread(void *left)
{
	execl("/proc/self/exe", "again", "--again", left, NULL);
	_exit(1);
}

static void again(const char *text)
{
	static char left[16];
	pthread_t thread;

	if (!atoi(text))
		_exit(0);
	snprintf(left, sizeof(left), "%d", atoi(text) - 1);
	if (pthread_create(&thread, NULL, again_thread, left))
		_exit(1);
	for (;;)
		pause();
}

FIXTURE_SETUP(take_over)
{
	SKIP_WITHOUT_CONTAINERS();
	self->pid = fork();
	ASSERT_LE(0, self->pid);
	if (self->pid == 0) {
		if (unshare(CLONE_NEWUTS))
			_exit(1);
		execl("/proc/self/exe", "again", "--again", TAKE_OVERS, NULL);
		_exit(1);
	}
	self->pidfd = sys_pidfd_open(self->pid, 0);
	ASSERT_LE(0, self->pidfd);
}

FIXTURE_TEARDOWN(take_over)
{
	close(self->pidfd);
}

TEST_F(take_over, by_threads)
{
	unsigned int joined = 0;
	siginfo_t info = {};
	int err;

	while (!info.si_pid) {
		err = try_setns(self->pidfd, CLONE_NEWUTS);
		EXPECT_TRUE(!err || err == ESRCH) {
			TH_LOG("setns: %s", strerror(err));
		}
		joined += !err;
		ASSERT_EQ(0, waitid(P_PID, self->pid, &info,
				    WEXITED | WNOHANG | WNOWAIT));
	}
	EXPECT_LT(0U, joined);
	EXPECT_EQ(ESRCH, try_setns(self->pidfd, CLONE_NEWUTS));
	child_wait(_metadata, self->pid);
	EXPECT_EQ(ESRCH, try_setns(self->pidfd, CLONE_NEWUTS));
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
	if (argc == 3 && !strcmp(argv[1], "--again"))
		again(argv[2]);
	return test_harness_run(argc, argv);
}
