/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node.c - the nodes of acqset.c: an instance's entry states, those together that may acquire the same.
 *
 * Few functions ask for their context, or take a lock for reading, so most instances have one node for all the states
 * that they are entered in.  States start together and are parted where an acquisition, or a call, is made in one and not
 * in the other, or leads to states that are parted: as states of an automaton are, again until nothing changes.
 *
 * Requires: contexts.  Sets: inst.node0, inst.node_of; acqsets.nnode, inst, bit.
 */
#include <string.h>
#include "model.h"

struct parts {
	struct prog *p;
	const bool *acquires;           /* acqsets.acquires */
	uint8_t (*of)[ENTRY_BITS];      /* [instance][state]: its part */
	uint8_t *n;                     /* [instance]: parts */
	bool *again;                    /* [instance]: what it calls has more parts than when it was looked at */
};

/* --- what is acquired and released --- */

static bool acquires_itself(const struct prog *p, const struct inst *in, const bool *unused)
{
	(void)unused;
	for (guint k = 0; k < in->acqs->len; k++) {
		const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, k);

		if (!a->trylock && !skip_class(p, a->l.cls))
			return true;
	}
	return false;
}

/* Where it acquires, or calls what does, something of its caller's is released. */
static bool releases_itself(const struct prog *p, const struct inst *in, const bool *acquires)
{
	(void)p;
	for (guint k = 0; k < in->acqs->len; k++)
		if (g_array_index(in->acqs, struct rec_acq, k).relset)
			return true;
	for (guint k = 0; k < in->calls->len; k++) {
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, k);

		if (c->relset && acquires[c->callee])
			return true;
	}
	return false;
}

/* [instance]: does it, or what it calls? */
static bool *find_doing(const struct prog *p, const struct calling *calling,
			bool (*itself)(const struct prog *p, const struct inst *in, const bool *known), const bool *known)
{
	uint32_t n = p->insts->len, *work = g_new(uint32_t, n + 1), nwork = 0;
	bool *done = g_new0(bool, n + 1);

	for (uint32_t i = 0; i < n; i++) {
		done[i] = itself(p, inst_at(p, i), known);
		if (done[i])
			work[nwork++] = i;
	}
	while (nwork) {
		uint32_t i = work[--nwork];

		for (uint32_t k = calling->first[i]; k < calling->first[i + 1]; k++)
			if (!done[calling->who[k]]) {
				done[calling->who[k]] = true;
				work[nwork++] = calling->who[k];
			}
	}
	g_free(work);
	return done;
}

/* --- parts --- */

static uint64_t mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9E3779B97F4A7C15u;
	return h ^ h >> 31;
}

/* What is done in each state, as far as the parts of callees tell; states that were parted stay so. */
static void done_in(const struct parts *t, uint32_t i, uint64_t *h)
{
	const struct inst *in = inst_at(t->p, i);

	for (uint64_t mask = in->entry; mask; mask &= mask - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(mask);

		h[bit] = mix(1, t->of[i][bit] + 1u);
	}
	for (guint k = 0; k < in->acqs->len; k++) {
		const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, k);

		if (a->trylock || skip_class(t->p, a->l.cls))
			continue;
		for (uint64_t mask = in->entry & a->emask; mask; mask &= mask - 1) {
			unsigned bit = (unsigned)__builtin_ctzll(mask);

			h[bit] = mix(h[bit], (uint64_t)k << 2 | (reads_recursively(t->p, a->mode, point_at(bit, a->irq, a->bh)) ? 2 : 1));
		}
	}
	for (guint k = 0; k < in->calls->len; k++) {
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, k);
		const uint8_t *below, *of = t->of[c->callee];
		uint64_t entry;

		if (!t->acquires[c->callee])
			continue;
		below = bits_below(t->p, c->irq, c->bh);
		entry = inst_at(t->p, c->callee)->entry;
		for (uint64_t mask = in->entry & c->emask; mask; mask &= mask - 1) {
			unsigned bit = (unsigned)__builtin_ctzll(mask), to = below[bit];

			if (entry >> to & 1)
				h[bit] = mix(h[bit], (uint64_t)k << 8 | (1u + of[to]));
		}
	}
}

/* true: it has more parts now. */
static bool part(struct parts *t, uint32_t i)
{
	const struct inst *in = inst_at(t->p, i);
	uint64_t seen[ENTRY_BITS], done[ENTRY_BITS];
	uint8_t n = 0;

	if (!(in->entry & (in->entry - 1)) && t->n[i])
		return false;           /* one state: it stays one part */
	done_in(t, i, done);
	for (uint64_t mask = in->entry; mask; mask &= mask - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(mask);
		uint64_t h = done[bit];
		uint8_t k = 0;

		while (k < n && seen[k] != h)
			k++;
		if (k == n)
			seen[n++] = h;
		t->of[i][bit] = k;
	}
	if (n == t->n[i])
		return false;
	t->n[i] = n;
	return true;
}

/* Callees mostly come after their callers (inst.c), so backward. */
static void find_parts(struct parts *t, const struct calling *calling)
{
	uint32_t n = t->p->insts->len;
	bool more = true;

	memset(t->again, true, n);
	while (more) {
		more = false;
		for (uint32_t i = n; i-- > 0; ) {
			if (!t->again[i])
				continue;
			t->again[i] = false;
			if (!part(t, i))
				continue;
			for (uint32_t k = calling->first[i]; k < calling->first[i + 1]; k++) {
				t->again[calling->who[k]] = true;
				more |= calling->who[k] >= i;
			}
		}
	}
}

static void number(struct parts *t, struct acqsets *s)
{
	struct prog *p = t->p;

	for (uint32_t i = 0; i < p->insts->len; i++) {
		struct inst *in = inst_at(p, i);

		in->node0 = s->nnode;
		s->nnode += t->n[i];
		if (t->n[i] > 1) {
			in->node_of = sd_arena_alloc(p->arena, ENTRY_BITS);
			memcpy(in->node_of, t->of[i], ENTRY_BITS);
		}
	}
	s->inst = g_new(uint32_t, s->nnode + 1);
	s->bit = g_new(uint8_t, s->nnode + 1);
	for (uint32_t i = 0; i < p->insts->len; i++)
		for (unsigned bit = ENTRY_BITS; bit-- > 0; )
			if (inst_at(p, i)->entry >> bit & 1) {
				s->inst[node_at(inst_at(p, i), bit)] = i;
				s->bit[node_at(inst_at(p, i), bit)] = (uint8_t)bit;
			}
}

void find_nodes(struct prog *p, struct acqsets *s, const struct calling *calling)
{
	uint32_t n = p->insts->len;
	struct parts t = { .p = p, .of = g_malloc0((size_t)(n + 1) * ENTRY_BITS), .n = g_new0(uint8_t, n + 1), .again = g_new(bool, n + 1) };

	t.acquires = s->acquires = find_doing(p, calling, acquires_itself, NULL);
	s->releases = find_doing(p, calling, releases_itself, s->acquires);
	find_parts(&t, calling);
	number(&t, s);
	g_free(t.of), g_free(t.n), g_free(t.again);
}

uint32_t node_at(const struct inst *in, unsigned bit)
{
	if (!(in->entry >> bit & 1))
		return UINT32_MAX;
	return in->node0 + (in->node_of ? in->node_of[bit] : 0);
}

uint32_t node_below(const struct prog *p, const struct rec_call *c, unsigned bit)
{
	return c->emask >> bit & 1 ? node_at(inst_at(p, c->callee), bits_below(p, c->irq, c->bh)[bit]) : UINT32_MAX;
}
