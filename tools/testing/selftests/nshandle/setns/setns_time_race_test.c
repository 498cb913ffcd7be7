// SPDX-License-Identifier: GPL-2.0
/*
 * Two processes that enter a new time namespace at once both see its clocks.
 *
 * The first one fills the page that the vDSO of all its tasks reads the offsets
 * from.
 *
 * Guards: "fill the clock page before others can see that it is". If the second
 * process can see the mark that the page is filled before it is, its vDSO reads
 * a page of zeroes: time(2) and the coarse clocks say 1970.
 *
 * Without the mend, the window is a few instructions of the first process, in
 * which the second must return from setns(2) and read its clock. That happens
 * only if the first is interrupted there, so that a kernel without the mend
 * passes more often than not.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/calls.h"
#include "../lib/child.h"
#include "../lib/facts.h"
#include "../lib/flags.h"
#include "../lib/race.h"

#include <link.h>
#include <sys/auxv.h>

/* Whichever is over first. */
#define ROUNDS		20000
#define ROUNDS_MS	(5000 * slow())

/* ----- The vDSO: a static program's C library need not use it. */

#ifdef __aarch64__
#define VDSO_CLOCK_GETTIME "__kernel_clock_gettime"
#else
#define VDSO_CLOCK_GETTIME "__vdso_clock_gettime"
#endif

typedef time_t vdso_time_fn(time_t *t);
typedef int vdso_clock_fn(clockid_t clock, struct timespec *ts);

static vdso_time_fn *vdso_time;	/* x86 alone has it */
static vdso_clock_fn *vdso_clock_gettime;

/* The kernel's link script puts .dynstr right behind .dynsym. */
static void *vdso_symbol(uintptr_t base, uintptr_t symtab, uintptr_t strtab,
			 const char *name)
{
	ElfW(Sym) const *sym = (const void *)(base + symtab);
	const char *names = (const void *)(base + strtab);

	for (; (const char *)sym < names; sym++)
		if (sym->st_shndx && !strcmp(names + sym->st_name, name))
			return (void *)(base + sym->st_value);
	return NULL;
}

static void vdso_find(void)
{
	ElfW(Ehdr) const *ehdr;
	ElfW(Phdr) const *phdr;
	ElfW(Dyn) const *dyn;
	uintptr_t base = getauxval(AT_SYSINFO_EHDR), tab[DT_NUM] = {};

	if (!base)
		return;
	ehdr = (const void *)base;
	phdr = (const void *)(base + ehdr->e_phoff);
	for (int i = 0; i < ehdr->e_phnum; i++) {
		if (phdr[i].p_type != PT_DYNAMIC)
			continue;
		dyn = (const void *)(base + phdr[i].p_vaddr);
		for (; dyn->d_tag != DT_NULL; dyn++)
			if (dyn->d_tag > 0 && dyn->d_tag < DT_NUM)
				tab[dyn->d_tag] = dyn->d_un.d_ptr;
	}
	vdso_time = vdso_symbol(base, tab[DT_SYMTAB], tab[DT_STRTAB],
				"__vdso_time");
	vdso_clock_gettime = vdso_symbol(base, tab[DT_SYMTAB], tab[DT_STRTAB],
					 VDSO_CLOCK_GETTIME);
}

/* ----- The rounds. */

/* What a side sees right after its join, between two system calls. */
struct seen {
	int err;
	bool late;
	time_t before, time, coarse, after;
};

/* Shared by both processes, as is their table of descriptors. */
struct shared {
	struct duel duel;
	atomic_uint joined;
	int fd, flags;
	struct seen seen[2];
};

static time_t kernel_time(void)
{
	struct timespec ts = {};

	syscall(__NR_clock_gettime, CLOCK_REALTIME_COARSE, &ts);
	return ts.tv_sec;
}

static void join(struct shared *r, enum side side)
{
	struct seen *seen = &r->seen[side];
	struct timespec ts = {};

	seen->before = kernel_time();
	duel_go(&r->duel, side);
	seen->err = try_setns(r->fd, r->flags);
	if (vdso_time)
		seen->time = vdso_time(NULL);
	vdso_clock_gettime(CLOCK_REALTIME_COARSE, &ts);
	seen->coarse = ts.tv_sec;
	seen->late = atomic_fetch_add(&r->joined, 1) % 2;
	seen->after = kernel_time();
	/* The round is over when both are here. */
	duel_go(&r->duel, side);
}

FIXTURE(first)
{
	struct shared *r;
	pid_t pid;
	int early[2], wrong;
};

FIXTURE_VARIANT(first)
{
	bool by_pidfd;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(first, by_nsfs) { .by_pidfd = false, };
FIXTURE_VARIANT_ADD(first, by_pidfd) { .by_pidfd = true, };
/* clang-format on */

FIXTURE_SETUP(first)
{
	struct clone_args args = {
		.flags = CLONE_FILES,
		.exit_signal = SIGCHLD,
	};

	SKIP_WITHOUT_CONTAINERS();
	if (!have_setns_flags())
		skip_test(_metadata, variant->by_pidfd ? NO_SETNS_FLAGS :
			  "a window that is hit or missed");
	vdso_find();
	if (!vdso_clock_gettime)
		skip_test(_metadata, "no vDSO with clock_gettime(2)");
	if (BUILT_FOR_X86 && !vdso_time)
		skip_test(_metadata, "no vDSO with time(2)");
	race_seed(_metadata);
	self->r = race_share(_metadata, sizeof(*self->r));
	duel_init(&self->r->duel, 2);
	self->pid = sys_clone3(&args);
	ASSERT_LE(0, self->pid);
	if (self->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			join(self->r, MOVER);
	}
}

FIXTURE_TEARDOWN(first)
{
	if (self->pid > 0)
		stop_child(_metadata, self->pid);
}

/* A time namespace that only @r->fd leads to. */
static void namespace_new(struct __test_metadata *_metadata, struct shared *r,
			  bool by_pidfd)
{
	ASSERT_EQ(0, unshare(CLONE_NEWTIME));
	r->fd = by_pidfd ? sys_pidfd_open(getpid(), 0) :
			   open("/proc/self/ns/time_for_children",
				O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, r->fd);
	r->flags = CLONE_NEWTIME | (by_pidfd ? SETNS_FOR_CHILDREN : 0);
}

/* A second may begin on the way, and the vDSO hears of it a little later. */
static bool is_now(const struct seen *seen, time_t time)
{
	return time >= seen->before - 1 && time <= seen->after;
}

static void round_check(struct __test_metadata *_metadata,
			FIXTURE_DATA(first) * self)
{
	for (int side = 0; side < 2; side++) {
		const struct seen *seen = &self->r->seen[side];

		ASSERT_EQ(0, seen->err);
		self->early[side] += !seen->late;
		self->wrong += (vdso_time && !is_now(seen, seen->time)) ||
			       !is_now(seen, seen->coarse);
	}
}

TEST_F_TIMEOUT(first, never_1970, 60)
{
	long long end = now_ms(CLOCK_MONOTONIC) + ROUNDS_MS;
	struct shared *r = self->r;
	int n;

	for (n = 0; n < ROUNDS && now_ms(CLOCK_MONOTONIC) < end; n++) {
		namespace_new(_metadata, r, variant->by_pidfd);
		duel_draw(&r->duel);
		join(r, RUNNER);
		round_check(_metadata, self);
		duel_settle(&r->duel, r->seen[RUNNER].late);
		close(r->fd);
	}
	TH_LOG("%d rounds, early %d and %d times, wrong %d times", n,
	       self->early[RUNNER], self->early[MOVER], self->wrong);
	EXPECT_EQ(0, self->wrong);
	EXPECT_LT(0, self->early[RUNNER]);
	EXPECT_LT(0, self->early[MOVER]);
}

TEST_HARNESS_MAIN
