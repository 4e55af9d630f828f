/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * low.c - building blocks and instructions; constants are folded as they are made.
 */
#include "low.h"

struct low *sd_low_new(struct tu *tu, sd_sym name, sd_sym file)
{
	struct low *l = g_new0(struct low, 1);
	struct low_inst none = { 0 };

	l->tu = tu;
	l->name = name;
	l->file = file;
	l->serial = ++tu->fn_serial;
	l->insts = g_array_new(FALSE, FALSE, sizeof(struct low_inst));
	l->args = g_array_new(FALSE, FALSE, sizeof(struct low_arg));
	l->blocks = g_array_new(FALSE, TRUE, sizeof(struct low_block));
	l->vars = g_array_new(FALSE, TRUE, sizeof(struct low_var));
	l->scopes = g_array_new(FALSE, FALSE, sizeof(struct scope));
	l->cleanups = g_array_new(FALSE, FALSE, sizeof(struct scope_cleanup));
	l->asm_gotos = g_array_new(FALSE, FALSE, sizeof(struct asm_goto));
	g_array_append_val(l->insts, none);
	sd_low_block(l);                /* 0 is never used: "no block" */
	l->cur = sd_low_block(l);
	return l;
}

void sd_low_free(struct low *l)
{
	for (guint i = 0; i < l->blocks->len; i++)
		if (sd_low_blk(l, i)->succ)
			g_array_free(sd_low_blk(l, i)->succ, TRUE);
	g_array_free(l->insts, TRUE);
	g_array_free(l->args, TRUE);
	g_array_free(l->blocks, TRUE);
	g_array_free(l->vars, TRUE);
	g_array_free(l->scopes, TRUE);
	g_array_free(l->cleanups, TRUE);
	g_array_free(l->asm_gotos, TRUE);
	if (l->labels)
		g_hash_table_destroy(l->labels);
	g_free(l);
}

struct low_inst *sd_low_get(struct low *l, uint32_t i)
{
	return &g_array_index(l->insts, struct low_inst, i);
}

struct low_block *sd_low_blk(struct low *l, uint32_t b)
{
	return &g_array_index(l->blocks, struct low_block, b);
}

/* Appends to the current block; returns the instruction's number. */
uint32_t sd_low_add(struct low *l, struct low_inst in)
{
	struct low_block *b = sd_low_blk(l, l->cur);
	uint32_t i = l->insts->len;

	in.next = 0;
	g_array_append_val(l->insts, in);
	if (b->last)
		sd_low_get(l, b->last)->next = i;
	else
		b->first = i;
	b->last = i;
	return i;
}

uint32_t sd_low_block(struct low *l)
{
	g_array_set_size(l->blocks, l->blocks->len + 1);
	return l->blocks->len - 1;
}

void sd_low_succ(struct low *l, uint32_t from, uint32_t to, int64_t lo, int64_t hi)
{
	struct low_block *b = sd_low_blk(l, from);
	struct low_succ s = { to, lo, hi };

	if (!b->succ)
		b->succ = g_array_sized_new(FALSE, FALSE, sizeof(struct low_succ), 2);
	g_array_append_val(b->succ, s);
}

/* Ends the current block; successors may be added before or after. */
void sd_low_end(struct low *l, uint8_t term, uint32_t cond, int line)
{
	struct low_block *b = sd_low_blk(l, l->cur);

	b->term = term;
	b->cond = cond;
	b->line = line;
	b->done = true;
}

/* Falls through to @to, which becomes the current block. */
void sd_low_goto(struct low *l, uint32_t to)
{
	sd_low_succ(l, l->cur, to, 0, 0);
	sd_low_end(l, SD_TERM_GOTO, 0, 0);
	l->cur = to;
}

/* No current block afterwards: the caller sets l->cur. */
void sd_low_branch(struct low *l, uint32_t cond, uint32_t t, uint32_t f, int line)
{
	int64_t v;

	if (sd_low_is_const(l, cond, &v)) {
		sd_low_goto(l, v ? t : f);
		return;
	}
	sd_low_succ(l, l->cur, t, 0, 0);
	sd_low_succ(l, l->cur, f, 0, 0);
	sd_low_end(l, SD_TERM_BRANCH, cond, line);
}

/* What follows is dead unless a label or case leads there. */
void sd_low_stop(struct low *l, int line)
{
	sd_low_end(l, SD_TERM_STOP, 0, line);
	l->cur = sd_low_block(l);
}

uint32_t sd_low_var(struct low *l, sd_sym name, const struct ti *ti)
{
	struct low_var v = { .name = name, .ti = ti, .param = -1 };

	v.is_memory = ti->kind == TI_RECORD || ti->kind == TI_ARRAY;
	g_array_append_val(l->vars, v);
	return l->vars->len - 1;
}

uint32_t sd_low_const(struct low *l, int64_t v, const struct ti *ti)
{
	return sd_low_add(l, (struct low_inst){
		.op = LO_CONST, .num = ti ? sd_ti_wrap(ti, v) : v,
		.tkind = ti ? ti->tkind : SD_T_INT, .type = ti ? ti->type : 0 });
}

bool sd_low_is_const(struct low *l, uint32_t i, int64_t *v)
{
	struct low_inst *in = sd_low_get(l, i);

	if (in->op != LO_CONST)
		return false;
	*v = in->num;
	return true;
}

static int64_t fold_compare(int sop, int64_t a, int64_t b, bool is_unsigned)
{
	uint64_t x = (uint64_t)a, y = (uint64_t)b;

	switch (sop) {
	case SD_OP_LT:
		return is_unsigned ? x < y : a < b;
	case SD_OP_LE:
		return is_unsigned ? x <= y : a <= b;
	case SD_OP_GT:
		return is_unsigned ? x > y : a > b;
	default:
		return is_unsigned ? x >= y : a >= b;
	}
}

static int64_t fold_divide(int sop, int64_t a, int64_t b, bool is_unsigned, bool *ok)
{
	uint64_t x = (uint64_t)a, y = (uint64_t)b;

	if (!b || (!is_unsigned && b == -1)) {
		*ok = b == -1;
		return sop == SD_OP_DIV ? (int64_t)(0 - x) : 0;
	}
	if (sop == SD_OP_DIV)
		return is_unsigned ? (int64_t)(x / y) : a / b;
	return is_unsigned ? (int64_t)(x % y) : a % b;
}

/* The caller wraps the result to its type. */
int64_t sd_fold(int sop, int64_t a, int64_t b, int bits, bool is_unsigned, bool *ok)
{
	uint64_t x = (uint64_t)a, y = (uint64_t)b;

	*ok = true;
	switch (sop) {
	case SD_OP_NOT:
		return !a;
	case SD_OP_EQ:
		return a == b;
	case SD_OP_NE:
		return a != b;
	case SD_OP_LT: case SD_OP_LE: case SD_OP_GT: case SD_OP_GE:
		return fold_compare(sop, a, b, is_unsigned);
	case SD_OP_BITAND:
		return a & b;
	case SD_OP_BITOR:
		return a | b;
	case SD_OP_BITXOR:
		return a ^ b;
	case SD_OP_COMPL:
		return ~a;
	case SD_OP_NEG:
		return (int64_t)(0 - x);
	case SD_OP_ADD:
		return (int64_t)(x + y);
	case SD_OP_SUB:
		return (int64_t)(x - y);
	case SD_OP_MUL:
		return (int64_t)(x * y);
	case SD_OP_DIV: case SD_OP_REM:
		return fold_divide(sop, a, b, is_unsigned, ok);
	case SD_OP_SHL: case SD_OP_SHR:
		*ok = y < (uint64_t)bits;
		if (!*ok)
			return 0;
		if (sop == SD_OP_SHL)
			return (int64_t)(x << y);
		return is_unsigned ? (int64_t)(x >> y) : a >> y;
	default:
		*ok = false;
		return 0;
	}
}

/* @ti is the operands' type; a comparison or ! makes an int of it. */
uint32_t sd_low_op(struct low *l, int sop, uint32_t a, uint32_t b, const struct ti *ti)
{
	struct low_inst in = { .op = LO_OP, .sop = (uint8_t)sop, .a = a, .b = b, .tkind = SD_T_INT };
	bool unary = sop == SD_OP_NOT || sop == SD_OP_COMPL || sop == SD_OP_NEG;
	bool truth = sop >= SD_OP_NOT && sop <= SD_OP_GE;
	int64_t x, y = 0;
	bool ok;

	if (ti) {
		in.tkind = truth ? SD_T_INT : ti->tkind;
		in.type = truth ? 0 : ti->type;
		in.num = ti->bits;
		if (ti->is_unsigned)
			in.num = -in.num;
	}
	if (sd_low_is_const(l, a, &x) && (unary || sd_low_is_const(l, b, &y))) {
		int64_t r = sd_fold(sop, x, y, ti ? ti->bits : 64, ti && ti->is_unsigned, &ok);

		if (ok)
			return sd_low_const(l, r, truth ? NULL : ti);
	}
	return sd_low_add(l, in);
}

/* A cast keeps the value; it matters when it says which record a pointer points to. */
uint32_t sd_low_cast(struct low *l, uint32_t a, const struct ti *to)
{
	struct low_inst *in = sd_low_get(l, a);
	int64_t v;

	if (sd_low_is_const(l, a, &v)) {
		if (to->kind != TI_INT && to->kind != TI_PTR && to->kind != TI_FNPTR)
			return a;
		return sd_low_const(l, v, to);
	}
	if (to->kind != TI_PTR && to->kind != TI_FNPTR)
		return a;
	if (in->tkind == to->tkind && (!to->type || in->type == to->type))
		return a;
	return sd_low_add(l, (struct low_inst){ .op = LO_CAST, .a = a, .tkind = to->tkind, .type = to->type });
}
