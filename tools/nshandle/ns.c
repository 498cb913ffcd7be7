// SPDX-License-Identifier: GPL-2.0
/*
 * The types of namespaces, and which ones a process is in.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "nshandle.h"

#define NSFS		0x6e736673

/* In the order in which the kernel checks them. */
const struct ns_type ns_types[] = {
	{ CLONE_NEWUSER,	'U', "user",	NULL, 9, 0 },
	{ CLONE_NEWNS,		'm', "mnt",	NULL, 3, 0 },
	{ CLONE_NEWUTS,		'u', "uts",	NULL, 10, 0 },
	{ CLONE_NEWIPC,		'i', "ipc",	NULL, 2, 0 },
	{ CLONE_NEWPID,		'p', "pid",	"pid_for_children", 5, 6 },
	{ CLONE_NEWCGROUP,	'C', "cgroup",	NULL, 1, 0 },
	{ CLONE_NEWNET,		'n', "net",	NULL, 4, 0 },
	{ CLONE_NEWTIME,	'T', "time",	"time_for_children", 7, 8 },
	{ 0 }
};

const struct ns_type *ns_type_of_letter(int letter)
{
	for (const struct ns_type *type = ns_types; type->flag; type++)
		if (type->letter == letter)
			return type;
	return NULL;
}

static void add_word(char words[NS_WORDS_MAX], const char *word)
{
	if (words[0])
		strcat(words, ",");
	strcat(words, word);
}

/* The set in words, such as "mnt,root,net", in the order of setns(2). */
const char *ns_words(int flags, char words[NS_WORDS_MAX])
{
	words[0] = '\0';
	for (const struct ns_type *type = ns_types; type->flag; type++) {
		if (flags & type->flag)
			add_word(words, type->name);
		if (type->flag == CLONE_NEWNS && (flags & SETNS_ROOT))
			add_word(words, "root");
	}
	return words;
}

static int stat_ns(const char *process, const char *name, struct stat *st)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%s/ns/%s", process, name);
	return stat(path, st);
}

bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/*
 * Is the caller in the namespace of this type that @pid, a number in the
 * mounted procfs, is in? Not if the caller's children would be in another.
 */
enum ns_answer ns_compare(pid_t pid, const struct ns_type *type)
{
	struct stat theirs, ours;
	char process[16];

	if (stat_ns("self", type->name, &ours))
		return errno == ENOENT ? NS_ABSENT : NS_UNKNOWN;

	snprintf(process, sizeof(process), "%d", pid);
	if (stat_ns(process, type->name, &theirs))
		return NS_UNKNOWN;
	if (!same_file(&theirs, &ours))
		return NS_OTHER;

	/* No link on older kernels: no init yet, so not the caller's own. */
	if (type->children && (stat_ns("self", type->children, &ours) ||
			       !same_file(&theirs, &ours)))
		return NS_OTHER;
	return NS_SHARED;
}

/*
 * The number of the process in /proc, which may be that of another pid
 * namespace than the caller's. 0: /proc does not show the process, -1: it has
 * been reaped, or procfs does not tell.
 */
pid_t ns_procfs_pid(int pidfd)
{
	char path[40], line[80];
	pid_t pid = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "Pid: %d", &pid) == 1)
			break;
	fclose(file);
	return pid;
}

/*
 * The pid that a process has at a level, counted from the innermost; -1 if procfs
 * does not tell, or begins below that level. For kernels without the ioctl.
 */
pid_t ns_procfs_level_pid(int pidfd, unsigned int level)
{
	char path[40], line[16 + 12 * LEVELS_MAX], *last = NULL;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (!last && fgets(line, sizeof(line), file))
		if (!strncmp(line, "NSpid:", 6))
			last = strrchr(line, '\t');
	fclose(file);

	for (; last && level; level--) {
		*last = '\0';
		last = strrchr(line, '\t');
	}
	/* 0 where procfs does not show the process */
	return last && atoi(last) > 0 ? atoi(last) : -1;
}

/* Not even the caller has a file of this type, but it has others. */
static bool type_absent(const char *name)
{
	struct stat st;

	return stat_ns("self", name, &st) && !stat_ns("self", "mnt", &st);
}

/* For kernels without the ioctls: with the errno that they have. */
static int open_link(int pidfd, const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", ns_procfs_pid(pidfd),
		 name);
	fd = open(path, O_RDONLY | O_CLOEXEC);

	/*
	 * The number may have been reused before the open; and a zombie's link
	 * to its user namespace still works.
	 */
	if (pidfd_reaped(pidfd) ||
	    ((fd >= 0 || errno == ENOENT) && leader_ended(pidfd))) {
		if (fd >= 0)
			close(fd);
		errno = ESRCH;
		return -1;
	}
	if (fd < 0 && errno == ENOENT)
		errno = type_absent(name) ? EOPNOTSUPP : ENOENT;
	return fd;
}

/*
 * A descriptor of the namespace of this type that a process, or its next
 * child, is in, or of that of a set. EOPNOTSUPP: this kernel has none of the
 * type, or the set does not hold it.
 */
int ns_open(int pidfd, const struct ns_type *type, bool children)
{
	int number = children ? type->get_children : type->get;
	int fd = ioctl(pidfd, _IO(0xff, number), 0);

	if (fd >= 0 || errno != ENOTTY)
		return fd;
	return open_link(pidfd, children ? type->children : type->name);
}

/*
 * Are two descriptors, which this closes, of the same namespace? False if either
 * is -1.
 */
bool ns_same(int ns, int other)
{
	struct stat st[2];
	bool same = !fstat(ns, &st[0]) && !fstat(other, &st[1]) &&
		    same_file(&st[0], &st[1]);

	close(ns);
	close(other);
	return same;
}

/* Open no other file than a namespace's: it may block, or affect a device. */
int open_ns_file(const char *command, const char *name)
{
	struct statfs fs;
	int ns = -1;

	if (!statfs(name, &fs)) {
		if (fs.f_type != NSFS)
			return complain(-1, "%s: %s: not a namespace file",
					command, name);
		ns = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	}
	if (ns < 0)
		warnx("%s: %s: %s", command, name, strerror(errno));
	return ns;
}

/*
 * Returns a descriptor of the pid namespace that a process is in or that a set
 * holds, or of a namespace file, of any type; or -1 after a message.
 */
int open_pid_ns(const char *command, struct target *target)
{
	const struct ns_type *type = ns_type_of_letter('p');
	int ns;

	if (target_is_file(target))
		return open_ns_file(command, target->text);

	if (target_open(target) >= 0)
		return -1;
	ns = target_ns(target, type);
	if (ns < 0)
		complain_ns(target, type);
	return ns;
}

/* After open_pid_ns(), where a file may be given, too. */
void hint_at_pid_ns(const char *command, const struct target *target)
{
	if (!target_is_file(target) && target_means_children(target))
		hint_at_children(command, target,
				 "its file in /proc/PID/ns is pid_for_children");
}
