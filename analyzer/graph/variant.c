/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * variant.c - two locks of one object of which a condition chooses one.
 *
 * "if (x->may_sleep) mutex_lock(&x->m); else spin_lock(&x->s);": a function whose exits hold (or
 * release) one or the other under opposite conditions says so.  An object then never has both taken, in
 * any container, so there is no order between them, and releasing one is releasing what the caller took.
 *
 * Requires: the function's exits with their conditions (interp.c, second pass).
 */
#include <string.h>
#include "model.h"

static const struct chain_step *last_step(const struct prog *p, uint32_t raw)
{
	const struct raw_class *c = raw_at(p, raw);

	return c->chain->len ? &g_array_index(c->chain, struct chain_step, c->chain->len - 1) : NULL;
}

static char *variant_key(const struct prog *p, const struct chain_step *a, const struct chain_step *b)
{
	const struct chain_step *t;

	if (strcmp(str(p, a->member), str(p, b->member)) > 0)
		t = a, a = b, b = t;
	return g_strdup_printf("%s.%s|%s", str(p, a->rec), str(p, a->member), str(p, b->member));
}

static bool opposite(const struct exit_effect *a, const struct exit_effect *b)
{
	for (unsigned i = 0; i < a->ncond; i++)
		for (unsigned k = 0; k < b->ncond; k++)
			if (a->cond[i].t == b->cond[k].t && !(a->cond[i].sign & b->cond[k].sign))
				return true;
	return false;
}

static void note_pair(struct prog *p, struct lockref a, struct lockref b)
{
	const struct term *x = term(p, a.obj), *y = term(p, b.obj);
	const struct chain_step *s = last_step(p, a.cls), *t = last_step(p, b.cls);

	if (x->kind == T_FIELD && y->kind == T_FIELD && x->a == y->a && x->s != y->s && s && t && s->rec == t->rec) {
		g_hash_table_add(p->exclusive, variant_key(p, s, t));
		g_hash_table_add(p->exclusive, g_strdup_printf("%s.%s", str(p, s->rec), str(p, s->member)));
		g_hash_table_add(p->exclusive, g_strdup_printf("%s.%s", str(p, t->rec), str(p, t->member)));
	}
}

bool has_variant(struct prog *p, uint32_t raw)
{
	const struct chain_step *s = last_step(p, raw);
	char *key;
	bool found;

	if (!s || !g_hash_table_size(p->exclusive))
		return false;
	key = g_strdup_printf("%s.%s", str(p, s->rec), str(p, s->member));
	found = g_hash_table_contains(p->exclusive, key);
	g_free(key);
	return found;
}

void note_variants(struct prog *p, const struct inst *in)
{
	for (uint32_t i = 0; i < in->nexit; i++)
		for (uint32_t k = i + 1; k < in->nexit; k++) {
			const struct exit_effect *a = &in->exits[i], *b = &in->exits[k];

			if (!opposite(a, b))
				continue;
			if (a->nheld == 1 && b->nheld == 1)
				note_pair(p, a->held[0].l, b->held[0].l);
			if (a->nrel == 1 && b->nrel == 1)
				note_pair(p, a->rel[0], b->rel[0]);
		}
}

static bool exclusive_raw(struct prog *p, uint32_t a, uint32_t b)
{
	const struct chain_step *s = last_step(p, a), *t = last_step(p, b);
	char *key;
	bool found;

	if (!s || !t || s->rec != t->rec || s->member == t->member)
		return false;
	key = variant_key(p, s, t);
	found = g_hash_table_contains(p->exclusive, key);
	g_free(key);
	return found;
}

bool exclusive(struct prog *p, uint32_t a, uint32_t b)
{
	return a != UINT32_MAX && b != UINT32_MAX && class_at(p, a)->varies && class_at(p, b)->varies &&
	       exclusive_raw(p, class_at(p, a)->raw, class_at(p, b)->raw);
}

/*
 * Is the lock of class @cls, or the variant of it that a condition chose instead, given back where one of class @released is?  What is
 * given back of an object whose container is not known may be the one in @cls: also when other such objects stand alone.  At which
 * level it was taken nobody says who gives it back.
 */
bool releases(struct prog *p, uint32_t released, uint32_t cls)
{
	const struct raw_class *r, *held;

	if (released == cls || released == UINT32_MAX || cls == UINT32_MAX)
		return released == cls;
	if (released == final_of(p, ALL_SPINNING))
		return spinning_type(str(p, raw_at(p, class_at(p, cls)->raw)->lock_type));
	r = raw_at(p, class_at(p, released)->raw);
	held = raw_at(p, class_at(p, cls)->raw);
	return ((r->by_type || r->chain->len < held->chain->len || (held->global && !r->global)) && less_known(p, class_at(p, cls)->raw, class_at(p, released)->raw)) ||
	       exclusive(p, released, cls) || (held->subclass && levels_of_one_lock(p, released, cls));
}

bool released_by(struct prog *p, uint32_t relset, uint32_t cls)
{
	const GArray *a = relset_get(p, relset);

	for (guint i = 0; i < a->len; i++)
		if (releases(p, final_of(p, g_array_index(a, uint32_t, i)), cls))
			return true;
	return false;
}
