#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# nshandle last-pid prints and sets the last pids of each level, or says why not.
#
# Needs root, unshare(1) of util-linux and, for the cases that let a system call
# fail, strace.

cases="
help
last_pid_usage_errors
last_pid_kernel_without
last_pid_reads_each_level
last_pid_asks_for_the_levels
last_pid_by_file
last_pid_sets_each_level
last_pid_sets_only_the_first
last_pid_levels_end_at_the_callers
last_pid_values
last_pid_above_pid_max
last_pid_too_many_levels
last_pid_above_the_caller
last_pid_without_capability
last_pid_dead_namespace
last_pid_not_a_pid_namespace
last_pid_not_a_namespace
last_pid_no_such_process
last_pid_full_disk
"
. "$(dirname "$0")/pid_lib.sh"

help()
{
	for args in "last-pid --help" "last-pid -h" "last-pid --version" \
		"spawn --help" "spawn -h" "spawn -V"; do
		# shellcheck disable=SC2086 # several words
		run nshandle $args
		want_success
		[ -s "$tmp/out" ] || fail "$args printed nothing"
	done
	run nshandle --help
	for name in last-pid spawn; do
		grep -q "^  $name  " "$tmp/out" || fail "$name is not listed"
	done
}

last_pid_usage_errors()
{
	run nshandle last-pid
	want_usage_message "which pid namespace? PID or a file is missing"
	run nshandle last-pid --set 1
	want_usage_message "which pid namespace? PID or a file is missing"
	run nshandle last-pid 1 2
	want_usage_message "more than one is asked for"
	run nshandle last-pid --set
	want_usage_message "--set: its value is missing"
	run nshandle last-pid -x
	want_usage_message "there is no option -x"
	run nshandle last-pid --get 1
	want_usage_message "--get: no such option, or wrongly used"
	for pid in 0 2147483648 99999999999999999999; do
		run nshandle last-pid $pid
		want_usage_message "'$pid' is not a process id"
	done
	for pid in "" -1 +1 1.5 0x1 x 1x " 1" 2147483648 99999999999999999999; do
		for list in "$pid" "1,$pid" "$pid,1"; do
			run nshandle last-pid --set "$list" $$
			want_usage_message "'$pid' is not a pid"
		done
	done
	list=$(printf '%033d' 0 | sed 's/./&,/g')0
	run nshandle last-pid --set "$list" $$
	want_usage_message "'$list': there are no more than 33 levels"
}

last_pid_kernel_without()
{
	why="Inappropriate ioctl for device (this kernel has no last-pid vectors)"
	without_vec last-pid $$
	want_failure "last-pid: $$: cannot read the last pids: $why"
	without_vec last-pid --set 1,1 $$
	want_failure "last-pid: $$: cannot set the last pids: $why"
}

last_pid_reads_each_level()
{
	need_vec
	run nshandle last-pid "$inner"
	want_success
	grep -qx '[0-9,]*' "$tmp/out" || fail "$(cat "$tmp/out")"
	run nshandle last-pid $$
	want_success
	own=$(tr -cd , <"$tmp/out" | wc -c)
	run nshandle last-pid "$inner"
	[ "$(tr -cd , <"$tmp/out" | wc -c)" -eq $((own + 3)) ] ||
		fail "not three levels more: $(cat "$tmp/out")"
	# Each is the pid of who has come last.
	for _ in 1 2 3; do
		# shellcheck disable=SC2086 # several words
		run nshandle join -p -t "$inner" $own_pids
		want_success
		want_vector "$(awk '{ print $NF "," $(NF - 1) "," $(NF - 2) }' \
			"$tmp/out")"
	done
}

# How many there are, and then all of them in one step.
last_pid_asks_for_the_levels()
{
	need_vec
	has_strace
	run strace -o "$tmp/trace" -e trace=ioctl nshandle last-pid "$inner"
	want_success
	[ "$(grep -c '0xb7, 0x21' "$tmp/trace")" -eq 2 ] ||
		fail "not two calls: $(cat "$tmp/trace")"
}

last_pid_by_file()
{
	need_vec
	set_vector 70,80,90
	ln -sf "/proc/$inner/ns/pid" "$tmp/link"
	for file in "/proc/$inner/ns/pid" "$tmp/link"; do
		run nshandle last-pid "$file"
		want_success
		case $(cat "$tmp/out") in
		70,80,90,*) ;;
		*) fail "$(cat "$tmp/out")" ;;
		esac
	done
	run nshandle last-pid --set 71,81 "$tmp/link"
	want_success
	want_out ""
	want_vector 71,81,90
}

last_pid_sets_each_level()
{
	need_vec
	for list in 100,200,300 300,200,100 0,0,0; do
		run nshandle last-pid --set $list "$inner"
		want_success
		want_out ""
		want_vector $list
	done
	run nshandle last-pid --set 100,200,300 "$inner"
	# shellcheck disable=SC2086 # several words
	run nshandle join -p -t "$inner" $own_pids
	want_pids "301 201 101"
}

last_pid_sets_only_the_first()
{
	need_vec
	set_vector 100,200,300
	run nshandle last-pid --set 7 "$inner"
	want_success
	want_vector 7,200,300
	run nshandle last-pid --set 8,9 "$inner"
	want_success
	want_vector 8,9,300
	run nshandle last-pid --set 10 "$inner"
	want_success
	want_vector 10,9,300
	run nshandle last-pid --set 11 "$middle"
	want_success
	want_vector 10,11,300
}

last_pid_levels_end_at_the_callers()
{
	need_vec
	run nshandle join -p -t "$outer" sh -c "
		nshandle last-pid --set 100,200,300 $inner_in_outer &&
		exec nshandle last-pid $inner_in_outer"
	want_success
	want_out 100,200,300
	# one's own
	run nshandle join -p -t "$inner" sh -c '
		nshandle last-pid --set 400 1 && exec nshandle last-pid 1'
	want_success
	want_out 400
}

last_pid_values()
{
	need_vec
	for pid in 0 1 299 300 $((pid_max - 1)) "$pid_max"; do
		run nshandle last-pid --set "$pid,$pid,$pid" "$inner"
		want_success
		want_vector "$pid,$pid,$pid"
	done
}

last_pid_above_pid_max()
{
	need_vec
	for pid in $((pid_max + 1)) 2147483647; do
		for list in $pid,1,1 1,$pid,1 1,1,$pid; do
			refused "last-pid: $inner: cannot set the last pids: Invalid argument (one is above pid_max)" \
				nshandle last-pid --set "$list" "$inner"
		done
	done
}

last_pid_too_many_levels()
{
	need_vec
	# As many as there can be; there are not, so wherever this is run.
	list=$(printf '%032d' 1 | sed 's/./&,/g')1
	refused "last-pid: $inner: cannot set the last pids: Invalid argument (it has fewer levels)" \
		nshandle last-pid --set "$list" "$inner"
}

last_pid_above_the_caller()
{
	need_vec
	above="Operation not permitted (not the caller's own pid namespace, nor below it)"
	file=/proc/$middle/ns/pid
	set_vector 40,50,60
	run nshandle join -p -t "$inner" nshandle last-pid "$file"
	want_failure "last-pid: $file: cannot read the last pids: $above"
	run nshandle join -p -t "$inner" nshandle last-pid --set 1 "$file"
	want_failure "last-pid: $file: cannot set the last pids: $above"
	run nshandle join -p -t "$middle" nshandle last-pid --set 1,1,1 \
		"/proc/$inner/ns/pid"
	want_failure "last-pid: /proc/$inner/ns/pid: cannot set the last pids: $above"
	# but for the three commands themselves
	want_vector 42,53,63
}

last_pid_without_capability()
{
	need_vec
	file=/proc/self/ns/pid
	before=$(vector)
	run as_nobody nshandle last-pid --set 1 $file
	want_failure "last-pid: $file: cannot set the last pids: Operation not permitted (needs CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN over the owners)"
	want_vector "$before"
	# to read them none is needed
	run as_nobody nshandle last-pid $file
	want_success
}

last_pid_dead_namespace()
{
	need_vec
	start_box unshare --pid --fork
	nshandle last-pid --set 77 "$box" || fail "not set"
	exec 9<"/proc/$box/ns/pid"
	kill -KILL "$box"
	while [ -e "/proc/$box" ]; do
		:
	done
	run nshandle last-pid --set 5 /proc/self/fd/9
	want_failure "last-pid: /proc/self/fd/9: cannot set the last pids: No such process (a level has no init: not yet, or not any more)"
	run nshandle last-pid /proc/self/fd/9
	want_success
	grep -q ^77, "$tmp/out" || fail "$(cat "$tmp/out")"
}

last_pid_not_a_pid_namespace()
{
	need_vec
	for type in user mnt uts ipc cgroup net time; do
		file=/proc/$inner/ns/$type
		why="Invalid argument (not a pid namespace)"
		run nshandle last-pid "$file"
		want_failure "last-pid: $file: cannot read the last pids: $why"
		run nshandle last-pid --set 1 "$file"
		want_failure "last-pid: $file: cannot set the last pids: $why"
	done
}

last_pid_not_a_namespace()
{
	mkfifo "$tmp/fifo"
	for file in "$tmp/fifo" /dev/null "$tmp" "$tmp/boxes" "/proc/$$/ns"; do
		run nshandle last-pid "$file"
		want_failure "last-pid: $file: not a namespace file"
	done
	run nshandle last-pid /nowhere
	want_failure "last-pid: /nowhere: No such file or directory"
	run as_nobody nshandle last-pid "/proc/$inner/ns/pid"
	want_failure "last-pid: /proc/$inner/ns/pid: Permission denied"
	has_strace
	run strace -o "$tmp/trace" nshandle last-pid "$tmp/fifo"
	! grep "^open.*fifo" "$tmp/trace" || fail "it was opened"
}

last_pid_no_such_process()
{
	run nshandle last-pid 2147483647
	want_failure "cannot open process 2147483647: No such process"
	run as_nobody nshandle last-pid "$inner"
	want_failure "cannot open the pid namespace of process $inner: Permission denied (needs read access as for ptrace)"
	start_zombie
	run nshandle last-pid "$dead"
	want_failure "cannot open the pid namespace of process $dead: No such process (it is a zombie: it has ended)"
}

last_pid_full_disk()
{
	need_vec
	status=0
	nshandle last-pid $$ >/dev/full 2>"$tmp/err" || status=$?
	want_status 1
	want_err "nshandle: cannot write: No space left on device"
}

prepare_pid_cases
# shellcheck disable=SC2086 # a list of words
run_cases $cases
