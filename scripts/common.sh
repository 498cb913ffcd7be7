# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # for those who source it
#
# Every script sources this first: where things are, how to stop with a message,
# and what several scripts share. It calls no other script.

set -euo pipefail
export LC_ALL=C
umask 022
trap 'exit 130' INT TERM

# A verb runs under make, whose flags and BASE= must not reach the kernel's
# make.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GNUMAKEFLAGS

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scripts=$top/scripts
test_sources=$top/tools/testing/selftests/nshandle
lists=$test_sources/lists
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/nshandle
own_dirs="fs include kernel Documentation tools"

die()	# MESSAGE: one line that says what failed, where the log is, what to do
{
	echo "nshandle: $*" >&2
	exit "${die_status:-1}"
}

say()
{
	echo "nshandle: $*" >&2
}

bases()
{
	(cd "$top/patches" 2>/dev/null && echo [0-9]*)
}

hash_files()	# FILE...: one hash over names and contents
{
	sha256sum -- "$@" | sha256sum | cut -d' ' -f1
}

same()		# STAMPFILE VALUE
{
	[ -e "$1" ] && [ "$(cat "$1")" = "$2" ]
}

free_mb()	# DIRECTORY
{
	df -Pm "$1" | awk 'NR == 2 { print $4 }'
}

need_mb()	# DIRECTORY MEGABYTES
{
	[ "$(free_mb "$1")" -ge "$2" ] ||
		die "no disk: $1 has $(free_mb "$1") MB free, this step needs $2 MB"
}

debian_source()	# SUITE: print apt's line for it, from this machine's mirror
{
	local key=/usr/share/keyrings/debian-archive-keyring.gpg uri

	# shellcheck disable=SC2016 # the words are apt's
	uri=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
		awk '$1 == "Debian" { print $2; exit }')
	[ -n "$uri" ] || die "apt has no mirror of Debian: run apt-get update"
	echo "deb [signed-by=$key] $uri $1 main"
}

# These are of the repository, and no part of the series.
stay='^(Documentation/([^/]*\.md$|bench/|clients/|models/)|kernel/configs/'
stay+='|tools/testing/selftests/nshandle/(bench/goals|lists/(control|coverage|mutants)\.list)$)'

own_sources()	# print our own files, as paths in a kernel tree
{
	local list

	cd "$top"
	# shellcheck disable=SC2086 # a list of words
	list=$(git ls-files -co --exclude-standard -- $own_dirs 2>/dev/null) || list=
	# An unpacked tarball is no git repository.
	# shellcheck disable=SC2086
	[ -n "$list" ] || list=$(find $own_dirs -type f ! -name '*~' \
		! -name '.*' ! -name '*.o' 2>/dev/null)
	grep -vE "$stay" <<<"$list" | while IFS= read -r f; do
		[ ! -f "$f" ] || printf '%s\n' "$f"
	done | sort
}

# Print the commits of the series on this base, in order. Each hook of the base
# is one. A message for which no base has a hook brings our own files only.
commits()
{
	local f name

	for f in "$top/patches/$BASE"/*.patch "$top"/patches/messages/*.txt; do
		name=$(basename "${f%.*}")
		[[ $f != *.txt ]] || { ! compgen -G "$top/patches/[0-9]*/$name.patch" >/dev/null &&
			[ "$name" != 0000-cover-letter ]; } || continue
		echo "$name"
	done | sort
}

# Print "COMMIT FILE" for each of our own files. The "Files:" trailers of the
# messages name files, and folders with a slash at the end. The longest name that
# fits a file counts; the same name twice, the first commit. COMMIT is "elsewhere"
# if only another base has it, and "nowhere" without a trailer.
arrivals()
{
	{
		commits | while IFS= read -r name; do
			commit_mail "$name" | sed -n "s/^Files: /$name /p"
		done
		sed -n 's/^Files: /elsewhere /p' "$top"/patches/*/*
		own_sources | sed 's/^/- /'
	} | awk '
		$1 != "-" { if (!($2 in by)) by[$2] = $1; next }
		{
			for (p = $2; p != "" && !(p in by); )
				if (!sub("[^/]+$", "", p)) sub("[^/]*/$", "", p)
			print p == "" ? "nowhere" : by[p], $2
		}'
}

own_files()	# print our own files that this base has
{
	arrivals | sed -n '/^elsewhere /!s/^[^ ]* //p'
}

# What is built bears this date, so that two builds are alike.
build_date="Thu Jan  1 00:00:00 UTC 2026"

kmake()		# ARGUMENT...: run make in the assembled tree, $tree
{
	local cc=gcc target=()

	[ "$make_arch" = - ] || {
		cc=${cross}gcc
		target=(ARCH="$make_arch" CROSS_COMPILE="$cross")
	}
	export CCACHE_DIR=$cache/ccache CCACHE_NOHASHDIR=1
	export CCACHE_SLOPPINESS=time_macros CCACHE_COMPILERCHECK=content
	export KBUILD_BUILD_TIMESTAMP=$build_date
	export KBUILD_BUILD_USER=nshandle KBUILD_BUILD_HOST=nshandle
	export KBUILD_BUILD_VERSION=1
	make -C "$tree" --no-print-directory CC="ccache $cc" \
		HOSTCC="ccache gcc" "${target[@]}" "$@"
}

# A kernel's name says which tree it is, with our hooks or without ("stock"),
# and which fragment of kernel/configs/ it has on top of the plain
# configuration.
kernels="series stock debug stock-debug kcsan gcov mutate bench stock-bench
	clients stock-clients
	no-time no-user fixes
	deb-cloud deb-debian deb-file deb-min"

known_kernel()	# KERNEL
{
	[[ " ${kernels//[[:space:]]/ } " == *" $1 "* ]] ||
		die "no kernel '$1': one of $kernels"
}

kernel_is_stock()	# KERNEL
{
	[[ $1 == stock* ]]
}

# The patches that make a kernel's tree, in order. "fixes" has only those of
# fixes/$BASE/, and none of our files.
kernel_patches()	# KERNEL
{
	case $1 in
	stock*) ;;
	fixes)	sed "/^#/d; s#^#$top/fixes/$BASE/#" "$top/fixes/$BASE/series" ;;
	*)	ls "$top/patches/$BASE"/*.patch ;;
	esac
}

kernel_is_slow()	# KERNEL: by a factor of five or more
{
	[[ $1 == *debug || $1 == kcsan ]]
}

# The configuration that the fragments of a packaged kernel are merged into, in
# place of tinyconfig. build/start-config writes it.
kernel_start()	# KERNEL
{
	echo "$out/$1/start.config"
}

kernel_fragments()	# KERNEL: print its configuration files, in order
{
	local more=${1#stock-}

	[[ $1 != deb-* ]] || echo "$top/kernel/configs/nshandle-deb.config"
	[[ $1 != deb-* || $1 = deb-min ]] || return 0
	echo "$top/kernel/configs/nshandle.config"
	[ "$make_arch" = - ] || echo "$top/kernel/configs/nshandle-$arch.config"
	[[ " series stock fixes " == *" $more "* ]] ||
		echo "$top/kernel/configs/nshandle-$more.config"
	# where the symbols of this base differ
	[ ! -e "$top/patches/$BASE/base.config" ] ||
		echo "$top/patches/$BASE/base.config"
}

hook_paths()	# PATCH: print the files that it touches
{
	sed -n 's#^--- a/\([^	]*\).*#\1#p; s#^+++ b/\([^	]*\).*#\1#p' "$1" | sort -u
}

# Print a commit as a mail, without our own files. A message stands once for all
# bases in patches/messages/, unless the patch begins with its own.
commit_mail()	# NAME [PATCH]: PATCH if it is not the hook of this name
{
	local patch=${2:-$top/patches/$BASE/$1.patch}

	[ -e "$patch" ] || patch=/dev/null
	if ! head -n 1 "$patch" | grep -q '^From '; then
		cat "$top/patches/messages/$1.txt" || die "patches/messages/$1.txt is missing"
		echo ---
	fi
	cat "$patch"
}

programs()	# print the test programs that their Makefile names
{
	# without lib.mk, which only a kernel tree has
	{
		sed '/^include/,$d' "$test_sources/Makefile"
		printf '%s\n' "all: ; @echo \$(TEST_GEN_PROGS) \$(TEST_PROGS)"
	} | make -s --no-print-directory -C "$test_sources" -f - all |
		xargs -n 1
}

# Print the programs in which two tasks act at once, or with -v the others.
races_of()	# [-v] KSELFTEST-LIST
{
	grep -E "${@:1:$#-1}" '_(race|race_exec|exec)_test$' "${@: -1}"
}

# The tests and the command are built in the tree of this base, and run on every
# kernel: an older base lacks parts of the harness and of the headers.
user_base=6.12

# A line for each architecture that ARCH= may name: that of its kernel ("i386" is
# the tests and the command as 32-bit programs), the kernel's own word for ARCH=
# and its image, Debian's word and the release of Debian that has it ("-": this
# machine's), the compiler's prefix, the console, and QEMU's program and options. One
# with "-" in the third column runs on this machine. guest/init wants the first
# serial port unused, or as the console: arm64's console is none of them.
architectures='
x86_64  x86_64  -     arch/x86/boot/bzImage amd64   -      -                  ttyS0   x86_64  -cpu qemu64
i386    x86_64  -     arch/x86/boot/bzImage i386    -      i686-linux-gnu-    ttyS0   x86_64  -cpu qemu64
arm64   arm64   arm64 arch/arm64/boot/Image arm64   -      aarch64-linux-gnu- ttyAMA0 aarch64 -M virt -cpu cortex-a57 -chardev null,id=spare -device pci-serial,chardev=spare
riscv64 riscv64 riscv arch/riscv/boot/Image riscv64 trixie riscv64-linux-gnu- ttyS0   riscv64 -M virt
'

set_arch()	# ARCH: and what its line says
{
	arch=$1
	read -r _ kernel_arch make_arch kernel_image debian_arch debian_suite cross \
		console qemu_arch qemu_options < <(grep "^$1 " <<<"$architectures") ||
		die "no architecture '$1': one of" \
			"$(awk 'NF { print $1 }' <<<"$architectures" | xargs)"
	cross=${cross#-}
	# by another name, since ARCH would reach the kernel's make
	unset ARCH M32
	export NSHANDLE_ARCH=$arch
}

x86_64_only()	# stop a verb that knows no other architecture, or none at all
{
	[ "$arch" = x86_64 ] || die "this verb takes no ARCH= and no M32=" \
		"(Documentation/running.md says which do)"
}

# With KSRC= the tree's own Makefile says which base it is: build/fetch reads
# it. Each architecture but this machine's own has a folder beside it.
set_base()	# BASE: and where things of this base are
{
	local beside=

	[ "$arch" = x86_64 ] || beside=-$arch
	BASE=$1
	out=$top/build/$BASE
	if [ -n "$KSRC" ]; then
		out=$top/build/ksrc
		[ ! -e "$out/version" ] || BASE=$(cat "$out/version")
	fi
	base=$out/base
	kernel_out=$out$beside
	[ "$kernel_arch" = "$arch" ] || kernel_out=$out
	out=$out$beside
	user=$out		# what runs in the guest
	[ "$BASE" = "$user_base" ] || user=$top/build/$user_base$beside
	# Debian's packages, if the guest cannot have this machine's programs
	guest_debian=
	[ "$make_arch" = - ] || guest_debian=$user/debian
}

KSRC=${KSRC:-}
if [ -n "${M32:-}" ]; then
	[[ ${ARCH:-i386} = i386 || $ARCH = x86_64 ]] ||
		die "M32=1 is of x86, and ARCH=$ARCH is not"
	ARCH=i386
fi
[ -n "${ARCH:-}" ] || ARCH=x86_64
set_arch "${NSHANDLE_ARCH:-$ARCH}"
set_base "${BASE:-$user_base}"
