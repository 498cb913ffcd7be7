// SPDX-License-Identifier: GPL-2.0
/*
 * On a terminal, a command that nshandle join runs in a pid namespace is a job like
 * any other, as with nsenter(1): Ctrl-C, Ctrl-Z, fg, bg, the window's size.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/child.h"
#include "../lib/wait.h"

#include <termios.h>

#define CTRL_C	"\003"
#define CTRL_Z	"\032"

/* The test is the job-control shell of a terminal whose other end it has, too. */
struct shell {
	struct container box;
	const char *join;
	int master;
	int tty;
};

static void shell_setup(struct __test_metadata *_metadata, struct shell *s,
			const char *join)
{
	SKIP_WITHOUT_CONTAINERS();
	if (RUN("nshandle", "--version"))
		skip_test(_metadata, "nshandle is not in PATH");
	s->join = join;
	s->box.flags = CLONE_NEWPID;
	container_start(_metadata, &s->box);
	s->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	ASSERT_LE(0, s->master);
	ASSERT_EQ(0, grantpt(s->master));
	ASSERT_EQ(0, unlockpt(s->master));
}

static void shell_teardown(struct __test_metadata *_metadata, struct shell *s)
{
	close(s->master);
	container_stop(_metadata, &s->box);
}

/* What nsenter(1) of any version does as well. */
FIXTURE(alike)
{
	struct shell shell;
};

FIXTURE_VARIANT(alike)
{
	const char *join;	/* "%d": the process id */
};

#define NSHANDLE "nshandle join -t %d -p"

FIXTURE_VARIANT_ADD(alike, nshandle)
{
	.join = NSHANDLE,
};

FIXTURE_VARIANT_ADD(alike, nsenter)
{
	.join = "nsenter -t %d -p",
};

FIXTURE_SETUP(alike)
{
	shell_setup(_metadata, &self->shell, variant->join);
}

FIXTURE_TEARDOWN(alike)
{
	shell_teardown(_metadata, &self->shell);
}

/*
 * nsenter(1) stops once more after fg, depending on time; and leaves the command
 * in a process group that has no number in its pid namespace.
 */
FIXTURE(terminal)
{
	struct shell shell;
};

FIXTURE_SETUP(terminal)
{
	shell_setup(_metadata, &self->shell, NSHANDLE);
}

FIXTURE_TEARDOWN(terminal)
{
	shell_teardown(_metadata, &self->shell);
}

/* In a child, which ends with its terminal: then the rest of the jobs ends, too. */
static void shell_begin(struct __test_metadata *_metadata, struct shell *s)
{
	ASSERT_LE(0, setsid());
	signal(SIGTTOU, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	s->tty = open(ptsname(s->master), O_RDWR);
	ASSERT_LE(0, s->tty);
}

static void give_terminal(struct __test_metadata *_metadata, int tty,
			  pid_t group)
{
	ASSERT_EQ(0, tcsetpgrp(tty, group));
}

static void job_main(struct shell *s, bool foreground,
		     const char *command)
{
	setpgid(0, 0);
	if (foreground)
		tcsetpgrp(s->tty, getpid());
	for (int fd = 0; fd < 3; fd++)
		dup2(s->tty, fd);
	close(s->tty);
	signal(SIGTTOU, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	execlp("sh", "sh", "-c", command, NULL);
	_exit(127);
}

/*
 * Begins the shell, and in it a job: the command, and what @script says, run there
 * by a shell. "%s" in @around is for that; with "exec %s" the shell in between is
 * the command.
 */
static pid_t job_start(struct __test_metadata *_metadata,
		       struct shell *s, bool foreground,
		       const char *around, const char *script)
{
	char joined[64], inner[256], command[320];
	pid_t job;

	shell_begin(_metadata, s);
	if (!foreground)
		give_terminal(_metadata, s->tty, getpid());
	snprintf(joined, sizeof(joined), s->join, s->box.pid);
	snprintf(inner, sizeof(inner), "%s -- %s", joined, script);
	snprintf(command, sizeof(command), around, inner);
	job = fork();
	if (job == 0)
		job_main(s, foreground, command);
	ASSERT_LT(0, job);
	return job;
}

#define START(_foreground, _around, _script) \
	job_start(_metadata, &self->shell, _foreground, _around, _script)

/* Reads what comes on the screen, up to @word. */
static void expect_word(struct __test_metadata *_metadata, int master,
			const char *word)
{
	char seen[4096] = "";
	size_t length = 0;
	ssize_t got;

	while (!strstr(seen, word)) {
		ASSERT_TRUE(is_readable(master, POLL_MS)) {
			TH_LOG("no '%s' in: %s", word, seen);
		}
		got = read(master, seen + length, sizeof(seen) - 1 - length);
		ASSERT_LT(0, got);
		length += got;
		seen[length] = '\0';
	}
}

static void type(struct __test_metadata *_metadata, int master,
		 const char *keys)
{
	ssize_t length = strlen(keys);

	ASSERT_EQ(length, write(master, keys, length));
}

static int job_wait(struct __test_metadata *_metadata, pid_t job)
{
	int status;

	ASSERT_EQ(job, waitpid(job, &status, WUNTRACED));
	return status;
}

static void expect_exit(struct __test_metadata *_metadata, pid_t job, int want)
{
	int status = job_wait(_metadata, job);

	ASSERT_TRUE(WIFEXITED(status));
	EXPECT_EQ(want, WEXITSTATUS(status));
}

static void expect_stop(struct __test_metadata *_metadata, pid_t job)
{
	int status = job_wait(_metadata, job);

	ASSERT_TRUE(WIFSTOPPED(status));
}

static void expect_killed(struct __test_metadata *_metadata, pid_t job,
			  int signal)
{
	int status = job_wait(_metadata, job);

	ASSERT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(signal, WTERMSIG(status));
}

/* What fg of a shell does; or bg. */
static void continue_job(struct __test_metadata *_metadata, int tty, pid_t job,
			 bool foreground)
{
	if (foreground)
		give_terminal(_metadata, tty, job);
	ASSERT_EQ(0, kill(-job, SIGCONT));
}

TEST_F(alike, ctrl_c_ends_the_job)
{
	IN_CHILD {
		pid_t job = START(true, "exec %s",
			    "sh -c 'echo ready; exec sleep 1000'");

		expect_word(_metadata, self->shell.master, "ready");
		type(_metadata, self->shell.master, CTRL_C);
		expect_killed(_metadata, job, SIGINT);
		EXPECT_EQ(job, tcgetpgrp(self->shell.tty));
	}
}

/* A script around it, which would go on with its next command. */
TEST_F(alike, ctrl_c_ends_the_script)
{
	IN_CHILD {
		pid_t job = START(true, "%s; echo on; exit 5",
			    "sh -c 'echo ready; exec sleep 1000'");

		expect_word(_metadata, self->shell.master, "ready");
		type(_metadata, self->shell.master, CTRL_C);
		expect_killed(_metadata, job, SIGINT);
		EXPECT_EQ(job, tcgetpgrp(self->shell.tty));
	}
}

TEST_F(terminal, ctrl_z_and_fg)
{
	IN_CHILD {
		pid_t job = START(true, "exec %s",
			    "sh -c 'echo ready; read -r n; exit $n'");

		expect_word(_metadata, self->shell.master, "ready");
		for (int i = 0; i < 2; i++) {
			type(_metadata, self->shell.master, CTRL_Z);
			expect_stop(_metadata, job);
			give_terminal(_metadata, self->shell.tty, getpid());
			continue_job(_metadata, self->shell.tty, job, true);
		}
		type(_metadata, self->shell.master, "3\n");
		expect_exit(_metadata, job, 3);
	}
}

TEST_F(terminal, ctrl_z_stops_the_script)
{
	IN_CHILD {
		pid_t job = START(true, "%s; exit $?",
			    "sh -c 'echo ready; read -r n; exit $n'");

		expect_word(_metadata, self->shell.master, "ready");
		type(_metadata, self->shell.master, CTRL_Z);
		expect_stop(_metadata, job);
		give_terminal(_metadata, self->shell.tty, getpid());
		continue_job(_metadata, self->shell.tty, job, true);
		type(_metadata, self->shell.master, "3\n");
		expect_exit(_metadata, job, 3);
	}
}

/* It stops when it reads, at once and after bg. */
TEST_F(terminal, in_the_background)
{
	IN_CHILD {
		pid_t job = START(false, "exec %s",
			    "sh -c 'echo ready; read -r n; exit $n'");

		expect_word(_metadata, self->shell.master, "ready");
		for (int i = 0; i < 2; i++) {
			expect_stop(_metadata, job);
			EXPECT_EQ(getpid(), tcgetpgrp(self->shell.tty));
			continue_job(_metadata, self->shell.tty, job, false);
		}
		expect_stop(_metadata, job);
		continue_job(_metadata, self->shell.tty, job, true);
		type(_metadata, self->shell.master, "3\n");
		expect_exit(_metadata, job, 3);
		EXPECT_EQ(job, tcgetpgrp(self->shell.tty));
	}
}

TEST_F(alike, size_of_the_window)
{
	struct winsize size = { .ws_row = 33, .ws_col = 99 };

	IN_CHILD {
		pid_t job = START(true, "exec %s",
			    "sh -c 'trap \"kill \\$!; exit 3\" WINCH; sleep 1000 & echo ready; wait'");

		expect_word(_metadata, self->shell.master, "ready");
		ASSERT_EQ(0, ioctl(self->shell.master, TIOCSWINSZ, &size));
		expect_exit(_metadata, job, 3);
	}
}

/* With job control, it needs a process group that it can name. */
TEST_F(terminal, interactive_shell)
{
	IN_CHILD {
		pid_t job = START(true, "exec %s", "sh -i");

		type(_metadata, self->shell.master, "echo rea''dy\n");
		expect_word(_metadata, self->shell.master, "ready");
		type(_metadata, self->shell.master, "exit 3\n");
		expect_exit(_metadata, job, 3);
		EXPECT_EQ(job, tcgetpgrp(self->shell.tty));
	}
}

/* For people: ps(1) would fail. */
TEST_F(terminal, note_about_procfs)
{
	IN_CHILD {
		pid_t job = START(true, "exec %s", "true");

		expect_word(_metadata, self->shell.master,
			    "nshandle: note: /proc is another pid namespace's");
		expect_exit(_metadata, job, 0);
	}
}

/* In a pipeline it shares the process group of the others. */
TEST_F(alike, in_a_pipeline)
{
	IN_CHILD {
		pid_t job = START(true, "%s | { read -r n; exit $n; }",
			    "sh -c 'echo ready >&2; read -r n; echo $n'");

		expect_word(_metadata, self->shell.master, "ready");
		EXPECT_EQ(job, tcgetpgrp(self->shell.tty));
		type(_metadata, self->shell.master, "3\n");
		expect_exit(_metadata, job, 3);
	}
}

TEST_HARNESS_MAIN
