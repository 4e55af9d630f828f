/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * quiet.c - branches that no lock, irq or sleep hangs on.
 *
 * `len = flags & F ? a : b;`: both ways meet again before anything is called that takes or gives back a lock, touches irqs, may
 * sleep, registers anything or calls through a pointer, in it or below.  Which of the two it was need not be remembered for
 * the sake of such branches alone, or states would be kept apart that do the same (prepare.c).
 *
 * Requires: slots.  Sets: func.loud.
 */
#include <string.h>
#include "model.h"

#define MOST_BLOCKS 24          /* of both ways */

static bool is_loud_rule(const struct sd_rule *r)
{
	switch (r->word) {
	case SD_R_SAME: case SD_R_TEST: case SD_R_PURE: case SD_R_SKIP: case SD_R_NORETURN: case SD_R_INNER: case SD_R_WRITES: case SD_R_ALLOC:
	case SD_R_RARE:
		return false;
	default:
		return true;
	}
}

static bool is_loud(struct prog *p, const struct func *f, const struct sd_event *e)
{
	const struct sd_val *to = &f->ir->vals[e->target];
	struct sd_rule *const *r;
	uint32_t fn;

	if (e->kind == SD_E_STORE) {
		r = to->kind == SD_V_FIELD ? rules_of_member(p, to->rec, to->sym) : NULL;
		return r && *r;
	}
	if (!e->callee)
		return true;
	for (r = rules_of(p, plain_name(p, e->callee)); r && *r; r++)
		if (is_loud_rule(*r))
			return true;
	fn = func_find(p, e->callee);
	return fn && !func_at(p, fn - 1)->is_api && func_at(p, fn - 1)->loud;
}

static bool look(struct prog *p, uint32_t fi, void *none)
{
	struct func *f = func_at(p, fi);

	(void)none;
	for (uint32_t i = 0; i < f->ir->nevents && !f->loud; i++)
		if (is_loud(p, f, &f->ir->events[i]))
			return f->loud = true;
	return false;
}

void find_loud(struct prog *p, const struct callers *c)
{
	look_upwards(p, c, look, NULL);
}

static bool is_quiet(struct prog *p, const struct func *f, const struct sd_block *b)
{
	for (uint32_t i = 0; i < b->nev; i++)
		if (is_loud(p, f, &f->ir->events[b->ev0 + i]))
			return false;
	return true;
}

/* Blocks that the ways have come to, sorted; the first has no way to it that is not done. */
struct front { uint32_t n, block[MOST_BLOCKS]; };

static bool add(struct front *w, uint32_t b)
{
	uint32_t i = 0;

	while (i < w->n && w->block[i] < b)
		i++;
	if (i < w->n && w->block[i] == b)
		return true;
	if (w->n == MOST_BLOCKS)
		return false;
	memmove(&w->block[i + 1], &w->block[i], (w->n - i) * sizeof(w->block[0]));
	w->block[i] = b;
	w->n++;
	return true;
}

bool is_neutral(struct prog *p, const struct func *f, uint32_t branch)
{
	const struct sd_fn *ir = f->ir;
	const struct sd_block *b = &ir->blocks[branch];
	struct front w = { 0 };
	uint32_t last = branch;

	if (b->term != SD_TERM_BRANCH)
		return false;
	for (unsigned n = 0; n < MOST_BLOCKS; n++) {
		for (uint32_t k = 0; k < b->nsucc; k++)
			if (ir->succs[b->succ0 + k].block <= last || !add(&w, ir->succs[b->succ0 + k].block))
				return false;           /* round a loop, or too wide */
		if (w.n <= 1)
			return true;
		last = w.block[0];
		b = &ir->blocks[last];
		memmove(&w.block[0], &w.block[1], --w.n * sizeof(w.block[0]));
		if (b->term == SD_TERM_RETURN || !is_quiet(p, f, b))
			return false;
	}
	return false;
}
