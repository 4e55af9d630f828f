/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fill.c - the analysis as plain rows (db/result.h), in stable order.
 */
#include <string.h>
#include "memo.h"
#include "depgraph.h"

static const char *const ctx_name[] = { "unknown", "task", "softirq", "hardirq" };
static const char *const tri_name[] = { "unknown", "on", "off" };
static const char mode_char[] = { 'W', 'r', 'R', 'r' };

/* Records of one tag in several files: lockdep numbers classes of one name, too (lockdep.c, __print_lock_name()). */
static const char *numbered(struct prog *p, GHashTable *seen, sd_sym name)
{
	const char *text = kept(p, name);
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(seen, text)) + 1;

	g_hash_table_insert(seen, (gpointer)text, GUINT_TO_POINTER(n));
	return n == 1 ? text : sd_arena_printf(p->arena, "%s#%u", text, n);
}

static void fill_classes(struct prog *p, struct usage *u, struct sd_results *r)
{
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

	r->nclass = p->classes->len;
	r->classes = sd_arena_alloc(r->arena, (r->nclass + 1) * sizeof(*r->classes));
	for (uint32_t i = 0; i < r->nclass; i++) {
		struct class *c = class_at(p, i);
		const struct raw_class *raw = raw_at(p, c->raw);
		struct sd_class *k = &r->classes[i];
		char *sub = raw->subclass && raw->lockdep_name ?
			g_strdup_printf("%s%s", kept(p, raw->lockdep_name), strrchr(kept(p, raw->name), '/')) : NULL;

		k->name = numbered(p, seen, raw->name);
		k->lockdep_name = sub ? sd_arena_strdup(r->arena, sub) : kept(p, raw->lockdep_name);
		k->other = other_names(p, raw, &k->nother);
		k->lock_type = kept(p, raw->lock_type);
		k->file = kept(p, raw->init_file);
		k->line = raw->init_line;
		k->by_type_only = raw->by_type || raw->unknown || raw->pointer;
		k->is_map = !strcmp(k->lock_type, "map");
		k->usage = c->usage;
		for (unsigned b = 0; b < SD_U_COUNT; b++)
			if (c->usage >> b & 1)
				k->wit[b] = witness_usage(p, r->arena, i, &u[i].by[b], b);
		sd_usage_bits(k->usage, k->bits);
		g_free(sub);
	}
	g_hash_table_destroy(seen);
}

static void add_site(struct prog *p, GArray *out, const struct inst *in, const struct rec_acq *a, unsigned bit)
{
	const struct func *f = func_at(p, in->fn);
	struct point pt = point_at(bit, a->irq, a->bh);
	bool irq_reader = pt.ctx == SD_CTX_HARDIRQ || pt.ctx == SD_CTX_SOFTIRQ || pt.bh == SD_TRI_OFF;
	struct sd_acquire row = {
		.class = final_of(p, a->l.cls), .function = kept(p, f->plain), .file = kept(p, f->ir->file),
		.line = f->ir->events[a->ev].line, .mode = mode_char[a->mode], .context = ctx_name[pt.ctx],
		.hardirqs = tri_name[pt.irq], .softirqs = tri_name[pt.ctx == SD_CTX_SOFTIRQ ? SD_TRI_OFF : pt.bh], .trylock = a->trylock,
	};

	if (a->mode == M_CTX && (p->in->read_recursive || irq_reader))
		row.mode = 'R';
	g_array_append_val(out, row);
}

static int cmp_site(const void *x, const void *y)
{
	const struct sd_acquire *a = x, *b = y;
	int c = a->class < b->class ? -1 : a->class > b->class;

	if (!c)
		c = strcmp(a->file, b->file);
	if (!c)
		c = a->line - b->line;
	if (!c)
		c = strcmp(a->function, b->function);
	if (!c)
		c = a->mode - b->mode;
	if (!c)
		c = strcmp(a->context, b->context);
	if (!c)
		c = strcmp(a->hardirqs, b->hardirqs);
	if (!c)
		c = strcmp(a->softirqs, b->softirqs);
	return c ? c : (int)a->trylock - (int)b->trylock;
}

/* Sorts and drops equal neighbours; returns how many are left. */
static size_t sort_unique(void *base, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
	char *b = base;
	size_t out = 0;

	if (n)
		qsort(base, n, size, cmp);
	for (size_t i = 0; i < n; i++)
		if (!out || cmp(b + (out - 1) * size, b + i * size))
			memmove(b + out++ * size, b + i * size, size);
	return out;
}

/* The rows of @a, sorted and each once, as the results'. */
static void *keep_sorted(struct sd_arena *arena, GArray *a, int (*cmp)(const void *, const void *), size_t *n)
{
	size_t size = g_array_get_element_size(a);
	void *rows;

	*n = sort_unique(a->data, a->len, size, cmp);
	rows = sd_arena_alloc(arena, (*n + 1) * size);
	if (*n)
		memcpy(rows, a->data, *n * size);
	return rows;
}

/* Not noted before.  What many instances of a function do is sorted out before it is a row, for rows are large. */
static bool is_new(struct memo *seen, uint64_t key)
{
	bool known;

	memo_at(seen, key, &known);
	return !known;
}

static void fill_acquires(struct prog *p, struct sd_results *r)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(struct sd_acquire));
	struct memo seen = { 0 };

	for (uint32_t i = 0; i < p->insts->len; i++) {
		const struct inst *in = inst_at(p, i);

		for (guint k = 0; k < in->acqs->len; k++) {
			const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, k);
			bool unknown = raw_at(p, a->l.cls)->unknown;

			if (is_new(&seen, (uint64_t)in->fn << 32 | a->ev)) {
				p->cov.acquires++;
				p->cov.acquires_unknown += unknown;
				if (unknown)
					add_gap(p, "unknown-lock", func_at(p, in->fn), func_at(p, in->fn)->ir->events[a->ev].line,
						"the lock's container is not known");
			}
			for (unsigned bit = 0; bit < ENTRY_BITS; bit++)
				if ((in->entry & a->emask) >> bit & 1)
					add_site(p, out, in, a, bit);
		}
	}
	r->acquires = keep_sorted(r->arena, out, cmp_site, &r->nacquire);
	g_array_free(out, TRUE);
	memo_free(&seen);
}

bool is_large(const struct depgraph *g)
{
	return g->n > FULL_WITNESSES;
}

struct sd_dep *dep_of(struct depgraph *g, struct sd_arena *a, uint32_t i)
{
	struct sd_dep *d;

	if (!g->deps)
		g->deps = g_hash_table_new(NULL, NULL);
	d = g_hash_table_lookup(g->deps, GUINT_TO_POINTER(i));
	if (!d) {
		d = sd_arena_alloc(a, sizeof(*d));
		g_hash_table_insert(g->deps, GUINT_TO_POINTER(i), d);
	}
	return d;
}

/* In a large graph only findings' dependencies get a full witness (check.c). */
static void prove_deps(struct prog *p, struct depgraph *g, struct sd_results *r)
{
	for (uint32_t i = 0; i < g->n && !is_large(g); i++) {
		struct edge e = edge_at(g, i);
		struct sd_dep *d = dep_of(g, r->arena, i);
		bool far;

		for (unsigned k = 0; k < 4; k++) {
			if (e.kinds >> k & 1)
				d->wit[k] = witness_dep(p, r->arena, g, &e, k, ANY_DEPTH, &d->held[k], &far);
			if (!d->wit[k])
				drop_kind(g, i, k);     /* no fact without its witness */
		}
	}
}

static int cmp_call(const void *x, const void *y)
{
	const struct sd_call *a = x, *b = y;
	int c = strcmp(a->caller, b->caller);

	if (!c)
		c = a->line - b->line;
	if (!c)
		c = strcmp(a->callee, b->callee);
	if (!c)
		c = strcmp(a->file, b->file);
	return c ? c : strcmp(a->kind, b->kind);
}

static void fill_calls(struct prog *p, struct sd_results *r)
{
	static const char *const how[] = { [CALL_DIRECT] = "direct", [CALL_PARAM] = "param", [CALL_SLOT] = "slot" };
	GArray *out = g_array_new(FALSE, FALSE, sizeof(struct sd_call));

	for (guint i = 0; i < p->called->len; i++) {
		const struct called *c = &g_array_index(p->called, struct called, i);
		const struct func *f = func_at(p, c->fn);
		struct sd_call row = {
			kept(p, f->plain), kept(p, func_at(p, c->callee)->plain), kept(p, f->ir->file), f->ir->events[c->ev].line, how[c->how]
		};

		g_array_append_val(out, row);
	}
	r->calls = keep_sorted(r->arena, out, cmp_call, &r->ncall);
	g_array_free(out, TRUE);
}

static int cmp_entry(const void *x, const void *y)
{
	const struct sd_entry *a = x, *b = y;
	int c = strcmp(a->function, b->function);

	if (!c)
		c = strcmp(a->context, b->context);
	if (!c)
		c = strcmp(a->file, b->file);
	if (!c)
		c = a->line - b->line;
	if (!c)
		c = strcmp(a->role, b->role);
	return c ? c : strcmp(a->registered_by, b->registered_by);
}

static void fill_entries(struct prog *p, struct sd_results *r)
{
	r->entries = sd_arena_alloc(r->arena, (p->entries->len + 1) * sizeof(*r->entries));
	for (guint i = 0; i < p->entries->len; i++) {
		const struct entry *e = &g_array_index(p->entries, struct entry, i);

		r->entries[i] = (struct sd_entry){
			kept(p, func_at(p, e->fn)->plain), kept(p, e->file), e->line, ctx_name[e->ctx],
			kept(p, e->registrar), entry_role(p, e)
		};
	}
	r->nentry = sort_unique(r->entries, p->entries->len, sizeof(*r->entries), cmp_entry);
}

static void count_indirect(struct prog *p)
{
	GHashTableIter it;
	gpointer key, flags;

	g_hash_table_iter_init(&it, p->seen_indirect);
	while (g_hash_table_iter_next(&it, &key, &flags)) {
		uint64_t k = *(uint64_t *)key;
		const struct func *f = func_at(p, (uint32_t)(k >> 32));
		guint b = GPOINTER_TO_UINT(flags);
		bool ok = b & INDIRECT_RESOLVED, locked = b & INDIRECT_LOCKED;

		p->cov.indirect++;
		p->cov.indirect_resolved += ok;
		p->cov.indirect_locked += locked;
		p->cov.indirect_locked_resolved += locked && ok;
		if (locked && !ok) {
			const struct sd_event *e = &f->ir->events[(uint32_t)k];
			sd_sym slot = slot_of_value(p, f, (uint32_t)(k >> 32), e->target);

			add_gap(p, "unresolved-call", f, e->line, slot ? kept(p, slot) : "through a pointer of unknown origin");
		}
	}
}

static void note_truncated(struct prog *p)
{
	for (uint32_t i = 0; i < p->insts->len; i++)
		if (inst_at(p, i)->truncated)
			add_gap(p, "truncated", func_at(p, inst_at(p, i)->fn), func_at(p, inst_at(p, i)->fn)->ir->line,
				"more states than are kept apart");
}

/* Functions that are called and that no scanned TU defines: what they take is not seen.  One row each, at the first call. */
static void note_undefined(struct prog *p)
{
	GHashTable *seen = g_hash_table_new(NULL, NULL);

	for (uint32_t i = 0; i < p->fns->len; i++) {
		const struct func *f = func_at(p, i);

		for (uint32_t k = 0; k < f->ir->nevents && f->ninst; k++) {
			const struct sd_event *e = &f->ir->events[k];

			if (e->kind == SD_E_CALL && e->callee && !func_find(p, e->callee) && !rules_of(p, plain_name(p, e->callee)) &&
			    g_hash_table_add(seen, GUINT_TO_POINTER(e->callee)))
				add_gap(p, "undefined-function", f, e->line, str(p, plain_name(p, e->callee)));
		}
	}
	g_hash_table_destroy(seen);
}

static int cmp_gap(const void *x, const void *y)
{
	const struct sd_gap *a = x, *b = y;
	int c = strcmp(a->what, b->what);

	if (!c)
		c = strcmp(a->file, b->file);
	if (!c)
		c = a->line - b->line;
	if (!c)
		c = strcmp(a->function, b->function);
	return c ? c : strcmp(a->text, b->text);
}

void fill_results(struct prog *p, struct depgraph *g, struct usage *u, struct sd_results *r)
{
	fill_classes(p, u, r);
	fill_acquires(p, r);
	prove_deps(p, g, r);
	fill_calls(p, r);
	fill_entries(p, r);
	count_indirect(p);
	note_truncated(p);
	note_undefined(p);
	p->cov.instances += p->insts->len;      /* beside those that alike.c has left out */
	r->cov = p->cov;
}

static size_t ndeps_of(const struct sd_finding *f)
{
	return !f->deps ? 0 : f->kind == SD_K_CIRCULAR ? f->nchain : f->nchain - 1;
}

/* Dependencies that findings rest on: to be listed whatever the graph's size. */
static bool *mark_used(const struct depgraph *g, const struct sd_results *r)
{
	bool *used = g_new0(bool, g->n + 1);

	for (size_t i = 0; i < r->nfinding; i++)
		for (size_t k = 0; k < ndeps_of(&r->findings[i]); k++)
			used[r->findings[i].deps[k]] = true;
	return used;
}

#define HUGE_GRAPH 2000000      /* dependencies: several whole kernels' worth of drivers */

/*
 * In a large graph lockdep's own links are listed, from the innermost held lock, and what needs one guess at most;
 * the others follow from them, but for recursive readers in between (deps.c).  In a huge one, where rows would be tens of
 * millions, only what is both.
 */
static uint8_t kinds_listed(const struct depgraph *g, const struct edge *e, bool used)
{
	if (!is_large(g) || used)
		return e->kinds;
	if (g->n > HUGE_GRAPH)
		return e->tier > 1 ? 0 : e->inner;
	return e->tier > 1 ? e->inner : e->kinds;
}

static void fill_dep(struct prog *p, struct depgraph *g, const struct edge *e, uint8_t kinds, struct sd_dep *d, struct sd_arena *a)
{
	const struct sd_dep *proved = g->deps ? g_hash_table_lookup(g->deps, GUINT_TO_POINTER(e->no)) : NULL;

	if (proved)
		*d = *proved;
	d->from = e->from;
	d->to = e->to;
	d->kinds = kinds;
	for (unsigned k = 0; k < 4; k++)
		if ((kinds >> k & 1) && !d->wit[k])
			d->wit[k] = witness_place(p, a, g, e, k, &d->held[k]);
}

/* The dependencies that are listed; findings name them by their place among these from now on. */
static void fill_deps(struct prog *p, struct depgraph *g, struct sd_results *r)
{
	bool *used = mark_used(g, r);
	uint32_t *now = g_new(uint32_t, g->n + 1);

	for (uint32_t from = 0; from < g->nclass; from++)
		for (uint32_t i = g->first[from]; i < g->first[from + 1]; i++) {
			struct edge e = edge_in(g, from, i);

			now[i] = (uint32_t)r->ndep;
			r->ndep += kinds_listed(g, &e, used[i]) != 0;
		}
	r->deps = sd_arena_alloc(r->arena, (r->ndep + 1) * sizeof(*r->deps));
	for (uint32_t from = 0; from < g->nclass; from++)
		for (uint32_t i = g->first[from]; i < g->first[from + 1]; i++) {
			struct edge e = edge_in(g, from, i);
			uint8_t kinds = kinds_listed(g, &e, used[i]);

			if (kinds)
				fill_dep(p, g, &e, kinds, &r->deps[now[i]], r->arena);
		}
	for (size_t i = 0; i < r->nfinding; i++)
		for (size_t k = 0; k < ndeps_of(&r->findings[i]); k++)
			r->findings[i].deps[k] = now[r->findings[i].deps[k]];
	g_free(used);
	g_free(now);
}

/* After the findings, for they say which dependencies are listed. */
void fill_last(struct prog *p, struct depgraph *g, struct sd_results *r)
{
	fill_deps(p, g, r);
	r->gaps = keep_sorted(r->arena, p->gaps, cmp_gap, &r->ngap);
}
