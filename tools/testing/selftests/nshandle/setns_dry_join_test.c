// SPDX-License-Identifier: GPL-2.0
/*
 * setns_test, with a dry run before every setns(2) by pidfd: the same verdict as the
 * call itself, row by row of the whole table, and nothing moves.
 */
#include "setns_flags.h"

#define try_setns(_fd, _flags) SETNS(_fd, _flags)

#undef SKIP_WITHOUT_CONTAINERS
#define SKIP_WITHOUT_CONTAINERS() SKIP_WITHOUT_FLAGS()

#include "setns_test.c"
