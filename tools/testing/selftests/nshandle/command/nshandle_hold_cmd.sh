#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# nshandle hold runs a command with a set of namespaces as descriptor 3, and the
# set outlives the container.
#
# Needs root, unshare(1) and setpriv(1) of util-linux and, for the cases that let
# system calls fail, strace.

cases="
usage
help
kernel_without_sets
type_without_kernel
missing_process
zombie
process_refuses
announces_the_set
announces_nothing_else
becomes_the_command
joins_nothing
holds_all_without_types
holds_the_types_named
holds_the_root
holds_those_of_the_children
replaces_descriptor_3
hold_in_hold
passes_on_a_set
a_set_stays_as_it_is
no_room_for_descriptor_3
command_not_found
container_has_died
container_has_died_with_its_root
pid_namespace_has_died
a_shell_joins_several_times
"

. "$(dirname "$0")/cmd_lib.sh"
own_mounts "$1"

types_here="for t in $types; do readlink /proc/self/ns/\$t; done"

usage()
{
	run nshandle hold
	want_usage_message "which process? -t PID is missing"
	run nshandle hold -a true
	want_usage_message "which process? -t PID is missing"
	run nshandle hold -t
	want_usage_message "-t: its value is missing"
	run nshandle hold -t "$full" -x true
	want_usage_message "there is no option -x"
	run nshandle hold -t "$full" --dry-run true
	want_usage_message "--dry-run: no such option, or wrongly used"
	run nshandle hold -t "$full" -u --root true
	want_usage_message "--root needs -m or -a"
	run nshandle hold -t "$full" -m --for-children true
	want_usage_message "--for-children needs -p, -T or -a"
	for pid in "" abc 1x -1 0 2147483648; do
		run nshandle hold -t "$pid" true
		want_usage_message "'$pid' is not a process id"
	done
	for fd in fd: fd:x fd:-1 fd:+3 "fd: 3" fd:3x fd:2147483648; do
		run nshandle hold -t "$fd" true
		want_usage_message "'$fd' is not a descriptor"
	done
}

help()
{
	run nshandle hold --help
	want_success
	for option in all mount uts ipc net pid user cgroup time; do
		grep -q "^  -[a-zA-Z], --$option \+" "$tmp/out" ||
			fail "no --$option in: $(cat "$tmp/out")"
	done
	for option in for-children root; do
		grep -q "^      --$option\( \|$\)" "$tmp/out" ||
			fail "no --$option in: $(cat "$tmp/out")"
	done
	run nshandle hold --version
	want_success
	grep -q "^nshandle [0-9]" "$tmp/out" || fail "$(cat "$tmp/out")"
	run nshandle --help
	want_success
	grep -q "^  hold  " "$tmp/out" || fail "$(cat "$tmp/out")"
}

# As the unmodified kernel does, and as one whose pidfds have no ioctls.
kernel_without_sets()
{
	if [ -n "$lacks_sets" ]; then
		run nshandle hold -t "$full" echo ran
		want_failure "hold: this kernel has no sets of namespaces"
	fi
	with_fault ioctl:error=ENOTTY hold -t "$full" echo ran
	want_failure "hold: this kernel has no sets of namespaces"
	with_fault ioctl:error=EINVAL hold -t "$full" echo ran
	want_failure "hold: this kernel has no sets of namespaces"
}

# A dry run of setns(2) tells which type it is.
type_without_kernel()
{
	need_sets
	has_strace
	run strace -qq -o /dev/null -e inject=ioctl:error=EINVAL:when=1 \
		-e inject=setns:error=EINVAL:when=2 \
		nshandle hold -t "$full" -T echo ran
	want_failure "hold: this kernel has no time"
}

missing_process()
{
	run nshandle hold -t 2147483647 echo ran
	want_failure "cannot open process 2147483647: No such process"
}

zombie()
{
	need_sets
	start_zombie
	run nshandle hold -t "$dead" echo ran
	want_failure "hold: cannot make a set of namespaces of process $dead: No such process (it is a zombie: it has ended)"
}

process_refuses()
{
	need_sets
	run as_nobody nshandle hold -t "$full" echo ran
	want_failure "hold: cannot make a set of namespaces of process $full: Permission denied (needs read access as for ptrace)"
	# It may look at what is its own.
	start_box setpriv --reuid 65534 --regid 65534 --clear-groups
	run as_nobody nshandle hold -t "$box" echo ran
	want_success
	want_out ran
}

announces_the_set()
{
	need_sets
	# shellcheck disable=SC2016 # for the inner shell
	run nshandle hold -t "$full" sh -c 'readlink /proc/self/fd/3
		[ "$LISTEN_PID" = $$ ] && echo "own pid"
		env | grep "^LISTEN_[^P]" | sort'
	want_success
	want_out "anon_inode:[nsset]
own pid
LISTEN_FDNAMES=nsset
LISTEN_FDS=1"
}

# What we inherited was announced to another, or to us: it is no longer true.
announces_nothing_else()
{
	need_sets
	run env LISTEN_PID=1 LISTEN_FDS=3 LISTEN_FDNAMES=a:b:c \
		LISTEN_PIDFDID=4711 nshandle hold -t "$full" sh -c \
		'env | grep "^LISTEN_[^P]\|^LISTEN_PIDFDID" | sort'
	want_success
	want_out "LISTEN_FDNAMES=nsset
LISTEN_FDS=1"
}

# Nor is the pidfd left, or the descriptor that the kernel gave.
becomes_the_command()
{
	need_sets
	# shellcheck disable=SC2016 # for the inner shell
	nshandle hold -t "$full" sh -c 'echo $$; cd /proc/$$/fd
		for fd in *; do
			[ "$fd" -ge 10 ] || readlink "$fd" |
				grep "pidfd\|nsset"
		done; exit 0' >"$tmp/out" &
	wait $! || fail "did not run"
	want_out "$!
anon_inode:[nsset]"
	run nshandle hold -t "$full" sh -c 'exit 7'
	want_status 7
}

joins_nothing()
{
	need_sets
	run nshandle hold -t "$full" --root sh -c "$types_here; pwd"
	want_success
	want_out "$(links $$; pwd)"
}

# The lines of show that name a namespace: NAME INODE
held()
{
	awk 'NR > 1 { print $1, $2 }' "$tmp/out"
}

# PID NAME...: what the kernel says of these
want_held()
{
	want_success
	pid=$1
	shift
	for name; do
		echo "$name $(inode "$pid" "$name")"
	done >"$tmp/want"
	[ "$(held)" = "$(cat "$tmp/want")" ] ||
		fail "holds $(held), not $(cat "$tmp/want")"
}

holds_all_without_types()
{
	need_sets
	for options in "" -a --all "-a -u"; do
		# shellcheck disable=SC2086 # several words
		run nshandle hold -t "$full" $options nshandle show fd:3
		# shellcheck disable=SC2086 # a list of words
		want_held "$full" $types
	done
}

holds_the_types_named()
{
	need_sets
	for pair in -m=mnt -u=uts -i=ipc -n=net -p=pid -U=user -C=cgroup \
		-T=time --mount=mnt --uts=uts --ipc=ipc --net=net --pid=pid \
		--user=user --cgroup=cgroup --time=time; do
		run nshandle hold -t "$full" "${pair%=*}" -- nshandle show fd:3
		want_held "$full" "${pair#*=}"
	done
	run nshandle hold --target="$full" -nmu -- nshandle show fd:3
	want_held "$full" mnt uts net
}

holds_the_root()
{
	need_sets
	start_chrooted unshare --mount
	for options in "" -m "-a"; do
		# shellcheck disable=SC2086 # several words
		run nshandle hold -t "$box" $options --root \
			nshandle join -t fd:3 sh -c 'pwd -P; ls /mnt'
		want_success
		want_out "/mnt
marker"
	done
}

# Where a child of the process would be born, it is not itself.
holds_those_of_the_children()
{
	need_sets
	start_box unshare --pid --time
	run nshandle hold -t "$box" -pT --for-children nshandle show fd:3
	want_held "$box" pid_for_children time_for_children
	run nshandle hold -t "$box" -pT nshandle show fd:3
	want_held "$box" pid time
	# shellcheck disable=SC2016 # for the inner shell
	run nshandle hold -t "$box" --for-children \
		nshandle join -t fd:3 -p sh -c 'echo $$ $PPID'
	want_success
	want_out "1 0"
}

replaces_descriptor_3()
{
	need_sets
	run nshandle hold -t "$full" readlink /proc/self/fd/3 3</dev/null
	want_success
	want_out "anon_inode:[nsset]"
	# Any other stays.
	run nshandle hold -t "$full" readlink /proc/self/fd/4 4</dev/null
	want_success
	want_out /dev/null
}

# The inner one takes the place of the outer one, unless that is kept elsewhere.
hold_in_hold()
{
	need_sets
	start_box unshare --uts
	run nshandle hold -t "$full" -u nshandle hold -t "$box" -u \
		nshandle show fd:3
	want_held "$box" uts
	# shellcheck disable=SC2016 # for the inner shell
	run nshandle hold -t "$full" -u sh -c 'exec 4<&3
		exec nshandle hold -t "$1" -u sh -c "
			nshandle join -t fd:4 readlink /proc/self/ns/uts
			nshandle join -t fd:3 readlink /proc/self/ns/uts"' \
		sh "$box"
	want_success
	want_out "$(link "$full" uts)
$(link "$box" uts)"
}

passes_on_a_set()
{
	need_sets
	# shellcheck disable=SC2016 # for the inner shell
	for fd in 3 5; do
		run nshandle hold -t "$full" -un sh -c \
			'[ "$0" = 3 ] || eval "exec $0<&3 3</dev/null"
			exec nshandle hold -t "fd:$0" sh -c "
				[ \$LISTEN_PID = \$\$ ] || echo not announced
				[ ! -e /proc/self/fd/5 ] || echo 5 is open
				nshandle show fd:3"' $fd
		want_held "$full" uts net
	done
}

a_set_stays_as_it_is()
{
	need_sets
	for option in -u --root --for-children; do
		[ $option = -u ] || option="-a $option"
		# shellcheck disable=SC2086 # several words
		run nshandle hold -t "$full" \
			nshandle hold -t fd:3 $option echo ran
		want_failure "hold: set fd:3 stays as it was made: name no namespaces and no other options"
	done
	run nshandle hold -t "$full" nshandle hold -t fd:3 -a echo ran
	want_success
	want_out ran
}

no_room_for_descriptor_3()
{
	need_sets
	with_fault "?dup2,dup3:error=EMFILE" hold -t "$full" echo ran
	want_failure "hold: cannot pass on the set: Too many open files"
	with_fault ioctl:error=EMFILE:when=1 hold -t "$full" echo ran
	want_failure "hold: cannot make a set of namespaces of process $full: Too many open files"
}

command_not_found()
{
	need_sets
	run nshandle hold -t "$full" /nowhere/command
	want_status 127
	want_err "nshandle: cannot run '/nowhere/command': No such file or directory"
	run nshandle hold -t "$full" /
	want_status 126
	want_err "nshandle: cannot run '/': Permission denied"
}

# OPTION...: a process with a set of the box, that waits until it is let go on.
start_holder()
{
	rm -f "$tmp/held" "$tmp/go"
	mkfifo "$tmp/held" "$tmp/go"
	# shellcheck disable=SC2016 # for the inner shell
	nshandle hold -t "$box" "$@" -- sh -c 'echo held >"$1/held"
		read -r script <"$1/go"; eval "$script"' sh "$tmp" \
		>"$tmp/out" 2>"$tmp/err" &
	holder=$!
	[ -n "$(timeout $((10 * ${NSHANDLE_SLOW:-1})) cat "$tmp/held")" ] ||
		fail "no holder: $(cat "$tmp/err")"
}

end_box()
{
	kill -KILL "$box"
	{ wait "$box"; } 2>/dev/null
	[ ! -e "/proc/$box" ] || fail "the container lives on"
}

# SCRIPT: what it does with the set, on one line
let_holder()
{
	echo "$1" >"$tmp/go"
	status=0
	wait "$holder" || status=$?
}

# It has had one process, which has been waited for.
start_container()
{
	# shellcheck disable=SC2016 # for the inner shell
	start_box unshare "$@" sh -c 'mount -t tmpfs none /mnt &&
		echo kept >/mnt/file &&
		echo dead-box >/proc/sys/kernel/hostname && exec "$@"' sh
	device=$(link "$box" net)
}

container_has_died()
{
	need_sets
	start_container --mount --uts --ipc --net
	start_holder -m -u -i -n
	end_box
	let_holder 'nshandle join -t fd:3 -- cat /mnt/file; nshandle join -t fd:3 uname -n; nshandle join -t fd:3 -n readlink /proc/self/ns/net; cat /mnt/file 2>/dev/null || echo not out here'
	want_success
	want_out "kept
dead-box
$device
not out here"
}

container_has_died_with_its_root()
{
	need_sets
	start_chrooted unshare --mount
	start_holder --root
	end_box
	let_holder 'nshandle join -t fd:3 sh -c "pwd -P; ls /mnt"'
	want_success
	want_out "/mnt
marker"
}

# It can be joined, but has no place for a process.
pid_namespace_has_died()
{
	need_sets
	start_box unshare --pid --fork
	start_holder -p
	kill -KILL "$box"
	tries=100000
	while [ -e "/proc/$box" ] && [ $tries -gt 0 ]; do
		tries=$((tries - 1))
	done
	let_holder 'nshandle join -t fd:3 echo ran'
	want_failure "cannot fork: Cannot allocate memory (has the pid namespace lost its init?)"
}

# The set is closed in what is joined, but not in the shell.
a_shell_joins_several_times()
{
	need_sets
	# shellcheck disable=SC2016 # for the inner shell
	run nshandle hold -t "$full" sh -c 'for i in 1 2 3; do
			nshandle join -t fd:3 readlink /proc/self/ns/uts
		done; nshandle join -t fd:3 -u -p readlink /proc/self/ns/ipc
		nshandle join -t fd:3 -p sh -c "echo \$PPID"'
	want_success
	want_out "$(link "$full" uts)
$(link "$full" uts)
$(link "$full" uts)
$(link $$ ipc)
0"
}

prepare_set_cases
# shellcheck disable=SC2086 # a list of words
run_cases $cases
