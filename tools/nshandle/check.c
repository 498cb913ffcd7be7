// SPDX-License-Identifier: GPL-2.0
/*
 * nshandle check: which of the interfaces that the other commands use the running
 * kernel has. Nothing is joined, mounted or changed.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nshandle.h"

/* FSCONFIG_SET_FLAG of <linux/mount.h>, which may be missing. */
#define SET_FLAG	0

enum presence { ABSENT, PRESENT, UNKNOWN };

static const char help[] =
	"Usage: nshandle check [--json]\n"
	"Say which interfaces the running kernel has, one a line.\n"
	"\n"
	"      --json     as one JSON object a line\n"
	"  -h, --help     show this text\n"
	"  -V, --version  show the version\n"
	"\n"
	"Exit status: 0 if all are there, 1 if one is not or is not known, 2 for\n"
	"wrong usage.\n";

enum { OPT_JSON = OPT_LONG };

static const struct option options[] = {
	{ "json",	no_argument, NULL, OPT_JSON },
	{ "help",	no_argument, NULL, 'h' },
	{ "version",	no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

/* A null pointer is EFAULT to a kernel that knows the number. */
static enum presence ask_ioctl(int fd, unsigned long number)
{
	if (fd < 0)
		return UNKNOWN;
	return ioctl(fd, number, NULL) < 0 && errno == ENOTTY ? ABSENT :
								PRESENT;
}

static enum presence ask_setns_pidfd(void)
{
	return kernel_older_than(5, 8) ? ABSENT : PRESENT;
}

/* A filter can hide it. */
static enum presence ask_flags(void)
{
	if (join_has_flags())
		return PRESENT;
	return join_denied_types(~0) ? UNKNOWN : ABSENT;
}

static enum presence ask_all(void)
{
	if (join_has_all())
		return PRESENT;
	return join_denied_types(~0) ? UNKNOWN : ABSENT;
}

static enum presence ask_sets(void)
{
	int self = sys_pidfd_open(getpid(), 0);
	bool has = hold_has_sets(self);

	close(self);
	return has ? PRESENT : ABSENT;
}

static enum presence ask_query(void)
{
	int dir = open("/proc/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum presence presence;

	/* Not an instance of procfs: there is none to ask. */
	if (dir < 0 || faccessat(dir, "self", F_OK, AT_SYMLINK_NOFOLLOW))
		return UNKNOWN;
	presence = ask_ioctl(dir, PROCFS_GET_PID_NAMESPACE);
	close(dir);
	return presence;
}

/* A flag is no value of pidns=, but the context's log tells why it is refused. */
static enum presence ask_context(void)
{
	int context = sys_fsopen("proc");
	char line[128] = "";

	if (context < 0)
		return UNKNOWN;
	sys_fsconfig(context, SET_FLAG, "pidns", NULL, 0);
	if (read(context, line, sizeof(line) - 1) < 0)
		line[0] = '\0';
	close(context);
	return strstr(line, "Unknown parameter") ? ABSENT : PRESENT;
}

/* It takes privileges over the mount namespace, which a child can have. */
static enum presence ask_pidns(void)
{
	enum presence presence = ask_context();
	int status;
	pid_t child;

	if (presence != UNKNOWN)
		return presence;
	if (ask_query() == PRESENT)
		return PRESENT;
	child = fork();
	if (!child)
		_exit(unshare(CLONE_NEWUSER | CLONE_NEWNS) ? UNKNOWN :
							     ask_context());
	if (child < 0 || waitpid(child, &status, 0) != child ||
	    !WIFEXITED(status))
		return UNKNOWN;
	return WEXITSTATUS(status);
}

static enum presence ask_last_pids(void)
{
	int self = sys_pidfd_open(getpid(), 0);
	int ns = ns_open(self, ns_type_of_letter('p'), false);
	enum presence presence = ask_ioctl(ns, NS_GET_LAST_PID_VEC);

	close(ns);
	close(self);
	return presence;
}

static const struct interface {
	const char *name;
	enum presence (*ask)(void);
	const char *what;
} interfaces[] = {
	{ "setns-pidfd", ask_setns_pidfd,
	  "setns(2) joins namespaces of a process by its pidfd" },
	{ "setns-flags", ask_flags,
	  "SETNS_SKIP_JOINED, _FOR_CHILDREN, _ROOT, _DRY_RUN" },
	{ "setns-all", ask_all,
	  "SETNS_SUPPORTED, SETNS_ALL" },
	{ "nsset", ask_sets,
	  "set descriptors, PIDFD_GET_NSSET" },
	{ "procfs-pidns", ask_pidns,
	  "a procfs of another pid namespace, pidns=" },
	{ "procfs-query", ask_query,
	  "which pid namespace a procfs shows" },
	{ "last-pid-vec", ask_last_pids,
	  "the last pids of all levels, NS_SET_LAST_PID_VEC" },
};

static void print(const struct interface *interface, enum presence presence,
		  bool json)
{
	static const char * const words[] = {
		[ABSENT] = "no", [PRESENT] = "yes", [UNKNOWN] = "unknown",
	};
	static const char * const values[] = {
		[ABSENT] = "false", [PRESENT] = "true", [UNKNOWN] = "null",
	};

	if (json)
		printf("{\"interface\": \"%s\", \"present\": %s}\n",
		       interface->name, values[presence]);
	else
		printf("%-14s%-9s%s\n", interface->name, words[presence],
		       interface->what);
}

static int check(bool json)
{
	bool all = true;

	for (size_t i = 0; i < ARRAY_SIZE(interfaces); i++) {
		enum presence presence = interfaces[i].ask();

		all &= presence == PRESENT;
		print(&interfaces[i], presence, json);
	}
	return end_output() || !all ? EXIT_FAILED : EXIT_SUCCESS;
}

int cmd_check(int argc, char **argv)
{
	bool json = false;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":hV", options,
				     NULL)) != -1) {
		switch (option) {
		case OPT_JSON:
			json = true;
			break;
		case 'h':
			return show(help);
		case 'V':
			return show("nshandle " NSHANDLE_VERSION "\n");
		default:
			return complain_option("check", option, argv);
		}
	}
	if (optind < argc)
		return complain_usage("check", "'%s': nothing can be named",
				      argv[optind]);
	return check(json);
}
