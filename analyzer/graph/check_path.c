/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_path.c - findings about paths: safe -> unsafe, and circles.
 *
 * lockdep.c, check_irq_usage() and check_noncircular().  One search tree serves all targets of
 * a class, so the cost is a breadth-first search per safe class, and per class of a circle.
 */
#include <string.h>
#include "depgraph.h"

/*
 * Search trees from one class: [first edge must be exclusive][lockdep's links only], grown when asked for.
 * A tree serves until a kind of some edge is dropped; with a goal in its limits it answers for that class alone.
 */
struct trees { const struct depgraph *g; uint32_t nclass, from; struct limits lim; struct tree *tree[2][2]; bool grown[2][2]; unsigned drops; };

/* @goal: as in limits. */
static void start_trees(struct trees *t, uint32_t from, uint32_t goal)
{
	t->from = from;
	t->lim.goal = goal;
	t->drops = t->g->drops;
	memset(t->grown, 0, sizeof(t->grown));
}

static struct tree *tree_of(struct trees *t, bool from_read, bool all)
{
	struct tree **tree = &t->tree[from_read][all];

	if (t->drops != t->g->drops)
		start_trees(t, t->from, t->lim.goal);
	if (!*tree)
		*tree = tree_new(t->nclass);
	if (!t->grown[from_read][all])
		grow_tree(*tree, t->g, t->nclass, t->from, from_read, !all, &t->lim);
	t->grown[from_read][all] = true;
	return *tree;
}

/* lockdep's links first.  NULL: no tree has a way there. */
static const struct tree *tree_to(struct trees *t, bool from_read, uint32_t to, bool to_needs_block)
{
	for (unsigned all = 0; all < 2; all++)
		if (tree_reaches(tree_of(t, from_read, all), to, to_needs_block))
			return t->tree[from_read][all];
	return NULL;
}

static void free_trees(struct trees *t)
{
	for (unsigned r = 0; r < 2; r++)
		for (unsigned i = 0; i < 2; i++)
			g_clear_pointer(&t->tree[r][i], free_tree);
}

/* --- safe -> unsafe --- */

/*
 * An end of an inversion, by its writers' bit [0] and its readers' [1]: what is asked of it for each of millions of pairs, most of which make
 * no finding that is listed.  weak: whatever else the finding rests on, this use keeps it from ranking high (rank_finding()).
 */
struct end { uint32_t cls, indirect[2]; bool has[2], weak[2]; };

static struct end end_of(struct checker *c, uint32_t cls, unsigned by_writer, unsigned by_reader)
{
	struct end e = { .cls = cls };

	for (unsigned i = 0; i < 2; i++) {
		unsigned bit = i ? by_reader : by_writer;
		const struct sd_witness *w = usage_wit(c, cls, bit);

		e.has[i] = has_usage(c, cls, bit);
		e.indirect[i] = w ? w->indirect : 0;
		e.weak[i] = !w || !w->proved || w->inferred || w->doubt || w->ways > MOST_WAYS || w->nsteps > LONGEST ||
			    c->several_keys[cls] || c->r->classes[cls].by_type_only;
	}
	return e;
}

/* The uses by which two classes make an inversion. */
struct pair { const struct end *from, *to; bool in_read, on_read; };

/* Most classes are not reached at all: lockdep's links are some of all, so what the trees of all do not reach no tree does. */
static bool is_reached(struct trees *t, const struct pair *pair)
{
	for (unsigned in_read = 0; in_read < 2; in_read++)
		if (pair->from->has[in_read] && tree_reaches(tree_of(t, in_read, true), pair->to->cls, false))
			return true;
	return false;
}

static const struct tree *inversion_tree(struct trees *t, struct pair *pair)
{
	if (!is_reached(t, pair))
		return NULL;
	for (unsigned in_read = 0; in_read < 2; in_read++)
		for (unsigned on_read = 0; on_read < 2; on_read++) {
			const struct tree *tree;

			if (!pair->from->has[in_read] || !pair->to->has[on_read])
				continue;
			tree = tree_to(t, in_read, pair->to->cls, on_read);
			if (tree) {
				pair->in_read = in_read;
				pair->on_read = on_read;
				return tree;
			}
		}
	return NULL;
}

static bool never_high(const struct pair *pair)
{
	return pair->from->weak[pair->in_read] || pair->to->weak[pair->on_read] ||
	       pair->from->indirect[pair->in_read] + pair->to->indirect[pair->on_read] > MOST_INDIRECT;
}

/* The finding, its dependencies not proved yet; false: it would not be listed. */
static bool begin_inversion(struct checker *c, const struct tree *tree, const struct pair *pair, const struct irq_kind *k, struct sd_finding *f)
{
	const struct path *path;

	if (c->big && never_high(pair)) {
		c->dropped++;
		return false;
	}
	*f = (struct sd_finding){ .kind = SD_K_IRQ_INVERSION, .irq = k->name };
	f->safe_bit = pair->in_read ? k->in_r : k->in_w;
	f->unsafe_bit = pair->on_read ? k->on_r : k->on_w;
	path = tree_path(tree, pair->to->cls, pair->on_read, c->a);
	set_chain(c, f, pair->from->cls, path);
	add_wit(c, f, usage_wit(c, pair->from->cls, f->safe_bit));
	add_wit(c, f, usage_wit(c, pair->to->cls, f->unsafe_bit));
	return worth_proving(c, f, path->n);
}

/* Of millions that are begun few are kept: what they are made of is not the results' yet. */
static bool begin_in(struct sd_arena *scratch, struct checker *c, const struct tree *tree, const struct pair *pair, const struct irq_kind *k, struct sd_finding *f)
{
	struct sd_arena *kept = c->a;
	bool begun;

	c->a = scratch;
	begun = begin_inversion(c, tree, pair, k, f);
	c->a = kept;
	return begun;
}

static void *keep(struct checker *c, const void *what, size_t size)
{
	return memcpy(sd_arena_alloc(c->a, size), what, size);
}

/* @scratch: an arena for what is begun. */
static void inversion(struct checker *c, struct trees *t, struct pair pair, const struct irq_kind *k, struct sd_arena *scratch)
{
	struct sd_finding f;
	enum proof proof;

	for (unsigned i = 0; ; i++) {
		const struct tree *tree = inversion_tree(t, &pair);

		if (!tree || i == TRIES) {
			c->given_up += tree != NULL;
			return;
		}
		if (!begin_in(scratch, c, tree, &pair, k, &f))
			return;
		proof = add_dep_wits(c, &f, f.nchain - 1);
		if (proof == NOT_LISTED)
			return;
		if (proof == PROVED)
			break;
	}
	f.chain = keep(c, f.chain, f.nchain * sizeof(*f.chain));
	f.deps = keep(c, f.deps, (f.nchain - 1) * sizeof(*f.deps));
	f.kind_bit = keep(c, f.kind_bit, f.nchain - 1);
	f.title = sd_arena_printf(c->a, "%s-safe -> %s-unsafe lock order detected: %s -> %s", k->NAME, k->NAME,
				  lock_name(c, pair.from->cls), lock_name(c, pair.to->cls));
	keep_finding(c, &f);
}

static void drop_covered(struct checker *c, guint first, guint pairs);

/* Sleeping locks are left out: taking one there is a finding by itself (check_state.c); so are per-CPU locks (usage_skip()). */
static bool *no_spinning_lock(struct checker *c)
{
	bool *skip = g_new0(bool, c->n + 1);

	for (uint32_t i = 0; i < c->n; i++)
		skip[i] = is_sleeping_lock(&c->r->classes[i]) || !strcmp(c->r->classes[i].lock_type, "local_lock");
	return skip;
}

/*
 * Classes that are surely safe, or surely unsafe, themselves: a path that goes on beyond one is two findings, each shorter.
 * Only writers' bits: they clash with any other.
 */
static bool *told_by_themselves(struct checker *c, const struct irq_kind *k)
{
	bool *stop = g_new0(bool, c->n + 1);

	for (uint32_t i = 0; i < c->n; i++)
		for (unsigned on = 0; on < 2; on++) {
			const struct sd_witness *w = usage_wit(c, i, on ? k->on_w : k->in_w);

			stop[i] |= w && w->proved && !w->inferred && !w->doubt && w->targets <= 4;
		}
	return stop;
}

/* Classes that are not left out and have one of two usage bits. */
static GArray *classes_with(struct checker *c, const bool *skip, unsigned w, unsigned r, bool maps)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(struct end));

	for (uint32_t i = 0; i < c->n; i++) {
		struct end e = { .cls = i };

		if (skip[i] || (!maps && c->r->classes[i].is_map) || !(has_usage(c, i, w) || has_usage(c, i, r)))
			continue;
		e = end_of(c, i, w, r);
		g_array_append_val(out, e);
	}
	return out;
}

#define LOT 8           /* classes whose trees are grown together, for each processor */

/*
 * Most pairs make no finding that is listed, and that is found out for several safe classes at once: which unsafe ones are
 * left (candidates), and how many findings were dropped before each.  It holds until a kind of some edge is dropped.
 */
struct candidate { guint unsafe; unsigned dropped; };
struct lot {
	struct checker *c;
	const struct irq_kind *k;
	const GArray *safe;             /* struct end */
	GArray *unsafe;
	guint first;                    /* of the safe ones */
	struct trees *trees;            /* [of the lot] */
	struct sd_arena *scratch;       /* of the safe class whose candidates are proved */
	GArray **left;                  /* ... struct candidate; the last one is none: what was dropped after the others */
};

static const struct end *safe_end(const struct lot *l, size_t i) { return &g_array_index(l->safe, struct end, l->first + i); }
static const struct end *unsafe_end(const struct lot *l, guint b) { return &g_array_index(l->unsafe, struct end, b); }

static void look_at_safe(struct lot *l, struct checker *c, size_t i)
{
	struct trees *t = &l->trees[i];
	struct candidate none = { l->unsafe->len, 0 };
	struct pair pair = { .from = safe_end(l, i) };

	start_trees(t, pair.from->cls, 0);
	g_array_set_size(l->left[i], 0);
	c->dropped = 0;
	for (guint b = 0; b < l->unsafe->len; b++) {
		struct sd_finding f;
		struct candidate found = { b, c->dropped };
		const struct tree *tree;

		pair.to = unsafe_end(l, b);
		tree = pair.to->cls == pair.from->cls ? NULL : inversion_tree(t, &pair);
		if (!tree || !begin_inversion(c, tree, &pair, l->k, &f))
			continue;
		g_array_append_val(l->left[i], found);
		c->dropped = 0;
	}
	none.dropped = c->dropped;
	g_array_append_val(l->left[i], none);
}

static void look_at_lot(void *arg, unsigned worker, size_t from, size_t to)
{
	struct lot *l = arg;
	struct checker mine = *l->c;

	(void)worker;
	mine.a = sd_arena_new();
	for (size_t i = from; i < to; i++)
		look_at_safe(l, &mine, i);
	sd_arena_free(mine.a);
}

/* The ranking of a finding may find that the unsafe use is doubtful (rank_finding()): those after it are told. */
static void prove_pair(struct lot *l, guint i, guint b)
{
	struct end *to = &g_array_index(l->unsafe, struct end, b);

	inversion(l->c, &l->trees[i], (struct pair){ .from = safe_end(l, i), .to = to }, l->k, l->scratch);
	*to = end_of(l->c, to->cls, l->k->on_w, l->k->on_r);
}

/* From unsafe class @b on, one by one. */
static void look_at_rest(struct lot *l, guint i, guint b)
{
	for (; b < l->unsafe->len; b++)
		if (unsafe_end(l, b)->cls != safe_end(l, i)->cls)
			prove_pair(l, i, b);
}

static void prove_each(struct lot *l, guint i)
{
	unsigned drops = l->c->g->drops;

	for (guint n = 0; n < l->left[i]->len; n++) {
		const struct candidate *found = &g_array_index(l->left[i], struct candidate, n);

		l->c->dropped += found->dropped;
		if (found->unsafe == l->unsafe->len)
			return;
		prove_pair(l, i, found->unsafe);
		if (l->c->g->drops != drops) {
			look_at_rest(l, i, found->unsafe + 1);
			return;
		}
	}
}

static void prove_candidates(struct lot *l, guint i)
{
	l->scratch = sd_arena_new();
	prove_each(l, i);
	g_clear_pointer(&l->scratch, sd_arena_free);
}

static void all_pairs(struct checker *c, const struct irq_kind *k, const GArray *safe, GArray *unsafe, const struct limits *lim)
{
	guint size = LOT * c->p->jobs;
	struct lot l = { c, k, safe, unsafe, 0, g_new(struct trees, size), NULL, g_new(GArray *, size) };

	for (guint i = 0; i < size; i++) {
		l.trees[i] = (struct trees){ .g = c->g, .nclass = c->n, .lim = *lim };
		l.left[i] = g_array_new(FALSE, FALSE, sizeof(struct candidate));
	}
	while (l.first < safe->len) {
		guint n = MIN(size, safe->len - l.first), i;
		unsigned drops = c->g->drops;

		par_for(c->p->jobs, n, 1, look_at_lot, &l);
		for (i = 0; i < n && c->g->drops == drops; i++)
			prove_candidates(&l, i);
		l.first += i;
	}
	for (guint i = 0; i < size; i++) {
		free_trees(&l.trees[i]);
		g_array_free(l.left[i], TRUE);
	}
	g_free(l.trees), g_free(l.left);
}

void inversions(struct checker *c, const struct irq_kind *k, guint first)
{
	bool *skip = no_spinning_lock(c), *stop = told_by_themselves(c, k);
	const struct limits lim = { .skip = skip, .stop = stop, .tier = DEPTH };
	guint pairs = c->out->len;
	/* a map's IN bit comes from its callback, and all that is taken there has the bit itself */
	GArray *safe = classes_with(c, skip, k->in_w, k->in_r, false), *unsafe = classes_with(c, skip, k->on_w, k->on_r, true);

	make_lean(c->g, &lim, NULL);
	all_pairs(c, k, safe, unsafe, &lim);
	drop_lean(c->g);
	g_array_free(safe, TRUE), g_array_free(unsafe, TRUE);
	g_free(skip);
	g_free(stop);
	drop_covered(c, first, pairs);
}

/*
 * A pair whose path runs through a safe class that makes a finding with the same end says nothing new: one mends both.
 * So it is when that class is the end itself, taken both ways (inconsistent()): lockdep would print no more than the one.
 */
static bool covered(const struct sd_finding *f, GHashTable *rank_of)
{
	for (size_t m = 1; m < f->nchain; m++) {
		uint64_t key = (uint64_t)f->chain[m] << 32 | f->chain[f->nchain - 1];
		gpointer rank;

		if (g_hash_table_lookup_extended(rank_of, &key, NULL, &rank) && GPOINTER_TO_UINT(rank) <= (unsigned)f->rank)
			return true;
	}
	return false;
}

/* Findings of this kind of interrupt begin at @first: those of one class, then from @pairs on those of two. */
static void drop_covered(struct checker *c, guint first, guint pairs)
{
	GHashTable *rank_of = g_hash_table_new_full(hash_u64, g_int64_equal, g_free, NULL);
	guint n = pairs;

	for (guint i = first; i < c->out->len; i++) {
		const struct sd_finding *f = &g_array_index(c->out, struct sd_finding, i);
		uint64_t *key = g_new(uint64_t, 1);

		*key = (uint64_t)f->chain[0] << 32 | f->chain[f->nchain - 1];
		g_hash_table_insert(rank_of, key, GUINT_TO_POINTER(f->rank));
	}
	for (guint i = pairs; i < c->out->len; i++)
		if (!covered(&g_array_index(c->out, struct sd_finding, i), rank_of))
			g_array_index(c->out, struct sd_finding, n++) = g_array_index(c->out, struct sd_finding, i);
	g_array_set_size(c->out, n);
	g_hash_table_destroy(rank_of);
}

/* --- circles --- */

/* All dependencies of the circle were seen under one lock of a variable only: no two of them at once. */
static bool gated(struct checker *c, const struct sd_finding *f)
{
	GArray *common = NULL;
	bool any;

	for (size_t i = 0; i < f->nchain && (!common || common->len); i++) {
		struct edge e = edge_in(c->g, f->chain[i], f->deps[i]);
		GArray *here = edge_gates(c->p, c->g, &e);

		if (common) {
			keep_common(common, here);
			g_array_free(here, TRUE);
		} else {
			common = here;
		}
	}
	any = common && common->len;
	if (common)
		g_array_free(common, TRUE);
	return any;
}

static void close_chain(struct checker *c, struct sd_finding *f, uint32_t ei, unsigned kind, const struct path *path)
{
	f->nchain = path->n + 1u;
	f->chain = sd_arena_alloc(c->a, f->nchain * sizeof(*f->chain));
	f->deps = sd_arena_alloc(c->a, f->nchain * sizeof(*f->deps));
	f->kind_bit = sd_arena_alloc(c->a, f->nchain);
	f->chain[0] = edge_at(c->g, ei).from;
	f->deps[0] = ei;
	f->kind_bit[0] = (uint8_t)kind;
	for (uint32_t i = 0; i < path->n; i++) {
		f->chain[i + 1] = edge_at(c->g, path->edge[i]).from;
		f->deps[i + 1] = path->edge[i];
		f->kind_bit[i + 1] = path->kind[i];
	}
}

/* Its dependencies, from the least on: the same circle from whichever edge. */
static char *circle_key(const struct sd_finding *f)
{
	GString *s = g_string_new(NULL);
	size_t least = 0;

	for (size_t i = 1; i < f->nchain; i++)
		if (f->deps[i] < f->deps[least])
			least = i;
	for (size_t i = 0; i < f->nchain; i++)
		g_string_append_printf(s, "%u/%u ", f->deps[(least + i) % f->nchain], f->kind_bit[(least + i) % f->nchain]);
	return g_string_free(s, FALSE);
}

/*
 * In a large graph most classes are in one component: there only circles of few locks, one
 * dependency without a guess (edges_in_circles()), the others with one at most.
 */
static struct limits circle_limits(const struct checker *c)
{
	return c->big ? (struct limits){ .length = 2, .tier = 1 } : (struct limits){ .tier = DEPTH };
}

/* The strong path back from the end of edge @ei that stays strong over both joints.  *kind: of the edge itself; NULL: none. */
static struct path *way_back(struct checker *c, struct trees *t, uint32_t ei, unsigned *kind, struct sd_arena *a)
{
	const struct edge e = edge_at(c->g, ei);

	for (unsigned k = 4; k-- > 0; ) {
		const struct tree *tree = e.kinds >> k & 1 ? tree_to(t, !(k & 2), e.from, !(k & 1)) : NULL;

		*kind = k;
		if (tree)
			return tree_path(tree, e.from, !(k & 1), a);
	}
	return NULL;
}

/* A circle: its dependencies, from edge @ei on, and nothing known of it yet. */
static struct sd_finding draw_circle(struct checker *c, uint32_t ei, unsigned kind, const struct path *path)
{
	struct sd_finding f = { .kind = SD_K_CIRCULAR, .irq = "" };

	close_chain(c, &f, ei, kind, path);
	return f;
}

/* Is it one that counts?  Ranked as well as it may be, for nothing of it is proved yet. */
static bool counts_as_circle(struct checker *c, struct sd_finding *f)
{
	return !gated(c, f) && worth_proving(c, f, f->nchain);
}

/* Its witnesses; when one is not to be had, another way round. */
static bool prove_circle(struct checker *c, struct trees *t, GHashTable *met, struct sd_finding *f)
{
	for (unsigned i = 0; add_dep_wits(c, f, f->nchain) != PROVED; i++) {
		uint32_t ei = f->deps[0];
		const struct path *path = NULL;
		unsigned kind;

		start_trees(t, c->g->to[ei], f->chain[0] + 1);
		if (i < TRIES)
			path = way_back(c, t, ei, &kind, c->a);
		c->given_up += i == TRIES;
		if (!path)
			return false;
		*f = draw_circle(c, ei, kind, path);
		if (!g_hash_table_add(met, circle_key(f)) || !counts_as_circle(c, f))
			return false;
	}
	f->title = sd_arena_printf(c->a, "possible circular locking dependency detected: %s -> %s", lock_name(c, f->chain[0]), lock_name(c, f->chain[1]));
	rank_finding(c, f);
	return true;
}

static gint by_rank_and_length(gconstpointer x, gconstpointer y)
{
	const struct sd_finding *a = x, *b = y;

	if (a->rank != b->rank)
		return (int)a->rank - (int)b->rank;
	if (a->nchain != b->nchain)
		return a->nchain < b->nchain ? -1 : 1;
	for (size_t i = 0; i < a->nchain; i++)
		if (a->chain[i] != b->chain[i])
			return a->chain[i] < b->chain[i] ? -1 : 1;
	return 0;
}

/* Two classes of it are in a circle that was kept: the same circle from another edge, or a longer way round. */
static bool known_circle(const struct sd_finding *f, GHashTable *pairs)
{
	for (size_t i = 0; i < f->nchain; i++)
		for (size_t k = i + 1; k < f->nchain; k++) {
			uint64_t key = (uint64_t)MIN(f->chain[i], f->chain[k]) << 32 | MAX(f->chain[i], f->chain[k]);

			if (g_hash_table_contains(pairs, &key))
				return true;
		}
	return false;
}

static void note_pairs(const struct sd_finding *f, GHashTable *pairs)
{
	for (size_t i = 0; i < f->nchain; i++)
		for (size_t k = i + 1; k < f->nchain; k++) {
			uint64_t *key = g_new(uint64_t, 1);

			*key = (uint64_t)MIN(f->chain[i], f->chain[k]) << 32 | MAX(f->chain[i], f->chain[k]);
			g_hash_table_add(pairs, key);
		}
}

/* Those from @n on that may have to be proved at this rank: returns where the next such lot begins. */
static guint prove_lot(struct checker *c, const GArray *found, guint n, int rank, GHashTable *pairs)
{
	for (unsigned lot = 0; n < found->len && lot < AHEAD * c->p->jobs; n++) {
		const struct sd_finding *f = &g_array_index(found, struct sd_finding, n);

		if ((int)f->rank != rank || f->nwit || known_circle(f, pairs))
			continue;
		prove_next(c, f);
		lot++;
	}
	prove_all(c);
	return n;
}

/*
 * The best first, so most of them need no proof: they are known by then.  One that turns out to rank less than it
 * might have waits for those of its rank.
 */
static void keep_circles(struct checker *c, GHashTable *met, GArray *found)
{
	GHashTable *pairs = g_hash_table_new_full(hash_u64, g_int64_equal, g_free, NULL);
	struct trees t = { .g = c->g, .nclass = c->n, .lim = circle_limits(c) };

	for (int rank = SD_RANK_HIGH; rank <= SD_RANK_LOW; rank++) {
		guint ready = 0;

		g_array_sort(found, by_rank_and_length);
		for (guint n = 0; n < found->len; n++) {
			struct sd_finding *f = &g_array_index(found, struct sd_finding, n);

			if (n >= ready && c->p->jobs > 1)
				ready = prove_lot(c, found, n, rank, pairs);
			if ((int)f->rank != rank || known_circle(f, pairs) || (!f->nwit && (!prove_circle(c, &t, met, f) || known_circle(f, pairs))) ||
			    (int)f->rank > rank)
				continue;
			note_pairs(f, pairs);
			keep_finding(c, f);
		}
	}
	free_trees(&t);
	g_hash_table_destroy(pairs);
}

static bool is_in_circle(const struct checker *c, const uint32_t *scc, uint32_t from, uint32_t i)
{
	return scc[from] == scc[c->g->to[i]] && c->g->tier[i] <= (c->big ? 0 : DEPTH);
}

/* Edges inside a strongly connected component, by target, so that those of one target share its trees: counted, then put there. */
static GArray *edges_in_circles(struct checker *c, const uint32_t *scc)
{
	uint32_t *at = g_new0(uint32_t, c->n + 2);
	GArray *list = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (uint32_t from = 0; from < c->n; from++)
		for (uint32_t i = c->g->first[from]; i < c->g->first[from + 1]; i++)
			at[c->g->to[i] + 1] += is_in_circle(c, scc, from, i);
	for (uint32_t k = 0; k < c->n; k++)
		at[k + 1] += at[k];
	g_array_set_size(list, at[c->n]);
	for (uint32_t from = 0; from < c->n; from++)
		for (uint32_t i = c->g->first[from]; i < c->g->first[from + 1]; i++)
			if (is_in_circle(c, scc, from, i))
				g_array_index(list, uint32_t, at[c->g->to[i]]++) = i;
	g_free(at);
	return list;
}

struct back { const struct path *path; unsigned kind; enum sd_rank rank; };
/* starts: where the edges of another target begin; the way back of each edge is found by any worker. */
struct ways { struct checker *c; const GArray *list, *starts; struct back *back; struct trees *trees; struct sd_arena **arena; unsigned *dropped; };

static void find_ways(void *arg, unsigned worker, size_t from, size_t to)
{
	struct ways *w = arg;
	struct trees *t = &w->trees[worker];
	const uint32_t *list = (const uint32_t *)w->list->data, *starts = (const uint32_t *)w->starts->data;

	for (size_t s = from; s < to; s++) {
		start_trees(t, w->c->g->to[list[starts[s]]], 0);
		for (uint32_t i = starts[s]; i < starts[s + 1]; i++)
			w->back[i].path = way_back(w->c, t, list[i], &w->back[i].kind, w->arena[worker]);
	}
}

static GArray *find_starts(const struct depgraph *g, const GArray *list)
{
	GArray *starts = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (guint i = 0; i <= list->len; i++)
		if (!i || i == list->len || g->to[g_array_index(list, uint32_t, i)] != g->to[g_array_index(list, uint32_t, i - 1)])
			g_array_append_val(starts, i);
	return starts;
}

static void find_all_ways(struct ways *w)
{
	struct checker *c = w->c;

	w->trees = g_new0(struct trees, c->p->jobs);
	w->arena = g_new0(struct sd_arena *, c->p->jobs);
	for (unsigned i = 0; i < c->p->jobs; i++) {
		w->trees[i] = (struct trees){ .g = c->g, .nclass = c->n, .lim = circle_limits(c) };
		w->arena[i] = sd_arena_new();
	}
	if (w->list->len)
		par_for(c->p->jobs, w->starts->len - 1, 16, find_ways, w);
	for (unsigned i = 0; i < c->p->jobs; i++)
		free_trees(&w->trees[i]);
}

/* Each circle once, by its first edge in the list; the ways back of others are forgotten. */
static GHashTable *drop_same(struct ways *w)
{
	GHashTable *met = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct checker mine = *w->c;

	mine.a = sd_arena_new();
	for (guint i = 0; i < w->list->len; i++) {
		struct back *b = &w->back[i];
		struct sd_finding f;

		if (!b->path)
			continue;
		f = draw_circle(&mine, g_array_index(w->list, uint32_t, i), b->kind, b->path);
		if (!g_hash_table_add(met, circle_key(&f)))
			b->path = NULL;
	}
	sd_arena_free(mine.a);
	return met;
}

/* How high each may rank; those that do not count are forgotten. */
static void rank_circles(void *arg, unsigned worker, size_t from, size_t to)
{
	struct ways *w = arg;
	struct checker mine = *w->c;

	mine.a = sd_arena_new();
	mine.dropped = 0;
	for (size_t i = from; i < to; i++) {
		struct back *b = &w->back[i];
		struct sd_finding f;

		if (!b->path)
			continue;
		f = draw_circle(&mine, g_array_index(w->list, uint32_t, i), b->kind, b->path);
		if (!counts_as_circle(&mine, &f))
			b->path = NULL;
		b->rank = f.rank;
	}
	sd_arena_free(mine.a);
	w->dropped[worker] += mine.dropped;
}

static GArray *circles_found(struct ways *w)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(struct sd_finding));

	w->dropped = g_new0(unsigned, w->c->p->jobs);
	par_for(w->c->p->jobs, w->list->len, 256, rank_circles, w);
	for (guint i = 0; i < w->list->len; i++) {
		const struct back *b = &w->back[i];
		struct sd_finding f;

		if (!b->path)
			continue;
		f = draw_circle(w->c, g_array_index(w->list, uint32_t, i), b->kind, b->path);
		f.rank = b->rank;
		g_array_append_val(found, f);
	}
	for (unsigned i = 0; i < w->c->p->jobs; i++)
		w->c->dropped += w->dropped[i];
	g_free(w->dropped);
	return found;
}

void circles(struct checker *c)
{
	const struct limits lim = circle_limits(c);
	uint32_t *scc = class_components(c->g, c->n);
	GArray *list = edges_in_circles(c, scc), *starts = find_starts(c->g, list), *found;
	struct ways w = { .c = c, .list = list, .starts = starts, .back = g_new0(struct back, list->len + 1) };
	GHashTable *met;

	make_lean(c->g, &lim, scc);
	find_all_ways(&w);
	met = drop_same(&w);
	found = circles_found(&w);
	for (unsigned i = 0; i < c->p->jobs; i++)
		sd_arena_free(w.arena[i]);
	g_free(w.arena), g_free(w.trees), g_free(w.back), g_free(scc);
	g_array_free(starts, TRUE);
	g_array_free(list, TRUE);
	keep_circles(c, met, found);
	drop_lean(c->g);
	g_hash_table_destroy(met);
	g_array_free(found, TRUE);
}
