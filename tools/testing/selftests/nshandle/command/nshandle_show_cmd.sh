#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# nshandle show prints the namespaces of a process or of an instance of procfs.
#
# Needs root, unshare(1) of util-linux and, for the cases that let system calls
# fail, strace.

cases="
show_usage_errors
show_ourselves
show_process
show_children_elsewhere
show_children_unborn
show_process_json
show_process_by_links
show_process_refused
show_missing_process
show_zombie
show_procfs
show_procfs_from_inside
show_procfs_json
show_procfs_refused
show_procfs_by_pid1
show_not_a_procfs
show_full_disk
"
# The rows of nshandle show, in their order.
names="user mnt uts ipc pid pid_for_children cgroup net time time_for_children"

. "$(dirname "$0")/cmd_lib.sh"
own_mounts "$1"

show_usage_errors()
{
	run nshandle show
	want_usage_message "what? PID or a directory is missing"
	run nshandle show --json
	want_usage_message "what? PID or a directory is missing"
	run nshandle show 1 2
	want_usage_message "more than one is asked for"
	run nshandle show -x
	want_usage_message "there is no option -x"
	run nshandle show --xml 1
	want_usage_message "--xml: no such option, or wrongly used"
	for pid in 0 2147483648 99999999999999999999; do
		run nshandle show $pid
		want_usage_message "'$pid' is not a process id"
	done
}

row()
{
	printf '%-18s%-12s%s\n' "$@"
}

# Inodes of a process's namespaces, by the links in /proc.
inodes()
{
	# shellcheck disable=SC2086 # a list of words
	(cd "/proc/$1/ns" && stat -L -c '%n %i' $names) 2>/dev/null
}

# What is expected of a process: awk finds names[], their[inode], our[inode].
expected()
{
	{ inodes self; echo; inodes "$1"; } | awk -v names="$names" '
		BEGIN { n = split(names, name) }
		NF == 0 { theirs = 1 }
		NF && !theirs { our[$1] = $2 }
		NF && theirs { their[$1] = $2 }
		'"$2"
}

table_of()
{
	# shellcheck disable=SC2016 # for awk
	expected "$1" '
		function row(a, b, c) { printf "%-18s%-12s%s\n", a, b, c }
		END {
			row("NAMESPACE", "INODE", "CALLER")
			for (i = 1; i <= n; i++) {
				t = name[i]
				own = t
				if (!sub(/_for_children$/, "", own))
					own = ""
				if (!(t in their))
					row(t, "-", "-")
				else if (!own || their[t] != their[own])
					row(t, their[t], their[t] == our[t] ? \
						"same" : "other")
			}
		}'
}

# PROCESS: its object, without the inode number of its pidfd
run_json()
{
	run nshandle show --json "$1"
	drop_inode
}

drop_inode()
{
	sed -i '1s/"inode": [0-9nul]*, "namespaces"/"namespaces"/' "$tmp/out"
}

json_of()
{
	# shellcheck disable=SC2016 # for awk
	expected "$1" '
		END {
			printf "{\"kind\": \"process\", \"pid\": %d", '"$1"'
			printf ", \"namespaces\": {"
			for (i = 1; i <= n; i++) {
				t = name[i]
				printf "%s\"%s\": ", comma, t
				printf "{\"inode\": %s, ", their[t]
				printf "\"same\": %s}", their[t] == our[t] ? \
					"true" : "false"
				comma = ", "
			}
			print "}}"
		}'
}

show_ourselves()
{
	run nshandle show $$
	want_success
	want_out "$(table_of $$)"
	[ "$(grep -c ' same$' "$tmp/out")" -eq 8 ] || fail "not all the same"
}

show_process()
{
	run nshandle show "$full"
	want_success
	want_out "$(table_of "$full")"
	[ "$(grep -c ' other$' "$tmp/out")" -eq 8 ] || fail "not all others"
	start_box unshare --uts --net
	run nshandle show "$box"
	want_success
	want_out "$(table_of "$box")"
	[ "$(grep -c ' other$' "$tmp/out")" -eq 2 ] || fail "not two others"
}

# It is the parent's children that are elsewhere, not yet itself.
show_children_elsewhere()
{
	start_box unshare --pid --time --fork
	read -r _ _ _ parent _ <"/proc/$box/stat"
	run nshandle show "$parent"
	want_success
	want_out "$(table_of "$parent")"
	[ "$(grep -c ' other$' "$tmp/out")" -eq 2 ] || fail "not two others"
	run_json "$parent"
	want_success
	want_out "$(json_of "$parent")"
}

# The first child of the box would be its init. Older kernels have no link to
# that pid namespace before.
show_children_unborn()
{
	start_box unshare --pid
	inode=null same=null word=-
	if [ -e "/proc/$box/ns/pid_for_children" ]; then
		inode=$(inode "$box" pid_for_children) same=false word=other
	fi
	with_fault ioctl:error=ENOTTY show "$box"
	want_success
	want_out "$(table_of "$box")"
	grep -q "^pid_for_children .* $word$" "$tmp/out" || fail "no such line"
	with_fault ioctl:error=ENOTTY show --json "$box"
	want_success
	grep -q "\"pid_for_children\": {\"inode\": $inode, \"same\": $same}" \
		"$tmp/out" || fail "$(cat "$tmp/out")"

	run nshandle show "$box"
	want_success
	line=$(grep '^pid_for_children ' "$tmp/out")
	case $line in
	*" - "*) skip "pidfds without ioctls" ;;
	*" $(inode "$box" pid) "* | *same) fail "$line" ;;
	*" other") ;;
	*) fail "no such line: $(cat "$tmp/out")" ;;
	esac
}

show_process_json()
{
	for pid in $$ "$full"; do
		run_json "$pid"
		want_success
		want_out "$(json_of "$pid")"
	done
}

show_process_by_links()
{
	with_fault ioctl:error=ENOTTY show "$full"
	want_success
	want_out "$(table_of "$full")"
}

show_process_refused()
{
	for json in "" --json; do
		run as_nobody nshandle show $json "$full"
		want_failure "cannot open the user namespace of process $full: Permission denied (needs read access as for ptrace)"
	done
}

show_missing_process()
{
	run nshandle show 2147483647
	want_failure "cannot open process 2147483647: No such process"
	# shellcheck disable=SC2016 # for the inner shell
	run unshare --mount strace -qq -o /dev/null -e trace=ioctl \
		-e inject=ioctl:error=ENOTTY sh -c \
		'mount -t tmpfs none /proc && exec nshandle show $$'
	want_failure "cannot open the user namespace of process $(tail -n 1 "$tmp/err" | tr -cd 0-9): No such file or directory (/proc does not show the process)"
}

show_zombie()
{
	start_zombie
	run nshandle show "$dead"
	want_failure "cannot open the user namespace of process $dead: No such process (it is a zombie: it has ended)"
}

# What is expected of a procfs of this process's pid namespace, which belongs
# to its user namespace: in column CALLER of both, and of which the parent is.
table_of_procfs()
{
	row NAMESPACE INODE CALLER
	row pid "$(inode "$1" pid)" "$2"
	if [ -n "$4" ]; then
		row parent "$(inode "$4" pid)" same
	else
		row parent - -
	fi
	row owner "$(inode "$1" user)" "$3"
}

show_procfs()
{
	need_query
	run nshandle show /proc
	want_success
	want_out "$(table_of_procfs $$ same "same   uid 0" "")"

	start_box unshare --setgid 1000 --setuid 1000 \
		unshare --user --map-root-user --pid --fork
	for owner in "$full=0" "$box=1000"; do
		mount_proc --pidns "${owner%=*}"
		run nshandle show "$dir"
		want_success
		want_out "$(table_of_procfs "${owner%=*}" other \
			"other  uid ${owner#*=}" $$)"
	done
}

# No one is told of what is above.
show_procfs_from_inside()
{
	need_query
	mount_proc --pidns "$full"
	run nshandle join -Up -t "$full" nshandle show "$dir"
	want_success
	want_out "$(table_of_procfs "$full" same "same   uid 0" "")"
	run nshandle join -Up -t "$full" nshandle show --json "$dir"
	want_success
	want_out "{\"kind\": \"procfs\", \"source\": \"ioctl\", \"owner_uid\": 0, \"namespaces\": {\"pid\": {\"inode\": $(inode "$full" pid), \"same\": true}, \"parent\": {\"inode\": null, \"same\": null}, \"owner\": {\"inode\": $(inode "$full" user), \"same\": true}}}"
}

# Of a procfs of the box, whose pid namespace was found by $1.
want_procfs_json()
{
	want_success
	want_out "{\"kind\": \"procfs\", \"source\": \"$1\", \"owner_uid\": 0, \"namespaces\": {\"pid\": {\"inode\": $(inode "$full" pid), \"same\": false}, \"parent\": {\"inode\": $(inode $$ pid), \"same\": true}, \"owner\": {\"inode\": $(inode "$full" user), \"same\": false}}}"
}

show_procfs_json()
{
	need_query
	mount_proc --pidns "$full"
	run nshandle show --json "$dir"
	want_procfs_json ioctl
}

show_procfs_refused()
{
	need_query
	mount_proc --pidns "$full"
	for json in "" --json; do
		run as_nobody nshandle show $json "$dir"
		want_failure "show: $dir: Operation not permitted (needs to be in its pid namespace, or CAP_SYS_ADMIN over the owner of that)"
	done
}

# The way of old, which any kernel has.
show_procfs_by_pid1()
{
	umount "$dir" 2>/dev/null
	nshandle join -p -t "$full" mount -t proc proc "$dir" || fail "no mount"
	with_fault ioctl:error=ENOTTY:when=2 show "$dir"
	want_success
	want_out "$(table_of_procfs "$full" \
		"other  by 1/ns/pid: this kernel cannot be asked" \
		"other  uid 0" $$)"
	with_fault ioctl:error=ENOTTY:when=2 show --json "$dir"
	want_procfs_json pid1
	run as_nobody strace -qq -o /dev/null -e trace=ioctl \
		-e inject=ioctl:error=ENOTTY nshandle show "$dir"
	want_failure "show: $dir/1/ns/pid: Permission denied (and this kernel cannot be asked)"
}

show_not_a_procfs()
{
	run nshandle show "$tmp"
	want_failure "show: $tmp: not the root directory of a procfs"
	run nshandle show "/proc/$$"
	want_failure "show: /proc/$$: not the root directory of a procfs"
	run nshandle show "$tmp/boxes"
	want_failure "show: $tmp/boxes: Not a directory"
	run nshandle show /nowhere
	want_failure "show: /nowhere: No such file or directory"
}

show_full_disk()
{
	for json in "" --json; do
		status=0
		nshandle show $json $$ >/dev/full 2>"$tmp/err" || status=$?
		want_status 1
		want_err "nshandle: cannot write: No space left on device"
	done
}

prepare_procfs_cases
# shellcheck disable=SC2086 # a list of words
run_cases $cases
