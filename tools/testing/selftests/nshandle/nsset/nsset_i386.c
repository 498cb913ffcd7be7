// SPDX-License-Identifier: GPL-2.0
/*
 * A 32-bit caller of the calls on a set, built without a C library, for
 * nsset_i386_test:
 *
 *	nsset_i386 FD get SIZE FLAGS TYPES HIGH		PIDFD_GET_NSSET
 *	nsset_i386 FD info SIZE FLAGS TYPES HIGH	NSSET_GET_INFO
 *	nsset_i386 FD member NUMBER ARG INO 0		ioctl _IO(0xFF, NUMBER)
 *	nsset_i386 FD join FLAGS INO 0 0		setns(2)
 *
 * FD is a pidfd for "get", else a set. HIGH is the upper half of the types. "get"
 * and "info" look whether NSSET_GET_INFO gives these flags and types, as many inode
 * numbers, and zeros after them; "member" and "join" look whether INO is the inode
 * number of what the ioctl opens, or of the uts namespace that the caller is in
 * then. A SIZE of "-" is a null pointer instead of a struct.
 *
 * Exits with the errno of the call or 0, with 100 if the answer differs, 101 if
 * misused.
 */
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/nshandle.h>
#include <linux/sched.h>
#include <linux/stat.h>

#define NR_TYPES 8
#define ALL_NS (SETNS_ALL & ~(SETNS_SKIP_JOINED | SETNS_SUPPORTED))

static union {
	struct nsset_args args;
	struct nsset_info info;
	unsigned char bytes[4096];
} u;

/* What goes to the kernel: @u or a null pointer. */
static void *arg = &u;

static long syscall5(long nr, long a, long b, long c, long d, long e)
{
	long ret;

	asm volatile("int $0x80" : "=a"(ret)
		     : "0"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
		     : "memory");
	return ret;
}

static long syscall3(long nr, long a, long b, long c)
{
	return syscall5(nr, a, b, c, 0, 0);
}

static unsigned int number(const char *s)
{
	unsigned int value = 0;

	for (; *s; s++)
		value = value * 10 + (*s - '0');
	return value;
}

/* As many inode numbers as types, and nothing behind the struct. */
static int info_is(const unsigned int *n)
{
	int types = 0, inos = 0, i;

	for (i = 0; i < 32; i++)
		types += n[2] >> i & 1;
	for (i = 0; i < NR_TYPES; i++)
		inos += u.info.ino[i] && !(u.info.ino[i] >> 32);
	for (i = sizeof(u.info); i < (int)n[0]; i++)
		if (u.bytes[i])
			return 0;
	return u.info.size == NSSET_INFO_SIZE_VER0 && u.info.flags == n[1] &&
	       u.info.types == ((__u64)n[3] << 32 | n[2]) && inos == types;
}

static int info(int fd, const unsigned int *n)
{
	unsigned int i;
	int err;

	for (i = 0; i < sizeof(u); i++)
		u.bytes[i] = 0xee;
	u.info.size = n[0];
	err = -syscall3(__NR_ioctl, fd, NSSET_GET_INFO, (long)arg);
	if (err)
		return err;
	return info_is(n) ? 0 : 100;
}

/* Asks the new set what it holds; a @n[2] of 0 means all types. */
static int get(int fd, const unsigned int *n)
{
	const unsigned int want[] = {
		NSSET_INFO_SIZE_VER0, n[1], n[2] ? n[2] : ALL_NS, 0,
	};
	long set;

	u.args.size = n[0];
	u.args.flags = n[1];
	u.args.types = (__u64)n[3] << 32 | n[2];
	set = syscall3(__NR_ioctl, fd, PIDFD_GET_NSSET, (long)arg);
	if (set < 0)
		return -set;
	return info(set, want);
}

static int ino_is(int fd, unsigned int ino)
{
	static struct statx stx;

	return !syscall5(__NR_statx, fd, (long)"", AT_EMPTY_PATH, STATX_INO,
			 (long)&stx) && stx.stx_ino == ino;
}

static int member(int fd, const unsigned int *n)
{
	long ns = syscall3(__NR_ioctl, fd, _IO(0xFF, n[0]), n[1]);

	if (ns < 0)
		return -ns;
	return ino_is(ns, n[2]) ? 0 : 100;
}

static int join(int fd, const unsigned int *n)
{
	int err = -syscall3(__NR_setns, fd, n[0], 0);

	if (err)
		return err;
	fd = syscall3(__NR_open, (long)"/proc/self/ns/uts", 0, 0);
	return ino_is(fd, n[1]) ? 0 : 100;
}

static int run(int argc, char **argv)
{
	unsigned int n[4];
	int fd, i;

	if (argc != 7)
		return 101;
	fd = number(argv[1]);
	if (argv[3][0] == '-') {
		arg = 0;
		argv[3] = "0";
	}
	for (i = 0; i < 4; i++)
		n[i] = number(argv[3 + i]);
	switch (argv[2][0]) {
	case 'g':
		return get(fd, n);
	case 'i':
		return info(fd, n);
	case 'm':
		return member(fd, n);
	default:
		return join(fd, n);
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
