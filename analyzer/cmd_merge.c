/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_merge.c - statdep merge */
#include <string.h>
#include "cmd.h"
#include "db.h"

/* Facts of another parser are other facts. */
static int check_parser(struct sd_db *out, struct sd_db *shard, const char *name, char **err)
{
	struct sd_arena *a = sd_arena_new();
	const char *x = sd_db_get_meta(out, "parser", a), *y = sd_db_get_meta(shard, "parser", a);
	int rc = 0;

	if (x && y && strcmp(x, y) != 0) {
		*err = g_strdup_printf("%s: read with %s, the others with %s", name, y, x);
		rc = -1;
	}
	sd_arena_free(a);
	return rc;
}

static int merge_one(struct sd_db *out, const char *name, char **err)
{
	struct sd_db *shard;
	int rc;

	if (sd_db_open(&shard, name, SD_DB_READ, err))
		return -1;
	rc = check_parser(out, shard, name, err);
	if (rc == 0)
		rc = sd_db_merge(out, shard, err);
	sd_db_close(shard);
	return rc;
}

/* Every shard is looked at before anything is written. */
static int check_shards(char **names, int n, const char *out, char **err)
{
	for (int i = 0; i < n; i++) {
		struct sd_db *db;

		if (strcmp(names[i], out) == 0) {
			*err = g_strdup_printf("merge: %s is both OUT.db and a shard", out);
			return -1;
		}
		if (sd_db_open(&db, names[i], SD_DB_READ, err))
			return -1;
		sd_db_close(db);
	}
	return 0;
}

int cmd_merge(int argc, char **argv)
{
	const GOptionEntry entries[] = { G_OPTION_ENTRY_NULL };
	int code = sd_cmd_parse("merge", &argc, &argv, entries, NULL, 2, -1);
	struct sd_db *out = NULL;
	char *err = NULL;

	if (code)
		return code;
	if (check_shards(argv + 2, argc - 2, argv[1], &err) == 0 && sd_db_open(&out, argv[1], SD_DB_CREATE, &err) == 0) {
		for (int i = 2; i < argc && !err; i++)
			merge_one(out, argv[i], &err);
		if (!err)
			sd_db_prune(out, &err);
	}
	sd_db_close(out);
	return err ? sd_cmd_fail(err) : SD_EXIT_GOOD;
}
