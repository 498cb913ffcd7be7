// SPDX-License-Identifier: GPL-2.0
/*
 * NSSET_GET_INFO, and the set's fdinfo, name exactly the namespaces that the set
 * was made to hold.
 */
#include <sys/mman.h>

#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/handle.h"
#include "../lib/jail.h"
#include "../lib/nsset.h"
#include "../lib/picture.h"
#include "../lib/types.h"

#define PAGE 4096

/* ----- What is in it. */

/* The children of the process are born in other namespaces than its own. */
FIXTURE(info) {
	struct container c;
	struct state home;
};

FIXTURE_VARIANT(info) {
	__u32 flags;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(info, plain) { .flags = 0, };
FIXTURE_VARIANT_ADD(info, for_children) { .flags = SETNS_FOR_CHILDREN, };
FIXTURE_VARIANT_ADD(info, root) { .flags = SETNS_ROOT, };
FIXTURE_VARIANT_ADD(info, for_children_and_root) {
	.flags = SETNS_FOR_CHILDREN | SETNS_ROOT, };
/* clang-format on */

FIXTURE_SETUP(info)
{
	SKIP_WITHOUT_NSSET();
	self->c.flags = ALL_NS;
	self->c.setup = children_elsewhere;
	container_start(_metadata, &self->c);
	state_read_task(_metadata, self->c.proc, ".", &self->home);
	ASSERT_FALSE(ns_same(&self->home.link[LINK_PID],
			     &self->home.link[LINK_PID_FOR_CHILDREN]));
	ASSERT_FALSE(ns_same(&self->home.link[LINK_TIME],
			     &self->home.link[LINK_TIME_FOR_CHILDREN]));
}

FIXTURE_TEARDOWN(info)
{
	container_stop(_metadata, &self->c);
}

static struct nsset_info info_wanted(const struct state *home, __u64 types,
				     __u32 flags)
{
	struct nsset_info info = {
		.size = NSSET_INFO_SIZE_VER0,
		.flags = flags,
		.types = types,
	};

	for (int i = 0; i < NR_TYPES; i++)
		if (types & ns_types[i].flag)
			info.ino[i] = home->link[nsset_link(i, flags)].ino;
	return info;
}

static void expect_info(struct __test_metadata *_metadata,
			const struct nsset_info *want,
			const struct nsset_info *seen)
{
	EXPECT_EQ(want->size, seen->size);
	EXPECT_EQ(want->flags, seen->flags);
	EXPECT_EQ(want->types, seen->types);
	for (int i = 0; i < NR_TYPES; i++) {
		EXPECT_EQ(want->ino[i], seen->ino[i]) {
			TH_LOG("%s, types %#llx, flags %#x", ns_types[i].name,
			       want->types, want->flags);
		}
	}
}

/*
 * What is asked of each set: of every mask that goes with the row's flags, in
 * turn.
 */
typedef void ask_fn(struct __test_metadata *_metadata,
		    const FIXTURE_DATA(info) * self, int set, __u64 types,
		    __u32 flags);

static void ask_every_mask(struct __test_metadata *_metadata,
			   const FIXTURE_DATA(info) * self, __u32 flags,
			   ask_fn *ask)
{
	for (unsigned int bits = 1; bits < 256; bits += NEXT_ROW) {
		__u64 types = mask_flags(bits);
		int set;

		if (!nsset_valid(types, flags))
			continue;
		set = nsset_make(_metadata, self->c.pidfd, types, flags);
		ask(_metadata, self, set, types, flags);
		close(set);
	}
}

static void ask_info(struct __test_metadata *_metadata,
		     const FIXTURE_DATA(info) * self, int set, __u64 types,
		     __u32 flags)
{
	struct nsset_info want = info_wanted(&self->home, types, flags), info;

	EXPECT_EQ(0, nsset_info(set, &info));
	expect_info(_metadata, &want, &info);
}

TEST_F(info, every_mask)
{
	ask_every_mask(_metadata, self, variant->flags, ask_info);
}

/* When the process is gone, and when it has moved on. */
TEST_F(info, does_not_change)
{
	int set = nsset_make(_metadata, self->c.pidfd, 0, variant->flags);
	struct nsset_info want, info;

	want = info_wanted(&self->home, ALL_NS, variant->flags);
	container_stop(_metadata, &self->c);
	EXPECT_EQ(0, nsset_info(set, &info));
	expect_info(_metadata, &want, &info);
	IN_CHILD {
		int own = sys_pidfd_open(getpid(), 0);

		set = nsset_make(_metadata, own, 0, 0);
		ASSERT_EQ(0, nsset_info(set, &want));
		ASSERT_EQ(0, unshare(ALL_NS));
		EXPECT_EQ(0, nsset_info(set, &info));
		expect_info(_metadata, &want, &info);
	}
}

/* The first line of fdinfo that begins with @key, or "" if there is none. */
static void fdinfo_line(struct __test_metadata *_metadata, int fd,
			const char *key, char *line, size_t size)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "re");
	ASSERT_NE(NULL, f);
	while (fgets(line, size, f))
		if (!strncmp(line, key, strlen(key)))
			break;
	if (feof(f))
		line[0] = '\0';
	fclose(f);
}

/*
 * The links of /proc/PID/ns, one after the other. The link pid_for_children
 * reads "pid:[...]"; the line has its own name.
 */
static void fdinfo_wanted(struct __test_metadata *_metadata, int proc,
			  __u64 types, __u32 flags, char *line, size_t size)
{
	char path[64], text[64];
	const char *name;
	size_t at = snprintf(line, size, "NSset:");
	ssize_t len;

	for (int i = 0; i < NR_TYPES; i++) {
		if (!(types & ns_types[i].flag))
			continue;
		name = moved_names[nsset_link(i, flags)];
		snprintf(path, sizeof(path), "ns/%s", name);
		len = readlinkat(proc, path, text, sizeof(text) - 1);
		ASSERT_LT(0, len);
		text[len] = '\0';
		at += snprintf(line + at, size - at, "%c%s%s",
			       line[at - 1] == ':' ? '\t' : ' ', name,
			       strchr(text, ':'));
	}
	snprintf(line + at, size - at, "\n");
}

static void ask_fdinfo(struct __test_metadata *_metadata,
		       const FIXTURE_DATA(info) * self, int set, __u64 types,
		       __u32 flags)
{
	char want[512], line[512];

	fdinfo_wanted(_metadata, self->c.proc, types, flags, want,
		      sizeof(want));
	fdinfo_line(_metadata, set, "NSset:", line, sizeof(line));
	EXPECT_STREQ(want, line);
	fdinfo_line(_metadata, set, "NSroot:", line, sizeof(line));
	EXPECT_STREQ(flags & SETNS_ROOT ? "NSroot:\t1\n" : "", line);
	/* It can't pass for the fdinfo of a pidfd. */
	fdinfo_line(_metadata, set, "Pid:", line, sizeof(line));
	EXPECT_STREQ("", line);
}

TEST_F(info, of_fdinfo)
{
	ask_every_mask(_metadata, self, variant->flags, ask_fdinfo);
}

TEST_F(info, of_the_link_in_proc)
{
	char path[64], text[64] = "";
	int set = nsset_make(_metadata, self->c.pidfd, 0, variant->flags);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", set);
	EXPECT_LT(0, readlink(path, text, sizeof(text) - 1));
	EXPECT_STREQ("anon_inode:[nsset]", text);
}

/* ----- Its size. */

FIXTURE(size) {
	int set;
	struct nsset_info want;
	char *page;	/* the page after it is not mapped */
};

FIXTURE_SETUP(size)
{
	SKIP_WITHOUT_NSSET();
	self->set = nsset_make(_metadata, sys_pidfd_open(getpid(), 0), 0,
			       SETNS_ROOT);
	ASSERT_EQ(0, nsset_info(self->set, &self->want));
	self->page = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)self->page);
	ASSERT_EQ(0, munmap(self->page + PAGE, PAGE));
	memset(self->page, 0xee, PAGE);
}

FIXTURE_TEARDOWN(size)
{
}

static int try_info(int set, void *info)
{
	return ioctl(set, NSSET_GET_INFO, info) ? errno : 0;
}

/* All @len bytes at @at are @byte. */
static bool all_bytes(const char *at, size_t len, char byte)
{
	while (len && at[len - 1] == byte)
		len--;
	return !len;
}

/* The call writes nothing. */
TEST_F(size, wrong)
{
	static const struct {
		__u32 size;
		int err;
	} rows[] = {
		{ 0, EINVAL }, { 1, EINVAL }, { 4, EINVAL }, { 16, EINVAL },
		{ 79, EINVAL }, { PAGE + 1, E2BIG }, { 0x80000000, E2BIG },
		{ UINT32_MAX, E2BIG },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		memset(self->page, 0xee, PAGE);
		memcpy(self->page, &rows[i].size, sizeof(rows[i].size));
		EXPECT_EQ(rows[i].err, try_info(self->set, self->page)) {
			TH_LOG("size %u", rows[i].size);
		}
		EXPECT_EQ(0, memcmp(self->page, &rows[i].size,
				    sizeof(rows[i].size)));
		EXPECT_TRUE(all_bytes(self->page + 4, PAGE - 4, 0xee));
	}
}

/*
 * The kernel fills what it knows, clears the rest, and writes no byte more. What
 * the caller leaves in the struct does not matter.
 */
TEST_F(size, right)
{
	static const __u32 sizes[] = { 80, 81, 96, 1000, PAGE };
	struct nsset_info info;

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		memset(self->page, 0xee, PAGE);
		memcpy(self->page, &sizes[i], sizeof(sizes[i]));
		EXPECT_EQ(0, try_info(self->set, self->page)) {
			TH_LOG("size %u", sizes[i]);
		}
		memcpy(&info, self->page, sizeof(info));
		EXPECT_EQ(NSSET_INFO_SIZE_VER0, (int)info.size);
		EXPECT_EQ(0, memcmp(&info, &self->want, sizeof(info)));
		EXPECT_TRUE(all_bytes(self->page + sizeof(info),
				      sizes[i] - sizeof(info), 0));
		EXPECT_TRUE(all_bytes(self->page + sizes[i], PAGE - sizes[i],
				      0xee));
	}
}

/* The whole of the struct, as long as the caller says, must be in reach. */
TEST_F(size, out_of_reach)
{
	static const __u32 sizes[] = { 80, 96, PAGE };
	char *end = self->page + PAGE;

	EXPECT_EQ(EFAULT, try_info(self->set, NULL));
	EXPECT_EQ(EFAULT, try_info(self->set, (void *)1));
	EXPECT_EQ(EFAULT, try_info(self->set, (void *)-1L));
	EXPECT_EQ(EFAULT, try_info(self->set, (void *)LONG_MIN));
	EXPECT_EQ(EFAULT, try_info(self->set, end));
	EXPECT_EQ(EFAULT, try_info(self->set, end - 3));
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		for (size_t in = 4; in < sizes[i]; in += 4) {
			memcpy(end - in, &sizes[i], 4);
			EXPECT_EQ(EFAULT, try_info(self->set, end - in)) {
				TH_LOG("size %u, %zu bytes in reach",
				       sizes[i], in);
			}
		}
		memcpy(end - sizes[i], &sizes[i], 4);
		EXPECT_EQ(0, try_info(self->set, end - sizes[i]));
	}
	memcpy(self->page, &sizes[0], 4);
	ASSERT_EQ(0, mprotect(self->page, PAGE, PROT_READ));
	EXPECT_EQ(EFAULT, try_info(self->set, self->page));
}

TEST_HARNESS_MAIN
