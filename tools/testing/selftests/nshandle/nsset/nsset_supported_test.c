// SPDX-License-Identifier: GPL-2.0
/*
 * SETNS_SUPPORTED leaves out what this kernel was built without, and only that.
 *
 * The one program here that also runs on a kernel without some of the types.
 */
#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/nsset.h"
#include "../lib/types.h"

static void type_path(char *path, size_t size, const char *of, int type)
{
	snprintf(path, size, "/proc/%s/ns/%s", of, ns_types[type].name);
}

/* Of each type the inode of "self" or PID; 0 if the kernel does not have it. */
static void inodes(const char *of, ino_t ino[NR_TYPES])
{
	struct stat st;
	char path[64];

	for (int i = 0; i < NR_TYPES; i++) {
		type_path(path, sizeof(path), of, i);
		ino[i] = stat(path, &st) ? 0 : st.st_ino;
	}
}

/* The types that this kernel has, by the links in /proc. */
static int present(void)
{
	ino_t ino[NR_TYPES];
	int types = 0;

	inodes("self", ino);
	for (int i = 0; i < NR_TYPES; i++)
		types |= ino[i] ? ns_types[i].flag : 0;
	return types;
}

/* A child in namespaces of its own, of all types that the kernel has. */
FIXTURE(has)
{
	int types;
	pid_t pid;
	int pidfd, set;
};

FIXTURE_VARIANT(has)
{
	bool by_set;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(has, by_process) {
	/* clang-format on */
	.by_set = false,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(has, by_set) {
	/* clang-format on */
	.by_set = true,
};

FIXTURE_SETUP(has)
{
	struct clone_args args = { .exit_signal = SIGCHLD };

	skip_unless_nsset(_metadata);
	self->types = present();
	args.flags = self->types;
	self->pid = sys_clone3(&args);
	ASSERT_LE(0, self->pid);
	if (self->pid == 0)
		idle(NULL);
	self->pidfd = sys_pidfd_open(self->pid, 0);
	ASSERT_LE(0, self->pidfd);
	self->set = nsset_make(_metadata, self->pidfd, 0, 0);
}

FIXTURE_TEARDOWN(has)
{
	stop_child(_metadata, self->pid);
}

#define SOURCE (variant->by_set ? self->set : self->pidfd)

/*
 * The caller's namespaces of @types are those of the child, the others are not.
 * A pid namespace is joined for the caller's children only.
 */
static void expect_only(struct __test_metadata *_metadata, pid_t pid, int types)
{
	ino_t mine[NR_TYPES], theirs[NR_TYPES];
	char of[16];

	snprintf(of, sizeof(of), "%d", pid);
	inodes("self", mine);
	inodes(of, theirs);
	for (int i = 0; i < NR_TYPES; i++) {
		if (!theirs[i] || ns_types[i].flag == CLONE_NEWPID)
			continue;
		EXPECT_EQ(!!(types & ns_types[i].flag), mine[i] == theirs[i]) {
			TH_LOG("%s", ns_types[i].name);
		}
	}
}

/* With and without a type that the kernel may lack. */
TEST_F(has, each_type)
{
	for (int i = 0; i < NR_TYPES; i++) {
		int flag = ns_types[i].flag;
		bool has = self->types & flag;

		IN_CHILD {
			EXPECT_EQ(has ? 0 : EINVAL,
				  try_setns(SOURCE, flag | SETNS_DRY_RUN));
			expect_only(_metadata, self->pid, 0);
			EXPECT_EQ(0, try_setns(SOURCE, flag | SETNS_SUPPORTED));
			/* The mount namespace of the child has this /proc, too. */
			expect_only(_metadata, self->pid, flag & self->types);
		}
	}
}

TEST_F(has, setns_all)
{
	IN_CHILD {
		EXPECT_EQ(0, try_setns(SOURCE, SETNS_ALL));
		expect_only(_metadata, self->pid, self->types);
		/* Again: all are joined already. */
		EXPECT_EQ(0, try_setns(SOURCE, SETNS_ALL));
	}
}

/* Of oneself: nothing is left to join. */
TEST_F(has, setns_all_of_oneself)
{
	int pidfd = sys_pidfd_open(getpid(), 0);
	int fd = variant->by_set ? nsset_make(_metadata, pidfd, 0, 0) : pidfd;

	ASSERT_LE(0, pidfd);
	EXPECT_EQ(0, try_setns(fd, SETNS_ALL));
	expect_only(_metadata, self->pid, 0);
}

/* It says nothing about flags, other bits, or the source. */
TEST_F(has, what_it_does_not_allow)
{
	int fd = SOURCE, nsfd;
	char path[64];

	EXPECT_EQ(EINVAL, try_setns(fd, SETNS_SUPPORTED));
	EXPECT_EQ(EINVAL, try_setns(fd, SETNS_SUPPORTED | SETNS_SKIP_JOINED));
	EXPECT_EQ(EINVAL, try_setns(fd, SETNS_SUPPORTED | SETNS_ROOT));
	EXPECT_EQ(EINVAL, try_setns(fd, SETNS_SUPPORTED | SETNS_ROOT |
					CLONE_NEWUTS));
	EXPECT_EQ(EINVAL, try_setns(fd, SETNS_SUPPORTED | SETNS_FOR_CHILDREN |
					CLONE_NEWUTS));
	for (int bit = 0; bit < 32; bit++) {
		int other = (int)BIT(bit);

		if (other & (ALL_NS | ALL_FLAGS))
			continue;
		EXPECT_EQ(EINVAL, try_setns(fd, SETNS_SUPPORTED | other));
		EXPECT_EQ(EINVAL, try_setns(fd, SETNS_SUPPORTED | other |
						CLONE_NEWUTS));
	}
	type_path(path, sizeof(path), "self", 1);
	nsfd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, nsfd);
	EXPECT_EQ(EINVAL, try_setns(nsfd, SETNS_SUPPORTED));
	EXPECT_EQ(EINVAL, try_setns(nsfd, SETNS_SUPPORTED | CLONE_NEWNS));
	expect_only(_metadata, self->pid, 0);
}

/* A type that was left out counts as one that a flag applies to. */
TEST_F(has, flags_of_absent_types)
{
	int fd = self->pidfd, flags = SETNS_SUPPORTED | SETNS_FOR_CHILDREN;

	IN_CHILD {
		EXPECT_EQ(variant->by_set ? EINVAL : 0,
			  try_setns(SOURCE, flags | CLONE_NEWTIME));
	}
	if (!(self->types & CLONE_NEWTIME)) {
		EXPECT_EQ(-1, nsset_get(fd, CLONE_NEWTIME, SETNS_FOR_CHILDREN));
		EXPECT_EQ(EINVAL, errno);
	}
}

/* Of every type that the kernel has; one that it has not is an unknown bit. */
TEST_F(has, what_a_set_holds)
{
	struct nsset_info info;
	ino_t ino[NR_TYPES];
	char of[16];
	int set;

	snprintf(of, sizeof(of), "%d", self->pid);
	inodes(of, ino);
	ASSERT_EQ(0, nsset_info(self->set, &info));
	EXPECT_EQ((__u64)self->types, info.types);
	for (int i = 0; i < NR_TYPES; i++) {
		EXPECT_EQ(ino[i], info.ino[i]);
		set = nsset_get(self->pidfd, ns_types[i].flag, 0);
		EXPECT_EQ(!!ino[i], set >= 0) {
			TH_LOG("%s: %m", ns_types[i].name);
		}
		if (set < 0)
			EXPECT_EQ(EINVAL, errno);
		close(set);
	}
}

/* The process is looked for, even if nothing of it is left to join. */
TEST_F(has, dead_process)
{
	pid_t pid = fork();
	int pidfd;

	ASSERT_LE(0, pid);
	if (pid == 0)
		_exit(0);
	pidfd = sys_pidfd_open(pid, 0);
	ASSERT_LE(0, pidfd);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_EQ(ESRCH, try_setns(pidfd, SETNS_ALL));
	EXPECT_EQ(ESRCH, try_setns(pidfd, CLONE_NEWTIME | SETNS_SUPPORTED));
	EXPECT_EQ(0, try_setns(self->set, SETNS_ALL | SETNS_DRY_RUN));
}

TEST_HARNESS_MAIN
