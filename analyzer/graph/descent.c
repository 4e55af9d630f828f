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
#include <string.h>
#include "depgraph.h"

#define MOST_NODES 200000
#define LAST_SERIAL ((UINT32_C(1) << 30) - 1)

struct at { uint32_t node, prev, way; int16_t level; uint16_t depth; };

struct descents {
	GArray *queue;          /* struct at */
	uint32_t serial;        /* of the search */
	struct met { uint32_t serial : 30, level : 2; } *met;   /* [node]: the search that met it last, or turned it down, with the most guesses left */
	uint64_t *takes;        /* [instance]: classes that it acquires itself, modulo 64 */
	struct asked { uint32_t serial; bool has; } *asked;     /* [row]: the search that asked it last, and what it was told */
};

static uint64_t *find_takes(const struct prog *p)
{
	uint64_t *takes = g_new0(uint64_t, p->insts->len + 1);

	for (uint32_t i = 0; i < p->insts->len; i++) {
		const GArray *acqs = inst_at(p, i)->acqs;

		for (guint k = 0; acqs && k < acqs->len; k++)
			takes[i] |= UINT64_C(1) << final_of(p, g_array_index(acqs, struct rec_acq, k).l.cls) % 64;
	}
	return takes;
}

static struct descents *ready(struct prog *p)
{
	struct descents *d = p->descents;

	if (!d) {
		d = p->descents = g_new0(struct descents, 1);
		d->queue = g_array_new(FALSE, FALSE, sizeof(struct at));
		d->takes = find_takes(p);
		d->met = g_new0(struct met, p->acq->nnode + 1);
		d->asked = g_new0(struct asked, rows_count(p->acq->rows) + 1);
	}
	if (d->serial++ == LAST_SERIAL) {
		memset(d->met, 0, (p->acq->nnode + 1) * sizeof(*d->met));
		memset(d->asked, 0, (rows_count(p->acq->rows) + 1) * sizeof(*d->asked));
		d->serial = 1;
	}
	g_array_set_size(d->queue, 0);
	return d;
}

void free_descents(struct prog *p)
{
	struct descents *d = p->descents;

	if (!d)
		return;
	g_array_free(d->queue, TRUE);
	g_free(d->takes), g_free(d->met), g_free(d->asked);
	g_free(d);
	p->descents = NULL;
}

static bool holds(struct descents *d, const struct rows *rows, rowid row, uint32_t el)
{
	if (!row)
		return false;
	if (d->asked[row].serial != d->serial)
		d->asked[row] = (struct asked){ d->serial, row_has(rows, row, el) };
	return d->asked[row].has;
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

/* Does @node itself acquire it?  *ev: where. */
static bool acquires_itself(struct prog *p, const struct descents *d, uint32_t node, const struct aim *aim, uint32_t *ev)
{
	const struct inst *in = inst_at(p, p->acq->inst[node]);
	uint64_t state = UINT64_C(1) << p->acq->bit[node];

	if (!(d->takes[p->acq->inst[node]] >> (elem_class(aim->el) % 64) & 1))          /* only an optimisation */
		return false;
	for (guint i = 0; i < in->acqs->len; i++) {
		const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, i);

		if (acquires(p, a, state, aim->el) && !(a->relset && released_by(p, a->relset, aim->from))) {
			*ev = a->ev;
			return true;
		}
	}
	return false;
}

static bool was_met(const struct descents *d, uint32_t node, int level)
{
	return d->met[node].serial == d->serial && level <= d->met[node].level;
}

static void note_met(struct descents *d, uint32_t node, int level)
{
	_Static_assert(DEPTH < 4, "a level has room beside a serial number");
	d->met[node] = (struct met){ d->serial & LAST_SERIAL, (unsigned)level & 3 };
}

static void meet(struct descents *d, uint32_t node, uint32_t prev, uint32_t way, int level, unsigned depth)
{
	struct at at = { node, prev, way, (int16_t)level, (uint16_t)depth };

	note_met(d, node, level);
	g_array_append_val(d->queue, at);
}

static uint32_t relset_of_way(struct prog *p, uint32_t node, uint32_t way)
{
	struct below b = call_of_way(p, node, way);

	return below_relset(p, node, &b);
}

/*
 * Puts what node @i of the queue calls behind it.  The first that acquires is the answer, for those before it in the queue do
 * not: *ev gets the event, and it is the last of the queue.
 */
static bool go_down(struct prog *p, struct descents *d, uint32_t i, const struct aim *aim, uint32_t *ev)
{
	const struct acqsets *s = p->acq;
	struct at at = g_array_index(d->queue, struct at, i);

	for (uint32_t k = s->first[at.node]; k < s->first[at.node + 1]; k++) {
		const struct way w = s->ways[k];
		int level = at.level - w.cost;

		if (level < 0 || was_met(d, w.node, level))
			continue;
		if (!holds(d, s->rows, taken_by(p, w.node, (unsigned)level)->all, aim->el)) {
			note_met(d, w.node, level);     /* nor at less: whoever leads there need not ask again */
			continue;
		}
		if (w.released && released_by(p, relset_of_way(p, at.node, k), aim->from))
			continue;
		meet(d, w.node, i, k, level, at.depth + 1u);
		if (acquires_itself(p, d, w.node, aim, ev))
			return true;
	}
	return false;
}

/* The calls that led to queue position @i, outermost first. */
static void add_hops(struct prog *p, const struct descents *d, uint32_t i, GArray *hops)
{
	const struct at *at = &g_array_index(d->queue, struct at, i);
	guint first = hops->len;

	for (; at->prev != UINT32_MAX; at = &g_array_index(d->queue, struct at, at->prev)) {
		uint32_t node = g_array_index(d->queue, struct at, at->prev).node;
		struct hop h = { p->acq->inst[node], call_of_way(p, node, at->way).call };

		g_array_insert_val(hops, first, h);
	}
}

enum descent descend(struct prog *p, uint32_t node, int level, const struct aim *aim, GArray *hops, uint32_t *inst, uint32_t *ev)
{
	struct descents *d = ready(p);
	enum descent end = D_NONE;
	bool found;

	if (level < 0)
		return D_NONE;
	meet(d, node, UINT32_MAX, 0, level, 0);
	found = acquires_itself(p, d, node, aim, ev);
	for (uint32_t i = 0; !found && i < d->queue->len && i < MOST_NODES; i++)
		if (g_array_index(d->queue, struct at, i).depth < aim->most)
			found = go_down(p, d, i, aim, ev);
		else
			end = D_TOO_FAR;
	if (!found)
		return end;
	*inst = p->acq->inst[g_array_index(d->queue, struct at, d->queue->len - 1).node];
	add_hops(p, d, d->queue->len - 1, hops);
	return D_FOUND;
}
