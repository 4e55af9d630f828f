/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inst.c - instances: a function and what is known of the arguments that matter.
 *
 * Instances are made on demand, from the entries down.  A binding keeps of an argument only what
 * decides behaviour: a function, a small constant, or the container path of an address.  Their
 * number per function is bounded; past the bound constants, then paths, are no longer told apart.
 */
#include <string.h>
#include "model.h"

#define MAX_CONST_INST 96
#define MAX_PLAIN_INST 48       /* more, that know constants and no signs */
#define MAX_FLAGS_INST 64       /* more, for the vital bits of flags */
#define MAX_BARE_INST 32        /* more, for these without what is assumed of objects */
#define MAX_COND_INST 96
#define MAX_SIGN_INST 64
#define MAX_TOLD_INST 64
#define MAX_SIGN 2              /* arguments whose sign an instance knows */
#define MAX_INST 3000
#define MAX_PATH 5              /* member steps of a binding */

tid bound(const struct inst *in, const struct term *t)
{
	return t->kind == T_PARAM && (uint64_t)t->num < in->nbind ? in->bind[t->num] : 0;
}

static tid abstract_path(struct prog *p, const struct inst *caller, tid a, unsigned steps)
{
	const struct term *t = term(p, a);
	tid base;

	switch (t->kind) {
	case T_GLOBAL:
		return a;
	case T_PARAM:
		base = caller ? bound(caller, t) : 0;
		return term(p, base)->kind == T_CONST || term(p, base)->kind == T_BITS || term(p, base)->kind == T_FUNC ? 0 : base;
	case T_FIELD:
		if (steps == MAX_PATH)
			return mk_any(p, t->rec);
		base = abstract_path(p, caller, t->a, steps + 1);
		return mk_field(p, base ? base : mk_any(p, t->rec), t->rec, t->s, t->type);
	case T_INDEX:
		base = abstract_path(p, caller, t->a, steps + 1);
		return base ? mk_index(p, base, t->type) : 0;
	case T_UP:
		base = abstract_path(p, caller, t->a, steps + 1);
		if (base) {
			base = mk_up(p, base, t->rec, t->s);
			return term(p, base)->kind == T_UP || term(p, base)->kind == T_ANY ? 0 : base;
		}
		return 0;
	default:
		return 0;
	}
}

tid known_path(struct prog *p, const struct inst *in, tid a)
{
	return abstract_path(p, in, a, 0);
}

static bool in_variable(const struct prog *p, tid t)
{
	while (term(p, t)->kind == T_FIELD)
		t = term(p, t)->a;
	return term(p, t)->kind == T_GLOBAL;
}

/* Of a constant, or of the bits that an integer may have, what somebody asks for: a constant too when it surely has them. */
static tid asked_part(struct prog *p, tid b, uint64_t asked)
{
	const struct term *t = term(p, b);
	uint64_t bits = (uint64_t)t->num & asked, must;

	if (t->kind == T_BITS && t->a && (bits & ~(uint64_t)term(p, t->a)->num) == 0 && asked != UINT64_MAX)
		return asked ? mk_const(p, (int64_t)bits) : 0;
	if (asked == UINT64_MAX)
		return t->kind == T_BITS ? mk_bits(p, bits, 0) : b;
	must = t->kind == T_BITS && t->a ? (uint64_t)term(p, t->a)->num & asked : 0;
	if (!asked || (t->kind == T_BITS && bits == asked && !must))
		return 0;
	return t->kind == T_CONST || !bits ? mk_const(p, (int64_t)bits) : mk_bits(p, bits, must);
}

/* What of argument @a an instance is told apart by, where the parameter's relevance is @rel. */
static tid abstract(struct prog *p, const struct inst *caller, tid a, uint8_t rel, uint64_t asked)
{
	const struct term *t = term(p, a);
	tid b = t->kind == T_PARAM && caller ? bound(caller, t) : 0;

	if (b)
		t = term(p, b);
	else
		b = a;
	if (t->kind == T_FUNC)
		return rel & REL_CALL ? b : 0;
	if (t->kind == T_CONST || t->kind == T_BITS)
		return rel & REL_COND ? asked_part(p, b, asked) : 0;
	if (t->kind == T_LOAD && (rel & REL_CALL)) {
		const struct term *m = term(p, t->a);

		if (m->kind == T_FIELD)
			return mk_load(p, mk_field(p, mk_any(p, m->rec), m->rec, m->s, m->type), t->type);
	}
	if (!(rel & (REL_PATH | REL_OPS)))
		return 0;
	b = abstract_path(p, caller, a, 0);
	return rel & REL_PATH || in_variable(p, b) ? b : 0;
}

static guint key_hash(gconstpointer v)
{
	const struct inst *in = v;
	uint64_t h = in->fn + 1;

	for (uint32_t i = 0; i < in->nbind; i++)
		h = (h ^ in->bind[i]) * 0x9E3779B97F4A7C15u;
	for (uint32_t i = 0; i < in->ncond; i++)
		h = (h ^ in->cond[i].t ^ in->cond[i].sign << 28) * 0x9E3779B97F4A7C15u;
	return (guint)(h * 0x9E3779B97F4A7C15u >> 32);
}

static gboolean key_eq(gconstpointer x, gconstpointer y)
{
	const struct inst *a = x, *b = y;

	return a->fn == b->fn && a->nbind == b->nbind && a->ncond == b->ncond &&
	       !memcmp(a->cond, b->cond, a->ncond * sizeof(a->cond[0])) && (!a->nbind || !memcmp(a->bind, b->bind, a->nbind * sizeof(tid)));
}

void instances_init(struct prog *p)
{
	p->inst_ids = g_hash_table_new(key_hash, key_eq);
}

static uint32_t find_or_add(struct prog *p, const struct inst *probe, bool may_add)
{
	gpointer found = g_hash_table_lookup(p->inst_ids, probe);
	struct inst *in;

	if (found)
		return GPOINTER_TO_UINT(found);
	if (!may_add)
		return 0;
	in = sd_arena_alloc(p->recorded, inst_size(probe->ncond));
	in->fn = probe->fn;
	in->nbind = probe->nbind;
	in->ncond = probe->ncond;
	memcpy(in->cond, probe->cond, probe->ncond * sizeof(in->cond[0]));
	in->bind = sd_arena_alloc(p->recorded, (probe->nbind + 1) * sizeof(tid));
	if (probe->nbind)
		memcpy(in->bind, probe->bind, probe->nbind * sizeof(tid));
	g_ptr_array_add(p->insts, in);
	g_hash_table_insert(p->inst_ids, in, GUINT_TO_POINTER(p->insts->len));
	func_at(p, in->fn)->ninst++;
	return p->insts->len;
}

static bool rooted_in_param(const struct prog *p, tid t)
{
	while (term(p, t)->a)
		t = term(p, t)->a;
	return term(p, t)->kind == T_PARAM;
}

static void insert_cond(struct inst *probe, tid t, uint8_t sign, bool variant)
{
	unsigned k = probe->ncond;

	for (unsigned i = 0; i < k; i++)
		if (probe->cond[i].t == t) {
			probe->cond[i].sign &= sign;
			return;
		}
	for (; k && probe->cond[k - 1].t > t; k--)      /* sorted: the order they were learnt in is no difference */
		probe->cond[k] = probe->cond[k - 1];
	probe->cond[k] = (struct cond){ t, sign, variant };
	probe->ncond++;
}

/* Does @fn look at what condition @t, of its own frame, is about?  What is no plain member is taken to be looked at. */
static bool looks_at(struct prog *p, uint32_t fn, tid t)
{
	const struct term *x = term(p, t), *root = x;
	unsigned loads = 0;

	for (; root->a; root = term(p, root->a))
		loads += root->kind == T_LOAD;
	while (x->kind == T_OP)
		x = term(p, x->a);
	if (x->kind != T_LOAD || (uint64_t)root->num >= func_at(p, fn)->ir->nparams)
		return true;
	for (x = term(p, x->a); x->kind == T_INDEX; x = term(p, x->a))
		;
	return x->kind != T_FIELD || reads_member(p, fn, (unsigned)root->num, x->rec, x->s, loads);
}

/* The same is asked at every call, in every state. */
#define ASKED_SLOTS 8192
struct asked_slot { uint32_t fn; tid t; bool asks; };

static bool asks(struct prog *p, uint32_t fn, tid t)
{
	struct asked_slot *a;

	if (!p->asked)
		p->asked = g_new0(struct asked_slot, ASKED_SLOTS);
	a = &p->asked[(((uint64_t)fn << 32 | t) * 0x9E3779B97F4A7C15u >> 40) % ASKED_SLOTS];
	if (a->fn != fn || a->t != t)
		*a = (struct asked_slot){ fn, t, looks_at(p, fn, t) };
	return a->asks;
}

/*
 * What the caller's path assumes of values that the callee can name and asks for: which of two variants of a lock was
 * chosen, above all.  Few callers know any such thing; past a bound per function it is left out.
 */
static void pass_assumptions(struct prog *p, struct func *f, const tid *args, unsigned nargs, const struct state *s, struct inst *probe)
{
	if (f->ninst_cond >= MAX_COND_INST)
		return;
	for (unsigned i = 0; s && i < s->ncond; i++) {
		tid t = s->cond[i].variant ? term_into_callee(p, args, nargs, s->cond[i].t) : 0;

		if (t && rooted_in_param(p, t) && asks(p, probe->fn, t))
			insert_cond(probe, t, (uint8_t)s->cond[i].sign, true);
	}
}

/* A constant, or bits that the value surely has, or has perhaps, tells at least what the sign does. */
static bool says_more(struct prog *p, tid bind, uint8_t sign)
{
	const struct term *x = term(p, bind);

	return x->kind == T_CONST || (x->kind == T_BITS && (x->a || ((sign & S_ZERO) && (sign & S_POS))));
}

/* "if (!head) might_sleep();": an address that is no NULL, an error that is negative, though not which. */
static bool pass_signs(struct prog *p, struct func *f, const tid *bind, const uint8_t *sign, unsigned n, struct inst *probe)
{
	unsigned added = 0;

	for (unsigned k = 0; k < n && added < MAX_SIGN && probe->ncond < MAX_COND; k++) {
		if (!(f->rel[k] & REL_COND) || f->asked[k] != UINT64_MAX || !sign[k] || sign[k] == S_ALL || says_more(p, bind[k], sign[k]))
			continue;
		insert_cond(probe, mk_param(p, k, f->ir->params[k].type), sign[k], false);
		added++;
	}
	return added != 0;
}

static bool pass_told(struct func *f, const struct cond *told, unsigned n, struct inst *probe)
{
	bool added = false;

	for (unsigned i = 0; i < n && probe->ncond < MAX_COND && f->ninst_told < MAX_TOLD_INST; i++) {
		insert_cond(probe, told[i].t, (uint8_t)told[i].sign, false);
		added = true;
	}
	return added;
}

static bool is_integer(const struct prog *p, tid b)
{
	return term(p, b)->kind == T_CONST || term(p, b)->kind == T_BITS;
}

static bool binds_integer(const struct prog *p, const struct inst *probe)
{
	for (uint32_t k = 0; k < probe->nbind; k++)
		if (is_integer(p, probe->bind[k]))
			return true;
	return false;
}

static void shorten(struct inst *probe)
{
	while (probe->nbind && !probe->bind[probe->nbind - 1])
		probe->nbind--;
}

/* Too many constants: sizes go; of flags the vital bits stay, and nothing is known of the others. */
static void keep_vital(struct prog *p, const struct func *f, struct inst *probe)
{
	for (uint32_t k = 0; k < probe->nbind; k++) {
		uint64_t vital = f->asked[k] == UINT64_MAX ? 0 : f->vital[k];

		if (is_integer(p, probe->bind[k]))
			probe->bind[k] = vital ? asked_part(p, mk_bits(p, (uint64_t)term(p, probe->bind[k])->num | (f->asked[k] & ~vital), 0), f->asked[k]) : 0;
	}
	shorten(probe);
}

static void drop_integers(const struct prog *p, struct inst *probe)
{
	for (uint32_t k = 0; k < probe->nbind; k++)
		if (is_integer(p, probe->bind[k]))
			probe->bind[k] = 0;
	shorten(probe);
}

uint32_t get_instance(struct prog *p, const struct inst *caller, uint32_t fn, const tid *args, const uint8_t *sign, unsigned nargs,
		      const struct state *s, const struct cond *told, unsigned ntold)
{
	struct func *f = func_at(p, fn);
	uint32_t n = MIN(nargs, f->ir->nparams), found;
	tid *bind = g_newa0(tid, n + 1);
	struct inst probe = { .fn = fn, .nbind = n, .bind = bind }, plain;
	bool has_const, has_sign = false, has_told;

	for (uint32_t k = 0; k < n; k++)
		bind[k] = f->rel[k] ? abstract(p, caller, args[k], f->rel[k], f->asked[k]) : 0;
	shorten(&probe);
	has_const = binds_integer(p, &probe);
	pass_assumptions(p, f, args, nargs, s, &probe);
	plain = probe;
	if (f->ninst_sign < MAX_SIGN_INST)
		has_sign = pass_signs(p, f, bind, sign, n, &probe);
	has_told = pass_told(f, told, ntold, &probe);
	found = find_or_add(p, &probe, f->ninst < MAX_INST && (!has_const || f->ninst_const < MAX_CONST_INST));
	if (found) {
		f->ninst_told += has_told && inst_at(p, found - 1)->phase == 0;
		f->ninst_cond += probe.ncond && !has_sign && !has_told && inst_at(p, found - 1)->phase == 0;
		f->ninst_sign += has_sign && inst_at(p, found - 1)->phase == 0;
		f->ninst_const += has_const && inst_at(p, found - 1)->phase == 0;
		return found - 1;
	}
	probe = plain;          /* what is known beside the values goes first: it only multiplies them */
	found = find_or_add(p, &probe, f->ninst < MAX_INST && has_const && f->ninst_plain < MAX_PLAIN_INST);
	if (found) {
		f->ninst_plain += inst_at(p, found - 1)->phase == 0;
		return found - 1;
	}
	keep_vital(p, f, &probe);
	found = find_or_add(p, &probe, f->ninst < MAX_INST && (!binds_integer(p, &probe) || f->ninst_flags < MAX_FLAGS_INST));
	if (found) {
		f->ninst_flags += inst_at(p, found - 1)->phase == 0;
		return found - 1;
	}
	probe.ncond = 0;
	found = find_or_add(p, &probe, f->ninst < MAX_INST && f->ninst_bare < MAX_BARE_INST);
	if (found) {
		f->ninst_bare += inst_at(p, found - 1)->phase == 0;
		return found - 1;
	}
	drop_integers(p, &probe);
	found = find_or_add(p, &probe, f->ninst < MAX_INST);
	return found ? found - 1 : get_root(p, fn);
}

uint32_t get_root(struct prog *p, uint32_t fn)
{
	struct inst probe = { .fn = fn };

	return find_or_add(p, &probe, true) - 1;
}

/*
 * Interprets everything: static initialisers first (they register entries), then entries and
 * functions that nothing calls, then whatever is left (cycles that nothing enters).
 */
void run_roots(struct prog *p)
{
	for (unsigned round = 0; round < 3; round++)
		for (uint32_t i = 0; i < p->fns->len; i++) {
			struct func *f = func_at(p, i);
			bool globals = (f->ir->flags & SD_F_GLOBALS) != 0;
			uint32_t root;

			if (f->is_api || (round == 0) != globals)
				continue;
			if (round == 1 && f->has_caller)
				continue;
			if (round == 2 && f->ninst && !f->is_boundary)  /* nobody goes on into a boundary (rules, dispatch) */
				continue;
			root = get_root(p, i);
			inst_at(p, root)->root = true;
			interpret(p, root);
		}
}
