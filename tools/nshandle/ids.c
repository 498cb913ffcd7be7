// SPDX-License-Identifier: GPL-2.0
/*
 * nshandle join: the uid and gid that COMMAND runs with.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nshandle.h"

/* Of -S or -G: a number in the user namespace of COMMAND, or "follow". */
int id_parse(const char *option, const char *text, struct id *id)
{
	char *end;
	unsigned long value;

	*id = (struct id){ .given = true, .follow = !strcmp(text, "follow") };
	if (id->follow)
		return -1;
	errno = 0;
	value = strtoul(text, &end, 10);
	id->number = value;
	/* The largest one means none to the kernel. */
	if (is_number(text) && !errno && !*end && value < (unsigned int)-1)
		return -1;
	return complain_usage("join", "%s: '%s' is neither a number nor 'follow'",
			      option, text);
}

static FILE *open_in(int process, const char *name)
{
	int fd = openat(process, name, O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "re");

	if (!file)
		warn("cannot open %s of the process", name);
	return file;
}

/* The effective id, on the line "Uid:" or "Gid:", as the caller sees it. */
static int read_effective(int process, const char *key, unsigned int *number)
{
	FILE *file = open_in(process, "status");
	bool found = false;
	char line[256];

	if (!file)
		return EXIT_FAILED;
	while (!found && fgets(line, sizeof(line), file))
		found = !strncmp(line, key, strlen(key)) &&
			sscanf(line + strlen(key), "%*u %u", number) == 1;
	fclose(file);
	return found ? -1 : complain(EXIT_FAILED,
				     "cannot find out the %.3s of the process",
				     key);
}

/* From the caller's number to that in the user namespace of the process. */
static int map_in(int process, const char *map, unsigned int *number)
{
	FILE *file = open_in(process, map);
	unsigned int inside, outside, count;
	bool found = false;

	if (!file)
		return EXIT_FAILED;
	while (!found && fscanf(file, "%u %u %u", &inside, &outside,
				&count) == 3)
		found = *number >= outside && *number - outside < count;
	fclose(file);
	if (!found)
		return complain(EXIT_FAILED,
				"%s: the process's own id, %u, is not in it",
				map, *number);
	*number = inside + (*number - outside);
	return -1;
}

static int follow(int process, bool in_userns, const char *key,
		  const char *map, struct id *id)
{
	int status;

	if (!id->follow)
		return -1;
	status = read_effective(process, key, &id->number);
	if (status < 0 && in_userns)
		status = map_in(process, map, &id->number);
	return status;
}

/*
 * Before the join. @process: its directory in /proc; @in_userns: COMMAND will be in
 * its user namespace, and the caller is not.
 */
int ids_find(struct ids *ids, int process, bool in_userns)
{
	int status = follow(process, in_userns, "Uid:", "uid_map", &ids->uid);

	if (status < 0)
		status = follow(process, in_userns, "Gid:", "gid_map",
				&ids->gid);
	return status;
}

/*
 * In another user namespace, the command would run with the overflow ids if the
 * caller's are not mapped. So become root, unless ids are given. The groups can be
 * dropped before the join, with privileges, or after it, if the user namespace
 * allows that: either will do, and so will having no groups.
 */
void ids_prepare(struct ids *ids, bool become_root)
{
	ids->hint = become_root && !ids->uid.given && !ids->gid.given;
	if (become_root) {
		ids->uid.given = true;
		ids->gid.given = true;
	}
	ids->no_groups = ids->gid.given &&
			 (!getgroups(0, NULL) ||
			  (become_root && !setgroups(0, NULL)));
}

/* After the join; -1, or the exit status after a message. */
int ids_take(const struct ids *ids)
{
	char what[32] = "";

	if (ids->gid.given && setgroups(0, NULL) && !ids->no_groups)
		snprintf(what, sizeof(what), "drop the groups");
	else if (ids->gid.given && setgid(ids->gid.number))
		snprintf(what, sizeof(what), "become gid %u", ids->gid.number);
	else if (ids->uid.given && setuid(ids->uid.number))
		snprintf(what, sizeof(what), "become uid %u", ids->uid.number);
	if (!what[0])
		return -1;
	if (!ids->hint)
		return complain(EXIT_FAILED, "cannot %s: %s", what,
				strerror(errno));
	return complain(EXIT_FAILED,
			"cannot %s in the user namespace: %s (try --preserve-credentials)",
			what, strerror(errno));
}
