#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Where nshandle takes a PID, it takes fd:N, a pidfd that it inherited; it refuses
# what is neither that nor a set.
#
# Needs root, unshare(1) and setpriv(1) of util-linux.

cases="
usage
closed_descriptors
neither_a_process_nor_a_set
own_descriptors_are_not_meant
join_pidfd
show_pidfd
hold_pidfd
pid_operations_by_pidfd
pidfd_of_the_dead
"

. "$(dirname "$0")/cmd_lib.sh"
own_mounts "$1"

links_here="for t in $types; do readlink /proc/self/ns/\$t; done"

usage()
{
	for fd in fd: fd:x fd:-1 fd:+3 "fd: 3" fd:3x fd:2147483648; do
		for command in "join -u -t" "spawn --pids 5 -t" last-pid \
			show "proc --pidns"; do
			# shellcheck disable=SC2086 # several words
			run nshandle $command "$fd"
			want_usage_message "'$fd' is not a descriptor"
		done
	done
}

# fd:N MESSAGE: each command that takes fd:N fails with this one line
each_says()
{
	for command in "join -u -t $1 --" "join -t $1 --" \
		"spawn --pids 5 -t $1 --" "hold -t $1 --" "last-pid $1" \
		"show $1" "show --json $1" "proc --pidns $1"; do
		case $command in
		*--) command="$command echo ran" ;;
		proc*) command="$command /mnt" ;;
		esac
		# shellcheck disable=SC2086 # several words
		run nshandle $command
		want_failure "$2"
	done
}

closed_descriptors()
{
	each_says fd:99 "fd:99 is not open"
	each_says fd:2147483647 "fd:2147483647 is not open"
	exec 8<&-
	each_says fd:8 "fd:8 is not open"
}

# The directory of a process passes for a pidfd with pidfd_send_signal(2).
neither_a_process_nor_a_set()
{
	for file in /dev/null /dev/zero "/proc/$$" "/proc/$$/ns/uts" \
		/proc/uptime "$tmp/boxes" "$tmp"; do
		exec 8<"$file"
		each_says fd:8 "fd:8 is neither a set of namespaces nor a process (a pidfd)"
	done
	each_says fd:0 "fd:0 is neither a set of namespaces nor a process (a pidfd)"
	rm -f "$tmp/fifo"
	mkfifo "$tmp/fifo"
	exec 8<>"$tmp/fifo"
	each_says fd:8 "fd:8 is neither a set of namespaces nor a process (a pidfd)"
}

# nshandle opens pidfds itself; 3 is the first that is free.
own_descriptors_are_not_meant()
{
	exec 3<&- 4<&- 5<&-
	for fd in 3 4 5; do
		each_says fd:$fd "fd:$fd is not open"
	done
}

# A pidfd of the process as descriptor 9. nshandle, while it waits, has one; in
# pidfs it is a file that can be opened again.
open_pidfd()
{
	target=$1
	start_box nshandle join -t "$target" -p
	parent=$(sed -n 's/^PPid:.//p' "/proc/$box/status")
	for fd in "/proc/$parent/fd/"*; do
		case $(readlink "$fd") in
		*pidfd*) break ;;
		esac
	done
	skip_unless_fact PIDFD_CAN_BE_REOPENED
	exec 9<"$fd"
}

join_pidfd()
{
	open_pidfd "$full"
	run nshandle join -t fd:9 -a sh -c "$links_here
		readlink /proc/self/fd/9 || echo closed"
	want_success
	want_out "$(links "$full")
closed"
	run nshandle join -t fd:9 -u -m readlink /proc/self/ns/uts
	want_success
	want_out "$(link "$full" uts)"
	run nshandle join -t fd:9 echo ran
	want_usage_message "which namespaces? -a or some of -m -u -i -n -p -U -C -T are missing"
	run nshandle join -t fd:9 -u --root echo ran
	want_usage_message "--root needs -m or -a"
	run as_nobody nshandle join -t fd:9 -u echo ran
	want_failure "cannot join uts of process fd:9: the process: Operation not permitted (needs read access as for ptrace)"
}

show_pidfd()
{
	open_pidfd "$full"
	for option in "" --json; do
		# shellcheck disable=SC2086 # a word, or none
		run nshandle show $option fd:9
		want_success
		want_out "$(nshandle show $option "$full")"
	done
	run as_nobody nshandle show fd:9
	want_failure "cannot open the user namespace of process fd:9: Permission denied (needs read access as for ptrace)"
}

hold_pidfd()
{
	need_sets
	open_pidfd "$full"
	run nshandle hold -t fd:9 -u -n sh -c 'nshandle show fd:3
		readlink /proc/self/fd/9 || echo closed'
	want_success
	want_out "$(rows "$full" other uts net)
closed"
	run nshandle hold -t fd:3 -u nshandle show fd:3 3<&9
	want_success
	want_out "$(rows "$full" other uts)"
}

pid_operations_by_pidfd()
{
	need_sets
	open_pidfd "$full"
	run nshandle last-pid --set 700 fd:9
	want_success
	# shellcheck disable=SC2016 # for the inner shell
	run nshandle spawn --pids 800 -t fd:9 sh -c 'echo $$'
	want_success
	want_out 800
	run nshandle last-pid fd:9
	want_success
	grep -q ^800, "$tmp/out" || fail "$(cat "$tmp/out")"
}

pidfd_of_the_dead()
{
	start_box unshare --uts
	dying=$box
	open_pidfd "$dying"
	kill -KILL "$dying"
	{ wait "$dying"; } 2>/dev/null
	run nshandle join -t fd:9 -u echo ran
	want_failure "cannot join uts of process fd:9: No such process (it is gone)"
	run nshandle show fd:9
	want_failure "cannot open the user namespace of process fd:9: No such process (it is gone)"
	need_sets
	run nshandle hold -t fd:9 echo ran
	want_failure "hold: cannot make a set of namespaces of process fd:9: No such process (it is gone)"
}

prepare_set_cases
# shellcheck disable=SC2086 # a list of words
run_cases $cases
