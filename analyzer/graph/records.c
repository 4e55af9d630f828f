/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * records.c - which records are one.
 *
 * Two drivers may have a struct of one tag each, in their own files (C11, 6.2.7: compatible only if they are defined alike), and
 * so two classes of what lies in them.  The IR names such a record with its file (ir.h).  Where a tag has one definition the file goes,
 * so that a name says no more than it must; else each is "tag{file}", and what is printed has it not (kept()).
 *
 * Requires: the functions.  Sets: their records' names.
 */
#include <string.h>
#include "model.h"

struct tags {
	sd_sym nsyms;
	uint8_t *seen;          /* [sd_sym] */
	sd_sym *to;             /* [sd_sym] -> a record's new name; 0 it keeps its own */
	GHashTable *defs;       /* tag -> how many records with files have it */
	GArray *list;           /* struct named */
};

enum { USED = 1, HAS_MEMBER = 2 };      /* as a record; and somebody uses a member: where the tag is its whole name, it is defined for all */

struct named { sd_sym rec, tag; const char *file; };

static void see_records(struct tags *t, const struct sd_fn *ir)
{
	for (uint32_t v = 0; v < ir->nall; v++) {
		t->seen[ir->vals[v].rec] |= ir->vals[v].kind == SD_V_FIELD ? USED | HAS_MEMBER : USED;
		t->seen[ir->vals[v].type] |= USED;
	}
	for (uint32_t k = 0; k < ir->nparams; k++)
		t->seen[ir->params[k].type] |= USED;
	for (uint32_t k = 0; k < ir->ngvars; k++)
		t->seen[ir->gvars[k].type] |= USED;
	t->seen[ir->ret_type] |= USED;
}

static void rename_records(const struct tags *t, struct sd_fn *ir)
{
	for (uint32_t v = 0; v < ir->nall; v++) {
		struct sd_val *x = &ir->vals[v];

		if (t->to[x->rec])
			x->rec = t->to[x->rec];
		if (t->to[x->type])
			x->type = t->to[x->type];
	}
	for (uint32_t k = 0; k < ir->nparams; k++)
		if (t->to[ir->params[k].type])
			ir->params[k].type = t->to[ir->params[k].type];
	for (uint32_t k = 0; k < ir->ngvars; k++)
		if (t->to[ir->gvars[k].type])
			ir->gvars[k].type = t->to[ir->gvars[k].type];
	if (t->to[ir->ret_type])
		ir->ret_type = t->to[ir->ret_type];
}

static void rename_variables(struct prog *p, const struct tags *t)
{
	GHashTableIter it;
	gpointer var;

	g_hash_table_iter_init(&it, p->gvars);
	while (g_hash_table_iter_next(&it, NULL, &var))
		if (t->to[((struct gvar *)var)->type])
			((struct gvar *)var)->type = t->to[((struct gvar *)var)->type];
}

/* The records that have a file in their name. */
static void find_named(struct prog *p, struct tags *t)
{
	for (sd_sym s = 1; s < t->nsyms; s++) {
		const char *name = t->seen[s] ? str(p, s) : "", *at = strchr(name, '@');
		struct named one = { s, 0, at ? at + 1 : NULL };
		char *tag;

		if (!at)
			continue;
		tag = g_strndup(name, (gsize)(at - name));
		one.tag = sd_intern(p->syms, tag);
		g_free(tag);
		g_array_append_val(t->list, one);
		g_hash_table_insert(t->defs, GUINT_TO_POINTER(one.tag),
				    GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(t->defs, GUINT_TO_POINTER(one.tag))) + 1));
	}
}

static void name_records(struct prog *p, struct tags *t)
{
	for (guint i = 0; i < t->list->len; i++) {
		const struct named *n = &g_array_index(t->list, struct named, i);
		bool plain = n->tag < t->nsyms && (t->seen[n->tag] & HAS_MEMBER);
		char *full = g_strdup_printf("%s{%s}", str(p, n->tag), n->file);

		t->to[n->rec] = !plain && GPOINTER_TO_UINT(g_hash_table_lookup(t->defs, GUINT_TO_POINTER(n->tag))) == 1 ? n->tag : sd_intern(p->syms, full);
		g_free(full);
	}
}

void tell_records_apart(struct prog *p)
{
	sd_sym n = (sd_sym)sd_strtab_count(p->syms) + 1;
	struct tags t = { n, g_new0(uint8_t, n), g_new0(sd_sym, n), g_hash_table_new(NULL, NULL), g_array_new(FALSE, FALSE, sizeof(struct named)) };

	for (uint32_t i = 0; i < p->fns->len; i++)
		see_records(&t, func_at(p, i)->ir);
	find_named(p, &t);
	name_records(p, &t);
	for (uint32_t i = 0; i < p->fns->len && t.list->len; i++)
		rename_records(&t, func_at(p, i)->ir);
	rename_variables(p, &t);
	g_hash_table_destroy(t.defs);
	g_array_free(t.list, TRUE);
	g_free(t.seen), g_free(t.to);
}

/* "{file}", as records are told apart by: its length; 0 it is something else. */
static size_t file_in_braces(const char *s)
{
	size_t n = *s == '{' ? strcspn(s, " }") : 0;

	return n > 3 && s[n] == '}' && s[n - 2] == '.' && (s[n - 1] == 'c' || s[n - 1] == 'h') ? n + 1 : 0;
}

char *without_files(const char *name)
{
	char *out = g_strdup(name), *to = out;

	while (*name) {
		name += file_in_braces(name);
		if (*name)
			*to++ = *name++;
	}
	*to = '\0';
	return out;
}
