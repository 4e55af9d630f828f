/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * db_int.h - what the files of db/ share: the handle, statements, varints.  Private to db/.
 */
#ifndef SD_DB_INT_H
#define SD_DB_INT_H

#include <glib.h>
#include <sqlite3.h>
#include "db.h"

#define SD_DB_APPLICATION 0x53444550    /* "SDEP": PRAGMA application_id */
#define SD_DB_SCHEMA 3                  /* PRAGMA user_version: raise it when a table changes */
#define SD_DB_FACTS 1                   /* the oldest version whose facts are the same: its results are made anew */

struct sd_db {
	sqlite3 *h;
	char *path;
	enum sd_db_mode mode;
	int version;                    /* of its schema: SD_DB_FACTS to SD_DB_SCHEMA */
	GHashTable *stmts;              /* static SQL text (by address) -> prepared statement */
	struct sd_depcache *deps;       /* facts.c; NULL until needed */
	GHashTable *fns;                /* facts.c: 128-bit hash -> fn id; NULL until needed */
};

/* -1, with "PATH: what: SQLite's words" in *err. */
int sd_db_fail(struct sd_db *db, char **err, const char *what);

/*
 * The prepared form of @sql, reset and bound: one letter of @fmt per parameter, in order:
 *   i int64_t    d double    t const char * (NULL is SQL NULL)    b const void *, size_t
 *   n nothing: SQL NULL
 * Text and blobs must live until the statement is stepped.  @sql must be a string literal.
 * NULL with *err on error.  Call sqlite3_reset() when done stepping.
 */
sqlite3_stmt *sd_db_query(struct sd_db *db, char **err, const char *sql, const char *fmt, ...);
/* The same, run to its end; rows are ignored. */
int sd_db_run(struct sd_db *db, char **err, const char *sql, const char *fmt, ...);
int sd_db_exec(struct sd_db *db, const char *sql, char **err);
int sd_db_renew_results(struct sd_db *db, char **err);

int sd_db_begin(struct sd_db *db, char **err);
/* Commits when @rc is 0, else rolls back.  Returns @rc, or -1 when the commit failed. */
int sd_db_end(struct sd_db *db, int rc, char **err);

/* The id of a row of table dep (fn) with this content, made when there is none; -1 with *err. */
int64_t sd_facts_dep_id(struct sd_db *db, const struct sd_db_dep *d, char **err);
int64_t sd_facts_fn_id(struct sd_db *db, const struct sd_db_fn *f, char **err);
/* Sorts @ids (int64_t), writes ascending differences; an id that comes twice is written once. */
void sd_facts_put_ids(GByteArray *out, GArray *ids);
/* Drops the caches: after a transaction that was undone or that deleted rows. */
void sd_facts_forget(struct sd_db *db);

/* old.c: rows of TUs that were replaced or dropped; within a transaction. */
int sd_old_schema(struct sd_db *db, char **err);
int sd_old_keep(struct sd_db *db, const char *file, char **err);
int sd_old_prune(struct sd_db *db, char **err);

/* Both of two meta "shard" values; g_free. */
char *sd_parts_join(const char *a, const char *b);

/* --- varints: seven bits a byte, low first --- */

void sd_put_uint(GByteArray *out, uint64_t v);

struct sd_reader { const uint8_t *p, *end; bool bad; };
struct sd_reader sd_reader_column(sqlite3_stmt *s, int column);
uint64_t sd_get_uint(struct sd_reader *r);      /* 0 and r->bad at the end of the bytes */

#endif
