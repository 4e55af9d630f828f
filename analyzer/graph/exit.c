/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exit.c - the summary of an instance: how it leaves locks and irqs behind, and what it returns.
 */
#include <string.h>
#include "run.h"

static void export_tokens(struct run *r, const struct state *s, struct exit_effect *x)
{
	for (unsigned i = 0; i < s->ntok; i++) {
		tid key = s->tok[i].key;
		bool keep = term_exportable(run_prog(r), key) && term(run_prog(r), key)->kind == T_LOAD;

		for (guint k = 0; run_inst(r)->retfields && k < run_inst(r)->retfields->len; k++)
			keep |= g_array_index(run_inst(r)->retfields, struct retfield, k).val == key;
		if (keep)
			x->tok[x->ntok++] = s->tok[i];
	}
}

/* A lock inside the object that is returned is held: then the result is no NULL. */
static bool lock_in_object(const struct run *r, const struct state *s, tid object)
{
	for (unsigned i = 0; object && i < s->nheld; i++)
		for (tid t = s->held[i].l.obj; t; t = term(run_prog(r), t)->a)
			if (term(run_prog(r), t)->kind == T_FIELD && term(run_prog(r), t)->a == object)
				return true;
	return false;
}

/* The caller said so itself, of its own argument. */
static bool told_by_caller(const struct run *r, const struct cond *c)
{
	const struct inst *in = run_inst(r);

	for (unsigned i = 0; i < in->ncond && !c->variant; i++)
		if (in->cond[i].t == c->t && in->cond[i].sign == c->sign)
			return true;
	return false;
}

static struct exit_effect exit_of(struct run *r, const struct state *s, sd_vid ret)
{
	struct exit_effect x;
	int tok = ret ? token_get(s, eval(r, s, ret)) : -1;

	memset(&x, 0, sizeof(x));
	x.emask = s->emask;
	x.doubt = s->doubt;
	x.irq = s->irq;
	x.bh = s->bh;
	x.hard = s->hard;
	x.soft = s->soft;
	x.ret = ret ? signs_of(r, s, ret) : S_ALL;
	if (ret && lock_in_object(r, s, eval(r, s, ret)))
		x.ret &= S_NONZERO;
	x.ret_irq = (uint8_t)(tok + 1);
	x.restore_key = s->restore;
	for (unsigned i = 0; i < s->ncond; i++)
		if (term_exportable(run_prog(r), s->cond[i].t) && !told_by_caller(r, &s->cond[i]))
			x.cond[x.ncond++] = s->cond[i];
	x.nheld = s->nheld;
	memcpy(x.held, s->held, s->nheld * sizeof(x.held[0]));
	for (unsigned i = 0; i < x.nheld; i++)
		x.held[i].ev = 0;
	x.nrel = s->nrel;
	memcpy(x.rel, s->rel, sizeof(x.rel));
	export_tokens(r, s, &x);
	return x;
}

/* As they were; on, by who says so himself (spin_unlock_irq()); or as a word has it that we lost sight of. */
static bool may_be_unchanged(uint8_t irq, bool word_known)
{
	return irq == IRQ_INHERIT || irq == IRQ_IS_ON || (irq == IRQ_EITHER && !word_known);
}

/*
 * One way leaves hardirqs as they were, another has enabled them: who unlocks with spin_unlock_irq() knows that they were on,
 * so both are "as they were".  Where they were not, the enabling itself is the finding, not what its callers do after it.
 */
static bool as_they_were(uint8_t a, uint8_t b, bool word_known)
{
	return (a == IRQ_INHERIT || b == IRQ_INHERIT) && may_be_unchanged(a, word_known) && may_be_unchanged(b, word_known);
}

/*
 * Held either way, by a trylock or else by waiting for it (if (!mutex_trylock(&x->m) && mutex_lock_interruptible(&x->m)) return -EINTR;):
 * the caller holds it, and cannot tell.
 */
static void forget_trylocks(struct exit_effect *a, const struct exit_effect *b)
{
	for (unsigned i = 0; i < a->nheld && a->nheld == b->nheld; i++)
		a->held[i].trylock = b->held[i].trylock;
}

static bool same_effect(struct exit_effect a, const struct exit_effect *b)
{
	forget_trylocks(&a, b);
	if (a.restore_key == b->restore_key && as_they_were(a.irq, b->irq, a.restore_key != 0))
		a.irq = b->irq;
	a.ret = b->ret;
	a.emask = b->emask;
	a.doubt = b->doubt;
	return !memcmp(&a, b, sizeof(a));
}

static bool same_lock_effect(const struct exit_effect *a, const struct exit_effect *b)
{
	return a->irq == b->irq && a->bh == b->bh && a->hard == b->hard && a->soft == b->soft && a->nheld == b->nheld && a->nrel == b->nrel && a->restore_key == b->restore_key &&
	       !memcmp(a->held, b->held, sizeof(a->held)) && !memcmp(a->rel, b->rel, sizeof(a->rel));
}

/* Saved words that both exits leave alike. */
static void common_tokens(struct exit_effect *e, const struct exit_effect *x)
{
	uint8_t n = 0;

	for (unsigned i = 0; i < e->ntok; i++)
		for (unsigned k = 0; k < x->ntok; k++)
			if (!memcmp(&e->tok[i], &x->tok[k], sizeof(e->tok[i]))) {
				e->tok[n++] = e->tok[i];
				break;
			}
	memset(&e->tok[n], 0, (MAX_TOK - n) * sizeof(e->tok[0]));
	e->ntok = n;
	if (e->ret_irq != x->ret_irq)
		e->ret_irq = 0;
}

/* No room for another: one with the same effect on locks and irqs stands for both, knowing less.  False: there is none. */
static bool merge_exit(struct inst *in, const struct exit_effect *x)
{
	for (uint32_t i = 0; i < in->nexit; i++) {
		struct exit_effect *e = &in->exits[i];

		if (!same_lock_effect(e, x))
			continue;
		e->ret |= x->ret;
		e->emask |= x->emask;
		e->doubt &= x->doubt;
		memset(e->cond, 0, sizeof(e->cond));
		e->ncond = 0;
		common_tokens(e, x);
		return true;
	}
	return false;
}

static void add_to_exit(struct exit_effect *e, const struct exit_effect *x)
{
	e->ret |= x->ret;
	e->emask |= x->emask;
	e->doubt &= x->doubt;
	for (unsigned i = 0; i < e->nheld; i++)
		e->held[i].trylock &= x->held[i].trylock;
	if (x->irq == IRQ_INHERIT)
		e->irq = x->irq;
}

void add_exit(struct run *r, const struct state *s, sd_vid ret)
{
	struct inst *in = run_inst(r);
	struct exit_effect x = exit_of(r, s, ret);

	in->ret_bits |= ret ? may_bits(r, s, ret, 0) : UINT64_MAX;

	for (uint32_t i = 0; i < in->nexit; i++)
		if (same_effect(x, &in->exits[i])) {
			add_to_exit(&in->exits[i], &x);
			return;
		}
	if (in->nexit == MAX_EXIT) {
		if (!merge_exit(in, &x))
			run_truncated(r);
		return;
	}
	if (!in->exits)
		in->exits = g_new(struct exit_effect, MAX_EXIT);        /* until interpret() is done */
	in->exits[in->nexit++] = x;
}

/* The one term that all returns agree on (error constants and NULL apart): file_inode(f) is f->f_inode. */
void note_result(struct run *r, const struct state *s, sd_vid ret)
{
	tid t = eval(r, s, ret);

	if (!t || term(run_prog(r), t)->kind == T_CONST || run_inst(r)->ret == UINT32_MAX)
		return;
	if (!term_exportable(run_prog(r), t) || (run_inst(r)->ret && run_inst(r)->ret != t))
		t = UINT32_MAX;
	run_inst(r)->ret = t;
}

/* Members of a local record that is returned by value: what guard constructors return. */
void note_result_fields(struct run *r, const struct state *s, sd_vid ret)
{
	const struct sd_fn *ir = run_func(r)->ir;
	sd_vid addr = ir->vals[ret].kind == SD_V_LOAD ? ir->vals[ret].a : 0;

	if (!addr || ir->vals[addr].kind != SD_V_ADDRLOCAL || run_inst(r)->retfields)
		return;
	for (uint32_t i = 0; i < ir->nevents; i++) {
		const struct sd_event *e = &ir->events[i];
		const struct sd_val *x = &ir->vals[e->target];
		struct retfield rf = { x->rec, x->sym, 0 };

		if (e->kind != SD_E_STORE || x->kind != SD_V_FIELD || x->a != addr || !local_stored(run_func(r), e->target, &(sd_vid){ 0 }))
			continue;
		rf.val = eval(r, s, e->value);
		if (!run_inst(r)->retfields)
			run_inst(r)->retfields = g_array_new(FALSE, FALSE, sizeof(struct retfield));
		g_array_append_val(run_inst(r)->retfields, rf);
	}
}

static bool changes_locks(const struct exit_effect *e)
{
	return e->nheld || e->nrel;
}

/* Another exit does something else to locks the other way. */
static bool tells_apart(const struct inst *in, uint32_t x, const struct cond *c)
{
	for (uint32_t i = 0; i < in->nexit; i++)
		for (unsigned k = 0; k < in->exits[i].ncond; k++)
			if (i != x && changes_locks(&in->exits[i]) + changes_locks(&in->exits[x]) && in->exits[i].cond[k].t == c->t && !(in->exits[i].cond[k].sign & c->sign))
				return true;
	return false;
}

/* What came to be the same becomes one. */
static void unite_exits(struct inst *in)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < in->nexit; i++) {
		uint32_t k = 0;

		while (k < n && !same_effect(in->exits[i], &in->exits[k]))
			k++;
		if (k < n)
			add_to_exit(&in->exits[k], &in->exits[i]);
		else if (n++ < i)
			in->exits[k] = in->exits[i];
	}
	in->nexit = n;
}

/*
 * Of the conditions on the way to an exit only those count that chose between two effects on locks that the caller sees: where
 * all is given back, which of two ways it was is over.
 */
void keep_telling_conds(struct inst *in)
{
	for (uint32_t x = 0; x < in->nexit; x++) {
		struct exit_effect *e = &in->exits[x];
		unsigned n = 0;

		for (unsigned k = 0; k < e->ncond; k++)
			if (tells_apart(in, x, &e->cond[k]) || (e->cond[k].variant && changes_locks(e)))
				e->cond[n++] = e->cond[k];
		memset(&e->cond[n], 0, (e->ncond - n) * sizeof(e->cond[0]));
		e->ncond = (uint8_t)n;
	}
	unite_exits(in);
}
