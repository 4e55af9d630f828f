/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_cache.c - the commands of a dry run, kept beside the database as KEY.plan.
 *
 * Format: strings once, commands as indexes into them; then objects that were built at the time,
 * for which the dry run printed nothing.  GVariant checks what it reads, so a damaged file is just not used.
 */
#include <string.h>
#include "scan_int.h"

#define FORMAT "(asa(uuuau)as)"         /* strings; rel, file, object (0: none), args; built */

/* ---------------------------------------------------------------- writing */

struct writer { GHashTable *ids; GVariantBuilder strings; guint n; };

/* From 1; 0 is no string. */
static guint32 id_of(struct writer *w, const char *s)
{
	guint32 id = s ? GPOINTER_TO_UINT(g_hash_table_lookup(w->ids, s)) : 0;

	if (s && !id) {
		id = ++w->n;
		g_hash_table_insert(w->ids, (gpointer)s, GUINT_TO_POINTER(id));
		g_variant_builder_add(&w->strings, "s", s);
	}
	return id;
}

static void add_command(struct writer *w, GVariantBuilder *cmds, const struct sd_command *c)
{
	GVariantBuilder args;

	g_variant_builder_init(&args, G_VARIANT_TYPE("au"));
	for (size_t i = 0; i < c->nargs; i++)
		g_variant_builder_add(&args, "u", id_of(w, c->args[i]));
	g_variant_builder_add(cmds, "(uuuau)", id_of(w, c->rel), id_of(w, c->file), id_of(w, c->object), &args);
}

void sd_plan_store(const struct sd_plan *p, guint printed, const char *path)
{
	struct writer w = { .ids = g_hash_table_new(g_str_hash, g_str_equal) };
	GVariantBuilder cmds, built;
	GVariant *v;

	g_variant_builder_init(&w.strings, G_VARIANT_TYPE("as"));
	g_variant_builder_init(&cmds, G_VARIANT_TYPE("a(uuuau)"));
	g_variant_builder_init(&built, G_VARIANT_TYPE("as"));
	for (guint i = 0; i < p->cmds->len; i++) {
		const struct sd_command *c = g_ptr_array_index(p->cmds, i);

		if (i < printed)
			add_command(&w, &cmds, c);
		else
			g_variant_builder_add(&built, "s", c->rel);
	}
	v = g_variant_ref_sink(g_variant_new(FORMAT, &w.strings, &cmds, &built));
	g_file_set_contents(path, g_variant_get_data(v), (gssize)g_variant_get_size(v), NULL);
	g_variant_unref(v);
	g_hash_table_destroy(w.ids);
}

/* ---------------------------------------------------------------- reading */

struct reader { struct sd_plan *p; const char **strings; gsize n; bool bad; };

static const char *string_at(struct reader *r, guint32 id)
{
	if (id > r->n)
		r->bad = true;
	return id && id <= r->n ? r->strings[id - 1] : NULL;
}

static void read_command(struct reader *r, GVariant *v)
{
	struct sd_command *c = sd_arena_alloc(r->p->arena, sizeof(*c));
	guint32 rel, file, object;
	GVariant *args;
	const char **strings;
	const guint32 *ids;
	gsize n;

	g_variant_get(v, "(uuu@au)", &rel, &file, &object, &args);
	ids = g_variant_get_fixed_array(args, &n, sizeof(*ids));
	c->rel = string_at(r, rel);
	c->file = string_at(r, file);
	c->object = string_at(r, object);
	c->directory = r->p->objroot;
	c->args = strings = sd_arena_alloc(r->p->arena, (n + 1) * sizeof(*strings));
	for (gsize i = 0; i < n; i++) {
		strings[i] = string_at(r, ids[i]);
		r->bad = r->bad || !strings[i];
	}
	c->nargs = n;
	g_variant_unref(args);
	if (!c->rel || !c->file)
		r->bad = true;
	if (!r->bad)
		sd_plan_add_command(r->p, c);
}

static void read_all(struct reader *r, GVariant *v, GPtrArray *built)
{
	GVariant *strings, *cmds, *rels, *child;
	GVariantIter it;
	const char **v_strings;

	g_variant_get(v, "(@as@a(uuuau)@as)", &strings, &cmds, &rels);
	v_strings = g_variant_get_strv(strings, &r->n);
	r->strings = sd_arena_alloc(r->p->arena, (r->n + 1) * sizeof(*r->strings));
	for (gsize i = 0; i < r->n; i++)
		r->strings[i] = sd_arena_strdup(r->p->arena, v_strings[i]);
	g_free(v_strings);
	g_variant_iter_init(&it, cmds);
	while (!r->bad && (child = g_variant_iter_next_value(&it))) {
		read_command(r, child);
		g_variant_unref(child);
	}
	g_variant_iter_init(&it, rels);
	while ((child = g_variant_iter_next_value(&it))) {
		g_ptr_array_add(built, sd_arena_strdup(r->p->arena, g_variant_get_string(child, NULL)));
		g_variant_unref(child);
	}
	g_variant_unref(strings);
	g_variant_unref(cmds);
	g_variant_unref(rels);
}

bool sd_plan_load(struct sd_plan *p, const char *path, GPtrArray *built)
{
	struct reader r = { .p = p };
	GVariant *v;
	gsize len;
	char *data;

	if (!g_file_get_contents(path, &data, &len, NULL))
		return false;
	v = g_variant_ref_sink(g_variant_new_from_data(G_VARIANT_TYPE(FORMAT), data, len, FALSE, g_free, data));
	if (g_variant_is_normal_form(v))
		read_all(&r, v, built);
	else
		r.bad = true;
	g_variant_unref(v);
	if (r.bad)
		sd_plan_clear(p);
	else
		sd_cache_used(path);
	return !r.bad;
}
