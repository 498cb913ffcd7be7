// SPDX-License-Identifier: GPL-2.0
/*
 * nshandle last-pid: read, or set in one step, the last pids of a pid
 * namespace and its ancestors.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "nshandle.h"

struct last_pid {
	struct target target;	/* or a file */
	struct pid_vec vec;	/* no levels: print, do not set */
	int ns;
	bool json;
};

static const char help[] =
	"Usage: nshandle last-pid [--json|--set N[,N...]] PID|fd:N|FILE\n"
	"Print the last pid that was given in the pid namespace of process\n"
	"PID, of an inherited pidfd or set fd:N, or of a namespace file such as\n"
	"/proc/PID/ns/pid, and in each pid namespace above it up to the\n"
	"caller's: the innermost first, separated by commas. The next process\n"
	"gets the first free pid after each.\n"
	"\n"
	"      --set N[,N...]\n"
	"                 set them instead, all in one step; levels that are\n"
	"                 left out at the end stay as they are\n"
	"      --json     print them as one JSON object\n"
	"  -h, --help     show this text\n"
	"  -V, --version  show the version\n"
	"\n"
	"A number is a process id; a file of that name is ./NUMBER.\n"
	"Exit status: 0, 1 if they could not be read, or if none has been\n"
	"set, 2 for wrong usage.\n";

enum { OPT_SET = OPT_LONG, OPT_JSON };

static const struct option options[] = {
	{ "set",	required_argument, NULL, OPT_SET },
	{ "json",	no_argument, NULL, OPT_JSON },
	{ "help",	no_argument, NULL, 'h' },
	{ "version",	no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

/* -1, or the exit status if it is no list of pids. */
int parse_pid_vec(const char *command, const char *text, int least,
		  struct pid_vec *vec)
{
	char *words = strdupa(text), *word;

	if (vec->nr)
		return complain_usage(command,
				      "'%s': pids can be given only once", text);
	while ((word = strsep(&words, ","))) {
		if (vec->nr == LEVELS_MAX)
			return complain_usage(command,
					      "'%s': there are no more than %d levels",
					      text, LEVELS_MAX);
		if (!parse_number(word, least, &vec->pid[vec->nr++]))
			return complain_usage(command, "'%s' is not a pid",
					      word);
	}
	return -1;
}

static int take_object(struct last_pid *last, const char *object)
{
	if (!object)
		return complain_usage("last-pid",
				      "which pid namespace? PID or a file is missing");
	return target_parse_or_file("last-pid", object, &last->target);
}

/* Returns -1 to go on, else the exit status. */
static int take_option(struct last_pid *last, int option, char **argv)
{
	switch (option) {
	case OPT_SET:
		return parse_pid_vec("last-pid", optarg, 0, &last->vec);
	case OPT_JSON:
		last->json = true;
		return -1;
	case 'h':
		return show(help);
	case 'V':
		return show("nshandle " NSHANDLE_VERSION "\n");
	default:
		return complain_option("last-pid", option, argv);
	}
}

static int parse(struct last_pid *last, int argc, char **argv)
{
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":hV", options,
				     NULL)) != -1) {
		status = take_option(last, option, argv);
		if (status >= 0)
			return status;
	}
	if (last->json && last->vec.nr)
		return complain_usage("last-pid", "--json prints nothing with --set");
	if (argc - optind > 1)
		return complain_usage("last-pid", "more than one is asked for");
	return take_object(last, argv[optind]);
}

/*
 * 0, or the error. With @nr 0, the kernel writes to vec->nr how many levels there
 * are from the namespace up to the caller's.
 */
static int get_last_pids(int ns, unsigned int nr, struct pid_vec *vec)
{
	vec->nr = nr;
	return ioctl(ns, NS_GET_LAST_PID_VEC, vec) ? errno : 0;
}

/*
 * The kernel has one errno for several reasons. Reading tells which: it needs
 * no capability and has no range.
 */
static const char *why(int ns, unsigned int nr, int error)
{
	struct pid_vec vec;

	switch (error) {
	case ENOTTY:
		return " (this kernel has no last-pid vectors)";
	case ESRCH:
		return " (a level has no init: not yet, or not any more)";
	case EPERM:
		if (get_last_pids(ns, nr, &vec))
			return " (not the caller's own pid namespace, nor below it)";
		return " (needs CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN over the owners)";
	case EINVAL:
		if (get_last_pids(ns, 1, &vec) == EINVAL)
			return " (not a pid namespace)";
		if (get_last_pids(ns, nr, &vec))
			return " (it has fewer levels)";
		return " (one is above pid_max)";
	default:
		return "";
	}
}

/* -1, or the exit status if it failed: then no last pid has changed. */
int set_last_pids(const char *command, const char *pidns, int ns,
		  const struct pid_vec *vec)
{
	int error;

	if (!ioctl(ns, NS_SET_LAST_PID_VEC, vec))
		return -1;
	error = errno;
	return complain(EXIT_FAILED, "%s: %s: cannot set the last pids: %s%s",
			command, pidns, strerror(error),
			why(ns, vec->nr, error));
}

static int print_last_pids(const struct last_pid *last)
{
	struct pid_vec vec;
	int error = get_last_pids(last->ns, 0, &vec);

	if (!error)
		error = get_last_pids(last->ns, vec.nr, &vec);
	if (error)
		return complain(EXIT_FAILED,
				"last-pid: %s: cannot read the last pids: %s%s",
				last->target.text, strerror(error),
				why(last->ns, 1, error));
	if (last->json)
		printf("{\"last_pids\": [");
	for (unsigned int i = 0; i < vec.nr; i++)
		printf("%s%d", !i ? "" : last->json ? ", " : ",", vec.pid[i]);
	puts(last->json ? "]}" : "");
	return end_output();
}

int cmd_last_pid(int argc, char **argv)
{
	struct last_pid last = { .ns = -1 };
	int status = parse(&last, argc, argv);

	if (status >= 0)
		return status;
	last.ns = open_pid_ns("last-pid", &last.target);
	if (last.ns < 0)
		return EXIT_FAILED;
	if (!last.vec.nr)
		return print_last_pids(&last);
	status = set_last_pids("last-pid", last.target.text, last.ns,
			       &last.vec);
	return status < 0 ? EXIT_SUCCESS : status;
}
