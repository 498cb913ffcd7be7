# SPDX-License-Identifier: GPL-2.0
#
# Only verbs: each calls one script. "make help" lists them.

# BASE=6.12 chooses the base kernel, KSRC= a tree or tarball of your own. OUT= is
# where "make series" writes. CONFIG=cloud, debian, min or a file is what "make deb"
# configures the kernel with.
# With the checks, LIST=1 prints what each test program proves and runs nothing;
# T=PROGRAM or T=PROGRAM.CASE runs that one alone.
BASE ?= 6.12
KSRC ?=
# ARCH=arm64 or another architecture; M32=1: the tests as 32-bit programs of x86.
ARCH ?=
M32 ?=
OUT ?=
SECONDS ?= 600
SEED ?=
ROUNDS ?= 50
N ?=
T ?=
LIST ?=
KERNEL ?=
CONFIG ?= cloud
DESTDIR ?=
export BASE KSRC ARCH M32 N T LIST

help:		## this list
	@scripts/verbs/help $(MAKEFILE_LIST)

run:		## see the interfaces at work in a guest (first time 11 minutes, then 20 s)
	@scripts/verbs/run

check:		## all tests on the patched kernel (first time 11 minutes and more, then 3)
	@scripts/verbs/check series

check-all:	## make check on each base kernel, and one table (first time half an hour and more, then 10 minutes)
	@scripts/verbs/check-all $(KERNEL)

check-fixes:	## does each patch of fixes/7.3/ mend plain Linux 7.3? (first time 20 minutes)
	@scripts/verbs/check-fixes

check-debug:	## all tests with KASAN, lockdep, kmemleak, UBSAN (first time half an hour)
	@scripts/verbs/check debug

check-kcsan:	## the races of them with KCSAN, for accesses without a lock (first time 12 minutes)
	@scripts/verbs/check kcsan

check-control:	## the same tests on the unmodified kernel: some must fail (as long again)
	@scripts/verbs/check stock

check-upstream:	## the base's own selftests: the same on stock and on the series? (4 to 12 minutes, and two kernels)
	@scripts/verbs/check-upstream

check-types:	## what a kernel without TIME_NS, and one without USER_NS, make of SETNS_ALL (first time 20 minutes)
	@T=nsset_supported_test scripts/verbs/check no-time
	@T=nsset_supported_test scripts/verbs/check no-user

clients:	## what programs of Debian 12 and 13 call, and get (first time half an hour, then 8 minutes)
	@KERNEL=$(KERNEL) scripts/verbs/clients

fuzz:		## random calls against a model, for SECONDS=600, from SEED=
	@VM_TIMEOUT=$$(($(SECONDS) + 300)) scripts/vm-run -- \
		/kselftest/nshandle/nshandle-fuzz --seconds $(SECONDS) \
		$(addprefix --seed ,$(SEED))

coverage:	## which lines and branches of ours the tests reach (first time a quarter of an hour)
	@scripts/proof/coverage

mutate:		## faults in our kernel files, one by one: do the tests see them? (hours; N=100)
	@scripts/proof/mutate

bench:		## what the calls cost, in instructions, beside the unmodified kernel (half an hour)
	@scripts/proof/bench

soak:		## a million joins, and what they leave
	@VM_TIMEOUT=7200 scripts/vm-run -- sh -ec 'cd /kselftest/nshandle; \
		./nshandle-soak joins 1000000; ./nshandle-soak mounts 100000; \
		./nshandle-soak vectors 1000000'

repeat:		## all tests ROUNDS=50 times (an hour and more)
	@scripts/proof/repeat $(ROUNDS)

shell:		## a shell in a guest with the patched kernel (5 s)
	@scripts/vm-run --shell

kselftest:	## build the tests and run them on the kernel that runs here (1 minute)
	@scripts/verbs/kselftest

model:		## the models of locks and order: every state, and each safeguard taken out (1 minute)
	@scripts/proof/model

series:		## the series as mails, in OUT=build/BASE/mails (10 s)
	@OUT="$(OUT)" scripts/verbs/series

check-series:	## "git am" of these mails gives the tree that is tested (half a minute)
	@scripts/proof/series-test

bisect-check:	## each commit of the series builds and boots (half an hour and more)
	@scripts/proof/bisect-check

deb:		## linux-image and linux-headers as Debian packages, installed and booted (CONFIG=min: a quarter of an hour; the others are not timed yet)
	@CONFIG="$(CONFIG)" scripts/verbs/deb

deb-tools:	## the Debian package of nshandle(1), its pages and completion (1 minute)
	@scripts/verbs/deb-tools

install-headers:	## linux/nshandle.h, into DESTDIR=/usr/include/linux
	@install -D -m 644 -t "$(DESTDIR)/usr/include/linux" include/uapi/linux/nshandle.h

docs:		## our chapters as HTML, without a warning (a minute)
	@scripts/proof/docs

refresh:	## after a new point release: write the hooks anew that apply with fuzz
	@scripts/verbs/refresh

lint:		## checkpatch, sparse, W=1, shellcheck (2 minutes)
	@scripts/verbs/lint

clean:		## remove build/ (a new build is a minute or two: ccache stays)
	@scripts/verbs/clean

.PHONY: help run check check-all check-fixes check-debug check-kcsan \
	check-control check-upstream check-types clients fuzz coverage mutate bench \
	soak repeat shell kselftest model series check-series bisect-check deb \
	deb-tools install-headers docs refresh lint clean
.NOTPARALLEL:
