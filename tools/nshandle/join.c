// SPDX-License-Identifier: GPL-2.0
/*
 * nshandle join: run a command in namespaces of a process, entered by one
 * setns(2) on a pidfd.
 */
#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nshandle.h"

struct join {
	pid_t pid;
	int pidfd;
	int flags;		/* what to join, as for setns(2) */
	bool all;
	bool keep_ids;
	bool procfs_mute;	/* --all could not compare everything */
	char **argv;
};

static const char help[] =
	"Usage: nshandle join -t PID [OPTION...] [--] [COMMAND [ARG...]]\n"
	"Run COMMAND, or a shell, in namespaces of process PID: all those\n"
	"named are joined by one system call, or none of them is.\n"
	"\n"
	"  -t, --target PID  the process\n"
	"  -a, --all         all its namespaces that differ from the caller's\n"
	"  -m, --mount       its mount namespace\n"
	"  -u, --uts         host name\n"
	"  -i, --ipc         System V IPC, POSIX message queues\n"
	"  -n, --net         network\n"
	"  -p, --pid         process ids; COMMAND is then a child\n"
	"  -U, --user        user ids; COMMAND then runs as uid and gid 0\n"
	"  -C, --cgroup      control groups\n"
	"  -T, --time        clock offsets\n"
	"      --preserve-credentials\n"
	"                    keep uid, gid and groups with -U\n"
	"  -h, --help        show this text\n"
	"  -V, --version     show the version\n"
	"\n"
	"Exit status: that of COMMAND (128 + N if signal N ended it), 1 if\n"
	"the namespaces could not be joined, 2 for wrong usage, 126 if\n"
	"COMMAND could not be run, 127 if it was not found.\n";

enum { OPT_KEEP_IDS = OPT_LONG };

static const struct option options[] = {
	{ "target",			required_argument, NULL, 't' },
	{ "all",			no_argument, NULL, 'a' },
	{ "mount",			no_argument, NULL, 'm' },
	{ "uts",			no_argument, NULL, 'u' },
	{ "ipc",			no_argument, NULL, 'i' },
	{ "net",			no_argument, NULL, 'n' },
	{ "pid",			no_argument, NULL, 'p' },
	{ "user",			no_argument, NULL, 'U' },
	{ "cgroup",			no_argument, NULL, 'C' },
	{ "time",			no_argument, NULL, 'T' },
	{ "preserve-credentials",	no_argument, NULL, OPT_KEEP_IDS },
	{ "help",			no_argument, NULL, 'h' },
	{ "version",			no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

/* +: options after COMMAND are its own; ':': the messages are ours */
static const char letters[] = "+:t:amuinpUCThV";

/* Returns -1 to go on, else the exit status. */
static int take_option(struct join *join, int option, char **argv)
{
	switch (option) {
	case 't':
		if (parse_pid(optarg, &join->pid))
			return -1;
		return complain_usage("join", "'%s' is not a process id",
				      optarg);
	case 'a':
		join->all = true;
		return -1;
	case OPT_KEEP_IDS:
		join->keep_ids = true;
		return -1;
	case 'h':
		return show(help);
	case 'V':
		return show("nshandle " NSHANDLE_VERSION "\n");
	case ':':
	case '?':
		return complain_option("join", option, argv);
	default:
		join->flags |= ns_type_of_letter(option)->flag;
		return -1;
	}
}

static int parse(struct join *join, int argc, char **argv)
{
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, letters, options,
				     NULL)) != -1) {
		status = take_option(join, option, argv);
		if (status >= 0)
			return status;
	}
	join->argv = argv + optind;

	if (!join->pid)
		return complain_usage("join",
				      "which process? -t PID is missing");
	if (!join->all && !join->flags)
		return complain_usage("join",
				      "which namespaces? -a or some of -m -u -i -n -p -U -C -T are missing");
	return -1;
}

/*
 * The kernel refuses a set that holds the user namespace the caller is in,
 * and --all means the others anyway. If the process ends and its number is
 * used again while we look, setns(2) on the pidfd fails with ESRCH, so that
 * a wrong comparison does no harm.
 */
static int add_all(struct join *join)
{
	pid_t pid = ns_procfs_pid(join->pidfd);

	if (access("/proc/self/ns", X_OK))
		return complain(EXIT_FAILED,
				"cannot read /proc/self/ns: %s (-a needs it; name the namespaces instead)",
				strerror(errno));

	for (const struct ns_type *type = ns_types; type->flag; type++) {
		enum ns_answer answer = ns_compare(pid, type);

		if (answer == NS_UNKNOWN)
			join->procfs_mute = true;
		if (answer == NS_UNKNOWN || answer == NS_OTHER)
			join->flags |= type->flag;
	}
	return -1;
}

static const char *why_invalid(const struct join *join)
{
	pid_t pid = ns_procfs_pid(join->pidfd);

	if (kernel_older_than(5, 8))
		return " (Linux 5.8 or newer is needed)";
	for (const struct ns_type *type = ns_types; type->flag; type++)
		if ((join->flags & type->flag) &&
		    ns_compare(pid, type) == NS_ABSENT)
			return " (this kernel lacks a type of them)";
	if ((join->flags & CLONE_NEWUSER) &&
	    ns_compare(pid, ns_type_of_letter('U')) == NS_SHARED)
		return " (the caller is in that user namespace already)";
	if (join->procfs_mute)
		return " (/proc does not tell what it is in: name the namespaces instead of -a)";
	return "";
}

static const char *why(const struct join *join, int error)
{
	switch (error) {
	case EPERM:
		return " (needs CAP_SYS_ADMIN over each of them, and read access as for ptrace)";
	case ESRCH:
		return why_no_process(join->pidfd);
	case EINVAL:
		return why_invalid(join);
	case EUSERS:
		return " (its memory is shared with another process)";
	default:
		return "";
	}
}

static int complain_join(const struct join *join)
{
	char words[NS_WORDS_MAX];
	int error = errno;

	return complain(EXIT_FAILED, "cannot join %s of process %d: %s%s",
			ns_words(join->flags, words), join->pid,
			strerror(error), why(join, error));
}

/*
 * Without this a command would run as the overflow ids wherever the
 * caller's own are not mapped. Groups can be dropped outside by one who is
 * privileged there, inside by one whom the namespace lets: either will do, or
 * to have none.
 */
static int become_root(bool no_groups)
{
	const char *what = NULL;

	if (setgroups(0, NULL) && !no_groups)
		what = "drop the groups";
	else if (setgid(0))
		what = "become gid 0";
	else if (setuid(0))
		what = "become uid 0";
	if (!what)
		return -1;
	return complain(EXIT_FAILED,
			"cannot %s in the user namespace: %s (try --preserve-credentials)",
			what, strerror(errno));
}

static int enter(const struct join *join)
{
	bool become = (join->flags & CLONE_NEWUSER) && !join->keep_ids;
	bool no_groups = become && (!getgroups(0, NULL) ||
				    !setgroups(0, NULL));

	/* --all of a process that shares every namespace with us */
	if (!join->flags)
		return -1;
	if (setns(join->pidfd, join->flags))
		return complain_join(join);
	return become ? become_root(no_groups) : -1;
}

int cmd_join(int argc, char **argv)
{
	struct join join = { .pidfd = -1 };
	int status = parse(&join, argc, argv);

	if (status < 0) {
		join.pidfd = open_process(join.pid);
		if (join.pidfd < 0)
			return EXIT_FAILED;
	}
	if (status < 0 && join.all)
		status = add_all(&join);
	if (status < 0)
		status = enter(&join);
	if (status >= 0)
		return status;

	/* The pidfd closes itself on exec: the command never sees it. */
	if (join.flags & CLONE_NEWPID)
		return run_in_child(join.argv);
	return run_here(join.argv);
}
