/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * enable.c - in which entry states an instance, or what it calls, enables hardirqs.
 *
 * Callers are done again when a callee's mask has grown.  Masks only grow and are bounded: it ends.
 *
 * Requires: contexts.  Sets: inst.may_enable, inst.enables_plainly.
 */
#include "model.h"

struct enabling { uint64_t any, plain; };

static uint64_t enabling_below(const struct prog *p, const struct rec_call *c, uint64_t below)
{
	const uint8_t *to = bits_below(p, c->irq, c->bh);
	uint64_t mask = 0;

	for (uint64_t left = below && !c->relset ? c->emask : 0; left; left &= left - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(left);

		mask |= (below >> to[bit] & 1) << bit;
	}
	return mask;
}

static struct enabling enabling_states(struct prog *p, const struct inst *in)
{
	struct enabling mask = { in->may_enable, in->enables_plainly };

	for (guint k = 0; k < in->enables->len; k++) {
		const struct rec_enable *e = &g_array_index(in->enables, struct rec_enable, k);

		if (e->hard && !e->relset) {
			mask.any |= e->emask;
			mask.plain |= e->doubt ? 0 : e->emask;
		}
	}
	for (guint k = 0; k < in->calls->len; k++) {
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, k);
		const struct inst *callee = inst_at(p, c->callee);

		mask.any |= enabling_below(p, c, callee->may_enable);
		if (!call_weakness(c))
			mask.plain |= enabling_below(p, c, callee->enables_plainly);
	}
	return mask;
}

static bool grows(struct prog *p, struct inst *in)
{
	struct enabling mask = enabling_states(p, in);

	if (mask.any == in->may_enable && mask.plain == in->enables_plainly)
		return false;
	in->may_enable = mask.any;
	in->enables_plainly = mask.plain;
	return true;
}

/* Callees mostly come after their callers (inst.c), so backward. */
void find_enabling(struct prog *p, const struct calling *calling)
{
	uint32_t n = p->insts->len;
	bool *again = g_new0(bool, n + 1), more = true;

	for (uint32_t i = 0; i < n; i++)
		again[i] = inst_at(p, i)->enables->len;
	while (more) {
		more = false;
		for (uint32_t i = n; i-- > 0; ) {
			if (!again[i])
				continue;
			again[i] = false;
			if (!grows(p, inst_at(p, i)))
				continue;
			for (uint32_t k = calling->first[i]; k < calling->first[i + 1]; k++) {
				again[calling->who[k]] = true;
				more |= calling->who[k] >= i;
			}
		}
	}
	g_free(again);
}
