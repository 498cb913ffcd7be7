#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The options of nshandle join do what the flags of setns(2) do.
#
# Needs root, unshare(1) and setpriv(1) of util-linux and, for the cases that
# count or break system calls, strace.

cases="
usage
help
skips_what_is_joined
skips_all
skips_and_keeps_the_ids
skips_and_forks_only_for_others
all_is_the_kernels_choice
all_is_one_call
one_call_with_all_flags
dry_run_says_so
dry_run_does_nothing
dry_run_of_nothing
children_of_the_process
children_once_more
root_of_the_process
root_without_the_option
root_in_the_same_mount_namespace
root_with_all
"

. "$(dirname "$0")/cmd_lib.sh"
own_mounts "$1"

everything=user,mnt,uts,ipc,pid,cgroup,net,time
links_here="for t in $types; do readlink /proc/self/ns/\$t; done"

usage()
{
	run nshandle join -t "$full" -u --root echo ran
	want_usage_message "--root needs -m or -a"
	run nshandle join -t "$full" -m --for-children echo ran
	want_usage_message "--for-children needs -p, -T or -a"
	run nshandle join -t "$full" --skip-joined --dry-run
	want_usage_message "which namespaces? -a or some of -m -u -i -n -p -U -C -T are missing"
	run nshandle join -a --dry-run
	want_usage_message "which process? -t PID is missing"
	for option in --skip-joined --dry-run --for-children; do
		run nshandle join -t "$full" -m -p $option=1 echo ran
		want_usage_message "$option=1: no such option, or wrongly used"
	done
}

help()
{
	run nshandle join --help
	want_success
	for option in skip-joined dry-run for-children; do
		grep -q "^      --$option\( \|$\)" "$tmp/out" ||
			fail "no --$option in: $(cat "$tmp/out")"
	done
}

# A container without a user namespace of its own.
skips_what_is_joined()
{
	need_flags
	start_box unshare --mount --uts --ipc --net --pid --cgroup --time --fork
	run nshandle join -t "$box" -UmuinpCT --skip-joined -- sh -c \
		"$links_here"
	want_success
	want_out "$(links "$box")"
}

# All that there is has been joined, and then it is asked for again.
skips_all()
{
	need_flags
	run nshandle join -t "$full" -a nshandle join -t 1 -UmuinpCT \
		--skip-joined sh -c "$links_here"
	want_success
	want_out "$(links "$full")"
}

skips_and_keeps_the_ids()
{
	need_flags
	start_box setpriv --reuid 1000 --regid 1000 --clear-groups
	for options in -U -a; do
		run setpriv --reuid 1000 --regid 1000 --groups 1001 \
			nshandle join -t "$box" $options --skip-joined id -u
		want_success
		want_out 1000
		run setpriv --reuid 1000 --regid 1000 --groups 1001 \
			nshandle join -t "$box" $options --skip-joined id -G
		want_success
		want_out "1000 1001"
	done
	# But not where another user namespace was joined.
	run nshandle join -t "$full" -U --skip-joined id -u
	want_success
	want_out 0
}

skips_and_forks_only_for_others()
{
	need_flags
	start_box env
	# shellcheck disable=SC2016 # for the inner shell
	nshandle join -t "$box" -p --skip-joined sh -c 'echo $$' >"$tmp/out" &
	wait $! || fail "did not join"
	want_out $!

	# Its next child is in there, but not itself.
	# shellcheck disable=SC2016 # for the inner shell
	run nsenter --pid="/proc/$full/ns/pid" --no-fork \
		nshandle join -t "$full" -p --skip-joined sh -c 'echo $PPID'
	want_success
	want_out 0	# its parent is in another pid namespace
}

all_is_the_kernels_choice()
{
	need_flags
	# shellcheck disable=SC2016 # for the inner shell
	run unshare --mount sh -c 'mount -t tmpfs none /proc &&
		exec nshandle join -a --skip-joined -t "$0" echo joined' "$full"
	want_success
	want_out joined
}

# SETNS_ALL: the kernel leaves out what it has not, and what is joined.
all_is_one_call()
{
	need_flags
	has_strace
	[ -z "$lacks_all" ] || skip "setns without SETNS_SUPPORTED"
	start_box unshare --uts
	for pid in "$full" "$box" $$; do
		run strace -f -e trace=setns -o "$tmp/trace" \
			nshandle join -t "$pid" -a sh -c "$links_here"
		want_success
		want_out "$(links "$pid")"
		[ "$(grep -c setns "$tmp/trace")" -eq 1 ] ||
			fail "$(cat "$tmp/trace")"
		grep -q 'setns(.*|0x11) *= 0' "$tmp/trace" ||
			fail "$(cat "$tmp/trace")"
	done
}

one_call_with_all_flags()
{
	need_flags
	has_strace
	start_chrooted unshare --mount --pid --fork
	run strace -e trace=setns -o "$tmp/trace" nshandle join -t "$box" -mp \
		--skip-joined --for-children --root --dry-run
	want_success
	want_out "can join mnt,root,pid of process $box, or is in them already"
	grep -q '^setns([0-9]*, \(CLONE_NEWNS|CLONE_NEWPID\|CLONE_NEWPID|CLONE_NEWNS\)|0xf) *= 0' \
		"$tmp/trace" || fail "$(cat "$tmp/trace")"
	[ "$(grep -c setns "$tmp/trace")" -eq 1 ] || fail "$(cat "$tmp/trace")"
}

dry_run_says_so()
{
	need_flags
	run nshandle join -t "$full" -u -n --dry-run
	want_success
	want_out "can join uts,net of process $full"
	run nshandle join -t "$full" -a --dry-run
	want_success
	want_out "can join $everything of process $full"
}

# Nor is there a shell, or any other program: one execve(2), of nshandle.
dry_run_does_nothing()
{
	need_flags
	has_strace
	for command in "" "touch $tmp/ran"; do
		# shellcheck disable=SC2086 # several words
		run strace -f -e trace=process,setns -o "$tmp/trace" \
			nshandle join -t "$full" -a --dry-run -- $command
		want_success
		[ ! -e "$tmp/ran" ] || fail "ran the command"
		calls=$(sed -n 's/^[0-9]* *\([a-z0-9_]*\)(.*/\1/p' \
			"$tmp/trace" | tr '\n' ' ')
		[ "$calls" = "execve setns exit_group " ] || fail "$calls"
		grep -q 'setns(.*|0x13) *= 0' "$tmp/trace" ||
			fail "$(grep setns "$tmp/trace")"
	done
}

# For that no kernel need have the flag.
dry_run_of_nothing()
{
	start_box env
	run nshandle join -t "$box" -a --dry-run echo ran
	want_success
	want_out "nothing to join: the caller is in all namespaces of process $box"
}

# A process that has unshared its pid namespace, and has had no child: the
# first one is the first in there.
start_parent_to_be()
{
	start_box unshare --pid
	[ "$(link "$box" pid)" = "$(link $$ pid)" ] ||
		fail "it is in that pid namespace itself"
}

children_of_the_process()
{
	need_flags
	start_parent_to_be
	# shellcheck disable=SC2016 # for the inner shell
	run nshandle join -t "$box" -p sh -c 'echo $PPID'
	want_status 0
	want_err "nshandle: join: note: process $box is in the caller's pid namespace, its next children are not (--for-children)"
	[ "$(cat "$tmp/out")" -gt 1 ] || fail "joined another than its own"
	# shellcheck disable=SC2016 # for the inner shell
	run nshandle join -t "$box" -p --for-children sh -c 'echo $$ $PPID'
	want_success
	want_out "1 0"
	# With its init, that one has come to its end.
	run nshandle join -t "$box" -p --for-children true
	want_failure "cannot fork: Cannot allocate memory (has the pid namespace lost its init?)"
}

# Where the children are as it is, the option changes nothing.
children_once_more()
{
	need_flags
	run nshandle join -t "$full" -a --for-children -- sh -c "$links_here"
	want_success
	want_out "$(links "$full")"
	start_parent_to_be
	# shellcheck disable=SC2016 # for the inner shell
	run nshandle join -t "$box" -a --for-children sh -c 'echo $$ $PPID'
	want_success
	want_out "1 0"
}

root_of_the_process()
{
	need_flags
	start_chrooted unshare --mount
	for options in "-m --root" "-m --root --skip-joined" "-a --root"; do
		# shellcheck disable=SC2086 # several words
		run nshandle join -t "$box" $options sh -c 'pwd -P; ls /mnt'
		want_success
		want_out "/mnt
marker"
	done
}

root_without_the_option()
{
	start_chrooted unshare --mount
	run nshandle join -t "$box" -m sh -c 'pwd -P; ls -d /mnt/[mr]*'
	want_success
	want_out "/
/mnt/root"
}

root_in_the_same_mount_namespace()
{
	need_flags
	start_chrooted env
	# As uid 0 without what joining the mount namespace takes
	run without -sys_admin nshandle join -t "$box" -m --skip-joined \
		--root sh -c 'pwd -P; ls /mnt'
	want_success
	want_out "/mnt
marker"
}

# --all leaves the mount namespace out, but not the root.
root_with_all()
{
	need_flags
	start_chrooted unshare --uts
	run nshandle join -t "$box" -a --root sh -c \
		'pwd -P; ls /mnt; readlink /proc/self/ns/uts'
	want_success
	want_out "/mnt
marker
$(link "$box" uts)"
}

prepare_flags_cases
# shellcheck disable=SC2086 # a list of words
run_cases $cases
