/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ahead.c - witnesses of dependencies, made before they are asked for, on several processors.
 *
 * Whether a finding needs a proof depends on those before it; but what the witness of a dependency is depends on nothing that
 * findings change.  So the next ones' are made together, and taken in the findings' own order: what none asks for is dropped,
 * and the results are those of making each when its turn comes.
 *
 * A worker has a view of the program: all is shared and only read, but for the scratch of searches and the arena.
 */
#include "depgraph.h"
#include "par.h"

struct made { uint32_t dep, kind; struct edge e; struct edge_src src; struct sd_witness *w; struct sd_step held; bool far; };

struct ahead {
	struct prog **view;             /* [jobs] */
	GArray *next;                   /* struct made: to be made */
	GHashTable *done;               /* key -> struct made */
};

static uint64_t key_of(uint32_t dep, unsigned kind) { return (uint64_t)dep << 2 | kind; }

static struct ahead *ready(struct checker *c)
{
	struct ahead *a = c->ahead;

	if (a)
		return a;
	a = c->ahead = g_new0(struct ahead, 1);
	a->view = g_new(struct prog *, c->p->jobs);
	for (unsigned i = 0; i < c->p->jobs; i++) {
		a->view[i] = g_memdup2(c->p, sizeof(*c->p));
		a->view[i]->arena = sd_arena_new();
		a->view[i]->descents = NULL;
		a->view[i]->visited = NULL, a->view[i]->visited_in = NULL;
	}
	for (guint i = 0; i < c->p->entries->len; i++)          /* interned now: workers only look it up */
		entry_role(c->p, &g_array_index(c->p->entries, struct entry, i));
	a->next = g_array_new(FALSE, FALSE, sizeof(struct made));
	a->done = g_hash_table_new_full(hash_u64, g_int64_equal, g_free, g_free);
	return a;
}

void prove_next(struct checker *c, const struct sd_finding *f)
{
	struct ahead *a = ready(c);

	for (size_t i = 0; i < f->nchain; i++) {
		struct made m = { .dep = f->deps[i], .kind = f->kind_bit[i], .e = edge_at(c->g, f->deps[i]) };
		uint64_t key = key_of(m.dep, m.kind);

		if (dep_of(c->g, c->a, m.dep)->wit[m.kind] || !(m.e.kinds >> m.kind & 1) || g_hash_table_contains(a->done, &key))
			continue;
		m.src = edge_source(c->g, &m.e, m.kind);
		g_array_append_val(a->next, m);
		g_hash_table_insert(a->done, g_memdup2(&key, sizeof(key)), NULL);
	}
}

static void make(void *arg, unsigned worker, size_t from, size_t to)
{
	struct ahead *a = arg;
	struct prog *p = a->view[worker];

	for (size_t i = from; i < to; i++) {
		struct made *m = &g_array_index(a->next, struct made, i);

		m->w = witness_of_source(p, p->arena, &m->e, m->kind, &m->src, ANY_DEPTH, &m->held, &m->far);
	}
}

void prove_all(struct checker *c)
{
	struct ahead *a = ready(c);

	par_for(c->p->jobs, a->next->len, 1, make, a);
	for (guint i = 0; i < a->next->len; i++) {
		const struct made *m = &g_array_index(a->next, struct made, i);
		uint64_t key = key_of(m->dep, m->kind);

		g_hash_table_insert(a->done, g_memdup2(&key, sizeof(key)), g_memdup2(m, sizeof(*m)));
	}
	g_array_set_size(a->next, 0);
}

bool proved_ahead(struct checker *c, uint32_t dep, unsigned kind, struct sd_witness **w, struct sd_step *held, bool *far)
{
	uint64_t key = key_of(dep, kind);
	const struct made *m = c->ahead ? g_hash_table_lookup(c->ahead->done, &key) : NULL;

	if (!m)
		return false;
	*w = m->w;
	*held = m->held;
	*far = m->far;
	return true;
}

void free_ahead(struct checker *c)
{
	struct ahead *a = c->ahead;

	for (unsigned i = 0; a && i < c->p->jobs; i++) {
		sd_arena_join(c->a, a->view[i]->arena);
		free_descents(a->view[i]);
		g_free(a->view[i]);
	}
	if (!a)
		return;
	g_free(a->view);
	g_array_free(a->next, TRUE);
	g_hash_table_destroy(a->done);
	g_clear_pointer(&c->ahead, g_free);
}
