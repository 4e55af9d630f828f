/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * acqset.c - which lock classes a call may acquire, in it or below.
 *
 * A NODE is an instance in those of its entry states that make no difference (node.c).  For each node there is a row of elements: final
 * class, taken as a recursive reader or not, at a nesting level that is known or not.  Trylocks are left
 * out, for they add no dependency to themselves (lockdep.c, validate_chain()).
 *
 * Rows come in levels.  A call through a pointer that has several targets costs one, one that has
 * very many costs two, and row[k] holds what is reached at a cost of k at most: what lies behind more
 * guesses than DEPTH is no dependency.  At one level the calls that cost nothing make small components, and the others
 * lead to levels that are done: the components of all calls together are a third of the kernel.
 *
 * Requires: contexts, classes.  Sets: prog.acq.
 */
#include <string.h>
#include "memo.h"
#include "model.h"

#define NONE UINT32_MAX

uint32_t elem_of(uint32_t cls, bool reader, bool nested)
{
	return (reader * 2u + nested) << CLASS_BITS | cls;
}

/* Is read_lock() recursive in this state?  lockdep.c, read_lock_is_recursive(): in_interrupt() counts disabled BHs too. */
bool reads_recursively(const struct prog *p, uint8_t mode, struct point pt)
{
	if (mode != M_CTX)
		return mode == M_R;
	return p->in->read_recursive || pt.ctx == SD_CTX_SOFTIRQ || pt.ctx == SD_CTX_HARDIRQ || pt.bh == SD_TRI_OFF;
}

unsigned call_cost(const struct rec_call *c)
{
	return c->ntargets <= 1 ? 0 : guesses(c) <= WIDE ? 1 : 2;
}

/* Trylocks do not count: lockdep links past them. */
bool holds_any(const struct inst *in, uint32_t held0, uint32_t nheld)
{
	for (uint32_t i = 0; i < nheld; i++)
		if (!g_array_index(in->heldv, struct held, held0 + i).trylock)
			return true;
	return false;
}

/* --- the calls of each node, once --- */

struct found { struct below b; uint32_t relset; };

/* By what they lead to; alike: the same node in the same way, and where locks are held the same call. */
static int by_target(const void *x, const void *y)
{
	const struct below *a = &((const struct found *)x)->b, *b = &((const struct found *)y)->b;
	uint32_t ka[] = { a->node, ((const struct found *)x)->relset, a->cost, a->under, a->held, a->call };
	uint32_t kb[] = { b->node, ((const struct found *)y)->relset, b->cost, b->under, b->held, b->call };

	for (size_t i = 0; i < G_N_ELEMENTS(ka); i++)
		if (ka[i] != kb[i])
			return ka[i] < kb[i] ? -1 : 1;
	return 0;
}

static bool alike(const struct found *x, const struct found *y)
{
	const struct below *a = &x->b, *b = &y->b;

	return a->node == b->node && x->relset == y->relset && a->cost == b->cost && a->under == b->under && a->held == b->held &&
	       (!a->held || a->call == b->call);
}

static int by_call(const void *x, const void *y)
{
	const struct found *a = x, *b = y;

	return a->b.call < b->b.call ? -1 : a->b.call > b->b.call;
}

#define FEW 48                  /* calls that are sooner compared than sorted */

static guint unite_few(struct found *mine, guint n)
{
	guint kept = 0;

	for (guint i = 0; i < n; i++) {
		guint k = 0;

		while (k < kept && !alike(&mine[k], &mine[i]))
			k++;
		if (k == kept)
			mine[kept++] = mine[i];
	}
	return kept;
}

static guint unite_many(struct found *mine, guint n)
{
	guint kept = 0;

	qsort(mine, n, sizeof(*mine), by_target);
	for (guint i = 0; i < n; i++)
		if (!i || !alike(&mine[i], &mine[kept - 1]))
			mine[kept++] = mine[i];
	qsort(mine, kept, sizeof(*mine), by_call);
	return kept;
}

/* The calls of node @v; those that lead to the same node in the same way are one, the first. */
static void list_calls(struct prog *p, const struct acqsets *s, uint32_t v, GArray *mine)
{
	const struct inst *in = inst_at(p, s->inst[v]);
	guint n;

	g_array_set_size(mine, 0);
	for (guint k = 0; k < in->calls->len; k++) {
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, k);
		struct found f = { { .node = node_below(p, c, s->bit[v]), .call = k & 0x7ffffff, .cost = call_cost(c) & 3,
				     .held = c->nheld && s->releases[c->callee], .released = c->relset != 0 }, c->relset };

		if (f.b.node == NONE || f.b.cost > DEPTH || !s->acquires[c->callee])
			continue;
		f.b.under = holds_any(in, c->held0, c->nheld);
		g_array_append_val(mine, f);
	}
	n = mine->len;
	if (n > 1)
		n = n <= FEW ? unite_few((struct found *)(void *)mine->data, n) : unite_many((struct found *)(void *)mine->data, n);
	g_array_set_size(mine, n);
}

#define LOT 8192                /* nodes whose calls are listed together */

/* of: [lot] their calls, one node's after the other's; mine: a worker's scratch. */
struct lister { struct prog *p; struct acqsets *s; GArray **of, **mine; };

static void list_lot(void *arg, unsigned worker, size_t from, size_t to)
{
	struct lister *l = arg;
	GArray *mine = l->mine[worker];

	for (size_t lot = from; lot < to; lot++) {
		GArray *out = l->of[lot] = g_array_new(FALSE, FALSE, sizeof(struct below));

		for (size_t v = lot * LOT; v < MIN((lot + 1) * LOT, l->s->nnode); v++) {
			list_calls(l->p, l->s, (uint32_t)v, mine);
			for (guint k = 0; k < mine->len; k++)
				g_array_append_val(out, g_array_index(mine, struct found, k).b);
			l->s->first[v + 1] = mine->len;
		}
	}
}

/* A lot's calls go where those of the one before end; how many a node has becomes where they begin. */
static void join_lots(struct acqsets *s, GArray **of, uint32_t n)
{
	size_t at = 0;

	s->first[0] = 0;
	for (uint32_t v = 0; v < s->nnode; v++)
		s->first[v + 1] += s->first[v];
	s->below = g_new(struct below, (size_t)s->first[s->nnode] + 1);
	for (uint32_t lot = 0; lot < n; lot++) {
		if (of[lot]->len)
			memcpy(s->below + at, of[lot]->data, of[lot]->len * sizeof(*s->below));
		at += of[lot]->len;
		g_array_free(of[lot], TRUE);
	}
}

static void find_calls(struct prog *p, struct acqsets *s)
{
	uint32_t n = s->nnode / LOT + 1;
	struct lister l = { p, s, g_new0(GArray *, n), g_new(GArray *, p->jobs) };

	s->first = g_new(uint32_t, s->nnode + 1);
	for (unsigned i = 0; i < p->jobs; i++)
		l.mine[i] = g_array_new(FALSE, FALSE, sizeof(struct found));
	par_for(p->jobs, n, 1, list_lot, &l);
	join_lots(s, l.of, n);
	for (unsigned i = 0; i < p->jobs; i++)
		g_array_free(l.mine[i], TRUE);
	g_free(l.of), g_free(l.mine);
}

/* --- components of the calls that cost nothing: Tarjan, iterative --- */

struct order {
	const struct acqsets *s;
	uint32_t *index, *low, *stack, *frame, *at, nstack, nframe, next;
	bool *on;
	uint32_t *out, nout;            /* nodes, callees' components first */
	uint32_t *scc, nscc;            /* node -> component */
	uint32_t *begin;                /* component: out[begin[c]] to out[begin[c + 1] - 1] */
	uint32_t *turn, *floor, nfloor; /* components: those on one floor call none of it and what is on lower ones only; turn[floor[f]] to turn[floor[f + 1] - 1] */
};

static void open_node(struct order *o, uint32_t v)
{
	o->index[v] = o->low[v] = ++o->next;
	o->stack[o->nstack++] = v;
	o->on[v] = true;
	o->frame[o->nframe] = v;
	o->at[o->nframe++] = o->s->first[v];
}

static void close_node(struct order *o, uint32_t v)
{
	o->nframe--;
	if (o->nframe)
		o->low[o->frame[o->nframe - 1]] = MIN(o->low[o->frame[o->nframe - 1]], o->low[v]);
	if (o->low[v] != o->index[v])
		return;
	for (uint32_t w = NONE; w != v; ) {
		w = o->stack[--o->nstack];
		o->on[w] = false;
		o->scc[w] = o->nscc;
		o->out[o->nout++] = w;
	}
	o->nscc++;
}

static void visit(struct order *o, uint32_t root)
{
	open_node(o, root);
	while (o->nframe) {
		uint32_t v = o->frame[o->nframe - 1];
		const struct below *b;

		if (o->at[o->nframe - 1] == o->s->first[v + 1]) {
			close_node(o, v);
			continue;
		}
		b = &o->s->below[o->at[o->nframe - 1]++];
		if (b->cost)
			continue;
		if (!o->index[b->node])
			open_node(o, b->node);
		else if (o->on[b->node])
			o->low[v] = MIN(o->low[v], o->index[b->node]);
	}
}

static void find_components(struct order *o)
{
	uint32_t n = o->s->nnode + 1, *mem = g_new0(uint32_t, 5 * (size_t)n);

	o->index = mem, o->low = mem + n, o->stack = mem + 2 * (size_t)n, o->frame = mem + 3 * (size_t)n, o->at = mem + 4 * (size_t)n;
	o->on = g_new0(bool, n);
	for (uint32_t v = 0; v < o->s->nnode; v++)
		if (!o->index[v])
			visit(o, v);
	g_free(o->on);
	g_free(mem);
}

/* The floor of a component: above all that its calls without cost lead to. */
static uint32_t floor_of(const struct order *o, const uint32_t *floor, uint32_t c)
{
	uint32_t above = 0;

	for (uint32_t i = o->begin[c]; i < o->begin[c + 1]; i++)
		for (uint32_t k = o->s->first[o->out[i]]; k < o->s->first[o->out[i] + 1]; k++) {
			const struct below *b = &o->s->below[k];

			if (!b->cost && o->scc[b->node] != c)
				above = MAX(above, floor[o->scc[b->node]] + 1);
		}
	return above;
}

/* One worker alone takes them as they were found, all on one floor: what lies close to each other is made close to each other then. */
static void find_floors(struct order *o, bool alone)
{
	uint32_t *floor = g_new(uint32_t, o->nscc + 1);

	o->begin = g_new0(uint32_t, o->nscc + 2);
	for (uint32_t i = 0; i < o->nout; i++)
		o->begin[o->scc[o->out[i]] + 1] = i + 1;
	for (uint32_t c = 0; c < o->nscc; c++) {
		floor[c] = alone ? 0 : floor_of(o, floor, c);
		o->nfloor = MAX(o->nfloor, floor[c] + 1);
	}
	o->floor = g_new0(uint32_t, o->nfloor + 3);
	o->turn = g_new(uint32_t, o->nscc + 1);
	for (uint32_t c = 0; c < o->nscc; c++)
		o->floor[floor[c] + 2]++;
	for (uint32_t k = 0; k < o->nfloor; k++)
		o->floor[k + 2] += o->floor[k + 1];
	for (uint32_t c = 0; c < o->nscc; c++)
		o->turn[o->floor[floor[c] + 1]++] = c;
	g_free(floor);
}

static void find_order(struct order *o, const struct acqsets *s, bool alone)
{
	*o = (struct order){ .s = s, .out = g_new(uint32_t, s->nnode + 1), .scc = g_new(uint32_t, s->nnode + 1) };
	find_components(o);
	find_floors(o, alone);
}

static void free_order(struct order *o)
{
	g_free(o->out), g_free(o->scc), g_free(o->begin), g_free(o->turn), g_free(o->floor);
}

/* --- rows --- */

enum { ALL, INNER, CLEAN, REL, NROW };

/* A worker: its own scratch, and what all share. */
struct filler {
	struct prog *p;
	struct acqsets *s;
	const struct order *o;
	struct taken *own_taken;        /* [node]: of its own acquisitions */
	struct freed *own_freed;        /* ... and relsets of its calls */
	bool *changed[DEPTH + 1];       /* [node]: its rows at this level are not those of the level before */
	unsigned level;
	struct rowacc *acc;
	GArray *parts[NROW];            /* rowid: what a component is made of */
	GArray *seen;                   /* [row]: the component that it was last a part of, by its serial number, and bits of NROW as what */
	uint32_t serial;
	struct memo held;               /* locks held at a call -> row of their classes */
	struct memo beyond;             /* row << 32 | those held -> the row without them */
	uint32_t first;                 /* of the floor at hand: its components begin at o->turn[first] */
	bool alone, few;                /* the component at hand is one node; it has so few calls that parts are sooner sorted than marked as seen */
};

static bool has_changed(const struct filler *f, unsigned level, uint32_t v)
{
	return !level || f->changed[level][v];
}

#define FEW_PARTS 16
#define LAST_SERIAL (UINT32_MAX >> NROW)

static void part(struct filler *f, unsigned kind, rowid row)
{
	uint32_t *seen;

	if (!row)
		return;
	if (f->few) {
		g_array_append_val(f->parts[kind], row);
		return;
	}
	if (row >= f->seen->len)
		g_array_set_size(f->seen, rows_count(f->s->rows) * 2);
	seen = &g_array_index(f->seen, uint32_t, row);
	if (*seen >> NROW != f->serial)
		*seen = f->serial << NROW;
	if (*seen >> kind & 1)
		return;
	*seen |= 1u << kind;
	g_array_append_val(f->parts[kind], row);
}

static rowid row_of(struct filler *f, unsigned kind)
{
	const GArray *members = f->parts[kind];

	for (guint i = 0; i < members->len; i++)
		rowacc_put(f->acc, g_array_index(members, uint32_t, i));
	return rowacc_take(f->acc);
}

/* Some lock of the callers' has been given back; that none spins (ALL_SPINNING) only the way down asks (descent.c). */
static bool gives_back(const struct prog *p, uint32_t relset)
{
	const GArray *a = relset_get(p, relset);

	return relset && g_array_index(a, uint32_t, 0) != ALL_SPINNING;
}

static void put_released(struct filler *f, uint32_t relset)
{
	const GArray *a = relset_get(f->p, relset);

	for (guint i = 0; i < a->len; i++) {
		uint32_t cls = final_of(f->p, g_array_index(a, uint32_t, i));

		if (cls != NONE && cls < f->p->classes->len)
			g_array_append_val(f->parts[REL], cls);
	}
}

static void put_acquired(struct filler *f, const struct inst *in, const struct rec_acq *a, unsigned bit)
{
	uint32_t el;

	if (a->trylock || !(a->emask >> bit & 1) || skip_class(f->p, a->l.cls))
		return;
	el = elem_of(final_of(f->p, a->l.cls), reads_recursively(f->p, a->mode, point_at(bit, a->irq, a->bh)), a->nested);
	g_array_append_val(f->parts[ALL], el);
	if (!gives_back(f->p, a->relset))
		g_array_append_val(f->parts[CLEAN], el);
	if (!holds_any(in, a->held0, a->nheld))
		g_array_append_val(f->parts[INNER], el);
	put_released(f, a->relset);
}

static void no_parts(struct filler *f)
{
	if (f->serial++ == LAST_SERIAL) {
		g_array_set_size(f->seen, 0);
		f->serial = 1;
	}
	for (unsigned k = 0; k < NROW; k++)
		g_array_set_size(f->parts[k], 0);
}

static void find_own_of(struct filler *f, uint32_t v)
{
	const struct acqsets *s = f->s;
	const struct inst *in = inst_at(f->p, s->inst[v]);

	no_parts(f);
	for (guint i = 0; i < in->acqs->len; i++)
		put_acquired(f, in, &g_array_index(in->acqs, struct rec_acq, i), s->bit[v]);
	f->own_taken[v] = (struct taken){ row_of(f, ALL), row_of(f, INNER) };
	if (!s->releases[s->inst[v]])
		return;
	for (uint32_t k = s->first[v]; k < s->first[v + 1]; k++)
		put_released(f, below_relset(f->p, v, &s->below[k]));
	f->own_freed[v] = (struct freed){ row_of(f, CLEAN), row_of(f, REL) };
}

static void find_own(void *arg, unsigned worker, size_t from, size_t to)
{
	struct filler *f = &((struct filler *)arg)[worker];

	for (size_t v = from; v < to; v++)
		find_own_of(f, (uint32_t)v);
}

/* Does this call lead out of the component, at a cost that this level allows?  Nearly all components are one node: no look at others' is needed. */
static bool leads_out(const struct filler *f, uint32_t v, const struct below *b)
{
	return b->cost <= f->level && (b->cost || (b->node != v && (f->alone || f->o->scc[b->node] != f->o->scc[v])));
}

static void add_taken(struct filler *f, uint32_t v, bool anew)
{
	const struct acqsets *s = f->s;

	part(f, ALL, anew ? f->own_taken[v].all : s->taken[f->level - 1][v].all);
	part(f, INNER, anew ? f->own_taken[v].inner : s->taken[f->level - 1][v].inner);
	for (uint32_t k = s->first[v]; k < s->first[v + 1]; k++) {
		const struct below *b = &s->below[k];

		if (!leads_out(f, v, b) || (!anew && !has_changed(f, f->level - b->cost, b->node)))
			continue;
		part(f, ALL, s->taken[f->level - b->cost][b->node].all);
		if (!b->under)
			part(f, INNER, s->taken[f->level - b->cost][b->node].inner);
	}
}

/* Final classes of the locks that are held at a call, as a row; instances share what they hold. */
static rowid held_row(struct filler *f, const struct inst *in, const struct rec_call *c)
{
	const struct held *h = &g_array_index(in->heldv, struct held, c->held0);
	bool known;
	uint32_t *row = memo_at(&f->held, (uint64_t)(uintptr_t)h << 4 | c->nheld, &known);

	_Static_assert(MAX_HELD < 16, "a call's locks have a key");
	if (known)
		return *row;
	for (uint32_t i = 0; i < c->nheld; i++) {
		uint32_t cls = final_of(f->p, h[i].l.cls);

		if (cls < f->p->classes->len)
			rowacc_put(f->acc, cls);
	}
	return *row = rowacc_take(f->acc);
}

/* What is held at the call itself is what the callee releases then, and not a lock of our caller's. */
static rowid released_beyond(struct filler *f, uint32_t v, const struct below *b, rowid row)
{
	const struct inst *in = inst_at(f->p, f->s->inst[v]);
	rowid held;
	uint32_t *beyond;
	bool known;

	if (!row || !b->held)
		return row;
	held = held_row(f, in, &g_array_index(in->calls, struct rec_call, b->call));
	beyond = memo_at(&f->beyond, (uint64_t)row << 32 | held, &known);
	if (known)
		return *beyond;
	for (uint32_t n = row_next(f->s->rows, row, 0); n != NONE; n = row_next(f->s->rows, row, n + 1))
		if (!row_has(f->s->rows, held, n))
			rowacc_put(f->acc, n);
	return *beyond = rowacc_take(f->acc);
}

/* All is clean below what releases nothing. */
static void add_freed(struct filler *f, uint32_t v)
{
	const struct acqsets *s = f->s;

	part(f, CLEAN, f->own_freed[v].clean);
	part(f, REL, f->own_freed[v].rel);
	for (uint32_t k = s->first[v]; k < s->first[v + 1]; k++) {
		const struct below *b = &s->below[k];
		unsigned level = f->level - b->cost;
		rowid released;

		if (!leads_out(f, v, b))
			continue;
		released = released_beyond(f, v, b, s->freed[level][b->node].rel);
		part(f, REL, released);
		if (!gives_back(f->p, below_relset(f->p, v, b)))
			part(f, CLEAN, released ? s->freed[level][b->node].clean : s->taken[level][b->node].all);
	}
}

/* A level adds what is behind one more guess: to who calls by one, and to who calls what has changed so. */
static bool may_change(const struct filler *f, uint32_t v)
{
	const struct acqsets *s = f->s;

	if (!f->level)
		return true;
	for (uint32_t k = s->first[v]; k < s->first[v + 1]; k++)
		if (leads_out(f, v, &s->below[k]) && has_changed(f, f->level - s->below[k].cost, s->below[k].node))
			return true;
	return false;
}

static bool component_may_change(const struct filler *f, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		if (may_change(f, f->o->out[i]))
			return true;
	return false;
}

static rowid union_of(struct filler *f, unsigned kind)
{
	return rows_union(f->acc, (rowid *)f->parts[kind]->data, f->parts[kind]->len);
}

static void set_rows(struct filler *f, uint32_t v, struct taken taken, struct freed freed)
{
	struct acqsets *s = f->s;

	s->taken[f->level][v] = taken;
	if (freed.clean || freed.rel)
		s->freed[f->level][v] = freed;
	if (f->level && (memcmp(&taken, &s->taken[f->level - 1][v], sizeof(taken)) || memcmp(&freed, &s->freed[f->level - 1][v], sizeof(freed))))
		f->changed[f->level][v] = true;
}

/*
 * The rows of what releases nothing grow from level to level, so only what is new is added; a clean row may lose something, when
 * what is released is only seen behind a guess.
 */
static void fill_component(struct filler *f, uint32_t from, uint32_t to)
{
	uint32_t first = f->o->out[from];
	bool releases = f->s->releases[f->s->inst[first]], changes;
	struct taken taken;
	struct freed freed = { 0 };

	f->alone = to - from == 1;
	f->few = f->alone && f->s->first[first + 1] - f->s->first[first] <= FEW_PARTS;
	changes = component_may_change(f, from, to);
	if (changes) {
		no_parts(f);
		for (uint32_t i = from; i < to; i++)
			add_taken(f, f->o->out[i], !f->level);
		taken = (struct taken){ union_of(f, ALL), union_of(f, INNER) };
		for (uint32_t i = from; i < to && releases; i++)
			add_freed(f, f->o->out[i]);
		if (releases)
			freed = (struct freed){ union_of(f, CLEAN), union_of(f, REL) };
	} else {
		taken = f->s->taken[f->level - 1][first];
		if (releases)
			freed = f->s->freed[f->level - 1][first];
	}
	for (uint32_t i = from; i < to; i++)
		set_rows(f, f->o->out[i], taken, freed);
}

static void fill_floor(void *arg, unsigned worker, size_t from, size_t to)
{
	struct filler *f = &((struct filler *)arg)[worker];

	for (size_t i = from; i < to; i++) {
		uint32_t c = f->o->turn[f->first + i];

		fill_component(f, f->o->begin[c], f->o->begin[c + 1]);
	}
}

/* @f: a filler per worker.  A floor needs those below it only, so its components are shared out. */
static void fill_level(struct filler *f, unsigned jobs, unsigned level)
{
	struct acqsets *s = f->s;
	const struct order *o = f->o;
	bool *changed = g_new0(bool, s->nnode + 1);

	s->taken[level] = g_new0(struct taken, s->nnode + 1);
	s->freed[level] = g_new0(struct freed, s->nnode + 1);
	for (unsigned i = 0; i < jobs; i++) {
		f[i].level = level;
		f[i].changed[level] = changed;
	}
	for (uint32_t k = 0; k < o->nfloor; k++) {
		for (unsigned i = 0; i < jobs; i++)
			f[i].first = o->floor[k];
		par_for(jobs, o->floor[k + 1] - o->floor[k], 64, fill_floor, f);
	}
}

static void filler_init(struct filler *f, const struct filler *shared)
{
	*f = *shared;
	f->acc = rowacc_new(f->s->rows, ELEM_LIMIT);
	f->seen = g_array_new(FALSE, TRUE, sizeof(uint32_t));
	for (unsigned k = 0; k < NROW; k++)
		f->parts[k] = g_array_new(FALSE, FALSE, sizeof(uint32_t));
}

static void filler_clear(struct filler *f)
{
	rowacc_free(f->acc);
	g_array_free(f->seen, TRUE);
	for (unsigned k = 0; k < NROW; k++)
		g_array_free(f->parts[k], TRUE);
	memo_free(&f->held), memo_free(&f->beyond);
}

static void fill_rows(struct prog *p, struct acqsets *s, const struct order *o)
{
	struct filler shared = { .p = p, .s = s, .o = o, .own_taken = g_new0(struct taken, s->nnode + 1), .own_freed = g_new0(struct freed, s->nnode + 1) };
	struct filler *f = g_new(struct filler, p->jobs);

	for (unsigned i = 0; i < p->jobs; i++)
		filler_init(&f[i], &shared);
	par_for(p->jobs, s->nnode, 1024, find_own, f);
	for (unsigned level = 0; level <= DEPTH; level++)
		fill_level(f, p->jobs, level);
	for (unsigned k = 0; k <= DEPTH; k++)
		g_free(f->changed[k]);
	for (unsigned i = 0; i < p->jobs; i++)
		filler_clear(&f[i]);
	g_free(shared.own_taken), g_free(shared.own_freed);
	g_free(f);
}

void compute_acqsets(struct prog *p, const struct calling *calling)
{
	struct acqsets *s = p->acq = g_new0(struct acqsets, 1);
	struct order o;

	find_nodes(p, s, calling);
	find_calls(p, s);
	find_order(&o, s, p->jobs == 1);
	s->rows = rows_new();
	s->released = g_new0(struct memo, 1);
	fill_rows(p, s, &o);
	rows_forget_unions(s->rows);
	free_order(&o);
}

void free_acqsets(struct acqsets *s)
{
	if (!s)
		return;
	for (unsigned k = 0; k <= DEPTH; k++)
		g_free(s->taken[k]), g_free(s->freed[k]);
	g_free(s->first);
	g_free(s->below);
	g_free(s->acquires), g_free(s->releases);
	g_free(s->inst);
	g_free(s->bit);
	rows_free(s->rows);
	memo_free(s->released);
	g_free(s->released);
	g_free(s);
}

static bool finds_released(struct prog *p, rowid rel, uint32_t cls)
{
	if (row_has(p->acq->rows, rel, cls))
		return true;
	for (uint32_t n = row_next(p->acq->rows, rel, 0); n != NONE; n = row_next(p->acq->rows, rel, n + 1))
		if (releases(p, n, cls))
			return true;
	return false;
}

static bool may_release(struct prog *p, rowid rel, uint32_t cls)
{
	bool known;
	uint32_t *yes = memo_at(p->acq->released, (uint64_t)rel << 32 | cls, &known);

	if (!known)
		*yes = finds_released(p, rel, cls);
	return *yes;
}

/*
 * What @node acquires with the caller's lock @cls still held: all, or where that lock may be released below, what
 * is acquired before anything of the caller's is released.
 */
rowid acquired_under(struct prog *p, uint32_t node, unsigned level, uint32_t cls)
{
	const struct freed *freed = &p->acq->freed[level][node];

	return freed->rel && may_release(p, freed->rel, cls) ? freed->clean : p->acq->taken[level][node].all;
}
