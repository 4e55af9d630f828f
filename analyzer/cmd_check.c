/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_check.c - statdep check */
#include <errno.h>
#include <string.h>
#include "cmd.h"
#include "db.h"
#include "report.h"

struct options {
	struct sd_analysis a;
	char *format, *out, *min_rank, *baseline;
	int max_failed;
	gboolean bisect, all_sites;
};

struct check {
	const struct sd_report *report;
	struct sd_report_opts ro;
	GHashTable *known;
	struct sd_results *r;
};

static int parse(struct options *s, int *argc, char ***argv)
{
	const GOptionEntry entries[] = {
		{ "format", 0, 0, G_OPTION_ARG_STRING, &s->format, "text (default), json, sarif, html or dot", "FORMAT" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &s->out, "write the report there", "OUT" },
		{ "min-rank", 0, 0, G_OPTION_ARG_STRING, &s->min_rank, "high (default), medium or low", "RANK" },
		{ "baseline", 0, 0, G_OPTION_ARG_FILENAME, &s->baseline, "findings not to report: fingerprints, or a JSON report", "FILE" },
		{ "max-failed", 0, 0, G_OPTION_ARG_INT, &s->max_failed, "TUs that may have failed before the exit code is 3 (default 0)", "N" },
		{ "bisect", 0, 0, G_OPTION_ARG_NONE, &s->bisect, "exit with 125 instead of 3, for git bisect run", NULL },
		{ "all-sites", 0, 0, G_OPTION_ARG_NONE, &s->all_sites, "text: every acquisition of the classes involved", NULL },
		G_OPTION_ENTRY_NULL
	};
	GOptionEntry *more = sd_analysis_entries(&s->a);
	int code = sd_cmd_parse("check", argc, argv, entries, more, 0, 1);

	g_free(more);
	return code;
}

static bool is_known(void *arg, const struct sd_finding *f)
{
	return f->fingerprint && g_hash_table_contains(arg, f->fingerprint);
}

static int set_up(struct check *c, const struct options *s)
{
	char *err = NULL;

	c->report = sd_report_find(s->format ? s->format : "text");
	if (!c->report)
		return sd_cmd_fail(g_strdup_printf("check: --format %s: text, json, sarif, html or dot", s->format));
	c->ro.min_rank = SD_RANK_HIGH;
	for (int i = 0; s->min_rank && strcmp(s->min_rank, sd_rank_name[c->ro.min_rank]); i++) {
		if (i > SD_RANK_LOW)
			return sd_cmd_fail(g_strdup_printf("check: --min-rank %s: high, medium or low", s->min_rank));
		c->ro.min_rank = (enum sd_rank)i;
	}
	if (s->max_failed < 0)
		return sd_cmd_fail(g_strdup_printf("check: --max-failed %d: 0 or more", s->max_failed));
	c->ro.all_sites = s->all_sites;
	if (!s->baseline)
		return 0;
	c->known = sd_baseline_read(s->baseline, &err);
	c->ro.skip = is_known;
	c->ro.skip_arg = c->known;
	return c->known ? 0 : sd_cmd_fail(err);
}

static int write_report(void *arg, FILE *f, char **err)
{
	struct check *c = arg;

	if (c->report->write(c->r, &c->ro, f) == 0)
		return 0;
	*err = g_strdup_printf("the report cannot be written: %s", g_strerror(errno));
	return SD_EXIT_WRONG;
}

/* Did a scan that was stopped leave it half done, or a merge without some of the shards? */
static bool is_half_scanned(const char *path)
{
	struct sd_arena *a = sd_arena_new();
	const char *state = NULL;
	struct sd_db *db;
	bool half;

	if (sd_db_open(&db, path, SD_DB_READ, NULL) == 0)
		state = sd_db_get_meta(db, "scan", a);
	half = state && strcmp(state, "complete") != 0;
	if (half && strcmp(state, "parts") == 0)
		sd_warn("incomplete: %s has only the parts %s of a scan", path, sd_db_get_meta(db, "shard", a));
	else if (half)
		sd_warn("incomplete: the last scan into %s did not finish", path);
	sd_db_close(db);
	sd_arena_free(a);
	return half;
}

/* Silence about code that was not read is no health: one line says why the code is 3. */
static bool is_incomplete(const struct check *c, const struct options *s, const char *path)
{
	const struct sd_coverage *cov = &c->r->cov;

	if (cov->tus_failed > (unsigned)s->max_failed)
		sd_warn("incomplete: %u of %u TUs could not be analysed (--max-failed %d)", cov->tus_failed, cov->tus, s->max_failed);
	else if (cov->tus == 0)
		sd_warn("incomplete: %s holds no TU", path);
	else
		return is_half_scanned(path);
	return true;
}

static bool any_finding(const struct check *c)
{
	for (size_t i = 0; i < c->r->nfinding; i++) {
		const struct sd_finding *f = &c->r->findings[i];

		if (f->rank <= c->ro.min_rank && !(c->known && is_known(c->known, f)))
			return true;
	}
	return false;
}

static int run(const struct options *s, const char *path)
{
	struct check c = { 0 };
	int code;

	if (s->a.dump && strcmp(s->a.dump, "ir") == 0)
		return sd_dump_ir(path, s->a.dump_fn);
	code = set_up(&c, s);
	if (code == 0)
		code = sd_results_get(path, &s->a, &c.r);
	if (code == 0 && !s->a.dump)
		code = sd_output_write(s->out, write_report, &c);
	if (code == 0 && !s->a.dump) {
		bool incomplete = is_incomplete(&c, s, path);

		code = any_finding(&c) ? SD_EXIT_FOUND :
		       !incomplete ? SD_EXIT_GOOD : s->bisect ? SD_EXIT_SKIP : SD_EXIT_INCOMPLETE;
	}
	if (c.known)
		g_hash_table_destroy(c.known);
	if (c.r)
		sd_arena_free(c.r->arena);
	return code;
}

int cmd_check(int argc, char **argv)
{
	struct options s = { 0 };
	int code = parse(&s, &argc, &argv);

	if (code == 0)
		code = run(&s, argc > 1 ? argv[1] : SD_DEFAULT_DB);
	sd_analysis_clear(&s.a);
	g_free(s.format);
	g_free(s.out);
	g_free(s.min_rank);
	g_free(s.baseline);
	return code;
}
