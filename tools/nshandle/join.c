// SPDX-License-Identifier: GPL-2.0
/*
 * nshandle join: run a command in namespaces of a process or of a set, entered by
 * one setns(2) on a pidfd or a set descriptor.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "nshandle.h"

/* As in kernel headers that may be missing. */
#ifndef NS_GET_NSTYPE
#define NS_GET_NSTYPE	_IO(0xb7, 0x3)
#endif

static const char help[] =
	"Usage: nshandle join -t PID [OPTION...] [--] [COMMAND [ARG...]]\n"
	"Run COMMAND, or a shell, in namespaces of process PID: all those\n"
	"named are joined by one system call, or none of them is.\n"
	"\n"
	"  -t, --target PID  the process, or the thread\n"
	"  -t, --target PID:INODE\n"
	"                    only if its pidfd has this inode number\n"
	"  -t, --target fd:N\n"
	"                    by a pidfd that was inherited; or a set that was\n"
	"                    inherited from 'nshandle hold'. COMMAND does not\n"
	"                    inherit it\n"
	"  -a, --all         all its namespaces that differ from the caller's\n"
	"  -m, --mount       its mount namespace\n"
	"  -u, --uts         host name\n"
	"  -i, --ipc         System V IPC, POSIX message queues\n"
	"  -n, --net         network\n"
	"  -p, --pid         process ids; COMMAND is then a child\n"
	"  -U, --user        user ids; COMMAND then runs as uid and gid 0\n"
	"  -C, --cgroup      control groups\n"
	"  -T, --time        clock offsets\n"
	"      --skip-joined leave alone those that the caller is in already\n"
	"      --for-children\n"
	"                    -p, -T: those of its future children\n"
	"  -r, --root        its root and working directory (with -m or -a)\n"
	"      --NAME=FILE   instead of -t: one namespace, by its file; NAME is\n"
	"                    mount, uts, ipc, net, pid, user, cgroup or time\n"
	"      --user-parent the user namespace that owns the others; with -U the\n"
	"                    one above it\n"
	"                    Without any of these, and with a set: -a, and --root\n"
	"                    if it holds a root\n"
	"      --dry-run     join and run nothing: say if joining would work\n"
	"\n"
	"  -S, --setuid N|follow\n"
	"  -G, --setgid N|follow\n"
	"                    run COMMAND as uid or gid N, or as the process does\n"
	"      --preserve-credentials\n"
	"                    keep uid, gid and groups with -U\n"
	"  -r, --root=DIR    this root directory, opened before the join\n"
	"  -w, --wd[=DIR]    its working directory; or DIR, opened before it\n"
	"  -W, --wdns DIR    working directory DIR, as COMMAND sees it\n"
	"                    -r with --wd=DIR or -W leaves its own alone\n"
	"  -e, --env         its environment instead of the caller's\n"
	"  -c, --join-cgroup its control group (cgroup2)\n"
	"  -F, --no-fork     with -p, only children of COMMAND are in there\n"
	"  -h, --help        show this text\n"
	"  -V, --version     show the version\n"
	"\n"
	"Exit status: that of COMMAND (128 + N if signal N ended it), 1 if\n"
	"the namespaces could not be joined, 2 for wrong usage, 126 if\n"
	"COMMAND could not be run, 127 if it was not found. With --dry-run:\n"
	"0 if they could be joined, else 1 or 2.\n";

/* The option for a flag of setns(2) is OPT_HOW | flag. */
enum {
	OPT_KEEP_IDS	= OPT_LONG,
	OPT_USER_PARENT,
	OPT_HOW		= 2 * OPT_LONG,
};

static const struct option options[] = {
	{ "target",			required_argument, NULL, 't' },
	{ "all",			no_argument, NULL, 'a' },
	{ "mount",			optional_argument, NULL, 'm' },
	{ "uts",			optional_argument, NULL, 'u' },
	{ "ipc",			optional_argument, NULL, 'i' },
	{ "net",			optional_argument, NULL, 'n' },
	{ "pid",			optional_argument, NULL, 'p' },
	{ "user",			optional_argument, NULL, 'U' },
	{ "cgroup",			optional_argument, NULL, 'C' },
	{ "time",			optional_argument, NULL, 'T' },
	{ "skip-joined",		no_argument, NULL,
	  OPT_HOW | SETNS_SKIP_JOINED },
	{ "for-children",		no_argument, NULL,
	  OPT_HOW | SETNS_FOR_CHILDREN },
	{ "root",			optional_argument, NULL, 'r' },
	{ "wd",				optional_argument, NULL, 'w' },
	{ "wdns",			required_argument, NULL, 'W' },
	{ "setuid",			required_argument, NULL, 'S' },
	{ "setgid",			required_argument, NULL, 'G' },
	{ "env",			no_argument, NULL, 'e' },
	{ "join-cgroup",		no_argument, NULL, 'c' },
	{ "no-fork",			no_argument, NULL, 'F' },
	{ "user-parent",		no_argument, NULL, OPT_USER_PARENT },
	{ "dry-run",			no_argument, NULL,
	  OPT_HOW | SETNS_DRY_RUN },
	{ "preserve-credentials",	no_argument, NULL, OPT_KEEP_IDS },
	{ "help",			no_argument, NULL, 'h' },
	{ "version",			no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

/* '+': options after COMMAND are its own; ':': we print the messages */
static const char letters[] = "+:t:a" NS_LETTERS "r::w::W:S:G:ecFhV";

static int take_type(struct join *join, const struct ns_type *type)
{
	if (optarg && join->file)
		return complain_usage("join",
				      "'%s' and '%s': only one namespace can be given by its file",
				      join->file, optarg);
	if (optarg)
		join->file = optarg;
	join->types |= type->flag;
	return -1;
}

/* Directories and ids of COMMAND. -1 to go on, 0 if it is none of these options. */
static int take_place(struct join *join, int option)
{
	switch (option) {
	case 'r':
		join->wants_root = true;
		join->root = optarg;
		return -1;
	case 'w':
		join->wants_wd = !optarg;
		join->wd = optarg;
		return -1;
	case 'W':
		join->wdns = optarg;
		return -1;
	case 'S':
		return id_parse("-S", optarg, &join->ids.uid);
	case 'G':
		return id_parse("-G", optarg, &join->ids.gid);
	}
	return 0;
}

/* Options that are there or not. */
static bool *switch_of(struct join *join, int option)
{
	switch (option) {
	case 'a':
		return &join->all;
	case 'e':
		return &join->take_env;
	case 'c':
		return &join->take_cgroup;
	case 'F':
		return &join->no_fork;
	case OPT_KEEP_IDS:
		return &join->keep_ids;
	case OPT_USER_PARENT:
		return &join->user_parent;
	}
	return NULL;
}

/* Returns -1 to go on, else the exit status. */
static int take_option(struct join *join, int option, char **argv)
{
	const struct ns_type *type = ns_type_of_letter(option);
	bool *flag = switch_of(join, option);
	int status = take_place(join, option);

	if (status)
		return status;
	if (type)
		return take_type(join, type);
	if (flag) {
		*flag = true;
		return -1;
	}
	switch (option) {
	case 't':
		return target_parse("join", optarg, &join->target);
	case 'h':
		return show(help);
	case 'V':
		return show("nshandle " NSHANDLE_VERSION "\n");
	case ':':
	case '?':
		/* nsenter(1) takes -n/run/netns/NAME, but then no -mun */
		if (optopt == '/')
			return complain_usage("join",
					      "the file of a namespace needs the long option: --net=FILE");
		return complain_option("join", option, argv);
	}
	join->how |= option & ~OPT_HOW;
	return -1;
}

/* Each flag of join and hold needs a type that it applies to. */
int look_at_how(const char *command, int types, int how)
{
	if ((how & SETNS_ROOT) && !(types & CLONE_NEWNS))
		return complain_usage(command, "--root needs -m or -a");
	if ((how & SETNS_FOR_CHILDREN) &&
	    !(types & (CLONE_NEWPID | CLONE_NEWTIME)))
		return complain_usage(command,
				      "--for-children needs -p, -T or -a");
	return -1;
}

/* Check the options that need others. */
static int look_at_types(const struct join *join)
{
	if (join->all)
		return -1;
	if (!join->types)
		return complain_usage("join",
				      "which namespaces? -a or some of -m -u -i -n -p -U -C -T are missing");
	return look_at_how("join", join->types, join->how);
}

static bool follows(const struct join *join)
{
	return join->ids.uid.follow || join->ids.gid.follow;
}

/*
 * Does anything come from the process's directory in /proc? Its root and working
 * directory do so only if SETNS_ROOT does not bring both.
 */
static bool needs_process(const struct join *join)
{
	return join->take_env || join->take_cgroup || follows(join) ||
	       (join->root && !join->root[0]) || (join->wd && !join->wd[0]);
}

/* Which of -r and -w the kernel does, in the one call. */
static int look_at_place(struct join *join)
{
	if (join->wdns && (join->wd || join->wants_wd))
		return complain_usage("join", "-w and -W: only one can be meant");
	if (follows(join) && join->user_parent)
		return complain_usage("join",
				      "'follow' is for the user namespace of the process, not for --user-parent");
	if (join->wants_root && !join->root && !join->wd && !join->wdns) {
		join->how |= SETNS_ROOT;
		return -1;
	}
	if (join->wants_root && !join->root)
		join->root = "";
	if (join->wants_wd)
		join->wd = "";
	return -1;
}

/* A namespace by its file has no process beside it, and no flags. */
static int look_at_file(struct join *join)
{
	if (join->target.text || join->all || join->how || join->user_parent ||
	    (join->types & (join->types - 1)))
		return complain_usage("join",
				      "'%s': a namespace by its file is joined alone, without -t and its options",
				      join->file);
	if ((join->wants_root && !join->root) || join->wants_wd ||
	    needs_process(join))
		return complain_usage("join",
				      "'%s': a namespace has no root, working directory, environment, control group or ids of its own",
				      join->file);
	return look_at_place(join);
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
	if (join->file)
		return look_at_file(join);
	if (!join->target.text)
		return complain_usage("join",
				      "which process? -t PID is missing");
	return look_at_place(join);
}

/* The kernel would say EINVAL for each of these. */
static int look_at_set(struct join *join)
{
	const struct target *set = &join->target;
	char words[2][NS_WORDS_MAX];
	int asked;

	if (join->how & SETNS_FOR_CHILDREN)
		return complain(EXIT_FAILED,
				"join: no --for-children with %s: it was made with or without it",
				set->name);
	if (!join->types && !join->all) {
		join->all = true;
		join->how |= set->made & SETNS_ROOT;
	}
	asked = join->types | (join->how & SETNS_ROOT);
	if (!(asked & ~(set->held | set->made)))
		return look_at_types(join);
	return complain(EXIT_FAILED, "cannot join %s of %s: it holds no %s",
			ns_words(asked, words[0]), set->name,
			ns_words(asked & ~(set->held | set->made), words[1]));
}

/* The kernel would say EINVAL, as it does for other reasons. */
static int open_file(struct join *join)
{
	char words[2][NS_WORDS_MAX];
	int type;

	join->target.fd = open_ns_file("join", join->file);
	if (join->target.fd < 0)
		return EXIT_FAILED;
	type = ioctl(join->target.fd, NS_GET_NSTYPE);
	if (type == join->types)
		return -1;
	return complain(EXIT_FAILED, "join: %s: not a %s namespace, but a %s namespace",
			join->file, ns_words(join->types, words[0]),
			ns_words(type, words[1]));
}

/* Whether types must be named depends on what a descriptor is of. */
static int open_target(struct join *join)
{
	int status = join->target.pid ? look_at_types(join) : -1;

	if (join->file)
		return open_file(join);
	if (status < 0)
		status = target_open(&join->target);
	if (status >= 0 || join->target.pid)
		return status;
	return target_is_set(&join->target) ? look_at_set(join) :
					      look_at_types(join);
}

static void add_all(struct join *join)
{
	for (const struct ns_type *type = ns_types; type->flag; type++)
		join->types |= type->flag;
	if (target_is_set(&join->target))
		join->types = join->target.held;
}

/* All that comes from elsewhere than the one call, before it. */
static int open_rest(struct join *join)
{
	int status;

	if (needs_process(join)) {
		join->process = place_open_process(&join->target);
		if (join->process < 0)
			return EXIT_FAILED;
	}
	status = place_open(join);
	if (status < 0)
		status = ids_find(&join->ids, join->process,
				  join_changes(join, 'U'));
	return status;
}

/* What is done after it. */
static int take_rest(const struct join *join)
{
	int status = place_take(join);

	if (status < 0)
		status = ids_take(&join->ids);
	if (status < 0)
		status = place_set_environ(join);
	return status;
}

/* Our descriptors close themselves on exec: COMMAND never sees one. */
static int run(struct join *join)
{
	int status;

	if (!join->no_fork && join_changes(join, 'p'))
		return run_in_child(&join->run, join->argv);
	status = run_join_cgroup(&join->run);
	return status < 0 ? run_here(join->argv) : status;
}

int cmd_join(int argc, char **argv)
{
	struct join join = { .types = 0 };
	int status = parse(&join, argc, argv);

	if (status < 0)
		status = open_target(&join);
	if (status < 0 && join.all)
		add_all(&join);
	if (status < 0)
		status = open_rest(&join);
	if (status < 0 && (join.types & CLONE_NEWPID))
		terminal_open(&join.run.terminal);
	if (status < 0)
		status = join_enter(&join);
	if (status < 0)
		status = take_rest(&join);
	return status < 0 ? run(&join) : status;
}
