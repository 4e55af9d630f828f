/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guess.c - what calls may have done to locks though they were not taken to.
 *
 * Of a call through a pointer with several targets what all of them do is believed, and of a callee whose exits nothing tells apart,
 * or which was cut short, the balanced ones (callee.c).  The others are noted as guesses: after a transaction's end, which gives its
 * objects' locks back through their operations, the holder may hold none of them any more, and what is then done "under" one is doubtful.
 *
 * A guess about a lock of the caller's holds for all callers up to who took it.  So those that may give back a class are found
 * from the guesses upwards, for each class that somebody asks for.
 *
 * Requires: classes; contexts and acqsets for the ways down.  One thread asks, but for may_be_taken().
 */
#include "depgraph.h"
#include "run.h"

#define MOST_GUESSES 32         /* of one instance */
#define SINCE_ENTRY -1
#define UNTIL_EXIT UINT32_MAX

void note_guess(struct run *r, uint32_t ev, uint32_t cls, bool held)
{
	GArray *all = run_inst(r)->guesses;
	struct rec_guess g = { ev, cls & 0x7fffffff, held };

	for (guint i = 0; i < all->len; i++)
		if (!memcmp(&g_array_index(all, struct rec_guess, i), &g, sizeof(g)))
			return;
	if (all->len < MOST_GUESSES)
		g_array_append_val(all, g);
}

/* --- one function: does one event lead to another? --- */

static bool leads_to(const struct sd_fn *ir, uint32_t from_ev, uint32_t to_ev)
{
	bool *met = led_to(ir, block_of(ir, from_ev), NO_BLOCK, 0), leads = met[block_of(ir, to_ev)];

	g_free(met);
	return leads;
}

static bool between(const struct sd_fn *ir, uint32_t ev, int64_t since, uint32_t until)
{
	return ev > since && ev < until && (until == UNTIL_EXIT || leads_to(ir, ev, until));
}

bool may_be_taken(const struct prog *p, const struct inst *in, uint32_t ev, uint32_t cls)
{
	for (guint i = 0; i < in->guesses->len; i++) {
		const struct rec_guess *g = &g_array_index(in->guesses, struct rec_guess, i);

		if (g->held && final_of(p, g->cls) == cls && between(func_at(p, in->fn)->ir, g->ev, SINCE_ENTRY, ev))
			return true;
	}
	return false;
}

/* --- who may give back a class --- */

struct guesses {
	struct calling calling;
	GHashTable *giving;     /* final class + 1 -> a bit per instance: it, or what it calls, may give one of its caller's back */
};

static struct guesses *ready(struct prog *p)
{
	struct guesses *g = p->guesses;

	if (!g) {
		g = p->guesses = g_new0(struct guesses, 1);
		g->calling = find_calling(p);
		g->giving = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	}
	return g;
}

void free_guesses(struct prog *p)
{
	if (!p->guesses)
		return;
	free_calling(&p->guesses->calling);
	g_hash_table_destroy(p->guesses->giving);
	g_clear_pointer(&p->guesses, g_free);
}

static bool gives(struct prog *p, const struct rec_guess *g, uint32_t cls)
{
	uint32_t final = final_of(p, g->cls);

	return !g->held && (final == cls || (final != UINT32_MAX && releases(p, final, cls)));
}

static bool has_bit(const uint8_t *bits, uint32_t i)
{
	return bits[i / 8] >> i % 8 & 1;
}

static bool holds_own(const struct prog *p, const struct inst *in, const struct rec_call *c, uint32_t cls)
{
	for (uint32_t i = 0; i < c->nheld; i++)
		if (final_of(p, g_array_index(in->heldv, struct held, c->held0 + i).l.cls) == cls)
			return true;
	return false;
}

/* Who calls @callee and has no such lock of its own there: then it is its caller's that is meant. */
static bool hands_on(const struct prog *p, uint32_t caller, uint32_t callee, uint32_t cls)
{
	const struct inst *in = inst_at(p, caller);

	for (guint i = 0; i < in->calls->len; i++) {
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, i);

		if (c->callee == callee && !holds_own(p, in, c, cls))
			return true;
	}
	return false;
}

static void add_giving(uint8_t *bits, GArray *work, uint32_t i)
{
	if (has_bit(bits, i))
		return;
	bits[i / 8] |= (uint8_t)(1u << i % 8);
	g_array_append_val(work, i);
}

static const uint8_t *giving(struct prog *p, uint32_t cls)
{
	struct guesses *g = ready(p);
	uint8_t *bits = g_hash_table_lookup(g->giving, GUINT_TO_POINTER(cls + 1));
	GArray *work;

	if (bits)
		return bits;
	bits = g_new0(uint8_t, p->insts->len / 8 + 1);
	work = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (uint32_t i = 0; i < p->insts->len; i++)
		for (guint k = 0; k < inst_at(p, i)->guesses->len; k++)
			if (gives(p, &g_array_index(inst_at(p, i)->guesses, struct rec_guess, k), cls))
				add_giving(bits, work, i);
	while (work->len) {
		uint32_t callee = g_array_index(work, uint32_t, work->len - 1);

		g_array_set_size(work, work->len - 1);
		for (uint32_t k = g->calling.first[callee]; k < g->calling.first[callee + 1]; k++)
			if (!has_bit(bits, g->calling.who[k]) && hands_on(p, g->calling.who[k], callee, cls))
				add_giving(bits, work, g->calling.who[k]);
	}
	g_array_free(work, TRUE);
	g_hash_table_insert(g->giving, GUINT_TO_POINTER(cls + 1), bits);
	return bits;
}

/* May a lock of class @cls that is held at event @until of @in since @since have been given back by then? */
static bool may_be_gone(struct prog *p, const struct inst *in, int64_t since, uint32_t until, uint32_t cls)
{
	const struct sd_fn *ir = func_at(p, in->fn)->ir;
	const uint8_t *bits = giving(p, cls);

	for (guint i = 0; i < in->guesses->len; i++) {
		const struct rec_guess *g = &g_array_index(in->guesses, struct rec_guess, i);

		if (gives(p, g, cls) && between(ir, g->ev, since, until))
			return true;
	}
	for (guint i = 0; i < in->calls->len; i++) {
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, i);

		if (has_bit(bits, c->callee) && (since != SINCE_ENTRY || !holds_own(p, in, c, cls)) && between(ir, c->ev, since, until))
			return true;
	}
	return false;
}

/* --- what check.c asks --- */

/* On the way from call @c down to the acquisition. */
static bool gone_below(struct prog *p, const struct rec_call *c, const struct source *s, uint32_t el, int level)
{
	GArray *hops = g_array_new(FALSE, FALSE, sizeof(struct hop));
	struct aim aim = { el, s->from, ANY_DEPTH };
	uint32_t node = node_below(p, c, s->bit), inst, ev;
	bool gone = false;

	if (node != UINT32_MAX && descend(p, node, level - (int)call_cost(c), &aim, hops, &inst, &ev) == D_FOUND) {
		gone = may_be_gone(p, inst_at(p, inst), SINCE_ENTRY, ev, s->from);
		for (guint i = 0; i < hops->len && !gone; i++) {
			const struct hop *h = &g_array_index(hops, struct hop, i);
			const struct inst *in = inst_at(p, h->inst);

			gone = may_be_gone(p, in, SINCE_ENTRY, g_array_index(in->calls, struct rec_call, h->call).ev, s->from);
		}
	}
	g_array_free(hops, TRUE);
	return gone;
}

bool gone_at_source(struct prog *p, const struct source *s, uint32_t el, int level)
{
	const struct inst *in = inst_at(p, s->inst);
	int64_t since;

	if (s->what == SRC_ENTRY)
		return false;
	since = g_array_index(in->heldv, struct held, s->held).ev;
	if (s->what == SRC_ACQUIRE)
		return may_be_gone(p, in, since, g_array_index(in->acqs, struct rec_acq, s->rec).ev, s->from);
	const struct rec_call *c = &g_array_index(in->calls, struct rec_call, s->rec);

	return may_be_gone(p, in, since, c->ev, s->from) || gone_below(p, c, s, el, level);
}

bool gone_at_dep(struct prog *p, struct depgraph *g, const struct edge *e, unsigned kind)
{
	const struct edge_src src = edge_source(g, e, kind);

	return gone_at_source(p, src.source, elem_of(e->to, !(kind & 2), src.nested), src.level);
}

bool gone_after(struct prog *p, const struct inst *in, uint32_t ev, uint32_t cls)
{
	return may_be_gone(p, in, ev, UNTIL_EXIT, cls);
}

/* Hardirqs are enabled over a lock that is held, in the function that took it or below. */
bool gone_at_use(struct prog *p, uint32_t cls, const struct use *u)
{
	const struct inst *in = inst_at(p, u->inst);
	uint32_t ev, held0, nheld;

	if (u->what == BY_ENABLE) {
		const struct rec_enable *e = &g_array_index(in->enables, struct rec_enable, u->rec);

		ev = e->ev, held0 = e->held0, nheld = e->nheld;
	} else if (u->what == BY_CALL) {
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, u->rec);

		ev = c->ev, held0 = c->held0, nheld = c->nheld;
	} else {
		return false;
	}
	for (uint32_t i = 0; i < nheld; i++) {
		const struct held *h = &g_array_index(in->heldv, struct held, held0 + i);

		if (final_of(p, h->l.cls) == cls && !may_be_gone(p, in, h->ev, ev, cls))
			return false;
	}
	return true;
}
