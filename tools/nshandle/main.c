// SPDX-License-Identifier: GPL-2.0
/*
 * nshandle(1): namespaces by handle and all at once. This file only finds
 * the subcommand; each of those has a file of its own.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "nshandle.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "check", cmd_check },
	{ "hold", cmd_hold },
	{ "join", cmd_join },
	{ "last-pid", cmd_last_pid },
	{ "proc", cmd_proc },
	{ "show", cmd_show },
	{ "spawn", cmd_spawn },
};

static const char help[] =
	"Usage: nshandle COMMAND [OPTION...]\n"
	"Use the namespaces of other processes, by handle and all at once.\n"
	"\n"
	"  check      say which interfaces the running kernel has\n"
	"  hold       run a program that inherits a set of namespaces\n"
	"  join       run a program in the namespaces of a process or a set\n"
	"  last-pid   print or set the last pids that were given at each level\n"
	"  proc       mount a procfs of another pid namespace\n"
	"  show       show the namespaces of a process, a set or a procfs\n"
	"  spawn      run a program with chosen pids in a pid namespace\n"
	"\n"
	"  --help     show this text; 'nshandle COMMAND --help' shows more\n"
	"  --version  show the version\n"
	"\n"
	"See nshandle(1) for the details.\n";

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

/*
 * If one of 0-2 is closed, a descriptor of our own would get its number: a message
 * would be written to a pidfd, or COMMAND would read from it. Fill it with one that
 * can be neither read nor written, and that COMMAND does not inherit either.
 */
static void fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/", O_PATH | O_CLOEXEC);
}

int main(int argc, char **argv)
{
	const struct command *command;

	fill_standard_descriptors();
	if (argc < 2)
		return complain_usage(NULL, "a command is missing");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return show(help);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return show("nshandle " NSHANDLE_VERSION "\n");

	command = find_command(argv[1]);
	if (!command)
		return complain_usage(NULL, "there is no command '%s'",
				      argv[1]);
	return command->run(argc - 1, argv + 1);
}
