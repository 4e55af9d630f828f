/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bring.c - functions from the database, some hundreds at a time: while these are decoded the next are read.
 *
 * Names are interned as rows come, so that their numbers depend on the rows alone; the rest of a function needs no more than read
 * them.  Functions are taken in the order of their rows.
 */
#include "model.h"

#define LOT 1024                /* functions */

/* A row; its text lies in the lot's bytes. */
struct brought {
	struct sd_fn_names names;
	size_t name, file, rest, len;
	int line;
	struct sd_fn *ir;
	const char *why;
};
struct lot { struct brought row[LOT]; unsigned n; GByteArray *bytes; struct bringing *of; };

struct bringing {
	struct prog *p;
	void (*take)(struct prog *p, struct sd_fn *ir, const struct sd_gap *unreadable);
	struct sd_arena *arena;         /* what is decoded */
	struct lot *lot, *before;       /* being filled; being decoded */
	struct par_aside aside;
};

static void decode_lot(void *arg)
{
	struct lot *l = arg;

	for (unsigned i = 0; i < l->n; i++) {
		struct brought *b = &l->row[i];

		b->ir = sd_fn_decode_rest(&b->names, l->bytes->data + b->rest, b->len, l->of->arena, l->of->p->syms, &b->why);
	}
}

static void take_lot(struct bringing *all)
{
	struct lot *l = all->before;

	par_wait(&all->aside);
	for (unsigned i = 0; i < l->n; i++) {
		const struct brought *b = &l->row[i];
		const char *text = (const char *)l->bytes->data;
		struct sd_gap gap = { "unreadable-function", text + b->name, text + b->file, b->line, b->why };

		all->take(all->p, b->ir, b->ir ? NULL : &gap);
	}
	l->n = 0;
	g_byte_array_set_size(l->bytes, 0);
}

/* What was being decoded is taken; what was filled goes there. */
static void next_lot(struct bringing *all)
{
	struct lot *filled = all->lot;

	take_lot(all);
	all->lot = all->before;
	all->before = filled;
	par_begin(all->p->jobs, &all->aside, decode_lot, filled);
}

static size_t add_bytes(struct lot *l, const void *data, size_t len)
{
	size_t at = l->bytes->len;

	g_byte_array_append(l->bytes, data, (guint)len);
	return at;
}

static int bring_row(void *arg, const struct sd_db_fn *row, const char *tu)
{
	struct bringing *all = arg;
	struct lot *l = all->lot;
	struct brought *b = &l->row[l->n++];

	(void)tu;
	sd_fn_decode_names(row->ir, row->irlen, all->p->syms, &b->names);
	if (!b->names.why)
		plain_name(all->p, b->names.fn);
	b->name = add_bytes(l, row->name, strlen(row->name) + 1);
	b->file = add_bytes(l, row->file, strlen(row->file) + 1);
	b->line = row->line;
	b->len = row->irlen - b->names.used;
	b->rest = add_bytes(l, row->ir + b->names.used, b->len);
	if (l->n == LOT)
		next_lot(all);
	return 0;
}

static struct lot *new_lot(struct bringing *all)
{
	struct lot *l = g_new0(struct lot, 1);

	l->of = all;
	l->bytes = g_byte_array_new();
	return l;
}

static void free_lot(struct lot *l)
{
	for (unsigned i = 0; i < l->n; i++)     /* the database could not be read on */
		g_free(l->row[i].names.str);
	g_byte_array_free(l->bytes, TRUE);
	g_free(l);
}

int bring_functions(struct prog *p, void (*take)(struct prog *p, struct sd_fn *ir, const struct sd_gap *unreadable), char **err)
{
	struct bringing all = { .p = p, .take = take, .arena = sd_arena_new() };
	int rc;

	all.lot = new_lot(&all);
	all.before = new_lot(&all);
	rc = sd_db_each_fn(p->in->db, bring_row, &all, err);
	for (unsigned i = 0; i < 2 && !rc; i++)
		next_lot(&all);
	par_wait(&all.aside);
	free_lot(all.lot);
	free_lot(all.before);
	sd_arena_join(p->arena, all.arena);
	return rc;
}
