/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prepare.c - what the interpretation needs to know of a function, computed once.
 *
 * Requires: load, relevant.  Sets: canon, phidep, phi_tracked, fact_id, live, filled; local_stores (earlier, for all).
 */
#include <string.h>
#include "model.h"

/* Address of a local or of a member of one. */
static bool is_local_addr(const struct sd_fn *ir, sd_vid v)
{
	while (ir->vals[v].kind == SD_V_FIELD)
		v = ir->vals[v].a;
	return ir->vals[v].kind == SD_V_ADDRLOCAL;
}

void find_local_stores(struct prog *p)
{
	for (uint32_t i = 0; i < p->fns->len; i++) {
		struct func *f = func_at(p, i);

		for (uint32_t k = 0; k < f->ir->nevents; k++) {
			const struct sd_event *e = &f->ir->events[k];
			gpointer key = GUINT_TO_POINTER(e->target), old;

			if (e->kind != SD_E_STORE || (f->ir->flags & SD_F_GLOBALS) || !is_local_addr(f->ir, e->target))
				continue;
			if (!f->local_stores)
				f->local_stores = g_hash_table_new(NULL, NULL);
			if (!g_hash_table_lookup_extended(f->local_stores, key, NULL, &old))
				g_hash_table_insert(f->local_stores, key, GUINT_TO_POINTER(e->value + 1));
			else if (GPOINTER_TO_UINT(old) != e->value + 1)
				g_hash_table_insert(f->local_stores, key, NULL);        /* more than one value */
		}
	}
}

/* The variable that @v is the address of, or of a part of; -1 none. */
static int64_t local_at(const struct sd_fn *ir, sd_vid v)
{
	while (ir->vals[v].kind == SD_V_FIELD || ir->vals[v].kind == SD_V_INDEX)
		v = ir->vals[v].a;
	return ir->vals[v].kind == SD_V_ADDRLOCAL ? ir->vals[v].num : -1;
}

/*
 * Variables whose address is handed on, to whom no rule says all about, or stored: what is in a member may be theirs, whatever constant
 * it was given before.  Not every store to an integer is kept (ir.h), so that a callee has none to it does not say that it does not.
 */
static void hand(const struct sd_fn *ir, sd_vid v, GHashTable **set)
{
	int64_t local = local_at(ir, v);

	if (local < 0)
		return;
	if (!*set)
		*set = g_hash_table_new(NULL, NULL);
	g_hash_table_add(*set, GUINT_TO_POINTER((guint)local + 1));
}

static GHashTable *handed_locals(struct prog *p, const struct sd_fn *ir)
{
	GHashTable *set = NULL;

	for (uint32_t i = 0; i < ir->nevents; i++) {
		const struct sd_event *e = &ir->events[i];
		uint32_t fn = e->kind == SD_E_CALL && e->callee ? func_find(p, e->callee) : 0;

		if (e->kind == SD_E_STORE)
			hand(ir, e->value, &set);
		if (e->kind != SD_E_CALL || (fn ? func_at(p, fn - 1)->is_api : e->callee && rules_of(p, plain_name(p, e->callee))))
			continue;
		for (uint32_t k = 0; k < e->nargs; k++)
			hand(ir, ir->ops[e->arg0 + k].val, &set);
	}
	return set;
}

/* The member of the variable itself that @v lies in. */
static sd_vid outermost(const struct sd_fn *ir, sd_vid v)
{
	while (ir->vals[v].kind == SD_V_FIELD && ir->vals[ir->vals[v].a].kind == SD_V_FIELD)
		v = ir->vals[v].a;
	return v;
}

/* A member of a member, beside which something that is no constant is stored as a whole: it may be a union, and the bits of that. */
static bool may_be_bits(const struct sd_fn *ir, sd_vid addr)
{
	sd_vid top = outermost(ir, addr);

	for (uint32_t i = 0; i < ir->nevents && top != addr; i++) {
		const struct sd_event *e = &ir->events[i];
		const struct sd_val *x = &ir->vals[e->target];

		if (e->kind == SD_E_STORE && x->kind == SD_V_FIELD && x->a == ir->vals[top].a && x->sym != ir->vals[top].sym &&
		    ir->vals[e->value].kind != SD_V_CONST)
			return true;
	}
	return false;
}

static void find_filled(struct prog *p, struct func *f, struct sd_arena *walk)
{
	const struct sd_fn *ir = f->ir;
	GHashTable *handed = f->local_stores ? handed_locals(p, ir) : NULL;
	sd_vid stored;

	f->filled = sd_arena_alloc(walk, ir->nvals);
	for (uint32_t v = 0; f->local_stores && v < ir->nvals; v++) {
		const struct sd_val *x = &ir->vals[v];

		if (x->kind != SD_V_LOAD || ir->vals[x->a].kind != SD_V_FIELD || !local_stored(f, x->a, &stored) ||
		    ir->vals[stored].kind != SD_V_CONST)
			continue;
		f->filled[v] = (handed && g_hash_table_contains(handed, GUINT_TO_POINTER((guint)local_at(ir, x->a) + 1))) ||
			       may_be_bits(ir, x->a);
	}
	if (handed)
		g_hash_table_destroy(handed);
}

bool local_stored(const struct func *f, sd_vid addr, sd_vid *val)
{
	guint v = f->local_stores ? GPOINTER_TO_UINT(g_hash_table_lookup(f->local_stores, GUINT_TO_POINTER(addr))) : 0;

	if (!v)
		return false;
	*val = v - 1;
	return true;
}

/* --- canonical values --- */

struct canon_key { uint8_t kind, op; sd_sym sym, rec; uint32_t a, b; int64_t num; };

static guint canon_hash(gconstpointer v)
{
	const struct canon_key *k = v;
	uint64_t h = (uint64_t)k->kind * 31 + k->op;

	h = (h ^ k->sym) * 0x9E3779B97F4A7C15u;
	h = (h ^ k->rec) * 0x9E3779B97F4A7C15u;
	h = (h ^ k->a) * 0x9E3779B97F4A7C15u;
	h = (h ^ k->b) * 0x9E3779B97F4A7C15u;
	h = (h ^ (uint64_t)k->num) * 0x9E3779B97F4A7C15u;
	return (guint)(h >> 32);
}

static gboolean canon_eq(gconstpointer x, gconstpointer y)
{
	return !memcmp(x, y, sizeof(struct canon_key));
}

static bool is_pure(struct prog *p, const struct sd_event *e)
{
	struct sd_rule *const *r = e->callee ? rules_of(p, plain_name(p, e->callee)) : NULL;

	for (; r && *r; r++)
		if ((*r)->word == SD_R_PURE || (*r)->word == SD_R_TEST)
			return true;
	return false;
}

static bool same_call(const struct func *f, const struct sd_event *a, const struct sd_event *b)
{
	if (a->callee != b->callee || a->nargs != b->nargs)
		return false;
	for (uint32_t k = 0; k < a->nargs; k++)
		if (f->canon[f->ir->ops[a->arg0 + k].val] != f->canon[f->ir->ops[b->arg0 + k].val])
			return false;
	return true;
}

/* The first of the pure calls in @calls that is of the same function with the same arguments as @v, which is added. */
static sd_vid first_like(const struct func *f, GArray *calls, sd_vid v)
{
	const struct sd_fn *ir = f->ir;

	g_array_append_val(calls, v);
	for (guint i = 0; ; i++) {
		sd_vid o = g_array_index(calls, sd_vid, i);

		if (o == v || same_call(f, &ir->events[ir->vals[o].num], &ir->events[ir->vals[v].num]))
			return o;
	}
}

/* The argument that a call returns unchanged, by the rules; 0 none. */
static sd_vid returned_argument(struct prog *p, const struct sd_fn *ir, const struct sd_event *e)
{
	struct sd_rule *const *r = e->callee ? rules_of(p, plain_name(p, e->callee)) : NULL;

	for (; r && *r; r++)
		if ((*r)->word == SD_R_SAME && (*r)->same.kind == SD_O_ARG && (*r)->same.arg < e->nargs)
			return ir->ops[e->arg0 + (*r)->same.arg].val;
	return 0;
}

/* Which value a call's is, where it returns its argument; 0 elsewhere. */
sd_vid same_value(const struct func *f, sd_vid v)
{
	return f->ir->vals[v].kind == SD_V_CALL && !f->pure[v] && f->canon[v] != v ? f->canon[v] : 0;
}

static void make_canon(struct prog *p, struct func *f, struct sd_arena *walk)
{
	const struct sd_fn *ir = f->ir;
	GHashTable *seen = g_hash_table_new(canon_hash, canon_eq);
	struct canon_key *keys = g_new0(struct canon_key, ir->nvals);
	GArray *pure = g_array_new(FALSE, FALSE, sizeof(sd_vid));

	f->canon = sd_arena_alloc(walk, ir->nvals * sizeof(*f->canon));
	f->pure = sd_arena_alloc(walk, ir->nvals);
	for (uint32_t v = 0; v < ir->nvals; v++) {
		const struct sd_val *x = &ir->vals[v];
		struct canon_key *k = &keys[v];
		gpointer found;

		f->canon[v] = v;
		if (x->kind == SD_V_NONE || x->kind == SD_V_PHI)
			continue;
		k->kind = x->kind, k->op = x->op, k->sym = x->sym, k->rec = x->rec, k->num = x->num;
		k->a = x->a && x->a < v ? f->canon[x->a] : x->a;
		k->b = x->kind != SD_V_OUT && x->b && x->b < v ? f->canon[x->b] : x->b;
		if (x->kind == SD_V_CALL && is_pure(p, &ir->events[x->num])) {
			f->pure[v] = 1;
			k->sym = ir->events[x->num].callee;
			k->a = first_like(f, pure, v), k->b = 0, k->num = -1;
		} else if (x->kind == SD_V_CALL) {
			sd_vid arg = returned_argument(p, ir, &ir->events[x->num]);

			if (arg && arg < v) {
				f->canon[v] = f->canon[arg];
				continue;
			}
		}
		found = g_hash_table_lookup(seen, k);
		if (found)
			f->canon[v] = (uint32_t)((struct canon_key *)found - keys);
		else
			g_hash_table_add(seen, k);
	}
	g_hash_table_destroy(seen);
	g_array_free(pure, TRUE);
	g_free(keys);
}

/* --- PHIs --- */

static bool depends_on_phi(struct func *f, sd_vid v)
{
	const struct sd_val *x = &f->ir->vals[v];

	switch (x->kind) {
	case SD_V_PHI: return true;
	case SD_V_CALL: return f->phidep[same_value(f, v)];
	case SD_V_FIELD: case SD_V_UP: case SD_V_LOAD: case SD_V_INDEX: return x->a < v && f->phidep[x->a];
	case SD_V_OP: return (x->a < v && f->phidep[x->a]) || (x->b < v && f->phidep[x->b]);
	default: return false;
	}
}

/* Marks the PHIs that @v is made of, and the PHIs among their operands. */
static void track_phis(struct func *f, sd_vid v, uint8_t how)
{
	const struct sd_val *x = &f->ir->vals[v];

	switch (x->kind) {
	case SD_V_PHI:
		if ((f->phi_tracked[v] & how) == how)
			return;
		f->phi_tracked[v] |= how;
		for (uint32_t i = 0; i < x->b; i++)
			track_phis(f, f->ir->ops[x->a + i].val, how);
		break;
	case SD_V_FIELD: case SD_V_UP: case SD_V_LOAD: case SD_V_INDEX:
		if (f->phidep[v])
			track_phis(f, x->a, how);
		break;
	case SD_V_OP:
		if (f->phidep[v]) {
			track_phis(f, x->a, how);
			track_phis(f, x->b, how);
		}
		break;
	case SD_V_CALL:
		if (f->phidep[v])
			track_phis(f, same_value(f, v), how);
		break;
	default:
		break;
	}
}

/* Does the callee decide by what event @e gives it as argument @k? */
static bool callee_tests(struct prog *p, const struct sd_event *e, uint32_t k)
{
	uint32_t fn = e->kind == SD_E_CALL && e->callee ? func_find(p, e->callee) : 0;
	const struct func *g = fn ? func_at(p, fn - 1) : NULL;

	return g && k < g->ir->nparams && (g->rel[k] & REL_COND);
}

/* Does it decide by members of what that argument points to? */
static bool callee_wants(struct prog *p, const struct sd_event *e, uint32_t k)
{
	uint32_t fn = e->kind == SD_E_CALL && e->callee ? func_find(p, e->callee) : 0;

	return fn && wants_of_param(func_at(p, fn - 1), k);
}

static bool is_given(const struct sd_fn *ir, sd_vid v)
{
	return ir->vals[v].tkind == SD_T_PTR && (ir->vals[v].kind == SD_V_PHI || ir->vals[v].kind == SD_V_PARAM);
}

/* Of two objects in their order, which is meant decides as much where they are compared as where they are locked. */
static bool compares_objects(const struct sd_fn *ir, sd_vid v)
{
	const struct sd_val *x = &ir->vals[v];

	return x->kind == SD_V_OP && (x->op == SD_OP_EQ || x->op == SD_OP_NE) && is_given(ir, x->a) && is_given(ir, x->b);
}

static uint8_t sign_of(int64_t n)
{
	return n < 0 ? S_NEG : n ? S_POS : S_ZERO;
}

/* A mode that is chosen before and asked later: of constants with one sign only the way tells which it is. */
static bool chooses_constant(const struct sd_fn *ir, const struct sd_val *phi)
{
	for (uint32_t i = 0; i < phi->b; i++)
		for (uint32_t k = i + 1; k < phi->b; k++) {
			const struct sd_val *x = &ir->vals[ir->ops[phi->a + i].val], *y = &ir->vals[ir->ops[phi->a + k].val];

			if (x->kind == SD_V_CONST && y->kind == SD_V_CONST && x->num != y->num && sign_of(x->num) == sign_of(y->num))
				return true;
		}
	return false;
}

static bool *blocks_in_loops(const struct sd_fn *ir)
{
	bool *in = g_new0(bool, ir->nblocks + 1);

	for (uint32_t b = 0; b < ir->nblocks; b++)
		for (uint32_t k = 0; k < ir->blocks[b].nsucc; k++)
			for (uint32_t to = ir->succs[ir->blocks[b].succ0 + k].block; to <= b; to++)
				in[to] = true;
	return in;
}

/* `bool found = false; ... found = true; ...` in no loop. */
static bool is_flag(const struct sd_fn *ir, const bool *in_loop, sd_vid v, unsigned depth)
{
	const struct sd_val *x = &ir->vals[v];

	if (x->kind != SD_V_PHI || in_loop[x->num] || depth == 4)
		return false;
	for (uint32_t i = 0; i < x->b; i++) {
		sd_vid o = ir->ops[x->a + i].val;

		if (ir->vals[o].kind != SD_V_CONST && !is_flag(ir, in_loop, o, depth + 1))
			return false;
	}
	return x->b != 0;
}

static void find_flags(struct prog *p, struct func *f, struct sd_arena *walk)
{
	bool *in_loop = blocks_in_loops(f->ir);

	for (uint32_t v = 0; v < f->ir->nvals; v++)
		if (f->phi_tracked[v] && is_flag(f->ir, in_loop, v, 0))
			f->phi_tracked[v] |= PHI_FLAG;
	find_fresh(p, f, walk, in_loop);
	g_free(in_loop);
}

static void find_neutral(struct prog *p, struct func *f, struct sd_arena *walk)
{
	f->neutral = sd_arena_alloc(walk, f->ir->nblocks + 1u);
	for (uint32_t b = 0; b < f->ir->nblocks; b++)
		f->neutral[b] = is_neutral(p, f, b);
}

static void find_phis(struct prog *p, struct func *f, struct sd_arena *walk)
{
	const struct sd_fn *ir = f->ir;

	f->phidep = sd_arena_alloc(walk, ir->nvals);
	f->phi_tracked = sd_arena_alloc(walk, ir->nvals);
	for (uint32_t v = 0; v < ir->nvals; v++)
		f->phidep[v] = depends_on_phi(f, v);
	for (uint32_t b = 0; b < ir->nblocks; b++)
		if (ir->blocks[b].cond && (!f->neutral[b] || compares_objects(ir, ir->blocks[b].cond)))
			track_phis(f, ir->blocks[b].cond, compares_objects(ir, ir->blocks[b].cond) ? PHI_SIGN | PHI_WAY : PHI_SIGN);
	for (uint32_t i = 0; i < ir->nevents; i++) {
		const struct sd_event *e = &ir->events[i];
		struct sd_rule *const *r = e->kind == SD_E_CALL && e->callee ? rules_of(p, plain_name(p, e->callee)) : NULL;

		for (uint32_t k = 0; k < e->nargs; k++)
			if ((r && (*r)->has_lock) || callee_wants(p, e, k))
				track_phis(f, ir->ops[e->arg0 + k].val, PHI_WAY);
			else if (callee_tests(p, e, k))
				track_phis(f, ir->ops[e->arg0 + k].val, PHI_SIGN);
	}
	for (uint32_t v = 0; v < ir->nvals; v++)
		if (f->phi_tracked[v] && ir->vals[v].kind == SD_V_PHI && chooses_constant(ir, &ir->vals[v]))
			track_phis(f, v, PHI_WAY);
	find_flags(p, f, walk);
}

/* The first, where there are several. */
static void find_call_values(struct func *f, struct sd_arena *walk)
{
	f->call_value = sd_arena_alloc(walk, (f->ir->nevents + 1u) * sizeof(*f->call_value));
	for (uint32_t v = f->ir->nvals; v-- > 0; )
		if (f->ir->vals[v].kind == SD_V_CALL)
			f->call_value[f->ir->vals[v].num] = v;
}

/* --- terms that are the same in all instances --- */

static bool lies_in_local(const struct sd_fn *ir, sd_vid v)
{
	while (ir->vals[v].kind == SD_V_FIELD || ir->vals[v].kind == SD_V_INDEX || ir->vals[v].kind == SD_V_UP)
		v = ir->vals[v].a;
	return ir->vals[v].kind == SD_V_ADDRLOCAL;
}

static void find_made_of(struct func *f, struct sd_arena *walk)
{
	const struct sd_fn *ir = f->ir;

	f->made_of = sd_arena_alloc(walk, ir->nvals * sizeof(*f->made_of));
	f->fixed = sd_arena_alloc(walk, ir->nvals * sizeof(*f->fixed));
	for (uint32_t v = 0; v < ir->nvals; v++) {
		const struct sd_val *x = &ir->vals[v];
		uint16_t *of = &f->made_of[v];

		switch (x->kind) {
		case SD_V_PARAM: *of = (uint16_t)((uint64_t)x->num < MADE_PARAMS ? 1u << x->num : MADE_WALK); break;
		case SD_V_FIELD: case SD_V_INDEX: case SD_V_UP: *of = f->made_of[x->a]; break;
		case SD_V_LOAD: *of = lies_in_local(ir, x->a) ? MADE_WALK : f->made_of[x->a] | MADE_LOAD; break;
		case SD_V_OP: *of = f->made_of[x->a] | f->made_of[x->b]; break;
		case SD_V_CALL: case SD_V_PHI: *of = MADE_WALK; break;
		default: break;
		}
	}
}

/* --- liveness of facts --- */

static uint16_t fact_id_for(struct func *f, sd_vid v)
{
	uint32_t c = f->canon[v];

	if (!f->fact_id[c] && f->nfact < 2000)
		f->fact_id[c] = (uint16_t)++f->nfact;
	return f->fact_id[c];
}

/* Calls @use for each value whose fact may matter when @v is tested. */
static void each_mention(struct func *f, sd_vid v, void (*use)(struct func *, sd_vid, uint64_t *), uint64_t *row, unsigned depth)
{
	const struct sd_val *x = &f->ir->vals[v];

	if (!v || x->kind == SD_V_CONST || depth > 12)
		return;
	use(f, v, row);
	if (x->kind == SD_V_OP) {
		each_mention(f, x->a, use, row, depth + 1);
		each_mention(f, x->b, use, row, depth + 1);
	} else if (f->pure[v]) {
		for (uint32_t k = 0; k < f->ir->events[x->num].nargs; k++)
			each_mention(f, f->ir->ops[f->ir->events[x->num].arg0 + k].val, use, row, depth + 1);
	} else if (x->kind == SD_V_FIELD || x->kind == SD_V_UP || x->kind == SD_V_LOAD || x->kind == SD_V_INDEX) {
		if (f->phidep[v] || x->kind == SD_V_INDEX)
			each_mention(f, x->a, use, row, depth + 1);
	} else if (same_value(f, v)) {
		each_mention(f, same_value(f, v), use, row, depth + 1);
	}
}

static void give_id(struct func *f, sd_vid v, uint64_t *row)
{
	(void)row;
	fact_id_for(f, v);
}

static void set_bit(struct func *f, sd_vid v, uint64_t *row)
{
	uint16_t id = f->fact_id[f->canon[v]];

	row[id / 64] |= UINT64_C(1) << (id % 64);
}

static void each_use(struct prog *p, struct func *f, uint32_t b, void (*use)(struct func *, sd_vid, uint64_t *), uint64_t *row)
{
	const struct sd_fn *ir = f->ir;
	const struct sd_block *bl = &ir->blocks[b];

	if (bl->cond && (!row || !f->neutral[b]))
		each_mention(f, bl->cond, use, row, 0);
	for (uint32_t i = 0; i < bl->nev; i++) {
		const struct sd_event *e = &ir->events[bl->ev0 + i];
		struct sd_rule *const *r = e->kind == SD_E_CALL && e->callee ? rules_of(p, plain_name(p, e->callee)) : NULL;

		for (uint32_t k = 0; k < e->nargs; k++) {
			sd_vid v = ir->ops[e->arg0 + k].val;

			/* a result given on: unlock(lock_of(x)) releases if there is a lock */
			if ((ir->vals[v].kind == SD_V_CALL && callee_tests(p, e, k)) ||
			    (f->phidep[v] && ((r && (*r)->has_lock) || callee_tests(p, e, k) || callee_wants(p, e, k))))
				each_mention(f, v, use, row, 0);
		}
		each_told(p, f, bl->ev0 + i, use, row);
	}
}

/* An operand of a tracked PHI is used at the end of the block it comes from. */
static void phi_uses(struct func *f, uint64_t *rows)
{
	const struct sd_fn *ir = f->ir;

	for (uint32_t v = 0; v < ir->nvals; v++) {
		const struct sd_val *x = &ir->vals[v];

		if (x->kind != SD_V_PHI || !f->phi_tracked[v])
			continue;
		for (uint32_t i = 0; i < x->b; i++) {
			const struct sd_ir_op *o = &ir->ops[x->a + i];

			if (!rows)
				each_mention(f, o->val, give_id, NULL, 0);
			else if (o->pred < ir->nblocks)
				each_mention(f, o->val, set_bit, rows + (size_t)o->pred * f->nwords, 0);
		}
	}
}

static bool never_changes(const struct sd_fn *ir, sd_vid v, unsigned depth)
{
	const struct sd_val *x = &ir->vals[v];

	switch (x->kind) {
	case SD_V_PARAM: case SD_V_CONST: case SD_V_GLOBAL: case SD_V_FUNC: case SD_V_STR: case SD_V_ADDRLOCAL:
		return true;
	case SD_V_FIELD: case SD_V_INDEX: case SD_V_UP:
		return depth < 16 && never_changes(ir, x->a, depth + 1);
	case SD_V_OP:
		return depth < 16 && never_changes(ir, x->a, depth + 1) && (!x->b || never_changes(ir, x->b, depth + 1));
	default:
		return false;
	}
}

static void find_stable(struct func *f, struct sd_arena *walk)
{
	f->stable = sd_arena_alloc(walk, f->nfact + 1u);
	f->fact_vid = sd_arena_alloc(walk, (f->nfact + 1u) * sizeof(*f->fact_vid));
	for (uint32_t v = 0; v < f->ir->nvals; v++)
		if (f->fact_id[v]) {
			f->stable[f->fact_id[v]] = never_changes(f->ir, v, 0);
			f->fact_vid[f->fact_id[v]] = v;
		}
}

/* Facts that block @b, or one that follows, asks for: backward union, grows, bounded by the ids. */
static void spread_live(const struct func *f, uint64_t *live)
{
	const struct sd_fn *ir = f->ir;
	bool changed = true;

	while (changed) {
		changed = false;
		for (uint32_t b = ir->nblocks; b-- > 0; )
			for (uint32_t k = 0; k < ir->blocks[b].nsucc; k++) {
				uint64_t *to = live + (size_t)b * f->nwords;
				uint64_t *from = live + (size_t)ir->succs[ir->blocks[b].succ0 + k].block * f->nwords;

				for (uint32_t w = 0; w < f->nwords; w++) {
					changed |= (from[w] & ~to[w]) != 0;
					to[w] |= from[w];
				}
			}
	}
}

static uint64_t *new_rows(struct sd_arena *walk, const struct func *f, const uint64_t *from)
{
	size_t size = sizeof(uint64_t) * f->nwords * (f->ir->nblocks + 1);
	uint64_t *rows = sd_arena_alloc(walk, size);

	return from ? memcpy(rows, from, size) : rows;
}

static void find_live(struct prog *p, struct func *f, struct sd_arena *walk)
{
	const struct sd_fn *ir = f->ir;

	f->fact_id = sd_arena_alloc(walk, ir->nvals * sizeof(*f->fact_id));
	for (uint32_t b = 0; b < ir->nblocks; b++)
		each_use(p, f, b, give_id, NULL);
	phi_uses(f, NULL);
	f->nwords = f->nfact / 64 + 1;
	find_stable(f, walk);
	f->decisive = new_rows(walk, f, NULL);
	for (uint32_t b = 0; b < ir->nblocks; b++)
		each_use(p, f, b, set_bit, f->decisive + (size_t)b * f->nwords);
	phi_uses(f, f->decisive);
	f->tests = new_rows(walk, f, f->decisive);
	for (uint32_t b = 0; b < ir->nblocks; b++)
		if (f->neutral[b])
			each_mention(f, ir->blocks[b].cond, set_bit, f->tests + (size_t)b * f->nwords, 0);
	f->live = new_rows(walk, f, f->tests);
	spread_live(f, f->live);
	spread_live(f, f->decisive);
}

/* --- tests of the context --- */

enum { CTX_NOT_ASKED, CTX_NO, CTX_YES };

static bool has_test_rule(struct prog *p, const struct sd_event *e)
{
	struct sd_rule *const *r = e->callee ? rules_of(p, plain_name(p, e->callee)) : NULL;

	for (; r && *r; r++)
		if ((*r)->word == SD_R_TEST)
			return true;
	return false;
}

/* The shape that cond.c, ctx_truth() sees through; whether the test says anything is then the state's. */
static bool tells_context(struct prog *p, struct func *f, sd_vid v)
{
	const struct sd_fn *ir = f->ir;
	const struct sd_val *x = &ir->vals[v];
	bool yes = false;

	if (f->ctx_test[v])
		return f->ctx_test[v] == CTX_YES;
	if (x->kind == SD_V_CALL)
		yes = has_test_rule(p, &ir->events[x->num]);
	else if (x->kind == SD_V_OP)
		switch (x->op) {
		case SD_OP_BITAND: yes = tells_context(p, f, ir->vals[x->b].kind == SD_V_CONST ? x->a : x->b); break;
		case SD_OP_BITOR: yes = tells_context(p, f, x->a) && tells_context(p, f, x->b); break;
		case SD_OP_NOT: case SD_OP_EQ: case SD_OP_NE: yes = tells_context(p, f, x->a); break;
		default: break;
		}
	f->ctx_test[v] = yes ? CTX_YES : CTX_NO;
	return yes;
}

static void find_ctx_tests(struct prog *p, struct func *f, struct sd_arena *walk)
{
	f->ctx_test = sd_arena_alloc(walk, f->ir->nvals);
	for (uint32_t v = 0; v < f->ir->nvals; v++)
		tells_context(p, f, v);
	for (uint32_t v = 0; v < f->ir->nvals; v++)
		f->ctx_test[v] = f->ctx_test[v] == CTX_YES;
}

static void prepare_in(struct prog *p, uint32_t fi, struct sd_arena *walk)
{
	struct func *f = func_at(p, fi);

	if (f->prepared)
		return;
	f->prepared = true;
	make_canon(p, f, walk);
	find_neutral(p, f, walk);
	find_phis(p, f, walk);
	find_call_values(f, walk);
	find_made_of(f, walk);
	find_live(p, f, walk);
	find_ctx_tests(p, f, walk);
	find_alive(p, fi, walk);
	find_filled(p, f, walk);
}

void prepare(struct prog *p, uint32_t fi) { prepare_in(p, fi, p->walk); }

/* Each function is of one worker, who only reads what is known of others, and has an arena. */
struct preparing { struct prog *p; struct sd_arena **walk; };

static void prepare_some(void *arg, unsigned worker, size_t from, size_t to)
{
	const struct preparing *all = arg;

	for (size_t i = from; i < to; i++)
		if (!func_at(all->p, (uint32_t)i)->is_api)
			prepare_in(all->p, (uint32_t)i, all->walk[worker]);
}

void prepare_all(struct prog *p)
{
	struct preparing all = { p, g_new(struct sd_arena *, p->jobs) };

	for (unsigned i = 0; i < p->jobs; i++)
		all.walk[i] = i ? sd_arena_new() : p->walk;
	par_for(p->jobs, p->fns->len, 64, prepare_some, &all);
	for (unsigned i = 1; i < p->jobs; i++)
		sd_arena_join(p->walk, all.walk[i]);
	g_free(all.walk);
}
