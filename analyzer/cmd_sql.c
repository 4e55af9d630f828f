/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_sql.c - statdep sql: a query that needs results makes them first */
#include "cmd.h"
#include "db.h"

struct query { struct sd_db *db; const char *sql; };

static int write_table(void *arg, FILE *f, char **err)
{
	struct query *q = arg;

	return sd_db_sql(q->db, q->sql, f, err) ? SD_EXIT_WRONG : SD_EXIT_GOOD;
}

static int run(const struct sd_analysis *a, const char *path, const char *sql, const char *out)
{
	struct query q = { .sql = sql };
	bool needs_results;
	char *err = NULL;
	int code = 0;

	if (sd_db_open(&q.db, path, SD_DB_READ, &err))
		return sd_cmd_fail(err);
	needs_results = sd_db_sql_reads_results(q.db, sql);
	if (needs_results) {
		sd_db_close(q.db);
		q.db = NULL;
		code = sd_results_store(path, a);
		if (code == 0 && sd_db_open(&q.db, path, SD_DB_READ, &err))
			code = sd_cmd_fail(err);
	}
	if (code == 0)
		code = sd_output_write(out, write_table, &q);
	sd_db_close(q.db);
	return code;
}

int cmd_sql(int argc, char **argv)
{
	struct sd_analysis a = { 0 };
	char *out = NULL;
	const GOptionEntry entries[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &out, "write the table there", "OUT" },
		G_OPTION_ENTRY_NULL
	};
	GOptionEntry *more = sd_analysis_entries(&a);
	int code = sd_cmd_parse("sql", &argc, &argv, entries, more, 1, 2);

	if (code == 0)
		code = run(&a, argc > 2 ? argv[1] : SD_DEFAULT_DB, argv[argc - 1], out);
	g_free(more);
	g_free(out);
	sd_analysis_clear(&a);
	return code;
}
