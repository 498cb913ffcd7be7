// SPDX-License-Identifier: GPL-2.0
/*
 * Run the command, in place or as a child, and wait for the child.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nshandle.h"

/*
 * The signals that the waiting parent passes on. The stop signals are here so
 * that the parent stops because its child has stopped, not along with it; and so
 * that it can set the foreground group of the terminal in any case.
 */
static const int relayed[] = {
	SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM,
	SIGTSTP, SIGTTIN, SIGTTOU,
};

static int cannot_run(const char *program)
{
	int error = errno;

	return complain(error == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN,
			"cannot run '%s': %s", program, strerror(error));
}

int complain_fork(void)
{
	int error = errno;

	/* Also the errno if the first process of the namespace has ended. */
	return complain(EXIT_FAILED, "cannot fork: %s%s", strerror(error),
			error == ENOMEM ?
			" (has the pid namespace lost its init?)" : "");
}

/* A login shell: it reads the profile in the namespaces joined. */
static int run_shell(const char *path)
{
	const char *base = strrchr(path, '/');
	char name[64];

	snprintf(name, sizeof(name), "-%s", base ? base + 1 : path);
	execl(path, name, NULL);
	return -1;
}

/* Returns only if it failed. */
int run_here(char **argv)
{
	const char *shell = getenv("SHELL");

	if (argv[0]) {
		execvp(argv[0], argv);
		return cannot_run(argv[0]);
	}

	/* The caller's shell need not exist in the namespaces joined. */
	if (shell && shell[0] && run_shell(shell) && errno != ENOENT)
		return cannot_run(shell);
	run_shell("/bin/sh");
	return cannot_run("/bin/sh");
}

/*
 * The terminal sends its signals to the child too, so pass on only those of
 * another process; but a hangup may come to us alone. So may any signal if the
 * child has a process group of its own and has not got the terminal yet.
 */
static void relay(const struct run *run, pid_t child, const siginfo_t *info)
{
	if (info->si_code <= 0 || info->si_signo == SIGHUP)
		kill(child, info->si_signo);
	else if (run->terminal.own_group && kill(-child, info->si_signo))
		kill(child, info->si_signo);
}

/* The exit status, once the child has ended; else -1. */
static int look_at_child(struct run *run, pid_t child)
{
	int status;

	if (waitpid(child, &status, WNOHANG | WUNTRACED) != child)
		return -1;
	if (WIFSTOPPED(status)) {
		terminal_follow_stop(&run->terminal, child, WSTOPSIG(status));
		return -1;
	}
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT)
		terminal_follow_interrupt(&run->terminal, child);
	terminal_take_back(&run->terminal);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

int run_wait(struct run *run, pid_t child)
{
	siginfo_t info;
	int status = -1;

	while (status < 0) {
		if (sigwaitinfo(&run->signals, &info) < 0)
			/* EINTR: we were stopped, and are continued */
			terminal_lend(&run->terminal, child);
		else if (info.si_signo != SIGCHLD)
			relay(run, child, &info);
		else
			status = look_at_child(run, child);
	}
	return status;
}

/* Call this before fork(2), so that no signal comes too early. */
void run_prepare(struct run *run)
{
	/* If we inherited SIG_IGN, the child would be reaped unseen. */
	signal(SIGCHLD, SIG_DFL);

	sigemptyset(&run->signals);
	sigaddset(&run->signals, SIGCHLD);
	for (size_t i = 0; i < ARRAY_SIZE(relayed); i++)
		sigaddset(&run->signals, relayed[i]);
	sigprocmask(SIG_BLOCK, &run->signals, &run->inherited);
}

/*
 * ps(1) looks itself up in /proc by its process id, and fails in a procfs of
 * another pid namespace. Tell people, not programs.
 */
static void hint_at_procfs(void)
{
	char self[16] = "";

	if (isatty(STDERR_FILENO) &&
	    readlink("/proc/self", self, sizeof(self) - 1) > 0 &&
	    atoi(self) != getpid())
		warnx("note: /proc is another pid namespace's (see -m, and 'nshandle proc')");
}

/* Of the process that runs the command, and not of its waiting parent. */
int run_join_cgroup(const struct run *run)
{
	if (!run->cgroup || write(run->cgroup, "0", 1) == 1)
		return -1;
	return complain(EXIT_FAILED, "cannot join the control group: %s",
			strerror(errno));
}

/* In the child; returns only if it failed. */
int run_prepared(const struct run *run, char **argv)
{
	int status = run_join_cgroup(run);

	if (status >= 0)
		return status;
	hint_at_procfs();
	terminal_start(&run->terminal);
	sigprocmask(SIG_SETMASK, &run->inherited, NULL);
	return run_here(argv);
}

/* Only children enter a pid namespace that was joined. */
int run_in_child(struct run *run, char **argv)
{
	pid_t child;

	run_prepare(run);
	child = fork();
	if (child < 0)
		return complain_fork();
	if (!child)
		_exit(run_prepared(run, argv));
	return run_wait(run, child);
}
