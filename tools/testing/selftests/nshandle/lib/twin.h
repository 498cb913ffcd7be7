/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included last by a program that the Makefile builds twice. The twin is built
 * with -DTWIN=FUNCTION, which it calls in place of setns(2), and with
 * -DTWIN_SKIP=FUNCTION, which it calls first in each FIXTURE_SETUP.
 *
 * setns_dry_seen, setns_dry_unseen: each setns(2) by pidfd follows a dry run of
 * the same call, which must have the same result and move nothing.
 *
 * setns_by_set: each setns(2) by pidfd becomes a join of a set that is taken from
 * the pidfd, and must have the result that setns(2) by pidfd has.
 */
#ifdef TWIN

#include "flags.h"
#include "nsset_join.h"

#define try_setns(_fd, _flags) TWIN(_metadata, _fd, _flags)

#undef SETNS
#define SETNS(_fd, _flags) TWIN(_metadata, _fd, _flags)
#define setns_dry_first(__metadata, _fd, _flags, _before) \
	((void)(_before), TWIN(__metadata, _fd, _flags))

#undef SKIP_WITHOUT_CONTAINERS
#define SKIP_WITHOUT_CONTAINERS() TWIN_SKIP(_metadata)
#undef SKIP_WITHOUT_FLAGS
#define SKIP_WITHOUT_FLAGS() TWIN_SKIP(_metadata)

#endif /* TWIN */
