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
 * that the parent stops because its child has stopped, not along with it.
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
 * another process; but a hangup may come to us alone.
 */
static void relay(pid_t child, const siginfo_t *info)
{
	if (info->si_code <= 0 || info->si_signo == SIGHUP)
		kill(child, info->si_signo);
}

/* The child has stopped: stop, too, so that a job-control shell sees it. */
static void stop_with(pid_t child)
{
	kill(getpid(), SIGSTOP);
	kill(child, SIGCONT);
}

int run_wait(const struct run *run, pid_t child)
{
	siginfo_t info;
	int status;

	for (;;) {
		if (sigwaitinfo(&run->signals, &info) < 0)
			continue;	/* EINTR: we were stopped */
		if (info.si_signo != SIGCHLD) {
			relay(child, &info);
			continue;
		}
		if (waitpid(child, &status, WNOHANG | WUNTRACED) != child)
			continue;
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		if (WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		stop_with(child);
	}
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

/* In the child; returns only if it failed. */
int run_prepared(const struct run *run, char **argv)
{
	sigprocmask(SIG_SETMASK, &run->inherited, NULL);
	return run_here(argv);
}

/* Only children enter a pid namespace that was joined. */
int run_in_child(char **argv)
{
	struct run run;
	pid_t child;

	run_prepare(&run);
	child = fork();
	if (child < 0)
		return complain_fork();
	if (!child)
		_exit(run_prepared(&run, argv));
	return run_wait(&run, child);
}
