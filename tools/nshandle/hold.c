// SPDX-License-Identifier: GPL-2.0
/*
 * nshandle hold: run a command that inherits a descriptor of a set of a
 * process's namespaces.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "nshandle.h"

/* As in <linux/nshandle.h>, which may be missing. */
struct nsset_args {
	unsigned int size;
	unsigned int flags;
	unsigned long long types;
};

#define PIDFD_GET_NSSET	_IOW(0xff, 0x20, struct nsset_args)

struct hold {
	struct target target;
	int types;		/* 0: all */
	int how;		/* SETNS_FOR_CHILDREN, SETNS_ROOT */
	bool all;
	char **argv;
};

static const char help[] =
	"Usage: nshandle hold -t PID [OPTION...] [--] [COMMAND [ARG...]]\n"
	"Run COMMAND, or a shell, with descriptor 3: a set of the namespaces of\n"
	"process PID, which it keeps when the process is gone. COMMAND itself\n"
	"joins none of them; 'nshandle join -t fd:3' does.\n"
	"\n"
	"  -t, --target PID  the process\n"
	"  -t, --target fd:N\n"
	"                    by a pidfd that was inherited; or a set that was\n"
	"                    inherited, and that COMMAND gets as it is\n"
	"  -a, --all         all its namespaces, which is also the default\n"
	"  -m, --mount       its mount namespace\n"
	"  -u, --uts         host name\n"
	"  -i, --ipc         System V IPC, POSIX message queues\n"
	"  -n, --net         network\n"
	"  -p, --pid         process ids\n"
	"  -U, --user        user ids\n"
	"  -C, --cgroup      control groups\n"
	"  -T, --time        clock offsets\n"
	"      --for-children\n"
	"                    pid, time: those of its future children\n"
	"      --root        its root and working directory, too\n"
	"  -h, --help        show this text\n"
	"  -V, --version     show the version\n"
	"\n"
	"The set is announced as sd_listen_fds(3) has it, with the name nsset.\n"
	"\n"
	"Exit status: that of COMMAND, 1 if the set could not be made, 2 for\n"
	"wrong usage, 126 if COMMAND could not be run, 127 if it was not found.\n";

/* The option for a flag of the set is OPT_HOW | flag. */
enum { OPT_HOW = 2 * OPT_LONG };

static const struct option options[] = {
	{ "target",		required_argument, NULL, 't' },
	{ "all",		no_argument, NULL, 'a' },
	{ "mount",		no_argument, NULL, 'm' },
	{ "uts",		no_argument, NULL, 'u' },
	{ "ipc",		no_argument, NULL, 'i' },
	{ "net",		no_argument, NULL, 'n' },
	{ "pid",		no_argument, NULL, 'p' },
	{ "user",		no_argument, NULL, 'U' },
	{ "cgroup",		no_argument, NULL, 'C' },
	{ "time",		no_argument, NULL, 'T' },
	{ "for-children",	no_argument, NULL,
	  OPT_HOW | SETNS_FOR_CHILDREN },
	{ "root",		no_argument, NULL, OPT_HOW | SETNS_ROOT },
	{ "help",		no_argument, NULL, 'h' },
	{ "version",		no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

/* Returns -1 to go on, else the exit status. */
static int take_option(struct hold *hold, int option, char **argv)
{
	switch (option) {
	case 't':
		return target_parse("hold", optarg, &hold->target);
	case 'a':
		hold->all = true;
		return -1;
	case 'h':
		return show(help);
	case 'V':
		return show("nshandle " NSHANDLE_VERSION "\n");
	case ':':
	case '?':
		return complain_option("hold", option, argv);
	}
	if (option & OPT_HOW)
		hold->how |= option & ~OPT_HOW;
	else
		hold->types |= ns_type_of_letter(option)->flag;
	return -1;
}

/* Check the options that need others. */
static int look_at_options(const struct hold *hold)
{
	if (!hold->target.text)
		return complain_usage("hold",
				      "which process? -t PID is missing");
	if (hold->all || !hold->types)
		return -1;
	return look_at_how("hold", hold->types, hold->how);
}

static int parse(struct hold *hold, int argc, char **argv)
{
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "+:t:a" NS_LETTERS "hV",
				     options, NULL)) != -1) {
		status = take_option(hold, option, argv);
		if (status >= 0)
			return status;
	}
	hold->argv = argv + optind;
	status = look_at_options(hold);
	if (hold->all)
		hold->types = 0;
	return status;
}

/* With a null pointer, a kernel that knows the ioctl fails with EFAULT. */
bool hold_has_sets(int pidfd)
{
	return ioctl(pidfd, PIDFD_GET_NSSET, NULL) && errno == EFAULT;
}

static int complain_set(const struct hold *hold, int error)
{
	char words[NS_WORDS_MAX];
	const char *hint = "";
	int unknown = 0;

	if (!hold_has_sets(hold->target.fd))
		return complain(EXIT_FAILED,
				"hold: this kernel has no sets of namespaces");
	if (error == EINVAL)
		unknown = join_unknown_types(hold->types);
	if (unknown)
		return complain(EXIT_FAILED, "hold: this kernel has no %s",
				ns_words(unknown, words));
	if (error == EACCES)
		hint = " (needs read access as for ptrace)";
	else if (error == ESRCH)
		hint = why_no_process(hold->target.fd);
	else if (error == EAGAIN)
		hint = " (its root or working directory is not in its mount namespace)";
	return complain(EXIT_FAILED,
			"hold: cannot make a set of namespaces of %s: %s%s",
			hold->target.name, strerror(error), hint);
}

static int make_set(struct hold *hold, int *set)
{
	struct nsset_args args = {
		.size = sizeof(args),
		.flags = hold->how,
		.types = hold->types,
	};

	int error, tried = 0;

	do {
		*set = ioctl(hold->target.fd, PIDFD_GET_NSSET, &args);
		error = *set < 0 ? errno : 0;
	} while (try_again(error, hold->how, tried++));
	return error ? complain_set(hold, error) : -1;
}

/* A set never changes, and no other set can be made from it. */
static int take_set(const struct hold *hold, int *set)
{
	if (hold->types || hold->how)
		return complain(EXIT_FAILED,
				"hold: %s stays as it was made: name no namespaces and no other options",
				hold->target.name);
	*set = hold->target.fd;
	return -1;
}

/* Both descriptors of our own, that of the set and the target, end with exec. */
static int pass_set(int set)
{
	int error = set == LISTEN_FIRST ? fcntl(set, F_SETFD, 0) :
					  dup2(set, LISTEN_FIRST);

	if (error >= 0 && listen_announce("nsset"))
		return -1;
	return complain(EXIT_FAILED, "hold: cannot pass on the set: %s",
			strerror(errno));
}

int cmd_hold(int argc, char **argv)
{
	struct hold hold = { .types = 0 };
	int status = parse(&hold, argc, argv);
	int set = -1;

	if (status < 0)
		status = target_open(&hold.target);
	if (status < 0)
		status = target_is_set(&hold.target) ? take_set(&hold, &set) :
						       make_set(&hold, &set);
	if (status < 0)
		status = pass_set(set);
	return status < 0 ? run_here(hold.argv) : status;
}
