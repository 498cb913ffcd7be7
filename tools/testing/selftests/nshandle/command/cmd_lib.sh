# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# What the tests of nshandle(1) share. A test lists its cases, which are functions
# and run in subshells, calls prepare_cases, makes what it needs, and ends with
# run_cases.

ksft_skip=4
types="user mnt uts ipc pid cgroup net time"

skip_all()
{
	echo "1..0 # SKIP $*"
	exit $ksft_skip
}

fail()
{
	echo "# $*"
	exit 1
}

skip()
{
	echo "$*" >"$tmp/why"
	exit $ksft_skip
}

# NAME: is this fact of lists/facts.list true of this kernel?
fact()
{
	answer=0
	"$(dirname "$0")/nshandle-kernel" "$1" || answer=$?
	[ $answer -lt 2 ] || fail "cannot tell whether $1"
	return $answer
}

# NAME: end the case if it is not. A check of our kernels allows these words.
skip_unless_fact()
{
	fact "$1" || skip "not on this base: $1"
}

# The last run of the command: $status, and what it wrote in $tmp.
run()
{
	status=0
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}

want_status()
{
	[ "$status" -eq "$1" ] ||
		fail "status $status, not $1: $(cat "$tmp/err")"
}

want_out()
{
	[ -z "$1" ] && [ ! -s "$tmp/out" ] ||
		[ "$(cat "$tmp/out")" = "$1" ] ||
		fail "printed '$(cat "$tmp/out")', not '$1'"
}

want_err()
{
	[ -z "$1" ] && [ ! -s "$tmp/err" ] ||
		[ "$(cat "$tmp/err")" = "$1" ] ||
		fail "complained '$(cat "$tmp/err")', not '$1'"
}

want_success()
{
	want_status 0
	want_err ""
}

want_usage_error()
{
	want_status 2
	want_out ""
	[ "$(wc -l <"$tmp/err")" -eq 2 ] || fail "not two lines on stderr"
	tail -n 1 "$tmp/err" | grep -q "^Try 'nshandle .*--help'\.$" ||
		fail "no hint at --help"
}

want_usage_message()
{
	want_usage_error
	[ "$(head -n 1 "$tmp/err")" = "nshandle: $1" ] ||
		fail "complained '$(cat "$tmp/err")', not '$1'"
}

want_failure()
{
	want_status 1
	want_out ""
	want_err "nshandle: $1"
}

as_nobody()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# Run nshandle with a system call that fails.
with_fault()
{
	has_strace
	fault=$1
	shift
	run strace -qq -o /dev/null -e "trace=${fault%%:*}" \
		-e "inject=$fault" nshandle "$@"
}

# Namespace of a process, by its link in the procfs of the first pid
# namespace, which stays mounted in every box here.
link()
{
	readlink "/proc/$1/ns/$2"
}

links()
{
	for type in $types; do
		link "$1" "$type"
	done
}

# PID CALLER NAME...: what nshandle show prints of these namespaces
rows()
{
	pid=$1 word=$2
	shift 2
	printf '%-18s%-12s%s\n' NAMESPACE INODE CALLER
	for name; do
		printf '%-18s%-12s%s\n' "$name" "$(inode "$pid" "$name")" \
			"$word"
	done
}

# Poll a process until its stat line holds "(name) state", or an end of it.
await()
{
	tries=100000
	while [ $tries -gt 0 ]; do
		{ read -r line <"/proc/$1/stat"; } 2>/dev/null ||
			fail "process $1 is gone, not $2"
		case $line in
		*"$2 "*) return ;;
		esac
		tries=$((tries - 1))
	done
	fail "process $1 is '$line', not '$2'"
}

# PROCESS WHAT: the number that the process writes to the pipe, in $number. If
# none comes, neither it nor we wait for ever.
read_number()
{
	number=$(timeout $((10 * ${NSHANDLE_SLOW:-1})) cat "$tmp/pid")
	[ -z "$number" ] || return 0
	kill -KILL "$1" 2>/dev/null
	fail "no process: $2"
}

# A process in namespaces of its own, its number in $box.
start_box()
{
	rm -f "$tmp/pid"
	mkfifo -m 666 "$tmp/pid"
	# shellcheck disable=SC2016 # for the inner shell
	"$@" sh -c 'read -r pid rest </proc/self/stat
		echo "$pid" >"$1"; exec sleep 1000' sh "$tmp/pid" \
		>/dev/null 2>&1 &
	read_number $! "$*"
	box=$number
	echo "$box" >>"$tmp/boxes"
}

# A process that has ended, and that nobody waits for: $dead.
start_zombie()
{
	rm -f "$tmp/pid" "$tmp/end"
	mkfifo "$tmp/pid" "$tmp/end"
	# sleep does not wait for the child that it has from the shell
	# shellcheck disable=SC2016 # for the inner shell
	sh -c 'read -r line <"$2" & echo $! >"$1"
		exec sleep 1000' sh "$tmp/pid" "$tmp/end" >/dev/null 2>&1 &
	parent=$!
	echo $parent >>"$tmp/boxes"
	read_number $parent "a child of sleep"
	dead=$number
	await $parent "(sleep) S"
	echo >"$tmp/end"
	await "$dead" ") Z"
}

stop_boxes()
{
	while read -r pid; do
		kill -KILL "$pid" 2>/dev/null
	done <"$tmp/boxes"
	wait
	rm -rf "$tmp"
}

# With the script's first argument, at its top: what is mounted from there on is
# gone when the script is.
own_mounts()
{
	[ "$1" = unshared ] || ! unshare --mount true 2>/dev/null ||
		exec unshare --mount "$0" unshared
}

# Where to mount: $dir. Not in $tmp, which is removed with all that is in it;
# what is mounted is gone with the mount namespace, which is the test's own.
make_mount_point()
{
	mount -t tmpfs none /mnt || exit
	dir=/mnt/proc
	mkdir $dir
	lacks_pidns=1
	mount -t proc -o pidns=/proc/self/ns/pid proc "$dir" 2>/dev/null ||
		return
	umount "$dir"
	lacks_pidns=
}

# Where a kernel's setns has none of the flags, nor has the command. With
# SETNS_ALL, --all does not need /proc.
# shellcheck disable=SC2034 # for who calls
probe_flags()
{
	lacks_flags=1 lacks_all=1
	! nshandle join -t $$ -m --skip-joined --dry-run >/dev/null 2>&1 ||
		lacks_flags=
	# shellcheck disable=SC2016 # for the inner shell
	! unshare --mount sh -c 'mount -t tmpfs none /proc &&
		exec nshandle join -a -t $$ --dry-run' >/dev/null 2>&1 ||
		lacks_all=
}

# Whether the kernel has set descriptors.
probe_sets()
{
	lacks_sets=1
	! nshandle hold -t $$ -u true 2>/dev/null || lacks_sets=
}

need_sets()
{
	[ -z "$lacks_sets" ] ||
		skip "kernel without set descriptors (PIDFD_GET_NSSET)"
}

# The number of a namespace of a process.
inode()
{
	link "$1" "$2" | tr -cd 0-9
}

need_flags()
{
	[ -z "$lacks_flags" ] || skip "setns without flags"
}

# As root, but for some capabilities: -NAME,-NAME
without()
{
	caps=$1
	shift
	setpriv --inh-caps "$caps" --bounding-set "$caps" "$@"
}

# A root directory of its own, /mnt/root, for programs to run in: it has
# /mnt/marker, which the other has not. Not in $tmp, as above.
make_root()
{
	mount -t tmpfs none /mnt && mkdir /mnt/root &&
		mount --rbind / /mnt/root &&
		mount -t tmpfs none /mnt/root/mnt && : >/mnt/root/mnt/marker ||
		exit
}

# A process with that root, whose working directory is /mnt in there.
start_chrooted()
{
	# shellcheck disable=SC2016 # for the inner shell
	start_box "$@" chroot /mnt/root sh -c 'cd /mnt && exec "$@"' sh
}

# Each case that mounts begins without one from the last.
need_pidns()
{
	umount "$dir" 2>/dev/null
	[ -z "$lacks_pidns" ] || skip "procfs without pidns="
}

# Linux has had pidns= without this ioctl, and with other words in its log.
need_query()
{
	need_pidns
	[ -z "$lacks_query" ] || skip "procfs without PROCFS_GET_PID_NAMESPACE"
}

# Mount on $dir; its options, type, source and those of the instance in $mount.
mount_proc()
{
	umount "$dir" 2>/dev/null
	run nshandle proc "$@" "$dir"
	want_success
	want_out ""
	mount=$(grep " $dir " /proc/self/mountinfo) || fail "not mounted"
	mount=${mount#* "$dir" }
	mount="${mount%% *} ${mount##* - }"
}

has_strace()
{
	strace -V >/dev/null 2>&1 || skip "strace is not installed"
}

prepare_cases()
{
	echo "TAP version 13"
	[ "$(id -u)" -eq 0 ] || skip_all "needs root"
	nshandle --version >/dev/null 2>&1 ||
		skip_all "nshandle is not in PATH"
	unshare --user --mount --uts --ipc --net --pid --cgroup --time --fork \
		true 2>/dev/null || skip_all "cannot make all eight namespaces"

	tmp=$(mktemp -d) || exit 1
	chmod 755 "$tmp"
	: >"$tmp/boxes"
	trap stop_boxes EXIT
	trap 'exit 1' HUP INT TERM
}

# Whether the kernel has what need_query asks for.
probe_procfs()
{
	make_mount_point
	lacks_query=1
	[ -n "$lacks_pidns" ] ||
		! nshandle show --json /proc 2>/dev/null | grep -q '"ioctl"' ||
		lacks_query=
}

# A box with all namespaces, $full.
start_full()
{
	start_box unshare --user --map-root-user --mount --uts --ipc --net \
		--pid --cgroup --time --fork
	# shellcheck disable=SC2034 # for who calls
	full=$box
}

# For cases about the flags of setns: a root to change to, and $full.
prepare_flags_cases()
{
	prepare_cases
	make_root
	probe_flags
	start_full
}

# For cases about set descriptors: the same.
prepare_set_cases()
{
	prepare_flags_cases
	probe_sets
}

# For cases about procfs: a mount point, and a box with all namespaces, $full.
prepare_procfs_cases()
{
	prepare_cases
	start_full
	probe_procfs
}

run_case()
{
	count=$((count + 1))
	( "$1" )
	case $? in
	0)	echo "ok $count $1"; passed=$((passed + 1)) ;;
	4)	read -r why <"$tmp/why"
		echo "ok $count $1 # SKIP $why"
		skipped=$((skipped + 1)) ;;
	*)	echo "not ok $count $1"; failed=$((failed + 1)) ;;
	esac
}

run_cases()
{
	echo "1..$#"
	count=0 passed=0 failed=0 skipped=0
	for name; do
		run_case "$name"
	done
	echo "# Totals: pass:$passed fail:$failed xfail:0 xpass:0 skip:$skipped error:0"
	[ $failed -eq 0 ]
}
