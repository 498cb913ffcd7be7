// SPDX-License-Identifier: GPL-2.0
/*
 * Under a seccomp filter on the types of setns(2), as systemd's RestrictNamespaces=
 * installs, nshandle join asks only for what it needs, and blames the filter alone.
 */
#include "../lib/test.h"
#include "../lib/box.h"
#include "../lib/child.h"
#include "../lib/flags.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

#define ALL_TYPES (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | \
		   CLONE_NEWPID | CLONE_NEWCGROUP | CLONE_NEWNET | CLONE_NEWTIME)

#define DENIED " (a seccomp filter denies it: systemd's RestrictNamespaces= is one)"
#define MAY_BE_DENIED " (a seccomp filter may deny them: systemd's RestrictNamespaces= is one; else it needs CAP_SYS_ADMIN over each, and read access as for ptrace)"

/* A container that has only another host name. */
FIXTURE(filter)
{
	struct container box;
	char pid[16];
};

FIXTURE_SETUP(filter)
{
	SKIP_WITHOUT_CONTAINERS();
	if (RUN("nshandle", "--version"))
		skip_test(_metadata, "nshandle is not in PATH");
	self->box.flags = CLONE_NEWUTS;
	container_start(_metadata, &self->box);
	snprintf(self->pid, sizeof(self->pid), "%d", self->box.pid);
}

FIXTURE_TEARDOWN(filter)
{
	container_stop(_metadata, &self->box);
}

/* setns(2) with one of these types is EPERM, for the caller and its children. */
static void deny(struct __test_metadata *_metadata, unsigned int types)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setns, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, types, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = ARRAY_LEN(code),
		.filter = code,
	};

	ASSERT_EQ(0, prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

/* True if the command joins the host name. */
#define JOINS(_options) \
	(RUN("sh", "-c", "[ \"$(nshandle join -t $0 " _options " hostname)\" = " \
	     CONTAINER_HOSTNAME " ]", self->pid) == 0)

/* True if it says no more than these words. */
#define SAYS(_options, _words, _reason) \
	(RUN("sh", "-c", "[ \"$(nshandle join -t $0 " _options " true 2>&1)\" = " \
	     "\"nshandle: cannot join " _words " of process $0: " _reason "\" ]", \
	     self->pid) == 0)

/* The other types are the caller's own. */
TEST_F(filter, all_asks_for_no_more_than_it_needs)
{
	bool flags = have_setns_flags();

	IN_CHILD {
		deny(_metadata, CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWUSER);
		EXPECT_TRUE(JOINS("-a"));
		if (!flags)
			continue;
		EXPECT_TRUE(JOINS("-a --skip-joined"));
		EXPECT_TRUE(JOINS("-a --root"));
		EXPECT_TRUE(JOINS("-a --for-children"));
		EXPECT_TRUE(JOINS("-UmuinpCT --skip-joined"));
	}
}

TEST_F(filter, nothing_is_needed)
{
	snprintf(self->pid, sizeof(self->pid), "%d", getpid());
	IN_CHILD {
		deny(_metadata, ALL_TYPES);
		EXPECT_EQ(0, RUN("nshandle", "join", "-a", "-t", self->pid,
				 "true"));
	}
}

TEST_F(filter, is_named)
{
	bool flags = have_setns_flags();

	IN_CHILD {
		deny(_metadata, CLONE_NEWNET);
		EXPECT_TRUE(flags ?
			    SAYS("-un", "uts,net",
				 "net: Operation not permitted" DENIED) :
			    SAYS("-un", "uts,net",
				 "Operation not permitted" MAY_BE_DENIED));
		EXPECT_TRUE(JOINS("-u"));
	}
}

/* Then the kernel cannot be asked for its flags, either. */
TEST_F(filter, of_all_types)
{
	IN_CHILD {
		deny(_metadata, ALL_TYPES);
		EXPECT_TRUE(SAYS("-u", "uts",
				 "Operation not permitted" MAY_BE_DENIED));
		EXPECT_TRUE(SAYS("-a", "uts",
				 "Operation not permitted" MAY_BE_DENIED));
	}
}

TEST_HARNESS_MAIN
