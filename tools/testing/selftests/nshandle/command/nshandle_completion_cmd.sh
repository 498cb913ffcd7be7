#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Completion in bash: each verb and option that --help has, process ids with their
# names, inherited handles, files, and commands to run.
#
# Needs root, unshare(1) and setpriv(1) of util-linux, and bash.

cases="
verbs
options_of_each_verb
one_process_is_its_number
several_processes_have_names
values_after_equals_signs
words_of_mount
inherited_handles
commands_to_run
nothing_after_a_number
"

. "$(dirname "$0")/cmd_lib.sh"

script=$(dirname "$0")/nshandle.bash

# LINE: what bash would offer after it, one a line, sorted
complete_line()
{
	# shellcheck disable=SC2016 # for bash
	bash --norc -c '. "$1" || exit
		COMP_LINE=$2 COMP_POINT=${#2} COMP_TYPE=9
		COMP_WORDBREAKS=" =:" COMPREPLY=()
		_nshandle 2>/dev/null
		[ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\n" "${COMPREPLY[@]}"' \
		bash "$script" "$1" 2>"$tmp/err" | sort -u >"$tmp/out"
	want_err ""
}

# LINE WORD...: exactly these
offers()
{
	complete_line "$1"
	line=$1
	shift
	[ "$(cat "$tmp/out")" = "$([ $# -eq 0 ] || printf '%s\n' "$@")" ] ||
		fail "$line: $(cat "$tmp/out")"
}

verbs()
{
	offers "nshandle " --help --version check hold join last-pid proc \
		show spawn
	offers "nshandle s" show spawn
	offers "nshandle last" last-pid
}

# What --help shows, bash offers, and nshandle takes.
options_of_each_verb()
{
	for verb in check hold join last-pid proc show spawn; do
		nshandle $verb --help | grep -oE -- '--[a-z]+(-[a-z]+)*' |
			sort -u >"$tmp/want"
		[ "$(wc -l <"$tmp/want")" -ge 2 ] || fail "$verb has no options"
		complete_line "nshandle $verb --"
		[ "$(cat "$tmp/out")" = "$(cat "$tmp/want")" ] ||
			fail "$verb: $(cat "$tmp/out")"
	done
	offers "nshandle join --skip" --skip-joined
	offers "nshandle join -t $full --dry" --dry-run
	complete_line "nshandle join -"
	grep -qx -e -S "$tmp/out" || fail "no -S: $(cat "$tmp/out")"
}

one_process_is_its_number()
{
	for line in "join -t " "join -a --target " "show " "last-pid " \
		"hold -t " "spawn --pids 5 -t " "proc --pidns "; do
		offers "nshandle $line$full" "$full"
	done
}

several_processes_have_names()
{
	complete_line "nshandle join -t "
	grep -qx "$full  sleep" "$tmp/out" || fail "$(cat "$tmp/out")"
	# A kernel thread has no namespaces of its own to join.
	! grep -q "^2  kthreadd" "$tmp/out" || fail "$(cat "$tmp/out")"
}

values_after_equals_signs()
{
	# bash takes the part after '=' for the word.
	offers "nshandle join --target=$full" "$full"
	offers "nshandle join --setuid=f" follow
	mkdir -p "$tmp/d/sub"
	offers "nshandle join --wd=$tmp/d/" "$tmp/d/sub"
	offers "nshandle join --net=$tmp/d/s" "$tmp/d/sub"
	offers "nshandle join -W $tmp/d/" "$tmp/d/sub"
	offers "nshandle proc --pidns /proc/$full/ns/pid_" \
		"/proc/$full/ns/pid_for_children"
}

words_of_mount()
{
	offers "nshandle proc -o sub" subset=pid
	offers "nshandle join -u -S " follow
}

inherited_handles()
{
	need_sets
	# The shell that completes has them.
	# shellcheck disable=SC2016 # for bash
	run nshandle hold -t "$full" bash --norc -c '. "$1" || exit
		COMP_LINE="nshandle join -t f" COMP_POINT=18 COMP_WORDBREAKS=" "
		_nshandle; printf "%s\n" "${COMPREPLY[@]}"' bash "$script"
	want_success
	want_out fd:3
}

commands_to_run()
{
	complete_line "nshandle join -u -t $full read"
	grep -qx readlink "$tmp/out" || fail "$(cat "$tmp/out")"
	complete_line "nshandle join -u -t $full -- read"
	grep -qx readlink "$tmp/out" || fail "$(cat "$tmp/out")"
	mkdir -p "$tmp/d/sub"
	offers "nshandle hold -t $full ls -l $tmp/d/" "$tmp/d/sub"
	# -t is an option of ls.
	offers "nshandle join -u -t $full ls -t $tmp/d/" "$tmp/d/sub"
}

nothing_after_a_number()
{
	offers "nshandle spawn --pids 5"
	offers "nshandle last-pid --set 5"
	offers "nshandle join -t x"
}

prepare_cases
bash --version >/dev/null 2>&1 || skip_all "bash is not installed"
probe_sets
start_full
# shellcheck disable=SC2086 # a list of words
run_cases $cases
