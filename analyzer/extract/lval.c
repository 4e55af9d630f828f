/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lval.c - places: a scalar local variable, or an address.
 */
#include "low.h"

struct lval sd_lval_var(struct low *l, uint32_t var)
{
	struct low_var *v = &g_array_index(l->vars, struct low_var, var);
	struct lval r = { .is_var = !v->is_memory, .var = var, .ti = v->ti };

	if (v->is_memory)
		r.addr = sd_low_add(l, (struct low_inst){
			.op = LO_ADDR, .num = var, .sym = v->name, .tkind = SD_T_PTR, .type = v->ti->type });
	return r;
}

uint32_t sd_lval_addr(struct low *l, struct lval v)
{
	struct low_var *var;

	if (!v.is_var)
		return v.addr;
	var = &g_array_index(l->vars, struct low_var, v.var);
	return sd_low_add(l, (struct low_inst){ .op = LO_ADDR, .num = v.var, .sym = var->name, .tkind = SD_T_PTR });
}

uint32_t sd_lval_read(struct low *l, struct lval v)
{
	struct low_inst in = { .tkind = v.ti->tkind, .type = v.ti->type };

	if (v.is_var) {
		in.op = LO_READ;
		in.num = v.var;
		return sd_low_add(l, in);
	}
	if (v.ti->kind == TI_ARRAY || v.ti->kind == TI_FUNC || !v.addr)
		return v.addr;
	in.op = LO_LOAD;
	in.a = v.addr;
	return sd_low_add(l, in);
}

void sd_lval_write(struct low *l, struct lval v, uint32_t val, int line)
{
	if (v.ti->kind == TI_INT)
		val = sd_low_cast(l, val, v.ti);
	if (v.is_var)
		sd_low_add(l, (struct low_inst){ .op = LO_WRITE, .num = v.var, .a = val, .line = line });
	else if (v.addr)
		sd_low_add(l, (struct low_inst){
			.op = LO_STORE, .a = v.addr, .b = val, .line = line, .tkind = v.ti->tkind });
}

struct lval sd_lval_field(struct low *l, uint32_t addr, CXCursor field)
{
	struct di *d = sd_di(l->tu, field);
	struct lval r = { .addr = addr, .ti = d->ti };
	bool rec;

	if (d->kind != DI_FIELD || d->anonymous || !addr)
		return r;
	rec = d->ti->kind == TI_RECORD || d->ti->kind == TI_ARRAY;
	r.addr = sd_low_add(l, (struct low_inst){
		.op = LO_FIELD, .a = addr, .rec = d->rec, .sym = d->name, .flags = d->shared,
		.tkind = SD_T_PTR, .type = rec ? d->ti->type : 0 });
	return r;
}

struct lval sd_lval_index(struct low *l, uint32_t addr, uint32_t idx, const struct ti *elem)
{
	struct lval r = { .addr = addr, .ti = elem };

	if (addr)
		r.addr = sd_low_add(l, (struct low_inst){
			.op = LO_INDEX, .a = addr, .b = idx, .tkind = SD_T_PTR,
			.type = elem->kind == TI_RECORD || elem->kind == TI_ARRAY ? elem->type : 0 });
	return r;
}

/* The variable's number in this function; a local met first in its use (in a typeof) gets one too. */
uint32_t sd_local_var(struct low *l, struct di *d)
{
	if (d->fn_serial != l->serial) {
		d->fn_serial = l->serial;
		d->var = sd_low_var(l, d->name, d->ti);
	}
	return d->var;
}

static struct lval decl_ref(struct low *l, CXCursor c)
{
	struct di *d = sd_di(l->tu, clang_getCursorReferenced(c));
	struct lval r = { .ti = sd_ti_cursor(l->tu, c) };

	switch (d->kind) {
	case DI_LOCAL:
		return sd_lval_var(l, sd_local_var(l, d));
	case DI_GLOBAL:
		sd_reach(l->tu, d);
		r.addr = sd_low_add(l, (struct low_inst){
			.op = LO_GLOBAL, .sym = d->name, .tkind = SD_T_PTR,
			.type = d->ti->kind == TI_RECORD || d->ti->kind == TI_ARRAY ? d->ti->type : 0 });
		return r;
	case DI_FUNC:
		sd_reach(l->tu, d);
		r.addr = sd_low_add(l, (struct low_inst){ .op = LO_FUNC, .sym = d->name, .tkind = SD_T_FNPTR });
		return r;
	default:
		return r;
	}
}

static struct lval member_ref(struct low *l, CXCursor c)
{
	struct lval r = { .ti = sd_ti_cursor(l->tu, c) };
	CXCursor base;
	uint32_t addr;

	if (!sd_only_child(c, &base))
		return r;
	if (sd_ti_cursor(l->tu, base)->kind == TI_RECORD)
		addr = sd_lval_addr(l, sd_lval(l, base));
	else
		addr = sd_rvalue(l, base);
	return sd_lval_field(l, addr, clang_getCursorReferenced(c));
}

static struct lval subscript(struct low *l, CXCursor c)
{
	struct lval r = { .ti = sd_ti_cursor(l->tu, c) };
	uint32_t addr, idx;
	bool is_array;
	int64_t v;
	struct kids k;

	sd_kids_get(&k, c);
	if (k.n != 2) {
		sd_kids_free(&k);
		return r;
	}
	if (sd_ti_cursor(l->tu, k.c[0])->kind == TI_INT) {      /* 3[p] */
		CXCursor t = k.c[0];

		k.c[0] = k.c[1];
		k.c[1] = t;
	}
	is_array = sd_ti_cursor(l->tu, sd_peel(k.c[0]))->kind == TI_ARRAY;
	addr = sd_rvalue(l, k.c[0]);
	idx = sd_rvalue(l, k.c[1]);
	sd_kids_free(&k);
	if (!is_array && sd_low_is_const(l, idx, &v) && !v) {
		r.addr = addr;
		return r;
	}
	return sd_lval_index(l, addr, idx, r.ti);
}

static struct lval deref(struct low *l, CXCursor c)
{
	struct lval r = { .ti = sd_ti_cursor(l->tu, c) };
	struct low_inst *in;
	CXCursor p;

	if (!sd_only_child(c, &p))
		return r;
	r.addr = sd_rvalue(l, p);
	in = sd_low_get(l, r.addr);
	if (in->op == LO_ADDR && !g_array_index(l->vars, struct low_var, in->num).is_memory) {
		r.is_var = true;
		r.var = (uint32_t)in->num;
	}
	return r;
}

static struct lval compound_literal(struct low *l, CXCursor c)
{
	const struct ti *ti = sd_ti_cursor(l->tu, c);
	struct lval r;
	struct kids k;

	if (l == l->tu->globals) {
		char *name = g_strdup_printf("compound.%u@%s", ++l->ncompound, sd_sym_str(l->tu->syms, l->file));

		r = (struct lval){ .ti = ti };
		r.addr = sd_low_add(l, (struct low_inst){
			.op = LO_GLOBAL, .sym = sd_intern(l->tu->syms, name), .tkind = SD_T_PTR, .type = ti->type });
		g_free(name);
	} else {
		r = sd_lval_var(l, sd_low_var(l, 0, ti));
	}
	sd_kids_get(&k, c);
	if (k.n)
		sd_init(l, r, k.c[k.n - 1]);
	sd_kids_free(&k);
	return r;
}

/* A record that is no lvalue (a call's result): give it a place. */
static struct lval materialize(struct low *l, CXCursor c)
{
	const struct ti *ti = sd_ti_cursor(l->tu, c);
	uint32_t v = sd_rvalue(l, c);
	struct low_inst *in = sd_low_get(l, v);
	struct lval r = { .ti = ti };

	if (ti->kind != TI_RECORD) {
		r.addr = ti->kind == TI_ARRAY || ti->kind == TI_FUNC ? v : 0;
		return r;
	}
	if (in->op == LO_LOAD) {
		r.addr = in->a;
		return r;
	}
	r = sd_lval_var(l, sd_low_var(l, 0, ti));
	sd_lval_write(l, r, v, sd_line_of(c));
	return r;
}

struct lval sd_lval(struct low *l, CXCursor c)
{
	CXCursor child;

	switch (clang_getCursorKind(c)) {
	case CXCursor_DeclRefExpr:
		return decl_ref(l, c);
	case CXCursor_MemberRefExpr:
		return member_ref(l, c);
	case CXCursor_ArraySubscriptExpr:
		return subscript(l, c);
	case CXCursor_CompoundLiteralExpr:
		return compound_literal(l, c);
	case CXCursor_ParenExpr:
	case CXCursor_UnexposedExpr:
		if (sd_only_child(c, &child) && sd_ti_cursor(l->tu, child)->kind == sd_ti_cursor(l->tu, c)->kind)
			return sd_lval(l, child);
		if (sd_selected(l->tu, c, &child))
			return sd_lval(l, child);
		return materialize(l, c);
	case CXCursor_GenericSelectionExpr:
		if (sd_selected(l->tu, c, &child))
			return sd_lval(l, child);
		return materialize(l, c);
	case CXCursor_UnaryOperator:
		switch (clang_getCursorUnaryOperatorKind(c)) {
		case CXUnaryOperator_Deref:
			return deref(l, c);
		case CXUnaryOperator_Extension:
			if (sd_only_child(c, &child))
				return sd_lval(l, child);
			return materialize(l, c);
		default:
			return materialize(l, c);
		}
	default:
		return materialize(l, c);
	}
}
