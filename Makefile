# SPDX-License-Identifier: GPL-2.0
#
# Verbs only: each is one script. "make help" lists them.

# BASE=6.12 chooses the base kernel, KSRC= a tree or tarball of your own.
BASE ?= 6.12
KSRC ?=
export BASE KSRC

help:		## this list
	@scripts/help $(MAKEFILE_LIST)

run:		## see the interfaces at work in a guest (first time 11 minutes, then 17 s)
	@scripts/run

check:		## all tests on the patched kernel (first time 13 minutes, then 2)
	@scripts/check series

check-control:	## the same tests on the unmodified kernel: some must fail (as long again)
	@scripts/check stock

shell:		## a shell in a guest with the patched kernel (5 s)
	@scripts/vm-run --shell

kselftest:	## build the tests and run them on the kernel that runs here (1 minute)
	@scripts/kselftest

lint:		## checkpatch, sparse, W=1, shellcheck (1 minute)
	@scripts/lint

clean:		## remove build/ (a new build is a minute or two: ccache stays)
	@scripts/clean

.PHONY: help run check check-control shell kselftest lint clean
.NOTPARALLEL:
