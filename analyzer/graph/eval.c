/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * eval.c - what a value of the IR is at a point of a path, as a term of the instance's frame; and a callee's
 * term as one of the caller's.
 */
#include <string.h>
#include "run.h"

tid opaque(struct run *r, sd_vid v)
{
	bool walk = r->f->made_of[v] & MADE_WALK;
	tid t = walk ? r->f->fixed[v] : 0;

	if (!t)
		t = mk_opaque(r->p, r->in->fn, r->f->canon[v], r->f->ir->vals[v].type);
	if (walk)
		r->f->fixed[v] = t;
	return t;
}

/* The value of a local's address in this frame; 0 none. */
static sd_vid local_value(struct run *r, uint32_t num)
{
	for (uint32_t v = 1; v < r->f->ir->nvals; v++)
		if (r->f->ir->vals[v].kind == SD_V_ADDRLOCAL && r->f->ir->vals[v].num == num)
			return v;
	return 0;
}

/* What a local of this frame holds at address @addr: stored once, or a member of a record that a call returned. */
static tid load_local(struct run *r, const struct state *s, tid addr)
{
	const struct term *a = term(r->p, addr), *base = a->kind == T_FIELD ? term(r->p, a->a) : a;
	const struct sd_fn *ir = r->f->ir;
	sd_vid local, whole;
	GArray *fields;

	if (base->kind != T_LOCAL || (uint64_t)base->num >> 32 != r->in->fn)
		return 0;
	local = local_value(r, (uint32_t)base->num);
	if (!local || !local_stored(r->f, local, &whole))
		return 0;
	if (a == base) {                /* a local may be stored what it held: the depth ends that */
		tid t = 0;

		if (r->load_depth < 4) {
			r->load_depth++;
			t = eval(r, s, whole);
			r->load_depth--;
		}
		return t;
	}
	if (ir->vals[whole].kind != SD_V_CALL || !(fields = r->call_fields[ir->vals[whole].num]))
		return 0;
	for (guint i = 0; i < fields->len; i++) {
		struct retfield *rf = &g_array_index(fields, struct retfield, i);

		if (rf->rec == a->rec && rf->member == a->s)
			return rf->val;
	}
	return 0;
}

static tid eval_load(struct run *r, const struct state *s, sd_vid v)
{
	const struct sd_val *x = &r->f->ir->vals[v];
	sd_vid stored;
	int64_t n;
	tid t;

	if (!r->f->filled[v] && local_stored(r->f, x->a, &stored) && stored < v)
		return eval(r, s, stored);
	t = load_local(r, s, eval(r, s, x->a));
	if (t)
		return t;
	t = mk_load(r->p, eval(r, s, x->a), x->type);
	if (t && !x->num && (r->special & MADE_LOAD) && told_constant(r->p, r->in, t, &n))
		return mk_const(r->p, n);
	return t ? t : opaque(r, v);
}

/* Forward PHIs whose way is known are their operand; those of loops stay opaque. */
static tid eval_phi(struct run *r, const struct state *s, sd_vid v)
{
	const struct sd_val *x = &r->f->ir->vals[v];
	const struct fact *way = fact_find(s, r->f->fact_id[r->f->canon[v]]);
	tid t;

	if (!way || !way->way || r->phi_depth > 3)
		return opaque(r, v);
	r->phi_depth++;
	t = eval(r, s, r->f->ir->ops[x->a + way->way - 1].val);
	r->phi_depth--;
	return t ? t : opaque(r, v);
}

static tid eval_param(struct run *r, const struct sd_val *x)
{
	tid t = mk_param(r->p, (unsigned)x->num, x->type), b = bound(r->in, term(r->p, t));

	switch (term(r->p, b)->kind) {
	case T_CONST: case T_FUNC: case T_GLOBAL: return b;
	case T_LOAD: return x->tkind == SD_T_FNPTR ? b : t;
	default: return t;
	}
}

static tid eval_op(struct run *r, const struct state *s, sd_vid v)
{
	const struct sd_val *x = &r->f->ir->vals[v];
	const struct term *b;
	tid a = eval(r, s, x->a), t = 0;

	b = term(r->p, x->b ? eval(r, s, x->b) : 0);
	if (a && (b->kind == T_CONST || !x->b))
		t = mk_op(r->p, a, x->op, b->kind == T_CONST ? b->num : 0);
	else if ((x->op == SD_OP_EQ || x->op == SD_OP_NE) && term(r->p, a)->kind == T_PARAM && b->kind == T_PARAM)
		t = mk_same(r->p, a, eval(r, s, x->b));
	if (t && b->kind != T_CONST && x->op == SD_OP_NE)
		t = mk_op(r->p, t, SD_OP_NOT, 0);
	return t ? t : opaque(r, v);
}

static tid eval_new(struct run *r, const struct state *s, sd_vid v)
{
	const struct sd_val *x = &r->f->ir->vals[v];
	tid a;

	switch (x->kind) {
	case SD_V_PARAM: return eval_param(r, x);
	case SD_V_ADDRLOCAL: return mk_local(r->p, r->in->fn, (uint32_t)x->num, x->type);
	case SD_V_GLOBAL: return mk_sym(r->p, T_GLOBAL, x->sym, x->type);
	case SD_V_FUNC: return mk_sym(r->p, T_FUNC, x->sym, 0);
	case SD_V_STR: return mk_sym(r->p, T_STR, x->sym, 0);
	case SD_V_CONST: return mk_const(r->p, x->num);
	case SD_V_FIELD:
		a = eval(r, s, x->a);
		return mk_field(r->p, a ? a : mk_any(r->p, x->rec), x->rec, x->sym, x->type);
	case SD_V_INDEX: a = mk_index(r->p, eval(r, s, x->a), x->type); return a ? a : opaque(r, v);
	case SD_V_UP:
		a = eval(r, s, x->a);
		return a ? mk_up(r->p, a, x->rec, x->sym) : opaque(r, v);
	case SD_V_LOAD: return eval_load(r, s, v);
	case SD_V_CALL:
		if (same_value(r->f, v))
			return eval(r, s, same_value(r->f, v));
		return r->call_term[x->num] ? r->call_term[x->num] : opaque(r, v);
	case SD_V_PHI: return eval_phi(r, s, v);
	case SD_V_NONE: return 0;
	case SD_V_OP: return eval_op(r, s, v);
	default: return opaque(r, v);
	}
}

/*
 * What a value that depends on PHIs came to lately.  It is made of the ways by which PHIs were reached, of what
 * calls returned (the run's serial) and of the depths at which evaluation gives up: all that is the key.
 */
#define EVAL_SLOTS 4096
struct eval_slot { uint64_t how; uint32_t serial; sd_vid v; tid t; };

void eval_ready(struct prog *p)
{
	if (!p->evals)
		p->evals = g_new0(struct eval_slot, EVAL_SLOTS);
}

/* False: more ways than have room. */
static bool how_evaluated(const struct run *r, const struct state *s, uint64_t *how)
{
	unsigned n = 0;

	*how = 0;
	for (unsigned i = 0; i < s->nfact; i++)
		if (s->fact[i].way) {
			if (n++ == 3 || s->fact[i].id >> 11)
				return false;
			*how = *how << 19 | (uint64_t)s->fact[i].id << 8 | s->fact[i].way;
		}
	*how = *how << 6 | r->phi_depth << 3 | r->load_depth;
	return r->phi_depth < 8 && r->load_depth < 8;
}

static tid eval_by_ways(struct run *r, const struct state *s, sd_vid v)
{
	struct eval_slot *c;
	uint64_t how;
	tid t;

	if (!how_evaluated(r, s, &how))
		return eval_new(r, s, v);
	c = &r->p->evals[((how ^ (uint64_t)r->serial << 32 ^ v) * 0x9E3779B97F4A7C15u >> 40) % EVAL_SLOTS];
	if (c->serial == r->serial && c->v == v && c->how == how)
		return c->t;
	t = eval_new(r, s, v);
	*c = (struct eval_slot){ how, r->serial, v, t };
	return t;
}

/* What of a function's values this instance has otherwise than one of which nothing is known. */
uint16_t special_here(const struct prog *p, const struct inst *in)
{
	uint32_t of = MADE_WALK | (told_any_constant(p, in) ? MADE_LOAD : 0);

	for (uint32_t k = 0; k < in->nbind && k < MADE_PARAMS; k++) {
		uint8_t kind = term(p, in->bind[k])->kind;

		if (kind == T_CONST || kind == T_FUNC || kind == T_GLOBAL || kind == T_LOAD)
			of |= 1u << k;
	}
	return (uint16_t)of;
}

/* The first instance that asks makes it; to be found again is all that would happen to a term that is there. */
static tid eval_fixed(struct run *r, const struct state *s, sd_vid v)
{
	if (!r->f->fixed[v])
		r->f->fixed[v] = eval_new(r, s, v);
	return r->memo[v] = r->f->fixed[v];
}

tid eval_unknown(struct run *r, const struct state *s, sd_vid v)
{
	tid t;

	if (!(r->f->made_of[v] & r->special))
		return eval_fixed(r, s, v);

	if (r->f->phidep[v])
		return eval_by_ways(r, s, v);
	t = eval_new(r, s, v);
	if (r->f->ir->vals[v].kind != SD_V_CALL || r->call_term[r->f->ir->vals[v].num])
		r->memo[v] = t;
	return t;
}

tid arg_term(struct run *r, const struct state *s, uint32_t ev, unsigned k)
{
	const struct sd_event *e = &r->f->ir->events[ev];

	return k < e->nargs ? eval(r, s, r->f->ir->ops[e->arg0 + k].val) : 0;
}

static tid subst_new(struct run *r, const struct state *s, uint32_t ev, tid t, const tid *args, unsigned nargs)
{
	const struct term *x = term(r->p, t);
	tid a;

	switch (x->kind) {
	case T_NONE: case T_GLOBAL: case T_FUNC: case T_CONST: case T_STR: case T_ANY:
		return t;
	case T_PARAM:
		return (uint64_t)x->num < nargs ? args[x->num] : 0;
	case T_SAME:
		return mk_same(r->p, subst_new(r, s, ev, x->a, args, nargs), subst_new(r, s, ev, (tid)x->num, args, nargs));
	case T_FIELD: case T_INDEX: case T_UP: case T_LOAD: case T_OP:
		a = subst_new(r, s, ev, x->a, args, nargs);
		break;
	default:
		return mk_fresh(r->p, ev, t, x->type);
	}
	switch (x->kind) {
	case T_FIELD: return mk_field(r->p, a ? a : mk_any(r->p, x->rec), x->rec, x->s, x->type);
	case T_INDEX: return mk_index(r->p, a, x->type);
	case T_UP: return a ? mk_up(r->p, a, x->rec, x->s) : 0;
	case T_OP: return a ? mk_op(r->p, a, x->s, x->num) : 0;
	default: {
		tid held = load_local(r, s, a);

		return held ? held : mk_load(r->p, a, x->type);
	}
	}
}

/*
 * The same terms are asked for by every exit and every state of one call, mostly with the same arguments.  Beside
 * these a term is made of what eval_slot is: the ways of PHIs, when it is loaded from a local, and the serial.
 */
#define SUBST_SLOTS 64
#define SUBST_ARGS 12
struct subst_memo {
	uint64_t how;
	uint32_t serial, ev, nargs, round;
	tid args[SUBST_ARGS];
	struct { tid from, to; uint32_t round; } slot[SUBST_SLOTS];
};

/* What was kept of another call, or of other arguments, is gone. */
static void ready_memo(struct run *r, uint64_t how, uint32_t ev, const tid *args, unsigned nargs)
{
	struct subst_memo *m = r->substs;

	if (m->round && m->serial == r->serial && m->ev == ev && m->how == how && m->nargs == nargs && !memcmp(m->args, args, nargs * sizeof(*args)))
		return;
	m->round++;
	m->how = how, m->serial = r->serial, m->ev = ev, m->nargs = nargs;
	memcpy(m->args, args, nargs * sizeof(*args));
}

/* Term @t of the callee's frame, as the caller sees it after call @ev. */
tid subst(struct run *r, const struct state *s, uint32_t ev, tid t, const tid *args, unsigned nargs)
{
	unsigned i = t % SUBST_SLOTS;
	uint64_t how;
	tid to;

	if (!t || nargs > SUBST_ARGS || !how_evaluated(r, s, &how))
		return subst_new(r, s, ev, t, args, nargs);
	if (!r->substs)
		r->substs = g_new0(struct subst_memo, 1);
	ready_memo(r, how, ev, args, nargs);
	if (r->substs->slot[i].round == r->substs->round && r->substs->slot[i].from == t)
		return r->substs->slot[i].to;
	to = subst_new(r, s, ev, t, args, nargs);
	r->substs->slot[i].from = t, r->substs->slot[i].to = to, r->substs->slot[i].round = r->substs->round;
	return to;
}
