/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cond.c - conditions as control flow: && || ! ?: and what is transparent in them.
 */
#include "low.h"

static bool is_logical(CXCursor c, enum CXBinaryOperatorKind *op)
{
	if (clang_getCursorKind(c) != CXCursor_BinaryOperator)
		return false;
	*op = clang_getCursorBinaryOperatorKind(c);
	return *op == CXBinaryOperator_LAnd || *op == CXBinaryOperator_LOr;
}

static bool is_lnot(CXCursor c)
{
	return clang_getCursorKind(c) == CXCursor_UnaryOperator &&
	       clang_getCursorUnaryOperatorKind(c) == CXUnaryOperator_LNot;
}

static void logical(struct low *l, CXCursor c, bool is_and, uint32_t t, uint32_t f)
{
	uint32_t rhs = sd_low_block(l);
	struct kids k;

	sd_kids_get(&k, c);
	if (k.n == 2) {
		sd_cond(l, k.c[0], is_and ? rhs : t, is_and ? f : rhs);
		l->cur = rhs;
		sd_cond(l, k.c[1], t, f);
	} else {
		sd_low_branch(l, 0, t, f, sd_line_of(c));
	}
	sd_kids_free(&k);
}

/* Goes to @t when @c is true, else to @f.  The caller sets l->cur afterwards. */
void sd_cond(struct low *l, CXCursor c, uint32_t t, uint32_t f)
{
	enum CXBinaryOperatorKind op;
	CXCursor child;

	for (;;) {
		c = sd_peel(c);
		if (is_lnot(c) && sd_only_child(c, &child)) {
			uint32_t swap = t;

			t = f;
			f = swap;
			c = child;
		} else if (sd_is_expect(l->tu, c, &child)) {
			c = child;
		} else {
			break;
		}
	}
	if (is_logical(c, &op))
		logical(l, c, op == CXBinaryOperator_LAnd, t, f);
	else
		sd_low_branch(l, sd_rvalue(l, c), t, f, sd_line_of(c));
}

/* && and || as a value: 1 or 0, through a variable. */
uint32_t sd_bool_value(struct low *l, CXCursor c)
{
	const struct ti *ti = sd_ti_cursor(l->tu, c);
	uint32_t t = sd_low_block(l), f = sd_low_block(l), join = sd_low_block(l);
	struct lval v = sd_lval_var(l, sd_low_var(l, 0, ti));

	sd_cond(l, c, t, f);
	l->cur = t;
	sd_lval_write(l, v, sd_low_const(l, 1, ti), 0);
	sd_low_goto(l, join);
	l->cur = f;
	sd_lval_write(l, v, sd_low_const(l, 0, ti), 0);
	sd_low_goto(l, join);
	return sd_lval_read(l, v);
}

static void arm(struct low *l, CXCursor c, struct lval to, uint32_t join)
{
	uint32_t v = sd_rvalue(l, c);

	if (to.ti->kind != TI_VOID)
		sd_lval_write(l, to, to.ti->kind == TI_RECORD ? v : sd_low_cast(l, v, to.ti), sd_line_of(c));
	sd_low_goto(l, join);
}

uint32_t sd_conditional(struct low *l, CXCursor c)
{
	const struct ti *ti = sd_ti_cursor(l->tu, c);
	uint32_t t = sd_low_block(l), f = sd_low_block(l), join = sd_low_block(l);
	struct lval v = sd_lval_var(l, sd_low_var(l, 0, ti));
	struct kids k;

	sd_kids_get(&k, c);
	if (k.n != 3) {
		sd_kids_free(&k);
		sd_effects(l, c);
		return 0;
	}
	sd_cond(l, k.c[0], t, f);
	l->cur = t;
	arm(l, k.c[1], v, join);
	l->cur = f;
	arm(l, k.c[2], v, join);
	l->cur = join;
	sd_kids_free(&k);
	return ti->kind == TI_VOID ? 0 : sd_lval_read(l, v);
}

/* a ?: b, whose children are a three times, then b. */
uint32_t sd_elvis(struct low *l, const struct kids *k, CXCursor c)
{
	const struct ti *ti = sd_ti_cursor(l->tu, c);
	uint32_t t = sd_low_block(l), f = sd_low_block(l), join = sd_low_block(l), a;
	struct lval v = sd_lval_var(l, sd_low_var(l, 0, ti));

	a = sd_rvalue(l, k->c[0]);
	sd_low_branch(l, a, t, f, sd_line_of(c));
	l->cur = t;
	sd_lval_write(l, v, a, 0);
	sd_low_goto(l, join);
	l->cur = f;
	arm(l, k->c[3], v, join);
	l->cur = join;
	return sd_lval_read(l, v);
}
