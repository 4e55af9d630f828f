/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage.c - usage bits of every class, with the use that proves each best: the nearest of the strongest.
 *
 * lockdep.c, mark_usage(): IN-* by acquisitions that are no trylocks; *-ON-* by any acquisition with
 * hardirqs enabled, SOFTIRQ-ON with BHs enabled too.  mark_held_locks(): re-enabling marks every
 * lock still held.  An unknown context or irq state sets no bit.
 *
 * Requires: contexts, classes.
 */
#include <string.h>
#include "depgraph.h"

static void note(struct usage *u, unsigned bit, struct use use)
{
	struct use *old = &u->by[bit];

	for (struct users *s = u->users; s; s = s->next)
		if (s->bit == bit)
			g_array_append_val(s->all, use);
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

/* Steps that a proof counts as: a doubtful one as many more. */
static uint16_t steps(const struct inst *in, unsigned bit, unsigned more, unsigned weakness)
{
	return (uint16_t)MIN(pred_at(in, bit)->dist + more + weakness * WEAK_STEPS, UINT16_MAX);
}

static void use_acquires(struct prog *p, struct usage *all, uint32_t id, const struct inst *in, unsigned bit)
{
	for (guint i = 0; i < in->acqs->len; i++) {
		const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, i);
		struct use use = { .inst = id, .rec = i, .what = BY_ACQUIRE, .bit = (uint8_t)bit, .dist = steps(in, bit, 0, a->doubt), .set = true };
		struct point pt = point_at(bit, a->irq, a->bh);
		struct usage *u = &all[final_of(p, a->l.cls)];

		if (!(a->emask >> bit & 1) || skip_class(p, a->l.cls) ||
		    (pt.ctx >= SD_CTX_SOFTIRQ && holds_sleeping(p, in, a->held0, a->nheld)) ||
		    (entered_in_interrupt(bit) && in->must_sleep && !sleeps(p, a)))
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

static bool by_callee(struct prog *p, const struct inst *in, uint32_t ev)
{
	const struct sd_event *e = &func_at(p, in->fn)->ir->events[ev];

	return e->callee && !rules_of(p, plain_name(p, e->callee));
}

/* Almost everything may somehow come to enable hardirqs: whatever else proves a bit does it better. */
#define GUESSED_ENABLING 4u

/* Weakness of the best way from call @c to where hardirqs are enabled; -1 none. */
static int enables_below(struct prog *p, const struct rec_call *c, unsigned bit)
{
	struct point pt = point_at(bit, c->irq, c->bh);
	unsigned to = ENTRY_BIT(pt.ctx, pt.irq, pt.bh);
	const struct inst *callee = inst_at(p, c->callee);

	if (!(callee->may_enable >> to & 1))
		return -1;
	return (int)MAX(call_weakness(c), callee->enables_plainly >> to & 1 ? 0u : GUESSED_ENABLING);
}

static void use_enables(struct prog *p, struct usage *all, uint32_t id, const struct inst *in, unsigned bit)
{
	for (guint i = 0; i < in->enables->len; i++) {
		const struct rec_enable *e = &g_array_index(in->enables, struct rec_enable, i);
		/* inside a callee the way down to the place says more: see BY_CALL */
		struct use use = { id, i, BY_ENABLE, (uint8_t)bit, steps(in, bit, by_callee(p, in, e->ev) ? 2 : 0, e->doubt), true };

		if (e->emask >> bit & 1)
			mark_held(p, all, in, e->held0, e->nheld, point_at(bit, e->irq, e->bh), use);
	}
}

static void use_calls(struct prog *p, struct usage *all, uint32_t id, const struct inst *in, unsigned bit)
{
	for (guint i = 0; i < in->calls->len; i++) {
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, i);
		int weakness = c->nheld && c->emask >> bit & 1 ? enables_below(p, c, bit) : -1;
		struct use use = { id, i, BY_CALL, (uint8_t)bit, steps(in, bit, 1, (unsigned)MAX(weakness, 0)), true };

		if (weakness >= 0)
			mark_held(p, all, in, c->held0, c->nheld, point_at(bit, AT(IRQ_IS_ON, AT_CTX(c->irq)), c->bh), use);
	}
}

/* The map of a timer or work item is held around its callback, in the state in which that is called. */
static void use_maps(struct prog *p, struct usage *all)
{
	for (guint i = 0; i < p->entries->len; i++) {
		const struct entry *e = &g_array_index(p->entries, struct entry, i);
		struct use use = { .rec = i, .what = BY_ENTRY, .set = true };
		struct point pt = { (uint8_t)e->ctx, (uint8_t)e->irqs, (uint8_t)e->bhs };

		if (!e->map || skip_class(p, e->map - 1) || func_at(p, e->fn)->is_api)
			continue;
		use.inst = get_root(p, e->fn);
		mark_in(&all[final_of(p, e->map - 1)], pt, false, use);
		mark_on(&all[final_of(p, e->map - 1)], pt, false, use);
	}
}

static void find_uses(struct prog *p, struct usage *all, bool in_callees)
{
	for (uint32_t i = 0; i < p->insts->len; i++) {
		const struct inst *in = inst_at(p, i);

		for (unsigned bit = 0; bit < ENTRY_BITS; bit++)
			if (in->entry >> bit & 1) {
				use_acquires(p, all, i, in, bit);
				use_enables(p, all, i, in, bit);
				if (in_callees)
					use_calls(p, all, i, in, bit);
			}
	}
	use_maps(p, all);
}

struct usage *compute_usage(struct prog *p)
{
	struct usage *all = sd_arena_alloc(p->arena, (p->classes->len + 1) * sizeof(*all));

	find_uses(p, all, true);
	for (uint32_t c = 0; c < p->classes->len; c++)
		for (unsigned b = 0; b < SD_U_COUNT; b++)
			if (all[c].by[b].set)
				class_at(p, c)->usage |= (uint8_t)(1u << b);
	return all;
}

/* Of each function the use that proves it best; the order is that of instances, so the first of equals is always the same. */
static void keep_best(struct prog *p, GArray *uses)
{
	GHashTable *at = g_hash_table_new(NULL, NULL);
	guint n = 0;

	for (guint i = 0; i < uses->len; i++) {
		const struct use u = g_array_index(uses, struct use, i);
		gpointer fn = GUINT_TO_POINTER(inst_at(p, u.inst)->fn + 1), old = g_hash_table_lookup(at, fn);

		if (!old)
			g_hash_table_insert(at, fn, GUINT_TO_POINTER(n + 1));
		if (!old)
			g_array_index(uses, struct use, n++) = u;
		else if (u.dist < g_array_index(uses, struct use, GPOINTER_TO_UINT(old) - 1).dist)
			g_array_index(uses, struct use, GPOINTER_TO_UINT(old) - 1) = u;
	}
	g_array_set_size(uses, n);
	g_hash_table_destroy(at);
}

static gint by_distance(gconstpointer x, gconstpointer y, gpointer data)
{
	const struct use *a = x, *b = y;
	struct prog *p = data;
	const struct func *fa = func_at(p, inst_at(p, a->inst)->fn), *fb = func_at(p, inst_at(p, b->inst)->fn);
	int c = (int)a->dist - (int)b->dist;

	if (!c)
		c = strcmp(str(p, fa->plain), str(p, fb->plain));
	return c ? c : strcmp(str(p, fa->ir->file), str(p, fb->ir->file));
}

void find_users(struct prog *p, struct users *of, size_t n)
{
	struct usage *all = g_new0(struct usage, p->classes->len + 1);

	for (size_t i = 0; i < n; i++) {
		of[i].all = g_array_new(FALSE, FALSE, sizeof(struct use));
		of[i].next = all[of[i].cls].users;
		all[of[i].cls].users = &of[i];
	}
	find_uses(p, all, false);
	for (size_t i = 0; i < n; i++) {
		keep_best(p, of[i].all);
		g_array_sort_with_data(of[i].all, by_distance, p);
	}
	g_free(all);
}
