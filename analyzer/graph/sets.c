/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sets.c - what a helper surely leaves in a record that it is given.
 *
 * `static void start(struct audit *a, struct net *n) { a->type = NET; a->net = n; }`: for a caller whose own record that is, the
 * call is as good as the stores (told.c).  A SET is a member of a parameter that gets a constant, or another parameter, on every
 * path, from one place of the function: its own store, or a call of a function with such a set.  Only of parameters that
 * somebody gives a record of his own.
 *
 * Requires: load.  Sets: func.sets.
 */
#include <string.h>
#include "told.h"

#define MAX_SETS 16             /* of a function */

/* What @e hands on of records of its function's own, of which @own are the parameters that it was given so. */
static void give(const struct sd_fn *ir, const struct sd_event *e, uint64_t own, uint64_t *to)
{
	for (uint32_t j = 0; j < e->nargs && j < 64; j++) {
		const struct sd_val *x = &ir->vals[ir->ops[e->arg0 + j].val];

		if (x->kind == SD_V_ADDRLOCAL || (x->kind == SD_V_PARAM && x->num < 64 && own >> x->num & 1))
			*to |= UINT64_C(1) << j;
	}
}

uint64_t *find_given(struct prog *p)
{
	uint64_t *given = g_new0(uint64_t, p->fns->len + 1);
	bool *due = g_malloc(p->fns->len + 1), again = true;

	memset(due, true, p->fns->len + 1);
	while (again) {
		again = false;
		for (uint32_t i = 0; i < p->fns->len; i++) {
			const struct sd_fn *ir = func_at(p, i)->ir;
			bool look = due[i];

			due[i] = false;
			for (uint32_t k = 0; look && k < ir->nevents; k++) {
				const struct sd_event *e = &ir->events[k];
				uint32_t fn = e->kind == SD_E_CALL && e->callee ? func_find(p, e->callee) : 0;
				uint64_t to = fn ? given[fn - 1] : 0;

				if (!fn)
					continue;
				give(ir, e, given[i], &to);
				if (to != given[fn - 1])
					due[fn - 1] = again = true;
				given[fn - 1] = to;
			}
		}
	}
	g_free(due);
	return given;
}

static bool always_happens(const struct sd_fn *ir, uint32_t ev)
{
	bool returns = false;

	for (uint32_t b = 0; b < ir->nblocks; b++) {
		if (ir->blocks[b].term != SD_TERM_RETURN)
			continue;
		returns = true;
		if (!happened(ir, ev, b, UINT32_MAX))
			return false;
	}
	return returns;
}

static bool same_step(const struct chain_step *a, const struct chain_step *b)
{
	return a->rec == b->rec && a->member == b->member;
}

/* Callee @g stores to the like of that member of what it is given; a full list does not say. */
static bool callee_stores(const struct func *g, const struct chain_step *last)
{
	for (guint i = 0; g->stored && i < g->stored->len; i++) {
		const struct want *w = &g_array_index(g->stored, struct want, i);

		if (g->stored->len == MAX_WANTS || same_step(&w->step[w->n - 1], last))
			return true;
	}
	return false;
}

/* Does something in @f other than event @but store to the like of that member? */
static bool stored_elsewhere(struct prog *p, const struct func *f, uint32_t but, const struct chain_step *last)
{
	for (uint32_t i = 0; i < f->ir->nevents; i++) {
		const struct sd_event *e = &f->ir->events[i];
		const struct sd_val *x = &f->ir->vals[e->target];
		uint32_t fn = e->kind == SD_E_CALL && e->callee ? func_find(p, e->callee) : 0;

		if (i != but && (fn ? callee_stores(func_at(p, fn - 1), last) :
				 e->kind == SD_E_STORE && x->kind == SD_V_FIELD && x->rec == last->rec && x->sym == last->member))
			return true;
	}
	return false;
}

static bool add_set(struct prog *p, struct func *f, uint32_t ev, const struct set *s)
{
	if (!f->sets)
		f->sets = g_array_new(FALSE, FALSE, sizeof(struct set));
	for (guint i = 0; i < f->sets->len; i++) {
		const struct set *old = &g_array_index(f->sets, struct set, i);

		if (old->param == s->param && old->n == s->n && !memcmp(old->step, s->step, s->n * sizeof(s->step[0])))
			return false;
	}
	if (f->sets->len == MAX_SETS || stored_elsewhere(p, f, ev, &s->step[s->n - 1]) || !always_happens(f->ir, ev))
		return false;
	g_array_append_vals(f->sets, s, 1);
	return true;
}

/* Member @below of the object at value @v, as one of a parameter: false when it is none that is given. */
static bool place(const struct func *f, sd_vid v, uint64_t given, const struct chain_step *below, unsigned n, struct set *s)
{
	struct want w;
	sd_vid root;

	if (!chain_of(f->ir, v, &w, &root) || w.load || w.n + n > STEPS || w.n + n == 0 || f->ir->vals[root].kind != SD_V_PARAM ||
	    f->ir->vals[root].num >= 64 || !(given >> f->ir->vals[root].num & 1))
		return false;
	s->param = (uint8_t)f->ir->vals[root].num;
	s->n = (uint8_t)(w.n + n);
	memcpy(s->step, w.step, w.n * sizeof(s->step[0]));
	if (n)
		memcpy(&s->step[w.n], below, n * sizeof(s->step[0]));
	return true;
}

static bool value(const struct func *f, sd_vid v, struct set *s)
{
	const struct sd_val *x = &f->ir->vals[v];

	s->num = x->num;
	s->from_param = x->kind == SD_V_PARAM;
	return x->kind == SD_V_CONST || x->kind == SD_V_PARAM;
}

static bool set_by_callee(struct prog *p, struct func *f, uint32_t ev, const struct func *g, uint64_t given)
{
	const struct sd_event *e = &f->ir->events[ev];
	bool changed = false;

	for (guint i = 0; g != f && g->sets && i < g->sets->len; i++) {
		const struct set *below = &g_array_index(g->sets, struct set, i);
		struct set s = { .num = below->num };

		if (below->param >= e->nargs || (below->from_param && below->num >= e->nargs) ||
		    !place(f, f->ir->ops[e->arg0 + below->param].val, given, below->step, below->n, &s))
			continue;
		if (!below->from_param || value(f, f->ir->ops[e->arg0 + below->num].val, &s))
			changed |= add_set(p, f, ev, &s);
	}
	return changed;
}

static bool sets_of(struct prog *p, struct func *f, uint64_t given)
{
	bool changed = false;

	for (uint32_t i = 0; i < f->ir->nevents; i++) {
		const struct sd_event *e = &f->ir->events[i];
		uint32_t fn = e->kind == SD_E_CALL && e->callee ? func_find(p, e->callee) : 0;
		struct set s = { 0 };

		if (fn)
			changed |= set_by_callee(p, f, i, func_at(p, fn - 1), given);
		else if (e->kind == SD_E_STORE && place(f, e->target, given, NULL, 0, &s) && value(f, e->value, &s))
			changed |= add_set(p, f, i, &s);
	}
	return changed;
}

static bool look_at(struct prog *p, uint32_t fi, void *arg)
{
	const uint64_t *given = arg;

	return given[fi] && !func_at(p, fi)->is_api && sets_of(p, func_at(p, fi), given[fi]);
}

void find_sets(struct prog *p, const struct callers *c, uint64_t *given)
{
	for (uint32_t i = 0; i < p->fns->len; i++)
		g_clear_pointer(&func_at(p, i)->sets, g_array_unref);
	look_upwards_by_number(p, c, look_at, given);
}

tid set_by_call(struct run *r, const struct state *s, const struct sd_event *e, tid addr)
{
	uint32_t fn = e->callee ? func_find(r->p, e->callee) : 0;
	const struct func *g = fn ? func_at(r->p, fn - 1) : NULL;

	for (guint i = 0; g && g->sets && i < g->sets->len; i++) {
		const struct set *set = &g_array_index(g->sets, struct set, i);
		tid t = set->param < e->nargs ? eval(r, s, r->f->ir->ops[e->arg0 + set->param].val) : 0;

		for (unsigned k = 0; t && k < set->n; k++)
			t = mk_field(r->p, t, set->step[k].rec, set->step[k].member, field_type(r->p, set->step[k].rec, set->step[k].member));
		if (!t || t != addr)
			continue;
		if (!set->from_param)
			return mk_const(r->p, set->num);
		return set->num < e->nargs ? eval_plain(r, s, r->f->ir->ops[e->arg0 + set->num].val) : 0;
	}
	return 0;
}
