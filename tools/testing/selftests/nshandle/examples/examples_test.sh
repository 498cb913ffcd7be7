#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The programs that the documentation shows do what they are shown for.
#
# The manual pages have copies of some.
#
# Needs root, and unshare(1), nsenter(1) and setpriv(1) of util-linux.
#
# shellcheck source-path=SCRIPTDIR/../command

cases="
join_by_a_shell
join_all_of_a_container
join_all_of_ourselves
join_all_refused
join_and_back_home
exec_threaded_there
exec_threaded_in_two_threads
exec_threaded_refused
hold_set_of_a_process_that_ends
send_set_and_receive_it
send_set_to_nobody
procfs_of_a_container
procfs_of_refused
procfs_whose_instance
restore_pids_at_two_levels
restore_pids_one_is_in_use
"

. "$(dirname "$0")/pid_lib.sh"
own_mounts "$1"

# without a slash in the guest's PATH, and in a chroot
here=$(cd "$(dirname "$0")" && pwd)
links_here="for t in $types; do readlink /proc/self/ns/\$t; done"

# EXAMPLE ARGUMENT...
example()
{
	name=$1
	shift
	run "$here/$name" "$@"
}

# What a process has, but one type, which is ours.
links_but()
{
	for type in $types; do
		pid=$2
		[ "$type" != "$1" ] || pid=$$
		link "$pid" "$type"
	done
}

# A process whose namespaces and root are its own.
start_container()
{
	start_chrooted unshare --user --map-root-user --mount --uts --ipc --net \
		--pid --cgroup --time --fork
}

join_by_a_shell()
{
	need_flags
	status=0
	echo "$links_here" | "$here/join" "$full" >"$tmp/out" 2>"$tmp/err" ||
		status=$?
	want_success
	want_out "$(links "$full")"
}

join_all_of_a_container()
{
	need_flags
	start_container
	example join_all "$box" sh -c "$links_here; pwd; ls /mnt"
	want_success
	want_out "$(links "$box"; echo /mnt; echo marker)"
}

join_all_of_ourselves()
{
	need_flags
	example join_all $$ sh -c "$links_here; exit 3"
	want_status 3
	want_out "$(links $$)"
}

join_all_refused()
{
	need_flags
	run as_nobody "$here/join_all" "$full" echo ran
	want_status 1
	want_out ""
	want_err "join_all: cannot join: Operation not permitted"
}

# It has a root and a working directory of its own to come back to.
join_and_back_home()
{
	need_sets
	# shellcheck disable=SC2016 # for the inner shell
	run chroot /mnt/root sh -c 'cd /mnt && exec "$@"' sh \
		"$here/join_and_back" "$full" "$links_here; pwd; ls -d marker"
	want_status 0
	for type in $types; do
		case $type in
		mnt | uts | net) link "$full" "$type" ;;
		*) link $$ "$type" ;;
		esac
	done >"$tmp/want"
	want_out "$(cat "$tmp/want"; echo /; links $$; echo /mnt; echo marker)"
}

exec_threaded_there()
{
	need_flags
	example exec_threaded "$full" sh -c "$links_here; exit 3"
	want_status 3
	want_out "$(links_but time "$full")"
}

exec_threaded_in_two_threads()
{
	need_flags
	# shellcheck disable=SC2016 # for the inner shell
	run sh -c 'exec "$0" "$1" grep Threads: /proc/$$/status' \
		"$here/exec_threaded" "$full"
	want_success
	want_out "$(printf 'Threads:\t2')"
}

exec_threaded_refused()
{
	need_flags
	run as_nobody "$here/exec_threaded" "$full" echo ran
	want_status 126
	want_out ""
}

# COMMAND...: poll until it succeeds
until_so()
{
	tries=100000
	until "$@"; do
		[ $tries -gt 0 ] || fail "not so: $* ($(cat "$tmp/err"))"
		tries=$((tries - 1))
	done
}

hold_set_of_a_process_that_ends()
{
	need_sets
	start_container
	held="$(link "$box" mnt) $(link "$box" uts)"
	links_but pid "$box" >"$tmp/want"
	"$here/hold_set" "$box" sh -c "$links_here" >"$tmp/out" 2>"$tmp/err" &
	holder=$!
	until_so [ -s "$tmp/out" ]
	want_out "$held"
	kill -KILL "$box"
	status=0
	wait $holder || status=$?
	want_success
	want_out "$held
$(cat "$tmp/want")"
}

# The receiver gets it when sender and container have ended.
send_set_and_receive_it()
{
	need_sets
	start_container
	links_but pid "$box" >"$tmp/want"
	"$here/receive_set" "$tmp/socket" sh -c "$links_here" \
		>"$tmp/out" 2>"$tmp/err" &
	receiver=$!
	until_so [ -S "$tmp/socket" ]
	kill -STOP $receiver
	await $receiver ") T"
	"$here/send_set" "$box" "$tmp/socket" || fail "status $?"
	kill -KILL "$box"
	until_so [ ! -e "/proc/$box" ]
	kill -CONT $receiver
	status=0
	wait $receiver || status=$?
	want_success
	want_out "$(cat "$tmp/want")"
}

send_set_to_nobody()
{
	need_sets
	example send_set "$full" "$tmp/nowhere"
	want_status 1
	want_err "send_set: cannot send it: No such file or directory"
}

need_pidns_mount()
{
	[ -z "$lacks_pidns" ] || skip "procfs without pidns="
}

procfs_of_a_container()
{
	need_pidns_mount
	example procfs_of "$full" 1/comm
	want_success
	want_out sleep
	[ "$(cat /proc/1/comm)" != sleep ] || fail "so is our own process 1"
	example procfs_of "$full" 1/cmdlines
	want_status 1
	want_err "procfs_of: 1/cmdlines: No such file or directory"
}

need_query_ioctl()
{
	[ -z "$lacks_query" ] || skip "procfs without PROCFS_GET_PID_NAMESPACE"
}

# Root of a user namespace, in a pid namespace that it does not own.
procfs_of_refused()
{
	need_query_ioctl
	# shellcheck disable=SC2016 # for the inner shell
	run unshare --user --map-root-user --mount \
		sh -c 'exec "$0" $$ self/comm' "$here/procfs_of"
	want_status 1
	want_out ""
	want_err "procfs_of: cannot mount: e proc: pidns: CAP_SYS_ADMIN over the owner of the pid namespace is needed"
}

procfs_whose_instance()
{
	need_query_ioctl
	example procfs_whose /proc
	want_success
	want_out "$(link $$ pid)"
	# shellcheck disable=SC2016 # for the inner shell
	run unshare --mount sh -c 'mount -t proc -o "pidns=/proc/$1/ns/pid" \
		proc /mnt && exec "$0" /mnt' "$here/procfs_whose" "$full"
	want_success
	want_out "$(link "$full" pid)"
	example procfs_whose /
	want_status 1
	want_err "procfs_whose: no procfs: Inappropriate ioctl for device"
}

# Two pid namespaces, one in the other, in which nobody forks but the example:
# $box is the inner one's first process, $outer the other's.
start_levels()
{
	start_box unshare --pid --fork unshare --pid --fork
	outer=$(parent_of "$box")
}

# INNER OUTER
restore()
{
	# shellcheck disable=SC2086 # several words
	run nsenter -t "$outer" --pid "$here/restore_pids" \
		"/proc/$box/ns/pid" "$1" "$2" $own_pids
}

restore_pids_at_two_levels()
{
	need_vec
	start_levels
	restore 100 2000
	want_success
	want_pids "2000 100"
	restore 50 1000
	want_success
	want_pids "1000 50"
}

restore_pids_one_is_in_use()
{
	need_vec
	start_levels
	restore 1 1000
	want_status 1
	want_out ""
	want_err "restore_pids: not these pids: try again"
}

probe_kernel()
{
	lacks_pidns=1 lacks_query=1 lacks_vec=1
	! unshare --mount mount -t proc -o pidns=/proc/self/ns/pid proc /mnt \
		2>/dev/null || lacks_pidns=
	! nshandle show --json /proc 2>/dev/null | grep -q '"ioctl"' ||
		lacks_query=
	# shellcheck disable=SC2034 # for need_vec
	! nshandle last-pid $$ >/dev/null 2>&1 || lacks_vec=
}

prepare_set_cases
probe_kernel
# shellcheck disable=SC2086 # a list of words
run_cases $cases
