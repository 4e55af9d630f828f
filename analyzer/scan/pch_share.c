/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pch_share.c - which headers the TUs of one directory share, in which order, and whether that pays.
 *
 * What includes what is read from the text, conditions are not looked at.  A header's cost is its size.
 */
#include <ctype.h>
#include <string.h>
#include "scan_int.h"

#define MAX_LINES 64
#define COST 2.5                /* to build a header, in times of parsing it */
#define LEAST (600 << 10)       /* bytes that are parsed in the time that any precompiled header takes */

struct header {
	char *path;
	size_t size;
	bool guarded;           /* may be read twice */
	GPtrArray *names;       /* char *: '<' or '"', and the name */
};

struct sd_pch_shared {
	GHashTable *headers;    /* path -> struct header *; NULL: no such file */
	GHashTable *macros;     /* struct sd_pch * -> GHashTable of its macros with parameters */
};

/* A header as the group sees it. */
struct node {
	const struct header *h;
	GArray *kids;           /* guint; NULL: not asked yet */
	guint direct, count;    /* TUs that include it themselves; that reach it */
	guint stamp;
	bool in;                /* is reached from the lines */
};

struct group {
	struct sd_pch_shared *s;
	const struct sd_command *c;     /* any of them */
	GPtrArray *dirs;                /* char *: where headers are looked for */
	GPtrArray *nodes;               /* struct node * */
	GHashTable *by_path;            /* path -> number + 1; 0: not wanted */
	GHashTable *by_name;            /* name (a quoted one: with its directory) -> number + 1 */
	guint stamp;
	GPtrArray *direct;              /* GArray of guint: of each TU, in its order */
};

/* ---------------------------------------------------------------- files */

static char *include_name(const char *line)
{
	size_t len;

	line = sd_pch_include_header(line, &len);
	return line ? g_strndup(line, len) : NULL;
}

static GPtrArray *include_names(const char *text)
{
	GPtrArray *v = g_ptr_array_new_with_free_func(g_free);

	for (const char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
		char *name = include_name(line);

		if (name)
			g_ptr_array_add(v, name);
	}
	return v;
}

/* Is the first directive "#ifndef X", "#if !defined" or "#pragma once"?  (Trace headers define their system before.) */
static bool is_guarded(const char *text)
{
	for (const char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
		const char *p = line + strspn(line, " \t");

		if (*p++ != '#')
			continue;
		p += strspn(p, " \t");
		if (strncmp(p, "undef", 5) == 0 || strncmp(p, "define", 6) == 0)
			continue;
		return strncmp(p, "ifndef", 6) == 0 || strncmp(p, "if !defined", 11) == 0 || strncmp(p, "pragma once", 11) == 0;
	}
	return false;
}

static void free_header(gpointer p)
{
	struct header *h = p;

	if (!h)
		return;
	g_ptr_array_free(h->names, TRUE);
	g_free(h->path);
	g_free(h);
}

static const struct header *read_header(struct sd_pch_shared *s, const char *path)
{
	gpointer known;
	struct header *h = NULL;
	char *text;
	gsize size;

	if (g_hash_table_lookup_extended(s->headers, path, NULL, &known))
		return known;
	if (g_file_get_contents(path, &text, &size, NULL)) {
		h = g_new0(struct header, 1);
		h->path = g_strdup(path);
		h->size = size;
		h->guarded = is_guarded(text);
		h->names = include_names(text);
		g_free(text);
	}
	g_hash_table_insert(s->headers, g_strdup(path), h);
	return h;
}

/* ---------------------------------------------------------------- who includes what */

/* The number + 1 of the header at @path; 0: there is none, or the TUs have it already. */
static guint node_at(struct group *g, const char *path, bool *exists)
{
	gpointer known;
	const struct header *h = NULL;
	struct node *n;

	*exists = true;
	if (g_hash_table_lookup_extended(g->by_path, path, NULL, &known)) {
		*exists = GPOINTER_TO_UINT(known) != G_MAXUINT;
		return *exists ? GPOINTER_TO_UINT(known) : 0;
	}
	known = NULL;
	if (!sd_pch_has(g->c->pch->files, path)) {
		h = read_header(g->s, path);
		*exists = h != NULL;
		known = GUINT_TO_POINTER(G_MAXUINT);
	}
	if (h) {
		n = g_new0(struct node, 1);
		n->h = h;
		g_ptr_array_add(g->nodes, n);
		known = GUINT_TO_POINTER(g->nodes->len);
	}
	g_hash_table_insert(g->by_path, g_strdup(path), known);
	return h ? g->nodes->len : 0;
}

static guint find_in(struct group *g, const char *dir, const char *name, bool *exists)
{
	char *path = g_canonicalize_filename(name, dir);
	guint at = node_at(g, path, exists);

	g_free(path);
	return at;
}

/* Number + 1 of what @name means in a file of @dir. */
static guint resolve(struct group *g, const char *dir, const char *name)
{
	char *key = *name == '<' ? g_strdup(name) : g_strconcat(dir, name, NULL);
	gpointer known;
	bool exists = false;
	guint at = 0;

	if (g_hash_table_lookup_extended(g->by_name, key, NULL, &known)) {
		g_free(key);
		return GPOINTER_TO_UINT(known);
	}
	if (*name == '"')
		at = find_in(g, dir, name + 1, &exists);
	for (guint i = 0; !exists && i < g->dirs->len; i++)
		at = find_in(g, g_ptr_array_index(g->dirs, i), name + 1, &exists);
	g_hash_table_insert(g->by_name, key, GUINT_TO_POINTER(at));
	return at;
}

static GArray *resolve_all(struct group *g, const char *file, const GPtrArray *names)
{
	GArray *v = g_array_new(FALSE, FALSE, sizeof(guint));
	char *dir = g_path_get_dirname(file);

	for (guint i = 0; i < names->len; i++) {
		guint at = resolve(g, dir, g_ptr_array_index(names, i));

		if (at--)
			g_array_append_val(v, at);
	}
	g_free(dir);
	return v;
}

/* Calls @fn with all that @from reach, each once. */
static void reach(struct group *g, const GArray *from, void (*fn)(struct node *))
{
	GArray *work = g_array_copy((GArray *)from);

	g->stamp++;
	for (guint i = 0; i < work->len; i++) {
		struct node *n = g_ptr_array_index(g->nodes, g_array_index(work, guint, i));

		if (n->stamp == g->stamp)
			continue;
		n->stamp = g->stamp;
		fn(n);
		if (!n->kids)
			n->kids = resolve_all(g, n->h->path, n->h->names);
		g_array_append_vals(work, n->kids->data, n->kids->len);
	}
	g_array_free(work, TRUE);
}

static void count_one(struct node *n)
{
	n->count++;
}

static void mark(struct node *n)
{
	n->in = true;
}

static void count_tu(struct group *g, const struct sd_command *c)
{
	GPtrArray *names;
	GArray *direct;
	char *text;

	if (!g_file_get_contents(c->file, &text, NULL, NULL))
		return;
	names = include_names(text);
	direct = resolve_all(g, c->file, names);
	reach(g, direct, count_one);
	for (guint i = 0; i < direct->len; i++)
		((struct node *)g_ptr_array_index(g->nodes, g_array_index(direct, guint, i)))->direct++;
	g_ptr_array_add(g->direct, direct);
	g_ptr_array_free(names, TRUE);
	g_free(text);
}

static void set_dirs(struct group *g)
{
	const struct sd_command *c = g->c;

	for (size_t i = 0; i < c->nargs; i++)
		if (g_str_has_prefix(c->args[i], "-I") && (c->args[i][2] || i + 1 < c->nargs))
			g_ptr_array_add(g->dirs, g_canonicalize_filename(c->args[i][2] ? c->args[i] + 2 : c->args[i + 1], c->directory));
}

/* ---------------------------------------------------------------- choice and order */

/* How many TUs have @x before @y, less those that have it after. */
static int precedence(const struct group *g, guint x, guint y)
{
	int n = 0;

	for (guint i = 0; i < g->direct->len; i++) {
		const GArray *v = g_ptr_array_index(g->direct, i);
		guint at_x = G_MAXUINT, at_y = G_MAXUINT;

		for (guint k = v->len; k-- > 0;) {
			if (g_array_index(v, guint, k) == x)
				at_x = k;
			if (g_array_index(v, guint, k) == y)
				at_y = k;
		}
		if (at_x != G_MAXUINT && at_y != G_MAXUINT)
			n += at_x < at_y ? 1 : -1;
	}
	return n;
}

/* Where the fewest TUs have it otherwise. */
static void insert(const struct group *g, GArray *order, guint x)
{
	int cost = 0, best = 0;
	guint at = 0;

	for (guint i = 0; i < order->len; i++) {
		cost += precedence(g, x, g_array_index(order, guint, i));       /* now it would come after that one */
		if (cost <= best) {
			best = cost;
			at = i + 1;
		}
	}
	g_array_insert_val(order, at, x);
}

struct rank { guint node, count; };

static gint by_count(gconstpointer a, gconstpointer b)
{
	const struct rank *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->node < y->node ? -1 : 1;
}

/* Headers that @least TUs include themselves, in their order; then those that as many reach in other ways. */
static GArray *choose(struct group *g, guint least)
{
	GArray *order = g_array_new(FALSE, FALSE, sizeof(guint)), *ranks = g_array_new(FALSE, FALSE, sizeof(struct rank));

	for (guint i = 0; i < g->nodes->len; i++) {
		const struct node *n = g_ptr_array_index(g->nodes, i);

		if (n->direct >= least && n->h->guarded)
			g_array_append_val(ranks, ((struct rank){ i, n->direct }));
	}
	g_array_sort(ranks, by_count);
	for (guint i = 0; i < ranks->len && i < MAX_LINES; i++)
		insert(g, order, g_array_index(ranks, struct rank, i).node);
	reach(g, order, mark);
	for (guint i = 0; i < g->nodes->len && order->len < MAX_LINES; i++) {
		const struct node *n = g_ptr_array_index(g->nodes, i);

		if (n->in || n->count < least || !n->h->guarded)
			continue;
		g_array_append_val(order, i);
		reach(g, order, mark);
	}
	g_array_free(ranks, TRUE);
	return order;
}

static bool pays(const struct group *g)
{
	double saved = 0, cost = LEAST;

	for (guint i = 0; i < g->nodes->len; i++) {
		const struct node *n = g_ptr_array_index(g->nodes, i);

		if (n->in) {
			saved += (double)n->h->size * n->count;
			cost += COST * (double)n->h->size;
		}
	}
	return saved > cost;
}

/* ---------------------------------------------------------------- names that libclang loses */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void add_macros(GHashTable *set, const char *text)
{
	for (const char *p = text; (p = strstr(p, "define")) != NULL;) {
		size_t n;

		p += 6;
		if (*p != ' ' && *p != '\t')
			continue;
		p += strspn(p, " \t");
		for (n = 0; is_word(p[n]); n++)
			;
		if (n && p[n] == '(')
			g_hash_table_add(set, g_strndup(p, n));
	}
}

static GHashTable *macros_of(struct sd_pch_shared *s, const struct sd_pch *base)
{
	GHashTable *set = g_hash_table_lookup(s->macros, base);
	const GPtrArray *paths = sd_pch_paths(base->files);
	char *text;

	if (set)
		return set;
	set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < paths->len; i++)
		if (g_file_get_contents(paths->pdata[i], &text, NULL, NULL)) {
			add_macros(set, text);
			g_free(text);
		}
	g_hash_table_insert(s->macros, (gpointer)base, set);
	return set;
}

static void add_names(GPtrArray *names, GHashTable *seen, GHashTable *macros, const char *text)
{
	char word[128];
	size_t n;

	for (const char *p = text; *p; p += n) {
		gpointer key;

		for (n = 0; is_word(p[n]); n++)
			;
		if (n && n < sizeof(word) && !isdigit((unsigned char)*p) && p[n] != '(') {
			memcpy(word, p, n);
			word[n] = '\0';
			if (g_hash_table_lookup_extended(macros, word, &key, NULL) && g_hash_table_add(seen, key))
				g_ptr_array_add(names, key);
		}
		n += !n;
	}
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * Where a header on top of another declares something whose name is a macro (with parameters, else it could not), clang 19
 * writes the name again, and without the macro.  One that has been taken up again is written whole.
 */
static char *keep_macros(struct group *g)
{
	GHashTable *macros = macros_of(g->s, g->c->pch), *seen = g_hash_table_new(NULL, NULL);
	GPtrArray *names = g_ptr_array_new();
	GString *s = g_string_new("");
	char *text;

	for (guint i = 0; i < g->nodes->len; i++) {
		const struct node *n = g_ptr_array_index(g->nodes, i);

		if (n->in && g_file_get_contents(n->h->path, &text, NULL, NULL)) {
			add_names(names, seen, macros, text);
			g_free(text);
		}
	}
	g_ptr_array_sort(names, by_name);
	for (guint i = 0; i < names->len; i++)
		g_string_append_printf(s, "#pragma push_macro(\"%s\")\n#pragma pop_macro(\"%s\")\n",
				       (char *)names->pdata[i], (char *)names->pdata[i]);
	g_ptr_array_free(names, TRUE);
	g_hash_table_destroy(seen);
	return g_string_free(s, FALSE);
}

/* ---------------------------------------------------------------- all of it */

static void free_node(gpointer p)
{
	struct node *n = p;

	if (n->kids)
		g_array_free(n->kids, TRUE);
	g_free(n);
}

static void free_array(gpointer p)
{
	g_array_free(p, TRUE);
}

static void group_init(struct group *g, struct sd_pch_shared *s, const struct sd_command *c)
{
	*g = (struct group) { .s = s, .c = c };
	g->dirs = g_ptr_array_new_with_free_func(g_free);
	g->nodes = g_ptr_array_new_with_free_func(free_node);
	g->by_path = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g->direct = g_ptr_array_new_with_free_func(free_array);
	set_dirs(g);
}

static void group_free(struct group *g)
{
	g_ptr_array_free(g->dirs, TRUE);
	g_ptr_array_free(g->nodes, TRUE);
	g_hash_table_destroy(g->by_path);
	g_hash_table_destroy(g->by_name);
	g_ptr_array_free(g->direct, TRUE);
}

GPtrArray *sd_pch_share(struct sd_pch_shared *s, const GPtrArray *cmds, char **trailer)
{
	struct group g;
	GPtrArray *lines = NULL;
	GArray *order;

	group_init(&g, s, g_ptr_array_index(cmds, 0));
	for (guint i = 0; i < cmds->len; i++)
		count_tu(&g, g_ptr_array_index(cmds, i));
	order = choose(&g, MAX(SD_PCH_SHARING, cmds->len / 8));
	if (pays(&g)) {
		lines = g_ptr_array_new_with_free_func(g_free);
		for (guint i = 0; i < order->len; i++)
			g_ptr_array_add(lines, g_strdup_printf("\n#include \"%s\"\n\n",
				((struct node *)g_ptr_array_index(g.nodes, g_array_index(order, guint, i)))->h->path));
		*trailer = keep_macros(&g);
	}
	g_array_free(order, TRUE);
	group_free(&g);
	return lines;
}

static void free_set(gpointer p)
{
	g_hash_table_destroy(p);
}

struct sd_pch_shared *sd_pch_shared_new(void)
{
	struct sd_pch_shared *s = g_new0(struct sd_pch_shared, 1);

	s->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_header);
	s->macros = g_hash_table_new_full(NULL, NULL, NULL, free_set);
	return s;
}

void sd_pch_shared_free(struct sd_pch_shared *s)
{
	g_hash_table_destroy(s->headers);
	g_hash_table_destroy(s->macros);
	g_free(s);
}
