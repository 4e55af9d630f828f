/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pch_files.c - what a TU with a precompiled header depends on.
 *
 * A header that is in it is not read again, so libclang does not list it.  The TU's facts are
 * those of a plain parse (tests/pch.sh), and so are its dependencies: what it includes, and
 * what that includes, by the text of the #include lines, whatever the conditions around them.
 *
 * One that is built on another has only the files that it adds: the other's come first in the numbering.
 */
#include <stdlib.h>
#include <string.h>
#include "scan_int.h"

struct sd_pch_files {
	const struct sd_pch_files *base;        /* NULL: built on nothing */
	guint first;            /* number of its own first file */
	GPtrArray *paths;       /* char *, sorted */
	GHashTable *index;      /* path -> its number + 1 */
	GArray **edges;         /* guint: what the file includes, of those */
	GPtrArray *dirs;        /* char *: absolute, where <...> is looked for */
	GArray *forced;         /* guint: files of -include */
};

/* ---------------------------------------------------------------- #include lines */

const char *sd_pch_include(const char *line, size_t *len)
{
	const char *end;

	line += strspn(line, " \t");
	if (*line++ != '#')
		return NULL;
	line += strspn(line, " \t");
	if (strncmp(line, "include", 7) != 0)
		return NULL;
	line += 7;
	if (strncmp(line, "_next", 5) == 0)
		line += 5;
	line += strspn(line, " \t");
	end = *line == '<' ? strpbrk(line + 1, ">\n") : *line == '"' ? strpbrk(line + 1, "\"\n") : NULL;
	if (!end || *end == '\n')
		return NULL;
	*len = (size_t)(end - line);
	return line;
}

const char *sd_pch_include_header(const char *line, size_t *len)
{
	line = sd_pch_include(line, len);
	return line && *len >= 4 && memcmp(line + *len - 2, ".h", 2) == 0 ? line : NULL;
}

/* The name in an #include line, its quote in *quote; NULL: none, or computed. */
static char *included(const char *line, char *quote)
{
	size_t len;

	line = sd_pch_include(line, &len);
	if (!line)
		return NULL;
	*quote = *line;
	return g_strndup(line + 1, len - 1);
}

/* Its number + 1; 0: not among them. */
static guint number_of(const struct sd_pch_files *f, const char *path)
{
	guint at = GPOINTER_TO_UINT(g_hash_table_lookup(f->index, path));

	return at || !f->base ? at : number_of(f->base, path);
}

static const char *path_of(const struct sd_pch_files *f, guint at)
{
	return at < f->first ? path_of(f->base, at) : g_ptr_array_index(f->paths, at - f->first);
}

static const GArray *edges_of(const struct sd_pch_files *f, guint at)
{
	return at < f->first ? edges_of(f->base, at) : f->edges[at - f->first];
}

/* All files of the set that the name may mean: include_next and conditions are not looked at. */
static void find_in(const struct sd_pch_files *f, const char *dir, const char *name, GArray *found)
{
	char *path = g_canonicalize_filename(name, dir);
	guint at = number_of(f, path);

	if (at--)
		g_array_append_val(found, at);
	g_free(path);
}

static void read_includes(const struct sd_pch_files *f, const char *path, GArray *found)
{
	char *text, *line, *name, *dir = g_path_get_dirname(path), quote;

	if (g_file_get_contents(path, &text, NULL, NULL)) {
		for (line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
			name = included(line, &quote);
			if (!name)
				continue;
			if (quote == '"')
				find_in(f, dir, name, found);
			for (guint i = 0; i < f->dirs->len; i++)
				find_in(f, g_ptr_array_index(f->dirs, i), name, found);
			g_free(name);
		}
		g_free(text);
	}
	g_free(dir);
}

/* ---------------------------------------------------------------- the set */

static void add_options(struct sd_pch_files *f, const struct sd_pch *g)
{
	for (size_t i = 0; i < g->nargs; i++) {
		const char *a = g->args[i];

		if (g_str_has_prefix(a, "-I")) {
			if (!a[2] && i + 1 == g->nargs)
				break;
			g_ptr_array_add(f->dirs, g_canonicalize_filename(a[2] ? a + 2 : g->args[++i], g->directory));
		} else if (strcmp(a, "-include") == 0 && i + 1 < g->nargs) {
			find_in(f, g->directory, g->args[++i], f->forced);
		}
	}
}

struct sd_pch_files *sd_pch_files_new(const struct sd_pch *g, GPtrArray *paths)
{
	struct sd_pch_files *f = g_new0(struct sd_pch_files, 1);

	f->base = g->base ? g->base->files : NULL;
	f->first = f->base ? f->base->first + f->base->paths->len : 0;
	f->paths = paths;
	f->index = g_hash_table_new(g_str_hash, g_str_equal);
	f->edges = g_new0(GArray *, paths->len);
	f->dirs = g_ptr_array_new_with_free_func(g_free);
	f->forced = g_array_new(FALSE, FALSE, sizeof(guint));
	for (guint i = 0; i < paths->len; i++)
		g_hash_table_insert(f->index, paths->pdata[i], GUINT_TO_POINTER(f->first + i + 1));
	add_options(f, g);
	for (guint i = 0; i < paths->len; i++) {
		f->edges[i] = g_array_new(FALSE, FALSE, sizeof(guint));
		read_includes(f, paths->pdata[i], f->edges[i]);
	}
	return f;
}

void sd_pch_files_free(struct sd_pch_files *f)
{
	if (!f)
		return;
	for (guint i = 0; i < f->paths->len; i++)
		g_array_free(f->edges[i], TRUE);
	g_free(f->edges);
	g_hash_table_destroy(f->index);
	g_ptr_array_free(f->paths, TRUE);
	g_ptr_array_free(f->dirs, TRUE);
	g_array_free(f->forced, TRUE);
	g_free(f);
}

const GPtrArray *sd_pch_paths(const struct sd_pch_files *f)
{
	return f->paths;
}

bool sd_pch_has(const struct sd_pch_files *f, const char *path)
{
	return number_of(f, path) != 0;
}

/* ---------------------------------------------------------------- a TU */

/* @work: files to follow; grows to all that they reach, each once. */
static void follow(const struct sd_pch_files *f, GArray *work)
{
	uint8_t *seen = g_new0(uint8_t, f->first + f->paths->len);
	guint kept = 0;

	for (guint i = 0; i < work->len; i++) {
		guint at = g_array_index(work, guint, i);
		const GArray *next;

		if (seen[at])
			continue;
		seen[at] = 1;
		g_array_index(work, guint, kept++) = at;
		next = edges_of(f, at);
		g_array_append_vals(work, next->data, next->len);
	}
	g_array_set_size(work, kept);
	g_free(seen);
}

bool sd_pch_leads_to(const struct sd_pch_files *f, const char *name, const char *path)
{
	GArray *work = g_array_new(FALSE, FALSE, sizeof(guint));
	guint to = number_of(f, path);
	bool found = false;

	for (guint i = 0; to && i < f->dirs->len; i++)
		find_in(f, g_ptr_array_index(f->dirs, i), name, work);
	follow(f, work);
	for (guint i = 0; i < work->len && !found; i++)
		found = g_array_index(work, guint, i) + 1 == to;
	g_array_free(work, TRUE);
	return found;
}

/* ---------------------------------------------------------------- order */

struct walk { const struct sd_pch_files *f; GHashTable *read, *seen; guint *rank, n; };

static void enter_number(struct walk *w, guint at)
{
	const GArray *next;

	if (at < w->f->first || w->rank[at - w->f->first])
		return;
	w->rank[at - w->f->first] = ++w->n;
	next = edges_of(w->f, at);
	for (guint i = 0; i < next->len; i++)
		enter_number(w, g_array_index(next, guint, i));
}

static void enter_file(struct walk *w, const char *path);

static void enter_other(struct walk *w, const char *dir, const char *name)
{
	char *path = g_canonicalize_filename(name, dir);

	if (w->read && g_hash_table_contains(w->read, path) && !g_hash_table_contains(w->seen, path))
		enter_file(w, path);
	g_free(path);
}

static void enter_name(struct walk *w, const char *dir, const char *name, char quote)
{
	const GPtrArray *dirs = w->f->dirs;
	GArray *found = g_array_new(FALSE, FALSE, sizeof(guint));

	if (quote == '"')
		find_in(w->f, dir, name, found);
	for (guint i = 0; i < dirs->len; i++)
		find_in(w->f, g_ptr_array_index(dirs, i), name, found);
	for (guint i = 0; i < found->len; i++)
		enter_number(w, g_array_index(found, guint, i));
	if (found->len == 0 && quote == '"')
		enter_other(w, dir, name);
	for (guint i = 0; found->len == 0 && i < dirs->len; i++)
		enter_other(w, g_ptr_array_index(dirs, i), name);
	g_array_free(found, TRUE);
}

static void enter_file(struct walk *w, const char *path)
{
	char *text, *line, *name, *dir = g_path_get_dirname(path), quote;

	g_hash_table_add(w->seen, g_strdup(path));
	if (g_file_get_contents(path, &text, NULL, NULL)) {
		for (line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
			name = included(line, &quote);
			if (name)
				enter_name(w, dir, name, quote);
			g_free(name);
		}
		g_free(text);
	}
	g_free(dir);
}

void sd_pch_entered(const struct sd_pch_files *f, const char *path, GHashTable *read, guint *rank)
{
	struct walk w = { .f = f, .read = read, .rank = rank };

	memset(rank, 0, f->paths->len * sizeof(*rank));
	w.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	enter_file(&w, path);
	g_hash_table_destroy(w.seen);
}

/* ---------------------------------------------------------------- all of it */

static int by_path(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_ours(const struct sd_pch *g, const char *path)
{
	return strcmp(path, g->header) == 0 || strcmp(path, g->tail) == 0 || strcmp(path, g->path) == 0 ||
	       (g->base && is_ours(g->base, path));
}

static void add_forced(const struct sd_pch_files *f, GArray *work)
{
	if (f->base)
		add_forced(f->base, work);
	g_array_append_vals(work, f->forced->data, f->forced->len);
}

void sd_pch_add_deps(const struct sd_pch *g, struct sd_arena *a, const char ***deps, size_t *ndeps)
{
	const struct sd_pch_files *f = g->files;
	GArray *work = g_array_new(FALSE, FALSE, sizeof(guint));
	const char **v;
	size_t n = 0;

	add_forced(f, work);
	for (size_t i = 0; i < *ndeps; i++)
		if (!is_ours(g, (*deps)[i]) && !sd_pch_has(f, (*deps)[i]))
			read_includes(f, (*deps)[i], work);
		else
			find_in(f, "/", (*deps)[i], work);
	follow(f, work);
	v = sd_arena_alloc(a, (*ndeps + work->len + 1) * sizeof(*v));
	for (size_t i = 0; i < *ndeps; i++)
		if (!sd_pch_has(f, (*deps)[i]) && !is_ours(g, (*deps)[i]))
			v[n++] = (*deps)[i];
	for (guint i = 0; i < work->len; i++)
		v[n++] = path_of(f, g_array_index(work, guint, i));
	if (n > 1)
		qsort(v + 1, n - 1, sizeof(*v), by_path);
	*deps = v;
	*ndeps = n;
	g_array_free(work, TRUE);
}
