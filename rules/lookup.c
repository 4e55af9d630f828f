/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lookup.c - rows by name.
 *
 * The most exact name wins, word by word: a row for "foo_bar" hides a row of the same word for
 * "foo_*", and that one for "*".  So a glob can say what is usual and a row what is not.
 * Answers are remembered, since the analysis asks once per call site: a lookup is one probe of
 * a hash table after the first.  Not for threads.
 */
#include <string.h>
#include "rules_int.h"

struct glob_row { struct sd_rule *rule; GPatternSpec *spec; char first; };      /* first: letter; 0 it may be any */

static void free_rows(void *rows)
{
	if (rows)
		g_ptr_array_free(rows, TRUE);
}

static void free_glob(void *p)
{
	struct glob_row *g = p;

	g_pattern_spec_free(g->spec);
	g_free(g);
}

void rules_index(struct sd_rules *r)
{
	r->exact = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_rows);
	r->found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_rows);
	r->globs = g_ptr_array_new_with_free_func(free_glob);
	for (size_t i = 0; i < r->nrows; i++) {
		struct sd_rule *row = r->rows->pdata[i];
		GPtrArray *list = g_hash_table_lookup(r->exact, row->name);

		if (row->is_glob) {
			struct glob_row *g = g_new(struct glob_row, 1);
			*g = (struct glob_row){ row, g_pattern_spec_new(row->name), strchr("*?", row->name[0]) ? '\0' : row->name[0] };
			g_ptr_array_add(r->globs, g);
			continue;
		}
		if (!list) {
			list = g_ptr_array_new();
			g_hash_table_insert(r->exact, (void *)row->name, list);
		}
		g_ptr_array_add(list, row);
	}
}

void rules_unindex(struct sd_rules *r)
{
	g_hash_table_destroy(r->exact);
	g_hash_table_destroy(r->found);
	g_ptr_array_free(r->globs, TRUE);
}

/* How exactly a row names what it names: letters that are not wildcards; all of them is most. */
static size_t exactness(const struct sd_rule *r)
{
	size_t n = 0;

	if (!r->is_glob)
		return SIZE_MAX;
	for (const char *p = r->name; *p; p++)
		n += *p != '*' && *p != '?';
	return n;
}

/* Takes out what a more exact row of the same word hides, and the rows that say `none`. */
static void keep_most_exact(GPtrArray *rows)
{
	size_t best[SD_R_WORDS] = { 0 };
	guint kept = 0;

	for (guint i = 0; i < rows->len; i++) {
		const struct sd_rule *r = rows->pdata[i];
		best[r->word] = MAX(best[r->word], exactness(r));
	}
	for (guint i = 0; i < rows->len; i++) {
		const struct sd_rule *r = rows->pdata[i];
		if (exactness(r) == best[r->word] && !r->is_none)
			rows->pdata[kept++] = rows->pdata[i];
	}
	g_ptr_array_set_size(rows, (gint)kept);
}

static GPtrArray *find_rows(const struct sd_rules *r, const char *name)
{
	GPtrArray *rows = g_ptr_array_new(), *exact = g_hash_table_lookup(r->exact, name);

	for (guint i = 0; exact && i < exact->len; i++)
		g_ptr_array_add(rows, exact->pdata[i]);
	for (guint i = 0; i < r->globs->len; i++) {
		const struct glob_row *g = r->globs->pdata[i];
		if ((!g->first || g->first == name[0]) && g_pattern_spec_match_string(g->spec, name))
			g_ptr_array_add(rows, g->rule);
	}
	keep_most_exact(rows);
	if (!rows->len) {
		g_ptr_array_free(rows, TRUE);
		return NULL;
	}
	g_ptr_array_add(rows, NULL);
	return rows;
}

struct sd_rule *const *sd_rules_for(const struct sd_rules *r, const char *function)
{
	void *rows;

	if (!g_hash_table_lookup_extended(r->found, function, NULL, &rows)) {
		rows = find_rows(r, function);
		g_hash_table_insert(r->found, g_strdup(function), rows);
	}
	return rows ? (struct sd_rule *const *)((GPtrArray *)rows)->pdata : NULL;
}

struct sd_rule *const *sd_rules_for_member(const struct sd_rules *r, const char *record, const char *member)
{
	char buf[256], *name = buf;
	size_t size = strlen(record) + strlen(member) + 3;
	struct sd_rule *const *rows;

	if (size > sizeof(buf))
		name = g_malloc(size);
	g_snprintf(name, size, "%s::%s", record, member);
	rows = sd_rules_for(r, name);
	if (name != buf)
		g_free(name);
	return rows;
}
