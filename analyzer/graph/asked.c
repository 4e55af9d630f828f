/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * asked.c - which bits of an integer parameter decide anything, and which a lock or a sleep.
 *
 * A flags word is masked before it is tested: of GFP_KERNEL | __GFP_ZERO an allocator's locks ask whether it may
 * reclaim, and the rest makes no difference.  So of a constant only the bits are kept that somebody below tests: fewer
 * instances, which then have room for the flags that matter.  What is compared as a whole is asked for as a whole.
 *
 * Vital are those that decide whether a lock is taken, irqs are touched or somebody may sleep right there: when there
 * are too many constants still, these are what is kept (inst.c).
 *
 * From branches backwards over values, from parameters into callers' arguments, from results into callees: a fixpoint, bits
 * only grow.  What is not seen through asks for all bits.
 *
 * Requires: slots.  Sets: func.asked, func.vital.
 */
#include <string.h>
#include "model.h"

#define WHOLE UINT64_MAX

/* What is asked for decides something in the function itself, or goes into its result. */
enum { INSIDE, RESULT };

static bool ask(struct prog *p, struct func *f, uint32_t fi, sd_vid v, uint64_t mask, int how);

static bool ask_param(struct func *f, uint64_t k, uint64_t mask, int how)
{
	uint64_t *to = how == RESULT ? f->flows : f->asked;

	if (k >= f->ir->nparams || (to[k] & mask) == mask)
		return false;
	to[k] |= mask;
	return true;
}

/* Of a callee's arguments what goes into its result: the same bits where it only masks and unites them. */
static bool ask_returned(struct prog *p, struct func *f, uint32_t fi, const struct sd_event *e, const struct func *g, uint64_t mask, int how)
{
	bool changed = false;

	if (g->is_api)
		return false;
	if (g->computes && how == RESULT && !f->computes)
		f->computes = changed = true;
	for (uint32_t k = 0; k < e->nargs && k < g->ir->nparams; k++)
		changed |= ask(p, f, fi, f->ir->ops[e->arg0 + k].val, g->computes ? g->flows[k] : g->flows[k] & mask, how);
	return changed;
}

/* What a call returned: its argument by the rules, or what the callees return. */
static bool ask_call(struct prog *p, struct func *f, uint32_t fi, const struct sd_event *e, uint64_t mask, int how)
{
	struct sd_rule *const *r = e->callee ? rules_of(p, plain_name(p, e->callee)) : NULL;
	uint32_t fn = e->callee ? func_find(p, e->callee) : 0;
	const GArray *set = e->callee ? NULL : slot_targets(p, slot_of_value(p, f, fi, e->target));
	bool changed = fn && ask_returned(p, f, fi, e, func_at(p, fn - 1), mask, how);

	for (; r && *r; r++)
		if ((*r)->word == SD_R_SAME && (*r)->same.kind == SD_O_ARG && (*r)->same.arg < e->nargs)
			changed |= ask(p, f, fi, f->ir->ops[e->arg0 + (*r)->same.arg].val, mask, how);
	for (guint i = 0; set && i < set->len; i++)
		changed |= ask_returned(p, f, fi, e, func_at(p, g_array_index(set, uint32_t, i)), mask, how);
	return changed;
}

static bool ask_op(struct prog *p, struct func *f, uint32_t fi, const struct sd_val *x, uint64_t mask, int how)
{
	const struct sd_val *a = &f->ir->vals[x->a], *b = &f->ir->vals[x->b];
	uint64_t left = WHOLE, right = WHOLE;
	bool changed = false;

	switch (x->op) {
	case SD_OP_BITAND:
		left = b->kind == SD_V_CONST ? mask & (uint64_t)b->num : mask;
		right = a->kind == SD_V_CONST ? mask & (uint64_t)a->num : mask;
		break;
	case SD_OP_BITOR: case SD_OP_BITXOR: case SD_OP_COMPL:
		left = right = mask;
		break;
	default:
		changed = how == RESULT && !f->computes;
		f->computes |= how == RESULT;
		break;
	}
	changed |= ask(p, f, fi, x->a, left, how);
	return ask(p, f, fi, x->b, right, how) || changed;
}

static bool ask(struct prog *p, struct func *f, uint32_t fi, sd_vid v, uint64_t mask, int how)
{
	const struct sd_val *x = &f->ir->vals[v];
	uint64_t *known = &f->value_asked[2 * v + (unsigned)how];
	bool changed = false;
	sd_vid stored;

	if ((*known & mask) == mask)
		return false;
	*known |= mask;
	switch (x->kind) {
	case SD_V_PARAM: return ask_param(f, (uint64_t)x->num, mask, how);
	case SD_V_OP: return ask_op(p, f, fi, x, mask, how);
	case SD_V_CALL: return ask_call(p, f, fi, &f->ir->events[x->num], mask, how);
	case SD_V_LOAD: return local_stored(f, x->a, &stored) && ask(p, f, fi, stored, mask, how);
	case SD_V_PHI:
		for (uint32_t i = 0; i < x->b; i++)
			changed |= ask(p, f, fi, f->ir->ops[x->a + i].val, mask, how);
		return changed;
	default: return false;
	}
}

static uint64_t asked_by(const struct func *g, uint32_t k)
{
	return k < g->ir->nparams && !g->is_api ? g->asked[k] : 0;
}

/* What the rules of a function look at in its argument @k. */
static uint64_t asked_by_rules(struct sd_rule *const *r, uint32_t k)
{
	uint64_t mask = 0;

	for (; r && *r; r++) {
		const struct sd_cond *c = &(*r)->when;

		if (c->cmp != SD_CMP_ALWAYS && c->opnd.kind == SD_O_ARG && c->opnd.arg == k)
			mask |= c->cmp == SD_CMP_MASK || c->cmp == SD_CMP_NMASK ? (uint64_t)c->num : WHOLE;
		if (((*r)->has_subclass && (*r)->subclass.arg == k) || ((*r)->has_mode_arg && (*r)->mode_arg.arg == k) ||
		    ((*r)->has_nest && (*r)->nest.arg == k))
			mask = WHOLE;
	}
	return mask;
}

/* Bits that a call asks of its argument @k; all of them when nobody knows the callee. */
static uint64_t asked_of(struct prog *p, const struct func *f, uint32_t fi, const struct sd_event *e, uint32_t k)
{
	const GArray *set;
	uint64_t mask = 0;
	uint32_t fn;

	if (e->callee) {
		fn = func_find(p, e->callee);
		return (fn ? asked_by(func_at(p, fn - 1), k) : 0) | asked_by_rules(rules_of(p, plain_name(p, e->callee)), k);
	}
	set = slot_targets(p, slot_of_value(p, f, fi, e->target));
	if (!set)
		return WHOLE;
	for (guint i = 0; i < set->len && mask != WHOLE; i++)
		mask |= asked_by(func_at(p, g_array_index(set, uint32_t, i)), k);
	return mask;
}

static bool ask_arguments(struct prog *p, struct func *f, uint32_t fi, const struct sd_event *e)
{
	const struct sd_fn *ir = f->ir;
	bool changed = false;

	for (uint32_t k = 0; k < e->nargs; k++) {
		sd_vid v = ir->ops[e->arg0 + k].val;

		if (ir->vals[v].kind != SD_V_CONST && f->value_asked[2 * v] != WHOLE)
			changed |= ask(p, f, fi, v, asked_of(p, f, fi, e, k), INSIDE);
	}
	return changed;
}

/* Does a rule say that the event takes or gives back a lock, touches irqs or sleeps? */
static bool is_effect(struct prog *p, const struct sd_event *e)
{
	struct sd_rule *const *r = e->kind == SD_E_CALL && e->callee ? rules_of(p, plain_name(p, e->callee)) : NULL;

	for (; r && *r; r++)
		if ((*r)->word <= SD_R_IRQ || (*r)->word == SD_R_SLEEP)
			return true;
	return false;
}

/* ... or is it a call of a function in which that is so? */
static bool has_effect(struct prog *p, const struct sd_event *e)
{
	uint32_t fn = e->kind == SD_E_CALL && e->callee ? func_find(p, e->callee) : 0;

	return is_effect(p, e) || (fn && func_at(p, fn - 1)->has_effect);
}

static void find_effects(struct prog *p)
{
	for (uint32_t i = 0; i < p->fns->len; i++) {
		struct func *f = func_at(p, i);

		for (uint32_t k = 0; k < f->ir->nevents && !f->has_effect; k++)
			f->has_effect = is_effect(p, &f->ir->events[k]);
	}
}

/* Is there such an event in the block that the branch leads to, or in the next ones while there is but one way to go? */
static bool leads_to_effect(struct prog *p, const struct sd_fn *ir, uint32_t b)
{
	for (unsigned n = 0; n < 4 && b < ir->nblocks; n++) {
		const struct sd_block *bl = &ir->blocks[b];

		for (uint32_t i = 0; i < bl->nev; i++)
			if (has_effect(p, &ir->events[bl->ev0 + i]))
				return true;
		if (bl->nsucc != 1)
			return false;
		b = ir->succs[bl->succ0].block;
	}
	return false;
}

static bool decides(struct prog *p, const struct sd_fn *ir, const struct sd_block *bl)
{
	for (uint32_t k = 0; k < bl->nsucc; k++)
		if (leads_to_effect(p, ir, ir->succs[bl->succ0 + k].block))
			return true;
	return false;
}

static bool ask_of_function(struct prog *p, uint32_t fi, bool first, bool vital)
{
	struct func *f = func_at(p, fi);
	const struct sd_fn *ir = f->ir;
	bool changed = false;

	for (uint32_t b = 0; b < ir->nblocks; b++)
		if (ir->blocks[b].term == SD_TERM_RETURN)
			changed |= ask(p, f, fi, ir->blocks[b].cond, WHOLE, RESULT);
		else if (first && (!vital || decides(p, ir, &ir->blocks[b])))
			changed |= ask(p, f, fi, ir->blocks[b].cond, WHOLE, INSIDE);
	for (uint32_t i = 0; i < ir->nevents; i++)
		if (ir->events[i].kind == SD_E_CALL)
			changed |= ask_arguments(p, f, fi, &ir->events[i]);
	for (uint32_t v = 1; v < ir->nvals && !first; v++)      /* what callees return may have become more */
		for (int how = INSIDE; how <= RESULT && ir->vals[v].kind == SD_V_CALL; how++)
			if (f->value_asked[2 * v + (unsigned)how])
				changed |= ask_call(p, f, fi, &ir->events[ir->vals[v].num], f->value_asked[2 * v + (unsigned)how], how);
	return changed;
}

/* One round over the functions that are due; who comes to ask more makes its callers due. */
static bool ask_all(struct prog *p, bool first, bool vital, const struct callers *c, bool *due)
{
	bool more = false;

	for (uint32_t i = p->fns->len; i-- > 0; ) {
		bool asks = (first || due[i]) && ask_of_function(p, i, first, vital);

		due[i] = false;
		for (uint32_t k = c->first[i]; asks && k < c->first[i + 1]; k++)
			due[c->who[k]] = more = true;
	}
	return more;
}

static void find_bits(struct prog *p, bool vital, const struct callers *c)
{
	bool *due = g_new0(bool, p->fns->len + 1), first = true;

	for (uint32_t i = 0; i < p->fns->len; i++) {
		struct func *f = func_at(p, i);

		f->asked = sd_arena_alloc(p->arena, (f->ir->nparams + 1) * sizeof(*f->asked));
		f->flows = g_new0(uint64_t, f->ir->nparams + 1u);
		f->value_asked = g_new0(uint64_t, 2 * (f->ir->nvals + 1));
		f->computes = false;
	}
	while (ask_all(p, first, vital, c, due))
		first = false;
	g_free(due);
	for (uint32_t i = 0; i < p->fns->len; i++) {
		struct func *f = func_at(p, i);

		for (uint32_t k = 0; k < f->ir->nparams; k++)
			f->asked[k] |= f->flows[k];
		g_clear_pointer(&f->value_asked, g_free);
		g_clear_pointer(&f->flows, g_free);
	}
}

void find_asked_bits(struct prog *p, const struct callers *c)
{
	find_effects(p);
	find_bits(p, true, c);
	for (uint32_t i = 0; i < p->fns->len; i++)
		func_at(p, i)->vital = func_at(p, i)->asked;
	find_bits(p, false, c);
}
