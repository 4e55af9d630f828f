/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relevant.c - which parameters decide what a function does with locks.
 *
 * Only these split a function into instances: a parameter that is (the address of) a lock's
 * container, one that is called, one whose constant value decides a branch; and one that is passed
 * on to such a parameter.  A fixpoint over the call graph: bits only grow.
 *
 * Requires: slots.  Sets: func.rel.
 */
#include <string.h>
#include "model.h"

/* The parameter that a small helper returns the container or a member's address of; -1 none. */
static int returned_param(const struct prog *p, const struct sd_event *e)
{
	uint32_t fn = e->callee ? func_find(p, e->callee) : 0;
	const struct sd_fn *g = fn ? func_at(p, fn - 1)->ir : NULL;
	const struct sd_val *x;

	if (!g || g->nblocks != 1 || g->blocks[0].term != SD_TERM_RETURN)
		return -1;
	for (x = &g->vals[g->blocks[0].cond]; x->kind == SD_V_FIELD || x->kind == SD_V_INDEX || x->kind == SD_V_UP; )
		x = &g->vals[x->a];
	return x->kind == SD_V_PARAM ? (int)x->num : -1;
}

/*
 * Parameter at the root of a chain of member addresses; -1 none.  *bare: no step between.  A load
 * ends the chain, for what is loaded has a container of its own, unless it is from a local that was stored once.
 * to_my_port(port), a helper that returns such a chain of its argument, is a step, too.
 */
static int path_root(const struct prog *p, const struct func *f, sd_vid v, bool *bare)
{
	*bare = true;
	for (unsigned n = 0; n < 16; n++) {
		const struct sd_val *x = &f->ir->vals[v];
		int k;

		switch (x->kind) {
		case SD_V_PARAM: return (int)x->num;
		case SD_V_FIELD: case SD_V_INDEX: case SD_V_UP: v = x->a; *bare = false; break;
		case SD_V_LOAD:
			if (!local_stored(f, x->a, &v))
				return -1;
			break;
		case SD_V_CALL:
			k = returned_param(p, &f->ir->events[x->num]);
			if (k < 0 || (uint32_t)k >= f->ir->events[x->num].nargs)
				return -1;
			v = f->ir->ops[f->ir->events[x->num].arg0 + (uint32_t)k].val, *bare = false;
			break;
		default: return -1;
		}
	}
	return -1;
}

static bool mark(struct func *f, int k, uint8_t bits)
{
	if (k < 0 || (uint32_t)k >= f->ir->nparams || (f->rel[k] & bits) == bits)
		return false;
	f->rel[k] |= bits;
	return true;
}

/* Conditions on a parameter's own value: truth, equality with a constant, flag bits; and what is returned of it. */
static void mark_cond(struct func *f, sd_vid v, unsigned depth)
{
	const struct sd_val *x = &f->ir->vals[v];

	if (depth > 6)
		return;
	if (x->kind == SD_V_PARAM) {
		mark(f, (int)x->num, REL_COND);
	} else if (x->kind == SD_V_OP) {
		switch (x->op) {
		case SD_OP_NOT: case SD_OP_EQ: case SD_OP_NE: case SD_OP_BITAND: case SD_OP_COMPL:
		case SD_OP_BITOR:
			mark_cond(f, x->a, depth + 1);
			if (x->op != SD_OP_NOT)
				mark_cond(f, x->b, depth + 1);
			break;
		default:
			break;
		}
	} else if (x->kind == SD_V_PHI) {
		for (uint32_t i = 0; i < x->b; i++)
			mark_cond(f, f->ir->ops[x->a + i].val, depth + 3);
	} else if (x->kind == SD_V_CALL && x->tkind == SD_T_INT) {      /* a flags word that a helper masks */
		const struct sd_event *e = &f->ir->events[x->num];

		for (uint32_t k = 0; k < e->nargs; k++)
			if (f->ir->vals[f->ir->ops[e->arg0 + k].val].tkind == SD_T_INT)
				mark_cond(f, f->ir->ops[e->arg0 + k].val, depth + 3);
	}
}

static void mark_target(const struct prog *p, struct func *f, sd_vid v, unsigned depth)
{
	const struct sd_val *x = &f->ir->vals[v];

	bool bare;

	if (x->kind == SD_V_PARAM)
		mark(f, (int)x->num, REL_CALL);
	else if (x->kind == SD_V_LOAD && f->ir->vals[x->a].kind == SD_V_FIELD)
		mark(f, path_root(p, f, x->a, &bare), REL_OPS);
	else if (x->kind == SD_V_PHI && depth < 3)
		for (uint32_t i = 0; i < x->b; i++)
			mark_target(p, f, f->ir->ops[x->a + i].val, depth + 1);
}

static const struct sd_opnd *rule_operand(const struct sd_rule *r, uint8_t *bits)
{
	switch (r->word) {
	case SD_R_ACQUIRE: case SD_R_TRY: case SD_R_RELEASE: case SD_R_INIT: case SD_R_ASSERT: case SD_R_SYNC:
		*bits = REL_PATH;
		return &r->lock.root;
	case SD_R_ENTRY:
		*bits = REL_CALL;
		return &r->call;
	case SD_R_SAME:
		*bits = REL_PATH;
		return &r->same;
	default:
		return NULL;
	}
}

/* A lock and its class key that both hang from parameters, as ww_mutex_init() has them: the variable with the key matters. */
static void mark_key(const struct prog *p, struct func *f, const struct sd_event *e, const struct sd_rule *rule)
{
	const struct sd_opnd *lock = &rule->lock.root, *key = &rule->class_key;
	bool bare;
	int k;

	if (!rule->has_class_key || lock->kind != SD_O_ARG || lock->arg >= e->nargs || key->kind != SD_O_ARG || key->arg >= e->nargs)
		return;
	if (path_root(p, f, f->ir->ops[e->arg0 + lock->arg].val, &bare) < 0)
		return;
	k = path_root(p, f, f->ir->ops[e->arg0 + key->arg].val, &bare);
	if (!bare)
		mark(f, k, REL_OPS);
}

/* What a call's rules make of the caller's own parameters. */
static void mark_ruled(const struct prog *p, struct func *f, const struct sd_event *e, struct sd_rule *const *rules)
{
	for (; rules && *rules; rules++) {
		uint8_t bits = 0;
		const struct sd_opnd *o = rule_operand(*rules, &bits);
		bool bare;

		if (o && o->kind == SD_O_ARG && o->arg < e->nargs) {
			int k = path_root(p, f, f->ir->ops[e->arg0 + o->arg].val, &bare);

			if (bits == REL_PATH || bare)
				mark(f, k, bits);
		}
		mark_key(p, f, e, *rules);
		if ((*rules)->word == SD_R_LAST && dropped_arg(f->ir, e) >= 0)
			mark(f, path_root(p, f, f->ir->ops[e->arg0 + (uint32_t)dropped_arg(f->ir, e)].val, &bare), REL_LAST);
		o = &(*rules)->subclass;
		if ((*rules)->has_subclass && o->kind == SD_O_ARG && o->arg < e->nargs)
			mark_cond(f, f->ir->ops[e->arg0 + o->arg].val, 0);
	}
}

/* What is stored there becomes an entry. */
static bool is_entry_slot(struct prog *p, const struct func *f, sd_vid addr)
{
	const struct sd_val *x = &f->ir->vals[addr];
	struct sd_rule *const *rules;

	rules = x->kind == SD_V_FIELD ? rules_of_member(p, x->rec, x->sym) : NULL;
	for (; rules && *rules; rules++)
		if ((*rules)->word == SD_R_ENTRY)
			return true;
	return false;
}

/* Is there a mask in it? */
static bool masks(const struct sd_fn *ir)
{
	for (uint32_t v = 0; v < ir->nvals; v++)
		if (ir->vals[v].kind == SD_V_OP && ir->vals[v].op == SD_OP_BITAND)
			return true;
	return false;
}

/* Does one of the targets take the container of its parameter @k?  Then what is given decides whether that one is meant (target.c). */
static bool takes_container(const struct prog *p, const GArray *set, uint32_t k)
{
	for (guint i = 0; set && i < set->len; i++) {
		const struct func *g = func_at(p, g_array_index(set, uint32_t, i));

		if (set->len > 1 && k < g->ir->nparams && g->container && g->container[k].member)
			return true;
	}
	return false;
}

static void mark_choosing(struct prog *p, struct func *f, uint32_t fi, const struct sd_event *e)
{
	const GArray *set = slot_targets(p, slot_of_value(p, f, fi, e->target));
	bool bare;

	for (uint32_t k = 0; k < e->nargs; k++)
		if (takes_container(p, set, k))
			mark(f, path_root(p, f, f->ir->ops[e->arg0 + k].val, &bare), REL_PATH);
}

static void mark_local(struct prog *p, uint32_t fi)
{
	struct func *f = func_at(p, fi);
	const struct sd_fn *ir = f->ir;

	for (uint32_t b = 0; b < ir->nblocks; b++)
		if (ir->blocks[b].term == SD_TERM_BRANCH || ir->blocks[b].term == SD_TERM_SWITCH ||
		    (ir->blocks[b].term == SD_TERM_RETURN && ir->vals[ir->blocks[b].cond].kind == SD_V_OP))
			mark_cond(f, ir->blocks[b].cond, 0);
		else if (ir->blocks[b].term == SD_TERM_RETURN && ir->vals[ir->blocks[b].cond].tkind == SD_T_INT && masks(ir))
			mark_cond(f, ir->blocks[b].cond, 0);    /* which bits of it come back */
	for (uint32_t i = 0; i < ir->nevents; i++) {
		const struct sd_event *e = &ir->events[i];

		if (e->kind == SD_E_STORE && is_entry_slot(p, f, e->target))
			mark_target(p, f, e->value, 0);
		if (e->kind != SD_E_CALL)
			continue;
		if (!e->callee)
			mark_target(p, f, e->target, 0), mark_choosing(p, f, fi, e);
		else
			mark_ruled(p, f, e, rules_of(p, plain_name(p, e->callee)));
	}
}

/* What an argument that the callee tests is computed from. */
static bool mark_word(struct func *f, sd_vid v)
{
	unsigned before = 0, after = 0;

	for (uint32_t k = 0; k < f->ir->nparams; k++)
		before += (f->rel[k] & REL_COND) != 0;
	mark_cond(f, v, 0);
	for (uint32_t k = 0; k < f->ir->nparams; k++)
		after += (f->rel[k] & REL_COND) != 0;
	return after != before;
}

static bool pass_on(const struct prog *p, struct func *f, const struct sd_event *e, const struct func *g)
{
	bool changed = false, bare;

	for (uint32_t j = 0; j < e->nargs && j < g->ir->nparams; j++) {
		int k;

		if (!g->rel[j])
			continue;
		k = path_root(p, f, f->ir->ops[e->arg0 + j].val, &bare);
		changed |= mark(f, k, g->rel[j] & (REL_PATH | REL_OPS | REL_LAST));
		if (bare)
			changed |= mark(f, k, g->rel[j]);
		if (g->rel[j] & REL_COND)
			changed |= mark_word(f, f->ir->ops[e->arg0 + j].val);
	}
	return changed;
}

static bool pass_on_all(struct prog *p, uint32_t fi)
{
	struct func *f = func_at(p, fi);
	bool changed = false;

	for (uint32_t i = 0; i < f->ir->nevents; i++) {
		const struct sd_event *e = &f->ir->events[i];
		uint32_t t;

		if (e->kind != SD_E_CALL)
			continue;
		if (e->callee) {
			t = func_find(p, e->callee);
			if (t && !func_at(p, t - 1)->is_api)
				changed |= pass_on(p, f, e, func_at(p, t - 1));
		} else {
			const GArray *set = slot_targets(p, slot_of_value(p, f, fi, e->target));

			for (guint k = 0; set && k < set->len && k < 64; k++)
				changed |= pass_on(p, f, e, func_at(p, g_array_index(set, uint32_t, k)));
		}
	}
	return changed;
}

/* More different constants than this are a size or an identity, and instances made by them would crowd out those that a flag makes. */
#define MAX_CONSTANTS 24

static void count_constants(struct prog *p, const struct func *f, const struct sd_event *e, uint32_t fn, GHashTable *met, GHashTable *count)
{
	const struct func *g = func_at(p, fn);

	for (uint32_t j = 0; j < e->nargs && j < g->ir->nparams; j++) {
		const struct sd_val *x = &f->ir->vals[f->ir->ops[e->arg0 + j].val];
		gpointer key = GSIZE_TO_POINTER((size_t)fn << 8 | MIN(j, 255));
		char *one;

		if (!(g->rel[j] & REL_COND) || x->kind != SD_V_CONST || g->asked[j] != UINT64_MAX)
			continue;
		one = g_strdup_printf("%u/%u/%" G_GINT64_FORMAT, fn, j, (gint64)x->num);
		if (g_hash_table_add(met, one))
			g_hash_table_insert(count, key, GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(count, key)) + 1));
	}
}

void forget_diverse_params(struct prog *p)
{
	GHashTable *met = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), *count = g_hash_table_new(NULL, NULL);
	GHashTableIter it;
	gpointer key, n;

	for (uint32_t i = 0; i < p->fns->len; i++) {
		const struct func *f = func_at(p, i);

		for (uint32_t k = 0; k < f->ir->nevents; k++) {
			const struct sd_event *e = &f->ir->events[k];
			uint32_t fn = e->kind == SD_E_CALL && e->callee ? func_find(p, e->callee) : 0;

			if (fn)
				count_constants(p, f, e, fn - 1, met, count);
		}
	}
	g_hash_table_iter_init(&it, count);
	while (g_hash_table_iter_next(&it, &key, &n))
		if (GPOINTER_TO_UINT(n) > MAX_CONSTANTS)
			func_at(p, (uint32_t)(GPOINTER_TO_SIZE(key) >> 8))->rel[GPOINTER_TO_SIZE(key) & 255] &= (uint8_t)~REL_COND;
	g_hash_table_destroy(met);
	g_hash_table_destroy(count);
}

/* Bits only grow, so it ends. */
static bool pass_on_to(struct prog *p, uint32_t fi, void *none)
{
	(void)none;
	return pass_on_all(p, fi);
}

void find_relevant_params(struct prog *p, const struct callers *c)
{
	for (uint32_t i = 0; i < p->fns->len; i++)
		mark_local(p, i);
	look_upwards(p, c, pass_on_to, NULL);
}

static bool is_dispatch_value(struct prog *p, const struct func *f, sd_vid v)
{
	const struct sd_val *x = &f->ir->vals[v];
	struct sd_rule *const *rules;

	if (x->kind != SD_V_LOAD || f->ir->vals[x->a].kind != SD_V_FIELD)
		return false;
	x = &f->ir->vals[x->a];
	rules = rules_of_member(p, x->rec, x->sym);
	for (; rules && *rules; rules++)
		if ((*rules)->word == SD_R_ENTRY && (*rules)->dispatch)
			return true;
	return false;
}

/* Functions that some call in the program may reach: the others are roots. */
void mark_callers(struct prog *p)
{
	for (uint32_t i = 0; i < p->fns->len; i++) {
		struct func *f = func_at(p, i);

		if (f->is_api)
			continue;
		for (uint32_t k = 0; k < f->ir->nevents; k++) {
			const struct sd_event *e = &f->ir->events[k];
			uint32_t t = e->kind == SD_E_CALL && e->callee ? func_find(p, e->callee) : 0;
			const GArray *set = NULL;

			if (t && t - 1 != i)
				func_at(p, t - 1)->has_caller = true;
			if (e->kind == SD_E_CALL && !e->callee && !is_dispatch_value(p, f, e->target))
				set = slot_targets(p, slot_of_value(p, f, i, e->target));
			for (guint j = 0; set && j < set->len; j++)
				func_at(p, g_array_index(set, uint32_t, j))->has_caller = true;
		}
	}
}
