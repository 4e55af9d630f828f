/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * call.c - calls: direct, through pointers, and the compiler's builtins.
 */
#include "low.h"

/* The called function's declaration, when its name stands there. */
static struct di *direct_callee(struct tu *tu, CXCursor callee)
{
	CXCursor c = sd_peel(callee), child;
	struct di *d;

	while (clang_getCursorKind(c) == CXCursor_UnaryOperator && sd_only_child(c, &child))
		c = sd_peel(child);     /* (*f)(), (&f)() */
	if (clang_getCursorKind(c) != CXCursor_DeclRefExpr)
		return NULL;
	d = sd_di(tu, clang_getCursorReferenced(c));
	return d->kind == DI_FUNC ? d : NULL;
}

/* __builtin_expect(x, ..): transparent. */
bool sd_is_expect(struct tu *tu, CXCursor c, CXCursor *arg)
{
	struct di *d;

	if (clang_getCursorKind(c) != CXCursor_CallExpr)
		return false;
	d = sd_di(tu, clang_getCursorReferenced(c));
	if (d->kind != DI_FUNC || d->builtin != B_EXPECT)
		return false;
	*arg = clang_Cursor_getArgument(c, 0);
	return !clang_Cursor_isNull(*arg);
}

static CXType callee_type(CXCursor callee)
{
	CXType t = clang_getCanonicalType(clang_getCursorType(callee));

	if (t.kind == CXType_Pointer)
		t = clang_getCanonicalType(clang_getPointeeType(t));
	return t;
}

/* Only of interest for addresses: may the callee store through this argument? */
static bool reads_only(struct low *l, CXCursor callee, unsigned i, uint32_t inst)
{
	uint8_t op = sd_low_get(l, inst)->op;
	const struct ti *ti;

	if (op != LO_ADDR && op != LO_FIELD && op != LO_INDEX && op != LO_CAST)
		return false;
	ti = sd_ti(l->tu, clang_getArgType(callee_type(callee), i));
	return ti->kind == TI_PTR && sd_ti_elem(l->tu, ti)->is_const;
}

static uint32_t add_args(struct low *l, const struct kids *k, uint32_t *first)
{
	struct low_arg *v = g_new(struct low_arg, k->n);

	for (unsigned i = 1; i < k->n; i++) {
		v[i].inst = sd_rvalue(l, k->c[i]);
		v[i].is_const = reads_only(l, k->c[0], i - 1, v[i].inst);
	}
	*first = l->args->len;
	g_array_append_vals(l->args, v + 1, k->n - 1);
	g_free(v);
	return k->n - 1;
}

static uint32_t builtin(struct low *l, struct di *d, const struct kids *k, CXCursor c)
{
	const struct ti *ti = sd_ti_cursor(l->tu, c);
	struct low_inst in = { .op = LO_OPAQUE, .sym = d->name, .tkind = ti->tkind, .type = ti->type };
	uint32_t first;
	int64_t v;

	switch (d->builtin) {
	case B_EXPECT:
		return k->n > 1 ? sd_rvalue(l, k->c[1]) : 0;
	case B_CONSTANT_P:
		return sd_low_const(l, sd_eval_int(c, &v) ? v : 0, ti);
	case B_OBJECT_SIZE:     /* -1: size unknown */
		return sd_low_const(l, sd_eval_int(c, &v) ? v : -1, ti);
	case B_UNREACHABLE:
		sd_low_stop(l, sd_line_of(c));
		return 0;
	default:
		if (sd_eval_int(c, &v) && ti->kind == TI_INT)
			return sd_low_const(l, v, ti);
		in.b = add_args(l, k, &first);
		in.num = first;
		return sd_low_add(l, in);
	}
}

/* A callee that plainly stores nothing leaves its arguments' targets alone. */
static void spare_args(struct low *l, struct di *d, uint32_t first, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct low_arg *a = &g_array_index(l->args, struct low_arg, first + i);
		uint8_t op = sd_low_get(l, a->inst)->op;

		if ((op == LO_ADDR || op == LO_CAST) && !a->is_const)
			a->is_const = sd_is_pure(l->tu, d, 0);
	}
}

static uint32_t emit_call(struct low *l, struct di *d, const struct kids *k, CXCursor c)
{
	const struct ti *ti = sd_ti_cursor(l->tu, c);
	struct low_inst in = { .op = LO_CALL, .tkind = ti->tkind, .type = ti->type };
	bool noreturn = d && d->noreturn;
	uint32_t first, v;

	if (d) {
		in.sym = d->name;
		sd_reach(l->tu, d);
	} else {
		in.a = sd_rvalue(l, k->c[0]);
	}
	in.b = add_args(l, k, &first);
	in.num = first;
	if (d)
		spare_args(l, d, first, in.b);
	in.line = sd_line_of(c);
	if (noreturn)
		in.flags = SD_EF_NORETURN;
	v = sd_low_add(l, in);
	if (noreturn)
		sd_low_stop(l, in.line);
	return v;
}

uint32_t sd_call(struct low *l, CXCursor c)
{
	struct kids k;
	struct di *d;
	uint32_t v = 0;

	sd_kids_get(&k, c);
	if (k.n) {
		d = direct_callee(l->tu, k.c[0]);
		if (d && d->builtin)
			v = builtin(l, d, &k, c);
		else
			v = emit_call(l, d, &k, c);
	}
	sd_kids_free(&k);
	return v;
}
