/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * merge.c - copying the facts of one database into another.
 *
 * Ids differ between the two, so each row of dep and fn is looked up (or made) once in the
 * target and the TUs' lists of ids are translated.  Cost: O(rows), not O(TUs x headers).
 */
#include <string.h>
#include "db_int.h"

/* id there -> id here; 0 where there was no row */
static void map_set(GArray *map, int64_t from, int64_t to)
{
	if (from >= (int64_t)map->len)
		g_array_set_size(map, (guint)from + 1);
	g_array_index(map, int64_t, from) = to;
}

static int64_t map_get(const GArray *map, uint64_t id)
{
	return id < map->len ? g_array_index(map, int64_t, id) : 0;
}

static int copy_deps(struct sd_db *db, struct sd_db *from, GArray *map, char **err)
{
	sqlite3_stmt *s = sd_db_query(from, err, "SELECT id, file, hash FROM dep ORDER BY id", "");
	int rc = SQLITE_DONE;
	int64_t id = s ? 0 : -1;

	while (id >= 0 && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct sd_db_dep d = { (const char *)sqlite3_column_text(s, 1), (uint64_t)sqlite3_column_int64(s, 2) };

		id = sd_facts_dep_id(db, &d, err);
		map_set(map, sqlite3_column_int64(s, 0), id);
	}
	if (s)
		sqlite3_reset(s);
	if (id >= 0 && rc != SQLITE_DONE)
		return sd_db_fail(from, err, "cannot be read");
	return id < 0 ? -1 : 0;
}

static int copy_fns(struct sd_db *db, struct sd_db *from, GArray *map, char **err)
{
	sqlite3_stmt *s = sd_db_query(from, err, "SELECT id, name, file, line, hash, ir FROM fn ORDER BY id", "");
	int rc = SQLITE_DONE;
	int64_t id = s ? 0 : -1;

	while (id >= 0 && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct sd_db_fn f = {
			.name = (const char *)sqlite3_column_text(s, 1),
			.file = (const char *)sqlite3_column_text(s, 2),
			.line = sqlite3_column_int(s, 3),
			.hash = (uint64_t)sqlite3_column_int64(s, 4),
			.ir = sqlite3_column_blob(s, 5),
			.irlen = (size_t)sqlite3_column_bytes(s, 5),
		};

		id = sd_facts_fn_id(db, &f, err);
		map_set(map, sqlite3_column_int64(s, 0), id);
	}
	if (s)
		sqlite3_reset(s);
	if (id >= 0 && rc != SQLITE_DONE)
		return sd_db_fail(from, err, "cannot be read");
	return id < 0 ? -1 : 0;
}

/* Rewrites a list of ids with @map; @lead: the first one stands apart (the main file). */
static bool translate(struct sd_reader r, const GArray *map, bool lead, GByteArray *out)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	bool good = true;
	uint64_t id = 0;
	int64_t to;

	if (lead && r.p < r.end) {
		to = map_get(map, sd_get_uint(&r));
		good = to > 0;
		sd_put_uint(out, (uint64_t)to);
	}
	while (good && r.p < r.end) {
		id += sd_get_uint(&r);
		to = map_get(map, id);
		good = !r.bad && to > 0;
		g_array_append_val(ids, to);
	}
	sd_facts_put_ids(out, ids);
	g_array_free(ids, TRUE);
	return good;
}

static int put_row(struct sd_db *db, sqlite3_stmt *s, const GByteArray *deps, const GByteArray *fns, char **err)
{
	return sd_db_run(db, err,
			 "INSERT OR REPLACE INTO tu (file, status, reason, functions, seconds, command_hash,"
			 " facts_hash, deps, fns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", "tttidiibb",
			 sqlite3_column_text(s, 0), sqlite3_column_text(s, 1), sqlite3_column_text(s, 2),
			 sqlite3_column_int64(s, 3), sqlite3_column_double(s, 4), sqlite3_column_int64(s, 5),
			 sqlite3_column_int64(s, 6), deps->len ? deps->data : (const guint8 *)"", (size_t)deps->len,
			 fns->len ? fns->data : (const guint8 *)"", (size_t)fns->len);
}

static int copy_tu(struct sd_db *db, struct sd_db *from, sqlite3_stmt *s, const GArray *depmap,
		   const GArray *fnmap, char **err)
{
	GByteArray *deps = g_byte_array_new(), *fns = g_byte_array_new();
	int rc = -1;

	if (translate(sd_reader_column(s, 7), depmap, true, deps) &&
	    translate(sd_reader_column(s, 8), fnmap, false, fns))
		rc = put_row(db, s, deps, fns, err);
	else
		sd_db_fail(from, err, "damaged list of ids");
	g_byte_array_free(deps, TRUE);
	g_byte_array_free(fns, TRUE);
	return rc;
}

static int copy_tus(struct sd_db *db, struct sd_db *from, const GArray *depmap, const GArray *fnmap, char **err)
{
	sqlite3_stmt *s = sd_db_query(from, err, "SELECT file, status, reason, functions, seconds, command_hash,"
				      " facts_hash, deps, fns FROM tu ORDER BY file", "");
	int rc = SQLITE_DONE, bad = s ? 0 : -1;

	while (!bad && (rc = sqlite3_step(s)) == SQLITE_ROW)
		bad = copy_tu(db, from, s, depmap, fnmap, err);
	if (!bad && rc != SQLITE_DONE)
		bad = sd_db_fail(from, err, "cannot be read");
	if (s)
		sqlite3_reset(s);
	return bad;
}

/* The scan's own words, unless the target has them already. */
static int copy_meta(struct sd_db *db, struct sd_db *from, char **err)
{
	sqlite3_stmt *s = sd_db_query(from, err, "SELECT key, value FROM meta ORDER BY key", "");
	int bad = s ? 0 : -1;

	while (!bad && sqlite3_step(s) == SQLITE_ROW)
		bad = sd_db_run(db, err, "INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)", "tt",
				sqlite3_column_text(s, 0), sqlite3_column_text(s, 1));
	if (s)
		sqlite3_reset(s);
	return bad;
}

static const char *meta_or(struct sd_db *db, const char *key, struct sd_arena *a, const char *otherwise)
{
	const char *value = sd_db_get_meta(db, key, a);

	return value ? value : otherwise;
}

/* How far the scan of both together has come, before copy_meta(): half a scan stays half, parts may become whole. */
static int join_state(struct sd_db *db, struct sd_db *from, char **err)
{
	struct sd_arena *a = sd_arena_new();
	const char *here = sd_db_get_meta(db, "shard", a), *there = meta_or(from, "shard", a, "");
	bool half = strcmp(meta_or(db, "scan", a, "complete"), "running") == 0 ||
		    strcmp(meta_or(from, "scan", a, "complete"), "running") == 0;
	char *parts = here ? sd_parts_join(here, there) : g_strdup(there);
	int rc = sd_db_set_meta(db, "shard", parts, err) ||
		 sd_db_set_meta(db, "scan", half ? "running" : *parts ? "parts" : "complete", err) ? -1 : 0;

	g_free(parts);
	sd_arena_free(a);
	return rc;
}

int sd_db_merge(struct sd_db *db, struct sd_db *from, char **err)
{
	GArray *depmap = g_array_new(FALSE, TRUE, sizeof(int64_t));
	GArray *fnmap = g_array_new(FALSE, TRUE, sizeof(int64_t));
	int rc = -1;

	if (sd_db_begin(db, err) == 0) {
		if (copy_deps(db, from, depmap, err) == 0 && copy_fns(db, from, fnmap, err) == 0 &&
		    copy_tus(db, from, depmap, fnmap, err) == 0)
			rc = join_state(db, from, err) || copy_meta(db, from, err) ? -1 : 0;
		rc = sd_db_end(db, rc, err);
		if (rc)
			sd_facts_forget(db);
	}
	g_array_free(depmap, TRUE);
	g_array_free(fnmap, TRUE);
	return rc;
}
