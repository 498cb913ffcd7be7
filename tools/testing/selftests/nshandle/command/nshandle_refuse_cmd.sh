#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A refused nshandle join says which namespace or process refuses, and why.
#
# It finds out by dry runs of setns(2), if the kernel has them. Needs root,
# unshare(1) and setpriv(1) of util-linux and, for the cases that count or break
# system calls, strace.

cases="
user_refuses
mnt_refuses
uts_refuses
ipc_refuses
pid_refuses
cgroup_refuses
net_refuses
time_refuses
several_would_refuse
pid_of_the_children_or_another
another_than_what_is_skipped
user_refuses_who_is_in_it
process_refuses
process_refuses_whatever_is_skipped
zombie_refuses
root_refuses_without_the_capability
root_refuses_who_may_not_search
root_refuses_from_elsewhere
root_is_tried_again
refusals_that_need_a_fault
type_without_kernel
nobody_refuses_any_more
kernel_without_the_flags
"

. "$(dirname "$0")/cmd_lib.sh"
own_mounts "$1"

everything=user,mnt,uts,ipc,pid,cgroup,net,time
over_it="needs CAP_SYS_ADMIN over it, and in COMMAND's user namespace"

as_user()
{
	setpriv --reuid 1000 --regid 1000 --clear-groups "$@"
}

# WORDS WHO ERROR REASON: the join was refused, of the process in $box.
want_refusal()
{
	want_failure "cannot join $1 of process $box: ${2:+$2: }$3 ($4)"
}

# The same by a kernel that can't be asked who it was.
want_refusal_by_one_of()
{
	if [ -z "$lacks_flags" ]; then
		want_refusal "$@"
	else
		want_refusal "$1" "" "$3" \
			"this kernel does not tell which of them refused; needs CAP_SYS_ADMIN over each, and read access as for ptrace"
	fi
}

# Who says no to a dry run, says no to the call in the same words.
dry_run_is_refused_too()
{
	[ -z "$lacks_flags" ] || return 0
	cp "$tmp/err" "$tmp/real"
	run "$@" --dry-run
	want_status 1
	want_out ""
	want_err "$(cat "$tmp/real")"
}

# TYPE...: a container of uid 1000, but these namespaces of it are root's.
start_mixed()
{
	ours='' theirs=''
	for type in mount uts ipc pid cgroup net time; do
		case " $* " in
		*" $type "*) ours="$ours --$type" ;;
		*) theirs="$theirs --$type" ;;
		esac
	done
	# shellcheck disable=SC2086 # lists of words
	start_box unshare $ours --fork \
		setpriv --reuid 1000 --regid 1000 --clear-groups \
		unshare --user --map-root-user $theirs --fork
}

# uid 1000 asks for all of a container in which one type is not its own.
refused_by()
{
	start_mixed "$2"
	run as_user nshandle join -UmuinpCT -t "$box" echo ran
	want_refusal_by_one_of $everything "$1" "Operation not permitted" \
		"${3:-$over_it}"
	dry_run_is_refused_too as_user nshandle join -UmuinpCT -t "$box"
}

mnt_refuses()
{
	refused_by mnt mount "needs CAP_SYS_ADMIN over it, and with CAP_SYS_CHROOT in COMMAND's user namespace"
}

uts_refuses() { refused_by uts uts; }
ipc_refuses() { refused_by ipc ipc; }
pid_refuses() { refused_by pid pid; }
cgroup_refuses() { refused_by cgroup cgroup; }
net_refuses() { refused_by net net; }
time_refuses() { refused_by time time; }

# It may look at the process, and be all in there but CAP_SYS_ADMIN.
user_refuses()
{
	start_mixed
	run without -sys_admin nshandle join -UmuinpCT -t "$box" echo ran
	want_refusal_by_one_of $everything user "Operation not permitted" \
		"needs CAP_SYS_ADMIN in it"
	dry_run_is_refused_too without -sys_admin nshandle join -UmuinpCT \
		-t "$box"
}

# The first in the kernel's order, whatever that of the options is.
several_would_refuse()
{
	start_mixed time net ipc
	run as_user nshandle join -T -n -i -U -t "$box" echo ran
	want_refusal_by_one_of user,ipc,net,time ipc "Operation not permitted" \
		"$over_it"
	# Of one that is asked for alone, any kernel tells.
	run as_user nshandle join -n -t "$box" echo ran
	want_refusal net net "Operation not permitted" "$over_it"
}

# A process in the user namespace of uid 1000, and in a pid namespace of root's
# itself; but its children are born in one of uid 1000's.
pid_of_the_children_or_another()
{
	need_flags
	start_mixed
	start_box setpriv --reuid 1000 --regid 1000 --clear-groups \
		nsenter --preserve-credentials --target "$box" --user --pid \
		--no-fork
	run as_user nshandle join -Upn -t "$box" echo ran
	want_refusal user,pid,net pid "Operation not permitted" \
		"needs CAP_SYS_ADMIN over it; for that of its children: --for-children"
	run as_user nshandle join -Upn --for-children -t "$box" echo ran
	want_refusal user,pid,net net "Operation not permitted" "$over_it"
}

another_than_what_is_skipped()
{
	need_flags
	start_box unshare --uts
	run without -sys_admin nshandle join -UmuinpCT --skip-joined \
		-t "$box" echo ran
	want_refusal $everything uts "Operation not permitted" "$over_it"
	dry_run_is_refused_too without -sys_admin nshandle join -UmuinpCT \
		--skip-joined -t "$box"
}

user_refuses_who_is_in_it()
{
	start_box unshare --uts
	run nshandle join -t "$box" -u -U echo ran
	if [ -z "$lacks_flags" ]; then
		want_refusal user,uts user "Invalid argument" \
			"the caller is in it already: --skip-joined leaves it out"
	else
		want_refusal user,uts "" "Invalid argument" \
			"the caller is in that user namespace already"
	fi
	dry_run_is_refused_too nshandle join -t "$box" -u -U
}

# Each namespace would refuse, too, but nobody gets to ask it.
process_refuses()
{
	box=$full
	for options in -u -munp -UmuinpCT; do
		run as_nobody nshandle join -t "$box" $options echo ran
		want_status 1
		want_out ""
		grep -qx "nshandle: cannot join [a-z,]* of process $box: the process: Operation not permitted (needs read access as for ptrace)" \
			"$tmp/err" || fail "$(cat "$tmp/err")"
		dry_run_is_refused_too as_nobody nshandle join -t "$box" \
			$options
	done
}

process_refuses_whatever_is_skipped()
{
	need_flags
	start_box env
	run as_nobody nshandle join -t "$box" -u --skip-joined echo ran
	want_refusal uts "the process" "Operation not permitted" \
		"needs read access as for ptrace"
}

zombie_refuses()
{
	need_flags
	start_zombie
	box=$dead
	run nshandle join -t "$box" -mp --skip-joined --for-children --root \
		echo ran
	want_refusal mnt,root,pid "" "No such process" \
		"it is a zombie: it has ended"
	dry_run_is_refused_too nshandle join -t "$box" -mp --skip-joined \
		--for-children --root
}

root_refuses_without_the_capability()
{
	need_flags
	start_chrooted env
	run without -sys_chroot nshandle join -t "$box" -m --skip-joined \
		--root echo ran
	want_refusal mnt,root root "Operation not permitted" \
		"needs CAP_SYS_CHROOT in COMMAND's user namespace"
	# Where the mount namespace is asked, it is asked before.
	run without -sys_chroot nshandle join -t "$box" -m --root echo ran
	want_refusal mnt,root mnt "Operation not permitted" \
		"needs CAP_SYS_ADMIN over it, and with CAP_SYS_CHROOT in COMMAND's user namespace"
}

root_refuses_who_may_not_search()
{
	need_flags
	mkdir -m 700 /mnt/closed
	chown 1000 /mnt/closed
	# shellcheck disable=SC2016 # for the inner shell
	start_box sh -c 'cd /mnt/closed && exec "$@"' sh
	run without -dac_override,-dac_read_search \
		nshandle join -t "$box" -m --root echo ran
	want_refusal mnt,root root "Permission denied" \
		"the caller may not search it, or the working directory"
	# The caller is in its mount namespace already.
	# shellcheck disable=SC2016 # for the inner shell
	start_box unshare --uts sh -c 'cd /mnt/closed && exec "$@"' sh
	run without -dac_override,-dac_read_search \
		nshandle join -t "$box" -a --root echo ran
	want_refusal root,uts root "Permission denied" \
		"the caller may not search it, or the working directory"
}

# Its working directory stays in the mount namespace that it has left.
root_refuses_from_elsewhere()
{
	need_flags
	has_strace
	# shellcheck disable=SC2016 # for the inner shell
	start_box unshare --mount sh -c 'cd /proc/self/fd/3 && exec "$@"' sh \
		3</mnt
	run strace -e trace=setns -o "$tmp/trace" \
		nshandle join -t "$box" -m -u --root echo ran
	want_refusal mnt,root,uts root "Resource temporarily unavailable" \
		"it or the working directory is not in the mount namespace"
	[ "$(wc -l <"$tmp/trace")" -lt 250 ] ||
		fail "$(wc -l <"$tmp/trace") calls"
}

root_is_tried_again()
{
	need_flags
	start_chrooted unshare --mount
	with_fault setns:error=EAGAIN:when=1 \
		join -t "$box" -m --root ls /mnt
	want_success
	want_out marker
}

# ERROR:WHEN OPTIONS WORDS WHO TEXT REASON: whom no other process can make
# refuse. The first call fails, then one of the dry runs that tell why.
refused_by_fault()
{
	with_fault "setns:error=$1" join -t "$box" "$2" --skip-joined echo ran
	want_refusal "$3" "$4" "$5" "$6"
}

refusals_that_need_a_fault()
{
	need_flags
	box=$full
	refused_by_fault EINVAL:when=1+3 -Um user,mnt mnt "Invalid argument" \
		"the caller shares its root and working directory with another process"
	refused_by_fault EINVAL:when=1+3 -mp mnt,pid pid "Invalid argument" \
		"neither the caller's own nor below it"
	refused_by_fault EUSERS:when=1+3 -mT mnt,time time "Too many users" \
		"the caller shares its memory with another process"
}

type_without_kernel()
{
	need_flags
	box=$full
	refused_by_fault EINVAL:when=1+2 -T time time "Invalid argument" \
		"this kernel has none"
}

nobody_refuses_any_more()
{
	need_flags
	box=$full
	refused_by_fault EPERM:when=1 -un uts,net "" "Operation not permitted" \
		"asked once more, none of them refuses"
	refused_by_fault ENOMEM:when=1 -un uts,net "" "Cannot allocate memory" \
		"asked once more, none of them refuses"
}

# Here the kernel is made one.
kernel_without_the_flags()
{
	for option in --skip-joined --dry-run --for-children --root; do
		with_fault setns:error=EINVAL \
			join -t "$full" -m -p $option echo ran
		want_failure "join: this kernel's setns has no $option"
	done
	for option in --skip-joined --for-children --root; do
		with_fault setns:error=EINVAL \
			join -t "$full" -a $option echo ran
		want_failure "join: this kernel's setns has no $option"
	done
	box=$full
	with_fault setns:error=EPERM join -t "$box" -u -n echo ran
	lacks_flags=1
	want_refusal_by_one_of uts,net "" "Operation not permitted"
	with_fault setns:error=EUSERS join -t "$box" -u -T echo ran
	want_refusal uts,time time "Too many users" \
		"the caller shares its memory with another process"
	with_fault setns:error=EINVAL join -t "$box" -u -n echo ran
	want_refusal uts,net "" "Invalid argument" \
		"this kernel does not tell which of them refused"
}

prepare_flags_cases
# shellcheck disable=SC2086 # a list of words
run_cases $cases
