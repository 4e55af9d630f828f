/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tu.h - private to extract/: one parsed translation unit and what is remembered about its
 * declarations and types.
 *
 * Both caches are keyed by a pointer inside libclang's handle (Decl, QualType): the same
 * entity gives the same pointer for as long as the translation unit lives.
 */
#ifndef SD_EXTRACT_TU_H
#define SD_EXTRACT_TU_H

#include <clang-c/Index.h>
#include <glib.h>
#include "extract.h"

/* Child cursors of one cursor, one level deep. */
struct kids {
	CXCursor *c;
	unsigned n, cap;
	CXCursor few[6];
};
void sd_kids_get(struct kids *k, CXCursor of);
void sd_kids_free(struct kids *k);

enum ti_kind { TI_OTHER, TI_VOID, TI_INT, TI_PTR, TI_FNPTR, TI_RECORD, TI_ARRAY, TI_FUNC };

/* A type, as much as anybody asks. */
struct ti {
	uint8_t kind, tkind;            /* enum ti_kind, enum sd_type_kind of a value of this type */
	uint8_t bits;                   /* of an integer */
	bool is_unsigned, is_const;     /* is_const: qualified so at the top */
	bool is_union;
	int8_t has_ptr;                 /* -1 not asked yet: does it hold a pointer anywhere */
	sd_sym type;                    /* as sd_val.type; of an array: its element's record */
	CXType ct;
	const struct ti *elem;          /* pointee or element; NULL not asked yet */
	CXCursor *fields;               /* FieldDecls of a record, in order; NULL not asked yet */
	unsigned nfields;
};

enum di_kind { DI_OTHER, DI_FUNC, DI_GLOBAL, DI_LOCAL, DI_ENUM, DI_FIELD };

enum builtin {
	B_NONE, B_EXPECT, B_CONSTANT_P, B_UNREACHABLE, B_OBJECT_SIZE, B_OTHER
};

/* A declaration. */
struct di {
	uint8_t kind, builtin, pure;    /* pure: see pure.c */
	bool noreturn, reached, is_static, anonymous;
	bool shared;                    /* DI_FIELD: an integer that shares its bytes with other members of a union */
	sd_sym name;                    /* link name, or the plain name of a local or field */
	sd_sym rec;                     /* DI_FIELD: nearest named record around it */
	int64_t num;                    /* DI_ENUM */
	const struct ti *ti;
	CXCursor cur;
	struct di *def;                 /* reached: its definition; NULL none */
	bool taken;                     /* reached: it came out of the cache, see once.h */
	uint32_t fn_serial, var;        /* DI_LOCAL: its number in function fn_serial */
};

struct low;

struct tu {
	const struct sd_extract_in *in;
	struct sd_arena *arena;         /* the caller's: results */
	struct sd_arena *tmp;           /* dropped at the end of the TU */
	struct sd_strtab *syms;
	CXTranslationUnit cx;
	GHashTable *types, *decls;      /* QualType -> struct ti *, Decl -> struct di * */
	GHashTable *files;              /* CXFile -> sd_sym */
	GHashTable *text_of;            /* CXFile -> struct text *, of one of the next two */
	GHashTable *texts, *kept_texts; /* path -> struct text *: this TU's; the cache's or NULL */
	GHashTable *by_name;            /* function name -> CXCursor * of a declaration; NULL until asked */
	GHashTable *statics;            /* name of a static local -> how many of its function have it */
	GPtrArray *work;                /* struct di * of functions to extract, grows while walked */
	GPtrArray *gvars;               /* struct di * of global variables to extract, likewise */
	GArray *fns;                    /* struct found_fn */
	struct low *globals;            /* the pseudo function of static initialisers */
	GArray *gvar_list;              /* struct sd_ir_gvar */
	sd_sym main_file;
	struct sd_once_tu *once;        /* NULL without a cache */
	uint32_t fn_serial;
	bool missed;                    /* a cleanup function was looked for in vain */
};

/* type.c */
const struct ti *sd_ti(struct tu *tu, CXType t);
const struct ti *sd_ti_cursor(struct tu *tu, CXCursor c);
const struct ti *sd_ti_elem(struct tu *tu, const struct ti *t);
bool sd_ti_has_ptr(struct tu *tu, const struct ti *t);
void sd_ti_fields(struct tu *tu, const struct ti *t);
int64_t sd_ti_wrap(const struct ti *t, int64_t v);
struct di *sd_di(struct tu *tu, CXCursor decl);
sd_sym sd_record_name(struct tu *tu, CXCursor record);

/* names.c */
sd_sym sd_file_of(struct tu *tu, CXCursor c, unsigned *line, unsigned *offset);
sd_sym sd_file_sym(struct tu *tu, CXFile f);
int sd_line_of(CXCursor c);
char *sd_take(CXString s);              /* g_free() it */
sd_sym sd_take_sym(struct tu *tu, CXString s);
bool sd_has_word(const char *text, size_t len, const char *word);
GHashTable *sd_texts_new(void);
const char *sd_text_at(struct tu *tu, CXSourceLocation at, bool spelling, size_t *left);
bool sd_own_file(struct tu *tu, CXCursor decl);         /* main file, or included for its functions */
void sd_strip_counters(char *text);     /* takes the numbers of __COUNTER__ out of names in @text */
char *sd_name_of(CXCursor decl);        /* its spelling, without counters; g_free() it */
sd_sym sd_link_name(struct tu *tu, CXCursor decl);

/* tu.c */
void sd_reach(struct tu *tu, struct di *d);             /* extract it too, if it is defined here */
void sd_reach_static(struct tu *tu, struct di *d);      /* a static local */
struct di *sd_find_function(struct tu *tu, const char *name);
bool sd_eval_int(CXCursor c, int64_t *out);
/* What libclang is called with for @in; g_ptr_array_free() it. */
GPtrArray *sd_arguments(const struct sd_extract_in *in, const char *main_path);
/* The precompiled header among the arguments; NULL none. */
const char *sd_pch_of(const struct sd_extract_in *in);
/* Absolute paths of the files that @cx read: @main_path first, then sorted. */
void sd_give_deps(const struct sd_extract_in *in, CXTranslationUnit cx, const char *main_path, struct sd_arena *arena,
		  const char ***deps, size_t *ndeps);

#endif
