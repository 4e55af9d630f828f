/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pch_group.c - which TUs can share a precompiled header, and what goes into it.
 *
 * Kbuild puts the kernel's own -I before the forced includes and a directory's own -I behind
 * them (scripts/Makefile.lib): headers that the former reach are the same for everybody.
 */
#include <stdio.h>
#include <string.h>
#include <xxhash.h>
#include "scan_int.h"

#define MAX_HEADERS 160
#define MIN_COUNT 4             /* a header of fewer files saves little, and its names may be in the way of others */
#define FEW 20                  /* so few TUs do not pay for what only others include */
#define ENOUGH 120
#define MAX_SAMPLE 3000         /* files whose #include lines are counted */

/* ---------------------------------------------------------------- groups */

static size_t first_forced_include(const struct sd_command *c)
{
	for (size_t i = 0; i < c->nargs; i++)
		if (strcmp(c->args[i], "-include") == 0)
			return i;
	return c->nargs;
}

/* The arguments without the directories of its own; in the command's memory. */
static GPtrArray *shared_args(const struct sd_command *c)
{
	size_t forced = first_forced_include(c);
	GPtrArray *v = g_ptr_array_new();

	g_ptr_array_add(v, (gpointer)"-Xclang");
	g_ptr_array_add(v, (gpointer)SD_PCH_BY_CONTENT);
	for (size_t i = 0; i < c->nargs; i++) {
		if (i > forced && g_str_has_prefix(c->args[i], "-I")) {
			if (strcmp(c->args[i], "-I") == 0)
				i++;
			continue;
		}
		g_ptr_array_add(v, (gpointer)c->args[i]);
	}
	return v;
}

static uint64_t hash_args(const struct sd_command *c, const GPtrArray *args, const char *version)
{
	XXH3_state_t *st = XXH3_createState();
	uint64_t hash;

	XXH3_64bits_reset(st);
	XXH3_64bits_update(st, version, strlen(version) + 1);
	XXH3_64bits_update(st, c->directory, strlen(c->directory) + 1);
	for (guint i = 0; i < args->len; i++)
		XXH3_64bits_update(st, args->pdata[i], strlen(args->pdata[i]) + 1);
	hash = XXH3_64bits_digest(st);
	XXH3_freeState(st);
	return hash;
}

static gint by_size(gconstpointer a, gconstpointer b)
{
	const struct sd_pch *x = *(struct sd_pch *const *)a, *y = *(struct sd_pch *const *)b;

	if (x->cmds->len != y->cmds->len)
		return x->cmds->len > y->cmds->len ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

static struct sd_pch *new_group(const struct sd_command *c, GPtrArray *args, uint64_t key)
{
	struct sd_pch *g = g_new0(struct sd_pch, 1);

	g->key = key;
	g->directory = c->directory;
	g->nargs = args->len;
	g->args = (const char **)g_ptr_array_free(args, FALSE);
	g->cmds = g_ptr_array_new();
	return g;
}

GPtrArray *sd_pch_groups(const struct sd_plan *p, const GPtrArray *todo)
{
	const char *version = sd_arena_printf(p->arena, "pch 5 %s", sd_extract_version(p->arena));
	GHashTable *by_key = g_hash_table_new(g_int64_hash, g_int64_equal);
	GPtrArray *groups = g_ptr_array_new();

	for (guint i = 0; i < p->cmds->len; i++) {
		struct sd_command *c = g_ptr_array_index(p->cmds, i);
		GPtrArray *args = shared_args(c);
		uint64_t key = hash_args(c, args, version);
		struct sd_pch *g = g_hash_table_lookup(by_key, &key);

		if (g) {
			g_ptr_array_free(args, TRUE);
		} else {
			g = new_group(c, args, key);
			g_hash_table_insert(by_key, &g->key, g);
			g_ptr_array_add(groups, g);
		}
		g_ptr_array_add(g->cmds, c);
		c->group = g;
	}
	for (guint i = 0; i < todo->len; i++)
		((struct sd_pch *)((struct sd_command *)g_ptr_array_index(todo, i))->group)->todo++;
	g_ptr_array_sort(groups, by_size);
	g_hash_table_destroy(by_key);
	return groups;
}

/* ---------------------------------------------------------------- headers */

struct header { char *name; unsigned count; guint last; };

/* <NAME.h>, or "NAME.h" when that is @quote, of the #include at @line; NULL when it is none. */
static char *included(const char *line, char quote)
{
	size_t len;

	line = sd_pch_include_header(line, &len);
	return line && *line == quote ? g_strndup(line + 1, len - 1) : NULL;
}

struct count {
	GHashTable *headers;            /* name -> struct header */
	guint serial;                   /* of the TU: counts each header once */
	const struct sd_command *deep;  /* look into its own headers, too; NULL no */
	GHashTable *seen;               /* char *: of those */
	GHashTable *own;                /* path -> GPtrArray of char *, first '<' or '"', then the name: what an own header includes; NULL no such file */
};

static void count_one(struct count *n, char *name)
{
	struct header *h = g_hash_table_lookup(n->headers, name);

	if (!h) {
		h = g_new0(struct header, 1);
		h->name = name;
		g_hash_table_insert(n->headers, h->name, h);
	} else {
		g_free(name);
	}
	h->count += h->last != n->serial;
	h->last = n->serial;
}

static GPtrArray *read_includes(const char *path)
{
	GPtrArray *v;
	char *text, *name;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return NULL;
	v = g_ptr_array_new_with_free_func(g_free);
	for (char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
		for (const char *quote = "<\""; *quote; quote++)
			if ((name = included(line, *quote))) {
				g_ptr_array_add(v, g_strdup_printf("%c%s", *quote, name));
				g_free(name);
			}
	g_free(text);
	return v;
}

static void count_includes(struct count *n, const char *dir, const GPtrArray *names);

static bool count_in(struct count *n, const char *dir, const char *name)
{
	char *path = g_canonicalize_filename(name, dir);
	gpointer names;

	if (!g_hash_table_lookup_extended(n->own, path, NULL, &names)) {
		names = read_includes(path);
		g_hash_table_insert(n->own, g_strdup(path), names);
	}
	if (names && g_hash_table_add(n->seen, g_strdup(path))) {
		char *own = g_path_get_dirname(path);

		count_includes(n, own, names);
		g_free(own);
	}
	g_free(path);
	return names != NULL;
}

/* "NAME.h" beside the file, or in a directory of the command's own. */
static void count_own(struct count *n, const char *dir, const char *name)
{
	const struct sd_command *c = n->deep;
	size_t i = first_forced_include(c);

	for (bool found = count_in(n, dir, name); !found && i < c->nargs; i++)
		if (g_str_has_prefix(c->args[i], "-I") && (c->args[i][2] || i + 1 < c->nargs)) {
			char *own = g_canonicalize_filename(c->args[i][2] ? c->args[i] + 2 : c->args[i + 1], c->directory);

			found = count_in(n, own, name);
			g_free(own);
		}
}

static void count_includes(struct count *n, const char *dir, const GPtrArray *names)
{
	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);

		if (*name == '<')
			count_one(n, g_strdup(name + 1));
		else if (n->deep)
			count_own(n, dir, name + 1);
	}
}

static void count_file(struct count *n, const char *path)
{
	GPtrArray *names = read_includes(path);
	char *dir = g_path_get_dirname(path);

	if (names)
		count_includes(n, dir, names);
	g_clear_pointer(&names, g_ptr_array_unref);
	g_free(dir);
}

static gint by_count(gconstpointer a, gconstpointer b)
{
	const struct header *x = *(struct header *const *)a, *y = *(struct header *const *)b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void free_names(GPtrArray *names)
{
	if (names)
		g_ptr_array_unref(names);
}

static GHashTable *count_headers(const GPtrArray *cmds, bool deep, guint *sample)
{
	struct count n = {
		.headers = g_hash_table_new(g_str_hash, g_str_equal),
		.own = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)free_names),
	};
	guint step = (cmds->len + MAX_SAMPLE - 1) / MAX_SAMPLE;

	for (guint i = 0; i < cmds->len; i += step) {
		const struct sd_command *c = g_ptr_array_index(cmds, i);

		n.serial++;
		n.deep = deep ? c : NULL;
		n.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		count_file(&n, c->file);
		g_hash_table_destroy(n.seen);
	}
	g_hash_table_destroy(n.own);
	*sample = n.serial;
	return n.headers;
}

/* The headers that at least @least of @cmds include; struct header *, the most included first. */
static GPtrArray *popular(const GPtrArray *cmds, bool deep, guint least)
{
	GPtrArray *sorted = g_ptr_array_new();
	GHashTableIter it;
	guint sample, n = 0;
	GHashTable *headers = count_headers(cmds, deep, &sample);
	gpointer h;

	g_hash_table_iter_init(&it, headers);
	while (g_hash_table_iter_next(&it, NULL, &h))
		g_ptr_array_add(sorted, h);
	g_ptr_array_sort(sorted, by_count);
	g_hash_table_destroy(headers);
	for (guint i = 0; i < sorted->len; i++) {
		struct header *x = g_ptr_array_index(sorted, i);

		if (i < MAX_HEADERS && x->count >= least && x->count * 500 >= sample) {
			sorted->pdata[n++] = x;
		} else {
			g_free(x->name);
			g_free(x);
		}
	}
	g_ptr_array_set_size(sorted, (gint)n);
	return sorted;
}

static bool is_avoided(const struct sd_pch *g, const char *name)
{
	bool avoided = false;

	for (guint i = 0; g->avoid && i < g->avoid->len && !avoided; i++)
		avoided = sd_pch_leads_to(g->other, name, g_ptr_array_index(g->avoid, i));
	return avoided;
}

static void add_lines(const struct sd_pch *g, GPtrArray *lines, GPtrArray *headers, GHashTable *have, guint max)
{
	for (guint i = 0; i < headers->len; i++) {
		struct header *x = g_ptr_array_index(headers, i);

		if (lines->len < max && !g_hash_table_contains(have, x->name) && !is_avoided(g, x->name)) {
			g_hash_table_add(have, x->name);
			g_ptr_array_add(lines, g_strdup_printf("#if __has_include(<%s>)\n#include <%s>\n#endif\n", x->name, x->name));
		} else {
			g_free(x->name);
		}
		g_free(x);
	}
	g_ptr_array_free(headers, TRUE);
}

/*
 * A header that is not there, or only for other architectures, makes no line fail.  What everybody includes
 * completes those of a group that is large enough to gain from it.  But not for those TUs that something of that did not suit.
 */
GPtrArray *sd_pch_pick(const struct sd_plan *p, const struct sd_pch *g)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	GHashTable *have = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	guint least = g->least ? g->least : g->cmds->len < FEW ? 2 : MIN_COUNT;

	add_lines(g, lines, popular(g->cmds, true, least), have, MAX_HEADERS);
	if (!g->second && g->cmds->len >= FEW)
		add_lines(g, lines, popular(p->cmds, false, MIN_COUNT), have, ENOUGH);
	g_hash_table_destroy(have);
	return lines;
}

/* ---------------------------------------------------------------- use */

static void add_tails(const struct sd_pch *g, const char **v, size_t *n)
{
	if (g->base)
		add_tails(g->base, v, n);
	v[(*n)++] = "-include";
	v[(*n)++] = g->tail;
}

const char **sd_pch_args(const struct sd_command *c, const struct sd_pch *g, struct sd_arena *a, size_t *n)
{
	const char **v = sd_arena_alloc(a, (c->nargs + 8) * sizeof(*v));

	*n = 0;
	v[(*n)++] = "-Xclang";          /* where dates differ: a checkout changes those */
	v[(*n)++] = SD_PCH_BY_CONTENT;
	v[(*n)++] = "-include-pch";
	v[(*n)++] = g->path;
	add_tails(g, v, n);
	for (size_t i = 0; i < c->nargs; i++) {
		if (strcmp(c->args[i], "-include") == 0)
			i++;            /* is in it, and need not bear being read twice */
		else
			v[(*n)++] = c->args[i];
	}
	return v;
}
