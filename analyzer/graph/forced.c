/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forced.c - does a call surely do what it may do, whatever the members of its objects say, or how many of them must say so?
 *
 * Many functions sleep, or take a lock, only if a flag word, a kind or a timeout says so that somebody kept in an object: the
 * one who holds a lock over the call, or the interrupt that makes it, has set that member so that they do not, long before, and no
 * path shows it.  So this is a game on the callee's blocks: at a branch on such a member, or on a parameter that
 * nothing is known of, both sides must do it; at any other one side is enough: what a call returns, whether a pointer is
 * NULL and how often a loop goes round is not known to who calls.  (Where a loop sleeps until something has happened a
 * pointer says whether there is anything to wait for.)  So must both at a branch on a variable that the side which does it then sets: it
 * is done once, and who holds the lock knows whether it was.
 *
 *	choices(block) = 0 for an acquisition there; those of a call there
 *	                 or the least of choices(next); at an open branch the most of them, or the least and one
 *
 * the least solution: 0 is forced.  Recursive calls never do it.
 *
 * Requires: acqsets; func.canon; inst.ways.
 */
#include <string.h>
#include "depgraph.h"

#define MAX_CALLS 24            /* deep; witnesses that rank high have fewer steps */
#define MAX_VALUES 12           /* operators deep */
#define MAX_OPEN 24             /* parameters looked at */
#define MAX_READS 8             /* calls deep, of functions that only read */
#define MAX_CHOICE 15           /* a constant that chooses, not a size */
#define NEVER UINT8_MAX         /* there is no such way */
#define MOST_CHOICES 100

/* known: position() -> 1 or 2, for no and yes */
struct game { struct prog *p; const struct sd_fn *holder; uint32_t ev; enum choice of; struct aim aim; GHashTable *known; unsigned depth; };
/* A function, and which of its first parameters are integers that its caller got from an object's member. */
struct view { struct prog *p; const struct func *f; uint32_t open; enum choice of; bool waits; };

/* --- which conditions are open --- */

static bool is_open(const struct view *w, sd_vid v, unsigned depth);

/* 0 is not asked yet.  GIVEN: integers that it is given. */
enum { READS_NOT = 1 /* alone */, READS_POINTERS = 2, READS_GIVEN = 4, READS_MEMBERS = 8 };

/* By the rules it does nothing, or nothing but read. */
static bool does_nothing(struct prog *p, const struct sd_event *e)
{
	struct sd_rule *const *r = e->callee ? rules_of(p, plain_name(p, e->callee)) : NULL;

	while (r && *r && (*r)->word != SD_R_PURE && (*r)->word != SD_R_SKIP)
		r++;
	return r && *r;
}

/* Tells of the context what the place where the lock is held knows, and what is below it does not. */
static bool tests_context(struct prog *p, const struct sd_event *e)
{
	struct sd_rule *const *r = e->callee ? rules_of(p, plain_name(p, e->callee)) : NULL;

	while (r && *r && (*r)->word != SD_R_TEST)
		r++;
	return r && *r;
}

/* What the values that function @f returns, and those that it chooses by, are made of. */
static uint8_t made_of(struct prog *p, const struct func *f)
{
	const struct view own = { p, f, 0, OF_MEMBERS, false }, given = { p, f, UINT32_MAX, OF_GIVEN, false };
	uint8_t reads = READS_POINTERS;

	for (uint32_t b = 0; b < f->ir->nblocks; b++) {
		sd_vid v = f->ir->blocks[b].cond;

		if (v && is_open(&own, v, 0))
			reads |= READS_MEMBERS;
		if (v && is_open(&given, v, 0))
			reads |= READS_GIVEN;
	}
	return reads;
}

/* What a function reads that does no more: no store, no call of what does. */
static uint8_t reads_of(struct prog *p, struct func *f, unsigned depth)
{
	const struct sd_fn *ir = f->ir;

	if (f->reads || depth > MAX_READS)
		return f->reads ? f->reads : READS_NOT;
	f->reads = READS_NOT;
	if (f->is_api || !ir->nblocks)
		return READS_NOT;
	for (uint32_t i = 0; i < ir->nevents; i++) {
		const struct sd_event *e = &ir->events[i];
		uint32_t fn = e->kind == SD_E_CALL && e->callee ? func_find(p, e->callee) : 0;

		if (!(e->kind == SD_E_CALL && (does_nothing(p, e) || tests_context(p, e))) && (!fn || reads_of(p, func_at(p, fn - 1), depth + 1) == READS_NOT))
			return READS_NOT;
	}
	return f->reads = made_of(p, f);
}

static bool call_is_open(const struct view *w, const struct sd_event *e, unsigned depth)
{
	uint32_t fn = e->callee ? func_find(w->p, e->callee) : 0;
	uint8_t reads = fn ? reads_of(w->p, func_at(w->p, fn - 1), 0) : READS_NOT;

	for (uint32_t i = 0; (reads & READS_GIVEN) && i < e->nargs; i++)
		if (is_open(w, w->f->ir->ops[e->arg0 + i].val, depth + 1))
			return true;
	return w->of != OF_GIVEN && ((reads & READS_MEMBERS) || tests_context(w->p, e));
}

/* The value at address @v is a variable's or a local's own. */
static bool of_variable(const struct sd_fn *ir, sd_vid v)
{
	while (ir->vals[v].kind == SD_V_FIELD || ir->vals[v].kind == SD_V_INDEX)
		v = ir->vals[v].a;
	return ir->vals[v].kind == SD_V_GLOBAL || ir->vals[v].kind == SD_V_ADDRLOCAL;
}

/* `len > PAGE_SIZE`: how much there is, not what the object is.  Nor is `sector < capacity` any property of it. */
static bool compares_size(const struct view *w, const struct sd_val *x)
{
	const struct sd_val *a = &w->f->ir->vals[x->a], *b = &w->f->ir->vals[x->b];

	return x->op >= SD_OP_LT && x->op <= SD_OP_GE &&
	       (b->kind == SD_V_CONST ? b->num > MAX_CHOICE : a->kind != SD_V_CONST && w->of == OF_PROPERTIES);
}

/* Bytes that a member points to come from elsewhere, a device's answer say: no properties. */
static bool load_is_open(const struct view *w, sd_vid addr)
{
	return w->of != OF_GIVEN && (w->of != OF_PROPERTIES || w->f->ir->vals[addr].kind == SD_V_FIELD) && !of_variable(w->f->ir, addr);
}

/* Integers that the object has decided. */
static bool is_open(const struct view *w, sd_vid v, unsigned depth)
{
	const struct sd_fn *ir = w->f->ir;
	const struct sd_val *x = &ir->vals[v];

	if (depth > MAX_VALUES)
		return false;
	switch (x->kind) {
	case SD_V_PARAM:
		return x->tkind == SD_T_INT && x->num < MAX_OPEN && (w->open >> x->num & 1);
	case SD_V_LOAD:
		return (x->tkind == SD_T_INT || (w->waits && (x->tkind == SD_T_PTR || x->tkind == SD_T_FNPTR))) && load_is_open(w, x->a);
	case SD_V_OP:
		return !compares_size(w, x) && (is_open(w, x->a, depth + 1) || (x->b && is_open(w, x->b, depth + 1)));
	case SD_V_CALL:
		return call_is_open(w, &ir->events[x->num], depth);
	case SD_V_PHI:
		for (uint32_t i = 0; i < x->b; i++)
			if (ir->ops[x->a + i].val != v && is_open(w, ir->ops[x->a + i].val, depth + 4))
				return true;
		return false;
	default:
		return false;
	}
}

/* A PHI of block @b that was advanced before it is compared: does the loop go round once more? */
static bool asks_for_more(const struct sd_fn *ir, sd_vid v, uint32_t b)
{
	const struct sd_val *x = &ir->vals[v], *a = &ir->vals[x->a];

	return x->kind == SD_V_OP && a->kind == SD_V_OP && a->op == SD_OP_ADD && ir->vals[a->a].kind == SD_V_PHI && ir->vals[a->a].num == b;
}

/* A loop begins at block @b: how often it goes round is not known, but that it does. */
static bool begins_loop(const struct sd_fn *ir, uint32_t b)
{
	for (uint32_t k = b; k < ir->nblocks; k++)
		for (uint32_t i = 0; i < ir->blocks[k].nsucc; i++)
			if (ir->succs[ir->blocks[k].succ0 + i].block == b)
				return !asks_for_more(ir, ir->blocks[b].cond, b);
	return false;
}

static bool both_ways(const struct inst *in, uint32_t b)
{
	return in->ways && (in->ways[b / 8] >> b % 8 & 1);
}

/* Before event @ev. */
static bool stored_by(const struct sd_fn *ir, const struct sd_val *to, uint32_t ev)
{
	for (uint32_t i = 0; i < ev; i++) {
		const struct sd_val *x = &ir->vals[ir->events[i].target];

		if (ir->events[i].kind == SD_E_STORE && x->kind == to->kind && x->sym == to->sym && x->rec == to->rec)
			return true;
	}
	return false;
}

/* A member, or a variable, that the function which holds the lock has stored to: it knows what it has set. */
static bool set_by_holder(const struct game *g, const struct sd_fn *ir, sd_vid v, unsigned depth)
{
	const struct sd_val *x = &ir->vals[v], *at = &ir->vals[x->a];

	if (x->kind == SD_V_OP && depth < MAX_VALUES)
		return set_by_holder(g, ir, x->a, depth + 1) || (x->b && set_by_holder(g, ir, x->b, depth + 1));
	return x->kind == SD_V_LOAD && (at->kind == SD_V_FIELD || at->kind == SD_V_GLOBAL) && stored_by(g->holder, at, g->ev);
}

/* All sides of the branch that ends @b must do it. */
static bool all_sides(const struct game *g, const struct view *w, const struct inst *in, uint32_t b)
{
	const struct sd_fn *ir = w->f->ir;
	const struct sd_block *bl = &ir->blocks[b];

	return (bl->term == SD_TERM_BRANCH || bl->term == SD_TERM_SWITCH) && both_ways(in, b) && (w->waits || !begins_loop(ir, b)) &&
	       (is_open(w, bl->cond, 0) || (g->of != OF_GIVEN && set_by_holder(g, ir, bl->cond, 0)));
}

/* A variable that @v is made of; 0 none. */
static sd_vid variable_of(const struct sd_fn *ir, sd_vid v, unsigned depth)
{
	const struct sd_val *x = &ir->vals[v];
	sd_vid found = 0;

	if (x->kind == SD_V_LOAD)
		return ir->vals[x->a].kind == SD_V_GLOBAL ? x->a : 0;
	if (x->kind == SD_V_OP && depth < MAX_VALUES)
		found = variable_of(ir, x->a, depth + 1);
	return found || x->kind != SD_V_OP || !x->b || depth >= MAX_VALUES ? found : variable_of(ir, x->b, depth + 1);
}

/* A constant is stored to @at in a block that @side leads to, and @other does not. */
static bool sets_on_side(const struct sd_fn *ir, sd_vid at, uint32_t side, uint32_t other)
{
	bool *met = led_to(ir, side, NO_BLOCK, 0), *others = led_to(ir, other, NO_BLOCK, 0), sets = false;

	for (uint32_t b = side; b < ir->nblocks && !sets; b++)
		for (uint32_t i = 0; met[b] && !others[b] && i < ir->blocks[b].nev; i++) {
			const struct sd_event *e = &ir->events[ir->blocks[b].ev0 + i];

			sets |= e->kind == SD_E_STORE && e->target == at && ir->vals[e->value].kind == SD_V_CONST;
		}
	g_free(met);
	g_free(others);
	return sets;
}

/* `if (!done) { register(); done = true; }`: who holds the lock may have seen to it before; @n: the lesser side does it. */
static bool done_once(const struct game *g, const struct inst *in, const struct sd_fn *ir, uint32_t b, const uint8_t *n)
{
	const struct sd_block *bl = &ir->blocks[b];
	const struct sd_succ *next = &ir->succs[bl->succ0];
	sd_vid at = g->of != OF_GIVEN && bl->term == SD_TERM_BRANCH && bl->nsucc == 2 && both_ways(in, b) ? variable_of(ir, bl->cond, 0) : 0;
	unsigned less;

	if (!at)
		return false;
	less = n[next[1].block] < n[next[0].block];
	return sets_on_side(ir, at, next[less].block, next[!less].block);
}

/* --- the game --- */

/* A node, what calls may cost from there on (acqset.c), and which of its parameters are open. */
struct at { uint32_t node; int level; uint32_t open; };

static uint8_t choices_of_node(struct game *g, struct at at);

static bool event_in(const struct sd_block *bl, uint32_t ev)
{
	return ev >= bl->ev0 && ev < bl->ev0 + bl->nev;
}

static bool acquired_in(const struct game *g, const struct inst *in, unsigned bit, const struct sd_block *bl)
{
	for (guint i = 0; i < in->acqs->len; i++) {
		const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, i);

		if (event_in(bl, a->ev) && acquires(g->p, a, UINT64_C(1) << bit, g->aim.el) && !(a->relset && released_by(g->p, a->relset, g->aim.from)))
			return true;
	}
	return false;
}

static tid binding(const struct inst *in, uint32_t i)
{
	return i < in->nbind ? in->bind[i] : 0;
}

/* A constant that the caller gives, without some of the bits that decide, which the callee's instance has lost: it stands for many callers. */
static bool lost(const struct prog *p, const struct rec_call *c, uint32_t i)
{
	const struct inst *callee = inst_at(p, c->callee);
	const struct func *f = func_at(p, callee->fn);
	const struct term *t = c->args && i < c->nargs ? term(p, c->args[i]) : NULL;

	return t && t->kind == T_CONST && i < f->ir->nparams && !binding(callee, i) && (f->vital[i] & ~(uint64_t)t->num) &&
	       (f->asked[i] != UINT64_MAX || (uint64_t)t->num <= MAX_CHOICE);
}

/* Parameters of the callee that are open: the caller has them from a member. */
static uint32_t open_below(const struct view *w, const struct rec_call *c)
{
	const struct view any = { w->p, w->f, w->open, w->of == OF_GIVEN ? OF_MEMBERS : w->of, false };
	const struct sd_event *e = &w->f->ir->events[c->ev];
	uint32_t open = 0;

	for (uint32_t i = 0; i < e->nargs && i < MAX_OPEN; i++)
		if (lost(w->p, c, i) || is_open(&any, w->f->ir->ops[e->arg0 + i].val, 0))
			open |= UINT32_C(1) << i;
	return open;
}

static uint8_t choices_of_call(struct game *g, const struct view *w, const struct rec_call *c, unsigned bit, int level)
{
	struct at at = { node_below(g->p, c, bit), level - (int)call_cost(c), 0 };

	if (at.level < 0 || at.node == UINT32_MAX || (c->relset && released_by(g->p, c->relset, g->aim.from)))
		return NEVER;
	at.open = open_below(w, c);
	return choices_of_node(g, at);
}

static uint8_t one_more(uint8_t n)
{
	return n == NEVER ? NEVER : (uint8_t)MIN(n + 1, MOST_CHOICES);
}

/* Which of several targets it calls is the object's to say, so all of them must do it, or it is one choice more. */
static uint8_t choices_of_targets(struct game *g, const struct view *w, const struct inst *in, uint32_t ev, unsigned bit, int level)
{
	uint8_t least = NEVER, most = 0;

	for (guint i = 0; i < in->calls->len; i++) {
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, i);
		uint8_t n;

		if (c->ev != ev || !(c->emask >> bit & 1))
			continue;
		n = choices_of_call(g, w, c, bit, level);
		least = MIN(least, n);
		most = MAX(most, n);
	}
	return MIN(most, one_more(least));
}

/* Of the calls in a block. */
static uint8_t choices_of_calls(struct game *g, const struct view *w, const struct inst *in, unsigned bit, const struct sd_block *bl, int level)
{
	uint8_t best = NEVER;

	for (guint i = 0; i < in->calls->len && best; i++) {
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, i);
		uint8_t n;

		if (!event_in(bl, c->ev))
			continue;
		n = choices_of_call(g, w, c, bit, level);
		if (n != NEVER && c->ntargets >= 2 && g->of == OF_MEMBERS)
			n = choices_of_targets(g, w, in, c->ev, bit, level);
		best = MIN(best, n);
	}
	return best;
}

static uint8_t choices_of_sides(const struct game *g, const struct view *w, const struct inst *in, uint32_t b, const uint8_t *n)
{
	const struct sd_fn *ir = w->f->ir;
	const struct sd_block *bl = &ir->blocks[b];
	uint8_t least = NEVER, most = bl->nsucc ? 0 : NEVER;

	for (uint32_t k = 0; k < bl->nsucc; k++) {
		uint8_t side = n[ir->succs[bl->succ0 + k].block];

		least = MIN(least, side);
		most = MAX(most, side);
	}
	return least != most && (all_sides(g, w, in, b) || done_once(g, in, ir, b, n)) ? MIN(most, one_more(least)) : least;
}

/* Some block from @b on leads to it or to one before it. */
static bool in_loop(const struct sd_fn *ir, uint32_t b)
{
	for (uint32_t k = b; k < ir->nblocks; k++)
		for (uint32_t i = 0; i < ir->blocks[k].nsucc; i++)
			if (ir->succs[ir->blocks[k].succ0 + i].block <= b)
				return true;
	return false;
}

/* The function itself sleeps, in a loop: it waits for something. */
static bool waits(const struct game *g, const struct inst *in, const struct sd_fn *ir, unsigned bit)
{
	bool sleep = !strcmp(str(g->p, raw_at(g->p, class_at(g->p, elem_class(g->aim.el))->raw)->name), SLEEP_CLASS);

	for (uint32_t b = 0; b < ir->nblocks && sleep; b++)
		if (acquired_in(g, in, bit, &ir->blocks[b]) && in_loop(ir, b))
			return true;
	return false;
}

static uint8_t play(struct game *g, struct at at)
{
	const struct inst *in = inst_at(g->p, g->p->acq->inst[at.node]);
	const struct sd_fn *ir = func_at(g->p, in->fn)->ir;
	unsigned bit = g->p->acq->bit[at.node];
	const struct view w = { g->p, func_at(g->p, in->fn), at.open, g->of, waits(g, in, ir, bit) };
	uint8_t *n = g_new(uint8_t, ir->nblocks + 1), first;
	bool changed = true;

	for (uint32_t b = 0; b < ir->nblocks; b++)
		n[b] = acquired_in(g, in, bit, &ir->blocks[b]) ? 0 : choices_of_calls(g, &w, in, bit, &ir->blocks[b], at.level);
	while (changed) {
		changed = false;
		for (uint32_t b = ir->nblocks; b-- > 0; ) {
			uint8_t now = n[b] ? choices_of_sides(g, &w, in, b, n) : 0;

			if (now < n[b]) {
				n[b] = now;
				changed = true;
			}
		}
	}
	first = ir->nblocks ? n[0] : NEVER;
	g_free(n);
	return first;
}

static uint64_t *position(const struct at *at)
{
	uint64_t *key = g_new(uint64_t, 1);

	*key = ((uint64_t)at->node * (DEPTH + 1) + (unsigned)at->level) << MAX_OPEN | at->open;
	return key;
}

static void note(struct game *g, const struct at *at, uint8_t n)
{
	g_hash_table_insert(g->known, position(at), GUINT_TO_POINTER(1u + n));
}

static uint8_t choices_of_node(struct game *g, struct at at)
{
	uint64_t *key = position(&at);
	gpointer known = g_hash_table_lookup(g->known, key);
	uint8_t n;

	g_free(key);
	if (known)
		return (uint8_t)(GPOINTER_TO_UINT(known) - 1);
	if (g->depth == MAX_CALLS || !row_has(g->p->acq->rows, taken_by(g->p, at.node, (unsigned)at.level)->all, g->aim.el))
		return NEVER;
	note(g, &at, NEVER);    /* a recursive call does not do it */
	g->depth++;
	n = play(g, at);
	g->depth--;
	note(g, &at, n);
	return n;
}

/* Integers that the function gets: nothing is known of them. */
static uint32_t open_params(const struct prog *p, const struct inst *in)
{
	uint32_t open = 0;

	for (uint32_t i = 0; i < func_at(p, in->fn)->ir->nparams && i < MAX_OPEN; i++)
		open |= (uint32_t)!binding(in, i) << i;
	return open;
}

/* Below call @c, made by @in in entry state @bit with the lock held. */
static unsigned choices_below(struct prog *p, const struct inst *in, const struct rec_call *c, unsigned bit, int level, enum choice of, const struct aim *aim)
{
	const struct view w = { p, func_at(p, in->fn), open_params(p, in), of, false };
	struct game g = { p, w.f->ir, c->ev, of, *aim, g_hash_table_new_full(hash_u64, g_int64_equal, g_free, NULL), 0 };
	unsigned n = choices_of_call(&g, &w, c, bit, level);

	g_hash_table_destroy(g.known);
	return n;
}

/* A callback, whose map is held around it. */
static unsigned choices_of_entry(struct prog *p, const struct inst *in, unsigned bit, int level, enum choice of, const struct aim *aim)
{
	struct game g = { p, func_at(p, in->fn)->ir, 0, of, *aim, g_hash_table_new_full(hash_u64, g_int64_equal, g_free, NULL), 0 };
	uint32_t node = node_at(in, bit);
	unsigned n = node == UINT32_MAX ? NEVER : choices_of_node(&g, (struct at){ node, level, 0 });

	g_hash_table_destroy(g.known);
	return n;
}

unsigned choices_at(struct prog *p, const struct source *s, uint32_t el, int level, enum choice of)
{
	const struct inst *in = inst_at(p, s->inst);

	if (s->what == SRC_ACQUIRE)
		return 0;
	if (s->what == SRC_ENTRY)
		return choices_of_entry(p, in, s->bit, level, of, &(struct aim){ el, s->held ? s->from : UINT32_MAX, ANY_DEPTH });
	return choices_below(p, in, &g_array_index(in->calls, struct rec_call, s->rec), s->bit, level, of, &(struct aim){ el, s->from, ANY_DEPTH });
}

unsigned choices_of_dep(struct prog *p, struct depgraph *g, const struct edge *e, unsigned kind, enum choice of)
{
	const struct edge_src src = edge_source(g, e, kind);

	return choices_at(p, src.source, elem_of(e->to, !(kind & 2), src.nested), src.level, of);
}

/* The call that the way out from (@inst, @bit) leaves last: the entry's own.  NULL: it is there. */
static const struct rec_call *entry_call(struct prog *p, uint32_t *inst, unsigned *bit)
{
	const struct rec_call *c = NULL;

	for (unsigned n = 0; n < 200; n++) {
		const struct pred *pr = pred_at(inst_at(p, *inst), *bit);

		if (!pr->set)
			return c;
		c = &g_array_index(inst_at(p, pr->inst)->calls, struct rec_call, pr->call);
		*inst = pr->inst;
		*bit = pr->bit;
	}
	return c;
}

unsigned choices_of_use(struct prog *p, uint32_t cls, const struct use *u, enum choice of)
{
	const struct rec_acq *a = &g_array_index(inst_at(p, u->inst)->acqs, struct rec_acq, u->rec);
	uint32_t inst = u->inst;
	unsigned bit = u->bit;
	const struct rec_call *c = u->what == BY_ACQUIRE ? entry_call(p, &inst, &bit) : NULL;
	bool reader;

	if (!c)
		return 0;
	reader = reads_recursively(p, a->mode, point_at(u->bit, a->irq, a->bh));
	return choices_below(p, inst_at(p, inst), c, bit, DEPTH, of, &(struct aim){ elem_of(cls, reader, a->nested), UINT32_MAX, ANY_DEPTH });
}
