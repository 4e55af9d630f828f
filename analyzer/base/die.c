/* SPDX-License-Identifier: GPL-2.0-or-later */
/* die.c - messages on stderr, one line each. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "base.h"

static void say(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

static void say(const char *fmt, va_list ap)
{
	fflush(stdout);         /* keep the order when both go to one log */
	fputs("statdep: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void sd_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	exit(2);
}

void sd_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}
