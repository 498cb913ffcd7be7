// SPDX-License-Identifier: GPL-2.0
/*
 * nshandle show: the namespaces of a process, those that a set holds, or the pid
 * namespace that an instance of procfs shows.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "nshandle.h"

/* As in kernel headers that may be missing. */
#ifndef NS_GET_USERNS
#define NS_GET_USERNS			_IO(0xb7, 0x1)
#define NS_GET_PARENT			_IO(0xb7, 0x2)
#define NS_GET_OWNER_UID		_IO(0xb7, 0x4)
#endif
#define PROCFS				0x9fa0
#define PROCFS_ROOT			1	/* its inode */

enum caller { UNKNOWN, SAME, OTHER };

struct row {
	const char *name;
	ino_t inode;		/* 0: not known */
	enum caller caller;	/* is it the caller's own? */
	bool hidden;		/* shown by --json only */
	bool unnamed;		/* no namespace: not shown by --json */
	char note[64];
};

struct view {
	bool json;
	struct target target;	/* or a directory */
	int self;		/* the caller, as a pidfd */
	bool by_pid1;		/* the kernel lacks the ioctl */
	char owner_uid[16];	/* or "null" */
	struct row rows[11];
	int nr_rows;
};

static const char help[] =
	"Usage: nshandle show [--json] PID|fd:N|DIR\n"
	"Show the namespaces of a process, those of an inherited pidfd or set\n"
	"fd:N, or the pid namespace whose processes the procfs mounted on DIR\n"
	"shows, and which of them the caller is in.\n"
	"\n"
	"      --json     as one JSON object\n"
	"  -h, --help     show this text\n"
	"  -V, --version  show the version\n"
	"\n"
	"A number is a process id; a directory of that name is ./NUMBER, and one\n"
	"called fd:N is ./fd:N.\n"
	"Exit status: 0, 1 if they could not be found out, 2 for wrong usage.\n";

enum { OPT_JSON = OPT_LONG };

static const struct option options[] = {
	{ "json",	no_argument, NULL, OPT_JSON },
	{ "help",	no_argument, NULL, 'h' },
	{ "version",	no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

static int take_object(struct view *view, const char *object)
{
	if (!object)
		return complain_usage("show",
				      "what? PID or a directory is missing");
	return target_parse_or_file("show", object, &view->target);
}

/* Returns -1 to go on, else the exit status. */
static int parse(struct view *view, int argc, char **argv)
{
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":hV", options,
				     NULL)) != -1) {
		switch (option) {
		case OPT_JSON:
			view->json = true;
			break;
		case 'h':
			return show(help);
		case 'V':
			return show("nshandle " NSHANDLE_VERSION "\n");
		default:
			return complain_option("show", option, argv);
		}
	}
	if (argc - optind > 1)
		return complain_usage("show", "more than one is asked for");
	return take_object(view, argv[optind]);
}

/* Either descriptor may be -1: not known. */
static struct row *add_row(struct view *view, const char *name, int theirs,
			   int ours)
{
	struct row *row = &view->rows[view->nr_rows++];
	struct stat a, b;

	row->name = name;
	if (theirs < 0 || fstat(theirs, &a))
		return row;
	row->inode = a.st_ino;
	if (ours >= 0 && !fstat(ours, &b))
		row->caller = same_file(&a, &b) ? SAME : OTHER;
	return row;
}

/* That of the next child, hidden if the process is in it itself. */
static int add_children(struct view *view, const struct ns_type *type,
			const struct row *own)
{
	int ns = ns_open(view->target.fd, type, true);
	struct row *row;

	/* On older kernels, ENOENT: it has no init yet. */
	if (ns < 0 && errno != EOPNOTSUPP && errno != ENOENT)
		return complain_ns(&view->target, type);
	row = add_row(view, type->children, ns,
		      ns_open(view->self, type, true));
	row->hidden = row->inode == own->inode;
	return -1;
}

static int add_type(struct view *view, const struct ns_type *type)
{
	int ns = ns_open(view->target.fd, type, false);
	struct row *row;

	if (ns < 0 && errno != EOPNOTSUPP)
		return complain_ns(&view->target, type);
	row = add_row(view, type->name, ns,
		      ns_open(view->self, type, false));
	row->hidden = !row->inode;
	return type->children ? add_children(view, type, row) : -1;
}

static int look_at_process(struct view *view)
{
	int status = -1;

	for (const struct ns_type *type = ns_types;
	     type->flag && status < 0; type++)
		status = add_type(view, type);
	return status;
}

/* A type that the set does not hold is hidden, without an inode. */
static void add_member(struct view *view, const struct ns_type *type,
		       bool children, ino_t inode)
{
	bool held = inode && (view->target.made & SETNS_FOR_CHILDREN ?
			      children || !type->children : !children);
	struct row *row = add_row(view, children ? type->children : type->name,
				  -1, -1);
	int own = held ? ns_open(view->self, type, children) : -1;
	struct stat st;

	row->hidden = !held;
	if (!held)
		return;
	row->inode = inode;
	if (own >= 0 && !fstat(own, &st))
		row->caller = st.st_ino == inode ? SAME : OTHER;
}

static int look_at_set(struct view *view)
{
	const unsigned long long *inode = view->target.ino;
	struct row *row;

	for (const struct ns_type *type = ns_types; type->flag;
	     type++, inode++) {
		add_member(view, type, false, *inode);
		if (type->children)
			add_member(view, type, true, *inode);
	}
	if (!(view->target.made & SETNS_ROOT))
		return -1;
	row = add_row(view, "root", -1, -1);
	row->unnamed = true;
	snprintf(row->note, sizeof(row->note), "and working directory");
	return -1;
}

static bool is_procfs_root(int dir)
{
	struct statfs fs;
	struct stat st;

	return !fstatfs(dir, &fs) && fs.f_type == PROCFS &&
	       !fstat(dir, &st) && st.st_ino == PROCFS_ROOT;
}

static int ask_procfs(struct view *view, int dir)
{
	int ns = ioctl(dir, PROCFS_GET_PID_NAMESPACE, 0);

	if (ns >= 0)
		return ns;
	if (errno != ENOTTY)
		return complain(-1, "show: %s: %s%s", view->target.text,
				strerror(errno), errno != EPERM ? "" :
				" (needs to be in its pid namespace, or CAP_SYS_ADMIN over the owner of that)");

	/* This fails if pid 1 has ended, or may not be read by us. */
	view->by_pid1 = true;
	ns = openat(dir, "1/ns/pid", O_RDONLY | O_CLOEXEC);
	if (ns >= 0)
		return ns;
	return complain(-1, "show: %s/1/ns/pid: %s (and this kernel cannot be asked)",
			view->target.text, strerror(errno));
}

static int open_dir(struct view *view)
{
	int dir = open(view->target.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return complain(-1, "show: %s: %s", view->target.text,
				strerror(errno));
	if (!is_procfs_root(dir))
		return complain(-1, "show: %s: not the root directory of a procfs",
				view->target.text);
	return ask_procfs(view, dir);
}

/* The kernel gives no parent or owner above the caller's own. */
static void add_relations(struct view *view, int ns, int own_pid)
{
	int owner = ioctl(ns, NS_GET_USERNS);
	struct row *row;
	uid_t uid;

	add_row(view, "parent", ioctl(ns, NS_GET_PARENT), own_pid);
	row = add_row(view, "owner", owner,
		      ns_open(view->self, ns_type_of_letter('U'), false));
	if (owner < 0 || ioctl(owner, NS_GET_OWNER_UID, &uid))
		return;
	snprintf(view->owner_uid, sizeof(view->owner_uid), "%u", uid);
	snprintf(row->note, sizeof(row->note), "uid %u", uid);
}

static int look_at_procfs(struct view *view)
{
	int own_pid = ns_open(view->self, ns_type_of_letter('p'), false);
	int ns = open_dir(view);
	struct row *row;

	if (ns < 0)
		return EXIT_FAILED;
	row = add_row(view, "pid", ns, own_pid);
	if (view->by_pid1)
		snprintf(row->note, sizeof(row->note),
			 "by 1/ns/pid: this kernel cannot be asked");
	add_relations(view, ns, own_pid);
	return -1;
}

static const char *inode_word(const struct row *row, const char *unknown,
			      char word[24])
{
	if (!row->inode)
		return unknown;
	snprintf(word, 24, "%llu", (unsigned long long)row->inode);
	return word;
}

static void print_table(const struct view *view)
{
	static const char * const words[] = {
		[UNKNOWN] = "-", [SAME] = "same", [OTHER] = "other",
	};
	char word[24];

	printf("%-18s%-12s%s\n", "NAMESPACE", "INODE", "CALLER");
	for (int i = 0; i < view->nr_rows; i++) {
		const struct row *row = &view->rows[i];

		if (row->hidden)
			continue;
		printf("%-18s%-12s%s", row->name,
		       inode_word(row, "-", word), words[row->caller]);
		if (row->note[0])
			printf("%*s%s", (int)(7 - strlen(words[row->caller])),
			       "", row->note);
		putchar('\n');
	}
}

/* The number of a process whose pidfd was inherited is that in /proc. */
static void print_process(const struct target *target)
{
	pid_t pid = target->pid ?: ns_procfs_pid(target->fd);
	unsigned long long inode = target_inode(target);
	char words[2][24] = { "null", "null" };

	if (pid > 0)
		snprintf(words[0], sizeof(words[0]), "%d", pid);
	if (inode)
		snprintf(words[1], sizeof(words[1]), "%llu", inode);
	printf("{\"kind\": \"process\", \"pid\": %s, \"inode\": %s",
	       words[0], words[1]);
}

static void print_kind(const struct view *view)
{
	int made = view->target.made;

	if (target_is_file(&view->target))
		printf("{\"kind\": \"procfs\", \"source\": \"%s\", \"owner_uid\": %s",
		       view->by_pid1 ? "pid1" : "ioctl", view->owner_uid);
	else if (target_is_set(&view->target))
		printf("{\"kind\": \"set\", \"for_children\": %s, \"root\": %s",
		       made & SETNS_FOR_CHILDREN ? "true" : "false",
		       made & SETNS_ROOT ? "true" : "false");
	else
		print_process(&view->target);
}

static void print_json(const struct view *view)
{
	static const char * const words[] = {
		[UNKNOWN] = "null", [SAME] = "true", [OTHER] = "false",
	};
	char word[24];

	print_kind(view);
	printf(", \"namespaces\": {");
	for (int i = 0; i < view->nr_rows; i++) {
		const struct row *row = &view->rows[i];

		if (row->unnamed)
			continue;
		printf("%s\"%s\": {\"inode\": %s, \"same\": %s}",
		       i ? ", " : "", row->name,
		       inode_word(row, "null", word), words[row->caller]);
	}
	printf("}}\n");
}

/* Open the target first: else fd:N might be a descriptor of our own. */
static int look(struct view *view)
{
	bool file = target_is_file(&view->target);

	if (!file && target_open(&view->target) >= 0)
		return EXIT_FAILED;
	view->self = sys_pidfd_open(getpid(), 0);
	if (view->self < 0)
		return complain(EXIT_FAILED, "show: pidfd_open(2): %s",
				strerror(errno));
	if (file)
		return look_at_procfs(view);
	return target_is_set(&view->target) ? look_at_set(view) :
					      look_at_process(view);
}

int cmd_show(int argc, char **argv)
{
	struct view view = { .owner_uid = "null" };
	int status = parse(&view, argc, argv);

	if (status >= 0)
		return status;
	status = look(&view);
	if (status >= 0)
		return status;
	if (view.json)
		print_json(&view);
	else
		print_table(&view);
	return end_output();
}
