/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deps.c - dependencies: `to` was acquired while `from` was held.
 *
 * lockdep links a new lock to the innermost held one only and trusts transitivity
 * (check_prevs_add()); with recursive readers that loses true dependencies, so here every held lock gets
 * its edge, with its kind.  An acquisition by trylock adds none; locks held by trylock do.
 *
 * A SOURCE is a place where a lock is held and a row of elements (acqset.c) is acquired: an acquisition, a
 * call, or all that an entry runs while its map is held.  Sources of a class are sorted by cost: fewest guessed
 * targets, shortest way from an entry, then the smaller instance.  What edges they make is found in edges.c.
 *
 * Requires: acqsets, contexts.
 */
#include <string.h>
#include "depgraph.h"

struct builder { struct prog *p; GArray *src; struct rowacc *acc; };

static uint32_t cost_of(const struct inst *in, unsigned bit, const struct rec_call *c)
{
	uint32_t cost = pred_at(in, bit)->dist + (bit / (NTRI * NTRI) == SD_CTX_UNKNOWN ? 200u : 0u);

	if (!c)
		return cost;
	return cost + 4 + (c->ntargets > 1 ? 8 * MIN(c->ntargets, 64u) : 0);
}

static bool is_innermost(const struct inst *in, uint32_t held0, uint32_t at, uint32_t nheld)
{
	for (uint32_t i = at + 1; i < nheld; i++)
		if (!g_array_index(in->heldv, struct held, held0 + i).trylock)
			return false;
	return true;
}

/* The same held lock and row in another entry state says nothing more. */
static void add_source(struct builder *b, guint first, const struct source *s)
{
	if (!s->all)
		return;
	for (guint i = b->src->len; i-- > first; ) {
		struct source *old = &g_array_index(b->src, struct source, i);

		if (old->held != s->held || old->all != s->all || old->inner != s->inner)
			continue;
		if (s->cost < old->cost)
			*old = *s;
		return;
	}
	g_array_append_val(b->src, *s);
}

static void each_held(struct builder *b, guint first, const struct inst *in, uint32_t held0, uint32_t nheld, struct source s,
		      uint32_t group, unsigned level)
{
	rowid all = s.all, inner = s.inner;

	for (uint32_t k = 0; k < nheld; k++) {
		const struct held *h = &g_array_index(in->heldv, struct held, held0 + k);

		if (skip_class(b->p, h->l.cls))
			continue;
		s.from = final_of(b->p, h->l.cls);
		s.held = held0 + k;
		s.exclusive = h->mode == M_W;
		s.nested = h->nested;
		s.group = group;
		s.all = group != UINT32_MAX ? acquired_under(b->p, group, level, s.from) : all;
		s.clean = group != UINT32_MAX && s.all == b->p->acq->freed[level][group].clean;
		s.inner = s.all == all && is_innermost(in, held0, k, nheld) ? inner : 0;
		add_source(b, first, &s);
	}
}

static void from_acquire(struct builder *b, uint32_t id, struct inst *in, guint i)
{
	const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, i);
	struct source s = { .inst = id, .rec = i, .what = SRC_ACQUIRE };
	guint first = b->src->len;

	if (a->trylock || !a->nheld || skip_class(b->p, a->l.cls))
		return;
	for (uint64_t mask = in->entry & a->emask; mask; mask &= mask - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(mask);

		rowacc_put(b->acc, elem_of(final_of(b->p, a->l.cls), reads_recursively(b->p, a->mode, point_at(bit, a->irq, a->bh)), a->nested));
		s.all = s.inner = rowacc_take(b->acc);
		s.bit = bit & 63;
		s.cost = cost_of(in, bit, NULL) & 0x3ffff;
		each_held(b, first, in, a->held0, a->nheld, s, UINT32_MAX, 0);
	}
}

static void from_call(struct builder *b, uint32_t id, struct inst *in, guint i)
{
	const struct rec_call *c = &g_array_index(in->calls, struct rec_call, i);
	struct source s = { .inst = id, .rec = i, .what = SRC_CALL, .guesses = call_cost(c) & 3 };
	unsigned level = DEPTH - MIN(call_cost(c), DEPTH);
	guint first = b->src->len;

	if (!c->nheld || call_cost(c) > DEPTH)
		return;
	for (uint64_t mask = in->entry & c->emask; mask; mask &= mask - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(mask);
		uint32_t w = node_below(b->p, c, bit);

		if (w == UINT32_MAX)
			continue;
		s.all = taken_by(b->p, w, level)->all;
		s.inner = taken_by(b->p, w, level)->inner;
		s.bit = bit & 63;
		s.cost = cost_of(in, bit, c) & 0x3ffff;
		each_held(b, first, in, c->held0, c->nheld, s, b->p->acq->group[w], level);
	}
}

/* Something is held around an entry. */
static void around_entry(struct builder *b, struct source s, uint32_t raw, bool map)
{
	const struct taken *taken = &b->p->acq->taken[DEPTH][s.group];

	if (skip_class(b->p, raw))
		return;
	s.from = final_of(b->p, raw);
	s.all = map ? taken->all : acquired_under(b->p, s.group, DEPTH, s.from);
	s.inner = s.all == taken->all ? taken->inner : 0;
	s.clean = s.all == b->p->acq->freed[DEPTH][s.group].clean;
	add_source(b, b->src->len, &s);
}

/* A callback runs with its object's map held (kernel/time/timer.c, call_timer_fn(); process_one_work()), and with what its callers hold. */
static void from_entry(struct builder *b, guint i)
{
	const struct entry *e = &g_array_index(b->p->entries, struct entry, i);
	struct source s = { .rec = i, .what = SRC_ENTRY, .exclusive = true };
	uint32_t node;

	if ((!e->map && !e->nunder) || func_at(b->p, e->fn)->is_api)
		return;
	s.inst = get_root(b->p, e->fn);
	s.bit = ENTRY_BIT(e->ctx, e->irqs, e->bhs) & 63;
	node = node_at(inst_at(b->p, s.inst), s.bit);
	if (node == UINT32_MAX)
		return;
	s.group = b->p->acq->group[node];
	if (e->map)
		around_entry(b, s, e->map - 1, true);
	for (uint32_t k = 0; k < e->nunder; k++) {
		const struct under *u = &g_array_index(b->p->under, struct under, e->under0 + k);

		s.held = k + 1;
		s.exclusive = u->mode == M_W;
		around_entry(b, s, u->cls, false);
	}
}

/* --- sources of a class, best first --- */

static int by_cost(const void *x, const void *y)
{
	const struct source *a = x, *b = y;
	uint32_t ka[] = { a->cost, a->what, a->inst, a->rec, a->held, a->bit }, kb[] = { b->cost, b->what, b->inst, b->rec, b->held, b->bit };

	for (size_t i = 0; i < G_N_ELEMENTS(ka); i++)
		if (ka[i] != kb[i])
			return ka[i] < kb[i] ? -1 : 1;
	return 0;
}

static void sort_sources(void *arg, unsigned worker, size_t from, size_t to)
{
	struct depgraph *g = arg;

	(void)worker;
	for (size_t c = from; c < to; c++)
		if (g->src_first[c + 1] - g->src_first[c] > 1)
			qsort(&g->src[g->src_first[c]], g->src_first[c + 1] - g->src_first[c], sizeof(*g->src), by_cost);
}

/* Each to its class's part of the array: from where it is, whoever lies there moves on.  There are tens of millions, so no second array. */
static void move_to_classes(struct source *s, const uint32_t *first, uint32_t nclass)
{
	uint32_t *at = g_memdup2(first, (nclass + 1) * sizeof(*first));

	for (uint32_t c = 0; c < nclass; c++)
		while (at[c] < first[c + 1]) {
			struct source here = s[at[c]];

			if (here.from != c) {
				s[at[c]] = s[at[here.from]];
				s[at[here.from]] = here;
			}
			at[here.from]++;
		}
	g_free(at);
}

/* By class, those of one class best first.  Frees @src. */
static void index_sources(struct prog *p, struct depgraph *g, GArray *src)
{
	uint32_t *first = g->src_first = g_new0(uint32_t, g->nclass + 2);

	for (guint i = 0; i < src->len; i++)
		first[g_array_index(src, struct source, i).from + 1]++;
	for (uint32_t c = 0; c < g->nclass; c++)
		first[c + 1] += first[c];
	g->src = g_renew(struct source, g_array_free(src, FALSE), first[g->nclass] + 1);
	move_to_classes(g->src, first, g->nclass);
	par_for(p->jobs, g->nclass, 64, sort_sources, g);
}

/* Does this element, acquired at @s, make a dependency?  Levels of one lock are ordered by their nesting, variants never meet. */
bool counts(struct prog *p, bool nested_held, uint32_t from, uint32_t el)
{
	uint32_t to = elem_class(el);

	if (exclusive(p, from, to))
		return false;
	return !((nested_held || elem_nested(el)) && levels_of_one_lock(p, from, to));
}

/* What @s acquires when the way down costs @level at most. */
rowid source_row(const struct prog *p, const struct source *s, unsigned level, bool inner)
{
	if (level < s->guesses)
		return 0;
	if (s->group == UINT32_MAX || level == DEPTH)
		return inner ? s->inner : s->all;
	level -= s->guesses;
	if (inner)
		return s->inner ? p->acq->taken[level][s->group].inner : 0;
	return s->clean ? p->acq->freed[level][s->group].clean : p->acq->taken[level][s->group].all;
}

static bool shows(struct prog *p, const struct source *s, uint32_t el)
{
	return row_has(p->acq->rows, s->all, el) && (elem_class(el) != s->from || (!s->nested && !elem_nested(el))) && counts(p, s->nested, s->from, el);
}

bool source_acquires(struct prog *p, const struct source *s, uint32_t to)
{
	for (unsigned how = 0; how < 4; how++)
		if (shows(p, s, elem_of(to, how & 2, how & 1)))
			return true;
	return false;
}

/* Where a class is held and taken once more. */
static void find_self(struct prog *p, struct depgraph *g)
{
	for (uint32_t i = 0; i < g->src_first[g->nclass]; i++)
		for (unsigned reader = 0; reader < 2; reader++) {
			struct self s = { i, elem_of(g->src[i].from, reader, false) };

			if (shows(p, &g->src[i], s.el))
				g_array_append_val(g->self, s);
		}
}

static void find_sources(struct builder *b)
{
	for (uint32_t i = 0; i < b->p->insts->len; i++) {
		struct inst *in = inst_at(b->p, i);

		if (!in->entry)
			continue;       /* no feasible way in */
		for (guint k = 0; k < in->acqs->len; k++)
			from_acquire(b, i, in, k);
		for (guint k = 0; k < in->calls->len; k++)
			from_call(b, i, in, k);
	}
	for (guint i = 0; i < b->p->entries->len; i++)
		from_entry(b, i);
}

struct depgraph *build_deps(struct prog *p)
{
	struct depgraph *g = g_new0(struct depgraph, 1);
	struct builder b = { p, g_array_new(FALSE, FALSE, sizeof(struct source)), rowacc_new(p->acq->rows, ELEM_LIMIT) };

	g->nclass = p->classes->len;
	g->self = g_array_new(FALSE, FALSE, sizeof(struct self));
	find_sources(&b);
	rowacc_free(b.acc);
	rows_seal(p->acq->rows);
	index_sources(p, g, b.src);
	find_edges(p, g);
	find_best_sources(p, g);
	find_self(p, g);
	return g;
}

void free_deps(struct depgraph *g)
{
	free_edges(g);
	g_clear_pointer(&g->deps, g_hash_table_destroy);
	g_array_free(g->self, TRUE);
	g_free(g->src);
	g_free(g->src_first);
	g_free(g);
}
