// SPDX-License-Identifier: GPL-2.0
/*
 * Each command of fsconfig(2) takes the values of pidns= that are of its kind,
 * and refuses all others.
 *
 * Each row of the table is one setting, checked as lib/procfs_value.h says.
 */
#include "../lib/test.h"
#include "../lib/facts.h"
#include "../lib/procfs_value.h"
#include "../lib/world.h"

/* Not open in any test. */
#define CLOSED_FD 900

enum descriptor {
	UNUSED,
	MINUS_ONE,
	CWD,		/* AT_FDCWD */
	CLOSED,
	DIR_FD,		/* of DIR_STDIN, whose "ns" is GRANDCHILD */
	DIR_O_PATH,
	FILE_FD,
	CHILD_O_PATH,
	LINK_O_PATH,	/* of a symbolic link itself */
	NR_DESCRIPTORS,
};

FIXTURE(command) {
	struct files f;
	int fd[NR_DESCRIPTORS];
	bool takes_o_path;
};

FIXTURE_SETUP(command)
{
	int *fd = self->fd;

	self->takes_o_path = fact(_metadata, FSCONFIG_TAKES_O_PATH);
	files_make(_metadata, &self->f);
	fd[MINUS_ONE] = -1;
	fd[CWD] = AT_FDCWD;
	fd[CLOSED] = CLOSED_FD;
	fd[DIR_FD] = open(DIR_STDIN, O_RDONLY | O_CLOEXEC);
	fd[DIR_O_PATH] = open(DIR_STDIN, O_PATH | O_CLOEXEC);
	fd[FILE_FD] = open("/tmp/file", O_RDONLY | O_CLOEXEC);
	fd[CHILD_O_PATH] = open("/tmp/child", O_PATH | O_CLOEXEC);
	fd[LINK_O_PATH] = open("/tmp/child", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	for (int i = DIR_FD; i < NR_DESCRIPTORS; i++)
		ASSERT_LE(0, fd[i]);
}

FIXTURE_TEARDOWN_PARENT(command)
{
	tell_attempt(_metadata, &self->f);
}

#define SET_FD FSCONFIG_SET_FD
#define SET_PATH FSCONFIG_SET_PATH
#define SET_PATH_EMPTY FSCONFIG_SET_PATH_EMPTY

static const struct command {
	unsigned int cmd;
	const char *value;
	enum descriptor aux;
	enum ns ns;
	enum verdict want[NR_COLUMNS];
} commands[] = {
	{ SET_FD, NULL, MINUS_ONE, 0, ALL(NO_VALUE) },
	{ SET_FD, NULL, CWD, 0, ALL(NO_VALUE) },
	{ SET_FD, NULL, CLOSED, 0, ALL(NO_FILE) },
	/* NO_FILE unless FSCONFIG_TAKES_O_PATH. */
	{ SET_FD, NULL, CHILD_O_PATH, CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ SET_PATH, "ns", MINUS_ONE, 0, ALL(NO_VALUE) },
	{ SET_PATH, "ns", CLOSED, 0, ALL(NO_DIRFD) },
	{ SET_PATH, "ns", FILE_FD, 0, ALL(NOT_DIR) },
	{ SET_PATH, "ns", CHILD_O_PATH, 0, ALL(NOT_DIR) },
	{ SET_PATH, "ns", CWD, CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ SET_PATH, "ns", DIR_FD, GRANDCHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ SET_PATH, "../box", DIR_O_PATH, BOX, { OK, OK, NO_RIGHT, OK } },
	/* Nobody asks for the directory if the path needs none. */
	{ SET_PATH, "/tmp/box", CLOSED, BOX, { OK, OK, NO_RIGHT, OK } },
	{ SET_PATH, "", CHILD_O_PATH, 0, ALL(NO_PATH) },
	{ SET_PATH_EMPTY, "", MINUS_ONE, 0, ALL(NO_VALUE) },
	{ SET_PATH_EMPTY, "", CLOSED, 0, ALL(NO_DIRFD) },
	{ SET_PATH_EMPTY, "", CWD, 0, ALL(NOT_PIDNS) },
	{ SET_PATH_EMPTY, "", DIR_FD, 0, ALL(NOT_PIDNS) },
	{ SET_PATH_EMPTY, "", LINK_O_PATH, 0, ALL(NOT_PIDNS) },
	{ SET_PATH_EMPTY, "missing", DIR_FD, 0, ALL(MISSING) },
	{ SET_PATH_EMPTY, "ns", DIR_O_PATH, GRANDCHILD,
	  { OK, OK, NO_RIGHT, NO_RIGHT } },
	/* Kinds of values that name nothing. */
	{ FSCONFIG_SET_FLAG, NULL, UNUSED, 0, ALL(BAD_VALUE) },
	{ FSCONFIG_SET_BINARY, "/tmp/child", UNUSED, 0, ALL(BAD_VALUE) },
	{ FSCONFIG_SET_BINARY, "/tmp/missing", UNUSED, 0, ALL(BAD_VALUE) },
	{ FSCONFIG_SET_BINARY, "", UNUSED, 0, ALL(NO_VALUE) },
	{ FSCONFIG_SET_STRING, NULL, UNUSED, 0, ALL(NO_VALUE) },
	{ BY_MOUNT, NULL, UNUSED, 0,
	  { BAD_VALUE, BAD_VALUE, NO_MOUNT, BAD_VALUE } },
};

static void check_commands(struct __test_metadata *_metadata, struct files *f,
			   enum caller who, const int *fd, bool takes_o_path)
{
	const struct command *c = commands;
	enum verdict want;
	struct attempt *a;

	for (; c < commands + ARRAY_LEN(commands); c++) {
		want = c->want[who];
		if (c->cmd == SET_FD && c->aux == CHILD_O_PATH && !takes_o_path)
			want = NO_FILE;
		a = attempt_add(_metadata, f, c->value ?: "", want, c->ns);
		a->cmd = c->cmd;
		a->value = c->value;
		a->aux = fd[c->aux];
		if (c->cmd == FSCONFIG_SET_BINARY)
			a->aux = strlen(c->value);
	}
	check_attempts(_metadata, f, who);
}

TEST_F(command, by_root)
{
	check_commands(_metadata, &self->f, ROOT, self->fd,
		       self->takes_o_path);
}

TEST_F(command, by_only_admin)
{
	check_commands(_metadata, &self->f, ONLY_ADMIN, self->fd,
		       self->takes_o_path);
}

TEST_F(command, by_no_admin)
{
	check_commands(_metadata, &self->f, NO_ADMIN, self->fd,
		       self->takes_o_path);
}

TEST_F(command, by_box_root)
{
	check_commands(_metadata, &self->f, BOX_ROOT, self->fd,
		       self->takes_o_path);
}

TEST_HARNESS_MAIN
