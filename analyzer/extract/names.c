/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names.c - files, lines and link names, as ir.h defines them.
 */
#include <ctype.h>
#include <string.h>
#include "tu.h"

char *sd_take(CXString s)
{
	const char *p = clang_getCString(s);
	char *r = g_strdup(p ? p : "");

	clang_disposeString(s);
	return r;
}

sd_sym sd_take_sym(struct tu *tu, CXString s)
{
	sd_sym r = sd_intern(tu->syms, clang_getCString(s));

	clang_disposeString(s);
	return r;
}

static const char *below(const char *path, const char *root)
{
	size_t n = root ? strlen(root) : 0;

	while (n > 1 && root[n - 1] == '/')
		n--;
	if (!n || strncmp(path, root, n) || path[n] != '/')
		return NULL;
	return path + n + 1;
}

sd_sym sd_file_sym(struct tu *tu, CXFile f)
{
	gpointer known;
	char *name, *abs, *print = NULL;
	const char *rel;
	sd_sym s;

	if (!f)
		return 0;
	if (g_hash_table_lookup_extended(tu->files, f, NULL, &known))
		return GPOINTER_TO_UINT(known);
	name = sd_take(clang_getFileName(f));
	abs = g_canonicalize_filename(name, tu->in->directory ? tu->in->directory : "/");
	/* An object tree inside the source tree is the more exact name. */
	if ((rel = below(abs, tu->in->objroot)) && g_strcmp0(tu->in->objroot, tu->in->srcroot))
		print = g_strconcat("obj:", rel, NULL);
	else
		rel = below(abs, tu->in->srcroot);
	s = sd_intern(tu->syms, print ? print : rel ? rel : abs);
	g_hash_table_insert(tu->files, f, GUINT_TO_POINTER(s));
	g_free(print);
	g_free(abs);
	g_free(name);
	return s;
}

sd_sym sd_file_of(struct tu *tu, CXCursor c, unsigned *line, unsigned *offset)
{
	CXFile f;
	unsigned l, o;

	clang_getExpansionLocation(clang_getCursorLocation(c), &f, &l, NULL, &o);
	if (line)
		*line = l;
	if (offset)
		*offset = o;
	return sd_file_sym(tu, f);
}

int sd_line_of(CXCursor c)
{
	unsigned line;

	clang_getExpansionLocation(clang_getCursorLocation(c), NULL, &line, NULL, NULL);
	return (int)line;
}

/* Is @word in @text as a whole word? */
bool sd_has_word(const char *text, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= len; i++) {
		if (memcmp(text + i, word, n))
			continue;
		if (i && (isalnum((unsigned char)text[i - 1]) || text[i - 1] == '_'))
			continue;
		if (i + n < len && (isalnum((unsigned char)text[i + n]) || text[i + n] == '_'))
			continue;
		return true;
	}
	return false;
}

struct text { char *text; gsize size; };

static void text_free(gpointer p)
{
	struct text *t = p;

	g_free(t->text);
	g_free(t);
}

GHashTable *sd_texts_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, text_free);
}

/*
 * A file's content.  libclang has it too, but to find a file it looks through every file and
 * macro expansion of a precompiled header, and that took 5/6 of the extraction's time.
 * Headers that the process will meet again are kept with its cache.
 */
static const struct text *text_of(struct tu *tu, CXFile f)
{
	struct text *t = g_hash_table_lookup(tu->text_of, f);
	char *name, *path;
	GHashTable *texts;

	if (t)
		return t;
	name = sd_take(clang_getFileName(f));
	path = g_canonicalize_filename(name, tu->in->directory ? tu->in->directory : "/");
	texts = tu->kept_texts && sd_file_sym(tu, f) != tu->main_file ? tu->kept_texts : tu->texts;
	t = g_hash_table_lookup(texts, path);
	if (!t) {
		t = g_new0(struct text, 1);
		if (!g_file_get_contents(path, &t->text, &t->size, NULL))
			t->text = g_strdup("");
		g_hash_table_insert(texts, g_strdup(path), t);
	}
	g_hash_table_insert(tu->text_of, f, t);
	g_free(path);
	g_free(name);
	return t;
}

/* The source text from @at to the end of its file; of a macro, where it is expanded or spelled. */
const char *sd_text_at(struct tu *tu, CXSourceLocation at, bool spelling, size_t *left)
{
	const struct text *t;
	unsigned offset;
	CXFile f;

	if (spelling)
		clang_getSpellingLocation(at, &f, NULL, NULL, &offset);
	else
		clang_getExpansionLocation(at, &f, NULL, NULL, &offset);
	t = f ? text_of(tu, f) : NULL;
	if (!t || offset > t->size) {
		*left = 0;
		return "";
	}
	*left = t->size - offset;
	return t->text + offset;
}

/* Functions and variables of these files are extracted whether reached or not. */
bool sd_own_file(struct tu *tu, CXCursor decl)
{
	sd_sym f = sd_file_of(tu, decl, NULL, NULL);
	const char *name = sd_sym_str(tu->syms, f);

	return f == tu->main_file || g_str_has_suffix(name, ".c");
}

/*
 * Names that the kernel's headers paste together with __COUNTER__ (linux/compiler.h,
 * compiler_types.h): the number depends on everything that was read before, so it is no part
 * of the name.  Nobody else can call or use what is named so.
 */
void sd_strip_counters(char *text)
{
	static const char *const made[] = { "__UNIQUE_ID_", "__compiletime_assert_" };

	for (size_t i = 0; i < G_N_ELEMENTS(made); i++) {
		size_t from = strlen(made[i]);

		for (char *p = strstr(text, made[i]); p; p = strstr(p, made[i])) {
			char *end, *digits;

			p += from;
			for (end = p; isalnum((unsigned char)*end) || *end == '_'; end++)
				;
			for (digits = end; digits > p && isdigit((unsigned char)digits[-1]); digits--)
				;
			memmove(digits, end, strlen(end) + 1);
		}
	}
}

char *sd_name_of(CXCursor decl)
{
	char *name = sd_take(clang_getCursorSpelling(decl));

	if (name[0] == '_')
		sd_strip_counters(name);
	return name;
}

/* A static local's name carries its function's: two functions may use one name. */
sd_sym sd_link_name(struct tu *tu, CXCursor decl)
{
	char *name = sd_name_of(decl), *full;
	CXCursor parent = clang_getCursorSemanticParent(decl), def;
	sd_sym s;

	if (clang_getCursorLinkage(decl) != CXLinkage_Internal && clang_getCursorLinkage(decl) != CXLinkage_NoLinkage) {
		s = sd_intern(tu->syms, name);
		g_free(name);
		return s;
	}
	def = clang_getCursorDefinition(decl);
	if (clang_Cursor_isNull(def))
		def = clang_getCanonicalCursor(decl);
	full = g_strconcat(name, NULL);
	if (clang_getCursorKind(parent) == CXCursor_FunctionDecl) {
		char *fn = sd_take(clang_getCursorSpelling(parent));

		g_free(full);
		full = g_strconcat(name, "@", fn, NULL);
		g_free(fn);
	}
	g_free(name);
	name = g_strconcat(full, "@", sd_sym_str(tu->syms, sd_file_of(tu, def, NULL, NULL)), NULL);
	s = sd_intern(tu->syms, name);
	g_free(name);
	g_free(full);
	return s;
}
