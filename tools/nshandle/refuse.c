// SPDX-License-Identifier: GPL-2.0
/*
 * Why the namespaces of a process or a set could not be joined, and which of them
 * refused. setns(2) returns only an errno. If the kernel has dry runs, dry runs of
 * fewer namespaces tell which namespace it is from.
 */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "nshandle.h"

/* What PR_GET_SECCOMP returns under a filter. */
#define SECCOMP_FILTERED	2

/* --all may have implied the last one. */
static const struct option_word {
	int flag;
	const char *name;
} option_words[] = {
	{ SETNS_ROOT,		"--root" },
	{ SETNS_FOR_CHILDREN,	"--for-children" },
	{ SETNS_DRY_RUN,	"--dry-run" },
	{ SETNS_SKIP_JOINED,	"--skip-joined" },
	{ 0 }
};

/* What the errno of a namespace means; the first row that fits counts. */
static const struct reason {
	int flags;		/* who refused */
	int error;
	const char *text;
} reasons[] = {
	{ CLONE_NEWUSER, EPERM,
	  " (needs CAP_SYS_ADMIN in it)" },
	{ CLONE_NEWNS, EPERM,
	  " (needs CAP_SYS_ADMIN over it, and with CAP_SYS_CHROOT in COMMAND's user namespace)" },
	{ SETNS_ROOT, EPERM,
	  " (needs CAP_SYS_CHROOT in COMMAND's user namespace)" },
	{ ~0, EPERM,
	  " (needs CAP_SYS_ADMIN over it, and in COMMAND's user namespace)" },
	{ CLONE_NEWUSER | CLONE_NEWNS | SETNS_ROOT, EINVAL,
	  " (the caller shares its root and working directory with another process)" },
	{ CLONE_NEWPID, EINVAL,
	  " (neither the caller's own nor below it)" },
	{ CLONE_NEWTIME, EUSERS,
	  " (the caller shares its memory with another process)" },
	{ SETNS_ROOT, EACCES,
	  " (the caller may not search it, or the working directory)" },
	{ SETNS_ROOT, EAGAIN,
	  " (it or the working directory is not in the mount namespace)" },
	{ 0 }
};

static const char *find_reason(int flags, int error)
{
	const struct reason *reason = reasons;

	while (reason->flags &&
	       !((reason->flags & flags) && reason->error == error))
		reason++;
	return reason->flags ? reason->text : "";
}

int join_flags(const struct join *join)
{
	int flags = join->types | join->how;

	if (join->all)
		flags |= SETNS_SKIP_JOINED | SETNS_SUPPORTED;
	return flags;
}

/*
 * EAGAIN may be over in a moment: in the middle of an unshare(2) or setns(2), the
 * root of a process is not in its mount namespace. Wait, if it is worth a try.
 */
bool try_again(int error, int flags, int tried)
{
	if (error != EAGAIN || !(flags & SETNS_ROOT) || tried >= 100)
		return false;
	usleep(1000);
	return true;
}

/* One setns(2): 0 or its errno. */
int join_try(const struct join *join, int flags)
{
	int error, tried = 0;

	do
		error = setns(join->target.fd, flags) ? errno : 0;
	while (try_again(error, flags, tried++));
	return error;
}

/*
 * The errno of a dry run that joins the caller's own namespace: EINVAL if the
 * kernel does not know a bit, EPERM if a seccomp filter or a security module denies
 * the call. The kernel itself asks for no permission here.
 */
static int ask_about(int type)
{
	int pidfd = sys_pidfd_open(getpid(), 0);
	int flags = type | SETNS_SKIP_JOINED | SETNS_DRY_RUN;
	int error = setns(pidfd, flags) ? errno : 0;

	close(pidfd);
	return error;
}

/* If a filter denies the type that every kernel has, ask with another. */
static bool kernel_has(int flags)
{
	int error = ask_about(CLONE_NEWNS | flags);

	for (const struct ns_type *type = ns_types;
	     error == EPERM && type->flag; type++)
		error = ask_about(type->flag | flags);
	return !error;
}

bool join_has_flags(void)
{
	return kernel_has(0);
}

bool join_has_all(void)
{
	return kernel_has(SETNS_SUPPORTED);
}

/* The ones of @types that are denied whatever namespace it is. */
int join_denied_types(int types)
{
	int denied = 0;

	for (const struct ns_type *type = ns_types; type->flag; type++)
		if ((types & type->flag) && ask_about(type->flag) == EPERM)
			denied |= type->flag;
	return denied;
}

/* The ones of @types that a kernel with the flags was built without. */
int join_unknown_types(int types)
{
	int unknown = 0;

	if (!join_has_flags())
		return 0;
	for (const struct ns_type *type = ns_types; type->flag; type++)
		if ((types & type->flag) && ask_about(type->flag) == EINVAL)
			unknown |= type->flag;
	return unknown;
}

/*
 * A dry run of all that the kernel checks up to @last: an errno that did not
 * come without @last is from @last.
 */
static int ask_up_to(const struct join *join, int *flags, int last)
{
	*flags |= last;
	return join_try(join, *flags);
}

/*
 * The type, or SETNS_ROOT, that gave this errno, in the order of the kernel's
 * checks; 0 if none gives it now. A flag must come with a type that it is for:
 * SETNS_ROOT with mnt, which --all skips if the caller is in it already.
 */
static int find_refuser(const struct join *join, int error)
{
	int flags = SETNS_DRY_RUN |
		    (join_flags(join) & (SETNS_SKIP_JOINED | SETNS_SUPPORTED));
	int root = join->how & SETNS_ROOT;
	int types = join->types | (root ? CLONE_NEWNS : 0);

	for (const struct ns_type *type = ns_types; type->flag; type++) {
		if (!(types & type->flag))
			continue;
		if (type->children)
			flags |= join->how & SETNS_FOR_CHILDREN;
		if (ask_up_to(join, &flags, type->flag) == error)
			return type->flag;
		if (type->flag == CLONE_NEWNS && root &&
		    ask_up_to(join, &flags, root) == error)
			return root;
	}
	return 0;
}

/* Opening its namespaces needs the same access to the process as setns(2). */
static bool process_refuses(const struct join *join)
{
	int ns = ns_open(join->target.fd, ns_type_of_letter('u'), false);

	if (ns >= 0)
		close(ns);
	return ns < 0 && errno == EACCES;
}

/* What the errno of a namespace means, if the kernel has dry runs. */
static const char *why_refused(const struct join *join, int flag, int error)
{
	if (error == EPERM && join_denied_types(flag))
		return " (a seccomp filter denies it: systemd's RestrictNamespaces= is one)";
	if (error == EPERM && flag == CLONE_NEWPID &&
	    target_has_children_elsewhere(&join->target))
		return " (needs CAP_SYS_ADMIN over it; for that of its children: --for-children)";
	if (error == EINVAL && join_unknown_types(flag))
		return " (this kernel has none)";
	if (error == EINVAL && flag == CLONE_NEWUSER &&
	    !join_try(join, flag | SETNS_SKIP_JOINED | SETNS_DRY_RUN))
		return " (the caller is in it already: --skip-joined leaves it out)";
	return find_reason(flag, error);
}

static int complain_of(const struct join *join, const char *who, int error,
		       const char *reason)
{
	char words[NS_WORDS_MAX];

	ns_words(join->types | (join->how & SETNS_ROOT), words);
	return complain(EXIT_FAILED, "cannot join %s of %s: %s%s%s%s",
			words, join->file ?: join->target.name, who, who[0] ? ": " : "",
			strerror(error), reason);
}

static int complain_of_refuser(const struct join *join, int flag, int error)
{
	char who[NS_WORDS_MAX];

	return complain_of(join, ns_words(flag, who), error,
			   why_refused(join, flag, error));
}

static int complain_of_options(const struct join *join)
{
	const struct option_word *option = option_words;

	while (!(join->how & option->flag))
		option++;
	return complain(EXIT_FAILED, "join: this kernel's setns has no %s",
			option->name);
}

/* Without dry runs, what EINVAL is most likely to mean. */
static const char *why_invalid(const struct join *join)
{
	pid_t pid = ns_procfs_pid(join->target.fd);

	if (kernel_older_than(5, 8))
		return " (Linux 5.8 or newer is needed)";
	for (const struct ns_type *type = ns_types; type->flag; type++)
		if ((join->types & type->flag) &&
		    ns_compare(pid, type) == NS_ABSENT)
			return " (this kernel lacks a type of them)";
	if ((join->types & CLONE_NEWUSER) &&
	    ns_compare(pid, ns_type_of_letter('U')) == NS_SHARED)
		return " (the caller is in that user namespace already)";
	if (join->procfs_mute)
		return " (/proc does not tell what it is in: name the namespaces instead of -a)";
	return " (this kernel does not tell which of them refused)";
}

/* For a kernel without dry runs, or one that was tampered with. */
static int complain_of_any(const struct join *join, int error)
{
	bool one = !(join->types & (join->types - 1));
	char who[NS_WORDS_MAX] = "";

	if (error == EPERM && prctl(PR_GET_SECCOMP) == SECCOMP_FILTERED)
		return complain_of(join, "", error,
				   " (a seccomp filter may deny them: systemd's RestrictNamespaces= is one; else it needs CAP_SYS_ADMIN over each, and read access as for ptrace)");
	if (error == EINVAL)
		return complain_of(join, "", error, why_invalid(join));
	if (error == EPERM && !one)
		return complain_of(join, "", error,
				   " (this kernel does not tell which of them refused; needs CAP_SYS_ADMIN over each, and read access as for ptrace)");
	if (error == EPERM)
		ns_words(join->types, who);
	else if (error == EUSERS)
		ns_words(CLONE_NEWTIME, who);
	return complain_of(join, who, error, find_reason(join->types, error));
}

/* Say in one line why join_try() gave this errno. */
int complain_join(const struct join *join, int error)
{
	int flag;

	if (join->file)
		return complain_of(join, "", error,
				   find_reason(join->types, error));
	if (error == ESRCH)
		return complain_of(join, "", error,
				   why_no_process(join->target.fd));
	if (error == EPERM && process_refuses(join))
		return complain_of(join, "the process", error,
				   " (needs read access as for ptrace)");
	if (!join_has_flags())
		return error == EINVAL && join->how ?
			complain_of_options(join) :
			complain_of_any(join, error);
	flag = find_refuser(join, error);
	if (flag)
		return complain_of_refuser(join, flag, error);
	return complain_of(join, "", error,
			   " (asked once more, none of them refuses)");
}
