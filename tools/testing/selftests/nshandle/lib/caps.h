/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Callers and their rights.
 */
#ifndef NSHANDLE_LIB_CAPS_H
#define NSHANDLE_LIB_CAPS_H

#include "test.h"

bool have_cap(cap_value_t cap);

/* Takes @cap out of every set but the bounding one. */
void cap_drop(struct __test_metadata *_metadata, cap_value_t cap);

/* Leaves @cap and nothing else; none at all with -1. */
void cap_keep_only(struct __test_metadata *_metadata, cap_value_t cap);

/* All three uids and gids; the capabilities go unless SECBIT_KEEP_CAPS. */
void become(struct __test_metadata *_metadata, uid_t uid);

/* Into a user namespace of our own, as its root; for the outside as before. */
void enter_userns(struct __test_metadata *_metadata);

#endif /* NSHANDLE_LIB_CAPS_H */
