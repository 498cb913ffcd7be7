// SPDX-License-Identifier: GPL-2.0
/*
 * The terminal of a command that runs as a child. If the command uses the caller's
 * terminal, it gets a process group of its own, which has a number in its pid
 * namespace, unlike ours: else a shell in there could not control its jobs. Then
 * we do for that group what a shell does for a job.
 */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "nshandle.h"

/*
 * Call this before a join: /dev/tty of another mount namespace may be another
 * file, or missing. A command in a pipeline stays in the group of the pipeline.
 */
void terminal_open(struct terminal *terminal)
{
	terminal->fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	terminal->own_group = terminal->fd >= 0 && getpgrp() > 0 &&
			      tcgetpgrp(STDIN_FILENO) >= 0 &&
			      tcgetpgrp(STDOUT_FILENO) >= 0;
	terminal->lent = terminal->own_group &&
			 tcgetpgrp(terminal->fd) == getpgrp();
}

/* In the child, before it runs the command. SIGTTOU is blocked. */
void terminal_start(const struct terminal *terminal)
{
	if (terminal->own_group)
		setpgid(0, 0);
	if (terminal->lent)
		tcsetpgrp(terminal->fd, getpgrp());
}

/* Do so if it is ours: our shell may have put us into the background. */
void terminal_lend(struct terminal *terminal, pid_t child)
{
	if (!terminal->own_group || tcgetpgrp(terminal->fd) != getpgrp())
		return;
	terminal->lent = true;
	tcsetpgrp(terminal->fd, child);
}

void terminal_take_back(struct terminal *terminal)
{
	if (terminal->lent)
		tcsetpgrp(terminal->fd, getpgrp());
	terminal->lent = false;
}

/*
 * Did the terminal stop the command? Whoever else did it will continue the command,
 * but not us.
 */
static bool stopped_by(const struct terminal *terminal, pid_t child, int signal)
{
	pid_t foreground = tcgetpgrp(terminal->fd);

	if (foreground < 0)
		return false;
	return signal == SIGTTIN || signal == SIGTTOU ||
	       foreground == getpgrp() || foreground == getpgid(child);
}

/*
 * A signal as if from the terminal: to our process group, if the terminal had sent
 * it to the command's. Not SIGSTOP: where nobody would continue us, the kernel
 * ignores SIGTSTP.
 */
static void terminal_raise(const struct terminal *terminal, int signal)
{
	sigset_t set, old;

	sigemptyset(&set);
	sigaddset(&set, signal);
	/* Once only, even if it is pending already. */
	kill(terminal->own_group ? 0 : getpid(), signal);
	sigprocmask(SIG_UNBLOCK, &set, &old);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

/*
 * The command has stopped: stop, too, so that a job-control shell sees it, and
 * continue the command when we are continued. If it wanted the terminal, and our
 * shell has given it to us in the meantime, it has only to be passed on.
 */
void terminal_follow_stop(struct terminal *terminal, pid_t child, int signal)
{
	if (!stopped_by(terminal, child, signal))
		return;
	if (!terminal->own_group || signal == SIGTSTP || signal == SIGSTOP ||
	    tcgetpgrp(terminal->fd) != getpgrp()) {
		terminal_take_back(terminal);
		terminal_raise(terminal, SIGTSTP);
	}
	terminal_lend(terminal, child);
	kill(terminal->own_group ? -child : child, SIGCONT);
}

/*
 * Ctrl-C has ended the command. A shell stops its script or its loop only if it got
 * the signal, too, and its child has ended by it.
 */
void terminal_follow_interrupt(struct terminal *terminal, pid_t child)
{
	pid_t foreground = tcgetpgrp(terminal->fd);

	if (foreground < 0 || (terminal->own_group && foreground != child &&
			       foreground != getpgrp()))
		return;
	terminal_take_back(terminal);
	terminal_raise(terminal, SIGINT);
}
