// SPDX-License-Identifier: GPL-2.0
/*
 * nshandle join: run a command in namespaces of a process or of a set, entered by
 * one setns(2) on a pidfd or a set descriptor.
 */
#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nshandle.h"

static const char help[] =
	"Usage: nshandle join -t PID [OPTION...] [--] [COMMAND [ARG...]]\n"
	"Run COMMAND, or a shell, in namespaces of process PID: all those\n"
	"named are joined by one system call, or none of them is.\n"
	"\n"
	"  -t, --target PID  the process\n"
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
	"      --root        its root and working directory (with -m or -a)\n"
	"                    Without any of these, and with a set: -a, and --root\n"
	"                    if it holds a root\n"
	"      --dry-run     join and run nothing: say if joining would work\n"
	"      --preserve-credentials\n"
	"                    keep uid, gid and groups with -U\n"
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
	OPT_HOW		= 2 * OPT_LONG,
};

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
	{ "skip-joined",		no_argument, NULL,
	  OPT_HOW | SETNS_SKIP_JOINED },
	{ "for-children",		no_argument, NULL,
	  OPT_HOW | SETNS_FOR_CHILDREN },
	{ "root",			no_argument, NULL,
	  OPT_HOW | SETNS_ROOT },
	{ "dry-run",			no_argument, NULL,
	  OPT_HOW | SETNS_DRY_RUN },
	{ "preserve-credentials",	no_argument, NULL, OPT_KEEP_IDS },
	{ "help",			no_argument, NULL, 'h' },
	{ "version",			no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

/* '+': options after COMMAND are its own; ':': we print the messages */
static const char letters[] = "+:t:a" NS_LETTERS "hV";

/* Returns -1 to go on, else the exit status. */
static int take_option(struct join *join, int option, char **argv)
{
	switch (option) {
	case 't':
		return target_parse("join", optarg, &join->target);
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
	}
	if (option & OPT_HOW)
		join->how |= option & ~OPT_HOW;
	else
		join->types |= ns_type_of_letter(option)->flag;
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
	if (!join->target.text)
		return complain_usage("join",
				      "which process? -t PID is missing");
	return -1;
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

/* Whether types must be named depends on what a descriptor is of. */
static int open_target(struct join *join)
{
	int status = join->target.pid ? look_at_types(join) : -1;

	if (status < 0)
		status = target_open(&join->target);
	if (status >= 0 || join->target.pid)
		return status;
	return target_is_set(&join->target) ? look_at_set(join) :
					      look_at_types(join);
}

/*
 * Without SETNS_ALL, the kernel refuses a join of the user namespace that the
 * caller is in, and --all means the others anyway. Compare them here. If the
 * process ends and its number is reused meanwhile, setns(2) on the pidfd fails
 * with ESRCH, so a wrong comparison does no harm.
 */
static int add_others(struct join *join)
{
	pid_t pid = ns_procfs_pid(join->target.fd);

	if (access("/proc/self/ns", X_OK))
		return complain(EXIT_FAILED,
				"cannot read /proc/self/ns: %s (-a needs it; name the namespaces instead)",
				strerror(errno));

	for (const struct ns_type *type = ns_types; type->flag; type++) {
		enum ns_answer answer = ns_compare(pid, type);

		if (answer == NS_UNKNOWN)
			join->procfs_mute = true;
		if (answer == NS_UNKNOWN || answer == NS_OTHER)
			join->types |= type->flag;
	}
	return -1;
}

static void add_all(struct join *join)
{
	for (const struct ns_type *type = ns_types; type->flag; type++)
		join->types |= type->flag;
	if (target_is_set(&join->target))
		join->types = join->target.held;
}

/* In other words: would SETNS_SKIP_JOINED not leave it out? */
static bool is_left(const struct join *join, int self,
		    const struct ns_type *type)
{
	bool children = type->children &&
			((join->how | join->target.made) & SETNS_FOR_CHILDREN);
	int target = join->target.fd;
	int own = ns_open(self, type, type->flag == CLONE_NEWPID);

	if (own < 0 && errno == EOPNOTSUPP)
		return false;
	if (!ns_same(own, ns_open(target, type, children)))
		return true;
	return type->flag == CLONE_NEWTIME &&
	       !ns_same(ns_open(self, type, true),
			ns_open(target, type, children));
}

/* What --all means here, for a message. */
static int types_left(const struct join *join)
{
	int self = sys_pidfd_open(getpid(), 0), left = 0;

	for (const struct ns_type *type = ns_types; type->flag; type++)
		if ((join->types & type->flag) && is_left(join, self, type))
			left |= type->flag;
	close(self);
	return left;
}

/*
 * --all on a kernel without SETNS_ALL. If it leaves nothing to join, the caller
 * shares every namespace of the process.
 */
static int join_others(struct join *join)
{
	int error = 0, status;

	join->all = false;
	join->types = 0;
	status = add_others(join);
	if (status >= 0)
		return status;
	if (join->types || (join->how & ~SETNS_DRY_RUN))
		error = join_try(join, join_flags(join));
	return error ? complain_join(join, error) : -1;
}

/*
 * A seccomp filter sees only the mask of types: it denies the call for the sake of
 * a type that SETNS_SKIP_JOINED would leave out. Leave those out here. If the
 * process joins another namespace meanwhile, that is as if it had done so later.
 */
static bool drop_denied(struct join *join)
{
	int denied, keep = types_left(join);

	if (!(join_flags(join) & SETNS_SKIP_JOINED))
		return false;
	if (join->how & SETNS_ROOT)
		keep |= CLONE_NEWNS;
	denied = join_denied_types(join->types & ~keep);
	join->types &= ~denied;
	if (!(join->types & (CLONE_NEWPID | CLONE_NEWTIME)))
		join->how &= ~SETNS_FOR_CHILDREN;
	return denied;
}

/*
 * One call, which changes nothing if it fails. -1 if all are joined, or could be
 * in a dry run.
 */
static int join_types(struct join *join)
{
	int error = join_try(join, join_flags(join)), left;

	if (error == EPERM && drop_denied(join))
		error = join->types ? join_try(join, join_flags(join)) : 0;
	if (!error)
		return -1;
	if ((error == EINVAL || error == EPERM) && join->all && !join_has_all())
		return join_others(join);
	left = join->all ? types_left(join) : 0;
	if (left)
		join->types = left;
	return complain_join(join, error);
}

/*
 * Otherwise the command would run with the overflow ids if the caller's are
 * not mapped. The groups can be dropped before the join, with privileges, or
 * after it, if the user namespace allows that: either will do, and so will
 * having no groups.
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

static int show_dry_run(const struct join *join)
{
	int types = join->all ? types_left(join) : join->types;
	char words[NS_WORDS_MAX];

	ns_words(types | (join->how & SETNS_ROOT), words);
	if (words[0])
		printf("can join %s of %s%s\n", words, join->target.name,
		       !join->all && (join->how & SETNS_SKIP_JOINED) ?
		       ", or is in them already" : "");
	else
		printf("nothing to join: the caller is in all namespaces of %s\n",
		       join->target.name);
	return end_output();
}

/*
 * 'U', before the call: will COMMAND be in another user namespace? 'p', after
 * the call: must COMMAND be a child, to be in the pid namespace? Not if
 * --skip-joined leaves the namespace alone because the caller is in it itself, or
 * --all names a type that the kernel was built without.
 */
static bool changes(const struct join *join, int letter)
{
	const struct ns_type *type = ns_type_of_letter(letter);
	bool absent, same;
	int self, own;

	if (!(join->types & type->flag))
		return false;
	if (!(join_flags(join) & SETNS_SKIP_JOINED))
		return true;

	self = sys_pidfd_open(getpid(), 0);
	own = ns_open(self, type, false);
	absent = own < 0 && errno == EOPNOTSUPP;
	same = ns_same(own, type->children ? ns_open(self, type, true) :
					     target_ns(&join->target, type));
	close(self);
	return !absent && !same;
}

/* Drop the groups in a dry run, too: it needs the credentials of the call. */
static int enter(struct join *join)
{
	bool become = !join->keep_ids && changes(join, 'U');
	bool no_groups = become && (!getgroups(0, NULL) ||
				    !setgroups(0, NULL));
	bool hint = (join->types & CLONE_NEWPID) &&
		    !(join->how & SETNS_FOR_CHILDREN) &&
		    target_means_children(&join->target);
	int status = join_types(join);

	if (status >= 0)
		return status;
	if (hint)
		hint_at_children("join", &join->target, "--for-children");
	if (join->how & SETNS_DRY_RUN)
		return show_dry_run(join);
	return become ? become_root(no_groups) : -1;
}

int cmd_join(int argc, char **argv)
{
	struct join join = { .types = 0 };
	int status = parse(&join, argc, argv);
	struct run run;

	if (status < 0)
		status = open_target(&join);
	if (status < 0 && join.all)
		add_all(&join);
	if (status < 0) {
		terminal_open(&run.terminal);
		status = enter(&join);
	}
	if (status >= 0)
		return status;

	/* The descriptor closes itself on exec: COMMAND never sees it. */
	if (changes(&join, 'p'))
		return run_in_child(&run, join.argv);
	return run_here(join.argv);
}
