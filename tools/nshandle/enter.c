// SPDX-License-Identifier: GPL-2.0
/*
 * nshandle join: the one call of setns(2) that joins all namespaces asked for, and
 * what it means on this kernel.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "nshandle.h"

/* As in kernel headers that may be missing. */
#ifndef NS_GET_USERNS
#define NS_GET_USERNS	_IO(0xb7, 0x1)
#endif

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
	/* It must come with one of these. */
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
bool join_changes(const struct join *join, int letter)
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

/*
 * The user namespace above that of the process, or, without -U, the one that owns
 * the first of the others asked for. -1 after a message.
 */
static int open_user_parent(const struct join *join)
{
	const struct ns_type *type = ns_types;
	int ns, owner;

	while (type->flag && !(join->types & type->flag))
		type++;
	ns = target_ns(&join->target, type);
	if (ns < 0)
		return complain_ns(&join->target, type), -1;
	owner = ioctl(ns, NS_GET_USERNS);
	if (owner < 0)
		warn("cannot open the parent user namespace");
	close(ns);
	return owner;
}

/*
 * The call for the others needs what is gained by this one: there are two. After a
 * second that fails we end, and nothing else is in the first.
 */
static int join_user_parent(struct join *join)
{
	int self = sys_pidfd_open(getpid(), 0);
	int owner = open_user_parent(join);
	bool own = ns_same(ns_open(self, ns_type_of_letter('U'), false),
			   dup(owner));

	close(self);
	join->types &= ~CLONE_NEWUSER;
	if (owner < 0)
		return EXIT_FAILED;
	if (own || !setns(owner, CLONE_NEWUSER))
		return -1;
	return complain(EXIT_FAILED, "cannot join the parent user namespace: %s",
			strerror(errno));
}

/* Drop the groups in a dry run, too: it needs the credentials of the call. */
int join_enter(struct join *join)
{
	bool hint = (join->types & CLONE_NEWPID) && !join->file &&
		    !(join->how & SETNS_FOR_CHILDREN) &&
		    target_means_children(&join->target);
	int status = -1;

	ids_prepare(&join->ids, !join->keep_ids && (join->user_parent ||
						    join_changes(join, 'U')));
	if (join->user_parent)
		status = join_user_parent(join);
	if (status < 0 && join->types)
		status = join_types(join);
	if (status >= 0)
		return status;
	if (hint)
		hint_at_children("join", &join->target, "--for-children");
	return join->how & SETNS_DRY_RUN ? show_dry_run(join) : -1;
}
