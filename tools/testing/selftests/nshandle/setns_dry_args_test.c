// SPDX-License-Identifier: GPL-2.0
/*
 * setns_args_test, with a dry run before every setns(2) by pidfd: the same verdict as the
 * call itself, row by row of the whole table. None of them succeeds.
 */
#include "setns_flags.h"

#define try_setns(_fd, _flags) \
	setns_dry_first(_metadata, _fd, _flags, NULL)

#undef SKIP_WITHOUT_CONTAINERS
#define SKIP_WITHOUT_CONTAINERS() SKIP_WITHOUT_FLAGS()

#include "setns_args_test.c"
