/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pch_local.c - the headers that the TUs of one directory share, built on the precompiled header of all.
 *
 * The files of a large driver read the same megabyte of its own headers, each of them.  Building these takes as long
 * as parsing a few files, so nothing is kept: a header is made before its TUs are parsed, and removed after.
 */
#include <string.h>
#include <unistd.h>
#include "scan_int.h"

#define BATCH 1500              /* TUs whose headers are there at a time */

struct sd_pch_batches {
	const struct sd_plan *plan;
	struct sd_filehash *hash;
	const struct sd_pch_opts *o;
	GPtrArray *groups;              /* GPtrArray of struct sd_command *: those that may share */
	guint next;
	GPtrArray *live;                /* struct sd_pch * of the batch */
	GPtrArray *batch;               /* struct sd_command * */
	struct sd_pch_shared *shared;
};

/* ---------------------------------------------------------------- dividing */

static gint by_command(gconstpointer a, gconstpointer b)
{
	const struct sd_command *x = *(struct sd_command *const *)a, *y = *(struct sd_command *const *)b;
	uint64_t k = x->pch ? x->pch->key : 0, m = y->pch ? y->pch->key : 0;

	if (k != m)
		return k < m ? -1 : 1;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return strcmp(x->rel, y->rel);
}

static bool is_alike(const struct sd_command *x, const struct sd_command *y)
{
	return x->pch == y->pch && x->hash == y->hash;
}

/* How long the directory's name is that follows @prefix in @rel, slash included; 0: the file lies there. */
static size_t next_directory(const char *rel, size_t prefix)
{
	const char *slash = strchr(rel + prefix, '/');

	return slash ? (size_t)(slash + 1 - rel) - prefix : 0;
}

static void add_group(struct sd_pch_batches *b, GPtrArray *cmds)
{
	if (cmds->len)
		g_ptr_array_add(b->groups, cmds);
	else
		g_ptr_array_free(cmds, TRUE);
}

/*
 * @v[from..to) lie below a directory whose name has @prefix characters.  A directory with enough files is a group;
 * those of smaller ones go to the directory above.  They are what is returned.
 */
static GPtrArray *divide(struct sd_pch_batches *b, const GPtrArray *v, guint from, guint to, size_t prefix)
{
	GPtrArray *own = g_ptr_array_new();

	for (guint i = from, end; i < to; i = end) {
		const struct sd_command *c = g_ptr_array_index(v, i);
		size_t n = next_directory(c->rel, prefix);

		for (end = i + 1; n && end < to; end++)
			if (strncmp(((struct sd_command *)g_ptr_array_index(v, end))->rel, c->rel, prefix + n) != 0)
				break;
		if (n)
			g_ptr_array_extend_and_steal(own, divide(b, v, i, end, prefix + n));
		else
			g_ptr_array_add(own, (gpointer)c);
	}
	if (prefix && own->len >= SD_PCH_SHARING) {
		add_group(b, own);
		own = g_ptr_array_new();
	}
	return own;
}

struct sd_pch_batches *sd_pch_batches_new(const struct sd_plan *p, const GPtrArray *cmds, struct sd_filehash *hash,
					  const struct sd_pch_opts *o)
{
	struct sd_pch_batches *b = g_new0(struct sd_pch_batches, 1);
	GPtrArray *sorted = g_ptr_array_copy((GPtrArray *)cmds, NULL, NULL);

	b->plan = p;
	b->hash = hash;
	b->o = o;
	b->groups = g_ptr_array_new();
	b->live = g_ptr_array_new();
	b->batch = g_ptr_array_new();
	b->shared = sd_pch_shared_new();
	g_ptr_array_sort(sorted, by_command);
	for (guint i = 0, end; i < sorted->len; i = end) {
		for (end = i + 1; end < sorted->len && is_alike(sorted->pdata[i], sorted->pdata[end]); end++)
			;
		add_group(b, divide(b, sorted, i, end, 0));
	}
	g_ptr_array_free(sorted, TRUE);
	return b;
}

/* ---------------------------------------------------------------- building */

static const char **local_args(const struct sd_command *c, struct sd_arena *a, size_t *n)
{
	const char **from = sd_pch_args(c, c->pch, a, n), **args = g_new(const char *, *n + 1);
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++) {
		if (strcmp(from[i], "-include") == 0)
			i++;            /* the other's tail is read by each TU */
		else
			args[kept++] = from[i];
	}
	*n = kept;
	return args;
}

static struct sd_pch *local_header(struct sd_pch_batches *b, GPtrArray *cmds)
{
	const struct sd_command *c = g_ptr_array_index(cmds, 0);
	struct sd_arena *a = b->plan->arena;
	struct sd_pch *g;
	char *stem, *trailer;
	GPtrArray *lines;

	if (!c->pch || cmds->len < SD_PCH_SHARING || !(lines = sd_pch_share(b->shared, cmds, &trailer)))
		return NULL;
	g = g_new0(struct sd_pch, 1);
	g->base = c->pch;
	g->directory = c->directory;
	g->cmds = g_ptr_array_copy(cmds, NULL, NULL);
	g->args = local_args(c, a, &g->nargs);
	g->lines = lines;
	g->trailer = trailer;
	stem = g_strdup_printf("%s/" SD_CACHE_OF_PROCESS "%d-%u", b->o->dir, (int)getpid(), b->next);
	sd_pch_name(g, stem);
	g_free(stem);
	return g;
}

static void drop_live(struct sd_pch_batches *b)
{
	for (guint i = 0; i < b->live->len; i++) {
		struct sd_pch *g = g_ptr_array_index(b->live, i);

		for (guint k = 0; k < g->cmds->len; k++)
			((struct sd_command *)g_ptr_array_index(g->cmds, k))->local = NULL;
		sd_pch_unlink(g);
		sd_pch_free(g);
	}
	g_ptr_array_set_size(b->live, 0);
	g_ptr_array_set_size(b->batch, 0);
}

const GPtrArray *sd_pch_batches_next(struct sd_pch_batches *b)
{
	drop_live(b);
	while (b->next < b->groups->len && b->batch->len < BATCH) {
		GPtrArray *cmds = g_ptr_array_index(b->groups, b->next++);
		struct sd_pch *g = local_header(b, cmds);

		if (g)
			g_ptr_array_add(b->live, g);
		for (guint i = 0; i < cmds->len; i++)
			g_ptr_array_add(b->batch, g_ptr_array_index(cmds, i));
	}
	if (b->live->len)
		sd_pch_build_all(b->plan, b->live, b->hash, b->o);
	for (guint i = 0; i < b->live->len; i++) {
		struct sd_pch *g = g_ptr_array_index(b->live, i);

		for (guint k = 0; g->good && k < g->cmds->len; k++)
			((struct sd_command *)g_ptr_array_index(g->cmds, k))->local = g;
	}
	return b->batch->len ? b->batch : NULL;
}

void sd_pch_batches_free(struct sd_pch_batches *b)
{
	drop_live(b);
	for (guint i = 0; i < b->groups->len; i++)
		g_ptr_array_free(g_ptr_array_index(b->groups, i), TRUE);
	g_ptr_array_free(b->groups, TRUE);
	g_ptr_array_free(b->live, TRUE);
	g_ptr_array_free(b->batch, TRUE);
	sd_pch_shared_free(b->shared);
	g_free(b);
}
