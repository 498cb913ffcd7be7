#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mount(8) takes -o pidns=, whether it calls mount(2) or fsconfig(2).
#
# It hands the options to mount(2) in one text up to util-linux 2.38, one by one to
# fsconfig(2) since 2.39. Tests this machine's own and, where a guest has it, that
# of util-linux 2.41 as mount-2.41. Needs root, unshare(1) of util-linux and, to
# tell which call it makes, strace.

. "$(dirname "$0")/cmd_lib.sh"
own_mounts "$1"

by_fsconfig()
{
	"$mount" --version | grep -q fd-based-mount
}

# WHY COMMAND...: it fails and changes nothing; a mount(8) that can ask the
# kernel why tells it, one that can't exits with the same status.
refused()
{
	why=$1
	shift
	before=$(cat /proc/self/mountinfo)
	run "$@"
	want_status 32
	! by_fsconfig || grep -qF "fsconfig() failed: proc: $why" "$tmp/err" ||
		fail "complained '$(cat "$tmp/err")', not '$why'"
	[ "$(cat /proc/self/mountinfo)" = "$before" ] ||
		fail "mounted: $(tail -n 1 /proc/self/mountinfo)"
}

shows_the_box()
{
	[ "$(readlink "$dir/1/ns/pid")" = "$(link "$box" pid)" ] ||
		fail "process 1 there is not the box's"
	[ "$(cat "$dir/1/comm")" = sleep ] ||
		fail "process 1 there is '$(cat "$dir/1/comm")'"
	readlink "$dir/self" && fail "we are not in there, but it has 'self'"
	return 0
}

mounts()
{
	need_query
	run "$mount" -t proc -o "pidns=/proc/$box/ns/pid" proc "$dir"
	want_success
	shows_the_box
}

# The two ways are why there is a test with two mount(8).
calls()
{
	need_query
	has_strace
	run strace -qq -o "$tmp/trace" -e trace=mount,fsopen,fsconfig \
		"$mount" -t proc -o "pidns=/proc/$box/ns/pid" proc "$dir"
	want_success
	if by_fsconfig; then
		want="^fsconfig([0-9]*, FSCONFIG_SET_STRING, \"pidns\", \"/proc/$box/ns/pid\", 0) = 0$"
	else
		want="^mount(\"proc\", \"$dir\", \"proc\", 0, \"pidns=/proc/$box/ns/pid\") = 0$"
	fi
	seen=$(grep pidns "$tmp/trace")
	[ "$(echo "$seen" | wc -l)" -eq 1 ] || fail "called: $seen"
	echo "$seen" | grep -q "$want" || fail "called: $seen"
	shows_the_box
}

goes_with_hidepid()
{
	need_query
	run "$mount" -t proc -o "hidepid=invisible,pidns=/proc/$box/ns/pid,ro" \
		proc "$dir"
	want_success
	shows_the_box
	grep -q " $dir proc ro,relatime,hidepid=invisible " /proc/mounts ||
		fail "options: $(grep " $dir " /proc/mounts)"
}

# Descriptor 0 is another directory, where the name means something else.
relative_path()
{
	need_query
	ln -sf "/proc/$box/ns/pid" "$tmp/relative"
	mkdir -p "$tmp/other"
	ln -sf /proc/self/ns/uts "$tmp/other/relative"
	status=0
	(cd "$tmp" && "$mount" -t proc -o pidns=relative proc "$dir" \
		<"$tmp/other" >"$tmp/out" 2>"$tmp/err") || status=$?
	want_success
	shows_the_box
}

wrong_type()
{
	need_query
	refused "pidns: not a pid namespace" \
		"$mount" -t proc -o pidns=/proc/self/ns/uts proc "$dir"
}

# A FIFO without a writer: opening it would wait for one.
fifo()
{
	need_query
	rm -f "$tmp/fifo"
	mkfifo "$tmp/fifo"
	refused "pidns: not a pid namespace" \
		"$mount" -t proc -o "pidns=$tmp/fifo" proc "$dir"
}

not_below()
{
	need_query
	refused "pidns: neither the active pid namespace nor below it" \
		unshare --pid --fork "$mount" -t proc \
		-o "pidns=/proc/$$/ns/pid" proc "$dir"
}

remount()
{
	need_query
	run "$mount" -t proc -o "pidns=/proc/$box/ns/pid" proc "$dir"
	want_success
	refused "pidns: can't be changed on a mounted instance" \
		"$mount" -o remount,pidns=/proc/self/ns/pid "$dir"
	shows_the_box
	run "$mount" -o remount,hidepid=ptraceable "$dir"
	want_success
	shows_the_box
	grep -q " $dir proc rw,relatime,hidepid=ptraceable " /proc/mounts ||
		fail "options: $(grep " $dir " /proc/mounts)"
}

prepare_cases
start_box unshare --pid --fork
probe_procfs

set --
for mount in mount mount-2.41; do
	"$mount" --version >/dev/null 2>&1 || continue
	for case in mounts calls goes_with_hidepid relative_path wrong_type \
		fifo not_below remount; do
		name=$(echo "${mount}_$case" | tr .- __)
		eval "$name() { mount=$mount; $case; }"
		set -- "$@" "$name"
	done
done
run_cases "$@"
