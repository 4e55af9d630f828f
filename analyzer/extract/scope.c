/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scope.c - __attribute__((cleanup(f))): f(&var) on every way out of the variable's scope.
 *
 * libclang shows such an attribute without the function's name.  A guard's variable has type
 * class_NAME_t and is ended by class_NAME_destructor (include/linux/cleanup.h); of other
 * variables the attribute's source text tells the name.
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

/* "__free(kfree) ..." -> word "__free", argument "kfree". */
static char *word_arg(const char *p, size_t left, char **word)
{
	const char *end = p + left, *w = p, *a;

	while (p < end && (isalnum((unsigned char)*p) || *p == '_'))
		p++;
	*word = g_strndup(w, (gsize)(p - w));
	while (p < end && (*p == '(' || isspace((unsigned char)*p)))
		p++;
	a = p;
	while (p < end && (isalnum((unsigned char)*p) || *p == '_'))
		p++;
	return g_strndup(a, (gsize)(p - a));
}

static char *class_destructor(CXCursor decl)
{
	char *type = sd_take(clang_getTypeSpelling(clang_getCursorType(decl))), *r = NULL;

	if (g_str_has_prefix(type, "class_") && g_str_has_suffix(type, "_t"))
		r = g_strdup_printf("%.*s_destructor", (int)strlen(type) - 2, type);
	g_free(type);
	return r;
}

static char *cleanup_name(struct tu *tu, CXCursor decl, CXCursor attr)
{
	char *name = class_destructor(decl), *word, *arg;
	const char *p;
	size_t left;

	if (name)
		return name;
	p = sd_text_at(tu, clang_getCursorLocation(attr), false, &left);
	arg = word_arg(p, left, &word);
	if (strstr(word, "cleanup"))
		name = g_strdup(arg);
	else if (!strcmp(word, "__free"))
		name = g_strconcat("__free_", arg, NULL);
	g_free(word);
	g_free(arg);
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
			name = cleanup_name(l->tu, decl, k.c[i]);
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
