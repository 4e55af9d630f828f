/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * print.c - a function's IR for people: C-like values, one event a line.
 *
 * p->m is a member's address written "&p->m", its value "p->m"; a value too deep to print in
 * full is cut with "...".
 */
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "ir.h"

#define MAX_DEPTH 24

struct pr { const struct sd_fn *fn; GString *out; };

static const char *const op_text[SD_OPS] = {
	[SD_OP_OTHER] = "?", [SD_OP_NOT] = "!", [SD_OP_EQ] = "==", [SD_OP_NE] = "!=", [SD_OP_LT] = "<",
	[SD_OP_LE] = "<=", [SD_OP_GT] = ">", [SD_OP_GE] = ">=", [SD_OP_BITAND] = "&", [SD_OP_BITOR] = "|",
	[SD_OP_BITXOR] = "^", [SD_OP_COMPL] = "~", [SD_OP_NEG] = "-", [SD_OP_ADD] = "+", [SD_OP_SUB] = "-",
	[SD_OP_MUL] = "*", [SD_OP_DIV] = "/", [SD_OP_REM] = "%", [SD_OP_SHL] = "<<", [SD_OP_SHR] = ">>",
};

static const char *str(struct pr *p, sd_sym s)
{
	return sd_sym_str(p->fn->syms, s);
}

/* A record's name without its file. */
static void put_record(struct pr *p, const char *before, sd_sym s, const char *after)
{
	g_string_append_printf(p->out, "%s%.*s%s", before, (int)strcspn(str(p, s), "@"), str(p, s), after);
}

static void value(struct pr *p, sd_vid v, int depth);

static void print_op(struct pr *p, const struct sd_val *v, int depth)
{
	if (v->op == SD_OP_OTHER) {
		g_string_append_printf(p->out, "?%s%" PRId64 "(", str(p, v->sym), v->num);
		value(p, v->a, depth);
		g_string_append(p->out, ", ");
		value(p, v->b, depth);
		g_string_append_c(p->out, ')');
	} else if (v->op == SD_OP_NOT || v->op == SD_OP_COMPL || v->op == SD_OP_NEG) {
		g_string_append(p->out, op_text[v->op]);
		value(p, v->a, depth);
	} else {
		g_string_append_c(p->out, '(');
		value(p, v->a, depth);
		g_string_append_printf(p->out, " %s ", op_text[v->op]);
		value(p, v->b, depth);
		g_string_append_c(p->out, ')');
	}
}

static bool is_place(const struct sd_val *v)
{
	return v->kind == SD_V_FIELD || v->kind == SD_V_GLOBAL || v->kind == SD_V_ADDRLOCAL || v->kind == SD_V_INDEX;
}

/* The object at address @v, as an lvalue. */
static void place(struct pr *p, sd_vid id, int depth)
{
	const struct sd_val *v = &p->fn->vals[id];

	switch (v->kind) {
	case SD_V_GLOBAL:
	case SD_V_ADDRLOCAL:
		g_string_append(p->out, v->kind == SD_V_GLOBAL ? "" : "%");
		g_string_append(p->out, *str(p, v->sym) ? str(p, v->sym) : "tmp");
		if (v->kind == SD_V_ADDRLOCAL)
			g_string_append_printf(p->out, "#%" PRId64, v->num);
		break;
	case SD_V_FIELD: {
		const struct sd_val *a = &p->fn->vals[v->a];
		bool inside = is_place(a);

		if (inside)
			place(p, v->a, depth + 1);
		else
			value(p, v->a, depth + 1);
		put_record(p, inside ? "." : "->", v->rec, "::");
		g_string_append(p->out, str(p, v->sym));
		break;
	}
	case SD_V_INDEX:
		if (is_place(&p->fn->vals[v->a]))
			place(p, v->a, depth + 1);
		else
			value(p, v->a, depth + 1);
		g_string_append_c(p->out, '[');
		if (v->b)
			value(p, v->b, depth + 1);
		g_string_append_c(p->out, ']');
		break;
	default:
		g_string_append_c(p->out, '*');
		value(p, id, depth + 1);
	}
}

static void print_escaped(struct pr *p, const char *s)
{
	char *e = g_strescape(s, NULL);

	g_string_append_printf(p->out, "\"%s\"", e);
	g_free(e);
}

static void value(struct pr *p, sd_vid id, int depth)
{
	const struct sd_val *v = &p->fn->vals[id];

	if (depth > MAX_DEPTH) {
		g_string_append(p->out, "...");
		return;
	}
	switch (v->kind) {
	case SD_V_PARAM:
		g_string_append_printf(p->out, "$%" PRId64 ":%s", v->num + 1, str(p, v->sym));
		break;
	case SD_V_LOCAL:
		g_string_append_printf(p->out, "%%%s#%" PRId64, str(p, v->sym), v->num);
		break;
	case SD_V_GLOBAL: case SD_V_ADDRLOCAL: case SD_V_FIELD: case SD_V_INDEX:
		g_string_append_c(p->out, '&');
		place(p, id, depth);
		break;
	case SD_V_FUNC:
		g_string_append(p->out, str(p, v->sym));
		g_string_append(p->out, "()");
		break;
	case SD_V_CONST:
		g_string_append_printf(p->out, "%" PRId64, v->num);
		break;
	case SD_V_STR:
		print_escaped(p, str(p, v->sym));
		break;
	case SD_V_UP:
		g_string_append_printf(p->out, "container_of(");
		value(p, v->a, depth + 1);
		put_record(p, ", ", v->rec, ", ");
		g_string_append_printf(p->out, "%s)", str(p, v->sym));
		break;
	case SD_V_LOAD:
		place(p, v->a, depth);
		if (v->num)
			g_string_append_printf(p->out, "'%" PRId64, v->num);
		break;
	case SD_V_CALL:
		g_string_append_printf(p->out, "ret%" PRId64, v->num);
		break;
	case SD_V_OUT:
		g_string_append_printf(p->out, "out%" PRId64 ".%u", v->num, v->b + 1);
		break;
	case SD_V_PHI:
		g_string_append_printf(p->out, "phi%u", id);
		break;
	case SD_V_OP:
		print_op(p, v, depth + 1);
		break;
	default:
		g_string_append(p->out, "_");
	}
	if (v->type && v->kind != SD_V_FIELD && v->kind != SD_V_UP && v->kind != SD_V_GLOBAL && v->kind != SD_V_INDEX && v->kind != SD_V_ADDRLOCAL)
		put_record(p, "<", v->type, ">");
}

static void print_event(struct pr *p, uint32_t i)
{
	const struct sd_event *e = &p->fn->events[i];

	g_string_append_printf(p->out, "    %u: line %d: ", i, e->line);
	if (e->kind == SD_E_STORE) {
		place(p, e->target, 0);
		g_string_append(p->out, " = ");
		value(p, e->value, 0);
	} else {
		g_string_append(p->out, "call ");
		if (e->callee)
			g_string_append(p->out, str(p, e->callee));
		else
			value(p, e->target, 0);
		g_string_append_c(p->out, '(');
		for (uint32_t k = 0; k < e->nargs; k++) {
			if (k)
				g_string_append(p->out, ", ");
			value(p, p->fn->ops[e->arg0 + k].val, 0);
		}
		g_string_append_c(p->out, ')');
	}
	if (e->flags & SD_EF_CLEANUP)
		g_string_append(p->out, " cleanup");
	if (e->flags & SD_EF_NORETURN)
		g_string_append(p->out, " noreturn");
	g_string_append_c(p->out, '\n');
}

static void print_phi(struct pr *p, sd_vid id)
{
	const struct sd_val *v = &p->fn->vals[id];

	g_string_append_printf(p->out, "    phi%u =", id);
	for (uint32_t i = 0; i < v->b; i++) {
		const struct sd_ir_op *op = &p->fn->ops[v->a + i];

		g_string_append_printf(p->out, "%s b%u: ", i ? "," : "", op->pred);
		value(p, op->val, 0);
	}
	g_string_append_c(p->out, '\n');
}

static void print_term(struct pr *p, const struct sd_block *b)
{
	static const char *const text[] = { "goto", "if ", "switch ", "any of", "return", "stop" };

	g_string_append_printf(p->out, "    %s", text[b->term]);
	if (b->term == SD_TERM_RETURN && b->cond)
		g_string_append_c(p->out, ' ');
	if (b->term == SD_TERM_BRANCH || b->term == SD_TERM_SWITCH || (b->term == SD_TERM_RETURN && b->cond))
		value(p, b->cond, 0);
	for (uint32_t i = 0; i < b->nsucc; i++) {
		const struct sd_succ *s = &p->fn->succs[b->succ0 + i];

		g_string_append_c(p->out, ' ');
		if (b->term == SD_TERM_SWITCH && i + 1 < b->nsucc) {
			g_string_append_printf(p->out, "%" PRId64, s->lo);
			if (s->hi != s->lo)
				g_string_append_printf(p->out, "..%" PRId64, s->hi);
			g_string_append_c(p->out, ':');
		}
		g_string_append_printf(p->out, "b%u", s->block);
	}
	if (b->line)
		g_string_append_printf(p->out, "    (line %d)", b->line);
	g_string_append_c(p->out, '\n');
}

static void print_head(struct pr *p)
{
	static const char *const flag[] = { "static", "inline", "weak", "variadic", "noreturn", "init", "exit", "globals", "header" };
	const struct sd_fn *fn = p->fn;

	g_string_append_printf(p->out, "%s (", str(p, fn->name));
	for (uint32_t i = 0; i < fn->nparams; i++) {
		g_string_append_printf(p->out, "%s%s", i ? ", " : "", str(p, fn->params[i].name));
		put_record(p, fn->params[i].type ? ":" : "", fn->params[i].type, "");
	}
	g_string_append_printf(p->out, ") %s:%d-%d", str(p, fn->file), fn->line, fn->end_line);
	for (size_t i = 0; i < G_N_ELEMENTS(flag); i++)
		if (fn->flags & 1u << i)
			g_string_append_printf(p->out, " %s", flag[i]);
	g_string_append_c(p->out, '\n');
}

void sd_fn_print(const struct sd_fn *fn, struct _IO_FILE *out)
{
	struct pr p = { fn, g_string_new("") };

	print_head(&p);
	for (uint32_t i = 0; i < fn->ngvars; i++) {
		g_string_append_printf(p.out, "  var %s", str(&p, fn->gvars[i].name));
		put_record(&p, ": ", fn->gvars[i].type, "");
		g_string_append_printf(p.out, "%s line %d%s\n", fn->gvars[i].is_array ? "[]" : "", fn->gvars[i].line, fn->gvars[i].is_static ? " static" : "");
	}
	for (uint32_t i = 0; i < fn->nblocks; i++) {
		const struct sd_block *b = &fn->blocks[i];

		g_string_append_printf(p.out, "  b%u:\n", i);
		for (uint32_t k = 0; k < b->nphi; k++)
			print_phi(&p, fn->phis[b->phi0 + k]);
		for (uint32_t k = 0; k < b->nev; k++)
			print_event(&p, b->ev0 + k);
		print_term(&p, b);
	}
	for (uint32_t i = 0; i < fn->nstores; i++) {
		g_string_append(p.out, "  store: ");
		place(&p, fn->stores[i].target, 0);
		g_string_append(p.out, " = ");
		value(&p, fn->stores[i].value, 0);
		g_string_append_c(p.out, '\n');
	}
	fwrite(p.out->str, 1, p.out->len, out);
	g_string_free(p.out, TRUE);
}
