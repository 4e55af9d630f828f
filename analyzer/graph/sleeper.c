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
		if (!raw_at(p, g_array_index(in->heldv, struct held, held0 + i).l.cls)->sleeping)
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

	return !a->trylock && (c->sleeping || !strcmp(str(p, c->name), SLEEP_CLASS));
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

/* Calls as the function was entered; @plainly: that are surely made. */
static bool leads_on(const struct prog *p, const struct inst *in, const struct rec_call *c, bool plainly)
{
	return !c->slot && !(plainly && c->doubt) && as_entered(c->irq, c->bh) && c->emask == ENTRY_ALL && !spinning_held(p, in, c->held0, c->nheld);
}

struct call { uint32_t callee, caller; };

/* Such calls, by callee: those of instance i are [first[i], first[i + 1]). */
struct calls { uint32_t *first, *caller; };

static struct calls callers_of(struct prog *p, bool plainly)
{
	struct calls c = { g_new0(uint32_t, p->insts->len + 2), NULL };
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct call));

	for (uint32_t i = 0; i < p->insts->len; i++) {
		const struct inst *in = inst_at(p, i);

		for (guint k = 0; k < in->calls->len; k++) {
			const struct rec_call *rec = &g_array_index(in->calls, struct rec_call, k);
			struct call call = { rec->callee, i };

			if (!leads_on(p, in, rec, plainly))
				continue;
			g_array_append_val(all, call);
			c.first[rec->callee + 1]++;
		}
	}
	for (uint32_t i = 0; i < p->insts->len; i++)
		c.first[i + 1] += c.first[i];
	c.caller = g_new(uint32_t, all->len + 1);
	for (guint k = all->len; k-- > 0; ) {
		const struct call *call = &g_array_index(all, struct call, k);

		c.caller[--c.first[call->callee + 1]] = call->caller;
	}
	memmove(c.first, c.first + 1, p->insts->len * sizeof(*c.first));
	c.first[p->insts->len] = all->len;
	g_array_free(all, TRUE);
	return c;
}

static bool *mark_of(struct prog *p, uint32_t i, bool plainly)
{
	return plainly ? &inst_at(p, i)->sleeps_plainly : &inst_at(p, i)->may_sleep;
}

static void spread(struct prog *p, bool plainly)
{
	GArray *work = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	struct calls c = callers_of(p, plainly);

	for (uint32_t i = 0; i < p->insts->len; i++)
		if (sleeps_itself(p, inst_at(p, i), plainly)) {
			*mark_of(p, i, plainly) = true;
			g_array_append_val(work, i);
		}
	while (work->len) {
		uint32_t callee = g_array_index(work, uint32_t, work->len - 1);

		g_array_set_size(work, work->len - 1);
		for (uint32_t k = c.first[callee]; k < c.first[callee + 1]; k++) {
			uint32_t i = c.caller[k];

			if (*mark_of(p, i, plainly))
				continue;
			*mark_of(p, i, plainly) = true;
			g_array_append_val(work, i);
		}
	}
	g_free(c.first), g_free(c.caller);
	g_array_free(work, TRUE);
}

void find_sleepers(struct prog *p)
{
	for (uint32_t i = 0; i < p->raw->len; i++)
		raw_at(p, i)->sleeping = sleeping_type(str(p, raw_at(p, i)->lock_type));
	spread(p, false);
	spread(p, true);
	find_must_sleep(p);
}
