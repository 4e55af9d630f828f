/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check.c - findings: what lockdep would print, from usage bits and strong paths.
 *
 * lockdep-design.rst, "Single-lock state rules" and "Multi-lock dependency rules"; lockdep.c,
 * check_irq_usage(), check_noncircular(), check_deadlock().  One finding per (kind, irq, class pair).
 */
#include <string.h>
#include <xxhash.h>
#include "model.h"

static const struct irq_kind { const char *name, *NAME; uint8_t in_w, in_r, on_w, on_r; } irq_kinds[] = {
	{ "hardirq", "HARDIRQ", SD_U_IN_HARDIRQ_W, SD_U_IN_HARDIRQ_R, SD_U_HARDIRQ_ON_W, SD_U_HARDIRQ_ON_R },
	{ "softirq", "SOFTIRQ", SD_U_IN_SOFTIRQ_W, SD_U_IN_SOFTIRQ_R, SD_U_SOFTIRQ_ON_W, SD_U_SOFTIRQ_ON_R },
};

bool has_usage(struct checker *c, uint32_t cls, unsigned bit)
{
	return class_at(c->p, cls)->usage >> bit & 1;
}

const char *lock_name(struct checker *c, uint32_t cls)
{
	const struct sd_class *k = &c->r->classes[cls];

	return *k->lockdep_name ? k->lockdep_name : k->name;
}

static struct sd_witness *usage_wit(struct checker *c, uint32_t cls, unsigned bit)
{
	return c->r->classes[cls].wit[bit];
}

void add_wit(struct checker *c, struct sd_finding *f, struct sd_witness *w)
{
	struct sd_witness **v = sd_arena_alloc(c->a, (f->nwit + 1) * sizeof(struct sd_witness *));

	if (!w)
		return;
	if (f->nwit)
		memcpy(v, f->wit, f->nwit * sizeof(*v));
	v[f->nwit++] = w;
	f->wit = v;
}

/* --- rank --- */

/*
 * High: every witness starts at a known entry, no pointer on the way has more than a few targets, and
 * no class is known by its type alone.  Low: a context is unknown or a pointer is very wide.
 */
static void rank(struct checker *c, struct sd_finding *f)
{
	unsigned indirect = 0, targets = 0, longest = 0;
	bool proved = true, exact = true;

	for (size_t i = 0; i < f->nwit; i++) {
		indirect += f->wit[i]->indirect;
		targets = MAX(targets, f->wit[i]->targets);
		longest = MAX(longest, (unsigned)f->wit[i]->nsteps);
		proved &= f->wit[i]->proved;
	}
	for (size_t i = 0; i < f->nchain; i++)
		exact &= !c->r->classes[f->chain[i]].by_type_only;
	if (!proved || targets > 16 || indirect > 6 || f->uncertain)
		f->rank = SD_RANK_LOW;
	else if (!exact || targets > 4 || indirect > 4 || longest > 14)
		f->rank = SD_RANK_MEDIUM;
	else
		f->rank = SD_RANK_HIGH;
	f->rank_reason = sd_arena_printf(c->a, "%s; %u indirect call%s, at most %u target%s; %s",
					 proved ? "every context known" : "rests on an unknown context", indirect,
					 indirect == 1 ? "" : "s", targets, targets == 1 ? "" : "s",
					 f->uncertain ? "paths or objects that may not be as they look" :
					 exact ? "classes exact" : "a class is known by its type alone");
}

static void fingerprint(struct checker *c, struct sd_finding *f)
{
	GString *s = g_string_new(sd_finding_kind_name[f->kind]);

	g_string_append_printf(s, "|%s", f->irq);
	for (size_t i = 0; i < f->nchain; i++)
		g_string_append_printf(s, "|%s", c->r->classes[f->chain[i]].name);
	for (size_t i = 0; i < f->nwit; i++)
		if (f->wit[i]->nsteps)
			g_string_append_printf(s, "|%s", f->wit[i]->steps[0].function);
	f->fingerprint = sd_arena_printf(c->a, "%016llx", (unsigned long long)XXH64(s->str, s->len, 0));
	g_string_free(s, TRUE);
}

void keep_finding(struct checker *c, struct sd_finding *f)
{
	rank(c, f);
	fingerprint(c, f);
	g_array_append_val(c->out, *f);
}

void set_chain(struct checker *c, struct sd_finding *f, uint32_t first, const struct path *path)
{
	f->nchain = path ? path->n + 1u : 1;
	f->chain = sd_arena_alloc(c->a, f->nchain * sizeof(*f->chain));
	f->chain[0] = first;
	if (!path)
		return;
	f->deps = sd_arena_alloc(c->a, (path->n + 1) * sizeof(*f->deps));
	f->kind_bit = sd_arena_alloc(c->a, path->n + 1);
	for (uint32_t i = 0; i < path->n; i++) {
		f->chain[i + 1] = g_array_index(c->g->edges, struct edge, path->edge[i]).to;
		f->deps[i] = path->edge[i];
		f->kind_bit[i] = path->kind[i];
	}
}

static void add_dep_wits(struct checker *c, struct sd_finding *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_wit(c, f, c->r->deps[f->deps[i]].wit[f->kind_bit[i]]);
}

/* --- one class, both ways --- */

static void inconsistent(struct checker *c, uint32_t cls, const struct irq_kind *k)
{
	struct sd_finding f = { .kind = SD_K_INCONSISTENT, .irq = k->name };

	if (is_sleeping_lock(&c->r->classes[cls]))
		return;
	if (has_usage(c, cls, k->in_w) && (has_usage(c, cls, k->on_w) || has_usage(c, cls, k->on_r))) {
		f.safe_bit = k->in_w;
		f.unsafe_bit = has_usage(c, cls, k->on_w) ? k->on_w : k->on_r;
	} else if (has_usage(c, cls, k->in_r) && has_usage(c, cls, k->on_w)) {
		f.safe_bit = k->in_r;
		f.unsafe_bit = k->on_w;
	} else {
		return;                 /* readers never wait for readers in interrupt */
	}
	set_chain(c, &f, cls, NULL);
	add_wit(c, &f, usage_wit(c, cls, f.safe_bit));
	add_wit(c, &f, usage_wit(c, cls, f.unsafe_bit));
	f.title = sd_arena_printf(c->a, "inconsistent lock state: %s: {%s} and {%s}", lock_name(c, cls),
				  sd_usage_name[f.safe_bit], sd_usage_name[f.unsafe_bit]);
	keep_finding(c, &f);
}

/* --- safe -> unsafe --- */

static struct path *inversion_path(struct checker *c, uint32_t from, uint32_t to, const struct irq_kind *k, struct sd_finding *f)
{
	static const bool try_read[] = { false, true };

	for (unsigned s = 0; s < 2; s++)
		for (unsigned t = 0; t < 2; t++) {
			uint8_t in = try_read[s] ? k->in_r : k->in_w, on = try_read[t] ? k->on_r : k->on_w;
			struct path *path;

			if (!has_usage(c, from, in) || !has_usage(c, to, on))
				continue;
			path = strong_path(c->g, c->n, from, try_read[s], to, try_read[t], c->a);
			if (path) {
				f->safe_bit = in;
				f->unsafe_bit = on;
				return path;
			}
		}
	return NULL;
}

static void inversion(struct checker *c, uint32_t from, uint32_t to, const struct irq_kind *k)
{
	struct sd_finding f = { .kind = SD_K_IRQ_INVERSION, .irq = k->name };
	struct path *path = inversion_path(c, from, to, k, &f);

	if (!path)
		return;
	set_chain(c, &f, from, path);
	for (size_t i = 0; i < f.nchain; i++)
		if (is_sleeping_lock(&c->r->classes[f.chain[i]]))
			return;         /* taking it there is a finding by itself: check_state.c */
	add_wit(c, &f, usage_wit(c, from, f.safe_bit));
	add_wit(c, &f, usage_wit(c, to, f.unsafe_bit));
	add_dep_wits(c, &f, path->n);
	f.title = sd_arena_printf(c->a, "%s-safe -> %s-unsafe lock order detected: %s -> %s", k->NAME, k->NAME,
				  lock_name(c, from), lock_name(c, to));
	keep_finding(c, &f);
}

/* Classes reachable from @from over any edges: only these need a path search. */
static void reach(struct checker *c, uint32_t from, bool *seen, uint32_t *queue)
{
	uint32_t head = 0, tail = 0;

	memset(seen, 0, c->n);
	queue[tail++] = from;
	while (head < tail) {
		uint32_t v = queue[head++];

		for (uint32_t i = c->g->first[v]; i < c->g->first[v + 1]; i++) {
			uint32_t w = g_array_index(c->g->edges, struct edge, i).to;

			if (!seen[w]) {
				seen[w] = true;
				queue[tail++] = w;
			}
		}
	}
}

static void inversions(struct checker *c, const struct irq_kind *k)
{
	bool *seen = g_new0(bool, c->n + 1);
	uint32_t *queue = g_new(uint32_t, c->n + 1);

	for (uint32_t a = 0; a < c->n; a++) {
		if (!has_usage(c, a, k->in_w) && !has_usage(c, a, k->in_r))
			continue;
		reach(c, a, seen, queue);
		for (uint32_t b = 0; b < c->n; b++)
			if (a != b && seen[b] && (has_usage(c, b, k->on_w) || has_usage(c, b, k->on_r)))
				inversion(c, a, b, k);
	}
	g_free(seen);
	g_free(queue);
}

/* A pair whose path runs through a safe class that makes a finding with the same end says nothing new: one mends both. */
static bool covered(struct checker *c, const struct sd_finding *f)
{
	for (size_t m = 1; m + 1 < f->nchain; m++)
		for (guint i = 0; i < c->out->len; i++) {
			const struct sd_finding *o = &g_array_index(c->out, struct sd_finding, i);
			uint32_t oa = o->chain[0], ob = o->chain[o->nchain - 1];

			if (o == f || o->kind != SD_K_IRQ_INVERSION || strcmp(o->irq, f->irq))
				continue;
			if (oa == f->chain[m] && ob == f->chain[f->nchain - 1] && o->rank <= f->rank)
				return true;
		}
	return false;
}

static void drop_covered(struct checker *c)
{
	GArray *left = g_array_new(FALSE, FALSE, sizeof(struct sd_finding));

	for (guint i = 0; i < c->out->len; i++) {
		struct sd_finding *f = &g_array_index(c->out, struct sd_finding, i);

		if (f->kind != SD_K_IRQ_INVERSION || !covered(c, f))
			g_array_append_val(left, *f);
	}
	g_array_free(c->out, TRUE);
	c->out = left;
}

/* --- circles --- */

/* All dependencies of the circle were seen under one lock of a variable only: no two of them at once. */
static bool gated(struct checker *c, const struct sd_finding *f)
{
	const struct edge *first = &g_array_index(c->g->edges, struct edge, f->deps[0]);

	for (uint8_t g = 0; g < first->ngate; g++) {
		size_t with = 1;

		for (size_t i = 1; i < f->nchain; i++) {
			const struct edge *e = &g_array_index(c->g->edges, struct edge, f->deps[i]);

			for (uint8_t k = 0; k < e->ngate; k++)
				with += e->gate[k] == first->gate[g];
		}
		if (with == f->nchain)
			return true;
	}
	return false;
}

/* @e closes a circle when there is a strong path back that stays strong over both joints. */
static void circular(struct checker *c, uint32_t ei, GHashTable *seen)
{
	const struct edge *e = &g_array_index(c->g->edges, struct edge, ei);
	struct sd_finding f = { .kind = SD_K_CIRCULAR, .irq = "" };
	GString *key;
	GArray *sorted;
	struct path *path = NULL;
	unsigned k;

	for (k = 4; k-- > 0 && !path; )
		if (e->kinds >> k & 1)
			path = strong_path(c->g, c->n, e->to, !(k & 2), e->from, !(k & 1), c->a);
	if (!path)
		return;
	k++;
	set_chain(c, &f, e->from, NULL);
	f.nchain = path->n + 1u;
	f.chain = sd_arena_alloc(c->a, f.nchain * sizeof(*f.chain));
	f.deps = sd_arena_alloc(c->a, f.nchain * sizeof(*f.deps));
	f.kind_bit = sd_arena_alloc(c->a, f.nchain);
	f.chain[0] = e->from, f.deps[0] = ei, f.kind_bit[0] = (uint8_t)k;
	for (uint32_t i = 0; i < path->n; i++) {
		f.chain[i + 1] = g_array_index(c->g->edges, struct edge, path->edge[i]).from;
		f.deps[i + 1] = path->edge[i];
		f.kind_bit[i + 1] = path->kind[i];
	}
	sorted = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	g_array_append_vals(sorted, f.chain, (guint)f.nchain);
	for (guint i = 0; i < sorted->len; i++)         /* a circle is its set of classes */
		for (guint j = i + 1; j < sorted->len; j++)
			if (g_array_index(sorted, uint32_t, j) < g_array_index(sorted, uint32_t, i)) {
				uint32_t x = g_array_index(sorted, uint32_t, i);

				g_array_index(sorted, uint32_t, i) = g_array_index(sorted, uint32_t, j);
				g_array_index(sorted, uint32_t, j) = x;
			}
	key = g_string_new(NULL);
	for (guint i = 0; i < sorted->len; i++)
		g_string_append_printf(key, "%u,", g_array_index(sorted, uint32_t, i));
	g_array_free(sorted, TRUE);
	if (!g_hash_table_add(seen, g_string_free(key, FALSE)) || gated(c, &f))
		return;
	add_dep_wits(c, &f, f.nchain);
	f.title = sd_arena_printf(c->a, "possible circular locking dependency detected: %s -> %s", lock_name(c, f.chain[0]),
				  lock_name(c, f.chain[1]));
	keep_finding(c, &f);
}

static void circles(struct checker *c)
{
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	bool *reached = g_new0(bool, c->n + 1);
	uint32_t *queue = g_new(uint32_t, c->n + 1);

	for (uint32_t to = 0; to < c->n; to++) {        /* edges that start in what their target reaches */
		bool done = false;

		for (uint32_t i = 0; i < c->g->edges->len; i++) {
			const struct edge *e = &g_array_index(c->g->edges, struct edge, i);

			if (e->to != to)
				continue;
			if (!done)
				reach(c, to, reached, queue);
			done = true;
			if (reached[e->from])
				circular(c, i, seen);
		}
	}
	g_free(reached);
	g_free(queue);
	g_hash_table_destroy(seen);
}

/* --- the same lock twice --- */

/* A recursive read under a read lock: lockdep.c, check_deadlock(). */
static bool may_nest(struct checker *c, const struct inst *in, uint8_t held, uint8_t taken)
{
	return held != M_W && (taken == M_R || (taken == M_CTX && reader_kinds(c->p, in) == 2));
}

static uint8_t taken_mode(struct checker *c, const struct edge_src *s)
{
	if (s->what == SRC_CALL)
		return g_array_index(c->p->pairs, struct pair *, s->pair)->mode;
	return g_array_index(inst_at(c->p, s->inst)->acqs, struct rec_acq, s->call).mode;
}

static struct sd_witness *held_witness(struct checker *c, const struct sd_witness *taken, struct sd_step at)
{
	struct sd_witness *held = sd_arena_alloc(c->a, sizeof(*held));

	held->role = "held here";
	held->entry = taken->entry;
	held->proved = taken->proved;
	held->nsteps = 1;
	held->steps = sd_arena_alloc(c->a, sizeof(at));
	held->steps[0] = at;
	return held;
}

/*
 * @same: the object is proved to be one.  Else there are two of a class and nothing says in which order: lockdep
 * would ask for a nesting level, but often something else orders them, so that is of low rank.
 */
static void recursive(struct checker *c, bool same, bool *done)
{
	for (guint i = 0; i < c->g->self->len; i++) {
		const struct edge_src *s = &g_array_index(c->g->self, struct edge_src, i);
		const struct inst *in = inst_at(c->p, s->inst);
		const struct held *h = &g_array_index(in->heldv, struct held, s->from_rec);
		uint32_t cls = final_of(c->p, h->l.cls);
		struct sd_finding f = { .kind = SD_K_RECURSIVE, .irq = "", .uncertain = !same };
		struct sd_witness *w;
		struct sd_step at;

		if (done[cls] || may_nest(c, in, h->mode, taken_mode(c, s)))
			continue;
		w = same ? witness_same_object(c->p, c->a, s, &at) : witness_two_objects(c->p, c->a, s, &at);
		if (!w)
			continue;
		done[cls] = true;
		w->role = "taken again";
		set_chain(c, &f, cls, NULL);
		add_wit(c, &f, w);
		add_wit(c, &f, held_witness(c, w, at));
		f.title = sd_arena_printf(c->a, same ? "possible recursive locking detected: %s" :
					  "possible recursive locking detected: two objects of %s", lock_name(c, cls));
		keep_finding(c, &f);
	}
}

static gint by_rank(gconstpointer x, gconstpointer y)
{
	const struct sd_finding *a = x, *b = y;
	int c = (int)a->rank - (int)b->rank;

	if (!c)
		c = (int)a->kind - (int)b->kind;
	if (!c)
		c = strcmp(a->title, b->title);
	return c ? c : strcmp(a->fingerprint, b->fingerprint);
}

void check_all(struct prog *p, struct depgraph *g, struct usage *u, struct sd_results *r)
{
	struct checker c = { p, g, u, r, r->arena, g_array_new(FALSE, FALSE, sizeof(struct sd_finding)), p->classes->len };

	bool *done;

	for (size_t k = 0; k < G_N_ELEMENTS(irq_kinds); k++) {
		for (uint32_t i = 0; i < c.n; i++)
			inconsistent(&c, i, &irq_kinds[k]);
		inversions(&c, &irq_kinds[k]);
	}
	drop_covered(&c);
	circles(&c);
	done = g_new0(bool, c.n + 1);
	recursive(&c, true, done);
	recursive(&c, false, done);
	g_free(done);
	check_states(&c);
	g_array_sort(c.out, by_rank);
	r->nfinding = c.out->len;
	r->findings = sd_arena_alloc(r->arena, (r->nfinding + 1) * sizeof(*r->findings));
	if (r->nfinding)
		memcpy(r->findings, c.out->data, r->nfinding * sizeof(*r->findings));
	for (size_t i = 0; i < r->nfinding; i++)
		r->findings[i].id = (uint32_t)i + 1;
	g_array_free(c.out, TRUE);
}
