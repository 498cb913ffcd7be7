// SPDX-License-Identifier: GPL-2.0
#include "base.h"

#include <stdarg.h>
#include <unistd.h>

struct options options = { .steps = -1 };

void die(const char *fmt, ...)
{
	int err = errno;
	va_list args;

	fflush(stdout);
	fputs("nshandle-fuzz: ", stderr);
	va_start(args, fmt);
	errno = err;
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	_exit(2);
}
