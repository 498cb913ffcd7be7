#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kernel answers random programs of setns(2), set descriptors, pidns= and
# last-pid vectors as a model does.
#
# Runs nshandle-fuzz with a fixed seed, so that a failure can be repeated. "make
# fuzz" takes another seed each time, and as long as it is told.
#
# Needs root, in the first namespaces of the machine.

cases="
random_programs
random_programs_without_extensions
a_set_outlives_its_process
a_wrong_rule_is_found
a_found_program_can_be_run_again
a_seed_is_a_program
"
. "$(dirname "$0")/cmd_lib.sh"

fuzz=$(dirname "$0")/nshandle-fuzz
# Fewer on a kernel that debugs: each one takes longer there.
steps=$((1500 / ${NSHANDLE_SLOW:-1}))

need_extensions()
{
	[ -z "$lacks_extensions" ] || skip "kernel without the extensions"
}

need_handles()
{
	[ -z "$lacks_handles" ] || skip "kernel without PIDFD_GET_*_NAMESPACE"
}

# What was done, and how often it failed in which way, goes into the report.
want_same()
{
	[ "$status" -eq 0 ] || sed 's/^/# /' "$tmp/out"
	want_success
	grep '^#' "$tmp/out"
	tail -n 1 "$tmp/out" | grep -q ", no difference$" ||
		fail "no verdict: $(tail -n 1 "$tmp/out")"
}

random_programs()
{
	need_extensions
	run "$fuzz" --seed 2 --steps "$steps"
	want_same
}

random_programs_without_extensions()
{
	need_handles
	run "$fuzz" --seed 1 --steps "$((steps / 3))" --no-flags
	want_same
}

# The last step does nothing: there is no such set any more.
a_set_outlives_its_process()
{
	need_extensions
	cat >"$tmp/program" <<-END
		T0 fork process T2
		T2 unshare mnt|uts|pid
		T2 chroot /jail
		T0 make_set T2 mnt|uts|pid|KIDS|ROOT S0
		T2 exit
		T0 reap T2
		T1 setns_set S0 0
		T1 fork process T3
		T0 set_member S0 pid N0
		T0 set_member S0 pid_for_children N0
		T0 join N0 pid
		T0 setns_set S0 net
		T0 setns_set S0 net|SUPPORTED
		T0 close_set S0
		T0 setns_set S0 0
	END
	run "$fuzz" --program "$tmp/program"
	want_success
	want_out "14 steps, no difference"
}

# The steps of the shortest program that it found.
program()
{
	sed -n '/^The shortest program/,$p' "$tmp/out" |
		grep '^[TO][0-9]* [a-z]'
}

a_wrong_rule_is_found()
{
	need_handles
	run "$fuzz" --seed 3 --steps 2000 --no-flags --wrong
	want_status 1
	want_err ""
	[ "$(program | wc -l)" -le 8 ] || fail "not short: $(program)"
	program | tail -n 1 | grep -Eq '(setns|join) ' ||
		fail "not a join: $(program | tail -n 1)"
}

a_found_program_can_be_run_again()
{
	need_handles
	run "$fuzz" --seed 3 --steps 2000 --no-flags --wrong
	program >"$tmp/program"
	run "$fuzz" --program "$tmp/program" --wrong
	want_status 1
	run "$fuzz" --program "$tmp/program"
	want_success
	want_out "$(wc -l <"$tmp/program") steps, no difference"
}

a_seed_is_a_program()
{
	need_handles
	run "$fuzz" --seed 4 --steps 100 --no-flags --verbose
	want_success
	grep '^[TO]' "$tmp/out" >"$tmp/first"
	run "$fuzz" --seed 4 --steps 100 --no-flags --verbose
	want_success
	grep '^[TO]' "$tmp/out" | cmp -s - "$tmp/first" ||
		fail "another program"
	[ "$(wc -l <"$tmp/first")" -ge 100 ] || fail "less than 100 steps"
}

prepare_fuzz()
{
	echo "TAP version 13"
	[ "$(id -u)" -eq 0 ] || skip_all "needs root"
	unshare --user --mount --uts --ipc --net --pid --cgroup --time --fork \
		true 2>/dev/null || skip_all "cannot make all eight namespaces"
	tmp=$(mktemp -d) || exit 1
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 1' HUP INT TERM
	lacks_extensions='' lacks_handles=''
	echo "T0 setns T1 uts|DRY" | "$fuzz" --program - >/dev/null 2>&1 ||
		lacks_extensions=1
	echo "T0 open T0 uts N1" | "$fuzz" --program - >/dev/null 2>&1 ||
		lacks_handles=1
}

prepare_fuzz
# shellcheck disable=SC2086 # a list of words
run_cases $cases
