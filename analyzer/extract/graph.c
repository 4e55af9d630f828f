/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * graph.c - low blocks -> final blocks in reverse postorder, their predecessors and loops.
 *
 * Empty blocks are skipped, a block with one predecessor that has one successor is appended
 * to it: what is left of a do { } while (0) is straight-line code.
 */
#include <string.h>
#include "ssa.h"

struct memkey { int kind; sd_sym rec, sym; uint32_t var; };

static guint memkey_hash(gconstpointer p)
{
	const struct memkey *k = p;

	return k->rec * 31u + k->sym * 7919u + (guint)k->kind;
}

static gboolean memkey_equal(gconstpointer a, gconstpointer b)
{
	const struct memkey *x = a, *y = b;

	return x->kind == y->kind && x->rec == y->rec && x->sym == y->sym;
}

uint32_t sd_memkey(struct ssa *s, int kind, sd_sym rec, sd_sym sym, bool add)
{
	struct memkey k = { kind, rec, sym, 0 }, *known;

	if (!s->keys)
		s->keys = g_hash_table_new(memkey_hash, memkey_equal);
	known = g_hash_table_lookup(s->keys, &k);
	if (known)
		return known->var;
	if (!add)
		return UINT32_MAX;
	known = sd_arena_alloc(s->arena, sizeof(*known));
	*known = k;
	known->var = s->nvars++;
	g_hash_table_add(s->keys, known);
	return known->var;
}

uint32_t sd_addr_of(struct low *l, uint32_t inst)
{
	while (sd_low_get(l, inst)->op == LO_CAST)
		inst = sd_low_get(l, inst)->a;
	return sd_low_get(l, inst)->op == LO_ADDR ? inst : 0;
}

bool sd_is_scalar_addr(struct low *l, uint32_t inst)
{
	inst = sd_addr_of(l, inst);
	return inst && !g_array_index(l->vars, struct low_var, sd_low_get(l, inst)->num).is_memory;
}

static void escape(struct low *l, uint32_t inst)
{
	inst = sd_addr_of(l, inst);
	if (inst)
		g_array_index(l->vars, struct low_var, sd_low_get(l, inst)->num).escaped = true;
}

/* A scalar's address that is stored, copied or returned: any call may then change it. */
static void find_escapes(struct ssa *s)
{
	struct low *l = s->l;

	for (guint i = 1; i < l->insts->len; i++) {
		struct low_inst *in = sd_low_get(l, i);

		if (in->op == LO_WRITE || in->op == LO_INDEX)
			escape(l, in->a);
		else if (in->op == LO_STORE)
			escape(l, in->b);
	}
	for (guint i = 0; i < l->blocks->len; i++)
		escape(l, sd_low_blk(l, i)->cond);
	for (uint32_t i = 0; i < l->vars->len; i++) {
		struct low_var *v = &g_array_index(l->vars, struct low_var, i);

		if (v->escaped && !v->is_memory)
			g_array_append_val(s->escaped, i);
	}
}

/* Through blocks that do nothing. */
static uint32_t forward(struct low *l, uint32_t b)
{
	for (int i = 0; i < 64; i++) {
		struct low_block *k = sd_low_blk(l, b);

		if (k->first || !k->done || k->term != SD_TERM_GOTO || !k->succ)
			break;
		b = g_array_index(k->succ, struct low_succ, 0).block;
	}
	return b;
}

struct order { struct low *l; GArray *post; uint8_t *seen; uint32_t *npred; };
struct frame { uint32_t b; guint next; };

static guint nsucc(struct low *l, uint32_t b)
{
	GArray *s = sd_low_blk(l, b)->succ;

	return s ? s->len : 0;
}

static uint32_t succ(struct low *l, uint32_t b, guint i)
{
	struct low_succ *s = &g_array_index(sd_low_blk(l, b)->succ, struct low_succ, i);

	s->block = forward(l, s->block);
	return s->block;
}

/* Depth first without recursion; successors from the last, so that the first comes first in the result. */
static void postorder(struct order *o, uint32_t entry)
{
	GArray *stack = g_array_new(FALSE, FALSE, sizeof(struct frame));
	struct frame f = { entry, 0 };

	o->seen[entry] = 1;
	g_array_append_val(stack, f);
	while (stack->len) {
		struct frame *top = &g_array_index(stack, struct frame, stack->len - 1);
		guint n = nsucc(o->l, top->b);
		uint32_t to;

		if (top->next == n) {
			g_array_append_val(o->post, top->b);
			g_array_set_size(stack, stack->len - 1);
			continue;
		}
		to = succ(o->l, top->b, n - 1 - top->next++);
		o->npred[to]++;
		if (o->seen[to])
			continue;
		o->seen[to] = 1;
		f = (struct frame){ to, 0 };
		g_array_append_val(stack, f);
	}
	g_array_free(stack, TRUE);
}

/* Low blocks in reverse postorder -> final blocks; map[] tells where each head went. */
static void merge(struct ssa *s, struct order *o, uint32_t *map)
{
	guint n = o->post->len;

	s->blk = sd_arena_alloc(s->arena, (n + 1) * sizeof(*s->blk));
	for (guint i = n; i-- > 0;) {
		uint32_t b = g_array_index(o->post, uint32_t, i), k = b, len = 1;
		struct sblk *sb;

		if (o->seen[b] == 2)
			continue;
		o->seen[b] = 2;
		while (sd_low_blk(s->l, k)->term == SD_TERM_GOTO && nsucc(s->l, k) == 1 && o->npred[succ(s->l, k, 0)] == 1 &&
		       o->seen[succ(s->l, k, 0)] != 2) {
			k = succ(s->l, k, 0);
			o->seen[k] = 2;
			len++;
		}
		map[b] = s->nblk;
		sb = &s->blk[s->nblk++];
		sb->low = sd_arena_alloc(s->arena, len * sizeof(uint32_t));
		for (k = b; sb->nlow < len; k = nsucc(s->l, k) ? succ(s->l, k, 0) : 0)
			sb->low[sb->nlow++] = k;
	}
}

static void add_pred(struct ssa *s, uint32_t to, uint32_t from)
{
	struct sblk *b = &s->blk[to];
	struct sedge *more;

	for (uint32_t i = 0; i < b->npred; i++)
		if (b->pred[i].pred == from)
			return;
	if (!(b->npred & (b->npred - 1))) {
		more = sd_arena_alloc(s->arena, (b->npred ? 2 * b->npred : 1) * sizeof(*more));
		if (b->npred)
			memcpy(more, b->pred, b->npred * sizeof(*more));
		b->pred = more;
	}
	b->pred[b->npred++] = (struct sedge){ from, false };
}

static void link_blocks(struct ssa *s, const uint32_t *map)
{
	for (uint32_t i = 0; i < s->nblk; i++) {
		struct sblk *b = &s->blk[i];
		uint32_t last = b->low[b->nlow - 1];

		b->nsucc = nsucc(s->l, last);
		b->succ = sd_arena_alloc(s->arena, (b->nsucc + 1) * sizeof(uint32_t));
		for (uint32_t j = 0; j < b->nsucc; j++) {
			b->succ[j] = map[succ(s->l, last, j)];
			add_pred(s, b->succ[j], i);
		}
	}
}

/* What a call's argument lets it change. */
static uint32_t arg_def(struct ssa *s, struct low_arg a)
{
	struct low_inst *in;
	uint32_t addr = sd_addr_of(s->l, a.inst);

	if (a.is_const)
		return UINT32_MAX;
	if (addr) {
		in = sd_low_get(s->l, addr);
		if (g_array_index(s->l->vars, struct low_var, in->num).is_memory)
			return sd_memkey(s, MK_INSIDE, 0, (sd_sym)in->num, true);
		return (uint32_t)in->num;
	}
	in = sd_low_get(s->l, a.inst);
	if (in->op == LO_FIELD && !in->type)
		return sd_memkey(s, MK_FIELD, in->rec, in->sym, true);
	return UINT32_MAX;
}

static uint32_t store_def(struct ssa *s, struct low_inst *in)
{
	struct low_inst *to = sd_low_get(s->l, in->a);

	switch (to->op) {
	case LO_FIELD:
		return sd_memkey(s, MK_FIELD, to->rec, to->sym, true);
	case LO_GLOBAL:
		return sd_memkey(s, MK_GLOBAL, 0, to->sym, true);
	case LO_ADDR:
		return sd_memkey(s, MK_WHOLE, 0, (sd_sym)to->num, true);
	default:
		return sd_memkey(s, MK_OTHER, 0, 0, true);
	}
}

/* Calls @def for each variable or memory key that @b's instructions may set. */
static void block_defs(struct ssa *s, struct sblk *b, void (*def)(void *, uint32_t), void *data)
{
	bool wild = false;

	for (uint32_t k = 0; k < b->nlow; k++) {
		for (uint32_t i = sd_low_blk(s->l, b->low[k])->first; i; i = sd_low_get(s->l, i)->next) {
			struct low_inst *in = sd_low_get(s->l, i);

			if (in->op == LO_WRITE)
				def(data, (uint32_t)in->num);
			else if (in->op == LO_STORE)
				def(data, store_def(s, in));
			wild |= in->op == LO_CALL || in->op == LO_STORE;
			if (in->op != LO_CALL && in->op != LO_OPAQUE)
				continue;
			for (uint32_t a = 0; a < in->b; a++)
				def(data, arg_def(s, g_array_index(s->l->args, struct low_arg, in->num + a)));
		}
	}
	for (guint i = 0; wild && i < s->escaped->len; i++)
		def(data, g_array_index(s->escaped, uint32_t, i));
}

static void ignore_def(void *data, uint32_t var)
{
	(void)data;
	(void)var;
}

static void set_bit(void *data, uint32_t var)
{
	uint64_t *bits = data;

	if (var != UINT32_MAX)
		bits[var / 64] |= (uint64_t)1 << (var % 64);
}

/* Blocks from which @head is reached again without leaving through it. */
static void loop_defs(struct ssa *s, uint32_t head, uint32_t *stack, uint32_t *mark)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->blk[head].npred; i++) {
		uint32_t p = s->blk[head].pred[i].pred;

		if (p >= head && mark[p] != head + 1) {
			mark[p] = head + 1;
			stack[n++] = p;
		}
	}
	if (!n)
		return;
	s->blk[head].defs = sd_arena_alloc(s->arena, (s->nvars / 64 + 1) * sizeof(uint64_t));
	if (mark[head] != head + 1)
		block_defs(s, &s->blk[head], set_bit, s->blk[head].defs);
	mark[head] = head + 1;
	while (n) {
		uint32_t b = stack[--n];

		block_defs(s, &s->blk[b], set_bit, s->blk[head].defs);
		for (uint32_t i = 0; b != head && i < s->blk[b].npred; i++) {
			uint32_t p = s->blk[b].pred[i].pred;

			if (p > head && mark[p] != head + 1) {
				mark[p] = head + 1;
				stack[n++] = p;
			}
		}
	}
}

/* Requires: low code complete.  Sets: s->blk, s->nvars, s->escaped. */
void sd_graph_build_blocks(struct ssa *s)
{
	struct low *l = s->l;
	struct order o = { .l = l, .post = g_array_new(FALSE, FALSE, sizeof(uint32_t)) };
	uint32_t *map, *stack, *mark, entry = 1;

	find_escapes(s);
	o.seen = sd_arena_alloc(s->arena, l->blocks->len);
	o.npred = sd_arena_alloc(s->arena, l->blocks->len * sizeof(uint32_t));
	map = sd_arena_alloc(s->arena, l->blocks->len * sizeof(uint32_t));
	o.npred[entry] = 1;
	postorder(&o, entry);
	merge(s, &o, map);
	link_blocks(s, map);
	g_array_free(o.post, TRUE);
	s->nvars = l->vars->len;
	for (uint32_t i = 0; i < s->nblk; i++)
		block_defs(s, &s->blk[i], ignore_def, NULL);    /* finds every memory key */
	stack = sd_arena_alloc(s->arena, (s->nblk + 1) * sizeof(uint32_t));
	mark = sd_arena_alloc(s->arena, (s->nblk + 1) * sizeof(uint32_t));
	for (uint32_t i = 0; i < s->nblk; i++)
		loop_defs(s, i, stack, mark);
}
