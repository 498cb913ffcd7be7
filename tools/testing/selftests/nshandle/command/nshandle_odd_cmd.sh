#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Odd use of nshandle(1): closed descriptors, a reader that has gone, options given
# twice, a container that is ending, a namespace without its first process.
#
# Needs root, unshare(1) and setpriv(1) of util-linux.

cases="
closed_descriptors_stay_closed
closed_descriptors_hold_nothing
closed_stdout_is_no_success
broken_pipe_is_quiet
given_twice
empty_is_no_process
options_as_mount_has_them
ending_container
stop_that_is_not_the_terminals
children_in_a_namespace_without_init
refused_but_for_the_children
"

. "$(dirname "$0")/cmd_lib.sh"
own_mounts "$1"

# COMMAND, in place or as a child, sees 0-2 as the caller of nshandle had them.
closed_descriptors_stay_closed()
{
	for option in -u -p; do
		for fd in 0 1 2; do
			case $fd in
			0) nshandle join -t "$full" $option sh -c \
				'[ ! -e /proc/self/fd/0 ]' <&- ;;
			1) nshandle join -t "$full" $option sh -c \
				'[ ! -e /proc/self/fd/1 ]' >&- ;;
			2) nshandle join -t "$full" $option sh -c \
				'[ ! -e /proc/self/fd/2 ]' 2>&- ;;
			esac || fail "$option: $fd is open"
		done
	done
}

# PARENT: its only child, $command
find_child()
{
	parent=$1
	tries=100000 command=''
	until [ -n "$command" ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || fail "nshandle has no child"
		# no newline follows
		read -r command <"/proc/$parent/task/$parent/children" || :
	done
	echo "$command" >>"$tmp/boxes"
}

# A waiting nshandle has the handle of the process, and spawn's pipe.
closed_descriptors_hold_nothing()
{
	nshandle join -t "$full" -p sleep 1000 <&- >&- 2>&- &
	find_child $!
	await "$command" "(sleep) S"
	for fd in 0 1 2; do
		[ "$(readlink "/proc/$parent/fd/$fd")" = / ] ||
			fail "$fd: $(readlink "/proc/$parent/fd/$fd")"
	done
}

closed_stdout_is_no_success()
{
	for command in "show $$" "join -t $full -u --dry-run" --help; do
		status=0
		# shellcheck disable=SC2086 # several words
		nshandle $command >&- 2>"$tmp/err" || status=$?
		case $command in
		join*) [ -z "$lacks_flags" ] || continue ;;
		esac
		want_status 1
		want_err "nshandle: cannot write: Bad file descriptor"
	done
}

broken_pipe_is_quiet()
{
	rm -f "$tmp/fifo"
	mkfifo "$tmp/fifo"
	# With a reader first, then without
	# shellcheck disable=SC2094 # that is meant
	exec 8<>"$tmp/fifo" 9>"$tmp/fifo" 8<&-
	for handler in - ''; do
		status=0
		# shellcheck disable=SC2064 # now
		(trap -- "$handler" PIPE; exec nshandle show $$ >&9) \
			2>"$tmp/err" || status=$?
		want_err ""
		[ "$status" -eq "$([ "$handler" ] && echo 141 || echo 1)" ] ||
			fail "status $status"
	done
}

given_twice()
{
	for command in "join -u" hold "spawn --pids 5"; do
		# shellcheck disable=SC2086 # several words
		run nshandle $command -t "$full" -t 1 true
		want_usage_message "'$full' and '1': only one can be meant"
	done
	run nshandle proc --pidns /proc/1/ns/pid --pidns 1 /mnt
	want_usage_message "'/proc/1/ns/pid' and '1': only one can be meant"
	run nshandle last-pid --set 5 --set 6 "$full"
	want_usage_message "'6': pids can be given only once"
	run nshandle spawn --pids 5 --pids 5,6 -t "$full" true
	want_usage_message "'5,6': pids can be given only once"
}

empty_is_no_process()
{
	for command in show last-pid "proc --pidns" "join -u -t" "hold -t"; do
		# shellcheck disable=SC2086 # several words
		run nshandle $command ""
		want_usage_message "'' is not a process id"
	done
}

options_as_mount_has_them()
{
	need_pidns
	mount_proc --pidns "$full" -o defaults,ro
	case $mount in
	ro,nosuid,nodev,noexec,*) ;;
	*) fail "$mount" ;;
	esac
	umount "$dir"
}

# Its init is killed, but cannot end before its last child has been reaped.
ending_container()
{
	start_box unshare --pid --fork
	ending=$box
	nshandle join -t "$ending" -p sh -c 'exec sleep 1000' &
	find_child $!
	await "$command" "(sleep) S"
	kill -STOP "$parent"
	kill -KILL "$ending"
	await "$command" ") Z"
	run nshandle join -t "$ending" -u echo ran
	want_failure "cannot join uts of process $ending: No such process (it is ending: it waits for its last threads or children)"
	kill -CONT "$parent"
	status=0
	wait "$parent" || status=$?
	want_status 137
}

# Nobody of this terminal has stopped the command: who did will continue it.
stop_that_is_not_the_terminals()
{
	nshandle join -t "$full" -p sleep 1000 &
	find_child $!
	await "$command" "(sleep) S"
	kill -STOP "$command"
	await "$command" ") T"
	kill -CONT "$command"
	await "$command" "(sleep) S"
	kill -KILL "$command"
	status=0
	wait "$parent" || status=$?
	want_status 137
}

# A process that has unshared its pid namespace is in our own.
children_in_a_namespace_without_init()
{
	start_box unshare --pid
	note="nshandle: %s: note: process %s is in the caller's pid namespace, its next children are not (%s)"
	for option in -p -a; do
		run nshandle join -t "$box" $option echo ran
		want_status 0
		want_out ran
		# shellcheck disable=SC2059 # a format
		want_err "$(printf "$note" join "$box" --for-children)"
	done
	[ -z "$lacks_flags" ] || return 0
	run nshandle join -t "$box" -p --for-children echo ran
	want_success
	start_box unshare --pid
	need_pidns
	run nshandle proc --pidns "$box" "$dir"
	want_status 0
	# shellcheck disable=SC2059 # a format
	want_err "$(printf "$note" proc "$box" "its file in /proc/PID/ns is pid_for_children")"
	umount "$dir"
}

# uid 1000 may join the namespace of its children, not that of root's.
refused_but_for_the_children()
{
	need_flags
	start_box setpriv --reuid 1000 --regid 1000 --clear-groups \
		unshare --user --map-root-user --pid
	run setpriv --reuid 1000 --regid 1000 --clear-groups \
		nshandle join -t "$box" -Up echo ran
	want_failure "cannot join user,pid of process $box: pid: Operation not permitted (needs CAP_SYS_ADMIN over it; for that of its children: --for-children)"
	run setpriv --reuid 1000 --regid 1000 --clear-groups \
		nshandle join -t "$box" -Up --for-children echo ran
	want_success
	want_out ran
}

prepare_procfs_cases
probe_flags
# shellcheck disable=SC2086 # a list of words
run_cases $cases
