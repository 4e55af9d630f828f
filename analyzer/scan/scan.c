/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scan.c - the order of things: plan, compare with the database, parse, store, tidy up. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "scan_int.h"

#define MAX_GENERATED 1000      /* more failures than this have another cause than a missing generated file */
#define MAX_SHOWN 5
#define MAX_UNFIT 2             /* TUs with equal flags: when so many fail for one reason and none does not, so do the others */

/* TUs with equal flags and one precompiled header. */
struct family { char *reason; unsigned unfit; bool fit; };

struct scan {
	const struct sd_scan_opts *o;
	struct sd_plan plan;
	struct sd_db *db;
	int lock;                       /* of the database's file; -1 none */
	struct sd_filehash *hash;
	GHashTable *deps;               /* absolute path -> struct sd_db_dep *, as hash has it */
	struct sd_progress *progress;
	GPtrArray *todo;                /* struct sd_command *: to be parsed */
	GPtrArray *generated;           /* struct sd_command *: failed for want of a file that the build makes */
	bool last_chance;               /* second round: what fails now has failed */
	struct sd_pch_set *pch;
	GPtrArray *again;               /* struct sd_command *: did not compile with their precompiled header */
	GHashTable *reasons;            /* of those: command -> char * */
	GHashTable *families;           /* hash of flags and precompiled header -> struct family * */
	size_t total, parsed, unchanged, failed, with_pch, with_local, fell_back;
	gint64 start;
	bool changed;                   /* rows were replaced or dropped: prune */
	char **err;
};

/* ---------------------------------------------------------------- what changed */

static bool is_missing_file(const char *reason)
{
	return strstr(reason, "file not found") != NULL;
}

/* @same: a dep's file name (the database's pointer, one per content) -> 1 equal, 2 differs. */
static bool dep_unchanged(struct scan *s, const struct sd_db_dep *d, GHashTable *same)
{
	gpointer known = g_hash_table_lookup(same, d->file);
	char *path;

	if (!known) {
		path = sd_plan_abs(&s->plan, d->file);
		known = GINT_TO_POINTER(sd_filehash_get(s->hash, path) == d->hash ? 1 : 2);
		g_hash_table_insert(same, (gpointer)d->file, known);
		g_free(path);
	}
	return known == GINT_TO_POINTER(1);
}

/* What the database knows of a TU. */
struct known { int64_t id; uint64_t hash; const char *status; struct sd_db_dep *deps; size_t n; };

/* No deps: the parser crashed, was too slow or never ran; it gets another chance. */
static bool is_same(struct scan *s, const struct sd_command *c, const struct known *k, GHashTable *same)
{
	bool good = k->hash == c->hash && k->n > 0;

	for (size_t i = 0; good && i < k->n; i++)
		good = dep_unchanged(s, &k->deps[i], same);
	return good;
}

/* Is what the TU was some time ago what it is now?  Then that row is put back. */
static bool is_old(struct scan *s, const struct sd_command *c, struct sd_arena *a, struct known *k, GHashTable *same)
{
	k->id = INT64_MAX;
	while (sd_db_get_old_tu(s->db, c->rel, a, &k->id, &k->hash, &k->status, &k->deps, &k->n)) {
		if (!is_same(s, c, k, same))
			continue;
		s->changed = sd_db_put_back_tu(s->db, c->rel, k->id, NULL) == 0;
		return s->changed;
	}
	return false;
}

static bool is_unchanged(struct scan *s, const struct sd_command *c, GHashTable *same, bool *failed)
{
	struct sd_arena *a = sd_arena_new();
	struct known k = { 0 };
	bool good = sd_db_get_tu(s->db, c->rel, a, &k.hash, &k.status, &k.deps, &k.n) && is_same(s, c, &k, same);

	good = good || is_old(s, c, a, &k, same);
	*failed = good && strcmp(k.status, "ok") != 0;
	sd_arena_free(a);
	return good;
}

static void compare(struct scan *s)
{
	GHashTable *same = g_hash_table_new(g_direct_hash, g_direct_equal);
	bool failed;

	for (guint i = 0; i < s->plan.cmds->len; i++) {
		struct sd_command *c = g_ptr_array_index(s->plan.cmds, i);

		if (is_unchanged(s, c, same, &failed)) {
			s->unchanged++;
			s->failed += failed;
		} else {
			g_ptr_array_add(s->todo, c);
			if (s->o->verbose)
				sd_warn("to parse: %s", c->rel);
		}
	}
	g_hash_table_destroy(same);
}

/* ---------------------------------------------------------------- storing */

/* A header of 20,000 TUs is named and read once. */
static const struct sd_db_dep *hash_dep(struct scan *s, const char *path)
{
	struct sd_db_dep *d = g_hash_table_lookup(s->deps, path);

	if (!d) {
		d = sd_arena_alloc(s->plan.arena, sizeof(*d));
		d->file = sd_plan_rel(&s->plan, s->plan.arena, "/", path);
		d->hash = sd_filehash_get(s->hash, path);
		g_hash_table_insert(s->deps, sd_arena_strdup(s->plan.arena, path), d);
	}
	return d;
}

static struct sd_db_dep *hash_deps(struct scan *s, const struct sd_answer *a, struct sd_arena *arena)
{
	struct sd_db_dep *deps = sd_arena_alloc(arena, (a->ndeps + 1) * sizeof(*deps));

	for (size_t i = 0; i < a->ndeps; i++)
		deps[i] = *hash_dep(s, a->deps[i]);
	return deps;
}

/* An error that libclang got over is worth a word, but the TU is analysed. */
static const char *reason_of(const struct sd_answer *a, struct sd_arena *arena)
{
	if (a->reason)
		return a->reason;
	if (a->nerrors && a->first_error)
		return sd_arena_printf(arena, "analysed in spite of %u error%s: %s", a->nerrors, a->nerrors == 1 ? "" : "s",
				       a->first_error);
	return "";
}

static int store(struct scan *s, const struct sd_command *c, const struct sd_answer *a)
{
	struct sd_arena *arena = sd_arena_new();
	struct sd_db_tu tu = {
		.file = c->rel, .status = a->reason ? "failed" : "ok", .reason = reason_of(a, arena),
		.seconds = a->seconds, .command_hash = c->hash,
		.deps = hash_deps(s, a, arena), .ndep = a->ndeps, .fns = a->fns, .nfn = a->nfns,
	};
	int rc;

	/* a file that is not there today may be there tomorrow: no deps, so it is tried again */
	if (a->reason && is_missing_file(a->reason))
		tu.ndep = 0;
	rc = sd_db_put_tu(s->db, &tu, s->err);
	sd_arena_free(arena);
	return rc;
}

static void show_failure(struct scan *s, const struct sd_command *c, const char *reason)
{
	if (++s->failed == MAX_SHOWN + 1)
		sd_warn("more TUs failed: statdep sql %s \"SELECT file, reason FROM v_tu WHERE status = 'failed'\"", s->o->db_path);
	else if (s->failed <= MAX_SHOWN)
		sd_warn("%s not analysed: %s", c->rel, reason);
}

static void family_free(gpointer p)
{
	struct family *f = p;

	g_free(f->reason);
	g_free(f);
}

static struct family *family_of(struct scan *s, const struct sd_command *c)
{
	const uint64_t key = c->hash ^ c->pch->key;
	struct family *f = g_hash_table_lookup(s->families, &key);

	if (!f) {
		f = g_new0(struct family, 1);
		g_hash_table_insert(s->families, g_memdup2(&key, sizeof(key)), f);
	}
	return f;
}

/* A place in another file is the same for all that include that. */
static void note_fit(struct scan *s, const struct sd_command *c, const struct sd_answer *a)
{
	struct family *f = c->pch && !c->again ? family_of(s, c) : NULL;

	if (!f)
		return;
	if (a->pch != SD_PCH_UNFIT) {
		f->fit = f->fit || a->pch == SD_PCH_USED || a->pch == SD_PCH_LOCAL;
	} else if (g_strcmp0(f->reason, a->reason) == 0) {
		f->unfit++;
	} else {
		g_free(f->reason);
		f->reason = g_strdup(a->reason);
		f->unfit = 1;
	}
}

static const char *unfit(void *arg, const struct sd_command *c)
{
	const struct family *f = c->pch && !c->again ? family_of(arg, c) : NULL;

	return f && !f->fit && f->unfit >= MAX_UNFIT ? f->reason : NULL;
}

static int on_answer(void *arg, const struct sd_command *c, const struct sd_answer *a)
{
	struct scan *s = arg;
	bool missing = a->reason && is_missing_file(a->reason) && s->plan.make && !s->last_chance;

	if (!missing)
		note_fit(s, c, a);
	if (a->pch == SD_PCH_UNFIT && !missing) {
		g_ptr_array_add(s->again, (gpointer)c);
		g_hash_table_insert(s->reasons, (gpointer)c, g_strdup(a->reason ? a->reason : ""));
		return 0;
	}
	if (missing) {
		((struct sd_command *)c)->again = true;         /* the next time is the last */
		g_ptr_array_add(s->generated, (gpointer)c);
	} else {
		s->parsed++;
		if (a->reason)
			show_failure(s, c, a->reason);
	}
	s->with_pch += a->pch == SD_PCH_USED || a->pch == SD_PCH_LOCAL;
	s->with_local += a->pch == SD_PCH_LOCAL;
	s->fell_back += a->pch == SD_PCH_FELL_BACK;
	s->changed = true;
	return store(s, c, a);
}

static void on_tick(void *arg)
{
	struct scan *s = arg;

	sd_progress_update(s->progress, s->unchanged + s->parsed, s->failed);
}

static char *cache_dir(const struct scan *s)
{
	char *dir = g_strconcat(s->o->db_path, SD_CACHE_SUFFIX, NULL), *abs = g_canonicalize_filename(dir, NULL);

	g_free(dir);
	return abs;
}

static int parse(struct scan *s, const GPtrArray *cmds)
{
	const struct sd_pool_opts po = { s->o->jobs, s->o->tu_timeout, s->o->verbose };
	char *dir = cache_dir(s);
	const struct sd_pch_opts pch = { dir, s->o->jobs, s->o->tu_timeout, s->o->verbose };
	const struct sd_pool_calls calls = { on_answer, unfit, on_tick, s };
	struct sd_pch_batches *b = sd_pch_batches_new(&s->plan, cmds, s->hash, &pch);
	const GPtrArray *some;
	int rc = 0;

	s->progress = sd_progress_new(s->total, s->unchanged + s->parsed);
	while (rc == 0 && (some = sd_pch_batches_next(b)))
		rc = sd_pool_run(&s->plan, some, &po, &calls);
	sd_progress_free(s->progress);
	sd_pch_batches_free(b);
	g_free(dir);
	return rc;
}

/* ---------------------------------------------------------------- files that the build makes */

static void ignore_line(void *arg, char *line)
{
	(void)arg;
	(void)line;
}

static int by_object(gconstpointer a, gconstpointer b)
{
	return strcmp((*(struct sd_command *const *)a)->rel, (*(struct sd_command *const *)b)->rel);
}

/* Really builds the objects of @cmds: that makes the sources and headers which they need. */
static int build_objects(struct scan *s, const GPtrArray *cmds)
{
	GPtrArray *argv = g_ptr_array_new();
	char jobs[16], *words = NULL;
	int rc, lock = sd_objtree_lock(&s->plan);

	for (char **a = s->plan.make; *a; a++)
		g_ptr_array_add(argv, *a);
	g_snprintf(jobs, sizeof(jobs), "-j%u", s->o->jobs);
	g_ptr_array_add(argv, (char *)"-k");
	g_ptr_array_add(argv, jobs);
	for (guint i = 0; i < cmds->len; i++) {
		const struct sd_command *c = g_ptr_array_index(cmds, i);

		if (c->object)
			g_ptr_array_add(argv, (char *)c->object);
	}
	g_ptr_array_add(argv, NULL);
	rc = sd_run_lines((char **)argv->pdata, ignore_line, NULL, &words);
	sd_objtree_unlock(lock);
	g_ptr_array_free(argv, TRUE);
	if (rc < 0)
		*s->err = words;
	else
		g_free(words);
	return rc < 0 ? -1 : 0;
}

/*
 * A dry run makes nothing, so TUs that include (or are) files which the build generates fail in
 * the first round.  There are a few in a configuration; they get a second.
 */
static int parse_generated(struct scan *s)
{
	GPtrArray *again = s->generated;
	int rc = 0;

	s->last_chance = true;
	if (again->len == 0)
		return 0;
	g_ptr_array_sort(again, by_object);
	if (again->len <= MAX_GENERATED) {
		sd_warn("%u TU%s generated files: building the object%s", again->len,
			again->len == 1 ? " needs" : "s need", again->len == 1 ? "" : "s");
		rc = build_objects(s, again);
	}
	if (sd_interrupted())
		return 130;
	sd_filehash_free(s->hash);              /* the build may have changed what was hashed */
	s->hash = sd_filehash_new();
	g_hash_table_remove_all(s->deps);
	return rc ? rc : parse(s, again);
}

/* ---------------------------------------------------------------- tidying up */

static int put_not_built(struct scan *s)
{
	for (guint i = 0; i < s->plan.notbuilt->len; i++) {
		const struct sd_db_tu tu = {
			.file = g_ptr_array_index(s->plan.notbuilt, i), .status = "not-built",
			.reason = s->plan.make ? "not in this configuration" : "not in the compilation database",
		};

		if (sd_db_put_tu(s->db, &tu, s->err))
			return -1;
	}
	return 0;
}

static bool is_current(const struct scan *s, GHashTable *now, const char *rel)
{
	if (!sd_plan_wants(&s->plan, rel) || g_hash_table_contains(now, rel))
		return true;
	for (guint i = 0; i < s->plan.notbuilt->len; i++)
		if (strcmp(g_ptr_array_index(s->plan.notbuilt, i), rel) == 0)
			return true;
	return false;
}

/* Rows below the scanned paths that this scan's list does not have go; others stay. */
static int drop_gone(struct scan *s)
{
	GHashTable *now = g_hash_table_new(g_str_hash, g_str_equal);
	struct sd_arena *a = sd_arena_new();
	const char **files;
	size_t n;
	int rc = sd_db_tu_files(s->db, a, &files, &n, s->err);

	for (guint i = 0; i < s->plan.cmds->len; i++)
		g_hash_table_add(now, (gpointer)((struct sd_command *)g_ptr_array_index(s->plan.cmds, i))->rel);
	for (size_t i = 0; i < n && rc == 0; i++) {
		if (is_current(s, now, files[i]))
			continue;
		rc = sd_db_drop_tu(s->db, files[i], s->err);
		s->changed = true;
	}
	g_hash_table_destroy(now);
	sd_arena_free(a);
	return rc;
}

/* Names the roots for people and for `scan` without --kernel; nothing that is printed depends on them. */
static int put_meta(struct scan *s)
{
	struct sd_arena *a = sd_arena_new();
	const char *old = sd_db_get_meta(s->db, "source", a);
	const char *shard = s->o->nshards > 1 ? sd_arena_printf(a, "%u/%u", s->o->shard, s->o->nshards) : "";
	int rc;

	if (old && strcmp(old, s->plan.srcroot) != 0)
		sd_warn("%s was made from %s: what it has outside the given paths stays", s->o->db_path, old);
	rc = sd_db_set_meta(s->db, "source", s->plan.srcroot, s->err) ||
	     sd_db_set_meta(s->db, "objtree", s->plan.objroot ? s->plan.objroot : "", s->err) ||
	     sd_db_set_meta(s->db, "config", s->plan.config ? s->plan.config : "", s->err) ||
	     sd_db_set_meta(s->db, "shard", shard, s->err) ||
	     sd_db_set_meta(s->db, "scan", "running", s->err) ||      /* until it is complete */
	     (!s->o->npaths && sd_db_set_meta(s->db, "scope", "", s->err)) ||
	     sd_db_set_meta(s->db, "parser", sd_extract_version(a), s->err) ? -1 : 0;
	sd_arena_free(a);
	return rc;
}

static void print_summary(const struct scan *s)
{
	double seconds = (double)(g_get_monotonic_time() - s->start) / 1e6;

	fprintf(stderr, "scan: %zu TUs: %zu parsed, %zu unchanged, %zu failed, %zu functions in %.1f s\n",
		s->total, s->parsed, s->unchanged, s->failed, sd_db_fn_count(s->db), seconds);
	if (s->pch && s->with_pch + s->fell_back) {
		unsigned used, built;

		sd_pch_count(s->pch, &used, &built);
		fprintf(stderr, "scan: %u precompiled header%s (%u built): %zu TUs with, %zu fell back, %zu without", used,
			used == 1 ? "" : "s", built, s->with_pch, s->fell_back, s->parsed - MIN(s->parsed, s->with_pch + s->fell_back));
		if (s->with_local)
			fprintf(stderr, "; %zu with their directory's, too", s->with_local);
		fprintf(stderr, "\n");
	}
}

/* ---------------------------------------------------------------- all of it */

static int make_plan(struct scan *s)
{
	int rc = s->o->compdb ? sd_compdb_plan(&s->plan, s->o, s->err) : sd_kbuild_plan(&s->plan, s->o, s->err);

	if (rc || sd_interrupted())
		return rc;
	sd_plan_finish(&s->plan, s->o);
	s->total = s->plan.cmds->len;
	return 0;
}

/*
 * One scan at a time into a database, which may not be there yet.  The file is closed last: that gives up all locks of
 * the process on it, SQLite's too.  One that cannot be opened is for sd_db_open() to complain about.
 */
static int lock_db(struct scan *s)
{
	s->lock = open(s->o->db_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
	if (s->lock < 0 || flock(s->lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return 0;
	*s->err = g_strdup_printf("%s: another scan writes it", s->o->db_path);
	return -1;
}

/* An existing file is checked before the long work; a new one is made only when there is work. */
static int open_db(struct scan *s, bool existing_only)
{
	if (s->db || (existing_only && !g_file_test(s->o->db_path, G_FILE_TEST_EXISTS)))
		return 0;
	if (lock_db(s))
		return -1;
	return sd_db_open(&s->db, s->o->db_path, SD_DB_CREATE, s->err);
}

static void prepare_pch(struct scan *s)
{
	char *dir = cache_dir(s);
	const struct sd_pch_opts po = { dir, s->o->jobs, s->o->tu_timeout, s->o->verbose };

	if (!s->o->no_pch && s->todo->len)
		s->pch = sd_pch_prepare(&s->plan, s->todo, s->hash, &po);
	g_free(dir);
}

/* TUs that did not compile with their precompiled header: with another one, or without. */
static int parse_again(struct scan *s)
{
	char *dir = cache_dir(s);
	const struct sd_pch_opts po = { dir, s->o->jobs, s->o->tu_timeout, s->o->verbose };
	gint64 start = g_get_real_time() - (g_get_monotonic_time() - s->start);
	int rc = 0;

	if (s->again->len) {
		g_ptr_array_sort(s->again, by_object);
		sd_pch_again(s->pch, &s->plan, s->again, s->reasons, s->hash, &po);
		rc = sd_interrupted() ? 130 : parse(s, s->again);
	}
	sd_cache_tidy(dir, start);
	g_free(dir);
	return rc;
}

static int run(struct scan *s)
{
	int rc;

	if (open_db(s, true) || make_plan(s))
		return -1;
	if (sd_interrupted())
		return 130;
	if (open_db(s, false) || put_meta(s))
		return -1;
	compare(s);
	prepare_pch(s);
	rc = parse(s, s->todo);
	if (rc == 0)
		rc = parse_again(s);
	if (rc == 0)
		rc = parse_generated(s);
	if (rc == 0 && (put_not_built(s) || drop_gone(s) || (s->changed && sd_db_prune(s->db, s->err))))
		rc = -1;
	/* all that this configuration builds; a later scan of some paths does not make it less */
	if (rc == 0 && !s->o->npaths && s->o->kernel)
		rc = sd_db_set_meta(s->db, "scope", "whole", s->err);
	if (rc == 0)
		rc = sd_db_set_meta(s->db, "scan", "complete", s->err);
	if (rc == 0)
		print_summary(s);
	return rc;
}

int sd_scan(const struct sd_scan_opts *o, char **err)
{
	struct scan s = { .o = o, .err = err, .lock = -1, .start = g_get_monotonic_time() };
	int rc;

	sd_interrupt_catch();
	sd_plan_init(&s.plan);
	s.hash = sd_filehash_new();
	s.deps = g_hash_table_new(g_str_hash, g_str_equal);
	s.todo = g_ptr_array_new();
	s.generated = g_ptr_array_new();
	s.again = g_ptr_array_new();
	s.families = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, family_free);
	s.reasons = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	rc = run(&s);
	if (sd_interrupted()) {
		sd_warn("interrupted; %s is valid and the next scan completes it", o->db_path);
		g_clear_pointer(err, g_free);
		rc = 130;
	}
	sd_db_close(s.db);
	if (s.lock >= 0)
		close(s.lock);
	sd_pch_set_free(s.pch);
	g_ptr_array_free(s.todo, TRUE);
	g_ptr_array_free(s.generated, TRUE);
	g_ptr_array_free(s.again, TRUE);
	g_hash_table_destroy(s.reasons);
	g_hash_table_destroy(s.families);
	sd_filehash_free(s.hash);
	g_hash_table_destroy(s.deps);
	sd_plan_free(&s.plan);
	return rc < 0 ? 2 : rc;
}
