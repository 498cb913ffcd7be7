// SPDX-License-Identifier: GPL-2.0
/*
 * PIDFD_GET_NSSET checks its arguments before it looks at the process or at the
 * caller's access, and opens nothing if they are wrong.
 */
#include <sys/mman.h>

#include "../lib/test.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/flags.h"
#include "../lib/nsset.h"
#include "../lib/picture.h"
#include "../lib/subject.h"
#include "../lib/types.h"

#define PAGE 4096

FIXTURE(wrong) {
	struct subject s;
	char *page;	/* the page after it is not mapped */
};

FIXTURE_VARIANT(wrong) {
	enum victim victim;
	enum asker asker;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(wrong, live) { .victim = LIVE, };
FIXTURE_VARIANT_ADD(wrong, live_by_other_uid) {
	.victim = LIVE, .asker = BY_UID_1000, };
FIXTURE_VARIANT_ADD(wrong, guarded_by_less_capable) {
	.victim = GUARDED, .asker = BY_ROOT_NO_CAPS, };
FIXTURE_VARIANT_ADD(wrong, zombie) { .victim = ZOMBIE, };
FIXTURE_VARIANT_ADD(wrong, headless) { .victim = HEADLESS, };
FIXTURE_VARIANT_ADD(wrong, reaped) { .victim = REAPED, };
FIXTURE_VARIANT_ADD(wrong, reaped_by_other_uid) {
	.victim = REAPED, .asker = BY_UID_1000, };
/* clang-format on */

FIXTURE_SETUP(wrong)
{
	SKIP_WITHOUT_NSSET();
	subject_start(_metadata, &self->s, variant->victim);
	self->page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)self->page);
	ASSERT_EQ(0, munmap(self->page + PAGE, PAGE));
}

FIXTURE_TEARDOWN(wrong)
{
	subject_stop(_metadata, &self->s);
}

/* @args with a @size of its own, at the very end of the page. */
static void *at_end(FIXTURE_DATA(wrong) * self, const struct nsset_args *args,
		    size_t size)
{
	char *at = self->page + PAGE - size;

	memset(self->page, 0, PAGE);
	memcpy(at, args, size < sizeof(*args) ? size : sizeof(*args));
	return at;
}

TEST_F(wrong, pointer)
{
	const struct nsset_args good = { .size = sizeof(good) };
	const struct nsset_args longer = { .size = 2 * sizeof(longer) };
	int pidfd = self->s.pidfd;

	IN_CHILD {
		struct asker_state s = asker_begin(_metadata, variant->asker);

		EXPECT_EQ(EFAULT, try_nsset(pidfd, NULL));
		EXPECT_EQ(EFAULT, try_nsset(pidfd, (void *)1));
		EXPECT_EQ(EFAULT, try_nsset(pidfd, (void *)-1L));
		EXPECT_EQ(EFAULT, try_nsset(pidfd, (void *)LONG_MIN));
		EXPECT_EQ(EFAULT, try_nsset(pidfd, self->page + PAGE));
		for (size_t size = 1; size < sizeof(good); size++) {
			EXPECT_EQ(EFAULT, try_nsset(pidfd, at_end(self, &good,
								  size))) {
				TH_LOG("%zu bytes in reach", size);
			}
		}
		EXPECT_EQ(EFAULT, try_nsset(pidfd, at_end(self, &longer,
							  sizeof(longer))));
		asker_end(_metadata, &s);
	}
}

/* Its size decides before the rest of the struct is read. */
TEST_F(wrong, size)
{
	static const struct {
		__u32 size;
		int err;
	} rows[] = {
		{ 0, EINVAL }, { 1, EINVAL }, { 4, EINVAL }, { 8, EINVAL },
		{ 15, EINVAL }, { PAGE + 1, E2BIG }, { 0x80000000, E2BIG },
		{ UINT32_MAX, E2BIG },
	};

	IN_CHILD {
		struct asker_state s = asker_begin(_metadata, variant->asker);

		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			struct nsset_args args = {
				.size = rows[i].size,
				.flags = -1,
				.types = -1,
			};

			EXPECT_EQ(rows[i].err, try_nsset(self->s.pidfd,
							 &args)) {
				TH_LOG("size %u", rows[i].size);
			}
			EXPECT_EQ(rows[i].err,
				  try_nsset(self->s.pidfd,
					    at_end(self, &args,
						   sizeof(args.size))));
		}
		asker_end(_metadata, &s);
	}
}

/* One byte that is not zero, in the part that the kernel does not know. */
TEST_F(wrong, tail)
{
	static const struct {
		__u32 size, at;
	} rows[] = {
		{ 17, 16 }, { 24, 16 }, { 24, 23 }, { PAGE, 16 },
		{ PAGE, 2048 }, { PAGE, PAGE - 1 },
	};
	int pidfd = self->s.pidfd;

	IN_CHILD {
		struct asker_state s = asker_begin(_metadata, variant->asker);

		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			/* E2BIG comes before the EINVAL of a flag. */
			struct nsset_args args = {
				.size = rows[i].size,
				.flags = i % 2 ? -1 : 0,
			};
			char *at = at_end(self, &args, rows[i].size);

			at[rows[i].at] = 1;
			EXPECT_EQ(E2BIG, try_nsset(pidfd, at)) {
				TH_LOG("size %u, byte %u", rows[i].size,
				       rows[i].at);
			}
		}
		asker_end(_metadata, &s);
	}
}

static void expect_invalid(struct __test_metadata *_metadata, int pidfd,
			   __u64 types, __u32 flags)
{
	struct nsset_args args = {
		.size = sizeof(args),
		.flags = flags,
		.types = types,
	};

	EXPECT_EQ(EINVAL, try_nsset(pidfd, &args)) {
		TH_LOG("types %#llx, flags %#x", types, flags);
	}
}

TEST_F(wrong, flags)
{
	int pidfd = self->s.pidfd;

	IN_CHILD {
		struct asker_state s = asker_begin(_metadata, variant->asker);

		for (__u32 flag = 1; flag; flag <<= 1) {
			if (flag & MADE_FLAGS)
				continue;
			expect_invalid(_metadata, pidfd, 0, flag);
			expect_invalid(_metadata, pidfd, ALL_NS, flag);
			expect_invalid(_metadata, pidfd, CLONE_NEWUTS, flag);
			expect_invalid(_metadata, pidfd, ALL_NS,
				       flag | MADE_FLAGS);
		}
		expect_invalid(_metadata, pidfd, ALL_NS, -1);
		asker_end(_metadata, &s);
	}
}

/* Also above bit 31, which setns(2) has not. */
TEST_F(wrong, types)
{
	int pidfd = self->s.pidfd;

	IN_CHILD {
		struct asker_state s = asker_begin(_metadata, variant->asker);

		for (__u64 type = 1; type; type <<= 1) {
			if (type & ALL_NS)
				continue;
			expect_invalid(_metadata, pidfd, type, 0);
			expect_invalid(_metadata, pidfd, type | ALL_NS, 0);
			expect_invalid(_metadata, pidfd, type | CLONE_NEWUTS,
				       0);
		}
		expect_invalid(_metadata, pidfd, -1, 0);
		expect_invalid(_metadata, pidfd, SETNS_ALL, 0);
		asker_end(_metadata, &s);
	}
}

TEST_F(wrong, flags_without_their_type)
{
	static const __u32 flags[] = {
		SETNS_ROOT, SETNS_FOR_CHILDREN, MADE_FLAGS,
	};

	IN_CHILD {
		struct asker_state s = asker_begin(_metadata, variant->asker);

		for (unsigned int bits = 1; bits < 256; bits++)
			for (size_t i = 0; i < ARRAY_LEN(flags); i++)
				if (!nsset_valid(mask_flags(bits), flags[i]))
					expect_invalid(_metadata, self->s.pidfd,
						       mask_flags(bits),
						       flags[i]);
		asker_end(_metadata, &s);
	}
}

TEST_HARNESS_MAIN
