// SPDX-License-Identifier: GPL-2.0
/*
 * nshandle proc: mount a procfs that shows the processes of another pid
 * namespace, without entering it.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nshandle.h"

/* As in <linux/mount.h>, which C libraries before 2.36 don't have. */
enum {
	ATTR_RDONLY		= 0x1,
	ATTR_NOSUID		= 0x2,
	ATTR_NODEV		= 0x4,
	ATTR_NOEXEC		= 0x8,
	ATTR_ATIME		= 0x70,
	ATTR_NOATIME		= 0x10,
	ATTR_STRICTATIME	= 0x20,
	ATTR_NODIRATIME		= 0x80,
	ATTR_NOSYMFOLLOW	= 0x200000,
};

enum {
	SET_FLAG	= 0,
	SET_STRING	= 1,
	SET_FD		= 5,
	CREATE		= 6,
};

struct proc {
	struct target pidns;	/* or a file */
	char *options;		/* all of -o, separated by commas */
	const char *dir;
	unsigned int attrs;	/* of the mount */
	int ns;
	int context;
};

static const char help[] =
	"Usage: nshandle proc --pidns PID|fd:N|FILE [-o OPTIONS] DIR\n"
	"Mount on DIR a procfs that shows the processes of another pid\n"
	"namespace. No process is made, and none enters it.\n"
	"\n"
	"      --pidns PID   the pid namespace that this process is in\n"
	"      --pidns fd:N  by a pidfd that was inherited; or the one that a\n"
	"                    set holds that was inherited\n"
	"      --pidns FILE  that of a namespace file such as /proc/PID/ns/pid\n"
	"  -o, --options OPTIONS\n"
	"                    separated by commas: hidepid=, gid=, subset= and\n"
	"                    what else procfs takes; ro, suid, dev, exec,\n"
	"                    noatime, strictatime, nodiratime, nosymfollow\n"
	"                    (default: nosuid, nodev and noexec)\n"
	"  -h, --help        show this text\n"
	"  -V, --version     show the version\n"
	"\n"
	"Exit status: 0 if it is mounted, 1 if nothing is, 2 for wrong usage.\n";

enum { OPT_PIDNS = OPT_LONG };

static const struct option options[] = {
	{ "pidns",	required_argument, NULL, OPT_PIDNS },
	{ "options",	required_argument, NULL, 'o' },
	{ "help",	no_argument, NULL, 'h' },
	{ "version",	no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

static const struct attribute {
	const char *name;
	unsigned int clear;
	unsigned int set;
} attributes[] = {
	{ "defaults",	 0,		0 },
	{ "ro",		 0,		ATTR_RDONLY },
	{ "rw",		 ATTR_RDONLY,	0 },
	{ "nosuid",	 0,		ATTR_NOSUID },
	{ "suid",	 ATTR_NOSUID,	0 },
	{ "nodev",	 0,		ATTR_NODEV },
	{ "dev",	 ATTR_NODEV,	0 },
	{ "noexec",	 0,		ATTR_NOEXEC },
	{ "exec",	 ATTR_NOEXEC,	0 },
	{ "relatime",	 ATTR_ATIME,	0 },
	{ "noatime",	 ATTR_ATIME,	ATTR_NOATIME },
	{ "strictatime", ATTR_ATIME,	ATTR_STRICTATIME },
	{ "nodiratime",	 0,		ATTR_NODIRATIME },
	{ "diratime",	 ATTR_NODIRATIME, 0 },
	{ "nosymfollow", 0,		ATTR_NOSYMFOLLOW },
	{ "symfollow",	 ATTR_NOSYMFOLLOW, 0 },
};

/* pidns in -o would be a second --pidns, which might win. */
static bool sets_pidns(const char *words)
{
	static const char key[] = "pidns";

	while (*words) {
		size_t length = strcspn(words, ",=");

		if (length == strlen(key) && !strncmp(words, key, length))
			return true;
		words += strcspn(words, ",");
		words += *words == ',';
	}
	return false;
}

static int add_options(struct proc *proc, const char *more)
{
	char *all;

	if (sets_pidns(more))
		return complain_usage("proc",
				      "-o %s: pidns is an option of its own, --pidns",
				      more);
	if (asprintf(&all, "%s,%s", proc->options ? proc->options : "",
		     more) < 0)
		return complain(EXIT_FAILED, "%s", strerror(ENOMEM));
	free(proc->options);
	proc->options = all;
	return -1;
}

/* Returns -1 to go on, else the exit status. */
static int take_option(struct proc *proc, int option, char **argv)
{
	switch (option) {
	case OPT_PIDNS:
		return target_parse_or_file("proc", optarg, &proc->pidns);
	case 'o':
		return add_options(proc, optarg);
	case 'h':
		return show(help);
	case 'V':
		return show("nshandle " NSHANDLE_VERSION "\n");
	default:
		return complain_option("proc", option, argv);
	}
}

static int parse(struct proc *proc, int argc, char **argv)
{
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":o:hV", options,
				     NULL)) != -1) {
		status = take_option(proc, option, argv);
		if (status >= 0)
			return status;
	}
	if (!proc->pidns.text)
		return complain_usage("proc",
				      "which pid namespace? --pidns is missing");
	if (argc - optind != 1)
		return complain_usage("proc", optind == argc ?
				      "where? DIR is missing" :
				      "there is more than one DIR");
	proc->dir = argv[optind];
	return -1;
}

/*
 * The last error in the context's log, of which each read(2) returns one line.
 * Of "e proc: TEXT\n" keep the text.
 */
static const char *reason(const struct proc *proc, char text[256])
{
	static const char prefix[] = "proc: ";
	char line[256];
	ssize_t length;

	text[0] = '\0';
	while ((length = read(proc->context, line, sizeof(line) - 1)) > 0) {
		line[length] = '\0';
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "e ", 2))
			snprintf(text, sizeof(line), "%s", line + 2);
	}
	if (!strncmp(text, prefix, strlen(prefix)))
		return text + strlen(prefix);
	return text;
}

static int complain_refused(const struct proc *proc, const char *what)
{
	int error = errno;
	char text[256];
	const char *why = reason(proc, text);

	if (!strcmp(why, "Unknown parameter 'pidns'"))
		return complain(EXIT_FAILED,
				"proc: this kernel's procfs does not know pidns=");
	return complain(EXIT_FAILED, "proc: %s: %s%s%s", what, why,
			why[0] ? ": " : "", strerror(error));
}

static int open_context(struct proc *proc)
{
	const char *hint = "";

	/*
	 * Open a file here, since some kernels would open a path themselves,
	 * which may block for ever or affect a device.
	 */
	proc->ns = open_pid_ns("proc", &proc->pidns);
	if (proc->ns < 0)
		return EXIT_FAILED;
	hint_at_pid_ns("proc", &proc->pidns);
	proc->context = sys_fsopen("proc");
	if (proc->context < 0) {
		if (errno == EPERM)
			hint = " (needs CAP_SYS_ADMIN over the mount namespace)";
		else if (kernel_older_than(5, 2))
			hint = " (Linux 5.2 or newer is needed)";
		return complain(EXIT_FAILED, "proc: cannot make one: %s%s",
				strerror(errno), hint);
	}
	if (sys_fsconfig(proc->context, SET_STRING, "source", "proc", 0))
		return complain_refused(proc, "source");
	if (sys_fsconfig(proc->context, SET_FD, "pidns", NULL, proc->ns))
		return complain_refused(proc, proc->pidns.text);
	return -1;
}

static bool set_attribute(struct proc *proc, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		if (strcmp(attributes[i].name, word))
			continue;
		proc->attrs &= ~attributes[i].clear;
		proc->attrs |= attributes[i].set;
		return true;
	}
	return false;
}

/* A word of -o that is no mount attribute is for procfs. */
static int configure(struct proc *proc, const char *word)
{
	char *key = strdupa(word);
	char *value = strchr(key, '=');
	int command = value ? SET_STRING : SET_FLAG;

	if (value)
		*value++ = '\0';
	if (sys_fsconfig(proc->context, command, key, value, 0))
		return complain_refused(proc, word);
	return -1;
}

static int apply_options(struct proc *proc)
{
	int status = -1;
	char *word;

	while (status < 0 && (word = strsep(&proc->options, ",")))
		if (word[0] && !set_attribute(proc, word))
			status = configure(proc, word);
	return status;
}

/* Until the last call it is attached nowhere, and ends when we exit. */
static int make_mount(const struct proc *proc)
{
	const char *hint = "";
	int mount;

	if (sys_fsconfig(proc->context, CREATE, NULL, NULL, 0))
		return complain_refused(proc, "cannot make the instance");
	mount = sys_fsmount(proc->context, proc->attrs);
	if (mount < 0 && errno == EPERM)
		hint = " (a user namespace needs a procfs without anything mounted over its files)";
	if (mount < 0)
		return complain(EXIT_FAILED, "proc: cannot mount it: %s%s",
				strerror(errno), hint);
	if (sys_move_mount(mount, proc->dir))
		return complain(EXIT_FAILED,
				"proc: cannot mount it on %s: %s%s",
				proc->dir, strerror(errno), errno == EINVAL ?
				" (is it a directory?)" : "");
	return EXIT_SUCCESS;
}

int cmd_proc(int argc, char **argv)
{
	struct proc proc = { .attrs = ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC };
	int status = parse(&proc, argc, argv);

	if (status < 0)
		status = open_context(&proc);
	if (status < 0)
		status = apply_options(&proc);
	return status < 0 ? make_mount(&proc) : status;
}
