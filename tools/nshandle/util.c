// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "nshandle.h"

/* The same numbers on every architecture but alpha, whose headers have them. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal	424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open		434
#endif
#ifndef SYS_fsopen
#define SYS_move_mount		429
#define SYS_fsopen		430
#define SYS_fsconfig		431
#define SYS_fsmount		432
#endif

/* PIDFD_THREAD of <linux/pidfd.h>, which may be missing. */
#define PIDFD_OF_THREAD	O_EXCL

/* PF_EXITING of the kernel, in /proc/PID/stat. */
#define TASK_EXITING	0x4

/* <linux/mount.h> clashes with <sys/mount.h> of some C libraries. */
enum {
	OPEN_CLOEXEC		= 0x1,	/* fsopen(2) and fsmount(2) */
	MOVE_FLAGS		= 0x4	/* from: the descriptor itself */
				| 0x10	/* to: follow symbolic links */
				| 0x20,	/* to: make automounts happen */
};

int try_help(const char *command)
{
	fprintf(stderr, "Try 'nshandle %s%s--help'.\n",
		command ? command : "", command ? " " : "");
	return EXIT_USAGE;
}

/* Say what was wrong when getopt_long() returned ':' or '?'. */
int complain_option(const char *command, int option, char **argv)
{
	if (option == ':')
		return complain_usage(command, "%s: its value is missing",
				      argv[optind - 1]);
	if (optopt && optopt < OPT_LONG && argv[optind - 1][1] != '-')
		return complain_usage(command, "there is no option -%c",
				      optopt);
	return complain_usage(command, "%s: no such option, or wrongly used",
			      argv[optind - 1]);
}

/*
 * Fail if the output could not be written, say to a full disk. A reader that has
 * gone wants no message, even where SIGPIPE is ignored.
 */
int end_output(void)
{
	if (fflush(stdout) != EOF && !ferror(stdout))
		return EXIT_SUCCESS;
	if (errno != EPIPE)
		warnx("cannot write: %s", strerror(errno));
	return EXIT_FAILED;
}

int show(const char *text)
{
	fputs(text, stdout);
	return end_output();
}

bool is_number(const char *text)
{
	return text[0] && !text[strspn(text, "0123456789")];
}

bool parse_number(const char *text, int least, int *number)
{
	char *end;
	long value;

	/* strtol() would also take blanks and signs. */
	if (!isdigit((unsigned char)text[0]))
		return false;

	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || *end || value < least || value > INT_MAX)
		return false;
	*number = value;
	return true;
}

bool parse_pid(const char *text, pid_t *pid)
{
	return parse_number(text, 1, pid);
}

bool kernel_older_than(int major, int minor)
{
	struct utsname name;
	int has_major, has_minor;

	if (uname(&name) ||
	    sscanf(name.release, "%d.%d", &has_major, &has_minor) != 2)
		return false;
	return has_major < major ||
	       (has_major == major && has_minor < minor);
}

/* Also of a program with 32 bits, where personality(2) does not hide it. */
bool kernel_has_64_bits(void)
{
	struct utsname name;

	return sizeof(long) == 8 ||
	       (!uname(&name) && strstr(name.machine, "64"));
}

/*
 * Returns a pidfd of a process, or of a thread that is not the first of its
 * process; or -1 after a message.
 */
int open_process(pid_t pid, bool *thread)
{
	int pidfd = sys_pidfd_open(pid, 0);
	const char *hint = "";

	*thread = pidfd < 0 && (errno == EINVAL || errno == ENOENT);
	if (*thread)
		pidfd = sys_pidfd_open(pid, PIDFD_OF_THREAD);
	if (pidfd >= 0)
		return pidfd;

	if (kernel_older_than(5, 8))
		hint = " (Linux 5.8 or newer is needed)";
	else if (*thread && kernel_older_than(6, 9))
		hint = " (is it the id of a thread? They need Linux 6.9)";
	return complain(-1, "cannot open process %d: %s%s", pid,
			strerror(errno), hint);
}

/*
 * The state of a process, such as 'Z', and its flags, PF_* of the kernel. '?': its
 * number in /proc is unknown, or procfs does not show it.
 */
static char state_of(int pidfd, unsigned int *flags)
{
	char path[32], line[512], state = '?', *end;
	FILE *file;

	*flags = 0;
	snprintf(path, sizeof(path), "/proc/%d/stat", ns_procfs_pid(pidfd));
	file = fopen(path, "re");
	if (!file)
		return state;
	if (fgets(line, sizeof(line), file)) {
		end = strrchr(line, ')');
		if (!end || sscanf(end, ") %c %*d %*d %*d %*d %*d %u", &state,
				   flags) != 2)
			state = '?';
	}
	fclose(file);
	return state;
}

/* Has the first thread ended, or the whole process? Leaves errno alone. */
bool leader_ended(int pidfd)
{
	unsigned int flags;
	int error = errno;
	bool ended = state_of(pidfd, &flags) == 'Z';

	errno = error;
	return ended;
}

/* After ESRCH from a call on a pidfd. */
const char *why_no_process(int pidfd)
{
	unsigned int flags;
	char state;

	if (pidfd_reaped(pidfd))
		return " (it is gone)";
	if (pidfd_exited(pidfd))
		return " (it is a zombie: it has ended)";
	state = state_of(pidfd, &flags);
	if (state == 'Z')
		return " (its first thread has ended)";
	if (flags & TASK_EXITING)
		return " (it is ending: it waits for its last threads or children)";
	return " (it is ending, or its first thread has ended)";
}

int sys_pidfd_open(pid_t pid, unsigned int flags)
{
	return syscall(SYS_pidfd_open, pid, flags);
}

/* True once all threads are gone, whether or not the parent has waited. */
bool pidfd_exited(int pidfd)
{
	struct pollfd poll_for = { .fd = pidfd, .events = POLLIN };

	return poll(&poll_for, 1, 0) == 1 && (poll_for.revents & POLLIN);
}

/* Leaves errno alone: it may say why the call before failed. */
bool pidfd_reaped(int pidfd)
{
	int error = errno;
	bool reaped = syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) &&
		      errno == ESRCH;

	errno = error;
	return reaped;
}

/* Whether or not the process may be signalled, or is still there. */
bool is_pidfd(int fd)
{
	return !syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0) ||
	       errno != EBADF;
}

int sys_fsopen(const char *type)
{
	return syscall(SYS_fsopen, type, OPEN_CLOEXEC);
}

int sys_fsconfig(int context, int command, const char *key, const char *value,
		 int aux)
{
	return syscall(SYS_fsconfig, context, command, key, value, aux);
}

int sys_fsmount(int context, unsigned int attributes)
{
	return syscall(SYS_fsmount, context, OPEN_CLOEXEC, attributes);
}

int sys_move_mount(int mount, const char *where)
{
	return syscall(SYS_move_mount, mount, "", AT_FDCWD, where,
		       MOVE_FLAGS);
}
