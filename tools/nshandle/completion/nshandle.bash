# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Completion of nshandle(1) for bash: commands, their options as --help lists them,
# process ids with their names, inherited pidfds and sets, files of namespaces. It
# needs nothing but bash.

# Print the options of a command.
_nshandle_options()	# VERB
{
	local words word

	read -r -d '' -a words < <(nshandle "$1" --help 2>/dev/null)
	for word in "${words[@]}"; do
		word=${word%%[,=[]*}
		[[ ! $word =~ ^(-[a-zA-Z]|--[a-z]+(-[a-z]+)*)$ ]] || echo "$word"
	done | sort -u
}

_nshandle_verbs()
{
	nshandle --help 2>/dev/null | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p'
}

# Several: "PID  NAME", to choose from. One: it is what is typed, so the number alone.
# menu-complete (37) types each of them.
_nshandle_pids()	# CUR
{
	local dir pid name found=()

	for dir in /proc/"$1"*/; do
		pid=${dir#/proc/}
		pid=${pid%/}
		[[ $pid =~ ^[0-9]+$ ]] || continue
		# a kernel thread has no command line
		IFS= read -r -d '' -n 1 name <"$dir/cmdline" 2>/dev/null ||
			[ -n "$name" ] || continue
		read -r name <"$dir/comm" 2>/dev/null || continue
		found+=("$pid  $name")
	done
	[ ${#found[@]} -ne 1 ] && [ "${COMP_TYPE:-9}" -ne 37 ] ||
		found=("${found[@]%%  *}")
	COMPREPLY+=("${found[@]}")
}

# Descriptors that this shell would pass on.
_nshandle_descriptors()	# CUR
{
	local link name

	for link in /proc/"$$"/fd/*; do
		name=fd:${link##*/}
		case $(readlink "$link") in
		*pidfd* | *nsset*)
			[[ $name != "$1"* ]] || COMPREPLY+=("$name") ;;
		esac
	done
}

_nshandle_files()	# CUR
{
	compopt -o filenames 2>/dev/null
	mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$1")
}

# Named network namespaces of ip-netns(8), then any file.
_nshandle_ns_files()	# CUR TYPE
{
	local file

	[ "$2" != net ] || for file in /run/netns/*; do
		[[ ! -e $file || $file != "$1"* ]] || COMPREPLY+=("$file")
	done
	[[ ${#COMPREPLY[@]} -gt 0 ]] || _nshandle_files "$1"
}

_nshandle_targets()	# CUR
{
	case $1 in
	[0-9]*) _nshandle_pids "$1" ;;
	f*) _nshandle_descriptors "$1" ;;
	'') _nshandle_pids ''; _nshandle_descriptors '' ;;
	esac
}

_nshandle_words()	# CUR WORD...: those that begin with CUR
{
	local cur=$1 word

	shift
	for word; do
		[[ $word != "$cur"* ]] || COMPREPLY+=("$word")
	done
}

# PID, fd:N, or a file
_nshandle_object()	# CUR
{
	_nshandle_targets "$1"
	[ -z "$1" ] || [ ${#COMPREPLY[@]} -gt 0 ] || _nshandle_files "$1"
}

_nshandle_value()	# OPTION CUR
{
	case $1 in
	-t | --target) _nshandle_targets "$2" ;;
	--pidns) _nshandle_object "$2" ;;
	-S | --setuid | -G | --setgid) _nshandle_words "$2" follow ;;
	-W | --wdns | --root | --wd) _nshandle_files "$2" ;;
	--mount | --uts | --ipc | --net | --pid | --user | --cgroup | --time)
		_nshandle_ns_files "$2" "${1#--}" ;;
	-o | --options)
		_nshandle_words "$2" ro rw suid nosuid dev nodev exec noexec \
			relatime noatime strictatime diratime nodiratime \
			symfollow nosymfollow hidepid= gid= subset=pid ;;
	esac
}

# Print the option whose value the last word is; or "COMMAND N", if the words from
# the Nth on are a command of its own; or nothing.
_nshandle_place()	# WORD...: all of them
{
	local words=("$@") last=$(($# - 1)) i

	for ((i = 2; i < last; i++)); do
		case ${words[i]} in
		--) echo "COMMAND $((i + 1))"; return ;;
		-[tSGWo] | --target | --setuid | --setgid | --wdns | --pids | \
		--pidns | --options | --set)
			i=$((i + 1))
			[ $i -lt $last ] || echo "${words[i - 1]}" ;;
		-*) ;;
		*) echo "COMMAND $i"; return ;;
		esac
	done
}

_nshandle_run()	# CUR FIRST: is it the first word?
{
	if [ -n "$2" ] && [[ $1 != */* ]]; then
		mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -c -- "$1")
	else
		_nshandle_files "$1"
	fi
}

# What is neither an option nor a value of one.
_nshandle_argument()	# VERB CUR FIRST
{
	case $1 in
	join | hold | spawn) _nshandle_run "$2" "$3" ;;
	show | last-pid) _nshandle_object "$2" ;;
	proc) _nshandle_files "$2" ;;
	esac
}

# What bash takes for a word ends at ':' and '=', if COMP_WORDBREAKS has them.
_nshandle_trim()	# CUR
{
	local prefix=${1%"${1##*[:=]}"}

	[ -z "$prefix" ] || [[ $COMP_WORDBREAKS != *"${prefix: -1}"* ]] ||
		COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
}

_nshandle()
{
	local words cur='' place

	COMPREPLY=()
	read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
	if [[ ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]]; then
		words+=('')
	fi
	cur=${words[-1]}
	place=$(_nshandle_place "${words[@]}")
	if [ ${#words[@]} -le 2 ]; then
		# shellcheck disable=SC2046 # several words
		_nshandle_words "$cur" $(_nshandle_verbs) --help --version
	elif [[ $place == COMMAND* ]]; then
		[ "$place" = "COMMAND $((${#words[@]} - 1))" ] || place=''
		_nshandle_argument "${words[1]}" "$cur" "$place"
	elif [ -n "$place" ]; then
		_nshandle_value "$place" "$cur"
	elif [[ $cur == --*=* ]]; then
		_nshandle_value "${cur%%=*}" "${cur#*=}"
		COMPREPLY=("${COMPREPLY[@]/#/${cur%%=*}=}")
	elif [[ $cur == -* ]]; then
		# shellcheck disable=SC2046 # several words
		_nshandle_words "$cur" $(_nshandle_options "${words[1]}")
	else
		_nshandle_argument "${words[1]}" "$cur" first
	fi
	_nshandle_trim "$cur"
}

complete -F _nshandle nshandle
