/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * context.c - the states in which each instance is entered, from the entries down.
 *
 * A state is (task | softirq | hardirq | unknown) x hardirqs x BHs.  By strong calls first and breadth first, so the
 * predecessor kept for each (instance, state) lies on a shortest of the strongest paths from an entry: a guess hides no proof.  Functions that nothing
 * calls and no rule names start as unknown: that is a value, and never becomes "irqs on" by itself.
 *
 * Requires: interp, entries.  Sets: inst.entry, inst.pred.  Ends: each (instance, state) is queued once.
 */
#include <string.h>
#include "model.h"

struct item { uint32_t inst; uint8_t bit; uint16_t ways; };     /* ways: in which the pointers on the path may point, in all */

unsigned call_weakness(const struct rec_call *c)
{
	return guesses(c) > WIDE ? 2 : c->ntargets > MOST_WAYS || c->doubt;
}

bool unthreaded(uint8_t at)
{
	return AT_CTX(at) == CTX_HARD && !(at & AT_THREADED);
}

static uint8_t context_at(uint8_t entry, unsigned ctx)
{
	switch (ctx) {
	case CTX_HARD: return SD_CTX_HARDIRQ;
	case CTX_SOFT: return entry == SD_CTX_HARDIRQ ? SD_CTX_HARDIRQ : SD_CTX_SOFTIRQ;
	case CTX_LEFT: return SD_CTX_UNKNOWN;
	default: return entry;
	}
}

struct point point_at(unsigned bit, uint8_t at, int8_t bh)
{
	unsigned irq = AT_IRQ(at);
	struct point pt = { (uint8_t)(bit / (NTRI * NTRI)), (uint8_t)(bit / NTRI % NTRI), (uint8_t)(bit % NTRI) };

	pt.ctx = context_at(pt.ctx, AT_CTX(at));
	if (irq == IRQ_IS_ON)
		pt.irq = SD_TRI_ON;
	else if (irq == IRQ_IS_OFF)
		pt.irq = SD_TRI_OFF;
	else if (irq == IRQ_EITHER)
		pt.irq = SD_TRI_UNKNOWN;
	if (bh > 0)
		pt.bh = SD_TRI_OFF;
	else if (bh < 0)
		pt.bh = SD_TRI_UNKNOWN;
	return pt;
}

static unsigned below_row(uint8_t at, int8_t bh)
{
	return at * 3u + (bh > 0 ? 2u : bh < 0 ? 1u : 0u);
}

/* Asked for each call in each state, many times over: made once. */
void contexts_init(struct prog *p)
{
	p->below = g_malloc((size_t)3 * (UINT8_MAX + 1) * ENTRY_BITS);
	for (unsigned at = 0; at <= UINT8_MAX; at++)
		for (int bh = -1; bh <= 1; bh++)
			for (unsigned bit = 0; bit < ENTRY_BITS; bit++) {
				struct point pt = point_at(bit, (uint8_t)at, (int8_t)bh);

				p->below[below_row((uint8_t)at, (int8_t)bh)][bit] = (uint8_t)ENTRY_BIT(pt.ctx, pt.irq, pt.bh);
			}
}

const uint8_t *bits_below(const struct prog *p, uint8_t at, int8_t bh)
{
	return p->below[below_row(at, bh)];
}

bool entered_in_interrupt(unsigned bit)
{
	return bit / (NTRI * NTRI) >= SD_CTX_SOFTIRQ;
}

uint64_t states_below(uint64_t mask, uint8_t at, int8_t bh)
{
	uint64_t out = 0;

	for (; mask; mask &= mask - 1) {
		struct point pt = point_at((unsigned)__builtin_ctzll(mask), at, bh);

		out |= UINT64_C(1) << ENTRY_BIT(pt.ctx, pt.irq, pt.bh);
	}
	return out;
}

struct spreading {
	GArray *q;              /* struct item */
	GArray *later[WEAKNESSES];      /* struct later */
	unsigned level;
	uint64_t *entered;      /* [instance]: as inst.entry, where it is close at hand */
};

static void enter(struct prog *p, struct spreading *sp, uint32_t inst, unsigned bit, uint32_t from, uint32_t call, unsigned from_bit, unsigned dist, unsigned ways)
{
	struct item it = { inst, (uint8_t)bit, (uint16_t)MIN(ways, UINT16_MAX) };
	struct inst *in;

	if (sp->entered[inst] >> bit & 1)
		return;
	sp->entered[inst] |= UINT64_C(1) << bit;
	in = inst_at(p, inst);
	if (!(in->npred & (in->npred - 1)))     /* none yet, or full */
		in->pred = g_renew(struct pred, in->pred, in->npred ? 2u * in->npred : 1u);
	in->entry |= UINT64_C(1) << bit;
	in->pred[in->npred++] = (struct pred){ from, call, (uint16_t)MIN(dist, UINT16_MAX), bit & 63, from_bit & 63, from != UINT32_MAX };
	g_array_append_val(sp->q, it);
}

/*
 * Nothing is known of who calls it.  When it may sleep with no lock held and irqs as they were at its entry, its author
 * knows that it is entered in a task with irqs and BHs on: anything else would be the bug "sleeping in atomic context".
 */
static void enter_unknown(struct prog *p, struct spreading *sp, uint32_t i)
{
	if (inst_at(p, i)->may_sleep)
		enter(p, sp, i, ENTRY_BIT(SD_CTX_TASK, SD_TRI_ON, SD_TRI_ON), UINT32_MAX, INFERRED_TASK, 0, WEAK_STEPS, 1);
	else
		enter(p, sp, i, ENTRY_BIT(SD_CTX_UNKNOWN, SD_TRI_UNKNOWN, SD_TRI_UNKNOWN), UINT32_MAX, UINT32_MAX, 0, 0, 1);
}

/* A way in by a weaker call or entry: for when the stronger ways are walked. */
struct later { uint32_t inst, from, call; uint16_t dist, ways; uint8_t to, bit; };

static void put_off(struct spreading *sp, unsigned weakness, const struct later *l)
{
	if (!(sp->entered[l->inst] >> l->to & 1))
		g_array_append_vals(sp->later[weakness], l, 1);
}

/* Of two ways to register a function that which names it goes first: a pointer may mean it, among others. */
static void enter_entries(struct prog *p, struct spreading *sp, bool named)
{
	for (guint i = 0; i < p->entries->len; i++) {
		const struct entry *e = &g_array_index(p->entries, struct entry, i);
		unsigned bit = ENTRY_BIT(e->ctx, e->irqs, e->bhs);

		if (func_at(p, e->fn)->is_api || !e->among != named)
			continue;
		if (e->assumed)
			put_off(sp, 1, &(struct later){ get_root(p, e->fn), UINT32_MAX, i, 0, 1, (uint8_t)bit, 0 });
		else
			enter(p, sp, get_root(p, e->fn), bit, UINT32_MAX, i, 0, 0, 1);
	}
}

static void enter_others(struct prog *p, struct spreading *sp)
{
	for (uint32_t i = 0; i < p->insts->len; i++)
		if (inst_at(p, i)->root && !inst_at(p, i)->entry && starts_at(p, inst_at(p, i)->fn))
			enter_unknown(p, sp, i);
}

static void spread_call(struct prog *p, struct spreading *sp, const struct inst *in, const struct item *it, uint32_t c, unsigned dist)
{
	const struct rec_call *call = &g_array_index(in->calls, struct rec_call, c);
	unsigned ways = it->ways * MAX(call->ntargets, 1u), to, weakness;

	if (!(call->emask >> it->bit & 1))
		return;
	to = bits_below(p, call->irq, call->bh)[it->bit];
	if (sp->entered[call->callee] >> to & 1)
		return;
	/* what runs with a mutex held, or beside what always sleeps, runs in no interrupt; that the mutex was taken there is a finding of its own */
	if (entered_in_interrupt(to) && holds_sleeping(p, in, call->held0, call->nheld))
		return;
	if (entered_in_interrupt(it->bit) && in->must_sleep && !inst_at(p, call->callee)->must_sleep)
		return;
	weakness = MAX(call_weakness(call), ways > MOST_WAYS ? 1u : 0u);
	if (weakness > sp->level)
		put_off(sp, weakness, &(struct later){ call->callee, it->inst, c, (uint16_t)MIN(dist + weakness * WEAK_STEPS, UINT16_MAX),
						       (uint16_t)MIN(ways, UINT16_MAX), (uint8_t)to, it->bit });
	else
		enter(p, sp, call->callee, to, it->inst, c, it->bit, dist, ways);
}

static void spread(struct prog *p, struct spreading *sp)
{
	for (guint i = 0; i < sp->q->len; i++) {
		const struct item it = g_array_index(sp->q, struct item, i);
		const struct inst *in = inst_at(p, it.inst);
		unsigned dist = pred_at(in, it.bit)->dist + 1u;

		for (guint c = 0; c < in->calls->len; c++)
			spread_call(p, sp, in, &it, c, dist);
	}
	g_array_set_size(sp->q, 0);
}

/* All that is reached from what is queued or put off. */
static void spread_by_strength(struct prog *p, struct spreading *sp)
{
	for (sp->level = 0; sp->level < WEAKNESSES; sp->level++) {
		GArray *later = sp->later[sp->level];

		for (guint i = 0; i < later->len; i++) {
			const struct later l = g_array_index(later, struct later, i);

			enter(p, sp, l.inst, l.to, l.from, l.call, l.bit, l.dist, l.ways);
		}
		g_array_set_size(later, 0);
		spread(p, sp);
	}
}

/* Without the room to grow. */
static void keep_preds(struct prog *p)
{
	for (uint32_t i = 0; i < p->insts->len; i++) {
		struct inst *in = inst_at(p, i);
		struct pred *grown = in->pred;

		if (grown)
			in->pred = memcpy(sd_arena_alloc(p->recorded, in->npred * sizeof(*grown)), grown, in->npred * sizeof(*grown));
		g_free(grown);
	}
}

void propagate_contexts(struct prog *p)
{
	struct spreading sp = { .q = g_array_new(FALSE, FALSE, sizeof(struct item)) };

	for (unsigned k = 0; k < WEAKNESSES; k++)
		sp.later[k] = g_array_new(FALSE, FALSE, sizeof(struct later));
	for (guint i = 0; i < p->entries->len; i++)     /* these may be new instances */
		if (!func_at(p, g_array_index(p->entries, struct entry, i).fn)->is_api)
			get_root(p, g_array_index(p->entries, struct entry, i).fn);
	sp.entered = g_new0(uint64_t, p->insts->len + 1);
	enter_entries(p, &sp, true);
	enter_entries(p, &sp, false);
	spread_by_strength(p, &sp);
	sp.level = 0;
	enter_others(p, &sp);
	spread_by_strength(p, &sp);
	for (unsigned k = 0; k < WEAKNESSES; k++)
		g_array_free(sp.later[k], TRUE);
	g_free(sp.entered);
	g_array_free(sp.q, TRUE);
	keep_preds(p);
}
