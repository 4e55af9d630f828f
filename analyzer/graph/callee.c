/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * callee.c - a call in terms of its callee's summary.
 *
 * Each exit of the callee forks the state.  Where exits differ in their locks and the result does
 * not tell them apart (the condition lies in memory), what the caller holds does: an exit that
 * releases just what is held is the one meant; failing that a balanced one; failing that all.
 */
#include <string.h>
#include "run.h"

static bool balanced(const struct exit_effect *x)
{
	return !x->nheld && !x->nrel;
}

/* What was cut short may pair what belongs to different paths: only an exit that changes nothing is believed then. */
static bool unchanged(const struct exit_effect *x)
{
	return balanced(x) && x->irq == IRQ_INHERIT && !x->bh && !x->hard && !x->soft;
}

static bool same_locks(const struct exit_effect *a, const struct exit_effect *b)
{
	return a->nheld == b->nheld && a->nrel == b->nrel && !memcmp(a->held, b->held, sizeof(a->held)) &&
	       !memcmp(a->rel, b->rel, sizeof(a->rel));
}

/* Two exits differ in their locks, and the result does not tell which it was. */
bool ambiguous(const struct inst *in)
{
	for (uint32_t i = 0; i < in->nexit; i++)
		for (uint32_t k = i + 1; k < in->nexit; k++)
			if ((in->exits[i].ret & in->exits[k].ret) && !same_locks(&in->exits[i], &in->exits[k]))
				return true;
	return false;
}

static bool same_lock(struct lockref a, struct lockref b)
{
	return a.obj == b.obj && a.cls == b.cls;
}

struct call { struct run *r; uint32_t ev; const tid *args; unsigned nargs; };

static tid into_caller(const struct call *c, const struct state *s, tid t)
{
	return subst(c->r, s, c->ev, t, c->args, c->nargs);
}

/* The class of a callee's lock as the caller sees it: by the caller's path when that says more. */
static struct lockref lock_into_caller(const struct call *c, const struct state *s, struct lockref l)
{
	struct prog *p = run_prog(c->r);
	const struct raw_class *raw = raw_at(p, l.cls);
	tid obj = into_caller(c, s, l.obj);
	struct lockref out = { obj, l.cls };

	if (obj && (raw->unknown || raw->pointer || raw->by_type) && term(p, obj)->kind != T_FRESH) {
		uint32_t cls = raw_class_of(p, run_inst(c->r), obj, str(p, raw->lock_type), raw->subclass);

		if (!raw_at(p, cls)->unknown) {
			raw_at(p, cls)->used |= raw->used;
			out.cls = cls;
		}
	}
	return out;
}

/*
 * An exit that releases nothing but what the caller is known to hold is what the code is for.  By their classes (!@exact): an object that
 * was stored and is loaded again may not be known for the same.
 */
static bool releases_held(const struct call *c, const struct exit_effect *x, const struct state *s, bool exact)
{
	for (unsigned i = 0; i < x->nrel; i++) {
		struct lockref l = lock_into_caller(c, s, x->rel[i]);
		bool found = false;

		for (unsigned k = 0; k < s->nheld; k++)
			found |= exact ? l.obj && s->held[k].l.obj == l.obj : s->held[k].l.cls == l.cls && !raw_at(run_prog(c->r), l.cls)->unknown;
		if (!found)
			return false;
	}
	return x->nrel && !x->nheld;
}

/* The address of a local that the callee filled: extraction names its new value V_OUT. */
static tid stored_word(const struct call *c, const struct state *s, tid key)
{
	struct prog *p = run_prog(c->r);
	const struct sd_fn *ir = run_func(c->r)->ir;
	const struct term *t = term(p, key);

	if (t->kind == T_LOAD && term(p, t->a)->kind == T_PARAM) {
		uint32_t k = (uint32_t)term(p, t->a)->num;

		for (uint32_t v = 1; v < ir->nvals; v++)
			if (ir->vals[v].kind == SD_V_OUT && ir->vals[v].num == c->ev && ir->vals[v].b == k)
				return eval(c->r, s, v);
	}
	return into_caller(c, s, key);
}

static void apply_exit_irq(const struct call *c, const struct exit_effect *x, uint8_t before, struct state *s)
{
	if (x->restore_key) {
		restore_irq(c->r, c->ev, s, into_caller(c, s, x->restore_key));
		return;
	}
	if (x->irq == IRQ_INHERIT)
		return;
	s->irq = x->irq;
	s->restore = 0;
	if (x->irq == IRQ_IS_ON && before != IRQ_IS_ON)         /* a helper that unlocks: what is still held is marked */
		record_enable(c->r, c->ev, s, true);
}

/* What the caller knows of a term: an assumption carried in, or a fact about a value that is this term. */
static uint8_t known_sign(const struct call *c, const struct state *s, tid t)
{
	const struct func *f = run_func(c->r);
	uint8_t sign = cond_sign(s, t);

	for (unsigned i = 0; i < s->nfact; i++)
		if (s->fact[i].sign && eval(c->r, s, f->fact_vid[s->fact[i].id]) == t)
			sign &= s->fact[i].sign;
	return sign;
}

/* Adds the exit's assumptions to the caller's; false when they contradict what the caller knows. */
static bool assume_conds(const struct call *c, const struct exit_effect *x, struct state *s)
{
	struct prog *p = run_prog(c->r);

	for (unsigned i = 0; i < x->ncond; i++) {
		tid t = into_caller(c, s, x->cond[i].t);
		const struct term *k = term(p, t);
		uint8_t sign = (uint8_t)x->cond[i].sign;

		if (k->kind == T_CONST && !(sign & (k->num < 0 ? S_NEG : k->num ? S_POS : S_ZERO)))
			return false;
		if (!t || k->kind == T_CONST)
			continue;
		if (!(known_sign(c, s, t) & sign) || !cond_add(s, t, sign, k->kind != T_SAME))       /* of two objects no other callee is told */
			return false;
	}
	return true;
}

/* The caller's entry states in which the callee is entered in one of @callee. */
static uint64_t entered_in(struct prog *p, const struct state *s, uint64_t callee)
{
	const uint8_t *to;
	uint64_t keep = 0;

	if (callee == ENTRY_ALL)
		return s->emask;
	if (state_at(s) == AT(IRQ_INHERIT, CTX_INHERIT) && !s->bh)
		return s->emask & callee;       /* only an optimisation: as it was entered, so it calls */
	to = bits_below(p, state_at(s), s->bh);
	for (uint64_t left = s->emask; left; left &= left - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(left);

		keep |= (callee >> to[bit] & 1) << bit;
	}
	return keep;
}

/* A condition on the object chose a lock that sleeps where others of its kind spin: few objects are such. */
static bool chose_to_sleep(const struct call *c, const struct exit_effect *x)
{
	struct prog *p = run_prog(c->r);

	for (unsigned i = 0; i < x->nheld && x->ncond; i++)
		if (sleeping_type(str(p, raw_at(p, x->held[i].l.cls)->lock_type)) && has_variant(p, x->held[i].l.cls))
			return true;
	return false;
}

static void apply_exit(const struct call *c, const struct exit_effect *x, const struct state *before, bool doubt, GArray *out)
{
	uint64_t emask = entered_in(run_prog(c->r), before, x->emask);
	sd_vid result = run_call_value(c->r, c->ev);
	int bh = before->bh + x->bh;
	struct state s;

	if (!emask)
		return;
	state_copy(&s, before);
	s.emask = emask;
	s.doubt |= x->doubt | doubt | chose_to_sleep(c, x);
	call_result_sign(c->r, &s, c->ev, x->ret);
	if (x->ncond && !assume_conds(c, x, &s))
		return;
	for (unsigned i = 0; i < x->nrel; i++)
		release_lock(c->r, c->ev, &s, lock_into_caller(c, before, x->rel[i]));
	apply_exit_irq(c, x, before->irq, &s);
	s.bh = (int8_t)CLAMP(bh, -MAX_BH, MAX_BH);
	entered_with_bh_off(&s);
	s.hard = (int8_t)CLAMP(s.hard + x->hard, -2, 2);
	s.soft = (int8_t)CLAMP(s.soft + x->soft, -2, 2);
	if (x->bh < 0 && s.bh <= 0)
		record_enable(c->r, c->ev, &s, false);
	for (unsigned i = 0; i < x->ntok; i++)
		token_set(&s, stored_word(c, before, x->tok[i].key),
			  (uint8_t)(x->tok[i].irq == IRQ_INHERIT ? before->irq : x->tok[i].irq));
	if (x->ret_irq && result)
		token_set(&s, eval(c->r, &s, result), (uint8_t)(x->ret_irq - 1 == IRQ_INHERIT ? before->irq : x->ret_irq - 1));
	for (unsigned i = 0; i < x->nheld; i++) {
		struct held h = x->held[i];

		h.l = lock_into_caller(c, before, h.l);
		h.ev = c->ev;
		if (!held_add(&s, &h))
			run_truncated(c->r);
	}
	state_append(out, &s);
}

/*
 * A map that is no lock is taken for lockdep alone: when a setting decides whether it is told (a reference that
 * counts as a lock, say), both are meant.
 */
static bool takes_maps_only(const struct call *c, const struct exit_effect *x)
{
	for (unsigned i = 0; i < x->nheld; i++) {
		const char *type = str(run_prog(c->r), raw_at(run_prog(c->r), x->held[i].l.cls)->lock_type);

		if (*type && strcmp(type, "map"))
			return false;
	}
	return !x->nrel;
}

/* Taken unless it is held already: by a cookie, kept somewhere, it is given back or not, so that it is still held is doubtful. */
static bool has_cookie(const struct exit_effect *x)
{
	for (unsigned i = 0; i < x->nheld; i++)
		if (x->held[i].asked)
			return true;
	return false;
}

/*
 * Another exit, equal else, has disabled hardirqs, which is what the callee is for: `if (flip->async) return; ... local_irq_disable();`.  What needs
 * them off there is not done where this one leaves them on, for the same reason, which the result does not tell.
 */
static bool fails_to_disable(const struct inst *callee, const struct exit_effect *x, const struct state *s)
{
	for (uint32_t i = 0; i < callee->nexit && x->irq != IRQ_IS_OFF && x->irq != IRQ_EITHER && s->irq != IRQ_IS_OFF; i++) {
		const struct exit_effect *y = &callee->exits[i];

		if (y->irq == IRQ_IS_OFF && (y->ret & x->ret) && same_locks(x, y))
			return true;
	}
	return false;
}

/* `return end(h, 0);` and nothing else: it is for its callers to say, by what they hold. */
static bool is_wrapper(const struct call *c)
{
	const struct sd_fn *ir = run_func(c->r)->ir;

	return ir->nblocks <= 2 && c->ev == ir->nevents - 1;
}

/* Which exits of a callee a call may be left by. */
enum meant {
	ALL,
	UNCHANGED,              /* it was cut short, and one changes nothing */
	RELEASING,              /* the result does not tell them apart, and one gives back just what the caller holds */
	RELEASING_CLASS,        /* ... or what is of the same classes */
	BALANCED,               /* failing that, the balanced ones */
};

static bool is_meant(const struct call *c, const struct exit_effect *x, const struct state *s, enum meant meant)
{
	switch (meant) {
	case UNCHANGED: return unchanged(x);
	case RELEASING: return releases_held(c, x, s, true);
	case RELEASING_CLASS: return releases_held(c, x, s, false);
	case BALANCED: return balanced(x) || takes_maps_only(c, x) || (!s->nheld && !x->nheld && is_wrapper(c));
	default: return true;
	}
}

static bool any_meant(const struct call *c, const struct inst *callee, const struct state *s, enum meant meant)
{
	for (uint32_t i = 0; i < callee->nexit; i++)
		if (meant == BALANCED ? balanced(&callee->exits[i]) : is_meant(c, &callee->exits[i], s, meant))
			return true;
	return false;
}

static enum meant exits_meant(const struct call *c, const struct inst *callee, const struct state *s)
{
	if (callee->truncated && any_meant(c, callee, s, UNCHANGED))
		return UNCHANGED;
	for (enum meant m = RELEASING; callee->ambiguous && m <= BALANCED; m++)
		if (any_meant(c, callee, s, m))
			return m;
	return ALL;
}

/* What an exit that is not believed does to locks: guess.c. */
static void note_guesses(const struct call *c, const struct exit_effect *x, const struct state *s)
{
	for (unsigned i = 0; i < x->nheld; i++)
		note_guess(c->r, c->ev, lock_into_caller(c, s, x->held[i].l).cls, true);
	for (unsigned i = 0; i < x->nrel; i++)
		note_guess(c->r, c->ev, lock_into_caller(c, s, x->rel[i]).cls, false);
}

static void apply_exits(const struct call *c, const struct inst *callee, const struct state *s, GArray *out)
{
	enum meant meant;

	run_set_call_bits(c->r, c->ev, callee->nexit ? callee->ret_bits : UINT64_MAX);
	run_set_call_ret(c->r, c->ev, callee->ret);
	if (callee->ret)
		run_set_call_term(c->r, c->ev, into_caller(c, s, callee->ret));
	if (callee->retfields) {
		GArray *f = g_array_new(FALSE, FALSE, sizeof(struct retfield));

		for (guint i = 0; i < callee->retfields->len; i++) {
			struct retfield rf = g_array_index(callee->retfields, struct retfield, i);

			rf.val = into_caller(c, s, rf.val);
			if (rf.val)
				g_array_append_val(f, rf);
		}
		run_set_call_fields(c->r, c->ev, f);
	}
	meant = exits_meant(c, callee, s);
	for (uint32_t i = 0; i < callee->nexit; i++) {
		const struct exit_effect *x = &callee->exits[i];

		if (is_meant(c, x, s, meant))
			apply_exit(c, x, s, (meant == BALANCED && takes_maps_only(c, x) && has_cookie(x)) || (callee->truncated && !balanced(x)) ||
					    fails_to_disable(callee, x, s), out);
		else if (meant == BALANCED || meant == UNCHANGED)
			note_guesses(c, x, s);
	}
}

/* What the callee's instance may know of argument @v beside its term: the bits that an integer may have. */
static tid known_bits(struct run *r, const struct state *s, sd_vid v, tid arg)
{
	struct prog *p = run_prog(r);
	uint64_t bits;

	if (run_func(r)->ir->vals[v].tkind != SD_T_INT || term(p, arg)->kind == T_CONST)
		return arg;
	bits = may_bits(r, s, v, 0);
	if (!bits)
		return mk_const(p, 0);
	return bits == UINT64_MAX || bits == 1 ? arg : mk_bits(p, bits, must_bits(r, s, v, 0)); /* any truth value: nothing */
}

static void keep_common_locks(struct exit_effect *all, const struct exit_effect *x)
{
	unsigned nheld = 0, nrel = 0;

	for (unsigned i = 0; i < all->nheld; i++)
		for (unsigned k = 0; k < x->nheld; k++)
			if (same_lock(all->held[i].l, x->held[k].l) && all->held[i].mode == x->held[k].mode) {
				all->held[nheld++] = all->held[i];
				break;
			}
	for (unsigned i = 0; i < all->nrel; i++)
		for (unsigned k = 0; k < x->nrel; k++)
			if (same_lock(all->rel[i], x->rel[k])) {
				all->rel[nrel++] = all->rel[i];
				break;
			}
	all->nheld = (uint8_t)nheld, all->nrel = (uint8_t)nrel;
}

/*
 * What a call does whichever of its callees it is: the locks that all of them take or give back on every way through, irqs and BHs that all leave
 * alike (`ops->wake_up_and_unlock(q)`).  false: one of them is not known.
 */
static bool common_effect(const struct prog *p, const GArray *insts, struct exit_effect *all)
{
	bool first = true;

	memset(all, 0, sizeof(*all));
	for (guint i = 0; i < insts->len; i++) {
		const struct inst *in = inst_at(p, g_array_index(insts, uint32_t, i));

		if (in->phase != 2 || in->truncated || !in->nexit)
			return false;
		for (uint32_t k = 0; k < in->nexit; k++, first = false) {
			const struct exit_effect *x = &in->exits[k];
			uint8_t irq = x->restore_key ? IRQ_INHERIT : x->irq;

			if (first) {
				*all = (struct exit_effect){ .doubt = x->doubt, .irq = irq, .bh = x->bh, .nheld = x->nheld, .nrel = x->nrel };
				memcpy(all->held, x->held, sizeof(all->held));
				memcpy(all->rel, x->rel, sizeof(all->rel));
			}
			keep_common_locks(all, x);
			all->doubt &= x->doubt;
			all->irq = all->irq == irq ? irq : IRQ_INHERIT;
			all->bh = all->bh == x->bh ? x->bh : 0;
		}
	}
	all->emask = ENTRY_ALL;
	all->ret = S_ALL;
	return true;
}

/* What some of several callees do, and not all. */
static void guess_targets(const struct call *c, const GArray *insts, const struct exit_effect *all, const struct state *s)
{
	for (guint i = 0; i < insts->len; i++) {
		const struct inst *in = inst_at(run_prog(c->r), g_array_index(insts, uint32_t, i));

		for (uint32_t k = 0; in->phase == 2 && k < in->nexit; k++)
			if (!same_locks(&in->exits[k], all))
				note_guesses(c, &in->exits[k], s);
	}
}

void apply_callee(struct run *r, uint32_t ev, const struct state *s, const GArray *targets, sd_sym slot, GArray *out)
{
	struct prog *p = run_prog(r);
	const struct sd_event *e = &run_func(r)->ir->events[ev];
	tid *args = g_newa0(tid, e->nargs + 1), *known = g_newa0(tid, e->nargs + 1);
	uint8_t *sign = g_newa0(uint8_t, e->nargs + 1);
	struct call c = { r, ev, args, e->nargs };
	GArray *insts = targets->len > 1 ? g_array_sized_new(FALSE, FALSE, sizeof(uint32_t), targets->len) : NULL;
	struct cond told[MAX_TOLD];
	struct exit_effect all;
	uint32_t only = 0, ntold;

	for (uint32_t k = 0; k < e->nargs; k++) {
		sd_vid v = run_func(r)->ir->ops[e->arg0 + k].val;

		args[k] = arg_term(r, s, ev, k);
		known[k] = known_bits(r, s, v, args[k]);
		sign[k] = signs_of(r, s, v);
	}
	for (guint i = 0; i < targets->len; i++) {
		uint32_t fn = g_array_index(targets, uint32_t, i);

		if (func_at(p, fn)->is_api)
			continue;
		ntold = tell_callee(r, s, ev, fn, args, e->nargs, told);
		only = get_instance(p, run_inst(r), fn, known, sign, e->nargs, s, told, ntold);
		interpret(p, only);
		record_call(r, ev, s, only, slot ? targets->len : 0, slot, args, e->nargs);
		if (insts)
			g_array_append_val(insts, only);
	}
	if (targets->len == 1 && !func_at(p, g_array_index(targets, uint32_t, 0))->is_api && inst_at(p, only)->phase == 2 &&
	    !(inst_at(p, only)->truncated && !inst_at(p, only)->nexit))
		apply_exits(&c, inst_at(p, only), s, out);
	else {          /* undefined, recursive, or several callees that have nothing in common: taken as balanced */
		if (targets->len == 1 && !func_at(p, g_array_index(targets, uint32_t, 0))->is_api && inst_at(p, only)->phase == 1)
			note_recursion(p, run_inst_id(r), only, s->nheld);
		run_set_call_bits(r, ev, UINT64_MAX);
		if (!insts || insts->len != targets->len || !common_effect(p, insts, &all))
			memset(&all, 0, sizeof(all));
		if (insts)
			guess_targets(&c, insts, &all, s);
		if (unchanged(&all))
			state_append(out, s);
		else
			apply_exit(&c, &all, s, false, out);
	}
	if (insts)
		g_array_free(insts, TRUE);
}
