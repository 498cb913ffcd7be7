// SPDX-License-Identifier: GPL-2.0
#include "nsset.h"
#include "box.h"
#include "calls.h"
#include "handle.h"

int nsset_get(int pidfd, __u64 types, __u32 flags)
{
	struct nsset_args args = {
		.size = sizeof(args),
		.flags = flags,
		.types = types,
	};

	return ioctl(pidfd, PIDFD_GET_NSSET, &args);
}

int nsset_make(struct __test_metadata *_metadata, int pidfd, __u64 types,
	       __u32 flags)
{
	int set = nsset_get(pidfd, types, flags);

	ASSERT_LE(0, set) {
		TH_LOG("PIDFD_GET_NSSET of %#llx: %m", types);
	}
	return set;
}

int try_nsset(int pidfd, void *args)
{
	int set = ioctl(pidfd, PIDFD_GET_NSSET, args);

	return set < 0 ? errno : close(set);
}

static bool has_children(int link)
{
	return link_flags[link] & (CLONE_NEWPID | CLONE_NEWTIME);
}

static bool is_for_children(int link)
{
	return link == LINK_PID_FOR_CHILDREN || link == LINK_TIME_FOR_CHILDREN;
}

bool nsset_holds(int link, __u64 types, __u32 flags)
{
	bool children = flags & SETNS_FOR_CHILDREN;

	return (types & link_flags[link]) &&
	       (!has_children(link) || is_for_children(link) == children);
}

int nsset_link(int i, __u32 flags)
{
	int link = 0;

	while (!nsset_holds(link, ns_types[i].flag, flags))
		link++;
	return link;
}

bool nsset_valid(__u64 types, __u32 flags)
{
	if ((flags & SETNS_ROOT) && !(types & CLONE_NEWNS))
		return false;
	return !(flags & SETNS_FOR_CHILDREN) ||
	       (types & (CLONE_NEWPID | CLONE_NEWTIME));
}

int nsset_info(int set, struct nsset_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return ioctl(set, NSSET_GET_INFO, info) ? errno : 0;
}

/* With a null pointer, a kernel that has it says EFAULT, others ENOTTY. */
bool have_nsset(void)
{
	int pidfd = sys_pidfd_open(getpid(), 0);
	bool have = ioctl(pidfd, PIDFD_GET_NSSET, NULL) && errno == EFAULT;

	close(pidfd);
	return have;
}

void skip_unless_nsset(struct __test_metadata *_metadata)
{
	if (!have_nsset())
		skip_test(_metadata, NO_NSSET);
}

void skip_without_nsset(struct __test_metadata *_metadata)
{
	skip_without_containers(_metadata);
	skip_unless_nsset(_metadata);
}
