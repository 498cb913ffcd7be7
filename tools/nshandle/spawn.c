// SPDX-License-Identifier: GPL-2.0
/*
 * nshandle spawn: run a command as a process with chosen pids, in the pid
 * namespace of another process and in those above it.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nshandle.h"

/* As in kernel headers that may be missing. */
#ifndef NS_GET_PARENT
#define NS_GET_PARENT		_IO(0xb7, 0x2)
#endif
#ifndef NS_GET_TGID_FROM_PIDNS
#define NS_GET_TGID_FROM_PIDNS	_IOR(0xb7, 0x7, int)
#define NS_GET_PID_IN_PIDNS	_IOR(0xb7, 0x8, int)
#endif

/* Each try makes a process there. */
#define TRIES		10

/* A process that holds a pid for longer than this keeps it. */
#define PATIENCE_MS	100

struct spawn {
	struct target target;
	struct pid_vec pids;	/* what the child shall have */
	char **argv;
	int ns[LEVELS_MAX];	/* innermost first */
	unsigned int nr_ns;	/* that are open */
	int gate[2];		/* a byte comes through when it may run */
	pid_t child;
	struct run run;
};

/* What became of one try. */
enum outcome {
	RIGHT,			/* the child has all the pids */
	TAKEN,			/* a larger one: the pid was in use */
	BEYOND,			/* a smaller one: none above is free */
	BROKEN,			/* failed after a message */
};

static const char help[] =
	"Usage: nshandle spawn --pids N[,N...] -t PID [--] [COMMAND [ARG...]]\n"
	"Run COMMAND, or a shell, as a child in the pid namespace of process\n"
	"PID, with the pid N there, and the next N in the pid namespace above,\n"
	"and so on. COMMAND runs only if the child has them all.\n"
	"\n"
	"      --pids N[,N...]\n"
	"                    its pids, the innermost first; it gets any at\n"
	"                    levels that are left out at the end\n"
	"  -t, --target PID  the process\n"
	"  -t, --target fd:N\n"
	"                    by a pidfd that was inherited; or a set that was\n"
	"                    inherited, and that holds the pid namespace\n"
	"  -h, --help        show this text\n"
	"  -V, --version     show the version\n"
	"\n"
	"If another process has just taken one of the pids, spawn tries again,\n"
	"10 times at most. It joins no other namespace: COMMAND may be\n"
	"'nshandle join'.\n"
	"\n"
	"Exit status: that of COMMAND (128 + N if signal N ended it), 1 if\n"
	"there was no child with these pids, 2 for wrong usage, 126 if COMMAND\n"
	"could not be run, 127 if it was not found.\n";

enum { OPT_PIDS = OPT_LONG };

static const struct option options[] = {
	{ "pids",	required_argument, NULL, OPT_PIDS },
	{ "target",	required_argument, NULL, 't' },
	{ "help",	no_argument, NULL, 'h' },
	{ "version",	no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

/* Returns -1 to go on, else the exit status. */
static int take_option(struct spawn *spawn, int option, char **argv)
{
	switch (option) {
	case OPT_PIDS:
		return parse_pid_vec("spawn", optarg, 1, &spawn->pids);
	case 't':
		return target_parse("spawn", optarg, &spawn->target);
	case 'h':
		return show(help);
	case 'V':
		return show("nshandle " NSHANDLE_VERSION "\n");
	default:
		return complain_option("spawn", option, argv);
	}
}

static int parse(struct spawn *spawn, int argc, char **argv)
{
	int option, status;

	opterr = 0;
	/* '+': options after COMMAND are its own; ':': we print the messages */
	while ((option = getopt_long(argc, argv, "+:t:hV", options,
				     NULL)) != -1) {
		status = take_option(spawn, option, argv);
		if (status >= 0)
			return status;
	}
	spawn->argv = argv + optind;

	if (!spawn->pids.nr)
		return complain_usage("spawn", "which pids? --pids is missing");
	if (!spawn->target.text)
		return complain_usage("spawn",
				      "where? -t PID is missing");
	return -1;
}

/* Join before the last pids are set, so that only fork(2) follows. */
static int enter(struct spawn *spawn)
{
	const char *hint = "";

	spawn->ns[0] = open_pid_ns("spawn", &spawn->target);
	if (spawn->ns[0] < 0)
		return EXIT_FAILED;
	spawn->nr_ns = 1;
	if (pipe2(spawn->gate, O_CLOEXEC))
		return complain(EXIT_FAILED, "spawn: cannot make a pipe: %s",
				strerror(errno));
	if (!setns(spawn->ns[0], CLONE_NEWPID))
		return -1;

	if (errno == EPERM)
		hint = " (needs CAP_SYS_ADMIN over its owner and the own user namespace)";
	else if (errno == EINVAL)
		hint = " (not the caller's own, nor below it)";
	return complain(EXIT_FAILED,
			"spawn: cannot join the pid namespace of %s: %s%s",
			spawn->target.name, strerror(errno), hint);
}

/* The child: it runs nothing until its pids have been checked. */
static int run_when_let(const struct spawn *spawn)
{
	char byte;

	/* If nobody has the other end, our parent is gone. */
	close(spawn->gate[1]);
	if (read(spawn->gate[0], &byte, 1) != 1)
		return EXIT_FAILED;
	return run_prepared(&spawn->run, spawn->argv);
}

static int start_child(struct spawn *spawn)
{
	struct pid_vec last = spawn->pids;
	int status;

	for (unsigned int i = 0; i < last.nr; i++)
		last.pid[i]--;
	status = set_last_pids("spawn", spawn->target.text, spawn->ns[0],
			       &last);
	if (status >= 0)
		return status;
	spawn->child = fork();
	if (spawn->child < 0)
		return complain_fork();
	if (!spawn->child)
		_exit(run_when_let(spawn));
	return -1;
}

static void end_child(const struct spawn *spawn)
{
	kill(spawn->child, SIGKILL);
	waitpid(spawn->child, NULL, 0);
}

/* The child waits, so procfs shows it. Leaves errno as it was. */
static pid_t pid_by_procfs(pid_t child, unsigned int level)
{
	int saved = errno, pidfd = sys_pidfd_open(child, 0);
	pid_t pid = ns_procfs_level_pid(pidfd, level);

	close(pidfd);
	errno = saved;
	return pid;
}

/* The pid that the child has at a level, counted from the innermost, or -1. */
static pid_t pid_of_child(struct spawn *spawn, unsigned int level)
{
	pid_t pid;

	if (level == spawn->nr_ns) {
		spawn->ns[level] = ioctl(spawn->ns[level - 1], NS_GET_PARENT);
		if (spawn->ns[level] < 0)
			return -1;
		spawn->nr_ns++;
	}
	pid = ioctl(spawn->ns[level], NS_GET_PID_IN_PIDNS, spawn->child);
	/* before Linux 6.11 */
	if (pid < 0 && errno == ENOTTY)
		return pid_by_procfs(spawn->child, level);
	return pid;
}

/* Compare the child's pids: @level is that of the first wrong one. */
static enum outcome look_at_child(struct spawn *spawn, unsigned int *level)
{
	for (*level = 0; *level < spawn->pids.nr; ++*level) {
		pid_t pid = pid_of_child(spawn, *level);

		if (pid < 0) {
			warnx("spawn: cannot find out the pids of the child: %s",
			      strerror(errno));
			return BROKEN;
		}
		if (pid > spawn->pids.pid[*level])
			return TAKEN;
		if (pid < spawn->pids.pid[*level])
			return BEYOND;
	}
	return RIGHT;
}

/*
 * The process, by its number in the caller's pid namespace, that has the pid
 * meant for the child and keeps it: more tries are useless. 0 if there is none,
 * or if this kernel does not tell.
 */
static pid_t lasting_holder(const struct spawn *spawn, unsigned int level)
{
	pid_t holder = 0;

	for (int ms = 0; ms < PATIENCE_MS; ms++) {
		holder = ioctl(spawn->ns[level], NS_GET_TGID_FROM_PIDNS,
			       spawn->pids.pid[level]);
		if (holder < 0)
			return 0;
		usleep(1000);
	}
	return holder;
}

static int complain_pid(const struct spawn *spawn, unsigned int level,
			const char *what)
{
	return complain(EXIT_FAILED,
			"spawn: pid %d at level %u of %u (innermost first) %s",
			spawn->pids.pid[level], level + 1, spawn->pids.nr,
			what);
}

/* One try. If it is not RIGHT, no child is left, and @level is the wrong one. */
static enum outcome try_child(struct spawn *spawn, unsigned int *level)
{
	enum outcome outcome;

	if (start_child(spawn) >= 0)
		return BROKEN;
	outcome = look_at_child(spawn, level);
	if (outcome != RIGHT)
		end_child(spawn);
	return outcome;
}

/* -1 to try again, else the exit status. */
static int look_at_holder(const struct spawn *spawn, unsigned int level)
{
	pid_t holder = lasting_holder(spawn, level);
	char text[64];

	if (!holder)
		return -1;
	snprintf(text, sizeof(text), "is in use, by process %d", holder);
	return complain_pid(spawn, level, text);
}

static int give_up(const struct spawn *spawn, unsigned int level,
		   enum outcome outcome)
{
	char text[128];

	if (outcome == BEYOND)
		return complain_pid(spawn, level,
				    "is not to be had: none from there to pid_max is free");
	snprintf(text, sizeof(text),
		 "was taken %d times, by other processes or as the id of a process group or session",
		 TRIES);
	return complain_pid(spawn, level, text);
}

static int find_child(struct spawn *spawn)
{
	enum outcome outcome = BROKEN;
	unsigned int level = 0;
	int status;

	for (int tries = 1; tries <= TRIES; tries++) {
		outcome = try_child(spawn, &level);
		if (outcome == BROKEN)
			return EXIT_FAILED;
		if (outcome == RIGHT && tries > 1)
			warnx("spawn: got the pids after %d tries: others had taken one",
			      tries);
		if (outcome == RIGHT)
			return -1;
		status = look_at_holder(spawn, level);
		if (status >= 0)
			return status;
	}
	return give_up(spawn, level, outcome);
}

int cmd_spawn(int argc, char **argv)
{
	struct spawn spawn = { .nr_ns = 0 };
	int status = parse(&spawn, argc, argv);

	if (status < 0) {
		terminal_open(&spawn.run.terminal);
		status = enter(&spawn);
	}
	if (status >= 0)
		return status;

	run_prepare(&spawn.run);
	status = find_child(&spawn);
	if (status >= 0)
		return status;

	/* Our own reading end is open: no SIGPIPE if the child has died. */
	if (write(spawn.gate[1], "", 1) != 1) {
		end_child(&spawn);
		return complain(EXIT_FAILED, "spawn: cannot let it run: %s",
				strerror(errno));
	}
	return run_wait(&spawn.run, spawn.child);
}
