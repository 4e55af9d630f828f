/* SPDX-License-Identifier: GPL-2.0-or-later */
/* match_index.c - the results by function name: what a stack frame can be looked up in. */
#include <string.h>
#include "match.h"
#include "splat_line.h"

static void free_array(gpointer p)
{
	g_array_free(p, TRUE);
}

static GHashTable *new_table(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_array);
}

static void add_row(GHashTable *t, const char *function, size_t row)
{
	GArray *rows = g_hash_table_lookup(t, function);
	uint32_t v = (uint32_t)row;

	if (!rows) {
		rows = g_array_new(FALSE, FALSE, sizeof(v));
		g_hash_table_insert(t, (gpointer)function, rows);
	}
	g_array_append_val(rows, v);
}

struct mindex *mindex_new(const struct sd_results *r, struct sd_arena *a)
{
	struct mindex *ix = sd_arena_alloc(a, sizeof(*ix));

	ix->r = r;
	ix->a = a;
	ix->acquires = new_table();
	ix->callees = new_table();
	ix->callers = new_table();
	ix->entries = new_table();
	ix->file = g_hash_table_new(g_str_hash, g_str_equal);
	ix->names = sd_arena_alloc(a, (r->nclass + 1) * sizeof(*ix->names));
	for (size_t i = 0; i < r->nclass; i++) {
		struct sd_splat_lock own = { .subclass = 0 };

		/* a subclass shares its name with the class; its number is in the class's own */
		line_lock_name(a, r->classes[i].name, &own);
		line_lock_name(a, r->classes[i].lockdep_name, &ix->names[i]);
		if (!ix->names[i].subclass)
			ix->names[i].subclass = own.subclass;
	}
	for (size_t i = 0; i < r->ncall; i++) {
		add_row(ix->callees, r->calls[i].caller, i);
		add_row(ix->callers, r->calls[i].callee, i);
		g_hash_table_insert(ix->file, (gpointer)r->calls[i].caller, (gpointer)r->calls[i].file);
	}
	for (size_t i = 0; i < r->nacquire; i++) {
		add_row(ix->acquires, r->acquires[i].function, i);
		g_hash_table_insert(ix->file, (gpointer)r->acquires[i].function, (gpointer)r->acquires[i].file);
	}
	for (size_t i = 0; i < r->nentry; i++)
		add_row(ix->entries, r->entries[i].function, i);
	return ix;
}

void mindex_free(struct mindex *ix)
{
	g_hash_table_destroy(ix->acquires);
	g_hash_table_destroy(ix->callees);
	g_hash_table_destroy(ix->callers);
	g_hash_table_destroy(ix->entries);
	g_hash_table_destroy(ix->file);
}

const GArray *mindex_rows(GHashTable *t, const char *function)
{
	static const GArray none;
	const GArray *rows = g_hash_table_lookup(t, function);

	return rows ? rows : &none;
}

bool mindex_knows(const struct mindex *ix, const char *function)
{
	return g_hash_table_contains(ix->callees, function) || g_hash_table_contains(ix->callers, function) ||
	       g_hash_table_contains(ix->acquires, function) || g_hash_table_contains(ix->entries, function);
}

const char *mindex_file(const struct mindex *ix, const char *function)
{
	const char *file = g_hash_table_lookup(ix->file, function);

	return file ? file : "";
}

size_t mindex_first_dep(const struct sd_results *r, uint32_t from)
{
	size_t lo = 0, hi = r->ndep;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (r->deps[mid].from < from)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct sd_dep *mindex_dep(const struct sd_results *r, uint32_t from, uint32_t to)
{
	for (size_t i = mindex_first_dep(r, from); i < r->ndep && r->deps[i].from == from; i++)
		if (r->deps[i].to == to)
			return &r->deps[i];
	return NULL;
}

/* A compiler sees only the file and its headers (LTO apart). */
static bool may_inline(const struct mindex *ix, const char *into, const char *function)
{
	const char *file = mindex_file(ix, function);

	return !file[0] || !strcmp(file, into) || g_str_has_suffix(file, ".h");
}

enum { MAX_INLINED = 400 };     /* a frame hides a few functions; this only bounds odd input */

GPtrArray *mindex_inlined(const struct mindex *ix, const char *function)
{
	GPtrArray *out = g_ptr_array_new();
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
	const char *file = mindex_file(ix, function);

	g_ptr_array_add(out, (gpointer)function);
	g_hash_table_add(seen, (gpointer)function);
	for (guint i = 0; i < out->len && out->len < MAX_INLINED; i++) {
		const GArray *rows = mindex_rows(ix->callees, out->pdata[i]);

		for (guint k = 0; k < rows->len; k++) {
			const struct sd_call *c = &ix->r->calls[g_array_index(rows, uint32_t, k)];

			if (!strcmp(c->kind, "direct") && may_inline(ix, file, c->callee) &&
			    g_hash_table_add(seen, (gpointer)c->callee))
				g_ptr_array_add(out, (gpointer)c->callee);
		}
	}
	g_hash_table_destroy(seen);
	return out;
}

static bool calls_itself(const struct mindex *ix, const char *caller, const char *callee)
{
	const GArray *rows = mindex_rows(ix->callees, caller);

	for (guint k = 0; k < rows->len; k++)
		if (!strcmp(ix->r->calls[g_array_index(rows, uint32_t, k)].callee, callee))
			return true;
	return false;
}

bool mindex_calls(const struct mindex *ix, const char *caller, const char *callee)
{
	bool yes = calls_itself(ix, caller, callee);
	GPtrArray *inl;

	if (yes)
		return true;
	inl = mindex_inlined(ix, caller);
	for (guint i = 1; i < inl->len && !yes; i++)
		yes = calls_itself(ix, inl->pdata[i], callee);
	g_ptr_array_free(inl, TRUE);
	return yes;
}

static bool takes(const struct mindex *ix, const char *function, uint32_t class)
{
	const GArray *rows = mindex_rows(ix->acquires, function);

	for (guint k = 0; k < rows->len; k++)
		if (ix->r->acquires[g_array_index(rows, uint32_t, k)].class == class)
			return true;
	return false;
}

/* The function itself before what may be inlined into it; all frames before any guess about inlining. */
size_t mindex_acquire_frame(const struct mindex *ix, const struct sd_stack *st, uint32_t class, size_t from,
			    const char **function)
{
	for (size_t i = from; i < st->nframes; i++)
		if (!st->frames[i].unreliable && takes(ix, st->frames[i].function, class)) {
			*function = st->frames[i].function;
			return i;
		}
	for (size_t i = from; i < st->nframes; i++) {
		GPtrArray *inl = mindex_inlined(ix, st->frames[i].function);

		for (guint k = 1; k < inl->len && !st->frames[i].unreliable; k++)
			if (takes(ix, inl->pdata[k], class)) {
				*function = inl->pdata[k];
				g_ptr_array_free(inl, TRUE);
				return i;
			}
		g_ptr_array_free(inl, TRUE);
	}
	*function = "";
	return st->nframes;
}
