/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The capabilities and the ids of the caller.
 */
#ifndef NSHANDLE_LIB_CAPS_H
#define NSHANDLE_LIB_CAPS_H

#include "test.h"

bool have_cap(cap_value_t cap);

/* Takes @cap out of every set but the bounding one. */
void cap_drop(struct __test_metadata *_metadata, cap_value_t cap);

/* Leaves @cap and nothing else; none at all with -1. */
void cap_keep_only(struct __test_metadata *_metadata, cap_value_t cap);

/* All three uids and gids; the capabilities go, unless a securebit keeps them. */
void become(struct __test_metadata *_metadata, uid_t uid);

/* Into a new user namespace, as its root: only the caller's own ids are mapped. */
void enter_userns(struct __test_metadata *_metadata);

#endif /* NSHANDLE_LIB_CAPS_H */
