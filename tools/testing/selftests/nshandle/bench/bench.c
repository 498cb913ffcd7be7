// SPDX-License-Identifier: GPL-2.0
/*
 * nshandle-bench: see say_usage(). To be run where a tick of the TSC is an
 * instruction (QEMU's -icount).
 */
#include "bench.h"

const struct type types[NR_TYPES] = {
	{ "user", CLONE_NEWUSER }, { "mnt", CLONE_NEWNS },
	{ "uts", CLONE_NEWUTS }, { "ipc", CLONE_NEWIPC },
	{ "pid", CLONE_NEWPID }, { "cgroup", CLONE_NEWCGROUP },
	{ "net", CLONE_NEWNET }, { "time", CLONE_NEWTIME },
};

int levels = 1;

int ns_open(pid_t pid, const char *type)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, type);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

int exit_status(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ----- Who is joined. */

/* An idle process has said so, and runs no more while a row is measured. */
static int ready[2];

static pid_t descend(int depth, uint64_t flags)
{
	struct clone_args args = {
		.flags = depth > 1 ? CLONE_NEWPID : flags,
		.exit_signal = SIGCHLD,
	};
	pid_t pid = syscall(__NR_clone3, &args, sizeof(args));

	if (pid < 0)
		err(1, "clone3");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (depth > 1)
		descend(depth - 1, flags);
	else if (write(ready[1], "", 1) != 1)
		err(1, "write");
	for (;;)
		pause();
}

/* The only child of a process, as the caller's pid namespace numbers it. */
static pid_t child_of(pid_t pid)
{
	char path[64], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		err(1, "%s", path);
	close(fd);
	return atoi(text);
}

/* With new namespaces of @flags, @depth pid namespaces down, if it has one. */
pid_t start_idle(int depth, uint64_t flags)
{
	pid_t pid = descend(depth, flags);
	char byte;

	if (read(ready[0], &byte, 1) != 1)
		err(1, "read");
	while (--depth)
		pid = child_of(pid);
	return pid;
}

void box_start(struct box *box, uint64_t flags)
{
	box->pid = start_idle(flags ? levels : 1, flags);
	box->pidfd = syscall(__NR_pidfd_open, box->pid, 0);
	if (box->pidfd < 0)
		err(1, "pidfd_open");
	for (int i = 0; i < NR_TYPES; i++)
		box->ns[i] = ns_open(box->pid, types[i].name);
}

void open_levels(int stack[LEVELS])
{
	stack[0] = ns_open(start_idle(LEVELS - 1, CLONE_NEWPID), "pid");
	for (int i = 1; i < LEVELS; i++) {
		stack[i] = ioctl(stack[i - 1], NS_GET_PARENT);
		if (stack[i] < 0)
			err(1, "NS_GET_PARENT");
	}
}

/* ----- One row. */

int arg;

/* Of a row. Shared with the processes that samples are taken in. */
static struct result {
	uint64_t sample[MANY_SAMPLES];
	int error;
	bool failed;
} *results;

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void sample(const struct row *row, struct result *result, int n)
{
	uint64_t start, end;

	if (row->before)
		row->before(n);
	start = ticks();
	result->error = row->call(n);
	end = ticks();
	if (n >= 0)
		result->sample[n] = end - start;
	if (row->after && result->error == row->error)
		row->after(n);
}

/* A new process shares its pages: they are copied before, not in the call. */
static void sample_apart(const struct row *row, struct result *result, int n)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (mlockall(MCL_CURRENT | MCL_FUTURE))
			err(1, "mlockall");
		sample(row, result, n);
		_exit(0);
	}
	status = exit_status(pid);
	if (status)
		errx(1, "%s: ended with %d", row->name, status);
}

/* What the two reads of the counter cost is not the call's. */
static uint64_t overhead(void)
{
	uint64_t least = -1, start, end;

	for (int i = 0; i < SAMPLES; i++) {
		start = ticks();
		end = ticks();
		if (end - start < least)
			least = end - start;
	}
	return least;
}

static void take(const struct row *row, struct result *result, int n)
{
	arg = row->arg;
	if (result->failed) {
		if (row->instead)
			row->instead(n);
		return;
	}
	(row->apart ? sample_apart : sample)(row, result, n);
	result->failed = result->error != row->error;
}

static int samples_of(const struct row *row)
{
	return row->many ? MANY_SAMPLES : SAMPLES;
}

static void print(const struct row *row, struct result *result, uint64_t less,
		  int nr)
{
	if (result->failed) {
		printf("%s - - - # %s\n", row->name, strerror(result->error));
		return;
	}
	qsort(result->sample, nr, sizeof(result->sample[0]), by_size);
	printf("%s %lu %lu %s\n", row->name,
	       (unsigned long)(result->sample[0] - less),
	       (unsigned long)(result->sample[nr / 2] - less),
	       row->today ?: "-");
}

void measure_in_turn(const struct row *rows, size_t nr)
{
	uint64_t less = overhead();
	int samples = samples_of(rows);

	if (nr > MAX_ROWS)
		errx(1, "%zu rows", nr);
	memset(results, 0, nr * sizeof(*results));
	for (int n = -WARM_UP; n < samples; n++) {
		for (size_t i = 0; i < nr; i++) {
			/* No row has the same place each time. */
			size_t which = (i + WARM_UP + n) % nr;

			take(&rows[which], &results[which], n);
		}
	}
	for (size_t i = 0; i < nr; i++)
		print(&rows[i], &results[i], less, samples);
}

void measure_all(const struct row *rows, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		measure_in_turn(&rows[i], 1);
}

/* ----- The program. */

static int null_call(int n)
{
	return syscall(__NR_getppid) < 0 ? errno : 0;
}

void bench_null(void)
{
	static const struct row rows[] = {
		{ "null", .call = null_call },
	};

	measure_all(rows, ARRAY_LEN(rows));
}

/*
 * What a fork costs depends on what the allocators have been through. The
 * unmodified kernel refuses rows of setns, so the groups with forks come before.
 */
static const struct group {
	const char *name;
	void (*run)(void);
} groups[] = {
	{ "null", bench_null },
	{ "fork", bench_fork },
	{ "command", bench_command },
	{ "procfs", bench_procfs },
	{ "setns", bench_setns },
	{ "vector", bench_vector },
	{ "nsset", bench_nsset },
};

static void say_usage(void)
{
	errx(2, "usage: nshandle-bench [-c CONTAINERS] [-l LEVELS] [GROUP]...\n"
	     "prints for each row of null, fork, command, procfs, setns, vector, nsset, or\n"
	     "of each GROUP, ROW MIN MEDIAN TODAY, in ticks of the TSC; TODAY is the\n"
	     "row of what users do without the interface. With CONTAINERS more that are\n"
	     "idle; those that are joined are LEVELS (1 to 32) pid namespaces down");
}

static void run(const char *name)
{
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
		if (name && strcmp(name, groups[i].name))
			continue;
		groups[i].run();
		found = true;
	}
	if (!found)
		say_usage();
}

static void start_containers(long nr)
{
	while (nr-- > 0)
		start_idle(1, ALL_NS);
}

int main(int argc, char **argv)
{
	long containers = 0;
	int opt;

	while ((opt = getopt(argc, argv, "c:l:")) != -1) {
		if (opt == 'c')
			containers = atol(optarg);
		else if (opt == 'l')
			levels = atoi(optarg);
		else
			say_usage();
	}
	if (levels < 1 || levels > 32)
		say_usage();
	/*
	 * Written at the end: how long a serial line takes is up to the host,
	 * and would get into what is measured next.
	 */
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	results = mmap(NULL, MAX_ROWS * sizeof(*results), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (results == MAP_FAILED || pipe2(ready, O_CLOEXEC))
		err(1, "mmap, pipe");
	start_containers(containers);
	if (optind == argc)
		run(NULL);
	for (int i = optind; i < argc; i++)
		run(argv[i]);
	return 0;
}
