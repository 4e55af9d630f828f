/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * type.c - types and declarations, looked at once each.
 */
#include <string.h>
#include "tu.h"

static void integer_type(struct ti *ti, CXType canon)
{
	long long size = clang_Type_getSizeOf(canon);

	ti->kind = TI_INT;
	ti->tkind = SD_T_INT;
	ti->bits = size > 0 && size <= 8 ? (uint8_t)(size * 8) : 64;
	ti->is_unsigned = canon.kind == CXType_Enum || (canon.kind >= CXType_Bool && canon.kind <= CXType_UInt128);
	if (canon.kind == CXType_Bool)
		ti->bits = 1;
}

static void pointer_type(struct tu *tu, struct ti *ti, CXType canon)
{
	const struct ti *to = sd_ti(tu, clang_getPointeeType(canon));

	ti->elem = to;
	ti->kind = to->kind == TI_FUNC ? TI_FNPTR : TI_PTR;
	ti->tkind = to->kind == TI_FUNC ? SD_T_FNPTR : SD_T_PTR;
	if (to->kind == TI_RECORD)
		ti->type = to->type;
}

static void array_type(struct tu *tu, struct ti *ti, CXType canon)
{
	ti->elem = sd_ti(tu, clang_getArrayElementType(canon));
	ti->kind = TI_ARRAY;
	ti->tkind = SD_T_PTR;
	ti->type = ti->elem->type;
	if (ti->elem->kind == TI_PTR || ti->elem->kind == TI_FNPTR)
		ti->type = 0;
}

/* Headers of directories that everybody includes from: a tag is defined once in them. */
static bool is_public(const char *file)
{
	return g_str_has_prefix(file, "include/") || strstr(file, "/include/") || g_str_has_prefix(file, "obj:") || file[0] == '/';
}

/*
 * A record's name in the IR: another file's record of the same tag is another one, so where the tag is no public one the file is part
 * of it.  Where no definition is to be seen it is the tag.
 */
static sd_sym record_sym(struct tu *tu, const char *tag, CXCursor decl)
{
	CXCursor def = *tag ? clang_getCursorDefinition(decl) : clang_getNullCursor();
	const char *file = clang_Cursor_isNull(def) ? "" : sd_sym_str(tu->syms, sd_file_of(tu, def, NULL, NULL));
	char *full;
	sd_sym s;

	if (!*file || is_public(file))
		return sd_intern(tu->syms, tag);
	full = g_strconcat(tag, "@", file, NULL);
	s = sd_intern(tu->syms, full);
	g_free(full);
	return s;
}

static void record_type(struct tu *tu, struct ti *ti, CXType canon)
{
	CXCursor decl = clang_getTypeDeclaration(canon);
	char *name = sd_take(clang_getCursorSpelling(decl));

	ti->kind = TI_RECORD;
	ti->tkind = SD_T_RECORD;
	ti->is_union = clang_getCursorKind(decl) == CXCursor_UnionDecl;
	if (!strchr(name, '('))
		ti->type = record_sym(tu, name, decl);
	g_free(name);
}

static void classify(struct tu *tu, struct ti *ti, CXType canon)
{
	switch (canon.kind) {
	case CXType_Void:
		ti->kind = TI_VOID;
		break;
	case CXType_Enum:
		integer_type(ti, canon);
		break;
	case CXType_Pointer:
		pointer_type(tu, ti, canon);
		break;
	case CXType_Record:
		record_type(tu, ti, canon);
		break;
	case CXType_ConstantArray:
	case CXType_IncompleteArray:
	case CXType_VariableArray:
		array_type(tu, ti, canon);
		break;
	case CXType_FunctionProto:
	case CXType_FunctionNoProto:
		ti->kind = TI_FUNC;
		ti->tkind = SD_T_FNPTR;
		break;
	default:
		if (canon.kind >= CXType_Bool && canon.kind <= CXType_Int128)
			integer_type(ti, canon);
	}
}

const struct ti *sd_ti(struct tu *tu, CXType t)
{
	struct ti *ti = g_hash_table_lookup(tu->types, t.data[0]);
	CXType canon;

	if (ti)
		return ti;
	ti = sd_arena_alloc(tu->tmp, sizeof(*ti));
	g_hash_table_insert(tu->types, t.data[0], ti);
	canon = clang_getCanonicalType(t);
	if (canon.kind == CXType_Atomic)
		canon = clang_getCanonicalType(clang_Type_getValueType(canon));
	ti->ct = canon;
	ti->has_ptr = -1;
	ti->is_const = clang_isConstQualifiedType(canon);
	classify(tu, ti, canon);
	return ti;
}

const struct ti *sd_ti_cursor(struct tu *tu, CXCursor c)
{
	return sd_ti(tu, clang_getCursorType(c));
}

const struct ti *sd_ti_elem(struct tu *tu, const struct ti *t)
{
	CXType none = { CXType_Invalid, { NULL, NULL } };

	return t->elem ? t->elem : sd_ti(tu, none);
}

struct fields { GArray *a; };

static enum CXVisitorResult add_field(CXCursor c, CXClientData data)
{
	g_array_append_val(((struct fields *)data)->a, c);
	return CXVisit_Continue;
}

void sd_ti_fields(struct tu *tu, const struct ti *t)
{
	struct ti *w = (struct ti *)t;          /* a cache: the type itself does not change */
	struct fields f;

	if (t->fields || t->kind != TI_RECORD)
		return;
	f.a = g_array_new(FALSE, FALSE, sizeof(CXCursor));
	clang_Type_visitFields(t->ct, add_field, &f);
	w->nfields = f.a->len;
	w->fields = sd_arena_alloc(tu->tmp, (f.a->len + 1) * sizeof(CXCursor));
	if (f.a->len)
		memcpy(w->fields, f.a->data, f.a->len * sizeof(CXCursor));
	g_array_free(f.a, TRUE);
}

bool sd_ti_has_ptr(struct tu *tu, const struct ti *t)
{
	struct ti *w = (struct ti *)t;

	if (t->has_ptr >= 0)
		return t->has_ptr;
	w->has_ptr = t->kind == TI_PTR || t->kind == TI_FNPTR;
	if (t->kind == TI_ARRAY)
		w->has_ptr = sd_ti_has_ptr(tu, t->elem);
	sd_ti_fields(tu, t);
	for (unsigned i = 0; i < t->nfields && !w->has_ptr; i++)
		w->has_ptr = sd_ti_has_ptr(tu, sd_ti_cursor(tu, t->fields[i]));
	return w->has_ptr;
}

/* What an integer of this type holds after @v was assigned to it. */
int64_t sd_ti_wrap(const struct ti *t, int64_t v)
{
	if (t->kind != TI_INT || t->bits >= 64)
		return v;
	if (t->bits == 1)
		return v != 0;
	v &= ((int64_t)1 << t->bits) - 1;
	if (!t->is_unsigned && (v >> (t->bits - 1)) & 1)
		v -= (int64_t)1 << t->bits;
	return v;
}

/* The record's own name, or that of the nearest named record around it. */
sd_sym sd_record_name(struct tu *tu, CXCursor record)
{
	for (;;) {
		enum CXCursorKind kind = clang_getCursorKind(record);
		char *name;

		if (kind != CXCursor_StructDecl && kind != CXCursor_UnionDecl)
			return 0;
		name = sd_take(clang_getCursorSpelling(record));
		if (!strchr(name, '(') && *name) {
			sd_sym s = record_sym(tu, name, record);

			g_free(name);
			return s;
		}
		g_free(name);
		record = clang_getCursorSemanticParent(record);
	}
}

static enum builtin builtin_kind(const char *name)
{
	static const struct { const char *name; enum builtin b; } known[] = {
		{ "__builtin_expect", B_EXPECT },
		{ "__builtin_expect_with_probability", B_EXPECT },
		{ "__builtin_constant_p", B_CONSTANT_P },
		{ "__builtin_unreachable", B_UNREACHABLE },
		{ "__builtin_trap", B_UNREACHABLE },
		{ "__builtin_object_size", B_OBJECT_SIZE },
		{ "__builtin_dynamic_object_size", B_OBJECT_SIZE },
	};

	if (!g_str_has_prefix(name, "__builtin_"))
		return B_NONE;
	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if (!strcmp(name, known[i].name))
			return known[i].b;
	return B_OTHER;
}

/*
 * __attribute__((error("..."))): code that calls it does not compile, so what compiles never does.  A build-time assertion
 * that we cannot evaluate would end each path that comes to it (linux/compiler_attributes.h).
 */
static bool is_build_error(CXCursor decl)
{
	char *text = sd_take(clang_getCursorPrettyPrinted(decl, NULL));
	bool yes = strstr(text, "error(\"") != NULL;

	g_free(text);
	return yes;
}

static void function_decl(struct tu *tu, struct di *d)
{
	char *type = sd_take(clang_getTypeSpelling(clang_getCursorType(d->cur)));
	char *name = sd_take(clang_getCursorSpelling(d->cur));

	d->kind = DI_FUNC;
	d->noreturn = strstr(type, "noreturn") != NULL && !is_build_error(d->cur);
	d->builtin = (uint8_t)builtin_kind(name);
	d->name = sd_link_name(tu, d->cur);
	d->is_static = clang_getCursorLinkage(d->cur) == CXLinkage_Internal;
	g_free(type);
	g_free(name);
}

/* A macro's own static variable (a lock's class key) appears once for each of its uses: each is a variable of its own. */
static sd_sym told_apart(struct tu *tu, sd_sym name)
{
	unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(tu->statics, GUINT_TO_POINTER(name))) + 1;
	const char *text = sd_sym_str(tu->syms, name);
	char *numbered;
	sd_sym s;

	g_hash_table_insert(tu->statics, GUINT_TO_POINTER(name), GUINT_TO_POINTER(n));
	if (n == 1)
		return name;
	numbered = g_strdup_printf("%.*s.%u%s", (int)strcspn(text, "@"), text, n, text + strcspn(text, "@"));
	s = sd_intern(tu->syms, numbered);
	g_free(numbered);
	return s;
}

static void variable_decl(struct tu *tu, struct di *d)
{
	d->ti = sd_ti_cursor(tu, d->cur);
	if (clang_getCursorKind(d->cur) == CXCursor_VarDecl && clang_Cursor_hasVarDeclGlobalStorage(d->cur) == 1) {
		d->kind = DI_GLOBAL;
		d->name = sd_link_name(tu, d->cur);
		d->is_static = clang_Cursor_getStorageClass(d->cur) == CX_SC_Static;
		if (d->is_static && clang_getCursorKind(clang_getCursorSemanticParent(d->cur)) == CXCursor_FunctionDecl)
			d->name = told_apart(tu, d->name);
		return;
	}
	d->kind = DI_LOCAL;
	char *name = sd_name_of(d->cur);

	d->name = sd_intern(tu->syms, name);
	g_free(name);
}

/* In a union, or in an anonymous record in one. */
static bool in_union(CXCursor field)
{
	CXCursor record = clang_getCursorSemanticParent(field);

	while (clang_getCursorKind(record) == CXCursor_StructDecl && clang_Cursor_isAnonymousRecordDecl(record))
		record = clang_getCursorSemanticParent(record);
	return clang_getCursorKind(record) == CXCursor_UnionDecl;
}

static void field_decl(struct tu *tu, struct di *d)
{
	char *name = sd_take(clang_getCursorSpelling(d->cur));

	d->kind = DI_FIELD;
	d->anonymous = !*name || strchr(name, '(');
	d->name = d->anonymous ? 0 : sd_intern(tu->syms, name);
	d->ti = sd_ti_cursor(tu, d->cur);
	d->rec = sd_record_name(tu, clang_getCursorSemanticParent(d->cur));
	d->shared = d->ti->kind == TI_INT && in_union(d->cur);
	g_free(name);
}

struct di *sd_di(struct tu *tu, CXCursor decl)
{
	struct di *d = g_hash_table_lookup(tu->decls, decl.data[0]);

	if (d)
		return d;
	d = sd_arena_alloc(tu->tmp, sizeof(*d));
	d->cur = decl;
	g_hash_table_insert(tu->decls, (void *)decl.data[0], d);
	switch (clang_getCursorKind(decl)) {
	case CXCursor_FunctionDecl:
		function_decl(tu, d);
		break;
	case CXCursor_VarDecl:
	case CXCursor_ParmDecl:
		variable_decl(tu, d);
		break;
	case CXCursor_FieldDecl:
		field_decl(tu, d);
		break;
	case CXCursor_EnumConstantDecl:
		d->kind = DI_ENUM;
		d->num = clang_getEnumConstantDeclValue(decl);
		break;
	default:
		break;
	}
	return d;
}
