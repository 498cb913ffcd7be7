// SPDX-License-Identifier: GPL-2.0
/*
 * Whole programs, from fork to wait: nshandle join and nsenter(1) of two releases
 * join seven namespaces of a process and run true(1) there. What the C library,
 * the linker and exec cost is in it, as for who uses them.
 */
#include "bench.h"

#define TARGET \
	"-t", target, "-m", "-u", "-i", "-n", "-p", "-C", "-T", "/bin/true", NULL
#define HERE	"/opt/here"
#define NEWER	"/opt/util-linux-2.41"

static struct box box;
static char target[16];

enum { STATIC, DYNAMIC, NSENTER_2_38, NSENTER_2_41 };

/* By a loader that is put beside them: searching is equal. */
static char *const commands[][20] = {
	[STATIC] = { "/bin/nshandle", "join", TARGET },
	[DYNAMIC] = { HERE "/loader", "--library-path", HERE,
		      HERE "/nshandle", "join", TARGET },
	[NSENTER_2_38] = { HERE "/loader", "--library-path", HERE,
			   HERE "/nsenter", TARGET },
	[NSENTER_2_41] = { NEWER "/loader", "--library-path", NEWER,
			   NEWER "/nsenter", TARGET },
};

static int run_command(int n)
{
	pid_t pid = fork();

	if (pid == 0) {
		execv(commands[arg][0], commands[arg]);
		_exit(errno);
	}
	return exit_status(pid);
}

static const struct row rows[] = {
	{ "join-true-nshandle", run_command, .arg = STATIC },
	{ "join-true-nshandle-dynamic", run_command, .arg = DYNAMIC },
	{ "join-true-nsenter-2.38", run_command, .arg = NSENTER_2_38 },
	{ "join-true-nsenter-2.41", run_command, .arg = NSENTER_2_41 },
};

void bench_command(void)
{
	box_start(&box, SEVEN);
	snprintf(target, sizeof(target), "%d", box.pid);
	measure_in_turn(rows, ARRAY_LEN(rows));
}
