/* SPDX-License-Identifier: GPL-2.0 */
/*
 * setns(pidfd): the snapshot of a target and the commit, against a target that
 * executes, changes its credentials, unshares, moves its root and exits, and
 * against a second task that joins the first. README.md tells what is left out.
 *
 * Each block names the function that it stands for. One statement is one access
 * to shared memory; "atomic" is only what a lock that all writers take makes
 * so, and what is written for the claims. -DNO_X takes the safeguard X out;
 * -DWITNESS=X claims that the good end X is never reached, -DWAIVE=X waives a claim.
 */

#ifndef JOINERS
#define JOINERS		1
#endif
#ifndef ACTIONS
#define ACTIONS		2	/* system calls of the target */
#endif

/* Tasks. The first two are threads of the target. */
#define LEADER		0
#define THREAD		1
#define JOINER		2
#define JOINER2		3
#define TASKS		(2 + JOINERS)
#define NONE		255

/* Processes, as a pidfd names them. */
#define TARGET		0
#define FIRST_JOINER	1

/* struct nsproxy: the host's, the target's, two to unshare, the joiners' copies */
#define HOST		1
#define CONTAINER	2
#define COPY(task)	(3 + (task))
#define NSPROXIES	7

/* struct path of a root, numbered likewise, each in its mount namespace */
#define ROOTS		(3 + ACTIONS)

/* struct cred: four slots for the target, two for each joiner */
#define CRED(task)	(2 * (task))
#define CREDS		(4 + 2 * JOINERS)

byte nsproxy[TASKS];		/* task->nsproxy, 0 is NULL */
byte root[TASKS];		/* task->fs->root, 0: task->fs is NULL */
byte cred[TASKS];		/* task->real_cred */
bit pf_exiting[TASKS];		/* task->flags & PF_EXITING */
bit task_lock[TASKS];		/* task->alloc_lock */
byte pid_task[2];		/* PIDTYPE_PID of a process */
byte group_exec = NONE;		/* the target's signal->group_exec_task */

byte count[NSPROXIES];		/* nsproxy->count */
byte mnt_ns[NSPROXIES];		/* its namespaces; one number stands for all */
byte in_ns[ROOTS];		/* real_mount(root->mnt)->mnt_ns, 0: detached */

bit denied[CREDS];		/* ptrace_may_access() refuses these */
byte user_ns[CREDS];
byte gen[CREDS];		/* for the claims: which commit_creds() */
byte readers;			/* joiners in rcu_read_lock(), a bit each */
byte wait_for[CREDS];		/* readers that the grace period waits for */

#define EPERM		1
#define ESRCH		3
#define EAGAIN		11

/* For the claims and the target's bounds */
byte had[TASKS * NSPROXIES * ROOTS];	/* with which credentials, a bit each */
byte next_gen = 1, next_ns = 3, next_root = 3;
bit exiting, moved, root_changed;

/* The claims: always false, so that an error of pan tells the name, or waived. */
bit one_moment, no_use_after_free, all_or_nothing, no_old_root_in_new_user_ns,
    root_in_mnt_ns, root_of_target, esrch_is_dead, eagain_is_moved, witness;

#define CLAIM(name, x)	assert((x) || name)
#ifdef WITNESS
#define REACHED(x)	CLAIM(witness, (WITNESS) != (x))
#else
#define REACHED(x)	skip
#endif
/* What scripts/proof/model asks for */
#define JOINED		1
#define AGAIN		2
#define REFUSED		3
#define EXECUTING	4
#define MOUNT_MOVED	5
#define ROOT_MOVED	6
#define GONE		7
#define OBSERVED	8
#define TWO		9
#define LATE		10

#define TRIPLE(t, n, r)	had[((t) * NSPROXIES + (n)) * ROOTS + (r)]

inline remember(t)	/* for the claims: the task has this now; 0 is nothing */
{
	TRIPLE(t, nsproxy[t], root[t]) =
		TRIPLE(t, nsproxy[t], root[t]) | (1 << gen[cred[t]])
}

inline get_nsproxy(n)
{
	atomic {
		CLAIM(no_use_after_free, count[n]);
		count[n]++
	}
}

inline put_nsproxy(n)
{
	atomic {
		CLAIM(no_use_after_free, count[n]);
		count[n]--
	}
}

/* ---- the target ---- */

/* An object that RCU has freed may be the next one to be allocated. */
#define UNUSED(s)	(cred[LEADER] != s && cred[THREAD] != s && !wait_for[s])

inline free_cred(s)	/* kernel/cred.c: put_cred_rcu() */
{
#ifndef NO_RCU
	wait_for[s] = readers
#else
	skip
#endif
}

inline commit_creds(t, deny, user)	/* kernel/cred.c: commit_creds() */
{
	atomic {
		old = cred[t];
		if
		:: UNUSED(0) -> new = 0
		:: else -> if
			:: UNUSED(1) -> new = 1
			:: else -> if
				:: UNUSED(2) -> new = 2
				:: else -> new = 3
				fi
			fi
		fi;
		denied[new] = deny;
		user_ns[new] = user;
		gen[new] = next_gen;
		next_gen++;
		cred[t] = new;
		remember(t);
		if
		:: UNUSED(old) -> free_cred(old)
		:: else -> skip
		fi;
		old = 0;
		new = 0
	}
}

inline switch_task_namespaces(t, n)	/* kernel/nsproxy.c */
{
	atomic {
		!task_lock[t];
		old = nsproxy[t];
		nsproxy[t] = n;
		remember(t)
	}
	atomic {
		put_nsproxy(old);
		old = 0
	}
}

inline ksys_unshare(t)	/* kernel/fork.c: user and mount namespace, and the rest */
{
	atomic {
		count[next_ns] = 1;
		mnt_ns[next_ns] = next_ns;
		in_ns[next_root] = next_ns
	}
	switch_task_namespaces(t, next_ns);
	atomic {
		!task_lock[t];
		root[t] = next_root;
		root_changed = 1;
		remember(t)
	}
	commit_creds(t, denied[cred[t]], next_ns);
	next_ns++;
	next_root++
}

/*
 * fs/fs_struct.c: chroot_fs_refs(), which finds the joiner's fs_struct, too. It
 * takes task_lock(), chroot(2) takes only the lock of the fs_struct: so does
 * this.
 */
inline pivot_root(t)
{
	atomic {
		old = root[t];
		in_ns[next_root] = mnt_ns[nsproxy[t]];
		root[t] = next_root;
		root_changed = 1;
		remember(t);
		if
		:: root[THREAD] == old -> root[THREAD] = next_root; remember(THREAD)
		:: else -> skip
		fi
	}
	atomic {
		if
		:: root[JOINER] == old ->
			root[JOINER] = next_root;
			moved = 1;
			remember(JOINER)
		:: else -> skip
		fi;
#if JOINERS == 2
		if
		:: root[JOINER2] == old -> root[JOINER2] = next_root; moved = 1
		:: else -> skip
		fi;
#endif
		next_root++;
		old = 0
	}
}

inline exit_task(t)	/* kernel/exit.c: do_exit() */
{
	pf_exiting[t] = 1;			/* exit_signals() */
	atomic { !task_lock[t]; root[t] = 0 }	/* exit_fs() */
	switch_task_namespaces(t, 0)		/* exit_task_namespaces() */
}

/*
 * fs/exec.c: de_thread() of a thread that is not the first. It waits for the
 * leader's exit, so one process of the model can be both.
 */
inline de_thread()
{
	group_exec = THREAD;
	exit_task(LEADER);
	pid_task[TARGET] = THREAD;		/* transfer_pid() */
	atomic {				/* release_task() */
		old = cred[LEADER];
		cred[LEADER] = NONE;
		if
		:: UNUSED(old) -> free_cred(old)
		:: else -> skip
		fi;
		/* Whoever has found the leader still reads its credentials. */
		cred[LEADER] = old;
		me = THREAD;
		old = 0
	}
	group_exec = NONE
}

proctype target()
{
	byte me = LEADER, old, new, calls;

	do
	:: calls < ACTIONS ->
		calls++;
		if
		:: me == LEADER && JOINERS == 1 ->	/* execve(2), a thread's */
			de_thread();
			commit_creds(THREAD, 1, user_ns[cred[THREAD]])
		:: commit_creds(me, 1, user_ns[cred[me]])	/* a set-id program */
		:: commit_creds(me, 0, user_ns[cred[me]])	/* setuid(2), execve(2) */
		:: next_ns < COPY(JOINER) -> ksys_unshare(me)
		:: pivot_root(me)
		:: in_ns[root[me]] -> in_ns[root[me]] = 0	/* umount_tree() */
		fi
	:: true ->
		exiting = 1;
		exit_task(me);
		pid_task[TARGET] = NONE;
		break
	:: true -> break
	od
}

/* ---- who joins: kernel/nsset.c ---- */

#define MY_BIT		(1 << (me - JOINER))

#ifdef NO_EXITING_TEST
#define HAS_LEFT(t)	(!nsproxy[t])
#else
#define HAS_LEFT(t)	pf_exiting[t]
#endif

inline source_task(found)
{
	found = pid_task[proc];
	if
#ifndef NO_GROUP_EXEC
	:: proc == TARGET && found != NONE && HAS_LEFT(found) ->
		exec = group_exec;
		if
		:: exec != NONE -> found = exec
#ifndef NO_PID_AFTER_EXEC
		:: else -> found = pid_task[proc]
#else
		:: else -> skip
#endif
		fi;
		exec = 0
#endif
	:: else -> skip
	fi
}

inline source_read()
{
	c = cred[task];
	atomic {				/* ptrace_may_access() */
		checked = gen[cred[task]];
		if
		:: denied[cred[task]] -> err = EPERM
		:: else -> skip
		fi
	}
	if
	:: err == 0 ->
#ifndef NO_TASK_LOCK
		atomic { !task_lock[task]; task_lock[task] = 1 }
#endif
#ifdef NO_COMPARE_LAST
		differs = (cred[task] != c);
#endif
		ns = nsproxy[task];
		if
		:: ns == 0 || root[task] == 0 -> ns = 0; err = ESRCH
		:: else ->
			get_nsproxy(ns);
			r = root[task];		/* nsset_get_paths() */
#if !defined(NO_COMPARE) && !defined(NO_COMPARE_LAST)
			differs = (cred[task] != c);
#endif
		fi;
#ifndef NO_TASK_LOCK
		task_lock[task] = 0;
#endif
		user = user_ns[c];
		same = (gen[c] == checked)
	:: else -> skip
	fi
}

inline source_snapshot()
{
	do
	:: readers = readers | MY_BIT;	/* rcu_read_lock() */
		source_task(task);
		err = (task == NONE -> ESRCH : 0);
		if
		:: err == 0 -> source_read()
		:: else -> skip
		fi;
#ifndef NO_SECOND_LOOK
		if
		:: err == ESRCH ->
			source_task(found);
			differs = (found != task);
			found = 0
		:: else -> skip
		fi;
#endif
		atomic {			/* rcu_read_unlock() */
			readers = readers & ~MY_BIT;
			c = 0;
			do
			:: c < CREDS -> wait_for[c] = wait_for[c] & ~MY_BIT; c++
			:: else -> break
			od;
			c = 0
		}
		if
		:: !differs -> break
		:: else -> skip
		fi;
		if
		:: ns -> put_nsproxy(ns)
		:: else -> skip
		fi;
		atomic {
			REACHED(AGAIN);
			again = 1; ns = 0; r = 0; user = 0; differs = 0; same = 0; err = 0
		}
	od
}

/* For the claims: is this the root of the process, by whichever task it goes on? */
#define HAS_ROOT(r)	((proc == TARGET && \
			  (root[LEADER] == r || root[THREAD] == r)) || \
			 (proc == FIRST_JOINER && root[JOINER] == r))

/* An install() may refuse, which this leaves open. */
inline nsset_check()
{
	if
	:: err = EPERM
	:: skip
	fi;
#ifdef NO_COPY
	nsproxy[me] = COPY(me);
#endif
	if
	:: err == 0 && in_ns[r] != mnt_ns[ns] -> err = EAGAIN
	:: else -> skip
	fi;
	if
	:: err == 0 ->	/* paths_permission() may sleep; here it wakes up */
		atomic {
			was_in_ns = (in_ns[r] == mnt_ns[ns]);
			was_root = HAS_ROOT(r)
		}
#ifndef NO_MOUNT_RECHECK
		if
		:: in_ns[r] != mnt_ns[ns] -> REACHED(MOUNT_MOVED); err = EAGAIN
		:: else -> skip
		fi
#endif
	:: else -> skip
	fi;
	if
	:: err == 0 -> err = EPERM
	:: skip
	fi;
#ifndef NO_ROOT_RECHECK
	if
	:: err == 0 -> nsset_recheck_root()
	:: else -> skip
	fi
#endif
}

inline nsset_recheck_root()
{
	do
	:: source_task(task);
		if
		:: task != NONE ->		/* task_has_root() */
			atomic { !task_lock[task]; task_lock[task] = 1 }
			found = root[task];
			task_lock[task] = 0
		:: else -> found = 0
		fi;
#ifdef NO_RECHECK_LOOK
		break
#else
		if
		:: found == r -> break
		:: else -> skip
		fi;
		source_task(old);
		if
		:: old == task -> break
		:: else -> skip
		fi
#endif
	od;
	old = 0;
	if
#ifdef NO_GONE_RECHECK
	:: found == 0 -> skip
#endif
	:: found == r -> skip
	:: else ->
		CLAIM(eagain_is_moved, exiting || root_changed || proc != TARGET);
		REACHED(ROOT_MOVED);
		err = EAGAIN
	fi;
	found = 0
}

inline nsset_switch_nsproxy()
{
	atomic {
		!task_lock[me];
		old = nsproxy[me];
		nsproxy[me] = COPY(me);
		remember(me)
	}
	if
	:: count[old] == 1 ->		/* freed, its references have moved */
		atomic {
			CLAIM(no_use_after_free, count[old] == 1);
			count[old] = 0
		}
	:: else -> put_nsproxy(old)
	fi;
	old = 0
}

inline joiner_commit_creds()
{
	atomic { cred[me] = CRED(me) + 1; remember(me) }
}

inline nsset_commit()
{
	CLAIM(root_in_mnt_ns, was_in_ns);
	CLAIM(root_of_target, was_root);
	if
	:: !HAS_ROOT(r) -> REACHED(LATE)
	:: else -> skip
	fi;
#ifdef NO_CREDS_LAST
	joiner_commit_creds();
#endif
	atomic { root[me] = r; remember(me) }		/* nsset_mount_commit() */
	nsset_switch_nsproxy();
#ifndef NO_CREDS_LAST
	joiner_commit_creds();
#endif
	CLAIM(all_or_nothing, mnt_ns[nsproxy[me]] == mnt_ns[ns] &&
	      user_ns[cred[me]] == user && (root[me] == r || moved))
}

proctype joiner(byte me; byte proc)
{
	byte task, found, exec, ns, r, c, user, checked, old, err;
	bit differs, same, again, was_in_ns, was_root;

	source_snapshot();
	if
	:: err == ESRCH ->
		REACHED(GONE);
		CLAIM(esrch_is_dead, exiting)
	:: err == EPERM -> REACHED(REFUSED)
	:: else ->
		CLAIM(one_moment, same &&
		      (TRIPLE(task, ns, r) & (1 << checked)));
		if
		:: task == THREAD && pid_task[TARGET] == LEADER -> REACHED(EXECUTING)
		:: else -> skip
		fi;
		atomic {		/* nsset_prepare(): nobody else sees these */
			user_ns[CRED(me) + 1] = user;
			gen[CRED(me) + 1] = 1;
			mnt_ns[COPY(me)] = mnt_ns[ns];
			count[COPY(me)] = 1
		}
		nsset_check();
		if
		:: err == 0 -> nsset_commit(); REACHED(JOINED)
		:: true -> skip		/* SETNS_DRY_RUN */
		:: err -> skip
		fi;
		put_nsproxy(ns)		/* source_put() */
	fi;
	CLAIM(all_or_nothing, cred[me] != CRED(me) ||
	      (nsproxy[me] == HOST && root[me] == HOST));
#if JOINERS == 2
	if
	:: mnt_ns[nsproxy[JOINER]] >= CONTAINER &&
	   mnt_ns[nsproxy[JOINER2]] >= CONTAINER -> REACHED(TWO)
	:: else -> skip
	fi
#endif
}

/* A task of the target's user namespace opens /proc/JOINER/root or /ns/mnt. */
proctype observer()
{
end:	user_ns[cred[JOINER]] != HOST;	/* ptrace_may_access() */
	REACHED(OBSERVED);
	CLAIM(no_old_root_in_new_user_ns,
	      root[JOINER] != HOST && nsproxy[JOINER] != HOST)
}

init
{
	atomic {
		nsproxy[LEADER] = CONTAINER;
		nsproxy[THREAD] = CONTAINER;
		root[LEADER] = CONTAINER;
		root[THREAD] = CONTAINER;
		user_ns[0] = CONTAINER;
		pid_task[TARGET] = LEADER;
		nsproxy[JOINER] = HOST;
		root[JOINER] = HOST;
		cred[JOINER] = CRED(JOINER);
		user_ns[CRED(JOINER)] = HOST;
		pid_task[FIRST_JOINER] = JOINER;
		count[HOST] = JOINERS;
		count[CONTAINER] = 2;
		mnt_ns[HOST] = HOST;
		mnt_ns[CONTAINER] = CONTAINER;
		in_ns[HOST] = HOST;
		in_ns[CONTAINER] = CONTAINER;
#ifdef WAIVE
		WAIVE = 1;
#endif
		remember(LEADER);
		remember(THREAD);
		remember(JOINER);
		run target();
		run joiner(JOINER, TARGET);
#if JOINERS == 2
		nsproxy[JOINER2] = HOST;
		root[JOINER2] = HOST;
		cred[JOINER2] = CRED(JOINER2);
		user_ns[CRED(JOINER2)] = HOST;
		run joiner(JOINER2, FIRST_JOINER)
#else
		run observer()
#endif
	}
}
