// SPDX-License-Identifier: GPL-2.0
/*
 * Of several settings of pidns= in one context the last accepted one counts.
 */
#include "../lib/test.h"
#include "../lib/procfs.h"
#include "../lib/procfs_mount.h"
#include "../lib/world.h"

enum form { BY_FD, BY_STRING, BY_PATH, BY_PATH_EMPTY };

FIXTURE(sequence) {
	struct world w;
};

#define MAX_STEPS 4

FIXTURE_VARIANT(sequence) {
	struct {
		enum form form;
		enum ns ns;
		int err;
		const char *log;
	} steps[MAX_STEPS];
	int nr;
	enum ns shows;
};

FIXTURE_VARIANT_ADD(sequence, none) {
	.shows = SELF,
};

FIXTURE_VARIANT_ADD(sequence, down_and_back) {
	.steps = {
		{ BY_FD, CHILD },
		{ BY_STRING, GRANDCHILD },
		{ BY_PATH_EMPTY, SELF },
	},
	.nr = 3,
	.shows = SELF,
};

FIXTURE_VARIANT_ADD(sequence, back_and_down) {
	.steps = {
		{ BY_PATH, SELF },
		{ BY_PATH_EMPTY, CHILD },
		{ BY_FD, GRANDCHILD },
	},
	.nr = 3,
	.shows = GRANDCHILD,
};

FIXTURE_VARIANT_ADD(sequence, the_same_again) {
	.steps = {
		{ BY_STRING, CHILD },
		{ BY_PATH, CHILD },
		{ BY_FD, CHILD },
		{ BY_PATH_EMPTY, CHILD },
	},
	.nr = 4,
	.shows = CHILD,
};

/* From owner to owner and back. */
FIXTURE_VARIANT_ADD(sequence, of_several_owners) {
	.steps = {
		{ BY_FD, BOX },
		{ BY_PATH, CHILD },
		{ BY_STRING, BOX },
	},
	.nr = 3,
	.shows = BOX,
};

FIXTURE_VARIANT_ADD(sequence, refused_first) {
	.steps = {
		{ BY_FD, PARENT, EINVAL, LOG_NOT_BELOW },
	},
	.nr = 1,
	.shows = SELF,
};

FIXTURE_VARIANT_ADD(sequence, refused_last) {
	.steps = {
		{ BY_PATH_EMPTY, GRANDCHILD },
		{ BY_STRING, SIBLING, EINVAL, LOG_NOT_BELOW },
		{ BY_FD, PARENT, EINVAL, LOG_NOT_BELOW },
	},
	.nr = 3,
	.shows = GRANDCHILD,
};

FIXTURE_VARIANT_ADD(sequence, refused_between) {
	.steps = {
		{ BY_FD, CHILD },
		{ BY_PATH, SIBLING, EINVAL, LOG_NOT_BELOW },
		{ BY_STRING, GRANDCHILD },
		{ BY_PATH_EMPTY, PARENT, EINVAL, LOG_NOT_BELOW },
	},
	.nr = 4,
	.shows = GRANDCHILD,
};

FIXTURE_SETUP(sequence)
{
	procfs_world_enter(_metadata, &self->w);
}

FIXTURE_TEARDOWN_PARENT(sequence)
{
}

static int try_form(struct __test_metadata *_metadata, int fc, enum form form,
		    const struct world *w, enum ns ns)
{
	int fds, err;

	name_ns(_metadata, w, ns);
	switch (form) {
	case BY_STRING:
		return try_fsconfig(fc, FSCONFIG_SET_STRING, "pidns", NS_PATH,
				    0);
	case BY_PATH:
		fds = open_dir(_metadata, "/proc/self/fd");
		err = try_fsconfig(fc, FSCONFIG_SET_PATH, "pidns", NS_FD, fds);
		close(fds);
		return err;
	case BY_PATH_EMPTY:
		return try_fsconfig(fc, FSCONFIG_SET_PATH_EMPTY, "pidns", "",
				    w->ns[ns]);
	default:
		return try_pidns(fc, w->ns[ns]);
	}
}

TEST_F(sequence, the_last_accepted_counts)
{
	int fc = procfs_context(_metadata);

	for (int i = 0; i < variant->nr; i++) {
		EXPECT_EQ(variant->steps[i].err,
			  try_form(_metadata, fc, variant->steps[i].form,
				   &self->w, variant->steps[i].ns));
		EXPECT_ONLY_LOG(fc, variant->steps[i].log ?: "");
	}
	expect_shows(_metadata, procfs_create(_metadata, fc), &self->w,
		     variant->shows);
}

TEST_HARNESS_MAIN
