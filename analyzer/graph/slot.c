/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slot.c - which functions a function pointer may hold.
 *
 * A slot is a record's member, a global variable, a function's parameter or its return value,
 * whatever the object: field-based, flow-insensitive inclusion constraints (slot A holds all that
 * slot B holds), solved with a worklist.  Ends: sets only grow and are bounded by the functions.
 *
 * Requires: load.  Sets: prog->slots, func.address_taken.
 */
#include <string.h>
#include "model.h"

struct solver {
	struct prog *p;
	GHashTable *copies;     /* slot key -> GArray of slot keys that hold all it holds */
	GHashTable *sets;       /* slot key -> GHashTable of function index + 1 */
	GQueue *work;           /* keys whose set grew */
	GHashTable *queued;     /* keys in it */
	GPtrArray *indirect;    /* calls through a slot: its arguments flow to every target's parameters */
};

struct icall { sd_sym key; uint32_t fn; uint32_t ev; };

static sd_sym slot_key(struct prog *p, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
static sd_sym slot_key(struct prog *p, const char *fmt, ...)
{
	char buf[512];
	va_list ap;

	va_start(ap, fmt);
	g_vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	return sd_intern(p->syms, buf);
}

sd_sym slot_member(struct prog *p, sd_sym rec, sd_sym member)
{
	return pair_key(p, rec, member);
}

sd_sym slot_param(struct prog *p, uint32_t fn, unsigned k)
{
	struct func *f = func_at(p, fn);
	sd_sym s;

	if (k < f->ir->nparams && f->param_slot && f->param_slot[k])
		return f->param_slot[k];
	s = slot_key(p, "$%u of %s", k + 1, str(p, f->ir->name));
	if (!f->param_slot)
		f->param_slot = sd_arena_alloc(p->arena, (f->ir->nparams + 1) * sizeof(*f->param_slot));
	if (k < f->ir->nparams)
		f->param_slot[k] = s;
	return s;
}

sd_sym slot_global(struct prog *p, sd_sym g)
{
	return slot_key(p, "variable %s", str(p, g));
}

sd_sym slot_in_variable(struct prog *p, sd_sym g, sd_sym rec, sd_sym member)
{
	return slot_key(p, "%s of %s::%s", str(p, g), str(p, rec), str(p, member));
}

static sd_sym slot_return(struct prog *p, sd_sym fn)
{
	return slot_key(p, "result of %s", str(p, fn));
}

sd_sym slot_of_addr(struct prog *p, const struct func *f, sd_vid v)
{
	const struct sd_val *x = &f->ir->vals[v];

	switch (x->kind) {
	case SD_V_FIELD: return slot_member(p, x->rec, x->sym);
	case SD_V_INDEX: return slot_of_addr(p, f, x->a);
	case SD_V_GLOBAL: return slot_global(p, x->sym);
	default: return 0;
	}
}

sd_sym slot_of_value(struct prog *p, const struct func *f, uint32_t fi, sd_vid v)
{
	const struct sd_val *x = &f->ir->vals[v];

	switch (x->kind) {
	case SD_V_PARAM: return slot_param(p, fi, (unsigned)x->num);
	case SD_V_LOAD: return slot_of_addr(p, f, x->a);
	case SD_V_CALL:
		return f->ir->vals[x->a].kind == SD_V_FUNC ? slot_return(p, f->ir->vals[x->a].sym) : 0;
	default: return 0;
	}
}

static void enqueue(struct solver *s, gpointer key)
{
	if (g_hash_table_add(s->queued, key))
		g_queue_push_tail(s->work, key);
}

static void add_target(struct solver *s, sd_sym key, uint32_t fn)
{
	gpointer k = GUINT_TO_POINTER(key);
	GHashTable *set = g_hash_table_lookup(s->sets, k);

	if (!set) {
		set = g_hash_table_new(NULL, NULL);
		g_hash_table_insert(s->sets, k, set);
	}
	if (g_hash_table_add(set, GUINT_TO_POINTER(fn + 1)))
		enqueue(s, k);
}

static void add_copy(struct solver *s, sd_sym from, sd_sym to)
{
	GArray *out = g_hash_table_lookup(s->copies, GUINT_TO_POINTER(from));

	if (from == to)
		return;
	if (!out) {
		out = g_array_new(FALSE, FALSE, sizeof(sd_sym));
		g_hash_table_insert(s->copies, GUINT_TO_POINTER(from), out);
	}
	for (guint i = 0; i < out->len; i++)
		if (g_array_index(out, sd_sym, i) == to)
			return;
	g_array_append_val(out, to);
	if (g_hash_table_contains(s->sets, GUINT_TO_POINTER(from)))
		enqueue(s, GUINT_TO_POINTER(from));
}

/* @key receives value @v of function @fi.  PHIs may refer to themselves: @depth bounds the walk. */
static void flow(struct solver *s, uint32_t fi, sd_vid v, sd_sym key, unsigned depth)
{
	struct func *f = func_at(s->p, fi);
	const struct sd_val *x = &f->ir->vals[v];
	sd_sym from;

	if (x->kind == SD_V_FUNC) {
		uint32_t t = func_find(s->p, x->sym);

		if (t) {
			func_at(s->p, t - 1)->address_taken = true;
			add_target(s, key, t - 1);
		}
	} else if (x->kind == SD_V_PHI && depth < 4) {
		for (uint32_t i = 0; i < x->b; i++)
			flow(s, fi, f->ir->ops[x->a + i].val, key, depth + 1);
	} else if ((from = slot_of_value(s->p, f, fi, v))) {
		add_copy(s, from, key);
	}
}

/* May the value be a function?  Keeps integers and plain data out of the constraint graph. */
static bool may_be_function(const struct func *f, sd_vid v)
{
	const struct sd_val *x = &f->ir->vals[v];

	return x->kind == SD_V_FUNC || x->tkind == SD_T_FNPTR || x->kind == SD_V_PHI;
}

static void flow_args(struct solver *s, uint32_t fi, const struct sd_event *e, uint32_t callee)
{
	struct func *f = func_at(s->p, fi), *g = func_at(s->p, callee);

	for (uint32_t k = 0; k < e->nargs && k < g->ir->nparams; k++) {
		sd_vid v = f->ir->ops[e->arg0 + k].val;

		if (may_be_function(f, v))
			flow(s, fi, v, slot_param(s->p, callee, k), 0);
	}
}

static void mark_taken_args(struct solver *s, uint32_t fi, const struct sd_event *e)
{
	struct func *f = func_at(s->p, fi);

	for (uint32_t k = 0; k < e->nargs; k++) {
		const struct sd_val *x = &f->ir->vals[f->ir->ops[e->arg0 + k].val];
		uint32_t t = x->kind == SD_V_FUNC ? func_find(s->p, x->sym) : 0;

		if (t)
			func_at(s->p, t - 1)->address_taken = true;
	}
}

static void indirect_call(struct solver *s, uint32_t fi, uint32_t ev, sd_vid target, unsigned depth)
{
	struct func *f = func_at(s->p, fi);
	const struct sd_val *x = &f->ir->vals[target];
	struct icall *c;
	sd_sym key;

	if (x->kind == SD_V_PHI && depth < 4) {
		for (uint32_t i = 0; i < x->b; i++)
			indirect_call(s, fi, ev, f->ir->ops[x->a + i].val, depth + 1);
		return;
	}
	key = slot_of_value(s->p, f, fi, target);
	if (!key)
		return;
	c = g_new(struct icall, 1);
	*c = (struct icall){ key, fi, ev };
	g_ptr_array_add(s->indirect, c);
}

/* A store to a member of a variable, or of an array's element, also fills that variable's own slot. */
static void flow_to_variable(struct solver *s, uint32_t fi, const struct sd_event *e)
{
	const struct sd_fn *ir = func_at(s->p, fi)->ir;
	const struct sd_val *x = &ir->vals[e->target], *base = x;

	while (base->kind == SD_V_FIELD || base->kind == SD_V_INDEX)
		base = &ir->vals[base->a];
	if (x->kind == SD_V_FIELD && !(ir->flags & SD_F_GLOBALS))
		g_hash_table_add(s->p->stored_members, GUINT_TO_POINTER(slot_member(s->p, x->rec, x->sym)));
	else if (x->kind == SD_V_FIELD && base->kind == SD_V_GLOBAL && ir->vals[e->value].kind == SD_V_FUNC) {
		g_hash_table_add(s->p->tables, GUINT_TO_POINTER(base->sym));
		g_hash_table_insert(s->p->tables, GUINT_TO_POINTER(slot_in_variable(s->p, base->sym, x->rec, x->sym)),
				    GUINT_TO_POINTER(slot_member(s->p, x->rec, x->sym)));
	}
	if (x->kind == SD_V_FIELD && base->kind == SD_V_GLOBAL)
		flow(s, fi, e->value, slot_in_variable(s->p, base->sym, x->rec, x->sym), 0);
}

static void collect_function(struct solver *s, uint32_t fi)
{
	struct func *f = func_at(s->p, fi);
	const struct sd_fn *ir = f->ir;

	for (uint32_t i = 0; i < ir->nevents; i++) {
		const struct sd_event *e = &ir->events[i];

		if (e->kind == SD_E_STORE) {
			sd_sym key = slot_of_addr(s->p, f, e->target);

			if (may_be_function(f, e->value)) {
				flow(s, fi, e->value, key ? key : slot_key(s->p, "elsewhere"), 0);
				flow_to_variable(s, fi, e);
			}
			continue;
		}
		mark_taken_args(s, fi, e);
		if (e->callee) {
			uint32_t t = func_find(s->p, e->callee);

			if (t)
				flow_args(s, fi, e, t - 1);
		} else {
			indirect_call(s, fi, i, e->target, 0);
		}
	}
	for (uint32_t b = 0; b < ir->nblocks; b++)
		if (ir->blocks[b].term == SD_TERM_RETURN && may_be_function(f, ir->blocks[b].cond))
			flow(s, fi, ir->blocks[b].cond, slot_return(s->p, ir->name), 0);
}

static void propagate(struct solver *s)
{
	while (!g_queue_is_empty(s->work)) {
		gpointer key = g_queue_pop_head(s->work);
		GHashTable *set = g_hash_table_lookup(s->sets, key);
		GArray *out = g_hash_table_lookup(s->copies, key);
		GHashTableIter it;
		gpointer fn;

		g_hash_table_remove(s->queued, key);
		for (guint i = 0; out && i < out->len; i++) {
			g_hash_table_iter_init(&it, set);
			while (g_hash_table_iter_next(&it, &fn, NULL))
				add_target(s, g_array_index(out, sd_sym, i), GPOINTER_TO_UINT(fn) - 1);
		}
	}
}

/* Arguments of calls through slots reach the parameters of all targets, which may add targets. */
static void solve_indirect(struct solver *s)
{
	gboolean changed = TRUE;
	GHashTable *done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	while (changed) {
		changed = FALSE;
		propagate(s);
		for (guint i = 0; i < s->indirect->len; i++) {
			struct icall *c = g_ptr_array_index(s->indirect, i);
			GHashTable *set = g_hash_table_lookup(s->sets, GUINT_TO_POINTER(c->key));
			const struct sd_event *e = &func_at(s->p, c->fn)->ir->events[c->ev];
			GHashTableIter it;
			gpointer fn;
			GArray *list;

			if (!set)
				continue;
			list = g_array_new(FALSE, FALSE, sizeof(uint32_t));
			g_hash_table_iter_init(&it, set);
			while (g_hash_table_iter_next(&it, &fn, NULL)) {
				uint32_t t = GPOINTER_TO_UINT(fn) - 1;

				g_array_append_val(list, t);
			}
			for (guint k = 0; k < list->len; k++) {
				uint32_t t = g_array_index(list, uint32_t, k);

				if (!g_hash_table_add(done, g_strdup_printf("%u/%u/%u", c->fn, c->ev, t)))
					continue;
				changed = TRUE;
				flow_args(s, c->fn, e, t);
			}
			g_array_free(list, TRUE);
		}
	}
	g_hash_table_destroy(done);
}

static gint by_index(gconstpointer a, gconstpointer b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void keep(struct solver *s)
{
	GHashTableIter it;
	gpointer key, set, fn;

	g_hash_table_iter_init(&it, s->sets);
	while (g_hash_table_iter_next(&it, &key, &set)) {
		GArray *list = g_array_new(FALSE, FALSE, sizeof(uint32_t));
		GHashTableIter in;

		g_hash_table_iter_init(&in, set);
		while (g_hash_table_iter_next(&in, &fn, NULL)) {
			uint32_t t = GPOINTER_TO_UINT(fn) - 1;

			g_array_append_val(list, t);
		}
		g_array_sort(list, by_index);
		g_hash_table_insert(s->p->slots, key, list);
	}
}

void solve_slots(struct prog *p)
{
	struct solver s = {
		p, g_hash_table_new(NULL, NULL), g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_hash_table_destroy),
		g_queue_new(), g_hash_table_new(NULL, NULL), g_ptr_array_new_with_free_func(g_free)
	};
	GHashTableIter it;
	gpointer out;

	for (uint32_t i = 0; i < p->fns->len; i++)
		if (!func_at(p, i)->is_skipped)
			collect_function(&s, i);
	solve_indirect(&s);
	keep(&s);
	g_hash_table_iter_init(&it, s.copies);
	while (g_hash_table_iter_next(&it, NULL, &out))
		g_array_free(out, TRUE);
	g_hash_table_destroy(s.copies);
	g_hash_table_destroy(s.sets);
	g_queue_free(s.work);
	g_hash_table_destroy(s.queued);
	g_ptr_array_free(s.indirect, TRUE);
}

bool slot_is_initialised(struct prog *p, sd_sym g, sd_sym rec, sd_sym member)
{
	return g_hash_table_contains(p->tables, GUINT_TO_POINTER(slot_in_variable(p, g, rec, member)));
}

bool slot_is_table(const struct prog *p, sd_sym key)
{
	gpointer member = key ? g_hash_table_lookup(p->tables, GUINT_TO_POINTER(key)) : NULL;

	return member && !g_hash_table_contains(p->stored_members, member);
}

bool slot_is_static(struct prog *p, sd_sym g, sd_sym rec, sd_sym member)
{
	return g_hash_table_contains(p->gvars, GUINT_TO_POINTER(g)) && g_hash_table_contains(p->tables, GUINT_TO_POINTER(g)) &&
	       !g_hash_table_contains(p->stored_members, GUINT_TO_POINTER(slot_member(p, rec, member)));
}

const GArray *slot_targets(const struct prog *p, sd_sym key)
{
	return key ? g_hash_table_lookup(p->slots, GUINT_TO_POINTER(key)) : NULL;
}
