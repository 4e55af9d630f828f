/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * results.c - facts + rules + options -> results, once.
 *
 * The stamp names everything that results depend on; stored results with another stamp are as
 * good as none.
 */
#include <pthread.h>
#include <string.h>
#include <unistd.h>
#include "cmd.h"
#include "db.h"
#include "graph.h"
#include "rules.h"

GOptionEntry *sd_analysis_entries(struct sd_analysis *a)
{
	const GOptionEntry entries[] = {
		{ "read-lock", 0, 0, G_OPTION_ARG_STRING, &a->read_lock,
		  "what read_lock() is outside interrupts: context (since v5.10) or recursive (before)", "MODE" },
		{ "raw-nesting", 0, 0, G_OPTION_ARG_NONE, &a->raw_nesting,
		  "spinlock_t and rwlock_t may sleep, as on PREEMPT_RT: not under raw_spinlock_t (CONFIG_PROVE_RAW_LOCK_NESTING)", NULL },
		{ "whole", 0, 0, G_OPTION_ARG_NONE, &a->whole,
		  "what was scanned is all there is, so that who stores to a member is known (as of a scan of a whole kernel)", NULL },
		{ "only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &a->only,
		  "only what this function does, called with no lock held; repeatable; results are not stored", "FUNCTION" },
		{ "rules", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &a->rules, "a rules file of your own, read after ours; repeatable", "FILE" },
		{ "rules-dir", 0, 0, G_OPTION_ARG_FILENAME, &a->rules_dir, "where our rules are (or $STATDEP_RULES)", "DIR" },
		{ "dump", 0, 0, G_OPTION_ARG_STRING, &a->dump, "print a stage: ir, instances, summaries, graph or times", "STAGE" },
		{ "function", 0, 0, G_OPTION_ARG_STRING, &a->dump_fn, "--dump=ir of this function only", "NAME" },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &a->jobs, "threads of the analysis (default: processors)", "N" },
		G_OPTION_ENTRY_NULL
	};

	return g_memdup2(entries, sizeof(entries));
}

void sd_analysis_clear(struct sd_analysis *a)
{
	g_free(a->read_lock);
	g_strfreev(a->only);
	g_strfreev(a->rules);
	g_free(a->rules_dir);
	g_free(a->dump);
	g_free(a->dump_fn);
	memset(a, 0, sizeof(*a));
}

/* ---------------------------------------------------------------- rules */

static char *dir_if_there(char *dir)
{
	if (g_file_test(dir, G_FILE_TEST_IS_DIR))
		return dir;
	g_free(dir);
	return NULL;
}

/* Beside the program: the source tree's when it runs where it was built, else ../share. */
static char *rules_beside(void)
{
	char *exe = g_file_read_link("/proc/self/exe", NULL), *bin, *dir;

	if (!exe)
		return NULL;
	if (g_str_has_prefix(exe, SD_BUILD_DIR "/")) {
		g_free(exe);
		return dir_if_there(g_strdup(SD_SOURCE_RULES_DIR));
	}
	bin = g_path_get_dirname(exe);
	dir = dir_if_there(g_build_filename(bin, "../share/statdep/rules", NULL));
	g_free(bin);
	g_free(exe);
	return dir;
}

char *sd_rules_dir(const char *option, char **err)
{
	const char *env = g_getenv("STATDEP_RULES");
	char *dir;

	if (option || (env && *env))
		return g_strdup(option ? option : env);
	dir = rules_beside();
	if (!dir)
		dir = dir_if_there(g_strdup(SD_RULES_DIR));
	if (!dir)
		*err = g_strdup("no rules found: give --rules-dir or set STATDEP_RULES");
	return dir;
}

static int load_rules(const struct sd_analysis *a, struct sd_rules **out)
{
	char *err = NULL, *dir = sd_rules_dir(a->rules_dir, &err);
	int errors;

	*out = NULL;
	if (!dir)
		return sd_cmd_fail(err);
	errors = sd_rules_load(out, dir, (const char *const *)a->rules, a->rules ? g_strv_length(a->rules) : 0, stderr);
	g_free(dir);
	return errors ? SD_EXIT_WRONG : 0;
}

/* ---------------------------------------------------------------- results */

static int check_options(const struct sd_analysis *a)
{
	static const char *const stages[] = { "ir", "instances", "summaries", "graph", "times", NULL };

	if (a->read_lock && strcmp(a->read_lock, "context") && strcmp(a->read_lock, "recursive"))
		return sd_cmd_fail(g_strdup_printf("--read-lock %s: context or recursive", a->read_lock));
	if (a->dump && !g_strv_contains(stages, a->dump))
		return sd_cmd_fail(g_strdup_printf("--dump %s: ir, instances, summaries, graph or times", a->dump));
	if (a->jobs < 0 || a->jobs > 4096)
		return sd_cmd_fail(g_strdup_printf("-j %d: 1 or more threads", a->jobs));
	return 0;
}

static bool is_recursive(const struct sd_analysis *a)
{
	return a->read_lock && strcmp(a->read_lock, "recursive") == 0;
}

/* Nothing that is built was left out. */
static bool is_whole(struct sd_db *db, const struct sd_analysis *a)
{
	struct sd_arena *arena = sd_arena_new();
	bool whole = a->whole || (!g_strcmp0(sd_db_get_meta(db, "scope", arena), "whole") && !g_strcmp0(sd_db_get_meta(db, "shard", arena), "") &&
				  !g_strcmp0(sd_db_get_meta(db, "scan", arena), "complete"));

	sd_arena_free(arena);
	return whole;
}

static char *make_stamp(struct sd_db *db, const struct sd_rules *rules, const struct sd_analysis *a)
{
	return g_strdup_printf("facts %016" G_GINT64_MODIFIER "x rules %016" G_GINT64_MODIFIER "x read-lock %s%s%s graph %d",
			       sd_db_facts_hash(db), sd_rules_hash(rules), is_recursive(a) ? "recursive" : "context",
			       a->raw_nesting ? " raw-nesting" : "", is_whole(db, a) ? " whole" : "", SD_GRAPH_VERSION);
}

/* Storing is a convenience: who may not write the file, or comes second, has results all the same. */
struct storing {
	const char *path;
	bool alone;                     /* no thread beside the analysis */
	const struct sd_results *r;
	struct sd_db *db;
	struct sd_saving *saving;
	char *err;
	pthread_t thread;
	bool started;
};

static void *store_facts(void *arg)
{
	struct storing *s = arg;

	if (access(s->path, W_OK) == 0 && sd_db_open(&s->db, s->path, SD_DB_WRITE, &s->err) == 0)
		s->saving = sd_db_save_begin(s->db, s->r, &s->err);
	return NULL;
}

/* Most rows are known before the findings are, which keep one processor busy at most of the time. */
static void facts_done(void *arg, const struct sd_results *r)
{
	struct storing *s = arg;

	s->r = r;
	s->started = !s->alone && pthread_create(&s->thread, NULL, store_facts, s) == 0;
	if (!s->started)
		store_facts(s);
}

/* @stamp NULL: the analysis has failed. */
static void store_rest(struct storing *s, const char *stamp)
{
	if (s->started)
		pthread_join(s->thread, NULL);
	if (s->saving)
		sd_db_save_end(s->saving, stamp, &s->err);
	sd_db_close(s->db);
	if (s->err)
		sd_warn("results are not stored: %s", s->err);
	g_free(s->err);
}

/* Closes *db before the rest is stored: the last to close the file tidies up, and that must be the writer. */
static int analyze(struct sd_db **db, const char *path, const struct sd_rules *rules, const struct sd_analysis *a,
		   const char *stamp, struct sd_results **out)
{
	struct storing s = { .path = path, .alone = a->jobs == 1 };
	const struct sd_graph_in in = { .db = *db, .rules = rules, .read_recursive = is_recursive(a), .raw_nesting = a->raw_nesting,
					.whole = is_whole(*db, a), .only = (const char *const *)a->only, .dump = a->dump, .jobs = (unsigned)a->jobs,
					.facts_done = a->only ? NULL : facts_done, .arg = &s };
	char *err = NULL;
	int rc = sd_graph_analyze(&in, out, &err);

	sd_db_close(*db);
	*db = NULL;
	store_rest(&s, rc ? NULL : stamp);
	return rc ? sd_cmd_fail(err) : 0;
}

/* @query: stored results need not be read. */
static int get(struct sd_db **db, const char *path, const struct sd_rules *rules, const struct sd_analysis *a,
	       bool query, struct sd_results **out)
{
	char *stamp = make_stamp(*db, rules, a), *err = NULL;
	int code = 0;

	*out = NULL;
	if (!a->dump && !a->only && (!query || !sd_db_has_results(*db, stamp)))
		*out = sd_db_load_results(*db, stamp, &err);
	if (err)        /* damaged results are made anew */
		g_clear_pointer(&err, g_free);
	if (query && sd_db_has_results(*db, NULL) && !sd_db_has_results(*db, stamp))
		sd_warn("%s: results are of other facts, rules or options, or of another statdep: analysing anew", path);
	if (!*out && (a->dump || !query || !sd_db_has_results(*db, stamp)))
		code = analyze(db, path, rules, a, stamp, out);
	g_free(stamp);
	return code;
}

static int open_and_get(const char *path, const struct sd_analysis *a, bool query, struct sd_results **out)
{
	struct sd_rules *rules = NULL;
	struct sd_db *db = NULL;
	char *err = NULL;
	int code = check_options(a);

	if (code == 0 && sd_db_open(&db, path, SD_DB_READ, &err))
		code = sd_cmd_fail(err);
	if (code == 0)
		code = load_rules(a, &rules);
	if (code == 0)
		code = get(&db, path, rules, a, query, out);
	sd_rules_free(rules);
	sd_db_close(db);
	return code;
}

int sd_results_get(const char *path, const struct sd_analysis *a, struct sd_results **out)
{
	return open_and_get(path, a, false, out);
}

int sd_results_store(const char *path, const struct sd_analysis *a)
{
	struct sd_results *r = NULL;
	int code = open_and_get(path, a, true, &r);

	if (r)
		sd_arena_free(r->arena);
	return code;
}
