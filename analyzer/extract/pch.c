/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pch.c - builds a precompiled header, and says which lines of its source do not compile.
 */
#include <string.h>
#include "pch.h"
#include "tu.h"

struct build {
	const struct sd_extract_in *in;
	struct sd_arena *arena;
	CXTranslationUnit cx;
	CXFile main;
	GHashTable *line_of;            /* CXFile -> line of the main file that brought it in first */
	GArray *bad;                    /* unsigned */
};

/* @stack is innermost first: its last location but one lies in what the main file includes. */
static void note_line(CXFile f, CXSourceLocation *stack, unsigned depth, CXClientData data)
{
	struct build *b = data;

	for (unsigned i = 0; i < depth; i++) {
		unsigned line;
		CXFile at;

		clang_getExpansionLocation(stack[i], &at, &line, NULL, NULL);
		if (at && clang_File_isEqual(at, b->main) && !g_hash_table_contains(b->line_of, f))
			g_hash_table_insert(b->line_of, f, GUINT_TO_POINTER(line));
	}
}

static gint unsigned_order(gconstpointer a, gconstpointer b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return x < y ? -1 : x > y;
}

static void add_bad(struct build *b, unsigned line)
{
	for (guint i = 0; i < b->bad->len; i++)
		if (g_array_index(b->bad, unsigned, i) == line)
			return;
	g_array_append_val(b->bad, line);
}

static void add_bad_place(struct build *b, CXDiagnostic d)
{
	unsigned line;
	CXFile f;

	clang_getExpansionLocation(clang_getDiagnosticLocation(d), &f, &line, NULL, NULL);
	if (f && !clang_File_isEqual(f, b->main))
		line = GPOINTER_TO_UINT(g_hash_table_lookup(b->line_of, f));
	if (f && line)
		add_bad(b, line);
}

static void give_bad(struct build *b, struct sd_pch_out *out)
{
	g_array_sort(b->bad, unsigned_order);
	out->nbad = b->bad->len;
	out->bad = sd_arena_alloc(b->arena, (out->nbad + 1) * sizeof(*out->bad));
	if (out->nbad)
		memcpy((void *)out->bad, b->bad->data, out->nbad * sizeof(*out->bad));
}

static void find_errors(struct build *b, struct sd_pch_out *out)
{
	unsigned n = clang_getNumDiagnostics(b->cx);

	for (unsigned i = 0; i < n; i++) {
		CXDiagnostic d = clang_getDiagnostic(b->cx, i);

		if (clang_getDiagnosticSeverity(d) >= CXDiagnostic_Error) {
			char *text = sd_take(clang_formatDiagnostic(d, CXDiagnostic_DisplaySourceLocation));

			if (!out->reason)
				out->reason = sd_arena_strdup(b->arena, text);
			g_free(text);
			add_bad_place(b, d);
		}
		clang_disposeDiagnostic(d);
	}
	give_bad(b, out);
}

/* A header with a function for linkers: who includes it defines that, which a TU's walk must see. */
static void refuse_external(struct build *b, CXCursor c)
{
	unsigned line;
	CXFile f;

	if (!clang_isCursorDefinition(c) || clang_Cursor_isFunctionInlined(c))
		return;
	clang_getExpansionLocation(clang_getCursorLocation(c), &f, NULL, NULL, NULL);
	line = f ? GPOINTER_TO_UINT(g_hash_table_lookup(b->line_of, f)) : 0;
	if (line)
		add_bad(b, line);
}

struct found { struct build *b; GPtrArray *names; };

/* As scope.c makes them of a class_X_t variable and of __free(X). */
static enum CXChildVisitResult find_cleanup(CXCursor c, CXCursor parent, CXClientData data)
{
	GPtrArray *names = ((struct found *)data)->names;
	enum CXLinkageKind linkage;
	char *name;

	(void)parent;
	if (clang_getCursorKind(c) != CXCursor_FunctionDecl)
		return CXChildVisit_Continue;
	linkage = clang_getCursorLinkage(c);
	if (linkage == CXLinkage_External)
		refuse_external(((struct found *)data)->b, c);
	if (linkage != CXLinkage_Internal)
		return CXChildVisit_Continue;
	name = sd_take(clang_getCursorSpelling(c));
	if (g_str_has_prefix(name, "__free_") || (g_str_has_prefix(name, "class_") && g_str_has_suffix(name, "_destructor")))
		g_ptr_array_add(names, name);
	else
		g_free(name);
	return CXChildVisit_Continue;
}

static gint name_order(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list_cleanups(struct build *b, struct sd_pch_out *out)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	clang_visitChildren(clang_getTranslationUnitCursor(b->cx), find_cleanup, &(struct found){ b, names });
	give_bad(b, out);
	if (out->nbad)
		out->reason = "functions that are defined in a header";
	g_ptr_array_sort(names, name_order);
	out->cleanups = sd_arena_alloc(b->arena, (names->len + 1) * sizeof(*out->cleanups));
	for (guint i = 0; i < names->len; i++)
		if (!i || strcmp(names->pdata[i], names->pdata[i - 1]))
			out->cleanups[out->ncleanups++] = sd_arena_strdup(b->arena, names->pdata[i]);
	g_ptr_array_free(names, TRUE);
}

static void save(struct build *b, const char *path, struct sd_pch_out *out)
{
	static const char *const why[] = { NULL, "it cannot be written", "it has errors", "libclang gave no unit" };
	int e = clang_saveTranslationUnit(b->cx, path, CXSaveTranslationUnit_None);

	if (e)
		out->reason = sd_arena_printf(b->arena, "%s: %s", path, why[MIN(e, 3)]);
}

static void build(struct build *b, const char *main_path, const char *path, struct sd_pch_out *out)
{
	GPtrArray *args = sd_arguments(b->in, main_path);
	CXIndex index = clang_createIndex(sd_pch_of(b->in) != NULL, 0);         /* what it builds on has been walked */
	enum CXErrorCode e;

	/* else calls of what is not declared are no errors in a system header */
	g_ptr_array_insert(args, 1, g_strdup("-Wsystem-headers"));
	e = clang_parseTranslationUnit2FullArgv(
		index, NULL, (const char *const *)args->pdata, (int)args->len, NULL, 0,
		CXTranslationUnit_Incomplete | CXTranslationUnit_ForSerialization, &b->cx);

	if (e) {
		out->reason = "libclang could not parse the header";
	} else {
		b->main = clang_getFile(b->cx, main_path);
		clang_getInclusions(b->cx, note_line, b);
		find_errors(b, out);
		sd_give_deps(b->in, b->cx, main_path, b->arena, &out->deps, &out->ndeps);
		if (!out->reason) {
			list_cleanups(b, out);
			if (!out->reason)
				save(b, path, out);
		}
		clang_disposeTranslationUnit(b->cx);
	}
	clang_disposeIndex(index);
	g_ptr_array_free(args, TRUE);
}

int sd_pch_build(const struct sd_extract_in *in, const char *path, struct sd_arena *arena, struct sd_pch_out *out)
{
	char *main_path = g_canonicalize_filename(in->file, in->directory ? in->directory : "/");
	struct build b = { .in = in, .arena = arena };

	memset(out, 0, sizeof(*out));
	b.line_of = g_hash_table_new(NULL, NULL);
	b.bad = g_array_new(FALSE, FALSE, sizeof(unsigned));
	build(&b, main_path, path, out);
	g_hash_table_destroy(b.line_of);
	g_array_free(b.bad, TRUE);
	g_free(main_path);
	return out->reason ? -1 : 0;
}
