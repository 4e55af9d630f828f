/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * edges.c - the edges of a class: the union of the rows of its sources.
 *
 * A whole kernel has tens of millions of edges, and few are ever looked at: one is a target, its kinds and its tier, six
 * bytes; which source shows it best, in each of its kinds, some more.  Classes do not depend on each other here, so threads
 * share them.
 *
 * Requires: sources (deps.c), sorted.
 */
#include <string.h>
#include "depgraph.h"

/* --- unions --- */

enum { W_EXCLUSIVE = 1, W_NESTED = 2, W_INNER = 4 };   /* how the sources of one union hold the class, and which row is asked for */

/* A worker's scratch: edges of one class, by target. */
struct fan {
	struct prog *p;
	const struct depgraph *g;
	struct rowacc *acc;
	uint8_t *kinds, *tier;          /* [class] */
	uint32_t *list, n;              /* targets */
	uint32_t from;
	unsigned way, level;            /* of the union that is noted */
};
struct out { uint32_t n; uint32_t *to; uint8_t *kinds, *tier; };        /* edges of a class */
struct unions { struct fan *fan; struct out *of; };

static void note_element(void *arg, uint32_t el)
{
	struct fan *f = arg;
	uint32_t to = elem_class(el);
	unsigned bit = (elem_reader(el) ? 0 : 2) + !!(f->way & W_EXCLUSIVE);

	if (to == f->from || !counts(f->p, f->way & W_NESTED, f->from, el))
		return;
	if (!f->kinds[to]) {
		f->list[f->n++] = to;
		f->tier[to] = (uint8_t)f->level;
	}
	f->kinds[to] |= (uint8_t)((f->way & W_INNER ? 0x11u : 1u) << bit);
}

/* The elements of all sources of the class that hold it so. */
static void union_of(struct fan *f)
{
	for (uint32_t i = f->g->src_first[f->from]; i < f->g->src_first[f->from + 1]; i++) {
		const struct source *s = &f->g->src[i];

		if (s->exclusive == !!(f->way & W_EXCLUSIVE) && s->nested == !!(f->way & W_NESTED))
			rowacc_add(f->acc, source_row(f->p, s, f->level, f->way & W_INNER));
	}
	rowacc_drain(f->acc, note_element, f);
}

/* Bit per way, but for W_INNER, in which some source holds the class. */
static unsigned ways_of(const struct fan *f)
{
	unsigned ways = 0;

	for (uint32_t i = f->g->src_first[f->from]; i < f->g->src_first[f->from + 1]; i++)
		ways |= 1u << ((f->g->src[i].exclusive ? W_EXCLUSIVE : 0) | (f->g->src[i].nested ? W_NESTED : 0));
	return ways;
}

static int by_number(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return a < b ? -1 : a > b;
}

static struct out take_edges(struct fan *f)
{
	struct out o = { f->n, g_new(uint32_t, f->n), g_new(uint8_t, f->n), g_new(uint8_t, f->n) };

	qsort(f->list, f->n, sizeof(*f->list), by_number);
	for (uint32_t i = 0; i < f->n; i++) {
		uint32_t to = f->list[i];

		o.to[i] = to;
		o.kinds[i] = f->kinds[to];
		o.tier[i] = f->tier[to];
		f->kinds[to] = 0;
	}
	f->n = 0;
	return o;
}

static void unite(void *arg, unsigned worker, size_t from, size_t to)
{
	struct unions *u = arg;
	struct fan *f = &u->fan[worker];

	for (size_t c = from; c < to; c++) {
		unsigned ways;

		f->from = (uint32_t)c;
		ways = ways_of(f);
		for (f->level = 0; f->level <= DEPTH; f->level++)
			for (f->way = 0; f->way < 8; f->way++)
				if (ways >> (f->way & ~(unsigned)W_INNER) & 1)
					union_of(f);
		u->of[c] = take_edges(f);
	}
}

/* One class's after the other's, in one array. */
static void join_edges(struct depgraph *g, struct out *of)
{
	g->first = g_new0(uint32_t, g->nclass + 2);
	for (uint32_t c = 0; c < g->nclass; c++)
		g->first[c + 1] = g->first[c] + of[c].n;
	g->n = g->first[g->nclass];
	g->to = g_new(uint32_t, g->n + 1);
	g->kinds = g_new(uint8_t, g->n + 1);
	g->tier = g_new(uint8_t, g->n + 1);
	for (uint32_t c = 0; c < g->nclass; c++) {
		if (of[c].n) {
			memcpy(g->to + g->first[c], of[c].to, of[c].n * sizeof(*g->to));
			memcpy(g->kinds + g->first[c], of[c].kinds, of[c].n);
			memcpy(g->tier + g->first[c], of[c].tier, of[c].n);
		}
		g_free(of[c].to), g_free(of[c].kinds), g_free(of[c].tier);
	}
}

void find_edges(struct prog *p, struct depgraph *g)
{
	struct unions u = { g_new0(struct fan, p->jobs), g_new0(struct out, g->nclass + 1) };

	for (unsigned i = 0; i < p->jobs; i++)
		u.fan[i] = (struct fan){ .p = p, .g = g, .acc = rowacc_new(p->acq->rows, ELEM_LIMIT), .kinds = g_new0(uint8_t, g->nclass + 1),
					 .tier = g_new(uint8_t, g->nclass + 1), .list = g_new(uint32_t, g->nclass + 1) };
	par_for(p->jobs, g->nclass, 16, unite, &u);
	for (unsigned i = 0; i < p->jobs; i++) {
		rowacc_free(u.fan[i].acc);
		g_free(u.fan[i].kinds), g_free(u.fan[i].tier), g_free(u.fan[i].list);
	}
	join_edges(g, u.of);
	g_free(u.fan), g_free(u.of);
}

/* The class whose edges @i is among. */
static uint32_t edge_from(const struct depgraph *g, uint32_t i)
{
	uint32_t lo = 0, hi = g->nclass;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (g->first[mid] <= i)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

struct edge edge_in(const struct depgraph *g, uint32_t from, uint32_t i)
{
	return (struct edge){ .no = i, .from = from, .to = g->to[i], .kinds = g->kinds[i] & 15, .inner = g->kinds[i] >> 4, .tier = g->tier[i] };
}

struct edge edge_at(const struct depgraph *g, uint32_t i)
{
	return edge_in(g, edge_from(g, i), i);
}

void drop_kind(struct depgraph *g, uint32_t i, unsigned kind)
{
	g->kinds[i] &= (uint8_t)~(0x11u << kind);
	g->drops++;
	lean_kinds(g, edge_from(g, i), i);
}

/* --- the best source of each --- */

/* Of each edge and each kind that it has: which source of the class, the level, nested. */
#define PACK(source, level, nested) ((source) << 3 | (uint32_t)(level) << 1 | (uint32_t)(nested))
#define LOT 8                   /* edges that are counted together: one word of kinds */

/* Kinds are counted as they were when all were found, for some are dropped. */
struct best { uint8_t *had; uint32_t *first, *of; };    /* had: [edge]; first: [edge / LOT]: where its lot's begin in @of */

static uint64_t kinds_of_lot(const struct best *b, uint32_t lot)
{
	uint64_t kinds;

	memcpy(&kinds, b->had + (size_t)lot * LOT, sizeof(kinds));
	return kinds;
}

/* Bytes are counted from the lowest: the order of them in memory must be that, too. */
static uint32_t *best_at(const struct best *b, uint32_t edge, unsigned kind)
{
	uint64_t before = GUINT64_FROM_LE(kinds_of_lot(b, edge / LOT)) & ((UINT64_C(1) << (8 * (edge % LOT) + kind)) - 1);

	return &b->of[b->first[edge / LOT] + (uint32_t)__builtin_popcountll(before)];
}

static struct best *best_new(const struct depgraph *g)
{
	struct best *b = g_new(struct best, 1);
	uint32_t nlot = g->n / LOT + 1, n = 0;

	*b = (struct best){ g_new0(uint8_t, (size_t)nlot * LOT), g_new(uint32_t, nlot), NULL };
	for (uint32_t i = 0; i < g->n; i++)
		b->had[i] = g->kinds[i] & 15;
	for (uint32_t lot = 0; lot < nlot; lot++) {
		b->first[lot] = n;
		n += (uint32_t)__builtin_popcountll(kinds_of_lot(b, lot));
	}
	b->of = g_new0(uint32_t, (size_t)n + 1);
	return b;
}

/* A worker's scratch. */
struct finder {
	struct prog *p;
	struct depgraph *g;
	uint64_t *left[2];              /* [held exclusively]: bitset of elements that no source is known of yet */
	uint32_t *at;                   /* [class]: the edge to it */
	GHashTable *met;                /* rows that were looked through, with how the class was held */
	const struct source *s;         /* whose row is looked through */
	uint32_t from;
	unsigned level;
};

static struct finder *finder_new(struct prog *p, struct depgraph *g)
{
	struct finder *f = g_new0(struct finder, 1);

	*f = (struct finder){ .p = p, .g = g, .left = { g_new0(uint64_t, ELEM_LIMIT / 64), g_new0(uint64_t, ELEM_LIMIT / 64) },
			      .at = g_new(uint32_t, g->nclass + 1), .met = g_hash_table_new(NULL, NULL) };
	return f;
}

static void finder_free(struct finder *f)
{
	g_free(f->left[0]), g_free(f->left[1]), g_free(f->at);
	g_hash_table_destroy(f->met);
	g_free(f);
}

static void set_bit(uint64_t *bits, uint32_t n) { bits[n / 64] |= UINT64_C(1) << (n % 64); }
static void clear_bit(uint64_t *bits, uint32_t n) { bits[n / 64] &= ~(UINT64_C(1) << (n % 64)); }

static void assign(void *arg, uint32_t el)
{
	struct finder *f = arg;
	const struct source *s = f->s;
	uint32_t to = elem_class(el);
	unsigned kind = (elem_reader(el) ? 0 : 2) + s->exclusive;

	if (!counts(f->p, s->nested, s->from, el))
		return;
	*best_at(f->g->best, f->at[to], kind) = PACK((uint32_t)(s - &f->g->src[f->g->src_first[f->from]]), f->level, elem_nested(el));
	for (unsigned nested = 0; nested < 2; nested++)
		clear_bit(f->left[s->exclusive], elem_of(to, elem_reader(el), nested));
}

/* Each kind's best source: by level, then the innermost held lock's first, then as sorted. */
static void look_through(struct finder *f)
{
	for (unsigned pass = 0; pass < 2 * (DEPTH + 1); pass++) {
		bool inner = pass % 2 == 0;

		f->level = pass / 2;
		for (uint32_t i = f->g->src_first[f->from]; i < f->g->src_first[f->from + 1]; i++) {
			const struct source *s = f->s = &f->g->src[i];
			rowid row = source_row(f->p, s, f->level, inner);

			/* the same row again, held the same way, assigns nothing */
			if (row && g_hash_table_add(f->met, GSIZE_TO_POINTER((size_t)row * 4 + s->exclusive * 2u + s->nested)))
				row_meet(f->p->acq->rows, row, f->left[s->exclusive], assign, f);
		}
		g_hash_table_remove_all(f->met);
	}
}

/* The elements of all edges of the class. */
static void mark_left(struct finder *f, void (*mark)(uint64_t *bits, uint32_t n))
{
	for (uint32_t i = f->g->first[f->from]; i < f->g->first[f->from + 1]; i++)
		for (unsigned k = 0; k < 4; k++)
			for (unsigned nested = 0; nested < 2 && f->g->kinds[i] >> k & 1; nested++)
				mark(f->left[k & 1], elem_of(f->g->to[i], !(k & 2), nested));
}

static void find_best(struct finder *f, uint32_t from)
{
	struct depgraph *g = f->g;

	f->from = from;
	for (uint32_t i = g->first[from]; i < g->first[from + 1]; i++)
		f->at[g->to[i]] = i;
	mark_left(f, set_bit);
	look_through(f);
	mark_left(f, clear_bit);        /* a nested one makes no dependency between levels of one lock */
}

static void find_some(void *arg, unsigned worker, size_t from, size_t to)
{
	for (size_t c = from; c < to; c++)
		find_best(((struct finder **)arg)[worker], (uint32_t)c);
}

void find_best_sources(struct prog *p, struct depgraph *g)
{
	struct finder **f = g_new(struct finder *, p->jobs);

	g->best = best_new(g);
	for (unsigned i = 0; i < p->jobs; i++)
		f[i] = finder_new(p, g);
	par_for(p->jobs, g->nclass, 16, find_some, f);
	for (unsigned i = 0; i < p->jobs; i++)
		finder_free(f[i]);
	g_free(f);
}

struct edge_src edge_source(const struct depgraph *g, const struct edge *e, unsigned kind)
{
	uint32_t packed = *best_at(g->best, e->no, kind);

	return (struct edge_src){ .source = &g->src[g->src_first[e->from] + (packed >> 3)], .level = packed >> 1 & 3, .nested = packed & 1 };
}

void free_edges(struct depgraph *g)
{
	if (g->best)
		g_free(g->best->had), g_free(g->best->first), g_free(g->best->of);
	g_free(g->best);
	g_free(g->first), g_free(g->to), g_free(g->kinds), g_free(g->tier);
}
