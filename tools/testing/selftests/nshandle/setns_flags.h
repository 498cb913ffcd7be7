/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of setns(2)'s own flags share: the flags, a jail that shows
 * where root and working directory are taken from, targets whose children are
 * born elsewhere, and a setns() that is tried before it is done.
 */
#ifndef NSHANDLE_SETNS_FLAGS_H
#define NSHANDLE_SETNS_FLAGS_H

#include "common.h"

#include <sys/mman.h>

#include <linux/nsfs.h>
#include <linux/nshandle.h>

#define ALL_FLAGS (SETNS_SKIP_JOINED | SETNS_DRY_RUN | SETNS_FOR_CHILDREN | \
		   SETNS_ROOT)

/* The one goes with the other only. */
#define NS_ROOT (CLONE_NEWNS | SETNS_ROOT)

/* All types but these. */
#define BUT_NS(_type) (ALL_NS & ~(_type))

/* ----- Reasons to skip. */

#define NO_SETNS_FLAGS "kernel without SETNS_* flags of setns(2)"

static inline bool have_setns_flags(void)
{
	int pidfd = sys_pidfd_open(getpid(), 0);
	int err = try_setns(pidfd, SETNS_DRY_RUN | CLONE_NEWUTS);

	close(pidfd);
	return err != EINVAL;
}

static inline void skip_without_flags(struct __test_metadata *_metadata)
{
	skip_without_containers(_metadata);
	if (!have_setns_flags())
		skip_test(_metadata, NO_SETNS_FLAGS);
}

/* At the top of FIXTURE_SETUP. */
#define SKIP_WITHOUT_FLAGS() skip_without_flags(_metadata)

/* ----- A dry run before every call. */

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

/* The harness's children leave by _exit(2): this is said once. */
static void __attribute__((destructor)) rows_print(void)
{
	if (*rows_compared) {
		printf("# dry = real in %u rows\n", *rows_compared);
		fflush(stdout);
	}
}

/* The file of a namespace takes none of the flags. */
static inline bool is_nsfs(int fd)
{
	return ioctl(fd, NS_GET_NSTYPE) >= 0;
}

/*
 * setns(2) after a dry run of the same, which must come to the same verdict;
 * and if that is to succeed, it must move nothing since @before was read. Who
 * expects a failure looks for himself, after both. Returns 0 or the errno of
 * the real one.
 */
static inline int setns_dry_first(struct __test_metadata *_metadata, int fd,
				  int flags, const struct state *before)
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

/* The same for a caller that can see itself in /proc. */
static inline int setns_dry_seen(struct __test_metadata *_metadata, int fd,
				 int flags)
{
	struct state before;
	int err;

	state_read(_metadata, &before);
	err = setns_dry_first(_metadata, fd, flags, &before);
	state_close(&before);
	return err;
}

#define SETNS(_fd, _flags) setns_dry_seen(_metadata, _fd, _flags)

/* ----- Where root and working directory may be. */

#define JAIL	"/tmp/jail"
#define CELL	"cell"

/*
 * A mount namespace of the test's own, its /tmp a file system of the host's
 * user namespace, and the jail in there. Nothing is left of it at the end.
 */
static inline void jail_make(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(JAIL, 0755));
	ASSERT_EQ(0, mkdir(JAIL "/" CELL, 0755));
}

/* A container with mounts of its own has covered /tmp. */
static inline void jail_uncover(struct __test_metadata *_metadata)
{
	if (!access(CONTAINER_MARKER, F_OK))
		ASSERT_EQ(0, umount2("/tmp", MNT_DETACH));
}

/* As a container's setup: its working directory is not its root. */
static inline void jail_enter(struct __test_metadata *_metadata)
{
	jail_uncover(_metadata);
	ASSERT_EQ(0, chroot(JAIL));
	ASSERT_EQ(0, chdir("/" CELL));
}

/* ----- Children that are born elsewhere, as a container's setup. */

/* The first of them has still to come. */
static inline void children_unborn(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, unshare(CLONE_NEWPID | CLONE_NEWTIME));
}

/* Their pid namespace has an init, so that its link in /proc shows it. */
static inline void children_elsewhere(struct __test_metadata *_metadata)
{
	children_unborn(_metadata);
	start_sharer(_metadata, 0);
}

static inline void children_elsewhere_jailed(struct __test_metadata *_metadata)
{
	children_elsewhere(_metadata);
	jail_enter(_metadata);
}

/* ----- Where a join has led. */

/* The link of the target that our link @i must be after a join of @flags. */
static inline int link_source(int i, int flags)
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

/*
 * We are where @target is, as far as @flags asked for it: also in what did not
 * have to move for that.
 */
static inline void expect_there(struct __test_metadata *_metadata,
				const struct state *before, int flags,
				const struct state *target)
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

#endif /* NSHANDLE_SETNS_FLAGS_H */
