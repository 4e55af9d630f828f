/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * saved.c - as long as a saved irq state is of any use.
 *
 * A word that spin_lock_irqsave() filled is part of a path's state until it is restored; kept longer, each
 * round of a loop would make another state.  So a value is asked for the blocks at whose entry it may still be
 * used, by an event or a branch, itself or what is computed of it.  Made when asked, for few values hold such a word.
 */
#include "model.h"

typedef void (*see_value)(const struct sd_fn *ir, sd_vid v, void *arg);

static void each_use(const struct sd_fn *ir, uint32_t b, see_value see, void *arg)
{
	const struct sd_block *bl = &ir->blocks[b];

	see(ir, bl->cond, arg);
	for (uint32_t i = bl->ev0; i < bl->ev0 + bl->nev; i++) {
		const struct sd_event *e = &ir->events[i];

		see(ir, e->target, arg);
		if (e->kind == SD_E_STORE)
			see(ir, e->value, arg);
		for (uint32_t k = 0; k < e->nargs; k++)
			see(ir, ir->ops[e->arg0 + k].val, arg);
	}
}

/* --- values that are used at all: a PHI that is not hands nothing on --- */

static void mark_used(const struct sd_fn *ir, sd_vid v, void *arg)
{
	uint8_t *used = arg;
	const struct sd_val *x = &ir->vals[v];

	if (!v || used[v])
		return;
	used[v] = 1;
	switch (x->kind) {
	case SD_V_PHI:
		for (uint32_t i = 0; i < x->b; i++)
			mark_used(ir, ir->ops[x->a + i].val, arg);
		break;
	case SD_V_OP:
		mark_used(ir, x->a, arg);
		mark_used(ir, x->b, arg);
		break;
	case SD_V_FIELD: case SD_V_UP: case SD_V_LOAD: case SD_V_INDEX:
		mark_used(ir, x->a, arg);
		break;
	default:
		break;
	}
}

static const uint8_t *used_values(struct prog *p, struct func *f)
{
	if (!f->used) {
		f->used = sd_arena_alloc(p->walk, f->ir->nvals);
		for (uint32_t b = 0; b < f->ir->nblocks; b++)
			each_use(f->ir, b, mark_used, f->used);
	}
	return f->used;
}

/* --- one value --- */

struct spread { uint8_t *made; bool hit; };             /* made: of the value */

static void note_hit(const struct sd_fn *ir, sd_vid v, void *arg)
{
	struct spread *s = arg;

	(void)ir;
	s->hit |= v && s->made[v];
}

/* Is @k computed of what is marked? */
static bool makes(const struct sd_fn *ir, const uint8_t *used, const uint8_t *made, sd_vid k)
{
	const struct sd_val *x = &ir->vals[k];

	switch (x->kind) {
	case SD_V_OP: return made[x->a] || made[x->b];
	case SD_V_FIELD: case SD_V_UP: case SD_V_LOAD: case SD_V_INDEX: return made[x->a];
	case SD_V_PHI:
		for (uint32_t i = 0; i < x->b && used[k]; i++)
			if (made[ir->ops[x->a + i].val])
				return true;
		return false;
	default: return false;
	}
}

/* What is computed of @v: a PHI may be evaluated to the operand that the path came by (eval.c), so it is the value, too. */
static void find_made(const struct sd_fn *ir, const uint8_t *used, sd_vid v, uint8_t *made)
{
	bool changed = true;

	made[v] = 1;
	while (changed) {
		changed = false;
		for (uint32_t k = 1; k < ir->nvals; k++)
			if (!made[k] && makes(ir, used, made, k))
				made[k] = changed = true;
	}
}

static void set_block(uint64_t *row, uint32_t b)
{
	row[b / 64] |= UINT64_C(1) << b % 64;
}

static bool has_block(const uint64_t *row, uint32_t b)
{
	return row[b / 64] >> b % 64 & 1;
}

static void find_uses(const struct sd_fn *ir, uint8_t *made, uint64_t *row)
{
	for (uint32_t b = 0; b < ir->nblocks; b++) {
		struct spread s = { made, false };

		each_use(ir, b, note_hit, &s);
		if (s.hit)
			set_block(row, b);
	}
}

/* Backward from the uses, but not past the block that makes it anew. */
static void flow_back(const struct sd_fn *ir, uint32_t home, uint64_t *row)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (uint32_t b = ir->nblocks; b-- > 0; )
			for (uint32_t k = 0; k < ir->blocks[b].nsucc && b != home && !has_block(row, b); k++)
				if (has_block(row, ir->succs[ir->blocks[b].succ0 + k].block)) {
					set_block(row, b);
					changed = true;
				}
	}
}

/* The block whose call returns @v: there its old value ends.  UINT32_MAX: it is no call's. */
static uint32_t home_of(const struct sd_fn *ir, sd_vid v)
{
	if (ir->vals[v].kind != SD_V_CALL)
		return UINT32_MAX;
	for (uint32_t b = 0; b < ir->nblocks; b++)
		if ((uint64_t)ir->vals[v].num - ir->blocks[b].ev0 < ir->blocks[b].nev)
			return b;
	return UINT32_MAX;
}

static uint64_t *blocks_of_use(struct prog *p, struct func *f, sd_vid v)
{
	const struct sd_fn *ir = f->ir;
	uint64_t *row = sd_arena_alloc(p->walk, (ir->nblocks / 64 + 1) * sizeof(*row));
	uint8_t *made = g_malloc0(ir->nvals + 1);
	uint32_t home = home_of(ir, v);

	find_made(ir, used_values(p, f), v, made);
	find_uses(ir, made, row);
	if (home != UINT32_MAX)
		row[home / 64] &= ~(UINT64_C(1) << home % 64);
	flow_back(ir, home, row);
	g_free(made);
	return row;
}

bool used_from(struct prog *p, struct func *f, uint32_t b, sd_vid v)
{
	if (!f->use_blocks)
		f->use_blocks = sd_arena_alloc(p->walk, f->ir->nvals * sizeof(*f->use_blocks));
	if (!f->use_blocks[v])
		f->use_blocks[v] = blocks_of_use(p, f, v);
	return has_block(f->use_blocks[v], b);
}
