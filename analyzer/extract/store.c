/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store.c - which stores are events, and how much of an integer is kept with them.
 *
 * Who wants to know what a member can ever hold needs every store to it; of most the value is a long computation
 * that nobody follows.  So an integer's store that is no event is kept apart (ir.h, struct sd_store), for members and variables,
 * and its value as far as it is constants, bits of them, copies of members, variables and parameters; else it is unknown.
 * Static initialisers are tables: of all that a TU's write to one member one store is kept, of the bits that they give it.
 */
#include "ssa.h"

#define MAX_DEPTH 4

/* record->member++ and --: it may count how deep something is nested. */
static bool is_step(struct ssa *s, sd_vid addr, const struct sd_val *v)
{
	return v->kind == SD_V_OP && v->op == SD_OP_ADD && sd_v(s, addr)->kind == SD_V_FIELD && sd_v(s, v->a)->kind == SD_V_LOAD &&
	       sd_v(s, v->a)->a == addr && sd_v(s, v->b)->kind == SD_V_CONST;
}

/* Some integer with no bits but these. */
static sd_vid at_most(struct ssa *s, uint64_t bits)
{
	return sd_val_add(s, (struct sd_val){
		.kind = SD_V_OP, .op = SD_OP_BITAND, .b = sd_val_const(s, (int64_t)bits), .tkind = SD_T_INT });
}

/* The bits that constants bring together, where nothing else comes; operands at loop heads are not there yet. */
static bool phi_constants(struct ssa *s, const struct sd_val *v, uint64_t *bits)
{
	const struct phi *p = &g_array_index(s->phis, struct phi, v->a);

	*bits = 0;
	for (guint i = 0; i < p->ops->len; i++) {
		const struct sd_val *o = sd_v(s, g_array_index(p->ops, struct sd_ir_op, i).val);

		if (o->kind != SD_V_CONST)
			return false;
		*bits |= (uint64_t)o->num;
	}
	return !p->open && p->ops->len;
}

static bool is_named(struct ssa *s, sd_vid addr)
{
	return sd_v(s, addr)->kind == SD_V_FIELD || sd_v(s, addr)->kind == SD_V_GLOBAL;
}

/* That member of whatever object; what a record without a name is the object tells. */
static sd_vid of_any(struct ssa *s, sd_vid addr)
{
	struct sd_val v = *sd_v(s, addr);

	if (v.kind != SD_V_FIELD || !v.rec)
		return addr;
	v.a = 0;
	return sd_val_add(s, v);
}

static sd_vid kept(struct ssa *s, sd_vid val, unsigned depth);

static sd_vid kept_op(struct ssa *s, struct sd_val v, unsigned depth)
{
	sd_vid a, b;

	if (v.op >= SD_OP_NOT && v.op <= SD_OP_GE)
		return at_most(s, 1);
	if (depth == MAX_DEPTH || (v.op != SD_OP_BITAND && v.op != SD_OP_BITOR && v.op != SD_OP_BITXOR))
		return v.op == SD_OP_COMPL && sd_v(s, v.a)->kind == SD_V_CONST ? sd_val_const(s, ~sd_v(s, v.a)->num) : 0;
	a = kept(s, v.a, depth + 1);
	b = kept(s, v.b, depth + 1);
	if (v.op == SD_OP_BITAND ? !a && !b : !a || !b)
		return 0;
	return sd_val_add(s, (struct sd_val){ .kind = SD_V_OP, .op = v.op, .a = a, .b = b, .tkind = SD_T_INT });
}

/* As much of an integer as is kept; 0: it is unknown. */
static sd_vid kept(struct ssa *s, sd_vid val, unsigned depth)
{
	const struct sd_val v = *sd_v(s, val);
	uint64_t bits;

	switch (v.kind) {
	case SD_V_CONST: case SD_V_PARAM:
		return val;
	case SD_V_CALL:
		return sd_v(s, v.a)->kind == SD_V_FUNC ? val : 0;
	case SD_V_LOAD:
		return is_named(s, v.a) ? sd_val_add(s, (struct sd_val){ .kind = SD_V_LOAD, .a = of_any(s, v.a), .tkind = SD_T_INT }) : 0;
	case SD_V_PHI:
		return phi_constants(s, &v, &bits) ? at_most(s, bits) : 0;
	case SD_V_OP:
		return kept_op(s, v, depth);
	default:
		return 0;
	}
}

/* Stores of other things than integers, and of integers anywhere, that tell the analysis something: see enum sd_ev_kind. */
static bool is_plain_fact(const struct sd_val *v)
{
	switch (v->kind) {
	case SD_V_CONST: case SD_V_CALL: case SD_V_OUT: case SD_V_PARAM: case SD_V_STR: case SD_V_FUNC:
		return true;
	case SD_V_NONE:
		return false;
	default:
		return v->tkind == SD_T_PTR || v->tkind == SD_T_FNPTR || v->tkind == SD_T_RECORD;
	}
}

static void add_store(struct ssa *s, sd_vid addr, sd_vid val, int line)
{
	struct sd_event e = { .kind = SD_E_STORE, .line = line, .target = addr, .value = val };

	g_array_append_val(s->events, e);
}

static uint32_t add_fact(struct ssa *s, sd_vid addr, sd_vid val)
{
	struct sd_store st = { addr, val };

	g_array_append_val(s->stores, st);
	return s->stores->len - 1;
}

/* The members of a parameter, a local or a variable are theirs, all others anybody's. */
static sd_vid place_of(struct ssa *s, sd_vid addr)
{
	const struct sd_val *v = sd_v(s, addr);

	while (v->kind == SD_V_FIELD)
		v = sd_v(s, v->a);
	return v->kind == SD_V_PARAM || v->kind == SD_V_ADDRLOCAL || v->kind == SD_V_GLOBAL ? addr : of_any(s, addr);
}

static void integer_store(struct ssa *s, sd_vid addr, sd_vid val)
{
	addr = place_of(s, addr);
	val = kept(s, val, 0);
	if (!s->stored)
		s->stored = g_hash_table_new(NULL, NULL);
	if (g_hash_table_add(s->stored, GSIZE_TO_POINTER((gsize)addr << 32 | val)))
		add_fact(s, addr, val);
}

/* What static initialisers gave a member, or a variable. */
struct initial { uint32_t at; uint64_t bits; bool several, unknown; };

static struct initial *initial_of(struct ssa *s, sd_vid addr)
{
	gpointer known;
	struct initial *i;

	if (!s->initial)
		s->initial = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	known = g_hash_table_lookup(s->initial, GUINT_TO_POINTER(addr));
	if (known)
		return known;
	i = g_new0(struct initial, 1);
	i->at = add_fact(s, addr, 0);
	g_hash_table_insert(s->initial, GUINT_TO_POINTER(addr), i);
	return i;
}

/* In which of the TU's variables a member lies does not matter. */
static void sum_up(struct ssa *s, sd_vid addr, const struct sd_val *v)
{
	struct initial *i;

	if (!is_named(s, addr) || (v->kind == SD_V_CONST && !v->num))
		return;         /* 0 is what is there without a store */
	i = initial_of(s, of_any(s, addr));
	if (v->kind == SD_V_CONST && !i->unknown) {
		i->several |= i->bits && i->bits != (uint64_t)v->num;
		i->bits |= (uint64_t)v->num;
	} else {
		i->unknown = true;
	}
	g_array_index(s->stores, struct sd_store, i->at).value =
		i->unknown ? 0 : i->several ? at_most(s, i->bits) : sd_val_const(s, (int64_t)i->bits);
}

static void initial_store(struct ssa *s, sd_vid addr, sd_vid val, int line, uint8_t tkind)
{
	const struct sd_val *v = sd_v(s, val);

	if (v->kind == SD_V_FUNC || v->kind == SD_V_STR || v->kind == SD_V_GLOBAL || v->kind == SD_V_FIELD || v->kind == SD_V_INDEX)
		add_store(s, addr, val, line);
	else if (tkind == SD_T_INT)
		sum_up(s, addr, v);
}

void sd_store_event(struct ssa *s, sd_vid addr, sd_vid val, int line, uint8_t tkind)
{
	const struct sd_val *v = sd_v(s, val);

	if (!addr)
		return;
	if (s->l == s->l->tu->globals)
		initial_store(s, addr, val, line, tkind);
	else if (is_plain_fact(v) || is_step(s, addr, v))
		add_store(s, addr, val, line);
	else if (tkind == SD_T_INT && is_named(s, addr))
		integer_store(s, addr, val);
}
