#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# nshandle check says which interfaces the kernel has; --json of each command prints
# one object a line.
#
# Needs root, unshare(1) and setpriv(1) of util-linux. jq(1) reads the JSON, if it is
# there.

cases="
check_usage
check_names_each
check_agrees_with_the_tests
check_needs_no_privileges
check_without_procfs
check_json
json_is_one_object_a_line
json_of_last_pids
"

. "$(dirname "$0")/cmd_lib.sh"
own_mounts "$1"

names="setns-pidfd setns-flags setns-all nsset procfs-pidns procfs-query
last-pid-vec"

check_usage()
{
	run nshandle check all
	want_usage_message "'all': nothing can be named"
	run nshandle check --xml
	want_usage_message "--xml: no such option, or wrongly used"
	run nshandle check --help
	want_success
	run nshandle --help
	grep -q '^  check  ' "$tmp/out" || fail "$(cat "$tmp/out")"
}

# Status 0 only if each is there.
check_names_each()
{
	run nshandle check
	want_err ""
	[ "$(sed 's/ .*//' "$tmp/out")" = "$(echo "$names" | tr ' ' '\n')" ] ||
		fail "$(cat "$tmp/out")"
	[ "$(grep -c '^[a-z-]*  *\(yes\|no\)  *[a-zA-Z]' "$tmp/out")" -eq 7 ] ||
		fail "$(cat "$tmp/out")"
	if grep -q '^[a-z-]*  *no ' "$tmp/out"; then
		want_status 1
	else
		want_status 0
	fi
}

# NAME PROBE: yes if the probe is an empty string
want_interface()
{
	word=no
	[ -n "$2" ] || word=yes
	grep -q "^$1  *$word " "$tmp/out" ||
		fail "$1 is not '$word': $(cat "$tmp/out")"
}

check_agrees_with_the_tests()
{
	run nshandle check
	want_interface setns-flags "$lacks_flags"
	want_interface setns-all "$lacks_all"
	want_interface nsset "$lacks_sets"
	want_interface procfs-pidns "$lacks_pidns"
	want_interface procfs-query "$lacks_query"
	if "$(dirname "$0")/nshandle-kernel" >/dev/null; then
		want_status 0
	else
		want_status 1
	fi
}

check_needs_no_privileges()
{
	run nshandle check
	cp "$tmp/out" "$tmp/want"
	run as_nobody nshandle check
	want_out "$(cat "$tmp/want")"
}

# Then it says that it does not know.
check_without_procfs()
{
	run unshare --mount sh -c \
		'mount -t tmpfs none /proc && exec nshandle check'
	want_status 1
	grep -q '^procfs-query  *unknown ' "$tmp/out" ||
		fail "$(cat "$tmp/out")"
}

check_json()
{
	nshandle check | while read -r name word _; do
		case $word in
		yes) word=true ;;
		no) word=false ;;
		esac
		echo "{\"interface\": \"$name\", \"present\": $word}"
	done >"$tmp/want"
	run nshandle check --json
	want_out "$(cat "$tmp/want")"
}

# COMMAND...
want_objects()
{
	run nshandle "$@"
	want_err ""
	[ -s "$tmp/out" ] || fail "$*: nothing"
	! grep -qv '^{".*}$' "$tmp/out" || fail "$*: $(cat "$tmp/out")"
	command -v jq >/dev/null || return 0
	[ "$(jq -c type "$tmp/out")" = "$(sed 's/.*/"object"/' "$tmp/out")" ] ||
		fail "$*: $(cat "$tmp/out")"
}

json_is_one_object_a_line()
{
	want_objects check --json
	want_objects show --json "$full"
	[ -n "$lacks_query" ] || want_objects show --json /proc
	[ -n "$lacks_sets" ] || {
		want_objects hold -t "$full" nshandle show --json fd:3
		want_objects last-pid --json "$full"
	}
}

json_of_last_pids()
{
	need_sets
	run nshandle last-pid --set 700 "$full"
	want_success
	run nshandle last-pid --json "$full"
	want_success
	grep -q '^{"last_pids": \[700, [0-9]*\]}$' "$tmp/out" ||
		fail "$(cat "$tmp/out")"
	run nshandle last-pid --json --set 5 "$full"
	want_usage_message "--json prints nothing with --set"
}

prepare_procfs_cases
probe_flags
probe_sets
# shellcheck disable=SC2086 # a list of words
run_cases $cases
