// SPDX-License-Identifier: GPL-2.0
/*
 * Says what kernel this is, and which of our interfaces it has. Exits with 0 if
 * it has all of them.
 */
#include "../lib/test.h"
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

int main(void)
{
	bool all = true, pidns = have_pidns();
	struct utsname name;

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
