/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * search.c - shortest strong dependency paths.
 *
 * lockdep-design.rst, "Dependency types and strong dependency paths": a path is strong when no
 * -(xR)-> is followed by -(Sx)->.  The search runs over (class, last edge was xR), not over classes: with
 * A -(ER)-> B -(SN)-> C and A -(EN)-> D -(EN)-> B the first way to B is a dead end, the second is not.
 * Each of the 2 * nclass nodes is met once: O(V + E) for a tree that answers for every target.
 */
#include <string.h>
#include "depgraph.h"

struct node { uint32_t prev, edge; uint8_t kind; };     /* kind: of the edge by which it was met */
struct tree { uint32_t start; uint32_t *queue; uint8_t *met; struct node node[]; };     /* met: per class, MET() of its nodes */

/* Bit of the nodes that an edge of some kinds leads to: by those that are no -(xR)->, and by those that are. */
#define MET(at) (1u << ((at) & 1))
static const uint8_t leads_to[16] = { 0, 2, 2, 2, 1, 3, 3, 3, 1, 3, 3, 3, 1, 3, 3, 3 };

static bool is_met(const struct tree *t, uint32_t at) { return t->met[at / 2] & MET(at); }

static uint32_t depth(const struct tree *t, uint32_t at)
{
	uint32_t n = 0;

	for (uint32_t v = at; v != t->start; v = t->node[v].prev)
		n++;
	return n;
}

struct tree *tree_new(uint32_t nclass)
{
	struct tree *t = g_malloc0(sizeof(*t) + 2u * nclass * sizeof(t->node[0]));

	t->queue = g_new(uint32_t, 2u * nclass + 1);
	t->met = g_malloc0(nclass + 1);
	return t;
}

void free_tree(struct tree *t)
{
	if (t)
		g_free(t->queue), g_free(t->met);
	g_free(t);
}

/* --- edges that a search may use --- */

/* Those that @limits and @scc allow, one after the other.  no: their index in the whole graph. */
struct lean { uint32_t *first, *to, *no; uint8_t *kinds; };

void drop_lean(struct depgraph *g)
{
	if (!g->lean)
		return;
	g_free(g->lean->first), g_free(g->lean->to), g_free(g->lean->no), g_free(g->lean->kinds);
	g_clear_pointer(&g->lean, g_free);
}

static bool is_allowed(const struct depgraph *g, uint32_t from, uint32_t i, const struct limits *lim, const uint32_t *scc)
{
	uint32_t to = g->to[i];

	return g->tier[i] <= lim->tier && !(lim->skip && lim->skip[to]) && (!scc || scc[from] == scc[to]);
}

void make_lean(struct depgraph *g, const struct limits *lim, const uint32_t *scc)
{
	struct lean *l = g_new(struct lean, 1);
	uint32_t n = 0;

	for (uint32_t from = 0; from < g->nclass; from++)
		for (uint32_t i = g->first[from]; i < g->first[from + 1]; i++)
			n += is_allowed(g, from, i, lim, scc);
	*l = (struct lean){ g_new(uint32_t, g->nclass + 1), g_new(uint32_t, n + 1), g_new(uint32_t, n + 1), g_new(uint8_t, n + 1) };
	n = 0;
	for (uint32_t from = 0; from < g->nclass; from++) {
		l->first[from] = n;
		for (uint32_t i = g->first[from]; i < g->first[from + 1]; i++)
			if (is_allowed(g, from, i, lim, scc)) {
				l->to[n] = g->to[i];
				l->kinds[n] = g->kinds[i];
				l->no[n++] = i;
			}
	}
	l->first[g->nclass] = n;
	g->lean = l;
}

void lean_kinds(struct depgraph *g, uint32_t from, uint32_t i)
{
	const struct lean *l = g->lean;

	for (uint32_t k = l ? l->first[from] : 0; l && k < l->first[from + 1]; k++)
		if (l->no[k] == i)
			l->kinds[k] = g->kinds[i];
}

/* --- the search --- */

static void begin(struct tree *t, uint32_t nclass, uint32_t start)
{
	memset(t->met, 0, nclass);
	t->start = start;
	t->met[start / 2] = MET(start);
	t->queue[0] = start;
}

/* Goes on from @v over an edge of these kinds: returns how long the queue is now. */
static uint32_t meet(struct tree *t, uint32_t v, uint32_t to, uint32_t edge, unsigned kinds, uint32_t tail)
{
	for (unsigned k = 4; k-- > 0; ) {       /* EN first: the strongest */
		uint32_t w = to * 2 + !(k & 2);

		if (!(kinds >> k & 1) || is_met(t, w))
			continue;
		t->met[to] |= (uint8_t)MET(w);
		t->node[w] = (struct node){ v, edge, (uint8_t)k };
		t->queue[tail++] = w;
	}
	return tail;
}

/* Targets are sorted: the first edge of [i, end) to @to or beyond it. */
static uint32_t first_to(const uint32_t *targets, uint32_t i, uint32_t end, uint32_t to)
{
	while (i < end) {
		uint32_t mid = i + (end - i) / 2;

		if (targets[mid] < to)
			i = mid + 1;
		else
			end = mid;
	}
	return i;
}

/* The goal is met, by no -(xR)->: a way that ends otherwise and is not known yet is no shorter, and serves no one better. */
static bool is_done(const struct tree *t, const struct limits *lim)
{
	uint32_t at = lim->goal ? (lim->goal - 1) * 2 : t->start;

	return at != t->start && is_met(t, at);
}

void grow_tree(struct tree *t, const struct depgraph *g, uint32_t nclass, uint32_t from, bool from_read, bool inner_only, const struct limits *lim)
{
	const struct lean *l = g->lean;
	const uint32_t *first = l ? l->first : g->first, *targets = l ? l->to : g->to;
	const uint8_t *all = l ? l->kinds : g->kinds;
	unsigned shift = inner_only ? 4 : 0;
	uint32_t head = 0, tail = 1;

	begin(t, nclass, from * 2 + from_read);
	while (head < tail && !is_done(t, lim)) {
		uint32_t v = t->queue[head++], i = first[v / 2], end = first[v / 2 + 1], far;
		unsigned strong = v & 1 ? 10 : 15;      /* no -(Sx)-> after -(xR)-> */

		if (v != t->start && (lim->stop && lim->stop[v / 2]))
			continue;
		far = lim->length ? depth(t, v) : 0;
		if (lim->length && far >= lim->length)
			break;          /* breadth first: all that follow are as far */
		if (lim->length && lim->goal && far + 1 == lim->length) {
			i = first_to(targets, i, end, lim->goal - 1);
			end = MIN(end, i + 1);  /* what leads elsewhere would be a step too far */
		}
		for (; i < end; i++) {
			unsigned kinds = all[i] >> shift & strong;

			if ((leads_to[kinds] & ~t->met[targets[i]]) && (l || is_allowed(g, v / 2, i, lim, NULL)))
				tail = meet(t, v, targets[i], l ? l->no[i] : i, kinds, tail);
		}
	}
}

static struct path *unwind(const struct tree *t, uint32_t at, struct sd_arena *a)
{
	struct path *out = sd_arena_alloc(a, sizeof(*out));

	out->n = depth(t, at);
	out->edge = sd_arena_alloc(a, out->n * sizeof(*out->edge));
	out->kind = sd_arena_alloc(a, out->n);
	for (uint32_t v = at, i = out->n; i-- > 0; v = t->node[v].prev) {
		out->edge[i] = t->node[v].edge;
		out->kind[i] = t->node[v].kind;
	}
	return out;
}

bool tree_reaches(const struct tree *t, uint32_t to, bool to_needs_block)
{
	return (is_met(t, to * 2) && to * 2 != t->start) || (is_met(t, to * 2 + 1) && to * 2 + 1 != t->start && !to_needs_block);
}

/* With @to_needs_block the last edge must not be -(xR)->: what follows it would only be a reader. */
struct path *tree_path(const struct tree *t, uint32_t to, bool to_needs_block, struct sd_arena *a)
{
	bool n = is_met(t, to * 2) && to * 2 != t->start;
	bool r = is_met(t, to * 2 + 1) && to * 2 + 1 != t->start && !to_needs_block;

	if (n && r)
		return unwind(t, depth(t, to * 2) <= depth(t, to * 2 + 1) ? to * 2 : to * 2 + 1, a);
	return n ? unwind(t, to * 2, a) : r ? unwind(t, to * 2 + 1, a) : NULL;
}

/* --- components --- */

struct tarjan { uint32_t *index, *low, *stack, *frame, *at, *scc, nstack, nframe, next, nscc; bool *on; };

static void open_class(struct tarjan *t, const struct depgraph *g, uint32_t v)
{
	t->index[v] = t->low[v] = ++t->next;
	t->stack[t->nstack++] = v;
	t->on[v] = true;
	t->frame[t->nframe] = v;
	t->at[t->nframe++] = g->first[v];
}

static void close_class(struct tarjan *t, uint32_t v)
{
	t->nframe--;
	if (t->nframe)
		t->low[t->frame[t->nframe - 1]] = MIN(t->low[t->frame[t->nframe - 1]], t->low[v]);
	if (t->low[v] != t->index[v])
		return;
	for (uint32_t w = UINT32_MAX; w != v; ) {
		w = t->stack[--t->nstack];
		t->on[w] = false;
		t->scc[w] = t->nscc;
	}
	t->nscc++;
}

uint32_t *class_components(const struct depgraph *g, uint32_t nclass)
{
	uint32_t *mem = g_new0(uint32_t, 5u * nclass + 5);
	struct tarjan t = { mem, mem + nclass, mem + 2 * nclass, mem + 3 * nclass, mem + 4 * nclass, g_new0(uint32_t, nclass + 1), 0, 0, 0, 0,
			    g_new0(bool, nclass + 1) };

	for (uint32_t root = 0; root < nclass; root++) {
		if (t.index[root])
			continue;
		open_class(&t, g, root);
		while (t.nframe) {
			uint32_t v = t.frame[t.nframe - 1], w;

			if (t.at[t.nframe - 1] == g->first[v + 1]) {
				close_class(&t, v);
				continue;
			}
			w = g->to[t.at[t.nframe - 1]++];
			if (!t.index[w])
				open_class(&t, g, w);
			else if (t.on[w])
				t.low[v] = MIN(t.low[v], t.index[w]);
		}
	}
	g_free(mem);
	g_free(t.on);
	return t.scc;
}
