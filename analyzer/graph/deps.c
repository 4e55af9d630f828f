/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deps.c - dependencies: `to` was acquired while `from` was held.
 *
 * lockdep links a new lock to the innermost held one only and trusts transitivity
 * (check_prevs_add()); with recursive readers that loses true dependencies, so here every held lock gets
 * its edge, with its kind.  An acquisition by trylock adds none; locks held by trylock do.
 *
 * Requires: acqsets, contexts.  Per edge and kind the best witness is kept: fewest indirect
 * targets, shortest way from an entry, then the smaller instance: a stable choice.
 */
#include <string.h>
#include "model.h"

struct builder {
	struct prog *p;
	struct depgraph *g;
	GHashTable *ids;        /* from << 32 | to -> index + 1 */
};

unsigned reader_kinds(const struct prog *p, const struct inst *in, uint64_t emask)
{
	unsigned k = 0;

	if (p->in->read_recursive)
		return 2;
	for (unsigned bit = 0; bit < ENTRY_BITS; bit++) {
		struct point pt;

		if (!((in->entry & emask) >> bit & 1))
			continue;
		pt = point_at(bit, IRQ_INHERIT, 0);
		if (pt.ctx == SD_CTX_TASK || pt.ctx == SD_CTX_UNKNOWN)
			k |= pt.bh == SD_TRI_OFF ? 2 : 1;
		else
			k |= 2;
	}
	return k ? k : 1;
}

static uint32_t cost_of(const struct prog *p, const struct inst *in, bool is_call, unsigned ntargets)
{
	uint32_t best = 500;

	(void)p;
	for (unsigned bit = 0; bit < ENTRY_BITS && in->pred; bit++)
		if (in->entry >> bit & 1) {
			struct point pt = point_at(bit, IRQ_INHERIT, 0);

			best = MIN(best, in->pred[bit].dist + (pt.ctx == SD_CTX_UNKNOWN ? 200u : 0u));
		}
	return best + (is_call ? 4 : 0) + (ntargets > 1 ? 8 * MIN(ntargets, 64u) : 0);
}

static struct edge *edge_for(struct builder *b, uint32_t from, uint32_t to)
{
	uint64_t *key = g_new(uint64_t, 1);
	gpointer found;
	struct edge e = { .from = from, .to = to };

	*key = (uint64_t)from << 32 | to;
	found = g_hash_table_lookup(b->ids, key);
	if (found) {
		g_free(key);
		return &g_array_index(b->g->edges, struct edge, GPOINTER_TO_UINT(found) - 1);
	}
	for (unsigned k = 0; k < 4; k++)
		e.cost[k] = UINT32_MAX;
	g_array_append_val(b->g->edges, e);
	g_hash_table_insert(b->ids, key, GUINT_TO_POINTER(b->g->edges->len));
	return &g_array_index(b->g->edges, struct edge, b->g->edges->len - 1);
}

/* What is being held, besides `from`, where a dependency is seen. */
struct seen { const struct inst *in; uint32_t held0, at, nheld; bool direct; };

/* A lock of a variable is one lock: what is done under it is not done twice at once. */
static void keep_gates(struct builder *b, struct edge *e, const struct seen *s)
{
	uint8_t n = 0;

	if (!e->gated) {
		for (uint32_t i = 0; s->in && i < s->at && e->ngate < G_N_ELEMENTS(e->gate); i++) {
			const struct held *h = &g_array_index(s->in->heldv, struct held, s->held0 + i);

			if (raw_at(b->p, h->l.cls)->global && h->mode == M_W && !term(b->p, h->l.obj)->array)
				e->gate[e->ngate++] = final_of(b->p, h->l.cls);
		}
		e->gated = true;
		return;
	}
	for (uint8_t g = 0; g < e->ngate; g++) {
		bool found = false;

		for (uint32_t i = 0; s->in && i < s->at; i++) {
			const struct held *h = &g_array_index(s->in->heldv, struct held, s->held0 + i);

			found |= h->mode == M_W && final_of(b->p, h->l.cls) == e->gate[g];
		}
		if (found)
			e->gate[n++] = e->gate[g];
	}
	e->ngate = n;
}

static bool innermost(const struct seen *s)
{
	for (uint32_t i = s->at + 1; s->in && i < s->nheld; i++)
		if (!g_array_index(s->in->heldv, struct held, s->held0 + i).trylock)
			return false;
	return s->direct;
}

/* kind bit: SR 0, ER 1, SN 2, EN 3, as SD_DEP_* */
static void add_edge(struct builder *b, uint32_t from, uint8_t from_mode, uint32_t to, uint8_t to_mode, unsigned readers,
		     const struct edge_src *src, uint32_t cost, const struct seen *seen)
{
	struct edge *e = edge_for(b, from, to);
	unsigned exclusive_held = from_mode == M_W;
	unsigned kinds = to_mode == M_R ? 2 : to_mode == M_CTX ? readers : 1;
	bool inner = innermost(seen);

	keep_gates(b, e, seen);
	for (unsigned r = 0; r < 2; r++) {
		unsigned bit = (r ? 0 : 2) + exclusive_held;

		if (!(kinds >> r & 1))
			continue;
		e->kinds |= (uint8_t)(1u << bit);
		if (inner)
			e->inner |= (uint8_t)(1u << bit);
		else
			cost += 100000;
		if (cost < e->cost[bit]) {
			e->cost[bit] = cost;
			e->src[bit] = *src;
		}
	}
}

static bool usable(const struct prog *p, const struct held *h)
{
	return !skip_class(p, h->l.cls);
}

static void from_acquire(struct builder *b, uint32_t id, struct inst *in, guint i)
{
	const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, i);
	unsigned readers = reader_kinds(b->p, in, a->emask);
	uint32_t to = final_of(b->p, a->l.cls);

	if (a->trylock || skip_class(b->p, a->l.cls) || !(in->entry & a->emask))
		return;
	for (uint32_t k = 0; k < a->nheld; k++) {
		const struct held *h = &g_array_index(in->heldv, struct held, a->held0 + k);
		struct edge_src src = { .inst = id, .from_rec = a->held0 + k, .call = i, .what = SRC_ACQUIRE };
		struct seen seen = { in, a->held0, k, a->nheld, true };

		if (!usable(b->p, h) || exclusive(b->p, final_of(b->p, h->l.cls), to))
			continue;
		if ((h->nested || a->nested) && levels_of_one_lock(b->p, final_of(b->p, h->l.cls), to))
			continue;
		if (final_of(b->p, h->l.cls) == to) {
			g_array_append_val(b->g->self, src);
			continue;
		}
		add_edge(b, final_of(b->p, h->l.cls), h->mode, to, mode_at(a), readers, &src,
			 cost_of(b->p, in, false, 0), &seen);
	}
}

static void from_call(struct builder *b, uint32_t id, struct inst *in, guint i)
{
	const struct rec_call *c = &g_array_index(in->calls, struct rec_call, i);
	const struct inst *callee = inst_at(b->p, c->callee);
	uint32_t cost = cost_of(b->p, in, true, c->ntargets);
	unsigned readers = c->bh > 0 || AT_CTX(c->irq) >= CTX_SOFT ? 2 : reader_kinds(b->p, in, c->emask);

	if (!(in->entry & c->emask))
		return;
	for (uint32_t k = 0; k < c->nheld; k++) {
		const struct held *h = &g_array_index(in->heldv, struct held, c->held0 + k);
		uint32_t from = final_of(b->p, h->l.cls);

		if (!usable(b->p, h))
			continue;
		for (uint32_t j = 0; j < callee->nacqset; j++) {
			const struct pair *pr = g_array_index(b->p->pairs, struct pair *, callee->acqset[j]);
			struct edge_src src = { id, c->held0 + k, callee->acqset[j], i, SRC_CALL };
			struct seen seen = { in, c->held0, k, c->nheld, !pr->under };

			if ((pr->relset && released_by(b->p, pr->relset, from)) || exclusive(b->p, from, pr->cls))
				continue;
			if ((h->nested || pr->nested) && levels_of_one_lock(b->p, from, pr->cls))
				continue;
			if (pr->cls == from && !h->nested && !pr->nested)
				g_array_append_val(b->g->self, src);
			else if (pr->cls == from)
				continue;
			else
				add_edge(b, from, h->mode, pr->cls, pr->mode, readers, &src, cost, &seen);
		}
	}
}

/* A callback runs with its object's map held (kernel/time/timer.c, call_timer_fn(); process_one_work()). */
static void from_entry(struct builder *b, guint i)
{
	const struct entry *e = &g_array_index(b->p->entries, struct entry, i);
	uint32_t root;
	const struct inst *in;

	if (!e->map || skip_class(b->p, e->map - 1) || func_at(b->p, e->fn)->is_api)
		return;
	root = get_root(b->p, e->fn);
	in = inst_at(b->p, root);
	for (uint32_t j = 0; j < in->nacqset; j++) {
		const struct pair *pr = g_array_index(b->p->pairs, struct pair *, in->acqset[j]);
		struct edge_src src = { root, i, in->acqset[j], i, SRC_ENTRY };
		struct seen seen = { NULL, 0, 0, 0, !pr->under };

		if (pr->cls != final_of(b->p, e->map - 1))
			add_edge(b, final_of(b->p, e->map - 1), M_W, pr->cls, pr->mode, reader_kinds(b->p, in, ENTRY_ALL), &src, 0, &seen);
	}
}

static gint by_ends(gconstpointer x, gconstpointer y)
{
	const struct edge *a = x, *b = y;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
}

static void index_edges(struct depgraph *g, uint32_t nclass)
{
	g_array_sort(g->edges, by_ends);
	g->first = g_new0(uint32_t, nclass + 2);
	for (guint i = 0; i < g->edges->len; i++)
		g->first[g_array_index(g->edges, struct edge, i).from + 1]++;
	for (uint32_t c = 0; c < nclass; c++)
		g->first[c + 1] += g->first[c];
}

struct depgraph *build_deps(struct prog *p)
{
	struct builder b = { p, g_new0(struct depgraph, 1), g_hash_table_new_full(hash_u64, g_int64_equal, g_free, NULL) };

	b.g->edges = g_array_new(FALSE, FALSE, sizeof(struct edge));
	b.g->self = g_array_new(FALSE, FALSE, sizeof(struct edge_src));
	for (uint32_t i = 0; i < p->insts->len; i++) {
		struct inst *in = inst_at(p, i);

		if (!in->entry)
			continue;       /* no feasible way in */
		for (guint k = 0; k < in->acqs->len; k++)
			from_acquire(&b, i, in, k);
		for (guint k = 0; k < in->calls->len; k++)
			from_call(&b, i, in, k);
	}
	for (guint i = 0; i < p->entries->len; i++)
		from_entry(&b, i);
	index_edges(b.g, p->classes->len);
	g_hash_table_destroy(b.ids);
	return b.g;
}

void free_deps(struct depgraph *g)
{
	g_array_free(g->edges, TRUE);
	g_array_free(g->self, TRUE);
	g_free(g->first);
	g_free(g);
}
