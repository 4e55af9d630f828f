/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.c - what the walk of an instance leaves behind: acquisitions, calls and enablings, each
 * with the locks held, over all states that reached it; states that differ in the entry only are one row.
 */
#include <string.h>
#include "run.h"

static uint32_t keep_held(struct run *r, const struct state *s)
{
	uint32_t at = run_inst(r)->heldv->len;

	if (at >= s->nheld && s->nheld && !memcmp(&g_array_index(run_inst(r)->heldv, struct held, at - s->nheld), s->held,
						  s->nheld * sizeof(struct held)))
		return at - s->nheld;
	g_array_append_vals(run_inst(r)->heldv, s->held, s->nheld);
	return at;
}

static bool same_held(struct run *r, uint32_t held0, uint32_t nheld, const struct state *s)
{
	return nheld == s->nheld && (!nheld || !memcmp(&g_array_index(run_inst(r)->heldv, struct held, held0), s->held, nheld * sizeof(struct held)));
}

void record_acquire(struct run *r, uint32_t ev, const struct state *s, struct lockref l, uint8_t mode, bool trylock, bool nested)
{
	struct rec_acq rec = { .ev = ev, .l = l, .mode = mode, .trylock = trylock, .nested = nested, .irq = state_at(s), .bh = s->bh, .emask = s->emask,
			       .doubt = s->doubt };

	rec.relset = relset_of(run_prog(r), s);
	for (guint i = run_inst(r)->acqs->len; i-- > 0; ) {
		struct rec_acq *o = &g_array_index(run_inst(r)->acqs, struct rec_acq, i);

		if (o->ev == ev && o->l.obj == l.obj && o->l.cls == l.cls && o->mode == mode && o->irq == rec.irq && o->bh == s->bh &&
		    o->relset == rec.relset && same_held(r, o->held0, o->nheld, s)) {
			o->emask |= s->emask;
			o->doubt &= s->doubt;
			return;
		}
	}
	rec.held0 = keep_held(r, s);
	rec.nheld = s->nheld;
	g_array_append_val(run_inst(r)->acqs, rec);
}

/* The call just recorded at event @ev is its last. */
static void link_call(struct run *r, uint32_t ev)
{
	uint32_t n = run_inst(r)->calls->len;

	if (n > r->nprev) {
		bool first = r->prev_call == r->prev_room;
		uint32_t *more = g_renew(uint32_t, first ? NULL : r->prev_call, 2 * (size_t)r->nprev);

		if (first)
			memcpy(more, r->prev_room, r->nprev * sizeof(*more));
		r->prev_call = more;
		r->nprev *= 2;
	}
	r->prev_call[n - 1] = r->last_call[ev];
	r->last_call[ev] = n;
}

void record_call(struct run *r, uint32_t ev, const struct state *s, uint32_t callee, unsigned ntargets, sd_sym slot,
		 const tid *args, unsigned nargs)
{
	struct rec_call rec = { .ev = ev, .callee = callee, .irq = state_at(s), .bh = s->bh, .emask = s->emask & ENTRY_ALL, .slot = slot,
				.doubt = s->doubt & 1 };

	rec.ntargets = (uint16_t)MIN(ntargets, UINT16_MAX);
	rec.table = ntargets > 1 && slot_is_table(run_prog(r), slot);
	rec.relset = relset_of(run_prog(r), s);
	for (uint32_t i = r->last_call[ev]; i; i = r->prev_call[i - 1]) {
		struct rec_call *o = &g_array_index(run_inst(r)->calls, struct rec_call, i - 1);

		if (o->callee == callee && o->irq == rec.irq && o->bh == s->bh && o->relset == rec.relset &&
		    same_held(r, o->held0, o->nheld, s)) {
			o->emask = (o->emask | s->emask) & ENTRY_ALL;
			o->doubt &= rec.doubt;
			return;
		}
	}
	rec.held0 = keep_held(r, s);
	rec.nheld = s->nheld;
	rec.nargs = (uint16_t)nargs;
	rec.args = keep_once(run_prog(r), args, nargs * sizeof(tid));
	g_array_append_val(run_inst(r)->calls, rec);
	link_call(r, ev);
}

void record_enable(struct run *r, uint32_t ev, const struct state *s, bool hard)
{
	struct rec_enable rec = { .ev = ev, .hard = hard, .irq = state_at(s), .bh = s->bh, .emask = s->emask, .doubt = s->doubt };

	rec.relset = relset_of(run_prog(r), s);
	for (guint i = run_inst(r)->enables->len; i-- > 0; ) {
		struct rec_enable *o = &g_array_index(run_inst(r)->enables, struct rec_enable, i);

		if (o->ev == ev && o->hard == hard && o->irq == rec.irq && o->bh == s->bh && o->relset == rec.relset &&
		    same_held(r, o->held0, o->nheld, s)) {
			o->emask |= s->emask;
			o->doubt &= s->doubt;
			return;
		}
	}
	rec.held0 = keep_held(r, s);
	rec.nheld = s->nheld;
	g_array_append_val(run_inst(r)->enables, rec);
}

