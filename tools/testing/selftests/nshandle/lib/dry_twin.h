/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included last by a program that the Makefile builds twice. In the twin, built
 * with -DDRY_TWIN=setns_dry_seen or _unseen, each setns(2) by pidfd follows a dry
 * run of the same call, which must have the same result and move nothing.
 */
#ifdef DRY_TWIN

#include "flags.h"

#define try_setns(_fd, _flags) DRY_TWIN(_metadata, _fd, _flags)

#undef SKIP_WITHOUT_CONTAINERS
#define SKIP_WITHOUT_CONTAINERS() SKIP_WITHOUT_FLAGS()

#endif /* DRY_TWIN */
