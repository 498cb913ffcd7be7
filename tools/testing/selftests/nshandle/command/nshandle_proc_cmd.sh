#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# nshandle proc mounts procfs of the pid namespace named, or says why not.
#
# Needs root, unshare(1) of util-linux and, for the cases that count system calls
# or let some fail, strace.

cases="
proc_usage_errors
proc_by_pid
proc_by_file
proc_by_file_before_the_init
proc_on_a_link
proc_pid_is_the_callers_number
proc_mount_flags
proc_options_of_procfs
proc_options_add_up
proc_needs_no_procfs
proc_calls
proc_by_link_without_the_ioctl
proc_kernel_without_pidns
proc_option_refused
proc_not_a_pid_namespace
proc_not_below
proc_not_over_the_owner
proc_may_not_mount
proc_process_not_readable
proc_missing_process
proc_zombie
proc_file_not_found
proc_file_is_not_opened
proc_bad_directory
proc_late_failures
proc_beside_a_covered_procfs
"
. "$(dirname "$0")/cmd_lib.sh"
own_mounts "$1"

# Run a command that must leave no mount.
unchanged()
{
	before=$(cat /proc/self/mountinfo)
	"$@"
	[ "$(cat /proc/self/mountinfo)" = "$before" ] ||
		fail "mounted: $(tail -n 1 /proc/self/mountinfo)"
}

# MESSAGE COMMAND...: it fails and leaves no mount.
refused()
{
	message=$1
	shift
	unchanged run "$@"
	want_failure "$message"
}

want_mount()
{
	[ "$mount" = "$1" ] || fail "mounted '$mount', not '$1'"
}

# $dir shows the pid namespace of the box, in which it is alone.
want_box()
{
	processes=$(cd "$dir" && echo [0-9]*)
	[ "$processes" = 1 ] || fail "it shows '$processes'"
	[ "$(readlink "$dir/1/ns/uts")" = "$(link "$full" uts)" ] ||
		fail "1 is another process"
}

# $dir shows our own.
want_own()
{
	[ "$(readlink "$dir/self/ns/pid")" = "$(link self pid)" ] ||
		fail "not our own"
}

proc_usage_errors()
{
	run nshandle proc
	want_usage_message "which pid namespace? --pidns is missing"
	run nshandle proc --pidns 1
	want_usage_message "where? DIR is missing"
	run nshandle proc --pidns 1 / /
	want_usage_message "there is more than one DIR"
	run nshandle proc --pidns
	want_usage_message "--pidns: its value is missing"
	run nshandle proc -x
	want_usage_message "there is no option -x"
	run nshandle proc --pids 1 /
	want_usage_message "--pids: no such option, or wrongly used"
	for pid in 0 2147483648 99999999999999999999; do
		run nshandle proc --pidns $pid "$dir"
		want_usage_message "'$pid' is not a process id"
	done
	for options in pidns=/x pidns ro,pidns=/x pidns=/x,ro ,pidns; do
		run nshandle proc --pidns $$ -o $options "$dir"
		want_usage_message "-o $options: pidns is an option of its own, --pidns"
	done
}

proc_by_pid()
{
	need_pidns
	mount_proc --pidns "$full"
	want_box
	want_mount "rw,nosuid,nodev,noexec,relatime proc proc rw"
	mount_proc --pidns $$
	want_own
	# What it is in, not what its next child would be.
	start_box unshare --pid --fork
	read -r _ _ _ parent _ <"/proc/$box/stat"
	umount "$dir"
	run nshandle proc --pidns "$parent" "$dir"
	want_status 0
	want_err "nshandle: proc: note: process $parent is in the caller's pid namespace, its next children are not (its file in /proc/PID/ns is pid_for_children)"
	want_own
}

proc_by_file()
{
	need_pidns
	: >/mnt/bound
	mount --bind "/proc/$full/ns/pid" /mnt/bound
	ln -s bound /mnt/symlink
	for file in "/proc/$full/ns/pid" /mnt/bound /mnt/symlink; do
		mount_proc --pidns "$file"
		want_box
	done
	cd /mnt || exit
	mount_proc --pidns bound
	want_box
	mount_proc --pidns ./symlink
	want_box
}

# Nobody lives there yet.
proc_by_file_before_the_init()
{
	need_pidns
	start_box unshare --pid
	mount_proc --pidns "/proc/$box/ns/pid_for_children"
	processes=$(cd "$dir" && echo [0-9]*)
	[ "$processes" = "[0-9]*" ] || fail "it shows '$processes'"
	[ -e "$dir/filesystems" ] || fail "it is no procfs"
}

proc_on_a_link()
{
	need_pidns
	ln -s proc /mnt/link
	run nshandle proc --pidns "$full" /mnt/link
	want_success
	want_box
}

proc_pid_is_the_callers_number()
{
	need_pidns
	run nshandle join -p -t "$full" nshandle proc --pidns 1 "$dir"
	want_success
	want_box
}

proc_mount_flags()
{
	need_pidns
	while read -r options want; do
		mount_proc --pidns "$full" -o "$options"
		want_mount "$want proc proc rw"
	done <<-EOF
		ro		ro,nosuid,nodev,noexec,relatime
		ro,rw		rw,nosuid,nodev,noexec,relatime
		suid		rw,nodev,noexec,relatime
		dev		rw,nosuid,noexec,relatime
		exec		rw,nosuid,nodev,relatime
		suid,dev,exec	rw,relatime
		exec,noexec	rw,nosuid,nodev,noexec,relatime
		suid,nosuid	rw,nosuid,nodev,noexec,relatime
		dev,nodev	rw,nosuid,nodev,noexec,relatime
		noatime		rw,nosuid,nodev,noexec,noatime
		strictatime	rw,nosuid,nodev,noexec
		noatime,relatime	rw,nosuid,nodev,noexec,relatime
		nodiratime	rw,nosuid,nodev,noexec,nodiratime,relatime
		nodiratime,diratime	rw,nosuid,nodev,noexec,relatime
		nosymfollow	rw,nosuid,nodev,noexec,relatime,nosymfollow
		nosymfollow,symfollow	rw,nosuid,nodev,noexec,relatime
	EOF
}

proc_options_of_procfs()
{
	need_pidns
	while read -r options want; do
		mount_proc --pidns "$full" -o "$options"
		want_box
		want_mount "rw,nosuid,nodev,noexec,relatime proc proc $want"
	done <<-EOF
		hidepid=1	rw,hidepid=noaccess
		hidepid=invisible	rw,hidepid=invisible
		gid=1000	rw,gid=1000
		subset=pid	rw,subset=pid
		hidepid=2,gid=7,subset=pid	rw,gid=7,hidepid=invisible,subset=pid
	EOF
	# They are at work: nobody but a member of gid 7 sees the process.
	run setpriv --reuid 65534 --regid 65534 --clear-groups ls "$dir/1"
	[ "$status" -ne 0 ] || fail "hidepid= hides nothing"
	run setpriv --reuid 65534 --regid 7 --clear-groups ls "$dir/1"
	want_success
	[ ! -e "$dir/uptime" ] || fail "subset= leaves out nothing"
}

proc_options_add_up()
{
	need_pidns
	mount_proc -o ro --pidns "$full" --options=hidepid=1,,exec -o ,gid=5,
	want_mount "ro,nosuid,nodev,relatime proc proc rw,gid=5,hidepid=noaccess"
	mount_proc --pidns "$full" -o ""
	want_box
}

proc_needs_no_procfs()
{
	need_pidns
	# shellcheck disable=SC2016 # for the inner shell
	run unshare --mount sh -c 'mount -t tmpfs none /proc &&
		nshandle proc --pidns "$0" /proc && cd /proc && echo [0-9]*' \
		"$full"
	want_success
	want_out 1
}

calls()
{
	has_strace
	umount "$dir" 2>/dev/null
	run strace -f -o "$tmp/trace" -e trace=pidfd_open,ioctl,statfs,?statfs64,fsopen,fsconfig,fsmount,move_mount,mount,setns,unshare,clone,clone3,?fork,?vfork "$@"
	want_success
	sed -n 's/statfs64/statfs/; s/^[0-9]* *\([a-z_0-9]*\)(.*/\1/p' "$tmp/trace" |
		tr '\n' ' '
}

proc_calls()
{
	need_pidns
	made=$(calls nshandle proc --pidns "$full" "$dir") || exit
	[ "$made" = "pidfd_open ioctl pidfd_open ioctl ioctl fsopen fsconfig fsconfig fsconfig fsmount move_mount " ] ||
		fail "$made"
	made=$(calls nshandle proc --pidns "/proc/$full/ns/pid" "$dir") ||
		exit
	[ "$made" = "statfs fsopen fsconfig fsconfig fsconfig fsmount move_mount " ] ||
		fail "$made"
}

proc_by_link_without_the_ioctl()
{
	need_pidns
	with_fault ioctl:error=ENOTTY proc --pidns "$full" "$dir"
	want_success
	want_box
}

proc_kernel_without_pidns()
{
	umount "$dir" 2>/dev/null
	if [ -n "$lacks_pidns" ]; then
		refused "proc: this kernel's procfs does not know pidns=" \
			nshandle proc --pidns $$ "$dir"
	else
		mount_proc --pidns $$
	fi
}

proc_option_refused()
{
	need_query
	while IFS=: read -r option reason; do
		refused "proc: $option: $reason: Invalid argument" \
			nshandle proc --pidns "$full" -o "ro,$option" "$dir"
	done <<-EOF
		hidepid=9:unknown value of hidepid - 9
		subset=x:unsupported subset option - x
		gid=x:Bad value for 'gid'
		hidepid:Bad value for 'hidepid'
		colour=blue:Unknown parameter 'colour'
		quiet:Unknown parameter 'quiet'
	EOF
	# The kernel says nothing here: too long for a value.
	long=$(printf '%0256d' 0)
	refused "proc: gid=$long: Invalid argument" \
		nshandle proc --pidns "$full" -o "gid=$long" "$dir"
}

proc_not_a_pid_namespace()
{
	need_query
	for type in user mnt uts ipc cgroup net time; do
		file=/proc/$full/ns/$type
		refused "proc: $file: pidns: not a pid namespace: Invalid argument" \
			nshandle proc --pidns "$file" "$dir"
	done
}

proc_not_below()
{
	need_query
	start_box unshare --pid --fork
	for other in $$ "$box"; do
		file=/proc/$other/ns/pid
		refused "proc: $file: pidns: neither the active pid namespace nor below it: Invalid argument" \
			nshandle join -p -t "$full" \
			nshandle proc --pidns "$file" "$dir"
	done
}

proc_not_over_the_owner()
{
	need_query
	# shellcheck disable=SC2016 # for the inner shell
	refused "proc: /proc/self/ns/pid: pidns: CAP_SYS_ADMIN over the owner of the pid namespace is needed: Operation not permitted" \
		unshare --user --map-root-user --mount sh -c \
		'nshandle proc --pidns /proc/self/ns/pid "$0"; status=$?
		! grep " $0 " /proc/self/mountinfo || status=99
		exit $status' "$dir"
}

proc_may_not_mount()
{
	refused "proc: cannot make one: Operation not permitted (needs CAP_SYS_ADMIN over the mount namespace)" \
		as_nobody nshandle proc --pidns /proc/self/ns/pid "$dir"
}

proc_process_not_readable()
{
	refused "cannot open the pid namespace of process $full: Permission denied (needs read access as for ptrace)" \
		as_nobody nshandle proc --pidns "$full" "$dir"
	refused "proc: /proc/$full/ns/pid: Permission denied" \
		as_nobody nshandle proc --pidns "/proc/$full/ns/pid" "$dir"
}

proc_missing_process()
{
	# A pid_t, but above any pid_max: nobody has it.
	refused "cannot open process 2147483647: No such process" \
		nshandle proc --pidns 2147483647 "$dir"
}

proc_zombie()
{
	start_zombie
	refused "cannot open the pid namespace of process $dead: No such process (it is a zombie: it has ended)" \
		nshandle proc --pidns "$dead" "$dir"
}

proc_file_not_found()
{
	ln -sf nowhere "$tmp/dangling"
	ln -sf loop "$tmp/loop"
	refused "proc: $tmp/dangling: No such file or directory" \
		nshandle proc --pidns "$tmp/dangling" "$dir"
	refused "proc: $tmp/loop: Too many levels of symbolic links" \
		nshandle proc --pidns "$tmp/loop" "$dir"
	refused "proc: /dev/null/ns: Not a directory" \
		nshandle proc --pidns /dev/null/ns "$dir"
}

proc_file_is_not_opened()
{
	mkfifo "$tmp/fifo"
	for file in "$tmp/fifo" /dev/null "$tmp" "$tmp/boxes"; do
		refused "proc: $file: not a namespace file" \
			nshandle proc --pidns "$file" "$dir"
	done
	has_strace
	run strace -o "$tmp/trace" nshandle proc --pidns "$tmp/fifo" "$dir"
	grep -qE "^statfs(64)?\(\"$tmp/fifo\"" "$tmp/trace" || fail "no statfs"
	! grep "^open.*fifo" "$tmp/trace" || fail "it was opened"
}

proc_bad_directory()
{
	need_pidns
	refused "proc: cannot mount it on /nowhere: No such file or directory" \
		nshandle proc --pidns "$full" /nowhere
	refused "proc: cannot mount it on $tmp/boxes: Invalid argument (is it a directory?)" \
		nshandle proc --pidns "$full" "$tmp/boxes"
}

proc_late_failures()
{
	need_pidns
	while IFS=: read -r call when message; do
		unchanged with_fault "$call:error=ENOMEM:when=$when" \
			proc --pidns "$full" -o ro "$dir"
		want_failure "proc: $message: Cannot allocate memory"
	done <<-EOF
		fsopen:1:cannot make one
		fsconfig:1:source
		fsconfig:2:$full
		fsconfig:3:cannot make the instance
		fsmount:1:cannot mount it
		move_mount:1:cannot mount it on $dir
	EOF
}

proc_beside_a_covered_procfs()
{
	need_pidns
	# shellcheck disable=SC2016 # for the inner shell
	refused "proc: cannot mount it: Operation not permitted (a user namespace needs a procfs without anything mounted over its files)" \
		unshare --mount sh -c \
		'mount --bind /dev/null /proc/version || exit 99
		unshare --user --map-root-user --mount --pid --fork \
			nshandle proc --pidns /proc/self/ns/pid "$0"' "$dir"
}

prepare_procfs_cases
# shellcheck disable=SC2086 # a list of words
run_cases $cases
