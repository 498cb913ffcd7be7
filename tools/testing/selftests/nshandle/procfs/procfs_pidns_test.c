// SPDX-License-Identifier: GPL-2.0
/*
 * pidns= takes each file and path of a pid namespace that the caller may join,
 * however it is given, and no other.
 *
 * Each row of the tables is one setting, checked as lib/procfs_value.h says.
 */
#include "../lib/test.h"
#include "../lib/facts.h"
#include "../lib/procfs_value.h"
#include "../lib/world.h"

/* ----- Tables of paths, and of the files found there. */

/* How the value is given: by mount(2) or, in the other ways, fsconfig(2). */
enum form {
	FD,
	STRING,
	MOUNT,
	PATH,
	PATH_EMPTY,
};

struct row {
	const char *path;
	enum ns ns;		/* shown if OK */
	enum verdict want[NR_COLUMNS];
};

static void attempt_give(struct __test_metadata *_metadata,
			 struct attempt *a, enum form how, const char *path)
{
	a->value = path;
	switch (how) {
	case FD:
		a->cmd = FSCONFIG_SET_FD;
		a->value = NULL;
		a->aux = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		ASSERT_LE(0, a->aux);
		break;
	case STRING:
		a->cmd = FSCONFIG_SET_STRING;
		break;
	case MOUNT:
		a->cmd = BY_MOUNT;
		break;
	case PATH:
		a->cmd = FSCONFIG_SET_PATH;
		a->aux = AT_FDCWD;
		break;
	case PATH_EMPTY:
		a->cmd = FSCONFIG_SET_PATH_EMPTY;
		a->value = "";
		a->aux = open(path, O_PATH | O_CLOEXEC);
		ASSERT_LE(0, a->aux);
		break;
	}
}

/* Paths whose verdict depends on the form. */
static const struct {
	const char *path;
	enum form form;
	enum verdict want;
} exceptions[] = {
	/* mount(2) takes the text before the comma, which names no file. */
	{ "/tmp/a,b", MOUNT, MISSING },
	{ "", PATH, NO_PATH },
	{ path_256, STRING, NO_VALUE },
	{ path_long, STRING, NO_VALUE },
};

static enum verdict verdict_of(const struct row *row, enum form form,
			       enum caller who)
{
	/* mount(2) checks the caller before anything else. */
	if (form == MOUNT && who == NO_ADMIN)
		return NO_MOUNT;
	for (size_t i = 0; i < ARRAY_LEN(exceptions); i++)
		if (exceptions[i].form == form &&
		    !strcmp(exceptions[i].path, row->path))
			return exceptions[i].want;
	return row->want[who];
}

/* Is there no descriptor to give? Some kernels open all these but a pidfd. */
static bool not_to_be_opened(struct __test_metadata *_metadata, enum form form,
			     const char *path)
{
	if (form != FD || strcmp(path, "/tmp/pidfd") ||
	    fact(_metadata, PIDFD_CAN_BE_REOPENED))
		return false;
	EXPECT_EQ(-1, open(path, O_RDONLY | O_CLOEXEC));
	EXPECT_EQ(ENXIO, errno);
	return true;
}

static void check_rows(struct __test_metadata *_metadata, struct files *f,
		       enum form form, enum caller who, const struct row *rows,
		       size_t nr)
{
	const struct row *row;
	struct attempt *a;

	for (row = rows; row < rows + nr; row++) {
		if (not_to_be_opened(_metadata, form, row->path))
			continue;
		a = attempt_add(_metadata, f, row->path,
				verdict_of(row, form, who), row->ns);
		attempt_give(_metadata, a, form, row->path);
	}
	check_attempts(_metadata, f, who);
}

/* ----- Files of every kind, given in all five ways. */

FIXTURE(value) {
	struct files f;
};

FIXTURE_VARIANT(value) {
	enum form form;
};

FIXTURE_VARIANT_ADD(value, fd) {
	.form = FD,
};

FIXTURE_VARIANT_ADD(value, string) {
	.form = STRING,
};

FIXTURE_VARIANT_ADD(value, mount) {
	.form = MOUNT,
};

FIXTURE_VARIANT_ADD(value, path) {
	.form = PATH,
};

FIXTURE_VARIANT_ADD(value, path_empty) {
	.form = PATH_EMPTY,
};

FIXTURE_SETUP(value)
{
	files_make(_metadata, &self->f);
}

FIXTURE_TEARDOWN_PARENT(value)
{
	tell_attempt(_metadata, &self->f);
}

/*
 * As for joining, the order of checks is the kind of the file, the caller's
 * right, the place of the namespace. A row that is never OK has no namespace.
 */
static const struct row values[] = {
	/*		   root, only admin, no admin, box's root */
	{ "/tmp/self", SELF, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/child", CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/grandchild", GRANDCHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/sibling", 0, { NOT_BELOW, NOT_BELOW, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/parent", 0, { NOT_BELOW, NOT_BELOW, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/dead", DEAD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/dead_child", DEAD_CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/unborn", UNBORN, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/orphan", ORPHAN, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/box", BOX, { OK, OK, NO_RIGHT, OK } },
	{ "/tmp/bound", CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/uts", 0, ALL(NOT_PIDNS) },
	{ "/tmp/user", 0, ALL(NOT_PIDNS) },
	{ "/tmp/file", 0, ALL(NOT_PIDNS) },
	{ "/tmp/directory", 0, ALL(NOT_PIDNS) },
	{ "/tmp/fifo", 0, ALL(NOT_PIDNS) },
	{ "/tmp/device", 0, ALL(NOT_PIDNS) },
	{ "/tmp/pidfd", 0, ALL(NOT_PIDNS) },
	{ "/proc/self/status", 0, ALL(NOT_PIDNS) },
};

TEST_F(value, by_root)
{
	check_rows(_metadata, &self->f, variant->form, ROOT, values,
		   ARRAY_LEN(values));
}

TEST_F(value, by_only_admin)
{
	check_rows(_metadata, &self->f, variant->form, ONLY_ADMIN, values,
		   ARRAY_LEN(values));
}

TEST_F(value, by_no_admin)
{
	check_rows(_metadata, &self->f, variant->form, NO_ADMIN, values,
		   ARRAY_LEN(values));
}

TEST_F(value, by_box_root)
{
	check_rows(_metadata, &self->f, variant->form, BOX_ROOT, values,
		   ARRAY_LEN(values));
}

/* ----- Paths of every kind, in the three ways to give one. */

FIXTURE(name) {
	struct files f;
};

FIXTURE_VARIANT(name) {
	enum form form;
};

FIXTURE_VARIANT_ADD(name, string) {
	.form = STRING,
};

FIXTURE_VARIANT_ADD(name, mount) {
	.form = MOUNT,
};

FIXTURE_VARIANT_ADD(name, path) {
	.form = PATH,
};

FIXTURE_SETUP(name)
{
	files_make(_metadata, &self->f);
}

FIXTURE_TEARDOWN_PARENT(name)
{
	tell_attempt(_metadata, &self->f);
}

static const struct row names[] = {
	/* A process's own link needs the right to trace it ... */
	{ "/tmp/link", CHILD, { OK, NO_ACCESS, NO_RIGHT, NO_ACCESS } },
	/* ... and a directory the right to search it. */
	{ DIR_CLOSED "/child", CHILD, { OK, NO_ACCESS, NO_RIGHT, NO_ACCESS } },
	{ "/tmp/opath", CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "/tmp/missing", 0, ALL(MISSING) },
	{ "/tmp/missing/child", 0, ALL(MISSING) },
	{ "/tmp/dangling", 0, ALL(MISSING) },
	{ "/tmp/loop", 0, ALL(LOOP) },
	{ "/tmp/file/child", 0, ALL(NOT_DIR) },
	{ "/tmp/child/", 0, ALL(NOT_DIR) },
	{ "/tmp/directory/", 0, ALL(NOT_PIDNS) },
	/* From the working directory; standard input's has another "ns". */
	{ "ns", CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "../box", BOX, { OK, OK, NO_RIGHT, OK } },
	{ "other", 0, ALL(MISSING) },
	{ ".", 0, ALL(NOT_PIDNS) },
	{ "/tmp/a,b", CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ "", 0, ALL(BAD_VALUE) },
	{ path_255, CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ path_256, CHILD, { OK, OK, NO_RIGHT, NO_RIGHT } },
	{ path_long, 0, ALL(TOO_LONG) },
};

TEST_F(name, by_root)
{
	check_rows(_metadata, &self->f, variant->form, ROOT, names,
		   ARRAY_LEN(names));
}

TEST_F(name, by_only_admin)
{
	check_rows(_metadata, &self->f, variant->form, ONLY_ADMIN, names,
		   ARRAY_LEN(names));
}

TEST_F(name, by_no_admin)
{
	check_rows(_metadata, &self->f, variant->form, NO_ADMIN, names,
		   ARRAY_LEN(names));
}

TEST_F(name, by_box_root)
{
	check_rows(_metadata, &self->f, variant->form, BOX_ROOT, names,
		   ARRAY_LEN(names));
}

TEST_HARNESS_MAIN
