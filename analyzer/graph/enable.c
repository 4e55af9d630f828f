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

void find_enabling(struct prog *p, const struct calling *calling)
{
	GArray *work = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	bool *queued = g_new0(bool, p->insts->len + 1);

	for (uint32_t i = 0; i < p->insts->len; i++)
		if (inst_at(p, i)->enables->len) {
			g_array_append_val(work, i);
			queued[i] = true;
		}
	while (work->len) {
		uint32_t i = g_array_index(work, uint32_t, work->len - 1);
		struct inst *in = inst_at(p, i);
		struct enabling mask = enabling_states(p, in);

		g_array_set_size(work, work->len - 1);
		queued[i] = false;
		if (mask.any == in->may_enable && mask.plain == in->enables_plainly)
			continue;
		in->may_enable = mask.any;
		in->enables_plainly = mask.plain;
		for (uint32_t k = calling->first[i]; k < calling->first[i + 1]; k++) {
			uint32_t up = calling->who[k];

			if (!queued[up])
				g_array_append_val(work, up);
			queued[up] = true;
		}
	}
	g_array_free(work, TRUE);
	g_free(queued);
}
