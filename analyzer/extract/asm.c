/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * asm.c - asm statements.
 *
 * libclang lists an asm's operands, outputs first, but says neither where the inputs begin
 * nor which labels an asm goto may jump to.  Outputs are taken to be the leading operands that
 * are lvalues without a conversion; an asm goto is known by its text, its labels by being
 * named there or by being labels of the function that no goto mentions.
 */
#include <ctype.h>
#include <string.h>
#include "low.h"

static bool is_place(CXCursor c)
{
	CXCursor child;

	switch (clang_getCursorKind(c)) {
	case CXCursor_DeclRefExpr:
	case CXCursor_MemberRefExpr:
	case CXCursor_ArraySubscriptExpr:
		return true;
	case CXCursor_ParenExpr:
		return sd_only_child(c, &child) && is_place(child);
	case CXCursor_UnaryOperator:
		return clang_getCursorUnaryOperatorKind(c) == CXUnaryOperator_Deref;
	default:
		return false;
	}
}

static const char *skip_space(const char *p, const char *end)
{
	while (p < end && (isspace((unsigned char)*p) || *p == '\\'))
		p++;
	return p;
}

/* Is the word after "asm" and its qualifiers "goto"?  @after: the text from there. */
static bool is_goto(const char *p, const char *end, const char **after)
{
	for (int words = 0; words < 6; words++) {
		const char *w;

		p = w = skip_space(p, end);
		while (p < end && (isalnum((unsigned char)*p) || *p == '_'))
			p++;
		if (p == w)
			return false;
		if (p - w == 4 && !memcmp(w, "goto", 4)) {
			*after = p;
			return true;
		}
	}
	return false;
}

/* Index of the function's labels: those named between @p and the end of the asm. */
static unsigned named_labels(struct low *l, const char *p, const char *end)
{
	int depth = 0;
	unsigned n = 0;

	while (p < end) {
		const char *w = p;
		sd_sym s;
		char *name;

		if (*p == '(')
			depth++;
		if (*p == ')' && --depth <= 0)
			break;
		if (!isalpha((unsigned char)*p) && *p != '_') {
			p++;
			continue;
		}
		while (p < end && (isalnum((unsigned char)*p) || *p == '_'))
			p++;
		name = g_strndup(w, (gsize)(p - w));
		s = sd_intern_find(l->tu->syms, name);
		g_free(name);
		if (s) {
			struct asm_goto g = { l->cur, s };

			g_array_append_val(l->asm_gotos, g);
			n++;
		}
	}
	return n;
}

static void asm_goto(struct low *l, CXCursor c)
{
	struct asm_goto any = { l->cur, 0 };
	const char *text, *after;
	uint32_t next;
	size_t left;

	text = sd_text_at(l->tu, clang_getRangeStart(clang_getCursorExtent(c)), true, &left);
	if (!is_goto(text, text + left, &after))
		return;
	named_labels(l, after, text + left);
	g_array_append_val(l->asm_gotos, any);
	next = sd_low_block(l);
	sd_low_succ(l, l->cur, next, 0, 0);
	sd_low_end(l, SD_TERM_MULTI, 0, sd_line_of(c));
	l->cur = next;
}

/* Nobody asks an asm for one; and those of __COUNTER__ are others with a precompiled header. */
static bool is_literal(CXCursor c)
{
	CXCursor child;

	while ((clang_getCursorKind(c) == CXCursor_ParenExpr || clang_getCursorKind(c) == CXCursor_UnexposedExpr) && sd_only_child(c, &child))
		c = child;
	return clang_getCursorKind(c) == CXCursor_IntegerLiteral;
}

void sd_asm(struct low *l, CXCursor c)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(struct lval));
	GArray *in = g_array_new(FALSE, FALSE, sizeof(struct low_arg));
	GArray *places = g_array_new(FALSE, FALSE, sizeof(struct lval));        /* in memory: what is stored there is unknown */
	int line = sd_line_of(c);
	bool outputs = true;
	uint32_t first;
	struct kids k;

	sd_kids_get(&k, c);
	for (unsigned i = 0; i < k.n; i++) {
		struct low_arg arg = { 0 };

		if (!clang_isExpression(clang_getCursorKind(k.c[i])) || is_literal(k.c[i]))
			continue;
		outputs = outputs && is_place(k.c[i]);
		if (outputs) {
			struct lval v = sd_lval(l, k.c[i]);

			if (v.is_var) {
				g_array_append_val(out, v);
				continue;
			}
			arg.inst = sd_lval_read(l, v);
			if (v.ti->kind == TI_INT && v.addr && (sd_low_get(l, v.addr)->op == LO_FIELD || sd_low_get(l, v.addr)->op == LO_GLOBAL))
				g_array_append_val(places, v);
		} else {
			arg.inst = sd_rvalue(l, k.c[i]);
		}
		g_array_append_val(in, arg);
	}
	sd_kids_free(&k);
	first = l->args->len;
	g_array_append_vals(l->args, in->data, in->len);
	for (guint i = 0; i < out->len; i++) {
		struct lval v = g_array_index(out, struct lval, i);
		uint32_t r = sd_low_add(l, (struct low_inst){
			.op = LO_ASM, .sop = v.ti->bits, .num = first, .b = in->len, .tkind = v.ti->tkind, .type = v.ti->type });

		sd_lval_write(l, v, r, line);
	}
	for (guint i = 0; i < places->len; i++)
		sd_lval_write(l, g_array_index(places, struct lval, i), 0, line);
	g_array_free(places, TRUE);
	g_array_free(out, TRUE);
	g_array_free(in, TRUE);
	asm_goto(l, c);
}

static gint by_order(gconstpointer a, gconstpointer b)
{
	const struct low_label *x = *(struct low_label *const *)a, *y = *(struct low_label *const *)b;

	return x->order < y->order ? -1 : x->order > y->order;
}

static GPtrArray *sorted_labels(struct low *l)
{
	GPtrArray *all = g_ptr_array_new();
	GHashTableIter it;
	gpointer v;

	g_hash_table_iter_init(&it, l->labels);
	while (g_hash_table_iter_next(&it, NULL, &v))
		g_ptr_array_add(all, v);
	g_ptr_array_sort(all, by_order);
	return all;
}

/* Adds the edges of one asm goto: labels it names, else those that nothing else goes to. */
static void connect(struct low *l, GPtrArray *labels, uint32_t block, guint from, guint to)
{
	bool found = false;

	for (int pass = 0; pass < 3 && !found; pass++) {
		for (guint i = 0; i < labels->len; i++) {
			struct low_label *lb = labels->pdata[i];
			bool hit = pass == 2 || (pass == 1 && !lb->gone_to);

			for (guint j = from; j < to && !pass; j++)
				hit |= g_array_index(l->asm_gotos, struct asm_goto, j).label == lb->name;
			if (!hit)
				continue;
			sd_low_succ(l, block, lb->block, 0, 0);
			found = true;
		}
	}
}

/* After the body: every label is known now. */
void sd_asm_finish(struct low *l)
{
	GPtrArray *labels;
	guint from = 0;

	if (!l->labels || !l->asm_gotos->len)
		return;
	labels = sorted_labels(l);
	for (guint i = 0; i < l->asm_gotos->len; i++) {
		struct asm_goto *g = &g_array_index(l->asm_gotos, struct asm_goto, i);

		if (g->label)
			continue;
		connect(l, labels, g->block, from, i);
		from = i + 1;
	}
	g_ptr_array_free(labels, TRUE);
}
