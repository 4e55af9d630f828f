/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reads.c - which functions read a member of what they are given, in them or below, to decide about a lock by it.
 *
 * A condition that the caller's path assumes of `inode->i_sb->s_fs_info->s_journal` is of use to a callee that reads s_journal
 * of something that it came to from that inode, or that hands it on to one who does; to all others it would only make
 * another instance that does the same.
 *
 * What a value may have come from: parameters, through any members, loads, results of calls that are given them and locals
 * that keep them, and by how many loads at least: who reads sk_err of the sockets in a list that hangs from a socket says
 * nothing of that socket's own.  From the loads of a member backwards over arguments, once per member that is asked for.
 *
 * Requires: slots, func.telling.
 */
#include "model.h"

#define MOST_TARGETS 64         /* a wider pointer hands nothing on */
#define LAST_PARAM 63           /* this and those after it are one */
#define MOST_LOADS 4            /* that are counted in one function: so many, or more */
#define FAR 7                   /* ... on a way over several */

struct flow { uint32_t to, from, loads; };      /* parameters: by so many loads, what @from is given leads to what is handed on as @to */

struct reads {
	uint32_t *base;                 /* [function]: its first parameter, of those of all functions */
	uint32_t nparam;
	uint32_t *first;                /* flows to a parameter: [first[q], first[q + 1]) */
	GArray *flow;                   /* struct flow, by @to */
	GHashTable *loads;              /* member -> GArray of struct flow: the parameters that it is loaded from */
	GHashTable *below;              /* member -> struct params: from which somebody comes to load it */
	struct sd_arena *pages;         /* ... theirs */
};

/*
 * Four bits per parameter: 1 + by how many loads the member is come to from it, the member's own among them; 0: it is not.  In pages,
 * for of most members most have none: those that have only such are one.
 */
#define PAGE 1024               /* parameters */
struct params { const uint8_t *page[1]; };      /* as many as there are */
static const uint8_t no_params[PAGE / 2];

static gpointer member_key(sd_sym rec, sd_sym member)
{
	return GSIZE_TO_POINTER((size_t)rec << 32 | member);
}

/* --- in one function: what a value comes from --- */

struct origin { uint64_t by[MOST_LOADS + 1]; }; /* bits of the parameters from which it is come to by so many loads */
struct origins { const struct sd_fn *ir; struct origin *of, *local; };  /* [value]; [number of a local] */

static bool merge(struct origin *to, const struct origin *from)
{
	uint64_t more = 0;

	for (unsigned n = 0; n <= MOST_LOADS; n++) {
		more |= from->by[n] & ~to->by[n];
		to->by[n] |= from->by[n];
	}
	return more != 0;
}

static void merge_args(const struct origins *o, const struct sd_event *e, struct origin *to)
{
	for (uint32_t k = 0; k < e->nargs; k++)
		merge(to, &o->of[o->ir->ops[e->arg0 + k].val]);
}

static bool is_part_of_local(const struct sd_fn *ir, sd_vid v)
{
	while (ir->vals[v].kind == SD_V_FIELD || ir->vals[v].kind == SD_V_INDEX)
		v = ir->vals[v].a;
	return ir->vals[v].kind == SD_V_ADDRLOCAL;
}

/* What a local keeps is loaded from there as it was stored. */
static struct origin of_load(const struct origins *o, sd_vid addr)
{
	const struct origin *a = &o->of[addr];
	struct origin out = { { 0 } };

	if (is_part_of_local(o->ir, addr))
		return *a;
	for (unsigned n = 0; n <= MOST_LOADS; n++)
		out.by[MIN(n + 1, MOST_LOADS)] |= a->by[n];
	return out;
}

static struct origin origin_of(const struct origins *o, const struct sd_val *x)
{
	struct origin out = { { 0 } };

	switch (x->kind) {
	case SD_V_PARAM:
		out.by[0] = UINT64_C(1) << MIN((uint64_t)x->num, LAST_PARAM);
		break;
	case SD_V_FIELD: case SD_V_INDEX: case SD_V_UP:
		return o->of[x->a];
	case SD_V_LOAD:
		return of_load(o, x->a);
	case SD_V_ADDRLOCAL:
		return o->local[x->num];
	case SD_V_OP:
		out = o->of[x->a];
		merge(&out, &o->of[x->b]);
		break;
	case SD_V_CALL: case SD_V_OUT:
		merge_args(o, &o->ir->events[x->num], &out);
		break;
	case SD_V_PHI:
		for (uint32_t i = 0; i < x->b; i++)
			merge(&out, &o->of[o->ir->ops[x->a + i].val]);
		break;
	default:
		break;
	}
	return out;
}

/* What is stored to (part of) a local comes out of it again. */
static bool keep_in_local(struct origins *o, const struct sd_event *e)
{
	sd_vid v = e->target;

	if (!is_part_of_local(o->ir, v))
		return false;
	while (o->ir->vals[v].kind != SD_V_ADDRLOCAL)
		v = o->ir->vals[v].a;
	return merge(&o->local[o->ir->vals[v].num], &o->of[e->value]);
}

/* Bits only grow, so it ends. */
static void find_origins(struct origins *o)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (uint32_t v = 1; v < o->ir->nvals; v++) {
			struct origin now = origin_of(o, &o->ir->vals[v]);

			changed |= merge(&o->of[v], &now) && o->ir->vals[v].kind != SD_V_PARAM;
		}
		for (uint32_t i = 0; i < o->ir->nevents; i++)
			if (o->ir->events[i].kind == SD_E_STORE)
				changed |= keep_in_local(o, &o->ir->events[i]);
	}
}

/* --- over all functions --- */

/* Each by the fewest loads. */
static void each_param(const struct reads *r, uint32_t fi, uint32_t nparams, const struct origin *from, GArray *flow, uint32_t to)
{
	uint64_t seen = 0;

	for (uint32_t n = 0; n <= MOST_LOADS; n++) {
		for (uint64_t bits = from->by[n] & ~seen; bits; bits &= bits - 1) {
			uint32_t k = (uint32_t)__builtin_ctzll(bits);
			struct flow f = { to, r->base[fi] + k, n };

			if (k < nparams)
				g_array_append_val(flow, f);
		}
		seen |= from->by[n];
	}
}

static void hand_on(struct prog *p, struct reads *r, uint32_t fi, const struct origins *o, const struct sd_event *e, uint32_t callee)
{
	const struct func *g = func_at(p, callee);

	for (uint32_t k = 0; k < e->nargs && k < g->ir->nparams && !g->is_api; k++)
		each_param(r, fi, o->ir->nparams, &o->of[o->ir->ops[e->arg0 + k].val], r->flow, r->base[callee] + MIN(k, LAST_PARAM));
}

static void hand_on_all(struct prog *p, struct reads *r, uint32_t fi, const struct origins *o)
{
	for (uint32_t i = 0; i < o->ir->nevents; i++) {
		const struct sd_event *e = &o->ir->events[i];
		uint32_t fn = e->kind == SD_E_CALL && e->callee ? func_find(p, e->callee) : 0;
		const GArray *set = e->kind == SD_E_CALL && !e->callee ? slot_targets(p, slot_of_value(p, func_at(p, fi), fi, e->target)) : NULL;

		if (fn)
			hand_on(p, r, fi, o, e, fn - 1);
		for (guint k = 0; set && set->len <= MOST_TARGETS && k < set->len; k++)
			hand_on(p, r, fi, o, e, g_array_index(set, uint32_t, k));
	}
}

static void note_loads(struct reads *r, uint32_t fi, const struct origins *o, const bool *telling)
{
	for (uint32_t v = 1; v < o->ir->nvals; v++) {
		const struct sd_val *x = &o->ir->vals[v];
		gpointer key;
		GArray *list;

		if (x->kind != SD_V_LOAD || !telling[v])
			continue;
		for (x = &o->ir->vals[x->a]; x->kind == SD_V_INDEX; x = &o->ir->vals[x->a])
			;
		if (x->kind != SD_V_FIELD)
			continue;
		key = member_key(x->rec, x->sym);
		list = g_hash_table_lookup(r->loads, key);
		if (!list) {
			list = g_array_new(FALSE, FALSE, sizeof(struct flow));
			g_hash_table_insert(r->loads, key, list);
		}
		each_param(r, fi, o->ir->nparams, &o->of[v], list, 0);
	}
}

static void see_function(struct prog *p, struct reads *r, uint32_t fi)
{
	const struct sd_fn *ir = func_at(p, fi)->ir;
	struct origins o = { ir, g_new0(struct origin, ir->nvals), NULL };
	uint32_t nlocal = 0;

	for (uint32_t v = 1; v < ir->nvals; v++)
		if (ir->vals[v].kind == SD_V_ADDRLOCAL)
			nlocal = MAX(nlocal, (uint32_t)ir->vals[v].num + 1);
	o.local = g_new0(struct origin, nlocal + 1);
	find_origins(&o);
	hand_on_all(p, r, fi, &o);
	note_loads(r, fi, &o, func_at(p, fi)->telling);
	g_free(o.of);
	g_free(o.local);
}

static void sort_flows(struct reads *r)
{
	GArray *sorted = g_array_sized_new(FALSE, FALSE, sizeof(struct flow), r->flow->len);

	r->first = g_new0(uint32_t, r->nparam + 2);
	g_array_set_size(sorted, r->flow->len);
	for (guint i = 0; i < r->flow->len; i++)
		r->first[g_array_index(r->flow, struct flow, i).to + 1]++;
	for (uint32_t q = 0; q < r->nparam; q++)
		r->first[q + 1] += r->first[q];
	for (guint i = r->flow->len; i-- > 0; ) {
		const struct flow *f = &g_array_index(r->flow, struct flow, i);

		g_array_index(sorted, struct flow, --r->first[f->to + 1]) = *f;
	}
	memmove(r->first, r->first + 1, r->nparam * sizeof(*r->first));
	r->first[r->nparam] = r->flow->len;
	g_array_free(r->flow, TRUE);
	r->flow = sorted;
}

static void free_list(gpointer list) { g_array_free(list, TRUE); }

void find_reads(struct prog *p)
{
	struct reads *r = p->reads = g_new0(struct reads, 1);

	r->base = g_new(uint32_t, p->fns->len + 1);
	r->flow = g_array_new(FALSE, FALSE, sizeof(struct flow));
	r->loads = g_hash_table_new_full(hash_pair, NULL, NULL, free_list);
	r->below = g_hash_table_new(hash_pair, NULL);
	r->pages = sd_arena_new();
	for (uint32_t i = 0; i < p->fns->len; i++) {
		r->base[i] = r->nparam;
		r->nparam += MIN(func_at(p, i)->ir->nparams, LAST_PARAM + 1u);
	}
	for (uint32_t i = 0; i < p->fns->len; i++)
		if (!func_at(p, i)->is_api)
			see_function(p, r, i);
	for (uint32_t i = 0; i < p->fns->len; i++)
		g_clear_pointer(&func_at(p, i)->telling, g_free);
	sort_flows(r);
}

void free_reads(struct prog *p)
{
	struct reads *r = p->reads;

	if (!r)
		return;
	g_array_free(r->flow, TRUE);
	g_hash_table_destroy(r->loads);
	g_hash_table_destroy(r->below);
	sd_arena_free(r->pages);
	g_free(r->base), g_free(r->first), g_free(r);
	p->reads = NULL;
}

static void reach(GArray **at, const struct flow *f, uint32_t loads)
{
	g_array_append_val(at[MIN(f->loads + loads, FAR)], f->from);
}

static void note_param(struct reads *r, struct params *set, uint32_t q, uint32_t known)
{
	const uint8_t **page = &set->page[q / PAGE];

	if (*page == no_params)
		*page = sd_arena_alloc(r->pages, PAGE / 2);
	((uint8_t *)(uintptr_t)*page)[q % PAGE / 2] |= (uint8_t)(known << (q & 1) * 4);
}

static uint32_t known_of(const struct params *set, uint32_t q)
{
	return set->page[q / PAGE][q % PAGE / 2] >> (q & 1) * 4 & 15;
}

/* Fewest loads first, so a parameter is met by these. */
static const struct params *reads_below(struct reads *r, gpointer key)
{
	const GArray *loads = g_hash_table_lookup(r->loads, key);
	uint32_t npage = r->nparam / PAGE + 1;
	GArray *at[FAR + 1];
	struct params *set = sd_arena_alloc(r->pages, npage * sizeof(set->page[0]));

	for (uint32_t i = 0; i < npage; i++)
		set->page[i] = no_params;
	for (uint32_t n = 0; n <= FAR; n++)
		at[n] = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (guint i = 0; loads && i < loads->len; i++)
		reach(at, &g_array_index(loads, struct flow, i), 0);
	for (uint32_t n = 0; n <= FAR; n++) {
		for (guint k = 0; k < at[n]->len; k++) {
			uint32_t q = g_array_index(at[n], uint32_t, k);

			if (known_of(set, q))
				continue;
			note_param(r, set, q, n + 1);
			for (uint32_t i = r->first[q]; i < r->first[q + 1]; i++)
				reach(at, &g_array_index(r->flow, struct flow, i), n);
		}
		g_array_free(at[n], TRUE);
	}
	g_hash_table_insert(r->below, key, set);
	return set;
}

bool reads_member(struct prog *p, uint32_t fn, unsigned k, sd_sym rec, sd_sym member, unsigned loads)
{
	struct reads *r = p->reads;
	gpointer key = member_key(rec, member);
	const struct params *below = g_hash_table_lookup(r->below, key);
	uint32_t known;

	if (!below)
		below = reads_below(r, key);
	known = known_of(below, r->base[fn] + MIN(k, LAST_PARAM));
	return known && known - 1 <= MIN(loads, FAR);
}
