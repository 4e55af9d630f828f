/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parts.c - which parts of a sharded scan a database holds: "1,3/4" is the first and third of
 * four.  "" is everything that was to be scanned.
 */
#include <stdlib.h>
#include <string.h>
#include "db_int.h"

#define MAX_PARTS 10000

/* Sets have[K] for each K of @text; the N after the slash, 0 when @text is no such thing. */
static unsigned read_parts(const char *text, uint8_t *have)
{
	const char *slash = strchr(text, '/');
	unsigned long n = slash ? strtoul(slash + 1, NULL, 10) : 0;

	if (n > MAX_PARTS)
		return 0;
	for (const char *p = text; n && p < slash; p++) {
		char *end;
		unsigned long k = strtoul(p, &end, 10);

		if (k < 1 || k > n || end == p)
			return 0;
		have[k] = 1;
		p = end;
	}
	return (unsigned)n;
}

char *sd_parts_join(const char *a, const char *b)
{
	uint8_t have[MAX_PARTS + 1] = { 0 };
	GString *text = g_string_new("");
	unsigned n = read_parts(a, have), m = read_parts(b, have), count = 0;

	if (!n || !m || n != m) {       /* not parts of one whole: what is not whole stays so */
		g_string_assign(text, *a ? a : b);
		return g_string_free(text, FALSE);
	}
	for (unsigned k = 1; k <= n; k++) {
		if (have[k])
			g_string_append_printf(text, "%s%u", count++ ? "," : "", k);
	}
	if (count == n)
		g_string_truncate(text, 0);
	else
		g_string_append_printf(text, "/%u", n);
	return g_string_free(text, FALSE);
}
