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
#include "model.h"

struct node { uint32_t prev, edge; uint8_t kind; bool seen; };
struct tree { uint32_t start; struct node node[]; };

static uint32_t depth(const struct tree *t, uint32_t at)
{
	uint32_t n = 0;

	for (uint32_t v = at; v != t->start; v = t->node[v].prev)
		n++;
	return n;
}

struct tree *strong_tree(const struct depgraph *g, uint32_t nclass, uint32_t from, bool from_read, bool inner_only, const struct limits *lim)
{
	struct tree *t = g_malloc0(sizeof(*t) + 2u * nclass * sizeof(t->node[0]));
	uint32_t *queue = g_new(uint32_t, 2u * nclass + 1), head = 0, tail = 0;

	t->start = from * 2 + from_read;
	t->node[t->start].seen = true;
	queue[tail++] = t->start;
	while (head < tail) {
		uint32_t v = queue[head++];
		bool only_xr = v & 1;

		if (v != t->start && (lim->stop && lim->stop[v / 2]))
			continue;
		if (lim->length && depth(t, v) >= lim->length)
			break;          /* breadth first: all that follow are as far */
		for (uint32_t i = g->first[v / 2]; i < g->first[v / 2 + 1]; i++) {
			uint32_t to = g->to[i];
			unsigned kinds = inner_only ? g->kinds[i] >> 4 : g->kinds[i] & 15u;

			if ((lim->skip && lim->skip[to]) || g->tier[i] > lim->tier)
				continue;
			for (unsigned k = 4; k-- > 0; ) {       /* EN first: the strongest */
				bool shared = !(k & 1), recursive = !(k & 2);
				uint32_t w = to * 2 + recursive;

				if (!(kinds >> k & 1) || (only_xr && shared) || t->node[w].seen)
					continue;
				t->node[w] = (struct node){ v, i, (uint8_t)k, true };
				queue[tail++] = w;
			}
		}
	}
	g_free(queue);
	return t;
}

void free_tree(struct tree *t)
{
	g_free(t);
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

/* With @to_needs_block the last edge must not be -(xR)->: what follows it would only be a reader. */
struct path *tree_path(const struct tree *t, uint32_t to, bool to_needs_block, struct sd_arena *a)
{
	bool n = t->node[to * 2].seen && to * 2 != t->start;
	bool r = t->node[to * 2 + 1].seen && to * 2 + 1 != t->start && !to_needs_block;

	if (n && r)
		return unwind(t, depth(t, to * 2) <= depth(t, to * 2 + 1) ? to * 2 : to * 2 + 1, a);
	return n ? unwind(t, to * 2, a) : r ? unwind(t, to * 2 + 1, a) : NULL;
}

/*
 * lockdep's links first, each from the innermost held lock, so that a chain names every lock on its way; only
 * when they lead nowhere (recursive readers in between, see deps.c) also the links that leave locks out.
 */
struct path *strong_path(const struct depgraph *g, uint32_t nclass, uint32_t from, bool from_read,
			 uint32_t to, bool to_needs_block, struct sd_arena *a)
{
	const struct limits none = { .tier = UINT8_MAX };
	struct path *p = NULL;

	for (unsigned all = 0; all < 2 && !p; all++) {
		struct tree *t = strong_tree(g, nclass, from, from_read, !all, &none);

		p = tree_path(t, to, to_needs_block, a);
		free_tree(t);
	}
	return p;
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
