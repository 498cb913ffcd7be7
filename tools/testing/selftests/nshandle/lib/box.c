// SPDX-License-Identifier: GPL-2.0
#include "box.h"
#include "calls.h"
#include "caps.h"
#include "child.h"
#include "types.h"

/* Why containers cannot be made, found out once, before the first test. */
static int container_errno;
static const char *missing_ns;

static void __attribute__((constructor)) probe_containers(void)
{
	struct clone_args args = { .flags = ALL_NS, .exit_signal = SIGCHLD };
	char path[64];
	pid_t pid;

	for (int i = 0; i < NR_TYPES; i++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s",
			 ns_types[i].name);
		if (access(path, F_OK))
			missing_ns = ns_types[i].name;
	}
	pid = sys_clone3(&args);
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	else
		container_errno = errno;
}

void skip_without_containers(struct __test_metadata *_metadata)
{
	char why[128];

	if (geteuid() || !have_cap(CAP_SYS_ADMIN))
		skip_test(_metadata, "needs root with CAP_SYS_ADMIN");
	if (missing_ns) {
		snprintf(why, sizeof(why), "kernel without %s namespaces",
			 missing_ns);
		skip_test(_metadata, why);
	}
	if (container_errno) {
		snprintf(why, sizeof(why),
			 "cannot make all eight namespaces: %s",
			 strerror(container_errno));
		skip_test(_metadata, why);
	}
}

#define THREAD_HOSTNAME		"thread"

#define CONTAINER_MAP		"0 0 65536"

static void *container_thread(void *data)
{
	int *ctl = data;

	if (unshare(CLONE_NEWUTS) ||
	    sethostname(THREAD_HOSTNAME, strlen(THREAD_HOSTNAME)))
		_exit(1);
	if (write(*ctl, "t", 1) != 1)
		_exit(1);
	for (;;)
		pause();
	return NULL;
}

static void container_setup(struct __test_metadata *_metadata,
			    struct container *c)
{
	if (c->flags & CLONE_NEWUTS)
		ASSERT_EQ(0, sethostname(CONTAINER_HOSTNAME,
					 strlen(CONTAINER_HOSTNAME)));
	if (c->flags & CLONE_NEWIPC)
		ASSERT_LE(0, msgget(CONTAINER_MSG_KEY, IPC_CREAT | 0666));
	if (c->flags & CLONE_NEWNS) {
		ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
		ASSERT_EQ(0, mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
		ASSERT_EQ(0, mkdir(CONTAINER_MARKER, 0755));
	}
	if (c->setup)
		c->setup(_metadata);
}

/* The container's own side; never returns. */
static void container_run(struct __test_metadata *_metadata,
			  struct container *c, int ctl)
{
	pthread_t thread;
	char byte;

	ASSERT_EQ(1, read(ctl, &byte, 1));
	ASSERT_EQ(0, setresgid(0, 0, 0));
	ASSERT_EQ(0, setresuid(0, 0, 0));
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
	ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
	container_setup(_metadata, c);
	if (c->thread) {
		/* The thread reports. */
		ASSERT_EQ(0, pthread_create(&thread, NULL, container_thread,
					    &ctl));
	} else {
		ASSERT_EQ(1, write(ctl, "r", 1));
	}
	/* End of file when the test has closed its end, or has exited. */
	while (read(ctl, &byte, 1) == 1)
		;
	_exit(0);
}

/* The owner of a user namespace is the effective uid of its maker. */
static pid_t container_clone(struct __test_metadata *_metadata,
			     struct container *c)
{
	struct clone_args args = {
		.flags = c->flags | CLONE_PIDFD,
		.pidfd = (uintptr_t)&c->pidfd,
		.exit_signal = SIGCHLD,
	};
	pid_t pid;

	if (c->owner)
		ASSERT_EQ(0, setresuid(-1, c->owner, -1));
	pid = sys_clone3(&args);
	if (pid && c->owner) {
		ASSERT_EQ(0, setresuid(-1, 0, -1));
		ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1));
	}
	ASSERT_LE(0, pid) {
		TH_LOG("clone3: %s", strerror(errno));
	}
	return pid;
}

void container_start(struct __test_metadata *_metadata, struct container *c)
{
	const char *map = c->map ?: CONTAINER_MAP;
	int socks[2];
	char byte;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks));
	c->pid = container_clone(_metadata, c);
	if (c->pid == 0) {
		close(socks[0]);
		container_run(_metadata, c, socks[1]);
	}
	close(socks[1]);
	c->ctl = socks[0];
	c->proc = proc_of_pidfd(_metadata, c->pidfd);
	if (c->flags & CLONE_NEWUSER) {
		if (strcmp(map, CONTAINER_MAP))
			write_at(_metadata, c->proc, "setgroups", "deny");
		write_at(_metadata, c->proc, "uid_map", map);
		write_at(_metadata, c->proc, "gid_map", map);
	}
	ASSERT_EQ(1, write(c->ctl, "g", 1));
	ASSERT_EQ(1, read(c->ctl, &byte, 1)) {
		TH_LOG("container died while it was set up");
	}
}

void container_stop(struct __test_metadata *_metadata, struct container *c)
{
	if (c->pid <= 0)
		return;
	EXPECT_EQ(0, sys_pidfd_send_signal(c->pidfd, SIGKILL));
	EXPECT_EQ(c->pid, waitpid(c->pid, NULL, 0));
	close(c->pidfd);
	close(c->proc);
	close(c->ctl);
	c->pid = 0;
}

int container_ns(struct __test_metadata *_metadata, const struct container *c,
		 const char *link)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "ns/%s", link);
	fd = openat(c->proc, path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd) {
		TH_LOG("open %s: %s", path, strerror(errno));
	}
	return fd;
}

pid_t container_thread_tid(struct __test_metadata *_metadata,
			   const struct container *c)
{
	return last_thread(_metadata, c->proc);
}
