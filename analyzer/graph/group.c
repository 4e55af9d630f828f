/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * group.c - the nodes of acqset.c that acquire the same, for they are made of the same.
 *
 * The calls that cost nothing make small components, whose nodes all acquire the same.  Most components say what another one says, too:
 * other instances of a function, or other entry states, that take the same locks and call what does the same.  The nodes of all of these
 * are one GROUP, and rows are made for groups.
 *
 * A call that costs something may lead to what comes later; that is the same as itself only then, so some groups are kept apart that
 * acquire the same.
 *
 * Requires: the nodes and their calls.  Sets: acqsets.group.
 */
#include <string.h>
#include <xxhash.h>
#include "acqset.h"
#include "memo.h"

#define NONE UINT32_MAX

/* --- components of the calls that cost nothing: Tarjan, iterative --- */

struct order {
	const struct acqsets *s;
	uint32_t *index, *low, *stack, *frame, *at, nstack, nframe, next;
	bool *on;
	uint32_t *out, nout;            /* nodes, callees' components first */
	uint32_t *scc, nscc;            /* node -> component */
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

/* --- what a node acquires and releases itself --- */

enum { ALL, INNER, CLEAN, REL, NROW };

/* A worker. */
struct owner {
	struct prog *p;
	const struct acqsets *s;
	struct taken *taken;            /* [node] */
	struct freed *freed;            /* ... */
	struct rowacc *acc;
	GArray *members[NROW];          /* of the rows of the node at hand */
};

static rowid row_of(struct owner *o, unsigned kind)
{
	const GArray *members = o->members[kind];

	for (guint i = 0; i < members->len; i++)
		rowacc_put(o->acc, g_array_index(members, uint32_t, i));
	return rowacc_take(o->acc);
}

/* Some lock of the callers' has been given back; that none spins (ALL_SPINNING) only the way down asks (descent.c). */
bool gives_back(const struct prog *p, uint32_t relset)
{
	const GArray *a = relset_get(p, relset);

	return relset && g_array_index(a, uint32_t, 0) != ALL_SPINNING;
}

static void put_released(struct owner *o, uint32_t relset)
{
	const GArray *a = relset_get(o->p, relset);

	for (guint i = 0; i < a->len; i++) {
		uint32_t cls = final_of(o->p, g_array_index(a, uint32_t, i));

		if (cls != NONE && cls < o->p->classes->len)
			g_array_append_val(o->members[REL], cls);
	}
}

static void put_acquired(struct owner *o, const struct inst *in, const struct rec_acq *a, unsigned bit)
{
	uint32_t el;

	if (a->trylock || !(a->emask >> bit & 1) || skip_class(o->p, a->l.cls))
		return;
	el = elem_of(final_of(o->p, a->l.cls), reads_recursively(o->p, a->mode, point_at(bit, a->irq, a->bh)), a->nested);
	g_array_append_val(o->members[ALL], el);
	if (!gives_back(o->p, a->relset))
		g_array_append_val(o->members[CLEAN], el);
	if (!holds_any(in, a->held0, a->nheld))
		g_array_append_val(o->members[INNER], el);
	put_released(o, a->relset);
}

static void find_own_of(struct owner *o, uint32_t v)
{
	const struct acqsets *s = o->s;
	const struct inst *in = inst_at(o->p, s->inst[v]);

	for (unsigned k = 0; k < NROW; k++)
		g_array_set_size(o->members[k], 0);
	for (guint i = 0; i < in->acqs->len; i++)
		put_acquired(o, in, &g_array_index(in->acqs, struct rec_acq, i), s->bit[v]);
	o->taken[v] = (struct taken){ row_of(o, ALL), row_of(o, INNER) };
	if (!s->releases[s->inst[v]])
		return;
	for (uint32_t k = s->first[v]; k < s->first[v + 1]; k++)
		put_released(o, below_relset(o->p, v, &s->below[k]));
	o->freed[v] = (struct freed){ row_of(o, CLEAN), row_of(o, REL) };
}

static void find_own(void *arg, unsigned worker, size_t from, size_t to)
{
	struct owner *o = &((struct owner *)arg)[worker];

	for (size_t v = from; v < to; v++)
		find_own_of(o, (uint32_t)v);
}

static void find_all_own(struct prog *p, const struct acqsets *s, struct taken *taken, struct freed *freed)
{
	struct owner *o = g_new(struct owner, p->jobs);

	for (unsigned i = 0; i < p->jobs; i++) {
		o[i] = (struct owner){ .p = p, .s = s, .taken = taken, .freed = freed, .acc = rowacc_new(s->rows, ELEM_LIMIT) };
		for (unsigned k = 0; k < NROW; k++)
			o[i].members[k] = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	}
	par_for(p->jobs, s->nnode, 1024, find_own, o);
	for (unsigned i = 0; i < p->jobs; i++) {
		rowacc_free(o[i].acc);
		for (unsigned k = 0; k < NROW; k++)
			g_array_free(o[i].members[k], TRUE);
	}
	g_free(o);
}

/* --- groups --- */

#define ITSELF (NONE - 1)       /* in place of a lead's group: the one at hand */
#define LATER UINT32_C(0x80000000)      /* a node whose group is not known yet: unlike all groups */

struct maker {
	struct prog *p;
	struct acqsets *s;
	const struct order *o;
	struct groups *g;
	struct taken *taken;            /* [node]: its own */
	struct freed *freed;
	struct rowacc *acc;
	struct memo held;               /* locks held at a call -> row of their classes */
	GArray *leads, *parts;          /* of the component at hand; rowid: scratch */
	uint32_t *slot, slots;          /* groups by what they are: number + 1 */
	uint64_t *hash;                 /* [group] */
};

/* Final classes of the locks that are held at a call, as a row; instances share what they hold. */
static rowid held_row(struct maker *m, const struct inst *in, const struct rec_call *c)
{
	const struct held *h = &g_array_index(in->heldv, struct held, c->held0);
	bool known;
	uint32_t *row = memo_at(&m->held, (uint64_t)(uintptr_t)h << 4 | c->nheld, &known);

	_Static_assert(MAX_HELD < 16, "a call's locks have a key");
	if (known)
		return *row;
	for (uint32_t i = 0; i < c->nheld; i++) {
		uint32_t cls = final_of(m->p, h[i].l.cls);

		if (cls < m->p->classes->len)
			rowacc_put(m->acc, cls);
	}
	return *row = rowacc_take(m->acc);
}

/* Call @b of node @v, in component @c. */
static void add_lead(struct maker *m, uint32_t v, uint32_t c, const struct below *b)
{
	uint32_t to = m->o->scc[b->node];
	struct lead l = { .group = to < c ? m->s->group[b->node] : to == c ? ITSELF : LATER | b->node, .cost = b->cost & 3u, .under = b->under };

	if (to == c && !b->cost)
		return;
	if (b->held) {
		const struct inst *in = inst_at(m->p, m->s->inst[v]);
		rowid held = held_row(m, in, &g_array_index(in->calls, struct rec_call, b->call));

		if (held >> 28)
			sd_die("more rows than a call of a group can name");
		l.held = held & 0xfffffff;
	}
	l.gives_back = gives_back(m->p, below_relset(m->p, v, b));
	g_array_append_val(m->leads, l);
}

static int by_group(const void *x, const void *y)
{
	const struct lead *a = x, *b = y;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->held != b->held)
		return a->held < b->held ? -1 : 1;
	if (a->cost != b->cost)
		return a->cost < b->cost ? -1 : 1;
	if (a->gives_back != b->gives_back)
		return a->gives_back < b->gives_back ? -1 : 1;
	return (int)a->under - (int)b->under;
}

#define FEW 16          /* leads that are sooner sorted in place */

static void sort_leads(struct lead *l, guint n)
{
	if (n > FEW) {
		qsort(l, n, sizeof(*l), by_group);
		return;
	}
	for (guint i = 1; i < n; i++) {
		struct lead at = l[i];
		guint k = i;

		for (; k && by_group(&l[k - 1], &at) > 0; k--)
			l[k] = l[k - 1];
		l[k] = at;
	}
}

/* Of two that differ in @under alone the one under a lock says nothing more. */
static bool says_more(const struct lead *l, const struct lead *before)
{
	return l->group != before->group || l->held != before->held || l->cost != before->cost || l->gives_back != before->gives_back;
}

static void unite_leads(GArray *leads)
{
	struct lead *l = (struct lead *)(void *)leads->data;
	guint n = 0;

	sort_leads(l, leads->len);
	for (guint i = 0; i < leads->len; i++)
		if (!n || says_more(&l[i], &l[n - 1]))
			l[n++] = l[i];
	g_array_set_size(leads, n);
}

/* A row of each of the component's nodes, together; @at: where the first node's is. */
static rowid union_of(struct maker *m, const uint32_t *node, uint32_t n, const rowid *at, size_t size)
{
	if (n == 1)
		return *(const rowid *)(const void *)((const char *)at + node[0] * size);
	g_array_set_size(m->parts, 0);
	for (uint32_t i = 0; i < n; i++)
		g_array_append_vals(m->parts, (const char *)at + node[i] * size, 1);
	return rows_union(m->acc, (rowid *)(void *)m->parts->data, n);
}

static struct group describe(struct maker *m, const uint32_t *node, uint32_t n, uint32_t c)
{
	struct group k = { .first = m->g->leads->len, .releases = m->s->releases[m->s->inst[node[0]]] };

	k.taken.all = union_of(m, node, n, &m->taken->all, sizeof(*m->taken));
	k.taken.inner = union_of(m, node, n, &m->taken->inner, sizeof(*m->taken));
	if (k.releases) {
		k.freed.clean = union_of(m, node, n, &m->freed->clean, sizeof(*m->freed));
		k.freed.rel = union_of(m, node, n, &m->freed->rel, sizeof(*m->freed));
	}
	g_array_set_size(m->leads, 0);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t b = m->s->first[node[i]]; b < m->s->first[node[i] + 1]; b++)
			add_lead(m, node[i], c, &m->s->below[b]);
	unite_leads(m->leads);
	return k;
}

static uint64_t hash_of(const struct maker *m, const struct group *k)
{
	const uint32_t own[] = { k->taken.all, k->taken.inner, k->freed.clean, k->freed.rel, k->releases };

	return XXH3_64bits_withSeed(m->leads->data, m->leads->len * sizeof(struct lead), XXH3_64bits(own, sizeof(own)));
}

/* Is @k, with the leads at hand, what group @i is? */
static bool is_same(const struct maker *m, const struct group *k, uint32_t i)
{
	const struct group *o = &g_array_index(m->g->all, struct group, i);
	uint32_t end = i + 1 < m->g->all->len ? g_array_index(m->g->all, struct group, i + 1).first : m->g->leads->len, n = end - o->first;

	return n == m->leads->len && k->releases == o->releases && !memcmp(&k->taken, &o->taken, sizeof(k->taken)) &&
	       !memcmp(&k->freed, &o->freed, sizeof(k->freed)) && (!n || !memcmp(m->leads->data, lead_at(m->g, o->first), n * sizeof(struct lead)));
}

static void grow_slots(struct maker *m)
{
	g_free(m->slot);
	m->slots = m->slots ? m->slots * 2 : 1u << 12;
	m->slot = g_new0(uint32_t, m->slots);
	m->hash = g_renew(uint64_t, m->hash, m->slots / 2);
	for (uint32_t i = 0; i < m->g->all->len; i++) {
		uint32_t at = (uint32_t)m->hash[i] & (m->slots - 1);

		while (m->slot[at])
			at = (at + 1) & (m->slots - 1);
		m->slot[at] = i + 1;
	}
}

static uint32_t number_of(struct maker *m, const struct group *k)
{
	uint64_t hash = hash_of(m, k);
	uint32_t at;

	if (m->g->all->len * 2 >= m->slots)
		grow_slots(m);
	for (at = (uint32_t)hash & (m->slots - 1); m->slot[at]; at = (at + 1) & (m->slots - 1))
		if (m->hash[m->slot[at] - 1] == hash && is_same(m, k, m->slot[at] - 1))
			return m->slot[at] - 1;
	m->hash[m->g->all->len] = hash;
	g_array_append_val(m->g->all, *k);
	g_array_append_vals(m->g->leads, m->leads->data, m->leads->len);
	return (m->slot[at] = m->g->all->len) - 1;
}

/* Component after component, as they were found: those that it calls without cost come before it. */
static void make_groups(struct maker *m)
{
	const struct order *o = m->o;

	for (uint32_t from = 0, to; from < o->nout; from = to) {
		struct group k;
		uint32_t group;

		for (to = from + 1; to < o->nout && o->scc[o->out[to]] == o->scc[o->out[from]]; to++)
			;
		k = describe(m, o->out + from, to - from, o->scc[o->out[from]]);
		group = number_of(m, &k);
		for (uint32_t i = from; i < to; i++)
			m->s->group[o->out[i]] = group;
	}
}

/* All groups are known: where leads that cost something go is, too. */
static void settle_leads(struct maker *m)
{
	struct groups *g = m->g;
	struct group end = { .first = g->leads->len };

	g_array_append_val(g->all, end);
	for (uint32_t k = 0; k < groups_count(g); k++)
		for (uint32_t i = group_at(g, k)->first; i < group_at(g, k + 1)->first; i++) {
			struct lead *l = &g_array_index(g->leads, struct lead, i);

			if (l->group == ITSELF)
				l->group = k;
			else if (l->group & LATER)
				l->group = m->s->group[l->group & ~LATER];
		}
}

void find_groups(struct prog *p, struct acqsets *s, struct groups *g)
{
	struct order o = { .s = s, .out = g_new(uint32_t, s->nnode + 1), .scc = g_new(uint32_t, s->nnode + 1) };
	struct maker m = { .p = p, .s = s, .o = &o, .g = g, .taken = g_new0(struct taken, s->nnode + 1), .freed = g_new0(struct freed, s->nnode + 1),
			   .acc = rowacc_new(s->rows, ELEM_LIMIT), .leads = g_array_new(FALSE, FALSE, sizeof(struct lead)),
			   .parts = g_array_new(FALSE, FALSE, sizeof(rowid)) };

	*g = (struct groups){ g_array_new(FALSE, FALSE, sizeof(struct group)), g_array_new(FALSE, FALSE, sizeof(struct lead)) };
	s->group = g_new(uint32_t, s->nnode + 1);
	find_components(&o);
	find_all_own(p, s, m.taken, m.freed);
	make_groups(&m);
	settle_leads(&m);
	rowacc_free(m.acc);
	memo_free(&m.held);
	g_array_free(m.leads, TRUE), g_array_free(m.parts, TRUE);
	g_free(m.slot), g_free(m.hash), g_free(m.taken), g_free(m.freed);
	g_free(o.out), g_free(o.scc);
}

void free_groups(struct groups *g)
{
	g_array_free(g->all, TRUE), g_array_free(g->leads, TRUE);
}
