#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The options that nshandle join shares with nsenter(1) do what they do there.
#
# Each is run with nsenter-2.41, too, if there is one. Needs root, unshare(1) and
# setpriv(1) of util-linux.

cases="
help_has_each
ids_by_number
ids_of_the_process
ids_of_the_process_in_its_user_namespace
ids_that_are_refused
working_directory
working_directory_in_the_namespace
root_by_directory
root_without_the_working_directory
root_by_descriptor_of_the_process
environment
control_group
no_fork
user_parent
user_parent_of_the_user_namespace
namespace_by_file
namespace_by_file_is_alone
namespace_by_a_wrong_file
process_by_its_inode
nothing_is_joined_if_the_rest_fails
sets_have_no_process
"

. "$(dirname "$0")/cmd_lib.sh"
own_mounts "$1"

# WANT OPTION... -- COMMAND...: both print this
both()
{
	want=$1
	shift
	run nshandle join "$@"
	want_success
	want_out "$want"
	command -v nsenter-2.41 >/dev/null || return 0
	run nsenter-2.41 "$@"
	want_status 0
	want_out "$want"
}

help_has_each()
{
	nshandle join --help >"$tmp/help"
	for option in -t,--target -m,--mount -u,--uts -i,--ipc -n,--net \
		-p,--pid -U,--user -C,--cgroup -T,--time -S,--setuid \
		-G,--setgid -r,--root -w,--wd -W,--wdns -e,--env \
		-c,--join-cgroup -F,--no-fork; do
		grep -q "^  ${option%,*}, ${option#*,}" "$tmp/help" ||
			fail "no $option in: $(cat "$tmp/help")"
	done
	for option in user-parent preserve-credentials; do
		grep -q "^      --$option" "$tmp/help" || fail "no --$option"
	done
}

# shellcheck disable=SC2016 # for the inner shell
ids='echo $(id -u) $(id -g) $(id -G)'

ids_by_number()
{
	both "7 8 8" -t "$full" -u -S 7 -G 8 -- sh -c "$ids"
	both "0 8 8" -t "$full" -u --setgid=8 -- sh -c "$ids"
	both 7 -t "$full" -u --setuid 7 -- id -u
	start_mapped
	both "7 8 8" -t "$box" -U -S 7 -G 8 -- sh -c "$ids"
	both "7 0 0" -t "$box" -U -S 7 -- sh -c "$ids"
}

# A process in a user namespace in which 0 is 100000 of ours: uid 5, gid 6
start_mapped()
{
	start_box unshare --user --uts
	echo "0 100000 1000" >"/proc/$box/uid_map"
	echo "0 200000 1000" >"/proc/$box/gid_map"
	start_box nsenter -t "$box" -U -u -S 5 -G 6
}

ids_of_the_process()
{
	start_box setpriv --reuid 1000 --regid 1001 --clear-groups
	both "1000 1001 1001" -t "$box" -u -S follow -G follow -- sh -c "$ids"
	both "0 1001 1001" -t "$box" -u --setgid=follow -- sh -c "$ids"
	# in the caller's user namespace
	start_mapped
	both "100005 200006 200006" -t "$box" -u -S follow -G follow -- sh -c "$ids"
}

ids_of_the_process_in_its_user_namespace()
{
	start_mapped
	both "5 6 6" -t "$box" -U -u -S follow -G follow -- sh -c "$ids"
	both "5 0 0" -t "$box" -a -S follow -- sh -c "$ids"
	# The caller is in it already.
	run nshandle join -t "$box" -U -- nshandle join -t "$box" -u \
		-S follow -G follow -- sh -c "$ids"
	want_success
	want_out "5 6 6"
}

ids_that_are_refused()
{
	for id in -1 x 5x 4294967295 followed "" " 5"; do
		run nshandle join -t "$full" -u -S "$id" true
		want_usage_message "-S: '$id' is neither a number nor 'follow'"
		run nshandle join -t "$full" -u --setgid="$id" true
		want_usage_message "-G: '$id' is neither a number nor 'follow'"
	done
	start_mapped
	run nshandle join -t "$box" -U -S 1000 echo ran
	want_failure "cannot become uid 1000: Invalid argument"
	run as_nobody nshandle join -t "$full" -u -S 5 echo ran
	want_status 1
	run nshandle join -t "$box" -u --user-parent -S follow true
	want_usage_message "'follow' is for the user namespace of the process, not for --user-parent"
}

# In /mnt/root/mnt of its own mount namespace
start_elsewhere()
{
	# shellcheck disable=SC2016 # for the inner shell
	start_box unshare --mount sh -c \
		'mount -t tmpfs none /mnt && mkdir -p /mnt/a/b /mnt/c &&
		cd /mnt/a && exec "$@"' sh
}

working_directory()
{
	start_elsewhere
	both /mnt/a -t "$box" -m -w -- pwd
	both /mnt/a -t "$box" --mount --wd -- pwd
	both / -t "$box" -m -- pwd
	both /etc -t "$box" -u -w/etc -- pwd
	both /etc -t "$box" -u --wd=/etc -- pwd
	run nshandle join -t "$box" -m --wd=/nowhere echo ran
	want_failure "cannot open /nowhere: No such file or directory"
}

working_directory_in_the_namespace()
{
	start_elsewhere
	both /mnt/c -t "$box" -m -W/mnt/c -- pwd
	both /mnt/a/b -t "$box" -m --wdns=/mnt/a/b -- pwd
	run nshandle join -t "$box" -m -W /mnt/d echo ran
	want_failure "cannot change to /mnt/d: No such file or directory"
	run nshandle join -t "$box" -m -W /mnt -w true
	want_usage_message "-w and -W: only one can be meant"
}

root_by_directory()
{
	both marker -t "$full" -u -r/mnt/root -- ls /mnt
	both marker -t "$full" -u --root=/mnt/root -- ls /mnt
	run nshandle join -t "$full" -u --root=/mnt/root -- pwd
	want_success
	want_out /
	both /mnt -t "$full" -u --root=/mnt/root -W/mnt -- pwd
	run nshandle join -t "$full" -u --root=/nowhere echo ran
	want_failure "cannot open /nowhere: No such file or directory"
}

# Of the working directory nothing is asked: it may be on a dead file system.
root_without_the_working_directory()
{
	start_chrooted unshare --mount
	for options in "-r -W /" "-r --wd=/proc/$box/root"; do
		# shellcheck disable=SC2086 # several words
		run nshandle join -t "$box" -m $options sh -c 'pwd; ls /mnt'
		want_success
		want_out "/
marker"
	done
	has_strace
	run strace -f -e trace=openat,setns -o "$tmp/trace" \
		nshandle join -t "$box" -m -r -W / true
	want_success
	! grep -q '"cwd"' "$tmp/trace" || fail "$(cat "$tmp/trace")"
	# before the join
	grep -n '"root"\|setns(' "$tmp/trace" | sed 's/:.*//' >"$tmp/lines"
	[ "$(grep -c . "$tmp/lines")" -eq 2 ] || fail "$(cat "$tmp/trace")"
	grep '"root"\|setns(' "$tmp/trace" | head -n 1 | grep -q '"root"' ||
		fail "$(cat "$tmp/trace")"
}

# On any kernel
root_by_descriptor_of_the_process()
{
	start_chrooted unshare --mount
	run nshandle join -t "$box" -m --root="/proc/$box/root" \
		--wd="/proc/$box/cwd" sh -c 'pwd; ls'
	want_success
	want_out "/mnt
marker"
}

environment()
{
	start_box env -i A=1 "B=two words" PATH="$PATH"
	# shellcheck disable=SC2016 # for the inner shell
	both "1 two words none" -t "$box" -u -e -- sh -c \
		'echo $A $B ${HERE:-none}'
	HERE=here run nshandle join -t "$box" -u --env -- env
	want_success
	grep -qx "B=two words" "$tmp/out" || fail "$(cat "$tmp/out")"
	! grep -q ^HERE "$tmp/out" || fail "$(cat "$tmp/out")"
}

control_group()
{
	for root in /sys/fs/cgroup /sys/fs/cgroup/unified ''; do
		[ ! -e "$root/cgroup.procs" ] || break
	done
	mkdir "$root/nshandle-test" 2>/dev/null ||
		skip "no cgroup can be made"
	# shellcheck disable=SC2016 # for the inner shell
	start_box unshare --uts sh -c 'echo 0 >"$0/cgroup.procs" &&
		exec "$@"' "$root/nshandle-test"
	# It knows no other place.
	if [ "$root" = /sys/fs/cgroup ]; then
		both 0::/nshandle-test -t "$box" -u -c -- \
			sed -n '/^0::/p' /proc/self/cgroup
	fi
	# The child, and not the nshandle that waits
	for option in -u -p; do
		run nshandle join -t "$box" $option --join-cgroup -- sh -c \
			'sed -n /^0::/p /proc/self/cgroup'
		want_success
		want_out 0::/nshandle-test
	done
	kill -KILL "$box"
	{ wait "$box"; } 2>/dev/null
	rmdir "$root/nshandle-test" || fail "somebody is left in it"
}

no_fork()
{
	# shellcheck disable=SC2016 # for the inner shell
	nshandle join -t "$full" -p -F sh -c 'echo $$' >"$tmp/out" &
	wait $! || fail "did not join"
	want_out $!
	# shellcheck disable=SC2016 # for the inner shell
	both 0 -t "$full" -p --no-fork -- sh -c \
		'sh -c "echo \$PPID" & wait'
}

# net belongs to the user namespace above that of the process.
start_nested()
{
	start_box unshare --user --map-root-user --net --uts \
		unshare --user --map-root-user
	for type in user net uts; do
		[ "$(link "$box" $type)" != "$(link $$ $type)" ] ||
			fail "no $type namespace of its own"
	done
}

user_parent()
{
	start_nested
	run nshandle join -t "$box" -n --user-parent -- sh -c \
		'readlink /proc/self/ns/user; readlink /proc/self/ns/net; id -u'
	want_success
	case $(sed -n 1p "$tmp/out") in
	"$(link "$box" user)" | "$(link $$ user)") fail "$(cat "$tmp/out")" ;;
	esac
	[ "$(sed -n '2,$p' "$tmp/out")" = "$(link "$box" net)
0" ] || fail "$(cat "$tmp/out")"
	both "$(cat "$tmp/out")" -t "$box" -n --user-parent -- sh -c \
		'readlink /proc/self/ns/user; readlink /proc/self/ns/net; id -u'
}

user_parent_of_the_user_namespace()
{
	start_nested
	run nshandle join -t "$box" -n --user-parent -- readlink \
		/proc/self/ns/user
	both "$(cat "$tmp/out")" -t "$box" -U --user-parent -- readlink \
		/proc/self/ns/user
	# The caller's own: there is nothing to join.
	start_box unshare --uts
	run nshandle join -t "$box" -u --user-parent -- sh -c \
		'readlink /proc/self/ns/user; readlink /proc/self/ns/uts'
	want_success
	want_out "$(link $$ user)
$(link "$box" uts)"
}

namespace_by_file()
{
	for pair in mount=mnt uts=uts ipc=ipc net=net cgroup=cgroup user=user; do
		both "$(link "$full" "${pair#*=}")" \
			"--${pair%=*}=/proc/$full/ns/${pair#*=}" -- \
			readlink "/proc/self/ns/${pair#*=}"
	done
	# shellcheck disable=SC2016 # for the inner shell
	both 0 --pid="/proc/$full/ns/pid" -- sh -c 'echo $PPID'
	mount_file=$tmp/net
	: >"$mount_file"
	mount --bind "/proc/$full/ns/net" "$mount_file"
	both "$(link "$full" net)" --net="$mount_file" -- readlink \
		/proc/self/ns/net
	umount "$mount_file"
}

namespace_by_file_is_alone()
{
	file=/proc/$full/ns/net
	for options in "-t $full" -u -a --skip-joined --dry-run --user-parent; do
		# shellcheck disable=SC2086 # several words
		run nshandle join --net="$file" $options true
		want_usage_message "'$file': a namespace by its file is joined alone, without -t and its options"
	done
	for options in -w -r -e -c "-S follow"; do
		# shellcheck disable=SC2086 # several words
		run nshandle join --net="$file" $options true
		want_usage_message "'$file': a namespace has no root, working directory, environment, control group or ids of its own"
	done
	run nshandle join -n"$file" true
	want_usage_message "the file of a namespace needs the long option: --net=FILE"
	run nshandle join --net="$file" --uts="/proc/$full/ns/uts" true
	want_usage_message "'$file' and '/proc/$full/ns/uts': only one namespace can be given by its file"
}

namespace_by_a_wrong_file()
{
	run nshandle join --uts="/proc/$full/ns/net" echo ran
	want_failure "join: /proc/$full/ns/net: not a uts namespace, but a net namespace"
	run nshandle join --net=/etc/passwd echo ran
	want_failure "join: /etc/passwd: not a namespace file"
	run nshandle join --net=/nowhere echo ran
	want_failure "join: /nowhere: No such file or directory"
	run as_nobody nshandle join --net=/proc/self/ns/net echo ran
	want_failure "cannot join net of /proc/self/ns/net: Operation not permitted (needs CAP_SYS_ADMIN over it, and in COMMAND's user namespace)"
}

process_by_its_inode()
{
	inode=$(nshandle show --json "$full" |
		sed 's/.*"inode": \([a-z0-9]*\), "namespaces".*/\1/')
	if [ "$inode" = null ]; then
		run nshandle join -t "$full:5" -u echo ran
		want_failure "$full:5: on this kernel the pidfd of a process has no inode number of its own (Linux 6.9 with 64 bits is needed)"
		return
	fi
	run nshandle join -t "$full:$inode" -u readlink /proc/self/ns/uts
	want_success
	want_out "$(link "$full" uts)"
	run nshandle show "$full:$inode"
	want_success
	want_out "$(nshandle show "$full")"
	wrong=$((inode + 1))
	for command in "join -u -t" show last-pid; do
		# shellcheck disable=SC2086 # several words
		run nshandle $command "$full:$wrong"
		want_failure "process $full is another process by now: the inode number of its pidfd is $inode"
	done
	for text in "$full:" "$full:x" "$full:0" "0:$inode" ":$inode" \
		"$full:99999999999999999999"; do
		run nshandle join -u -t "$text" true
		want_usage_message "'$text' is not a process id"
	done
}

# All is opened before the one setns(2), so that it need not be undone.
nothing_is_joined_if_the_rest_fails()
{
	has_strace
	for options in --wd=/nowhere --root=/nowhere; do
		run strace -f -e trace=setns -o "$tmp/trace" \
			nshandle join -t "$full" -u $options echo ran
		want_status 1
		want_out ""
		! grep -q setns "$tmp/trace" || fail "$(cat "$tmp/trace")"
	done
	start_elsewhere
	run strace -f -e trace=openat,setns -o "$tmp/trace" \
		nshandle join -t "$box" -m -w -e -S follow true
	want_success
	[ "$(sed -n '/setns(/,$p' "$tmp/trace" |
		grep -c '"environ"\|"cwd"\|"status"')" -eq 0 ] ||
		fail "$(cat "$tmp/trace")"
	[ "$(grep -c '"environ"\|"cwd"\|"status"' "$tmp/trace")" -eq 3 ] ||
		fail "$(cat "$tmp/trace")"
}

sets_have_no_process()
{
	need_sets
	for options in -e -c -w "-S follow" "-r -W /"; do
		# shellcheck disable=SC2086 # several words
		run nshandle hold -t "$full" nshandle join -t fd:3 -m $options \
			true
		want_failure "join: set fd:3 has no process to take anything from but namespaces and its root"
	done
	run nshandle hold -t "$full" nshandle join -t fd:3 -m --root=/mnt/root \
		-S 5 -W / pwd
	want_success
	want_out /
}

prepare_set_cases
# shellcheck disable=SC2086 # a list of words
run_cases $cases
