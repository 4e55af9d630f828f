/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * search.c - shortest strong dependency path.
 *
 * lockdep-design.rst, "Dependency types and strong dependency paths": a path is strong when no
 * -(xR)-> is followed by -(Sx)->.  The search runs over (class, last edge was xR), not over classes: with
 * A -(ER)-> B -(SN)-> C and A -(EN)-> D -(EN)-> B the first way to B is a dead end, the second is not.
 * Each of the 2 * nclass nodes is met once: O(V + E).
 */
#include <string.h>
#include "model.h"

struct node { uint32_t prev, edge; uint8_t kind; bool seen; };

static struct path *unwind(const struct node *nodes, uint32_t at, uint32_t start, struct sd_arena *a)
{
	struct path *out = sd_arena_alloc(a, sizeof(*out));

	for (uint32_t v = at; v != start; v = nodes[v].prev)
		out->n++;
	out->edge = sd_arena_alloc(a, out->n * sizeof(*out->edge));
	out->kind = sd_arena_alloc(a, out->n);
	for (uint32_t v = at, i = out->n; i-- > 0; v = nodes[v].prev) {
		out->edge[i] = nodes[v].edge;
		out->kind[i] = nodes[v].kind;
	}
	return out;
}

static struct path *search(const struct depgraph *g, uint32_t nclass, uint32_t from, bool from_read,
			   uint32_t to, bool to_needs_block, bool inner_only, struct sd_arena *a)
{
	struct node *nodes = g_new0(struct node, 2u * nclass);
	uint32_t *queue = g_new(uint32_t, 2u * nclass + 1), head = 0, tail = 0, start = from * 2 + from_read;
	struct path *found = NULL;

	queue[tail++] = start;
	nodes[start].seen = true;
	while (head < tail && !found) {
		uint32_t v = queue[head++];
		bool only_xr = v & 1;

		for (uint32_t i = g->first[v / 2]; i < g->first[v / 2 + 1] && !found; i++) {
			const struct edge *e = &g_array_index(g->edges, struct edge, i);

			for (unsigned k = 4; k-- > 0; ) {       /* EN first: the strongest */
				bool shared = !(k & 1), recursive = !(k & 2);
				uint32_t w = e->to * 2 + recursive;

				if (!((inner_only ? e->inner : e->kinds) >> k & 1) || (only_xr && shared) || nodes[w].seen)
					continue;
				nodes[w] = (struct node){ v, i, (uint8_t)k, true };
				queue[tail++] = w;
				if (e->to == to && !(recursive && to_needs_block)) {
					found = unwind(nodes, w, start, a);
					break;
				}
			}
		}
	}
	g_free(nodes);
	g_free(queue);
	return found;
}

/*
 * lockdep's links first, each from the innermost held lock, so that a chain names every lock on its way; only when they
 * lead nowhere (recursive readers in between, see deps.c) also the links that leave locks out.
 *
 * From @from, whose own acquisition is a recursive read when @from_read (so the first edge must be -(Ex)->),
 * to @to; with @to_needs_block the last edge must not be -(xR)-> (what follows it would only be a reader).
 */
struct path *strong_path(const struct depgraph *g, uint32_t nclass, uint32_t from, bool from_read,
			 uint32_t to, bool to_needs_block, struct sd_arena *a)
{
	struct path *p = search(g, nclass, from, from_read, to, to_needs_block, true, a);

	return p ? p : search(g, nclass, from, from_read, to, to_needs_block, false, a);
}
