// SPDX-License-Identifier: GPL-2.0
/*
 * What -t names: a process, by its number or by a pidfd that we inherited, or a
 * set of namespaces, by a set descriptor that we inherited.
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

/* As in <linux/nshandle.h>, which may be missing. */
struct nsset_info {
	unsigned int size;
	unsigned int flags;
	unsigned long long types;
	unsigned long long ino[NS_TYPES];
};

#define NSSET_GET_INFO	_IOWR(0xff, 0x21, struct nsset_info)

/* PID_FS_MAGIC of <linux/magic.h>, which may be older. */
#define PIDFS	0x50494446

static const char prefix[] = "fd:";

static bool has_prefix(const char *text)
{
	return !strncmp(text, prefix, strlen(prefix));
}

/* Neither of two shall win in silence. */
static int complain_second(const char *command, const char *text,
			   const struct target *target)
{
	return complain_usage(command, "'%s' and '%s': only one can be meant",
			      target->text, text);
}

/*
 * PID:INODE, as nsenter(1) 2.42 has it: the number may be another process's by now,
 * the inode of its pidfd never is.
 */
static bool parse_identity(const char *text, struct target *target)
{
	const char *colon = strchr(text, ':');
	char *end, *pid = strdupa(text);

	if (!colon || !is_number(colon + 1))
		return false;
	pid[colon - text] = '\0';
	errno = 0;
	target->inode = strtoull(colon + 1, &end, 10);
	return !errno && target->inode && parse_pid(pid, &target->pid);
}

/* Is it meant for one, rather than for the name of a file? */
static bool is_identity(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits && text[digits] == ':' && is_number(text + digits + 1);
}

/* Returns -1 to go on, else the exit status. */
int target_parse(const char *command, const char *text, struct target *target)
{
	bool descriptor = has_prefix(text);

	if (target->text)
		return complain_second(command, text, target);
	*target = (struct target){ .text = text, .fd = -1 };
	if (descriptor && parse_number(text + strlen(prefix), 0, &target->fd))
		return -1;
	if (!descriptor && (parse_pid(text, &target->pid) ||
			    parse_identity(text, target)))
		return -1;
	return complain_usage(command, "'%s' is not a %s", text,
			      descriptor ? "descriptor" : "process id");
}

/* The same, but any other text that is not empty is the name of a file. */
int target_parse_or_file(const char *command, const char *text,
			 struct target *target)
{
	if (!text[0] || is_number(text) || is_identity(text) ||
	    has_prefix(text))
		return target_parse(command, text, target);
	if (target->text)
		return complain_second(command, text, target);
	*target = (struct target){ .text = text, .fd = -1 };
	return -1;
}

bool target_is_file(const struct target *target)
{
	return !target->pid && target->fd < 0;
}

bool target_is_set(const struct target *target)
{
	return target->held;
}

/*
 * Ask no other file what it is: a device may take the ioctl for its own, and the
 * directory of a process would pass for a pidfd.
 */
static bool may_be_handle(int fd)
{
	struct stat st;

	return !fstat(fd, &st) &&
	       (S_ISREG(st.st_mode) || !(st.st_mode & S_IFMT));
}

static bool get_info(struct target *target)
{
	struct nsset_info info = { .size = sizeof(info) };

	if (ioctl(target->fd, NSSET_GET_INFO, &info))
		return false;
	target->held = info.types;
	target->made = info.flags;
	memcpy(target->ino, info.ino, sizeof(target->ino));
	return true;
}

/* COMMAND must not inherit what it has no use for, or must not have. */
static int take_inherited(struct target *target)
{
	int fd = target->fd;
	const char *kind = NULL;

	if (fcntl(fd, F_SETFD, FD_CLOEXEC))
		return complain(EXIT_FAILED, "fd:%d is not open", fd);
	listen_forget(fd);

	if (may_be_handle(fd) && get_info(target))
		kind = "set";
	else if (may_be_handle(fd) && is_pidfd(fd))
		kind = "process";
	if (!kind)
		return complain(EXIT_FAILED,
				"fd:%d is neither a set of namespaces nor a process (a pidfd)",
				fd);
	snprintf(target->name, sizeof(target->name), "%s fd:%d", kind, fd);
	return -1;
}

/*
 * The inode number of a pidfd, which no other process ever has. 0 if this kernel
 * gives none: all pidfds have been of one inode; and with 32 bits, numbers are
 * reused.
 */
unsigned long long target_inode(const struct target *target)
{
	struct statfs fs;
	struct stat st;

	if (!kernel_has_64_bits() || fstatfs(target->fd, &fs) ||
	    fs.f_type != PIDFS || fstat(target->fd, &st))
		return 0;
	return st.st_ino;
}

static int check_inode(const struct target *target)
{
	unsigned long long inode = target_inode(target);

	if (!target->inode || inode == target->inode)
		return -1;
	if (!inode)
		return complain(EXIT_FAILED,
				"%s: on this kernel the pidfd of a process has no inode number of its own (Linux 6.9 with 64 bits is needed)",
				target->text);
	return complain(EXIT_FAILED,
			"%s is another process by now: the inode number of its pidfd is %llu",
			target->name, inode);
}

/* -1, or the exit status after a message. */
int target_open(struct target *target)
{
	bool thread;

	if (!target->pid)
		return take_inherited(target);

	target->fd = open_process(target->pid, &thread);
	snprintf(target->name, sizeof(target->name), "%s %d",
		 thread ? "thread" : "process", target->pid);
	return target->fd < 0 ? EXIT_FAILED : check_inode(target);
}

/*
 * A descriptor of the namespace of this type; of a set that was made with
 * SETNS_FOR_CHILDREN, of the one that it holds. As ns_open().
 */
int target_ns(const struct target *target, const struct ns_type *type)
{
	return ns_open(target->fd, type,
		       type->children && (target->made & SETNS_FOR_CHILDREN));
}

/*
 * Is the process still in the pid namespace that it was in before it unshared or
 * joined the one for its children? If that has no init yet, there is no link to it,
 * or, before Linux 6.12, no file of it at all.
 */
bool target_has_children_elsewhere(const struct target *target)
{
	const struct ns_type *type = ns_type_of_letter('p');
	int own, children;

	if (target_is_set(target))
		return false;
	own = ns_open(target->fd, type, false);
	children = ns_open(target->fd, type, true);
	if (own >= 0 && children < 0 && errno == ENOENT) {
		close(own);
		return true;
	}
	return own >= 0 && children >= 0 && !ns_same(own, children);
}

/*
 * Is the process in the caller's pid namespace, but its next children are not?
 * People mean the namespace that they have just unshared, and would get the
 * caller's own without a word.
 */
bool target_means_children(const struct target *target)
{
	const struct ns_type *type = ns_type_of_letter('p');
	int self = sys_pidfd_open(getpid(), 0);
	bool shared = ns_same(ns_open(self, type, false),
			      target_ns(target, type));

	close(self);
	return shared && target_has_children_elsewhere(target);
}

void hint_at_children(const char *command, const struct target *target,
		      const char *remedy)
{
	warnx("%s: note: %s is in the caller's pid namespace, its next children are not (%s)",
	      command, target->name, remedy);
}

/* After target_ns() or ns_open() failed. */
int complain_ns(const struct target *target, const struct ns_type *type)
{
	int error = errno;
	const char *hint = "";

	if (target_is_set(target) && error == EOPNOTSUPP)
		return complain(EXIT_FAILED, "%s holds no %s namespace",
				target->name, type->name);
	if (error == EACCES)
		hint = " (needs read access as for ptrace)";
	else if (error == ESRCH)
		hint = why_no_process(target->fd);
	else if (error == ENOENT)
		hint = " (/proc does not show the process)";
	return complain(EXIT_FAILED, "cannot open the %s namespace of %s: %s%s",
			type->name, target->name, strerror(error), hint);
}
