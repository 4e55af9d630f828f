/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage.c - usage bits of every class, with the nearest use that proves each.
 *
 * lockdep.c, mark_usage(): IN-* by acquisitions that are no trylocks; *-ON-* by any acquisition with
 * hardirqs enabled, SOFTIRQ-ON with BHs enabled too.  mark_held_locks(): re-enabling marks every
 * lock still held.  An unknown context or irq state sets no bit.
 *
 * Requires: contexts, classes.
 */
#include <string.h>
#include "model.h"

enum { BY_ACQUIRE, BY_ENABLE, BY_CALL };

static void note(struct usage *u, unsigned bit, struct use use)
{
	struct use *old = &u->by[bit];

	if (!old->set || use.dist < old->dist)
		*old = use;
}

static void mark_on(struct usage *u, struct point pt, bool read, struct use use)
{
	if (pt.irq != SD_TRI_ON || pt.ctx == SD_CTX_HARDIRQ)
		return;
	if (pt.ctx == SD_CTX_UNKNOWN)
		use.dist = (uint16_t)(use.dist + 1000);         /* any known context is the better proof */
	note(u, read ? SD_U_HARDIRQ_ON_R : SD_U_HARDIRQ_ON_W, use);
	if (pt.ctx == SD_CTX_TASK && pt.bh == SD_TRI_ON)
		note(u, read ? SD_U_SOFTIRQ_ON_R : SD_U_SOFTIRQ_ON_W, use);
}

static void mark_in(struct usage *u, struct point pt, bool read, struct use use)
{
	if (pt.ctx == SD_CTX_HARDIRQ)
		note(u, read ? SD_U_IN_HARDIRQ_R : SD_U_IN_HARDIRQ_W, use);
	else if (pt.ctx == SD_CTX_SOFTIRQ)
		note(u, read ? SD_U_IN_SOFTIRQ_R : SD_U_IN_SOFTIRQ_W, use);
}

static void use_acquires(struct prog *p, struct usage *all, uint32_t id, const struct inst *in, unsigned bit)
{
	for (guint i = 0; i < in->acqs->len; i++) {
		const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, i);
		struct use use = { .inst = id, .rec = i, .what = BY_ACQUIRE, .bit = (uint8_t)bit, .dist = in->pred[bit].dist, .set = true };
		struct point pt = point_at(bit, a->irq, a->bh);
		struct usage *u = &all[final_of(p, a->l.cls)];

		if (!(a->emask >> bit & 1) || skip_class(p, a->l.cls) ||
		    (pt.ctx >= SD_CTX_SOFTIRQ && holds_sleeping(p, in, a->held0, a->nheld)))
			continue;
		if (!a->trylock)
			mark_in(u, pt, a->mode != M_W, use);
		mark_on(u, pt, a->mode != M_W, use);
	}
}

static void mark_held(struct prog *p, struct usage *all, const struct inst *in, uint32_t held0, uint32_t nheld, struct point pt, struct use use)
{
	for (uint32_t k = 0; k < nheld; k++) {
		const struct held *h = &g_array_index(in->heldv, struct held, held0 + k);

		if (!skip_class(p, h->l.cls))
			mark_on(&all[final_of(p, h->l.cls)], pt, h->mode != M_W, use);
	}
}

static void use_enables(struct prog *p, struct usage *all, uint32_t id, const struct inst *in, unsigned bit)
{
	for (guint i = 0; i < in->enables->len; i++) {
		const struct rec_enable *e = &g_array_index(in->enables, struct rec_enable, i);
		struct use use = { id, i, BY_ENABLE, (uint8_t)bit, in->pred[bit].dist, true };

		if (e->emask >> bit & 1)
			mark_held(p, all, in, e->held0, e->nheld, point_at(bit, e->irq, e->bh), use);
	}
	for (guint i = 0; i < in->calls->len; i++) {
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, i);
		struct use use = { id, i, BY_CALL, (uint8_t)bit, (uint16_t)(in->pred[bit].dist + 1), true };

		if (c->nheld && (inst_at(p, c->callee)->may_enable & 1) && c->emask >> bit & 1)
			mark_held(p, all, in, c->held0, c->nheld, point_at(bit, IRQ_IS_ON, c->bh), use);
	}
}

struct usage *compute_usage(struct prog *p)
{
	struct usage *all = sd_arena_alloc(p->arena, (p->classes->len + 1) * sizeof(*all));

	for (uint32_t i = 0; i < p->insts->len; i++) {
		const struct inst *in = inst_at(p, i);

		for (unsigned bit = 0; bit < ENTRY_BITS; bit++)
			if (in->entry >> bit & 1) {
				use_acquires(p, all, i, in, bit);
				use_enables(p, all, i, in, bit);
			}
	}
	for (uint32_t c = 0; c < p->classes->len; c++)
		for (unsigned b = 0; b < SD_U_COUNT; b++)
			if (all[c].by[b].set)
				class_at(p, c)->usage |= (uint8_t)(1u << b);
	return all;
}
