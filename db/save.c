/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * save.c - struct sd_results -> the res_* tables, in one transaction.
 *
 * Lossless: load.c gives back equal strings, numbers and order, so that a report of stored
 * results is byte for byte that of fresh ones.  Strings, places and paths are stored once each.
 */
#include <string.h>
#include "save_int.h"

int64_t sd_save_str(struct sd_saving *s, const char *text)
{
	int64_t id;

	if (!text)
		return 0;
	id = (int64_t)GPOINTER_TO_SIZE(g_hash_table_lookup(s->str, text));
	if (id)
		return id;
	id = (int64_t)g_hash_table_size(s->str) + 1;
	g_hash_table_insert(s->str, (gpointer)text, GSIZE_TO_POINTER(id));
	put(s, "INSERT INTO res_str (id, s) VALUES (?, ?)", "it", id, text);
	return id;
}

static void save_name(struct sd_saving *s, size_t class, bool own, const char *key, const struct sd_class_name *name)
{
	put(s, "INSERT INTO res_name (class, own, key, lockdep_name, file, line) VALUES (?, ?, ?, nullif(?, 0), nullif(?, 0), ?)",
	    "iitiii", (int64_t)class, (int64_t)own, key, sd_save_str(s, name->lockdep_name), sd_save_str(s, name->file), (int64_t)name->line);
}

/* The class's own name and the others; two of them may differ in their places only. */
static void save_names(struct sd_saving *s, size_t i, const char *key)
{
	const struct sd_class *c = &s->r->classes[i];

	save_name(s, i, true, key, &(struct sd_class_name){ c->lockdep_name, c->file, c->line });
	for (size_t k = 0; k < c->nother; k++) {
		char *other = g_strdup_printf("%s=%s", key, c->other[k].lockdep_name);

		if (!k || strcmp(c->other[k].lockdep_name, c->other[k - 1].lockdep_name))
			save_name(s, i, false, other, &c->other[k]);
		g_free(other);
	}
}

static void save_classes(struct sd_saving *s)
{
	GHashTable *keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (size_t i = 0; i < s->r->nclass; i++) {
		const struct sd_class *c = &s->r->classes[i];
		char *key = g_strdup(c->name);
		int64_t w[SD_U_COUNT];

		for (int n = 2; g_hash_table_contains(keys, key); n++) {
			g_free(key);
			key = g_strdup_printf("%s#%d", c->name, n);
		}
		for (int u = 0; u < SD_U_COUNT; u++)
			w[u] = sd_save_witness(s, c->wit[u]);
		put(s, "INSERT INTO res_class (id, key, name, lockdep_name, lock_type, file, line, by_type_only,"
		       " is_map, usage, bits, wit0, wit1, wit2, wit3, wit4, wit5, wit6, wit7)"
		       " VALUES (?, ?, nullif(?, 0), nullif(?, 0), nullif(?, 0), nullif(?, 0), ?, ?, ?, ?, ?,"
		       " ?, ?, ?, ?, ?, ?, ?, ?)", "itiiiiiiiitiiiiiiii",
		    (int64_t)i, key, sd_save_str(s, c->name), sd_save_str(s, c->lockdep_name), sd_save_str(s, c->lock_type),
		    sd_save_str(s, c->file), (int64_t)c->line, (int64_t)c->by_type_only, (int64_t)c->is_map,
		    (int64_t)c->usage, c->bits, w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]);
		save_names(s, i, key);
		g_hash_table_add(keys, key);
	}
	g_hash_table_destroy(keys);
}

static void save_acquires(struct sd_saving *s)
{
	for (size_t i = 0; i < s->r->nacquire; i++) {
		const struct sd_acquire *a = &s->r->acquires[i];
		const struct sd_step at = { a->function, a->file, a->line, "" };
		const char mode[2] = { a->mode, '\0' };

		put(s, "INSERT INTO res_acquire (id, class, site, mode, context, hardirqs, softirqs, trylock)"
		       " VALUES (?, ?, ?, ?, nullif(?, 0), nullif(?, 0), nullif(?, 0), ?)", "iiitiiii",
		    (int64_t)i, (int64_t)a->class, sd_save_site(s, &at), mode, sd_save_str(s, a->context),
		    sd_save_str(s, a->hardirqs), sd_save_str(s, a->softirqs), (int64_t)a->trylock);
	}
}

static void save_dep(struct sd_saving *s, const struct sd_dep *d, int bit)
{
	const struct sd_witness *w = d->wit[bit];
	const struct sd_step none = { 0 };

	put(s, "INSERT INTO res_dep (from_id, to_id, bit, wit, site, held) VALUES (?, ?, ?, nullif(?, 0), ?, ?)", "iiiiii",
	    (int64_t)d->from, (int64_t)d->to, (int64_t)bit, sd_save_witness(s, w),
	    sd_save_site(s, w && w->nsteps ? &w->steps[0] : &none), sd_save_site(s, &d->held[bit]));
}

static void save_deps(struct sd_saving *s)
{
	for (size_t i = 0; i < s->r->ndep; i++)
		for (int bit = 0; bit < 4; bit++)
			if (s->r->deps[i].kinds & (1 << bit))
				save_dep(s, &s->r->deps[i], bit);
}

static void save_calls(struct sd_saving *s)
{
	for (size_t i = 0; i < s->r->ncall; i++) {
		const struct sd_call *c = &s->r->calls[i];

		put(s, "INSERT INTO res_call (id, caller, callee, file, line, kind)"
		       " VALUES (?, nullif(?, 0), nullif(?, 0), nullif(?, 0), ?, nullif(?, 0))", "iiiiii",
		    (int64_t)i, sd_save_str(s, c->caller), sd_save_str(s, c->callee), sd_save_str(s, c->file), (int64_t)c->line,
		    sd_save_str(s, c->kind));
	}
}

static void save_entries(struct sd_saving *s)
{
	for (size_t i = 0; i < s->r->nentry; i++) {
		const struct sd_entry *e = &s->r->entries[i];

		put(s, "INSERT INTO res_entry (id, function, file, line, context, registered_by, role)"
		       " VALUES (?, nullif(?, 0), nullif(?, 0), ?, nullif(?, 0), nullif(?, 0), nullif(?, 0))",
		    "iiiiiii", (int64_t)i, sd_save_str(s, e->function), sd_save_str(s, e->file), (int64_t)e->line,
		    sd_save_str(s, e->context), sd_save_str(s, e->registered_by), sd_save_str(s, e->role));
	}
}

/* What v_witness.text says of a frame: how it calls the one inside it, how it is entered itself. */
static char *step_text(const struct sd_witness *w, size_t i)
{
	const char *via = w->steps[i].via ? w->steps[i].via : "";
	const char *entry = i + 1 == w->nsteps && w->entry ? w->entry : "";

	return g_strconcat(via, *via && *entry ? "; " : "", entry, NULL);
}

static void save_steps(struct sd_saving *s, const struct sd_finding *f)
{
	int64_t n = 0;

	for (size_t i = 0; i < f->nwit; i++) {
		const struct sd_witness *w = f->wit[i];

		for (size_t k = 0; w && k < w->nsteps; k++) {
			char *text = step_text(w, k);

			put(s, "INSERT INTO res_step (finding, step, role, site, text) VALUES (?, ?, nullif(?, 0), ?, ?)", "iiiit",
			    (int64_t)f->id, ++n, sd_save_str(s, w->role), sd_save_site(s, &w->steps[k]), text);
			g_free(text);
		}
	}
}

static GByteArray *encode_links(const struct sd_finding *f)
{
	size_t n = f->kind == SD_K_CIRCULAR ? f->nchain : f->nchain ? f->nchain - 1 : 0;
	GByteArray *out = g_byte_array_new();

	sd_put_uint(out, f->kind_bit != NULL);
	for (size_t i = 0; i < n; i++) {
		sd_put_uint(out, f->deps[i]);
		sd_put_uint(out, f->kind_bit ? f->kind_bit[i] : 0);
	}
	return out;
}

static void save_finding(struct sd_saving *s, size_t i)
{
	const struct sd_finding *f = &s->r->findings[i];
	GByteArray *chain = g_byte_array_new(), *wits = g_byte_array_new();
	GByteArray *links = f->deps ? encode_links(f) : NULL;

	for (size_t k = 0; k < f->nchain; k++)
		sd_put_uint(chain, f->chain[k]);
	for (size_t k = 0; k < f->nwit; k++)
		sd_put_uint(wits, (uint64_t)sd_save_witness(s, f->wit[k]));
	put(s, "INSERT INTO res_finding (id, number, kind, rank, kind_name, rank_name, irq, rank_reason, title,"
	       " fingerprint, safe_bit, unsafe_bit, first, last, chain, deps, wits) VALUES (?, ?, ?, ?, ?, ?,"
	       " nullif(?, 0), nullif(?, 0), nullif(?, 0), nullif(?, 0), ?, ?, nullif(?, -1), nullif(?, -1),"
	       " ?, ?, ?)", "iiiittiiiiiiiibbb",
	    (int64_t)i, (int64_t)f->id, (int64_t)f->kind, (int64_t)f->rank, sd_finding_kind_name[f->kind],
	    sd_rank_name[f->rank], sd_save_str(s, f->irq), sd_save_str(s, f->rank_reason), sd_save_str(s, f->title),
	    sd_save_str(s, f->fingerprint), (int64_t)f->safe_bit, (int64_t)f->unsafe_bit,
	    f->nchain ? (int64_t)f->chain[0] : -1, f->nchain ? (int64_t)f->chain[f->nchain - 1] : -1,
	    f->nchain ? chain->data : (const guint8 *)"", (size_t)chain->len,
	    links ? links->data : NULL, (size_t)(links ? links->len : 0),
	    f->nwit ? wits->data : NULL, (size_t)wits->len);
	save_steps(s, f);
	g_byte_array_free(chain, TRUE);
	g_byte_array_free(wits, TRUE);
	if (links)
		g_byte_array_free(links, TRUE);
}

static void save_gaps(struct sd_saving *s)
{
	for (size_t i = 0; i < s->r->ngap; i++) {
		const struct sd_gap *g = &s->r->gaps[i];

		put(s, "INSERT INTO res_gap (id, what, function, file, line, text)"
		       " VALUES (?, nullif(?, 0), nullif(?, 0), nullif(?, 0), ?, nullif(?, 0))", "iiiiii",
		    (int64_t)i, sd_save_str(s, g->what), sd_save_str(s, g->function), sd_save_str(s, g->file), (int64_t)g->line,
		    sd_save_str(s, g->text));
	}
}

static void save_run(struct sd_saving *s, const char *stamp)
{
	GByteArray *cov = g_byte_array_new();
	const unsigned *n = (const unsigned *)&s->r->cov;

	G_STATIC_ASSERT(sizeof(s->r->cov) % sizeof(unsigned) == 0);    /* nothing but counters */
	for (size_t i = 0; i < sizeof(s->r->cov) / sizeof(unsigned); i++)
		sd_put_uint(cov, n[i]);
	put(s, "INSERT INTO res_run (stamp, source, read_lock, coverage) VALUES (?, nullif(?, 0), nullif(?, 0), ?)",
	    "tiib", stamp, sd_save_str(s, s->r->source), sd_save_str(s, s->r->read_lock), cov->data, (size_t)cov->len);
	g_byte_array_free(cov, TRUE);
}

static void save_facts(struct sd_saving *s)
{
	static const char *const clear[] = {
		"DELETE FROM res_run", "DELETE FROM res_str", "DELETE FROM res_site", "DELETE FROM res_witness", "DELETE FROM res_class",
		"DELETE FROM res_name", "DELETE FROM res_acquire", "DELETE FROM res_dep", "DELETE FROM res_call",
		"DELETE FROM res_entry", "DELETE FROM res_finding", "DELETE FROM res_step", "DELETE FROM res_gap",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(clear); i++)
		put(s, clear[i], "");
	save_acquires(s);
	save_calls(s);
	save_entries(s);
}

static void save_rest(struct sd_saving *s, const char *stamp)
{
	save_run(s, stamp);
	save_classes(s);
	save_deps(s);
	for (size_t i = 0; i < s->r->nfinding; i++)
		save_finding(s, i);
	save_gaps(s);
}

struct sd_saving *sd_db_save_begin(struct sd_db *db, const struct sd_results *r, char **err)
{
	struct sd_saving *s;

	if (sd_db_begin(db, err))
		return NULL;
	s = g_new0(struct sd_saving, 1);
	*s = (struct sd_saving){ .db = db, .r = r, .err = err, .str = g_hash_table_new(g_str_hash, g_str_equal), .paths = sd_paths_new() };
	s->failed = db->version < SD_DB_SCHEMA && sd_db_renew_results(db, err);
	if (!s->failed)
		save_facts(s);
	return s;
}

int sd_db_save_end(struct sd_saving *s, const char *stamp, char **err)
{
	int rc;

	s->err = err;
	if (!s->failed && stamp)
		save_rest(s, stamp);
	rc = sd_db_end(s->db, s->failed || !stamp ? -1 : 0, err);
	g_hash_table_destroy(s->str);
	sd_paths_free(s->paths);
	g_free(s);
	return stamp ? rc : 0;
}
