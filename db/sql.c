/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sql.c - one read-only statement of the user's, printed as an aligned table. */
#include <stdio.h>
#include <string.h>
#include "db_int.h"

/* Reading only: no ATTACH (it can create files), no PRAGMA but those that describe tables. */
static int authorize(void *arg, int action, const char *a, const char *b, const char *c, const char *d)
{
	(void)arg;
	(void)c;
	(void)d;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return b && g_ascii_strcasecmp(b, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
	case SQLITE_PRAGMA:
		return a && (g_str_has_prefix(a, "table_") || !b) ? SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static int fail(char **err, const char *fmt, const char *what)
{
	if (err && !*err) {
		*err = g_strdup_printf(fmt, what);
		g_strdelimit(*err, "\n", ' ');
	}
	return -1;
}

static sqlite3_stmt *prepare(struct sd_db *db, const char *sql, char **err)
{
	sqlite3_stmt *s = NULL;
	const char *tail;
	int rc;

	sqlite3_set_authorizer(db->h, authorize, NULL);
	rc = sqlite3_prepare_v2(db->h, sql, -1, &s, &tail);
	sqlite3_set_authorizer(db->h, NULL, NULL);
	if (rc == SQLITE_AUTH)
		fail(err, "sql: %s", "only reading is allowed");
	else if (rc != SQLITE_OK)
		fail(err, "sql: %s", sqlite3_errmsg(db->h));
	else if (!s)
		fail(err, "sql: %s", "no statement given");
	else if (tail[strspn(tail, " \t\r\n;")])
		fail(err, "sql: one statement only, not: %s", tail + strspn(tail, " \t\r\n;"));
	else if (!sqlite3_stmt_readonly(s))
		fail(err, "sql: %s", "only reading is allowed");
	else
		return s;
	sqlite3_finalize(s);
	return NULL;
}

static char *cell(sqlite3_stmt *s, int i)
{
	const char *text = (const char *)sqlite3_column_text(s, i);
	char *copy;

	if (sqlite3_column_type(s, i) == SQLITE_BLOB)
		return g_strdup_printf("<%d bytes>", sqlite3_column_bytes(s, i));
	copy = g_strdup(text ? text : "");
	return g_strdelimit(copy, "\n\r\t", ' ');
}

static int read_rows(struct sd_db *db, sqlite3_stmt *s, GPtrArray *cells, char **err)
{
	int n = sqlite3_column_count(s), rc;

	while ((rc = sqlite3_step(s)) == SQLITE_ROW)
		for (int i = 0; i < n; i++)
			g_ptr_array_add(cells, cell(s, i));
	return rc == SQLITE_DONE ? 0 : fail(err, "sql: %s", sqlite3_errmsg(db->h));
}

static size_t width_of(const char *s)
{
	return g_utf8_validate(s, -1, NULL) ? (size_t)g_utf8_strlen(s, -1) : strlen(s);
}

/* No spaces at the end of a line: the last column is not padded. */
static void print_row(char *const *cell0, const size_t *width, size_t n, FILE *out)
{
	size_t last = n;

	while (last > 0 && !*cell0[last - 1])
		last--;
	for (size_t i = 0; i < last; i++)
		fprintf(out, "%s%*s", cell0[i], i + 1 < last ? (int)(width[i] - width_of(cell0[i]) + 2) : 0, "");
	fputc('\n', out);
}

static void print_table(const GPtrArray *cells, size_t n, FILE *out)
{
	size_t *width = g_new0(size_t, n);
	char **all = (char **)cells->pdata;

	for (guint i = 0; i < cells->len; i++)
		width[i % n] = MAX(width[i % n], width_of(all[i]));
	for (guint i = 0; i < cells->len; i += (guint)n)
		print_row(all + i, width, n, out);
	g_free(width);
}

int sd_db_sql(struct sd_db *db, const char *sql, struct _IO_FILE *out, char **err)
{
	sqlite3_stmt *s = prepare(db, sql, err);
	GPtrArray *cells;
	int n, rc;

	if (!s)
		return -1;
	cells = g_ptr_array_new_with_free_func(g_free);
	n = sqlite3_column_count(s);
	for (int i = 0; i < n; i++)
		g_ptr_array_add(cells, g_strdup(sqlite3_column_name(s, i)));
	rc = read_rows(db, s, cells, err);
	if (rc == 0 && n)
		print_table(cells, (size_t)n, out);
	g_ptr_array_free(cells, TRUE);
	sqlite3_finalize(s);
	return rc;
}

/* SQLite asks for leave to read each table; views are resolved by then. */
static int note_table(void *arg, int action, const char *a, const char *b, const char *c, const char *d)
{
	(void)b;
	(void)c;
	(void)d;
	if (action == SQLITE_READ && a && g_str_has_prefix(a, "res_"))
		*(bool *)arg = true;
	return SQLITE_OK;
}

bool sd_db_sql_reads_results(struct sd_db *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	bool reads = false;

	sqlite3_set_authorizer(db->h, note_table, &reads);
	if (sqlite3_prepare_v2(db->h, sql, -1, &s, NULL) != SQLITE_OK)
		reads = false;
	sqlite3_finalize(s);
	sqlite3_set_authorizer(db->h, NULL, NULL);
	return reads;
}
