/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target.c - which functions a call through a pointer may reach: a bound callback, a variable's table, a slot.  Not one that
 * takes the container of its argument where the argument is known to be a member of another: `ref->release(ref)` of &css->refcnt
 * calls no function that wants &ioctx->users.
 */
#include <string.h>
#include "run.h"

static void add_targets(struct run *r, sd_sym key, unsigned nargs, GArray *out, sd_sym *slot)
{
	const GArray *set = slot_targets(r->p, key);
	guint before = out->len;

	if (key)
		*slot = key;
	for (guint i = 0; set && i < set->len; i++) {
		uint32_t t = g_array_index(set, uint32_t, i);
		const struct sd_fn *ir = func_at(r->p, t)->ir;
		bool dup = false;

		if (nargs != UINT32_MAX && ir->nparams != nargs && !(ir->flags & SD_F_VARIADIC))
			continue;       /* another prototype: the pointer was cast, or the slot is shared */
		for (guint k = 0; k < before; k++)      /* a slot has each once */
			dup |= g_array_index(out, uint32_t, k) == t;
		if (!dup)
			g_array_append_val(out, t);
	}
}

static const struct term *outermost(struct prog *p, const struct term *x, bool *element)
{
	for (; x->kind == T_FIELD || x->kind == T_INDEX; x = term(p, x->a))
		*element |= x->kind == T_INDEX;
	return x;
}

/* The variable that a member's address lies in, bindings looked through; 0 none.  @element: of an array, and of which element is not known. */
static sd_sym variable_of(struct run *r, const struct term *x, bool *element)
{
	*element = false;
	x = outermost(r->p, x, element);
	if (x->kind == T_PARAM)
		x = outermost(r->p, term(r->p, bound(r->in, x)), element);
	return x->kind == T_GLOBAL ? x->s : 0;
}

static sd_sym slot_of_term(struct run *r, tid t)
{
	const struct term *x = term(r->p, t);

	if (x->kind == T_PARAM)
		return slot_param(r->p, r->in->fn, (unsigned)x->num);
	if (x->kind != T_LOAD)
		return 0;
	x = term(r->p, x->a);
	while (x->kind == T_INDEX)
		x = term(r->p, x->a);
	if (x->kind == T_FIELD) {
		bool element, known;
		sd_sym var = variable_of(r, x, &element), own = var ? slot_in_variable(r->p, var, x->rec, x->s) : 0;

		/* a table of operations that is known: what it was initialised with; elements are also filled through pointers */
		known = own && (element ? slot_is_table(r->p, own) : slot_targets(r->p, own) || slot_is_static(r->p, var, x->rec, x->s));
		return known ? own : slot_member(r->p, x->rec, x->s);
	}
	return x->kind == T_GLOBAL ? slot_global(r->p, x->s) : 0;
}

/* A member of a known table that is initialised is no NULL, one that is not is. */
uint8_t table_signs(struct run *r, tid t)
{
	const struct term *x = term(r->p, t);
	bool element;
	sd_sym var;

	x = x->kind == T_LOAD ? term(r->p, x->a) : x;
	var = x->kind == T_FIELD ? variable_of(r, x, &element) : 0;
	if (!var || element || !slot_is_static(r->p, var, x->rec, x->s))
		return S_ALL;
	return slot_is_initialised(r->p, var, x->rec, x->s) ? S_POS : S_ZERO;
}

void collect_targets(struct run *r, const struct state *s, sd_vid v, unsigned nargs, GArray *out, sd_sym *slot, unsigned depth)
{
	const struct sd_val *x = &r->f->ir->vals[v];
	tid t = eval(r, s, v);
	sd_sym key;

	if (term(r->p, t)->kind == T_FUNC) {
		uint32_t fn = func_find(r->p, term(r->p, t)->s);

		if (fn) {
			fn--;
			g_array_append_val(out, fn);
		}
		return;
	}
	if (x->kind == SD_V_PHI && term(r->p, t)->kind == T_OPAQUE && depth < 4) {
		for (uint32_t i = 0; i < x->b; i++)
			collect_targets(r, s, r->f->ir->ops[x->a + i].val, nargs, out, slot, depth + 1);
		return;
	}
	key = slot_of_term(r, t);
	add_targets(r, key ? key : slot_of_value(r->p, r->f, r->in->fn, v), nargs, out, slot);
}

/* A member's address, for what the caller knows of it: bindings looked through. */
static const struct term *member_address(struct run *r, const struct state *s, uint32_t ev, unsigned k)
{
	const struct term *x = term(r->p, known_path(r->p, r->in, arg_term(r, s, ev, k)));

	return x->kind == T_FIELD ? x : NULL;
}

static bool takes_other_container(struct run *r, const struct state *s, uint32_t ev, const struct func *f)
{
	for (uint32_t k = 0; f->container && k < f->ir->nparams; k++) {
		const struct chain_step *c = &f->container[k];
		const struct term *x = c->member ? member_address(r, s, ev, k) : NULL;

		if (x && (x->rec != c->rec || x->s != c->member))
			return true;
	}
	return false;
}

void drop_other_containers(struct run *r, const struct state *s, uint32_t ev, GArray *targets)
{
	guint n = 0;

	for (guint i = 0; i < targets->len; i++) {
		uint32_t t = g_array_index(targets, uint32_t, i);

		if (!takes_other_container(r, s, ev, func_at(r->p, t)))
			g_array_index(targets, uint32_t, n++) = t;
	}
	if (n)          /* else what we think to know of the argument is wrong */
		g_array_set_size(targets, n);
}
