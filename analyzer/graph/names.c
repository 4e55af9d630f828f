/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names.c - all names that lockdep may print for the locks of one path.
 *
 * A path is one class here, but lockdep's class is the key, and one path may get several: by lockdep_set_class() (a
 * directory's inode lock), from a table of keys with a table of names beside it (sockets by address family), or
 * with a subclass of its own (lockdep_set_subclass()).  Which object has which key is not known, so what
 * is said of the path is said under each of these names.
 */
#include <string.h>
#include "model.h"

#define MAX_NAMES 128           /* address families with their variants are the largest tables */

static void free_strings(gpointer a)
{
	g_array_free(a, TRUE);
}

/* Tables of strings: what static initialisers store, by variable or by member. */
void collect_strings(struct prog *p)
{
	p->string_tables = g_hash_table_new_full(NULL, NULL, NULL, free_strings);
	for (uint32_t i = 0; i < p->fns->len; i++) {
		const struct func *f = func_at(p, i);

		for (uint32_t k = 0; (f->ir->flags & SD_F_GLOBALS) && k < f->ir->nevents; k++) {
			const struct sd_event *e = &f->ir->events[k];
			const struct sd_val *v = &f->ir->vals[e->value];
			sd_sym key = e->kind == SD_E_STORE && v->kind == SD_V_STR ? slot_of_addr(p, f, e->target) : 0;
			GArray *list = key ? g_hash_table_lookup(p->string_tables, GUINT_TO_POINTER(key)) : NULL;

			if (key && !list) {
				list = g_array_new(FALSE, FALSE, sizeof(sd_sym));
				g_hash_table_insert(p->string_tables, GUINT_TO_POINTER(key), list);
			}
			if (key && list->len < MAX_NAMES)
				g_array_append_val(list, v->sym);
		}
	}
}

/* lockdep_set_subclass() passes the name on that the map has. */
static bool is_own_name(struct prog *p, tid name)
{
	const struct term *t = term(p, name), *m = term(p, t->a);
	struct sd_rule *const *r = t->kind == T_LOAD && m->kind == T_FIELD ?
				   rules_of_member(p, m->rec, m->s) : NULL;

	for (; r && *r; r++)
		if ((*r)->word == SD_R_INIT)
			return true;
	return false;
}

static const GArray *table_at(struct prog *p, tid name)
{
	const struct term *t = term(p, name);

	if (t->kind == T_LOAD)
		t = term(p, t->a);
	while (t->kind == T_INDEX)
		t = term(p, t->a);
	if (t->kind == T_FIELD)
		return g_hash_table_lookup(p->string_tables, GUINT_TO_POINTER(slot_member(p, t->rec, t->s)));
	return t->kind == T_GLOBAL ? g_hash_table_lookup(p->string_tables, GUINT_TO_POINTER(slot_global(p, t->s))) : NULL;
}

static void add_name(struct prog *p, struct raw_class *c, const struct other_name *n)
{
	if (!c->names)
		c->names = g_array_new(FALSE, FALSE, sizeof(*n));
	for (guint i = 0; i < c->names->len; i++) {
		struct other_name *o = &g_array_index(c->names, struct other_name, i);
		int d = strcmp(str(p, n->file), str(p, o->file));

		if (o->name != n->name || o->subclass != n->subclass)
			continue;
		if (d < 0 || (!d && n->line < o->line))         /* the first place in the source */
			*o = *n;
		return;
	}
	if (c->names->len < 2 * MAX_NAMES)
		g_array_append_vals(c->names, n, 1);
}

void add_names(struct prog *p, struct raw_class *c, tid name, const struct init_site *site)
{
	const struct term *t = term(p, name);
	bool own = is_own_name(p, name);
	const GArray *table = t->kind == T_STR || own ? NULL : table_at(p, name);
	struct other_name n = { own ? 0 : t->s, site->file, site->line, site->subclass, false };

	if (own ? site->subclass : t->kind == T_STR && *str(p, t->s))
		add_name(p, c, &n);
	n.table = true;
	for (guint i = 0; table && i < table->len; i++) {
		n.name = g_array_index(table, sd_sym, i);
		add_name(p, c, &n);
	}
}

void add_names_of(struct prog *p, struct raw_class *c, const struct raw_class *from)
{
	for (guint i = 0; from->names && i < from->names->len; i++)
		add_name(p, c, &g_array_index(from->names, struct other_name, i));
	c->many_keys |= from->many_keys;
	c->own_keys |= from->own_keys;
}

bool several_keys(const struct raw_class *c)
{
	if (c->many_keys || c->own_keys)
		return true;
	for (guint i = 0; c->names && i < c->names->len; i++) {
		const struct other_name *o = &g_array_index(c->names, struct other_name, i);

		if (o->table || (o->file && c->init_file && o->file != c->init_file))
			return true;
	}
	return false;
}

static int by_text(const void *x, const void *y)
{
	const struct sd_class_name *a = x, *b = y;
	int d = strcmp(a->lockdep_name, b->lockdep_name);

	return d ? d : strcmp(a->file, b->file);
}

static void put_name(struct prog *p, GArray *out, sd_sym name, uint32_t level, const struct other_name *o)
{
	struct sd_class_name n = { kept(p, name), kept(p, o->file), o->line };

	if (level)
		n.lockdep_name = sd_arena_printf(p->arena, "%s/%u", n.lockdep_name, level);
	g_array_append_val(out, n);
}

#define MAX_LEVEL 7             /* MAX_LOCKDEP_SUBCLASSES, without 0: a level that is no constant may be any */

struct sd_class_name *other_names(struct prog *p, const struct raw_class *c, size_t *n)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(struct sd_class_name));
	struct sd_class_name *kept_names;

	for (guint i = 0; c->names && i < c->names->len; i++) {
		const struct other_name *o = &g_array_index(c->names, struct other_name, i);
		uint32_t level = c->subclass ? c->subclass : o->subclass;
		sd_sym name = o->name ? o->name : c->lockdep_name;

		if (name && (name != c->lockdep_name || level != c->subclass))
			put_name(p, out, name, level, o);
		for (level = 1; name && level <= MAX_LEVEL && c->any_level && !c->subclass && !o->table; level++)
			put_name(p, out, name, level, o);
	}
	kept_names = sd_arena_alloc(p->arena, (out->len + 1) * sizeof(*kept_names));
	if (out->len)
		memcpy(kept_names, out->data, out->len * sizeof(*kept_names));
	*n = out->len;
	g_array_free(out, TRUE);
	qsort(kept_names, *n, sizeof(*kept_names), by_text);
	return kept_names;
}
