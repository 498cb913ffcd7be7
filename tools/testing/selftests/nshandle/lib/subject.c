// SPDX-License-Identifier: GPL-2.0
#include "subject.h"
#include "calls.h"
#include "caps.h"
#include "child.h"
#include "task_stat.h"

#include <sys/fsuid.h>

static void subject_run(struct __test_metadata *_metadata, struct subject *s,
			enum victim victim)
{
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	if (victim == GUARDED)
		ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 0));
	if (victim == HEADLESS)
		start_thread(_metadata);
	ASSERT_EQ(1, write(s->pipefd[1], "r", 1));
	/* exit(2) ends this thread; _exit(3) would end the process. */
	if (victim == HEADLESS)
		syscall(__NR_exit, 0);
	while (victim == LIVE || victim == GUARDED)
		pause();
	_exit(0);
}

static void wait_for_zombie(struct __test_metadata *_metadata, int proc)
{
	long long end = now_ms(CLOCK_MONOTONIC) + POLL_MS;

	while (task_stat(_metadata, proc).state != 'Z') {
		ASSERT_GT(end, now_ms(CLOCK_MONOTONIC));
		sched_yield();
	}
}

void subject_start(struct __test_metadata *_metadata, struct subject *s,
		   enum victim victim)
{
	char byte;

	ASSERT_EQ(0, pipe2(s->pipefd, O_CLOEXEC));
	s->pid = fork();
	ASSERT_LE(0, s->pid);
	if (s->pid == 0)
		subject_run(_metadata, s, victim);
	s->pidfd = sys_pidfd_open(s->pid, 0);
	ASSERT_LE(0, s->pidfd);
	s->proc = proc_of_pidfd(_metadata, s->pidfd);
	ASSERT_EQ(1, read(s->pipefd[0], &byte, 1));
	if (victim == ZOMBIE || victim == HEADLESS)
		wait_for_zombie(_metadata, s->proc);
	if (victim == REAPED) {
		ASSERT_EQ(s->pid, waitpid(s->pid, NULL, 0));
		s->pid = 0;
	}
}

void subject_stop(struct __test_metadata *_metadata, struct subject *s)
{
	if (!s->pid)
		return;
	kill(s->pid, SIGKILL);
	EXPECT_EQ(s->pid, waitpid(s->pid, NULL, 0));
}

/*
 * Clears CAP_SYS_PTRACE in the effective set only, which an access check by
 * fsuid uses. setns(2) checks by the real uid and the permitted set.
 */
static void ptrace_cap_lower(struct __test_metadata *_metadata)
{
	cap_value_t cap = CAP_SYS_PTRACE;
	cap_t caps = cap_get_proc();

	ASSERT_NE(NULL, caps);
	ASSERT_EQ(0, cap_set_flag(caps, CAP_EFFECTIVE, 1, &cap, CAP_CLEAR));
	ASSERT_EQ(0, cap_set_proc(caps));
	cap_free(caps);
}

void become_asker(struct __test_metadata *_metadata, enum asker asker)
{
	switch (asker) {
	case BY_ROOT:
		break;
	case BY_UID_1000:
		become(_metadata, 1000);
		break;
	case BY_ROOT_NO_CAPS:
		cap_keep_only(_metadata, -1);
		break;
	case BY_ROOT_PTRACE:
		cap_keep_only(_metadata, CAP_SYS_PTRACE);
		break;
	case BY_FSUID_1000:
		setfsuid(1000);
		ASSERT_EQ(1000, setfsuid(-1));
		ptrace_cap_lower(_metadata);
		break;
	}
}

struct asker_state asker_begin(struct __test_metadata *_metadata,
			       enum asker asker)
{
	struct asker_state s;

	become_asker(_metadata, asker);
	state_arm(_metadata, &s.before);
	s.fds = open_fds();
	return s;
}

void asker_end(struct __test_metadata *_metadata, const struct asker_state *s)
{
	EXPECT_EQ(s->fds, open_fds());
	EXPECT_NOTHING_MOVED(&s->before);
}
