// SPDX-License-Identifier: GPL-2.0
#include "nsset_join.h"
#include "calls.h"

int setns_by_set(struct __test_metadata *_metadata, int fd, int flags)
{
	int set, err;

	if (is_nsfs(fd))
		return try_setns(fd, flags);

	ASSERT_TRUE(flags & ~ALL_FLAGS);
	set = nsset_get(fd, (unsigned int)(flags & ~ALL_FLAGS),
			flags & MADE_FLAGS);
	if (set < 0)
		return errno == EACCES ? EPERM : errno;
	err = setns_dry_unseen(_metadata, set, flags & ~SETNS_FOR_CHILDREN);
	close(set);
	return err;
}

struct state *states_share(struct __test_metadata *_metadata, size_t nr)
{
	struct state *states = mmap(NULL, nr * sizeof(*states),
				    PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, states);
	return states;
}

void expect_joined(struct __test_metadata *_metadata,
		   const struct state *before, int types, int made,
		   const struct state *target)
{
	EXPECT_MOVED(before, moved_by(types));
	expect_there(_metadata, before, types | made, target);
}
