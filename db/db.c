/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * db.c - opening, checking and talking to the file.  The facts are in facts.c, the results in
 * save.c and load.c, the user's queries in sql.c.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "db_int.h"
#include "schema_sql.h"

#define BUSY_MS 10000

static int fail(char **err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int fail(char **err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (err && !*err)
		*err = g_strdup_vprintf(fmt, ap);
	va_end(ap);
	return -1;
}

/* SQLite's words for the codes that a user can meet, in a user's words. */
static const char *sqlite_words(struct sd_db *db)
{
	switch (sqlite3_errcode(db->h)) {
	case SQLITE_BUSY:
		return "another statdep is writing to it";
	case SQLITE_CORRUPT:
		return "the file is damaged or truncated";
	case SQLITE_NOTADB:
		return "the file is no database";
	case SQLITE_FULL:
		return "the disk is full";
	default:
		return sqlite3_errmsg(db->h);
	}
}

int sd_db_fail(struct sd_db *db, char **err, const char *what)
{
	return fail(err, "%s: %s: %s", db->path, what, sqlite_words(db));
}

/* ---------------------------------------------------------------- statements */

static sqlite3_stmt *prepared(struct sd_db *db, const char *sql, char **err)
{
	sqlite3_stmt *s = g_hash_table_lookup(db->stmts, sql);

	if (s) {
		sqlite3_reset(s);
		return s;
	}
	if (sqlite3_prepare_v3(db->h, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) != SQLITE_OK) {
		sd_db_fail(db, err, "cannot be read");
		return NULL;
	}
	g_hash_table_insert(db->stmts, (gpointer)sql, s);
	return s;
}

static void bind_one(sqlite3_stmt *s, int i, char letter, va_list *ap)
{
	const void *data;
	size_t len;

	switch (letter) {
	case 'i':
		sqlite3_bind_int64(s, i, va_arg(*ap, int64_t));
		break;
	case 'd':
		sqlite3_bind_double(s, i, va_arg(*ap, double));
		break;
	case 't':
		sqlite3_bind_text(s, i, va_arg(*ap, const char *), -1, SQLITE_STATIC);
		break;
	case 'b':
		data = va_arg(*ap, const void *);
		len = va_arg(*ap, size_t);
		if (data)
			sqlite3_bind_blob64(s, i, data, len, SQLITE_STATIC);
		else
			sqlite3_bind_null(s, i);
		break;
	default:
		g_assert(letter == 'n');
		sqlite3_bind_null(s, i);
	}
}

static sqlite3_stmt *query(struct sd_db *db, char **err, const char *sql, const char *fmt, va_list *ap)
{
	sqlite3_stmt *s = prepared(db, sql, err);

	for (int i = 0; s && fmt[i]; i++)
		bind_one(s, i + 1, fmt[i], ap);
	return s;
}

sqlite3_stmt *sd_db_query(struct sd_db *db, char **err, const char *sql, const char *fmt, ...)
{
	sqlite3_stmt *s;
	va_list ap;

	va_start(ap, fmt);
	s = query(db, err, sql, fmt, &ap);
	va_end(ap);
	return s;
}

int sd_db_run(struct sd_db *db, char **err, const char *sql, const char *fmt, ...)
{
	sqlite3_stmt *s;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	s = query(db, err, sql, fmt, &ap);
	va_end(ap);
	if (!s)
		return -1;
	do
		rc = sqlite3_step(s);
	while (rc == SQLITE_ROW);
	if (rc != SQLITE_DONE)
		sd_db_fail(db, err, "cannot be written");
	sqlite3_reset(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

int sd_db_exec(struct sd_db *db, const char *sql, char **err)
{
	if (sqlite3_exec(db->h, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sd_db_fail(db, err, "cannot be written");
	return 0;
}

int sd_db_begin(struct sd_db *db, char **err)
{
	return sd_db_exec(db, "BEGIN IMMEDIATE", err);
}

int sd_db_end(struct sd_db *db, int rc, char **err)
{
	if (rc == 0 && sd_db_exec(db, "COMMIT", err) == 0)
		return 0;
	sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

/* ---------------------------------------------------------------- opening */

static int64_t pragma(struct sd_db *db, const char *sql, int *rc)
{
	sqlite3_stmt *s = NULL;
	int64_t v = 0;

	*rc = sqlite3_prepare_v2(db->h, sql, -1, &s, NULL);
	if (*rc == SQLITE_OK) {
		*rc = sqlite3_step(s);
		if (*rc == SQLITE_ROW)
			v = sqlite3_column_int64(s, 0);
		*rc = *rc == SQLITE_ROW || *rc == SQLITE_DONE ? SQLITE_OK : *rc;
	}
	sqlite3_finalize(s);
	return v;
}

/* Is it ours, whole, and of this version?  Reading the schema makes SQLite compare the size too. */
static int check_identity(struct sd_db *db, char **err)
{
	int rc;
	int64_t id = pragma(db, "PRAGMA application_id", &rc);

	if (rc == SQLITE_OK && id == SD_DB_APPLICATION) {
		int64_t version = pragma(db, "PRAGMA user_version", &rc);

		db->version = (int)version;
		if (rc == SQLITE_OK && (version < SD_DB_FACTS || version > SD_DB_SCHEMA))
			return fail(err, "%s: made by another version of statdep (schema %d, this one reads %d): scan again into a new file",
				    db->path, (int)version, SD_DB_SCHEMA);
		pragma(db, "SELECT count(*) FROM sqlite_schema", &rc);
		if (rc == SQLITE_OK)
			return 0;
	}
	if (rc == SQLITE_OK || rc == SQLITE_NOTADB)
		return fail(err, "%s: not a statdep database", db->path);
	return sd_db_fail(db, err, "cannot be opened");
}

/* The results of an older version are dropped, and their tables and all views made as they are now. */
int sd_db_renew_results(struct sd_db *db, char **err)
{
	GString *sql = g_string_new(NULL);
	sqlite3_stmt *s;
	int rc;

	if (sqlite3_prepare_v2(db->h, "SELECT 'DROP ' || type || ' ' || name FROM sqlite_schema WHERE type = 'view'"
			       " OR (type = 'table' AND name GLOB 'res_*')", -1, &s, NULL) != SQLITE_OK) {
		g_string_free(sql, TRUE);
		return sd_db_fail(db, err, "cannot be renewed");
	}
	while (sqlite3_step(s) == SQLITE_ROW)
		g_string_append_printf(sql, "%s;", (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	g_string_append_printf(sql, "PRAGMA user_version=%d;", SD_DB_SCHEMA);
	rc = sd_db_exec(db, sql->str, err) || sd_db_exec(db, strstr(sd_schema_sql, "CREATE TABLE res_run"), err) ? -1 : 0;
	g_string_free(sql, TRUE);
	if (!rc)
		db->version = SD_DB_SCHEMA;
	return rc;
}

static int create_schema(struct sd_db *db, char **err)
{
	char *head;
	int rc;

	if (sd_db_exec(db, "PRAGMA page_size=8192; PRAGMA journal_mode=WAL", err) || sd_db_begin(db, err))
		return -1;
	head = g_strdup_printf("PRAGMA application_id=%d; PRAGMA user_version=%d", SD_DB_APPLICATION, SD_DB_SCHEMA);
	rc = sd_db_exec(db, head, err) || sd_db_exec(db, sd_schema_sql, err) ? -1 : 0;
	g_free(head);
	return sd_db_end(db, rc, err);
}

/*
 * A WAL database in a place where nothing can be written (its -shm file neither) opens only when
 * SQLite may take it for immutable: true when there is no -wal file, for then nobody writes.
 */
static int open_immutable(struct sd_db *db)
{
	char *wal = g_strconcat(db->path, "-wal", NULL), *uri, *escaped;
	int rc = SQLITE_CANTOPEN;

	if (access(wal, F_OK) != 0) {
		escaped = g_uri_escape_string(db->path, "/", TRUE);
		uri = g_strdup_printf("file:%s?immutable=1", escaped);
		sqlite3_close(db->h);
		db->h = NULL;
		rc = sqlite3_open_v2(uri, &db->h, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
		g_free(uri);
		g_free(escaped);
	}
	g_free(wal);
	return rc;
}

static bool can_write(const char *path)
{
	char *dir = g_path_get_dirname(path);
	bool yes = access(path, W_OK) == 0 && access(dir, W_OK) == 0;

	g_free(dir);
	return yes;
}

/*
 * The last connection to a WAL database removes its -wal and -shm files, but only if it may
 * write: so a reader, too, opens for writing where it can, and then forbids itself to write.
 */
static int open_handle(struct sd_db *db, bool fresh, char **err)
{
	bool reader = db->mode == SD_DB_READ;
	int flags = reader && !can_write(db->path) ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE, rc;

	if (fresh)
		flags |= SQLITE_OPEN_CREATE;
	flags |= SQLITE_OPEN_NOMUTEX;           /* one thread */
	if (sqlite3_open_v2(db->path, &db->h, flags, NULL) != SQLITE_OK)
		return sd_db_fail(db, err, "cannot be opened");
	sqlite3_busy_timeout(db->h, BUSY_MS);
	if (reader)
		pragma(db, "PRAGMA query_only=ON", &rc);
	pragma(db, "PRAGMA schema_version", &rc);
	if (rc != SQLITE_OK && db->mode == SD_DB_READ &&
	    ((rc & 0xff) == SQLITE_CANTOPEN || (rc & 0xff) == SQLITE_READONLY))
		open_immutable(db);
	return 0;
}

/* A database file without a table: the disk was full when a scan began it. */
static bool is_blank(struct sd_db *db)
{
	int rc;

	return pragma(db, "PRAGMA application_id", &rc) == 0 && rc == SQLITE_OK &&
	       pragma(db, "SELECT count(*) FROM sqlite_schema", &rc) == 0 && rc == SQLITE_OK;
}

static int open_checked(struct sd_db *db, bool fresh, char **err)
{
	if (open_handle(db, fresh, err))
		return -1;
	fresh |= db->mode == SD_DB_CREATE && is_blank(db);
	if ((fresh && create_schema(db, err)) || check_identity(db, err))
		return -1;
	/* A lost last transaction after a power cut costs one TU, which the next scan completes. */
	if (db->mode != SD_DB_READ)
		return sd_db_exec(db, "PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536", err) || sd_old_schema(db, err) ? -1 : 0;
	return 0;
}

/* 0: there is nothing yet, and the mode allows that; 1: a file with something in it. */
static int file_exists(const char *path, enum sd_db_mode mode, char **err)
{
	GStatBuf st;

	if (g_stat(path, &st) != 0) {
		if (mode == SD_DB_CREATE && errno == ENOENT)
			return 0;
		return fail(err, "%s: %s", path, g_strerror(errno));
	}
	if (!S_ISREG(st.st_mode))
		return fail(err, "%s: not a file", path);
	if (st.st_size == 0 && mode != SD_DB_CREATE)
		return fail(err, "%s: not a statdep database (the file is empty)", path);
	return st.st_size != 0;
}

int sd_db_open(struct sd_db **out, const char *path, enum sd_db_mode mode, char **err)
{
	int exists = file_exists(path, mode, err);
	struct sd_db *db;

	*out = NULL;
	if (exists < 0)
		return -1;
	db = g_new0(struct sd_db, 1);
	db->path = g_strdup(path);
	db->mode = mode;
	db->stmts = g_hash_table_new(g_direct_hash, g_direct_equal);
	if (open_checked(db, !exists, err)) {
		sd_db_close(db);
		return -1;
	}
	*out = db;
	return 0;
}

void sd_db_close(struct sd_db *db)
{
	GHashTableIter it;
	gpointer s;

	if (!db)
		return;
	sd_facts_forget(db);
	g_hash_table_iter_init(&it, db->stmts);
	while (g_hash_table_iter_next(&it, NULL, &s))
		sqlite3_finalize(s);
	g_hash_table_destroy(db->stmts);
	sqlite3_close(db->h);
	g_free(db->path);
	g_free(db);
}

const char *sd_db_version(void)
{
	return sqlite3_libversion();
}

/* ---------------------------------------------------------------- meta */

const char *sd_db_get_meta(struct sd_db *db, const char *key, struct sd_arena *a)
{
	sqlite3_stmt *s = sd_db_query(db, NULL, "SELECT value FROM meta WHERE key = ?", "t", key);
	const char *value = NULL;

	if (s && sqlite3_step(s) == SQLITE_ROW)
		value = sd_arena_strdup(a, (const char *)sqlite3_column_text(s, 0));
	if (s)
		sqlite3_reset(s);
	return value;
}

int sd_db_set_meta(struct sd_db *db, const char *key, const char *value, char **err)
{
	return sd_db_run(db, err, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", "tt", key, value);
}

/* ---------------------------------------------------------------- varints */

void sd_put_uint(GByteArray *out, uint64_t v)
{
	guint8 buf[10];
	guint n = 0;

	do {
		buf[n] = (guint8)(v & 0x7f);
		v >>= 7;
		if (v)
			buf[n] |= 0x80;
		n++;
	} while (v);
	g_byte_array_append(out, buf, n);
}

struct sd_reader sd_reader_column(sqlite3_stmt *s, int column)
{
	const uint8_t *p = sqlite3_column_blob(s, column);
	int n = sqlite3_column_bytes(s, column);

	return (struct sd_reader) { p, p ? p + n : NULL, false };
}

uint64_t sd_get_uint(struct sd_reader *r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; r->p < r->end && shift < 64; shift += 7) {
		uint8_t byte = *r->p++;

		v |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return v;
	}
	r->bad = true;
	return 0;
}
