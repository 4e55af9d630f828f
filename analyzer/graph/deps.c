/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deps.c - dependencies: `to` was acquired while `from` was held.
 *
 * lockdep links a new lock to the innermost held one only and trusts transitivity
 * (check_prevs_add()); with recursive readers that loses true dependencies, so here every held lock gets
 * its edge, with its kind.  An acquisition by trylock adds none; locks held by trylock do.
 *
 * A SOURCE is a place where a lock is held and a row of elements (acqset.c) is acquired: an acquisition, a
 * call, or all that an entry runs while its map is held.  The edges of a class are the union of the rows
 * of its sources; which source shows an edge best is found when somebody asks, for the sources of a class are sorted
 * by cost: fewest guessed targets, shortest way from an entry, then the smaller instance.
 *
 * Requires: acqsets, contexts.
 */
#include <string.h>
#include "model.h"

struct builder { struct prog *p; struct depgraph *g; GArray *src; struct rowacc *acc; GHashTable *met; };

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
		      uint32_t node, unsigned level)
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
		s.node = node;
		s.all = node != UINT32_MAX ? acquired_under(b->p, node, level, s.from) : all;
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
		s.bit = (uint8_t)bit;
		s.cost = cost_of(in, bit, NULL);
		each_held(b, first, in, a->held0, a->nheld, s, UINT32_MAX, 0);
	}
}

static void from_call(struct builder *b, uint32_t id, struct inst *in, guint i)
{
	const struct rec_call *c = &g_array_index(in->calls, struct rec_call, i);
	struct source s = { .inst = id, .rec = i, .what = SRC_CALL, .guesses = (uint8_t)call_cost(c) };
	unsigned level = DEPTH - MIN(call_cost(c), DEPTH);
	guint first = b->src->len;

	if (!c->nheld || call_cost(c) > DEPTH)
		return;
	for (uint64_t mask = in->entry & c->emask; mask; mask &= mask - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(mask);
		uint32_t w = node_below(b->p, c, bit);

		if (w == UINT32_MAX)
			continue;
		s.all = b->p->acq->all[level][w];
		s.inner = b->p->acq->inner[level][w];
		s.bit = (uint8_t)bit;
		s.cost = cost_of(in, bit, c);
		each_held(b, first, in, c->held0, c->nheld, s, w, level);
	}
}

/* A callback runs with its object's map held (kernel/time/timer.c, call_timer_fn(); process_one_work()). */
static void from_entry(struct builder *b, guint i)
{
	const struct entry *e = &g_array_index(b->p->entries, struct entry, i);
	struct source s = { .rec = i, .what = SRC_ENTRY, .exclusive = true };
	uint32_t w;

	if (!e->map || skip_class(b->p, e->map - 1) || func_at(b->p, e->fn)->is_api)
		return;
	s.inst = get_root(b->p, e->fn);
	s.bit = (uint8_t)ENTRY_BIT(e->ctx, e->irqs, e->bhs);
	w = node_at(inst_at(b->p, s.inst), s.bit);
	if (w == UINT32_MAX)
		return;
	s.from = final_of(b->p, e->map - 1);
	s.node = w;
	s.all = b->p->acq->all[DEPTH][w];
	s.inner = b->p->acq->inner[DEPTH][w];
	add_source(b, b->src->len, &s);
}

/* --- sources of a class, best first --- */

static gint by_class_and_cost(gconstpointer x, gconstpointer y)
{
	const struct source *a = x, *b = y;
	uint32_t ka[] = { a->from, a->cost, a->what, a->inst, a->rec, a->held, a->bit };
	uint32_t kb[] = { b->from, b->cost, b->what, b->inst, b->rec, b->held, b->bit };

	for (size_t i = 0; i < G_N_ELEMENTS(ka); i++)
		if (ka[i] != kb[i])
			return ka[i] < kb[i] ? -1 : 1;
	return 0;
}

static const struct source *source_at(const struct depgraph *g, uint32_t i)
{
	return &g_array_index(g->src, struct source, i);
}

/* Does this element, acquired at @s, make a dependency?  Levels of one lock are ordered by their nesting, variants never meet. */
static bool counts(struct prog *p, bool nested_held, uint32_t from, uint32_t el)
{
	uint32_t to = el / 4;

	if (exclusive(p, from, to))
		return false;
	return !((nested_held || (el & 1)) && levels_of_one_lock(p, from, to));
}

/* What @s acquires when the way down costs @level at most. */
static rowid source_row(const struct prog *p, const struct source *s, unsigned level, bool inner)
{
	if (level < s->guesses)
		return 0;
	if (s->node == UINT32_MAX || level == DEPTH)
		return inner ? s->inner : s->all;
	level -= s->guesses;
	if (inner)
		return s->inner ? p->acq->inner[level][s->node] : 0;
	return s->all == p->acq->clean[DEPTH - s->guesses][s->node] ? p->acq->clean[level][s->node] : p->acq->all[level][s->node];
}

static bool shows(struct prog *p, const struct source *s, uint32_t el)
{
	return row_has(p->acq->rows, s->all, el) && (el / 4 != s->from || (!s->nested && !(el & 1))) && counts(p, s->nested, s->from, el);
}

bool source_acquires(struct prog *p, const struct source *s, uint32_t to)
{
	for (uint32_t el = to * 4; el < to * 4 + 4; el++)
		if (shows(p, s, el))
			return true;
	return false;
}

/* --- edges --- */

enum { W_EXCLUSIVE = 1, W_NESTED = 2, W_INNER = 4 };   /* how the sources of one union hold the class, and which row is asked for */
struct fan { struct edge *of; bool *has; uint32_t *list, n; };          /* edges of one class, by target */

static void note_element(struct builder *b, struct fan *f, uint32_t from, unsigned way, unsigned level, uint32_t el)
{
	uint32_t to = el / 4;
	unsigned bit = (el >> 1 & 1 ? 0 : 2) + !!(way & W_EXCLUSIVE);

	if (to == from || !counts(b->p, way & W_NESTED, from, el))
		return;
	if (!f->has[to]) {
		f->has[to] = true;
		f->list[f->n++] = to;
		f->of[to] = (struct edge){ .from = from, .to = to, .tier = (uint8_t)level };
	}
	f->of[to].kinds |= (uint8_t)(1u << bit);
	if (way & W_INNER)
		f->of[to].inner |= (uint8_t)(1u << bit);
}

/* The elements of all sources of @from that hold it so. */
static void union_of(struct builder *b, struct fan *f, uint32_t from, unsigned way, unsigned level)
{
	const struct rows *rows = b->p->acq->rows;
	rowid all;

	for (uint32_t i = b->g->src_first[from]; i < b->g->src_first[from + 1]; i++) {
		const struct source *s = source_at(b->g, i);

		if (s->exclusive == !!(way & W_EXCLUSIVE) && s->nested == !!(way & W_NESTED))
			rowacc_add(b->acc, source_row(b->p, s, level, way & W_INNER));
	}
	all = rowacc_take(b->acc);
	for (uint32_t el = row_next(rows, all, 0); el != UINT32_MAX; el = row_next(rows, all, el + 1))
		note_element(b, f, from, way, level, el);
}

/* Each kind's best source: by level, then the innermost held lock's first, then as sorted. */
static void assign(struct builder *b, struct fan *f, const struct source *s, uint32_t index, rowid row, unsigned level)
{
	for (uint32_t el = row_next(b->p->acq->rows, row, 0); el != UINT32_MAX; el = row_next(b->p->acq->rows, row, el + 1)) {
		struct edge *e = &f->of[el / 4];
		unsigned kind = (el >> 1 & 1 ? 0 : 2) + s->exclusive;

		if (!f->has[el / 4] || e->src[kind].known || !counts(b->p, s->nested, s->from, el))
			continue;
		e->src[kind] = (struct edge_src){ .source = index, .level = (uint8_t)level, .nested = el & 1, .known = true };
	}
}

static void assign_sources(struct builder *b, struct fan *f, uint32_t from)
{
	for (unsigned pass = 0; pass < 2 * (DEPTH + 1); pass++) {
		unsigned level = pass / 2;
		bool inner = pass % 2 == 0;

		for (uint32_t i = b->g->src_first[from]; i < b->g->src_first[from + 1]; i++) {
			const struct source *s = source_at(b->g, i);
			rowid row = source_row(b->p, s, level, inner);

			/* the same row again, held the same way, assigns nothing */
			if (row && g_hash_table_add(b->met, GSIZE_TO_POINTER((size_t)row * 4 + s->exclusive * 2u + s->nested)))
				assign(b, f, s, i, row, level);
		}
		g_hash_table_remove_all(b->met);
	}
}

static int by_number(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return a < b ? -1 : a > b;
}

static void edges_of(struct builder *b, struct fan *f, uint32_t from)
{
	for (unsigned level = 0; level <= DEPTH; level++)
		for (unsigned way = 0; way < 8; way++)
			union_of(b, f, from, way, level);
	assign_sources(b, f, from);
	qsort(f->list, f->n, sizeof(*f->list), by_number);
	for (uint32_t i = 0; i < f->n; i++) {
		g_array_append_val(b->g->edges, f->of[f->list[i]]);
		f->has[f->list[i]] = false;
	}
	f->n = 0;
}

/* Where a class is held and taken once more. */
static void find_self(struct builder *b)
{
	for (guint i = 0; i < b->g->src->len; i++)
		for (unsigned reader = 0; reader < 2; reader++) {
			struct self s = { i, elem_of(source_at(b->g, i)->from, reader, false) };

			if (source_at(b->g, i)->what != SRC_ENTRY && shows(b->p, source_at(b->g, i), s.el))
				g_array_append_val(b->g->self, s);
		}
}

static void index_edges(struct depgraph *g, uint32_t nclass)
{
	g->first = g_new0(uint32_t, nclass + 2);
	for (guint i = 0; i < g->edges->len; i++)
		g->first[g_array_index(g->edges, struct edge, i).from + 1]++;
	for (uint32_t c = 0; c < nclass; c++)
		g->first[c + 1] += g->first[c];
}

static void index_sources(struct depgraph *g, uint32_t nclass)
{
	g_array_sort(g->src, by_class_and_cost);
	g->src_first = g_new0(uint32_t, nclass + 2);
	for (guint i = 0; i < g->src->len; i++)
		g->src_first[source_at(g, i)->from + 1]++;
	for (uint32_t c = 0; c < nclass; c++)
		g->src_first[c + 1] += g->src_first[c];
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
	uint32_t n = p->classes->len;
	struct depgraph *g = g_new0(struct depgraph, 1);
	struct builder b = { p, g, NULL, rowacc_new(p->acq->rows, elem_of(n, false, false)), g_hash_table_new(NULL, NULL) };
	struct fan f = { g_new(struct edge, n + 1), g_new0(bool, n + 1), g_new(uint32_t, n + 1), 0 };

	g->edges = g_array_new(FALSE, FALSE, sizeof(struct edge));
	g->src = b.src = g_array_new(FALSE, FALSE, sizeof(struct source));
	g->self = g_array_new(FALSE, FALSE, sizeof(struct self));
	find_sources(&b);
	index_sources(g, n);
	for (uint32_t c = 0; c < n; c++)
		edges_of(&b, &f, c);
	index_edges(g, n);
	find_self(&b);
	rowacc_free(b.acc);
	g_hash_table_destroy(b.met);
	g_free(f.of), g_free(f.has), g_free(f.list);
	return g;
}

void free_deps(struct depgraph *g)
{
	g_array_free(g->edges, TRUE);
	g_array_free(g->self, TRUE);
	g_array_free(g->src, TRUE);
	g_free(g->first);
	g_free(g->src_first);
	g_free(g);
}
