/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * init.c - initialisers, of locals and of static storage: one store per leaf.
 *
 * libclang shows the list as written: designators as a void expression holding member
 * references and index values before the value, and braces left out where they were left out.
 */
#include "low.h"

static void fill(struct low *l, struct lval to, const struct kids *k, unsigned *i, bool braced);

static bool is_designated(CXCursor c)
{
	return clang_getCursorKind(c) == CXCursor_UnexposedExpr && clang_getCursorType(c).kind == CXType_Void;
}

/* Position after the member named by a designator. */
static unsigned position_after(const struct ti *t, CXCursor member)
{
	CXCursor field = clang_getCursorReferenced(member);

	for (unsigned i = 0; i < t->nfields; i++)
		if (clang_equalCursors(t->fields[i], field))
			return i + 1;
	return t->nfields;
}

static void designated(struct low *l, struct lval to, CXCursor c, int64_t *pos)
{
	const struct ti *outer = to.ti;
	bool first = true;
	struct kids k;
	int64_t v = 0;

	sd_kids_get(&k, c);
	for (unsigned i = 0; i + 1 < k.n; i++) {
		if (clang_getCursorKind(k.c[i]) == CXCursor_MemberRef) {
			if (first)
				*pos = position_after(outer, k.c[i]);
			to = sd_lval_field(l, sd_lval_addr(l, to), clang_getCursorReferenced(k.c[i]));
		} else if (to.ti->kind == TI_ARRAY) {
			if (!sd_eval_int(k.c[i], &v))
				v = 0;
			if (first)
				*pos = v + 1;
			to = sd_lval_index(l, sd_lval_addr(l, to), sd_low_const(l, v, NULL), sd_ti_elem(l->tu, to.ti));
		} else if (sd_eval_int(k.c[i], &v) && first) {  /* second value of [a ... b] */
			*pos = v + 1;
		}
		first = false;
	}
	if (k.n)
		sd_init(l, to, k.c[k.n - 1]);
	sd_kids_free(&k);
}

/* The next value(s) of the list initialise @to. */
static void one(struct low *l, struct lval to, const struct kids *k, unsigned *i)
{
	CXCursor c = k->c[*i];
	bool aggregate = to.ti->kind == TI_RECORD || to.ti->kind == TI_ARRAY;

	if (clang_getCursorKind(c) != CXCursor_InitListExpr && aggregate &&
	    clang_getCursorKind(sd_peel(c)) != CXCursor_StringLiteral &&
	    sd_ti_cursor(l->tu, c)->kind != TI_RECORD && sd_ti_cursor(l->tu, sd_peel(c))->kind != TI_ARRAY) {
		fill(l, to, k, i, false);
		return;
	}
	sd_init(l, to, c);
	++*i;
}

static bool is_padding(struct tu *tu, CXCursor field)
{
	return clang_Cursor_isBitField(field) && !sd_di(tu, field)->name;
}

static void fill_record(struct low *l, struct lval to, const struct kids *k, unsigned *i, bool braced)
{
	int64_t pos = 0;

	sd_ti_fields(l->tu, to.ti);
	while (*i < k->n) {
		CXCursor c = k->c[*i];

		if (is_designated(c)) {
			if (!braced)
				return;
			designated(l, to, c, &pos);
			++*i;
			continue;
		}
		while (pos < to.ti->nfields && is_padding(l->tu, to.ti->fields[pos]))
			pos++;
		if (pos >= to.ti->nfields) {
			if (!braced)
				return;
			sd_rvalue(l, c);
			++*i;
			continue;
		}
		one(l, sd_lval_field(l, sd_lval_addr(l, to), to.ti->fields[pos]), k, i);
		pos = to.ti->is_union ? to.ti->nfields : pos + 1;
		if (!braced && pos >= to.ti->nfields)
			return;
	}
}

static void fill_array(struct low *l, struct lval to, const struct kids *k, unsigned *i, bool braced)
{
	long long size = clang_getArraySize(to.ti->ct);
	const struct ti *elem = sd_ti_elem(l->tu, to.ti);
	int64_t pos = 0;

	while (*i < k->n && (braced || pos < size)) {
		unsigned before = *i;

		if (is_designated(k->c[*i])) {
			if (!braced)
				return;
			designated(l, to, k->c[*i], &pos);
			++*i;
			continue;
		}
		one(l, sd_lval_index(l, sd_lval_addr(l, to), sd_low_const(l, pos, NULL), elem), k, i);
		pos++;
		if (*i == before)       /* an element type without members takes no value */
			++*i;
	}
}

static void fill(struct low *l, struct lval to, const struct kids *k, unsigned *i, bool braced)
{
	if (to.ti->kind == TI_ARRAY) {
		fill_array(l, to, k, i, braced);
		return;
	}
	sd_ti_fields(l->tu, to.ti);
	if (!braced && !to.ti->nfields)
		++*i;
	else
		fill_record(l, to, k, i, braced);
}

/* (T){ ... } as the initialiser of a T: its list initialises the object itself. */
static bool literal_list(CXCursor init, CXCursor *list)
{
	struct kids k;
	bool found = false;

	init = sd_peel(init);
	if (clang_getCursorKind(init) != CXCursor_CompoundLiteralExpr)
		return false;
	sd_kids_get(&k, init);
	if (k.n) {
		*list = k.c[k.n - 1];
		found = clang_getCursorKind(*list) == CXCursor_InitListExpr;
	}
	sd_kids_free(&k);
	return found;
}

/* Characters are no fact by themselves; in a table, `char names[4][16]`, they are what the element says. */
static void put_string(struct low *l, struct lval to, CXCursor init)
{
	if (to.ti->kind == TI_ARRAY && to.addr && sd_low_get(l, to.addr)->op == LO_INDEX &&
	    clang_getCursorKind(sd_peel(init)) == CXCursor_StringLiteral)
		sd_low_add(l, (struct low_inst){
			.op = LO_STORE, .a = to.addr, .b = sd_rvalue(l, init), .line = sd_line_of(init), .tkind = SD_T_PTR });
}

/* Tables without a pointer are not looked into: their members hold anything. */
static void any_integers(struct low *l, struct lval to, int line)
{
	while (to.ti->kind == TI_ARRAY)
		to.ti = sd_ti_elem(l->tu, to.ti);
	if (to.ti->kind != TI_RECORD)
		return;
	sd_ti_fields(l->tu, to.ti);
	for (unsigned i = 0; i < to.ti->nfields; i++) {
		struct lval m = sd_lval_field(l, to.addr, to.ti->fields[i]);

		if (m.ti->kind == TI_INT && m.addr)
			sd_lval_write(l, m, 0, line);
		else
			any_integers(l, m, line);
	}
}

/* A static variable's initialiser where nothing points anywhere. */
static void plain_data(struct low *l, struct lval to, CXCursor init)
{
	if (to.ti->kind == TI_INT)
		sd_lval_write(l, to, sd_low_cast(l, sd_rvalue(l, init), to.ti), sd_line_of(init));
	else
		any_integers(l, to, sd_line_of(init));
	put_string(l, to, init);
}

void sd_init(struct low *l, struct lval to, CXCursor init)
{
	bool aggregate = to.ti->kind == TI_RECORD || to.ti->kind == TI_ARRAY;
	CXCursor list = init;
	unsigned i = 0;
	uint32_t v;
	struct kids k;

	if (l == l->tu->globals && !sd_ti_has_ptr(l->tu, to.ti)) {
		plain_data(l, to, init);
		return;
	}
	if (aggregate && (clang_getCursorKind(init) == CXCursor_InitListExpr || literal_list(init, &list))) {
		sd_kids_get(&k, list);
		fill(l, to, &k, &i, true);
		sd_kids_free(&k);
		return;
	}
	v = sd_rvalue(l, init);
	if (to.ti->kind == TI_ARRAY)
		return;                 /* characters */
	if (to.ti->kind != TI_RECORD)
		v = sd_low_cast(l, v, to.ti);
	sd_lval_write(l, to, v, sd_line_of(init));
}
