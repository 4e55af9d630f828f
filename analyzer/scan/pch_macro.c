/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pch_macro.c - TUs that tell headers what to be: "#define DEBUG" before an #include.
 *
 * A precompiled header has been read without that.  So such a TU goes without, when a condition in one of the
 * header's files asks for the macro.  "#ifndef X" with a definition of X below it is a guard or a default: what comes
 * of it is the same in either order.  A file that undefines what it asked for is made to be read again and again.
 */
#include <ctype.h>
#include <string.h>
#include "scan_int.h"

#define NEAR 8          /* lines below #ifndef in which a default is defined */

/* What follows "#WORD" on the line, or NULL. */
static const char *directive(const char *line, const char *word)
{
	size_t n = strlen(word);

	line += strspn(line, " \t");
	if (*line++ != '#')
		return NULL;
	line += strspn(line, " \t");
	return strncmp(line, word, n) == 0 && !isalnum((unsigned char)line[n]) ? line + n : NULL;
}

static const char *next_line(const char *line)
{
	line = strchr(line, '\n');
	return line ? line + 1 : NULL;
}

static char *first_word(const char *p)
{
	size_t n = 0;

	p += strspn(p, " \t");
	while (isalnum((unsigned char)p[n]) || p[n] == '_')
		n++;
	return g_strndup(p, n);
}

/* Is @name defined in the next lines? */
static bool is_default(const char *line, const char *name)
{
	bool found = false;

	for (int i = 0; i < NEAR && line && !found; i++, line = next_line(line)) {
		const char *rest = directive(line, "define");
		char *word = rest ? first_word(rest) : NULL;

		found = word && strcmp(word, name) == 0;
		g_free(word);
	}
	return found;
}

/* The words of a condition, lines that go on included. */
static void add_words(GHashTable *set, const char *p)
{
	while (*p && *p != '\n') {
		if (isalpha((unsigned char)*p) || *p == '_') {
			char *word = first_word(p);

			p += strlen(word);
			g_hash_table_add(set, word);
		} else {
			p += *p == '\\' && p[1] == '\n' ? 2 : 1;
		}
	}
}

static void take_undefined(GHashTable *set, const char *text)
{
	for (const char *line = text; line; line = next_line(line)) {
		const char *rest = directive(line, "undef");
		char *word = rest ? first_word(rest) : NULL;

		if (word)
			g_hash_table_remove(set, word);
		g_free(word);
	}
}

static void add_conditions(GHashTable *set, const char *text)
{
	static const char *const words[] = { "if", "ifdef", "elif" };

	for (const char *line = text; line; line = next_line(line)) {
		const char *rest = directive(line, "ifndef");

		if (rest) {
			char *word = first_word(rest);

			if (!is_default(next_line(line), word))
				g_hash_table_add(set, g_strdup(word));
			g_free(word);
			continue;
		}
		for (size_t i = 0; i < G_N_ELEMENTS(words) && !rest; i++)
			rest = directive(line, words[i]);
		if (rest)
			add_words(set, rest);
	}
}

static void add_file(GHashTable *set, const char *path)
{
	GHashTable *own = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GHashTableIter it;
	gpointer word;
	char *text;

	if (!g_file_get_contents(path, &text, NULL, NULL)) {
		g_hash_table_destroy(own);
		return;
	}
	add_conditions(own, text);
	take_undefined(own, text);
	g_hash_table_iter_init(&it, own);
	while (g_hash_table_iter_next(&it, &word, NULL))
		g_hash_table_add(set, g_strdup(word));
	g_hash_table_destroy(own);
	g_free(text);
}

GHashTable *sd_pch_conditions(const struct sd_pch *g)
{
	GHashTable *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	const GPtrArray *paths = sd_pch_paths(g->files);

	for (guint i = 0; i < paths->len; i++)
		add_file(set, g_ptr_array_index(paths, i));
	return set;
}

static const char *last_include(const char *text)
{
	const char *last = text;

	for (const char *line = text; line; line = next_line(line))
		if (directive(line, "include"))
			last = line;
	return last;
}

bool sd_pch_is_told(const char *file, GHashTable *conditions)
{
	const char *end, *rest;
	bool told = false;
	char *text;

	if (!g_file_get_contents(file, &text, NULL, NULL))
		return false;
	end = last_include(text);
	for (const char *line = text; line && line < end && !told; line = next_line(line)) {
		rest = directive(line, "define");
		rest = rest ? rest : directive(line, "undef");
		if (rest) {
			char *word = first_word(rest);

			told = g_hash_table_contains(conditions, word);
			g_free(word);
		}
	}
	g_free(text);
	return told;
}
