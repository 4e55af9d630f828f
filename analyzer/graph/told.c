/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * told.c - what a caller knows of members of an object that it hands over.
 *
 * `a.type = NET; audit(&a);` and `if (h->stopped) resume(h);`: the callee branches on a member whose value its caller
 * has stored, or has just tested.  A function's WANTS are the members of its parameters that it branches on: of those
 * that it tests itself an instance may know the sign that the caller's own test has left; of those that callers keep
 * in a record of their own, or in one that this points to, a constant, through any number of calls.
 *
 * Both are conditions of the instance (inst.cond): a constant is `(member == n) != 0`, told where no callee stores to the
 * like.  As everywhere, what other CPUs store meanwhile is not seen (DESIGN.md, section 12).
 *
 * Requires: relevant.  Sets: func.wants; func.told, when a function is prepared.
 */
#include <string.h>
#include "told.h"

struct told { uint32_t ev; uint16_t fact; };    /* the fact may say what the callee of this call wants */

/* A pointer that is kept in a member, before any store to the like. */
static bool is_kept_pointer(const struct sd_fn *ir, sd_vid v)
{
	return ir->vals[v].kind == SD_V_LOAD && !ir->vals[v].num && ir->vals[ir->vals[v].a].kind == SD_V_FIELD;
}

bool chain_of(const struct sd_fn *ir, sd_vid v, struct want *w, sd_vid *root)
{
	unsigned after = 0;

	w->n = 0;
	for (;; v = ir->vals[v].a) {
		if (!after && w->n && is_kept_pointer(ir, v)) {
			after = w->n;
			continue;
		}
		if (ir->vals[v].kind != SD_V_FIELD)
			break;
		if (w->n == STEPS)
			return false;
		memmove(&w->step[1], &w->step[0], w->n * sizeof(w->step[0]));
		w->step[0] = (struct chain_step){ ir->vals[v].rec, ir->vals[v].sym };
		w->n++;
	}
	w->load = after ? (uint8_t)(w->n - after) : 0;
	*root = v;
	return true;
}

static bool same_steps(const struct want *a, const struct want *b)
{
	return a->n == b->n && a->load == b->load && !memcmp(a->step, b->step, a->n * sizeof(a->step[0]));
}

static bool add_want(GArray **list, const struct want *w)
{
	if (!*list)
		*list = g_array_new(FALSE, FALSE, sizeof(struct want));
	for (guint i = 0; i < (*list)->len; i++) {
		struct want *old = &g_array_index(*list, struct want, i);

		if (old->param != w->param || !same_steps(old, w))
			continue;
		old->own |= w->own;
		return false;
	}
	if ((*list)->len == MAX_WANTS)
		return false;
	g_array_append_vals(*list, w, 1);
	return true;
}

/* --- wants --- */

static gpointer member_key(const struct chain_step *s)
{
	return GSIZE_TO_POINTER((size_t)s->rec << 32 | s->member);
}

/* A member that told_members() knows; or any pointer of a record that it knows, through a pointer.  @stored: or any member of that. */
static bool is_told(GHashTable *members, const struct want *w, bool stored)
{
	const struct chain_step whole = { w->step[w->n - 1].rec, 0 };

	return ((w->load || stored) && g_hash_table_contains(members, member_key(&whole))) ||
	       (!w->load && g_hash_table_contains(members, member_key(&w->step[w->n - 1])));
}

static void want_tested(struct func *f, sd_vid v, GHashTable *members, unsigned depth)
{
	const struct sd_val *x = &f->ir->vals[v];
	struct want w = { .own = true };
	sd_vid root;

	if (x->kind == SD_V_OP && depth < 4) {
		want_tested(f, x->a, members, depth + 1);
		want_tested(f, x->b, members, depth + 1);
	} else if (x->kind == SD_V_LOAD && !x->num && chain_of(f->ir, x->a, &w, &root) && w.n && f->ir->vals[root].kind == SD_V_PARAM) {
		w.param = (uint8_t)f->ir->vals[root].num;
		if (f->ir->vals[root].num <= UINT8_MAX && (!w.load || (x->tkind == SD_T_PTR && is_told(members, &w, false))))
			add_want(&f->wants, &w);
	}
}

/* What a function sets in the records of its callers (sets.c). */
static void add_sets(const struct func *f, GHashTable *set)
{
	for (guint i = 0; f->sets && i < f->sets->len; i++) {
		const struct set *s = &g_array_index(f->sets, struct set, i);

		if (!s->from_param)
			g_hash_table_add(set, member_key(&s->step[s->n - 1]));
		else if (f->ir->params[s->num].type)
			g_hash_table_add(set, member_key(&(struct chain_step){ f->ir->params[s->num].type, 0 }));
	}
}

/* Members that some function keeps a constant in, of a record of its own; and records of its own that one points to. */
static GHashTable *told_members(struct prog *p)
{
	GHashTable *set = g_hash_table_new(hash_pair, NULL);

	for (uint32_t i = 0; i < p->fns->len; i++) {
		const struct sd_fn *ir = func_at(p, i)->ir;

		add_sets(func_at(p, i), set);
		for (uint32_t k = 0; k < ir->nevents; k++) {
			const struct sd_event *e = &ir->events[k];
			struct want w;
			sd_vid root;

			if (e->kind != SD_E_STORE || !chain_of(ir, e->target, &w, &root) || !w.n || w.load || ir->vals[root].kind != SD_V_ADDRLOCAL)
				continue;
			if (ir->vals[e->value].kind == SD_V_CONST)
				g_hash_table_add(set, member_key(&w.step[w.n - 1]));
			else if (ir->vals[e->value].kind == SD_V_ADDRLOCAL && ir->vals[e->value].type)
				g_hash_table_add(set, member_key(&(struct chain_step){ ir->vals[e->value].type, 0 }));
		}
	}
	return set;
}

/* What is wanted of the object at value @v is wanted of the parameter that it hangs from. */
static bool want_of_value(struct func *f, GArray **list, sd_vid v, const struct want *below, unsigned depth)
{
	const struct sd_val *x = &f->ir->vals[v];
	struct want w = { 0 };
	bool changed = false;
	sd_vid root;

	if (x->kind == SD_V_PHI && depth < 2) {
		for (uint32_t i = 0; i < x->b; i++)
			changed |= want_of_value(f, list, f->ir->ops[x->a + i].val, below, depth + 1);
		return changed;
	}
	if (!chain_of(f->ir, v, &w, &root) || f->ir->vals[root].kind != SD_V_PARAM || w.n + below->n > STEPS ||
	    f->ir->vals[root].num > UINT8_MAX || (w.load && below->load))
		return false;
	if (below->load)
		w.load = (uint8_t)(w.n + below->load);
	w.param = (uint8_t)f->ir->vals[root].num;
	memcpy(&w.step[w.n], below->step, below->n * sizeof(below->step[0]));
	w.n = (uint8_t)(w.n + below->n);
	return add_want(list, &w);
}

static bool from_callee(struct func *f, GArray **list, const struct sd_event *e, const GArray *below, GHashTable *members)
{
	bool changed = false;

	for (guint k = 0; below && below != *list && k < below->len; k++) {
		const struct want w = g_array_index(below, struct want, k);

		if (w.param < e->nargs && is_told(members, &w, list == &f->stored))
			changed |= want_of_value(f, list, f->ir->ops[e->arg0 + w.param].val, &w, 0);
	}
	return changed;
}

static bool from_callees(struct prog *p, struct func *f, GHashTable *members)
{
	bool changed = false;

	for (uint32_t i = 0; i < f->ir->nevents; i++) {
		const struct sd_event *e = &f->ir->events[i];
		uint32_t t = e->kind == SD_E_CALL && e->callee ? func_find(p, e->callee) : 0;
		const struct func *g = t ? func_at(p, t - 1) : NULL;

		if (g) {
			changed |= from_callee(f, &f->wants, e, g->wants, members);
			changed |= from_callee(f, &f->stored, e, g->stored, members);
		}
	}
	return changed;
}

/* Members of its parameters that a function stores to. */
static void find_stored(struct func *f, GHashTable *members)
{
	for (uint32_t i = 0; i < f->ir->nevents; i++) {
		const struct sd_event *e = &f->ir->events[i];
		struct want w = { 0 };
		sd_vid root;

		if (e->kind != SD_E_STORE || !chain_of(f->ir, e->target, &w, &root) || !w.n || f->ir->vals[root].kind != SD_V_PARAM ||
		    f->ir->vals[root].num > UINT8_MAX || !is_told(members, &w, true))
			continue;
		w.param = (uint8_t)f->ir->vals[root].num;
		add_want(&f->stored, &w);
	}
}

static bool look_at_callees(struct prog *p, uint32_t fi, void *members)
{
	return !func_at(p, fi)->is_api && from_callees(p, func_at(p, fi), members);
}

/* Grows to a fixpoint: at most MAX_WANTS of a function. */
void find_wants(struct prog *p, const struct callers *c)
{
	uint64_t *given = find_given(p);
	GHashTable *members;

	find_sets(p, c, given);
	members = told_members(p);
	for (uint32_t i = 0; i < p->fns->len; i++) {
		struct func *f = func_at(p, i);

		if (!f->is_api)
			find_stored(f, members);
		for (uint32_t b = 0; b < f->ir->nblocks && !f->is_api; b++)
			if (f->ir->blocks[b].term == SD_TERM_BRANCH || f->ir->blocks[b].term == SD_TERM_SWITCH)
				want_tested(f, f->ir->blocks[b].cond, members, 0);
	}
	look_upwards_by_number(p, c, look_at_callees, members);
	g_hash_table_destroy(members);
	find_sets(p, c, given); /* again: now it is known who else stores there */
	g_free(given);
}

bool wants_of_param(const struct func *f, uint32_t k)
{
	for (guint i = 0; f->wants && i < f->wants->len; i++)
		if (g_array_index(f->wants, struct want, i).param == k)
			return true;
	return false;
}

void free_wants(struct func *f)
{
	g_clear_pointer(&f->wants, g_array_unref);
	g_clear_pointer(&f->stored, g_array_unref);
	g_clear_pointer(&f->sets, g_array_unref);
	g_clear_pointer(&f->told, g_array_unref);
}

/* --- order in a function --- */

/* Is there a way from block @from to block @to, other than through @without?  UINT32_MAX: none is left out. */
static bool reaches(const struct sd_fn *ir, uint32_t from, uint32_t to, uint32_t without)
{
	uint8_t *seen = g_malloc0(ir->nblocks + 1u);
	GArray *todo = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	bool found = false;

	g_array_append_val(todo, from);
	while (todo->len && !found) {
		uint32_t b = g_array_index(todo, uint32_t, todo->len - 1);

		g_array_set_size(todo, todo->len - 1);
		for (uint32_t k = 0; k < ir->blocks[b].nsucc; k++) {
			uint32_t next = ir->succs[ir->blocks[b].succ0 + k].block;

			found |= next == to && next != without;
			if (!seen[next] && next != without)
				g_array_append_val(todo, next);
			seen[next] = 1;
		}
	}
	g_array_free(todo, TRUE);
	g_free(seen);
	return found;
}

bool happened(const struct sd_fn *ir, uint32_t ev, uint32_t b, uint32_t before)
{
	uint32_t at = block_of(ir, ev);

	return at == b ? ev < before : !at || (b && !reaches(ir, 0, b, at));
}

/* --- facts that callees want --- */

/* Some store to the like of the member may come between the caller's test and event @ev. */
static bool overwritten(const struct sd_fn *ir, const struct chain_step *s, uint32_t ev)
{
	for (uint32_t i = 0; i < ir->nevents; i++) {
		const struct sd_val *x = &ir->vals[ir->events[i].target];
		uint32_t at, b;

		if (ir->events[i].kind != SD_E_STORE || x->kind != SD_V_FIELD || x->rec != s->rec || x->sym != s->member)
			continue;
		at = block_of(ir, i);
		b = block_of(ir, ev);
		if ((at == b && i < ev) || reaches(ir, at, b, UINT32_MAX))
			return true;
	}
	return false;
}

/* The member that a condition is about: of a load, or of an operator on one and a constant; 0 none. */
static sd_vid load_in(const struct sd_fn *ir, sd_vid v)
{
	if (ir->vals[v].kind == SD_V_OP && (!ir->vals[v].b || ir->vals[ir->vals[v].b].kind == SD_V_CONST))
		v = ir->vals[v].a;
	return ir->vals[v].kind == SD_V_LOAD && ir->vals[ir->vals[v].a].kind == SD_V_FIELD ? v : 0;
}

/* Is load @v the member @w of the object at @arg? */
static bool is_wanted(const struct func *f, sd_vid v, const struct want *w, sd_vid arg)
{
	const struct sd_fn *ir = f->ir;

	v = ir->vals[v].a;
	for (unsigned i = w->n; i-- > 0; v = ir->vals[v].a)
		if (ir->vals[v].kind != SD_V_FIELD || ir->vals[v].rec != w->step[i].rec || ir->vals[v].sym != w->step[i].member)
			return false;
	return f->canon[v] == f->canon[arg];
}

/* The condition of block @b, where what it tests is what the callee of @ev wants: 0 else. */
static sd_vid told_by_block(struct func *f, uint32_t b, uint32_t ev, const struct func *g)
{
	const struct sd_event *e = &f->ir->events[ev];
	sd_vid v = f->ir->blocks[b].term == SD_TERM_BRANCH ? f->ir->blocks[b].cond : 0, load = v ? load_in(f->ir, v) : 0;

	for (guint k = 0; load && k < g->wants->len; k++) {
		const struct want *w = &g_array_index(g->wants, struct want, k);

		if (w->own && !w->load && w->param < e->nargs && is_wanted(f, load, w, f->ir->ops[e->arg0 + w->param].val) &&
		    !overwritten(f->ir, &w->step[w->n - 1], ev))
			return v;
	}
	return 0;
}

/* prepare.c: the values whose facts must live until event @ev, for its callee wants to know. */
void each_told(struct prog *p, struct func *f, uint32_t ev, void (*use)(struct func *, sd_vid, uint64_t *), uint64_t *row)
{
	const struct sd_event *e = &f->ir->events[ev];
	uint32_t t = e->kind == SD_E_CALL && e->callee ? func_find(p, e->callee) : 0;
	const struct func *g = t ? func_at(p, t - 1) : NULL;

	if (!g || !g->wants || g->is_api)
		return;
	for (uint32_t b = 0; b < f->ir->nblocks; b++) {
		sd_vid v = told_by_block(f, b, ev, g), load = v ? load_in(f->ir, v) : 0;

		if (!v)
			continue;
		use(f, v, row);
		use(f, load, row);
		if (!row)
			continue;
		if (!f->told)
			f->told = g_array_new(FALSE, FALSE, sizeof(struct told));
		for (unsigned i = 0; i < 1u + (v != load); i++) {
			struct told one = { ev, f->fact_id[f->canon[i ? load : v]] };

			g_array_append_val(f->told, one);
		}
	}
}

/* --- at a call --- */

/* The value of which a condition says what constant it is; 0: it says no such thing. */
static tid told_value(const struct prog *p, const struct cond *c)
{
	const struct term *t = term(p, c->t);

	return c->sign == S_POS && t->kind == T_OP && t->s == SD_OP_EQ ? t->a : 0;
}

bool told_any_constant(const struct prog *p, const struct inst *in)
{
	for (uint32_t i = 0; i < in->ncond; i++)
		if (told_value(p, &in->cond[i]))
			return true;
	return false;
}

/* The constant that this instance's own caller has told of the value @t; and that of a member of a local record. */
bool told_constant(const struct prog *p, const struct inst *in, tid t, int64_t *n)
{
	for (uint32_t i = 0; t && i < in->ncond; i++)
		if (told_value(p, &in->cond[i]) == t) {
			*n = term(p, in->cond[i].t)->num;
			return true;
		}
	return false;
}

/* The block at whose end the argument was chosen, where a PHI that came by one way is given; else the call's. */
static uint32_t chosen_at(struct run *r, const struct state *s, uint32_t ev, unsigned k)
{
	const struct sd_fn *ir = r->f->ir;
	sd_vid v = ir->ops[ir->events[ev].arg0 + k].val;
	const struct fact *way = ir->vals[v].kind == SD_V_PHI ? fact_find(s, r->f->fact_id[r->f->canon[v]]) : NULL;

	return way && way->way ? ir->ops[ir->vals[v].a + way->way - 1].pred : UINT32_MAX;
}

/* Event @i may come before event @ev. */
static bool may_precede(const struct sd_fn *ir, uint32_t i, uint32_t ev)
{
	uint32_t at = block_of(ir, i), to = block_of(ir, ev);

	return (at == to && i < ev) || reaches(ir, at, to, UINT32_MAX);
}

static tid root_of(const struct prog *p, tid t)
{
	while (term(p, t)->kind == T_FIELD)
		t = term(p, t)->a;
	return t;
}

enum { STORES_NOT, STORES, STORES_UNKNOWN };

/* Does call @e, which may be given (part of) local @base, store to member @last of it? */
static int call_stores(struct run *r, const struct state *s, const struct sd_event *e, tid base, const struct chain_step *last)
{
	uint32_t fn = e->callee ? func_find(r->p, e->callee) : 0;
	const struct func *g = fn ? func_at(r->p, fn - 1) : NULL;

	for (uint32_t k = 0; k < e->nargs; k++) {
		if (root_of(r->p, eval(r, s, r->f->ir->ops[e->arg0 + k].val)) != base)
			continue;
		if (!g || g->is_api || (g->stored && g->stored->len == MAX_WANTS))
			return STORES_UNKNOWN;
		for (guint i = 0; g->stored && i < g->stored->len; i++) {
			const struct want *w = &g_array_index(g->stored, struct want, i);

			if (w->param == k && !memcmp(&w->step[w->n - 1], last, sizeof(*last)))
				return STORES;
		}
	}
	return STORES_NOT;
}

/*
 * What event @i leaves at @addr, the address of a member: by a store that is the only one there, or by a helper that always sets it.
 * *stores: it leaves something, though what is not known where 0 is returned.
 */
static tid left_by(struct run *r, const struct state *s, uint32_t i, tid addr, bool *stores)
{
	const struct sd_event *e = &r->f->ir->events[i];
	const struct chain_step last = { term(r->p, addr)->rec, term(r->p, addr)->s };
	sd_vid v;
	tid t;

	if (e->kind == SD_E_STORE) {
		const struct sd_val *x = &r->f->ir->vals[e->target];

		*stores = x->kind == SD_V_FIELD && x->rec == last.rec && x->sym == last.member && eval(r, s, e->target) == addr;
		return *stores && local_stored(r->f, e->target, &v) ? eval_plain(r, s, e->value) : 0;
	}
	t = set_by_call(r, s, e, addr);
	*stores = t || call_stores(r, s, e, root_of(r->p, addr), &last) == STORES;
	return t;
}

/* The value that is at @addr whenever event @ev is reached, or the end of block @way: one event alone has left it there. */
static tid left_at(struct run *r, const struct state *s, uint32_t ev, uint32_t way, tid addr)
{
	const struct sd_fn *ir = r->f->ir;
	tid value = 0;

	for (uint32_t i = 0; i < ir->nevents; i++) {
		bool stores;
		tid t = left_by(r, s, i, addr, &stores);

		if (i == ev || !stores || !may_precede(ir, i, ev))
			continue;
		if (!t || (value && value != t) || (!value && !happened(ir, i, block_of(ir, ev), ev) && !(way < ir->nblocks && happened(ir, i, way, UINT32_MAX))))
			return 0;
		value = t;
	}
	return value;
}

static bool constant_stored(struct run *r, const struct state *s, uint32_t ev, unsigned k, tid addr, int64_t *n)
{
	const struct term *t = term(r->p, left_at(r, s, ev, chosen_at(r, s, ev, k), addr));

	*n = t->num;
	return t->kind == T_CONST;
}

static unsigned root_kind(const struct prog *p, tid t)
{
	return term(p, root_of(p, t))->kind;
}

static tid at_steps(struct prog *p, tid t, const struct want *w, unsigned from, unsigned to)
{
	for (unsigned i = from; t && i < to; i++)
		t = mk_field(p, t, w->step[i].rec, w->step[i].member, field_type(p, w->step[i].rec, w->step[i].member));
	return t;
}

/* The address of the member wanted of @t. */
static tid wanted_at(struct prog *p, tid t, const struct want *w)
{
	t = at_steps(p, t, w, 0, w->load ? w->load : w->n);
	return w->load ? at_steps(p, mk_load(p, t, 0), w, w->load, w->n) : t;
}

/* The callee, or what it calls, stores to that member: full lists do not say. */
static bool stores_to(const struct func *g, const struct want *w)
{
	for (guint i = 0; g->stored && i < g->stored->len; i++) {
		const struct want *x = &g_array_index(g->stored, struct want, i);

		if (g->stored->len == MAX_WANTS || (x->param == w->param && same_steps(x, w)))
			return true;
	}
	return false;
}

static void add_told(struct cond *out, unsigned *n, tid t, uint8_t sign)
{
	for (unsigned i = 0; i < *n; i++)
		if (out[i].t == t) {
			out[i].sign &= sign;
			return;
		}
	if (t && *n < MAX_TOLD)
		out[(*n)++] = (struct cond){ t, sign, false };
}

/* The local whose address is all that is ever stored at @addr, before the call. */
static tid local_pointed_to(struct run *r, const struct state *s, uint32_t ev, tid addr)
{
	tid t = left_at(r, s, ev, UINT32_MAX, addr);

	return term(r->p, t)->kind == T_LOCAL ? t : 0;
}

/*
 * The member at @addr of a local record whose address another local record keeps: nobody here stores to it, nor do those who are
 * given the record, and yet it is read.  So the record's initialiser has made it 0.
 */
static bool never_stored(struct run *r, const struct state *s, tid keeper, tid addr, const struct chain_step *last)
{
	const struct sd_fn *ir = r->f->ir;
	tid base = root_of(r->p, addr);

	for (uint32_t i = 0; i < ir->nevents; i++) {
		const struct sd_event *e = &ir->events[i];

		if (e->kind == SD_E_CALL ? call_stores(r, s, e, base, last) || call_stores(r, s, e, keeper, last) :
		    eval(r, s, e->target) == addr || eval(r, s, e->target) == base)
			return false;
	}
	return true;
}

/* What the caller knows of the member that the callee wants of its local record @arg. */
static bool constant_of_local(struct run *r, const struct state *s, uint32_t ev, const struct want *w, tid arg, int64_t *n)
{
	tid at = at_steps(r->p, arg, w, 0, w->load ? w->load : w->n), local = w->load ? local_pointed_to(r, s, ev, at) : 0;

	if (!w->load)
		return constant_stored(r, s, ev, w->param, at, n);
	if (term(r->p, local)->kind != T_LOCAL)
		return false;
	at = at_steps(r->p, local, w, w->load, w->n);
	*n = 0;
	return constant_stored(r, s, ev, w->param, at, n) || (!*n && never_stored(r, s, arg, at, &w->step[w->n - 1]));
}

static void tell_constants(struct run *r, const struct state *s, uint32_t ev, const struct func *g, const tid *args, struct cond *out, unsigned *n)
{
	const struct sd_event *e = &r->f->ir->events[ev];

	for (guint i = 0; g->wants && i < g->wants->len; i++) {
		const struct want *w = &g_array_index(g->wants, struct want, i);
		tid arg = w->param < e->nargs ? args[w->param] : 0;
		unsigned root = root_kind(r->p, arg);
		int64_t c;

		if ((root != T_LOCAL && (root != T_PARAM || !r->in->ncond)) || stores_to(g, w))
			continue;
		if (root == T_LOCAL ? constant_of_local(r, s, ev, w, arg, &c) :
		    told_constant(r->p, r->in, mk_load(r->p, wanted_at(r->p, arg, w), 0), &c))
			add_told(out, n, mk_op(r->p, mk_load(r->p, wanted_at(r->p, mk_param(r->p, w->param, g->ir->params[w->param].type), w), 0), SD_OP_EQ, c), S_POS);
	}
}

/* Conditions that hold in the callee, in its terms: at most MAX_TOLD. */
unsigned tell_callee(struct run *r, const struct state *s, uint32_t ev, uint32_t fn, const tid *args, unsigned nargs, struct cond *out)
{
	unsigned n = 0;

	tell_alive(r, ev, func_at(r->p, fn), out, &n);
	tell_constants(r, s, ev, func_at(r->p, fn), args, out, &n);
	for (guint i = 0; r->f->told && i < r->f->told->len; i++) {
		const struct told *t = &g_array_index(r->f->told, struct told, i);
		const struct fact *known = t->ev == ev ? fact_find(s, t->fact) : NULL;

		if (known && known->sign && known->sign != S_ALL)
			add_told(out, &n, term_into_callee(r->p, args, nargs, eval(r, s, r->f->fact_vid[t->fact])), known->sign);
	}
	return n;
}
