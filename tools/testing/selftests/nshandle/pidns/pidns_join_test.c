// SPDX-License-Identifier: GPL-2.0
/*
 * Joining a pid namespace: setns(2) with a pid namespace file, or with a pidfd
 * and CLONE_NEWPID. It decides where the caller's next children are born and
 * leaves the caller itself where it is.
 *
 * Every case runs as the caller of the world of pidns_world.h.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/chain.h"
#include "../lib/child.h"
#include "../lib/fork.h"
#include "../lib/picture.h"
#include "../lib/types.h"
#include "../lib/wait.h"
#include "../lib/world.h"

#include <linux/nsfs.h>

/* ----- New processes, and what they see. */

static int join(const struct world *w, enum ns to)
{
	return try_setns(w->ns[to], CLONE_NEWPID);
}

static int levels_of_self(struct __test_metadata *_metadata)
{
	pid_t pids[MAX_LEVEL + 1];
	struct report r;

	report_write(&r);
	return report_nspid(_metadata, &r, pids);
}

/* @pid, a child that wrote the report, was born @depth levels below us. */
static void expect_born(struct __test_metadata *_metadata, pid_t pid,
			int depth)
{
	int own = levels_of_self(_metadata), n;
	struct report *r = report;
	pid_t pids[MAX_LEVEL + 1];

	child_wait(_metadata, pid);
	n = report_nspid(_metadata, r, pids);
	EXPECT_EQ(own + depth, n);
	EXPECT_EQ(pid, pids[own - 1]);
	EXPECT_EQ(r->pid, pids[n - 1]);
	/* Whoever is not of one's namespace has no pid in it. */
	EXPECT_EQ(depth ? 0 : getpid(), r->ppid);
	EXPECT_EQ(depth ? 0 : 1, r->sid);
	EXPECT_EQ(depth ? 0 : 1, r->pgid);
}

static void expect_fork(struct __test_metadata *_metadata, int depth,
			pid_t first)
{
	pid_t pid = fork_reporter();

	ASSERT_LT(0, pid) {
		TH_LOG("fork: %s", strerror(errno));
	}
	expect_born(_metadata, pid, depth);
	if (first)
		EXPECT_EQ(first, report->pid);
}

static void expect_fork_fails(struct __test_metadata *_metadata, int err)
{
	expect_no_birth(_metadata, fork_reporter(), err);
}

static void *thread_nop(void *data)
{
	return data;
}

/* Returns 0 or the errno. */
static int try_thread(void)
{
	pthread_t thread;
	int err = pthread_create(&thread, NULL, thread_nop, NULL);

	return err ?: pthread_join(thread, NULL);
}

static int try_clone_newpid(void)
{
	struct clone_args args = {
		.flags = CLONE_NEWPID,
		.exit_signal = SIGCHLD,
	};
	pid_t pid = sys_clone3(&args);

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return errno;
	return waitpid(pid, NULL, 0) == pid ? 0 : ECHILD;
}

static int try_unshare(void)
{
	return unshare(CLONE_NEWPID) ? errno : 0;
}

/* Where our children will be born. */
static void expect_for_children(struct __test_metadata *_metadata,
				struct world *w, enum ns where)
{
	int pidfd = sys_pidfd_open(getpid(), 0);
	int fd;

	ASSERT_LE(0, pidfd);
	fd = ns_for_children(pidfd);
	if (fd < 0) {
		/* A base without the ioctl: by procfs, so not the unborn. */
		ASSERT_EQ(ENOTTY, errno);
		fd = open("/proc/thread-self/ns/pid_for_children",
			  O_RDONLY | O_CLOEXEC);
	}
	ASSERT_LE(0, fd);
	EXPECT_TRUE(same_ns(_metadata, fd, w->ns[where]));
	close(fd);
	close(pidfd);
}

/* ----- From everywhere to everywhere, and then every way to make a child. */

FIXTURE(join) {
	struct world w;
	int fd;		/* what the variant joins by */
};

FIXTURE_VARIANT(join) {
	enum ns to;
	bool by_pidfd;
	int join;	/* errno of setns(2) with CLONE_NEWPID ... */
	int plain;	/* ... and with 0 */
	int thread;	/* then of pthread_create(3), unshare, CLONE_NEWPID */
	int fork;	/* of fork(2) and vfork(2) */
	int tid_one;	/* of clone3(2) with set_tid = { 1 } */
	int tid_free;	/* and with one that nobody has */
	int depth;	/* how far below the caller its children are born */
	pid_t first;	/* pid of the first, if it is not SELF's */
};

/* Already there: nothing to refuse and nothing to change. */
FIXTURE_VARIANT_ADD(join, self_file) {
	.to = SELF,
	.tid_one = EEXIST,
};

FIXTURE_VARIANT_ADD(join, self_pidfd) {
	.to = SELF,
	.by_pidfd = true,
	.plain = EINVAL,
	.tid_one = EEXIST,
};

/* Pids 1 and 2 of CHILD are its init and the init of GRANDCHILD. */
FIXTURE_VARIANT_ADD(join, child_file) {
	.to = CHILD,
	.thread = EINVAL,
	.tid_one = EEXIST,
	.depth = 1,
	.first = 3,
};

FIXTURE_VARIANT_ADD(join, child_pidfd) {
	.to = CHILD,
	.by_pidfd = true,
	.plain = EINVAL,
	.thread = EINVAL,
	.tid_one = EEXIST,
	.depth = 1,
	.first = 3,
};

FIXTURE_VARIANT_ADD(join, grandchild_file) {
	.to = GRANDCHILD,
	.thread = EINVAL,
	.tid_one = EEXIST,
	.depth = 2,
	.first = 2,
};

FIXTURE_VARIANT_ADD(join, grandchild_pidfd) {
	.to = GRANDCHILD,
	.by_pidfd = true,
	.plain = EINVAL,
	.thread = EINVAL,
	.tid_one = EEXIST,
	.depth = 2,
	.first = 2,
};

/* Neither sideways nor upward; all goes on as if nobody had asked. */
FIXTURE_VARIANT_ADD(join, sibling_file) {
	.to = SIBLING,
	.join = EINVAL,
	.plain = EINVAL,
	.tid_one = EEXIST,
};

FIXTURE_VARIANT_ADD(join, sibling_pidfd) {
	.to = SIBLING,
	.by_pidfd = true,
	.join = EINVAL,
	.plain = EINVAL,
	.tid_one = EEXIST,
};

FIXTURE_VARIANT_ADD(join, parent_file) {
	.to = PARENT,
	.join = EINVAL,
	.plain = EINVAL,
	.tid_one = EEXIST,
};

FIXTURE_VARIANT_ADD(join, parent_pidfd) {
	.to = PARENT,
	.by_pidfd = true,
	.join = EINVAL,
	.plain = EINVAL,
	.tid_one = EEXIST,
};

/* ENOMEM says that nobody can be born there any more; it is ABI. */
FIXTURE_VARIANT_ADD(join, dead_file) {
	.to = DEAD,
	.thread = EINVAL,
	.fork = ENOMEM,
	.tid_one = ENOMEM,
	.tid_free = ENOMEM,
};

FIXTURE_VARIANT_ADD(join, dead_pidfd) {
	.to = DEAD,
	.by_pidfd = true,
	.join = ESRCH,
	.plain = EINVAL,
	.tid_one = EEXIST,
};

FIXTURE_VARIANT_ADD(join, dead_child_file) {
	.to = DEAD_CHILD,
	.thread = EINVAL,
	.fork = ENOMEM,
	.tid_one = ENOMEM,
	.tid_free = ENOMEM,
};

FIXTURE_VARIANT_ADD(join, dead_child_pidfd) {
	.to = DEAD_CHILD,
	.by_pidfd = true,
	.join = ESRCH,
	.plain = EINVAL,
	.tid_one = EEXIST,
};

/* A foreigner may be the first, and then its child is init: pid 1 only. */
FIXTURE_VARIANT_ADD(join, unborn_file) {
	.to = UNBORN,
	.thread = EINVAL,
	.tid_free = EINVAL,
	.depth = 1,
	.first = 1,
};

/*
 * Below a dead namespace nobody can be born, either: not even the first. Each
 * case tries it once: where it succeeds, a second child would be fatal.
 */
FIXTURE_VARIANT_ADD(join, orphan_file) {
	.to = ORPHAN,
	.thread = EINVAL,
	.fork = ENOMEM,
	.tid_one = ENOMEM,
	.tid_free = EINVAL,
};

FIXTURE_SETUP(join)
{
	bool unborn = variant->to == UNBORN || variant->to == ORPHAN;

	SKIP_WITHOUT_CONTAINERS();
	if (unborn && !have_pidfd_ioctls())
		SKIP(return, NO_PIDFD_IOCTLS);
	world_enter(_metadata, &self->w);
	self->fd = variant->by_pidfd ? self->w.pidfd[variant->to] :
		   self->w.ns[variant->to];
}

/* Runs outside of the world, which ends by itself; shares self with it. */
FIXTURE_TEARDOWN_PARENT(join)
{
}

TEST_F(join, caller_stays)
{
	struct state before;
	pid_t pid = getpid(), ppid = getppid();

	state_arm(_metadata, &before);
	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	EXPECT_EQ(pid, getpid());
	EXPECT_EQ(ppid, getppid());
	expect_for_children(_metadata, &self->w,
			    variant->thread ? variant->to : SELF);
	EXPECT_MOVED(&before, variant->thread ? MOVED_PID_FOR_CHILDREN : 0);
}

TEST_F(join, without_type)
{
	bool moves = variant->thread && !variant->plain;

	EXPECT_EQ(variant->plain, try_setns(self->fd, 0));
	expect_for_children(_metadata, &self->w, moves ? variant->to : SELF);
}

TEST_F(join, then_fork)
{
	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	if (variant->fork)
		expect_fork_fails(_metadata, variant->fork);
	else
		expect_fork(_metadata, variant->depth, variant->first);
}

TEST_F(join, then_vfork)
{
	pid_t pid;

	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	pid = vfork_reporter();
	if (variant->fork) {
		expect_no_birth(_metadata, pid, variant->fork);
	} else {
		ASSERT_LT(0, pid);
		expect_born(_metadata, pid, variant->depth);
		if (variant->first)
			EXPECT_EQ(variant->first, report->pid);
	}
}

TEST_F(join, then_pthread_create)
{
	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	EXPECT_EQ(variant->thread, try_thread());
}

TEST_F(join, then_unshare)
{
	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	EXPECT_EQ(variant->thread, try_unshare());
}

TEST_F(join, then_clone_newpid)
{
	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	EXPECT_EQ(variant->thread, try_clone_newpid());
}

TEST_F(join, then_set_tid_one)
{
	static const pid_t one = 1;
	pid_t pid;

	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	pid = clone_reporter(&one, 1);
	if (variant->tid_one) {
		expect_no_birth(_metadata, pid, variant->tid_one);
	} else {
		ASSERT_LT(0, pid);
		expect_born(_metadata, pid, variant->depth);
		EXPECT_EQ(1, report->pid);
	}
}

TEST_F(join, then_set_tid_free)
{
	static const pid_t tid = 77;
	pid_t pid;

	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	pid = clone_reporter(&tid, 1);
	if (variant->tid_free) {
		expect_no_birth(_metadata, pid, variant->tid_free);
	} else {
		ASSERT_LT(0, pid);
		expect_born(_metadata, pid, variant->depth);
		EXPECT_EQ(77, report->pid);
	}
}

/* The way back is to join one's own again. */
TEST_F(join, then_back)
{
	struct state before;

	state_arm(_metadata, &before);
	EXPECT_EQ(variant->join, try_setns(self->fd, CLONE_NEWPID));
	EXPECT_EQ(0, join(&self->w, SELF));
	EXPECT_NOTHING_MOVED(&before);
	EXPECT_EQ(0, try_thread());
	expect_fork(_metadata, 0, 0);
	EXPECT_EQ(0, try_clone_newpid());
	EXPECT_EQ(0, try_unshare());
}

/* ----- Single claims in the same world. */

FIXTURE(world) {
	struct world w;
};

FIXTURE_SETUP(world)
{
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(world)
{
}

/* The rule is about where the caller is, not about what it joined before. */
TEST_F(world, join_again_from_joined)
{
	static const enum ns way[] = { GRANDCHILD, CHILD, DEAD, GRANDCHILD };
	struct state before;

	for (size_t i = 0; i < ARRAY_LEN(way); i++) {
		EXPECT_EQ(0, join(&self->w, way[i]));
		expect_for_children(_metadata, &self->w, way[i]);
	}
	state_read(_metadata, &before);
	EXPECT_EQ(EINVAL, join(&self->w, SIBLING));
	EXPECT_EQ(EINVAL, join(&self->w, PARENT));
	EXPECT_NOTHING_MOVED(&before);
	expect_fork(_metadata, 2, 2);
}

/* A pidfd names the namespace that its process is in, not its children's. */
TEST_F(world, pidfd_is_the_active_namespace)
{
	EXPECT_EQ(0, join(&self->w, CHILD));
	EXPECT_EQ(0, try_setns(self->w.pidfd[UNBORN], CLONE_NEWPID));
	expect_for_children(_metadata, &self->w, SELF);
}

/* A child of a joined child is of that namespace like anybody else. */
TEST_F(world, grandchildren_are_natives)
{
	struct world *w = &self->w;

	EXPECT_EQ(0, join(w, CHILD));
	IN_CHILD {
		EXPECT_EQ(EINVAL, join(w, SELF));
		EXPECT_EQ(0, join(w, GRANDCHILD));
		EXPECT_EQ(0, join(w, CHILD));
		IN_CHILD {
			report_write(report);
		}
		EXPECT_EQ(getpid(), report->ppid);
		EXPECT_EQ(getpid() + 1, report->pid);
		EXPECT_EQ(0, try_thread());
	}
}

/* And when its parent dies, the namespace's init takes it, not ours. */
TEST_F(world, grandchildren_reparent_inside)
{
	int alone[2], done[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(alone));
	ASSERT_EQ(0, pipe(done));
	EXPECT_EQ(0, join(&self->w, CHILD));
	IN_CHILD {
		pid = fork();
		ASSERT_LE(0, pid);
		if (pid == 0) {
			close(alone[1]);
			/* End of file: the parent is gone and reaped. */
			ASSERT_EQ(0, read(alone[0], &byte, 1));
			report_write(report);
			ASSERT_EQ(1, write(done[1], "d", 1));
			_exit(0);
		}
	}
	close(alone[1]);
	close(done[1]);
	ASSERT_EQ(1, read(done[0], &byte, 1));
	EXPECT_EQ(1, report->ppid);
}

TEST_F(world, set_tid_on_every_level)
{
	static const pid_t tids[] = { 77, 88, 99 };
	pid_t pid;

	EXPECT_EQ(0, join(&self->w, GRANDCHILD));
	pid = clone_reporter(tids, 3);
	ASSERT_EQ(99, pid);
	expect_born(_metadata, pid, 2);
	EXPECT_EQ(77, report->pid);
	EXPECT_NE(NULL, strstr(report->status, "\t99\t88\t77\n"));
}

static void *thread_join_child(void *data)
{
	struct world *w = data;

	return (void *)(intptr_t)(join(w, CHILD) ?: try_thread());
}

/* The join is of the calling thread alone. */
TEST_F(world, other_threads_stay)
{
	struct state before;
	pthread_t thread;
	void *ret;

	state_read(_metadata, &before);
	ASSERT_EQ(0, pthread_create(&thread, NULL, thread_join_child,
				    &self->w));
	ASSERT_EQ(0, pthread_join(thread, &ret));
	EXPECT_EQ(EINVAL, (intptr_t)ret);
	EXPECT_NOTHING_MOVED(&before);
	EXPECT_EQ(0, try_thread());
	expect_fork(_metadata, 0, 0);
}

/* A handle on nobody's namespace still knows where it hangs. */
FIXTURE(parent_of) {
	struct world w;
};

FIXTURE_VARIANT(parent_of) {
	enum ns ns, parent;
	int err;
};

FIXTURE_VARIANT_ADD(parent_of, child) {
	.ns = CHILD, .parent = SELF,
};

FIXTURE_VARIANT_ADD(parent_of, grandchild) {
	.ns = GRANDCHILD, .parent = CHILD,
};

FIXTURE_VARIANT_ADD(parent_of, dead) {
	.ns = DEAD, .parent = SELF,
};

FIXTURE_VARIANT_ADD(parent_of, dead_child) {
	.ns = DEAD_CHILD, .parent = DEAD,
};

FIXTURE_VARIANT_ADD(parent_of, unborn) {
	.ns = UNBORN, .parent = SELF,
};

FIXTURE_VARIANT_ADD(parent_of, orphan) {
	.ns = ORPHAN, .parent = DEAD,
};

/* Whose parent is out of the caller's sight. */
FIXTURE_VARIANT_ADD(parent_of, self) {
	.ns = SELF, .err = EPERM,
};

FIXTURE_VARIANT_ADD(parent_of, sibling) {
	.ns = SIBLING, .err = EPERM,
};

FIXTURE_VARIANT_ADD(parent_of, parent) {
	.ns = PARENT, .err = EPERM,
};

FIXTURE_SETUP(parent_of)
{
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(parent_of)
{
}

TEST_F(parent_of, get_parent)
{
	int fd = ioctl(self->w.ns[variant->ns], NS_GET_PARENT);

	if (variant->err) {
		EXPECT_EQ(-1, fd);
		EXPECT_EQ(variant->err, errno);
	} else {
		ASSERT_LE(0, fd);
		EXPECT_TRUE(same_ns(_metadata, fd,
				    self->w.ns[variant->parent]));
	}
}

/* ----- Before the first process. */

FIXTURE(unborn) {
	struct world w;
};

FIXTURE_SETUP(unborn)
{
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(unborn)
{
}

/* A first child that lives until it is killed. */
static pid_t unborn_give_init(struct __test_metadata *_metadata,
			      struct world *w)
{
	int pipefd[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(pipefd));
	EXPECT_EQ(0, join(w, UNBORN));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ASSERT_EQ(1, getpid());
		ASSERT_EQ(1, write(pipefd[1], "i", 1));
		for (;;)
			pause();
	}
	close(pipefd[1]);
	ASSERT_EQ(1, read(pipefd[0], &byte, 1));
	close(pipefd[0]);
	return pid;
}

TEST_F(unborn, second_child_has_pid_2)
{
	unborn_give_init(_metadata, &self->w);
	expect_fork(_metadata, 1, 2);
}

/* Two processes that are no relatives of each other or of the maker. */
TEST_F(unborn, two_foreigners_share_it)
{
	struct world *w = &self->w;

	unborn_give_init(_metadata, w);
	EXPECT_EQ(0, join(w, SELF));
	IN_CHILD {
		EXPECT_EQ(0, join(w, UNBORN));
		expect_fork(_metadata, 1, 2);
	}
}

TEST_F(unborn, dies_with_its_first_child)
{
	pid_t pid = unborn_give_init(_metadata, &self->w);

	member_kill(_metadata, pid);
	expect_fork_fails(_metadata, ENOMEM);
	EXPECT_EQ(0, join(&self->w, SELF));
	EXPECT_EQ(0, join(&self->w, UNBORN));
	expect_fork_fails(_metadata, ENOMEM);
}

/* A refused pid must not use up the chance to make an init. */
TEST_F(unborn, refused_set_tid_leaves_it_unborn)
{
	static const pid_t tid = 5;

	EXPECT_EQ(0, join(&self->w, UNBORN));
	EXPECT_EQ(0, clone_reporter(&tid, 1));
	EXPECT_EQ(EINVAL, errno);
	expect_fork(_metadata, 1, 1);
}

/* ----- Its link in procfs. */

static void expect_link(struct __test_metadata *_metadata, int proc, int ns)
{
	char want[32], name[32];
	struct stat st;
	ssize_t len;
	int fd;

	fd = openat(proc, "ns/pid_for_children", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd) {
		TH_LOG("open pid_for_children: %s", strerror(errno));
	}
	EXPECT_TRUE(same_ns(_metadata, fd, ns));
	close(fd);
	ASSERT_EQ(0, fstat(ns, &st));
	snprintf(want, sizeof(want), "pid:[%lu]", (unsigned long)st.st_ino);
	len = readlinkat(proc, "ns/pid_for_children", name, sizeof(name) - 1);
	ASSERT_LT(0, len);
	name[len] = '\0';
	EXPECT_STREQ(want, name);
}

/* It is there before the init, and names what the ioctl names. */
TEST_F(unborn, procfs_link)
{
	struct world *w = &self->w;
	int maker = proc_of_pidfd(_metadata, w->pidfd[UNBORN]);
	int own = open("/proc/thread-self", O_PATH | O_DIRECTORY | O_CLOEXEC);

	expect_link(_metadata, maker, w->ns[UNBORN]);
	EXPECT_EQ(0, join(w, UNBORN));
	expect_link(_metadata, own, w->ns[UNBORN]);
}

/* The same below a dead namespace, where no init can be made any more. */
TEST_F(unborn, procfs_link_below_a_dead_one)
{
	int own = open("/proc/thread-self", O_PATH | O_DIRECTORY | O_CLOEXEC);

	EXPECT_EQ(0, join(&self->w, ORPHAN));
	expect_link(_metadata, own, self->w.ns[ORPHAN]);
}

/* A handle from there is one to join. */
TEST_F(unborn, procfs_link_can_be_joined)
{
	int maker = proc_of_pidfd(_metadata, self->w.pidfd[UNBORN]);
	int fd = openat(maker, "ns/pid_for_children", O_RDONLY | O_CLOEXEC);

	EXPECT_EQ(0, try_setns(fd, CLONE_NEWPID));
	expect_fork(_metadata, 1, 1);
}

TEST_F(unborn, procfs_link_with_an_init)
{
	int maker = proc_of_pidfd(_metadata, self->w.pidfd[UNBORN]);
	pid_t pid = unborn_give_init(_metadata, &self->w);

	expect_link(_metadata, maker, self->w.ns[UNBORN]);
	member_kill(_metadata, pid);
	expect_link(_metadata, maker, self->w.ns[UNBORN]);
}

/* ----- Who may. */

FIXTURE(right) {
	struct world w;
};

FIXTURE_VARIANT(right) {
	enum caller caller;
	enum ns to;
	int err;
};

FIXTURE_VARIANT_ADD(right, root_to_child) {
	.caller = ROOT, .to = CHILD,
};

FIXTURE_VARIANT_ADD(right, root_to_box) {
	.caller = ROOT, .to = BOX,
};

FIXTURE_VARIANT_ADD(right, only_admin_to_child) {
	.caller = ONLY_ADMIN, .to = CHILD,
};

FIXTURE_VARIANT_ADD(right, only_admin_to_box) {
	.caller = ONLY_ADMIN, .to = BOX,
};

/* Even to stay takes the right; and it is asked before the direction. */
FIXTURE_VARIANT_ADD(right, no_admin_to_self) {
	.caller = NO_ADMIN, .to = SELF, .err = EPERM,
};

FIXTURE_VARIANT_ADD(right, no_admin_to_child) {
	.caller = NO_ADMIN, .to = CHILD, .err = EPERM,
};

FIXTURE_VARIANT_ADD(right, no_admin_to_parent) {
	.caller = NO_ADMIN, .to = PARENT, .err = EPERM,
};

FIXTURE_VARIANT_ADD(right, no_admin_to_sibling) {
	.caller = NO_ADMIN, .to = SIBLING, .err = EPERM,
};

FIXTURE_VARIANT_ADD(right, no_admin_to_dead) {
	.caller = NO_ADMIN, .to = DEAD, .err = EPERM,
};

FIXTURE_VARIANT_ADD(right, no_admin_to_unborn) {
	.caller = NO_ADMIN, .to = UNBORN, .err = EPERM,
};

/* Rights in one's own user namespace are none over the host's. */
FIXTURE_VARIANT_ADD(right, other_userns_to_child) {
	.caller = OTHER_USERNS, .to = CHILD, .err = EPERM,
};

FIXTURE_VARIANT_ADD(right, other_userns_to_box) {
	.caller = OTHER_USERNS, .to = BOX, .err = EPERM,
};

/* Rights over the target do not do without rights at home. */
FIXTURE_VARIANT_ADD(right, owner_to_box) {
	.caller = BOX_MAKER, .to = BOX, .err = EPERM,
};

FIXTURE_SETUP(right)
{
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(right)
{
}

TEST_F(right, join)
{
	struct world *w = &self->w;
	struct state before;
	int moved = variant->err ? 0 : MOVED_PID_FOR_CHILDREN;
	int fd = w->ns[variant->to];

	IN_CHILD {
		become_caller(_metadata, w, variant->caller);
		state_read(_metadata, &before);
		EXPECT_EQ(variant->err, try_setns(fd, CLONE_NEWPID));
		EXPECT_EQ(variant->err, try_setns(fd, 0));
		EXPECT_MOVED(&before, moved);
	}
}

/* ----- An init that must wait for its foreigners. */

FIXTURE(held) {
	struct world w;
	int init;	/* /proc/PID of the init of CHILD */
};

FIXTURE_SETUP(held)
{
	SKIP_WITHOUT_CONTAINERS();
	world_enter(_metadata, &self->w);
	self->init = proc_of_pidfd(_metadata, self->w.pidfd[CHILD]);
}

FIXTURE_TEARDOWN_PARENT(held)
{
}

/* From the kernel's sched.h: has begun to exit. */
#define PF_EXITING 0x4

/*
 * Has nothing left to do but to wait for foreigners: it is on its way out, its
 * own children are gone, and still it sleeps. (In which state, differs.)
 */
static bool is_held(struct __test_metadata *_metadata, const struct world *w,
		    int init)
{
	char buf[512], *p, state;
	unsigned int flags;
	ssize_t len;
	int fd;

	if (!sys_pidfd_send_signal(w->pidfd[GRANDCHILD], 0) || errno != ESRCH)
		return false;
	fd = openat(init, "stat", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	len = read(fd, buf, sizeof(buf) - 1);
	ASSERT_LT(0, len);
	buf[len] = '\0';
	close(fd);
	/* "PID (COMMAND) STATE ...", where the command may hold anything. */
	p = strrchr(buf, ')');
	ASSERT_NE(NULL, p);
	if (sscanf(p, ") %c %*d %*d %*d %*d %*d %u", &state, &flags) != 2)
		return false;
	return (flags & PF_EXITING) && (state == 'I' || state == 'S');
}

/* Kills the init of CHILD and sees it stop half way out. */
static void held_kill_init(struct __test_metadata *_metadata,
			   const struct world *w, int init)
{
	long long end = now_ms(CLOCK_MONOTONIC) + POLL_MS;

	ASSERT_EQ(0, sys_pidfd_send_signal(w->pidfd[CHILD], SIGKILL));
	while (!is_held(_metadata, w, init)) {
		ASSERT_GT(end, now_ms(CLOCK_MONOTONIC));
		sched_yield();
	}
	EXPECT_FALSE(has_exited(w->pidfd[CHILD], 0));
}

/* A child of ours, born in CHILD: dead, but its parent has not looked. */
static pid_t held_zombie(struct __test_metadata *_metadata, struct world *w)
{
	siginfo_t info;
	pid_t pid;

	EXPECT_EQ(0, join(w, CHILD));
	pid = fork_reporter();
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	return pid;
}

TEST_F(held, released_when_reaped)
{
	pid_t pid = held_zombie(_metadata, &self->w);

	held_kill_init(_metadata, &self->w, self->init);
	/* Held up or not: the namespace takes nobody any more. */
	expect_fork_fails(_metadata, ENOMEM);
	EXPECT_FALSE(has_exited(self->w.pidfd[CHILD], 0));
	EXPECT_TRUE(is_held(_metadata, &self->w, self->init));
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_TRUE(has_exited(self->w.pidfd[CHILD], POLL_MS));
}

/* Its parent's end is not enough: it goes to who reaps in *that* namespace. */
TEST_F(held, inherited_by_the_parents_reaper)
{
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	IN_CHILD {
		held_zombie(_metadata, &self->w);
		held_kill_init(_metadata, &self->w, self->init);
	}
	EXPECT_TRUE(is_held(_metadata, &self->w, self->init));
	EXPECT_FALSE(has_exited(self->w.pidfd[CHILD], 0));
	EXPECT_LT(0, waitpid(-1, NULL, 0));
	EXPECT_TRUE(has_exited(self->w.pidfd[CHILD], POLL_MS));
}

/* A living foreigner is killed; only then its parent is waited for. */
TEST_F(held, living_child_is_killed_and_held)
{
	siginfo_t info;
	pid_t pid;

	EXPECT_EQ(0, join(&self->w, CHILD));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0)
		for (;;)
			pause();
	held_kill_init(_metadata, &self->w, self->init);
	ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	EXPECT_EQ(CLD_KILLED, info.si_code);
	EXPECT_EQ(SIGKILL, info.si_status);
	EXPECT_FALSE(has_exited(self->w.pidfd[CHILD], 0));
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_TRUE(has_exited(self->w.pidfd[CHILD], POLL_MS));
}

/* Not the zombie but its being unreaped: without one nothing is held. */
TEST_F(held, not_held_without_foreigners)
{
	struct world *w = &self->w;

	EXPECT_EQ(0, join(w, CHILD));
	expect_fork(_metadata, 1, 3);
	ASSERT_EQ(0, sys_pidfd_send_signal(w->pidfd[CHILD], SIGKILL));
	EXPECT_TRUE(has_exited(w->pidfd[CHILD], POLL_MS));
}

/* ----- As deep as it goes. */

struct deepest {
	struct chain c;
	int err_unshare;	/* of the last link's attempt to make one more */
	int err_up;		/* and to join the one above it */
};

FIXTURE(depth) {
	struct deepest d;
};

static void depth_try_more(struct __test_metadata *_metadata, struct chain *c)
{
	/* The first member. */
	struct deepest *d = (void *)c;

	d->err_unshare = try_unshare();
	d->err_up = try_setns(c->ns[c->bottom - 1], CLONE_NEWPID);
}

FIXTURE_SETUP(depth)
{
	SKIP_WITHOUT_CONTAINERS();
	chain_make(_metadata, &self->d.c, MAX_LEVEL + 1, depth_try_more);
}

FIXTURE_TEARDOWN_PARENT(depth)
{
	chain_wait(_metadata, &self->d.c);
}

TEST_F(depth, no_more_than_32)
{
	EXPECT_EQ(MAX_LEVEL, self->d.c.bottom);
	EXPECT_EQ(ENOSPC, self->d.c.err);
	EXPECT_EQ(ENOSPC, self->d.err_unshare);
	EXPECT_EQ(EINVAL, self->d.err_up);
}

TEST_F(depth, join_every_level)
{
	pid_t pid = getpid();

	for (int level = MAX_LEVEL; level >= 0; level--) {
		EXPECT_EQ(0, try_setns(self->d.c.ns[level], CLONE_NEWPID));
		IN_CHILD {
			EXPECT_EQ(level + 1, levels_of_self(_metadata));
			EXPECT_EQ(level ? 0 : pid, getppid());
		}
	}
}

/* From the deepest, too, the way up is the parent's, one by one. */
TEST_F(depth, parents_lead_to_the_root)
{
	int fd = dup(self->d.c.ns[MAX_LEVEL]), parent;

	for (int level = MAX_LEVEL - 1; level >= 0; level--) {
		parent = ioctl(fd, NS_GET_PARENT);
		ASSERT_LE(0, parent);
		EXPECT_TRUE(same_ns(_metadata, parent, self->d.c.ns[level]));
		close(fd);
		fd = parent;
	}
	EXPECT_EQ(-1, ioctl(fd, NS_GET_PARENT));
	EXPECT_EQ(EPERM, errno);
}

/* clone3(2) takes 32 pids: enough for all levels but the root's. */
TEST_F(depth, set_tid_of_32_levels)
{
	pid_t tids[MAX_LEVEL + 1], pid;

	for (int i = 0; i <= MAX_LEVEL; i++)
		tids[i] = 1000 + i;
	EXPECT_EQ(0, try_setns(self->d.c.ns[MAX_LEVEL], CLONE_NEWPID));
	EXPECT_EQ(0, clone_reporter(tids, MAX_LEVEL + 1));
	EXPECT_EQ(EINVAL, errno);
	pid = clone_reporter(tids, MAX_LEVEL);
	ASSERT_LT(0, pid);
	child_wait(_metadata, pid);
	EXPECT_EQ(1000, report->pid);
	EXPECT_EQ(MAX_LEVEL + 1, report_nspid(_metadata, report,
					      tids));
	EXPECT_EQ(pid, tids[0]);
	for (int i = 1; i <= MAX_LEVEL; i++)
		EXPECT_EQ(1000 + MAX_LEVEL - i, tids[i]);
}

TEST_HARNESS_MAIN
