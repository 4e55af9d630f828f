/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * save_path.c - places and call paths as rows of res_site and res_witness.
 *
 * Thousands of paths lead to one entry: their ends are the same steps.  A *tail* is a place and the tail
 * behind it, so equal ends are one number; a path is written as far as it is new, then says which
 * path before it had the rest.
 */
#include <string.h>
#include <xxhash.h>
#include "save_int.h"

struct site { const void *function, *file, *via; int64_t line; };       /* strings by address, or ids */
struct tail { uint32_t wit, at; };      /* the first path that has it, and from which step */

/* A path of one step, as nearly all of dependencies are: its strings by address. */
struct single { int64_t site; const void *role, *entry; uint64_t indirect, targets, proved; };

#define RECENT 4096                             /* a power of two */
struct sd_paths {
	struct { struct site key; int64_t id; } recent_site[RECENT];            /* before by_address, of which most questions miss the cache */
	struct { struct single key; int64_t id; } recent_single[RECENT];
	GHashTable *by_address, *by_text;       /* struct site -> id, from 1 */
	GHashTable *tail_ids;           /* site << 32 | next tail (0 none) -> number, from 1 */
	GArray *tails;                  /* struct tail, [0] unused */
	GHashTable *wit;                /* struct sd_witness * -> id, from 1 */
	GHashTable *path;               /* head and tail -> id: equal paths are one row */
};

static guint site_hash(gconstpointer p)
{
	return (guint)XXH3_64bits(p, sizeof(struct site));
}

static gboolean site_equal(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, sizeof(struct site)) == 0;
}

/* g_int64_hash() takes the low half alone: all tails before one other. */
static guint key_hash(gconstpointer p)
{
	return (guint)((*(const guint64 *)p * 0x9e3779b97f4a7c15u) >> 32);
}

struct sd_paths *sd_paths_new(void)
{
	struct sd_paths *p = g_new0(struct sd_paths, 1);

	p->by_address = g_hash_table_new_full(site_hash, site_equal, g_free, NULL);
	p->by_text = g_hash_table_new_full(site_hash, site_equal, g_free, NULL);
	p->tail_ids = g_hash_table_new_full(key_hash, g_int64_equal, g_free, NULL);
	p->tails = g_array_new(FALSE, TRUE, sizeof(struct tail));
	g_array_set_size(p->tails, 1);
	p->wit = g_hash_table_new(g_direct_hash, g_direct_equal);
	p->path = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	return p;
}

void sd_paths_free(struct sd_paths *p)
{
	g_hash_table_destroy(p->by_address);
	g_hash_table_destroy(p->by_text);
	g_hash_table_destroy(p->tail_ids);
	g_array_free(p->tails, TRUE);
	g_hash_table_destroy(p->wit);
	g_hash_table_destroy(p->path);
	g_free(p);
}

/* ---------------------------------------------------------------- places */

static int64_t site_by_text(struct sd_saving *s, const struct sd_step *st)
{
	int64_t function = sd_save_str(s, st->function), file = sd_save_str(s, st->file), via = sd_save_str(s, st->via);
	const struct site key = { GSIZE_TO_POINTER(function), GSIZE_TO_POINTER(file), GSIZE_TO_POINTER(via), st->line };
	int64_t id = (int64_t)GPOINTER_TO_SIZE(g_hash_table_lookup(s->paths->by_text, &key));

	if (id)
		return id;
	id = (int64_t)g_hash_table_size(s->paths->by_text) + 1;
	g_hash_table_insert(s->paths->by_text, g_memdup2(&key, sizeof(key)), GSIZE_TO_POINTER(id));
	put(s, "INSERT INTO res_site (id, function, file, line, via) VALUES (?, nullif(?, 0), nullif(?, 0), ?, nullif(?, 0))",
	    "iiiii", id, function, file, (int64_t)st->line, via);
	return id;
}

/* By the strings' addresses first: only an optimisation, most of them are shared. */
int64_t sd_save_site(struct sd_saving *s, const struct sd_step *st)
{
	const struct site key = { st->function, st->file, st->via, st->line };
	unsigned at = (unsigned)XXH3_64bits(&key, sizeof(key)) % RECENT;
	int64_t id = s->paths->recent_site[at].id;

	if (id && site_equal(&s->paths->recent_site[at].key, &key))
		return id;
	id = (int64_t)GPOINTER_TO_SIZE(g_hash_table_lookup(s->paths->by_address, &key));
	if (!id) {
		id = site_by_text(s, st);
		g_hash_table_insert(s->paths->by_address, g_memdup2(&key, sizeof(key)), GSIZE_TO_POINTER(id));
	}
	s->paths->recent_site[at].key = key;
	s->paths->recent_site[at].id = id;
	return id;
}

/* ---------------------------------------------------------------- paths */

/* The tail of @site before @next; *@is_new when no path before had it. */
static uint32_t tail_of(struct sd_paths *p, int64_t site, uint32_t next, bool *is_new)
{
	gint64 key = site << 32 | next;
	uint32_t id = (uint32_t)GPOINTER_TO_SIZE(g_hash_table_lookup(p->tail_ids, &key));

	*is_new = !id;
	if (id)
		return id;
	id = p->tails->len;
	g_array_set_size(p->tails, id + 1);
	g_hash_table_insert(p->tail_ids, g_memdup2(&key, sizeof(key)), GSIZE_TO_POINTER(id));
	return id;
}

/*
 * Marks the new tails of @w as those of path @id.  Returns how many steps are its own, in *@rest the tail
 * that follows them, in *@all that of the first step; both 0 for none.
 */
static size_t find_tails(struct sd_saving *s, const struct sd_witness *w, int64_t id, uint32_t *rest, uint32_t *all)
{
	size_t own = 0;

	*rest = *all = 0;
	for (size_t i = w->nsteps; i-- > 0;) {
		bool is_new;

		*all = tail_of(s->paths, sd_save_site(s, &w->steps[i]), *all, &is_new);
		if (is_new)
			g_array_index(s->paths->tails, struct tail, *all) = (struct tail){ (uint32_t)id, (uint32_t)i };
		else
			*rest = *all;
		own += is_new;
	}
	return own;
}

static GByteArray *encode_head(struct sd_saving *s, const struct sd_witness *w)
{
	GByteArray *out = g_byte_array_new();

	sd_put_uint(out, (uint64_t)sd_save_str(s, w->role));
	sd_put_uint(out, (uint64_t)sd_save_str(s, w->entry));
	sd_put_uint(out, w->indirect);
	sd_put_uint(out, w->targets);
	sd_put_uint(out, w->proved);
	return out;
}

static void put_path(struct sd_saving *s, const struct sd_witness *w, int64_t id, GByteArray *out, size_t own, uint32_t rest)
{
	const struct tail *t = &g_array_index(s->paths->tails, struct tail, rest);

	sd_put_uint(out, own);
	for (size_t i = 0; i < own; i++)
		sd_put_uint(out, (uint64_t)sd_save_site(s, &w->steps[i]));
	if (rest) {
		sd_put_uint(out, (uint64_t)(id - t->wit));
		sd_put_uint(out, t->at);
	}
	put(s, "INSERT INTO res_witness (id, path) VALUES (?, ?)", "ib", id, (const void *)out->data, (size_t)out->len);
}

static int64_t save_path(struct sd_saving *s, const struct sd_witness *w)
{
	struct sd_paths *p = s->paths;
	int64_t id = (int64_t)GPOINTER_TO_SIZE(g_hash_table_lookup(p->wit, w)), next = g_hash_table_size(p->path) + 1;
	GByteArray *out;
	GBytes *key;
	uint32_t rest, all;
	size_t own;

	if (id)
		return id;
	own = find_tails(s, w, next, &rest, &all);
	out = encode_head(s, w);
	sd_put_uint(out, all);
	key = g_bytes_new(out->data, out->len);
	id = (int64_t)GPOINTER_TO_SIZE(g_hash_table_lookup(p->path, key));
	if (!id) {
		id = next;
		g_byte_array_unref(out);
		out = encode_head(s, w);
		put_path(s, w, id, out, own, rest);
		g_hash_table_insert(p->path, g_bytes_ref(key), GSIZE_TO_POINTER(id));
	}
	g_hash_table_insert(p->wit, (gpointer)w, GSIZE_TO_POINTER(id));
	g_bytes_unref(key);
	g_byte_array_unref(out);
	return id;
}

/* Equal paths are one row: which of them is asked for makes no difference. */
int64_t sd_save_witness(struct sd_saving *s, const struct sd_witness *w)
{
	struct single key;
	unsigned at;

	if (!w || w->nsteps != 1)
		return w ? save_path(s, w) : 0;
	key = (struct single){ sd_save_site(s, &w->steps[0]), w->role, w->entry, w->indirect, w->targets, w->proved };
	at = (unsigned)XXH3_64bits(&key, sizeof(key)) % RECENT;
	if (!s->paths->recent_single[at].id || memcmp(&s->paths->recent_single[at].key, &key, sizeof(key))) {
		s->paths->recent_single[at].key = key;
		s->paths->recent_single[at].id = save_path(s, w);
	}
	return s->paths->recent_single[at].id;
}
