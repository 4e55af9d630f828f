/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_db.c - the database: facts and results come back as they went in, wrong files are
 * refused with one line, readers and a writer do not disturb each other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <cmocka.h>
#include "db.h"

struct place { char *dir, *db; };

static int make_place(void **state)
{
	struct place *p = g_new0(struct place, 1);

	p->dir = g_dir_make_tmp("sd-test-db-XXXXXX", NULL);
	p->db = g_build_filename(p->dir, "t.db", NULL);
	*state = p;
	return p->dir ? 0 : -1;
}

static int remove_place(void **state)
{
	struct place *p = *state;
	GDir *d = g_dir_open(p->dir, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		char *path = g_build_filename(p->dir, name, NULL);

		g_unlink(path);
		g_free(path);
	}
	g_dir_close(d);
	g_rmdir(p->dir);
	g_free(p->dir);
	g_free(p->db);
	g_free(p);
	return 0;
}

static struct sd_db *open_db(const char *path, enum sd_db_mode mode)
{
	struct sd_db *db;
	char *err = NULL;

	if (sd_db_open(&db, path, mode, &err))
		fail_msg("%s", err);
	return db;
}

/* Opening must fail, with one line that names the file and holds @words. */
static void refuse(const char *path, enum sd_db_mode mode, const char *words)
{
	struct sd_db *db;
	char *err = NULL;

	assert_int_equal(sd_db_open(&db, path, mode, &err), -1);
	assert_null(db);
	assert_non_null(err);
	assert_non_null(strstr(err, path));
	if (!strstr(err, words))
		fail_msg("'%s' does not say '%s'", err, words);
	assert_null(strchr(err, '\n'));
	g_free(err);
}

/* ---------------------------------------------------------------- facts */

static void put(struct sd_db *db, const char *file, const char *status, const char *static_fn, uint64_t header_hash)
{
	const struct sd_db_dep deps[] = { { file, 1 }, { "include/z.h", header_hash }, { "include/a.h", 3 } };
	const struct sd_db_fn fns[] = {
		{ .name = "inl@include/a.h", .file = "include/a.h", .line = 3, .ir = (const uint8_t *)"inl", .irlen = 3, .hash = 9 },
		{ .name = static_fn, .file = file, .line = 7, .ir = (const uint8_t *)"\0\1", .irlen = 2, .hash = ~0ull },
	};
	struct sd_db_tu tu = {
		.file = file, .status = status, .reason = strcmp(status, "ok") ? "a.c:1: no" : "", .seconds = 0.5,
		.command_hash = 0xfedcba9876543210ull, .deps = deps, .ndep = 3, .fns = fns, .nfn = 2,
	};
	char *err = NULL;

	if (sd_db_put_tu(db, &tu, &err))
		fail_msg("%s", err);
}

static int list_fn(void *arg, const struct sd_db_fn *fn, const char *tu)
{
	g_string_append_printf(arg, "%s %s:%d %zu %s\n", fn->name, fn->file, fn->line, fn->irlen, tu);
	return 0;
}

static char *fns_of(struct sd_db *db)
{
	GString *s = g_string_new("");
	char *err = NULL;

	if (sd_db_each_fn(db, list_fn, s, &err))
		fail_msg("%s", err);
	return g_string_free(s, FALSE);
}

static void expect_fns(struct sd_db *db, const char *text)
{
	char *s = fns_of(db);

	assert_string_equal(s, text);
	g_free(s);
}

static void a_tu_comes_back(void **state)
{
	struct place *p = *state;
	struct sd_db *db = open_db(p->db, SD_DB_CREATE);
	struct sd_arena *a = sd_arena_new();
	struct sd_db_dep *deps;
	const char *status;
	uint64_t hash;
	size_t n;

	put(db, "b.c", "ok", "f@b.c", ~2ull);
	sd_db_close(db);
	db = open_db(p->db, SD_DB_READ);
	assert_true(sd_db_get_tu(db, "b.c", a, &hash, &status, &deps, &n));
	assert_true(hash == 0xfedcba9876543210ull);
	assert_string_equal(status, "ok");
	assert_int_equal(n, 3);
	assert_string_equal(deps[0].file, "b.c");       /* the main file first, the others sorted */
	assert_string_equal(deps[1].file, "include/a.h");
	assert_string_equal(deps[2].file, "include/z.h");
	assert_true(deps[2].hash == ~2ull);
	assert_false(sd_db_get_tu(db, "nope.c", a, &hash, &status, &deps, &n));
	sd_arena_free(a);
	sd_db_close(db);
}

static void a_function_of_two_tus_comes_once(void **state)
{
	struct place *p = *state;
	struct sd_db *db = open_db(p->db, SD_DB_CREATE);

	put(db, "b.c", "ok", "f@b.c", 2);
	put(db, "a.c", "ok", "f@a.c", 2);
	put(db, "0.c", "failed", "f@0.c", 2);           /* a failed TU owns nothing */
	expect_fns(db, "f@a.c a.c:7 2 a.c\n"
		       "f@b.c b.c:7 2 b.c\n"
		       "inl@include/a.h include/a.h:3 3 a.c\n");
	sd_db_close(db);
}

static void what_no_tu_has_is_pruned(void **state)
{
	struct place *p = *state;
	struct sd_db *db = open_db(p->db, SD_DB_CREATE);
	char *err = NULL;

	put(db, "a.c", "ok", "f@a.c", 2);
	put(db, "b.c", "ok", "f@b.c", 2);
	put(db, "b.c", "ok", "g@b.c", 4);
	assert_int_equal(sd_db_drop_tu(db, "a.c", &err), 0);
	assert_int_equal(sd_db_prune(db, &err), 0);
	put(db, "c.c", "ok", "f@a.c", 2);               /* the caches know of the pruning */
	expect_fns(db, "f@a.c c.c:7 2 c.c\n"
		       "g@b.c b.c:7 2 b.c\n"
		       "inl@include/a.h include/a.h:3 3 b.c\n");
	sd_db_close(db);
}

static void the_facts_hash_sees_content_only(void **state)
{
	struct place *p = *state;
	struct sd_db *db = open_db(p->db, SD_DB_CREATE);
	uint64_t one, two;

	put(db, "a.c", "ok", "f@a.c", 2);
	one = sd_db_facts_hash(db);
	put(db, "a.c", "ok", "f@a.c", 77);              /* a header's comment changed, the IR did not */
	assert_true(sd_db_facts_hash(db) == one);
	put(db, "a.c", "ok", "g@a.c", 77);
	two = sd_db_facts_hash(db);
	assert_true(two != one);
	put(db, "a.c", "failed", "g@a.c", 77);
	assert_true(sd_db_facts_hash(db) != two);
	sd_db_close(db);
}

static void merging_is_like_one_scan(void **state)
{
	struct place *p = *state;
	char *other = g_build_filename(p->dir, "other.db", NULL), *err = NULL;
	struct sd_db *db = open_db(p->db, SD_DB_CREATE), *from = open_db(other, SD_DB_CREATE);
	struct sd_arena *a = sd_arena_new();
	struct sd_db_dep *deps;
	const char *status;
	uint64_t hash;
	size_t n;

	put(db, "a.c", "ok", "f@a.c", 2);
	put(from, "x.c", "ok", "f@x.c", 5);             /* its ids differ from the target's */
	put(from, "b.c", "ok", "f@b.c", 2);
	sd_db_set_meta(from, "source", "/src", &err);
	assert_int_equal(sd_db_merge(db, from, &err), 0);
	expect_fns(db, "f@a.c a.c:7 2 a.c\n"
		       "f@b.c b.c:7 2 b.c\n"
		       "f@x.c x.c:7 2 x.c\n"
		       "inl@include/a.h include/a.h:3 3 a.c\n");
	assert_true(sd_db_get_tu(db, "x.c", a, &hash, &status, &deps, &n));
	assert_int_equal(n, 3);
	assert_string_equal(deps[0].file, "x.c");
	assert_true(deps[2].hash == 5);
	assert_string_equal(sd_db_get_meta(db, "source", a), "/src");
	sd_arena_free(a);
	sd_db_close(from);
	sd_db_close(db);
	g_free(other);
}

/* ---------------------------------------------------------------- results */

static struct sd_witness *make_witness(struct sd_arena *a, const char *role)
{
	struct sd_witness *w = sd_arena_alloc(a, sizeof(*w));

	w->role = role;
	w->entry = "hardirq: irq handler, registered at d.c:9";
	w->nsteps = 2;
	w->steps = sd_arena_alloc(a, 2 * sizeof(*w->steps));
	w->steps[0] = (struct sd_step) { "take", "d.c", 4, "" };
	w->steps[1] = (struct sd_step) { "on_irq", "d.c", 8, "ops::cb, 2 targets" };
	w->indirect = 1;
	w->targets = 2;
	w->proved = true;
	return w;
}

static struct sd_results *make_results(void)
{
	static const struct sd_class classes[] = {
		{ .name = "a.lock", .lockdep_name = "&a->lock", .lock_type = "spinlock", .file = "d.c", .line = 1, .usage = 0x81, .bits = "-..+" },
		{ .name = "a.lock", .lockdep_name = "", .lock_type = "mutex", .file = "", .by_type_only = true, .is_map = true, .bits = "...." },
	};
	struct sd_arena *a = sd_arena_new();
	struct sd_results *r = sd_arena_alloc(a, sizeof(*r));
	struct sd_witness *w = make_witness(a, "IN-HARDIRQ-W"), *v = make_witness(a, "dependency");
	struct sd_finding *f;

	r->arena = a;
	r->source = "/src";
	r->read_lock = "context";
	r->nclass = 2;
	r->classes = sd_arena_alloc(a, sizeof(classes));
	memcpy(r->classes, classes, sizeof(classes));
	r->classes[0].wit[SD_U_IN_HARDIRQ_W] = w;
	r->nacquire = 1;
	r->acquires = sd_arena_alloc(a, sizeof(*r->acquires));
	r->acquires[0] = (struct sd_acquire) { 1, "take", "d.c", 4, 'R', "task", "on", "unknown", true };
	r->ndep = 1;
	r->deps = sd_arena_alloc(a, sizeof(*r->deps));
	r->deps[0] = (struct sd_dep) { .from = 0, .to = 1, .kinds = SD_DEP_EN | SD_DEP_SR };
	r->deps[0].wit[3] = v;
	r->deps[0].held[3] = (struct sd_step) { "outer", "d.c", 3, "" };
	r->deps[0].wit[0] = w;
	r->ncall = 1;
	r->calls = sd_arena_alloc(a, sizeof(*r->calls));
	r->calls[0] = (struct sd_call) { "on_irq", "take", "d.c", 8, "direct" };
	r->nentry = 1;
	r->entries = sd_arena_alloc(a, sizeof(*r->entries));
	r->entries[0] = (struct sd_entry) { "on_irq", "d.c", 7, "hardirq", "init", "irq handler" };
	r->nfinding = 2;
	r->findings = f = sd_arena_alloc(a, 2 * sizeof(*f));
	f[0] = (struct sd_finding) { .id = 1, .kind = SD_K_IRQ_INVERSION, .irq = "hardirq", .rank = SD_RANK_MEDIUM, .rank_reason = "why",
		.title = "it's", .nchain = 2, .nwit = 2, .safe_bit = SD_U_IN_HARDIRQ_W, .unsafe_bit = SD_U_HARDIRQ_ON_R, .fingerprint = "0123456789abcdef" };
	f[0].chain = sd_arena_alloc(a, 2 * sizeof(uint32_t));
	f[0].chain[1] = 1;
	f[0].deps = sd_arena_alloc(a, sizeof(uint32_t));
	f[0].kind_bit = sd_arena_alloc(a, 1);
	f[0].kind_bit[0] = 3;
	f[0].wit = sd_arena_alloc(a, 2 * sizeof(*f[0].wit));
	f[0].wit[0] = w;
	f[0].wit[1] = v;
	f[1] = (struct sd_finding) { .id = 2, .kind = SD_K_RECURSIVE, .irq = "", .title = "t", .rank_reason = NULL, .nchain = 1, .fingerprint = "ff" };
	f[1].chain = sd_arena_alloc(a, sizeof(uint32_t));
	r->ngap = 1;
	r->gaps = sd_arena_alloc(a, sizeof(*r->gaps));
	r->gaps[0] = (struct sd_gap) { "failed-tu", "", "e.c", 0, "e.c:1: no" };
	r->cov = (struct sd_coverage) { .tus = 3, .acquires = 300, .truncated = 70000 };
	return r;
}

static void same_witness(const struct sd_witness *a, const struct sd_witness *b)
{
	assert_int_equal(!a, !b);
	if (!a)
		return;
	assert_string_equal(a->role, b->role);
	assert_string_equal(a->entry, b->entry);
	assert_int_equal(a->nsteps, b->nsteps);
	assert_int_equal(a->indirect, b->indirect);
	assert_int_equal(a->targets, b->targets);
	assert_int_equal(a->proved, b->proved);
	for (size_t i = 0; i < a->nsteps; i++) {
		assert_string_equal(a->steps[i].function, b->steps[i].function);
		assert_string_equal(a->steps[i].file, b->steps[i].file);
		assert_string_equal(a->steps[i].via, b->steps[i].via);
		assert_int_equal(a->steps[i].line, b->steps[i].line);
	}
}

static void same_classes(const struct sd_results *a, const struct sd_results *b)
{
	assert_int_equal(a->nclass, b->nclass);
	for (size_t i = 0; i < a->nclass; i++) {
		const struct sd_class *x = &a->classes[i], *y = &b->classes[i];

		assert_string_equal(x->name, y->name);
		assert_string_equal(x->lockdep_name, y->lockdep_name);
		assert_string_equal(x->lock_type, y->lock_type);
		assert_string_equal(x->file, y->file);
		assert_string_equal(x->bits, y->bits);
		assert_int_equal(x->line, y->line);
		assert_int_equal(x->by_type_only, y->by_type_only);
		assert_int_equal(x->is_map, y->is_map);
		assert_int_equal(x->usage, y->usage);
		for (int u = 0; u < SD_U_COUNT; u++)
			same_witness(x->wit[u], y->wit[u]);
	}
}

static void same_finding(const struct sd_finding *x, const struct sd_finding *y)
{
	assert_int_equal(x->id, y->id);
	assert_int_equal(x->kind, y->kind);
	assert_int_equal(x->rank, y->rank);
	assert_string_equal(x->irq, y->irq);
	assert_string_equal(x->title, y->title);
	assert_string_equal(x->fingerprint, y->fingerprint);
	assert_int_equal(!x->rank_reason, !y->rank_reason);
	assert_int_equal(x->safe_bit, y->safe_bit);
	assert_int_equal(x->unsafe_bit, y->unsafe_bit);
	assert_int_equal(x->nchain, y->nchain);
	assert_int_equal(x->nwit, y->nwit);
	assert_int_equal(!x->deps, !y->deps);
	assert_memory_equal(x->chain, y->chain, x->nchain * sizeof(uint32_t));
	if (x->deps) {
		assert_memory_equal(x->deps, y->deps, (x->nchain - 1) * sizeof(uint32_t));
		assert_memory_equal(x->kind_bit, y->kind_bit, x->nchain - 1);
	}
	for (size_t i = 0; i < x->nwit; i++)
		same_witness(x->wit[i], y->wit[i]);
}

static void save(struct sd_db *db, const struct sd_results *r, const char *stamp)
{
	char *err = NULL;
	struct sd_saving *s = sd_db_save_begin(db, r, &err);

	assert_non_null(s);
	assert_int_equal(sd_db_save_end(s, stamp, &err), 0);
	assert_null(err);
}

static void results_come_back_whole(void **state)
{
	struct place *p = *state;
	struct sd_db *db = open_db(p->db, SD_DB_CREATE);
	struct sd_results *a = make_results(), *b;
	char *err = NULL;

	assert_null(sd_db_load_results(db, NULL, &err));
	assert_null(err);
	save(db, a, "s1");
	save(db, a, "s2");      /* replaces */
	save(db, a, NULL);      /* takes back */
	assert_null(sd_db_load_results(db, "s1", &err));
	assert_null(err);
	assert_true(sd_db_has_results(db, "s2"));
	assert_false(sd_db_has_results(db, "s1"));
	b = sd_db_load_results(db, "s2", &err);
	assert_non_null(b);
	assert_string_equal(b->source, "/src");
	assert_string_equal(b->read_lock, "context");
	same_classes(a, b);
	assert_int_equal(b->nacquire, 1);
	assert_int_equal(b->acquires[0].mode, 'R');
	assert_string_equal(b->acquires[0].softirqs, "unknown");
	assert_int_equal(b->ndep, 1);
	assert_int_equal(b->deps[0].kinds, SD_DEP_EN | SD_DEP_SR);
	for (int i = 0; i < 4; i++)
		same_witness(a->deps[0].wit[i], b->deps[0].wit[i]);
	assert_string_equal(b->deps[0].held[3].function, "outer");
	assert_null(b->deps[0].held[0].function);
	assert_string_equal(b->calls[0].kind, "direct");
	assert_string_equal(b->entries[0].role, "irq handler");
	assert_int_equal(b->nfinding, 2);
	same_finding(&a->findings[0], &b->findings[0]);
	same_finding(&a->findings[1], &b->findings[1]);
	assert_string_equal(b->gaps[0].text, "e.c:1: no");
	assert_memory_equal(&a->cov, &b->cov, sizeof(a->cov));
	sd_arena_free(a->arena);
	sd_arena_free(b->arena);
	sd_db_close(db);
}

/* Prints @sql's table, or its error line, and compares. */
static void expect_sql(struct sd_db *db, const char *sql, const char *text)
{
	char *out = NULL, *err = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);
	int rc = sd_db_sql(db, sql, f, &err);

	fclose(f);
	assert_string_equal(rc ? err : out, text);
	if (rc)
		assert_string_equal(out, "");
	free(out);
	g_free(err);
}

static void views_show_the_results(void **state)
{
	struct place *p = *state;
	struct sd_db *db = open_db(p->db, SD_DB_CREATE);
	struct sd_results *r = make_results();

	put(db, "d.c", "ok", "take", 1);
	save(db, r, "s");
	sd_arena_free(r->arena);
	expect_sql(db, "SELECT * FROM v_tu", "file  status  reason  functions  seconds\nd.c   ok              2          0.5\n");
	expect_sql(db, "SELECT id, name, line FROM v_class", "id        name    line\na.lock    a.lock  1\na.lock#2  a.lock  0\n");
	expect_sql(db, "SELECT * FROM v_acquire", "class     function  file  line  mode  context  hardirqs  softirqs  trylock\n"
		   "a.lock#2  take      d.c   4     R     task     on        unknown   1\n");
	expect_sql(db, "SELECT * FROM v_usage WHERE lockdep_name = '&a->lock'",
		   "class   lockdep_name  bits  in_hardirq  in_softirq  on_hardirq  on_softirq\n"
		   "a.lock  &a->lock      -..+  1           0           0           1\n");
	expect_sql(db, "SELECT kind, from_class, to_class, function, line FROM v_dependency",
		   "kind  from_class  to_class  function  line\nSR    a.lock      a.lock#2  take      4\nEN    a.lock      a.lock#2  take      4\n");
	expect_sql(db, "SELECT caller, callee, line FROM v_call", "caller  callee  line\non_irq  take    8\n");
	expect_sql(db, "SELECT function, context FROM v_entry", "function  context\non_irq    hardirq\n");
	expect_sql(db, "SELECT id, kind, rank, from_class, to_class FROM v_finding",
		   "id  kind           rank    from_class  to_class\n1   irq-inversion  medium  a.lock      a.lock#2\n"
		   "2   recursive      high    a.lock      a.lock\n");
	expect_sql(db, "SELECT finding, step, role, function, line FROM v_witness",
		   "finding  step  role          function  line\n1        1     IN-HARDIRQ-W  take      4\n1        2     IN-HARDIRQ-W  on_irq    8\n"
		   "1        3     dependency    take      4\n1        4     dependency    on_irq    8\n");
	expect_sql(db, "SELECT text FROM v_witness WHERE step = 2",
		   "text\nops::cb, 2 targets; hardirq: irq handler, registered at d.c:9\n");
	sd_db_close(db);
}

static void only_reading_sql_is_run(void **state)
{
	struct place *p = *state;
	struct sd_db *db = open_db(p->db, SD_DB_CREATE);

	expect_sql(db, "DELETE FROM tu", "sql: only reading is allowed");
	expect_sql(db, "ATTACH 'x.db' AS x", "sql: only reading is allowed");
	expect_sql(db, "PRAGMA journal_mode=DELETE", "sql: only reading is allowed");
	expect_sql(db, "SELECT 1; SELECT 2", "sql: one statement only, not: SELECT 2");
	expect_sql(db, "SELECT absent", "sql: no such column: absent");
	expect_sql(db, "", "sql: no statement given");
	expect_sql(db, "SELECT 1 AS one;", "one\n1\n");
	sd_db_close(db);
}

/* ---------------------------------------------------------------- files */

static void write_file(const char *path, const char *data, size_t len)
{
	assert_true(g_file_set_contents(path, data, (gssize)len, NULL));
}

static void other_files_are_refused(void **state)
{
	struct place *p = *state;
	static const char garbage[4096] = "SQLite format 2";

	refuse(p->db, SD_DB_READ, "No such file");
	refuse(p->dir, SD_DB_READ, "not a file");
	write_file(p->db, "", 0);
	refuse(p->db, SD_DB_READ, "empty");
	write_file(p->db, "int main(void) { return 0; }\n", 29);
	refuse(p->db, SD_DB_READ, "not a statdep database");
	refuse(p->db, SD_DB_CREATE, "not a statdep database");
	write_file(p->db, garbage, sizeof(garbage));
	refuse(p->db, SD_DB_WRITE, "not a statdep database");
}

static void another_schema_version_is_refused(void **state)
{
	struct place *p = *state;
	char *data;
	gsize len;

	sd_db_close(open_db(p->db, SD_DB_CREATE));
	assert_true(g_file_get_contents(p->db, &data, &len, NULL));
	data[63] = 99;          /* the file format's "user version", big-endian at offset 60 */
	write_file(p->db, data, len);
	refuse(p->db, SD_DB_READ, "schema 99");
	data[71] ^= 1;          /* "application id", offset 68 */
	write_file(p->db, data, len);
	refuse(p->db, SD_DB_CREATE, "not a statdep database");
	g_free(data);
}

static void a_truncated_file_is_refused(void **state)
{
	struct place *p = *state;
	struct sd_db *db = open_db(p->db, SD_DB_CREATE);
	char *data;
	gsize len;

	put(db, "a.c", "ok", "f@a.c", 2);
	sd_db_close(db);
	assert_true(g_file_get_contents(p->db, &data, &len, NULL));
	for (gsize cut = 100; cut < len; cut += len / 7) {
		write_file(p->db, data, cut);
		refuse(p->db, SD_DB_READ, "");
		refuse(p->db, SD_DB_WRITE, "");
	}
	g_free(data);
}

static void a_read_only_place_can_be_read(void **state)
{
	struct place *p = *state;
	struct sd_db *db = open_db(p->db, SD_DB_CREATE);

	put(db, "a.c", "ok", "f@a.c", 2);
	sd_db_close(db);
	chmod(p->db, 0444);
	chmod(p->dir, 0555);
	db = open_db(p->db, SD_DB_READ);
	expect_fns(db, "f@a.c a.c:7 2 a.c\ninl@include/a.h include/a.h:3 3 a.c\n");
	sd_db_close(db);
	chmod(p->dir, 0755);
}

static void a_reader_leaves_nothing_and_writes_nothing(void **state)
{
	struct place *p = *state;
	struct sd_db *db = open_db(p->db, SD_DB_CREATE);
	char *wal = g_strconcat(p->db, "-wal", NULL), *err = NULL;

	put(db, "a.c", "ok", "f@a.c", 2);
	sd_db_close(db);
	db = open_db(p->db, SD_DB_READ);
	assert_int_equal(sd_db_set_meta(db, "k", "v", &err), -1);
	assert_non_null(err);
	g_free(err);
	sd_db_close(db);
	assert_int_not_equal(access(wal, F_OK), 0);
	g_free(wal);
}

static void a_reader_sees_whole_tus_while_a_writer_writes(void **state)
{
	struct place *p = *state;
	struct sd_db *w = open_db(p->db, SD_DB_CREATE), *r;

	put(w, "a.c", "ok", "f@a.c", 2);
	r = open_db(p->db, SD_DB_READ);
	expect_sql(r, "SELECT count(*) AS n FROM v_tu", "n\n1\n");
	put(w, "b.c", "ok", "f@b.c", 2);
	expect_sql(r, "SELECT count(*) AS n FROM v_tu", "n\n2\n");
	sd_db_close(w);
	expect_sql(r, "SELECT count(*) AS n FROM v_tu", "n\n2\n");
	sd_db_close(r);
}

static void the_letters_are_lockdeps(void **state)
{
	char bits[5];

	(void)state;
	sd_usage_bits(0, bits);
	assert_string_equal(bits, "....");
	sd_usage_bits(1 << SD_U_IN_HARDIRQ_W | 1 << SD_U_SOFTIRQ_ON_W, bits);
	assert_string_equal(bits, "-.+.");
	sd_usage_bits(1 << SD_U_IN_SOFTIRQ_R | 1 << SD_U_SOFTIRQ_ON_R | 1 << SD_U_HARDIRQ_ON_R, bits);
	assert_string_equal(bits, ".+.?");
}

#define T(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_tu_comes_back), T(a_function_of_two_tus_comes_once), T(what_no_tu_has_is_pruned),
		T(the_facts_hash_sees_content_only), T(merging_is_like_one_scan), T(results_come_back_whole),
		T(views_show_the_results), T(only_reading_sql_is_run), T(other_files_are_refused),
		T(another_schema_version_is_refused), T(a_truncated_file_is_refused), T(a_read_only_place_can_be_read),
		T(a_reader_leaves_nothing_and_writes_nothing),
		T(a_reader_sees_whole_tus_while_a_writer_writes), cmocka_unit_test(the_letters_are_lockdeps),
	};

	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
