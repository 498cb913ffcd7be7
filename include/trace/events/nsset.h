/* SPDX-License-Identifier: GPL-2.0 */
/*
 * setns(2): each check and its result, in order, and the commit.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM nsset

#if !defined(_TRACE_NSSET_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_NSSET_H

#include <linux/ns_common.h>
#include <linux/nshandle.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>

#define nsset_show_type(type)				\
	__print_symbolic(type,				\
			 { 0,			"process" },	\
			 { CLONE_NEWUSER,	"user" },	\
			 { CLONE_NEWNS,		"mnt" },	\
			 { SETNS_ROOT,		"root" },	\
			 { CLONE_NEWUTS,	"uts" },	\
			 { CLONE_NEWIPC,	"ipc" },	\
			 { CLONE_NEWPID,	"pid" },	\
			 { CLONE_NEWCGROUP,	"cgroup" },	\
			 { CLONE_NEWNET,	"net" },	\
			 { CLONE_NEWTIME,	"time" })

/* __print_flags() prints nothing if no flag is set. */
#define nsset_show_flags(flags)				\
	__print_flags(flags, "|",			\
		      { CLONE_NEWUSER,		"user" },	\
		      { CLONE_NEWNS,		"mnt" },	\
		      { CLONE_NEWUTS,		"uts" },	\
		      { CLONE_NEWIPC,		"ipc" },	\
		      { CLONE_NEWPID,		"pid" },	\
		      { CLONE_NEWCGROUP,	"cgroup" },	\
		      { CLONE_NEWNET,		"net" },	\
		      { CLONE_NEWTIME,		"time" },	\
		      { SETNS_SKIP_JOINED,	"skip_joined" },\
		      { SETNS_DRY_RUN,		"dry_run" },	\
		      { SETNS_FOR_CHILDREN,	"for_children" },\
		      { SETNS_ROOT,		"root" },	\
		      { SETNS_SUPPORTED,	"supported" })

/**
 * nsset_check - one check of a setns(2) and its result
 * @target: the process whose namespaces are asked for, NULL for an nsfs file or
 *	a set
 * @type: a CLONE_NEW* type; SETNS_ROOT for root and working directory; 0 for
 *	the process itself: may current look at it, and has it namespaces?
 * @ns: the namespace of this @type; for SETNS_ROOT the mount namespace; NULL
 *	for the process itself
 * @error: 0, or the negative errno that the system call is going to return
 *
 * If the call fails, its last event is the check that refused. -EBADF, -EINVAL
 * for the arguments and -ENOMEM for the copies have no event. SETNS_ROOT may
 * have two: the second says that the root has changed. A dry run makes the same
 * checks. The target's pid is that in the initial pid namespace.
 */
TRACE_EVENT(nsset_check,
	    TP_PROTO(struct pid *target, unsigned int type,
		     const struct ns_common *ns, int error),
	    TP_ARGS(target, type, ns, error),
	    TP_STRUCT__entry(__field(pid_t, target)
			     __field(unsigned int, type)
			     __field(unsigned int, ns)
			     __field(int, error)),
	    TP_fast_assign(__entry->target = pid_nr(target);
			   __entry->type = type;
			   __entry->ns = ns ? ns->inum : 0;
			   __entry->error = error;),
	    TP_printk("target=%d type=%s ns=%u error=%d", __entry->target,
		      nsset_show_type(__entry->type), __entry->ns,
		      __entry->error)
);

/**
 * nsset_commit - a setns(2) that has joined something
 * @target: the process whose namespaces were asked for, NULL for an nsfs file or
 *	a set
 * @flags: what was asked for, without the types that SETNS_SUPPORTED left out;
 *	for an nsfs file the file's type; for a set and flags of 0, all that it
 *	holds
 * @joined: the types that were joined, and SETNS_ROOT, without the types that
 *	SETNS_SKIP_JOINED left alone
 *
 * Called after the commit: current is in its new namespaces.
 */
TRACE_EVENT(nsset_commit,
	    TP_PROTO(struct pid *target, unsigned int flags,
		     unsigned int joined),
	    TP_ARGS(target, flags, joined),
	    TP_STRUCT__entry(__field(pid_t, target)
			     __field(unsigned int, flags)
			     __field(unsigned int, joined)),
	    TP_fast_assign(__entry->target = pid_nr(target);
			   __entry->flags = flags;
			   __entry->joined = joined;),
	    TP_printk("target=%d flags=%s joined=%s", __entry->target,
		      nsset_show_flags(__entry->flags),
		      nsset_show_flags(__entry->joined))
);

#endif /* _TRACE_NSSET_H */

/* This part must be outside protection */
#include <trace/define_trace.h>
