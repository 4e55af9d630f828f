/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * term.c - hash-consed symbolic values: equal terms are equal ids.
 *
 * A term's `type` is what a reader may want to know of it, not part of what it is: the same
 * pointer cast to another record stays the same pointer.
 */
#include <string.h>
#include "model.h"

#define MAX_DEPTH 14            /* deeper paths lose their identity: recursion on a structure must end */

/* Open addressing, at most half full; a term's hash beside its id, so that a miss needs no look at the term. */
struct term_slot { uint32_t hash; tid t; };

static uint32_t term_hash(const struct term *t)
{
	uint64_t h = t->kind;

	h = (h ^ t->s) * 0x9E3779B97F4A7C15u;
	h = (h ^ t->rec ^ (uint64_t)t->a << 32) * 0x9E3779B97F4A7C15u;
	h = (h ^ h >> 32 ^ (uint64_t)t->num) * 0x9E3779B97F4A7C15u;
	return (uint32_t)(h >> 32);
}

static bool same_term(const struct term *a, const struct term *b)
{
	return a->kind == b->kind && a->s == b->s && a->rec == b->rec && a->a == b->a && a->num == b->num;
}

/* The slot of term @t, or the empty one where it belongs. */
static struct term_slot *find_slot(const struct prog *p, const struct term *t, uint32_t hash)
{
	uint32_t mask = p->term_slots - 1, i = hash & mask;

	while (p->term_ids[i].t && !(p->term_ids[i].hash == hash && same_term(term(p, p->term_ids[i].t), t)))
		i = (i + 1) & mask;
	return &p->term_ids[i];
}

static void grow_slots(struct prog *p)
{
	struct term_slot *old = p->term_ids;
	uint32_t n = p->term_slots;

	p->term_slots = 2 * n;
	p->term_ids = g_new0(struct term_slot, p->term_slots);
	for (uint32_t i = 0; i < n; i++)
		if (old[i].t) {
			uint32_t k = old[i].hash & (p->term_slots - 1);

			while (p->term_ids[k].t)
				k = (k + 1) & (p->term_slots - 1);
			p->term_ids[k] = old[i];
		}
	g_free(old);
}

static struct term *new_term(struct prog *p)
{
	uint32_t block = p->nterm >> TERM_BLOCK;

	if (p->nterm++ & ((1u << TERM_BLOCK) - 1))
		return &p->terms[block][(p->nterm - 1) & ((1u << TERM_BLOCK) - 1)];
	if (!(block & (block - 1)))             /* as many as there is room for */
		p->terms = g_renew(struct term *, p->terms, block ? 2 * block : 1);
	p->terms[block] = g_new0(struct term, 1u << TERM_BLOCK);
	return p->terms[block];
}

static tid mk(struct prog *p, struct term t)
{
	uint32_t hash = term_hash(&t);
	struct term_slot *slot = find_slot(p, &t, hash);
	struct term *kept;

	if (slot->t) {
		kept = (struct term *)term(p, slot->t);
		if (!kept->type)
			kept->type = t.type;
		return slot->t;
	}
	kept = new_term(p);
	*kept = t;
	if (t.a) {
		const struct term *a = term(p, t.a);

		kept->depth = (uint8_t)(a->depth + 1);
		kept->array = a->array || t.kind == T_INDEX;
	}
	*slot = (struct term_slot){ hash, p->nterm - 1 };
	if (p->nterm > p->term_slots / 2)
		grow_slots(p);
	return p->nterm - 1;
}

void terms_init(struct prog *p)
{
	p->term_slots = 1u << 12;
	p->term_ids = g_new0(struct term_slot, p->term_slots);
	new_term(p);            /* 0: nothing known */
}

void terms_free(struct prog *p)
{
	for (uint32_t i = 0; i << TERM_BLOCK < p->nterm; i++)
		g_free(p->terms[i]);
	g_free(p->terms);
	g_free(p->term_ids);
}

tid mk_param(struct prog *p, unsigned k, sd_sym type)
{
	return mk(p, (struct term){ .kind = T_PARAM, .num = k, .type = type });
}

tid mk_opaque(struct prog *p, uint32_t fn, uint32_t vid, sd_sym type)
{
	return mk(p, (struct term){ .kind = T_OPAQUE, .num = (int64_t)((uint64_t)fn << 32 | vid), .type = type });
}

tid mk_fresh(struct prog *p, uint32_t ev, tid a, sd_sym type)
{
	const struct term *t = term(p, a);

	if (t->kind == T_FRESH || t->depth >= MAX_DEPTH)        /* one level is enough to tell it from others */
		a = t->kind == T_FRESH ? t->a : 0;
	return mk(p, (struct term){ .kind = T_FRESH, .num = ev, .a = a, .type = type });
}

tid mk_local(struct prog *p, uint32_t fn, uint32_t n, sd_sym type)
{
	return mk(p, (struct term){ .kind = T_LOCAL, .num = (int64_t)((uint64_t)fn << 32 | n), .type = type });
}

tid mk_sym(struct prog *p, enum term_kind kind, sd_sym s, sd_sym type)
{
	return mk(p, (struct term){ .kind = (uint8_t)kind, .s = s, .type = type });
}

tid mk_const(struct prog *p, int64_t n)
{
	return mk(p, (struct term){ .kind = T_CONST, .num = n });
}

tid mk_any(struct prog *p, sd_sym rec)
{
	return mk(p, (struct term){ .kind = T_ANY, .rec = rec, .type = rec });
}

/* What @op makes of two constants; false: not one that branches test. */
static bool fold(unsigned op, int64_t a, int64_t b, int64_t *out)
{
	switch (op) {
	case SD_OP_BITAND: *out = a & b; return true;
	case SD_OP_BITOR: *out = a | b; return true;
	case SD_OP_NOT: *out = !a; return true;
	case SD_OP_EQ: *out = a == b; return true;
	case SD_OP_NE: *out = a != b; return true;
	default: return false;
	}
}

tid mk_bits(struct prog *p, uint64_t may, uint64_t must)
{
	return mk(p, (struct term){ .kind = T_BITS, .num = (int64_t)may, .a = must ? mk_const(p, (int64_t)must) : 0 });
}

bool is_error_test(unsigned op, int64_t n)
{
	return op == SD_OP_GE && n == -4095;
}

/* Folded where the operand is a constant; only what branches test is kept at all. */
tid mk_op(struct prog *p, tid a, unsigned op, int64_t n)
{
	const struct term *t = term(p, a);
	int64_t value;

	if (t->kind == T_CONST && fold(op, t->num, n, &value))
		return mk_const(p, value);
	if (is_error_test(op, n))
		op = SD_OP_LT, n = 0;
	if (t->depth >= MAX_DEPTH)
		return 0;
	return mk(p, (struct term){ .kind = T_OP, .a = a, .s = op, .num = n });
}

tid mk_alive(struct prog *p, tid a)
{
	return mk(p, (struct term){ .kind = T_ALIVE, .a = a });
}

/* Two locks of one order, or one lock: `if (a != b) spin_lock(&b->lock);` here and its like where they are given back. */
tid mk_same(struct prog *p, tid a, tid b)
{
	const struct term *x = term(p, a), *y = term(p, b);

	if (!a || !b || x->depth >= MAX_DEPTH || y->depth >= MAX_DEPTH)
		return 0;
	if (a == b && !x->array)        /* elements of an array are one term, and two may be meant */
		return mk_const(p, 1);
	if (x->kind == T_CONST || y->kind == T_CONST)
		return x->kind != T_CONST ? mk_op(p, a, SD_OP_EQ, y->num) : y->kind != T_CONST ? mk_op(p, b, SD_OP_EQ, x->num) : mk_const(p, 0);
	return mk(p, (struct term){ .kind = T_SAME, .a = MIN(a, b), .num = MAX(a, b) });
}

static tid too_deep(struct prog *p, tid a)
{
	return term(p, a)->depth >= MAX_DEPTH ? 0 : a;
}

tid mk_field(struct prog *p, tid a, sd_sym rec, sd_sym member, sd_sym type)
{
	const struct term *t = term(p, a);

	if (t->kind == T_UP && t->rec == rec && t->s == member)
		return t->a;
	a = too_deep(p, a);
	if (!a)
		a = mk_any(p, rec);
	return mk(p, (struct term){ .kind = T_FIELD, .a = a, .rec = rec, .s = member, .type = type });
}

tid mk_index(struct prog *p, tid a, sd_sym type)
{
	const struct term *t = term(p, a);

	if (!a || t->kind == T_INDEX || !too_deep(p, a))
		return a;
	return mk(p, (struct term){ .kind = T_INDEX, .a = a, .type = type ? type : t->type });
}

/* The member may be dotted: container_of(p, struct rec, x.y) undoes &r->x.y, two field steps. */
static tid undo_field(struct prog *p, tid a, sd_sym rec, const char *member)
{
	const struct term *t = term(p, a);
	const char *dot = strrchr(member, '.');
	const char *last = dot ? dot + 1 : member;
	char *front;
	tid inner;

	if (t->kind != T_FIELD || strcmp(str(p, t->s), last))
		return 0;
	if (!dot)
		return t->rec == rec ? t->a : 0;
	front = g_strndup(member, (gsize)(dot - member));
	inner = undo_field(p, t->a, rec, front);
	g_free(front);
	return inner;
}

tid mk_up(struct prog *p, tid a, sd_sym rec, sd_sym member)
{
	tid undone = undo_field(p, a, rec, str(p, member));

	if (undone)
		return undone;
	return mk(p, (struct term){ .kind = T_UP, .a = too_deep(p, a), .rec = rec, .s = member, .type = rec });
}

tid mk_load(struct prog *p, tid a, sd_sym type)
{
	if (!a || !too_deep(p, a))
		return 0;
	return mk(p, (struct term){ .kind = T_LOAD, .a = a, .type = type });
}

bool term_exportable(const struct prog *p, tid t)
{
	for (; t; t = term(p, t)->a)
		switch (term(p, t)->kind) {
		case T_PARAM: case T_GLOBAL: case T_CONST: case T_FUNC: case T_STR:
			return true;
		case T_FIELD: case T_INDEX: case T_UP: case T_LOAD: case T_OP:
			break;
		case T_SAME:
			if (!term_exportable(p, (tid)term(p, t)->num))
				return false;
			break;
		default:
			return false;
		}
	return false;
}

tid term_replace(struct prog *p, tid t, tid old, tid new)
{
	const struct term *x = term(p, t);
	tid a;

	if (t == old)
		return new;
	if (!t || !x->a)
		return t;
	a = term_replace(p, x->a, old, new);
	if (x->kind == T_SAME)
		return mk_same(p, a, term_replace(p, (tid)x->num, old, new));
	if (a == x->a)
		return t;
	switch (x->kind) {
	case T_FIELD: return mk_field(p, a, x->rec, x->s, x->type);
	case T_INDEX: return mk_index(p, a, x->type);
	case T_UP: return mk_up(p, a, x->rec, x->s);
	case T_LOAD: return mk_load(p, a, x->type);
	case T_OP: return mk_op(p, a, x->s, x->num);
	default: return t;
	}
}

tid term_into_callee(struct prog *p, const tid *args, unsigned nargs, tid t)
{
	if (term(p, t)->kind == T_SAME)
		return mk_same(p, term_into_callee(p, args, nargs, term(p, t)->a), term_into_callee(p, args, nargs, (tid)term(p, t)->num));
	for (tid part = t; part; part = term(p, part)->a) {
		if (term(p, part)->kind == T_GLOBAL)
			return t;
		for (unsigned k = 0; k < nargs; k++)
			if (args[k] == part)
				return term_replace(p, t, part, mk_param(p, k, term(p, part)->type));
	}
	return 0;
}

char *term_text(const struct prog *p, tid t)
{
	const struct term *x = term(p, t);
	char *in = x->a ? term_text(p, x->a) : NULL, *out;

	switch (x->kind) {
	case T_PARAM: out = g_strdup_printf("$%d", (int)x->num + 1); break;
	case T_OPAQUE: out = g_strdup_printf("v%u", (unsigned)(uint32_t)x->num); break;
	case T_FRESH: out = g_strdup_printf("new%u(%s)", (unsigned)x->num, in ? in : ""); break;
	case T_LOCAL: out = g_strdup_printf("&local%u", (unsigned)(uint32_t)x->num); break;
	case T_GLOBAL: case T_FUNC: out = g_strdup_printf("&%s", str(p, x->s)); break;
	case T_STR: out = g_strdup_printf("\"%s\"", str(p, x->s)); break;
	case T_CONST: out = g_strdup_printf("%lld", (long long)x->num); break;
	case T_FIELD: out = g_strdup_printf("%s->%s", in, str(p, x->s)); break;
	case T_INDEX: out = g_strdup_printf("%s[]", in); break;
	case T_UP: out = g_strdup_printf("up(%s,%s.%s)", in, str(p, x->rec), str(p, x->s)); break;
	case T_LOAD: out = g_strdup_printf("*(%s)", in); break;
	case T_OP: out = g_strdup_printf("(%s op%u %lld)", in, (unsigned)x->s, (long long)x->num); break;
	case T_ALIVE: out = g_strdup_printf("%s stays", in); break;
	case T_SAME: out = g_strdup_printf("(%s same v%u)", in, (unsigned)x->num); break;
	case T_BITS: out = g_strdup_printf("bits(%llx)", (unsigned long long)x->num); break;
	case T_ANY: out = g_strdup_printf("any(%s)", str(p, x->rec)); break;
	default: out = g_strdup("?"); break;
	}
	g_free(in);
	return out;
}
