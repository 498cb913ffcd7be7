// SPDX-License-Identifier: GPL-2.0
#include "count.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "types.h"

/* ----- What is counted. */

/*
 * How much a count may grow, for any number of calls. The objects that the
 * calls are about: not at all. Others: by those of kernel threads, which come
 * and go, and by the rest of the slab that a CPU has begun. Names and inodes:
 * by what the kernel caches. Stacks: by some thousand, which it frees together.
 */
#define SLACK_OTHER	128
#define SLACK_NAMES	1024
#define SLACK_STACKS	8192
#define SLACK_KB	2048
#define SLACK_THREADS	8

static const char *const exact[] = {
	"nsproxy", "uts_namespace", "user_namespace", "pid_namespace",
	"net_namespace", "mnt_cache", "fs_cache",
};

static const char *const names[] = {
	"dentry", "inode_cache", "proc_inode_cache", "kernfs_node_cache",
};

enum { MAX_COUNTS = 512 };

static struct count {
	char name[256];
	long slack, before, now;
} counts[MAX_COUNTS];

static int nr_counts;

static bool is_among(const char *name, const char *const list[], size_t n)
{
	while (n--)
		if (!strcmp(name, list[n]))
			return true;
	return false;
}

/* A slab that was not there before had no objects. */
static struct count *count_find(const char *name)
{
	struct count *c;

	for (c = counts; c < counts + nr_counts; c++)
		if (!strcmp(c->name, name))
			return c;
	if (nr_counts == MAX_COUNTS)
		errx(1, "too many slabs");
	nr_counts++;
	snprintf(c->name, sizeof(c->name), "%s", name);
	return c;
}

static void count(const char *name, long slack, long value)
{
	struct count *c = count_find(name);

	c->slack = slack;
	c->now = value;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(1, "%s", path);
	close(fd);
}

/* The number that follows @key, or that is the first if there is no key. */
static long read_number(const char *path, const char *key)
{
	char buf[8192];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = read(fd, buf, sizeof(buf) - 1);
	const char *p;

	if (len < 0)
		err(1, "%s", path);
	close(fd);
	buf[len] = '\0';
	if (!key)
		return strtol(buf, NULL, 10);
	p = strstr(buf, key);
	if (!p)
		errx(1, "%s has no %s", path, key);
	return strtol(p + strlen(key), NULL, 10);
}

static long read_slab(const char *slab, const char *file)
{
	char path[512];

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/%s", slab, file);
	return read_number(path, NULL);
}

static long slab_slack(const char *slab)
{
	if (is_among(slab, exact, ARRAY_LEN(exact)))
		return 0;
	if (is_among(slab, names, ARRAY_LEN(names)))
		return SLACK_NAMES;
	if (!strcmp(slab, "vmap_area"))
		return SLACK_STACKS;
	return SLACK_OTHER +
	       read_slab(slab, "objs_per_slab") * sysconf(_SC_NPROCESSORS_ONLN);
}

/* Shrink each slab first: a CPU's free objects would count as used. */
static void count_slabs(void)
{
	DIR *dir = opendir("/sys/kernel/slab");
	struct dirent *entry;
	char path[512];

	if (!dir)
		err(1, "/sys/kernel/slab");
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink",
			 entry->d_name);
		write_file(path, "1");
		count(entry->d_name, slab_slack(entry->d_name),
		      read_slab(entry->d_name, "objects"));
	}
	closedir(dir);
}

static void limit_path(char path[64], const char *type)
{
	snprintf(path, 64, "/proc/sys/user/max_%s_namespaces", type);
}

/* Has the caller's user room for one more with that limit? */
static bool has_room(const char *type, int flag, long limit)
{
	char path[64], text[32];
	int status;
	pid_t pid;

	limit_path(path, type);
	snprintf(text, sizeof(text), "%ld", limit);
	write_file(path, text);
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		_exit(unshare(flag) ? errno : 0);
	waitpid(pid, &status, 0);
	if (status && WEXITSTATUS(status) != ENOSPC)
		errx(1, "unshare of %s: status %#x", type, status);
	return !status;
}

/*
 * Returns how many the user is charged for: the highest limit that leaves no
 * room, from @from upward. Only the last try makes a namespace.
 */
static long charged(const char *type, int flag, long from)
{
	char path[64], text[32];
	long was, n = from;

	limit_path(path, type);
	was = read_number(path, NULL);
	while (n < from + 16 && !has_room(type, flag, n + 1))
		n++;
	snprintf(text, sizeof(text), "%ld", was);
	write_file(path, text);
	return n;
}

static void count_all(void)
{
	char name[48];

	write_file("/proc/sys/vm/drop_caches", "3");
	for (size_t i = 0; i < NR_TYPES; i++) {
		snprintf(name, sizeof(name), "%s namespaces of the user",
			 types[i].name);
		count(name, 0, charged(types[i].name, types[i].flag,
				       count_find(name)->before));
	}
	count("threads", SLACK_THREADS, read_number("/proc/loadavg", "/"));
	count_slabs();
	count("SUnreclaim kB", SLACK_KB,
	      read_number("/proc/meminfo", "SUnreclaim:"));
	count("Percpu kB", SLACK_KB, read_number("/proc/meminfo", "Percpu:"));
}

static bool has_grown(const struct count *c)
{
	return c->now > c->before + c->slack;
}

void count_begin(void)
{
	for (int i = 0; i < 5; i++) {
		usleep(200000);
		count_all();
	}
	for (struct count *c = counts; c < counts + nr_counts; c++)
		c->before = c->now;
}

int count_end(void)
{
	struct count *c, *end;
	int left = 0;

	for (int tries = 0; tries < 20; tries++) {
		usleep(200000);
		count_all();
		end = counts + nr_counts;
		left = 0;
		for (c = counts; c < end; c++)
			left += has_grown(c);
		if (!left)
			return 0;
	}
	for (c = counts; c < end; c++)
		if (has_grown(c))
			printf("left: %s %ld -> %ld\n", c->name, c->before,
			       c->now);
	return left;
}
