// SPDX-License-Identifier: GPL-2.0
#include "jail.h"
#include "box.h"
#include "child.h"
#include "mounts.h"

void jail_make(struct __test_metadata *_metadata)
{
	private_mounts(_metadata);
	ASSERT_EQ(0, mkdir(JAIL, 0755));
	ASSERT_EQ(0, mkdir(JAIL "/" CELL, 0755));
}

void jail_uncover(struct __test_metadata *_metadata)
{
	if (!access(CONTAINER_MARKER, F_OK))
		ASSERT_EQ(0, umount2("/tmp", MNT_DETACH));
}

void jail_enter(struct __test_metadata *_metadata)
{
	jail_uncover(_metadata);
	ASSERT_EQ(0, chroot(JAIL));
	ASSERT_EQ(0, chdir("/" CELL));
}

void children_unborn(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, unshare(CLONE_NEWPID | CLONE_NEWTIME));
}

void children_elsewhere(struct __test_metadata *_metadata)
{
	children_unborn(_metadata);
	start_sharer(_metadata, 0);
}

void children_elsewhere_jailed(struct __test_metadata *_metadata)
{
	children_elsewhere(_metadata);
	jail_enter(_metadata);
}
