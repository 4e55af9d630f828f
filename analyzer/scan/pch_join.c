/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pch_join.c - a group without a precompiled header uses that of another one, when all that it
 * has more are macros whose names do not occur in any file of the header.
 */
#include <ctype.h>
#include <string.h>
#include "scan_int.h"

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = text; (p = strstr(p, word)) != NULL; p += n)
		if ((p == text || !is_word_char(p[-1])) && !is_word_char(p[n]))
			return true;
	return false;
}

/* Macros that @g defines and @p does not; NULL when they differ in something else. */
static GPtrArray *extra_macros(const struct sd_pch *p, const struct sd_pch *g)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	size_t at = 0;
	bool good = strcmp(p->directory, g->directory) == 0;

	for (size_t i = 0; good && i < g->nargs; i++) {
		const char *a = g->args[i];

		if (at < p->nargs && strcmp(a, p->args[at]) == 0)
			at++;
		else if (g_str_has_prefix(a, "-D") && a[2])
			g_ptr_array_add(names, g_strndup(a + 2, strcspn(a + 2, "=(")));
		else
			good = false;
	}
	if (!good || at < p->nargs || names->len == 0)
		g_clear_pointer(&names, g_ptr_array_unref);
	return names;
}

static bool any_in(const char *path, const GPtrArray *names)
{
	char *text;
	bool found = false;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return true;
	for (guint i = 0; i < names->len && !found; i++)
		found = has_word(text, g_ptr_array_index(names, i));
	g_free(text);
	return found;
}

static bool can_join(const struct sd_pch *p, const struct sd_pch *g)
{
	GPtrArray *names = extra_macros(p, g);
	const GPtrArray *paths;
	bool can = names != NULL;

	if (!names)
		return false;
	paths = sd_pch_paths(p->files);
	for (guint i = 0; can && i < paths->len; i++)
		can = !any_in(g_ptr_array_index(paths, i), names);
	g_ptr_array_free(names, TRUE);
	return can;
}

bool sd_pch_may_join(const GPtrArray *groups, const struct sd_pch *g)
{
	bool may = false;

	for (guint k = 0; k < groups->len && !may; k++) {
		const struct sd_pch *p = g_ptr_array_index(groups, k);
		GPtrArray *names = p->cmds->len > g->cmds->len ? extra_macros(p, g) : NULL;

		may = names != NULL;
		if (names)
			g_ptr_array_free(names, TRUE);
	}
	return may;
}

void sd_pch_join(const GPtrArray *groups)
{
	for (guint i = 0; i < groups->len; i++) {
		struct sd_pch *g = g_ptr_array_index(groups, i);

		for (guint k = 0; k < groups->len && g->todo && !g->good && !g->joined; k++) {
			struct sd_pch *p = g_ptr_array_index(groups, k);

			if (p->good && can_join(p, g))
				g->joined = p;
		}
		for (guint k = 0; g->joined && k < g->cmds->len; k++)
			((struct sd_command *)g_ptr_array_index(g->cmds, k))->pch = g->joined;
	}
}
