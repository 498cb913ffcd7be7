// SPDX-License-Identifier: GPL-2.0
#include "caps.h"

bool have_cap(cap_value_t cap)
{
	cap_flag_value_t value = CAP_CLEAR;
	cap_t caps = cap_get_proc();

	if (caps) {
		cap_get_flag(caps, cap, CAP_EFFECTIVE, &value);
		cap_free(caps);
	}
	return value == CAP_SET;
}

void cap_drop(struct __test_metadata *_metadata, cap_value_t cap)
{
	cap_t caps = cap_get_proc();

	ASSERT_NE(NULL, caps);
	ASSERT_EQ(0, cap_set_flag(caps, CAP_EFFECTIVE, 1, &cap, CAP_CLEAR));
	ASSERT_EQ(0, cap_set_flag(caps, CAP_PERMITTED, 1, &cap, CAP_CLEAR));
	ASSERT_EQ(0, cap_set_flag(caps, CAP_INHERITABLE, 1, &cap, CAP_CLEAR));
	ASSERT_EQ(0, cap_set_proc(caps));
	cap_free(caps);
}

void cap_keep_only(struct __test_metadata *_metadata, cap_value_t cap)
{
	cap_t caps = cap_init();

	ASSERT_NE(NULL, caps);
	if (cap >= 0) {
		ASSERT_EQ(0, cap_set_flag(caps, CAP_EFFECTIVE, 1, &cap,
					  CAP_SET));
		ASSERT_EQ(0, cap_set_flag(caps, CAP_PERMITTED, 1, &cap,
					  CAP_SET));
	}
	ASSERT_EQ(0, cap_set_proc(caps));
	cap_free(caps);
}

void become(struct __test_metadata *_metadata, uid_t uid)
{
	ASSERT_EQ(0, setgroups(0, NULL));
	ASSERT_EQ(0, setresgid(uid, uid, uid));
	ASSERT_EQ(0, setresuid(uid, uid, uid));
	/* After the change of uid, processes of that uid could not read us. */
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
}

void enter_userns(struct __test_metadata *_metadata)
{
	char map[64];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	write_at(_metadata, AT_FDCWD, "/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	write_at(_metadata, AT_FDCWD, "/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	write_at(_metadata, AT_FDCWD, "/proc/self/gid_map", map);
}
