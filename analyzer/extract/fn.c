/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fn.c - one function definition, or the TU's static initialisers, -> struct sd_fn.
 */
#include <string.h>
#include "fn.h"
#include "once.h"

static bool is_init_word(const char *p, size_t n)
{
	static const char *const words[] = { "__init", "__meminit", "__devinit", "__cpuinit", "__init_or_module", "__ref_init" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (sd_has_word(p, n, words[i]))
			return true;
	return false;
}

/* Section marks are attributes without a trace in libclang: the declaration's text has them. */
static uint32_t text_flags(struct tu *tu, CXCursor def, CXCursor body)
{
	CXSourceLocation start = clang_getRangeStart(clang_getCursorExtent(def));
	unsigned from, to;
	const char *text;
	size_t left;
	uint32_t f = 0;

	clang_getExpansionLocation(start, NULL, NULL, NULL, &from);
	clang_getExpansionLocation(clang_getRangeStart(clang_getCursorExtent(body)), NULL, NULL, NULL, &to);
	text = sd_text_at(tu, start, false, &left);
	left = to > from ? MIN(left, (size_t)(to - from)) : MIN(left, (size_t)120);
	if (is_init_word(text, left))
		f |= SD_F_INIT;
	if (sd_has_word(text, left, "__exit") || sd_has_word(text, left, "__devexit"))
		f |= SD_F_EXIT;
	if (sd_has_word(text, left, "__weak"))
		f |= SD_F_WEAK;
	return f;
}

static uint32_t flags_of(struct tu *tu, struct di *d, CXCursor body)
{
	uint32_t f = text_flags(tu, d->cur, body);

	if (d->is_static)
		f |= SD_F_STATIC;
	if (clang_Cursor_isFunctionInlined(d->cur))
		f |= SD_F_INLINE;
	if (clang_Cursor_isVariadic(d->cur))
		f |= SD_F_VARIADIC;
	if (d->noreturn)
		f |= SD_F_NORETURN;
	if (sd_file_of(tu, d->cur, NULL, NULL) != tu->main_file)
		f |= SD_F_HEADER;
	return f;
}

static struct sd_ir_param *add_params(struct low *l, CXCursor def, uint32_t *n)
{
	int count = clang_Cursor_getNumArguments(def);
	struct sd_ir_param *p;

	*n = count > 0 ? (uint32_t)count : 0;
	p = sd_arena_alloc(l->tu->tmp, (*n + 1) * sizeof(*p));
	for (uint32_t i = 0; i < *n; i++) {
		struct di *d = sd_di(l->tu, clang_Cursor_getArgument(def, i));
		uint32_t var = sd_local_var(l, d);
		struct low_var *v = &g_array_index(l->vars, struct low_var, var);

		v->param = (int32_t)i;
		p[i] = (struct sd_ir_param){ d->name, d->ti->type, d->ti->tkind };
		if (!v->is_memory)
			continue;
		/* A record passed by value: the parameter's value is stored into the local. */
		sd_low_add(l, (struct low_inst){
			.op = LO_STORE, .a = sd_lval_addr(l, sd_lval_var(l, var)), .tkind = d->ti->tkind, .line = sd_line_of(def),
			.b = sd_low_add(l, (struct low_inst){ .op = LO_READ, .num = var }) });
	}
	return p;
}

static bool body_of(CXCursor def, CXCursor *body)
{
	struct kids k;
	bool found = false;

	sd_kids_get(&k, def);
	for (unsigned i = k.n; i-- > 0 && !found;) {
		*body = k.c[i];
		found = clang_getCursorKind(*body) == CXCursor_CompoundStmt;
	}
	sd_kids_free(&k);
	return found;
}

struct sd_fn *sd_extract_fn(struct tu *tu, struct di *d)
{
	const struct ti *ret = sd_ti(tu, clang_getCursorResultType(d->cur));
	unsigned line, end;
	struct sd_ir_param *params;
	uint32_t nparams;
	struct sd_fn *fn;
	struct low *l;
	CXCursor body;

	if (!body_of(d->cur, &body))
		return NULL;
	l = sd_low_new(tu, d->name, sd_file_of(tu, d->cur, &line, NULL));
	l->ret = ret;
	params = add_params(l, d->cur, &nparams);
	sd_stmt(l, body);
	sd_asm_finish(l);
	fn = sd_ssa(l, tu->tmp);
	clang_getExpansionLocation(clang_getRangeEnd(clang_getCursorExtent(d->cur)), NULL, &end, NULL, NULL);
	fn->name = l->name;
	fn->file = l->file;
	fn->line = (int32_t)line;
	fn->end_line = (int32_t)end;
	fn->flags = flags_of(tu, d, body);
	fn->ret_type = ret->type;
	fn->ret_tkind = ret->tkind;
	fn->params = params;
	fn->nparams = nparams;
	sd_low_free(l);
	return fn;
}

static void note_var(struct tu *tu, CXCursor def, const struct sd_ir_gvar *g, bool is_plain)
{
	const struct sd_once_var v = {
		.name = (char *)sd_sym_str(tu->syms, g->name), .type = g->type ? (char *)sd_sym_str(tu->syms, g->type) : NULL,
		.line = g->line, .is_array = g->is_array, .is_static = g->is_static,
	};

	sd_once_var(tu->once, def, is_plain ? &v : NULL);
}

/* A global variable's definition: its initialiser's stores, and what record it holds. */
void sd_extract_var(struct tu *tu, struct di *d)
{
	const struct ti *t = d->ti;
	CXCursor init = clang_Cursor_getVarDeclInitializer(d->cur);
	struct low *l = tu->globals;
	struct lval to = { .ti = t };
	struct sd_ir_gvar g = { .name = d->name, .is_array = t->kind == TI_ARRAY, .is_static = d->is_static };
	unsigned line;

	sd_file_of(tu, d->cur, &line, NULL);
	g.line = (int32_t)line;
	while (t->kind == TI_ARRAY)
		t = sd_ti_elem(tu, t);
	if (t->kind == TI_RECORD) {
		g.type = t->type;
		g_array_append_val(tu->gvar_list, g);
	}
	note_var(tu, d->cur, &g, clang_Cursor_isNull(init));
	if (clang_Cursor_isNull(init))
		return;
	to.addr = sd_low_add(l, (struct low_inst){
		.op = LO_GLOBAL, .sym = d->name, .tkind = SD_T_PTR,
		.type = d->ti->kind == TI_RECORD || d->ti->kind == TI_ARRAY ? d->ti->type : 0 });
	sd_init(l, to, init);
}

struct sd_fn *sd_extract_globals(struct tu *tu)
{
	struct sd_fn *fn = sd_ssa(tu->globals, tu->tmp);

	fn->name = tu->globals->name;
	fn->file = tu->main_file;
	fn->line = 1;
	fn->end_line = 1;
	fn->flags = SD_F_STATIC | SD_F_GLOBALS;
	fn->ngvars = tu->gvar_list->len;
	fn->gvars = (struct sd_ir_gvar *)tu->gvar_list->data;
	return fn;
}
