// SPDX-License-Identifier: GPL-2.0
#include "task.h"
#include "message.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define STACK (64 << 10)

/* On i386, the calls of these names take ids of 16 bits. */
#ifndef __NR_getresuid32
#define __NR_getresuid32 __NR_getresuid
#define __NR_setresuid32 __NR_setresuid
#endif

int task_socks[NR_TASKS];

static _Alignas(64) char stacks[NR_TASKS][STACK];

static int err_of(long result)
{
	return result < 0 ? -errno : 0;
}

/* ----- Capabilities, by the bare system calls. */

static void caps_get(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	syscall(__NR_capget, &head, data);
}

static __u32 with(__u32 word, __u32 mask, bool on)
{
	return on ? word | mask : word & ~mask;
}

static int do_cap(const struct step *s)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];
	__u64 all = cap_names[s->arg[1]].mask;
	int level = s->arg[2];
	__u32 mask;

	caps_get(data);
	for (int i = 0; i < 2; i++) {
		mask = all == EVERY_CAP ? data[i].permitted :
		       (__u32)(all >> 32 * i);
		data[i].permitted = with(data[i].permitted, mask,
					 level != CAP_LOST);
		data[i].effective = with(data[i].effective, mask,
					 level == CAP_AWAKE);
	}
	return err_of(syscall(__NR_capset, &head, data));
}

/* The raw calls: those of the C library are for all threads. */
static void report(struct answer *a)
{
	struct __user_cap_data_struct data[2];

	syscall(__NR_getresuid32, &a->ruid, &a->euid, &a->suid);
	caps_get(data);
	a->effective = (__u64)data[1].effective << 32 | data[0].effective;
	a->permitted = (__u64)data[1].permitted << 32 | data[0].permitted;
	a->dumpable = prctl(PR_GET_DUMPABLE);
}

/* ----- Steps of more than a call. */

static int task_none(void *arg)
{
	syscall(__NR_exit, 1);
	return 0;
}

static int do_bad(const struct step *s, int fd, int sock)
{
	int flags = s->arg[2];

	if (s->arg[1] == BAD_CLOSED)
		fd = FIRST_OURS;
	if (s->arg[1] == BAD_SOCKET)
		fd = sock;
	return err_of(syscall(__NR_setns, fd, flags));
}

static int do_reap(int pidfd)
{
	siginfo_t info = {};

	if (syscall(__NR_waitid, P_PIDFD, pidfd, &info,
		    WEXITED | WNOHANG | __WALL, NULL))
		return -errno;
	return info.si_pid ? 0 : -EAGAIN;
}

static int do_open(const struct step *s, int fd, int *out)
{
	/* The numbers of PIDFD_GET_*_NAMESPACE. */
	static const unsigned char nr[NR_LINKS] = {
		[L_CGROUP] = 1, [L_IPC] = 2, [L_MNT] = 3, [L_NET] = 4,
		[L_PID] = 5, [L_PID_KIDS] = 6, [L_TIME] = 7,
		[L_TIME_KIDS] = 8, [L_USER] = 9, [L_UTS] = 10,
	};

	*out = ioctl(fd, _IO(0xFF, nr[s->arg[2]]), 0);
	return err_of(*out);
}

static int do_set(const struct step *s, int pidfd, int *out)
{
	struct nsset_args args = {
		.size = sizeof(args),
		.flags = s->arg[2] & SET_FLAGS,
		.types = (__u32)(s->arg[2] & ~SET_FLAGS),
	};

	*out = ioctl(pidfd, PIDFD_GET_NSSET, &args);
	return err_of(*out);
}

/* The query, with @arg, on the instance that @fc makes. */
static int procfs_query(int fc, int arg, int *out)
{
	int mnt = syscall(__NR_fsmount, fc, FSMOUNT_CLOEXEC, 0), dir, err;

	if (mnt < 0)
		return -errno;
	dir = openat(mnt, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*out = ioctl(dir, PROCFS_GET_PID_NAMESPACE, (unsigned long)arg);
	err = err_of(*out);
	close(dir);
	close(mnt);
	return err;
}

static int do_procfs(const struct step *s, int ns, struct answer *a, int *out)
{
	int fc = syscall(__NR_fsopen, "proc", FSOPEN_CLOEXEC), err;

	a->create = NOT_ASKED;
	if (fc < 0)
		return -errno;
	err = err_of(syscall(__NR_fsconfig, fc, FSCONFIG_SET_FD, "pidns", NULL,
			     ns));
	a->create = err_of(syscall(__NR_fsconfig, fc, FSCONFIG_CMD_CREATE,
				   NULL, NULL, 0));
	if (!a->create)
		a->query = procfs_query(fc, s->arg[2], out);
	close(fc);
	return err;
}

/* Fails when the new task has its pids; nobody runs on that stack. */
static int do_fault(void)
{
	static _Alignas(64) char stack[1024];

	return err_of(clone(task_none, stack + sizeof(stack),
			    CLONE_PIDFD | SIGCHLD, NULL, (int *)1));
}

static int do_hold(int *out)
{
	*out = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return err_of(*out);
}

static int do_step(const struct step *s, int sock, int fd, struct answer *a,
		   int *out)
{
	switch (s->op) {
	case OP_FORK:
		return err_of(task_start(s->arg[2], kind_flags[s->arg[1]],
					 out));
	case OP_FAULT:
		return do_fault();
	case OP_EXIT:
	case OP_CLOSE:
		return 0;
	case OP_REAP:
		return do_reap(fd);
	case OP_UNSHARE:
		return err_of(syscall(__NR_unshare, s->arg[1]));
	case OP_SETNS:
	case OP_JOIN:
	case OP_JOIN_SET:
		return err_of(syscall(__NR_setns, fd, s->arg[2]));
	case OP_BAD:
		return do_bad(s, fd, sock);
	case OP_CAP:
		return do_cap(s);
	case OP_UID:
		return err_of(syscall(__NR_setresuid32, s->arg[1],
				      s->arg[2], s->arg[3]));
	case OP_DUMPABLE:
		return err_of(prctl(PR_SET_DUMPABLE, s->arg[1]));
	case OP_CHDIR:
		return err_of(chdir(paths[s->arg[1]]));
	case OP_CHROOT:
		return err_of(chroot(paths[s->arg[1]]));
	case OP_HOLD:
		return do_hold(out);
	case OP_FCHDIR:
		return err_of(fchdir(fd));
	case OP_OPEN:
	case OP_MEMBER:
		return do_open(s, fd, out);
	case OP_SET:
		return do_set(s, fd, out);
	case OP_PROCFS:
		return do_procfs(s, fd, a, out);
	case OP_VECSET:
		return err_of(ioctl(fd, NS_SET_LAST_PID_VEC, &s->vec));
	case OP_VECGET:
		a->vec = s->vec;
		return err_of(ioctl(fd, NS_GET_LAST_PID_VEC, &a->vec));
	default:
		return -EINVAL;
	}
}

static int task_main(void *arg)
{
	int sock = task_socks[(long)arg], fd, out;
	struct answer a;
	struct step s;

	close_range(FIRST_OURS, ~0U, 0);
	while (message_receive(sock, &s, sizeof(s), &fd)) {
		memset(&a, 0, sizeof(a));
		out = -1;
		a.err = do_step(&s, sock, fd, &a, &out);
		report(&a);
		if (!message_send(sock, &a, sizeof(a), out))
			break;
		if (fd >= 0)
			close(fd);
		if (out >= 0)
			close(out);
		if (s.op == OP_EXIT)
			break;
	}
	/* This thread alone. */
	syscall(__NR_exit, 0);
	return 0;
}

/* Never with what the C library keeps of a thread: only the stack is new. */
int task_start(int slot, int flags, int *pidfd)
{
	if (!(flags & CLONE_THREAD))
		flags |= SIGCHLD;
	*pidfd = -1;
	return clone(task_main, stacks[slot] + STACK, flags | CLONE_PIDFD,
		     (void *)(long)slot, pidfd);
}
