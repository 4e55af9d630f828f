/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * expr.c - values of expressions.  Whatever is not understood has value 0 (nothing known), but
 * everything below it is still evaluated, so that no call is lost.
 */
#include <string.h>
#include "low.h"

static enum CXChildVisitResult add_kid(CXCursor c, CXCursor parent, CXClientData data)
{
	struct kids *k = data;

	(void)parent;
	if (k->n == k->cap) {
		CXCursor *more = g_new(CXCursor, k->cap * 4);

		memcpy(more, k->c, k->n * sizeof(CXCursor));
		if (k->c != k->few)
			g_free(k->c);
		k->c = more;
		k->cap *= 4;
	}
	k->c[k->n++] = c;
	return CXChildVisit_Continue;
}

void sd_kids_get(struct kids *k, CXCursor of)
{
	k->c = k->few;
	k->n = 0;
	k->cap = G_N_ELEMENTS(k->few);
	clang_visitChildren(of, add_kid, k);
}

void sd_kids_free(struct kids *k)
{
	if (k->c != k->few)
		g_free(k->c);
}

struct only { CXCursor c; unsigned n; };

static enum CXChildVisitResult count_kid(CXCursor c, CXCursor parent, CXClientData data)
{
	struct only *o = data;

	(void)parent;
	o->c = c;
	return ++o->n > 1 ? CXChildVisit_Break : CXChildVisit_Continue;
}

bool sd_only_child(CXCursor c, CXCursor *child)
{
	struct only o = { clang_getNullCursor(), 0 };

	clang_visitChildren(c, count_kid, &o);
	*child = o.c;
	return o.n == 1 && clang_isExpression(clang_getCursorKind(o.c));
}

/*
 * libclang gives an implicit conversion the location of its operand.  An unexposed expression
 * that starts elsewhere is something else: va_arg, or a type trait whose typeof() shows.
 */
static bool is_implicit(CXCursor c, CXCursor child)
{
	return clang_equalLocations(clang_getCursorLocation(c), clang_getCursorLocation(child));
}

CXCursor sd_peel(CXCursor c)
{
	CXCursor child;

	for (;;) {
		enum CXCursorKind k = clang_getCursorKind(c);

		if ((k != CXCursor_ParenExpr && k != CXCursor_UnexposedExpr) || !sd_only_child(c, &child))
			return c;
		if (k == CXCursor_UnexposedExpr && !is_implicit(c, child))
			return c;
		c = child;
	}
}

/* Evaluates what is below @c in order, for its calls only. */
void sd_effects(struct low *l, CXCursor c)
{
	struct kids k;

	sd_kids_get(&k, c);
	for (unsigned i = 0; i < k.n; i++) {
		if (clang_isExpression(clang_getCursorKind(k.c[i])))
			sd_rvalue(l, k.c[i]);
		else if (clang_isStatement(clang_getCursorKind(k.c[i])))
			sd_stmt(l, k.c[i]);
	}
	sd_kids_free(&k);
}

/*
 * libclang does not say which branch of _Generic and __builtin_choose_expr was taken: the
 * first is told by its type, the second by its condition.
 */
bool sd_selected(struct tu *tu, CXCursor c, CXCursor *chosen)
{
	bool found = false;
	int64_t v;
	struct kids k;

	sd_kids_get(&k, c);
	if (clang_getCursorKind(c) == CXCursor_GenericSelectionExpr) {
		const struct ti *want = sd_ti_cursor(tu, c);

		for (unsigned i = 1; i < k.n && !found; i++) {
			if (!clang_isExpression(clang_getCursorKind(k.c[i])))
				continue;
			*chosen = k.c[i];
			found = clang_equalTypes(sd_ti_cursor(tu, k.c[i])->ct, want->ct);
		}
	} else if (k.n == 3 && sd_eval_int(k.c[0], &v)) {
		*chosen = k.c[v ? 1 : 2];
		found = clang_isExpression(clang_getCursorKind(*chosen));
	}
	sd_kids_free(&k);
	return found;
}

static bool is_offsetof(const struct kids *k)
{
	bool member = false;

	for (unsigned i = 0; i < k->n; i++)
		member |= clang_getCursorKind(k->c[i]) == CXCursor_MemberRef;
	return member && k->n >= 2;
}

/* @a - offsetof(rec, x.y): container_of; 0 when @off is no offsetof. */
uint32_t sd_offsetof_up(struct low *l, uint32_t a, CXCursor off, const struct ti *ti)
{
	GString *path;
	sd_sym rec = 0, sym;
	struct kids k;

	off = sd_peel(off);
	if (clang_getCursorKind(off) != CXCursor_UnexposedExpr)
		return 0;
	sd_kids_get(&k, off);
	if (!is_offsetof(&k)) {
		sd_kids_free(&k);
		return 0;
	}
	path = g_string_new("");
	for (unsigned i = 0; i < k.n; i++) {
		struct di *d;

		if (clang_getCursorKind(k.c[i]) != CXCursor_MemberRef)
			continue;
		d = sd_di(l->tu, clang_getCursorReferenced(k.c[i]));
		if (!rec)
			rec = d->rec;
		if (!d->anonymous)
			g_string_append_printf(path, "%s%s", path->len ? "." : "", sd_sym_str(l->tu->syms, d->name));
	}
	sym = sd_intern(l->tu->syms, path->str);
	g_string_free(path, TRUE);
	sd_kids_free(&k);
	return sd_low_add(l, (struct low_inst){
		.op = LO_UP, .a = a, .rec = rec, .sym = sym, .tkind = SD_T_PTR, .type = rec ? rec : ti->type });
}

static uint32_t unexposed(struct low *l, CXCursor c)
{
	const struct ti *ti = sd_ti_cursor(l->tu, c);
	CXCursor child;
	uint32_t v = 0;
	int64_t num;
	struct kids k;

	sd_kids_get(&k, c);
	if (k.n == 1 && clang_isExpression(clang_getCursorKind(k.c[0])) && is_implicit(c, k.c[0]))
		v = sd_low_cast(l, sd_rvalue(l, k.c[0]), ti);
	else if (k.n == 4 && clang_equalCursors(k.c[0], k.c[1]))
		v = sd_elvis(l, &k, c);
	else if (k.n == 3 && sd_selected(l->tu, c, &child))
		v = sd_rvalue(l, child);
	else if (ti->kind == TI_INT && sd_eval_int(c, &num))
		v = sd_low_const(l, num, ti);   /* offsetof, __builtin_types_compatible_p */
	else if (!is_offsetof(&k))
		sd_effects(l, c);
	sd_kids_free(&k);
	return v;
}

static int binary_op(enum CXBinaryOperatorKind k)
{
	switch (k) {
	case CXBinaryOperator_Mul: case CXBinaryOperator_MulAssign: return SD_OP_MUL;
	case CXBinaryOperator_Div: case CXBinaryOperator_DivAssign: return SD_OP_DIV;
	case CXBinaryOperator_Rem: case CXBinaryOperator_RemAssign: return SD_OP_REM;
	case CXBinaryOperator_Add: case CXBinaryOperator_AddAssign: return SD_OP_ADD;
	case CXBinaryOperator_Sub: case CXBinaryOperator_SubAssign: return SD_OP_SUB;
	case CXBinaryOperator_Shl: case CXBinaryOperator_ShlAssign: return SD_OP_SHL;
	case CXBinaryOperator_Shr: case CXBinaryOperator_ShrAssign: return SD_OP_SHR;
	case CXBinaryOperator_And: case CXBinaryOperator_AndAssign: return SD_OP_BITAND;
	case CXBinaryOperator_Xor: case CXBinaryOperator_XorAssign: return SD_OP_BITXOR;
	case CXBinaryOperator_Or: case CXBinaryOperator_OrAssign: return SD_OP_BITOR;
	case CXBinaryOperator_LT: return SD_OP_LT;
	case CXBinaryOperator_GT: return SD_OP_GT;
	case CXBinaryOperator_LE: return SD_OP_LE;
	case CXBinaryOperator_GE: return SD_OP_GE;
	case CXBinaryOperator_EQ: return SD_OP_EQ;
	case CXBinaryOperator_NE: return SD_OP_NE;
	default: return SD_OP_OTHER;
	}
}

static uint32_t arithmetic(struct low *l, int sop, uint32_t a, CXCursor rhs, const struct ti *ti)
{
	uint32_t b;

	if (sop == SD_OP_SUB) {
		uint32_t up = sd_offsetof_up(l, a, rhs, ti);

		if (up)
			return up;
	}
	b = sd_rvalue(l, rhs);
	if (sop == SD_OP_SUB && sd_low_get(l, a)->tkind == SD_T_PTR && ti->kind == TI_PTR)
		b = sd_low_op(l, SD_OP_NEG, b, 0, NULL);
	if (ti->kind == TI_PTR && (sop == SD_OP_ADD || sop == SD_OP_SUB)) {
		bool swap = sd_low_get(l, a)->tkind != SD_T_PTR && sd_low_get(l, b)->tkind == SD_T_PTR;
		int64_t v;

		if (sd_low_is_const(l, swap ? a : b, &v) && !v)
			return swap ? b : a;
		return sd_low_add(l, (struct low_inst){
			.op = LO_INDEX, .a = swap ? b : a, .b = swap ? a : b, .tkind = SD_T_PTR, .type = ti->type });
	}
	return sd_low_op(l, sop, a, b, ti);
}

static uint32_t assign(struct low *l, const struct kids *k, CXCursor c)
{
	struct lval to = sd_lval(l, k->c[0]);
	uint32_t v = sd_rvalue(l, k->c[1]);

	sd_lval_write(l, to, v, sd_line_of(c));
	return v;
}

static uint32_t binary(struct low *l, CXCursor c)
{
	enum CXBinaryOperatorKind op = clang_getCursorBinaryOperatorKind(c);
	const struct ti *ti;
	uint32_t v = 0;
	struct kids k;

	if (op == CXBinaryOperator_LAnd || op == CXBinaryOperator_LOr)
		return sd_bool_value(l, c);
	sd_kids_get(&k, c);
	if (k.n != 2) {
		sd_effects(l, c);
	} else if (op == CXBinaryOperator_Assign) {
		v = assign(l, &k, c);
	} else if (op == CXBinaryOperator_Comma) {
		sd_rvalue(l, k.c[0]);
		v = sd_rvalue(l, k.c[1]);
	} else {
		int sop = binary_op(op);

		ti = sd_ti_cursor(l->tu, sop >= SD_OP_EQ && sop <= SD_OP_GE ? k.c[0] : c);
		v = arithmetic(l, sop, sd_rvalue(l, k.c[0]), k.c[1], ti);
	}
	sd_kids_free(&k);
	return v;
}

static uint32_t compound_assign(struct low *l, CXCursor c)
{
	int sop = binary_op(clang_getCursorBinaryOperatorKind(c));
	uint32_t v = 0;
	struct lval to;
	struct kids k;

	sd_kids_get(&k, c);
	if (k.n == 2) {
		to = sd_lval(l, k.c[0]);
		v = arithmetic(l, sop, sd_lval_read(l, to), k.c[1], to.ti);
		sd_lval_write(l, to, v, sd_line_of(c));
	}
	sd_kids_free(&k);
	return v;
}

static uint32_t step(struct low *l, CXCursor c, CXCursor child, bool up, bool post)
{
	struct lval v = sd_lval(l, child);
	uint32_t old = sd_lval_read(l, v), one, now;

	one = sd_low_const(l, up ? 1 : -1, NULL);
	if (v.ti->kind == TI_PTR)
		now = sd_low_add(l, (struct low_inst){
			.op = LO_INDEX, .a = old, .b = one, .tkind = SD_T_PTR, .type = v.ti->type });
	else
		now = sd_low_op(l, SD_OP_ADD, old, one, v.ti);
	sd_lval_write(l, v, now, sd_line_of(c));
	return post ? old : now;
}

static uint32_t unary(struct low *l, CXCursor c)
{
	enum CXUnaryOperatorKind op = clang_getCursorUnaryOperatorKind(c);
	const struct ti *ti = sd_ti_cursor(l->tu, c);
	CXCursor child;

	if (!sd_only_child(c, &child)) {
		sd_effects(l, c);
		return 0;
	}
	switch (op) {
	case CXUnaryOperator_AddrOf:
		return sd_low_cast(l, sd_lval_addr(l, sd_lval(l, child)), ti);
	case CXUnaryOperator_Deref:
		return sd_lval_read(l, sd_lval(l, c));
	case CXUnaryOperator_PostInc:
	case CXUnaryOperator_PreInc:
		return step(l, c, child, true, op == CXUnaryOperator_PostInc);
	case CXUnaryOperator_PostDec:
	case CXUnaryOperator_PreDec:
		return step(l, c, child, false, op == CXUnaryOperator_PostDec);
	case CXUnaryOperator_Minus:
		return sd_low_op(l, SD_OP_NEG, sd_rvalue(l, child), 0, ti);
	case CXUnaryOperator_Not:
		return sd_low_op(l, SD_OP_COMPL, sd_rvalue(l, child), 0, ti);
	case CXUnaryOperator_LNot:
		return sd_low_op(l, SD_OP_NOT, sd_rvalue(l, child), 0, NULL);
	case CXUnaryOperator_Plus:
	case CXUnaryOperator_Extension:
		return sd_rvalue(l, child);
	default:
		sd_rvalue(l, child);
		return 0;
	}
}

/* The operand of a cast is its last child: a typeof in the type may come before it. */
static uint32_t cast(struct low *l, CXCursor c)
{
	const struct ti *ti = sd_ti_cursor(l->tu, c);
	uint32_t v = 0;
	struct kids k;

	sd_kids_get(&k, c);
	if (k.n && clang_isExpression(clang_getCursorKind(k.c[k.n - 1])))
		v = sd_low_cast(l, sd_rvalue(l, k.c[k.n - 1]), ti);
	sd_kids_free(&k);
	return v;
}

/*
 * A message for people, and pr_fmt() makes the same header's message another one in every TU:
 * of one with a level (linux/kern_levels.h: SOH and a character) only that is a fact, of a line
 * without one nothing.
 */
static void cut_message(char *text)
{
	size_t n = strlen(text);

	if (text[0] == '\001' && text[1])
		text[2] = '\0';
	else if (n && text[n - 1] == '\n')
		strcpy(text, "\n");
}

static uint32_t string(struct low *l, CXCursor c)
{
	char *s = sd_take(clang_getCursorSpelling(c)), *text;
	size_t n = strlen(s);
	uint32_t v;

	if (n >= 2 && s[0] == '"' && s[n - 1] == '"') {
		s[n - 1] = '\0';
		text = g_strcompress(s + 1);
	} else {
		text = g_strdup(s);
	}
	sd_strip_counters(text);        /* a condition that a macro prints, expanded */
	cut_message(text);
	v = sd_low_add(l, (struct low_inst){
		.op = LO_STR, .sym = sd_intern(l->tu->syms, text), .tkind = SD_T_PTR });
	g_free(text);
	g_free(s);
	return v;
}

/* static const int x = 3; */
static bool constant_global(struct di *d, int64_t *v)
{
	CXCursor init;

	if (d->kind != DI_GLOBAL || !d->is_static || d->ti->kind != TI_INT || !d->ti->is_const ||
	    clang_isVolatileQualifiedType(d->ti->ct))
		return false;
	init = clang_Cursor_getVarDeclInitializer(d->cur);
	return !clang_Cursor_isNull(init) && sd_eval_int(init, v);
}

static uint32_t decl_ref_value(struct low *l, CXCursor c)
{
	struct di *d = sd_di(l->tu, clang_getCursorReferenced(c));
	int64_t v;

	if (d->kind == DI_ENUM)
		return sd_low_const(l, d->num, sd_ti_cursor(l->tu, c));
	if (constant_global(d, &v))
		return sd_low_const(l, v, d->ti);
	return sd_lval_read(l, sd_lval(l, c));
}

static uint32_t evaluated(struct low *l, CXCursor c)
{
	int64_t v;

	return sd_eval_int(c, &v) ? sd_low_const(l, v, sd_ti_cursor(l->tu, c)) : 0;
}

uint32_t sd_rvalue(struct low *l, CXCursor c)
{
	CXCursor child;

	switch (clang_getCursorKind(c)) {
	case CXCursor_IntegerLiteral:
	case CXCursor_CharacterLiteral:
	case CXCursor_UnaryExpr:                /* sizeof, _Alignof */
		return evaluated(l, c);
	case CXCursor_StringLiteral:
		return string(l, c);
	case CXCursor_ParenExpr:
	case CXCursor_InitListExpr:             /* of a scalar: { x } */
		return sd_only_child(c, &child) ? sd_rvalue(l, child) : 0;
	case CXCursor_UnexposedExpr:
		return unexposed(l, c);
	case CXCursor_DeclRefExpr:
		return decl_ref_value(l, c);
	case CXCursor_MemberRefExpr:
	case CXCursor_ArraySubscriptExpr:
	case CXCursor_CompoundLiteralExpr:
		return sd_lval_read(l, sd_lval(l, c));
	case CXCursor_UnaryOperator:
		return unary(l, c);
	case CXCursor_BinaryOperator:
		return binary(l, c);
	case CXCursor_CompoundAssignOperator:
		return compound_assign(l, c);
	case CXCursor_ConditionalOperator:
		return sd_conditional(l, c);
	case CXCursor_CallExpr:
		return sd_call(l, c);
	case CXCursor_CStyleCastExpr:
		return cast(l, c);
	case CXCursor_StmtExpr:
		return sd_stmt_expr(l, c);
	case CXCursor_GenericSelectionExpr:
		return sd_selected(l->tu, c, &child) ? sd_rvalue(l, child) : 0;
	case CXCursor_AddrLabelExpr:
		if (sd_only_child(c, &child) || !clang_Cursor_isNull(child))
			sd_label(l, clang_getCursorReferenced(child));
		return 0;
	default:
		sd_effects(l, c);
		return 0;
	}
}
