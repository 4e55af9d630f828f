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
 * lead to levels that are done: the components of all calls together are a third of the kernel.  Rows are made for groups of nodes that
 * are made of the same (group.c).
 *
 * Requires: contexts, classes.  Sets: prog.acq.
 */
#include <string.h>
#include "acqset.h"
#include "memo.h"

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

/* Which call a way is, hardly anybody asks: it is found again then. */
static void keep_ways(struct acqsets *s)
{
	uint32_t n = s->first[s->nnode];

	if (s->nnode >> 29)
		sd_die("more nodes than a way can name");
	s->ways = (struct way *)(void *)s->below;       /* in place: each is half as long */
	for (uint32_t i = 0; i < n; i++) {
		struct below b = s->below[i];
		struct way way = { .node = b.node & 0x1fffffff, .cost = b.cost, .released = b.released };

		memcpy(&s->ways[i], &way, sizeof(way));
	}
	s->ways = g_renew(struct way, s->ways, (size_t)n + 1);
	s->below = NULL;
}

struct below call_of_way(struct prog *p, uint32_t node, uint32_t way)
{
	GArray *calls = g_array_new(FALSE, FALSE, sizeof(struct found));
	struct below b;

	list_calls(p, p->acq, node, calls);
	b = g_array_index(calls, struct found, way - p->acq->first[node]).b;
	g_array_free(calls, TRUE);
	return b;
}

/* --- rows --- */

enum { ALL, INNER, CLEAN, REL, NROW };

/* Groups, from the lowest floor up: those on one floor call none of it without cost, and else what is on lower ones only. */
struct floors { uint32_t *turn, *first, n; };   /* floor k: turn[first[k]] to turn[first[k + 1] - 1] */

/* A worker: its own scratch, and what all share. */
struct filler {
	struct prog *p;
	struct acqsets *s;
	const struct groups *g;
	const struct floors *floors;
	bool *changed[DEPTH + 1];       /* [group]: its rows at this level are not those of the level before */
	unsigned level;
	struct rowacc *acc;
	GArray *parts[NROW];            /* rowid: what a group's rows are made of */
	GArray *seen;                   /* [row]: the group that it was last a part of, by its serial number, and bits of NROW as what */
	uint32_t serial;
	struct memo beyond;             /* row << 32 | those held -> the row without them */
	uint32_t first;                 /* of the floor at hand: its groups begin at floors->turn[first] */
	bool few;                       /* the group at hand has so few leads that parts are sooner sorted than marked as seen */
};

static uint32_t floor_of(const struct groups *g, const uint32_t *floor, uint32_t k)
{
	uint32_t above = 0;

	for (uint32_t i = group_at(g, k)->first; i < group_at(g, k + 1)->first; i++)
		if (!lead_at(g, i)->cost)
			above = MAX(above, floor[lead_at(g, i)->group] + 1);
	return above;
}

/* One worker alone takes them as they were found, all on one floor: what lies close to each other is made close to each other then. */
static void find_floors(struct floors *f, const struct groups *g, bool alone)
{
	uint32_t n = groups_count(g), *floor = g_new(uint32_t, n + 1);

	*f = (struct floors){ .turn = g_new(uint32_t, n + 1) };
	for (uint32_t k = 0; k < n; k++) {
		floor[k] = alone ? 0 : floor_of(g, floor, k);
		f->n = MAX(f->n, floor[k] + 1);
	}
	f->first = g_new0(uint32_t, f->n + 3);
	for (uint32_t k = 0; k < n; k++)
		f->first[floor[k] + 2]++;
	for (uint32_t k = 0; k < f->n; k++)
		f->first[k + 2] += f->first[k + 1];
	for (uint32_t k = 0; k < n; k++)
		f->turn[f->first[floor[k] + 1]++] = k;
	g_free(floor);
}

static bool has_changed(const struct filler *f, unsigned level, uint32_t group)
{
	return !level || f->changed[level][group];
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

static void no_parts(struct filler *f)
{
	if (f->serial++ == LAST_SERIAL) {
		g_array_set_size(f->seen, 0);
		f->serial = 1;
	}
	for (unsigned k = 0; k < NROW; k++)
		g_array_set_size(f->parts[k], 0);
}

static void add_taken(struct filler *f, uint32_t k)
{
	const struct taken *taken = f->level ? &f->s->taken[f->level - 1][k] : &group_at(f->g, k)->taken;

	part(f, ALL, taken->all);
	part(f, INNER, taken->inner);
	for (uint32_t i = group_at(f->g, k)->first; i < group_at(f->g, k + 1)->first; i++) {
		const struct lead *l = lead_at(f->g, i);

		if (l->cost > f->level || (f->level && !has_changed(f, f->level - l->cost, l->group)))
			continue;
		taken = &f->s->taken[f->level - l->cost][l->group];
		part(f, ALL, taken->all);
		if (!l->under)
			part(f, INNER, taken->inner);
	}
}

/* What is held at the call itself is what the callee releases then, and not a lock of our caller's. */
static rowid released_beyond(struct filler *f, const struct lead *l, rowid row)
{
	uint32_t *beyond;
	bool known;

	if (!row || !l->held)
		return row;
	beyond = memo_at(&f->beyond, (uint64_t)row << 32 | l->held, &known);
	if (known)
		return *beyond;
	for (uint32_t n = row_next(f->s->rows, row, 0); n != NONE; n = row_next(f->s->rows, row, n + 1))
		if (!row_has(f->s->rows, l->held, n))
			rowacc_put(f->acc, n);
	return *beyond = rowacc_take(f->acc);
}

/* All is clean below what releases nothing. */
static void add_freed(struct filler *f, uint32_t k)
{
	const struct acqsets *s = f->s;

	part(f, CLEAN, group_at(f->g, k)->freed.clean);
	part(f, REL, group_at(f->g, k)->freed.rel);
	for (uint32_t i = group_at(f->g, k)->first; i < group_at(f->g, k + 1)->first; i++) {
		const struct lead *l = lead_at(f->g, i);
		unsigned level = f->level - l->cost;
		rowid released;

		if (l->cost > f->level)
			continue;
		released = released_beyond(f, l, s->freed[level][l->group].rel);
		part(f, REL, released);
		if (!l->gives_back)
			part(f, CLEAN, released ? s->freed[level][l->group].clean : s->taken[level][l->group].all);
	}
}

/* A level adds what is behind one more guess: to who calls by one, and to who calls what has changed so. */
static bool may_change(const struct filler *f, uint32_t k)
{
	if (!f->level)
		return true;
	for (uint32_t i = group_at(f->g, k)->first; i < group_at(f->g, k + 1)->first; i++) {
		const struct lead *l = lead_at(f->g, i);

		if (l->cost <= f->level && has_changed(f, f->level - l->cost, l->group))
			return true;
	}
	return false;
}

static rowid union_of(struct filler *f, unsigned kind)
{
	return rows_union(f->acc, (rowid *)f->parts[kind]->data, f->parts[kind]->len);
}

static void set_rows(struct filler *f, uint32_t k, struct taken taken, struct freed freed)
{
	struct acqsets *s = f->s;

	s->taken[f->level][k] = taken;
	if (freed.clean || freed.rel)
		s->freed[f->level][k] = freed;
	if (f->level && (memcmp(&taken, &s->taken[f->level - 1][k], sizeof(taken)) || memcmp(&freed, &s->freed[f->level - 1][k], sizeof(freed))))
		f->changed[f->level][k] = true;
}

/*
 * The rows of what releases nothing grow from level to level, so only what is new is added; a clean row may lose something, when
 * what is released is only seen behind a guess.
 */
static void fill_group(struct filler *f, uint32_t k)
{
	bool releases = group_at(f->g, k)->releases;
	struct freed freed = { 0 };
	struct taken taken;

	if (!may_change(f, k)) {
		set_rows(f, k, f->s->taken[f->level - 1][k], releases ? f->s->freed[f->level - 1][k] : freed);
		return;
	}
	f->few = group_at(f->g, k + 1)->first - group_at(f->g, k)->first <= FEW_PARTS;
	no_parts(f);
	add_taken(f, k);
	taken = (struct taken){ union_of(f, ALL), union_of(f, INNER) };
	if (releases) {
		add_freed(f, k);
		freed = (struct freed){ union_of(f, CLEAN), union_of(f, REL) };
	}
	set_rows(f, k, taken, freed);
}

static void fill_floor(void *arg, unsigned worker, size_t from, size_t to)
{
	struct filler *f = &((struct filler *)arg)[worker];

	for (size_t i = from; i < to; i++)
		fill_group(f, f->floors->turn[f->first + i]);
}

/* @f: a filler per worker.  A floor needs those below it only, so its groups are shared out. */
static void fill_level(struct filler *f, unsigned jobs, unsigned level)
{
	struct acqsets *s = f->s;
	const struct floors *floors = f->floors;
	uint32_t n = groups_count(f->g) + 1;
	bool *changed = g_new0(bool, n);

	s->taken[level] = g_new0(struct taken, n);
	s->freed[level] = g_new0(struct freed, n);
	for (unsigned i = 0; i < jobs; i++) {
		f[i].level = level;
		f[i].changed[level] = changed;
	}
	for (uint32_t k = 0; k < floors->n; k++) {
		for (unsigned i = 0; i < jobs; i++)
			f[i].first = floors->first[k];
		par_for(jobs, floors->first[k + 1] - floors->first[k], 64, fill_floor, f);
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
	memo_free(&f->beyond);
}

static void fill_rows(struct prog *p, struct acqsets *s, const struct groups *g)
{
	struct floors floors;
	struct filler shared = { .p = p, .s = s, .g = g, .floors = &floors }, *f = g_new(struct filler, p->jobs);

	find_floors(&floors, g, p->jobs == 1);
	for (unsigned i = 0; i < p->jobs; i++)
		filler_init(&f[i], &shared);
	for (unsigned level = 0; level <= DEPTH; level++) {
		fill_level(f, p->jobs, level);
		rows_forget_unions(s->rows);    /* of hundreds of MB, and the next level asks others */
	}
	for (unsigned k = 0; k <= DEPTH; k++)
		g_free(f->changed[k]);
	for (unsigned i = 0; i < p->jobs; i++)
		filler_clear(&f[i]);
	g_free(floors.turn), g_free(floors.first);
	g_free(f);
}

void compute_acqsets(struct prog *p, const struct calling *calling)
{
	struct acqsets *s = p->acq = g_new0(struct acqsets, 1);
	struct groups g;

	find_nodes(p, s, calling);
	find_calls(p, s);
	s->rows = rows_new();
	s->released = g_new0(struct memo, 1);
	find_groups(p, s, &g);
	keep_ways(s);
	fill_rows(p, s, &g);
	free_groups(&g);
}

void free_acqsets(struct acqsets *s)
{
	if (!s)
		return;
	for (unsigned k = 0; k <= DEPTH; k++)
		g_free(s->taken[k]), g_free(s->freed[k]);
	g_free(s->acquires), g_free(s->releases);
	g_free(s->ways), g_free(s->first);
	g_free(s->inst), g_free(s->group);
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
 * What a node of @group acquires with the caller's lock @cls still held: all, or where that lock may be released below, what
 * is acquired before anything of the caller's is released.
 */
rowid acquired_under(struct prog *p, uint32_t group, unsigned level, uint32_t cls)
{
	const struct freed *freed = &p->acq->freed[level][group];

	return freed->rel && may_release(p, freed->rel, cls) ? freed->clean : p->acq->taken[level][group].all;
}
