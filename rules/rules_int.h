/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules_int.h - what the files of this folder share; nobody else includes it.
 *
 * A rules file goes lex.c (lines to tokens) -> row.c (tokens to one row, key by key; value.c
 * reads the values) -> load.c (rows of all files, overrides) -> check.c (rows against each
 * other) -> lookup.c (rows by name).  table.c holds the words and finds the nearest.
 */
#ifndef SD_RULES_INT_H
#define SD_RULES_INT_H

#include <glib.h>
#include <stdio.h>
#include "rules.h"

/* Tables, made of the .def files */

enum rule_key {
#define KEY(id, text, words, form) KEY_##id,
#define W(id) 0
#include "keys.def"
#undef KEY
#undef W
	KEYS
};

enum value_group { G_MODE, G_CONTEXT, G_TRI, G_FLIP, G_WAIT, G_TEST, G_TYPE, VALUE_GROUPS };

/* Kinds of names, a mask. */
enum name_kind {
	N_FUNC = 1,             /* foo, foo_* */
	N_MEMBER = 2,           /* record::member, record::* */
	N_MARK = 4,             /* @init, @exit */
	N_CLASS = 8,            /* record.member, or a global lock */
	N_PROTO = 16,           /* void(record*): functions of that type */
};

struct word_info { const char *text; unsigned names; uint32_t need; };
struct key_info { const char *text; uint32_t words; bool bare; };

const struct word_info *word_info(enum sd_rule_word w);
const struct key_info *key_info(enum rule_key k);
/* Each returns the table's index (find_value: the value), or -1. */
int find_word(const char *text);
int find_key(const char *text);
int find_value(enum value_group g, const char *text);
/* The table's own spelling of @text, which is in group @g: lives as long as the program. */
const char *value_text(enum value_group g, const char *text);
/* "did you mean 'acquire'?", or "one of a, b, c" when nothing is near.  Free the results. */
char *suggest_word(const char *text);
char *suggest_key(const char *text, enum sd_rule_word w);
char *suggest_value(enum value_group g, const char *text);

/* Errors: one line each, counted */

struct rule_errors { FILE *out; int count; };
void rule_error(struct rule_errors *e, const char *file, int line, const char *fmt, ...) G_GNUC_PRINTF(4, 5);

/* Lines */

struct rule_line {
	int line;               /* from 1 */
	GPtrArray *tokens;      /* char *; quotes removed */
	const char *comment;    /* text after '#', trimmed; NULL if none */
};
struct rule_reader;
/* Reads the whole of @path; NULL after an error was printed. */
struct rule_reader *rule_reader_open(const char *path, struct rule_errors *e);
/* The next line that holds a row.  Valid until the next call; false at the end. */
bool rule_reader_next(struct rule_reader *rd, struct rule_line *out);
void rule_reader_close(struct rule_reader *rd);

/* Values: NULL when well, else what is wrong (@arena's) */

struct row {                    /* a row being read */
	struct sd_rule *rule;
	struct sd_arena *arena;
	uint32_t keys;          /* seen so far: 1 << enum rule_key */
};
const char *parse_name(struct row *row, const char *name, unsigned kinds);
const char *parse_value(struct row *row, enum rule_key k, const char *value);

/* The row a line holds, or NULL after an error. */
struct sd_rule *parse_row(const struct rule_line *l, const char *path, struct sd_arena *arena, struct rule_errors *e);

/* All rows */

struct sd_rules {
	struct sd_arena *arena;
	GPtrArray *rows;        /* struct sd_rule *, in order; NULL-terminated once loaded */
	size_t nrows;
	GHashTable *exact;      /* name -> GPtrArray of rows without a glob */
	GPtrArray *globs;       /* struct glob_row * */
	GHashTable *found;      /* name asked for -> GPtrArray, NULL-terminated: the answer */
	uint64_t hash;
};
void rules_index(struct sd_rules *r);
void rules_unindex(struct sd_rules *r);
bool rule_same_path(const struct sd_rule_path *a, const struct sd_rule_path *b);

#endif
