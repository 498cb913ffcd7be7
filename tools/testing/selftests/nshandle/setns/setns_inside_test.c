// SPDX-License-Identifier: GPL-2.0
/*
 * What the caller of setns(2) sees after it: in the namespaces that he has
 * joined, and of his root and working directory.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/caps.h"
#include "../lib/child.h"
#include "../lib/picture.h"
#include "../lib/types.h"

/*
 * What a caller sees after a join, type by type: the link in /proc is one
 * thing, the namespace at work another.
 */
FIXTURE(inside)
{
	struct container c;
};

FIXTURE_SETUP(inside)
{
	SKIP_WITHOUT_CONTAINERS();
	self->c.flags = ALL_NS;
	container_start(_metadata, &self->c);
}

FIXTURE_TEARDOWN(inside)
{
	container_stop(_metadata, &self->c);
}

TEST_F(inside, uts_hostname)
{
	char name[64] = "";

	IN_CHILD {
		ASSERT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWUTS));
		ASSERT_EQ(0, gethostname(name, sizeof(name)));
		EXPECT_STREQ(CONTAINER_HOSTNAME, name);
	}
	ASSERT_EQ(0, gethostname(name, sizeof(name)));
	EXPECT_STRNE(CONTAINER_HOSTNAME, name);
}

TEST_F(inside, mnt_files)
{
	IN_CHILD {
		EXPECT_EQ(-1, access(CONTAINER_MARKER, F_OK));
		ASSERT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWNS));
		EXPECT_EQ(0, access(CONTAINER_MARKER, F_OK));
		/* Relative to the working directory: that has moved too. */
		EXPECT_EQ(0, access(&CONTAINER_MARKER[1], F_OK));
	}
	EXPECT_EQ(-1, access(CONTAINER_MARKER, F_OK));
}

TEST_F(inside, ipc_queue)
{
	IN_CHILD {
		EXPECT_EQ(-1, msgget(CONTAINER_MSG_KEY, 0));
		ASSERT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWIPC));
		EXPECT_LE(0, msgget(CONTAINER_MSG_KEY, 0));
	}
	EXPECT_EQ(-1, msgget(CONTAINER_MSG_KEY, 0));
}

TEST_F(inside, net_device)
{
	if (RUN("ip", "-V") == 127)
		skip_test(_metadata, "needs ip(8)");
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	if (RUN("ip", "link", "add", "probe0", "type", "dummy"))
		skip_test(_metadata, "no dummy network devices (CONFIG_DUMMY)");
	IN_CHILD {
		ASSERT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWNET));
		ASSERT_EQ(0, RUN("ip", "link", "add", "inside0", "type",
				 "dummy"));
	}
	/* Not ours, and seen by whoever joins after. */
	EXPECT_NE(0, RUN("ip", "link", "show", "inside0"));
	IN_CHILD {
		ASSERT_EQ(0, try_setns(self->c.pidfd, ALL_NS));
		EXPECT_EQ(0, RUN("ip", "link", "show", "inside0"));
		EXPECT_NE(0, RUN("ip", "link", "show", "probe0"));
	}
}

TEST_F(inside, pid_of_children)
{
	struct place want, child;

	place_read(_metadata, self->c.proc, "ns/pid", &want);
	IN_CHILD {
		pid_t pid = getpid();

		ASSERT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWPID));
		EXPECT_EQ(pid, getpid());
		IN_CHILD {
			/* Our pid in there: pid 1 is the container. */
			EXPECT_EQ(2, getpid());
			EXPECT_EQ(0, getppid());
			place_read(_metadata, AT_FDCWD, "/proc/self/ns/pid",
				   &child);
			EXPECT_TRUE(ns_same(&want, &child));
		}
	}
}

/* All rights in there; none of the settings that restrained us out here. */
TEST_F(inside, user_capabilities)
{
	struct state now = {};
	char buf[16] = "";
	__u64 full;
	int fd;

	fd = open("/proc/sys/kernel/cap_last_cap", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, buf, sizeof(buf) - 1));
	full = (2ULL << atoi(buf)) - 1;
	IN_CHILD {
		state_arm(_metadata, &now);
		cap_keep_only(_metadata, CAP_SYS_ADMIN);
		ASSERT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWUSER));
		state_refresh(_metadata, &now);
		EXPECT_EQ(0ULL, now.cap[0]);
		EXPECT_EQ(full, now.cap[1]);
		EXPECT_EQ(full, now.cap[2]);
		EXPECT_EQ(full, now.cap[3]);
		EXPECT_EQ(0ULL, now.cap[4]);
		EXPECT_EQ(SECUREBITS_DEFAULT, now.securebits);
		EXPECT_EQ(0U, geteuid());
	}
}

/* A caller that the container's map does not know keeps his uid as well. */
TEST_F(inside, user_unmapped)
{
	struct container c = { .flags = CLONE_NEWUSER,
			       .map = "0 100000 1000" };
	struct state before;

	container_start(_metadata, &c);
	IN_CHILD {
		state_arm(_metadata, &before);
		ASSERT_EQ(0, try_setns(c.pidfd, CLONE_NEWUSER));
		EXPECT_EQ(65534U, getuid());
		EXPECT_EQ(65534U, getgid());
		EXPECT_MOVED(&before, moved_by(CLONE_NEWUSER) | MOVED_UID |
				      MOVED_GID);
	}
	container_stop(_metadata, &c);
}

/* A day ahead, for the vDSO as for the system call. */
#define CLOCK_AHEAD 86400

static void clock_ahead(struct __test_metadata *_metadata)
{
	char text[64];
	int fd;

	ASSERT_EQ(0, unshare(CLONE_NEWTIME));
	snprintf(text, sizeof(text), "boottime %d 0", CLOCK_AHEAD);
	write_at(_metadata, AT_FDCWD, "/proc/self/timens_offsets", text);
	fd = open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, try_setns(fd, CLONE_NEWTIME));
	close(fd);
}

static time_t boottime_by_syscall(void)
{
	struct timespec ts = {};

	syscall(__NR_clock_gettime, CLOCK_BOOTTIME, &ts);
	return ts.tv_sec;
}

static time_t boottime(void)
{
	struct timespec ts = {};

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec;
}

/*
 * Does the vDSO's data page belong to a time namespace with offsets? Such a
 * page has the clock mode VDSO_CLOCKMODE_TIMENS, which is INT_MAX. It is looked
 * at directly, as a machine without a good clock source has no vDSO clock that
 * would show the difference. Looking also maps the page, so that the join has
 * something to take away.
 */
static bool vvar_of_time_ns(struct __test_metadata *_metadata)
{
	unsigned long start = 0;
	const int *page;
	char line[256];
	FILE *maps;

	maps = fopen("/proc/self/maps", "re");
	ASSERT_NE(NULL, maps);
	while (!start && fgets(line, sizeof(line), maps))
		if (strstr(line, "[vvar]"))
			start = strtoul(line, NULL, 16);
	fclose(maps);
	ASSERT_NE(0, start);
	page = (const int *)start;
	for (unsigned int i = 0; i < 4096 / sizeof(int); i++)
		if (page[i] == INT_MAX)
			return true;
	return false;
}

TEST_F(inside, time_offset)
{
	struct container c = { .setup = clock_ahead };
	time_t before = boottime();

	container_start(_metadata, &c);
	IN_CHILD {
		EXPECT_FALSE(vvar_of_time_ns(_metadata));
		ASSERT_EQ(0, try_setns(c.pidfd, CLONE_NEWTIME));
		EXPECT_TRUE(vvar_of_time_ns(_metadata));
		EXPECT_LE(before + CLOCK_AHEAD, boottime());
		EXPECT_LE(before + CLOCK_AHEAD, boottime_by_syscall());
		/* And back, by a process that is in our own. */
		ASSERT_EQ(0, try_setns(sys_pidfd_open(getppid(), 0),
				       CLONE_NEWTIME));
		EXPECT_FALSE(vvar_of_time_ns(_metadata));
		EXPECT_GT(before + CLOCK_AHEAD, boottime());
		EXPECT_GT(before + CLOCK_AHEAD, boottime_by_syscall());
	}
	EXPECT_GT(before + CLOCK_AHEAD, boottime());
	container_stop(_metadata, &c);
}

/* A join takes the undo list along only if it was one of IPC. */
TEST_F(inside, ipc_undo)
{
	struct state before;

	undo_start(_metadata);
	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(1, undo_value(_metadata));
		EXPECT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWUTS));
		EXPECT_EQ(1, undo_value(_metadata));
		/* Refused: our own user namespace. */
		EXPECT_EQ(EINVAL, try_setns(sys_pidfd_open(getpid(), 0),
					    CLONE_NEWUSER | CLONE_NEWIPC));
		EXPECT_EQ(1, undo_value(_metadata));
		EXPECT_EQ(0, try_setns(self->c.pidfd, CLONE_NEWIPC));
		EXPECT_EQ(0, undo_value(_metadata));
	}
	undo_stop(_metadata);
}

/*
 * The rights asked for are those that the caller had when he called: a
 * network namespace of ours can be taken into a user namespace that has none
 * over it, if both are joined at once.
 */
TEST_F(inside, user_with_net_of_ours)
{
	struct container c = { .flags = CLONE_NEWUSER };
	struct state before;

	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	container_start(_metadata, &c);
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, try_setns(c.pidfd, CLONE_NEWUSER | CLONE_NEWNET));
		EXPECT_MOVED(&before, moved_by(CLONE_NEWUSER | CLONE_NEWNET));
	}
	IN_CHILD {
		state_arm(_metadata, &before);
		EXPECT_EQ(0, try_setns(c.pidfd, CLONE_NEWUSER));
		EXPECT_EQ(EPERM, try_setns(c.pidfd, CLONE_NEWNET));
		EXPECT_MOVED(&before, moved_by(CLONE_NEWUSER));
	}
	container_stop(_metadata, &c);
}

/*
 * Root and working directory after a join of a mount namespace, by each of
 * the ways that lead there.
 */
FIXTURE(mnt)
{
	struct container c;
};

FIXTURE_VARIANT(mnt)
{
	bool nsfs;
	int flags;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mnt, nsfs) {
	/* clang-format on */
	.nsfs = true,
	.flags = CLONE_NEWNS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mnt, pidfd) {
	/* clang-format on */
	.flags = CLONE_NEWNS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mnt, pidfd_uts) {
	/* clang-format on */
	.flags = CLONE_NEWNS | CLONE_NEWUTS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mnt, pidfd_all_but_user) {
	/* clang-format on */
	.flags = ALL_NS & ~CLONE_NEWUSER,
};

/* Two more file systems on top of the root, the marker on the uppermost. */
static void cover_root(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, mount("tmpfs", CONTAINER_MARKER, "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(CONTAINER_MARKER "/lower", 0755));
	ASSERT_EQ(0, mount(CONTAINER_MARKER, "/", NULL, MS_MOVE, NULL));
	ASSERT_EQ(0, mount("tmpfs", CONTAINER_MARKER, "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(CONTAINER_MARKER "/upper", 0755));
	ASSERT_EQ(0, mount(CONTAINER_MARKER, "/", NULL, MS_MOVE, NULL));
}

static void enter_chroot(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, mkdir("/tmp/jail", 0755));
	ASSERT_EQ(0, chroot("/tmp/jail"));
	ASSERT_EQ(0, chdir("/"));
}

/* The container, or with @c NULL ourselves. */
static int mnt_join(struct __test_metadata *_metadata, bool nsfs, int flags,
		    const struct container *c)
{
	int fd;

	if (nsfs && c)
		fd = container_ns(_metadata, c, "mnt");
	else if (nsfs)
		/* In the one case that needs it, /proc is the root. */
		fd = open("/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	else
		fd = c ? c->pidfd : sys_pidfd_open(getpid(), 0);
	ASSERT_LE(0, fd);
	return try_setns(fd, flags);
}

FIXTURE_SETUP(mnt)
{
	SKIP_WITHOUT_CONTAINERS();
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
}

FIXTURE_TEARDOWN(mnt)
{
	container_stop(_metadata, &self->c);
}

/* The one already held: out of any chroot, back to the top. */
TEST_F(mnt, held_already)
{
	struct state before;

	IN_CHILD {
		ASSERT_EQ(0, chdir("/"));
		state_read(_metadata, &before);
		ASSERT_EQ(0, chroot("/proc"));
		ASSERT_EQ(0, chdir("/self"));
		EXPECT_MOVED(&before, MOVED_ROOT | MOVED_CWD);
		EXPECT_EQ(0, mnt_join(_metadata, variant->nsfs,
				      variant->flags, NULL));
		EXPECT_NOTHING_MOVED(&before);
	}
}

/* The namespace's root, not that of the process which named it. */
TEST_F(mnt, target_in_chroot)
{
	struct state before, host;
	struct place want;

	state_read(_metadata, &host);
	self->c.flags = ALL_NS & ~(CLONE_NEWUSER | CLONE_NEWNS);
	self->c.setup = enter_chroot;
	container_start(_metadata, &self->c);
	place_read(_metadata, self->c.proc, "root", &want);
	EXPECT_FALSE(place_same(&want, &host.root));
	IN_CHILD {
		state_read(_metadata, &before);
		EXPECT_EQ(0, mnt_join(_metadata, variant->nsfs,
				      variant->flags, &self->c));
		state_refresh(_metadata, &before);
		EXPECT_TRUE(place_same(&host.root, &before.root));
		EXPECT_TRUE(place_same(&host.root, &before.cwd));
	}
}

TEST_F(mnt, covered_root)
{
	struct state after;

	self->c.flags = ALL_NS & ~CLONE_NEWUSER;
	self->c.setup = cover_root;
	container_start(_metadata, &self->c);
	IN_CHILD {
		ASSERT_EQ(0, chdir("/tmp"));
		state_read(_metadata, &after);
		EXPECT_EQ(0, mnt_join(_metadata, variant->nsfs,
				      variant->flags, &self->c));
		EXPECT_EQ(0, access("/upper", F_OK));
		EXPECT_EQ(0, access("upper", F_OK));
		EXPECT_EQ(-1, access("/lower", F_OK));
		state_refresh(_metadata, &after);
		EXPECT_TRUE(place_same(&after.root, &after.cwd));
	}
}

TEST_HARNESS_MAIN
