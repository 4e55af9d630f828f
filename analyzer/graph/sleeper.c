/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sleeper.c - which instances may sleep in the state in which they are entered.
 *
 * A sleeping lock taken, or a function called that a `sleep` rule names, where no spinning lock is held and
 * neither hardirqs nor BHs were touched since the entry; or a call, in such a place, of an instance that does.
 * Callers are marked from callees with a worklist: each instance is marked once.
 *
 * Others sleep whenever they run: their authors know that no interrupt enters them.
 *
 * Requires: interp, classes.  Sets: inst.may_sleep, sleeps_plainly, must_sleep.
 */
#include <string.h>
#include "model.h"

static bool spinning_held(const struct prog *p, const struct inst *in, uint32_t held0, uint32_t nheld)
{
	for (uint32_t i = 0; i < nheld; i++)
		if (!sleeping_type(str(p, raw_at(p, g_array_index(in->heldv, struct held, held0 + i).l.cls)->lock_type)))
			return true;
	return false;
}

static bool as_entered(uint8_t irq, int8_t bh)
{
	return irq == IRQ_INHERIT && !bh;
}

/* @plainly: not only when what is doubtful happens, a last reference say. */
static bool sleeps_itself(const struct prog *p, const struct inst *in, bool plainly)
{
	for (guint i = 0; i < in->acqs->len; i++) {
		const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, i);

		if (!sleeps(p, a) || !as_entered(a->irq, a->bh) || (plainly && a->doubt))
			continue;
		if (a->emask == ENTRY_ALL && !spinning_held(p, in, a->held0, a->nheld))
			return true;
	}
	return false;
}

/* Is event @ev met by every run of the function?  From the entry on, while there is but one way to go. */
static bool always_met(const struct sd_fn *ir, uint32_t ev)
{
	uint32_t b = 0;

	for (unsigned n = 0; n < 32 && b < ir->nblocks; n++) {
		const struct sd_block *k = &ir->blocks[b];

		if (ev >= k->ev0 && ev < k->ev0 + k->nev)
			return true;
		if (k->term != SD_TERM_GOTO || k->nsucc != 1)
			return false;
		b = ir->succs[k->succ0].block;
	}
	return false;
}

bool sleeps(const struct prog *p, const struct rec_acq *a)
{
	const struct raw_class *c = raw_at(p, a->l.cls);

	return !a->trylock && (sleeping_type(str(p, c->lock_type)) || !strcmp(str(p, c->name), SLEEP_CLASS));
}

/* might_sleep(), a mutex or the like in its first lines, or a call there of what has them. */
static bool must_sleep(const struct prog *p, const struct inst *in)
{
	const struct sd_fn *ir = func_at(p, in->fn)->ir;

	for (guint i = 0; i < in->acqs->len; i++) {
		const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, i);

		if (a->emask == ENTRY_ALL && sleeps(p, a) && always_met(ir, a->ev))
			return true;
	}
	for (guint i = 0; i < in->calls->len; i++) {
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, i);

		if (!c->slot && c->emask == ENTRY_ALL && inst_at(p, c->callee)->must_sleep && always_met(ir, c->ev))
			return true;
	}
	return false;
}

static void find_must_sleep(struct prog *p)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (uint32_t i = p->insts->len; i-- > 0; ) {
			struct inst *in = inst_at(p, i);

			if (!in->must_sleep && must_sleep(p, in))
				in->must_sleep = changed = true;
		}
	}
}

static GArray **callers_of(struct prog *p, bool plainly)
{
	GArray **callers = g_new0(GArray *, p->insts->len + 1);

	for (uint32_t i = 0; i < p->insts->len; i++) {
		const struct inst *in = inst_at(p, i);

		for (guint k = 0; k < in->calls->len; k++) {
			const struct rec_call *c = &g_array_index(in->calls, struct rec_call, k);

			if (c->slot || (plainly && c->doubt) || !as_entered(c->irq, c->bh) || c->emask != ENTRY_ALL || spinning_held(p, in, c->held0, c->nheld))
				continue;
			if (!callers[c->callee])
				callers[c->callee] = g_array_new(FALSE, FALSE, sizeof(uint32_t));
			g_array_append_val(callers[c->callee], i);
		}
	}
	return callers;
}

static bool *mark_of(struct prog *p, uint32_t i, bool plainly)
{
	return plainly ? &inst_at(p, i)->sleeps_plainly : &inst_at(p, i)->may_sleep;
}

static void spread(struct prog *p, bool plainly)
{
	GArray **callers = callers_of(p, plainly), *work = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (uint32_t i = 0; i < p->insts->len; i++)
		if (sleeps_itself(p, inst_at(p, i), plainly)) {
			*mark_of(p, i, plainly) = true;
			g_array_append_val(work, i);
		}
	while (work->len) {
		GArray *up = callers[g_array_index(work, uint32_t, work->len - 1)];

		g_array_set_size(work, work->len - 1);
		for (guint k = 0; up && k < up->len; k++) {
			uint32_t i = g_array_index(up, uint32_t, k);

			if (*mark_of(p, i, plainly))
				continue;
			*mark_of(p, i, plainly) = true;
			g_array_append_val(work, i);
		}
	}
	for (uint32_t i = 0; i < p->insts->len; i++)
		if (callers[i])
			g_array_free(callers[i], TRUE);
	g_free(callers);
	g_array_free(work, TRUE);
}

void find_sleepers(struct prog *p)
{
	spread(p, false);
	spread(p, true);
	find_must_sleep(p);
}
