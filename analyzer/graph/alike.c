/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alike.c - instances that do the same are one from here on, and calls that do nothing are gone.
 *
 * Instances are told apart by what is known of their arguments; most of it changes the value of something and nothing about
 * locks.  Two instances of a function that recorded the same, with callees that do the same, are the same to all that follows:
 * whoever calls one may as well call the other.  Found as the states of an automaton are: parted by what they
 * recorded, then by the parts of their callees, until no round parts any.
 *
 * A call of what neither takes nor gives back a lock, enables nothing, and calls nothing that does, leads nowhere.  It stays where it
 * is one of several that a pointer may mean, for these must all do a thing for it to be sure (forced.c), and where locks of
 * the caller's are released, for that says so (acqset.c).
 *
 * Requires: all instances done, entries, classes, sleepers.  Sets: called.  Changes: insts and the calls between them, in their old order.
 */
#include <string.h>
#include <xxhash.h>
#include "model.h"

#define NONE UINT32_MAX

/*
 * Instances share arrays of calls (once.c), so what is asked of calls is asked once for each array.  A part is named by its first
 * instance.
 */
struct alike {
	struct prog *p;
	uint32_t n, narray;
	bool *busy;             /* [instance]: something is recorded in it or below */
	uint32_t *array;        /* ... its array of calls */
	uint32_t *part;         /* ... its part; when all are found, that one's new number */
	uint32_t *next;         /* ... the next of its part, NONE */
	uint64_t *own;          /* ... hash of what it recorded, callees apart */
	uint64_t *key;          /* ... the same with the parts of its callees */
	uint32_t *first, *callee;       /* array: callee[first[k]] to callee[first[k + 1] - 1], in the order of its calls */
	uint32_t *have_first, *have;    /* ... the instances that have it, ascending */
	uint32_t *up_first, *up;        /* instance: the arrays that call it; one may be there twice */
	uint64_t *told;         /* [array]: hash of what its calls are, callees apart */
	uint64_t *below;        /* ... of its callees' parts */
};

static struct rec_call *calls_of(const struct inst *in) { return (struct rec_call *)(void *)in->calls->data; }

/* --- what was called --- */

static gint by_call(gconstpointer x, gconstpointer y)
{
	return memcmp(x, y, sizeof(struct called));
}

/* The calls of all instances of one function, each once.  Most say what the one before says of the event. */
static void list_calls(struct prog *p, const uint32_t *inst, uint32_t n, GArray *mine)
{
	uint32_t *before = n ? g_new0(uint32_t, func_at(p, inst_at(p, *inst)->fn)->ir->nevents + 1) : NULL;
	const void *last = NULL;

	g_array_set_size(mine, 0);
	for (uint32_t i = 0; i < n; i++) {
		const struct inst *in = inst_at(p, inst[i]);

		for (guint k = 0; in->calls->data != last && k < in->calls->len; k++) {
			const struct rec_call *c = &calls_of(in)[k];
			const char *slot = str(p, c->slot);
			struct called row = { in->fn, c->ev, inst_at(p, c->callee)->fn, !*slot ? CALL_DIRECT : *slot == '$' ? CALL_PARAM : CALL_SLOT };
			uint32_t said = (row.callee << 2 | row.how) + 1;

			if (before[c->ev] != said)
				g_array_append_val(mine, row);
			before[c->ev] = said;
		}
		last = in->calls->data;
	}
	g_free(before);
	g_array_sort(mine, by_call);
	for (guint i = 0; i < mine->len; i++)
		if (!i || by_call(&g_array_index(mine, struct called, i), &g_array_index(mine, struct called, i - 1)))
			g_array_append_vals(p->called, &g_array_index(mine, struct called, i), 1);
}

/* Before calls and instances go: the rows that fill.c lists.  By function, so that few are sorted at a time. */
void list_called(struct prog *p)
{
	uint32_t n = p->insts->len, nfn = p->fns->len, *first = g_new0(uint32_t, nfn + 2), *inst = g_new(uint32_t, n + 1);
	GArray *mine = g_array_new(FALSE, FALSE, sizeof(struct called));

	for (uint32_t i = 0; i < n; i++)
		first[inst_at(p, i)->fn + 2]++;
	for (uint32_t f = 0; f < nfn; f++)
		first[f + 2] += first[f + 1];
	for (uint32_t i = 0; i < n; i++)
		inst[first[inst_at(p, i)->fn + 1]++] = i;
	for (uint32_t f = 0; f < nfn; f++)
		list_calls(p, inst + first[f], first[f + 1] - first[f], mine);
	g_array_free(mine, TRUE);
	g_free(first);
	g_free(inst);
}

/* --- arrays of calls --- */

/* The instances of each array: counted, then filled in. */
static void list_having(struct alike *a)
{
	a->have_first = g_new0(uint32_t, a->narray + 2);
	a->have = g_new(uint32_t, a->n + 1);
	for (uint32_t i = 0; i < a->n; i++)
		a->have_first[a->array[i] + 2]++;
	for (uint32_t k = 0; k < a->narray; k++)
		a->have_first[k + 2] += a->have_first[k + 1];
	for (uint32_t i = 0; i < a->n; i++)
		a->have[a->have_first[a->array[i] + 1]++] = i;
}

static const struct inst *one_having(const struct alike *a, uint32_t array) { return inst_at(a->p, a->have[a->have_first[array]]); }

static void list_callees(struct alike *a)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < a->narray; k++) {
		const struct inst *in = one_having(a, k);

		a->first[k] = n;
		for (guint i = 0; i < in->calls->len; i++)
			a->callee[n++] = calls_of(in)[i].callee;
	}
	a->first[a->narray] = n;
}

static void list_calling(struct alike *a)
{
	a->up_first = g_new0(uint32_t, a->n + 2);
	a->up = g_new(uint32_t, a->first[a->narray] + 1);
	for (uint32_t k = 0; k < a->first[a->narray]; k++)
		a->up_first[a->callee[k] + 2]++;
	for (uint32_t i = 0; i < a->n; i++)
		a->up_first[i + 2] += a->up_first[i + 1];
	for (uint32_t k = 0; k < a->narray; k++)
		for (uint32_t i = a->first[k]; i < a->first[k + 1]; i++)
			a->up[a->up_first[a->callee[i] + 1]++] = k;
}

static void find_arrays(struct alike *a)
{
	GHashTable *seen = g_hash_table_new(NULL, NULL);
	uint32_t ncall = 0;

	for (uint32_t i = 0; i < a->n; i++) {
		const GArray *calls = inst_at(a->p, i)->calls;
		gpointer data = calls->len ? calls->data : NULL, known = g_hash_table_lookup(seen, data);

		if (!known) {
			known = GUINT_TO_POINTER(++a->narray);
			g_hash_table_insert(seen, data, known);
			ncall += calls->len;
		}
		a->array[i] = GPOINTER_TO_UINT(known) - 1;
	}
	g_hash_table_destroy(seen);
	list_having(a);
	a->first = g_new(uint32_t, a->narray + 1);
	a->callee = g_new(uint32_t, ncall + 1);
	list_callees(a);
	list_calling(a);
}

/* --- calls that lead nowhere --- */

static bool records(const struct inst *in)
{
	return in->acqs->len || in->enables->len || in->rels->len || in->inits->len;
}

/* What records something, and all that call such. */
static void find_busy(struct alike *a)
{
	bool *done = g_new0(bool, a->narray + 1);
	uint32_t *work = g_new(uint32_t, a->n + 1), nwork = 0;

	for (uint32_t i = 0; i < a->n; i++)
		if ((a->busy[i] = records(inst_at(a->p, i))))
			work[nwork++] = i;
	while (nwork) {
		uint32_t i = work[--nwork];

		for (uint32_t u = a->up_first[i]; u < a->up_first[i + 1]; u++) {
			uint32_t k = a->up[u];

			for (uint32_t h = a->have_first[k]; !done[k] && h < a->have_first[k + 1]; h++)
				if (!a->busy[a->have[h]]) {
					a->busy[a->have[h]] = true;
					work[nwork++] = a->have[h];
				}
			done[k] = true;
		}
	}
	g_free(done);
	g_free(work);
}

static bool one_of_several(const struct inst *in, uint32_t ev)
{
	for (guint k = 0; k < in->calls->len; k++)
		if (calls_of(in)[k].ev == ev && calls_of(in)[k].ntargets > 1)
			return true;
	return false;
}

static bool leads_nowhere(const struct alike *a, const struct inst *in, const struct rec_call *c)
{
	return !a->busy[c->callee] && !c->relset && !(c->ntargets && one_of_several(in, c->ev));
}

static void drop_calls(struct alike *a, uint32_t array)
{
	const struct inst *in = one_having(a, array);
	bool *gone = g_new(bool, in->calls->len + 1);
	guint n = 0;

	for (guint k = 0; k < in->calls->len; k++)
		gone[k] = leads_nowhere(a, in, &calls_of(in)[k]);
	for (guint k = 0; k < in->calls->len; k++)
		if (!gone[k])
			calls_of(in)[n++] = calls_of(in)[k];
	g_free(gone);
	for (uint32_t h = a->have_first[array]; h < a->have_first[array + 1]; h++)
		if (inst_at(a->p, a->have[h])->calls->len)
			inst_at(a->p, a->have[h])->calls->len = n;
}

/* --- parts --- */

static uint64_t mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9E3779B97F4A7C15u;
	return h ^ h >> 29;
}

/* Equal records are kept once, so where they lie says what they are. */
static uint64_t add_records(uint64_t h, const GArray *r)
{
	uint64_t key[2] = { r->len ? (uintptr_t)r->data : 0, r->len };

	return XXH64(key, sizeof(key), h);
}

/* Parameters of which the instance knows something: forced.c, lost() and open_params(). */
static uint64_t add_known(const struct inst *in, uint64_t h)
{
	uint64_t known = 0;

	for (uint32_t k = 0; k < in->nbind && k < 64; k++)
		known |= (uint64_t)(in->bind[k] != 0) << k;
	return XXH64(&known, sizeof(known), h);
}

/* Of one that is idle: in which states it calls. */
static uint64_t states_hash(const struct inst *in, uint64_t h)
{
	for (guint k = 0; k < in->calls->len; k++) {
		const struct rec_call *c = &calls_of(in)[k];
		uint64_t key[2] = { c->emask, (uint64_t)c->irq << 8 | (uint8_t)c->bh };

		h = XXH64(key, sizeof(key), h);
	}
	return h;
}

static uint64_t own_hash(const struct alike *a, uint32_t i)
{
	const struct inst *in = inst_at(a->p, i);
	const struct func *f = func_at(a->p, in->fn);
	const GArray *records[] = { in->acqs, in->enables, in->rels, in->inits, in->guesses, in->heldv };
	uint64_t h = (uint64_t)in->fn << 1 | in->truncated;

	if (in->root)           /* somebody may ask for it by its function */
		return XXH64(&i, sizeof(i), h);
	if (!a->busy[i])
		return states_hash(in, h);
	for (unsigned k = 0; k < G_N_ELEMENTS(records); k++)
		h = add_records(h, records[k]);
	if (in->ways)
		h = XXH64(in->ways, f->ir->nblocks / 8 + 1, h);
	return add_known(in, mix(h, a->told[a->array[i]]));
}

static void hash_calls(void *arg, unsigned worker, size_t from, size_t to)
{
	struct alike *a = arg;

	(void)worker;
	for (size_t k = from; k < to; k++) {
		const struct inst *in = one_having(a, (uint32_t)k);

		a->told[k] = 0;
		for (guint i = 0; i < in->calls->len; i++) {
			struct rec_call c = calls_of(in)[i];

			c.callee = 0;
			a->told[k] = XXH64(&c, sizeof(c), a->told[k]);
		}
	}
}

static void hash_own(void *arg, unsigned worker, size_t from, size_t to)
{
	struct alike *a = arg;

	(void)worker;
	for (size_t i = from; i < to; i++)
		a->own[i] = own_hash(a, (uint32_t)i);
}

static uint64_t callees_hash(const struct alike *a, uint32_t array)
{
	uint64_t h = 1;

	for (uint32_t k = a->first[array]; k < a->first[array + 1]; k++)
		h = mix(h, a->part[a->callee[k]]);
	return h;
}

/* Members that are found by key: their first and their last so far.  Open addressing. */
struct group { uint32_t first, last; };
struct groups { struct group *at; uint32_t room; };

static struct group *find_group(struct groups *g, const uint64_t *key, uint64_t k, uint32_t slots)
{
	uint32_t i = (uint32_t)(k * 0x9E3779B97F4A7C15u >> 32) & (slots - 1);

	while (g->at[i].first != NONE && key[g->at[i].first] != k)
		i = (i + 1) & (slots - 1);
	return &g->at[i];
}

/*
 * Parts the list that begins at @first by @key: those with the key of the first keep its name, the others get the name of their
 * first; each of these is told to @moved.
 */
static void part_list(struct alike *a, struct groups *g, const uint64_t *key, uint32_t first, uint32_t n, GArray *moved)
{
	uint32_t slots = 4;

	while (slots < 2 * n)
		slots *= 2;
	if (slots > g->room)
		g->at = g_renew(struct group, g->at, g->room = slots);
	memset(g->at, 0xff, slots * sizeof(*g->at));
	for (uint32_t i = first, next; i != NONE; i = next) {
		struct group *in = find_group(g, key, key[i], slots);

		next = a->next[i];
		a->next[i] = NONE;
		if (in->first == NONE)
			in->first = i;
		else
			a->next[in->last] = i;
		in->last = i;
		if (a->part[i] != in->first && moved)
			g_array_append_val(moved, i);
		a->part[i] = in->first;
	}
}

/* Members of a part, 0 when all have the same key. */
static uint32_t count_if_parted(const struct alike *a, uint32_t first)
{
	uint32_t n = 0;
	bool parted = false;

	for (uint32_t i = first; i != NONE; i = a->next[i], n++)
		parted |= a->key[i] != a->key[first];
	return parted ? n : 0;
}

/* What some parts' being parted makes due: parts of instances whose callees were, by arrays of calls. */
struct due { GArray *arrays, *parts, *moved; bool *array, *part; };

static void mark_due(GArray *list, bool *marked, uint32_t i)
{
	if (!marked[i])
		g_array_append_val(list, i);
	marked[i] = true;
}

static void look_below(struct alike *a, struct due *d)
{
	for (guint k = 0; k < d->arrays->len; k++) {
		uint32_t array = g_array_index(d->arrays, uint32_t, k);
		uint64_t below = callees_hash(a, array);

		d->array[array] = false;
		if (below == a->below[array])
			continue;
		a->below[array] = below;
		for (uint32_t h = a->have_first[array]; h < a->have_first[array + 1]; h++) {
			uint32_t i = a->have[h];

			a->key[i] = mix(a->own[i], below);
			mark_due(d->parts, d->part, a->part[i]);
		}
	}
	g_array_set_size(d->arrays, 0);
}

static void part_due(struct alike *a, struct due *d, struct groups *g)
{
	for (guint k = 0; k < d->parts->len; k++) {
		uint32_t first = g_array_index(d->parts, uint32_t, k), n = count_if_parted(a, first);

		d->part[first] = false;
		if (n)
			part_list(a, g, a->key, first, n, d->moved);
	}
	g_array_set_size(d->parts, 0);
	for (guint k = 0; k < d->moved->len; k++) {
		uint32_t i = g_array_index(d->moved, uint32_t, k);

		for (uint32_t u = a->up_first[i]; u < a->up_first[i + 1]; u++)
			mark_due(d->arrays, d->array, a->up[u]);
	}
	g_array_set_size(d->moved, 0);
}

/* By what they recorded; then again by what their callees' parts are, wherever those have changed. */
static void find_parts(struct alike *a)
{
	struct due d = { g_array_new(FALSE, FALSE, sizeof(uint32_t)), g_array_new(FALSE, FALSE, sizeof(uint32_t)),
			 g_array_new(FALSE, FALSE, sizeof(uint32_t)), g_new0(bool, a->narray + 1), g_new0(bool, a->n + 1) };
	struct groups g = { 0 };

	par_for(a->p->jobs, a->narray, 4096, hash_calls, a);
	par_for(a->p->jobs, a->n, 4096, hash_own, a);
	for (uint32_t i = 0; i < a->n; i++)
		a->next[i] = i + 1 < a->n ? i + 1 : NONE;
	if (a->n)
		part_list(a, &g, a->own, 0, a->n, NULL);
	for (uint32_t k = 0; k < a->narray; k++)
		mark_due(d.arrays, d.array, k);
	while (d.arrays->len) {
		look_below(a, &d);
		part_due(a, &d, &g);
	}
	g_array_free(d.arrays, TRUE), g_array_free(d.parts, TRUE), g_array_free(d.moved, TRUE);
	g_free(d.array), g_free(d.part), g_free(g.at);
}

/* --- what stays --- */

static bool stands_alone(const struct alike *a, uint32_t i)
{
	return a->part[i] == i && (a->busy[i] || inst_at(a->p, i)->root || inst_at(a->p, i)->truncated);
}

static bool *find_staying(const struct alike *a)
{
	bool *stays = g_new0(bool, a->n + 1);

	for (uint32_t i = 0; i < a->n; i++) {
		stays[i] |= stands_alone(a, i);
		for (uint32_t k = a->first[a->array[i]]; a->part[i] == i && k < a->first[a->array[i] + 1]; k++)
			stays[a->part[a->callee[k]]] = true;
	}
	return stays;
}

/* From here on instances are found by their function alone: get_root().  Parts get the numbers of what stands for them. */
static void keep(struct alike *a, const bool *stays)
{
	GPtrArray *old = a->p->insts;

	a->p->insts = g_ptr_array_new();
	for (uint32_t i = 0; i < a->n; i++)
		if (a->part[i] != i) {
			a->part[i] = a->part[a->part[i]];       /* an earlier one: it has its new number */
		} else if (stays[i]) {
			a->part[i] = a->p->insts->len;
			g_ptr_array_add(a->p->insts, g_ptr_array_index(old, i));
		}
	for (uint32_t k = 0; k < a->narray; k++) {
		const struct inst *in = g_ptr_array_index(old, a->have[a->have_first[k]]);

		for (guint i = 0; i < in->calls->len; i++)
			calls_of(in)[i].callee = a->part[calls_of(in)[i].callee];
	}
	for (uint32_t i = 0; i < old->len; i++) {
		struct inst *in = g_ptr_array_index(old, i);

		if (in->retfields)
			g_array_free(in->retfields, TRUE);
		in->retfields = NULL;
	}
	g_ptr_array_free(old, TRUE);
}

static void free_alike(struct alike *a)
{
	g_free(a->busy), g_free(a->array), g_free(a->part), g_free(a->next), g_free(a->own), g_free(a->key);
	g_free(a->first), g_free(a->callee), g_free(a->have_first), g_free(a->have), g_free(a->up_first), g_free(a->up);
	g_free(a->told), g_free(a->below);
}

void unite_alike(struct prog *p)
{
	uint32_t n = p->insts->len;
	struct alike a = { .p = p, .n = n, .busy = g_new0(bool, n + 1), .array = g_new(uint32_t, n + 1), .part = g_new0(uint32_t, n + 1),
			   .next = g_new(uint32_t, n + 1), .own = g_new(uint64_t, n + 1), .key = g_new(uint64_t, n + 1) };
	bool *stays;

	forget_once(p);
	find_arrays(&a);
	find_busy(&a);
	for (uint32_t k = 0; k < a.narray; k++)
		drop_calls(&a, k);
	list_callees(&a);
	a.told = g_new(uint64_t, a.narray + 1);
	a.below = g_new0(uint64_t, a.narray + 1);
	find_parts(&a);
	stays = find_staying(&a);
	keep(&a, stays);
	g_free(stays);
	free_alike(&a);
	p->cov.instances = n - p->insts->len;
	move_insts(p);
}
