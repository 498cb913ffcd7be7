#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# nshandle last-pid and nshandle spawn: what they print, complain of and exit
# with, and the pids that processes really get. Needs root, unshare(1) of
# util-linux and, for the cases that let another process come between or a
# system call fail, strace.

cases="
help
last_pid_usage_errors
last_pid_kernel_without
last_pid_reads_each_level
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
spawn_usage_errors
spawn_kernel_without
spawn_one_level
spawn_two_levels
spawn_three_levels
spawn_callers_level
spawn_from_inside
spawn_where_the_target_is
spawn_joins_nothing_else
spawn_in_a_user_namespace
spawn_status
spawn_shell_without_command
spawn_relays_termination
spawn_calls
spawn_pid_in_use
spawn_pid_of_a_session
spawn_pid_beyond_pid_max
spawn_pid_taken_once
spawn_pid_taken_twice
spawn_pid_taken_always
spawn_pid_taken_for_good
spawn_pid_of_level_taken
spawn_parent_killed
spawn_refused
spawn_refused_by_the_kernel
spawn_without_capability
spawn_late_failures
"
. "$(dirname "$0")/cmd_lib.sh"

need_vec()
{
	[ -z "$lacks_vec" ] || skip "kernel without NS_SET_LAST_PID_VEC"
}

# Of the three namespaces here: in the one above nobody else moves a thing.
vector()
{
	nshandle last-pid "$inner" | cut -d, -f1-3
}

set_vector()
{
	nshandle last-pid --set "$1" "$inner" || fail "cannot set $1"
}

want_vector()
{
	[ "$(vector)" = "$1" ] || fail "last pids $(vector), not $1"
}

# MESSAGE COMMAND...: it fails, and the last pids are as they were.
refused()
{
	message=$1
	shift
	set_vector 40,50,60
	run "$@"
	want_failure "$message"
	want_vector 40,50,60
}

spawn()
{
	run nshandle spawn "$@"
}

# Its pids at each level as /proc out here has them: innermost last.
own_pids="sed -n s/^NSpid:.//p /proc/self/status"

want_pids()
{
	want_status 0
	pids=$(tr '\t' ' ' <"$tmp/out")
	case " $pids" in
	*" $1") ;;
	*) fail "got the pids '$pids', not '$1'" ;;
	esac
}

parent_of()
{
	sed -n 's/^PPid:.//p' "/proc/$1/status"
}

# TIMES TAKER spawn's arguments...: so many times, when it has set the last
# pids and before it forks, run TAKER.
race()
{
	has_strace
	times=$1 taker=$2 set=''
	shift 2
	rm -f "$tmp/calls"
	mkfifo "$tmp/calls"
	strace -q -o "$tmp/calls" -e trace=ioctl \
		-e inject=ioctl:signal=SIGSTOP nshandle spawn "$@" \
		>"$tmp/out" 2>"$tmp/err" </dev/null &
	tracer=$!
	while read -r line; do
		case $line in
		*"0xb7, 0x20, "*) set=1 ;;
		ioctl*) set='' ;;
		*"stopped by SIGSTOP"*)
			# a line without its end, which read counts as none
			read -r held <"/proc/$tracer/task/$tracer/children"
			if [ -n "$set" ] && [ "$times" -gt 0 ]; then
				$taker
				times=$((times - 1))
			fi
			kill -CONT "${held% }"
			;;
		esac
	done <"$tmp/calls"
	status=0
	wait $tracer || status=$?
	[ "$times" -eq 0 ] || fail "not raced: $times left"
}

# A process that has come and gone.
take_inner()
{
	nshandle join -p -t "$inner" true
}

take_middle()
{
	nshandle join -p -t "$middle" true
}

take_outer()
{
	nshandle join -p -t "$outer" true
}

# One that stays.
keep_inner()
{
	start_box nshandle join -p -t "$inner"
}

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

# Run the command as on a kernel that has not got them.
without_vec()
{
	if [ -n "$lacks_vec" ]; then
		run nshandle "$@"
	else
		# after the ioctl that opens the namespace
		with_fault ioctl:error=ENOTTY:when=2+ "$@"
	fi
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
	# the last --set counts
	run nshandle last-pid --set 1,2,3 --set 10 "$inner"
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
	for file in /nowhere ""; do
		run nshandle last-pid "$file"
		want_failure "last-pid: $file: No such file or directory"
	done
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

spawn_usage_errors()
{
	spawn
	want_usage_message "which pids? --pids is missing"
	spawn -t 1 true
	want_usage_message "which pids? --pids is missing"
	spawn --pids 5 true
	want_usage_message "where? -t PID is missing"
	spawn --pids
	want_usage_message "--pids: its value is missing"
	spawn --pids 5 -t
	want_usage_message "-t: its value is missing"
	spawn -p 5
	want_usage_message "there is no option -p"
	spawn --pid=5,6 -x
	want_usage_message "there is no option -x"
	for pid in "" abc 0 -1 2147483648; do
		spawn --pids 5 -t "$pid" true
		want_usage_message "'$pid' is not a process id"
	done
	for pid in "" 0 -1 1x 2147483648; do
		for list in "$pid" "5,$pid" "$pid,5"; do
			spawn --pids "$list" -t $$ true
			want_usage_message "'$pid' is not a pid"
		done
	done
	list=$(printf '%033d' 0 | sed 's/./1,/g')1
	spawn --pids "$list" -t $$ true
	want_usage_message "'$list': there are no more than 33 levels"
}

spawn_kernel_without()
{
	without_vec spawn --pids 100 -t "$inner" -- echo ran
	want_failure "spawn: $inner: cannot set the last pids: Inappropriate ioctl for device (this kernel has no last-pid vectors)"
}

spawn_one_level()
{
	need_vec
	for pid in 100 2 299 300 4000 $((pid_max - 1)); do
		# shellcheck disable=SC2086 # several words
		spawn --pids "$pid" -t "$inner" -- $own_pids
		want_success
		want_pids "$pid"
	done
	# and as it sees itself
	# shellcheck disable=SC2016 # for the inner shell
	spawn --pids 100 -t "$inner" -- sh -c 'echo $$'
	want_success
	want_out 100
}

spawn_two_levels()
{
	need_vec
	for pids in "100 200" "200 100" "77 77"; do
		# shellcheck disable=SC2086 # several words
		spawn --pids "${pids#* },${pids% *}" -t "$inner" -- $own_pids
		want_success
		want_pids "$pids"
	done
}

spawn_three_levels()
{
	need_vec
	# shellcheck disable=SC2086 # several words
	spawn --pids 100,2000,30000 -t "$inner" -- $own_pids
	want_success
	want_pids "30000 2000 100"
	# shellcheck disable=SC2086 # several words
	spawn --pids=9,8 --target="$middle" $own_pids
	want_success
	want_pids "8 9"
}

# Here others may take one: it has to be right, but may be after more tries.
spawn_callers_level()
{
	need_vec
	last=$(nshandle last-pid $$ | cut -d, -f1)
	[ "$last" -lt $((pid_max - 1000)) ] || last=400
	# shellcheck disable=SC2086 # several words
	spawn --pids 101,102,103,$((last + 500)) -t "$inner" -- $own_pids
	want_pids "$((last + 500)) 103 102 101"
}

spawn_from_inside()
{
	need_vec
	# shellcheck disable=SC2086 # several words
	run nshandle join -p -t "$outer" nshandle spawn --pids 100,200,300 \
		-t "$inner_in_outer" -- $own_pids
	want_success
	want_pids "300 200 100"
}

# Not where its children would be.
spawn_where_the_target_is()
{
	need_vec
	spawn --pids 500 -t "$middle" -- readlink /proc/self/ns/pid
	want_success
	want_out "$(link "$middle" pid)"
}

spawn_joins_nothing_else()
{
	need_vec
	start_box unshare --mount --uts --ipc --net --pid --cgroup --time --fork
	# shellcheck disable=SC2016,SC2086 # for the inner shell; several words
	spawn --pids 500 -t "$box" -- sh -c 'for type; do
		readlink "/proc/self/ns/$type"; done' sh $types
	want_success
	want_out "$(links $$ | sed "s/^pid:.*/$(link "$box" pid)/")"
	spawn --pids 500 -t "$box" -- nshandle join -u -t 1 \
		readlink /proc/self/ns/uts
	want_success
	want_out "$(link "$box" uts)"
}

spawn_in_a_user_namespace()
{
	need_vec
	start_box unshare --user --map-root-user --pid --fork
	# shellcheck disable=SC2086 # several words
	run nshandle join -U -t "$box" \
		nshandle spawn --pids 500 -t "$box" -- $own_pids
	want_success
	want_pids 500
	run nshandle join -U -t "$box" \
		nshandle spawn --pids 600,700 -t "$box" -- echo ran
	want_failure "spawn: $box: cannot set the last pids: Operation not permitted (needs CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN over the owners)"
	[ "$(nshandle last-pid "$box" | cut -d, -f1)" = 500 ] ||
		fail "the inner last pid was set"
}

spawn_status()
{
	need_vec
	spawn --pids 500 -t "$inner" -- sh -c 'exit 7'
	want_status 7
	want_err ""
	# shellcheck disable=SC2016 # for the inner shell
	spawn --pids 500 -t "$inner" -- sh -c 'kill -KILL $$'
	want_status 137
	want_err ""
	spawn --pids 500 -t "$inner" -- /nowhere
	want_status 127
	want_err "nshandle: cannot run '/nowhere': No such file or directory"
	spawn --pids 500 -t "$inner" -- /dev/null
	want_status 126
	want_err "nshandle: cannot run '/dev/null': Permission denied"
}

spawn_shell_without_command()
{
	need_vec
	status=0
	# shellcheck disable=SC2016 # for the inner shell
	echo 'echo $$' | SHELL=/bin/sh nshandle spawn --pids 500 -t "$inner" \
		>"$tmp/out" 2>"$tmp/err" || status=$?
	want_success
	want_out 500
}

spawn_relays_termination()
{
	need_vec
	rm -f "$tmp/up"
	mkfifo "$tmp/up"
	nshandle spawn --pids 500 -t "$inner" -- sh -c \
		'trap "exit 9" TERM; echo up; while :; do :; done' >"$tmp/up" &
	read -r up <"$tmp/up"
	[ "$up" = up ] || fail "not up"
	kill -TERM $!
	status=0
	wait $! || status=$?
	want_status 9
}

# Nothing comes between setting the last pids and fork(2), nor before a look
# at every level.
spawn_calls()
{
	need_vec
	has_strace
	run strace -o "$tmp/trace" -e trace=ioctl,setns,clone,clone3,fork,write \
		nshandle spawn --pids 100,200,300 -t "$inner" -- true
	want_success
	made=$(sed -n 's/^ioctl(.*0xff, 0x5.*/open/p
		s/^ioctl(.*PIDFD_GET_PID_NAMESPACE.*/open/p
		s/^ioctl(.*0xb7, 0x20,.*/set/p
		s/^ioctl(.*\(NS_GET_PARENT\|0xb7, 0x2,\).*/parent/p
		s/^ioctl(.*\(NS_GET_PID_IN_PIDNS\|0xb7, 0x8,\).*/look/p
		s/^\(clone3*\|fork\)(.*/fork/p
		s/^\(setns\|write\)(.*/\1/p' "$tmp/trace" | tr '\n' ' ')
	[ "$made" = "open setns set fork look parent look parent look write " ] ||
		fail "$made: $(cat "$tmp/trace")"
}

# Of a process that was there before, at each level.
spawn_pid_in_use()
{
	need_vec
	spawn --pids 1 -t "$inner" -- echo ran
	want_failure "spawn: pid 1 at level 1 of 1 (innermost first) is in use, by process $inner"
	spawn --pids 500,1 -t "$inner" -- echo ran
	want_failure "spawn: pid 1 at level 2 of 2 (innermost first) is in use, by process $middle"
	spawn --pids 500,500,1 -t "$inner" -- echo ran
	want_failure "spawn: pid 1 at level 3 of 3 (innermost first) is in use, by process $outer"
}

# The process that had it is gone, but its session is not.
spawn_pid_of_a_session()
{
	need_vec
	spawn --pids 900 -t "$inner" -- \
		setsid sh -c 'sleep 1000 >/dev/null 2>&1 &'
	want_success
	spawn --pids 900 -t "$inner" -- echo ran
	want_failure "spawn: pid 900 at level 1 of 1 (innermost first) was taken 10 times, by other processes or as the id of a process group or session"
}

spawn_pid_beyond_pid_max()
{
	need_vec
	for pid in "$pid_max" $((pid_max + 1)); do
		spawn --pids "500,$pid" -t "$inner" -- echo ran
		want_failure "spawn: pid $pid at level 2 of 2 (innermost first) is not to be had: none from there to pid_max is free"
	done
	refused "spawn: $inner: cannot set the last pids: Invalid argument (one is above pid_max)" \
		nshandle spawn --pids 500,$((pid_max + 2)) -t "$inner" -- \
		echo ran
}

# Each line of the output is a run of the command: there must be one.
spawn_pid_taken_once()
{
	need_vec
	# shellcheck disable=SC2086 # several words
	race 1 take_inner --pids 500 -t "$inner" -- $own_pids
	want_pids 500
	want_err "nshandle: spawn: got the pids after 2 tries: others had taken one"
	[ "$(wc -l <"$tmp/out")" -eq 1 ] || fail "run more than once"
}

spawn_pid_taken_twice()
{
	need_vec
	# shellcheck disable=SC2086 # several words
	race 2 take_inner --pids 500,600 -t "$inner" -- $own_pids
	want_pids "600 500"
	want_err "nshandle: spawn: got the pids after 3 tries: others had taken one"
	[ "$(wc -l <"$tmp/out")" -eq 1 ] || fail "run more than once"
}

spawn_pid_taken_always()
{
	need_vec
	race 10 take_inner --pids 500 -t "$inner" -- echo ran
	want_failure "spawn: pid 500 at level 1 of 1 (innermost first) was taken 10 times, by other processes or as the id of a process group or session"
	# the last try is one, too
	# shellcheck disable=SC2086 # several words
	race 9 take_inner --pids 500 -t "$inner" -- $own_pids
	want_pids 500
	want_err "nshandle: spawn: got the pids after 10 tries: others had taken one"
}

spawn_pid_taken_for_good()
{
	need_vec
	race 1 keep_inner --pids 700 -t "$inner" -- echo ran
	want_failure "spawn: pid 700 at level 1 of 1 (innermost first) is in use, by process $box"
}

spawn_pid_of_level_taken()
{
	need_vec
	while read -r level taker; do
		# shellcheck disable=SC2086 # several words
		race 1 "$taker" --pids 500,600,700 -t "$inner" -- $own_pids
		want_pids "700 600 500"
		want_err "nshandle: spawn: got the pids after 2 tries: others had taken one"
		race 10 "$taker" --pids 500,600,700 -t "$inner" -- echo ran
		want_failure "spawn: pid $((level * 100 + 400)) at level $level of 3 (innermost first) was taken 10 times, by other processes or as the id of a process group or session"
	done <<-EOF
		1 take_inner
		2 take_middle
		3 take_outer
	EOF
}

# It dies while the child waits, whose end is that of the output.
spawn_parent_killed()
{
	need_vec
	has_strace
	status=0
	{ ran=$(strace -qq -o /dev/null -e trace=ioctl \
		-e inject=ioctl:signal=SIGKILL:when=3 \
		nshandle spawn --pids 500 -t "$inner" -- echo ran) ||
		status=$?; } 2>"$tmp/err"
	want_status 137
	[ -z "$ran" ] || fail "$ran"
}

spawn_refused()
{
	need_vec
	spawn --pids 500 -t 2147483647 -- echo ran
	want_failure "cannot open process 2147483647: No such process"
	start_zombie
	spawn --pids 500 -t "$dead" -- echo ran
	want_failure "cannot open the pid namespace of process $dead: No such process (it is a zombie: it has ended)"
	refused "cannot open the pid namespace of process $inner: Permission denied (needs read access as for ptrace)" \
		as_nobody nshandle spawn --pids 500 -t "$inner" -- echo ran
}

spawn_refused_by_the_kernel()
{
	need_vec
	list=$(printf '%032d' 1 | sed 's/./1,/g')1
	refused "spawn: $inner: cannot set the last pids: Invalid argument (it has fewer levels)" \
		nshandle spawn --pids "$list" -t "$inner" -- echo ran
	set_vector 40,50,60
	run nshandle join -p -t "$middle" nshandle spawn --pids 500,500,500 \
		-t "$inner_in_middle" -- echo ran
	want_failure "spawn: $inner_in_middle: cannot set the last pids: Operation not permitted (not the caller's own pid namespace, nor below it)"
	# but for the command itself
	want_vector 40,51,61
}

spawn_without_capability()
{
	# shellcheck disable=SC2016 # for the inner shell
	run as_nobody sh -c 'echo $$
		exec nshandle spawn --pids 500 -t $$ -- echo ran'
	pid=$(cat "$tmp/out")
	want_status 1
	want_err "nshandle: spawn: cannot join the pid namespace of process $pid: Operation not permitted (needs CAP_SYS_ADMIN over its owner and the own user namespace)"
}

# An error of any call after the last pids were set: nothing is run, and no
# process is left.
spawn_late_failures()
{
	need_vec
	while IFS=: read -r call error when message; do
		with_fault "$call:error=$error:when=$when" \
			spawn --pids 500,600 -t "$inner" -- echo ran
		want_failure "$message"
		spawn --pids 500 -t "$inner" -- true
		want_success
	done <<-EOF
		pipe2:EMFILE:1:spawn: cannot make a pipe: Too many open files
		setns:EINVAL:1:spawn: cannot join the pid namespace of process $inner: Invalid argument (not the caller's own, nor below it)
		clone:EAGAIN:1:cannot fork: Resource temporarily unavailable
		clone:ENOMEM:1:cannot fork: Cannot allocate memory (has the pid namespace lost its init?)
		ioctl:EIO:3:spawn: cannot find out the pids of the child: Input/output error
		ioctl:EMFILE:4:spawn: cannot find out the pids of the child: Too many open files
		ioctl:ESRCH:5:spawn: cannot find out the pids of the child: No such process
		write:EIO:1:spawn: cannot let it run: Input/output error
	EOF
}

prepare_cases
lacks_vec=
nshandle last-pid $$ >/dev/null 2>&1 || lacks_vec=1
# not by read, which would take it a byte at a time, and get but the first
pid_max=$(cat /proc/sys/kernel/pid_max)

# Three pid namespaces, one in another, with an init each.
start_box unshare --pid --fork unshare --pid --fork unshare --pid --fork
inner=$box
middle=$(parent_of "$inner")
outer=$(parent_of "$middle")
# How those in the others call the innermost's init.
inner_in_middle=$(awk '/^NSpid:/ { print $(NF - 1) }' "/proc/$inner/status")
inner_in_outer=$(awk '/^NSpid:/ { print $(NF - 2) }' "/proc/$inner/status")

# shellcheck disable=SC2086 # a list of words
run_cases $cases
