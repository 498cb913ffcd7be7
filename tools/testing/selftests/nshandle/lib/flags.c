// SPDX-License-Identifier: GPL-2.0
#include "flags.h"
#include "box.h"
#include "calls.h"

bool have_setns_flags(void)
{
	int pidfd = sys_pidfd_open(getpid(), 0);
	int err = try_setns(pidfd, SETNS_DRY_RUN | CLONE_NEWUTS);

	close(pidfd);
	return err != EINVAL;
}

void skip_unless_flags(struct __test_metadata *_metadata)
{
	if (!have_setns_flags())
		skip_test(_metadata, NO_SETNS_FLAGS);
}

void skip_without_flags(struct __test_metadata *_metadata)
{
	skip_without_containers(_metadata);
	skip_unless_flags(_metadata);
}

/* Shared by all processes of the program. */
static unsigned int *rows_compared;

static void __attribute__((constructor)) rows_share(void)
{
	rows_compared = mmap(NULL, sizeof(*rows_compared),
			     PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (rows_compared == MAP_FAILED)
		abort();
}

/* Once: the harness's children leave by _exit(2). */
static void __attribute__((destructor)) rows_print(void)
{
	if (*rows_compared) {
		printf("# dry = real in %u rows\n", *rows_compared);
		fflush(stdout);
	}
}

bool is_nsfs(int fd)
{
	return ioctl(fd, NS_GET_NSTYPE) >= 0;
}

int setns_dry_first(struct __test_metadata *_metadata, int fd, int flags,
		    const struct state *before)
{
	int dry = try_setns(fd, flags | SETNS_DRY_RUN);
	int real;

	if (!dry && before)
		EXPECT_NOTHING_MOVED(before);
	real = try_setns(fd, flags);
	if (is_nsfs(fd)) {
		EXPECT_EQ(EINVAL, dry);
		return real;
	}
	EXPECT_EQ(real, dry) {
		TH_LOG("flags %#x", flags);
	}
	__atomic_fetch_add(rows_compared, 1, __ATOMIC_RELAXED);
	return real;
}

int setns_dry_seen(struct __test_metadata *_metadata, int fd, int flags)
{
	struct state before;
	int err;

	state_read(_metadata, &before);
	err = setns_dry_first(_metadata, fd, flags, &before);
	state_close(&before);
	return err;
}

int setns_dry_unseen(struct __test_metadata *_metadata, int fd, int flags)
{
	return setns_dry_first(_metadata, fd, flags, NULL);
}

int link_source(int i, int flags)
{
	bool children = flags & SETNS_FOR_CHILDREN;

	switch (i) {
	case LINK_PID_FOR_CHILDREN:
		return children ? LINK_PID_FOR_CHILDREN : LINK_PID;
	case LINK_TIME:
	case LINK_TIME_FOR_CHILDREN:
		return children ? LINK_TIME_FOR_CHILDREN : LINK_TIME;
	default:
		return i;
	}
}

void expect_there(struct __test_metadata *_metadata, const struct state *before,
		  int flags, const struct state *target)
{
	struct state now = { .proc = before->proc };

	state_refresh(_metadata, &now);
	for (int i = 0; i < NR_LINKS; i++) {
		if (!(moved_by(flags) & BIT(i)))
			continue;
		EXPECT_TRUE(ns_same(&target->link[link_source(i, flags)],
				    &now.link[i])) {
			TH_LOG("%s is not the target's, flags %#x",
			       moved_names[i], flags);
		}
	}
	if (!(flags & SETNS_ROOT))
		return;
	EXPECT_TRUE(place_same(&target->root, &now.root));
	EXPECT_TRUE(place_same(&target->cwd, &now.cwd));
}
