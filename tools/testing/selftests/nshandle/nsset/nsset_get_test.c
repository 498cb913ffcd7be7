// SPDX-License-Identifier: GPL-2.0
/*
 * PIDFD_GET_NSSET checks the process, then the caller's access, then whether there
 * is room, and opens a close-on-exec descriptor.
 */
#include <sys/fsuid.h>
#include <sys/resource.h>

#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/handle.h"
#include "../lib/mounts.h"
#include "../lib/nsset.h"
#include "../lib/picture.h"
#include "../lib/subject.h"
#include "../lib/types.h"

#define PAGE 4096

/* ----- The process and the caller decide. */

FIXTURE(asked) {
	struct subject s;
};

FIXTURE_VARIANT(asked) {
	enum victim victim;
	enum asker asker;
	int err;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(asked, live) { .victim = LIVE, };
FIXTURE_VARIANT_ADD(asked, guarded) { .victim = GUARDED, };
FIXTURE_VARIANT_ADD(asked, live_by_ptrace_capable) {
	.victim = LIVE, .asker = BY_ROOT_PTRACE, };
FIXTURE_VARIANT_ADD(asked, live_by_other_uid) {
	.victim = LIVE, .asker = BY_UID_1000, .err = EACCES, };
FIXTURE_VARIANT_ADD(asked, live_by_less_capable) {
	.victim = LIVE, .asker = BY_ROOT_NO_CAPS, .err = EACCES, };
FIXTURE_VARIANT_ADD(asked, guarded_by_less_capable) {
	.victim = GUARDED, .asker = BY_ROOT_NO_CAPS, .err = EACCES, };
FIXTURE_VARIANT_ADD(asked, live_by_other_fsuid) {
	.victim = LIVE, .asker = BY_FSUID_1000, .err = EACCES, };
FIXTURE_VARIANT_ADD(asked, zombie) { .victim = ZOMBIE, .err = ESRCH, };
FIXTURE_VARIANT_ADD(asked, zombie_by_other_uid) {
	.victim = ZOMBIE, .asker = BY_UID_1000, .err = EACCES, };
FIXTURE_VARIANT_ADD(asked, headless) { .victim = HEADLESS, .err = ESRCH, };
FIXTURE_VARIANT_ADD(asked, headless_by_other_uid) {
	.victim = HEADLESS, .asker = BY_UID_1000, .err = EACCES, };
FIXTURE_VARIANT_ADD(asked, reaped) { .victim = REAPED, .err = ESRCH, };
FIXTURE_VARIANT_ADD(asked, reaped_by_other_uid) {
	.victim = REAPED, .asker = BY_UID_1000, .err = ESRCH, };
/* clang-format on */

FIXTURE_SETUP(asked)
{
	SKIP_WITHOUT_NSSET();
	subject_start(_metadata, &self->s, variant->victim);
}

FIXTURE_TEARDOWN(asked)
{
	subject_stop(_metadata, &self->s);
}

static int try_get(int pidfd, __u64 types, __u32 flags)
{
	struct nsset_args args = {
		.size = sizeof(args),
		.flags = flags,
		.types = types,
	};

	return try_nsset(pidfd, &args);
}

/* The errno is that of a neighbour, which opens one namespace. */
TEST_F(asked, every_mask)
{
	static const __u32 flags[] = {
		0, SETNS_ROOT, SETNS_FOR_CHILDREN, MADE_FLAGS,
	};
	int pidfd = self->s.pidfd;

	IN_CHILD {
		struct asker_state s = asker_begin(_metadata, variant->asker);
		int uts = pidfd_get(pidfd, LINK_UTS);

		EXPECT_EQ(variant->err, uts < 0 ? errno : close(uts));
		EXPECT_EQ(variant->err, try_get(pidfd, 0, 0));
		EXPECT_EQ(variant->err, try_get(pidfd, 0, MADE_FLAGS));
		for (int n = 4; n < 4 * 256; n += NEXT_ROW) {
			__u64 types = mask_flags(n / 4);

			if (!nsset_valid(types, flags[n % 4]))
				continue;
			EXPECT_EQ(variant->err, try_get(pidfd, types,
							flags[n % 4])) {
				TH_LOG("types %#llx, flags %#x", types,
				       flags[n % 4]);
			}
		}
		asker_end(_metadata, &s);
	}
}

/* EMFILE comes last. */
TEST_F(asked, without_room)
{
	int pidfd = self->s.pidfd;

	IN_CHILD {
		struct asker_state s = asker_begin(_metadata, variant->asker);
		struct rlimit old, limit;

		ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
		limit = old;
		limit.rlim_cur = dup(0);
		close(limit.rlim_cur);
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
		EXPECT_EQ(variant->err ?: EMFILE, try_get(pidfd, 0, 0));
		EXPECT_EQ(EINVAL, try_get(pidfd, -1, 0));
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
		asker_end(_metadata, &s);
	}
}

/* ----- The fsuid decides, whatever the other uids are. */

FIXTURE(by) {
	pid_t pid;	/* of uid 1000, without capabilities */
	int pidfd;
};

FIXTURE_VARIANT(by) {
	uid_t ruid, euid, fsuid;
	int err;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(by, all_alike) {
	.ruid = 1000, .euid = 1000, .fsuid = 1000, };
FIXTURE_VARIANT_ADD(by, fsuid_alone) {
	.ruid = 0, .euid = 0, .fsuid = 1000, };
FIXTURE_VARIANT_ADD(by, euid_alone) {
	.ruid = 0, .euid = 1000, .fsuid = 0, .err = EACCES, };
FIXTURE_VARIANT_ADD(by, all_but_fsuid) {
	.ruid = 1000, .euid = 1000, .fsuid = 0, .err = EACCES, };
/* clang-format on */

FIXTURE_SETUP(by)
{
	int pipefd[2];
	char byte;

	SKIP_WITHOUT_NSSET();
	ASSERT_EQ(0, pipe2(pipefd, O_CLOEXEC));
	self->pid = fork();
	ASSERT_LE(0, self->pid);
	if (self->pid == 0) {
		become(_metadata, 1000);
		_exit(idle(&pipefd[1]));
	}
	ASSERT_EQ(1, read(pipefd[0], &byte, 1));
	self->pidfd = sys_pidfd_open(self->pid, 0);
	ASSERT_LE(0, self->pidfd);
}

FIXTURE_TEARDOWN(by)
{
	if (self->pid > 0)
		stop_child(_metadata, self->pid);
}

TEST_F(by, fsuid)
{
	IN_CHILD {
		ASSERT_EQ(0, setgroups(0, NULL));
		ASSERT_EQ(0, setresgid(1000, 1000, 1000));
		ASSERT_EQ(0, setresuid(variant->ruid, variant->euid, 0));
		setfsuid(variant->fsuid);
		ASSERT_EQ((int)variant->fsuid, setfsuid(-1));
		cap_keep_only(_metadata, -1);
		EXPECT_EQ(variant->err, try_get(self->pidfd, 0, 0));
	}
}

/* ----- Root and working directory must be in the mount namespace. */

#define MOUNT "/tmp/mount"

/* A process that has one of them on a mount that is detached. */
FIXTURE(detached) {
	pid_t pid;
	int pidfd;
};

FIXTURE_VARIANT(detached) {
	bool root, cwd;
	int err;	/* with SETNS_ROOT */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(detached, none) { .err = 0, };
FIXTURE_VARIANT_ADD(detached, root) { .root = true, .err = EAGAIN, };
FIXTURE_VARIANT_ADD(detached, cwd) { .cwd = true, .err = EAGAIN, };
FIXTURE_VARIANT_ADD(detached, both) {
	.root = true, .cwd = true, .err = EAGAIN, };
/* clang-format on */

FIXTURE_SETUP(detached)
{
	int pipefd[2];
	char byte;

	SKIP_WITHOUT_NSSET();
	private_mounts(_metadata);
	ASSERT_EQ(0, mkdir(MOUNT, 0755));
	ASSERT_EQ(0, mount("tmpfs", MOUNT, "tmpfs", 0, NULL));
	ASSERT_EQ(0, pipe2(pipefd, O_CLOEXEC));
	self->pid = fork();
	ASSERT_LE(0, self->pid);
	if (self->pid == 0) {
		ASSERT_EQ(0, chdir(variant->cwd ? MOUNT : "/"));
		ASSERT_EQ(0, chroot(variant->root ? MOUNT : "/"));
		_exit(idle(&pipefd[1]));
	}
	ASSERT_EQ(1, read(pipefd[0], &byte, 1));
	ASSERT_EQ(0, umount2(MOUNT, MNT_DETACH));
	self->pidfd = sys_pidfd_open(self->pid, 0);
	ASSERT_LE(0, self->pidfd);
}

FIXTURE_TEARDOWN(detached)
{
	if (self->pid > 0)
		stop_child(_metadata, self->pid);
}

TEST_F(detached, refused_with_root_only)
{
	IN_CHILD {
		struct asker_state s = asker_begin(_metadata, BY_ROOT);

		EXPECT_EQ(0, try_get(self->pidfd, 0, 0));
		EXPECT_EQ(0, try_get(self->pidfd, CLONE_NEWNS, 0));
		EXPECT_EQ(variant->err, try_get(self->pidfd, 0, SETNS_ROOT));
		EXPECT_EQ(variant->err, try_get(self->pidfd, CLONE_NEWNS,
						SETNS_ROOT));
		EXPECT_EQ(EINVAL, try_get(self->pidfd, CLONE_NEWUTS,
					  SETNS_ROOT));
		asker_end(_metadata, &s);
	}
}

/* Between EACCES and EMFILE. */
TEST_F(detached, in_order)
{
	struct rlimit limit = { .rlim_cur = self->pidfd + 1 };

	IN_CHILD {
		limit.rlim_max = limit.rlim_cur;
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
		EXPECT_EQ(variant->err ?: EMFILE,
			  try_get(self->pidfd, 0, SETNS_ROOT));
		become(_metadata, 1000);
		EXPECT_EQ(EACCES, try_get(self->pidfd, 0, SETNS_ROOT));
	}
}

/* ----- The descriptor. */

FIXTURE(got) {
	int pidfd;
};

FIXTURE_SETUP(got)
{
	SKIP_WITHOUT_NSSET();
	self->pidfd = sys_pidfd_open(getpid(), 0);
	ASSERT_LE(0, self->pidfd);
}

FIXTURE_TEARDOWN(got)
{
}

TEST_F(got, close_on_exec_and_read_only)
{
	int set = nsset_make(_metadata, self->pidfd, 0, 0);

	EXPECT_EQ(FD_CLOEXEC, fcntl(set, F_GETFD));
	EXPECT_EQ(O_RDONLY, fcntl(set, F_GETFL) & O_ACCMODE);
}

TEST_F(got, each_time_another)
{
	int first = nsset_make(_metadata, self->pidfd, CLONE_NEWUTS, 0);
	int second = nsset_make(_metadata, self->pidfd, CLONE_NEWUTS, 0);
	struct nsset_info info;

	EXPECT_NE(first, second);
	EXPECT_EQ(0, close(first));
	EXPECT_EQ(0, nsset_info(second, &info));
	EXPECT_EQ(EBADF, nsset_info(first, &info));
}

/* The leader is a zombie and gives nothing; its living thread gives all. */
TEST_F(got, of_a_living_thread)
{
	struct nsset_info info;
	struct subject s;
	char path[64];
	struct stat st;
	pid_t tid;
	int set;

	subject_start(_metadata, &s, HEADLESS);
	EXPECT_EQ(ESRCH, try_get(s.pidfd, 0, 0));
	tid = last_thread(_metadata, s.proc);
	set = nsset_make(_metadata, thread_pidfd(_metadata, tid), 0, 0);
	EXPECT_EQ(0, nsset_info(set, &info));
	for (int i = 0; i < NR_TYPES; i++) {
		snprintf(path, sizeof(path), "task/%d/ns/%s", tid,
			 ns_types[i].name);
		ASSERT_EQ(0, fstatat(s.proc, path, &st, 0));
		EXPECT_EQ(st.st_ino, info.ino[i]);
	}
	subject_stop(_metadata, &s);
}

TEST_F(got, by_what_is_only_a_path)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->pidfd);
	fd = open(path, O_PATH | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(EBADF, try_get(fd, 0, 0));
	EXPECT_EQ(EBADF, try_get(-1, 0, 0));
}

TEST_F(got, all_types_for_zero)
{
	struct nsset_info info;

	EXPECT_EQ(0, nsset_info(nsset_make(_metadata, self->pidfd, 0, 0),
				&info));
	EXPECT_EQ((__u64)ALL_NS, info.types);
	EXPECT_EQ(0U, info.flags);
}

/* What a newer program leaves zero does no harm. */
TEST_F(got, by_a_longer_struct)
{
	static const __u32 sizes[] = { 16, 17, 24, 256, PAGE };
	union {
		struct nsset_args args;
		char bytes[2 * PAGE];
	} u;
	struct nsset_info info;

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		memset(&u, 0xff, sizeof(u));
		memset(&u, 0, sizes[i]);
		u.args.size = sizes[i];
		u.args.types = CLONE_NEWNS;
		u.args.flags = SETNS_ROOT;
		EXPECT_EQ(0, nsset_info(ioctl(self->pidfd, PIDFD_GET_NSSET,
					      &u), &info)) {
			TH_LOG("size %u: %m", sizes[i]);
		}
		EXPECT_EQ((__u64)CLONE_NEWNS, info.types);
		EXPECT_EQ((__u32)SETNS_ROOT, info.flags);
		EXPECT_EQ(sizes[i], u.args.size);
	}
}

TEST_HARNESS_MAIN
