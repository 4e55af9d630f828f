/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scope.c - __attribute__((cleanup(f))): f(&var) on every way out of the variable's scope.
 *
 * libclang shows such an attribute without the function's name; the declaration as clang prints it tells.
 */
#include <ctype.h>
#include <string.h>
#include "low.h"

void sd_scope_open(struct low *l, CXCursor stmt)
{
	CXSourceRange r = clang_getCursorExtent(stmt);
	struct scope s;

	clang_getExpansionLocation(clang_getRangeStart(r), NULL, NULL, NULL, &s.start);
	clang_getExpansionLocation(clang_getRangeEnd(r), NULL, NULL, NULL, &s.end);
	g_array_append_val(l->scopes, s);
}

static void cleanup_call(struct low *l, const struct scope_cleanup *c, int line)
{
	struct low_arg arg = { 0 };
	uint32_t first;

	arg.inst = sd_lval_addr(l, sd_lval_var(l, c->var));
	first = l->args->len;
	g_array_append_val(l->args, arg);
	if (c->fn)
		sd_reach(l->tu, c->fn);
	sd_low_add(l, (struct low_inst){
		.op = LO_CALL, .sym = c->name, .num = first, .b = 1, .line = line, .flags = SD_EF_CLEANUP });
}

void sd_scope_leave(struct low *l, guint keep, int line)
{
	for (guint i = l->cleanups->len; i-- > 0;) {
		struct scope_cleanup c = g_array_index(l->cleanups, struct scope_cleanup, i);

		if (c.scope < keep)
			break;
		cleanup_call(l, &c, line);
	}
}

void sd_scope_close(struct low *l, CXCursor stmt)
{
	guint me = l->scopes->len - 1;

	if (l->cleanups->len && g_array_index(l->cleanups, struct scope_cleanup, l->cleanups->len - 1).scope >= me) {
		unsigned line;

		clang_getExpansionLocation(clang_getRangeEnd(clang_getCursorExtent(stmt)), NULL, &line, NULL, NULL);
		sd_scope_leave(l, me, (int)line);
	}
	while (l->cleanups->len && g_array_index(l->cleanups, struct scope_cleanup, l->cleanups->len - 1).scope >= me)
		g_array_set_size(l->cleanups, l->cleanups->len - 1);
	g_array_set_size(l->scopes, me);
}

/* A goto leaves every scope that does not hold its label. */
void sd_scope_goto(struct low *l, CXCursor label, int line)
{
	guint keep = l->scopes->len;
	unsigned at;

	if (!l->cleanups->len)
		return;
	clang_getExpansionLocation(clang_getCursorLocation(label), NULL, NULL, NULL, &at);
	while (keep > 0) {
		struct scope *s = &g_array_index(l->scopes, struct scope, keep - 1);

		if (at >= s->start && at < s->end)
			break;
		keep--;
	}
	sd_scope_leave(l, keep, line);
}

static bool is_cleanup_attr(struct tu *tu, CXCursor attr)
{
	size_t left;
	const char *p = sd_text_at(tu, clang_getCursorLocation(attr), true, &left);

	return (left > 7 && !memcmp(p, "cleanup", 7)) || (left > 9 && !memcmp(p, "__cleanup", 9));
}

/* What clang itself prints of the declaration has the name, whatever macros the attribute went through. */
static char *cleanup_name(CXCursor decl)
{
	static const char attr[] = "cleanup(";
	CXPrintingPolicy policy = clang_getCursorPrintingPolicy(decl);
	char *text, *at, *name = NULL;
	size_t n = 0;

	clang_PrintingPolicy_setProperty(policy, CXPrintingPolicy_SuppressInitializers, 1);
	text = sd_take(clang_getCursorPrettyPrinted(decl, policy));
	clang_PrintingPolicy_dispose(policy);
	at = strstr(text, attr);
	if (at) {
		at += strlen(attr);
		while (isalnum((unsigned char)at[n]) || at[n] == '_')
			n++;
		name = g_strndup(at, n);
	}
	g_free(text);
	return name;
}

void sd_scope_var(struct low *l, CXCursor decl, uint32_t var)
{
	struct scope_cleanup c = { .var = var, .scope = l->scopes->len - 1 };
	char *name = NULL;
	struct kids k;

	if (!l->scopes->len || !clang_Cursor_hasAttrs(decl))
		return;
	sd_kids_get(&k, decl);
	for (unsigned i = 0; i < k.n && !name; i++)
		if (clang_isAttribute(clang_getCursorKind(k.c[i])) && is_cleanup_attr(l->tu, k.c[i]))
			name = cleanup_name(decl);
	sd_kids_free(&k);
	if (!name || !*name) {
		g_free(name);
		return;
	}
	c.fn = sd_find_function(l->tu, name);
	c.name = c.fn ? c.fn->name : sd_intern(l->tu->syms, name);
	g_array_append_val(l->cleanups, c);
	g_free(name);
}
