/* SPDX-License-Identifier: GPL-2.0-or-later */
/* load.c - the res_* tables -> struct sd_results; the inverse of save.c. */
#include <string.h>
#include "db_int.h"

struct loader {
	struct sd_db *db;
	struct sd_results *r;
	struct sd_arena *a;
	char **err;
	bool bad;                       /* an id that names nothing, bytes that end early */
	const char **str; size_t nstr;          /* by id; [0] is NULL */
	const struct sd_step *site; size_t nsite;       /* by id; [0] is empty */
	struct sd_witness **wit; size_t nwit;           /* by id; [0] is NULL */
	sqlite3_stmt *row;              /* of the table being read */
};

static const char *str_at(struct loader *l, uint64_t id)
{
	if (id < l->nstr)
		return l->str[id];
	l->bad = true;
	return NULL;
}

static struct sd_step site_at(struct loader *l, uint64_t id)
{
	if (id < l->nsite)
		return l->site[id];
	l->bad = true;
	return (struct sd_step){ 0 };
}

static struct sd_witness *wit_at(struct loader *l, uint64_t id)
{
	if (id < l->nwit)
		return l->wit[id];
	l->bad = true;
	return NULL;
}

static int64_t integer(struct loader *l, int column)
{
	return sqlite3_column_int64(l->row, column);
}

static const char *string(struct loader *l, int column)
{
	return str_at(l, (uint64_t)integer(l, column));         /* SQL NULL reads as 0 */
}

static struct sd_step site(struct loader *l, int column)
{
	return site_at(l, (uint64_t)integer(l, column));
}

static struct sd_witness *witness(struct loader *l, int column)
{
	return wit_at(l, (uint64_t)integer(l, column));
}

static uint32_t class_id(struct loader *l, int column)
{
	int64_t id = integer(l, column);

	if (id < 0 || (size_t)id >= l->r->nclass)
		l->bad = true;
	return (uint32_t)id;
}

/*
 * Calls @one for each row of @sql; @array and @n get room for @count_sql rows of @size each.
 * Element 0 of the array is row 0.
 */
static int each_row(struct loader *l, const char *count_sql, const char *sql, size_t size, void *array, size_t *n,
		    void (*one)(struct loader *, void *))
{
	int rc = SQLITE_ERROR;
	char *p;
	size_t i = 0;

	l->row = sd_db_query(l->db, l->err, count_sql, "");
	if (!l->row)
		return -1;
	if (sqlite3_step(l->row) == SQLITE_ROW)
		*n = (size_t)integer(l, 0);
	sqlite3_reset(l->row);
	p = sd_arena_alloc(l->a, (*n + 1) * size);
	*(void **)array = p;
	l->row = sd_db_query(l->db, l->err, sql, "");
	while (l->row && !l->bad && (rc = sqlite3_step(l->row)) == SQLITE_ROW && i < *n)
		one(l, p + size * i++);
	if (l->row)
		sqlite3_reset(l->row);
	if (l->bad || i != *n || rc != SQLITE_DONE)
		return sd_db_fail(l->db, l->err, "damaged results: run check again after a new scan");
	return 0;
}

#define ROWS(l, table, columns, array, n, one) \
	each_row(l, "SELECT count(*) FROM " table, "SELECT " columns " FROM " table " ORDER BY id", \
		 sizeof(**(array)), array, n, one)

/* ---------------------------------------------------------------- strings, places, witnesses */

static void one_str(struct loader *l, void *p)
{
	*(const char **)p = sd_arena_strdup(l->a, (const char *)sqlite3_column_text(l->row, 0));
}

static int load_strings(struct loader *l)
{
	const char **rows;
	size_t n = 0;

	if (ROWS(l, "res_str", "s", &rows, &n, one_str))
		return -1;
	l->nstr = n + 1;
	l->str = sd_arena_alloc(l->a, l->nstr * sizeof(*l->str));
	memcpy(l->str + 1, rows, n * sizeof(*rows));
	return 0;
}

static void one_site(struct loader *l, void *p)
{
	*(struct sd_step *)p = (struct sd_step){ string(l, 0), string(l, 1), (int)integer(l, 2), string(l, 3) };
}

static int load_sites(struct loader *l)
{
	struct sd_step *rows, *all;
	size_t n = 0;

	if (ROWS(l, "res_site", "function, file, line, via", &rows, &n, one_site))
		return -1;
	l->nsite = n + 1;
	all = sd_arena_alloc(l->a, l->nsite * sizeof(*all));
	memcpy(all + 1, rows, n * sizeof(*rows));
	l->site = all;
	return 0;
}

/* @own steps, then those of an earlier path: @w is row @row of those that are read. */
static void read_steps(struct loader *l, struct sd_reader *b, struct sd_witness *w, size_t row)
{
	size_t own = (size_t)sd_get_uint(b), back, at;
	struct sd_reader sites = *b;
	const struct sd_witness *rest = NULL;

	for (size_t i = 0; i < own && !b->bad; i++)
		sd_get_uint(b);
	if (b->p < b->end) {
		back = (size_t)sd_get_uint(b);
		at = (size_t)sd_get_uint(b);
		l->bad = l->bad || b->bad || !back || back > row || at >= w[-(ptrdiff_t)back].nsteps;
		rest = w - back;
	}
	if (b->bad || l->bad)
		return;
	w->nsteps = own + (rest ? rest->nsteps - at : 0);
	w->steps = w->nsteps ? sd_arena_alloc(l->a, w->nsteps * sizeof(*w->steps)) : NULL;
	for (size_t i = 0; i < own; i++)
		w->steps[i] = site_at(l, sd_get_uint(&sites));
	if (rest)
		memcpy(w->steps + own, rest->steps + at, (rest->nsteps - at) * sizeof(*w->steps));
}

static void one_witness(struct loader *l, void *p)
{
	struct sd_reader b = sd_reader_column(l->row, 0);
	struct sd_witness *w = p;

	w->role = str_at(l, sd_get_uint(&b));
	w->entry = str_at(l, sd_get_uint(&b));
	w->indirect = (unsigned)sd_get_uint(&b);
	w->targets = (unsigned)sd_get_uint(&b);
	w->proved = sd_get_uint(&b) != 0;
	read_steps(l, &b, w, l->nwit++);
	l->bad = l->bad || b.bad;
}

static int load_witnesses(struct loader *l)
{
	struct sd_witness *rows;
	size_t n = 0;

	if (ROWS(l, "res_witness", "path", &rows, &n, one_witness))
		return -1;
	l->nwit = n + 1;
	l->wit = sd_arena_alloc(l->a, l->nwit * sizeof(*l->wit));
	for (size_t i = 0; i < n; i++)
		l->wit[i + 1] = &rows[i];
	return 0;
}

/* ---------------------------------------------------------------- one function per table */

static void one_class(struct loader *l, void *p)
{
	struct sd_class *c = p;

	c->name = string(l, 0);
	c->lockdep_name = string(l, 1);
	c->lock_type = string(l, 2);
	c->file = string(l, 3);
	c->line = (int)integer(l, 4);
	c->by_type_only = integer(l, 5) != 0;
	c->is_map = integer(l, 6) != 0;
	c->usage = (uint8_t)integer(l, 7);
	g_strlcpy(c->bits, (const char *)sqlite3_column_text(l->row, 8), sizeof(c->bits));
	for (int u = 0; u < SD_U_COUNT; u++)
		c->wit[u] = witness(l, 9 + u);
}

/* Rows come by class: a class's names lie side by side. */
static void one_name(struct loader *l, void *p)
{
	struct sd_class_name *n = p;
	uint32_t c = class_id(l, 0);

	*n = (struct sd_class_name){ string(l, 1), string(l, 2), (int)integer(l, 3) };
	if (c < l->r->nclass && !l->r->classes[c].nother++)
		l->r->classes[c].other = n;
}

static int load_names(struct loader *l)
{
	struct sd_class_name *all;
	size_t n;

	return ROWS(l, "(SELECT * FROM res_name WHERE NOT own)", "class, lockdep_name, file, line", &all, &n, one_name);
}

static void one_acquire(struct loader *l, void *p)
{
	struct sd_acquire *a = p;
	const struct sd_step at = site(l, 1);

	a->class = class_id(l, 0);
	a->function = at.function;
	a->file = at.file;
	a->line = at.line;
	a->mode = ((const char *)sqlite3_column_text(l->row, 2))[0];
	a->context = string(l, 3);
	a->hardirqs = string(l, 4);
	a->softirqs = string(l, 5);
	a->trylock = integer(l, 6) != 0;
}

static void one_call(struct loader *l, void *p)
{
	struct sd_call *c = p;

	c->caller = string(l, 0);
	c->callee = string(l, 1);
	c->file = string(l, 2);
	c->line = (int)integer(l, 3);
	c->kind = string(l, 4);
}

static void one_entry(struct loader *l, void *p)
{
	struct sd_entry *e = p;

	e->function = string(l, 0);
	e->file = string(l, 1);
	e->line = (int)integer(l, 2);
	e->context = string(l, 3);
	e->registered_by = string(l, 4);
	e->role = string(l, 5);
}

static void one_gap(struct loader *l, void *p)
{
	struct sd_gap *g = p;

	g->what = string(l, 0);
	g->function = string(l, 1);
	g->file = string(l, 2);
	g->line = (int)integer(l, 3);
	g->text = string(l, 4);
}

static void read_chain(struct loader *l, struct sd_finding *f, int column)
{
	struct sd_reader b = sd_reader_column(l->row, column);

	f->chain = sd_arena_alloc(l->a, (size_t)(b.end - b.p + 1) * sizeof(*f->chain));
	while (b.p < b.end) {
		uint64_t id = sd_get_uint(&b);

		if (id >= l->r->nclass)
			l->bad = true;
		f->chain[f->nchain++] = (uint32_t)id;
	}
	l->bad = l->bad || b.bad;
}

static void read_links(struct loader *l, struct sd_finding *f, int column)
{
	struct sd_reader b = sd_reader_column(l->row, column);
	size_t n = 0, room = (size_t)(b.end - b.p);
	bool with_kind;

	if (!b.p)
		return;
	with_kind = sd_get_uint(&b) != 0;
	f->deps = sd_arena_alloc(l->a, room * sizeof(*f->deps));
	f->kind_bit = with_kind ? sd_arena_alloc(l->a, room) : NULL;
	while (b.p < b.end) {
		uint64_t dep = sd_get_uint(&b), bit = sd_get_uint(&b);

		if (dep >= l->r->ndep || bit > 3)
			l->bad = true;
		f->deps[n] = (uint32_t)dep;
		if (with_kind)
			f->kind_bit[n] = (uint8_t)bit;
		n++;
	}
	if (b.bad || n != (f->kind == SD_K_CIRCULAR ? f->nchain : f->nchain - 1))
		l->bad = true;
}

static void read_wits(struct loader *l, struct sd_finding *f, int column)
{
	struct sd_reader b = sd_reader_column(l->row, column);

	if (!b.p)
		return;
	f->wit = sd_arena_alloc(l->a, (size_t)(b.end - b.p) * sizeof(*f->wit));
	while (b.p < b.end)
		f->wit[f->nwit++] = wit_at(l, sd_get_uint(&b));
	l->bad = l->bad || b.bad;
}

static void one_finding(struct loader *l, void *p)
{
	struct sd_finding *f = p;

	f->id = (uint32_t)integer(l, 0);
	f->kind = (enum sd_finding_kind)integer(l, 1);
	f->rank = (enum sd_rank)integer(l, 2);
	f->irq = string(l, 3);
	f->rank_reason = string(l, 4);
	f->title = string(l, 5);
	f->fingerprint = string(l, 6);
	f->safe_bit = (enum sd_usage)integer(l, 7);
	f->unsafe_bit = (enum sd_usage)integer(l, 8);
	l->bad = l->bad || f->kind >= SD_K_COUNT || f->rank > SD_RANK_LOW ||
		 f->safe_bit >= SD_U_COUNT || f->unsafe_bit >= SD_U_COUNT;
	read_chain(l, f, 9);
	read_links(l, f, 10);
	read_wits(l, f, 11);
}

/* A row is one kind: those of one dependency follow one another. */
static int read_deps(struct loader *l, size_t room)
{
	struct sd_dep *d = l->r->deps - 1;
	size_t n = 0;
	int rc = SQLITE_ERROR;

	l->row = sd_db_query(l->db, l->err, "SELECT from_id, to_id, bit, wit, held FROM res_dep ORDER BY id", "");
	while (l->row && !l->bad && (rc = sqlite3_step(l->row)) == SQLITE_ROW && n++ < room) {
		uint32_t from = class_id(l, 0), to = class_id(l, 1);
		uint64_t bit = (uint64_t)integer(l, 2);

		if (!l->r->ndep || d->from != from || d->to != to) {
			d++;
			l->r->ndep++;
			d->from = from;
			d->to = to;
		}
		l->bad = l->bad || bit > 3;
		if (l->bad)
			break;
		d->kinds |= (uint8_t)(1 << bit);
		d->wit[bit] = witness(l, 3);
		d->held[bit] = site(l, 4);
	}
	if (l->row)
		sqlite3_reset(l->row);
	return l->row && !l->bad && rc == SQLITE_DONE ? 0 : sd_db_fail(l->db, l->err, "damaged results");
}

static int load_deps(struct loader *l)
{
	sqlite3_stmt *s = sd_db_query(l->db, l->err, "SELECT count(*) FROM res_dep", "");
	size_t n = s && sqlite3_step(s) == SQLITE_ROW ? (size_t)sqlite3_column_int64(s, 0) : 0;

	if (!s)
		return -1;
	sqlite3_reset(s);
	l->r->deps = sd_arena_alloc(l->a, (n + 1) * sizeof(*l->r->deps));
	return read_deps(l, n);
}

/* The one row of res_run: false when there is none, or it has another stamp. */
static bool load_stamp(struct loader *l, const char *stamp)
{
	if (l->db->version < SD_DB_SCHEMA)
		return false;
	l->row = sd_db_query(l->db, l->err, "SELECT stamp FROM res_run", "");
	if (!l->row)
		return false;
	bool same = sqlite3_step(l->row) == SQLITE_ROW &&
		    (!stamp || strcmp((const char *)sqlite3_column_text(l->row, 0), stamp) == 0);

	sqlite3_reset(l->row);
	return same;
}

static int load_run(struct loader *l)
{
	unsigned *n = (unsigned *)&l->r->cov;
	struct sd_reader b;

	l->row = sd_db_query(l->db, l->err, "SELECT source, read_lock, coverage FROM res_run", "");
	if (!l->row || sqlite3_step(l->row) != SQLITE_ROW)
		return sd_db_fail(l->db, l->err, "damaged results");
	l->r->source = string(l, 0);
	l->r->read_lock = string(l, 1);
	b = sd_reader_column(l->row, 2);
	for (size_t i = 0; i < sizeof(l->r->cov) / sizeof(unsigned); i++)
		n[i] = (unsigned)sd_get_uint(&b);
	sqlite3_reset(l->row);
	return b.bad || l->bad ? sd_db_fail(l->db, l->err, "damaged results") : 0;
}

static int load_all(struct loader *l)
{
	struct sd_results *r = l->r;

	return load_strings(l) || load_sites(l) || load_witnesses(l) || load_run(l) ||
	       ROWS(l, "res_class", "name, lockdep_name, lock_type, file, line, by_type_only, is_map, usage, bits,"
		    " wit0, wit1, wit2, wit3, wit4, wit5, wit6, wit7", &r->classes, &r->nclass, one_class) || load_names(l) ||
	       ROWS(l, "res_acquire", "class, site, mode, context, hardirqs, softirqs, trylock",
		    &r->acquires, &r->nacquire, one_acquire) ||
	       load_deps(l) ||
	       ROWS(l, "res_call", "caller, callee, file, line, kind", &r->calls, &r->ncall, one_call) ||
	       ROWS(l, "res_entry", "function, file, line, context, registered_by, role",
		    &r->entries, &r->nentry, one_entry) ||
	       ROWS(l, "res_finding", "number, kind, rank, irq, rank_reason, title, fingerprint, safe_bit,"
		    " unsafe_bit, chain, deps, wits", &r->findings, &r->nfinding, one_finding) ||
	       ROWS(l, "res_gap", "what, function, file, line, text", &r->gaps, &r->ngap, one_gap);
}

bool sd_db_has_results(struct sd_db *db, const char *stamp)
{
	struct loader l = { .db = db };

	return load_stamp(&l, stamp);
}

/* One read transaction: a writer that replaces the results meanwhile is not seen. */
struct sd_results *sd_db_load_results(struct sd_db *db, const char *stamp, char **err)
{
	struct loader l = { .db = db, .err = err };
	int rc = -1;

	if (sd_db_exec(db, "BEGIN", err))
		return NULL;
	if (load_stamp(&l, stamp)) {
		l.a = sd_arena_new();
		l.r = sd_arena_alloc(l.a, sizeof(*l.r));
		l.r->arena = l.a;
		rc = load_all(&l) ? -1 : 0;
		if (rc)
			sd_arena_free(l.a);
	}
	sqlite3_exec(db->h, "COMMIT", NULL, NULL, NULL);
	return rc == 0 ? l.r : NULL;
}
