// SPDX-License-Identifier: GPL-2.0
/*
 * Says what kernel this is, and which of our interfaces it has. Exits with 0 if
 * it has all of them. With the name of a fact: exits with 0 if it is true of this
 * kernel, with 1 if not.
 */
#include "../lib/test.h"
#include "../lib/facts.h"
#include "../lib/flags.h"
#include "../lib/nsset.h"
#include "../lib/pid_vec.h"
#include "../lib/procfs.h"

#include <sys/utsname.h>

static const char *has(bool yes, bool *all)
{
	*all &= yes;
	return yes ? "has" : "has no";
}

static int tell_fact(const char *name)
{
	for (enum fact f = 0; f < NR_FACTS; f++)
		if (!strcmp(fact_name(f), name))
			return fact_base_known() ? fact_listed(f) != YES :
						   fact_probed(NULL, f) != YES;
	fprintf(stderr, "no fact '%s'\n", name);
	return 2;
}

int main(int argc, char **argv)
{
	bool all = true, pidns = have_pidns();
	struct utsname name;

	if (argc > 1)
		return tell_fact(argv[1]);
	uname(&name);
	printf("this kernel, %s, %s SETNS_* flags", name.release,
	       has(have_setns_flags(), &all));
	printf(", %s set descriptors (PIDFD_GET_NSSET)", has(have_nsset(), &all));
	printf(", %s NS_SET_LAST_PID_VEC", has(have_pid_vec(), &all));
	printf(", %s PROCFS_GET_PID_NAMESPACE", has(pidns, &all));
	if (!pidns && have_any_pidns())
		printf(", has another pidns= than ours");
	printf("\n");
	return all ? 0 : 1;
}
