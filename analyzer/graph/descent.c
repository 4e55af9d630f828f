/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * descent.c - from a call down to an acquisition: the shortest way.
 *
 * Breadth first over the nodes of acqset.c, and only to those whose row holds what is looked for, so
 * the search never leaves the useful part of the graph.  A node is met again only with more guesses left.
 * There are tens of thousands of searches in a whole kernel, so what they need is kept from one to the next.
 *
 * Requires: acqsets.
 */
#include "model.h"

#define MOST_NODES 200000

struct at { uint32_t node, prev, below; int16_t level; uint16_t depth; };

struct descents {
	GArray *queue;          /* struct at */
	uint32_t serial;        /* of the search */
	uint32_t *met;          /* [node]: the search that met it last */
	uint8_t *level;         /* ... with the most guesses left */
	uint32_t *asked;        /* [row]: the search that asked it last */
	uint8_t *has;           /* ... and what it was told */
};

static struct descents *ready(struct prog *p)
{
	struct descents *d = p->descents;

	if (!d) {
		d = p->descents = g_new0(struct descents, 1);
		d->queue = g_array_new(FALSE, FALSE, sizeof(struct at));
		d->met = g_new0(uint32_t, p->acq->nnode + 1);
		d->level = g_new0(uint8_t, p->acq->nnode + 1);
		d->asked = g_new0(uint32_t, rows_count(p->acq->rows) + 1);
		d->has = g_new0(uint8_t, rows_count(p->acq->rows) + 1);
	}
	d->serial++;
	g_array_set_size(d->queue, 0);
	return d;
}

void free_descents(struct prog *p)
{
	struct descents *d = p->descents;

	if (!d)
		return;
	g_array_free(d->queue, TRUE);
	g_free(d->met), g_free(d->level), g_free(d->asked), g_free(d->has);
	g_free(d);
	p->descents = NULL;
}

static bool holds(struct descents *d, const struct rows *rows, rowid row, uint32_t el)
{
	if (!row)
		return false;
	if (d->asked[row] != d->serial) {
		d->asked[row] = d->serial;
		d->has[row] = row_has(rows, row, el);
	}
	return d->has[row];
}

bool acquires(struct prog *p, const struct rec_acq *a, uint64_t in, uint32_t el)
{
	if (a->trylock || final_of(p, a->l.cls) != elem_class(el) || a->nested != elem_nested(el))
		return false;
	for (in &= a->emask; in; in &= in - 1)
		if (reads_recursively(p, a->mode, point_at((unsigned)__builtin_ctzll(in), a->irq, a->bh)) == elem_reader(el))
			return true;
	return false;
}

/* Event at which @node itself acquires it; -1: none. */
static int acquires_itself(struct prog *p, uint32_t node, uint32_t el, uint32_t from)
{
	const struct inst *in = inst_at(p, p->acq->inst[node]);
	uint64_t state = UINT64_C(1) << p->acq->bit[node];

	for (guint i = 0; i < in->acqs->len; i++) {
		const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, i);

		if (acquires(p, a, state, el) && !(a->relset && released_by(p, a->relset, from)))
			return (int)a->ev;
	}
	return -1;
}

static void meet(struct descents *d, uint32_t node, uint32_t prev, uint32_t below, int level, unsigned depth)
{
	struct at at = { node, prev, below, (int16_t)level, (uint16_t)depth };

	if (d->met[node] == d->serial && level < d->level[node])
		return;         /* the stored level is one more: 0 would be "as much as this" */
	d->met[node] = d->serial;
	d->level[node] = (uint8_t)(level + 1);
	g_array_append_val(d->queue, at);
}

static void go_down(struct prog *p, struct descents *d, uint32_t i, uint32_t el, uint32_t from)
{
	const struct acqsets *s = p->acq;
	struct at at = g_array_index(d->queue, struct at, i);

	for (uint32_t k = s->first[at.node]; k < s->first[at.node + 1]; k++) {
		const struct below *b = &s->below[k];
		int level = at.level - b->cost;

		if (level >= 0 && holds(d, s->rows, s->all[level][b->node], el) && !(b->relset && released_by(p, b->relset, from)))
			meet(d, b->node, i, k, level, at.depth + 1u);
	}
}

/* The calls that led to queue position @i, outermost first. */
static void add_hops(const struct prog *p, const struct descents *d, uint32_t i, GArray *hops)
{
	const struct at *at = &g_array_index(d->queue, struct at, i);
	guint first = hops->len;

	for (; at->prev != UINT32_MAX; at = &g_array_index(d->queue, struct at, at->prev)) {
		struct hop h = { p->acq->inst[g_array_index(d->queue, struct at, at->prev).node], p->acq->below[at->below].call };

		g_array_insert_val(hops, first, h);
	}
}

enum descent descend(struct prog *p, uint32_t node, int level, const struct aim *aim, GArray *hops, uint32_t *inst, uint32_t *ev)
{
	struct descents *d = ready(p);
	enum descent end = D_NONE;

	if (level < 0)
		return D_NONE;
	meet(d, node, UINT32_MAX, 0, level, 0);
	for (uint32_t i = 0; i < d->queue->len && i < MOST_NODES; i++) {
		const struct at *at = &g_array_index(d->queue, struct at, i);
		int found = acquires_itself(p, at->node, aim->el, aim->from);

		if (found >= 0) {
			*inst = p->acq->inst[at->node];
			*ev = (uint32_t)found;
			add_hops(p, d, i, hops);
			return D_FOUND;
		}
		if (at->depth >= aim->most)
			end = D_TOO_FAR;
		else
			go_down(p, d, i, aim->el, aim->from);
	}
	return end;
}
