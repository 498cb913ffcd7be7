// SPDX-License-Identifier: GPL-2.0
/*
 * NS_SET_LAST_PID_VEC and NS_GET_LAST_PID_VEC beside each other, beside forks,
 * and beside the birth and the death of a namespace: what is documented to be
 * one step is never seen half way, and nothing but documented results come
 * out. Bounded by counts; needs two processors to be worth its while.
 *
 * Guards as well: "pid_namespace: write ns_last_pid under pidmap_lock". A write
 * to that file beside a fork(2) is not lost.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/chain.h"
#include "../lib/child.h"
#include "../lib/fork.h"
#include "../lib/pid_vec.h"
#include "../lib/race.h"
#include "../lib/wait.h"
#include "../lib/world.h"

/* Levels of a vector: of a chain of six, all but the machine's own. */
#define LEVELS 5

/* What two setters set all levels to. */
#define PID_A 1000
#define PID_B 2000

/* How long a loop goes on at the most, and forkers, which are slow, take. */
#define LOOP_MS (50000 * slow())
#define FORKERS_MS (60000 * slow())

/* How many reads of the vector, on a slow kernel fewer. */
#define READS (1000000 / slow())

/* ----- A thread that sets the same again and again. */

struct setter {
	pthread_t thread;
	int fd;
	struct pid_vec vec;
	atomic_bool stop;
	int until;		/* stops by itself at this result */
	int result;		/* the last one */
	int undocumented;	/* one that was neither .result nor .instead */
	int instead;		/* what it may be before */
	unsigned long calls;
};

static void *setter_run(void *data)
{
	struct setter *s = data;

	do {
		s->result = try_set(s->fd, &s->vec);
		s->calls++;
		if (s->result == s->until)
			break;
		if (s->result != s->instead)
			s->undocumented = s->result;
	} while (!atomic_load(&s->stop));
	return NULL;
}

/* Sets until the result is @until; until then it must be @instead. */
static void setter_start(struct __test_metadata *_metadata, struct setter *s,
			 int until, int instead)
{
	s->until = until;
	s->instead = instead;
	ASSERT_EQ(0, pthread_create(&s->thread, NULL, setter_run, s));
}

/* What it waits for is due by now. */
static void setter_join(struct __test_metadata *_metadata, struct setter *s)
{
	thread_join(_metadata, s->thread, "a setter");
	EXPECT_EQ(0, s->undocumented);
	EXPECT_LT(0UL, s->calls);
}

static void setter_stop(struct __test_metadata *_metadata, struct setter *s)
{
	atomic_store(&s->stop, true);
	setter_join(_metadata, s);
	EXPECT_EQ(0, s->result);
}

/* ----- Between setters. */

/* In FIXTURE_SETUP. Returns the innermost namespace, all levels set to A. */
static int levels_make(struct __test_metadata *_metadata, struct chain *c)
{
	struct pid_vec vec = vec_of(LEVELS, PID_A);

	SKIP_WITHOUT_PID_VEC();
	chain_make(_metadata, c, LEVELS, NULL);
	EXPECT_EQ(0, try_set(c->ns[LEVELS], &vec));
	return c->ns[LEVELS];
}

FIXTURE(race) {
	struct chain c;
	int fd;
};

FIXTURE_SETUP(race)
{
	self->fd = levels_make(_metadata, &self->c);
}

FIXTURE_TEARDOWN_PARENT(race)
{
	chain_wait(_metadata, &self->c);
}

/* Are all pids of it the same? */
static bool is_whole(const struct pid_vec *vec)
{
	for (__u32 i = 1; i < vec->nr; i++)
		if (vec->pid[i] != vec->pid[0])
			return false;
	return true;
}

/*
 * Has a loop another round? It has @many, and more as long as not all was @seen
 * that should be. When time is up it ends, and who counts finds too few.
 */
static bool goes_on(int round, int many, bool seen, long long end)
{
	if (round >= many && seen)
		return false;
	return round % 100 || now_ms(CLOCK_MONOTONIC) < end;
}

static long long loop_end(void)
{
	return now_ms(CLOCK_MONOTONIC) + LOOP_MS;
}

/* No EXPECT for each of them: it would be most of the time. */
TEST_F_TIMEOUT(race, only_whole_vectors, 150)
{
	struct setter a = { .fd = self->fd, .vec = vec_of(LEVELS, PID_A) };
	struct setter b = { .fd = self->fd, .vec = vec_of(LEVELS, PID_B) };
	int torn = 0, other = 0, failed = 0, seen_a = 0, seen_b = 0;
	struct pid_vec vec = vec_of(LEVELS, 0);
	long long end = loop_end();

	setter_start(_metadata, &a, -1, 0);
	setter_start(_metadata, &b, -1, 0);
	for (int i = 0; goes_on(i, READS, seen_a && seen_b, end); i++) {
		failed += try_get(self->fd, &vec) != 0;
		torn += !is_whole(&vec);
		seen_a += vec.pid[0] == PID_A;
		seen_b += vec.pid[0] == PID_B;
		other += vec.pid[0] != PID_A && vec.pid[0] != PID_B;
	}
	setter_stop(_metadata, &a);
	setter_stop(_metadata, &b);
	EXPECT_EQ(0, failed);
	EXPECT_EQ(0, torn);
	EXPECT_EQ(0, other);
	EXPECT_LT(0, seen_a);
	EXPECT_LT(0, seen_b);
	EXPECT_LE(READS, seen_a + seen_b);
	TH_LOG("%lu + %lu SETs, GET saw %d + %d", a.calls, b.calls, seen_a,
	       seen_b);
}

/* ----- What the vector's memory holds changes during the call. */

FIXTURE(changed) {
	struct chain c;
	int fd;
};

FIXTURE_VARIANT(changed) {
	int word;	/* of the vector: 0 is the number */
	__s32 bad;
};

FIXTURE_VARIANT_ADD(changed, number_to_0) {
	.word = 0, .bad = 0,
};

FIXTURE_VARIANT_ADD(changed, number_to_one_too_many) {
	.word = 0, .bad = LEVELS + 2,
};

FIXTURE_VARIANT_ADD(changed, number_to_most) {
	.word = 0, .bad = -1,
};

/* In one byte only: memory may be copied byte by byte. */
FIXTURE_VARIANT_ADD(changed, first_pid_to_negative) {
	.word = 1, .bad = INT_MIN | PID_A,
};

FIXTURE_VARIANT_ADD(changed, last_pid_to_negative) {
	.word = LEVELS, .bad = INT_MIN | PID_A,
};

FIXTURE_VARIANT_ADD(changed, last_pid_to_too_large) {
	.word = LEVELS, .bad = 1 << 30 | PID_A,
};

static void skip_on_one_processor(struct __test_metadata *_metadata)
{
	cpu_set_t cpus;

	ASSERT_EQ(0, sched_getaffinity(0, sizeof(cpus), &cpus));
	if (CPU_COUNT(&cpus) < 2)
		skip_test(_metadata, "one processor: nobody changes anything during a call");
}

FIXTURE_SETUP(changed)
{
	skip_on_one_processor(_metadata);
	self->fd = levels_make(_metadata, &self->c);
}

FIXTURE_TEARDOWN_PARENT(changed)
{
	chain_wait(_metadata, &self->c);
}

struct changer {
	pthread_t thread;
	atomic_int *word;
	int good, bad;
	atomic_bool stop;
};

static void *changer_run(void *data)
{
	struct changer *c = data;

	while (!atomic_load(&c->stop)) {
		atomic_store(c->word, c->bad);
		atomic_store(c->word, c->good);
	}
	return NULL;
}

/*
 * What was checked is what is used: each call takes all of it or refuses it,
 * whatever the memory holds at that moment.
 */
TEST_F_TIMEOUT(changed, checked_is_used, 60)
{
	struct pid_vec vec = vec_of(LEVELS, PID_A), now = vec;
	struct changer c = {
		.word = (atomic_int *)&vec + variant->word,
		.good = variant->word ? PID_A : LEVELS,
		.bad = variant->bad,
	};
	int ok = 0, refused = 0, other = 0, torn = 0;
	long long end = loop_end();

	ASSERT_EQ(0, pthread_create(&c.thread, NULL, changer_run, &c));
	for (int i = 0; goes_on(i, 20000, ok && refused, end); i++) {
		int err = try_set(self->fd, &vec);

		ok += err == 0;
		refused += err == EINVAL;
		other += err && err != EINVAL;
		other += try_get(self->fd, &now) != 0;
		torn += !is_whole(&now) || now.pid[0] != PID_A;
	}
	atomic_store(&c.stop, true);
	thread_join(_metadata, c.thread, "the changer");
	EXPECT_EQ(0, other);
	EXPECT_EQ(0, torn);
	EXPECT_LT(0, ok);
	EXPECT_LT(0, refused);
	EXPECT_LE(20000, ok + refused);
}

/* ----- Beside forks. */

#define FORKS 200

/* The pids of a child at the levels below the machine's: out of A or of B. */
static void expect_between(struct __test_metadata *_metadata,
			   const struct report *r)
{
	pid_t pids[MAX_PIDS];
	int n = report_nspid(_metadata, r, pids);

	EXPECT_EQ(LEVELS + 1, n);
	for (int i = 1; i < n; i++) {
		bool a = pids[i] > PID_A && pids[i] <= PID_A + 2 * FORKS;
		bool b = pids[i] > PID_B && pids[i] <= PID_B + 2 * FORKS;

		EXPECT_TRUE(a || b) {
			TH_LOG("pid %d at level %d", pids[i], i);
		}
	}
}

static pid_t forker_start(struct __test_metadata *_metadata, int fd,
			  struct report *r)
{
	pid_t pid = fork(), child;

	ASSERT_LE(0, pid);
	if (pid)
		return pid;
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	ASSERT_EQ(0, try_setns(fd, CLONE_NEWPID));
	for (int i = 0; i < FORKS; i++) {
		child = fork();
		ASSERT_LE(0, child) {
			TH_LOG("fork: %s", strerror(errno));
		}
		if (child == 0) {
			report_write(r);
			_exit(0);
		}
		child_end(_metadata, child, POLL_MS, "a forker's child");
		expect_between(_metadata, r);
	}
	_exit(0);
}

/*
 * A fork(2) beside a SET may get a pid of before at one level and one of after
 * at another, but at each level one of those.
 */
TEST_F_TIMEOUT(race, setters_and_forkers, 150)
{
	struct setter a = { .fd = self->fd, .vec = vec_of(LEVELS, PID_A) };
	struct setter b = { .fd = self->fd, .vec = vec_of(LEVELS, PID_B) };
	pid_t forkers[2];

	setter_start(_metadata, &a, -1, 0);
	setter_start(_metadata, &b, -1, 0);
	for (int i = 0; i < 2; i++)
		forkers[i] = forker_start(_metadata, self->fd, report_new());
	for (int i = 0; i < 2; i++)
		child_end(_metadata, forkers[i], FORKERS_MS, "a forker");
	setter_stop(_metadata, &a);
	setter_stop(_metadata, &b);
}

/* ----- ns_last_pid beside forks. */

/* In turn: so far from each other that forks don't lead from one to the other. */
#define LOW	1000
#define HIGH	20000

/* How many writes, on a slow kernel fewer. */
#define WRITES (20000 / slow())

FIXTURE(sysctl) {
	atomic_bool stop;
	atomic_int forks;	/* of all forkers, each counted when it begins */
};

FIXTURE_SETUP(sysctl)
{
	SKIP_WITHOUT_CONTAINERS();
	skip_on_one_processor(_metadata);
	if (access("/proc/sys/kernel/ns_last_pid", W_OK))
		skip_test(_metadata, "kernel without ns_last_pid (CONFIG_CHECKPOINT_RESTORE)");
	if (read_pid_max(_metadata) <= HIGH + LOW)
		skip_test(_metadata, "pid_max is too small");
}

FIXTURE_TEARDOWN_PARENT(sysctl)
{
}

/*
 * Forks that do little else than allocate a pid: nothing is copied, and as the
 * pidfd can't be written, they fail then.
 */
static void sysctl_fork(atomic_bool *stop, atomic_int *forks)
{
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			 CLONE_PIDFD,
		.pidfd = 1,
		.exit_signal = SIGCHLD,
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!atomic_load(stop)) {
		atomic_fetch_add(forks, 1);
		if (sys_clone3(&args) >= 0 || errno != EFAULT)
			_exit(1);
	}
	_exit(0);
}

/*
 * Writes @last, and tells whether what is read then is near it. If there were
 * so many forks meanwhile that it need not be, that is no loss.
 */
static bool sysctl_keeps(struct __test_metadata *_metadata, int fd, int last,
			 atomic_int *forks)
{
	int before = atomic_load(forks);
	char text[16];
	ssize_t len = snprintf(text, sizeof(text), "%d", last);

	ASSERT_EQ(len, pwrite(fd, text, len, 0));
	len = pread(fd, text, sizeof(text) - 1, 0);
	ASSERT_LT(0, len);
	text[len] = '\0';
	if (atomic_load(forks) - before > LOW)
		return true;
	return (atoi(text) >= HIGH) == (last == HIGH);
}

/*
 * As the init of a fresh pid namespace, whose only other processes are the
 * forkers. Returns how many writes were lost.
 */
static int sysctl_write(struct __test_metadata *_metadata, atomic_int *forks)
{
	int fd = open("/proc/sys/kernel/ns_last_pid", O_RDWR | O_CLOEXEC);
	long long end = loop_end();
	int lost = 0, i;

	ASSERT_LE(0, fd);
	for (i = 0; goes_on(i, WRITES, *forks >= WRITES, end); i++)
		lost += !sysctl_keeps(_metadata, fd, i % 2 ? HIGH : LOW, forks);
	EXPECT_LE(WRITES, i);
	EXPECT_LE(WRITES, *forks);
	TH_LOG("of %d writes beside %d forks, %d were lost", i, *forks, lost);
	close(fd);
	return lost;
}

/*
 * The cursor is read, a pid is allocated, and the cursor is written: nothing
 * may come between, or the next process has another pid than was asked for.
 */
TEST_F_TIMEOUT(sysctl, no_write_is_lost, 90)
{
	IN_CLONE(CLONE_NEWPID) {
		pid_t forkers[2];

		for (int i = 0; i < 2; i++) {
			forkers[i] = fork();
			ASSERT_LE(0, forkers[i]);
			if (forkers[i] == 0)
				sysctl_fork(&self->stop, &self->forks);
		}
		EXPECT_EQ(0, sysctl_write(_metadata, &self->forks));
		atomic_store(&self->stop, true);
		for (int i = 0; i < 2; i++)
			child_end(_metadata, forkers[i], POLL_MS, "a forker");
	}
}

/* ----- Beside birth and death. */

#define ROUNDS 100

FIXTURE(life) {
	struct world w;
};

FIXTURE_SETUP(life)
{
	SKIP_WITHOUT_PID_VEC();
	SKIP_WITHOUT_WORLD();
	world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(life)
{
}

/* 0 until the init begins to die, and ESRCH from then on. */
TEST_F_TIMEOUT(life, set_beside_death, 90)
{
	struct world *w = &self->w;
	struct pid_vec vec = vec_of(1, PID_B);

	for (int i = 0; i < ROUNDS; i++) {
		struct setter s = { .vec = vec_of(1, PID_A) };
		pid_t pid = member_start(_metadata, w, CHILD, CLONE_NEWPID,
					 NULL);

		s.fd = w->ns[CHILD];
		EXPECT_EQ(0, try_set(s.fd, &s.vec));
		setter_start(_metadata, &s, ESRCH, 0);
		member_kill(_metadata, pid);
		setter_join(_metadata, &s);
		EXPECT_EQ(ESRCH, s.result);
		EXPECT_EQ(ESRCH, try_set(s.fd, &vec));
		vec = vec_get(_metadata, s.fd, 1);
		EXPECT_EQ(PID_A, vec.pid[0]);
		close(s.fd);
		close(w->pidfd[CHILD]);
		close(w->ready[CHILD]);
	}
}

/* Lives until it is killed, or its parent is. */
static void birth_live(int sock)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	report->pid = getpid();
	if (write(sock, "b", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* The maker of an unborn namespace gives it two processes, when told to. */
static void birth_make(struct __test_metadata *_metadata, int sock)
{
	pid_t pid[2];

	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	for (int i = 0; i < 2; i++) {
		byte_send(_metadata, sock, 'r');
		byte_wait(_metadata, sock, 'g', "the word to fork");
		pid[i] = fork();
		ASSERT_LE(0, pid[i]) {
			TH_LOG("fork: %s", strerror(errno));
		}
		if (pid[i] == 0)
			birth_live(sock);
		byte_wait(_metadata, sock, 'g', "the word to go on");
	}
	member_kill(_metadata, pid[1]);
	member_kill(_metadata, pid[0]);
	_exit(0);
}

/* The maker, ready to fork; the test's end of their socket. */
static pid_t maker_start(struct __test_metadata *_metadata, int *sock)
{
	int socks[2];
	pid_t maker;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	maker = fork();
	ASSERT_LE(0, maker);
	if (maker == 0) {
		close(socks[0]);
		birth_make(_metadata, socks[1]);
	}
	close(socks[1]);
	*sock = socks[0];
	byte_wait(_metadata, *sock, 'r', "the maker is ready");
	return maker;
}

/* Has the maker fork; the child's pid in there. */
static pid_t birth(struct __test_metadata *_metadata, int sock)
{
	byte_send(_metadata, sock, 'g');
	byte_wait(_metadata, sock, 'b', "a process is born");
	return report->pid;
}

/*
 * ESRCH until the init is there, and 0 from then on: whatever they do to each
 * other, the first process is pid 1, and the second gets what was set.
 */
TEST_F_TIMEOUT(life, set_beside_birth, 90)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct setter s = { .vec = vec_of(1, PID_A) };
		int sock, pidfd;
		pid_t maker;

		maker = maker_start(_metadata, &sock);
		pidfd = sys_pidfd_open(maker, 0);
		s.fd = ns_for_children(pidfd);
		ASSERT_LE(0, s.fd);
		EXPECT_EQ(ESRCH, try_set(s.fd, &s.vec));
		setter_start(_metadata, &s, 0, ESRCH);
		EXPECT_EQ(1, birth(_metadata, sock));
		setter_join(_metadata, &s);
		EXPECT_EQ(0, s.result);
		byte_send(_metadata, sock, 'g');
		byte_wait(_metadata, sock, 'r', "the maker is ready again");
		EXPECT_EQ(PID_A + 1, birth(_metadata, sock));
		byte_send(_metadata, sock, 'g');
		child_end(_metadata, maker, POLL_MS, "the maker");
		close(s.fd);
		close(pidfd);
		close(sock);
	}
}

TEST_HARNESS_MAIN
