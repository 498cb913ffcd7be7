# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# What the tests of nshandle last-pid and nshandle spawn share: three pid
# namespaces, one in another, and their last pids. They end with
# prepare_pid_cases and run_cases.

. "$(dirname "$0")/cmd_lib.sh"

need_vec()
{
	[ -z "$lacks_vec" ] || skip "kernel without NS_SET_LAST_PID_VEC"
}

# Of the three namespaces here: in the one above nobody else moves a thing.
vector()
{
	nshandle last-pid "$inner" | cut -d, -f1-3
}

set_vector()
{
	nshandle last-pid --set "$1" "$inner" || fail "cannot set $1"
}

want_vector()
{
	[ "$(vector)" = "$1" ] || fail "last pids $(vector), not $1"
}

# MESSAGE COMMAND...: it fails, and the last pids are as they were.
refused()
{
	message=$1
	shift
	set_vector 40,50,60
	run "$@"
	want_failure "$message"
	want_vector 40,50,60
}

parent_of()
{
	sed -n 's/^PPid:.//p' "/proc/$1/status"
}

# Run the command as on a kernel that has not got them.
without_vec()
{
	if [ -n "$lacks_vec" ]; then
		run nshandle "$@"
	else
		# after the ioctl that opens the namespace
		with_fault ioctl:error=ENOTTY:when=2+ "$@"
	fi
}

# Its pids at each level as /proc out here has them: innermost last.
# shellcheck disable=SC2034 # for who calls
own_pids="sed -n s/^NSpid:.//p /proc/self/status"

want_pids()
{
	want_status 0
	pids=$(tr '\t' ' ' <"$tmp/out")
	case " $pids" in
	*" $1") ;;
	*) fail "got the pids '$pids', not '$1'" ;;
	esac
}

# shellcheck disable=SC2034 # for who calls
prepare_pid_cases()
{
	prepare_cases
	lacks_vec=
	nshandle last-pid $$ >/dev/null 2>&1 || lacks_vec=1

	# Three pid namespaces, one in another, with an init each.
	start_box unshare --pid --fork unshare --pid --fork unshare --pid --fork
	inner=$box
	middle=$(parent_of "$inner")
	outer=$(parent_of "$middle")
	# How those in the others call the innermost's init.
	inner_in_middle=$(awk '/^NSpid:/ { print $(NF - 1) }' \
		"/proc/$inner/status")
	inner_in_outer=$(awk '/^NSpid:/ { print $(NF - 2) }' \
		"/proc/$inner/status")
	# Of those three, which need not be this one's. Not by read, which would
	# take it a byte at a time, and get but the first.
	pid_max=$(nsenter -t "$inner" -p cat /proc/sys/kernel/pid_max)
}
