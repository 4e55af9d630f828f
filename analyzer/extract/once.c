/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * once.c - see once.h.
 */
#include <string.h>
#include "once.h"

#define LOADED 0x40000000u      /* clang numbers the locations of a TU from 1, those of a header from 2^31 down */

struct once_fn {
	struct sd_extract_fn f;         /* strings and IR are its own */
	GArray *reach;                  /* unsigned: locations of functions and variables */
	bool drop;
};

struct sd_extract_cache {
	char *pch;
	GHashTable *fns;                /* location of the definition -> struct once_fn * */
	GHashTable *vars;               /* location -> struct sd_once_var * */
	GHashTable *texts;
	GHashTable *decls;              /* location of another declaration -> that of the definition */
};

struct sd_once_tu {
	struct sd_extract_cache *cache;
	GHashTable *fresh;              /* location -> struct once_fn *: this TU's */
	GHashTable *vars;               /* location -> struct sd_once_var *: this TU's */
	GArray *taken;                  /* unsigned: locations of functions */
	GHashTable *seen;               /* locations among taken */
	GHashTable *own_vars;           /* locations of variables that the TU extracts itself */
	struct once_fn *open;
	unsigned open_at;
};

/* ---------------------------------------------------------------- the cache */

static void fn_free(gpointer p)
{
	struct once_fn *f = p;

	g_free((char *)f->f.name);
	g_free((char *)f->f.file);
	g_free(f->f.ir);
	g_array_free(f->reach, TRUE);
	g_free(f);
}

static void var_free(gpointer p)
{
	struct sd_once_var *v = p;

	g_free(v->name);
	g_free(v->type);
	g_free(v);
}

struct sd_extract_cache *sd_extract_cache_new(void)
{
	struct sd_extract_cache *c = g_new0(struct sd_extract_cache, 1);

	c->fns = g_hash_table_new_full(NULL, NULL, NULL, fn_free);
	c->vars = g_hash_table_new_full(NULL, NULL, NULL, var_free);
	c->decls = g_hash_table_new(NULL, NULL);
	c->texts = sd_texts_new();
	return c;
}

void sd_extract_cache_free(struct sd_extract_cache *c)
{
	if (!c)
		return;
	g_hash_table_destroy(c->fns);
	g_hash_table_destroy(c->vars);
	g_hash_table_destroy(c->decls);
	g_hash_table_destroy(c->texts);
	g_free(c->pch);
	g_free(c);
}

GHashTable *sd_once_texts(struct sd_extract_cache *cache)
{
	return cache ? cache->texts : NULL;
}

/* ---------------------------------------------------------------- a TU */

/* The number of the cursor's location if it lies in the header; else 0. */
static unsigned location(CXCursor c)
{
	unsigned at = clang_getCursorLocation(c).int_data;

	return (at & 0x7fffffff) >= LOADED ? at : 0;
}

struct sd_once_tu *sd_once_begin(struct sd_extract_cache *cache, const char *pch)
{
	struct sd_once_tu *o;

	if (!cache || !pch)
		return NULL;
	if (g_strcmp0(cache->pch, pch)) {
		g_hash_table_remove_all(cache->fns);
		g_hash_table_remove_all(cache->vars);
		g_hash_table_remove_all(cache->decls);
		g_free(cache->pch);
		cache->pch = g_strdup(pch);
	}
	o = g_new0(struct sd_once_tu, 1);
	o->cache = cache;
	o->fresh = g_hash_table_new(NULL, NULL);
	o->vars = g_hash_table_new(NULL, NULL);
	o->taken = g_array_new(FALSE, FALSE, sizeof(unsigned));
	o->seen = g_hash_table_new(NULL, NULL);
	o->own_vars = g_hash_table_new(NULL, NULL);
	return o;
}

static void take(struct sd_once_tu *o, unsigned at)
{
	if (g_hash_table_add(o->seen, GUINT_TO_POINTER(at)))
		g_array_append_val(o->taken, at);
}

bool sd_once_take(struct sd_once_tu *o, CXCursor decl)
{
	unsigned at = o ? location(decl) : 0;
	gpointer def;

	if (!at)
		return false;
	def = g_hash_table_lookup(o->cache->decls, GUINT_TO_POINTER(at));
	if (def)
		at = GPOINTER_TO_UINT(def);
	if (!g_hash_table_contains(o->cache->fns, GUINT_TO_POINTER(at)))
		return false;
	if (o->open)
		g_array_append_val(o->open->reach, at);
	take(o, at);
	return true;
}

bool sd_once_open(struct sd_once_tu *o, CXCursor def)
{
	unsigned at = o ? location(def) : 0;

	if (!at)
		return false;
	o->open = g_new0(struct once_fn, 1);
	o->open->reach = g_array_new(FALSE, FALSE, sizeof(unsigned));
	o->open_at = at;
	return true;
}

/* What is not of the header, a TU extracts whether reached or not. */
void sd_once_reach(struct sd_once_tu *o, CXCursor decl, CXCursor def, bool is_function)
{
	unsigned at = o ? location(def) : 0, from;

	if (!at)
		return;
	if (o->open)
		g_array_append_val(o->open->reach, at);
	from = is_function ? location(decl) : at;
	if (from && from != at)
		g_hash_table_insert(o->cache->decls, GUINT_TO_POINTER(from), GUINT_TO_POINTER(at));
}

void sd_once_keep(struct sd_once_tu *o, const struct sd_extract_fn *f)
{
	struct once_fn *e = o->open;

	o->open = NULL;
	if (f) {
		e->f = *f;
		e->f.name = g_strdup(f->name);
		e->f.file = g_strdup(f->file);
		e->f.ir = g_memdup2(f->ir, f->irlen);
		g_hash_table_insert(o->fresh, GUINT_TO_POINTER(o->open_at), e);
	} else {
		fn_free(e);
	}
}

void sd_once_var(struct sd_once_tu *o, CXCursor def, const struct sd_once_var *v)
{
	unsigned at = o ? location(def) : 0;
	struct sd_once_var *copy;

	if (!at)
		return;
	g_hash_table_add(o->own_vars, GUINT_TO_POINTER(at));
	if (!v || g_hash_table_contains(o->vars, GUINT_TO_POINTER(at)))
		return;
	copy = g_memdup2(v, sizeof(*v));
	copy->at = at;
	copy->name = g_strdup(v->name);
	copy->type = g_strdup(v->type);
	g_hash_table_insert(o->vars, GUINT_TO_POINTER(at), copy);
}

void sd_once_taken(struct sd_once_tu *o, void (*fn)(void *, const struct sd_extract_fn *),
		   void (*var)(void *, const struct sd_once_var *), void *arg)
{
	for (guint i = 0; o && i < o->taken->len; i++) {
		const struct once_fn *e = g_hash_table_lookup(o->cache->fns, GUINT_TO_POINTER(g_array_index(o->taken, unsigned, i)));

		fn(arg, &e->f);
		for (guint k = 0; k < e->reach->len; k++) {
			gpointer at = GUINT_TO_POINTER(g_array_index(e->reach, unsigned, k));
			const struct sd_once_var *v = g_hash_table_lookup(o->cache->vars, at);

			if (!v)
				take(o, GPOINTER_TO_UINT(at));
			else if (g_hash_table_add(o->own_vars, at) && v->type)
				var(arg, v);
		}
	}
}

/* ---------------------------------------------------------------- the end of a TU */

static bool is_known(const struct sd_once_tu *o, unsigned at)
{
	gpointer key = GUINT_TO_POINTER(at);
	const struct once_fn *e = g_hash_table_lookup(o->fresh, key);

	return (e && !e->drop) || g_hash_table_contains(o->vars, key) || g_hash_table_contains(o->cache->fns, key) ||
	       g_hash_table_contains(o->cache->vars, key);
}

/* Until the rest is closed. */
static void drop_open_ends(struct sd_once_tu *o)
{
	GHashTableIter it;
	gpointer value;
	bool again = true;

	while (again) {
		again = false;
		g_hash_table_iter_init(&it, o->fresh);
		while (g_hash_table_iter_next(&it, NULL, &value)) {
			struct once_fn *e = value;

			for (guint i = 0; !e->drop && i < e->reach->len; i++)
				again |= e->drop = !is_known(o, g_array_index(e->reach, unsigned, i));
		}
	}
}

static void give_all(GHashTable *from, GHashTable *to, bool good, GDestroyNotify discard)
{
	GHashTableIter it;
	gpointer key, value;

	g_hash_table_iter_init(&it, from);
	while (g_hash_table_iter_next(&it, &key, &value)) {
		if (good && !g_hash_table_contains(to, key) && !(discard == fn_free && ((struct once_fn *)value)->drop))
			g_hash_table_insert(to, key, value);
		else
			discard(value);
	}
	g_hash_table_destroy(from);
}

void sd_once_end(struct sd_once_tu *o, bool good)
{
	if (!o)
		return;
	if (good)
		drop_open_ends(o);
	give_all(o->fresh, o->cache->fns, good, fn_free);
	give_all(o->vars, o->cache->vars, good, var_free);
	g_array_free(o->taken, TRUE);
	g_hash_table_destroy(o->seen);
	g_hash_table_destroy(o->own_vars);
	g_free(o);
}
