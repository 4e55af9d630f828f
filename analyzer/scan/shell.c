/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shell.c - compile commands inside the recipes that a dry run of make prints.
 *
 * A recipe is a list of simple commands ("set -e; trap '...' HUP; clang -c ... ; fixdep ...").
 * Quoted text is skipped whole, so the copy of the command that fixdep or printf get as an
 * argument is not seen as one.
 */
#include <string.h>
#include "scan_int.h"

/* The end of the simple command that starts at @s: at ; & | newline or the end. */
static char *command_end(char *s)
{
	while (*s && !strchr(";&|\n", *s)) {
		if (*s == '\\' && s[1]) {
			s += 2;
		} else if (*s == '\'') {
			s = strchr(s + 1, '\'');
			if (!s)
				return NULL;
			s++;
		} else if (*s == '"') {
			for (s++; *s && *s != '"'; s++)
				if (*s == '\\' && s[1])
					s++;
			if (!*s)
				return NULL;
			s++;
		} else {
			s++;
		}
	}
	return s;
}

/* ccache clang ... */
static bool is_wrapper(const char *program)
{
	char *base = g_path_get_basename(program);
	bool yes = strstr(base, "ccache") || strcmp(base, "distcc") == 0 || strcmp(base, "icecc") == 0;

	g_free(base);
	return yes;
}

/* clang-19, x86_64-linux-gnu-gcc-12, cc ... */
static bool is_compiler(const char *program)
{
	char *base = g_path_get_basename(program);
	bool yes = strstr(base, "clang") || strstr(base, "gcc") || strcmp(base, "cc") == 0;

	g_free(base);
	return yes;
}

/* A compilation of kernel code: host programs lack -D__KERNEL__ (scripts/Makefile.host). */
static bool is_kernel_compile(char **argv, int n)
{
	bool c = false, kernel = false;

	for (int i = 1; i < n; i++) {
		c = c || strcmp(argv[i], "-c") == 0;
		kernel = kernel || strcmp(argv[i], "-D__KERNEL__") == 0;
	}
	return c && kernel;
}

static void one_command(char *text, void (*cb)(void *, char **, size_t), void *arg)
{
	char **argv;
	int n, at = 0;

	if (!strstr(text, " -c ") || !strstr(text, ".c") || !g_shell_parse_argv(text, &n, &argv, NULL))
		return;
	if (n > 1 && is_wrapper(argv[0]))
		at = 1;
	if (is_compiler(argv[at]) && is_kernel_compile(argv + at, n - at))
		cb(arg, argv + at, (size_t)(n - at));
	g_strfreev(argv);
}

void sd_shell_compiles(char *line, void (*cb)(void *, char **argv, size_t n), void *arg)
{
	char *end, kept;

	for (char *s = line; *s; s = kept ? end + 1 : end) {
		end = command_end(s);
		if (!end)
			return;
		kept = *end;
		*end = '\0';
		one_command(s, cb, arg);
		*end = kept;
	}
}
