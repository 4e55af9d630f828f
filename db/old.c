/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * old.c - what a TU was before: a checkout of another branch and back parses nothing.
 *
 * A row of tu that is replaced or dropped moves to tu_old, where a later scan finds it by its
 * contents.  Nothing but scan looks there.
 */
#include "db_int.h"

#define OLD_PER_TU 3
#define OLD_SPARE 1000          /* of files that are gone: as many rows as there are TUs, and these */

#define COLUMNS "file, status, reason, functions, seconds, command_hash, facts_hash, deps, fns"

int sd_old_schema(struct sd_db *db, char **err)
{
	return sd_db_exec(db, "CREATE TABLE IF NOT EXISTS tu_old (id INTEGER PRIMARY KEY, file TEXT NOT NULL, status TEXT NOT NULL,"
			  " reason TEXT NOT NULL, functions INTEGER NOT NULL, seconds REAL NOT NULL, command_hash INTEGER NOT NULL,"
			  " facts_hash INTEGER NOT NULL, deps BLOB NOT NULL, fns BLOB NOT NULL);"
			  "CREATE INDEX IF NOT EXISTS tu_old_file ON tu_old (file)", err);
}

/* A row without deps can never be found again: they are what tells that nothing has changed. */
int sd_old_keep(struct sd_db *db, const char *file, char **err)
{
	return sd_db_run(db, err, "INSERT INTO tu_old (" COLUMNS ") SELECT " COLUMNS " FROM tu WHERE file = ? AND length(deps) > 0",
			 "t", file) ||
	       sd_db_run(db, err, "DELETE FROM tu_old WHERE file = ? AND id NOT IN"
			 " (SELECT id FROM tu_old WHERE file = ? ORDER BY id DESC LIMIT ?)", "tti", file, file, (int64_t)OLD_PER_TU) ? -1 : 0;
}

int sd_old_prune(struct sd_db *db, char **err)
{
	return sd_db_run(db, err, "DELETE FROM tu_old WHERE id NOT IN (SELECT id FROM tu_old ORDER BY id DESC"
			 " LIMIT (SELECT count(*) + ? FROM tu))", "i", (int64_t)OLD_SPARE);
}

static int put_back(struct sd_db *db, const char *file, int64_t id, char **err)
{
	return sd_old_keep(db, file, err) ||
	       sd_db_run(db, err, "INSERT OR REPLACE INTO tu (" COLUMNS ") SELECT " COLUMNS " FROM tu_old WHERE id = ?", "i", id) ||
	       sd_db_run(db, err, "DELETE FROM tu_old WHERE id = ?", "i", id) ? -1 : 0;
}

int sd_db_put_back_tu(struct sd_db *db, const char *file, int64_t id, char **err)
{
	if (sd_db_begin(db, err))
		return -1;
	return sd_db_end(db, put_back(db, file, id, err), err);
}
