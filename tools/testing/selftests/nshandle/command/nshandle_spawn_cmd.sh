#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# nshandle spawn starts a process with the pids named, or says why not.
#
# Needs root, unshare(1) of util-linux and, for the cases that let another process
# come between or a system call fail, strace.

cases="
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
. "$(dirname "$0")/pid_lib.sh"

spawn()
{
	run nshandle spawn "$@"
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
	[ "$last" -lt $(($(cat /proc/sys/kernel/pid_max) - 1000)) ] || last=400
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
	run strace -o "$tmp/trace" -e trace=ioctl,setns,clone,clone3,?fork,write \
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
# PID LEVEL LEVELS PROCESS: which process it is, only some kernels tell.
want_in_use()
{
	if fact NSFS_TRANSLATES_PIDS; then
		why="is in use, by process $4"
	else
		why="was taken 10 times, by other processes or as the id of a process group or session"
	fi
	want_failure "spawn: pid $1 at level $2 of $3 (innermost first) $why"
}

spawn_pid_in_use()
{
	need_vec
	spawn --pids 1 -t "$inner" -- echo ran
	want_in_use 1 1 1 "$inner"
	spawn --pids 500,1 -t "$inner" -- echo ran
	want_in_use 1 2 2 "$middle"
	spawn --pids 500,500,1 -t "$inner" -- echo ran
	want_in_use 1 3 3 "$outer"
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
	want_in_use 700 1 1 "$box"
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

prepare_pid_cases
# shellcheck disable=SC2086 # a list of words
run_cases $cases
