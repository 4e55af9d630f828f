/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cond.c - what a branch tells: constants, signs of values, and the context we run in.
 *
 * A value's sign is a set over {negative, zero, positive}; a branch on it refines the set, and an
 * empty set is a path that nothing takes.  Tests of the context (in_interrupt(), irqs_disabled())
 * restrict the states in which the function may have been entered.
 */
#include <string.h>
#include "run.h"

/* linux/preempt.h: the fields of preempt_count() */
#define SOFTIRQ_BITS   0x0000ff00
#define SOFTIRQ_SERVED 0x00000100
#define HARDIRQ_BITS   0x000f0000
#define NMI_BITS       0x00f00000

enum truth { FALSE_ONLY, TRUE_ONLY, EITHER };

static uint8_t sign_of_int(int64_t n)
{
	return n < 0 ? S_NEG : n ? S_POS : S_ZERO;
}

static uint8_t from_truth(enum truth t)
{
	return t == TRUE_ONLY ? S_POS : t == FALSE_ONLY ? S_ZERO : S_ZERO | S_POS;
}

static enum truth negate(enum truth t)
{
	return t == EITHER ? EITHER : t == TRUE_ONLY ? FALSE_ONLY : TRUE_ONLY;
}

/* --- context tests --- */

#define NOT_CTX 3               /* beside enum truth: the value says nothing of the context */

const struct sd_rule *rule_of_event(struct run *r, const struct sd_event *e, enum sd_rule_word word)
{
	struct sd_rule *const *rules = e->callee ? rules_of(run_prog(r), plain_name(run_prog(r), e->callee)) : NULL;

	for (; rules && *rules; rules++)
		if ((*rules)->word == word)
			return *rules;
	return NULL;
}

static const struct sd_rule *rule_of_call(struct run *r, const struct sd_val *call, enum sd_rule_word word)
{
	return rule_of_event(r, &run_func(r)->ir->events[call->num], word);
}

static const struct sd_rule *test_rule(struct run *r, const struct sd_val *call)
{
	return rule_of_call(r, call, SD_R_TEST);
}

static enum truth irqs_are_off(unsigned entry_irq, int rel)
{
	switch (rel) {
	case IRQ_IS_OFF: return TRUE_ONLY;
	case IRQ_IS_ON: return FALSE_ONLY;
	case IRQ_INHERIT: return entry_irq == SD_TRI_OFF ? TRUE_ONLY : entry_irq == SD_TRI_ON ? FALSE_ONLY : EITHER;
	default: return EITHER;
	}
}

static enum truth softirq_count(const struct state *s, unsigned ctx, unsigned bh, int64_t mask)
{
	if (!(mask & SOFTIRQ_BITS))
		return FALSE_ONLY;
	if (ctx == SD_CTX_UNKNOWN)
		return s->bh > 0 && (mask & SOFTIRQ_BITS & ~SOFTIRQ_SERVED) ? TRUE_ONLY : EITHER;
	if (ctx == SD_CTX_SOFTIRQ)
		return TRUE_ONLY;
	if (!(mask & SOFTIRQ_BITS & ~SOFTIRQ_SERVED))           /* serving only */
		return ctx == SD_CTX_TASK ? FALSE_ONLY : EITHER;
	if (s->bh > 0)
		return TRUE_ONLY;
	return bh == SD_TRI_ON && ctx == SD_CTX_TASK ? FALSE_ONLY : bh == SD_TRI_OFF ? TRUE_ONLY : EITHER;
}

static enum truth or_truth(enum truth a, enum truth b)
{
	if (a == TRUE_ONLY || b == TRUE_ONLY)
		return TRUE_ONLY;
	return a == EITHER || b == EITHER ? EITHER : FALSE_ONLY;
}

/* irqs_disabled_flags(flags): of the state now, or of the state when the word was saved. */
static unsigned flags_test(struct run *r, const struct state *s, const struct sd_val *call, unsigned irq)
{
	const struct sd_fn *ir = run_func(r)->ir;
	const struct sd_event *e = &ir->events[call->num];
	sd_vid arg = e->nargs ? ir->ops[e->arg0].val : 0;
	const struct sd_rule *inner = ir->vals[arg].kind == SD_V_CALL ? test_rule(r, &ir->vals[arg]) : NULL;
	int rel = inner && inner->test == SD_TEST_IRQ_FLAGS ? s->irq : token_get(s, eval(r, s, arg));

	return rel < 0 ? NOT_CTX : irqs_are_off(irq, rel);
}

/* What a test's result is when the function was entered in state @bit. */
static unsigned test_truth(struct run *r, const struct state *s, const struct sd_val *call, unsigned bit, int64_t mask)
{
	const struct sd_rule *rule = test_rule(r, call);
	unsigned ctx = point_at(bit, AT(IRQ_INHERIT, AT_CTX(state_at(s))), 0).ctx, irq = bit / NTRI % NTRI, bh = bit % NTRI;
	enum truth hard = ctx == SD_CTX_HARDIRQ ? TRUE_ONLY : ctx == SD_CTX_UNKNOWN ? EITHER : FALSE_ONLY;
	enum truth serving = ctx == SD_CTX_SOFTIRQ ? TRUE_ONLY : ctx == SD_CTX_TASK ? FALSE_ONLY : EITHER;

	switch (rule ? rule->test : SD_TEST_NONE) {
	case SD_TEST_PREEMPT_COUNT:
		if (!(mask & HARDIRQ_BITS))
			hard = FALSE_ONLY;
		if (mask & ~(int64_t)(SOFTIRQ_BITS | HARDIRQ_BITS | NMI_BITS))
			hard = or_truth(hard, EITHER);
		return or_truth(hard, softirq_count(s, ctx, bh, mask));
	case SD_TEST_IRQS_DISABLED: return irqs_are_off(irq, s->irq);
	case SD_TEST_FLAGS_DISABLED: return flags_test(r, s, call, irq);
	case SD_TEST_IN_HARDIRQ: return hard;
	case SD_TEST_IN_SOFTIRQ: return softirq_count(s, ctx, bh, SOFTIRQ_BITS);
	case SD_TEST_IN_INTERRUPT: return or_truth(hard, softirq_count(s, ctx, bh, SOFTIRQ_BITS));
	case SD_TEST_IN_TASK: return negate(or_truth(hard, serving));
	default: return NOT_CTX;
	}
}

/* The same of an expression over tests: masks with &, several joined with |, compared with 0, negated. */
static unsigned ctx_truth(struct run *r, const struct state *s, sd_vid v, unsigned bit, int64_t mask)
{
	const struct sd_fn *ir = run_func(r)->ir;
	const struct sd_val *x = &ir->vals[v];
	unsigned a, b;

	if (x->kind == SD_V_CALL)
		return test_truth(r, s, x, bit, mask);
	if (x->kind != SD_V_OP)
		return NOT_CTX;
	switch (x->op) {
	case SD_OP_BITAND:
		if (ir->vals[x->b].kind == SD_V_CONST)
			return ctx_truth(r, s, x->a, bit, mask & ir->vals[x->b].num);
		return ir->vals[x->a].kind == SD_V_CONST ? ctx_truth(r, s, x->b, bit, mask & ir->vals[x->a].num) : NOT_CTX;
	case SD_OP_BITOR:
		a = ctx_truth(r, s, x->a, bit, mask);
		b = ctx_truth(r, s, x->b, bit, mask);
		return a == NOT_CTX || b == NOT_CTX ? NOT_CTX : or_truth(a, b);
	case SD_OP_NOT:
		a = ctx_truth(r, s, x->a, bit, mask);
		return a == NOT_CTX ? NOT_CTX : negate(a);
	case SD_OP_EQ: case SD_OP_NE:
		if (ir->vals[x->b].kind != SD_V_CONST || ir->vals[x->b].num)
			return NOT_CTX;
		a = ctx_truth(r, s, x->a, bit, mask);
		return a == NOT_CTX || x->op == SD_OP_NE ? a : negate(a);
	default:
		return NOT_CTX;
	}
}

static bool is_ctx_test(struct run *r, const struct state *s, sd_vid v)
{
	return run_func(r)->ctx_test[v] && ctx_truth(r, s, v, 0, -1) != NOT_CTX;
}

static enum truth ctx_truth_all(struct run *r, const struct state *s, sd_vid v)
{
	bool yes = false, no = false;

	for (unsigned bit = 0; bit < ENTRY_BITS; bit++) {
		if (!(s->emask >> bit & 1))
			continue;
		switch (ctx_truth(r, s, v, bit, -1)) {
		case TRUE_ONLY: yes = true; break;
		case FALSE_ONLY: no = true; break;
		default: return EITHER;
		}
	}
	return yes && no ? EITHER : yes ? TRUE_ONLY : no ? FALSE_ONLY : EITHER;
}

#define PREEMPT_BITS 0xff

/* That the test comes out so says that preemption is on: no bit of the whole counter is set. */
static bool tells_preemptible(struct run *r, sd_vid v, bool truth, int64_t mask)
{
	const struct sd_fn *ir = run_func(r)->ir;
	const struct sd_val *x = &ir->vals[v];
	const struct sd_rule *rule = x->kind == SD_V_CALL ? test_rule(r, x) : NULL;

	if (x->kind == SD_V_CALL)
		return !truth && rule && rule->test == SD_TEST_PREEMPT_COUNT && (mask & PREEMPT_BITS) == PREEMPT_BITS;
	if (x->kind != SD_V_OP)
		return false;
	switch (x->op) {
	case SD_OP_BITAND: return ir->vals[x->b].kind == SD_V_CONST && tells_preemptible(r, x->a, truth, mask & ir->vals[x->b].num);
	case SD_OP_BITOR: return !truth && (tells_preemptible(r, x->a, truth, mask) || tells_preemptible(r, x->b, truth, mask));
	case SD_OP_NOT: return tells_preemptible(r, x->a, !truth, mask);
	case SD_OP_EQ: case SD_OP_NE:   /* with 0: ctx_truth() */
		return tells_preemptible(r, x->a, truth ^ (x->op == SD_OP_EQ), mask);
	default: return false;
	}
}

/* Nobody has a spinning lock then, for each counts (CONFIG_PREEMPT_COUNT, which lockdep's own checks select). */
static bool assume_preemptible(struct run *r, struct state *s)
{
	s->calm = 1;
	return !holds_spinning(run_prog(r), s);
}

static bool assume_ctx(struct run *r, struct state *s, sd_vid v, bool truth)
{
	uint64_t keep = 0;

	if (tells_preemptible(r, v, truth, -1) && !assume_preemptible(r, s))
		return false;

	for (unsigned bit = 0; bit < ENTRY_BITS; bit++) {
		unsigned t = ctx_truth(r, s, v, bit, -1);

		if (t == EITHER || (t == TRUE_ONLY) == truth)
			keep |= UINT64_C(1) << bit;
	}
	s->emask &= keep;
	return s->emask != 0;
}

/* --- values --- */

static uint8_t compare_signs(enum sd_op op, uint8_t a, uint8_t b)
{
	bool yes = false, no = false;

	for (uint8_t x = S_NEG; x <= S_POS; x = (uint8_t)(x << 1))
		for (uint8_t y = S_NEG; y <= S_POS; y = (uint8_t)(y << 1)) {
			bool same = x == y && x != S_ZERO;      /* two negatives may compare any way */
			int c = x < y ? -1 : x > y;

			if (!(a & x) || !(b & y))
				continue;
			switch (op) {
			case SD_OP_EQ: yes |= c == 0; no |= c != 0 || same; break;
			case SD_OP_NE: no |= c == 0; yes |= c != 0 || same; break;
			case SD_OP_LT: yes |= c < 0 || same; no |= c >= 0; break;
			case SD_OP_LE: yes |= c <= 0; no |= c > 0 || same; break;
			case SD_OP_GT: yes |= c > 0 || same; no |= c <= 0; break;
			default: yes |= c >= 0; no |= c < 0 || same; break;
			}
		}
	return (uint8_t)((yes ? S_POS : 0) | (no ? S_ZERO : 0));
}

static bool is_const(struct run *r, const struct state *s, sd_vid v, int64_t *n)
{
	const struct term *t = term(run_prog(r), eval(r, s, v));

	*n = t->num;
	return t->kind == T_CONST;
}

/* Of the parameters' bindings and of constants. */
static uint64_t term_bits(struct run *r, tid t)
{
	const struct term *x = term(run_prog(r), t);

	if (x->kind == T_PARAM)
		x = term(run_prog(r), bound(run_inst(r), x));
	if (x->kind == T_CONST || x->kind == T_BITS)
		return (uint64_t)x->num;
	return x->kind == T_OP && x->s == SD_OP_BITAND ? term_bits(r, x->a) & (uint64_t)x->num : UINT64_MAX;
}

static uint64_t phi_bits(struct run *r, const struct state *s, sd_vid v, unsigned depth)
{
	struct func *f = run_func(r);
	const struct sd_val *x = &f->ir->vals[v];
	const struct fact *way = fact_find(s, f->fact_id[f->canon[v]]);
	uint64_t bits = 0;

	if (way && way->way)
		return may_bits(r, s, f->ir->ops[x->a + way->way - 1].val, depth + 1);
	for (uint32_t i = 0; i < x->b && bits != UINT64_MAX; i++) {
		const struct sd_ir_op *o = &f->ir->ops[x->a + i];

		if (o->val == v || (o->pred < (uint64_t)x->num && !run_reached(r, o->pred)))
			continue;       /* nothing comes that way: the blocks before this one are done */
		bits |= may_bits(r, s, o->val, depth + 1);
	}
	return bits;
}

/*
 * What a member brings into a word that is made of several.  What it says by itself stays open: a flag that only drivers
 * set which this configuration leaves out is no dead one.
 */
static uint64_t load_bits(struct run *r, const struct state *s, sd_vid v, unsigned depth)
{
	tid t = eval(r, s, v);
	const struct term *x = term(run_prog(r), t);

	return depth && x->kind == T_LOAD ? held_bits(run_prog(r), x->a) : term_bits(r, t);
}

uint64_t may_bits(struct run *r, const struct state *s, sd_vid v, unsigned depth)
{
	const struct sd_val *x = &run_func(r)->ir->vals[v];

	if (depth > 8)
		return UINT64_MAX;
	switch (x->kind) {
	case SD_V_CONST: return (uint64_t)x->num;
	case SD_V_PHI: return phi_bits(r, s, v, depth);
	case SD_V_CALL: return run_call_bits(r, (uint32_t)x->num) & term_bits(r, eval(r, s, v));
	case SD_V_OP:
		switch (x->op) {
		case SD_OP_BITAND: return may_bits(r, s, x->a, depth + 1) & may_bits(r, s, x->b, depth + 1);
		case SD_OP_BITOR: case SD_OP_BITXOR: return may_bits(r, s, x->a, depth + 1) | may_bits(r, s, x->b, depth + 1);
		case SD_OP_NOT: case SD_OP_EQ: case SD_OP_NE: case SD_OP_LT: case SD_OP_LE: case SD_OP_GT: case SD_OP_GE: return 1;
		case SD_OP_COMPL: return run_func(r)->ir->vals[x->a].kind == SD_V_CONST ? ~(uint64_t)run_func(r)->ir->vals[x->a].num : UINT64_MAX;
		default: return UINT64_MAX;
		}
	case SD_V_LOAD: return x->tkind == SD_T_INT ? load_bits(r, s, v, depth) : UINT64_MAX;
	default: return x->tkind == SD_T_INT ? term_bits(r, eval(r, s, v)) : UINT64_MAX;
	}
}

static uint64_t term_must(struct run *r, tid t)
{
	const struct term *x = term(run_prog(r), t);

	if (x->kind == T_PARAM)
		x = term(run_prog(r), bound(run_inst(r), x));
	if (x->kind == T_BITS)
		x = term(run_prog(r), x->a);
	return x->kind == T_CONST ? (uint64_t)x->num : 0;
}

/* The bits that an integer surely has: `if (x) flags |= F;` takes none away. */
uint64_t must_bits(struct run *r, const struct state *s, sd_vid v, unsigned depth)
{
	const struct sd_fn *ir = run_func(r)->ir;
	const struct sd_val *x = &ir->vals[v];
	uint64_t bits = UINT64_MAX;

	if (depth > 8)
		return 0;
	if (x->kind == SD_V_OP && x->op == SD_OP_BITAND)
		return must_bits(r, s, x->a, depth + 1) & must_bits(r, s, x->b, depth + 1);
	if (x->kind == SD_V_OP && x->op == SD_OP_BITOR)
		return must_bits(r, s, x->a, depth + 1) | must_bits(r, s, x->b, depth + 1);
	if (x->kind != SD_V_PHI)
		return term_must(r, eval(r, s, v));
	for (uint32_t i = 0; i < x->b && bits; i++)
		if (ir->ops[x->a + i].val != v)
			bits &= must_bits(r, s, ir->ops[x->a + i].val, depth + 1);
	return x->b ? bits : 0;
}

/* What IS_ERR() says of a value with signs @a. */
static uint8_t error_signs(uint8_t a)
{
	return (uint8_t)((a & S_NEG ? S_POS : 0) | (a & ~S_NEG ? S_ZERO : 0));
}

/* The argument that call value @x returns, or tests for an error (*is_test); 0: does something else. */
static sd_vid argument_returned(struct run *r, const struct sd_val *x, bool *is_test)
{
	const struct sd_event *e = &run_func(r)->ir->events[x->num];
	const struct term *t = term(run_prog(r), run_call_ret(r, (uint32_t)x->num));

	*is_test = t->kind == T_OP && t->s == SD_OP_LT && !t->num;
	if (*is_test)
		t = term(run_prog(r), t->a);
	return t->kind == T_PARAM && (uint64_t)t->num < e->nargs ? run_func(r)->ir->ops[e->arg0 + t->num].val : 0;
}

static uint8_t call_signs(struct run *r, const struct state *s, const struct sd_val *x)
{
	bool is_test;
	sd_vid arg = argument_returned(r, x, &is_test);
	uint8_t a = arg ? signs_of(r, s, arg) : S_ALL;

	return is_test && arg ? error_signs(a) : a;
}

static uint8_t not_signs(uint8_t a)
{
	return (uint8_t)((a & S_ZERO ? S_POS : 0) | (a & S_NONZERO ? S_ZERO : 0));
}

static uint8_t op_signs(struct run *r, const struct state *s, const struct sd_val *x)
{
	uint8_t a = signs_of(r, s, x->a);
	int64_t m, n;

	switch (x->op) {
	case SD_OP_NOT: return not_signs(a);
	case SD_OP_EQ: case SD_OP_NE: case SD_OP_LT: case SD_OP_LE: case SD_OP_GT: case SD_OP_GE:
		if (is_const(r, s, x->b, &n) && is_error_test(x->op, n))
			return error_signs(a);
		if (is_const(r, s, x->a, &m) && is_const(r, s, x->b, &n)) {
			bool t = x->op == SD_OP_EQ ? m == n : x->op == SD_OP_NE ? m != n : x->op == SD_OP_LT ? m < n :
				 x->op == SD_OP_LE ? m <= n : x->op == SD_OP_GT ? m > n : m >= n;
			return from_truth(t ? TRUE_ONLY : FALSE_ONLY);
		}
		return compare_signs(x->op, a, signs_of(r, s, x->b));
	case SD_OP_BITAND:
		if (is_const(r, s, x->a, &m) && is_const(r, s, x->b, &n))
			return sign_of_int(m & n);
		if (!(may_bits(r, s, x->a, 0) & may_bits(r, s, x->b, 0)))
			return S_ZERO;
		if (must_bits(r, s, x->a, 0) & must_bits(r, s, x->b, 0))
			return S_NONZERO;
		return a == S_ZERO || signs_of(r, s, x->b) == S_ZERO ? S_ZERO : S_ALL;
	case SD_OP_BITOR:
		if (is_const(r, s, x->a, &m) && is_const(r, s, x->b, &n))
			return sign_of_int(m | n);
		return a == S_POS ? S_NONZERO : S_ALL;
	case SD_OP_NEG:
		return (uint8_t)((a & S_ZERO) | (a & S_NEG ? S_POS : 0) | (a & S_POS ? S_NEG : 0));
	default:
		return S_ALL;
	}
}

/* Made of memory that the function itself wrote before: a term does not know the versions of memory, a fact does. */
static bool versioned(const struct sd_fn *ir, sd_vid v)
{
	for (unsigned n = 0; n < 16; n++) {
		const struct sd_val *x = &ir->vals[v];

		switch (x->kind) {
		case SD_V_LOAD:
			if (x->num)
				return true;
			v = x->a;
			break;
		case SD_V_FIELD: case SD_V_INDEX: case SD_V_UP: case SD_V_OP:
			v = x->a;
			break;
		default:
			return false;
		}
	}
	return true;
}

/* "a != b" and "!(a == b)" say the same of one term as "a == b": that, and whether it is negated. */
static tid plain_test(struct run *r, tid t, bool *negated)
{
	const struct term *x = term(run_prog(r), t);
	tid inner = t;

	for (*negated = false; x->kind == T_OP && !x->num && (x->s == SD_OP_NOT || x->s == SD_OP_EQ || x->s == SD_OP_NE); x = term(run_prog(r), inner)) {
		*negated ^= x->s != SD_OP_NE;
		inner = x->a;
	}
	if (x->kind == T_SAME)
		return inner;
	*negated = false;
	return t;
}

/* What was assumed of the term. */
static uint8_t assumed(struct run *r, const struct state *s, tid t)
{
	bool negated;
	uint8_t sign = cond_sign(s, plain_test(r, t, &negated));

	return sign == S_ALL || !negated ? sign : not_signs(sign);
}

/* Of a PHI_FLAG whose way is not known, or no longer: constants that come on the ways which this instance takes. */
static uint8_t flag_signs(struct run *r, sd_vid v)
{
	const struct sd_fn *ir = run_func(r)->ir;
	const struct sd_val *x = &ir->vals[v];
	uint8_t sign = 0;

	for (uint32_t i = 0; i < x->b && sign != S_ALL; i++) {
		const struct sd_ir_op *o = &ir->ops[x->a + i];
		const struct sd_val *y = &ir->vals[o->val];

		if (run_reached(r, o->pred))
			sign |= y->kind == SD_V_CONST ? sign_of_int(y->num) : flag_signs(r, o->val);
	}
	return sign ? sign : S_ALL;
}

/* What is negated, or compared with 0, in a test of the context. */
static sd_vid under_negations(const struct sd_fn *ir, sd_vid v, bool *negated)
{
	const struct sd_val *x = &ir->vals[v];

	*negated = false;
	for (; x->kind == SD_V_OP && (x->op == SD_OP_NOT || x->op == SD_OP_EQ || x->op == SD_OP_NE); x = &ir->vals[v]) {
		*negated ^= x->op != SD_OP_NE;
		v = x->a;
	}
	return v;
}

/*
 * What a test of the context has come out as, where a branch has asked: that stays, whatever is disabled or enabled
 * afterwards (`bool off = in_softirq(); if (!off) local_bh_disable(); ... return off;`).
 */
static uint8_t ctx_signs(struct run *r, const struct state *s, sd_vid v)
{
	struct func *f = run_func(r);
	bool negated;
	sd_vid test = under_negations(f->ir, v, &negated);
	const struct fact *known = fact_find(s, f->fact_id[f->canon[test]]);
	uint8_t sign = known && known->sign ? known->sign : from_truth(ctx_truth_all(r, s, test));

	return negated ? not_signs(sign) : sign;
}

uint8_t signs_of(struct run *r, const struct state *s, sd_vid v)
{
	struct func *f = run_func(r);
	const struct sd_val *x = &f->ir->vals[v];
	const struct fact *known = fact_find(s, f->fact_id[f->canon[v]]);
	uint8_t sign = S_ALL;

	if (is_ctx_test(r, s, v))
		return ctx_signs(r, s, v);
	if (x->kind == SD_V_OP) {
		sign = op_signs(r, s, x);
		if (s->ncond && !versioned(f->ir, v))
			sign = sign & assumed(r, s, eval(r, s, v)) ? sign & assumed(r, s, eval(r, s, v)) : sign;
	} else {
		tid t2 = eval(r, s, v);
		const struct term *e = term(run_prog(r), t2);

		sign = s->ncond && !versioned(f->ir, v) ? assumed(r, s, t2) : S_ALL;
		switch (e->kind) {
		case T_CONST: sign = sign_of_int(e->num); break;
		case T_FUNC: case T_GLOBAL: case T_LOCAL: case T_STR: case T_FIELD: sign = S_POS; break;
		case T_LOAD: sign &= x->tkind == SD_T_FNPTR ? table_signs(r, t2) : S_ALL; break;
		default: break;
		}
		if (f->fresh && x->kind == SD_V_LOAD && is_still_null(r, f, v))
			sign = S_ZERO;
		if ((f->phi_tracked[v] & PHI_FLAG) && (sign & flag_signs(r, v)))
			sign &= flag_signs(r, v);
		if (x->kind == SD_V_INDEX && x->a && !(signs_of(r, s, x->a) & S_ZERO))
			sign &= S_POS;
		if (x->kind == SD_V_CALL && (sign & call_signs(r, s, x)))
			sign &= call_signs(r, s, x);
	}
	if (known && known->sign && (known->sign & sign))
		sign &= known->sign;
	return sign;
}

static bool narrow(struct run *r, struct state *s, sd_vid v, uint8_t mask);

/* What a call's result says of the argument that it returns or tests. */
static bool narrow_argument(struct run *r, struct state *s, const struct sd_val *x, uint8_t sign)
{
	bool is_test;
	sd_vid arg = argument_returned(r, x, &is_test);

	if (!arg)
		return true;
	if (!is_test)
		return narrow(r, s, arg, sign);
	return sign == S_ZERO ? narrow(r, s, arg, S_ZERO | S_POS) : (sign & S_ZERO) || narrow(r, s, arg, S_NEG);
}

/* Keeps of @v's possible signs those in @mask; false when none is left. */
static bool narrow(struct run *r, struct state *s, sd_vid v, uint8_t mask)
{
	struct func *f = run_func(r);
	uint16_t id = f->fact_id[f->canon[v]];
	const struct fact *old = fact_find(s, id);
	uint8_t sign = signs_of(r, s, v) & mask;

	if (!sign)
		return false;
	fact_set(s, id, sign, old ? old->way : 0);
	if (f->ir->vals[v].kind == SD_V_CALL && !(sign & S_ZERO) && rule_of_call(r, &f->ir->vals[v], SD_R_LAST)) {
		if (is_alive(r, &f->ir->events[f->ir->vals[v].num]))
			return false;
		s->doubt = 1;
	}
	if (f->ir->vals[v].kind == SD_V_CALL && !(sign & S_ZERO) && rule_of_call(r, &f->ir->vals[v], SD_R_RARE))
		s->doubt = 1;
	if (f->ir->vals[v].kind == SD_V_CALL && !narrow_argument(r, s, &f->ir->vals[v], sign))
		return false;
	if (run_tracks(r) && !versioned(f->ir, v)) {
		bool negated;
		tid t = plain_test(r, eval(r, s, v), &negated);
		unsigned kind = term(run_prog(r), t)->kind;

		if ((kind == T_PARAM || kind == T_LOAD || kind == T_OP || kind == T_SAME) && term_exportable(run_prog(r), t))
			return cond_add(s, t, negated ? not_signs(sign) : sign, false);
	}
	return true;
}

/* The member at address @v is used: what it is a member of is no NULL and no error. */
void assume_object(struct run *r, struct state *s, sd_vid v)
{
	const struct sd_fn *ir = run_func(r)->ir;
	bool member = false;

	for (; ir->vals[v].kind == SD_V_FIELD || ir->vals[v].kind == SD_V_UP; v = ir->vals[v].a)
		member = true;
	if (member && run_func(r)->fact_id[run_func(r)->canon[v]] && (signs_of(r, s, v) & S_POS))
		narrow(r, s, v, S_POS);
}

/* signs of a that make `a op 0` true */
static uint8_t zero_compare(enum sd_op op)
{
	switch (op) {
	case SD_OP_EQ: return S_ZERO;
	case SD_OP_NE: return S_NONZERO;
	case SD_OP_LT: return S_NEG;
	case SD_OP_LE: return S_NEG | S_ZERO;
	case SD_OP_GT: return S_POS;
	default: return S_POS | S_ZERO;
	}
}

/* The entry states in which the test comes out so, unless an earlier branch has asked; and that it has. */
static bool narrow_ctx(struct run *r, struct state *s, sd_vid v, bool truth)
{
	struct func *f = run_func(r);
	bool negated;
	sd_vid test = under_negations(f->ir, v, &negated);
	uint16_t id = f->fact_id[f->canon[test]];
	const struct fact *known = fact_find(s, id);

	truth ^= negated;
	if (known && known->sign)
		return known->sign & (truth ? S_NONZERO : S_ZERO);
	fact_set(s, id, truth ? S_POS : S_ZERO, 0);
	return assume_ctx(r, s, test, truth);
}

static bool assume(struct run *r, struct state *s, sd_vid v, bool truth)
{
	const struct sd_val *x = &run_func(r)->ir->vals[v];
	int64_t n;

	if (is_ctx_test(r, s, v))
		return narrow_ctx(r, s, v, truth);
	if (x->kind == SD_V_OP) {
		if (x->op == SD_OP_NOT)
			return assume(r, s, x->a, !truth);
		if (x->op >= SD_OP_EQ && x->op <= SD_OP_GE && is_const(r, s, x->b, &n)) {
			uint8_t m = zero_compare(x->op);

			if (is_error_test(x->op, n) && !narrow(r, s, x->a, truth ? S_NEG : S_ZERO | S_POS))
				return false;
			if (n == 0 && !narrow(r, s, x->a, truth ? m : (uint8_t)(S_ALL & ~m)))
				return false;
			if (n && x->op == (truth ? SD_OP_EQ : SD_OP_NE) && !narrow(r, s, x->a, sign_of_int(n)))
				return false;
		}
	}
	return narrow(r, s, v, truth ? S_NONZERO : S_ZERO);
}

unsigned branch(struct run *r, struct state *s, sd_vid v, struct state *t)
{
	uint8_t sign = v ? signs_of(r, s, v) : S_ALL;
	unsigned ways = 0;

	if (sign & S_NONZERO) {
		state_copy(t, s);
		if (!v || assume(r, t, v, true))
			ways |= 1;
	}
	if ((sign & S_ZERO) && (!v || assume(r, s, v, false)))
		ways |= 2;
	return ways;
}
