// SPDX-License-Identifier: GPL-2.0
/*
 * PIDFD_GET_*_NAMESPACE for kernels that lack it: ioctls on a pidfd, each of
 * which opens one namespace of the process. The same as opening a link in
 * /proc/PID/ns, but without procfs. Newer kernels have them in fs/pidfs.c and
 * do not build this file.
 */

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/path.h>
#include <linux/pid.h>
#include <linux/pidfd.h>
#include <linux/pidfd_ns.h>
#include <linux/proc_ns.h>
#include <linux/ptrace.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#define NS_OPS(config, name) \
	(IS_ENABLED(CONFIG_##config) ? &name##_operations : NULL)

/* What each command opens; NULL for a type that this kernel was built without. */
static const struct {
	unsigned int cmd;
	const struct proc_ns_operations *ops;
} pidfd_namespaces[] = {
	{ PIDFD_GET_CGROUP_NAMESPACE,		NS_OPS(CGROUPS, cgroupns) },
	{ PIDFD_GET_IPC_NAMESPACE,		NS_OPS(IPC_NS, ipcns) },
	{ PIDFD_GET_MNT_NAMESPACE,		&mntns_operations },
	{ PIDFD_GET_NET_NAMESPACE,		NS_OPS(NET_NS, netns) },
	{ PIDFD_GET_PID_NAMESPACE,		NS_OPS(PID_NS, pidns) },
	{ PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE,
					NS_OPS(PID_NS, pidns_for_children) },
	{ PIDFD_GET_TIME_NAMESPACE,		NS_OPS(TIME_NS, timens) },
	{ PIDFD_GET_TIME_FOR_CHILDREN_NAMESPACE,
					NS_OPS(TIME_NS, timens_for_children) },
	{ PIDFD_GET_USER_NAMESPACE,		NS_OPS(USER_NS, userns) },
	{ PIDFD_GET_UTS_NAMESPACE,		NS_OPS(UTS_NS, utsns) },
};

static const struct proc_ns_operations *pidfd_ns_ops(unsigned int cmd)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(pidfd_namespaces); i++)
		if (pidfd_namespaces[i].cmd == cmd)
			return pidfd_namespaces[i].ops ?: ERR_PTR(-EOPNOTSUPP);
	return ERR_PTR(-ENOTTY);
}

static bool task_has_namespaces(struct task_struct *task)
{
	bool has;

	task_lock(task);
	has = task->nsproxy;
	task_unlock(task);
	return has;
}

/*
 * The caller holds the task's exec_update_lock, so the credentials that ptrace
 * checks are those of the program whose namespace is read.
 *
 * The command is looked at last, as in Linux 6.12: a caller that may not look at
 * the process hears nothing about the command.
 */
static int task_ns_path(struct task_struct *task, unsigned int cmd,
			struct path *path)
{
	const struct proc_ns_operations *ops;
	int err;

	if (!ptrace_may_access(task, PTRACE_MODE_READ_FSCREDS))
		return -EACCES;
	if (!task_has_namespaces(task))
		return -ESRCH;

	ops = pidfd_ns_ops(cmd);
	if (IS_ERR(ops))
		return PTR_ERR(ops);

	err = ns_get_path(path, task, ops);
	/* The task has given up its namespaces, or been reaped, meanwhile. */
	return err == -ENOENT ? -ESRCH : err;
}

static int pid_ns_path(struct pid *pid, unsigned int cmd, struct path *path)
{
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	int err;

	if (!task)
		return -ESRCH;

	err = down_read_killable(&task->signal->exec_update_lock);
	if (!err) {
		err = task_ns_path(task, cmd, path);
		up_read(&task->signal->exec_update_lock);
	}
	put_task_struct(task);
	return err;
}

/**
 * pidfd_open_ns() - PIDFD_GET_*_NAMESPACE on a pidfd
 * @pid: the process, from its pidfd
 * @cmd: the command
 * @arg: must be 0; reserved
 *
 * The checks, their order and their errors are those of Linux 6.12.
 *
 * Context: may sleep; takes the exec_update_lock of the process.
 * Return: a close-on-exec descriptor of the namespace, or the first of
 * * -EINVAL if @arg is not 0,
 * * -ESRCH if the process has been reaped,
 * * -EINTR on a fatal signal while the process is in execve(2),
 * * -EACCES if current may not look at it (PTRACE_MODE_READ_FSCREDS),
 * * -ESRCH if it has no namespaces any more,
 * * -ENOTTY for another @cmd,
 * * -EOPNOTSUPP for a type that this kernel was built without,
 * * -ENOMEM, -EMFILE or -ENFILE if there is no room for a descriptor.
 */
long pidfd_open_ns(struct pid *pid, unsigned int cmd, unsigned long arg)
{
	struct path path;
	struct file *file;
	int err, fd;

	if (arg)
		return -EINVAL;

	err = pid_ns_path(pid, cmd, &path);
	if (err)
		return err;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		goto out;
	file = dentry_open(&path, O_RDONLY, current_cred());
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		fd = PTR_ERR(file);
	} else {
		fd_install(fd, file);
	}
out:
	path_put(&path);
	return fd;
}
