#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Where nshandle takes a PID, it takes a set of namespaces that it inherited, and
# then closes it.
#
# Needs root, unshare(1) and setpriv(1) of util-linux and, for the case that counts
# system calls, strace.

cases="
join_all_of_a_set
join_some_of_a_set
join_what_a_set_lacks
join_a_set_of_the_caller
join_a_set_in_one_call
join_root_of_a_set
join_children_of_a_set
join_becomes_root_by_a_set
set_refuses
set_does_not_ask_the_process
dry_run_of_a_set
consumed_descriptor_is_closed
announcement_is_withdrawn
other_announcements_stay
show_set
show_set_json
show_set_of_the_children
show_set_with_root
last_pid_of_a_set
proc_of_a_set
spawn_in_a_set
"

. "$(dirname "$0")/cmd_lib.sh"
own_mounts "$1"

links_here="for t in $types; do readlink /proc/self/ns/\$t; done"

# SCRIPT PID OPTION...: with a set of the process as descriptor 3; $1 is its number
with_set()
{
	need_sets
	script=$1 target=$2
	shift 2
	run nshandle hold -t "$target" "$@" -- sh -c "$script" sh "$target"
}

join_all_of_a_set()
{
	for options in "" -a --all "-a --skip-joined" -UmuinpCT; do
		with_set "nshandle join -t fd:3 $options -- sh -c '$links_here'" \
			"$full"
		want_success
		want_out "$(links "$full")"
	done
}

join_some_of_a_set()
{
	for pair in -m=mnt -u=uts -i=ipc -n=net -p=pid -U=user -C=cgroup \
		-T=time; do
		with_set "nshandle join -t fd:3 ${pair%=*} sh -c '$links_here'" \
			"$full"
		for type in $types; do
			pid=$$
			[ "$type" != "${pair#*=}" ] || pid=$full
			link "$pid" "$type"
		done >"$tmp/want"
		want_success
		want_out "$(cat "$tmp/want")"
	done
}

join_what_a_set_lacks()
{
	with_set "nshandle join -t fd:3 -u -n echo ran" "$full" -u -i
	want_failure "cannot join uts,net of set fd:3: it holds no net"
	with_set "nshandle join -t fd:3 -u -n --skip-joined echo ran" "$full" \
		-u -i
	want_failure "cannot join uts,net of set fd:3: it holds no net"
	with_set "nshandle join -t fd:3 -m --root echo ran" "$full"
	want_failure "cannot join mnt,root of set fd:3: it holds no root"
	with_set "nshandle join -t fd:3 -a --root echo ran" "$full"
	want_failure "cannot join root of set fd:3: it holds no root"
	with_set "nshandle join -t fd:3 -m --root echo ran" "$full" -u
	want_failure "cannot join mnt,root of set fd:3: it holds no mnt,root"
	with_set "nshandle join -t fd:3 -u --root echo ran" "$full" --root
	want_usage_message "--root needs -m or -a"
	with_set "nshandle join -t fd:3 -p --for-children echo ran" "$full"
	want_failure "join: no --for-children with set fd:3: it was made with or without it"
	with_set "nshandle join -t fd:3 -a echo ran" "$full" -u
	want_success
	want_out ran
}

# Of which the caller is in some, or in all, already.
join_a_set_of_the_caller()
{
	start_box unshare --uts --net
	for options in "" -a; do
		with_set "nshandle join -t fd:3 $options sh -c '$links_here'" \
			"$box"
		want_success
		want_out "$(links "$box")"
		with_set "nshandle join -t fd:3 $options sh -c '$links_here'" $$
		want_success
		want_out "$(links $$)"
	done
	with_set "nshandle join -t fd:3 -U -u echo ran" "$box"
	want_failure "cannot join user,uts of set fd:3: user: Invalid argument (the caller is in it already: --skip-joined leaves it out)"
}

# SETNS_SKIP_JOINED | SETNS_SUPPORTED: the kernel leaves out what is joined.
join_a_set_in_one_call()
{
	need_sets
	has_strace
	for options in "" -a; do
		with_set "strace -f -e trace=setns -o $tmp/trace \
			nshandle join -t fd:3 $options true" "$full" -m -u
		want_success
		[ "$(grep -c setns "$tmp/trace")" -eq 1 ] ||
			fail "$(cat "$tmp/trace")"
		grep -q 'setns(3, CLONE_NEW[NSUT|CLOE_W]*|0x11) *= 0' \
			"$tmp/trace" || fail "$(cat "$tmp/trace")"
	done
}

# Without types, it is part of all that the set holds.
join_root_of_a_set()
{
	start_chrooted unshare --mount
	for options in "" "-a --root" "-m --root" "-m --skip-joined --root"; do
		with_set "nshandle join -t fd:3 $options sh -c 'pwd -P; ls /mnt'" \
			"$box" --root
		want_success
		want_out "/mnt
marker"
	done
	for options in -a -m; do
		with_set "nshandle join -t fd:3 $options pwd -P" "$box" --root
		want_success
		want_out /
	done
}

join_children_of_a_set()
{
	for options in "" -p; do
		start_box unshare --pid
		with_set "nshandle join -t fd:3 $options sh -c 'echo \$\$ \$PPID'" \
			"$box" --for-children
		want_success
		want_out "1 0"
	done
}

join_becomes_root_by_a_set()
{
	start_box unshare --setgid 1000 --setuid 1000 \
		unshare --user --map-root-user
	for options in "" -U; do
		with_set "nshandle join -t fd:3 $options id -u" "$box"
		want_success
		want_out 0
		with_set "nshandle join -t fd:3 $options \
			--preserve-credentials id -u" "$box"
		want_success
		want_out 65534
	done
}

over_it="needs CAP_SYS_ADMIN over it, and in COMMAND's user namespace"

set_refuses()
{
	start_box unshare --uts --net
	for options in "" -a; do
		with_set "setpriv --inh-caps -sys_admin \
			--bounding-set -sys_admin \
			nshandle join -t fd:3 $options echo ran" "$box"
		want_failure "cannot join uts,net of set fd:3: uts: Operation not permitted ($over_it)"
	done
	start_box setpriv --reuid 1000 --regid 1000 --clear-groups \
		unshare --user --map-root-user --mount --net
	with_set "setpriv --inh-caps -sys_admin --bounding-set -sys_admin \
		nshandle join -t fd:3 -Umn echo ran" "$box"
	want_failure "cannot join user,mnt,net of set fd:3: user: Operation not permitted (needs CAP_SYS_ADMIN in it)"
}

# A set gives reach: nobody may not look at the process, but need not.
set_does_not_ask_the_process()
{
	start_box unshare --uts
	with_set "setpriv --reuid 65534 --regid 65534 --clear-groups \
		nshandle join -t fd:3 -u echo ran" "$box"
	want_failure "cannot join uts of set fd:3: uts: Operation not permitted ($over_it)"
	# shellcheck disable=SC2016 # for the inner shell
	with_set 'setpriv --reuid 65534 --regid 65534 --clear-groups \
		nshandle join -t "$1" -u echo ran' "$box"
	want_failure "cannot join uts of process $box: the process: Operation not permitted (needs read access as for ptrace)"
	start_box setpriv --reuid 65534 --regid 65534 --clear-groups \
		unshare --user --map-root-user --uts
	run nshandle hold -t "$box" -Uu -- \
		setpriv --reuid 65534 --regid 65534 --clear-groups \
		nshandle join -t fd:3 readlink /proc/self/ns/uts
	want_success
	want_out "$(link "$box" uts)"
}

dry_run_of_a_set()
{
	with_set "nshandle join -t fd:3 --dry-run" "$full" -m -u -p
	want_success
	want_out "can join mnt,uts,pid of set fd:3"
	with_set "nshandle join -t fd:3 --dry-run -u" "$full"
	want_success
	want_out "can join uts of set fd:3"
	start_box unshare --uts
	with_set "nshandle join -t fd:3 --dry-run" "$box" --root
	want_success
	want_out "can join root,uts of set fd:3"
	with_set "nshandle join -t fd:3 -a --dry-run" $$
	want_success
	want_out "nothing to join: the caller is in all namespaces of set fd:3"
}

consumed_descriptor_is_closed()
{
	for options in "" -u -p; do
		with_set "nshandle join -t fd:3 $options sh -c \
			'readlink /proc/self/fd/3 || echo closed'" "$full"
		want_success
		want_out closed
	done
}

# The variables would announce a descriptor that is closed, and LISTEN_PID is
# that of COMMAND: nshandle has become it.
announcement_is_withdrawn()
{
	need_sets
	for options in "" -u -p; do
		run nshandle hold -t "$full" nshandle join -t fd:3 $options \
			sh -c 'env | grep ^LISTEN_ || echo none'
		want_success
		want_out none
	done
}

other_announcements_stay()
{
	# shellcheck disable=SC2016 # for the inner shell
	with_set 'exec 5<&3 3</dev/null
		export LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=a:b
		exec nshandle join -t fd:5 -u sh -c \
			"readlink /proc/self/fd/3; env | grep ^LISTEN_FD | sort"' \
		"$full"
	want_success
	want_out "/dev/null
LISTEN_FDNAMES=a:b
LISTEN_FDS=2"
}

show_set()
{
	with_set "nshandle show fd:3" "$full"
	want_success
	# shellcheck disable=SC2086 # a list of words
	want_out "$(rows "$full" other $types)"
	with_set "nshandle show fd:3" $$ -n -m -T
	want_success
	want_out "$(rows $$ same mnt net time)"
}

# PID SAME FLAGS HELD...: as JSON
json()
{
	pid=$1 same=$2 all="$4" comma=
	printf '{"kind": "set", %s, "namespaces": {' "$3"
	for name in user mnt uts ipc pid pid_for_children cgroup net time \
		time_for_children; do
		case " $all " in
		*" $name "*)
			printf '%s"%s": {"inode": %s, "same": %s}' "$comma" \
				"$name" "$(inode "$pid" "$name")" "$same" ;;
		*)	printf '%s"%s": {"inode": null, "same": null}' \
				"$comma" "$name" ;;
		esac
		comma=", "
	done
	echo "}}"
}

show_set_json()
{
	with_set "nshandle show --json fd:3" "$full"
	want_success
	want_out "$(json "$full" false \
		'"for_children": false, "root": false' "$types")"
	with_set "nshandle show --json fd:3" $$ -p -T -m --root --for-children
	want_success
	want_out "$(json $$ true '"for_children": true, "root": true' \
		"mnt pid_for_children time_for_children")"
}

show_set_of_the_children()
{
	start_box unshare --pid --time
	with_set "nshandle show fd:3" "$box" -p -T --for-children
	want_success
	want_out "$(rows "$box" other pid_for_children time_for_children)"
	with_set "nshandle show fd:3" "$box" -p
	want_success
	want_out "$(rows "$box" same pid)"
}

show_set_with_root()
{
	with_set "nshandle show fd:3" "$full" -m --root
	want_success
	want_out "$(rows "$full" other mnt)
root              -           -      and working directory"
}

last_pid_of_a_set()
{
	with_set "nshandle last-pid --set 300 fd:3 &&
		nshandle last-pid fd:3 | cut -d, -f1" "$full" -p -U
	want_success
	want_out 300
	with_set "nshandle last-pid fd:3" "$full" -u
	want_failure "set fd:3 holds no pid namespace"
}

proc_of_a_set()
{
	with_set "umount /mnt/proc 2>/dev/null; mkdir -p /mnt/proc
		nshandle proc --pidns fd:3 /mnt/proc &&
		nshandle show /mnt/proc" "$full"
	want_success
	grep -q "^pid  *$(inode "$full" pid) " "$tmp/out" ||
		fail "$(cat "$tmp/out")"
	with_set "nshandle proc --pidns fd:3 /mnt/proc" "$full" -u
	want_failure "set fd:3 holds no pid namespace"
}

spawn_in_a_set()
{
	# shellcheck disable=SC2016 # for the inner shell
	with_set 'nshandle spawn --pids 500 -t fd:3 sh -c "echo \$\$
		readlink /proc/self/fd/3 || echo closed"' "$full"
	want_success
	want_out "500
closed"
	with_set "nshandle spawn --pids 500 -t fd:3 echo ran" "$full" -u
	want_failure "set fd:3 holds no pid namespace"
}

prepare_set_cases
# shellcheck disable=SC2086 # a list of words
run_cases $cases
