/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * acqset.c - which lock classes a call may acquire, in it or below.
 *
 * Bottom-up over strongly connected components of the instance graph (Tarjan, iterative): one
 * set per component.  An element is (class, mode, classes of the caller released by then); trylocks are
 * left out, for they add no dependency to themselves (lockdep.c, validate_chain()).
 *
 * Requires: classes resolved.  Sets: inst.acqset, inst.may_enable.
 */
#include <string.h>
#include "model.h"

static guint pair_hash(gconstpointer v)
{
	const struct pair *p = v;

	return ((p->cls * 31u + p->mode) * 31u + p->relset) * 4u + p->nested * 2u + p->under;
}

static gboolean pair_eq(gconstpointer x, gconstpointer y)
{
	const struct pair *a = x, *b = y;

	return a->cls == b->cls && a->mode == b->mode && a->nested == b->nested && a->under == b->under && a->relset == b->relset;
}

static uint32_t pair_id(struct prog *p, uint32_t cls, uint8_t mode, uint8_t nested, uint8_t under, uint32_t relset)
{
	struct pair probe = { .cls = cls, .mode = mode, .nested = nested, .under = under, .relset = relset }, *kept;
	gpointer found = g_hash_table_lookup(p->pair_ids, &probe);

	if (found)
		return GPOINTER_TO_UINT(found) - 1;
	kept = sd_arena_alloc(p->arena, sizeof(*kept));
	*kept = probe;
	g_array_append_val(p->pairs, kept);
	g_hash_table_insert(p->pair_ids, kept, GUINT_TO_POINTER(p->pairs->len));
	return p->pairs->len - 1;
}

struct tarjan {
	struct prog *p;
	uint32_t *index, *low, *stack, nstack, next, nscc;
	bool *on;
	uint32_t *frame, *at, nframe;
};

uint8_t mode_at(const struct rec_acq *a)
{
	return a->mode == M_CTX && (a->bh > 0 || AT_CTX(a->irq) >= CTX_SOFT) ? M_R : a->mode;   /* in_interrupt() counts disabled BHs too */
}

/* Trylocks do not count: lockdep links past them. */
static bool holds_any(const struct inst *in, uint32_t held0, uint32_t nheld)
{
	for (uint32_t i = 0; i < nheld; i++)
		if (!g_array_index(in->heldv, struct held, held0 + i).trylock)
			return true;
	return false;
}

static void add_own(struct prog *p, const struct inst *in, GHashTable *set)
{
	for (guint i = 0; i < in->acqs->len; i++) {
		const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, i);

		if (!a->trylock && !skip_class(p, a->l.cls))
			g_hash_table_add(set, GUINT_TO_POINTER(pair_id(p, final_of(p, a->l.cls), mode_at(a), a->nested,
							       holds_any(in, a->held0, a->nheld), a->relset) + 1));
	}
}

static void add_callee(struct prog *p, const struct inst *in, const struct rec_call *c, const struct inst *callee, GHashTable *set)
{
	bool under = holds_any(in, c->held0, c->nheld);

	for (uint32_t k = 0; k < callee->nacqset; k++) {
		uint32_t id = callee->acqset[k];
		const struct pair *pr = g_array_index(p->pairs, struct pair *, id);
		uint32_t rel = relset_union(p, c->relset, pr->relset);

		if (rel != pr->relset || under > pr->under)
			id = pair_id(p, pr->cls, pr->mode, pr->nested, under || pr->under, rel);
		g_hash_table_add(set, GUINT_TO_POINTER(id + 1));
	}
}

static gint by_pair(gconstpointer a, gconstpointer b, gpointer arg)
{
	const struct prog *p = arg;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	const struct pair *x = g_array_index(p->pairs, struct pair *, i), *y = g_array_index(p->pairs, struct pair *, k);

	if (x->cls != y->cls)
		return x->cls < y->cls ? -1 : 1;
	if (x->mode != y->mode)
		return x->mode < y->mode ? -1 : 1;
	return i < k ? -1 : i > k;
}

bool acqset_has(const struct inst *in, uint32_t cls, uint8_t mode)
{
	uint64_t key = (uint64_t)cls << 8 | mode;
	uint32_t lo = 0, hi = in->nacqset;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (in->acqkey[mid] == key)
			return true;
		if (in->acqkey[mid] < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

/* Entry states of @in in which it enables hardirqs itself, or calls what does in the state it passes on. */
static uint64_t enabling_states(struct prog *p, const struct inst *in)
{
	uint64_t mask = 0;

	for (guint k = 0; k < in->enables->len; k++) {
		const struct rec_enable *e = &g_array_index(in->enables, struct rec_enable, k);

		if (e->hard && !e->relset)
			mask |= e->emask;
	}
	for (guint k = 0; k < in->calls->len; k++) {
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, k);
		uint64_t below = inst_at(p, c->callee)->may_enable;

		for (unsigned bit = 0; below && !c->relset && bit < ENTRY_BITS; bit++)
			if (c->emask >> bit & 1) {
				struct point pt = point_at(bit, c->irq, c->bh);

				mask |= (below >> ENTRY_BIT(pt.ctx, pt.irq, pt.bh) & 1) << bit;
			}
	}
	return mask;
}

/* Masks only grow and are bounded: it ends. */
static void close_enables(struct tarjan *t, uint32_t first)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (uint32_t i = first; i < t->nstack; i++) {
			struct inst *in = inst_at(t->p, t->stack[i]);
			uint64_t mask = in->may_enable | enabling_states(t->p, in);

			changed |= mask != in->may_enable;
			in->may_enable = mask;
		}
	}
}

/*
 * Of elements equal but for what was released, the one that released nothing says all that the
 * others say: a dependency exists when some way to the acquisition leaves the held lock held.
 */
static bool dominated(struct prog *p, GHashTable *set, const struct pair *pr)
{
	if (!pr->relset)
		return false;
	for (unsigned under = 0; under <= pr->under; under++) {
		struct pair probe = { pr->cls, pr->mode, pr->nested, (uint8_t)under, 0 };
		gpointer id = g_hash_table_lookup(p->pair_ids, &probe);

		if (id && g_hash_table_contains(set, id))
			return true;
	}
	return false;
}

static uint32_t *sorted_ids(struct prog *p, GHashTable *set, uint32_t *n)
{
	uint32_t *ids = sd_arena_alloc(p->arena, (g_hash_table_size(set) + 1) * sizeof(*ids));
	GHashTableIter it;
	gpointer key;

	*n = 0;
	g_hash_table_iter_init(&it, set);
	while (g_hash_table_iter_next(&it, &key, NULL))
		if (!dominated(p, set, g_array_index(p->pairs, struct pair *, GPOINTER_TO_UINT(key) - 1)))
			ids[(*n)++] = GPOINTER_TO_UINT(key) - 1;
	g_qsort_with_data(ids, (gint)*n, sizeof(*ids), by_pair, p);
	return ids;
}

/* One component is complete: its members share one set. */
static void close_scc(struct tarjan *t, uint32_t first)
{
	GHashTable *set = g_hash_table_new(NULL, NULL);
	uint32_t n, *ids;
	uint64_t *keys;

	for (uint32_t i = first; i < t->nstack; i++) {
		struct inst *in = inst_at(t->p, t->stack[i]);

		add_own(t->p, in, set);
		for (guint k = 0; k < in->calls->len; k++) {
			const struct rec_call *c = &g_array_index(in->calls, struct rec_call, k);

			add_callee(t->p, in, c, inst_at(t->p, c->callee), set);
		}
	}
	close_enables(t, first);
	ids = sorted_ids(t->p, set, &n);
	keys = sd_arena_alloc(t->p->arena, (n + 1) * sizeof(*keys));
	for (uint32_t i = 0; i < n; i++) {
		const struct pair *pr = g_array_index(t->p->pairs, struct pair *, ids[i]);

		keys[i] = (uint64_t)pr->cls << 8 | pr->mode;
	}
	for (uint32_t i = first; i < t->nstack; i++) {
		struct inst *in = inst_at(t->p, t->stack[i]);

		in->acqset = ids;
		in->acqkey = keys;
		in->nacqset = n;
		in->scc = t->nscc;
		t->on[t->stack[i]] = false;
	}
	t->nstack = first;
	t->nscc++;
	g_hash_table_destroy(set);
}

static void open_node(struct tarjan *t, uint32_t v)
{
	t->index[v] = t->low[v] = ++t->next;
	t->stack[t->nstack++] = v;
	t->on[v] = true;
	t->frame[t->nframe] = v;
	t->at[t->nframe++] = 0;
}

static void visit(struct tarjan *t, uint32_t root)
{
	open_node(t, root);
	while (t->nframe) {
		uint32_t v = t->frame[t->nframe - 1];
		GArray *calls = inst_at(t->p, v)->calls;

		if (t->at[t->nframe - 1] < calls->len) {
			uint32_t w = g_array_index(calls, struct rec_call, t->at[t->nframe - 1]++).callee;

			if (!t->index[w])
				open_node(t, w);
			else if (t->on[w])
				t->low[v] = MIN(t->low[v], t->index[w]);
			continue;
		}
		t->nframe--;
		if (t->nframe)
			t->low[t->frame[t->nframe - 1]] = MIN(t->low[t->frame[t->nframe - 1]], t->low[v]);
		if (t->low[v] == t->index[v]) {
			uint32_t first = t->nstack;

			while (t->stack[--first] != v)
				;
			close_scc(t, first);
		}
	}
}

void compute_acqsets(struct prog *p)
{
	uint32_t n = p->insts->len;
	struct tarjan t = { .p = p };

	p->pairs = g_array_new(FALSE, FALSE, sizeof(struct pair *));
	p->pair_ids = g_hash_table_new(pair_hash, pair_eq);
	t.index = g_new0(uint32_t, n + 1), t.low = g_new0(uint32_t, n + 1), t.stack = g_new0(uint32_t, n + 1);
	t.on = g_new0(bool, n + 1), t.frame = g_new0(uint32_t, n + 1), t.at = g_new0(uint32_t, n + 1);
	for (uint32_t i = 0; i < n; i++)
		if (!t.index[i])
			visit(&t, i);
	g_free(t.index), g_free(t.low), g_free(t.stack), g_free(t.on), g_free(t.frame), g_free(t.at);
}
