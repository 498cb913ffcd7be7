// SPDX-License-Identifier: GPL-2.0
#include "privileged.h"
#include "calls.h"
#include "caps.h"
#include "exec.h"
#include "jail.h"
#include "wait.h"
#include "world.h"

static int leave(enum leave leave)
{
	switch (leave) {
	case TO_CONTAINER:
		return try_setns(FD_B, NS);
	case TO_UTS:
		return unshare(CLONE_NEWUTS);
	case TO_MANY:
		return unshare(CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWNET);
	case TO_JAIL:
		return chroot(JAIL);
	}
	return -1;
}

void go_away(struct privileged *sh)
{
	if (leave(sh->leave))
		_exit(KSFT_FAIL);
	atomic_fetch_add(&sh->visits, 1);
	race_spin(sh->stay);
}

/* A join of the mount namespace also sets root and working directory. */
void come_back(struct privileged *sh)
{
	if (try_setns(FD_A, sh->leave == TO_UTS ? CLONE_NEWUTS : NS) ||
	    setresgid(UID, UID, UID) || setresuid(UID, UID, UID))
		_exit(KSFT_FAIL);
}

static void target_run(struct __test_metadata *_metadata,
		       const struct privileged_scene *s, int go)
{
	char byte;

	ASSERT_EQ(0, try_setns(FD_A, NS));
	if (s->keep_caps)
		ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
	become(_metadata, UID);
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	byte_send(_metadata, go, 'r');
	ASSERT_EQ(1, read(go, &byte, 1));
	s->run(_metadata, s->sh);
}

static void scene_share(struct __test_metadata *_metadata,
			struct privileged_scene *s)
{
	int fd = memfd_create("shared", MFD_CLOEXEC);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, sizeof(*s->sh)));
	s->sh = mmap(NULL, sizeof(*s->sh), PROT_READ | PROT_WRITE, MAP_SHARED,
		     fd, 0);
	ASSERT_NE(MAP_FAILED, s->sh);
	duel_init(&s->sh->duel, 2);
	s->sh->leave = s->leave;
	ASSERT_EQ(FD_SHARED, dup2(fd, FD_SHARED));
	ASSERT_EQ(FD_A, dup2(s->a.pidfd, FD_A));
	ASSERT_EQ(FD_B, dup2(s->b.pidfd, FD_B));
}

/* The target joins the container without CAP_SYS_PTRACE. */
static void container_prepare(struct __test_metadata *_metadata)
{
	jail_uncover(_metadata);
	cap_drop(_metadata, CAP_SYS_PTRACE);
}

static void container_make(struct __test_metadata *_metadata,
			   struct container *c)
{
	c->flags = NS;
	c->setup = container_prepare;
	container_start(_metadata, c);
}

void privileged_start(struct __test_metadata *_metadata,
		      struct privileged_scene *s)
{
	char dir[32];
	int socks[2];

	race_seed(_metadata);
	jail_make(_metadata);
	container_make(_metadata, &s->a);
	container_make(_metadata, &s->b);
	scene_share(_metadata, s);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	s->target = fork();
	ASSERT_LE(0, s->target);
	if (s->target == 0)
		target_run(_metadata, s, socks[1]);
	s->go = socks[0];
	byte_wait(_metadata, s->go, 'r', "the target is in A");
	s->pidfd = sys_pidfd_open(s->target, 0);
	ASSERT_LE(0, s->pidfd);
	snprintf(dir, sizeof(dir), "/proc/%d", s->target);
	state_read_task(_metadata, AT_FDCWD, dir, &s->home);
}

void privileged_stop(struct __test_metadata *_metadata,
		     struct privileged_scene *s)
{
	if (s->target > 0)
		member_kill(_metadata, s->target);
	container_stop(_metadata, &s->a);
	container_stop(_metadata, &s->b);
}

void joiner_become(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
	become(_metadata, UID);
	cap_drop(_metadata, CAP_SYS_PTRACE);
}

void expect_joiner_refused(struct __test_metadata *_metadata, int err,
			   int flags)
{
	if (err != EAGAIN || !(flags & SETNS_ROOT))
		EXPECT_EQ(EPERM, err);
}
