/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * asked.c - which bits of an integer parameter decide anything, and which a lock or a sleep.
 *
 * A flags word is masked before it is tested: of GFP_KERNEL | __GFP_ZERO an allocator's locks ask whether it may
 * reclaim, and the rest makes no difference.  So of a constant only the bits are kept that somebody below tests: fewer
 * instances, which then have room for the flags that matter.  What is compared as a whole is asked for as a whole.
 *
 * Vital are those that decide whether a lock is taken, irqs are touched or somebody may sleep right there: when there
 * are too many constants still, these are what is kept (inst.c).  Loads that such a decision
 * comes from are telling: worth knowing beforehand (reads.c).
 *
 * From branches backwards over values, from parameters into callers' arguments, from results into callees: a fixpoint, bits
 * only grow.  What is not seen through asks for all bits.
 *
 * Requires: slots.  Sets: func.asked, func.vital, func.telling.
 */
#include <string.h>
#include "model.h"

#define WHOLE UINT64_MAX

/* What is asked for decides something in the function itself, or goes into its result. */
enum { INSIDE, RESULT };

/* Of one function, while it is found out. */
struct inquiry {
	uint64_t *asked;        /* [parameter] */
	uint64_t *flows;        /* [parameter]: bits that go into the result */
	uint64_t *known;        /* [2 * value + how]: done */
	bool wanted;            /* somebody decides by the result */
	bool computes;          /* the result is more than bits of parameters, masked and united */
};

/* Both inquiries run at once: each has its own, and only reads the program. */
struct inquiries { struct prog *p; struct inquiry *of; };       /* [function] */

static bool ask(struct inquiries *q, uint32_t fi, sd_vid v, uint64_t mask, int how);

static const struct sd_fn *ir_of(const struct inquiries *q, uint32_t fi)
{
	return func_at(q->p, fi)->ir;
}

static bool ask_param(struct inquiries *q, uint32_t fi, uint64_t k, uint64_t mask, int how)
{
	uint64_t *to = how == RESULT ? q->of[fi].flows : q->of[fi].asked;

	if (k >= ir_of(q, fi)->nparams || (to[k] & mask) == mask)
		return false;
	to[k] |= mask;
	return true;
}

/* Of a callee's arguments what goes into its result: the same bits where it only masks and unites them. */
static bool ask_returned(struct inquiries *q, uint32_t fi, const struct sd_event *e, uint32_t callee, uint64_t mask, int how)
{
	const struct func *g = func_at(q->p, callee);
	const struct inquiry *below = &q->of[callee];
	bool changed = false;

	if (g->is_api)
		return false;
	if (below->computes && how == RESULT && !q->of[fi].computes)
		q->of[fi].computes = changed = true;
	for (uint32_t k = 0; k < e->nargs && k < g->ir->nparams; k++)
		changed |= ask(q, fi, ir_of(q, fi)->ops[e->arg0 + k].val, below->computes ? below->flows[k] : below->flows[k] & mask, how);
	return changed;
}

static const GArray *targets_of(struct inquiries *q, uint32_t fi, const struct sd_event *e)
{
	return slot_targets(q->p, slot_of_value(q->p, func_at(q->p, fi), fi, e->target));
}

/* What a call returned: its argument by the rules, or what the callees return. */
static bool ask_call(struct inquiries *q, uint32_t fi, const struct sd_event *e, uint64_t mask, int how)
{
	struct sd_rule *const *r = e->callee ? rules_of(q->p, plain_name(q->p, e->callee)) : NULL;
	uint32_t fn = e->callee ? func_find(q->p, e->callee) : 0;
	const GArray *set = e->callee ? NULL : targets_of(q, fi, e);
	bool changed = fn && ask_returned(q, fi, e, fn - 1, mask, how);

	for (; r && *r; r++)
		if ((*r)->word == SD_R_SAME && (*r)->same.kind == SD_O_ARG && (*r)->same.arg < e->nargs)
			changed |= ask(q, fi, ir_of(q, fi)->ops[e->arg0 + (*r)->same.arg].val, mask, how);
	for (guint i = 0; set && i < set->len; i++)
		changed |= ask_returned(q, fi, e, g_array_index(set, uint32_t, i), mask, how);
	return changed;
}

static bool ask_op(struct inquiries *q, uint32_t fi, const struct sd_val *x, uint64_t mask, int how)
{
	const struct sd_val *a = &ir_of(q, fi)->vals[x->a], *b = &ir_of(q, fi)->vals[x->b];
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
		changed = how == RESULT && !q->of[fi].computes;
		q->of[fi].computes |= how == RESULT;
		break;
	}
	changed |= ask(q, fi, x->a, left, how);
	return ask(q, fi, x->b, right, how) || changed;
}

static bool ask(struct inquiries *q, uint32_t fi, sd_vid v, uint64_t mask, int how)
{
	const struct func *f = func_at(q->p, fi);
	const struct sd_val *x = &f->ir->vals[v];
	uint64_t *known = &q->of[fi].known[2 * v + (unsigned)how];
	bool changed = false;
	sd_vid stored;

	if ((*known & mask) == mask)
		return false;
	*known |= mask;
	switch (x->kind) {
	case SD_V_PARAM: return ask_param(q, fi, (uint64_t)x->num, mask, how);
	case SD_V_OP: return ask_op(q, fi, x, mask, how);
	case SD_V_CALL: return ask_call(q, fi, &f->ir->events[x->num], mask, how);
	case SD_V_LOAD: return local_stored(f, x->a, &stored) && ask(q, fi, stored, mask, how);
	case SD_V_PHI:
		for (uint32_t i = 0; i < x->b; i++)
			changed |= ask(q, fi, f->ir->ops[x->a + i].val, mask, how);
		return changed;
	default: return false;
	}
}

static uint64_t asked_by(const struct inquiries *q, uint32_t callee, uint32_t k)
{
	const struct func *g = func_at(q->p, callee);

	return k < g->ir->nparams && !g->is_api ? q->of[callee].asked[k] : 0;
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
static uint64_t asked_of(struct inquiries *q, uint32_t fi, const struct sd_event *e, uint32_t k)
{
	const GArray *set;
	uint64_t mask = 0;
	uint32_t fn;

	if (e->callee) {
		fn = func_find(q->p, e->callee);
		return (fn ? asked_by(q, fn - 1, k) : 0) | asked_by_rules(rules_of(q->p, plain_name(q->p, e->callee)), k);
	}
	set = targets_of(q, fi, e);
	if (!set)
		return WHOLE;
	for (guint i = 0; i < set->len && mask != WHOLE; i++)
		mask |= asked_by(q, g_array_index(set, uint32_t, i), k);
	return mask;
}

static bool ask_arguments(struct inquiries *q, uint32_t fi, const struct sd_event *e)
{
	const struct sd_fn *ir = ir_of(q, fi);
	bool changed = false;

	for (uint32_t k = 0; k < e->nargs; k++) {
		sd_vid v = ir->ops[e->arg0 + k].val;

		if (ir->vals[v].kind != SD_V_CONST && q->of[fi].known[2 * v] != WHOLE)
			changed |= ask(q, fi, v, asked_of(q, fi, e, k), INSIDE);
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

static bool ask_of_function(struct inquiries *q, uint32_t fi, bool first, bool vital)
{
	const struct sd_fn *ir = ir_of(q, fi);
	const uint64_t *known = q->of[fi].known;
	bool changed = false;

	for (uint32_t b = 0; b < ir->nblocks; b++)
		if (ir->blocks[b].term == SD_TERM_RETURN)
			changed |= ask(q, fi, ir->blocks[b].cond, WHOLE, RESULT);
		else if (first && (!vital || decides(q->p, ir, &ir->blocks[b])))
			changed |= ask(q, fi, ir->blocks[b].cond, WHOLE, INSIDE);
	for (uint32_t i = 0; i < ir->nevents; i++)
		if (ir->events[i].kind == SD_E_CALL)
			changed |= ask_arguments(q, fi, &ir->events[i]);
	for (uint32_t v = 1; v < ir->nvals && !first; v++)      /* what callees return may have become more */
		for (int how = INSIDE; how <= RESULT && ir->vals[v].kind == SD_V_CALL; how++)
			if (known[2 * v + (unsigned)how])
				changed |= ask_call(q, fi, &ir->events[ir->vals[v].num], known[2 * v + (unsigned)how], how);
	return changed;
}

/* One round over the functions that are due; who comes to ask more makes its callers due. */
static bool ask_all(struct inquiries *q, bool first, bool vital, const struct callers *c, bool *due)
{
	bool more = false;

	for (uint32_t n = 0; n < q->p->fns->len; n++) {
		uint32_t i = c->upward[n];
		bool asks = (first || due[i]) && ask_of_function(q, i, first, vital);

		due[i] = false;
		for (uint32_t k = c->first[i]; asks && k < c->first[i + 1]; k++)
			due[c->who[k]] = more = true;
	}
	return more;
}

/* Room for all of them at once.  Cleared by hand: what is read before it is written would be faulted in twice, the second time with all processors. */
static uint64_t *lay_out(struct inquiries *q)
{
	size_t n = 0;
	uint64_t *words, *w;

	for (uint32_t i = 0; i < q->p->fns->len; i++)
		n += 2 * (size_t)ir_of(q, i)->nvals + ir_of(q, i)->nparams;
	w = words = g_new(uint64_t, n + 1);
	memset(words, 0, (n + 1) * sizeof(*words));
	for (uint32_t i = 0; i < q->p->fns->len; i++) {
		q->of[i].flows = w, w += ir_of(q, i)->nparams;
		q->of[i].known = w, w += 2 * (size_t)ir_of(q, i)->nvals;
	}
	return words;
}

static void want_result(struct inquiries *q, uint32_t fn, GArray *todo)
{
	if (q->of[fn].wanted)
		return;
	q->of[fn].wanted = true;
	g_array_append_val(todo, fn);
}

/* Whose result @fi decides by, or returns where its own is wanted. */
static void want_results_of_callees(struct inquiries *q, uint32_t fi, GArray *todo)
{
	const struct sd_fn *ir = ir_of(q, fi);
	const uint64_t *known = q->of[fi].known;

	for (uint32_t v = 1; v < ir->nvals; v++) {
		const struct sd_event *e = &ir->events[ir->vals[v].kind == SD_V_CALL ? ir->vals[v].num : 0];
		const GArray *set;
		uint32_t fn;

		if (ir->vals[v].kind != SD_V_CALL || !(known[2 * v + INSIDE] || (q->of[fi].wanted && known[2 * v + RESULT])))
			continue;
		fn = e->callee ? func_find(q->p, e->callee) : 0;
		set = e->callee ? NULL : targets_of(q, fi, e);
		if (fn)
			want_result(q, fn - 1, todo);
		for (guint i = 0; set && i < set->len; i++)
			want_result(q, g_array_index(set, uint32_t, i), todo);
	}
}

static void note_telling(struct inquiries *q)
{
	GArray *todo = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (uint32_t i = 0; i < q->p->fns->len; i++)
		want_results_of_callees(q, i, todo);
	for (guint i = 0; i < todo->len; i++)
		want_results_of_callees(q, g_array_index(todo, uint32_t, i), todo);
	for (uint32_t i = 0; i < q->p->fns->len; i++) {
		const struct inquiry *of = &q->of[i];
		uint32_t n = ir_of(q, i)->nvals;
		bool *telling = func_at(q->p, i)->telling = g_new(bool, n);

		for (uint32_t v = 0; v < n; v++)
			telling[v] = of->known[2 * v + INSIDE] || (of->wanted && of->known[2 * v + RESULT]);
	}
	g_array_free(todo, TRUE);
}

static void find_bits(struct prog *p, bool vital, const struct callers *c)
{
	struct inquiries q = { p, g_new0(struct inquiry, p->fns->len + 1) };
	bool *due = g_new0(bool, p->fns->len + 1), first = true;
	uint64_t *words = lay_out(&q);

	for (uint32_t i = 0; i < p->fns->len; i++)
		q.of[i].asked = vital ? func_at(p, i)->vital : func_at(p, i)->asked;
	while (ask_all(&q, first, vital, c, due))
		first = false;
	for (uint32_t i = 0; i < p->fns->len; i++)
		for (uint32_t k = 0; k < ir_of(&q, i)->nparams; k++)
			q.of[i].asked[k] |= q.of[i].flows[k];
	if (vital)
		note_telling(&q);
	g_free(due), g_free(words), g_free(q.of);
}

void prepare_asked_bits(struct prog *p)
{
	find_effects(p);
	for (uint32_t i = 0; i < p->fns->len; i++) {
		struct func *f = func_at(p, i);

		f->asked = sd_arena_alloc(p->arena, (f->ir->nparams + 1) * sizeof(*f->asked));
		f->vital = sd_arena_alloc(p->arena, (f->ir->nparams + 1) * sizeof(*f->vital));
	}
}

void find_vital_bits(struct prog *p, const struct callers *c) { find_bits(p, true, c); }
void find_asked_bits(struct prog *p, const struct callers *c) { find_bits(p, false, c); }
