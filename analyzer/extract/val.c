/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * val.c - the values of one function: equal structure is one value.
 */
#include <string.h>
#include "ssa.h"

static uint64_t mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

static guint val_hash(gconstpointer p)
{
	const struct sd_val *v = &((const struct vnode *)p)->v;
	uint64_t h = v->kind | (uint64_t)v->op << 8 | (uint64_t)v->tkind << 16 | (uint64_t)v->sym << 32;

	h = mix(h, v->rec | (uint64_t)v->type << 32);
	h = mix(h, v->a | (uint64_t)v->b << 32);
	h = mix(h, (uint64_t)v->num);
	return (guint)(h >> 32 ^ h);
}

static gboolean val_equal(gconstpointer a, gconstpointer b)
{
	const struct sd_val *x = &((const struct vnode *)a)->v, *y = &((const struct vnode *)b)->v;

	return x->kind == y->kind && x->op == y->op && x->tkind == y->tkind && x->sym == y->sym && x->rec == y->rec &&
	       x->type == y->type && x->a == y->a && x->b == y->b && x->num == y->num;
}

struct sd_val *sd_v(struct ssa *s, sd_vid v)
{
	return &((struct vnode *)s->nodes->pdata[v])->v;
}

sd_vid sd_val_new(struct ssa *s, struct sd_val v)
{
	struct vnode *n = sd_arena_alloc(s->arena, sizeof(*n));

	n->v = v;
	n->id = s->nodes->len;
	g_ptr_array_add(s->nodes, n);
	return n->id;
}

sd_vid sd_val_add(struct ssa *s, struct sd_val v)
{
	struct vnode probe = { .v = v }, *known;
	sd_vid id;

	if (!s->cons)
		s->cons = g_hash_table_new(val_hash, val_equal);
	known = g_hash_table_lookup(s->cons, &probe);
	if (known)
		return known->id;
	id = sd_val_new(s, v);
	g_hash_table_add(s->cons, s->nodes->pdata[id]);
	return id;
}

sd_vid sd_val_const(struct ssa *s, int64_t n)
{
	return sd_val_add(s, (struct sd_val){ .kind = SD_V_CONST, .tkind = SD_T_INT, .num = n });
}

bool sd_val_is_address(struct ssa *s, sd_vid v)
{
	switch (sd_v(s, v)->kind) {
	case SD_V_GLOBAL: case SD_V_FIELD: case SD_V_INDEX: case SD_V_UP: case SD_V_ADDRLOCAL: case SD_V_STR:
		return true;
	case SD_V_CONST: case SD_V_NONE: case SD_V_OP:
		return false;
	default:
		return sd_v(s, v)->tkind == SD_T_PTR;
	}
}

/* Does @v, seen as base->x.y, name the members of dotted @path of @rec?  Then the base. */
static bool strip_path(struct ssa *s, sd_vid v, sd_sym rec, const char *path, sd_vid *base)
{
	const struct sd_strtab *t = s->l->tu->syms;
	size_t left = strlen(path);

	for (;;) {
		const struct sd_val *f = sd_v(s, v);
		const char *m;
		size_t n;

		if (f->kind != SD_V_FIELD)
			return false;
		m = sd_sym_str(t, f->sym);
		n = strlen(m);
		if (n > left || memcmp(path + left - n, m, n))
			return false;
		left -= n;
		v = f->a;
		if (!left) {
			*base = v;
			return f->rec == rec;
		}
		if (path[--left] != '.')
			return false;
	}
}

/* The container_of below a chain of members, if there is one. */
static sd_vid up_below(struct ssa *s, sd_vid v)
{
	for (int i = 0; i < 4; i++) {
		const struct sd_val *f = sd_v(s, v);

		if (f->kind == SD_V_UP)
			return v;
		if (f->kind != SD_V_FIELD)
			return 0;
		v = f->a;
	}
	return 0;
}

sd_vid sd_val_field(struct ssa *s, sd_vid a, sd_sym rec, sd_sym sym, sd_sym type, uint8_t shared)
{
	sd_vid up, base, v;

	if (!a)
		return 0;
	v = sd_val_add(s, (struct sd_val){
		.kind = SD_V_FIELD, .op = shared, .a = a, .rec = rec, .sym = sym, .tkind = SD_T_PTR, .type = type });
	up = up_below(s, a);
	if (up) {
		const struct sd_val *u = sd_v(s, up);

		if (strip_path(s, v, u->rec, sd_sym_str(s->l->tu->syms, u->sym), &base) && base == up)
			return u->a;
	}
	return v;
}

sd_vid sd_val_up(struct ssa *s, sd_vid a, sd_sym rec, sd_sym sym, sd_sym type)
{
	sd_vid base;

	if (!a)
		return 0;
	if (strip_path(s, a, rec, sd_sym_str(s->l->tu->syms, sym), &base))
		return base;
	return sd_val_add(s, (struct sd_val){
		.kind = SD_V_UP, .a = a, .rec = rec, .sym = sym, .tkind = SD_T_PTR, .type = type });
}

sd_vid sd_val_index(struct ssa *s, sd_vid a, sd_vid b, sd_sym type)
{
	if (!a)
		return 0;
	return sd_val_add(s, (struct sd_val){
		.kind = SD_V_INDEX, .a = a, .b = b, .tkind = SD_T_PTR, .type = type });
}

/*
 * The same value seen as another type.  Only values that do not say what they point to are
 * copied with the new type; a phi takes the first type it is given.
 */
sd_vid sd_val_cast(struct ssa *s, sd_vid a, uint8_t tkind, sd_sym type)
{
	struct sd_val v = *sd_v(s, a);

	switch (v.kind) {
	case SD_V_PARAM: case SD_V_LOCAL: case SD_V_LOAD: case SD_V_CALL: case SD_V_OUT: case SD_V_INDEX:
		v.tkind = tkind;
		if (type)
			v.type = type;
		return sd_val_add(s, v);
	case SD_V_PHI:
		if (!v.type) {
			sd_v(s, a)->tkind = tkind;
			sd_v(s, a)->type = type;
		}
		return a;
	default:
		return a;
	}
}

static bool is_truth(const struct sd_val *v)
{
	return v->kind == SD_V_OP && v->op >= SD_OP_NOT && v->op <= SD_OP_GE;
}

/* !(a < b) is a >= b, and so on. */
static int negated(int sop)
{
	static const uint8_t neg[SD_OPS] = {
		[SD_OP_EQ] = SD_OP_NE, [SD_OP_NE] = SD_OP_EQ, [SD_OP_LT] = SD_OP_GE,
		[SD_OP_LE] = SD_OP_GT, [SD_OP_GT] = SD_OP_LE, [SD_OP_GE] = SD_OP_LT,
	};

	return neg[sop];
}

static sd_vid op_value(struct ssa *s, int sop, sd_vid a, sd_vid b, uint8_t tkind, sd_sym type)
{
	return sd_val_add(s, (struct sd_val){
		.kind = SD_V_OP, .op = (uint8_t)sop, .a = a, .b = b, .tkind = tkind, .type = type });
}

static sd_vid logical_not(struct ssa *s, sd_vid a)
{
	const struct sd_val *v = sd_v(s, a);

	if (v->kind == SD_V_OP && v->op == SD_OP_NOT)
		return is_truth(sd_v(s, v->a)) ? v->a : op_value(s, SD_OP_NE, v->a, sd_val_const(s, 0), SD_T_INT, 0);
	if (v->kind == SD_V_OP && negated(v->op))
		return op_value(s, negated(v->op), v->a, v->b, SD_T_INT, 0);
	return op_value(s, SD_OP_NOT, a, 0, SD_T_INT, 0);
}

static int64_t wrap(int64_t v, int64_t bits)
{
	struct ti t = { .kind = TI_INT, .is_unsigned = bits < 0, .bits = (uint8_t)(bits < 0 ? -bits : bits) };

	return t.bits ? sd_ti_wrap(&t, v) : v;
}

static bool fold(struct ssa *s, int sop, sd_vid a, sd_vid b, int64_t bits, int64_t *out)
{
	bool unary = sop == SD_OP_NOT || sop == SD_OP_COMPL || sop == SD_OP_NEG, ok;
	const struct sd_val *x = sd_v(s, a), *y = sd_v(s, b);

	if (x->kind != SD_V_CONST || (!unary && y->kind != SD_V_CONST))
		return false;
	*out = sd_fold(sop, x->num, y->num, bits ? (int)(bits < 0 ? -bits : bits) : 64, bits < 0, &ok);
	if (sop < SD_OP_NOT || sop > SD_OP_GE)
		*out = wrap(*out, bits);
	return ok;
}

/* Pointer arithmetic done on integers: the address stays an address. */
static sd_vid address_arith(struct ssa *s, int sop, sd_vid a, sd_vid b)
{
	bool x = sd_val_is_address(s, a), y = sd_val_is_address(s, b);

	if (sop == SD_OP_ADD && x != y)
		return x ? sd_val_index(s, a, b, sd_v(s, a)->type) : sd_val_index(s, b, a, sd_v(s, b)->type);
	if (sop == SD_OP_SUB && x && !y)
		return sd_val_index(s, a, sd_val_op(s, SD_OP_NEG, b, 0, 64, SD_T_INT, 0), sd_v(s, a)->type);
	return 0;
}

sd_vid sd_val_op(struct ssa *s, int sop, sd_vid a, sd_vid b, int64_t bits, uint8_t tkind, sd_sym type)
{
	int64_t num;
	sd_vid v;

	if (fold(s, sop, a, b, bits, &num))
		return sd_val_const(s, num);
	if (!a && !b)
		return 0;
	if (sop == SD_OP_NOT)
		return logical_not(s, a);
	if ((sop == SD_OP_EQ || sop == SD_OP_NE) && sd_v(s, a)->kind == SD_V_CONST) {
		v = a;
		a = b;
		b = v;
	}
	if ((sop == SD_OP_EQ || sop == SD_OP_NE) && is_truth(sd_v(s, a)) && sd_v(s, b)->kind == SD_V_CONST && !sd_v(s, b)->num)
		return sop == SD_OP_NE ? a : logical_not(s, a);
	if (a == b && sop >= SD_OP_EQ && sop <= SD_OP_GE)       /* read twice on purpose: say nothing */
		return sd_val_add(s, (struct sd_val){ .kind = SD_V_OP, .op = SD_OP_OTHER, .a = a, .num = s->nodes->len, .tkind = SD_T_INT });
	v = sop == SD_OP_ADD || sop == SD_OP_SUB ? address_arith(s, sop, a, b) : 0;
	return v ? v : op_value(s, sop, a, b, tkind, type);
}
