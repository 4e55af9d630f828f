/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * db.h - the database: the one meeting place of scan, analysis and reports, and the only
 * includer of sqlite3.h.  schema.sql holds every table and the contract's views (v_*).
 *
 * One writer, WAL.  A TU is one transaction, so a killed scan leaves a database that the next
 * scan completes.  Errors: functions return 0, or -1 with one line in *err (g_free it) that
 * names the file and says what is wrong; they never exit.
 */
#ifndef SD_DB_H
#define SD_DB_H

#include <stdbool.h>
#include "base.h"
#include "result.h"

struct sd_db;
struct _IO_FILE;

enum sd_db_mode { SD_DB_READ, SD_DB_WRITE, SD_DB_CREATE };
/* READ and WRITE refuse a file that is no statdep database, is truncated, or has another schema version. */
int sd_db_open(struct sd_db **db, const char *path, enum sd_db_mode mode, char **err);
void sd_db_close(struct sd_db *db);             /* NULL does nothing */

/* --- facts: what scan writes --- */

struct sd_db_dep { const char *file; uint64_t hash; };  /* an included file and its content's hash */

struct sd_db_fn {               /* one function of a TU */
	const char *name, *file;
	int line;
	const uint8_t *ir; size_t irlen;        /* sd_fn_encode() */
	uint64_t hash;                          /* XXH3 of ir: equal functions are stored once */
};

struct sd_db_tu {
	const char *file;               /* main file, relative to the source tree */
	const char *status;             /* "ok" "failed" "not-built" */
	const char *reason;             /* failed: one line; else "" */
	double seconds;                 /* wall time of the parse: informative */
	uint64_t command_hash;          /* command line + IR version */
	const struct sd_db_dep *deps; size_t ndep;      /* the main file first */
	const struct sd_db_fn *fns; size_t nfn;
};

int sd_db_put_tu(struct sd_db *db, const struct sd_db_tu *tu, char **err);     /* replaces the TU's row, one transaction */
int sd_db_drop_tu(struct sd_db *db, const char *file, char **err);              /* TU no longer part of the scan */
/* Command hash and deps of a stored TU; false when there is none.  *deps is @a's; the names in it
 * live until the next write, and are one pointer for one content of one file. */
bool sd_db_get_tu(struct sd_db *db, const char *file, struct sd_arena *a, uint64_t *command_hash,
		  const char **status, struct sd_db_dep **deps, size_t *ndep);
/* The same of what the TU was before: the newest whose id is below @*id (INT64_MAX first), which becomes its id. */
bool sd_db_get_old_tu(struct sd_db *db, const char *file, struct sd_arena *a, int64_t *id, uint64_t *command_hash,
		      const char **status, struct sd_db_dep **deps, size_t *ndep);
/* Makes that the TU's row; the row it has becomes an old one. */
int sd_db_put_back_tu(struct sd_db *db, const char *file, int64_t id, char **err);
/* Every TU's file, sorted. */
int sd_db_tu_files(struct sd_db *db, struct sd_arena *a, const char ***files, size_t *n, char **err);
int sd_db_each_tu(struct sd_db *db, int (*cb)(void *, const struct sd_db_tu *), void *arg, char **err);      /* sorted by file; fns and deps empty */
/* Every distinct (link name, ir) once, ordered by name, file, hash; tu = first TU's file that has it. Only functions of TUs with status ok. */
int sd_db_each_fn(struct sd_db *db, int (*cb)(void *arg, const struct sd_db_fn *fn, const char *tu), void *arg, char **err);

/* Removes functions and file contents that no TU has any more.  At the end of a scan. */
int sd_db_prune(struct sd_db *db, char **err);
/* Copies every TU of @from, one transaction; a TU that @db has too is replaced. */
int sd_db_merge(struct sd_db *db, struct sd_db *from, char **err);

/* How many functions are stored. */
size_t sd_db_fn_count(struct sd_db *db);

/* Key/value strings ("source", "objtree", "version", ...). NULL when there is none; *value is @a's. */
const char *sd_db_get_meta(struct sd_db *db, const char *key, struct sd_arena *a);
int sd_db_set_meta(struct sd_db *db, const char *key, const char *value, char **err);
/* Changes whenever any TU row changes: content only (files, hashes, status), not time. */
uint64_t sd_db_facts_hash(struct sd_db *db);

/* --- results: what the analysis writes --- */

/*
 * Replaces all results, in one transaction that spans both calls.  The first stores acquisitions, calls and entries, and reads
 * nothing else of @r; the second all else, with @stamp, which tells what they were made from, or, when that is NULL, takes
 * everything back.  Every saving that was begun is to be ended, which frees it; a failure leaves the old results.
 */
struct sd_saving *sd_db_save_begin(struct sd_db *db, const struct sd_results *r, char **err);    /* NULL: failed */
int sd_db_save_end(struct sd_saving *s, const char *stamp, char **err);
/* NULL without *err when there are none, or their stamp is not @stamp (NULL: any). Free: sd_arena_free(r->arena) frees r too. */
struct sd_results *sd_db_load_results(struct sd_db *db, const char *stamp, char **err);

/* Are there results with this stamp?  Cheaper than loading them. */
bool sd_db_has_results(struct sd_db *db, const char *stamp);

/* --- statdep sql --- */

/* Runs one read-only statement, prints an aligned table with a header line.  Writing statements are refused. */
int sd_db_sql(struct sd_db *db, const char *sql, struct _IO_FILE *out, char **err);

/* Does @sql read tables of results (and so needs the analysis)?  false too when it is wrong. */
bool sd_db_sql_reads_results(struct sd_db *db, const char *sql);

/* SQLite's version, for --version. */
const char *sd_db_version(void);

#endif
