// SPDX-License-Identifier: GPL-2.0
#include "slabs.h"

const char *const slabs[NR_SLABS] = {
	"cred", "cred_jar", "nsproxy", "fs_cache", "user_namespace",
	"pid_namespace", "mnt_cache", "filp", "dentry", "inode_cache",
	"proc_inode_cache", "names_cache", "kmalloc-64", "kmalloc-96",
	"kmalloc-128", "kmalloc-192", "kmalloc-256", "kmalloc-512",
	"kmalloc-1k", "kmalloc-2k", "kmalloc-4k", "kmalloc-cg-192",
	"kmalloc-cg-256",
};

static int slab_open(const char *slab, const char *file, int flags)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/%s", slab, file);
	return open(path, flags | O_CLOEXEC);
}

/* The name of a slab that is merged with others is a symbolic link. */
bool slabs_apart(void)
{
	char path[96];
	struct stat st;

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/sys/kernel/slab/%s", slabs[i]);
		if (!lstat(path, &st) && S_ISDIR(st.st_mode))
			return true;
	}
	return false;
}

void slabs_open(struct __test_metadata *_metadata, struct slab_files *s)
{
	for (size_t i = 0; i < NR_SLABS; i++) {
		s->shrink[i] = slab_open(slabs[i], "shrink", O_WRONLY);
		s->objects[i] = slab_open(slabs[i], "objects", O_RDONLY);
	}
	/* At least that of credentials: "cred" since 6.9, "cred_jar" before. */
	ASSERT_TRUE(s->shrink[0] >= 0 || s->shrink[1] >= 0) {
		TH_LOG("no /sys/kernel/slab/%s", slabs[0]);
	}
}

void slabs_close(const struct slab_files *s)
{
	for (size_t i = 0; i < NR_SLABS; i++) {
		close(s->shrink[i]);
		close(s->objects[i]);
	}
}

/* Objects in use. Shrink first: a CPU's free objects would count as used. */
static int slab_count(struct __test_metadata *_metadata,
		      const struct slab_files *s, int i)
{
	char text[32] = "";

	if (s->shrink[i] < 0)
		return 0;
	ASSERT_EQ(1, pwrite(s->shrink[i], "1", 1, 0));
	ASSERT_LT(0, pread(s->objects[i], text, sizeof(text) - 1, 0));
	return atoi(text);
}

/* Counts after a grace period, which frees what waits for one. */
static void slabs_count(struct __test_metadata *_metadata,
			const struct slab_files *s, int counts[NR_SLABS])
{
	ASSERT_EQ(0, syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0));
	for (size_t i = 0; i < NR_SLABS; i++)
		counts[i] = slab_count(_metadata, s, i);
}

void slabs_begin(struct __test_metadata *_metadata, struct slab_files *s)
{
	int counts[NR_SLABS];

	slabs_count(_metadata, s, s->before);
	for (int times = 0; times < 3; times++) {
		slabs_count(_metadata, s, counts);
		for (size_t i = 0; i < NR_SLABS; i++)
			if (counts[i] < s->before[i])
				s->before[i] = counts[i];
	}
}

int slabs_grown(struct __test_metadata *_metadata, const struct slab_files *s,
		int *by)
{
	int counts[NR_SLABS];

	slabs_count(_metadata, s, counts);
	for (size_t i = 0; i < NR_SLABS; i++) {
		*by = counts[i] - s->before[i];
		if (*by >= GROWN)
			return i;
	}
	return -1;
}
