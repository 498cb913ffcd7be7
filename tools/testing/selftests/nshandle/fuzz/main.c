// SPDX-License-Identifier: GPL-2.0
/*
 * nshandle-fuzz: random programs of the calls that nshandle is about, on the
 * running kernel and on a model of it, step by step.
 *
 * From the bottom up, each file using only those before it: base, step, text;
 * model, model_task, model_join, model_set, model_file, model_step; random,
 * draw, generate; message, task, world; setup, compare, run, shrink.
 */
#include "generate.h"
#include "random.h"
#include "run.h"
#include "setup.h"
#include "shrink.h"
#include "text.h"
#include "world.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void usage(FILE *f)
{
	fputs("Usage: nshandle-fuzz [OPTION]...\n"
	      "\n"
	      "Compares the running kernel with a model, over random programs.\n"
	      "Needs root, in the first namespaces of the machine.\n"
	      "\n"
	      "  --seed N        of the random numbers (the time)\n"
	      "  --steps N       end after so many steps (10000)\n"
	      "  --seconds S     end after so much time\n"
	      "  --program FILE  run this program only; - is the standard input\n"
	      "  --no-flags      nothing that an unpatched kernel lacks\n"
	      "  --wrong         with a model that lacks a rule of setns(2), to\n"
	      "                  see it found and the program made short\n"
	      "  --verbose       print each step before it is done\n"
	      "\n"
	      "Exits with 0 if there is no difference, 1 if there is one, whose\n"
	      "program is printed as --program reads it, and 2 if it can't work.\n",
	      f);
}

static long number(const char *text)
{
	char *end;
	long n = strtol(text, &end, 0);

	if (!*text || *end || n < 0)
		die("'%s' is no count (--help tells more)", text);
	return n;
}

static void parse(int argc, char *argv[])
{
	static const struct option list[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "steps", required_argument, NULL, 'n' },
		{ "seconds", required_argument, NULL, 't' },
		{ "program", required_argument, NULL, 'p' },
		{ "no-flags", no_argument, NULL, 'f' },
		{ "wrong", no_argument, NULL, 'w' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{}
	};
	int c;

	while ((c = getopt_long(argc, argv, "", list, NULL)) != -1) {
		switch (c) {
		case 's':
			options.seed = number(optarg);
			break;
		case 'n':
			options.steps = number(optarg);
			break;
		case 't':
			options.seconds = number(optarg);
			break;
		case 'p':
			options.program = optarg;
			break;
		case 'f':
			options.no_flags = true;
			break;
		case 'w':
			options.wrong = true;
			break;
		case 'v':
			options.verbose = true;
			break;
		case 'h':
			usage(stdout);
			exit(0);
		default:
			usage(stderr);
			exit(2);
		}
	}
	if (optind < argc)
		die("'%s' is too much (--help tells more)", argv[optind]);
	if (options.steps < 0)
		options.steps = options.seconds ? 0 : 10000;
}

static void print_outcomes(void)
{
	for (int op = 0; op < NR_OPS; op++) {
		long sum = 0;

		for (int err = 0; err < OUTCOMES; err++)
			sum += outcomes[op][err];
		if (!sum)
			continue;
		printf("# %-10s 0: %ld", ops[op].name, outcomes[op][0]);
		for (int err = 1; err < OUTCOMES; err++)
			if (outcomes[op][err])
				printf(", %s: %ld", strerrorname_np(err),
				       outcomes[op][err]);
		printf("\n");
	}
}

/* A program that differed, and does it again, in its shortest form. */
static int tell(struct program *p)
{
	if (program_run(p, true)) {
		printf("\nNot the second time. The program:\n");
	} else {
		program_shrink(p);
		printf("\nThe shortest program that differs:\n");
		program_run(p, false);
		printf("\n");
	}
	program_print(stdout, p);
	printf("\nseed %llu\n", (unsigned long long)options.seed);
	return 1;
}

static bool more(time_t begin)
{
	if (options.steps && steps_done() >= options.steps)
		return false;
	return !options.seconds || time(NULL) - begin < options.seconds;
}

static int run_random(void)
{
	time_t begin = time(NULL);
	struct program p = {};
	long programs;

	random_seed(options.seed);
	for (programs = 0; more(begin); programs++) {
		program_generate(&p);
		if (!program_run(&p, false))
			return tell(&p);
		if (programs % 500 == 499)
			printf("# %ld steps\n", steps_done());
	}
	print_outcomes();
	printf("%ld steps, %ld programs, %ld s, no difference\n", steps_done(),
	       programs, (long)(time(NULL) - begin));
	return 0;
}

static void read_program(struct program *p)
{
	FILE *f = strcmp(options.program, "-") ? fopen(options.program, "re") :
		  stdin;

	if (!f)
		die("cannot open %s: %m", options.program);
	if (!program_read(f, p))
		die("step %d of %s is none", p->nr, options.program);
}

static int run_program(const struct program *p)
{
	if (!program_run(p, false))
		return 1;
	printf("%ld steps, no difference\n", steps_done());
	return 0;
}

int main(int argc, char *argv[])
{
	struct program p = {};

	options.seed = time(NULL);
	parse(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (options.program)
		read_program(&p);
	else
		printf("seed %llu\n", (unsigned long long)options.seed);
	setup_root();
	setup_machine();
	world_prepare();
	return options.program ? run_program(&p) : run_random();
}
