/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * holds.c - the bits that an integer member, or variable, can ever hold: those of all stores to it.
 *
 * `flags |= cache->allocflags` lets nobody sleep who could not before, since no cache has such a flag there.  Places are
 * members of a record, whatever the object, variables, parameters and results; what flows into a place is bits of constants and of other places.
 * Asked for are members and variables that some word is made of beside others; and then what flows into these.
 * Flow-insensitive; bits are only added, so it ends.
 *
 * Only where everything was scanned: a store that nobody saw may bring any bit.  So may one that cannot be read, an
 * address that is given away, bytes that a union shares, and a function that nobody calls by name.  What is written as bytes
 * (rules: `writes`), or by hardware, has no store: members count of records that hold a pointer of the kernel's only,
 * and of those that somebody stores to.
 *
 * Requires: slots (address_taken).  Sets: prog->holds.
 */
#include "model.h"

#define MAX_DEPTH 6
#define BUCKETS (1u << 17)
#define ANY UINT64_MAX

enum { MEMBER, VARIABLE, PARAM, RESULT };

/* a, b: record and member; 0 and variable; function and parameter; function. */
struct key { uint8_t kind; uint32_t a, b; };

struct place {
	struct key key;
	uint64_t bits;
	uint32_t first;                 /* of its flows + 1 */
	bool stored;                    /* somebody stores to it */
};

struct flow { uint32_t to, next; uint64_t mask; };

/* A store to a member or variable: of a function's value. */
struct source { sd_sym rec, sym; uint32_t fn; sd_vid val; uint32_t next; };

/* What the whole program says of a name that places have. */
enum { MEMBER_ASKED = 1, RECORD_ASKED = 2, HOLDS_POINTER = 4, WRITTEN = 8, WRITES_KNOWN = 16, WRITES = 32 };

struct holds {
	struct prog *p;
	const struct callers *callers;
	GArray *source; uint32_t *bucket;       /* struct source; [hash]: the last + 1 */
	GHashTable *ids;                        /* struct key * -> index into place */
	GPtrArray *place;                       /* struct place *; those after the first @done were not followed */
	GArray *flow;                           /* struct flow */
	uint8_t *name;                          /* [sd_sym] */
};

struct from { struct holds *h; const struct func *f; uint32_t fi; };

static const struct sd_val *val_at(const struct from *c, sd_vid v)
{
	return &c->f->ir->vals[v];
}

static bool is_named(const struct sd_val *x)
{
	return x->kind == SD_V_FIELD || x->kind == SD_V_GLOBAL;
}

/* --- stores by what they are to --- */

static uint32_t hash_of(sd_sym rec, sd_sym sym)
{
	return (rec * 2654435761u ^ sym * 40503u) >> 7 & (BUCKETS - 1);
}

static sd_sym rec_of(const struct sd_val *x)
{
	return x->kind == SD_V_FIELD ? x->rec : 0;
}

static void note_store(struct holds *h, uint32_t fi, const struct sd_val *to, sd_vid val)
{
	struct source s = { rec_of(to), to->sym, fi, val, 0 };
	uint32_t *last;

	if (!is_named(to) || to->type)
		return;
	last = &h->bucket[hash_of(s.rec, s.sym)];
	s.next = *last;
	g_array_append_val(h->source, s);
	*last = h->source->len;
}

static void note_stores(struct holds *h)
{
	for (uint32_t i = 0; i < h->p->fns->len; i++) {
		const struct sd_fn *ir = func_at(h->p, i)->ir;

		for (uint32_t k = 0; k < ir->nevents; k++)
			if (ir->events[k].kind == SD_E_STORE)
				note_store(h, i, &ir->vals[ir->events[k].target], ir->events[k].value);
		for (uint32_t k = 0; k < ir->nstores; k++)
			note_store(h, i, &ir->vals[ir->stores[k].target], ir->stores[k].value);
	}
}

/* --- places --- */

static guint key_hash(gconstpointer p)
{
	const struct key *k = p;

	return k->a * 2654435761u + k->b * 40503u + k->kind;
}

static gboolean key_same(gconstpointer p, gconstpointer q)
{
	const struct key *x = p, *y = q;

	return x->kind == y->kind && x->a == y->a && x->b == y->b;
}

static struct place *place_at(const struct holds *h, uint32_t at)
{
	return g_ptr_array_index(h->place, at);
}

/* The place, asked for from here on. */
static uint32_t ask(struct holds *h, struct key key)
{
	struct place *pl;
	gpointer found;

	if (g_hash_table_lookup_extended(h->ids, &key, NULL, &found))
		return GPOINTER_TO_UINT(found);
	pl = g_new0(struct place, 1);
	pl->key = key;
	g_ptr_array_add(h->place, pl);
	g_hash_table_insert(h->ids, &pl->key, GUINT_TO_POINTER(h->place->len - 1));
	if (key.kind <= VARIABLE) {
		h->name[key.b] |= MEMBER_ASKED;
		h->name[key.a] |= RECORD_ASKED;
	}
	return h->place->len - 1;
}

/* The place at an address, of a member or a variable. */
static uint32_t ask_named(struct holds *h, const struct sd_val *x)
{
	uint32_t at = ask(h, (struct key){ x->kind == SD_V_FIELD ? MEMBER : VARIABLE, rec_of(x), x->sym });

	if (x->kind == SD_V_FIELD && (x->op || !x->rec))
		place_at(h, at)->bits = ANY;    /* shares its bytes */
	return at;
}

static void add_bits(struct holds *h, uint32_t to, uint64_t bits)
{
	place_at(h, to)->bits |= bits;
}

static void add_flow(struct holds *h, uint32_t from, uint32_t to, uint64_t mask)
{
	struct flow f = { to, place_at(h, from)->first, mask };

	if (from == to)
		return;
	g_array_append_val(h->flow, f);
	place_at(h, from)->first = h->flow->len;
}

/* --- what flows into a place --- */

static void bring(const struct from *c, sd_vid v, uint64_t mask, uint32_t to, unsigned depth);

static void bring_op(const struct from *c, const struct sd_val *x, uint64_t mask, uint32_t to, unsigned depth)
{
	const struct sd_val *a = val_at(c, x->a), *b = val_at(c, x->b);

	switch (x->op) {
	case SD_OP_NOT: case SD_OP_EQ: case SD_OP_NE: case SD_OP_LT: case SD_OP_LE: case SD_OP_GT: case SD_OP_GE:
		add_bits(c->h, to, mask & 1);
		break;
	case SD_OP_BITAND:
		if (b->kind == SD_V_CONST)
			bring(c, x->a, mask & (uint64_t)b->num, to, depth + 1);
		else if (a->kind == SD_V_CONST)
			bring(c, x->b, mask & (uint64_t)a->num, to, depth + 1);
		else    /* no more than either */
			bring(c, x->a ? x->a : x->b, mask, to, depth + 1);
		break;
	case SD_OP_BITOR: case SD_OP_BITXOR:
		bring(c, x->a, mask, to, depth + 1);
		bring(c, x->b, mask, to, depth + 1);
		break;
	default:
		add_bits(c->h, to, mask);
	}
}

/* Place @to receives the bits @mask of value @v. */
static void bring(const struct from *c, sd_vid v, uint64_t mask, uint32_t to, unsigned depth)
{
	const struct sd_val *x = val_at(c, v), *a = val_at(c, x->kind == SD_V_LOAD || x->kind == SD_V_CALL ? x->a : 0);
	uint32_t fn = a->kind == SD_V_FUNC ? func_find(c->h->p, a->sym) : 0;

	if (x->kind == SD_V_CONST)
		add_bits(c->h, to, (uint64_t)x->num & mask);
	else if (x->kind == SD_V_PHI && depth < MAX_DEPTH)
		for (uint32_t i = 0; i < x->b; i++)
			bring(c, c->f->ir->ops[x->a + i].val, mask, to, depth + 1);
	else if (x->kind == SD_V_OP && depth < MAX_DEPTH)
		bring_op(c, x, mask, to, depth);
	else if (x->kind == SD_V_PARAM)
		add_flow(c->h, ask(c->h, (struct key){ PARAM, c->fi, (uint32_t)x->num }), to, mask);
	else if (x->kind == SD_V_CALL && fn)
		add_flow(c->h, ask(c->h, (struct key){ RESULT, fn - 1, 0 }), to, mask);
	else if (x->kind == SD_V_LOAD && is_named(a))
		add_flow(c->h, ask_named(c->h, a), to, mask);
	else
		add_bits(c->h, to, mask);
}

static struct from in_function(struct holds *h, uint32_t fi)
{
	return (struct from){ h, func_at(h->p, fi), fi };
}

static void follow_stores(struct holds *h, uint32_t at)
{
	const struct key k = place_at(h, at)->key;

	for (uint32_t i = h->bucket[hash_of(k.a, k.b)]; i; i = g_array_index(h->source, struct source, i - 1).next) {
		const struct source s = g_array_index(h->source, struct source, i - 1);
		const struct from c = in_function(h, s.fn);

		if (s.rec != k.a || s.sym != k.b)
			continue;
		place_at(h, at)->stored = true;
		bring(&c, s.val, ANY, at, 0);
	}
}

static bool bring_argument(struct holds *h, uint32_t caller, sd_sym callee, uint32_t k, uint32_t to)
{
	const struct from c = in_function(h, caller);
	bool calls = false;

	for (uint32_t i = 0; i < c.f->ir->nevents; i++) {
		const struct sd_event *e = &c.f->ir->events[i];

		if (e->kind != SD_E_CALL || e->callee != callee)
			continue;
		bring(&c, k < e->nargs ? c.f->ir->ops[e->arg0 + k].val : 0, ANY, to, 0);
		calls = true;
	}
	return calls;
}

/* What calls by name give; where there is none, or others may call it, who knows. */
static void follow_calls(struct holds *h, uint32_t at)
{
	const struct key k = place_at(h, at)->key;
	const struct func *f = func_at(h->p, k.a);
	bool called = false;

	for (uint32_t i = h->callers->first[k.a]; i < h->callers->first[k.a + 1] && !f->address_taken; i++)
		if (i == h->callers->first[k.a] || h->callers->who[i] != h->callers->who[i - 1])
			called |= bring_argument(h, h->callers->who[i], f->ir->name, k.b, at);
	if (!called)
		add_bits(h, at, ANY);
}

static void follow_returns(struct holds *h, uint32_t at)
{
	const struct from c = in_function(h, place_at(h, at)->key.a);

	for (uint32_t b = 0; b < c.f->ir->nblocks; b++)
		if (c.f->ir->blocks[b].term == SD_TERM_RETURN)
			bring(&c, c.f->ir->blocks[b].cond, ANY, at, 0);
}

static void follow(struct holds *h)
{
	for (uint32_t at = 0; at < h->place->len; at++) {
		const struct place *pl = place_at(h, at);

		if (pl->bits == ANY)
			continue;
		if (pl->key.kind == PARAM)
			follow_calls(h, at);
		else if (pl->key.kind == RESULT)
			follow_returns(h, at);
		else
			follow_stores(h, at);
	}
}

/* --- what is asked for --- */

static void ask_operand(const struct from *c, sd_vid v)
{
	const struct sd_val *x = val_at(c, v);

	if (x->kind == SD_V_LOAD && x->tkind == SD_T_INT && is_named(val_at(c, x->a)))
		ask_named(c->h, val_at(c, x->a));
}

/* A word made of several: of a member and a mask alone nothing more is known than the mask. */
static void ask_in(const struct from *c)
{
	for (uint32_t v = 1; v < c->f->ir->nvals; v++) {
		const struct sd_val *x = val_at(c, v);

		if (x->kind != SD_V_OP || (x->op != SD_OP_BITOR && x->op != SD_OP_BITXOR && x->op != SD_OP_BITAND))
			continue;
		if (x->op == SD_OP_BITAND && (val_at(c, x->a)->kind == SD_V_CONST || val_at(c, x->b)->kind == SD_V_CONST))
			continue;
		ask_operand(c, x->a);
		ask_operand(c, x->b);
	}
}

/* --- what no store tells --- */

/* Whoever gets the address of an integer may store to it. */
static void give_away(const struct from *c, sd_vid v)
{
	const struct sd_val *x = val_at(c, v);
	struct key key = { x->kind == SD_V_FIELD ? MEMBER : VARIABLE, rec_of(x), x->sym };
	gpointer at;

	if (is_named(x) && !x->type && c->h->name[x->sym] & MEMBER_ASKED && g_hash_table_lookup_extended(c->h->ids, &key, NULL, &at))
		add_bits(c->h, GPOINTER_TO_UINT(at), ANY);
}

static void look_at_value(const struct from *c, const struct sd_val *x)
{
	const struct sd_val *a;

	switch (x->kind) {
	case SD_V_LOAD:
		a = val_at(c, x->a);
		if ((x->tkind == SD_T_FNPTR || (x->tkind == SD_T_PTR && x->type)) && a->kind == SD_V_FIELD && c->h->name[a->rec] & RECORD_ASKED)
			c->h->name[a->rec] |= HOLDS_POINTER;
		if (x->tkind != SD_T_INT)       /* of pointers not every store is kept */
			give_away(c, x->a);
		break;
	case SD_V_OP: case SD_V_INDEX:
		give_away(c, x->a);
		give_away(c, x->b);
		break;
	case SD_V_UP:
		give_away(c, x->a);
		break;
	case SD_V_PHI:
		for (uint32_t i = 0; i < x->b; i++)
			give_away(c, c->f->ir->ops[x->a + i].val);
		break;
	default:
		break;
	}
}

static struct sd_rule *const *rules_of_callee(const struct from *c, sd_sym callee)
{
	return callee ? rules_of(c->h->p, plain_name(c->h->p, callee)) : NULL;
}

static bool writes(const struct from *c, sd_sym callee)
{
	uint8_t *known = &c->h->name[callee];

	if (!(*known & WRITES_KNOWN)) {
		*known |= WRITES_KNOWN;
		for (struct sd_rule *const *r = rules_of_callee(c, callee); r && *r; r++)
			*known |= (*r)->word == SD_R_WRITES ? WRITES : 0;
	}
	return *known & WRITES;
}

/* Bytes come from somewhere: unless from another such record, its members hold anything. */
static void write_bytes(const struct from *c, const struct sd_event *e)
{
	const struct sd_fn *ir = c->f->ir;

	for (struct sd_rule *const *r = rules_of_callee(c, e->callee); r && *r; r++) {
		const struct sd_rule *w = *r;
		sd_sym to, from;

		if (w->word != SD_R_WRITES || w->object.arg >= e->nargs)
			continue;
		to = ir->vals[ir->ops[e->arg0 + w->object.arg].val].type;
		from = w->has_from && w->from.arg < e->nargs ? ir->vals[ir->ops[e->arg0 + w->from.arg].val].type : 0;
		if (to && to != from)
			c->h->name[to] |= WRITTEN;
	}
}

static void look_at_event(const struct from *c, const struct sd_event *e)
{
	if (e->kind == SD_E_STORE) {
		give_away(c, e->value);
		return;
	}
	for (uint32_t k = 0; k < e->nargs; k++)
		give_away(c, c->f->ir->ops[e->arg0 + k].val);
	if (e->callee && writes(c, e->callee))
		write_bytes(c, e);
}

static void look_at_function(const struct from *c)
{
	const struct sd_fn *ir = c->f->ir;

	for (uint32_t v = 1; v < ir->nvals; v++)
		look_at_value(c, &ir->vals[v]);
	for (uint32_t i = 0; i < ir->nevents; i++)
		look_at_event(c, &ir->events[i]);
	for (uint32_t b = 0; b < ir->nblocks; b++)
		give_away(c, ir->blocks[b].cond);
}

/* Hardware, user space or another machine may write to a record that holds no pointer of the kernel's. */
static bool is_unknown(const struct holds *h, const struct place *pl)
{
	return pl->key.kind <= VARIABLE &&
	       (!pl->stored || (pl->key.kind == MEMBER && (h->name[pl->key.a] & (HOLDS_POINTER | WRITTEN)) != HOLDS_POINTER));
}

/* --- the sums --- */

static void solve(struct holds *h)
{
	GArray *todo = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (uint32_t i = 0; i < h->place->len; i++)
		g_array_append_val(todo, i);
	while (todo->len) {
		const struct place *pl = place_at(h, g_array_index(todo, uint32_t, todo->len - 1));

		g_array_set_size(todo, todo->len - 1);
		for (uint32_t k = pl->first; k; k = g_array_index(h->flow, struct flow, k - 1).next) {
			const struct flow *f = &g_array_index(h->flow, struct flow, k - 1);

			if (!(pl->bits & f->mask & ~place_at(h, f->to)->bits))
				continue;
			add_bits(h, f->to, pl->bits & f->mask);
			g_array_append_val(todo, f->to);
		}
	}
	g_array_free(todo, TRUE);
}

static gpointer held_key(sd_sym rec, sd_sym sym)
{
	return GSIZE_TO_POINTER((gsize)rec << 32 | sym);
}

/* What is worth keeping: 1 + bits of members and variables. */
static void keep(struct holds *h)
{
	h->p->holds = g_hash_table_new(hash_pair, NULL);
	for (uint32_t i = 0; i < h->place->len; i++) {
		const struct place *pl = place_at(h, i);

		if (pl->key.kind <= VARIABLE && pl->bits != ANY)
			g_hash_table_insert(h->p->holds, held_key(pl->key.a, pl->key.b), GSIZE_TO_POINTER(pl->bits + 1));
	}
}

static void each_function(struct holds *h, void (*look)(const struct from *c))
{
	for (uint32_t i = 0; i < h->p->fns->len; i++) {
		const struct from c = in_function(h, i);

		look(&c);
	}
}

void find_held_bits(struct prog *p, const struct callers *c)
{
	struct holds h = {
		p, c, g_array_new(FALSE, FALSE, sizeof(struct source)), g_new0(uint32_t, BUCKETS), g_hash_table_new(key_hash, key_same),
		g_ptr_array_new_with_free_func(g_free), g_array_new(FALSE, FALSE, sizeof(struct flow)), g_new0(uint8_t, sd_strtab_count(p->syms) + 1)
	};

	if (p->whole) {
		note_stores(&h);
		each_function(&h, ask_in);
		follow(&h);
		each_function(&h, look_at_function);
		for (uint32_t i = 0; i < h.place->len; i++)
			if (is_unknown(&h, place_at(&h, i)))
				add_bits(&h, i, ANY);
		solve(&h);
		keep(&h);
	}
	g_array_free(h.source, TRUE);
	g_free(h.bucket);
	g_hash_table_destroy(h.ids);
	g_ptr_array_free(h.place, TRUE);
	g_array_free(h.flow, TRUE);
	g_free(h.name);
}

uint64_t held_bits(const struct prog *p, tid addr)
{
	const struct term *t = term(p, addr);
	gsize bits;

	if (!p->holds || (t->kind != T_FIELD && t->kind != T_GLOBAL))
		return ANY;
	bits = GPOINTER_TO_SIZE(g_hash_table_lookup(p->holds, held_key(t->kind == T_FIELD ? t->rec : 0, t->s)));
	return bits ? bits - 1 : ANY;
}
