/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kin.c - does a witness use a table of operations that its other frames deny?
 *
 * A member's targets are all functions that any table has there, whoever the object is.  But a way that is taken only where
 * the object's table has no `request` does not lead to `raw_request` of a table that has one:
 *
 *	if (dev->ops->request)
 *		return dev->ops->request(dev, r);
 *	return raw_way(dev, r);                 -> dev->ops->raw_request
 *
 * Which object it is no frame tells surely, so such a witness is doubtful, not wrong.
 *
 * Requires: slots.  What find_kin() has made is only read, by workers too.
 */
#include "depgraph.h"

/* A function in a static table; var 0: in no variable's own, or stored by code. */
struct op { sd_sym slot, var, rec; uint32_t fn; };

struct kin {
	GArray *ops;            /* struct op, sorted by slot and function */
	GHashTable *filled;     /* variable and member */
	GHashTable *slots;      /* record and member -> slot, of those that some table fills */
};

static uint64_t *two(sd_sym a, sd_sym b)
{
	uint64_t *key = g_new(uint64_t, 1);

	*key = (uint64_t)a << 32 | b;
	return key;
}

static int by_slot(gconstpointer a, gconstpointer b)
{
	const struct op *x = a, *y = b;

	if (x->slot != y->slot)
		return x->slot < y->slot ? -1 : 1;
	return x->fn < y->fn ? -1 : x->fn > y->fn;
}

static void add_op(struct prog *p, struct kin *k, const struct sd_fn *ir, const struct sd_event *e)
{
	const struct sd_val *to = &ir->vals[e->target], *base = to, *val = &ir->vals[e->value];
	uint32_t fn = val->kind == SD_V_FUNC ? func_find(p, val->sym) : 0;
	struct op op;

	if (e->kind != SD_E_STORE || to->kind != SD_V_FIELD || !fn)
		return;
	while (base->kind == SD_V_FIELD)
		base = &ir->vals[base->a];
	op = (struct op){ slot_member(p, to->rec, to->sym), (ir->flags & SD_F_GLOBALS) && base->kind == SD_V_GLOBAL ? base->sym : 0, to->rec, fn - 1 };
	g_array_append_val(k->ops, op);
	g_hash_table_add(k->filled, two(op.var, to->sym));
	g_hash_table_insert(k->slots, two(to->rec, to->sym), GUINT_TO_POINTER(op.slot));
}

void find_kin(struct prog *p)
{
	struct kin *k = p->kin = g_new0(struct kin, 1);

	k->ops = g_array_new(FALSE, FALSE, sizeof(struct op));
	k->filled = g_hash_table_new_full(hash_u64, g_int64_equal, g_free, NULL);
	k->slots = g_hash_table_new_full(hash_u64, g_int64_equal, g_free, NULL);
	for (uint32_t i = 0; i < p->fns->len; i++) {
		const struct sd_fn *ir = func_at(p, i)->ir;

		for (uint32_t e = 0; e < ir->nevents; e++)
			add_op(p, k, ir, &ir->events[e]);
	}
	g_array_sort(k->ops, by_slot);
}

void free_kin(struct prog *p)
{
	if (!p->kin)
		return;
	g_array_free(p->kin->ops, TRUE);
	g_hash_table_destroy(p->kin->filled);
	g_hash_table_destroy(p->kin->slots);
	g_clear_pointer(&p->kin, g_free);
}

/* Its first one there; the others follow. */
static guint find_op(const struct kin *k, sd_sym slot, uint32_t fn)
{
	const struct op key = { .slot = slot, .fn = fn };
	guint lo = 0, hi = k->ops->len;

	while (lo < hi) {
		guint mid = lo + (hi - lo) / 2;

		if (by_slot(&g_array_index(k->ops, struct op, mid), &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* All tables that have function @fn in @slot have a @member, or else none has. */
static bool all_have(const struct kin *k, sd_sym slot, uint32_t fn, sd_sym member, bool have)
{
	guint first = find_op(k, slot, fn), i;

	for (i = first; i < k->ops->len; i++) {
		const struct op *op = &g_array_index(k->ops, struct op, i);
		const uint64_t key = (uint64_t)op->var << 32 | member;

		if (op->slot != slot || op->fn != fn)
			break;
		if (!op->var || g_hash_table_contains(k->filled, &key) != have)
			return false;
	}
	return i > first;
}

static bool reached_without(const struct sd_fn *ir, uint32_t b, unsigned side, uint32_t to)
{
	bool *met = led_to(ir, 0, b, side), reached = met[to];

	g_free(met);
	return reached;
}

/* The branch that ends @b tests a member of such tables that code never stores to. */
static bool tests_table(const struct prog *p, const struct sd_fn *ir, uint32_t b, sd_sym rec, sd_sym *member)
{
	const struct sd_block *bl = &ir->blocks[b];
	const struct sd_val *x = &ir->vals[bl->cond], *at = &ir->vals[x->a];
	uint64_t key;
	gpointer slot;

	if (bl->term != SD_TERM_BRANCH || x->kind != SD_V_LOAD || at->kind != SD_V_FIELD || at->rec != rec)
		return false;
	key = (uint64_t)rec << 32 | at->sym;
	*member = at->sym;
	slot = g_hash_table_lookup(p->kin->slots, &key);
	return slot && !g_hash_table_contains(p->stored_members, slot);
}

sd_sym record_of_op(const struct prog *p, sd_sym slot, uint32_t fn)
{
	guint at = find_op(p->kin, slot, fn);
	const struct op *op = at < p->kin->ops->len ? &g_array_index(p->kin->ops, struct op, at) : NULL;

	return op && op->slot == slot && op->fn == fn ? op->rec : 0;
}

bool denies_table(const struct prog *p, const struct inst *in, uint32_t ev, sd_sym slot, uint32_t fn)
{
	const struct sd_fn *ir = func_at(p, in->fn)->ir;
	guint at = find_op(p->kin, slot, fn);
	sd_sym rec, member;

	if (at == p->kin->ops->len || g_array_index(p->kin->ops, struct op, at).slot != slot)
		return false;
	rec = g_array_index(p->kin->ops, struct op, at).rec;
	for (uint32_t b = 0; b < ir->nblocks && ir->blocks[b].ev0 <= ev; b++)
		if (tests_table(p, ir, b, rec, &member))
			for (unsigned side = 0; side < 2; side++)       /* 1: it is NULL */
				if (all_have(p->kin, slot, fn, member, side == 1) && !reached_without(ir, b, side, block_of(ir, ev)))
					return true;
	return false;
}
