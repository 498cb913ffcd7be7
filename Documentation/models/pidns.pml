/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The first forks into a pid namespace that has no init: tasks that hold it by
 * a handle fork at once, and each fork may fail at any step. README.md tells
 * what is left out.
 *
 * Each block names the function that it stands for. "atomic" is one hold of
 * pidmap_lock or tasklist_lock, under which nothing is read that is written
 * without it, but for child_reaper: one read or write. -DNO_X takes the
 * safeguard X out; -DWITNESS=X claims that the good end X is never
 * reached, -DWAIVE=X waives a claim.
 */

#ifndef FORKERS
#define FORKERS		2
#endif
#ifndef FORKS
#define FORKS		2	/* by each of them */
#endif
#define PIDS		8

/* struct pid_namespace: pid_allocated is adding + allocated */
bit adding = 1;			/* PIDNS_ADDING */
byte allocated;
byte cursor;			/* idr_get_cursor() */
bit used[PIDS];			/* the idr */
byte in_idr;
bit child_reaper;

bit live[PIDS];			/* attach_pid(): the task can be found */
bit killed[PIDS];

/* For the claims */
byte inits, given;
bit zapped, all_killed, failed, refused;

/* The claims: always false, so that an error of pan tells the name, or waived. */
bit one_init, init_is_first, dead_by_its_init, lone_fork_is_init, no_pid_burnt,
    none_outlives_init, witness;

#define CLAIM(name, x)	assert((x) || name)
#ifdef WITNESS
#define REACHED(x)	CLAIM(witness, (WITNESS) != (x))
#else
#define REACHED(x)	skip
#endif
/* What scripts/proof/model asks for */
#define BORN_AFTER_FAILURE	1
#define SECOND_REFUSED		2
#define CHILD			3
#define DEAD			4

#define EINVAL	22
#define ENOMEM	12
#define EAGAIN	11

inline alloc_id()	/* kernel/pid.c: alloc_pid(), the loop over the levels */
{
	atomic {
		remembered = cursor;
		lone = (in_idr == 0 && adding);
		nr = (cursor > 1 -> cursor : 1);	/* idr_alloc_cyclic() */
		do
		:: used[nr] -> nr++
		:: else -> break
		od;
		cursor = nr + 1;
		err = 0;
#ifndef NO_REFUSAL
		if
		:: nr > 1 && !child_reaper && adding ->	/* pidns_awaits_init() */
#ifndef NO_CURSOR_BACK
			cursor = remembered;
#endif
			err = EINVAL;
			refused = 1;
			REACHED(SECOND_REFUSED)
		:: else -> skip
		fi;
#endif
		CLAIM(lone_fork_is_init, !lone || (nr == 1 && !err));
		if
		:: !err ->
			CLAIM(no_pid_burnt, !child_reaper || zapped ||
			      nr == given + 1);
			used[nr] = 1;
			in_idr++;
			given = nr
		:: else -> skip
		fi;
		remembered = 0;
		lone = 0
	}
}

inline out_free()	/* kernel/pid.c: alloc_pid() */
{
	atomic {
		if
		:: err != EINVAL -> used[nr] = 0; in_idr--
		:: else -> skip
		fi;
		if
		:: adding && !allocated && !in_idr -> cursor = 0
		:: else -> skip
		fi
	}
}

inline publish_id()	/* kernel/pid.c: alloc_pid(), "Make the PID visible" */
{
	atomic {
		if
		:: adding -> allocated++
		:: else -> err = ENOMEM
		fi
	}
}

inline free_pid(n)	/* kernel/pid.c */
{
	atomic {
		allocated--;
		CLAIM(one_init, !adding || allocated || !child_reaper);	/* WARN_ON() */
#ifndef NO_CURSOR
		cursor = (adding && !allocated -> 0 : cursor);
#endif
#ifdef NO_SURVIVAL
		adding = adding && allocated;
#endif
		used[n] = 0;
		in_idr--;
		live[n] = 0;
		CLAIM(dead_by_its_init, adding || zapped)
	}
}

inline copy_process_end()	/* kernel/fork.c: under tasklist_lock */
{
	atomic {
		if
#ifndef NO_ASK_AGAIN
		:: !adding -> err = ENOMEM		/* pid_takes_task() */
#endif
		:: else ->
			live[nr] = 1;
			CLAIM(none_outlives_init, !all_killed);
			if
			:: nr == 1 ->			/* is_child_reaper() */
				child_reaper = 1;
				inits++;
				CLAIM(one_init, inits == 1);
				if
				:: failed -> REACHED(BORN_AFTER_FAILURE)
				:: else -> skip
				fi
			:: else ->
				CLAIM(init_is_first, child_reaper);
				if
				:: nr == 2 && refused -> REACHED(CHILD)
				:: else -> skip
				fi
			fi
		fi
	}
}

/* kernel/exit.c, kernel/pid_namespace.c: do_exit(), zap_pid_ns_processes() */
inline init_exits()
{
	atomic {				/* disable_pid_allocation() */
#ifndef NO_DISABLE
		adding = 0;
#endif
		zapped = 1
	}
	atomic {				/* SIGKILL, under tasklist_lock */
		all_killed = 1;
		n = 2;
		do
		:: n < PIDS -> killed[n] = live[n]; n++
		:: else -> break
		od;
		n = 0
	}
	allocated == 1;				/* all others are gone */
	free_pid(1);
	REACHED(DEAD)
}

/* A task that holds the namespace by a handle, and then its child. */
proctype forker()
{
	byte nr, err, forks, remembered;
	bit lone;

	do
	:: forks < FORKS ->
		forks++;
		alloc_id();
		if
		:: !err -> err = EAGAIN		/* no pid left in a level above */
		:: !err -> publish_id()
		:: err -> skip
		fi;
		if
		:: err -> out_free()
		:: else ->
			if
			:: err = EAGAIN		/* EFAULT, a signal, pids.max */
			:: true -> copy_process_end()
			fi;
			if
			:: err -> failed = 1; free_pid(nr)
			:: else -> run child(nr)
			fi
		fi;
		err = 0;
		nr = 0
	:: true -> break
	od
}

proctype child(byte nr)
{
	byte n;

	if
	:: nr == 1 ->
		if
		:: true -> init_exits()
		:: true -> skip			/* lives on */
		fi
	:: else ->
		if
		:: true -> skip			/* exits */
		:: true ->			/* lives until it is killed */
end:			killed[nr]
		fi;
		free_pid(nr)
	fi
}

init
{
	byte i;

	atomic {
#ifdef WAIVE
		WAIVE = 1;
#endif
		do
		:: i < FORKERS -> run forker(); i++
		:: else -> break
		od
	}
}
