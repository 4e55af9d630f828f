/* SPDX-License-Identifier: GPL-2.0-or-later */
/* load.c - the rows of all files, in order: ours sorted by name, then the user's; overrides. */
#include <errno.h>
#include <string.h>
#include <xxhash.h>
#include "rules_int.h"

/* An overriding row takes away what was there of its name and word. */
static void drop_earlier(GPtrArray *rows, const struct sd_rule *by)
{
	guint kept = 0;

	for (guint i = 0; i < rows->len; i++) {
		const struct sd_rule *r = rows->pdata[i];
		if (r->word != by->word || strcmp(r->name, by->name))
			rows->pdata[kept++] = rows->pdata[i];
	}
	g_ptr_array_set_size(rows, (gint)kept);
}

static void hash_row(struct sd_rules *r, const struct sd_rule *row, const struct rule_line *l)
{
	GString *s = g_string_new(NULL);

	g_string_append_printf(s, "%s:%d", row->file, row->line);
	for (guint i = 0; i < l->tokens->len; i++)
		g_string_append_printf(s, "\n%s", (const char *)l->tokens->pdata[i]);
	if (row->comment)
		g_string_append_printf(s, "\n#%s", row->comment);
	r->hash = XXH64(s->str, s->len, r->hash);
	g_string_free(s, TRUE);
}

/* @shown is the file's name as rows and reports give it. */
static void load_file(struct sd_rules *r, const char *path, const char *shown, bool user, struct rule_errors *e)
{
	struct rule_reader *rd = rule_reader_open(path, e);
	const char *file = sd_arena_strdup(r->arena, shown);
	struct rule_line l;

	if (!rd)
		return;
	while (rule_reader_next(rd, &l)) {
		struct sd_rule *row = parse_row(&l, path, r->arena, e);
		if (!row)
			continue;
		row->file = file;
		row->is_user = user;
		if (row->is_override)
			drop_earlier(r->rows, row);
		g_ptr_array_add(r->rows, row);
		hash_row(r, row, &l);
	}
	rule_reader_close(rd);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void load_dir(struct sd_rules *r, const char *dir, struct rule_errors *e)
{
	GDir *d = g_dir_open(dir, 0, NULL);
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	while (d && (name = g_dir_read_name(d)))
		if (g_str_has_suffix(name, ".rules"))
			g_ptr_array_add(names, g_strdup(name));
	if (!d)
		rule_error(e, dir, 0, "cannot be read: %s", g_strerror(errno));
	else if (!names->len)
		rule_error(e, dir, 0, "holds no *.rules file");
	g_ptr_array_sort(names, by_name);
	for (guint i = 0; i < names->len; i++) {
		char *path = g_build_filename(dir, names->pdata[i], NULL);
		load_file(r, path, names->pdata[i], false, e);
		g_free(path);
	}
	g_ptr_array_free(names, TRUE);
	if (d)
		g_dir_close(d);
}

int sd_rules_load(struct sd_rules **out, const char *dir, const char *const *user, size_t nuser, FILE *err)
{
	struct sd_rules *r = g_new0(struct sd_rules, 1);
	struct rule_errors e = { err, 0 };

	r->arena = sd_arena_new();
	r->rows = g_ptr_array_new();
	if (dir)
		load_dir(r, dir, &e);
	for (size_t i = 0; i < nuser; i++)
		load_file(r, user[i], user[i], true, &e);
	r->nrows = r->rows->len;
	g_ptr_array_add(r->rows, NULL);
	rules_index(r);
	*out = r;
	return e.count + sd_rules_check(r, err);
}

void sd_rules_free(struct sd_rules *r)
{
	if (!r)
		return;
	rules_unindex(r);
	g_ptr_array_free(r->rows, TRUE);
	sd_arena_free(r->arena);
	g_free(r);
}

struct sd_rule *const *sd_rules_all(const struct sd_rules *r, size_t *n)
{
	*n = r->nrows;
	return (struct sd_rule *const *)r->rows->pdata;
}

uint64_t sd_rules_hash(const struct sd_rules *r)
{
	return r->hash;
}
