/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gate.c - locks of variables that are held wherever a dependency is seen.
 *
 * A lock of a variable is one lock: what is done under it is not done twice at once.  So two dependencies that
 * are both seen under it only do not make a deadlock with each other.
 */
#include "depgraph.h"

static bool is_gate(struct prog *p, const struct held *h)
{
	return raw_at(p, h->l.cls)->global && h->mode == M_W && !term(p, h->l.obj)->array;
}

static void gates_at(struct prog *p, const struct source *s, GArray *out)
{
	const struct inst *in = inst_at(p, s->inst);
	uint32_t held0;

	if (s->what == SRC_ENTRY)
		return;
	held0 = s->what == SRC_CALL ? g_array_index(in->calls, struct rec_call, s->rec).held0 : g_array_index(in->acqs, struct rec_acq, s->rec).held0;
	for (uint32_t i = held0; i < s->held; i++) {
		const struct held *h = &g_array_index(in->heldv, struct held, i);
		uint32_t cls = final_of(p, h->l.cls);

		if (is_gate(p, h))
			g_array_append_val(out, cls);
	}
}

static bool contains(const GArray *a, uint32_t cls)
{
	for (guint i = 0; i < a->len; i++)
		if (g_array_index(a, uint32_t, i) == cls)
			return true;
	return false;
}

void keep_common(GArray *out, const GArray *here)
{
	guint n = 0;

	for (guint i = 0; i < out->len; i++)
		if (contains(here, g_array_index(out, uint32_t, i)))
			g_array_index(out, uint32_t, n++) = g_array_index(out, uint32_t, i);
	g_array_set_size(out, n);
}

GArray *edge_gates(struct prog *p, const struct depgraph *g, const struct edge *e)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(uint32_t)), *here = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	bool first = true;

	for (uint32_t i = g->src_first[e->from]; i < g->src_first[e->from + 1] && (first || out->len); i++) {
		const struct source *s = &g->src[i];

		if (!source_acquires(p, s, e->to))
			continue;
		g_array_set_size(here, 0);
		gates_at(p, s, first ? out : here);
		if (!first)
			keep_common(out, here);
		first = false;
	}
	g_array_free(here, TRUE);
	return out;
}
