// SPDX-License-Identifier: GPL-2.0
#include "procfs_mount.h"
#include "caps.h"
#include "child.h"
#include "mounts.h"
#include "procfs.h"

void name_ns(struct __test_metadata *_metadata, const struct world *w,
	     enum ns ns)
{
	ASSERT_EQ(atoi(NS_FD), dup3(w->ns[ns], atoi(NS_FD), O_CLOEXEC));
}

void mounts_setup(struct __test_metadata *_metadata)
{
	private_mounts(_metadata);
	ASSERT_EQ(0, mkdir(MNT, 0755));
}

void mounts_world_enter(struct __test_metadata *_metadata, struct world *w)
{
	procfs_world_enter(_metadata, w);
	mounts_setup(_metadata);
}

int open_dir(struct __test_metadata *_metadata, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ASSERT_LE(0, fd) {
		TH_LOG("open %s: %s", path, strerror(errno));
	}
	return fd;
}

int attach(struct __test_metadata *_metadata, int fc)
{
	int mnt = sys_fsmount(fc);

	ASSERT_LE(0, mnt);
	ASSERT_EQ(0, sys_move_mount(mnt, MNT));
	close(mnt);
	return open_dir(_metadata, MNT);
}

void shown_options(struct __test_metadata *_metadata, char options[128])
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[1024], *rest;

	options[0] = '\0';
	ASSERT_NE(NULL, f);
	while (fgets(line, sizeof(line), f)) {
		rest = strstr(line, " - proc ");
		if (rest && strstr(line, " " MNT " "))
			ASSERT_EQ(1, sscanf(rest, " - proc %*s %127s",
					    options));
	}
	fclose(f);
}

int try_access(int dir, const char *name)
{
	return faccessat(dir, name, F_OK, 0) ? errno : 0;
}

void expect_is_of(struct __test_metadata *_metadata, int dir,
		  const struct world *w, enum ns ns)
{
	int fd = procfs_get_pidns(dir);

	ASSERT_LE(0, fd);
	EXPECT_TRUE(same_ns(_metadata, fd, w->ns[ns]));
	EXPECT_TRUE(procfs_init_is_of(_metadata, dir, w, ns));
	close(fd);
}

int user_count(struct __test_metadata *_metadata, int dir, gid_t group)
{
	int *count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0), ret;

	ASSERT_NE(MAP_FAILED, count);
	IN_CHILD {
		ASSERT_EQ(0, prctl(PR_SET_KEEPCAPS, 1));
		become(_metadata, 1000);
		if (group) {
			cap_keep_only(_metadata, CAP_SETGID);
			ASSERT_EQ(0, setgroups(1, &group));
		}
		cap_keep_only(_metadata, -1);
		*count = procfs_count(_metadata, dir);
	}
	ret = *count;
	munmap(count, sizeof(*count));
	return ret;
}
