// SPDX-License-Identifier: GPL-2.0
/*
 * A 32-bit caller of the ioctls, built without a C library, for
 * pid_vec_i386_test:
 *
 *	pid_vec_i386 FD set|get NR PID PID
 *	pid_vec_i386 FD levels NR LEVELS PID
 *
 * sets the two pids, or looks whether GET gives them, or whether GET writes
 * LEVELS as the number of levels and no pid. NR is what goes to the kernel as
 * their number, "-" a null pointer instead of a vector. Exits with the errno of
 * the ioctl or 0, with 100 if what GET gives differs, 101 if misused.
 */
#include <asm/unistd.h>
#include <linux/nsfs.h>

static struct {
	__u32 nr;
	__s32 pid[40];
} vec;

static long syscall3(long nr, long a, long b, long c)
{
	long ret;

	asm volatile("int $0x80" : "=a"(ret) : "0"(nr), "b"(a), "c"(b), "d"(c)
		     : "memory");
	return ret;
}

static int number(const char *s)
{
	unsigned int value = 0;
	int sign = *s == '-';

	for (s += sign; *s; s++)
		value = value * 10 + (*s - '0');
	return sign ? -value : value;
}

static int set(int fd, void *arg, const __s32 *pids)
{
	vec.pid[0] = pids[0];
	vec.pid[1] = pids[1];
	return -syscall3(__NR_ioctl, fd, NS_SET_LAST_PID_VEC, (long)arg);
}

static int get(int fd, void *arg, const __s32 *pids)
{
	int err = -syscall3(__NR_ioctl, fd, NS_GET_LAST_PID_VEC, (long)arg);

	if (err)
		return err;
	return vec.pid[0] == pids[0] && vec.pid[1] == pids[1] ? 0 : 100;
}

static int levels(int fd, void *arg, const __s32 *want)
{
	int err;

	vec.pid[0] = want[1];
	vec.pid[1] = want[1];
	err = -syscall3(__NR_ioctl, fd, NS_GET_LAST_PID_VEC, (long)arg);
	if (err)
		return err;
	return vec.nr == (__u32)want[0] && vec.pid[0] == want[1] &&
	       vec.pid[1] == want[1] ? 0 : 100;
}

static int run(int argc, char **argv)
{
	int fd;
	__s32 pids[2];
	void *arg = &vec;

	if (argc != 6)
		return 101;
	fd = number(argv[1]);
	pids[0] = number(argv[4]);
	pids[1] = number(argv[5]);
	vec.nr = number(argv[3]);
	if (argv[3][0] == '-' && !argv[3][1])
		arg = 0;
	switch (argv[2][0]) {
	case 's':
		return set(fd, arg, pids);
	case 'g':
		return get(fd, arg, pids);
	default:
		return levels(fd, arg, pids);
	}
}

/* The stack as the kernel has made it: argc, argv[], ... */
void begin(long *stack)
{
	syscall3(__NR_exit, run(stack[0], (char **)&stack[1]), 0, 0);
	__builtin_unreachable();
}

asm(".globl _start\n\t"
	"_start:\n\t"
	"mov %esp, %eax\n\t"
	"push %eax\n\t"
	"call begin\n");
