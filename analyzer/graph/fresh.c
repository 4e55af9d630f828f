/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fresh.c - pointers in a new object that are still NULL, for it was zeroed when it was made (rules: alloc, zeroed).
 *
 *	c = kzalloc(...);
 *	if (!node)
 *		c->wq = alloc_workqueue(...);
 *	if (fails())
 *		goto free;                      -> if (c->wq) destroy_workqueue(c->wq);
 *
 * For such a branch: the blocks that lead to it in which the member is stored to, or the object becomes known to others.  An instance
 * that takes none of them finds NULL there.  Not in loops, where a block may come round again.
 *
 * Requires: load.  Sets: func.fresh, when a function is prepared.
 */
#include "model.h"

struct fresh { struct fresh *next; sd_vid load; uint32_t n, *blocks; };

/* What value @v is an address in; *first: the outermost member on the way, 0 none. */
static sd_vid object_of(const struct sd_fn *ir, sd_vid v, const struct sd_val **first)
{
	for (*first = NULL;; v = ir->vals[v].a) {
		const struct sd_val *x = &ir->vals[v];

		if (x->kind == SD_V_FIELD)
			*first = x;
		else if (x->kind != SD_V_INDEX && x->kind != SD_V_UP)
			return v;
	}
}

static bool may_overlap(const struct sd_val *a, const struct sd_val *b)
{
	return !a || !b || (a->rec == b->rec && a->sym == b->sym);
}

static bool is_zeroed(struct prog *p, const struct sd_fn *ir, sd_vid v)
{
	const struct sd_val *x = &ir->vals[v];
	sd_sym callee = x->kind == SD_V_CALL ? ir->events[x->num].callee : 0;
	struct sd_rule *const *r = callee ? rules_of(p, plain_name(p, callee)) : NULL;

	for (; r && *r; r++)
		if ((*r)->word == SD_R_ALLOC && (*r)->zeroed)
			return true;
	return false;
}

/* A helper that calls nobody and keeps parameter @k nowhere but in what that points to: INIT_LIST_HEAD(). */
static bool keeps_to_itself(struct prog *p, sd_sym callee, uint32_t k)
{
	uint32_t fn = callee ? func_find(p, callee) : 0;
	const struct sd_fn *ir = fn ? func_at(p, fn - 1)->ir : NULL;

	for (uint32_t i = 0; ir && i < ir->nevents; i++) {
		const struct sd_val *first, *to = &ir->vals[object_of(ir, ir->events[i].target, &first)];

		if (ir->events[i].kind != SD_E_STORE || to->kind != SD_V_PARAM || to->num != k)
			return false;
	}
	return ir && ir->nblocks;
}

static bool only_names_lock(struct prog *p, sd_sym callee)
{
	struct sd_rule *const *r = callee ? rules_of(p, plain_name(p, callee)) : NULL;

	return r && *r && ((*r)->word == SD_R_INIT || (*r)->word == SD_R_SAME || (*r)->word == SD_R_PURE);
}

/* Event @e may store to member @member of object @obj, or make the object known. */
static bool spoils(struct prog *p, const struct sd_fn *ir, const struct sd_event *e, sd_vid obj, const struct sd_val *member)
{
	const struct sd_val *first;

	if (e->kind == SD_E_STORE)
		return object_of(ir, e->value, &first) == obj || (object_of(ir, e->target, &first) == obj && may_overlap(first, member));
	for (uint32_t k = 0; k < e->nargs; k++)
		if (object_of(ir, ir->ops[e->arg0 + k].val, &first) == obj && !only_names_lock(p, e->callee) &&
		    (may_overlap(first, member) || !keeps_to_itself(p, e->callee, k)))
			return true;
	return false;
}

/* Another name for the object comes at the end of block @b. */
static bool renamed_in(const struct sd_fn *ir, uint32_t b, sd_vid obj)
{
	const struct sd_val *first;

	for (uint32_t v = 0; v < ir->nvals; v++)
		for (uint32_t i = 0; ir->vals[v].kind == SD_V_PHI && i < ir->vals[v].b; i++) {
			const struct sd_ir_op *o = &ir->ops[ir->vals[v].a + i];

			if (o->pred == b && object_of(ir, o->val, &first) == obj)
				return true;
		}
	return false;
}

static bool spoiled_in(struct prog *p, const struct sd_fn *ir, uint32_t b, sd_vid obj, const struct sd_val *member)
{
	for (uint32_t i = 0; i < ir->blocks[b].nev; i++)
		if (ir->blocks[b].ev0 + i > (uint64_t)ir->vals[obj].num && spoils(p, ir, &ir->events[ir->blocks[b].ev0 + i], obj, member))
			return true;
	return renamed_in(ir, b, obj);
}

/* The branch that ends block @b tests a pointer of object @obj. */
static void add_branch(struct prog *p, struct sd_arena *walk, struct func *f, uint32_t b, sd_vid obj, const struct sd_val *member)
{
	const struct sd_fn *ir = f->ir;
	struct fresh *fresh = sd_arena_alloc(walk, sizeof(*fresh));

	*fresh = (struct fresh){ f->fresh, ir->blocks[b].cond, 0, sd_arena_alloc(walk, (b + 1) * sizeof(uint32_t)) };
	f->fresh = fresh;
	for (uint32_t k = block_of(ir, (uint32_t)ir->vals[obj].num); k <= b; k++) {
		bool *met = led_to(ir, k, NO_BLOCK, 0);

		if (met[b] && spoiled_in(p, ir, k, obj, member))
			fresh->blocks[fresh->n++] = k;
		g_free(met);
	}
}

/* How often a value is tested is no matter where it is tested once: elsewhere the blocks of one branch are not those of another. */
static bool tested_once(const struct sd_fn *ir, sd_vid v)
{
	unsigned n = 0;

	for (uint32_t b = 0; b < ir->nblocks; b++)
		n += ir->blocks[b].cond == v;
	return n == 1;
}

void find_fresh(struct prog *p, struct func *f, struct sd_arena *walk, const bool *in_loop)
{
	const struct sd_fn *ir = f->ir;

	for (uint32_t b = 0; b < ir->nblocks; b++) {
		const struct sd_val *x = &ir->vals[ir->blocks[b].cond], *member;
		sd_vid obj;

		if (ir->blocks[b].term != SD_TERM_BRANCH || x->kind != SD_V_LOAD || (x->tkind != SD_T_PTR && x->tkind != SD_T_FNPTR) || in_loop[b])
			continue;
		obj = object_of(ir, x->a, &member);
		if (member && is_zeroed(p, ir, obj) && tested_once(ir, ir->blocks[b].cond))
			add_branch(p, walk, f, b, obj, member);
	}
}

bool is_still_null(const struct run *r, const struct func *f, sd_vid v)
{
	for (const struct fresh *fresh = f->fresh; fresh; fresh = fresh->next) {
		uint32_t k = 0;

		if (fresh->load != v)
			continue;
		while (k < fresh->n && !run_reached(r, fresh->blocks[k]))
			k++;
		return k == fresh->n;
	}
	return false;
}
