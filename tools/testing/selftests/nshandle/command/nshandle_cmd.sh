#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# nshandle(1) joins namespaces, runs a command there and exits as it does.
#
# Needs root, unshare(1) of util-linux and, for the cases that count system calls,
# strace.

cases="
help_goes_to_stdout
usage_errors
missing_process
procfs_out_of_reach
status_is_passed_on
signal_is_128_plus_n
forks_for_a_pid_namespace_only
all_joins_all_eight
all_leaves_out_what_is_joined
all_of_ourselves_joins_nothing
letters_join_one_type
long_names_join_one_type
one_setns
failure_runs_nothing
zombie
command_not_found
command_not_executable
options_of_the_command
shell_without_command
root_in_a_user_namespace
preserve_credentials
groups_that_may_not_be_dropped
termination_is_relayed
"
. "$(dirname "$0")/cmd_lib.sh"

# The calls that succeed. With -a, a kernel without SETNS_ALL first says that it
# does not know that; if $without_all, any kernel does.
setns_calls()
{
	has_strace
	tampered="trace=setns"
	[ -z "$without_all" ] || [ -n "$lacks_all" ] ||
		tampered="inject=setns:error=EINVAL:when=1..2"
	run strace -f -e trace=setns -e "$tampered" -o "$tmp/trace" \
		nshandle join "$@" true
	want_status 0
	sed -n 's/.*setns([0-9]*, \([^)]*\)) *\(= 0\)/setns(pidfd, \1) \2/p' "$tmp/trace"
}

help_goes_to_stdout()
{
	for args in --help --version "hold --help" "hold --version" \
		"join --help" "join --version" "proc --help" "proc --version" \
		"show --help" "show --version"; do
		# shellcheck disable=SC2086 # several words
		run nshandle $args
		want_status 0
		want_err ""
		[ -s "$tmp/out" ] || fail "$args printed nothing"
	done
}

usage_errors()
{
	run nshandle
	want_usage_error
	run nshandle frobnicate
	want_usage_error
	run nshandle join -a
	want_usage_error
	run nshandle join -t "$full" true
	want_usage_error
	run nshandle join -a -t
	want_usage_error
	run nshandle join -t "$full" -x true
	want_usage_error
	run nshandle join -t "$full" --users true
	want_usage_error
	for pid in "" abc 1x -1 +1 0 1.5 2147483648 99999999999999999999; do
		run nshandle join -u -t "$pid" true
		want_usage_error
		head -n 1 "$tmp/err" |
			grep -qxF "nshandle: '$pid' is not a process id" ||
			fail "'$pid': $(cat "$tmp/err")"
	done
}

missing_process()
{
	# A pid_t, but above any pid_max: nobody has it.
	pid=2147483647
	run nshandle join -t "$pid" -u true
	want_status 1
	want_err "nshandle: cannot open process $pid: No such process"
}

procfs_out_of_reach()
{
	# shellcheck disable=SC2016 # for the inner shell
	run unshare --mount sh -c 'mount -t tmpfs none /proc &&
		exec nshandle join -a -t "$0" echo joined' "$full"
	if [ -n "$lacks_all" ]; then
		want_failure "cannot read /proc/self/ns: No such file or directory (-a needs it; name the namespaces instead)"
	else
		want_success
		want_out joined
	fi
	# shellcheck disable=SC2016 # for the inner shell
	run unshare --mount sh -c 'mount -t tmpfs none /proc &&
		exec nshandle join -unip -t "$0" echo joined' "$full"
	want_status 0
	want_out joined
}

status_is_passed_on()
{
	for options in -u -p -a; do
		for want in 0 1 2 7 126 127 255; do
			run nshandle join -t "$full" $options sh -c \
				"exit $want"
			want_status $want
		done
	done
}

signal_is_128_plus_n()
{
	for options in -u -p -a; do
		for signal in 2 9 15; do
			# shellcheck disable=SC2016 # for the inner shell
			run nshandle join -t "$full" $options sh -c \
				'kill -"$0" $$' $signal
			want_status $((128 + signal))
		done
	done
}

forks_for_a_pid_namespace_only()
{
	# shellcheck disable=SC2016 # for the inner shell
	nshandle join -t "$full" -m -u -i -n -C -T -- sh -c 'echo $$' \
		>"$tmp/out" &
	wait $! || fail "did not join"
	want_out $!

	# shellcheck disable=SC2016 # for the inner shell
	run nshandle join -t "$full" -p -- sh -c 'echo $PPID'
	want_status 0
	want_out 0	# its parent is in another pid namespace
}

all_joins_all_eight()
{
	run nshandle join -a -t "$full" -- sh -c \
		"for t in $(echo "$types" | tr '\n' ' '); do
			readlink /proc/self/ns/\$t; done"
	want_status 0
	want_out "$(links "$full")"
}

all_leaves_out_what_is_joined()
{
	start_box unshare --uts --ipc
	without_all=1
	calls=$(setns_calls -a -t "$box") || exit
	[ "$calls" = "setns(pidfd, CLONE_NEWUTS|CLONE_NEWIPC) = 0" ] ||
		fail "$calls"
	run nshandle join -a -t "$box" -- sh -c \
		"for t in $types; do readlink /proc/self/ns/\$t; done"
	want_status 0
	want_out "$(links "$box")"
}

all_of_ourselves_joins_nothing()
{
	start_box env
	without_all=1
	calls=$(setns_calls -a -t "$box") || exit
	[ -z "$calls" ] || fail "$calls"
	run nshandle join -a -t "$box" -- sh -c \
		"for t in $types; do readlink /proc/self/ns/\$t; done"
	want_status 0
	want_out "$(links $$)"
}

# Of all eight the command must be in $type of the box, else in our own.
want_only()
{
	for other in $types; do
		pid=$$
		[ "$other" != "$1" ] || pid=$full
		link "$pid" "$other"
	done >"$tmp/want"
	want_status 0
	want_out "$(cat "$tmp/want")"
}

join_each()
{
	for pair in "$@"; do
		run nshandle join -t "$full" "${pair%=*}" -- sh -c \
			"for t in $types; do readlink /proc/self/ns/\$t; done"
		want_only "${pair#*=}"
	done
}

letters_join_one_type()
{
	join_each -m=mnt -u=uts -i=ipc -n=net -p=pid -U=user -C=cgroup \
		-T=time
}

long_names_join_one_type()
{
	join_each --mount=mnt --uts=uts --ipc=ipc --net=net --pid=pid \
		--user=user --cgroup=cgroup --time=time
}

one_setns()
{
	calls=$(setns_calls -a -t "$full") || exit
	[ "$(echo "$calls" | wc -l)" -eq 1 ] || fail "$calls"
	for flag in TIME NS CGROUP UTS IPC USER PID NET; do
		case $calls in
		*[\|\ ]"CLONE_NEW$flag"[\|\)]*) ;;
		*) fail "no CLONE_NEW$flag: $calls" ;;
		esac
	done
	calls=$(setns_calls -unp -t "$full") || exit
	[ "$calls" = "setns(pidfd, CLONE_NEWUTS|CLONE_NEWPID|CLONE_NEWNET) = 0" ] ||
		fail "$calls"
}

failure_runs_nothing()
{
	start_box unshare --uts
	run nshandle join -t "$box" -u -U echo ran
	want_status 1
	want_out ""
}

zombie()
{
	start_zombie
	for options in -u -p -a; do
		run nshandle join -t "$dead" $options true
		want_status 1
		grep -qx "nshandle: cannot join [a-z,]* of process $dead: No such process (it is a zombie: it has ended)" \
			"$tmp/err" || fail "$(cat "$tmp/err")"
	done
}

command_not_found()
{
	for options in -u -p; do
		run nshandle join -t "$full" $options /nowhere/command
		want_status 127
		want_err "nshandle: cannot run '/nowhere/command': No such file or directory"
	done
}

command_not_executable()
{
	for options in -u -p; do
		run nshandle join -t "$full" $options /
		want_status 126
		want_err "nshandle: cannot run '/': Permission denied"
	done
}

options_of_the_command()
{
	run nshandle join -u -t "$full" echo -p --help
	want_status 0
	want_out "-p --help"
	run nshandle join --uts --target="$full" -- echo -a -t
	want_status 0
	want_out "-a -t"
}

shell_without_command()
{
	printf '#!/bin/sh\necho "own shell"\n' >"$tmp/shell"
	chmod +x "$tmp/shell"
	run env SHELL="$tmp/shell" nshandle join -t "$full" -u
	want_status 0
	want_out "own shell"

	for shell in "" /nowhere/shell; do
		# A login shell, without a home to read a profile from
		# shellcheck disable=SC2016 # for the inner shell
		echo 'echo "$0"' | HOME=/nowhere SHELL=$shell \
			nshandle join -t "$full" -u >"$tmp/out" ||
			fail "SHELL='$shell': status $?"
		[ "$(tail -n 1 "$tmp/out")" = "-sh" ] ||
			fail "SHELL='$shell': $(cat "$tmp/out")"
	done
}

# Its uid 0 is our 1000: our own 0 has no number in there.
start_foreign_box()
{
	start_box unshare --setgid 1000 --setuid 1000 \
		unshare --user --map-root-user
}

root_in_a_user_namespace()
{
	start_foreign_box
	run nshandle join -t "$box" -U sh -c 'id -u; id -g'
	want_status 0
	want_out "0
0"
}

preserve_credentials()
{
	start_foreign_box
	run nshandle join -t "$box" -U --preserve-credentials \
		sh -c 'id -u; id -g'
	want_status 0
	want_out "65534
65534"
}

# Its user namespace denies setgroups(2), as one that a user made must.
groups_that_may_not_be_dropped()
{
	start_foreign_box
	run setpriv --reuid 1000 --regid 1000 --clear-groups \
		nshandle join -t "$box" -U id -u
	want_status 0
	want_out 0
	run setpriv --reuid 1000 --regid 1000 --groups 1001 \
		nshandle join -t "$box" -U echo ran
	want_status 1
	want_out ""
	want_err "nshandle: cannot drop the groups in the user namespace: Operation not permitted (try --preserve-credentials)"
	run setpriv --reuid 1000 --regid 1000 --groups 1001 \
		nshandle join -t "$box" -U --preserve-credentials id -u
	want_status 0
	want_out 0
}

# A command under nshandle: $command, and nshandle's own number, $parent.
start_command()
{
	rm -f "$tmp/pid"
	mkfifo -m 666 "$tmp/pid"
	# shellcheck disable=SC2016 # for the inner shell
	nshandle join -t "$full" -p sh -c \
		'read -r pid rest </proc/self/stat
		echo "$pid" >"$1"; exec sleep 1000' sh "$tmp/pid" \
		>/dev/null 2>&1 &
	parent=$!
	read -r command <"$tmp/pid"
	echo "$command" >>"$tmp/boxes"
}

termination_is_relayed()
{
	for signal in 1 10 15; do
		start_command
		status=0
		kill -$signal "$parent"
		wait "$parent" || status=$?
		want_status $((128 + signal))
		[ ! -e "/proc/$command" ] || fail "the command lives on"
	done
}

prepare_cases
probe_flags
start_full
# shellcheck disable=SC2086 # a list of words
run_cases $cases
