/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pointee.c - what a pointer kept in a member points to, when all that store there store the same.
 *
 * `done->waitq` is the queue of a backing device, since nothing but &bdi->wb_waitq is ever stored there: the class of a
 * lock reached through the member is that of the path stored, also by a helper that returns it.  Members and the parameters that are stored in them are
 * slots; a slot is unset, one path, or anything.  Flow-insensitive; slots only move up, so it ends.
 *
 * Requires: slots (their keys).  Sets: prog->pointees.
 */
#include <string.h>
#include "model.h"

#define ANYTHING UINT32_MAX
#define MAX_HELPERS 4           /* deep, that return the path */

struct flow { sd_sym from, to; };
struct pointees {
	struct prog *p;
	GArray *flows;
	GArray *args;           /* struct arg: all pointers to records that direct calls hand on */
	uint32_t *base;         /* [function]: its first parameter, of those of all functions */
	bool *needed;           /* [parameter]: it is stored in a member */
	bool more;              /* another one is needed now */
};
struct arg { uint32_t fi; sd_vid v; uint32_t fn, k; bool met; };        /* value @v of @fi is parameter @k of @fn */

static tid value_of(const struct prog *p, sd_sym slot)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(p->pointees, GUINT_TO_POINTER(slot)));
}

static bool meet(struct prog *p, sd_sym slot, tid value)
{
	tid old = value_of(p, slot);

	if (!value || old == value || old == ANYTHING)
		return false;
	g_hash_table_insert(p->pointees, GUINT_TO_POINTER(slot), GUINT_TO_POINTER(old ? ANYTHING : value));
	return true;
}

static tid path_of(struct prog *p, const struct func *f, sd_vid v, unsigned depth);

/* What the callee of @e returns on all of its ways: `return &page->ptl;`. */
static tid returned_path(struct prog *p, const struct sd_event *e, unsigned depth)
{
	uint32_t fn = e->callee ? func_find(p, e->callee) : 0;
	const struct func *f = fn ? func_at(p, fn - 1) : NULL;
	tid path = 0;

	for (uint32_t b = 0; f && b < f->ir->nblocks; b++) {
		const struct sd_block *bl = &f->ir->blocks[b];
		tid t = bl->term != SD_TERM_RETURN ? 0 : depth < MAX_HELPERS ? path_of(p, f, bl->cond, depth + 1) : ANYTHING;

		if (t && path && t != path)
			return ANYTHING;
		path = t ? t : path;
	}
	return path ? path : ANYTHING;
}

/* A member's address as a path from its record; ANYTHING where it is no such address. */
static tid path_of(struct prog *p, const struct func *f, sd_vid v, unsigned depth)
{
	const struct sd_val *x = &f->ir->vals[v];
	tid base;

	if (x->kind == SD_V_GLOBAL)
		return mk_sym(p, T_GLOBAL, x->sym, x->type);
	if (x->kind == SD_V_CALL)
		return returned_path(p, &f->ir->events[x->num], depth);
	if (x->kind != SD_V_FIELD)
		return ANYTHING;
	base = path_of(p, f, x->a, depth);
	return mk_field(p, base == ANYTHING ? mk_any(p, x->rec) : base, x->rec, x->sym, x->type);
}

/* Slot @to receives value @v of function @fi. */
static void store(struct pointees *w, uint32_t fi, sd_vid v, sd_sym to, unsigned depth)
{
	const struct func *f = func_at(w->p, fi);
	const struct sd_val *x = &f->ir->vals[v];
	sd_sym from = x->kind == SD_V_PARAM || x->kind == SD_V_LOAD ? slot_of_value(w->p, f, fi, v) : 0;

	if (x->kind == SD_V_CONST && !x->num)
		return;
	if (x->kind == SD_V_PHI && depth < 3) {
		for (uint32_t i = 0; i < x->b; i++)
			store(w, fi, f->ir->ops[x->a + i].val, to, depth + 1);
	} else if (from) {
		struct flow c = { from, to };

		if (from != to)
			g_array_append_val(w->flows, c);
		if (x->kind == SD_V_PARAM && !w->needed[w->base[fi] + x->num])
			w->needed[w->base[fi] + x->num] = w->more = true;
	} else {
		meet(w->p, to, path_of(w->p, f, v, 0));
	}
}

static bool is_record_pointer(const struct sd_val *x)
{
	return x->tkind == SD_T_PTR && x->type;
}

static void collect_stores(struct pointees *w, uint32_t fi)
{
	const struct func *f = func_at(w->p, fi);

	for (uint32_t i = 0; i < f->ir->nevents; i++) {
		const struct sd_event *e = &f->ir->events[i];
		const struct sd_val *a = &f->ir->vals[e->target], *v = &f->ir->vals[e->value];

		if (e->kind == SD_E_STORE && a->kind == SD_V_FIELD && (is_record_pointer(v) || v->kind == SD_V_PHI))
			store(w, fi, e->value, slot_member(w->p, a->rec, a->sym), 0);
	}
}

static void list_arguments(struct pointees *w, uint32_t fi)
{
	const struct func *f = func_at(w->p, fi);

	for (uint32_t i = 0; i < f->ir->nevents; i++) {
		const struct sd_event *e = &f->ir->events[i];
		uint32_t t = e->kind == SD_E_CALL && e->callee ? func_find(w->p, e->callee) : 0;

		for (uint32_t k = 0; t && k < e->nargs && k < func_at(w->p, t - 1)->ir->nparams; k++) {
			struct arg a = { fi, f->ir->ops[e->arg0 + k].val, t - 1, k, false };

			if (is_record_pointer(&f->ir->vals[a.v]))
				g_array_append_val(w->args, a);
		}
	}
}

/* Arguments of direct calls reach needed parameters; true when more parameters are needed now. */
static bool pass_arguments(struct pointees *w)
{
	w->more = false;
	for (guint i = 0; i < w->args->len; i++) {
		struct arg *a = &g_array_index(w->args, struct arg, i);

		if (a->met || !w->needed[w->base[a->fn] + a->k])
			continue;
		a->met = true;
		store(w, a->fi, a->v, slot_param(w->p, a->fn, a->k), 0);
	}
	return w->more;
}

/* Who is called through a pointer may be given anything. */
static void open_parameters(struct pointees *w)
{
	for (uint32_t i = 0; i < w->p->fns->len; i++) {
		const struct func *f = func_at(w->p, i);

		for (uint32_t k = 0; f->address_taken && k < f->ir->nparams; k++)
			if (w->needed[w->base[i] + k])
				meet(w->p, slot_param(w->p, i, k), ANYTHING);
	}
}

static void number_parameters(struct pointees *w)
{
	uint32_t n = 0;

	w->base = g_new(uint32_t, w->p->fns->len + 1);
	for (uint32_t i = 0; i < w->p->fns->len; i++) {
		w->base[i] = n;
		n += func_at(w->p, i)->ir->nparams;
	}
	w->needed = g_new0(bool, n + 1);
}

void find_pointees(struct prog *p)
{
	struct pointees w = { .p = p, .flows = g_array_new(FALSE, FALSE, sizeof(struct flow)), .args = g_array_new(FALSE, FALSE, sizeof(struct arg)) };
	bool changed = true;

	p->pointees = g_hash_table_new(NULL, NULL);
	number_parameters(&w);
	for (uint32_t i = 0; i < p->fns->len; i++) {
		collect_stores(&w, i);
		list_arguments(&w, i);
	}
	for (unsigned round = 0; changed && round < 4; round++)         /* deeper chains of helpers stay unset: nothing is said */
		changed = pass_arguments(&w);
	open_parameters(&w);
	for (changed = true; changed; ) {
		changed = false;
		for (guint i = 0; i < w.flows->len; i++) {
			const struct flow *c = &g_array_index(w.flows, struct flow, i);

			changed |= meet(p, c->to, value_of(p, c->from));
		}
	}
	g_array_free(w.flows, TRUE);
	g_array_free(w.args, TRUE);
	g_free(w.base);
	g_free(w.needed);
}

tid pointee_of(struct prog *p, tid t)
{
	const struct term *x = term(p, t), *m = term(p, x->a);
	tid v = x->kind == T_LOAD && m->kind == T_FIELD ? value_of(p, slot_member(p, m->rec, m->s)) : 0;

	return v == ANYTHING ? 0 : v;
}
