/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the source files of nshandle(1) share.
 */
#ifndef NSHANDLE_H
#define NSHANDLE_H

#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/types.h>

#define NSHANDLE_VERSION	"0.1"

/* C libraries before 2.32 do not have it. */
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME		0x00000080
#endif

/* As in <linux/nshandle.h>, which may be missing. */
#define SETNS_SKIP_JOINED	0x01
#define SETNS_DRY_RUN		0x02
#define SETNS_FOR_CHILDREN	0x04
#define SETNS_ROOT		0x08
#define SETNS_SUPPORTED		0x10

/* The size is that of the vector without a pid. */
#define NS_SET_LAST_PID_VEC		_IOW(0xb7, 0x20, unsigned int)
#define NS_GET_LAST_PID_VEC		_IOWR(0xb7, 0x21, unsigned int)

#ifndef PROCFS_GET_PID_NAMESPACE
#define PROCFS_GET_PID_NAMESPACE	_IO('f', 32)
#endif

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* Exit statuses of our own; any other is that of the command we ran. */
enum {
	EXIT_FAILED	= 1,	/* what was asked for could not be done */
	EXIT_USAGE	= 2,
	EXIT_CANNOT_RUN	= 126,	/* the command was found, but not run */
	EXIT_NOT_FOUND	= 127,
};

/* main.c dispatches to these, one file each; argv[0] is their name. */
int cmd_check(int argc, char **argv);
int cmd_hold(int argc, char **argv);
int cmd_join(int argc, char **argv);
int cmd_last_pid(int argc, char **argv);
int cmd_proc(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_spawn(int argc, char **argv);

/* target.c: what -t names */

#define NS_TYPES	8

struct target {
	const char *text;	/* as given */
	char name[32];		/* in messages: "process 42", "set fd:3" */
	pid_t pid;		/* 0: a descriptor or a file */
	unsigned long long inode;	/* that its pidfd must have; 0: any */
	int fd;			/* the pidfd or the set; -1: not open, a file */
	int held;		/* of a set: its types, CLONE_NEW*; else 0 */
	int made;		/* of a set: SETNS_FOR_CHILDREN, SETNS_ROOT */
	unsigned long long ino[NS_TYPES];	/* of a set, as ns_types */
};

struct ns_type;

int target_parse(const char *command, const char *text, struct target *target);
int target_parse_or_file(const char *command, const char *text,
			 struct target *target);
int target_open(struct target *target);
bool target_is_file(const struct target *target);
bool target_is_set(const struct target *target);
unsigned long long target_inode(const struct target *target);
int target_ns(const struct target *target, const struct ns_type *type);
bool target_has_children_elsewhere(const struct target *target);
bool target_means_children(const struct target *target);
void hint_at_children(const char *command, const struct target *target,
		      const char *remedy);
int complain_ns(const struct target *target, const struct ns_type *type);

/* listen.c: announcing what COMMAND inherits */

#define LISTEN_FIRST	3

bool listen_announce(const char *name);
void listen_forget(int fd);

/* terminal.c: the terminal of a command that is our child */

struct terminal {
	int fd;			/* -1: none */
	bool own_group;		/* the command has a process group of its own */
	bool lent;		/* and that group has the terminal */
};

void terminal_open(struct terminal *terminal);
void terminal_start(const struct terminal *terminal);
void terminal_lend(struct terminal *terminal, pid_t child);
void terminal_take_back(struct terminal *terminal);
void terminal_follow_stop(struct terminal *terminal, pid_t child, int signal);
void terminal_follow_interrupt(struct terminal *terminal, pid_t child);

/* run.c: running the command; most return an exit status */

int run_here(char **argv);

struct run {
	struct terminal terminal;
	int cgroup;		/* to write to; 0: none */
	sigset_t signals;
	sigset_t inherited;
};

int run_in_child(struct run *run, char **argv);
int run_join_cgroup(const struct run *run);

/* The steps of run_in_child(), for a caller that forks by itself */

void run_prepare(struct run *run);
int complain_fork(void);
int run_prepared(const struct run *run, char **argv);
int run_wait(struct run *run, pid_t child);

/* ids.c: uid and gid of COMMAND */

struct id {
	bool given;
	bool follow;		/* that of the process */
	unsigned int number;
};

struct ids {
	struct id uid;
	struct id gid;
	bool no_groups;		/* none, or they are dropped already */
	bool hint;		/* --preserve-credentials would help */
};

int id_parse(const char *option, const char *text, struct id *id);
int ids_find(struct ids *ids, int process, bool in_userns);
void ids_prepare(struct ids *ids, bool become_root);
int ids_take(const struct ids *ids);

/*
 * join.c: the options; enter.c: what to join; place.c: what else COMMAND takes from
 * the process; refuse.c: the call, and who refused
 */

struct join {
	struct target target;
	int types;		/* of namespaces, CLONE_NEW* */
	int how;		/* SETNS_*, as asked for */
	const char *file;	/* of a namespace, in place of a target */
	bool all;		/* all types, by SETNS_ALL */
	bool user_parent;
	bool keep_ids;
	bool no_fork;
	bool procfs_mute;	/* --all could not compare everything */
	struct ids ids;
	bool wants_root;	/* -r: SETNS_ROOT, or by a descriptor */
	bool wants_wd;		/* -w: the process's own */
	const char *root;	/* a directory; "": that of the process */
	const char *wd;		/* the same */
	const char *wdns;	/* a directory after the join */
	bool take_env;
	bool take_cgroup;
	int process;		/* its directory in /proc */
	int root_fd;
	int wd_fd;
	char *env;		/* its strings, then an empty one */
	struct run run;
	char **argv;
};

int join_enter(struct join *join);
bool join_changes(const struct join *join, int letter);
int place_open_process(const struct target *target);
int place_open(struct join *join);
int place_take(const struct join *join);
int place_set_environ(const struct join *join);
int join_flags(const struct join *join);
bool try_again(int error, int flags, int tried);
int look_at_how(const char *command, int types, int how);
int join_try(const struct join *join, int flags);
bool join_has_flags(void);
bool join_has_all(void);
int join_unknown_types(int types);
int join_denied_types(int types);
int complain_join(const struct join *join, int error);

/* hold.c */

bool hold_has_sets(int pidfd);

/* last_pid.c: pids of a process at each level, or the last ones given */

#define LEVELS_MAX	33

/* As struct ns_ioc_pid_vec of <linux/nshandle.h>: innermost first. */
struct pid_vec {
	unsigned int nr;
	int pid[LEVELS_MAX];
};

int parse_pid_vec(const char *command, const char *text, int least,
		  struct pid_vec *vec);
int set_last_pids(const char *command, const char *pidns, int ns,
		  const struct pid_vec *vec);

/* ns.c: the types of namespaces */

struct ns_type {
	int flag;
	char letter;		/* option of nsenter(1) and of join */
	const char *name;	/* in /proc/PID/ns */
	const char *children;	/* what new children get, if it may differ */
	int get;		/* numbers of the ioctls of a pidfd */
	int get_children;
};

#define NS_WORDS_MAX	64

extern const struct ns_type ns_types[];

/* The options of join and hold that name types. */
#define NS_LETTERS	"muinpUCT"

const struct ns_type *ns_type_of_letter(int letter);
const char *ns_words(int flags, char words[NS_WORDS_MAX]);

enum ns_answer {
	NS_OTHER,		/* the process is in another one */
	NS_SHARED,		/* the caller is in the same one */
	NS_ABSENT,		/* this kernel has none of this type */
	NS_UNKNOWN,		/* procfs does not tell */
};

struct stat;

bool same_file(const struct stat *a, const struct stat *b);
enum ns_answer ns_compare(pid_t pid, const struct ns_type *type);
pid_t ns_procfs_pid(int pidfd);
pid_t ns_procfs_level_pid(int pidfd, unsigned int level);
int ns_open(int pidfd, const struct ns_type *type, bool children);
bool ns_same(int ns, int other);
int open_ns_file(const char *command, const char *name);
void hint_at_pid_ns(const char *command, const struct target *target);
int open_pid_ns(const char *command, struct target *target);

/* util.c: messages, system calls without a wrapper in old C libraries */

/* One line on stderr; the value is an exit status, for return. */
#define complain(status, ...)		(warnx(__VA_ARGS__), (status))
#define complain_usage(command, ...)	(warnx(__VA_ARGS__), try_help(command))

/* Options without a letter start here. */
enum { OPT_LONG = 256 };

int try_help(const char *command);
int complain_option(const char *command, int option, char **argv);
int show(const char *text);
int end_output(void);
bool is_number(const char *text);
bool parse_number(const char *text, int least, int *number);
bool parse_pid(const char *text, pid_t *pid);
bool kernel_older_than(int major, int minor);
bool kernel_has_64_bits(void);

int open_process(pid_t pid, bool *thread);
const char *why_no_process(int pidfd);
int sys_pidfd_open(pid_t pid, unsigned int flags);
bool pidfd_exited(int pidfd);
bool pidfd_reaped(int pidfd);
bool leader_ended(int pidfd);
bool is_pidfd(int fd);

int sys_fsopen(const char *type);
int sys_fsconfig(int context, int command, const char *key, const char *value,
		 int aux);
int sys_fsmount(int context, unsigned int attributes);
int sys_move_mount(int mount, const char *where);

#endif /* NSHANDLE_H */
