/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * emit.c - the finished function: blocks that are reached, values that are used; last those that only ir.h's stores use.
 */
#include <string.h>
#include "ssa.h"

struct emit {
	struct ssa *s;
	struct sd_arena *arena;
	struct sd_fn *fn;
	uint32_t *map;                  /* value -> number in the result + 1 */
	uint8_t *used;                  /* value -> who uses it first: 0 nobody */
	uint8_t user;                   /* who is being looked at */
	uint32_t *bmap;                 /* block -> number in the result */
	GArray *todo;                   /* sd_vid: used, operands not looked at */
	GArray *ops;
};

/* The array's elements, as the result's. */
static void *finished(struct emit *e, GArray *a)
{
	size_t size = (size_t)a->len * g_array_get_element_size(a);
	void *p = sd_arena_alloc(e->arena, size + 1);

	if (size)
		memcpy(p, a->data, size);
	g_array_free(a, TRUE);
	return p;
}

enum { BY_NOBODY, BY_CODE, BY_STORES };

static void use(struct emit *e, sd_vid v)
{
	if (!v || e->used[v])
		return;
	e->used[v] = e->user;
	g_array_append_val(e->todo, v);
}

static bool has_operands(const struct sd_val *v)
{
	switch (v->kind) {
	case SD_V_FIELD: case SD_V_INDEX: case SD_V_UP: case SD_V_LOAD: case SD_V_CALL: case SD_V_OP:
		return true;
	default:
		return false;
	}
}

static bool b_is_operand(const struct sd_val *v)
{
	return v->kind == SD_V_INDEX || v->kind == SD_V_OP;
}

static struct phi *phi_of(struct emit *e, const struct sd_val *v)
{
	return &g_array_index(e->s->phis, struct phi, v->a);
}

static void mark_operands(struct emit *e)
{
	while (e->todo->len) {
		sd_vid id = g_array_index(e->todo, sd_vid, e->todo->len - 1);
		const struct sd_val *v = sd_v(e->s, id);

		g_array_set_size(e->todo, e->todo->len - 1);
		if (has_operands(v))
			use(e, v->a);
		if (b_is_operand(v))
			use(e, v->b);
		if (v->kind == SD_V_PHI)
			for (guint i = 0; i < phi_of(e, v)->ops->len; i++)
				use(e, g_array_index(phi_of(e, v)->ops, struct sd_ir_op, i).val);
	}
}

static void mark(struct emit *e)
{
	struct ssa *s = e->s;

	e->user = BY_CODE;
	for (guint i = 0; i < s->events->len; i++) {
		struct sd_event *ev = &g_array_index(s->events, struct sd_event, i);

		use(e, ev->target);
		use(e, ev->value);
		for (uint32_t k = 0; k < ev->nargs; k++)
			use(e, g_array_index(s->ops, struct sd_ir_op, ev->arg0 + k).val);
	}
	for (uint32_t i = 0; i < s->nblk; i++)
		if (s->blk[i].walked)
			use(e, s->blk[i].cond);
	mark_operands(e);
	e->user = BY_STORES;
	for (guint i = 0; i < s->stores->len; i++) {
		use(e, g_array_index(s->stores, struct sd_store, i).target);
		use(e, g_array_index(s->stores, struct sd_store, i).value);
	}
	mark_operands(e);
}

static sd_vid map(struct emit *e, sd_vid v)
{
	return v ? e->map[v] - 1 : 0;
}

/* Versions of memory are numbered from 1 in the order of the loads that show them. */
static int64_t version(GHashTable *seen, int64_t token)
{
	gpointer known;

	if (!token)
		return 0;
	known = g_hash_table_lookup(seen, GSIZE_TO_POINTER((gsize)token));
	if (!known) {
		known = GUINT_TO_POINTER(g_hash_table_size(seen) + 1);
		g_hash_table_insert(seen, GSIZE_TO_POINTER((gsize)token), known);
	}
	return GPOINTER_TO_UINT(known);
}

static void number_values(struct emit *e)
{
	uint32_t n = 1;

	for (uint8_t user = BY_CODE; user <= BY_STORES; user++) {
		for (guint i = 1; i < e->s->nodes->len; i++)
			if (e->used[i] == user)
				e->map[i] = ++n;
		if (user == BY_CODE)
			e->fn->nvals = n;
	}
	e->fn->nall = n;
	e->fn->vals = sd_arena_alloc(e->arena, n * sizeof(struct sd_val));
}

static void emit_phi(struct emit *e, struct sd_val *out, const struct sd_val *v)
{
	GArray *ops = phi_of(e, v)->ops;

	out->num = e->bmap[v->num];
	out->a = e->ops->len;
	out->b = ops->len;
	for (guint i = 0; i < ops->len; i++) {
		struct sd_ir_op op = g_array_index(ops, struct sd_ir_op, i);

		op.pred = e->bmap[op.pred];
		op.val = map(e, op.val);
		g_array_append_val(e->ops, op);
	}
}

static void emit_values(struct emit *e, uint8_t user, GHashTable *versions)
{
	for (guint i = 1; i < e->s->nodes->len; i++) {
		const struct sd_val *v = sd_v(e->s, i);
		struct sd_val *out;

		if (e->used[i] != user)
			continue;
		out = &e->fn->vals[map(e, i)];
		*out = *v;
		if (has_operands(v))
			out->a = map(e, v->a);
		if (b_is_operand(v))
			out->b = map(e, v->b);
		if (v->kind == SD_V_PHI)
			emit_phi(e, out, v);
		if (v->kind == SD_V_LOAD)
			out->num = version(versions, v->num);
	}
}

static void emit_all_values(struct emit *e)
{
	GHashTable *versions = g_hash_table_new(NULL, NULL);

	emit_values(e, BY_CODE, versions);
	emit_values(e, BY_STORES, versions);
	g_hash_table_destroy(versions);
}

static void emit_stores(struct emit *e)
{
	struct sd_fn *fn = e->fn;

	fn->nstores = e->s->stores->len;
	fn->stores = sd_arena_alloc(e->arena, (fn->nstores + 1) * sizeof(struct sd_store));
	for (guint i = 0; i < fn->nstores; i++) {
		const struct sd_store *st = &g_array_index(e->s->stores, struct sd_store, i);

		fn->stores[i] = (struct sd_store){ map(e, st->target), map(e, st->value) };
	}
}

static void emit_events(struct emit *e)
{
	struct ssa *s = e->s;
	struct sd_fn *fn = e->fn;

	fn->nevents = s->events->len;
	fn->events = sd_arena_alloc(e->arena, (fn->nevents + 1) * sizeof(struct sd_event));
	for (guint i = 0; i < fn->nevents; i++) {
		struct sd_event *ev = &fn->events[i];
		uint32_t from;

		*ev = g_array_index(s->events, struct sd_event, i);
		from = ev->arg0;
		ev->target = map(e, ev->target);
		ev->value = map(e, ev->value);
		ev->arg0 = ev->nargs ? e->ops->len : 0;
		for (uint32_t k = 0; k < ev->nargs; k++) {
			struct sd_ir_op op = { 0, map(e, g_array_index(s->ops, struct sd_ir_op, from + k).val) };

			g_array_append_val(e->ops, op);
		}
	}
}

static void emit_phi_list(struct emit *e)
{
	struct sd_fn *fn = e->fn;
	GArray *list = g_array_new(FALSE, FALSE, sizeof(sd_vid));

	for (uint32_t b = 0; b < fn->nblocks; b++)
		fn->blocks[b].phi0 = fn->blocks[b].nphi = 0;
	for (uint32_t v = 1; v < fn->nvals; v++)
		if (fn->vals[v].kind == SD_V_PHI)
			fn->blocks[fn->vals[v].num].nphi++;
	for (uint32_t b = 0; b < fn->nblocks; b++) {
		fn->blocks[b].phi0 = fn->nphis;
		fn->nphis += fn->blocks[b].nphi;
		fn->blocks[b].nphi = 0;
	}
	g_array_set_size(list, fn->nphis);
	for (uint32_t v = 1; v < fn->nvals; v++) {
		struct sd_block *b;

		if (fn->vals[v].kind != SD_V_PHI)
			continue;
		b = &fn->blocks[fn->vals[v].num];
		g_array_index(list, sd_vid, b->phi0 + b->nphi++) = v;
	}
	fn->phis = finished(e, list);
}

/*
 * Pruned branches leave chains: a block whose only way on leads to a block with no other way
 * in, and no phi, is printed as one with it.  Its events must follow directly.
 */
static bool joins_next(struct emit *e, uint32_t i, uint32_t *next)
{
	struct sblk *b = &e->s->blk[i], *to;
	uint32_t n = 0;

	if (b->term != SD_TERM_GOTO || b->out->len != 1)
		return false;
	*next = g_array_index(b->out, struct sd_succ, 0).block;
	to = &e->s->blk[*next];
	for (uint32_t k = 0; k < to->npred; k++)
		n += to->pred[k].exec;
	return n == 1 && *next > i && !to->late && !to->defs && to->ev0 == b->ev0 + b->nev;
}

static void number_blocks(struct emit *e)
{
	uint8_t *done = sd_arena_alloc(e->s->arena, e->s->nblk + 1);

	for (uint32_t i = 0; i < e->s->nblk; i++) {
		uint32_t at = i, next;

		if (!e->s->blk[i].walked || done[i])
			continue;
		e->bmap[at] = e->fn->nblocks;
		while (joins_next(e, at, &next)) {
			struct sblk *to = &e->s->blk[next];

			e->bmap[next] = e->fn->nblocks;
			done[next] = 1;
			to->ev0 = e->s->blk[at].ev0;
			to->nev += e->s->blk[at].nev;
			e->s->blk[at].walked = false;   /* only the last of a chain is emitted */
			at = next;
		}
		e->fn->nblocks++;
	}
}

/* A block reached late has its events after those of blocks behind it; ev0 still tells where. */
static void emit_blocks(struct emit *e)
{
	struct ssa *s = e->s;
	struct sd_fn *fn = e->fn;
	GArray *succs = g_array_new(FALSE, FALSE, sizeof(struct sd_succ));

	fn->blocks = sd_arena_alloc(e->arena, (fn->nblocks + 1) * sizeof(struct sd_block));
	for (uint32_t i = 0; i < s->nblk; i++) {
		struct sblk *b = &s->blk[i];
		struct sd_block *out = &fn->blocks[e->bmap[i]];

		if (!b->walked)
			continue;
		*out = (struct sd_block){ .ev0 = b->ev0, .nev = b->nev, .succ0 = succs->len, .nsucc = b->out->len,
					  .term = b->term, .line = b->line, .cond = map(e, b->cond) };
		for (guint k = 0; k < b->out->len; k++) {
			struct sd_succ sc = g_array_index(b->out, struct sd_succ, k);

			sc.block = e->bmap[sc.block];
			g_array_append_val(succs, sc);
		}
	}
	fn->nsuccs = succs->len;
	fn->succs = finished(e, succs);
}

struct sd_fn *sd_emit(struct ssa *s, struct sd_arena *arena)
{
	struct emit e = { .s = s, .arena = arena, .fn = sd_arena_alloc(arena, sizeof(struct sd_fn)) };

	e.map = sd_arena_alloc(s->arena, (s->nodes->len + 1) * sizeof(uint32_t));
	e.used = sd_arena_alloc(s->arena, s->nodes->len + 1);
	e.bmap = sd_arena_alloc(s->arena, (s->nblk + 1) * sizeof(uint32_t));
	e.todo = g_array_new(FALSE, FALSE, sizeof(sd_vid));
	e.ops = g_array_new(FALSE, FALSE, sizeof(struct sd_ir_op));
	number_blocks(&e);
	mark(&e);
	number_values(&e);
	emit_all_values(&e);
	emit_events(&e);
	emit_stores(&e);
	emit_blocks(&e);
	emit_phi_list(&e);
	e.fn->nops = e.ops->len;
	e.fn->ops = finished(&e, e.ops);
	g_array_free(e.todo, TRUE);
	e.fn->syms = s->l->tu->syms;
	return e.fn;
}
