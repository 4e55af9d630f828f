/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * context.c - the states in which each instance is entered, from the entries down.
 *
 * A state is (task | softirq | hardirq | unknown) x hardirqs x BHs.  Breadth first, so the predecessor kept
 * for each (instance, state) lies on a shortest path from an entry.  Functions that nothing
 * calls and no rule names start as unknown: that is a value, and never becomes "irqs on" by itself.
 *
 * Requires: interp, entries.  Sets: inst.entry, inst.pred.  Ends: each (instance, state) is queued once.
 */
#include <string.h>
#include "model.h"

struct item { uint32_t inst; uint8_t bit; };

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

static void enter(struct prog *p, GQueue *q, uint32_t inst, unsigned bit, uint32_t from, uint32_t call, unsigned from_bit, unsigned dist)
{
	struct inst *in = inst_at(p, inst);
	struct item *it;

	if (in->entry >> bit & 1)
		return;
	if (!(in->npred & (in->npred - 1)))     /* none yet, or full */
		in->pred = g_renew(struct pred, in->pred, in->npred ? 2u * in->npred : 1u);
	in->entry |= UINT64_C(1) << bit;
	in->pred[in->npred++] = (struct pred){ from, call, (uint8_t)bit, (uint8_t)from_bit, from != UINT32_MAX, (uint16_t)MIN(dist, UINT16_MAX) };
	it = g_new(struct item, 1);
	*it = (struct item){ inst, (uint8_t)bit };
	g_queue_push_tail(q, it);
}

/*
 * Nothing is known of who calls it.  When it may sleep with no lock held and irqs as they were at its entry, its author
 * knows that it is entered in a task with irqs and BHs on: anything else would be the bug "sleeping in atomic context".
 */
static void enter_unknown(struct prog *p, GQueue *q, uint32_t i)
{
	if (inst_at(p, i)->may_sleep)
		enter(p, q, i, ENTRY_BIT(SD_CTX_TASK, SD_TRI_ON, SD_TRI_ON), UINT32_MAX, INFERRED_TASK, 0, 0);
	else
		enter(p, q, i, ENTRY_BIT(SD_CTX_UNKNOWN, SD_TRI_UNKNOWN, SD_TRI_UNKNOWN), UINT32_MAX, UINT32_MAX, 0, 0);
}

static void enter_roots(struct prog *p, GQueue *q, bool known)
{
	if (known) {
		for (guint i = 0; i < p->entries->len; i++) {
			const struct entry *e = &g_array_index(p->entries, struct entry, i);

			if (!func_at(p, e->fn)->is_api)
				enter(p, q, get_root(p, e->fn), ENTRY_BIT(e->ctx, e->irqs, e->bhs), UINT32_MAX, i, 0, 0);
		}
		return;
	}
	for (uint32_t i = 0; i < p->insts->len; i++)
		if (inst_at(p, i)->root && !inst_at(p, i)->entry && starts_at(p, inst_at(p, i)->fn))
			enter_unknown(p, q, i);
}

static void spread(struct prog *p, GQueue *q)
{
	struct item *it;

	while ((it = g_queue_pop_head(q))) {
		struct inst *in = inst_at(p, it->inst);

		for (guint c = 0; c < in->calls->len; c++) {
			const struct rec_call *call = &g_array_index(in->calls, struct rec_call, c);
			unsigned to;

			if (!(call->emask >> it->bit & 1))
				continue;
			to = bits_below(p, call->irq, call->bh)[it->bit];
			/* what runs with a mutex held, or beside what always sleeps, runs in no interrupt; that the mutex was taken there is a finding of its own */
			if (entered_in_interrupt(to) && holds_sleeping(p, in, call->held0, call->nheld))
				continue;
			if (entered_in_interrupt(it->bit) && in->must_sleep && !inst_at(p, call->callee)->must_sleep)
				continue;
			enter(p, q, call->callee, to, it->inst, c, it->bit, pred_at(in, it->bit)->dist + 1u);
		}
		g_free(it);
	}
}

void propagate_contexts(struct prog *p)
{
	GQueue *q = g_queue_new();

	enter_roots(p, q, true);
	spread(p, q);
	enter_roots(p, q, false);
	spread(p, q);
	g_queue_free(q);
}
