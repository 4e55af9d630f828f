/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * facts.c - translation units, the files they were made from and their functions.
 *
 * A kernel has 22,000 TUs of 1,500 headers each, and every TU has the inline functions of its
 * headers: so a file's content and a function's IR are one row each, and a TU holds ids.
 */
#include <string.h>
#include <xxhash.h>
#include "db_int.h"

/* ---------------------------------------------------------------- ids of file contents */

/* All rows of table dep: by id for reading, by (file, hash) for writing.  Made at first use. */
struct sd_depcache {
	struct sd_arena *arena;
	GPtrArray *by_id;               /* struct sd_db_dep *, at its id; NULL where there is no row */
	GHashTable *ids;                /* struct sd_db_dep * -> id */
};

static guint dep_hash(gconstpointer p)
{
	const struct sd_db_dep *d = p;

	return g_str_hash(d->file) ^ (guint)d->hash;
}

static gboolean dep_equal(gconstpointer a, gconstpointer b)
{
	const struct sd_db_dep *x = a, *y = b;

	return x->hash == y->hash && strcmp(x->file, y->file) == 0;
}

static void depcache_add(struct sd_depcache *c, uint64_t id, const char *file, uint64_t hash)
{
	struct sd_db_dep *d = sd_arena_alloc(c->arena, sizeof(*d));

	d->file = sd_arena_strdup(c->arena, file);
	d->hash = hash;
	if (id >= c->by_id->len)
		g_ptr_array_set_size(c->by_id, (gint)id + 1);
	g_ptr_array_index(c->by_id, id) = d;
	g_hash_table_insert(c->ids, d, GSIZE_TO_POINTER(id));
}

static struct sd_depcache *depcache(struct sd_db *db, char **err)
{
	struct sd_depcache *c = db->deps;
	sqlite3_stmt *s;

	if (c)
		return c;
	s = sd_db_query(db, err, "SELECT id, file, hash FROM dep", "");
	if (!s)
		return NULL;
	c = g_new0(struct sd_depcache, 1);
	c->arena = sd_arena_new();
	c->by_id = g_ptr_array_new();
	c->ids = g_hash_table_new(dep_hash, dep_equal);
	while (sqlite3_step(s) == SQLITE_ROW)
		depcache_add(c, (uint64_t)sqlite3_column_int64(s, 0), (const char *)sqlite3_column_text(s, 1),
			     (uint64_t)sqlite3_column_int64(s, 2));
	sqlite3_reset(s);
	return db->deps = c;
}

static void depcache_free(struct sd_depcache *c)
{
	if (!c)
		return;
	g_hash_table_destroy(c->ids);
	g_ptr_array_free(c->by_id, TRUE);
	sd_arena_free(c->arena);
	g_free(c);
}

int64_t sd_facts_dep_id(struct sd_db *db, const struct sd_db_dep *d, char **err)
{
	struct sd_depcache *c = depcache(db, err);
	int64_t id;

	if (!c)
		return -1;
	id = (int64_t)GPOINTER_TO_SIZE(g_hash_table_lookup(c->ids, d));
	if (id)
		return id;
	if (sd_db_run(db, err, "INSERT INTO dep (file, hash) VALUES (?, ?)", "ti", d->file, (int64_t)d->hash))
		return -1;
	id = sqlite3_last_insert_rowid(db->h);
	depcache_add(c, (uint64_t)id, d->file, d->hash);
	return id;
}

/* ---------------------------------------------------------------- ids of functions */

static guint key_hash(gconstpointer p)
{
	return (guint)((const XXH128_hash_t *)p)->low64;
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
	return XXH128_isEqual(*(const XXH128_hash_t *)a, *(const XXH128_hash_t *)b);
}

static XXH128_hash_t fn_key(const struct sd_db_fn *f)
{
	GString *text = g_string_new(f->name);
	XXH128_hash_t key;

	g_string_append_c(text, '\0');
	g_string_append_len(text, f->file, (gssize)strlen(f->file) + 1);
	g_string_append_len(text, (const char *)&f->hash, sizeof(f->hash));
	key = XXH3_128bits(text->str, text->len);
	g_string_free(text, TRUE);
	return key;
}

static int64_t fn_id_stored(struct sd_db *db, const struct sd_db_fn *f, char **err)
{
	sqlite3_stmt *s = sd_db_query(db, err, "SELECT id FROM fn WHERE name = ? AND file = ? AND hash = ?", "tti",
				      f->name, f->file, (int64_t)f->hash);
	int64_t id = 0;

	if (!s)
		return -1;
	if (sqlite3_step(s) == SQLITE_ROW)
		id = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return id;
}

static int64_t fn_id_new(struct sd_db *db, const struct sd_db_fn *f, char **err)
{
	int64_t id = fn_id_stored(db, f, err);

	if (id)
		return id;
	if (sd_db_run(db, err, "INSERT INTO fn (name, file, line, hash, ir) VALUES (?, ?, ?, ?, ?)", "ttiib",
		      f->name, f->file, (int64_t)f->line, (int64_t)f->hash, f->ir, f->irlen))
		return -1;
	return sqlite3_last_insert_rowid(db->h);
}

/* Only an optimisation: most functions of a TU are inlines that the TU before had too. */
int64_t sd_facts_fn_id(struct sd_db *db, const struct sd_db_fn *f, char **err)
{
	XXH128_hash_t key = fn_key(f), *copy;
	int64_t id;

	if (!db->fns)
		db->fns = g_hash_table_new_full(key_hash, key_equal, g_free, NULL);
	id = (int64_t)GPOINTER_TO_SIZE(g_hash_table_lookup(db->fns, &key));
	if (id)
		return id;
	id = fn_id_new(db, f, err);
	if (id > 0) {
		copy = g_new(XXH128_hash_t, 1);
		*copy = key;
		g_hash_table_insert(db->fns, copy, GSIZE_TO_POINTER(id));
	}
	return id;
}

void sd_facts_forget(struct sd_db *db)
{
	depcache_free(db->deps);
	db->deps = NULL;
	if (db->fns)
		g_hash_table_destroy(db->fns);
	db->fns = NULL;
}

/* ---------------------------------------------------------------- writing */

static gint compare_ids(gconstpointer a, gconstpointer b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void sd_facts_put_ids(GByteArray *out, GArray *ids)
{
	int64_t last = 0;

	g_array_sort(ids, compare_ids);
	for (guint i = 0; i < ids->len; i++) {
		int64_t id = g_array_index(ids, int64_t, i);

		if (id != last)
			sd_put_uint(out, (uint64_t)(id - last));
		last = id;
	}
}

static int encode_deps(struct sd_db *db, const struct sd_db_tu *tu, GByteArray *out, char **err)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	int64_t id = 0;

	for (size_t i = 0; i < tu->ndep && id >= 0; i++) {
		id = sd_facts_dep_id(db, &tu->deps[i], err);
		if (i == 0 && id >= 0)
			sd_put_uint(out, (uint64_t)id);
		else
			g_array_append_val(ids, id);
	}
	if (id >= 0)
		sd_facts_put_ids(out, ids);
	g_array_free(ids, TRUE);
	return id < 0 ? -1 : 0;
}

static int encode_fns(struct sd_db *db, const struct sd_db_tu *tu, GByteArray *out, char **err)
{
	GArray *ids = g_array_sized_new(FALSE, FALSE, sizeof(int64_t), (guint)tu->nfn);
	int64_t id = 0;

	for (size_t i = 0; i < tu->nfn && id >= 0; i++) {
		id = sd_facts_fn_id(db, &tu->fns[i], err);
		g_array_append_val(ids, id);
	}
	if (id >= 0)
		sd_facts_put_ids(out, ids);
	g_array_free(ids, TRUE);
	return id < 0 ? -1 : 0;
}

static gint compare_u64(gconstpointer a, gconstpointer b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* What the analysis can see of a TU: no times, no hashes of comments. */
static uint64_t tu_facts_hash(const struct sd_db_tu *tu)
{
	GArray *fns = g_array_sized_new(FALSE, FALSE, sizeof(uint64_t), (guint)tu->nfn);
	GString *text = g_string_new(tu->file);
	uint64_t hash;

	for (size_t i = 0; i < tu->nfn; i++) {
		XXH128_hash_t key = fn_key(&tu->fns[i]);

		g_array_append_val(fns, key.low64);
	}
	g_array_sort(fns, compare_u64);
	g_string_append_printf(text, "\n%s\n%s\n", tu->status, tu->reason ? tu->reason : "");
	g_string_append_len(text, fns->data, (gssize)(fns->len * sizeof(uint64_t)));
	hash = XXH3_64bits(text->str, text->len);
	g_array_free(fns, TRUE);
	g_string_free(text, TRUE);
	return hash;
}

/* "@globals@FILE" stands for static initialisers: no function to people. */
static int64_t count_functions(const struct sd_db_tu *tu)
{
	int64_t n = 0;

	for (size_t i = 0; i < tu->nfn; i++)
		n += tu->fns[i].name[0] != '@';
	return n;
}

static int put_tu(struct sd_db *db, const struct sd_db_tu *tu, char **err)
{
	GByteArray *deps = g_byte_array_new(), *fns = g_byte_array_new();
	int rc = -1;

	if (encode_deps(db, tu, deps, err) == 0 && encode_fns(db, tu, fns, err) == 0 && sd_old_keep(db, tu->file, err) == 0)
		rc = sd_db_run(db, err,
			       "INSERT OR REPLACE INTO tu (file, status, reason, functions, seconds,"
			       " command_hash, facts_hash, deps, fns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			       "tttidiibb", tu->file, tu->status, tu->reason ? tu->reason : "", count_functions(tu),
			       tu->seconds, (int64_t)tu->command_hash, (int64_t)tu_facts_hash(tu),
			       deps->len ? deps->data : (const guint8 *)"", (size_t)deps->len,
			       fns->len ? fns->data : (const guint8 *)"", (size_t)fns->len);
	g_byte_array_free(deps, TRUE);
	g_byte_array_free(fns, TRUE);
	return rc;
}

int sd_db_put_tu(struct sd_db *db, const struct sd_db_tu *tu, char **err)
{
	int rc;

	if (sd_db_begin(db, err))
		return -1;
	rc = sd_db_end(db, put_tu(db, tu, err), err);
	if (rc)
		sd_facts_forget(db);
	return rc;
}

int sd_db_drop_tu(struct sd_db *db, const char *file, char **err)
{
	int rc;

	if (sd_db_begin(db, err))
		return -1;
	rc = sd_old_keep(db, file, err) || sd_db_run(db, err, "DELETE FROM tu WHERE file = ?", "t", file) ? -1 : 0;
	return sd_db_end(db, rc, err);
}

/* ---------------------------------------------------------------- reading TUs */

static gint compare_deps(gconstpointer a, gconstpointer b)
{
	return strcmp(((const struct sd_db_dep *)a)->file, ((const struct sd_db_dep *)b)->file);
}

/* The deps of column @column; the main file first, then sorted by file. */
static bool decode_deps(struct sd_depcache *c, sqlite3_stmt *s, int column, struct sd_arena *a,
			struct sd_db_dep **deps, size_t *ndep)
{
	struct sd_reader r = sd_reader_column(s, column);
	GArray *list = g_array_new(FALSE, FALSE, sizeof(struct sd_db_dep));
	uint64_t id = 0;
	bool good = true;

	while (good && r.p < r.end) {
		id = list->len <= 1 ? sd_get_uint(&r) : id + sd_get_uint(&r);
		good = !r.bad && id < c->by_id->len && g_ptr_array_index(c->by_id, id);
		if (good)
			g_array_append_vals(list, g_ptr_array_index(c->by_id, id), 1);
	}
	if (good) {
		*ndep = list->len;
		*deps = sd_arena_alloc(a, (list->len + 1) * sizeof(**deps));
		if (list->len)
			memcpy(*deps, list->data, list->len * sizeof(**deps));
		if (list->len > 2)
			qsort(*deps + 1, *ndep - 1, sizeof(**deps), compare_deps);
	}
	g_array_free(list, TRUE);
	return good;
}

/* The row of @s: id, command_hash, status, deps. */
static bool read_tu(struct sd_db *db, sqlite3_stmt *s, struct sd_arena *a, int64_t *id, uint64_t *command_hash,
		    const char **status, struct sd_db_dep **deps, size_t *ndep)
{
	struct sd_depcache *c = depcache(db, NULL);
	bool found = false;

	if (s && c && sqlite3_step(s) == SQLITE_ROW && decode_deps(c, s, 3, a, deps, ndep)) {
		*id = sqlite3_column_int64(s, 0);
		*command_hash = (uint64_t)sqlite3_column_int64(s, 1);
		*status = sd_arena_strdup(a, (const char *)sqlite3_column_text(s, 2));
		found = true;
	}
	if (s)
		sqlite3_reset(s);
	return found;
}

bool sd_db_get_tu(struct sd_db *db, const char *file, struct sd_arena *a, uint64_t *command_hash,
		  const char **status, struct sd_db_dep **deps, size_t *ndep)
{
	sqlite3_stmt *s = sd_db_query(db, NULL, "SELECT 0, command_hash, status, deps FROM tu WHERE file = ?", "t", file);
	int64_t id;

	return read_tu(db, s, a, &id, command_hash, status, deps, ndep);
}

bool sd_db_get_old_tu(struct sd_db *db, const char *file, struct sd_arena *a, int64_t *id, uint64_t *command_hash,
		      const char **status, struct sd_db_dep **deps, size_t *ndep)
{
	sqlite3_stmt *s = sd_db_query(db, NULL, "SELECT id, command_hash, status, deps FROM tu_old WHERE file = ? AND id < ?"
				      " ORDER BY id DESC LIMIT 1", "ti", file, *id);

	return read_tu(db, s, a, id, command_hash, status, deps, ndep);
}

int sd_db_each_tu(struct sd_db *db, int (*cb)(void *, const struct sd_db_tu *), void *arg, char **err)
{
	sqlite3_stmt *s = sd_db_query(db, err, "SELECT file, status, reason, seconds, command_hash, functions"
				      " FROM tu ORDER BY file", "");
	int rc = SQLITE_DONE, stop = 0;

	if (!s)
		return -1;
	while (!stop && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct sd_db_tu tu = {
			.file = (const char *)sqlite3_column_text(s, 0),
			.status = (const char *)sqlite3_column_text(s, 1),
			.reason = (const char *)sqlite3_column_text(s, 2),
			.seconds = sqlite3_column_double(s, 3),
			.command_hash = (uint64_t)sqlite3_column_int64(s, 4),
			.nfn = (size_t)sqlite3_column_int64(s, 5),
		};

		stop = cb(arg, &tu);
	}
	if (!stop && rc != SQLITE_DONE)
		stop = sd_db_fail(db, err, "cannot be read");
	sqlite3_reset(s);
	return stop;
}

struct file_list { struct sd_arena *a; GPtrArray *files; };

static int add_file(void *arg, const struct sd_db_tu *tu)
{
	struct file_list *l = arg;

	g_ptr_array_add(l->files, sd_arena_strdup(l->a, tu->file));
	return 0;
}

int sd_db_tu_files(struct sd_db *db, struct sd_arena *a, const char ***files, size_t *n, char **err)
{
	struct file_list l = { a, g_ptr_array_new() };
	int rc = sd_db_each_tu(db, add_file, &l, err);

	*n = l.files->len;
	*files = sd_arena_alloc(a, (*n + 1) * sizeof(**files));
	if (*n)
		memcpy(*files, l.files->pdata, *n * sizeof(**files));
	g_ptr_array_free(l.files, TRUE);
	return rc;
}

uint64_t sd_db_facts_hash(struct sd_db *db)
{
	sqlite3_stmt *s = sd_db_query(db, NULL, "SELECT facts_hash FROM tu ORDER BY file", "");
	GArray *all = g_array_new(FALSE, FALSE, sizeof(int64_t));
	uint64_t hash;

	while (s && sqlite3_step(s) == SQLITE_ROW) {
		int64_t h = sqlite3_column_int64(s, 0);

		g_array_append_val(all, h);
	}
	if (s)
		sqlite3_reset(s);
	hash = XXH3_64bits(all->data, all->len * sizeof(int64_t));
	g_array_free(all, TRUE);
	return hash;
}

/* ---------------------------------------------------------------- reading functions */

/* For each fn id the first TU (by file) that has it, as an index into files[] plus 1; 0: none has. */
struct owners {
	GPtrArray *files;
	GArray *first;                  /* uint32_t by fn id */
};

static bool mark_owner(struct owners *o, sqlite3_stmt *s)
{
	struct sd_reader r = sd_reader_column(s, 1);
	uint64_t id = 0;

	g_ptr_array_add(o->files, g_strdup((const char *)sqlite3_column_text(s, 0)));
	while (r.p < r.end) {
		id += sd_get_uint(&r);
		if (r.bad || id >= G_MAXINT32)
			return false;
		if (id >= o->first->len)
			g_array_set_size(o->first, (guint)id + 1);
		if (!g_array_index(o->first, uint32_t, id))
			g_array_index(o->first, uint32_t, id) = o->files->len;
	}
	return true;
}

static void owners_free(struct owners *o)
{
	g_ptr_array_free(o->files, TRUE);
	g_array_free(o->first, TRUE);
}

static int owners_read(struct sd_db *db, struct owners *o, sqlite3_stmt *s, char **err)
{
	int rc = SQLITE_ERROR;
	bool good = true;

	o->files = g_ptr_array_new_with_free_func(g_free);
	o->first = g_array_new(FALSE, TRUE, sizeof(uint32_t));
	while (s && good && (rc = sqlite3_step(s)) == SQLITE_ROW)
		good = mark_owner(o, s);
	if (s)
		sqlite3_reset(s);
	if (good && rc == SQLITE_DONE)
		return 0;
	owners_free(o);
	if (!s)
		return -1;
	return sd_db_fail(db, err, good ? "cannot be read" : "damaged list of functions");
}

static bool is_owned(const struct owners *o, int64_t id)
{
	return id < (int64_t)o->first->len && g_array_index(o->first, uint32_t, id);
}

static int call_fn(struct sd_db *db, const struct owners *o, int64_t id,
		   int (*cb)(void *, const struct sd_db_fn *, const char *), void *arg, char **err)
{
	uint32_t owner = id < (int64_t)o->first->len ? g_array_index(o->first, uint32_t, id) : 0;
	sqlite3_stmt *s;
	struct sd_db_fn fn;
	int stop;

	if (!owner)
		return 0;
	s = sd_db_query(db, err, "SELECT name, file, line, hash, ir FROM fn WHERE id = ?", "i", id);
	if (!s || sqlite3_step(s) != SQLITE_ROW)
		return s ? sd_db_fail(db, err, "cannot be read") : -1;
	fn = (struct sd_db_fn){
		.name = (const char *)sqlite3_column_text(s, 0),
		.file = (const char *)sqlite3_column_text(s, 1),
		.line = sqlite3_column_int(s, 2),
		.hash = (uint64_t)sqlite3_column_int64(s, 3),
		.ir = sqlite3_column_blob(s, 4),
		.irlen = (size_t)sqlite3_column_bytes(s, 4),
	};
	stop = cb(arg, &fn, g_ptr_array_index(o->files, owner - 1));
	sqlite3_reset(s);
	return stop;
}

int sd_db_each_fn(struct sd_db *db, int (*cb)(void *arg, const struct sd_db_fn *fn, const char *tu), void *arg, char **err)
{
	struct owners o;
	sqlite3_stmt *s = sd_db_query(db, err, "SELECT file, fns FROM tu WHERE status = 'ok' ORDER BY file", "");
	int rc = SQLITE_DONE, stop = 0;

	if (owners_read(db, &o, s, err))
		return -1;
	s = sd_db_query(db, err, "SELECT id FROM fn ORDER BY name, file, hash", "");   /* sorting moves no IR */
	while (s && !stop && (rc = sqlite3_step(s)) == SQLITE_ROW)
		stop = call_fn(db, &o, sqlite3_column_int64(s, 0), cb, arg, err);
	if (!s || (!stop && rc != SQLITE_DONE))
		stop = sd_db_fail(db, err, "cannot be read");
	if (s)
		sqlite3_reset(s);
	owners_free(&o);
	return stop;
}

size_t sd_db_fn_count(struct sd_db *db)
{
	struct owners o;
	sqlite3_stmt *s = sd_db_query(db, NULL, "SELECT file, fns FROM tu", "");
	size_t n = 0;

	if (owners_read(db, &o, s, NULL))
		return 0;
	s = sd_db_query(db, NULL, "SELECT id FROM fn WHERE name NOT LIKE '@%'", "");
	while (s && sqlite3_step(s) == SQLITE_ROW)
		n += is_owned(&o, sqlite3_column_int64(s, 0));
	if (s)
		sqlite3_reset(s);
	owners_free(&o);
	return n;
}

/* ---------------------------------------------------------------- pruning */

static int delete_unowned(struct sd_db *db, const struct owners *o, char **err)
{
	sqlite3_stmt *s = sd_db_query(db, err, "SELECT id FROM fn", "");
	GArray *dead = g_array_new(FALSE, FALSE, sizeof(int64_t));
	int rc = s ? 0 : -1;

	while (s && sqlite3_step(s) == SQLITE_ROW) {
		int64_t id = sqlite3_column_int64(s, 0);

		if (!is_owned(o, id))
			g_array_append_val(dead, id);
	}
	if (s)
		sqlite3_reset(s);
	for (guint i = 0; i < dead->len && rc == 0; i++)
		rc = sd_db_run(db, err, "DELETE FROM fn WHERE id = ?", "i", g_array_index(dead, int64_t, i));
	g_array_free(dead, TRUE);
	return rc;
}

int sd_db_prune(struct sd_db *db, char **err)
{
	struct owners o;
	sqlite3_stmt *s;
	int rc;

	if (sd_db_begin(db, err))
		return -1;
	rc = sd_old_prune(db, err);
	s = sd_db_query(db, err, "SELECT file, fns FROM tu UNION ALL SELECT file, fns FROM tu_old", "");
	if (rc == 0)
		rc = owners_read(db, &o, s, err);
	if (rc == 0) {
		rc = delete_unowned(db, &o, err);
		owners_free(&o);
	}
	rc = sd_db_end(db, rc, err);
	sd_facts_forget(db);
	return rc;
}
