/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pch_clash.c - macros that a TU has only because of its precompiled header.
 *
 * Headers of a driver are not written to go with each other: one may have a macro of a name that a file which
 * does not include it uses for something else, or asks for.  Such a TU has to go without.  So has one that includes
 * two headers the other way round, where one has a macro with a word of the other.
 */
#include <ctype.h>
#include <string.h>
#include "scan_int.h"

struct sd_pch_clash {
	const struct sd_pch *g;
	guint *rank;            /* of each file: the order in which the header was made of them */
	GHashTable *files;      /* path -> its place + 1 */
	GHashTable *macros;     /* name -> GArray of guint: the files that define it */
	GPtrArray **foreign;    /* of each file: those of its words (GArray *, macros') that it does not define itself */
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* What follows the comment or the string at @p; @p itself when there is none. */
static const char *after_quiet(const char *p)
{
	const char *end;

	if (p[0] == '/' && p[1] == '*') {
		end = strstr(p + 2, "*/");
		return end ? end + 2 : p + strlen(p);
	}
	if (p[0] == '/' && p[1] == '/')
		return p + strcspn(p, "\n");
	if (*p != '"')
		return p;
	for (p++; *p && *p != '"' && *p != '\n'; p++)
		p += *p == '\\' && p[1];
	return p + (*p == '"');
}

/* The end of the line, of those that go on too. */
static const char *after_line(const char *p)
{
	while (*p && *p != '\n')
		p += *p == '\\' && p[1] ? 2 : 1;
	return p;
}

typedef void (*word_fn)(void *arg, const char *at, gpointer key, gpointer value);

/* Where in a header a word stands. */
struct place { int braces, parens; bool directive; };

static void step(struct place *at, const char *text, const char *p)
{
	switch (*p) {
	case '#':
		at->directive = true;
		at->parens = 0;
		break;
	case '\n':
		at->directive = at->directive && p > text && p[-1] == '\\';
		break;
	case '(':
		at->parens += !at->directive;
		break;
	case ')':
		at->parens -= !at->directive && at->parens;
		break;
	case '{':
		at->braces += !at->parens;
		break;
	case '}':
		at->braces -= !at->parens && at->braces;
		break;
	default:
		break;
	}
}

/*
 * Calls @fn with each word of @text that is a key of @macros.  Not counted in a @header: what macros are defined as
 * (who uses one has what it needs), and arguments outside functions (TRACE_EVENT() and its like drop them).
 */
static void for_words(const char *text, bool header, GHashTable *macros, word_fn fn, void *arg)
{
	struct place at = { 0 };
	char word[128];
	size_t n;

	for (const char *p = text; *p; p += n) {
		const char *next = after_quiet(p);
		gpointer key, value;

		n = (size_t)(next - p);
		if (n)
			continue;
		for (n = 0; is_word(p[n]); n++)
			;
		if (n && n < sizeof(word) && !isdigit((unsigned char)*p)) {
			memcpy(word, p, n);
			word[n] = '\0';
			if ((!header || !at.parens || at.braces) && g_hash_table_lookup_extended(macros, word, &key, &value))
				fn(arg, p, key, value);
			if (header && at.directive && strcmp(word, "define") == 0)
				n = (size_t)(after_line(p) - p);
		}
		if (!n)
			step(&at, text, p);
		n += !n;
	}
}

/* Is the word at @at what its line defines or undefines? */
static bool is_defined_here(const char *text, const char *at)
{
	const char *p = at;

	while (p > text && (p[-1] == ' ' || p[-1] == '\t'))
		p--;
	return (p - text >= 6 && strncmp(p - 6, "define", 6) == 0) || (p - text >= 5 && strncmp(p - 5, "undef", 5) == 0);
}

/* ---------------------------------------------------------------- the precompiled header */

static void add_macro(struct sd_pch_clash *x, const char *name, size_t n, guint file)
{
	char *word = g_strndup(name, n);
	GArray *in = g_hash_table_lookup(x->macros, word);

	if (!in) {
		in = g_array_new(FALSE, FALSE, sizeof(guint));
		g_hash_table_insert(x->macros, word, in);
	} else {
		g_free(word);
	}
	if (!in->len || g_array_index(in, guint, in->len - 1) != file)
		g_array_append_val(in, file);
}

static void add_macros(struct sd_pch_clash *x, const char *text, guint file)
{
	for (const char *p = text; (p = strstr(p, "define")) != NULL;) {
		const char *hash = p;
		size_t n;

		while (hash > text && (hash[-1] == ' ' || hash[-1] == '\t'))
			hash--;
		p += 6;
		if (hash == text || hash[-1] != '#' || (*p != ' ' && *p != '\t'))
			continue;
		p += strspn(p, " \t");
		for (n = 0; is_word(p[n]); n++)
			;
		if (n)
			add_macro(x, p, n, file);
	}
}

struct use { GPtrArray *found; guint file; };

static void add_foreign(void *arg, const char *at, gpointer key, gpointer value)
{
	struct use *u = arg;
	const GArray *in = value;
	bool own = false;

	(void)at;
	(void)key;
	for (guint i = 0; i < in->len && !own; i++)
		own = g_array_index(in, guint, i) == u->file;
	if (!own && !g_ptr_array_find(u->found, in, NULL))
		g_ptr_array_add(u->found, value);
}

static void free_array(gpointer p)
{
	g_array_free(p, TRUE);
}

struct sd_pch_clash *sd_pch_clash_new(const struct sd_pch *g)
{
	struct sd_pch_clash *x = g_new0(struct sd_pch_clash, 1);
	const GPtrArray *paths = sd_pch_paths(g->files);
	char **texts = g_new0(char *, paths->len + 1);

	x->g = g;
	x->rank = g_new(guint, paths->len + 1);
	sd_pch_entered(g->files, g->header, NULL, x->rank);
	x->files = g_hash_table_new(g_str_hash, g_str_equal);
	x->macros = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_array);
	x->foreign = g_new0(GPtrArray *, paths->len + 1);
	for (guint i = 0; i < paths->len; i++) {
		g_hash_table_insert(x->files, paths->pdata[i], GUINT_TO_POINTER(i + 1));
		if (g_file_get_contents(paths->pdata[i], &texts[i], NULL, NULL))
			add_macros(x, texts[i], i);
	}
	for (guint i = 0; i < paths->len; i++) {
		struct use u = { x->foreign[i] = g_ptr_array_new(), i };

		if (texts[i])
			for_words(texts[i], true, x->macros, add_foreign, &u);
		g_free(texts[i]);
	}
	g_free(texts);
	return x;
}

void sd_pch_clash_free(struct sd_pch_clash *x)
{
	if (!x)
		return;
	for (guint i = 0; i < g_hash_table_size(x->files); i++)
		g_ptr_array_free(x->foreign[i], TRUE);
	g_free(x->foreign);
	g_free(x->rank);
	g_hash_table_destroy(x->files);
	g_hash_table_destroy(x->macros);
	g_free(x);
}

/* ---------------------------------------------------------------- a TU */

struct look {
	const uint8_t *reached;         /* of each file of the header */
	guint *rank;                    /* likewise: the order in which the TU would have entered it */
	const char *text;
	GHashTable *own;                /* macros that the TU defines */
	const char *clash;
};

static bool any_reached(const struct look *l, const GArray *in)
{
	for (guint i = 0; i < in->len; i++)
		if (l->reached[g_array_index(in, guint, i)])
			return true;
	return false;
}

static void look_at(void *arg, const char *at, gpointer key, gpointer value)
{
	struct look *l = arg;

	if (l->clash || any_reached(l, value) || g_hash_table_contains(l->own, key))
		return;
	if (is_defined_here(l->text, at))
		g_hash_table_add(l->own, key);
	else
		l->clash = key;
}

/* Would the words @in of the file @at have been macros for the TU as they were for the header? */
static bool is_alike(const struct sd_pch_clash *x, const struct look *l, guint at, const GArray *in)
{
	bool reached = any_reached(l, in);

	for (guint i = 0; i < in->len; i++) {
		guint from = g_array_index(in, guint, i);
		bool before = x->rank[from] < x->rank[at];

		if (l->reached[from] ? before != (l->rank[from] < l->rank[at]) : !reached && before)
			return false;
	}
	return true;
}

static void find_order(const struct sd_pch_clash *x, struct look *l, const char *const *read, size_t nread)
{
	GHashTable *set = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 1; i < nread; i++)
		g_hash_table_add(set, (gpointer)read[i]);
	sd_pch_entered(x->g->files, read[0], set, l->rank);
	g_hash_table_destroy(set);
}

static const char *name_of(const struct sd_pch_clash *x, const GArray *in)
{
	GHashTableIter it;
	gpointer key, value;

	g_hash_table_iter_init(&it, x->macros);
	while (g_hash_table_iter_next(&it, &key, &value))
		if (value == in)
			return key;
	return NULL;
}

const char *sd_pch_clashes(struct sd_pch_clash *x, const char *const *read, size_t nread, const char *const *deps, size_t ndeps)
{
	guint n = g_hash_table_size(x->files);
	uint8_t *reached = g_new0(uint8_t, n + 1);
	struct look l = { .reached = reached, .rank = g_new(guint, n + 1), .own = g_hash_table_new(NULL, NULL) };
	char *text;

	find_order(x, &l, read, nread);
	for (size_t i = 0; i < ndeps; i++) {
		guint at = GPOINTER_TO_UINT(g_hash_table_lookup(x->files, deps[i]));

		if (at)
			reached[at - 1] = 1;
	}
	for (guint i = 0; i < n && !l.clash; i++)
		for (guint k = 0; reached[i] && k < x->foreign[i]->len && !l.clash; k++)
			if (!is_alike(x, &l, i, g_ptr_array_index(x->foreign[i], k)))
				l.clash = name_of(x, g_ptr_array_index(x->foreign[i], k));
	for (size_t i = 0; i < nread && !l.clash; i++)
		if (!g_hash_table_contains(x->files, read[i]) && g_file_get_contents(read[i], &text, NULL, NULL)) {
			l.text = text;
			for_words(text, g_str_has_suffix(read[i], ".h"), x->macros, look_at, &l);
			g_free(text);
		}
	g_hash_table_destroy(l.own);
	g_free(reached);
	g_free(l.rank);
	return l.clash;
}
