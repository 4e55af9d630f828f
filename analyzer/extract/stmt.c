/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stmt.c - statements -> blocks.
 */
#include <string.h>
#include "low.h"


/* Keyed by the statement, not by the name: a macro with a local label may be used twice. */
struct low_label *sd_label(struct low *l, CXCursor label)
{
	struct low_label *lb;

	if (!l->labels)
		l->labels = g_hash_table_new_full(g_direct_hash, NULL, NULL, g_free);
	lb = g_hash_table_lookup(l->labels, label.data[1]);
	if (lb)
		return lb;
	lb = g_new0(struct low_label, 1);
	lb->block = sd_low_block(l);
	lb->name = sd_take_sym(l->tu, clang_getCursorSpelling(label));
	lb->order = g_hash_table_size(l->labels);
	g_hash_table_insert(l->labels, (void *)label.data[1], lb);
	return lb;
}

static void compound(struct low *l, CXCursor c)
{
	struct kids k;

	sd_scope_open(l, c);
	sd_kids_get(&k, c);
	for (unsigned i = 0; i < k.n; i++)
		sd_stmt(l, k.c[i]);
	sd_kids_free(&k);
	sd_scope_close(l, c);
}

/* ({ ... }): the value is its last expression, taken before the scope's cleanups. */
uint32_t sd_stmt_expr(struct low *l, CXCursor c)
{
	CXCursor body;
	uint32_t v = 0;
	struct kids k;

	sd_kids_get(&k, c);
	if (k.n != 1) {
		sd_kids_free(&k);
		return 0;
	}
	body = k.c[0];
	sd_kids_free(&k);
	sd_scope_open(l, body);
	sd_kids_get(&k, body);
	for (unsigned i = 0; i < k.n; i++) {
		if (i + 1 == k.n && clang_isExpression(clang_getCursorKind(k.c[i])))
			v = sd_rvalue(l, k.c[i]);
		else
			sd_stmt(l, k.c[i]);
	}
	sd_kids_free(&k);
	sd_scope_close(l, body);
	return v;
}

static void local_var(struct low *l, CXCursor c)
{
	struct di *d = sd_di(l->tu, c);
	CXCursor init;
	uint32_t var;

	if (d->kind == DI_GLOBAL) {
		if (d->is_static)
			sd_reach_static(l->tu, d);
		return;
	}
	var = sd_local_var(l, d);
	init = clang_Cursor_getVarDeclInitializer(c);
	if (!clang_Cursor_isNull(init))
		sd_init(l, sd_lval_var(l, var), init);
	sd_scope_var(l, c, var);
}

void sd_decl_stmt(struct low *l, CXCursor c)
{
	struct kids k;

	sd_kids_get(&k, c);
	for (unsigned i = 0; i < k.n; i++)
		if (clang_getCursorKind(k.c[i]) == CXCursor_VarDecl)
			local_var(l, k.c[i]);
	sd_kids_free(&k);
}

/* else if chains are walked, not recursed into. */
static void if_stmt(struct low *l, CXCursor c)
{
	uint32_t join = sd_low_block(l);

	for (;;) {
		uint32_t t = sd_low_block(l), f = join;
		bool more = false;
		struct kids k;

		sd_kids_get(&k, c);
		if (k.n < 2) {
			sd_kids_free(&k);
			break;
		}
		if (k.n > 2)
			f = sd_low_block(l);
		sd_cond(l, k.c[0], t, f);
		l->cur = t;
		sd_stmt(l, k.c[1]);
		sd_low_goto(l, join);
		l->cur = f;
		if (k.n > 2) {
			more = clang_getCursorKind(k.c[2]) == CXCursor_IfStmt;
			c = k.c[2];
			if (!more)
				sd_stmt(l, c);
		}
		sd_kids_free(&k);
		if (!more)
			break;
	}
	if (l->cur != join)
		sd_low_goto(l, join);
}

struct loop_save { uint32_t brk, cont; guint brk_scopes, cont_scopes; };

static struct loop_save enter(struct low *l, uint32_t brk, uint32_t cont)
{
	struct loop_save s = { l->brk, l->cont, l->brk_scopes, l->cont_scopes };

	l->brk = brk;
	l->brk_scopes = l->scopes->len;
	if (cont) {
		l->cont = cont;
		l->cont_scopes = l->scopes->len;
	}
	return s;
}

static void leave(struct low *l, struct loop_save s)
{
	l->brk = s.brk;
	l->cont = s.cont;
	l->brk_scopes = s.brk_scopes;
	l->cont_scopes = s.cont_scopes;
}

static void while_stmt(struct low *l, CXCursor c)
{
	uint32_t head = sd_low_block(l), body = sd_low_block(l), out = sd_low_block(l);
	struct loop_save s;
	struct kids k;

	sd_kids_get(&k, c);
	sd_low_goto(l, head);
	if (k.n == 2) {
		sd_cond(l, k.c[0], body, out);
		l->cur = body;
		s = enter(l, out, head);
		sd_stmt(l, k.c[1]);
		leave(l, s);
		sd_low_goto(l, head);
	}
	sd_kids_free(&k);
	l->cur = out;
}

static void do_stmt(struct low *l, CXCursor c)
{
	uint32_t body = sd_low_block(l), test = sd_low_block(l), out = sd_low_block(l);
	struct loop_save s;
	struct kids k;

	sd_kids_get(&k, c);
	sd_low_goto(l, body);
	if (k.n == 2) {
		s = enter(l, out, test);
		sd_stmt(l, k.c[0]);
		leave(l, s);
		sd_low_goto(l, test);
		sd_cond(l, k.c[1], body, out);
	}
	sd_kids_free(&k);
	l->cur = out;
}

static bool is_step(CXCursor c)
{
	c = sd_peel(c);
	if (clang_getCursorType(c).kind == CXType_Void)
		return true;            /* no condition is void */
	if (clang_getCursorKind(c) == CXCursor_CompoundAssignOperator)
		return true;
	if (clang_getCursorKind(c) == CXCursor_UnaryOperator) {
		enum CXUnaryOperatorKind op = clang_getCursorUnaryOperatorKind(c);

		return op >= CXUnaryOperator_PostInc && op <= CXUnaryOperator_PreDec;
	}
	if (clang_getCursorKind(c) == CXCursor_BinaryOperator) {
		enum CXBinaryOperatorKind op = clang_getCursorBinaryOperatorKind(c);

		return op == CXBinaryOperator_Assign || op == CXBinaryOperator_Comma;
	}
	return false;
}

static unsigned offset_of(CXCursor c)
{
	unsigned o;

	clang_getExpansionLocation(clang_getRangeStart(clang_getCursorExtent(c)), NULL, NULL, NULL, &o);
	return o;
}

/* How many semicolons of the for's head stand before @at; -1 when the text is no plain for. */
static int semicolons_before(const char *p, size_t left, unsigned start, unsigned at)
{
	int depth = 0, n = 0;

	if (left < 4 || memcmp(p, "for", 3) || g_ascii_isalnum(p[3]) || p[3] == '_' || at < start)
		return -1;              /* a macro's name, for_each_..., say */
	for (size_t i = 0; i < left && i < at - start; i++) {
		if (p[i] == '(' || p[i] == '{')
			depth++;
		else if (p[i] == ')' || p[i] == '}')
			depth--;
		else if (p[i] == ';' && depth == 1)
			n++;
	}
	return n;
}

static int guess_part(const struct kids *k, unsigned i, unsigned nparts)
{
	CXCursor c = k->c[i];

	if (clang_getCursorKind(c) == CXCursor_DeclStmt)
		return 0;
	if (nparts == 2 && i == 0)
		return is_step(c) ? 0 : 1;
	return is_step(c) ? 2 : 1;
}

/*
 * A ForStmt lists only the parts that are there.  Which ones: from the semicolons before
 * them; in a macro's expansion from what they look like.
 */
static void for_parts(struct low *l, CXCursor c, const struct kids *k, CXCursor part[3])
{
	unsigned n = k->n - 1, start = offset_of(c);
	size_t left;
	const char *text = sd_text_at(l->tu, clang_getRangeStart(clang_getCursorExtent(c)), false, &left);

	for (unsigned i = 0; i < 3; i++)
		part[i] = clang_getNullCursor();
	for (unsigned i = 0; i < n && i < 3; i++) {
		int at = n == 3 ? (int)i : semicolons_before(text, left, start, offset_of(k->c[i]));

		if (at < 0 || at > 2)
			at = guess_part(k, i, n);
		part[at] = k->c[i];
	}
}

static void for_stmt(struct low *l, CXCursor c)
{
	uint32_t head = sd_low_block(l), body = sd_low_block(l);
	uint32_t next = sd_low_block(l), out = sd_low_block(l);
	struct loop_save s;
	CXCursor part[3];
	struct kids k;

	sd_kids_get(&k, c);
	if (!k.n) {
		sd_kids_free(&k);
		return;
	}
	sd_scope_open(l, c);
	for_parts(l, c, &k, part);
	if (!clang_Cursor_isNull(part[0]))
		sd_stmt(l, part[0]);
	sd_low_goto(l, head);
	if (!clang_Cursor_isNull(part[1]))
		sd_cond(l, part[1], body, out);
	else
		sd_low_goto(l, body);
	l->cur = body;
	s = enter(l, out, next);
	sd_stmt(l, k.c[k.n - 1]);
	leave(l, s);
	sd_low_goto(l, next);
	if (!clang_Cursor_isNull(part[2]))
		sd_stmt(l, part[2]);
	sd_low_goto(l, head);
	l->cur = out;
	sd_scope_close(l, c);
	sd_kids_free(&k);
}

static void end_switch(struct low *l, struct switch_ctx *sw, uint32_t head, uint32_t cond, uint32_t out, int line)
{
	for (guint i = 0; i < sw->cases->len; i++) {
		struct low_succ *s = &g_array_index(sw->cases, struct low_succ, i);

		sd_low_succ(l, head, s->block, s->lo, s->hi);
	}
	sd_low_succ(l, head, sw->dflt ? sw->dflt : out, 0, 0);
	l->cur = head;
	sd_low_end(l, SD_TERM_SWITCH, cond, line);
}

static void switch_stmt(struct low *l, CXCursor c)
{
	struct switch_ctx sw = { g_array_new(FALSE, FALSE, sizeof(struct low_succ)), 0 }, *outer = l->sw;
	uint32_t out = sd_low_block(l), head, cond;
	struct loop_save s;
	struct kids k;

	sd_kids_get(&k, c);
	if (k.n == 2) {
		cond = sd_rvalue(l, k.c[0]);
		head = l->cur;
		l->cur = sd_low_block(l);
		l->sw = &sw;
		s = enter(l, out, 0);
		sd_stmt(l, k.c[1]);
		leave(l, s);
		l->sw = outer;
		sd_low_goto(l, out);
		end_switch(l, &sw, head, cond, out, sd_line_of(c));
	} else {
		sd_low_goto(l, out);
	}
	l->cur = out;
	sd_kids_free(&k);
	g_array_free(sw.cases, TRUE);
}

/* case a: case b: ... is nested; walked in a loop. */
static void case_stmt(struct low *l, CXCursor c)
{
	uint32_t b = sd_low_block(l);

	sd_low_goto(l, b);
	for (;;) {
		bool is_default = clang_getCursorKind(c) == CXCursor_DefaultStmt;
		struct low_succ s = { .block = b };
		struct kids k;

		if (!is_default && clang_getCursorKind(c) != CXCursor_CaseStmt)
			break;
		sd_kids_get(&k, c);
		if (!k.n) {
			sd_kids_free(&k);
			return;
		}
		if (is_default && l->sw) {
			l->sw->dflt = b;
		} else if (l->sw && k.n >= 2 && sd_eval_int(k.c[0], &s.lo)) {
			if (k.n < 3 || !sd_eval_int(k.c[1], &s.hi))
				s.hi = s.lo;
			g_array_append_val(l->sw->cases, s);
		}
		c = k.c[k.n - 1];
		sd_kids_free(&k);
	}
	sd_stmt(l, c);
}

/* Leaves for @to; what follows is dead. */
static void jump(struct low *l, uint32_t to)
{
	if (!to)
		return;
	sd_low_goto(l, to);
	l->cur = sd_low_block(l);
}

static void goto_stmt(struct low *l, CXCursor c)
{
	struct low_label *lb;
	CXCursor label;
	struct kids k;

	sd_kids_get(&k, c);
	if (k.n) {
		label = clang_getCursorReferenced(k.c[0]);
		lb = sd_label(l, label);
		lb->gone_to = true;
		sd_scope_goto(l, label, sd_line_of(c));
		jump(l, lb->block);
	}
	sd_kids_free(&k);
}

static void label_stmt(struct low *l, CXCursor c)
{
	struct kids k;

	sd_low_goto(l, sd_label(l, c)->block);
	sd_kids_get(&k, c);
	for (unsigned i = 0; i < k.n; i++)
		sd_stmt(l, k.c[i]);
	sd_kids_free(&k);
}

static void return_stmt(struct low *l, CXCursor c)
{
	int line = sd_line_of(c);
	CXCursor e;
	uint32_t v = 0;

	if (sd_only_child(c, &e))
		v = sd_rvalue(l, e);
	if (v && l->ret && l->ret->kind != TI_RECORD)
		v = sd_low_cast(l, v, l->ret);
	sd_scope_leave(l, 0, line);
	sd_low_end(l, SD_TERM_RETURN, v, line);
	l->cur = sd_low_block(l);
}

/* goto *p: any label of the function. */
static void indirect_goto(struct low *l, CXCursor c)
{
	struct asm_goto g;

	sd_effects(l, c);
	g = (struct asm_goto){ l->cur, 0 };
	g_array_append_val(l->asm_gotos, g);
	sd_low_end(l, SD_TERM_MULTI, 0, sd_line_of(c));
	l->cur = sd_low_block(l);
}

void sd_stmt(struct low *l, CXCursor c)
{
	enum CXCursorKind kind = clang_getCursorKind(c);

	switch (kind) {
	case CXCursor_CompoundStmt:
		compound(l, c);
		break;
	case CXCursor_DeclStmt:
		sd_decl_stmt(l, c);
		break;
	case CXCursor_IfStmt:
		if_stmt(l, c);
		break;
	case CXCursor_WhileStmt:
		while_stmt(l, c);
		break;
	case CXCursor_DoStmt:
		do_stmt(l, c);
		break;
	case CXCursor_ForStmt:
		for_stmt(l, c);
		break;
	case CXCursor_SwitchStmt:
		switch_stmt(l, c);
		break;
	case CXCursor_CaseStmt:
	case CXCursor_DefaultStmt:
		case_stmt(l, c);
		break;
	case CXCursor_BreakStmt:
		sd_scope_leave(l, l->brk_scopes, sd_line_of(c));
		jump(l, l->brk);
		break;
	case CXCursor_ContinueStmt:
		sd_scope_leave(l, l->cont_scopes, sd_line_of(c));
		jump(l, l->cont);
		break;
	case CXCursor_GotoStmt:
		goto_stmt(l, c);
		break;
	case CXCursor_IndirectGotoStmt:
		indirect_goto(l, c);
		break;
	case CXCursor_LabelStmt:
		label_stmt(l, c);
		break;
	case CXCursor_ReturnStmt:
		return_stmt(l, c);
		break;
	case CXCursor_GCCAsmStmt:
		sd_asm(l, c);
		break;
	case CXCursor_NullStmt:
		break;
	default:
		if (clang_isExpression(kind))
			sd_rvalue(l, c);
		else if (clang_isStatement(kind))
			sd_effects(l, c);
	}
}
